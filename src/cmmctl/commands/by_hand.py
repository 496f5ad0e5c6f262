"""Editing in the person's own editor: one record, or the whole file."""

from cmmctl import blocks
from cmmctl.ask import yes
from cmmctl.commands.changes import change, unchanged
from cmmctl.commands.session import Session
from cmmctl.editor import edited, keeping
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.locate import syntax_problem
from cmmctl.model import Fact, Profile
from cmmctl.parsing import TomlError, parse
from cmmctl.render.aside import say
from cmmctl.render.text import safe
from cmmctl.store import Document, missing, read_bytes, real
from cmmctl.writing import rewrite

# What no other text in the editor would mend.
_BEYOND = frozenset({"changed-meanwhile", "io", "locked", "file-missing"})


def edit_file(session: Session) -> bool:
    """Open the whole file, whatever state it is in; tell whether it was changed."""
    path = real(session.where.path)
    old = read_bytes(path)
    if old is None:
        raise missing(path)
    new = edited(old, path.name, attended=session.interactive)
    if new == old:
        return False
    with keeping(new, path.name):
        rewrite(path, new, expected=old, occasion=session.occasion, summary="edited the file by hand")
    say(f"{path.name} is changed. Take it back: cmmctl undo")
    return True


def edit_record(session: Session, fact: Fact, index: int) -> None:
    """Open a record's own text. What cannot be understood is shown, and opened again as it was typed."""
    name = f"{fact.id}.toml"
    own = blocks.block_text(session.document.text, fact.kind, index)
    typed = edited(own.encode(), name, attended=session.interactive)
    told: list[str] = []
    while typed != own.encode():
        with keeping(typed, name):
            try:
                _put_back(session, fact, own, typed)
            except CmmctlError as error:
                if not _said(session, error, told):
                    raise
            else:
                return
            again = edited(typed, name, attended=session.interactive)
            if again == typed:
                raise failure(f"{fact.id} was not changed", "bad-value")
        typed = again
    unchanged(session, fact.id)


def _said(session: Session, error: CmmctlError, told: list[str]) -> bool:
    """Say what is wrong with what was typed; tell whether it shall be opened again.

    A program for an editor would make the same mistake for ever: what was told once ends it.
    """
    first = error.problems[0].message
    if any(problem.code in _BEYOND for problem in error.problems) or (first in told and not session.interactive):
        return False
    told.append(first)
    for problem in error.problems:
        say(safe(f"error: {problem}") + (f"\nhint: {safe(problem.hint)}" if problem.hint else ""))
    return not session.interactive or yes("Open it again?", default=True)


def _put_back(session: Session, fact: Fact, own: str, typed: bytes) -> None:
    """Replace the record's text by what was typed. Raises problems with the line in what was typed."""
    text = _checked(typed, fact)
    first = 0

    def edit(document: Document) -> str:
        nonlocal first
        index = _index(document, fact)
        if index is None or blocks.block_text(document.text, fact.kind, index) != own:
            raise failure(f"{fact.id} was changed meanwhile by something else", "changed-meanwhile", "run it again")
        first = blocks.first_line(document.text, fact.kind, index)
        new = blocks.replace(document.text, fact.kind, index, text)
        if fact.kind != Profile.kind and parse(text)[fact.kind][0].get("id") != fact.id:
            raise failure(f"the id {fact.id} must stay", "bad-value", f'write `id = "{fact.id}"`')
        return new

    try:
        change(session, edit, lambda: [fact.id], "Changed")
    except CmmctlError as error:
        lines = first + text.count("\n") + 1
        raise CmmctlError(*(_here(problem, fact, first, lines) for problem in error.problems)) from error


def _here(problem: Problem, fact: Fact, first: int, end: int) -> Problem:
    """Give a problem of the whole text the line in the record's own text, where it is there."""
    if problem.line is None or not first <= problem.line < end:
        return problem
    return problem._replace(file=fact.id, line=problem.line - first + 1)


def _index(document: Document, fact: Fact) -> int | None:
    if fact.kind == Profile.kind:
        return 0
    names = [each.id for each in document.portfolio.facts.get(fact.kind, ())]
    return names.index(fact.id) if fact.id in names else None


def _checked(typed: bytes, fact: Fact) -> str:
    """Read what was typed, which must be TOML by itself."""
    try:
        text = typed.decode("utf-8")
        parse(text)
    except UnicodeDecodeError as error:
        line = typed.count(b"\n", 0, error.start) + 1
        raise CmmctlError(Problem(message="this is not UTF-8 text", file=fact.id, line=line)) from error
    except TomlError as error:
        raise CmmctlError(syntax_problem(error, text, fact.id, whole=False)) from error
    return text
