"""Every `add-` command, built from the facts: options, prompts and validation come from one description."""

import inspect
import re
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import typer

from cmmctl import keys
from cmmctl.ask import Question, Script, ask
from cmmctl.blocks import append
from cmmctl.claiming import completed
from cmmctl.commands import extras
from cmmctl.commands.changes import change, context
from cmmctl.commands.completing import values_of
from cmmctl.commands.extras import Extras
from cmmctl.commands.options import Command, command
from cmmctl.commands.renewing import sealed
from cmmctl.commands.session import Session, edition_of
from cmmctl.cycles import cycles
from cmmctl.dates import weekday
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.model import CE, KINDS, Answer, Claim, Course, Credential, Degree, Key, Payment, Renewal, keys_of
from cmmctl.outlook import short
from cmmctl.rules import RuleSet, unsourced
from cmmctl.schema import next_id
from cmmctl.store import Document
from cmmctl.typed import (
    CREDENTIAL,
    Context,
    Record,
    missing,
    option,
    refuse_missing,
    typed_keys,
    validate,
    values,
    wrong,
)

_PLANNED = {CE.kind, Course.kind, Degree.kind}
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
    "claim": "cmmctl add-claim ce-12 --filed 2026-11-23 --asked 199.00",
    "payment": "cmmctl add-payment claim-1 --date 2026-12-15 --amount 199.00",
    "answer": 'cmmctl add-answer cmm --source "e-mail from PAHCOM" --credits-required 9',
}  # fmt: skip
# Values that are computed where they are not typed.
_COMPUTED = {Renewal.kind: {"due"}, Answer.kind: {"date"}}
_METAVARS = {
    keys.DAY.name: "DATE", keys.STATED.name: "DATE", keys.WHOLE.name: "N", keys.SOME.name: "N",
    keys.RATE.name: "NUMBER", "choice": "WORD",
}  # fmt: skip
# What a prompt asks for, where the explanation of the key is not a question.
_ASKED = {
    "approvals": "Index number, if it shows one", "domains": "Domains, numbers or words", "provider": "Provider",
    "date": "Date",
}  # fmt: skip
_REPEATED = frozenset({"provider", "institution", "employer", "facilitator"})  # the last one is offered again


def adder(kind: str) -> Command:
    """Make the `add-` command of a kind."""

    def add(session: Session, **words: Any) -> None:  # noqa: ANN401 - what the options' own types say
        _add(session, kind, given(words))

    parameters = [parameter for key in typed_keys(kind).values() for parameter in parameters_of(key)]
    if kind in _PLANNED:
        parameters.append(_flag("planned", "It has not taken place yet."))
    if kind == Renewal.kind:
        parameters.append(_flag("force", "Note it although hours are short."))
    parameters += extras.parameters(kind)
    parameters.sort(key=lambda parameter: not parameter.name.endswith("_argument"))
    add.__doc__ = f"Record {KINDS[kind].means}.\n\nExample: {_EXAMPLES[kind]}"
    return command("change", name=f"add-{kind}", parameters=parameters)(add)


def _flag(name: str, explanation: str) -> inspect.Parameter:
    shown = typer.Option(False, f"--{name}", help=explanation)  # noqa: FBT003 - Typer's own form
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=bool)


def parameters_of(key: Key) -> list[inspect.Parameter]:
    """Make the option of a key, and its argument where it has one."""
    value = key.value
    choices = f" ({', '.join(value.choices)})" if value.choices and value.choices[0] not in key.help else ""
    several = "; repeat it for several" if value.many and not key.positional else ""
    shown: dict[str, Any] = {"help": f"{key.help[:1].upper()}{key.help[1:]}{choices}{several}.", "show_default": False}
    if offered := values_of(key):
        shown["autocompletion"] = offered
    annotation: Any = (list[str] if value.many else str) | None
    word = value.name.removeprefix("list of ")
    metavar = _METAVARS.get(word, word.upper())
    made = []
    if key.positional:
        made.append((f"{key.name}_argument", typer.Argument(None, metavar=key.positional, **shown), annotation))
    if value is keys.FLAG:
        name = key.option.removeprefix("--")
        made.append((key.name, typer.Option(None, f"--{name}/--no-{name}", **shown), bool | None))
    elif key is not CREDENTIAL:
        names = key.options or (key.option,)
        made.append((key.name, typer.Option(None, *names, metavar=metavar, **shown), annotation))
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, default, kind in made
    ]


def given(words: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the words that were typed; an argument and its option are one."""
    typed: dict[str, Any] = {}
    for name, word in words.items():
        if word is None or word == []:
            continue
        key = name.removesuffix("_argument")
        if key in typed and not isinstance(word, list):
            raise misuse(f"`{key}` is given twice", "give it once, with or without its option")
        typed[key] = [*typed[key], *word] if isinstance(word, list) and key in typed else word
    return typed


def _add(session: Session, kind: str, words: dict[str, Any]) -> None:
    force, planned = words.pop("force", False), words.pop("planned", False)
    bare = not words
    if planned:
        words["status"] = "planned"
    known = context(session)
    beside = extras.taken(kind, words, known)
    if kind == Credential.kind and {"required", "cycle_months"} <= words.keys():
        known = replace(known, credential=lambda word: word if "." in word else session.credential(word))
    record = _complete(session, kind, values(kind, words, known), known, bare=bare)
    _write(session, kind, record, known, beside, force=force)


class _Ready(NamedTuple):
    """A record as it can be written, what to say of it, and what to show before."""

    record: Record
    said: str = ""
    first: Callable[[], object] = str


def _ready(session: Session, kind: str, record: Record, *, force: bool) -> _Ready:
    """Complete a record by what else is on record. Raises what speaks against it."""
    said = ""
    first: Callable[[], object] = str
    match kind:
        case Credential.kind:
            record = _with_due(session, record)
            if "due_assumed" in record:
                said = f"The due date was computed. Confirm it: cmmctl edit {record['id']} due={record['due']}"
        case Renewal.kind:
            record, said, first = sealed(session, record, force=force)
        case Answer.kind:
            record = {"date": session.today, **record}
        case Claim.kind:
            record = completed(record, session.portfolio)
        case Payment.kind if not isinstance(session.fact(record["claim"]), Claim):
            raise failure(f"{record['claim']} is no claim", "not-found", "`cmmctl list claim` shows the claims")
    validate(kind, record.get("id") or f"the new {kind}", record, session.today)
    return _Ready(record, said, first)


def _write(session: Session, kind: str, typed: Record, known: Context, beside: Extras, *, force: bool) -> None:
    """Append the record under its id, which is chosen while nobody else writes.

    Where another command was faster, what speaks against the record is looked at again then.
    """
    written: list[str] = []
    ready = _ready(session, kind, typed, force=force)
    name = ready.record.get("id")

    def edit(document: Document) -> str:
        record = ready.record
        if document.portfolio is not session.portfolio:
            session.document = document
            same = {"due": record["due"]} if kind == Renewal.kind else {}
            record = _ready(session, kind, typed | same, force=force).record
        taken = name or next_id(kind, document.given_ids)
        if name in document.portfolio.tables:
            hint = f"change it: `cmmctl edit {name} earned={record.get('earned', 'DATE')}`"
            raise failure(f"{name} is already on record", "exists", hint)
        text = append(document.text, kind, {"id": taken, **ordered(kind, record)})
        text, names = extras.written(text, document, taken, beside, known, stack)
        written[:] = [taken, *names]
        return text

    with ExitStack() as stack:
        change(session, edit, lambda: written, "Recorded", ready.said, ready.first)
    extras.warn_unshown(session, [file for _, file in beside.files])


def ordered(kind: str, record: Mapping[str, Any]) -> Record:
    """Put the keys in the order of the contract."""
    return {name: record[name] for name in keys_of(KINDS[kind]) if name in record}


def _complete(session: Session, kind: str, record: Record, known: Context, *, bare: bool) -> Record:
    """Ask for what is missing, where somebody can be asked; elsewhere refuse, naming all of it."""
    needed = [key for key in missing(kind, record) if key.name not in _COMPUTED.get(kind, ())]
    if not needed:
        return record
    if not session.interactive:
        raise refuse_missing(f"add-{kind}", [option(key) for key in needed], _EXAMPLES[kind])
    asked = [key for key in typed_keys(kind).values() if key in needed or (bare and key.asked)]

    def script() -> Script[Record]:
        so_far = dict(record)
        for key in asked:
            default = _default(session, kind, key, so_far)
            part = yield question(kind, key, known, so_far, required=key in needed, default=default)
            so_far |= part or {}
        return so_far

    return ask(script)


def _default(session: Session, kind: str, key: Key, record: Mapping[str, Any]) -> str:
    """Offer what is most likely: today, the credential on record, the provider or college of the last record."""
    if key.required and key.name in {"date", "filed"} and "status" not in record:
        return "today"
    if key.name == "credential":
        recorded = [credential.id for credential in session.portfolio.all(Credential)]
        return short(recorded[0]) if len(recorded) == 1 else ""
    last = session.portfolio.all(KINDS[kind])[-1:]
    return getattr(last[0], key.name) or "" if last and key.name in _REPEATED else ""


def question(
    kind: str, key: Key, known: Context, so_far: Record, *, required: bool, default: str = "", text: str = ""
) -> Question:
    """Make the question for a key of a record; its answer is the part of the record it stands for."""
    words = replace(known, named=lambda _key: "", symbols=True)
    choices = known.domains if key.name == "domains" else key.value.choices

    def read(answer: str) -> Record:
        split = r"[,\s]+" if key.value.name.endswith(" id") else r"\s*,\s*"
        typed: Any = re.split(split, answer) if key.value.many else answer
        try:
            part = values(kind, {key.name: typed}, words)
        except CmmctlError as error:
            problem = error.problems[0]
            raise ValueError(problem.message + (f"; {problem.hint}" if problem.hint else "")) from None
        for message in wrong(kind, key, so_far | part, known.today):
            raise ValueError(message)
        return part

    return Question(
        text=text or _ASKED.get(key.name) or f"{key.help[:1].upper()}{key.help[1:]}",
        read=read,
        default=default,
        offer=f"today, {weekday(known.today)}" if default == "today" else default,
        required=required,
        choices=tuple(choices),
        many=key.value.many,
        explain=key.help + (": numbers or words of the list" if choices else f", such as {key.value.example}"),
        echo=lambda answer: _echo(key, answer.get(key.name)),
    )


def _echo(key: Key, value: object) -> str:
    """Say how a day, an amount or a choice was understood; other words stand there as they were typed."""
    from cmmctl.views.changed import understood  # noqa: PLC0415 - only where somebody is asked

    seen = {keys.DAY.name, keys.STATED.name, keys.MONEY.name, "choice"}
    typed = key.value.name.removeprefix("list of ") not in seen and key.name != "domains"
    return "" if value is None or typed else understood(key, value)


def _with_due(session: Session, record: Record) -> Record:
    """Give a credential that is older than a cycle its next due date, marked as assumed."""
    rules = session.rulebook.find(record["id"])
    if rules and "edition" in record:
        edition_of(rules, record["edition"])
    fact = validate(Credential.kind, record["id"], record, session.today)
    assert isinstance(fact, Credential)  # noqa: S101 - what the kind says
    if rules is None and fact.required and fact.cycle_months:
        rules = unsourced(fact.id, fact.required, fact.cycle_months)
    due = assumed(fact, rules, session.today) if rules else None
    return record | ({"due": due, "due_assumed": True} if due else {})


def assumed(fact: Credential, rules: RuleSet, today: date) -> date | None:
    """Compute the next due date; None where it is recorded, nothing is held, or the first is still ahead."""
    if fact.earned is None or fact.due is not None:
        return None
    number, cycle = next(
        (number, cycle) for number, cycle in enumerate(cycles(fact, rules.edition(fact.edition))) if cycle.due >= today
    )
    return cycle.due if number else None
