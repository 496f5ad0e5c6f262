"""Changing what is there: done, edit and remove."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from cmmctl import blocks
from cmmctl.ask import Question, one, yes
from cmmctl.commands import by_hand
from cmmctl.commands.changes import change, context, resolve
from cmmctl.commands.session import Session, command
from cmmctl.dates import last_day, read_day, weekday
from cmmctl.errors import UsageError, failure, misuse, nearest
from cmmctl.model import CE, Course, Credential, Degree, Fact, Key, Portfolio, Profile, keys_of
from cmmctl.schema import references
from cmmctl.screen import Cell, Text
from cmmctl.store import Document
from cmmctl.typed import PRINTED, Context, kind_of, validate, values

_ASSIGNMENT = re.compile(r"([A-Za-z_-]+?)(\+=|-=|=)(.*)", re.DOTALL)


@command("change")
def done(
    session: Session,
    record: Annotated[str, typer.Argument(metavar="ID", help="The planned course, degree or CE entry.")],
    completed: Annotated[
        str | None, typer.Option("--completed", metavar="DATE", help="The day it took place or ended.")
    ] = None,
    hours: Annotated[str | None, typer.Option("--hours", metavar="HOURS", help="Hours on the certificate.")] = None,
    grade: Annotated[str | None, typer.Option("--grade", metavar="TEXT", help="The grade of a course.")] = None,
) -> None:
    """Note that a planned course, degree or CE entry took place.

    Example: cmmctl done course-4 --completed 2026-12-18 --grade B
    """
    fact = session.fact(record)
    if not isinstance(fact, CE | Course | Degree):
        raise misuse(
            f"{fact.id} is a {fact.kind}; only a CE entry, a course or a degree can be planned",
            "`cmmctl list ce` shows them",
        )
    if fact.status == "completed":
        raise misuse(f"{fact.id} is already completed", f"change it: `cmmctl edit {fact.id} key=value`")
    key = "date" if isinstance(fact, CE) else "completed"
    planned = fact.date if isinstance(fact, CE) else fact.completed
    words: dict[str, Any] = {key: completed, "hours": hours, "grade": grade}
    known = {name: word for name, word in words.items() if word is not None}
    if wrong := known.keys() - keys_of(type(fact)).keys():
        raise misuse(f"a {fact.kind} has no `{'` and no `'.join(sorted(wrong))}`")
    changes = values(fact.kind, known, context(session))
    if key not in changes and (planned is None or last_day(planned) > session.today):
        changes[key] = _when(session, fact.id, planned)
    _apply(session, fact, changes, {"status", *_replaced(changes)}, "Done:")


def _when(session: Session, name: str, planned: Any) -> date:  # noqa: ANN401 - a day, a month, a year or nothing
    if not session.interactive:
        was = f" for {planned}" if planned else ""
        raise misuse(f"{name} is planned{was}; say when it took place", f"cmmctl done {name} --completed DATE")
    question = Question(
        name="completed", text="When did it take place?", required=True, default="today",
        read=lambda text: read_day(text, session.today), echo=weekday,
    )  # fmt: skip
    day: date = one(question)
    return day


def _replaced(changes: dict[str, Any]) -> set[str]:
    """A certificate prints one figure: a new one takes the place of the others."""
    return set(PRINTED) - changes.keys() if changes.keys() & set(PRINTED) else set()


@command("change")
def edit(
    session: Session,
    record: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The record, such as ce-7, cmm or profile.", show_default=False)
    ] = None,
    assignments: Annotated[
        list[str] | None, typer.Argument(metavar="key=value...", help="key=value, key+=value, key-=value.")
    ] = None,
    unset: Annotated[list[str] | None, typer.Option("--unset", metavar="KEY", help="Take a key away.")] = None,
) -> None:
    """Change values of a record in place; without values its text, without an id the whole file, opens in your editor.

    Example: cmmctl edit ce-7 hours=6 domains+="Risk Management"
    """
    if record is None:
        _edit_file(session)
        return
    fact = session.fact(record)
    gone = {_key(fact, name, allow_sealed=True) for name in unset or ()}
    if not assignments and not gone:
        by_hand.edit_record(session, fact, _index(session.portfolio, fact.id))
        return
    changes = _changes(session, fact, assignments or ())
    if isinstance(fact, Credential) and "due" in changes:
        gone.add("due_assumed")
    _apply(session, fact, changes, gone | (_replaced(changes) if isinstance(fact, CE) else set()), "Changed")


def _edit_file(session: Session) -> None:
    from cmmctl.commands.setup import show_findings  # noqa: PLC0415 - the check that follows

    if by_hand.edit_file(session):
        show_findings(session)
    else:
        session.draw([Text(Cell(f"{session.where.path.name} is unchanged."))])


def _key(fact: Fact, word: str, *, allow_sealed: bool = False) -> str:
    keys = keys_of(type(fact))
    name = word.replace("-", "_")
    if name not in keys:
        table = ", ".join(keys)
        meant = nearest(name, keys)
        raise misuse(f"a {fact.kind} has no key `{word}`", f"did you mean `{meant}`?" if meant else f"keys: {table}")
    if keys[name].sealed and not allow_sealed:
        raise misuse(f"`{name}` of {fact.id} is written by cmmctl alone")
    return name


def _changes(session: Session, fact: Fact, assignments: Sequence[str]) -> dict[str, Any]:
    """Read every assignment, and find the records and credentials that are named."""
    known = context(session)
    changes: dict[str, Any] = {}
    for assignment in assignments:
        found = _ASSIGNMENT.fullmatch(assignment)
        if not found:
            raise misuse(f"`{assignment}` is no `key=value`", f'cmmctl edit {fact.id} note="two words need quotes"')
        key = keys_of(type(fact))[_key(fact, found[1])]
        old = changes.get(key.name, getattr(fact, key.name))
        changes |= _assigned(fact, key, found[2], found[3], old, known)
    resolve(session, changes)
    return changes


def _assigned(fact: Fact, key: Key, sign: str, word: str, old: Any, known: Context) -> dict[str, Any]:  # noqa: ANN401 - a value of the file
    """Read one assignment; arrays take several values separated by commas, and `+=` and `-=`."""
    if not key.value.many:
        if sign != "=":
            raise misuse(
                f"`{key.name}` holds one value, so `{sign}` does not fit", f"cmmctl edit {fact.id} {key.name}=value"
            )
        return values(fact.kind, {key.name: word}, known)
    given = values(fact.kind, {key.name: [part.strip() for part in word.split(",")]}, known)[key.name]
    match sign:
        case "+=":
            return {key.name: list(dict.fromkeys([*old, *given]))}
        case "-=":
            return {key.name: [value for value in old if value not in given]}
        case _:
            return {key.name: given}


def _apply(session: Session, fact: Fact, changes: dict[str, Any], gone: set[str], verb: str) -> None:
    """Set and unset keys of one record in one write, after checking that the result can be."""
    gone = gone | {name for name, value in changes.items() if value == []}
    changes = {name: value for name, value in changes.items() if name not in gone}
    table = session.portfolio.tables[fact.id]
    result = {**{name: value for name, value in table.items() if name not in {"id", *gone}}, **changes}
    _possible(fact, result, session.today)

    def edited(document: Document) -> str:
        text = document.text
        index = _index(document.portfolio, fact.id)
        for name, value in changes.items():
            text = blocks.set_key(text, fact.kind, index, name, value)
        for name in sorted(gone):
            text = blocks.unset_key(text, fact.kind, index, name)
        return text

    change(session, edited, lambda: [fact.id], verb)


def _possible(fact: Fact, result: dict[str, Any], today: date) -> None:
    known = {name: value for name, value in result.items() if name in keys_of(kind_of(fact.kind))}
    for name, key in keys_of(type(fact)).items():
        if key.required and name not in known:
            raise misuse(f"{fact.id} needs `{name}`", f"change it instead: cmmctl edit {fact.id} {name}=value")
    validate(fact.kind, fact.id, known, today)


def _index(portfolio: Portfolio, name: str) -> int:
    """Find which block of its kind a record is now. Raises `changed-meanwhile` where it is gone."""
    if name == Profile.kind:
        return 0
    for facts in portfolio.facts.values():
        for index, fact in enumerate(facts):
            if fact.id == name:
                return index
    raise failure(f"{name} was removed meanwhile", "changed-meanwhile", "`cmmctl list` shows what is there")


@command("change")
def remove(
    session: Session,
    records: Annotated[list[str], typer.Argument(metavar="ID...", help="The records to take away.")],
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Take records away; their certificates stay in the folder.

    Example: cmmctl remove ce-7 --yes
    """
    facts = list({fact.id: fact for fact in map(session.fact, records)}.values())
    for problem in _kept(session.portfolio, facts):
        raise problem
    if not sure:
        _confirm(session, facts)

    def edited(document: Document) -> str:
        text = document.text
        places = sorted(((fact.kind, _index(document.portfolio, fact.id)) for fact in facts), reverse=True)
        for kind, index in places:
            text = blocks.remove(text, kind, index)
        return text

    change(session, edited, lambda: [fact.id for fact in facts], "Removed")


def _kept(portfolio: Portfolio, facts: Sequence[Fact]) -> Iterator[UsageError | Exception]:
    """Say why a record must stay: the profile, and what another record names."""
    names = {fact.id for fact in facts}
    if Profile.kind in names:
        yield misuse("the profile cannot be removed", "change it: `cmmctl edit profile name=...`")
    for fact in portfolio:
        if fact.id in names:
            continue
        named = [name for _, name in references(fact)] + [getattr(fact, "credential", None)]
        for name in named:
            if name in names:
                hint = (
                    f"cmmctl remove {name} {fact.id}"
                    if fact.kind in {"proof", "expense", "answer"}
                    else f"`cmmctl show {fact.id}`"
                )
                yield failure(f"{name} stays, because {fact.id} names it", "unsafe-edit", hint)


def _confirm(session: Session, facts: Sequence[Fact]) -> None:
    from cmmctl.views.reports import heading  # noqa: PLC0415 - only where somebody is asked

    names = " ".join(fact.id for fact in facts)
    if not session.interactive:
        raise misuse("removing needs a yes", f"cmmctl remove {names} --yes")
    listed = "\n".join(f"  {fact.id}  {heading(fact)}" for fact in facts)
    if not yes(f"{listed}\nRemove?", default=False):
        raise typer.Exit
