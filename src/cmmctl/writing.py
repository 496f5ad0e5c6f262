"""The one door to change a portfolio, through which no byte is ever lost.

A change runs lock, read, edit the text, understand the result, keep the old version in the history, check that
nobody wrote meanwhile, replace. The replacement is written beside the file and renamed over it once it is on
the disk, so the file is the old one or the new one at every moment.
"""

import os
import stat
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from cmmctl import history, interrupts, proofs
from cmmctl.disk import PRIVATE, beside, clear, make_folder, on_disk
from cmmctl.errors import CmmctlError, failure
from cmmctl.history import Entry, Journal, Occasion
from cmmctl.schema import Rulebook
from cmmctl.store import FOLDER, Document, missing, read_bytes, read_text, real, understand
from cmmctl.systems import sync_folder

LOCK_SECONDS = 30


def update(
    path: Path,
    rulebook: Rulebook,
    edit: Callable[[Document], str],
    occasion: Occasion,
    told: Callable[[Document, Document], str],
    known: Document | None = None,
) -> tuple[Document, Document]:
    """Change a portfolio; give it as it was and as it is. `edit` gives the new text or raises.

    Nothing is written unless the new text is understood without a flaw. An unchanged text writes nothing.
    `told` says in a few words what was changed, for the history. `known` is what was understood of the text
    before; where the text is another one by now, it is understood again.
    """
    path = real(path)
    with locked(path):
        text = read_text(path)
        old = text.encode()
        journal = history.read(path, old)
        seen = known if known and known.text == text else understand(path, text, rulebook)
        before = seen._replace(path=path, highest=journal.highest)
        after = understand(path, edit(before), rulebook)
        if after.text != text:
            said = told(before, after)
            _settle(path, journal, old, occasion, before.given_ids)
            _put(path, journal, occasion, said, (old, after.text.encode()), [*before.given_ids, *after.given_ids])
    return before, after


def create(path: Path, text: str, rulebook: Rulebook, occasion: Occasion) -> Document:
    """Write a portfolio where there is none. Raises `exists` where there is one, whatever it holds."""
    path = real(path)
    document = understand(path, text, rulebook)
    try:
        make_folder(path.parent)
    except OSError as error:
        raise failure(f"cannot make the folder {path.parent}: {error.strerror}", "io") from error
    with locked(path):
        if os.path.lexists(path):
            raise failure(f"there is already a portfolio at {path}", "exists", "run `cmmctl status` to look at it")
        journal = history.read(path, None)
        _settle(path, journal, None, occasion, ())
        _put(path, journal, occasion, "began the record", (None, text.encode()), document.given_ids)
    return document


def rewrite(path: Path, content: bytes, *, expected: bytes | None, occasion: Occasion, summary: str) -> None:
    """Put a whole new text in the file's place, whether or not it can be understood: a person wrote or chose it."""
    path = real(path)
    with locked(path):
        _unchanged(path, expected)
        journal = history.read(path, expected)
        _settle(path, journal, expected, occasion, history.ids(expected))
        _put(path, journal, occasion, summary, (expected, content), history.ids(content))


class HandEdit(Exception):  # noqa: N818 - not an error: the person decides
    """The newest change was made outside cmmctl; stepping over it needs a yes."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry)
        self.entry = entry


class Step(NamedTuple):
    """What an undo or redo did: the change it was about, and the text before and after it."""

    entry: Entry
    before: bytes | None
    after: bytes | None


def step(path: Path, occasion: Occasion, *, agreed: Entry | None = None) -> Step:
    """Undo or redo one change, byte for byte, whatever state the file is in.

    `occasion.command` is `undo` or `redo`. Raises `HandEdit` before it would undo a hand edit that was not
    `agreed` to; raises `changed-meanwhile` where another change is the newest now.
    """
    path = real(path)
    with locked(path):
        content = read_bytes(path)
        journal = history.read(path, content)
        if content is None and not journal.entries:
            raise missing(path)
        names = history.ids(content)
        if journal.entries:
            _settle(path, journal, content, occasion, names)
        undoable, redoable = journal.done()
        undoing = occasion.command == history.UNDO
        entries = undoable if undoing else redoable
        if not entries:
            raise failure(f"there is nothing to {occasion.command}", "not-found", "`cmmctl history` lists every change")
        entry = entries[-1]
        if agreed and entry != agreed:
            raise _changed(path)
        if undoing and entry.command == history.HAND and not agreed:
            raise HandEdit(entry)
        target = journal.before(entry.number) if undoing else journal.version(entry.number)
        _put(path, journal, occasion, f"{occasion.command}: {entry.summary}", (content, target), names, entry.number)
        return Step(entry, content, target)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one writer at a time work on a portfolio; wait a while for the others."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - its import costs as much as a command; readers need no lock

    try:
        if not path.parent.is_dir():
            raise missing(path)
        (path.parent / FOLDER).mkdir(exist_ok=True)
        lock = FileLock(path.parent / FOLDER / "lock")
        with warnings.catch_warnings(action="ignore"):  # that a file system has no locks, and another way is taken
            lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        hint = "try again in a moment; nothing was changed"
        raise failure(f"another cmmctl is writing to {path.name}", "locked", hint) from None
    except OSError as error:
        raise failure(f"cannot write in {path.parent}: {error.strerror}; nothing was changed", "io") from error
    try:
        clear(path.parent)
        clear(path.parent / proofs.FOLDER)
        yield
    finally:
        with interrupts.uninterrupted(), suppress(OSError):  # the end of the process releases it too
            lock.release()


def _settle(path: Path, journal: Journal, content: bytes | None, occasion: Occasion, names: Iterable[str]) -> None:
    try:
        journal.settle(content, occasion, names)
    except OSError as error:
        raise _unwritten(path, error) from error


def _put(
    path: Path,
    journal: Journal,
    occasion: Occasion,
    summary: str,
    texts: tuple[bytes | None, bytes | None],
    names: Iterable[str],
    of: int | None = None,
) -> None:
    """Keep the old text, then put the new one in its place; None where there is, or shall be, no file."""
    old, new = texts
    with interrupts.uninterrupted():  # what was begun is finished, and then said
        try:
            mode = _mode(path) if old is not None else PRIVATE
            journal.begin(occasion, summary, old, new, names, of)
            try:
                _replace(path, old, new, mode)
            except BaseException:
                journal.withdraw()
                raise
        except OSError as error:
            raise _unwritten(path, error) from error
        try:
            sync_folder(path.parent)
        except OSError as error:
            message = f"{path.name} is changed, but the disk has not confirmed it: {error.strerror}"
            raise failure(message, "io", "run `cmmctl status` to see it, and look after the disk") from error
        journal.end()
        interrupts.wrote(summary)


def _replace(path: Path, old: bytes | None, new: bytes | None, mode: int) -> None:
    if new is None:
        _unchanged(path, old)
        path.unlink()
        return
    with beside(path, mode) as file:
        file.write(new)
        on_disk(file)
        _unchanged(path, old)


def _mode(path: Path) -> int:
    """Give the mode that stays. Raises where somebody made the file read-only."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(path, os.W_OK):
        raise failure(f"{path.name} is read-only; nothing was changed", "io", f"make {path} writable first")
    return mode


def _unchanged(path: Path, expected: bytes | None) -> None:
    if read_bytes(path) != expected:
        raise _changed(path)


def _changed(path: Path) -> CmmctlError:
    hint = "run the command again; your edit and this one are both safe then"
    return failure(f"{path.name} was changed meanwhile by something else", "changed-meanwhile", hint)


def _unwritten(path: Path, error: OSError) -> CmmctlError:
    return failure(f"cannot write {path.name}: {error.strerror}; nothing was changed", "io")
