"""Changing what is there: done, edit and remove."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import typer

from cmmctl import blocks
from cmmctl.amounts import shown_input
from cmmctl.ask import Question, Script, ask, yes
from cmmctl.claiming import claimable
from cmmctl.commands import by_hand, completing
from cmmctl.commands.changes import change, context
from cmmctl.commands.options import command
from cmmctl.commands.session import Answer, Session, edition_of
from cmmctl.dates import first_day, last_day, plain, read_day, weekday
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError, Problem, failure, misuse
from cmmctl.model import CE, PLANNABLE, Claim, Credential, Expense, Fact, Plannable, Portfolio, Profile, Proof
from cmmctl.schema import references
from cmmctl.screen import Cell, Text
from cmmctl.store import Document
from cmmctl.typed import PRINTED, Context, missing, typed_keys, validate, values

With = Callable[[str, Document], tuple[str, list[str]]]
_CLAIMED = {"entries", "requested", "filed", "denied"}  # keys of a claim that decide what is claimed
_ASSIGNMENT = re.compile(r"([\w-]+?)(\+=|-=|=)(.*)", re.DOTALL)


@command("change")
def done(
    session: Session,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The planned course, degree or CE entry.",
            show_default=False,
            autocompletion=completing.planned,
        ),
    ] = None,
    completed: Annotated[
        str | None, typer.Option("--completed", metavar="DATE", help="The day it took place or ended.")
    ] = None,
    hours: Annotated[str | None, typer.Option("--hours", metavar="HOURS", help="Hours on the certificate.")] = None,
    grade: Annotated[str | None, typer.Option("--grade", metavar="TEXT", help="The grade of a course.")] = None,
) -> None:
    """Note that a planned course, degree or CE entry took place.

    Example: cmmctl done course-4 --completed 2026-12-18 --grade B
    """
    fact = session.fact(record or session.wanted("ID", "cmmctl done course-4 --completed 2026-12-18"))
    if not isinstance(fact, PLANNABLE):
        message = f"{fact.id} is a {fact.kind}; only a CE entry, a course or a degree can be planned"
        raise misuse(message, "`cmmctl list ce` shows them")
    if fact.status == "completed":
        raise failure(f"{fact.id} is already completed", "exists", f"change it: `cmmctl edit {fact.id} key=value`")
    key = "date" if isinstance(fact, CE) else "completed"
    words = {key: completed, "hours": hours, "grade": grade}
    typed = {name: word for name, word in words.items() if word is not None}
    if wrong := sorted(typed.keys() - typed_keys(fact.kind).keys()):
        raise misuse(f"a {fact.kind} has no `--{'` and no `--'.join(wrong)}`", f"cmmctl done {fact.id}")
    day = "`--completed`"
    known = replace(context(session), named=lambda each: day if each.name == key else f"`{each.option}`")
    changes = values(fact.kind, typed, known)
    planned = getattr(fact, key)
    if key not in changes and (planned is None or last_day(planned) > session.today):
        changes[key] = _when(session, fact.id, planned)
    _apply(session, fact, changes, {"status", *_replaced(changes)}, "Done:")


def _when(session: Session, name: str, planned: date | str | None) -> date:
    """Ask when a planned entry took place; elsewhere it must be said."""
    if not session.interactive:
        was = f" for {plain(planned)}" if planned else ""
        raise misuse(f"{name} is planned{was}; say when it took place", f"cmmctl done {name} --completed DATE")

    from cmmctl.commands.form import unquoted  # noqa: PLC0415 - only where somebody is asked

    def read(text: str) -> date:
        if (day := read_day(unquoted(text), session.today)) > session.today:
            raise ValueError(f"{weekday(day)} is after today; it can be noted once it has taken place")
        return day

    def script() -> Script[date]:
        day: date = yield Question(
            text="When did it take place?", required=True, default="today",
            offer=f"today, {weekday(session.today)}", read=read, echo=weekday,
        )  # fmt: skip
        return day

    return ask(script)


def _replaced(changes: Mapping[str, Any]) -> set[str]:
    """A certificate prints one figure: a new one takes the place of the others."""
    return set(PRINTED) - changes.keys() if changes.keys() & set(PRINTED) else set()


@command("change")
def edit(
    session: Session,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The record, such as ce-7, cmm or profile.",
            show_default=False,
            autocompletion=completing.records,
        ),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="key=value...",
            help="key=value, key+=value, key-=value.",
            show_default=False,
            autocompletion=completing.assignments,
        ),
    ] = None,
    unset: Annotated[
        list[str] | None,
        typer.Option("--unset", metavar="KEY", help="Take a key away.", autocompletion=completing.removable),
    ] = None,
) -> None:
    """Change values of a record in place; without values its text, without an id the whole file, opens in your editor.

    Example: cmmctl edit ce-7 hours=6 domains+="Risk Management"
    """
    if record is None:
        _edit_file(session)
        return
    fact = session.fact(record)
    gone = {_key(fact, name, sealed=True) for name in unset or ()}
    if not assignments and not gone:
        by_hand.edit_record(session, fact, index_of(session.portfolio, fact.id))
        return
    changes = _changes(session, fact, assignments or ())
    if isinstance(fact, Credential):
        gone |= {"due_assumed"} if "due" in changes else set()
        if "edition" in changes:
            edition_of(session.rules_of(fact.id), changes["edition"])
    _apply(session, fact, changes, gone | (_replaced(changes) if isinstance(fact, CE) else set()), "Changed")


def _edit_file(session: Session) -> None:
    from cmmctl.commands.setup import show_findings  # noqa: PLC0415 - the check that follows

    if by_hand.edit_file(session):
        show_findings(session)
    else:
        unchanged = [Text(Cell(f"{session.where.path.name} is unchanged."))]
        session.give(Answer(data={"changed": False}, screen=lambda: unchanged))


def _key(fact: Fact, word: str, *, sealed: bool = False) -> str:
    """Find the key a word means. Raises where there is none, or where only cmmctl writes it, unless `sealed`."""
    name = word.replace("-", "_")
    known = keys_of(type(fact))
    if name not in known:
        from cmmctl.commands import meant  # noqa: PLC0415 - only on failure

        found = meant.key(name, known)
        hint = f"did you mean `{found}`?" if found else f"keys: {', '.join(typed_keys(fact.kind))}"
        raise misuse(f"a {fact.kind} has no key {shown_input(word)}", hint)
    if known[name].sealed and not sealed:
        raise misuse(f"`{name}` of {fact.id} is written by cmmctl alone", "`cmmctl edit` opens the whole file")
    return name


def _changes(session: Session, fact: Fact, assignments: Sequence[str]) -> dict[str, Any]:
    """Read every assignment; a later one goes on from an earlier one."""
    known = replace(context(session), named=lambda key: f"`{key.name}`")
    changes: dict[str, Any] = {}
    for assignment in assignments:
        found = _ASSIGNMENT.fullmatch(assignment)
        if not (found and found[3].strip()):
            from cmmctl.commands.quoting import assigned  # noqa: PLC0415 - only on failure

            meant = assigned(session.context, typed_keys(fact.kind))
            if meant or not found:
                hint = meant or f'cmmctl edit {fact.id} note="two words need quotes"'
                raise misuse(f"{shown_input(assignment)} is no `key=value`", hint)
        key = keys_of(type(fact))[_key(fact, found[1])]
        if not found[3].strip():
            raise misuse(f"`{key.name}` must not be empty", _instead(session, fact, key))
        old = changes.get(key.name, getattr(fact, key.name))
        changes |= _assigned(fact, key, found[2], found[3], old, known)
    return changes


def _instead(session: Session, fact: Fact, key: Key) -> str:
    """Say what somebody can write who wants a value gone: some must stay."""
    rest = {name: value for name, value in session.portfolio.tables[fact.id].items() if name != key.name}
    if missing(fact.kind, rest):
        return f"it is needed; change it: `cmmctl edit {fact.id} {key.name}=value`"
    return f"take it away: `cmmctl edit {fact.id} --unset {key.name}`"


def _assigned(fact: Fact, key: Key, sign: str, word: str, old: Any, known: Context) -> dict[str, Any]:  # noqa: ANN401 - a value of the file
    """Read one assignment; arrays take several values separated by commas, and `+=` and `-=`."""
    if not key.value.many:
        if sign != "=":
            hint = f"cmmctl edit {fact.id} {key.name}=value"
            raise misuse(f"`{key.name}` holds one value, so `{sign}` does not fit", hint)
        return values(fact.kind, {key.name: word}, known)
    read = values(fact.kind, {key.name: [part.strip() for part in word.split(",")]}, known)[key.name]
    match sign:
        case "+=":
            return {key.name: list(dict.fromkeys([*old, *read]))}
        case "-=":
            return {key.name: [value for value in old if value not in read]}
        case _:
            return {key.name: read}


def took_place(session: Session, fact: Plannable, changes: dict[str, Any], with_it: With) -> None:
    """Note that a planned entry took place, with the values it turned out to have and what comes with it."""
    gone = {"status", *(_replaced(changes) if isinstance(fact, CE) else ())}
    came = changes["date" if isinstance(fact, CE) else "completed"]
    if fact.start and "start" not in changes and first_day(fact.start) > last_day(came):
        gone.add("start")  # it was to begin later
    _apply(session, fact, changes, gone, "Done:", with_it)


def _alone(text: str, _document: Document) -> tuple[str, list[str]]:
    return text, []


def _apply(
    session: Session, fact: Fact, changes: dict[str, Any], gone: set[str], verb: str, with_it: With = _alone
) -> None:
    """Set and unset keys of one record in one write, after checking that the result can be.

    `with_it` writes what comes with it, and gives the text with the ids of that.
    """
    lists = [name for name, value in changes.items() if isinstance(value, list)]
    gone = gone | {name for name, value in changes.items() if value == []}
    changes = {name: value for name, value in changes.items() if name not in gone}
    kept = {name: value for name, value in session.portfolio.tables[fact.id].items() if name not in {"id", *gone}}
    known = keys_of(type(fact))
    result = {name: value for name, value in (kept | changes).items() if name in known}
    for name, key in known.items():
        if key.required and name not in result:
            raise misuse(f"{fact.id} needs `{name}`", f"change it instead: cmmctl edit {fact.id} {name}=value")
    validate(fact.kind, fact.id, result, session.today)
    lists += ["status"] if verb == "Done:" else []
    claimed = isinstance(fact, Claim) and not _CLAIMED.isdisjoint({*changes, *gone}) and "denied" not in result
    if claimed:
        claimable(Claim(id=fact.id, **result), session.portfolio)
    names = [fact.id]

    def edited(document: Document) -> str:
        text = document.text
        if claimed and document.portfolio is not session.portfolio:
            claimable(Claim(id=fact.id, **result), document.portfolio)
        index = index_of(document.portfolio, fact.id)
        now, was = (portfolio.tables[fact.id] for portfolio in (document.portfolio, session.portfolio))
        if any(now.get(name) != was.get(name) for name in lists):
            hint = "run the command again"
            raise failure(f"{fact.id} was changed meanwhile by another command", "changed-meanwhile", hint)
        for name, value in changes.items():
            text = blocks.set_key(text, fact.kind, index, name, value)
        for name in sorted(gone):
            text = blocks.unset_key(text, fact.kind, index, name)
        text, others = with_it(text, document)
        names[1:] = others
        return text

    change(session, edited, lambda: names, verb)


def index_of(portfolio: Portfolio, name: str) -> int:
    """Find which block of its kind a record is now. Raises `changed-meanwhile` where it is gone."""
    for facts in ([portfolio.profile], *portfolio.facts.values()):
        for index, fact in enumerate(facts):
            if fact and fact.id == name:
                return index
    raise failure(f"{name} was removed meanwhile", "changed-meanwhile", "`cmmctl list` shows what is there")


@command("change")
def remove(
    session: Session,
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID...", help="The records to take away.", show_default=False, autocompletion=completing.records
        ),
    ] = None,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Take records away, with the proofs and expenses that are theirs alone; the files stay in the folder.

    Example: cmmctl remove ce-7 --yes
    """
    named = records or session.wanted_ids("cmmctl remove ce-7")
    facts = _with_theirs(session.portfolio, list({fact.id: fact for fact in map(session.fact, named)}.values()))
    if problems := list(_kept(session.portfolio, facts)):
        raise CmmctlError(*problems)
    if not sure and not _confirmed(session, facts):
        session.draw([Text(Cell("Nothing was removed."))])
        return

    def edited(document: Document) -> str:
        text = document.text
        places = sorted(((fact.kind, index_of(document.portfolio, fact.id)) for fact in facts), reverse=True)
        for kind, index in places:
            text = blocks.remove(text, kind, index)
        return text

    change(session, edited, lambda: [fact.id for fact in facts], "Removed")


def _with_theirs(portfolio: Portfolio, facts: list[Fact]) -> list[Fact]:
    """Add the proofs and expenses that belong to nothing else."""
    names = {fact.id for fact in facts}
    theirs: list[Proof | Expense] = [*portfolio.all(Proof), *portfolio.all(Expense)]
    return [*facts, *(fact for fact in theirs if fact.id not in names and names.issuperset(fact.records))]


def _kept(portfolio: Portfolio, facts: Sequence[Fact]) -> Iterator[Problem]:
    """Say why a record must stay: it is the profile, or a record that stays names it."""
    names = {fact.id for fact in facts}
    if Profile.kind in names:
        hint = "change it: `cmmctl edit profile name=...`"
        yield Problem(message="the profile cannot be removed", code="unsafe-edit", hint=hint)
    for fact in portfolio:
        named = {name for _, name in references(fact)} | {getattr(fact, "credential", None)}
        for name in sorted(names & named if fact.id not in names else ()):
            sealed = fact.kind in {"renewal", "claim"}
            hint = f"`cmmctl show {fact.id}` shows it" if sealed else f"remove both: cmmctl remove {name} {fact.id}"
            yield Problem(message=f"{name} stays, because {fact.id} names it", code="unsafe-edit", hint=hint)


def _confirmed(session: Session, facts: Sequence[Fact]) -> bool:
    from cmmctl.views.records import heading  # noqa: PLC0415 - only where somebody is asked

    if not session.interactive:
        raise misuse("removing needs a yes", f"cmmctl remove {' '.join(fact.id for fact in facts)} --yes")
    listed = "\n".join(f"  {fact.id}  {heading(fact)}" for fact in facts)
    return yes("Remove?", default=False, lead=listed)
