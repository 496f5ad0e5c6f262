"""Keeping: certificates beside their records, every earlier version, and copies of everything."""

import difflib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from cmmctl import proofs
from cmmctl.ask import yes
from cmmctl.commands.changes import change
from cmmctl.commands.session import Answer, Session, command
from cmmctl.errors import failure, misuse
from cmmctl.history import NAME, Entry, read
from cmmctl.keys import choice
from cmmctl.model import ROLES, Course, Degree, Expense, Fact, Profile, Proof
from cmmctl.screen import Cell, Table, Text, cells
from cmmctl.store import Document, real
from cmmctl.writing import HandEdit, step

RecordIds = Annotated[str, typer.Argument(metavar="ID", help="The record they prove, such as ce-7.")]


def role_of(fact: Fact) -> str:
    """Give what a file most likely is for a record of that kind."""
    return (
        "receipt" if isinstance(fact, Expense) else "transcript" if isinstance(fact, Course | Degree) else "certificate"
    )


@command("change")
def attach(
    session: Session,
    record: RecordIds,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="PDF or picture files.")],
    role: Annotated[
        str | None, typer.Option("--role", metavar="ROLE", help=f"What it is ({', '.join(ROLES)}).")
    ] = None,
) -> None:
    """Copy certificates or receipts into the portfolio's folder, and note what they prove.

    Example: cmmctl attach ce-7 certificate.pdf
    """
    fact = session.fact(record)
    if isinstance(fact, Proof | Profile):
        raise misuse(f"{fact.id} is a {fact.kind}, which needs no proof", "name the record it proves, such as ce-7")
    try:
        what = str(choice(*ROLES).from_file(role or role_of(fact)))
    except ValueError as error:
        raise misuse(f"`--role` {error}", code="bad-value") from None
    portfolio = real(session.where.path)
    sources = [proofs.dropped(file) for file in files]
    with proofs.staged(portfolio, [(what, source) for source in sources], fact.id) as copies:
        touched: list[str] = []

        def edit(document: Document) -> str:
            text, touched[:] = proofs.recorded(document.text, document, copies, fact.id, session.today)
            return text

        change(session, edit, lambda: list(dict.fromkeys(touched)), "Attached")
    warn_unshown(session, copies)


def warn_unshown(session: Session, copies: Sequence[proofs.Staged]) -> None:
    """Say at once which files no document can show later."""
    for copy in copies:
        if not copy.shown:
            session.warn(f"{copy.path} is kept, but no document can show it", "attach a PDF, PNG or JPEG of it as well")


@command("change")
def undo(
    session: Session,
    sure: Annotated[bool, typer.Option("--yes", help="Step over a hand edit without asking.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Take the newest change back, byte for byte; again for the one before.

    Example: cmmctl undo
    """
    try:
        entry = step(session.where.path, session.occasion, over_hand_edit=sure)
    except HandEdit as edit:
        said = f"the newest change was made outside cmmctl; it was noticed on {edit}"
        if not session.interactive:
            raise misuse(said, "`cmmctl history` shows it; take it back with `cmmctl undo --yes`") from None
        if not yes(f"{said.capitalize()}.\nTake it back?", default=False):
            raise typer.Exit from None
        entry = step(session.where.path, session.occasion, over_hand_edit=True)
    _stepped(session, "Taken back", entry)


@command("change")
def redo(session: Session) -> None:
    """Bring back the change that was taken back last.

    Example: cmmctl redo
    """
    _stepped(session, "Brought back", step(session.where.path, session.occasion, over_hand_edit=True))


def _stepped(session: Session, verb: str, entry: Entry) -> None:
    session.give(
        Answer(
            data={"number": entry.number, "when": entry.when, "command": entry.command, "summary": entry.summary},
            screen=lambda: [Text(Cell(f"{verb}: {entry.summary} ({entry.command}, {_moment(entry)})", "strong"))],
        )
    )  # fmt: skip


def _moment(entry: Entry) -> str:
    return entry.when[:16].replace("T", " ")


@command("report")
def history(
    session: Session,
    show: Annotated[int | None, typer.Option("--show", metavar="N", help="Print version N.")] = None,
    diff: Annotated[int | None, typer.Option("--diff", metavar="N", help="Show what version N changed.")] = None,
) -> None:
    """List every change: when, by which command, and what it touched.

    Example: cmmctl history --diff 7
    """
    portfolio = real(session.where.path)
    journal = read(portfolio.parent)
    if show is not None:
        session.text(journal.version(show).decode(errors="replace"))
        return
    if diff is not None:
        old, new = journal.before(diff), journal.version(diff)
        lines = difflib.unified_diff(_lines(old), _lines(new), f"before version {diff}", f"version {diff}", lineterm="")
        session.text("\n".join(lines))
        return
    entries = [e for e in journal.entries if e.number not in journal.struck]
    facts = [{"number": e.number, "when": e.when, "command": e.command, "summary": e.summary} for e in entries]
    columns = [(name, name) for name in ("number", "when", "command", "summary")]
    session.give(Answer(data=facts, columns=columns, rows=facts, screen=lambda: _history_screen(entries)))


def _lines(content: bytes) -> list[str]:
    return content.decode(errors="replace").splitlines()


def _history_screen(entries: list[Entry]) -> list[Any]:
    if not entries:
        return [Text(Cell("Nothing was changed by cmmctl yet."))]
    rows = [cells(str(e.number), _moment(e), e.command, e.summary) for e in entries]
    return [Table("", ("Version", "When", "Command", "What"), rows, frozenset({0}))]


@command("report")
def backup(
    session: Session, folder: Annotated[str, typer.Argument(metavar="FOLDER", help="Where to put the copy.")]
) -> None:
    """Copy the whole record, its proofs and its history into a new folder, and verify the copy.

    Example: cmmctl backup /media/stick
    """
    portfolio = real(session.where.path)
    if not portfolio.exists():
        raise failure(f"there is no portfolio at {portfolio}", "file-missing", "run `cmmctl init` to begin one")
    source = portfolio.parent
    files = [portfolio, *_kept(source)]
    target = _fresh(Path(folder).expanduser(), f"cmmctl-{session.today}")
    try:
        for file in files:
            copy = target / file.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, copy)
            if proofs.digest(copy) != proofs.digest(file):
                raise failure(f"the copy of {file.name} differs from the original", "io", "try another disk")
    except OSError as error:
        raise failure(f"cannot copy to {target}: {error.strerror}; the record itself is untouched", "io") from error
    size = sum(file.stat().st_size for file in files)
    session.give(
        Answer(
            data={"folder": str(target), "files": len(files), "bytes": size},
            screen=lambda: [Text(Cell(f"Copied and verified {len(files)} files, {size:,} bytes, to {target}", "ok"))],
        )
    )  # fmt: skip


def _kept(source: Path) -> list[Path]:
    """List what belongs to a record beside its file."""
    found = [source / NAME] if (source / NAME).exists() else []
    for name in (proofs.FOLDER, "rulesets"):
        found += sorted(path for path in (source / name).rglob("*") if path.is_file())
    return found


def _fresh(folder: Path, name: str) -> Path:
    """Find a folder that is not there yet; nothing is ever overwritten."""
    target, number = folder / name, 2
    while os.path.lexists(target):
        target, number = folder / f"{name}-{number}", number + 1
    return target
