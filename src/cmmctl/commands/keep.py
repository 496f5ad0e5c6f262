"""Keeping: certificates beside their records, every earlier version, and copies of everything."""

import difflib
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Annotated, Any

import typer

from cmmctl.ask import yes
from cmmctl.attaching import copied, dropped, recorded
from cmmctl.commands import completing
from cmmctl.commands.changes import change, saved, view
from cmmctl.commands.extras import warn_unshown
from cmmctl.commands.options import command
from cmmctl.commands.session import Answer, Session, record_data
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.history import Entry, digest, read
from cmmctl.keys import choice
from cmmctl.model import ROLES, Course, Degree, Expense, Fact, Portfolio, Profile, Proof
from cmmctl.places import expanded
from cmmctl.render.aside import say
from cmmctl.screen import Cell, Screen, Table, Text, cells
from cmmctl.store import Document, missing, read_bytes, real, understand
from cmmctl.typed import refuse_missing
from cmmctl.writing import HandEdit, Step, step


@command("change")
def attach(
    session: Session,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The record they prove, such as ce-7.",
            show_default=False,
            autocompletion=completing.records,
        ),
    ] = None,
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="PDF or picture files.", show_default=False)
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            "--role", metavar="ROLE", help=f"What it is ({', '.join(ROLES)}).", autocompletion=lambda: list(ROLES)
        ),
    ] = None,
) -> None:
    """Copy certificates or receipts into the portfolio's folder, and note what they prove.

    Example: cmmctl attach ce-7 certificate.pdf
    """
    example = "cmmctl attach ce-7 certificate.pdf"
    if not (files or session.interactive):
        raise refuse_missing("attach", [f"`{word}`" for word in ("ID", "FILE")[bool(record) :]], example)
    fact = session.fact(record or session.wanted("ID", example))
    if isinstance(fact, Proof | Profile):
        raise misuse(f"{fact.id} is a {fact.kind}, which needs no proof", "name the record it proves, such as ce-7")
    try:
        what = str(choice(*ROLES).from_file(role or role_of(fact)))
    except ValueError as error:
        raise misuse(f"`--role` {error}", code="bad-value") from None
    sources = [(what, dropped(file)) for file in files or [session.wanted("FILE", example)]]
    touched: list[str] = []
    back: list[str] = []

    def edit(document: Document) -> str:
        copies = stack.enter_context(copied(document, sources, fact.id))
        known = {proof.path for proof in document.portfolio.all(Proof)}
        back[:] = [copy.path for copy in copies if copy.new and copy.path in known]
        text, touched[:] = recorded(document.text, document, copies, fact.id, session.today)
        return text

    with ExitStack() as stack:
        change(session, edit, lambda: list(dict.fromkeys(touched)), "Attached", first=lambda: _put_back(back))
    warn_unshown(session, [source for _, source in sources])


def _put_back(paths: Sequence[str]) -> None:
    for path in paths:
        say(f"{path} was not there, and is again.")


def role_of(fact: Fact) -> str:
    """Give what a file most likely is for a record of that kind."""
    match fact:
        case Expense():
            return "receipt"
        case Course() | Degree():
            return "transcript"
        case _:
            return "certificate"


@command("change")
def undo(
    session: Session,
    sure: Annotated[bool, typer.Option("--yes", help="Step over a hand edit without asking.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Take the newest change back, byte for byte; again for the one before.

    Example: cmmctl undo
    """
    try:
        taken = step(session.where.path, session.occasion)
    except HandEdit as edit:
        said = f"the newest change was made outside cmmctl; it was noticed on {_moment(edit.entry)}"
        if not sure and not session.interactive:
            hint = f"`cmmctl history --diff {edit.entry.number}` shows it; take it back with `cmmctl undo --yes`"
            raise misuse(said, hint) from None
        if not sure and not yes("Take it back?", default=False, lead=f"{said[:1].upper()}{said[1:]}."):
            session.draw([Text(Cell("Nothing was taken back."))])
            return
        taken = step(session.where.path, session.occasion, agreed=edit.entry)
    _stepped(session, "Taken back", taken)


@command("change")
def redo(session: Session) -> None:
    """Bring back the change that was taken back last.

    Example: cmmctl redo
    """
    _stepped(session, "Brought back", step(session.where.path, session.occasion))


def _stepped(session: Session, verb: str, taken: Step) -> None:
    from cmmctl.views.changed import stepped  # noqa: PLC0415 - only where something was changed

    said = f"{verb}: {taken.entry.summary} ({taken.entry.command}, {_moment(taken.entry)})"
    with saved(f"the {session.command}", "`cmmctl history` shows it"):
        effect, touched = _effect(session, taken)
        data = {**_told(taken.entry), **touched, "effect": effect}
        session.give(Answer(data=data, screen=lambda: stepped(said, effect)))


def _effect(session: Session, taken: Step) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Set what is to go beside what it was, and name the records; nothing where a text cannot be understood."""
    from cmmctl.views.changed import effect  # noqa: PLC0415 - only where something was changed

    path = real(session.where.path)
    try:
        texts = [(text or b"").decode("utf-8") for text in (taken.before, taken.after)]
        before, after = (understand(path, text, session.rulebook).portfolio for text in texts)
    except (CmmctlError, UnicodeDecodeError):
        return [], {}
    return effect(view(session, before), view(session, after)), _touched(before, after)


def _touched(before: Portfolio, after: Portfolio) -> dict[str, Any]:
    """Give the records that differ, as they are now, or were where they are gone."""
    facts = {fact.id: fact for portfolio in (before, after) for fact in portfolio}
    names = [name for name in facts if before.tables.get(name) != after.tables.get(name)]
    records = [
        record_data(facts[name].kind, name, after.tables.get(name, before.tables.get(name, {}))) for name in names
    ]
    if not records:
        return {}
    one = {"id": names[0], "kind": facts[names[0]].kind, "record": records[0]}
    return one | ({"records": records} if len(records) > 1 else {})


def _told(entry: Entry) -> dict[str, Any]:
    return {"number": entry.number, "when": entry.when, "command": entry.command, "summary": entry.summary}


def _moment(entry: Entry) -> str:
    return entry.when[:16].replace("T", " ")


@command("report")
def history(
    session: Session,
    show: Annotated[int | None, typer.Option("--show", metavar="N", help="Print version N.")] = None,
    diff: Annotated[int | None, typer.Option("--diff", metavar="N", help="Show what version N changed.")] = None,
) -> None:
    """List every change: when, by which command, and what it touched.

    Example: cmmctl history --diff 1
    """
    portfolio = real(session.where.path)
    content = read_bytes(portfolio)
    journal = read(portfolio, content)
    if show is not None:
        version = journal.version(show)
        if version is None:
            raise failure(f"in version {show} there was no file", "not-found", f"cmmctl history --diff {show}")
        session.content(version)
        return
    if diff is not None:
        old, new = journal.before(diff), journal.version(diff)
        session.text("\n".join(difference(old, new, f"before version {diff}", f"version {diff}")))
        return
    if content is None and not journal.entries:
        raise missing(portfolio)
    facts = [_told(entry) for entry in journal.entries]
    notes = []
    if journal.entries and digest(content) != journal.now:
        notes.append(
            ("hand-edit", "The file was changed outside cmmctl since; the next change keeps that version too.")
        )
    columns = [(name, name) for name in ("number", "when", "command", "summary")]
    session.give(
        Answer(data=facts, columns=columns, rows=facts, screen=lambda: _history_screen(journal.entries), notes=notes)
    )


def difference(old: bytes | None, new: bytes | None, was: str, now: str) -> list[str]:
    """Show how two versions differ, line by line, line ends included."""
    return list(difflib.unified_diff(_lines(old), _lines(new), was, now, lineterm=""))


def _lines(content: bytes | None) -> list[str]:
    *lines, last = (content or b"").decode(errors="replace").split("\n")
    return [*lines, f"{last} (without line end)"] if last else lines


def _history_screen(entries: list[Entry]) -> Screen:
    if not entries:
        return [Text(Cell("Nothing was changed by cmmctl yet."))]
    rows = [cells(str(entry.number), _moment(entry), entry.command, entry.summary) for entry in entries]
    return [Table("", ("Version", "When", "Command", "What"), rows, frozenset({0}))]


@command("report")
def backup(
    session: Session,
    folder: Annotated[
        str | None, typer.Argument(metavar="FOLDER", help="Where to put the copy.", show_default=False)
    ] = None,
) -> None:
    """Copy the whole record, its proofs and its history into a new folder, and verify the copy.

    Example: cmmctl backup ~/Backups
    """
    from cmmctl.backup import backup as made_of  # noqa: PLC0415 - only here

    place = expanded(folder) if folder else dropped(session.wanted("FOLDER", "cmmctl backup ~/Backups"))
    portfolio = real(session.where.path)
    if not portfolio.exists():
        raise missing(portfolio)
    made = made_of(portfolio, place, f"cmmctl-{session.today}")
    for path in made.left_out:
        session.warn(
            f"{path} is a link that leads out of the folder; it is not copied", "copy what it points to yourself"
        )
    said = f"Copied and verified {made.files} files, {made.size:,} bytes, to {made.folder}"
    session.give(
        Answer(
            data={"folder": str(made.folder), "files": made.files, "bytes": made.size, "left_out": made.left_out},
            screen=lambda: [Text(Cell(said, "ok"))],
        )
    )
