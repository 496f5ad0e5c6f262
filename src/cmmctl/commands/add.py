"""Every `add-` command, built from the facts: options, prompts and validation come from one description."""

import inspect
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from decimal import Decimal
from typing import Any

import typer

from cmmctl import keys
from cmmctl.ask import Question, ask
from cmmctl.blocks import append
from cmmctl.commands import extras
from cmmctl.commands.changes import change, context, resolve
from cmmctl.commands.extras import Extras
from cmmctl.commands.session import Command, Session, command, resolve_credential
from cmmctl.cycles import current_cycle, cycles, renewals
from cmmctl.errors import CmmctlError, failure, misuse, nearest
from cmmctl.model import CE, KINDS, Course, Credential, Degree, Key, keys_of
from cmmctl.outlook import short
from cmmctl.rules import RuleSet
from cmmctl.schema import next_id
from cmmctl.store import Document
from cmmctl.tally import reading
from cmmctl.typed import Context, Record, missing, refuse_missing, validate, values

CREDENTIAL = Key("id", keys.CREDENTIAL, "the credential, such as cmm", required=True, positional="CREDENTIAL")
_PLANNED = {CE.kind, Course.kind, Degree.kind}


def adder(kind: str) -> Command:
    """Make the `add-` command of a kind."""
    cls = KINDS[kind]

    def add(session: Session, **words: Any) -> None:  # noqa: ANN401 - what the options' own types say
        _add(
            session,
            kind,
            {name: given for name, given in words.items() if given not in (None, [], False) or given is False},
        )

    parameters = [parameter for key in keys_of(cls).values() if not key.sealed for parameter in parameters_of(key)]
    if kind == Credential.kind:
        parameters += parameters_of(CREDENTIAL)[:1]
    if kind in _PLANNED:
        parameters.append(_flag("planned", "It has not taken place yet."))
    if kind == "renewal":
        parameters.append(_flag("force", "Note it although hours are short."))
    parameters += extras.parameters(kind)
    parameters.sort(key=lambda parameter: not parameter.name.endswith("_argument"))
    add.__doc__ = f"Record {cls.means}.\n\nExample: {_EXAMPLES[kind]}"
    return command("change", name=f"add-{kind}", parameters=parameters)(add)


_EXAMPLES = {
    "credential": "cmmctl add-credential cmm --earned 2025-04-23",
    "renewal": "cmmctl add-renewal cmm --filed 2027-03-02",
    "audit": "cmmctl add-audit cmm --letter 2027-05-03 --reply-by 2027-06-02",
    "membership": "cmmctl add-membership --body PAHCOM --start 2025-02-01 --end 2027-01-31",
    "job": 'cmmctl add-job --employer "Sample Clinic" --title "Office Manager" --start 2024-02 --duty billing',
    "degree": 'cmmctl add-degree --institution "State College" --degree "Associate of Science" --completed 2019',
    "course": (
        'cmmctl add-course "Healthcare Finance" --institution "State College" --credits 3'
        " --subject business --completed 2026-05-04"
    ),
    "ce": 'cmmctl add-ce "Coding Update" --provider "State Chapter" --date 2026-11-20 --hours 6',
    "training": 'cmmctl add-training "Front desk courtesy" --date 2026-11-20 --topic customer-service --attendees 9',
    "expense": "cmmctl add-expense ce-7 --what fee --amount 199.00 --paid 2026-11-20",
    "claim": "cmmctl add-claim ce-7 --filed 2026-11-23 --asked 199.00",
    "payment": "cmmctl add-payment claim-1 --date 2026-12-15 --amount 199.00",
    "answer": 'cmmctl add-answer cmm --source "e-mail from PAHCOM" --credits-required 9',
}  # fmt: skip


def _flag(name: str, explanation: str) -> inspect.Parameter:
    option = typer.Option(False, f"--{name}", help=explanation)  # noqa: FBT003 - Typer's own form
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=bool)


def parameters_of(key: Key) -> list[inspect.Parameter]:
    """Make the option of a key, and its argument where it has one."""
    value = key.value
    explanation = key.help + (f" ({', '.join(value.choices)})" if value.choices else "") + "."
    shown: dict[str, Any] = {"help": explanation[:1].upper() + explanation[1:], "show_default": False}
    if value.choices:
        shown["autocompletion"] = lambda: list(value.choices)
    annotation: Any = (list[str] if value.many else str) | None
    parameters = []
    if key.positional:
        argument = typer.Argument(None, metavar=f"[{key.positional}]", **shown)
        parameters.append(
            inspect.Parameter(
                f"{key.name}_argument",
                inspect.Parameter.KEYWORD_ONLY,
                default=argument,
                annotation=annotation,
            )
        )
        if value.many:
            return parameters
    if value.name == "yes or no":
        option = typer.Option(None, f"{key.option}/--no-{key.name}", **shown)
        return [inspect.Parameter(key.name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=bool | None)]
    metavar = value.name.removeprefix("list of ").upper().replace(" ", "-").replace(",", "")
    option = typer.Option(None, *(key.options or (key.option,)), metavar=metavar, **shown)
    parameters.append(
        inspect.Parameter(key.name, inspect.Parameter.KEYWORD_ONLY, default=option, annotation=annotation)
    )
    return parameters


def _add(session: Session, kind: str, words: dict[str, Any]) -> None:
    force, planned = words.pop("force", False), words.pop("planned", False)
    for name in [name for name in words if name.endswith("_argument")]:
        words[name.removesuffix("_argument")] = words.pop(name)
    if planned:
        words["status"] = "planned"
    known = context(session)
    beside = extras.taken(kind, words, known)
    if kind == Credential.kind:
        return _add_credential(session, words.pop("id", None), values(kind, words, known), known, beside)
    record = values(kind, words, known)
    resolve(session, record)
    if kind == "answer":
        record.setdefault("date", session.today)
    if kind == "renewal":
        record = _renewal(session, record, force=force)
    record = _complete(session, kind, record, known, interview=not words)
    validate(kind, f"the new {kind}", record, session.today)
    return _write(session, kind, record, known, beside)


def _write(
    session: Session, kind: str, record: Record, known: Context, beside: Extras, name: str | None = None
) -> None:
    """Append the record under its id, which is chosen while nobody else writes."""
    written: list[str] = []

    def edit(document: Document) -> str:
        taken = name or next_id(kind, document.given_ids)
        if name in document.portfolio.tables:
            hint = f"change it: `cmmctl edit {name} earned={record.get('earned', 'DATE')}`"
            raise failure(f"{name} is already on record", "exists", hint)
        text = append(document.text, kind, {"id": taken, **ordered(kind, record)})
        text, names = extras.written(text, document, taken, beside, known, stack)
        written[:] = [taken, *names]
        return text

    said = f"Noted. Nothing was sent to {short(record['credential']).upper()}'s issuer." if kind == "renewal" else ""
    with ExitStack() as stack:
        change(session, edit, lambda: written, "Recorded", said)


def ordered(kind: str, record: Mapping[str, Any]) -> Record:
    """Put the keys in the order of the contract."""
    return {name: record[name] for name in keys_of(KINDS[kind]) if name in record}


def _complete(session: Session, kind: str, record: Record, known: Context, *, interview: bool) -> Record:
    """Ask for what is missing, where somebody can be asked; elsewhere refuse, naming all of it."""
    needed = missing(kind, record)
    if not needed:
        return record
    if not session.interactive:
        raise refuse_missing(f"add-{kind}", needed)
    wanted = [key for key in keys_of(KINDS[kind]).values() if key in needed or (interview and key.asked)]
    answers = ask([question(kind, key, known, required=key in needed) for key in wanted if key.name not in record])
    for read in answers.values():
        record.update(read)
    return record


def question(kind: str, key: Key, known: Context, *, required: bool) -> Question:
    """Make the question for a key; its answer is the part of the record it stands for."""
    choices = known.domains if key.name == "domains" else key.value.choices

    def read(text: str) -> Record:
        words: Any = [word.strip() for word in text.split(",")] if key.value.many else text
        try:
            return values(kind, {key.name: words}, known)
        except CmmctlError as error:
            raise ValueError(error.problems[0].message) from None

    return Question(
        name=key.name,
        text=key.help[:1].upper() + key.help[1:],
        read=read,
        required=required,
        choices=tuple(choices),
        many=key.value.many,
        explain=f"{key.help}; {key.value.name}, such as {key.value.example}",
        echo=_echo,
    )


def _echo(answer: Any) -> str:  # noqa: ANN401 - part of a record
    from cmmctl.views.reports import value_text  # noqa: PLC0415 - only where somebody is asked

    values_ = answer.values() if isinstance(answer, dict) else ()
    return ", ".join(value_text(value) for value in values_ if isinstance(value, date | Decimal))


def _add_credential(session: Session, word: str | None, record: Record, known: Context, beside: Extras) -> None:
    """Record a credential; an old date without a due date gets one that is marked as assumed."""
    if word is None:
        raise refuse_missing("add-credential", [CREDENTIAL])
    recorded = [credential.id for credential in session.portfolio.all(Credential)]
    own_figures = "required" in record and "cycle_months" in record
    name = word if own_figures and "." in word else resolve_credential(word, recorded, session.rulebook.names())
    rules = session.rulebook.find(name)
    if (
        "edition" in record
        and rules
        and record["edition"] not in (names := [edition.name for edition in rules.editions])
    ):
        meant = nearest(record["edition"], names)
        hint = f"did you mean `{meant}`?" if meant else f"readings of {name}: {', '.join(names)}"
        raise misuse(f"`{record['edition']}` is no edition of {name}", hint, code="bad-value")
    fact = validate(Credential.kind, name, record, session.today)
    assert isinstance(fact, Credential)  # noqa: S101 - what the kind says
    months = rules.edition(fact.edition).cycle_months if rules else fact.cycle_months
    if fact.earned and not fact.due and months:
        due = _assumed(fact, rules, session.today)
        if due is not None:
            record |= {"due": due, "due_assumed": True}
    _write(session, Credential.kind, record, known, beside, name)


def _assumed(fact: Credential, rules: RuleSet | None, today: date) -> date | None:
    """Compute the next due date of a credential that is older than a cycle; None where the first is still ahead."""
    from cmmctl.rules import unsourced  # noqa: PLC0415 - only for own figures

    known = rules or unsourced(fact.id, fact.required or Decimal(), fact.cycle_months or 1)
    for number, cycle in enumerate(cycles(fact, known.edition(fact.edition))):
        if cycle.due >= today:
            return cycle.due if number else None
    return None  # pragma: no cover - cycles never end


def _renewal(session: Session, record: Record, *, force: bool) -> Record:
    """Seal the cycle that was filed: its edition, hours and entries. Refuses while hours are short, unless forced."""
    if "credential" not in record or "filed" not in record:
        return record
    credential = next((c for c in session.portfolio.all(Credential) if c.id == record["credential"]), None)
    if credential is None or credential.earned is None:
        raise failure(
            f"{record['credential']} is not held",
            "not-found",
            f"run `cmmctl add-credential {record['credential']} --earned DATE`",
        )
    rules = session.rules_of(credential.id)
    edition = rules.edition(credential.edition)
    filed = renewals(session.portfolio, credential, date.max)
    if "due" in record:
        cycle = next((one for one in cycles(credential, edition) if one.due >= record["due"]), None)
        if cycle is None or cycle.due != record["due"]:
            raise misuse(
                f"no cycle of {credential.id} is due on {record['due']}",
                f"the nearest is `--due {cycle.due}`" if cycle else None,
            )
    else:
        cycle = current_cycle(credential, edition, filed, session.today)
    if cycle.due in filed:
        raise failure(
            f"{filed[cycle.due].id} is already the renewal of the cycle due {cycle.due}",
            "exists",
            "name another with `--due`",
        )
    tally = reading(credential, rules, edition, session.portfolio, cycle, min(record["filed"], cycle.due))
    if tally.remaining and record.get("by") != "exam" and not force:
        from cmmctl.views.words import reading_missing  # noqa: PLC0415 - only where it is refused

        hint = "add the hours with `cmmctl add-ce`, or note it all the same with `--force`"
        raise failure(
            f"{edition.label}: {reading_missing(tally).text}, by the entries dated up to the day it was filed",
            "short",
            hint,
        )
    sealed: Record = {
        "due": cycle.due,
        "edition": edition.name,
        "hours": Decimal(0) + _decimal(tally.counted),
    }
    if tally.counted_entries:
        sealed["entries"] = [counted.entry.id for counted in tally.counted_entries]
    return {**record, **sealed}


def _decimal(hours: Any) -> Decimal:  # noqa: ANN401 - a fraction
    return round(Decimal(hours.numerator) / Decimal(hours.denominator), 4).normalize()
