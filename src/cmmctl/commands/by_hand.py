"""Editing in the person's own editor: one record, or the whole file."""

import tempfile

import tomli

from cmmctl import blocks
from cmmctl.commands.changes import change
from cmmctl.commands.session import Session, say
from cmmctl.editor import edited
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.locate import syntax_problem
from cmmctl.model import Fact
from cmmctl.screen import Cell, Text
from cmmctl.store import Document, read_bytes, real
from cmmctl.writing import rewrite


def edit_file(session: Session) -> bool:
    """Open the whole file, whatever state it is in; tell whether it was changed."""
    path = real(session.where.path)
    old = read_bytes(path)
    if old is None:
        raise failure(f"there is no portfolio at {path}", "file-missing", "run `cmmctl init` to begin one")
    new = edited(old, path.name)
    if new == old:
        return False
    rewrite(path, new, expected=old, occasion=session.occasion, summary="edited the file by hand")
    return True


def edit_record(session: Session, fact: Fact, index: int) -> None:
    """Open a record's own text. What cannot be understood is shown, and opened again as it was typed."""
    own = blocks.block_text(session.document.text, fact.kind, index)
    typed = own
    failed: str | None = None
    while True:
        again = edited(typed.encode(), f"{fact.id}.toml").decode(errors="replace")
        if again == own:
            session.draw([Text(Cell(f"{fact.id} is unchanged."))])
            return
        if again == failed:
            raise failure(f"{fact.id} was not changed; what was typed is kept in {_kept(again, fact)}", "bad-value")
        try:
            _put_back(session, fact, index, own, again)
        except CmmctlError as error:
            if any(problem.code in {"changed-meanwhile", "io", "locked"} for problem in error.problems):
                raise
            for problem in error.problems:
                say(f"error: {problem}" + (f"\nhint: {problem.hint}" if problem.hint else ""))
            typed = failed = again
        else:
            return


def _kept(typed: str, fact: Fact) -> str:
    with tempfile.NamedTemporaryFile("wb", prefix=f"{fact.id}-", suffix=".toml", delete=False) as file:
        file.write(typed.encode())
    return file.name


def _put_back(session: Session, fact: Fact, index: int, own: str, typed: str) -> None:
    """Replace the record's text by what was typed. Raises problems with the line in what was typed."""
    first = session.document.text[: session.document.text.find(own)].count("\n")

    def edit(document: Document) -> str:
        if blocks.block_text(document.text, fact.kind, index) != own:
            hint = "run the command again; what was typed is kept until then"
            raise failure(f"{fact.id} was changed meanwhile by something else", "changed-meanwhile", hint)
        try:
            text = blocks.replace(document.text, fact.kind, index, typed)
        except tomli.TOMLDecodeError as error:
            raise CmmctlError(syntax_problem(error, document.text, document.path.name)) from None
        if f'"{fact.id}"' not in blocks.block_text(text, fact.kind, index):
            raise failure(f"the id {fact.id} must stay", "bad-value", f'id = "{fact.id}"')
        return text

    try:
        change(session, edit, lambda: [fact.id], "Changed")
    except CmmctlError as error:
        raise CmmctlError(*(_here(problem, fact, first, typed.count("\n") + 1) for problem in error.problems)) from None


def _here(problem: Problem, fact: Fact, first: int, lines: int) -> Problem:
    """Give a problem of the whole text the line in the record's own text, where it is there."""
    if problem.line is None or not first < problem.line <= first + lines:
        return problem
    return Problem(
        message=problem.message, code=problem.code, hint=problem.hint, file=fact.id, line=problem.line - first
    )
