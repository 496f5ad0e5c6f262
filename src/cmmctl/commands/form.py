"""The questions of an `add-` command: what is asked, in which order, what is offered, and the summary at the end."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cmmctl import keys
from cmmctl.amounts import dollars
from cmmctl.ask import Question, Script, yes_or_no
from cmmctl.ask import beside as behind
from cmmctl.attaching import dropped, not_there
from cmmctl.commands import extras
from cmmctl.commands.extras import Extras
from cmmctl.commands.session import Session
from cmmctl.dates import weekday
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError
from cmmctl.model import CE, KINDS, Answer, Claim, Credential, Expense, Fact, Membership, Payment, Profile, Renewal
from cmmctl.outlook import short
from cmmctl.typed import PRINTED, Context, Record, missing, typed_keys, values, wrong

INTRO = "Enter: what is in brackets, or skip   <: back   ?: help   Ctrl-C: stop unsaved\n"
NEWEST = 5  # records that are shown where an id is asked for
# Values that are computed where they are not typed.
_COMPUTED = {Renewal.kind: {"due"}, Answer.kind: {"date"}}
_TODAY = {"date", "filed", "paid"}  # what is usually noted on the day itself
_LIST = r"\s*,\s*"
_IDS = r"[,\s]+"
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019", "\u201e": "\u201c", "\u00ab": "\u00bb"}


def lacking(kind: str, record: Record) -> list[Key]:
    """List the keys that must be given, or asked for."""
    return [key for key in missing(kind, record) if key.name not in _COMPUTED.get(kind, ())]


def unfinished(kind: str, record: Record) -> list[Key]:
    """List what an interview must ask for: a claim was handed in where approval was not asked for before."""
    neither = kind == Claim.kind and not record.keys() & {"requested", "filed"}
    return [*lacking(kind, record), *([typed_keys(kind)["filed"]] if neither else [])]


def filled(session: Session, kind: str, typed: Record, copied: Record, known: Context) -> Script[Record]:
    """Ask for everything that usually stands on the paper and was not typed; what was copied is offered.

    First what is needed, then what is written down, last what is chosen from a list.
    """
    asked = [key for key in _asked(kind, known) if key.name not in typed]
    record = {name: value for name, value in copied.items() if name not in {"minutes", *(key.name for key in asked)}}
    record |= typed
    lead = INTRO
    for key in [key for key in typed_keys(kind).values() if _ahead(kind, key, record, known)]:
        if (yield _is_planned(wrong(kind, key, record, known.today)[0])):
            record["status"] = "planned"
        else:
            del record[key.name]
            asked.insert(0, key)
    for key in asked:
        if _pointless(kind, key, record):
            continue
        question_ = _asking(session, kind, key, known, record)
        if offered := {name: copied[name] for name in _stands_for(kind, key) if name in copied}:
            question_ = replace(question_, kept=offered, offer=_shown(key, offered))
        question_ = replace(question_, lead="\n".join(filter(None, (lead, question_.lead))))
        record |= yield from answered(kind, key, question_, record, known)
        lead = ""
    return record


def answered(kind: str, key: Key, asked: Question, record: Record, known: Context) -> Script[Record]:
    """Ask for a key; where its day lies ahead, ask whether what is recorded is planned, and else once more."""
    while True:
        part: Record = (yield asked) or {}
        ahead = wrong(kind, key, record | part, known.today)
        if not ahead:
            return part
        if (yield _is_planned(ahead[0])):
            return part | {"status": "planned"}


def _ahead(kind: str, key: Key, record: Record, known: Context) -> bool:
    """Tell whether a day was typed that is right only for what is planned."""
    may_be = key.name in record and "status" in typed_keys(kind) and "status" not in record
    found = wrong(kind, key, record, known.today) if may_be else ()
    return bool(found) and not wrong(kind, key, {**record, "status": "planned"}, known.today)


def _is_planned(ahead: str) -> Question:
    means = "y records it as planned, n asks for the day again"
    return yes_or_no("Is it planned?", default=True, lead=f"  {ahead}", means=means)


def _asked(kind: str, known: Context) -> list[Key]:
    """Give the keys in the order they are asked for."""
    needed = lacking(kind, {})
    asked = [key for key in typed_keys(kind).values() if key.asked or key in needed]
    return sorted(asked, key=lambda key: 0 if key in needed else 2 if _chosen(key, known) else 1)


def _chosen(key: Key, known: Context) -> bool:
    return key.value is keys.FLAG or bool(_choices(key, known))


def _stands_for(kind: str, key: Key) -> tuple[str, ...]:
    return ("hours", "minutes") if (kind, key.name) == (CE.kind, "hours") else (key.name,)


def _pointless(kind: str, key: Key, record: Record) -> bool:
    """Tell whether what was said already answers a question, or leaves nothing to ask."""
    match kind, key.name:
        case CE.kind, "hours":
            return bool(record.keys() & set(PRINTED))
        case Credential.kind, "number" | "due":
            return "earned" not in record
        case Credential.kind, "exam":
            return "earned" in record
        case _, "grade":
            return not _took_place(record)
        case _:
            return False


def _took_place(record: Mapping[str, Any]) -> bool:
    return bool(record.get("status", "completed") == "completed")


def _asking(session: Session, kind: str, key: Key, known: Context, record: Record) -> Question:
    """Make a question of an interview, with what is on record offered."""
    made = question(
        kind, key, known, record, required=key in unfinished(kind, record), default=_default(session, kind, key, record)
    )
    if key.value is keys.CREDENTIAL:
        held = [credential.id for credential in session.portfolio.all(Credential)]
        names = session.rulebook.names() if kind == Credential.kind else held
        free = {"required", "cycle_months"} <= record.keys()  # somebody's own figures for a credential nobody knows
        made = replace(made, choices=_shortest(names) if len(names) > 1 and not free else (), verbatim=True)
    if key.value.name.removeprefix("list of ") == keys.ID.name:
        made = replace(made, lead="\n".join(_newest(session, kind)))
    return replace(made, read=lambda words: _on_record(session, kind, made.read(words)))


def _shortest(names: Sequence[str]) -> tuple[str, ...]:
    """Name credentials by their last parts where those differ."""
    words = tuple(map(short, names))
    return words if len(set(words)) == len(words) else tuple(names)


def _on_record(session: Session, kind: str, part: Record) -> Record:
    """Refuse at once what the record as a whole would be refused for later."""
    if part.get("id") in session.portfolio.tables:
        raise ValueError(f"{part['id']} is already on record; `cmmctl edit {part['id']}` changes it")
    if kind == Payment.kind and "claim" in part and not isinstance(session.fact(part["claim"]), Claim):
        raise ValueError(f"{part['claim']} is no claim")
    return part


def _newest(session: Session, kind: str) -> Iterator[str]:
    """Name the newest records that can be meant."""
    from cmmctl.views.records import heading, when  # noqa: PLC0415 - only where an id is asked for

    kinds: set[str] = {Claim.kind} if kind == Payment.kind else set(extras.COSTLY)
    listed = [fact for fact in session.portfolio if fact.kind in kinds]
    for fact in listed[-NEWEST:]:
        yield f"    {fact.id}  {heading(fact)}  {when(fact)}".rstrip()


def _default(session: Session, kind: str, key: Key, record: Mapping[str, Any]) -> str:
    """Offer what is most likely: today, the credential on record and its issuer, what was said the last time."""
    if key.name in _TODAY and _took_place(record):
        return "" if "requested" in record else "today"
    recorded = session.portfolio.all(Credential)
    if key.value is keys.CREDENTIAL and kind != Credential.kind:
        return short(recorded[0].id) if len(recorded) == 1 else ""
    if key.name == "claim":
        return next((claim.id for claim in reversed(session.portfolio.all(Claim))), "")
    if not key.repeated:
        return ""
    issuer = {rules.issuer for rules in session.rules()} if kind == Membership.kind else set()
    return _last(session, kind, key.name) or (issuer.pop() if len(issuer) == 1 else "")


def _last(session: Session, kind: str, name: str) -> str:
    """Find what a key said last: in a record of this kind, else of another, else in the profile."""
    facts: list[Fact] = [*session.portfolio]
    facts.sort(key=lambda fact: (fact.kind != Profile.kind, fact.kind == kind))
    return next((value for fact in reversed(facts) if (value := getattr(fact, name, None))), "")


def with_it(kind: str, record: Record, beside: Extras, known: Context) -> Script[Extras]:
    """Ask what was paid, and for the certificate, transcript or receipt, where that was not said."""
    cost, paper = KINDS[kind].cost, KINDS[kind].paper
    if cost and not beside.expenses:
        expense: Record = {"what": extras.what(kind, cost)}
        money = question(
            Expense.kind, typed_keys(Expense.kind)["amount"], known, expense, required=False, text="What did you pay?"
        )
        said = yield replace(
            money,
            offer="nothing",
            explain="what it cost, such as 349.00; Enter where it cost nothing",
            echo=lambda part: f"{dollars(part['amount'])}, paid by you",
        )
        if said and said["amount"]:
            expense |= said
            paid = typed_keys(Expense.kind)["paid"]
            expense |= (yield question(Expense.kind, paid, known, expense, required=False, default="today")) or {}
            beside = beside._replace(expenses=(expense,))
    if paper and _took_place(record) and paper not in {role for role, _ in beside.files} and _proven(kind, record):
        text = f"{paper.capitalize()} (drag the file here; Enter: later)"
        explain = f"the path of a PDF or picture, such as {paper}.pdf; `cmmctl attach` adds it later"
        if path := (yield Question(text=text, read=_file, explain=explain)):
            beside = beside._replace(files=(*beside.files, (paper, path)))
    return beside


def _proven(kind: str, record: Record) -> bool:
    """Tell whether there can be a paper yet."""
    return kind != Credential.kind or "earned" in record


def _file(words: str) -> Path:
    path = dropped(words)
    for problem in not_there(path):
        raise ValueError(f"{problem.message}; {problem.hint}")
    return path


def _choices(key: Key, known: Context) -> tuple[str, ...]:
    return tuple(known.domains) if key.name == "domains" else key.value.choices


def question(
    kind: str, key: Key, known: Context, so_far: Record, *, required: bool, default: str = "", text: str = ""
) -> Question:
    """Make the question for a key of a record; its answer is the part of the record it stands for.

    A day that lies ahead is taken where the record may be planned; `answered` asks whether it is.
    """
    may_be_planned = {"status": "planned"} if "status" in typed_keys(kind) else {}
    words = replace(known, named=lambda _key: "", symbols=True)
    choices = _choices(key, known)

    def read(answer: str) -> Record:
        split = _IDS if key.value.name.endswith(" id") else _LIST
        bare = unquoted(answer)
        typed: Any = list(map(unquoted, re.split(split, bare))) if key.value.many else bare
        try:
            part = values(kind, {key.name: typed}, words)
        except CmmctlError as error:
            problem = error.problems[0]
            raise ValueError(problem.message + (f"; {problem.hint}" if problem.hint else "")) from None
        for message in wrong(kind, key, may_be_planned | so_far | part, known.today):
            raise ValueError(message)
        return part

    offer = default
    if default == "today":
        offer = f"today, {weekday(known.today)}"
    elif not default and key.default and not key.required and not key.value.many:
        offer = "Y/n" if key.value is keys.FLAG else str(key.default)
    return Question(
        text=text or key.question,
        read=read,
        default=default,
        offer=offer,
        required=required,
        choices=choices,
        verbatim=key.name == "domains",
        many=key.value.many,
        explain=_explained(key, choices),
        echo=lambda answer: _echo(key, answer),
    )


def unquoted(answer: str) -> str:
    """Take away quotes around a whole answer, as a shell needs them and a prompt does not; those inside stay."""
    first, inside, last = answer[:1], answer[1:-1], answer[-1:]
    if len(answer) == 1 or _QUOTES.get(first) != last:
        return answer
    more = re.search(rf"(?<!\w)[{first}{last}]|[{first}{last}](?!\w)", inside)  # an apostrophe is none
    return answer if more else inside.strip()


def _explained(key: Key, choices: Sequence[str]) -> str:
    """Say what is asked for, with an example."""
    if choices:
        example = (
            "numbers or words of the list, such as 1 2" if key.value.many else "a number or word of the list, such as 1"
        )
        return f"{key.help}: {example}, or {choices[0].replace('-', ' ')}"
    if key.value is keys.FLAG:
        return f"{key.help}: y for yes, n for no"
    what, mark, more = (key.explain or key.help).partition(";")
    return what + ("" if "such as" in what else f", such as {key.value.example}") + mark + more


def _echo(key: Key, answer: Record) -> str:
    """Say how a day, an amount or a choice was understood; other words stand there as they were typed."""
    if key.value is keys.HOURS:
        return f"{answer['minutes']} minutes" if "minutes" in answer else f"{answer[key.name]} h"
    seen = {keys.DAY.name, keys.STATED.name, keys.MONEY.name, keys.APPROVAL.name, "choice"}
    typed = key.value.name.removeprefix("list of ") not in seen and key.name != "domains"
    return "" if typed else _shown(key, answer)


def _shown(key: Key, part: Record) -> str:
    """Say what an answer, or what is offered for one, stands for."""
    from cmmctl.views.changed import understood  # noqa: PLC0415 - only where somebody is asked

    if key.name == "hours" and "minutes" in part:
        return f"{part['minutes']}m"
    return understood(key, part[key.name]) if key.name in part else ""


def summary(kind: str, record: Record, beside: Extras, where: str = "") -> str:
    """Show what is about to be written, and into which record if not a new one."""
    rows = [(name, _shown(key, record)) for name, key in keys_of(KINDS[kind]).items() if name in record]
    if "id" in record:
        rows.insert(0, (kind, record["id"]))
    for expense in beside.expenses:
        paid = f", paid {weekday(expense['paid'])}" if "paid" in expense else ""
        rows.append((expense["what"], f"{dollars(expense['amount'])}{paid}"))
    rows += [(role, path.name) for role, path in beside.files]
    lines = [behind(f"   {name.replace('_', ' '):<14}", text) for name, text in rows]
    return "\n".join(["", f" To be recorded{where}:", *lines])
