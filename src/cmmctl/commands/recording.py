"""Recording one thing: asked for or typed, completed, compared with what is there, and written in one change."""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

import typer

from cmmctl import interrupts, likeness
from cmmctl.ask import Question, Script, ask, yes_or_no
from cmmctl.blocks import append
from cmmctl.claiming import completed
from cmmctl.commands import extras
from cmmctl.commands.again import again, carrying
from cmmctl.commands.changes import change, context
from cmmctl.commands.extras import Extras
from cmmctl.commands.form import filled, lacking, summary, unfinished, with_it
from cmmctl.commands.renewing import sealed
from cmmctl.commands.session import Session, edition_of
from cmmctl.cycles import cycles
from cmmctl.described import keys_of
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.model import KINDS, PLANNABLE, Answer, Claim, Credential, Fact, Payment, Plannable, Portfolio, Renewal
from cmmctl.rules import RuleSet, unsourced
from cmmctl.schema import next_id
from cmmctl.screen import Cell, Text
from cmmctl.store import Document
from cmmctl.typed import PRINTED, Context, Record, option, refuse_missing, typed_keys, validate, values

_FIGURES = {"required": "--required", "cycle_months": "--cycle-months"}  # of a credential that has no rule set


class Entry(NamedTuple):
    """What one command records, and what comes with it.

    `draft` is the record before it was completed; `said` is told beside it, `first` shows what comes before;
    `asked`: questions were answered; `instead`: the plan that it completes.
    """

    record: Record
    beside: Extras
    draft: Record = {}  # noqa: RUF012 - never changed
    said: str = ""
    first: Callable[[], object] = str
    asked: bool = False
    instead: Plannable | None = None


def record(session: Session, kind: str, typed: Mapping[str, Any], example: str, offered: Record | None = None) -> Entry:
    """Record one thing. `offered` are values that questions offer."""
    words = dict(typed)
    force, planned, like = words.pop("force", False), words.pop("planned", False), words.pop("like", None)
    if planned:
        words["status"] = "planned"
    known = context(session)
    beside = extras.taken(kind, words, known)
    if kind == Credential.kind and (figures := _FIGURES.keys() & words.keys()):
        known = replace(known, credential=lambda word: _own(session, word, figures))
    given = values(kind, words, known)
    copied = (offered or {}) | (_copied(session, kind, like, given) if like else {})
    whole = copied | given

    def interview() -> Script[Entry | None]:
        if not unfinished(kind, whole):
            return (
                yield from _agreed(
                    session, kind, _finished(session, kind, Entry(whole, beside), force=force), force=force
                )
            )
        said = yield from filled(session, kind, given, copied, known)
        entry = yield from _possible(session, kind, Entry(said, beside, asked=True), force=force)
        entry = entry._replace(beside=(yield from with_it(kind, said, beside, known)))
        return (yield from _agreed(session, kind, entry, force=force))

    if session.interactive:
        agreed, hint = ask(interview), ""
        if agreed is None:
            raise declined(session)
        entry = agreed
    else:
        if needed := lacking(kind, whole):
            raise refuse_missing(f"add-{kind}", [option(key) for key in needed], example)
        entry = _finished(session, kind, Entry(whole, beside), force=force)
        hint = "" if force else again(session, kind, typed, "--force")
    if entry.instead:
        _complete(session, entry, entry.instead, known)
    else:
        _write(session, kind, entry, known, hint, force=force)
    extras.warn_unshown(session, [file for _, file in entry.beside.files])
    return entry


def _own(session: Session, word: str, figures: Collection[str]) -> str:
    """Give a credential that nobody knows its id, where both of somebody's own figures are there."""
    if "." not in word or word in session.rulebook.names():
        return session.credential(word)
    if needed := [option for name, option in _FIGURES.items() if name not in figures]:
        message = f"{word} has no rule set, and one of your own figures is missing: `{needed[0]}`"
        raise misuse(message, "give both, such as `--required 36 --cycle-months 24`")
    return word


def declined(session: Session) -> typer.Exit:
    """Say what became of it where somebody decided not to save: that is how the command was to end, and no failure."""
    session.draw([Text(Cell(interrupts.truth()))])
    return typer.Exit()


def _copied(session: Session, kind: str, like: str, given: Record) -> Record:
    """Give what a record of the same kind says that is not of one occasion, and does not contradict what is given."""
    fact = session.fact(like)
    if fact.kind != kind:
        raise misuse(f"{fact.id} is a {fact.kind}, not a {kind}", f"`cmmctl list {kind}` shows what can be copied")
    table = session.portfolio.tables[fact.id]
    own = [name for name, key in typed_keys(kind).items() if name in table and not key.once]
    return {name: table[name] for name in own if name not in PRINTED or not given.keys() & set(PRINTED)}


def _finished(session: Session, kind: str, entry: Entry, *, force: bool) -> Entry:
    """Add what is computed, and check the record as a whole."""
    record, said = entry.record, ""
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
    _fact(session, kind, record)
    return entry._replace(record=record, draft=entry.record, said=said, first=first)


def _fact(session: Session, kind: str, record: Record) -> Fact:
    return validate(kind, record.get("id") or f"the new {kind}", record, session.today)


def _possible(session: Session, kind: str, draft: Entry, *, force: bool) -> Script[Entry]:
    """Complete what was answered; where something stands in the way, say so before anything else is asked."""
    try:
        return _finished(session, kind, draft, force=force)
    except CmmctlError as error:
        said = "\n".join(f"  {problem}{f'; {problem.hint}' if problem.hint else ''}" for problem in error.problems)
        explain = "it cannot be recorded as it is: < changes an answer, such as a date; Enter ends without saving"
        yield Question(text="< goes back to change it, Enter stops", read=str, lead=said, explain=explain)
        raise


def _agreed(session: Session, kind: str, entry: Entry, *, force: bool) -> Script[Entry | None]:
    """Ask whether a plan took place, whether something is meant twice, and after an interview whether all is right.

    None: nothing is to be saved.
    """
    fact = _fact(session, kind, entry.record)
    plan = likeness.plan(fact, session.portfolio) if isinstance(fact, PLANNABLE) and not force else None
    if plan:
        means = f"y: it is what was planned as {plan.id}, which is then completed; n: it is another one"
        lead = f"\n {plan.id} is on record: {_named(plan)}"
        entry = entry._replace(
            instead=plan if (yield yes_or_no("Is this it?", default=True, lead=lead, means=means)) else None
        )
    same = None if force or entry.instead else likeness.twin(fact, session.portfolio)
    if not (entry.asked or same):
        return entry
    where = f" in {entry.instead.id}" if entry.instead else ""
    shown = [summary(kind, entry.record, entry.beside, where)] if entry.asked else []
    twice = [f"\n {same.id} looks the same: {_named(same)}"] if same else []
    text = "Add it all the same?" if same else "Save?"
    means = "y writes it, n saves nothing, < goes back to change it"
    agreed = yield yes_or_no(text, default=not same, lead="\n".join([*shown, *twice]), means=means)
    return entry if agreed else None


def _named(fact: Fact) -> str:
    from cmmctl.views.records import amount, heading, when  # noqa: PLC0415 - only where something looks the same

    return ", ".join(filter(None, (heading(fact), when(fact), amount(fact))))


def _refuse_alike(session: Session, portfolio: Portfolio, fact: Fact, entry: Entry, hint: str) -> None:
    """Refuse to write unasked what is planned, or is there already."""
    another = f"if it is another one: `{hint}`"
    if isinstance(fact, PLANNABLE) and (plan := likeness.plan(fact, portfolio)):
        message = f"{plan.id} seems to be the plan of it: {_named(plan)}"
        done = ", then ".join(f"`{line}`" for line in carrying(session, portfolio, plan, entry.record, entry.beside))
        raise failure(message, "exists", f"it took place: {done}; {another}")
    if same := likeness.twin(fact, portfolio):
        raise failure(f"{same.id} looks the same: {_named(same)}", "exists", another)


def _write(session: Session, kind: str, entry: Entry, known: Context, hint: str, *, force: bool) -> None:
    """Append the record under its id, which is chosen while nobody else writes.

    Where another command was faster, what speaks against the record is looked at again then. With a hint, what
    looks the same as something on record is refused.
    """
    written: list[str] = []
    name = entry.record.get("id")

    def edit(document: Document) -> str:
        record = entry.record
        if document.portfolio is not session.portfolio:
            session.document = document
            same = {"due": record["due"]} if kind == Renewal.kind else {}
            record = _finished(session, kind, entry._replace(record=entry.draft | same), force=force).record
        taken = name or next_id(kind, document.given_ids)
        if name in document.portfolio.tables:
            change_it = f"change it: `cmmctl edit {name} earned={record.get('earned', 'DATE')}`"
            raise failure(f"{name} is already on record", "exists", change_it)
        if hint:
            _refuse_alike(
                session, document.portfolio, _fact(session, kind, record), entry._replace(record=record), hint
            )
        text = append(document.text, kind, {"id": taken, **ordered(kind, record)})
        text, names = extras.written(text, document, taken, entry.beside, known, stack)
        written[:] = [taken, *names]
        return text

    with ExitStack() as stack:
        change(session, edit, lambda: written, "Recorded", entry.said, entry.first)


def _complete(session: Session, entry: Entry, plan: Plannable, known: Context) -> None:
    """Write a new record into the planned one that it completes."""
    from cmmctl.commands.change import took_place  # noqa: PLC0415 - only where a plan took place

    with ExitStack() as stack:

        def with_it(text: str, document: Document) -> tuple[str, list[str]]:
            return extras.written(text, document, plan.id, entry.beside, known, stack)

        took_place(session, plan, {name: value for name, value in entry.record.items() if name != "status"}, with_it)


def ordered(kind: str, record: Mapping[str, Any]) -> Record:
    """Put the keys in the order of the contract."""
    return {name: record[name] for name in keys_of(KINDS[kind]) if name in record}


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
