"""The one door to change a portfolio, through which no byte is ever lost.

A change runs lock, read, edit the text, understand the result, keep the old version in the history, check that
nobody wrote meanwhile, replace. The replacement is written beside the file and renamed over it once it is on
the disk, so the file is the old one or the new one at every moment.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from cmmctl import history
from cmmctl.errors import CmmctlError, failure
from cmmctl.history import Entry, Journal, Occasion
from cmmctl.schema import Rulebook
from cmmctl.store import Document, read_bytes, read_text, real, understand

PRIVATE = 0o600
LOCK_SECONDS = 30
RETRIES = 20
RETRY_SECONDS = 0.05
TEMPORARY = ".cmmctl-"


def update(
    path: Path,
    rulebook: Rulebook,
    edit: Callable[[Document], str],
    occasion: Occasion,
    told: Callable[[Document, Document], str],
) -> tuple[Document, Document]:
    """Change a portfolio; give it as it was and as it is. `edit` gives the new text or raises.

    Nothing is written unless the new text is understood without a flaw. An unchanged text writes nothing.
    `told` says in a few words what was changed, for the history.
    """
    path = real(path)
    with locked(path):
        text = read_text(path)
        journal = history.read(path.parent)
        before = replace(understand(path, text, rulebook), highest=journal.highest)
        after = understand(path, edit(before), rulebook)
        if after.text != text:
            old, new = text.encode(), after.text.encode()
            _settle(path, journal, old, occasion)
            put(path, new, expected=old, journal=journal, occasion=occasion, summary=told(before, after))
    return before, after


def create(path: Path, text: str, rulebook: Rulebook, occasion: Occasion) -> Document:
    """Write a portfolio where there is none. Raises `exists` where there is one, whatever it holds."""
    path = real(path)
    document = understand(path, text, rulebook)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise failure(f"cannot make the folder {path.parent}: {error.strerror}", "io") from error
    with locked(path):
        if os.path.lexists(path):
            raise failure(f"there is already a portfolio at {path}", "exists", "run `cmmctl status` to look at it")
        journal = history.read(path.parent)
        if journal.last:
            _settle(path, journal, None, occasion)
        put(path, text.encode(), expected=None, journal=journal, occasion=occasion, summary="began the record")
    return document


def rewrite(path: Path, content: bytes, *, expected: bytes | None, occasion: Occasion, summary: str) -> None:
    """Put a whole new text in the file's place, whether or not it can be understood: a person wrote or chose it."""
    path = real(path)
    with locked(path):
        journal = history.read(path.parent)
        _settle(path, journal, read_bytes(path), occasion)
        put(path, content, expected=expected, journal=journal, occasion=occasion, summary=summary)


def _settle(path: Path, journal: Journal, content: bytes | None, occasion: Occasion) -> None:
    try:
        journal.settle(content, occasion, history.ids(content or b""))
    except OSError as error:
        raise _unwritten(path, error) from error


def put(
    path: Path,
    content: bytes | None,
    *,
    expected: bytes | None,
    journal: Journal,
    occasion: Occasion,
    summary: str,
    of: int | None = None,
) -> None:
    """Keep the old version, then put the new one in its place. `content` None takes the file away."""
    new, old = content or b"", expected or b""
    try:
        entry = journal.add(occasion.command, summary, old, new, occasion, history.ids(old, new), of)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        if content is None:
            path.unlink()
        else:
            overwrite(path, content, expected=expected)
    except OSError as error:
        journal.withdraw(entry)
        raise _unwritten(path, error) from error
    except BaseException:
        journal.withdraw(entry)
        raise
    try:
        history.sync_folder(path.parent)
    except OSError as error:
        message = f"{path.name} is changed, but the disk has not confirmed it: {error.strerror}"
        raise failure(message, "io", "run `cmmctl status` to see it, and look after the disk") from error


def _unwritten(path: Path, error: OSError) -> CmmctlError:
    return failure(f"cannot write {path.name}: {error.strerror}; nothing was changed", "io")


class HandEdit(Exception):  # noqa: N818 - not an error: the person decides
    """The newest change was made outside cmmctl; stepping over it needs a yes."""


def step(path: Path, occasion: Occasion, *, over_hand_edit: bool) -> Entry:
    """Undo or redo one change, byte for byte, whatever state the file is in; give the entry it was about.

    `occasion.command` is `undo` or `redo`. Raises `HandEdit` before it would undo a hand edit unasked.
    """
    path = real(path)
    with locked(path):
        content = read_bytes(path)
        journal = history.read(path.parent)
        if journal.last:
            _settle(path, journal, content, occasion)
        undoable, redoable = journal.done()
        entries = undoable if occasion.command == history.UNDO else redoable
        if not entries:
            raise failure(f"there is nothing to {occasion.command}", "not-found", "`cmmctl history` lists every change")
        entry = entries[-1]
        if occasion.command == history.UNDO:
            if entry.command == history.HAND and not over_hand_edit:
                raise HandEdit(entry.when)
            target = journal.before(entry.number)
        else:
            target = journal.version(entry.number)
        put(
            path, target or None, expected=content, journal=journal, occasion=occasion,
            summary=f"{occasion.command}: {entry.summary}", of=entry.number,
        )  # fmt: skip
        return entry


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let one writer at a time work on a portfolio; wait a while for the others."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - its import costs as much as a command; readers need no lock

    try:
        path.parent.joinpath(".cmmctl").mkdir(exist_ok=True)
        lock = FileLock(path.parent / ".cmmctl" / "lock")
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout:
        hint = "try again in a moment; nothing was changed"
        raise failure(f"another cmmctl is writing to {path.name}", "locked", hint) from None
    except FileNotFoundError:
        raise failure(f"there is no portfolio at {path}", "file-missing", "run `cmmctl init` to begin one") from None
    except OSError as error:
        raise failure(f"cannot write in {path.parent}: {error.strerror}; nothing was changed", "io") from error
    try:
        yield
    finally:
        lock.release()


def overwrite(path: Path, content: bytes, *, expected: bytes | None) -> None:
    """Put bytes in the file's place by renaming a finished file over it. `expected`: the bytes it replaces.

    Raises `OSError` or `changed-meanwhile`; then the file is what it was, and no temporary file stays.
    """
    mode = PRIVATE
    if expected is not None:
        mode = stat.S_IMODE(path.stat().st_mode)
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
            raise failure(f"{path.name} is read-only; nothing was changed", "io", f"make {path} writable first")
    for stale in path.parent.glob(f"{TEMPORARY}*.tmp"):
        with suppress(OSError):
            stale.unlink()
    temporary = path.parent / f"{TEMPORARY}{os.getpid()}.tmp"
    try:
        _write(temporary, content, mode)
        if read_bytes(path) != expected:
            hint = "run the command again; your edit and this one are both safe then"
            raise failure(f"{path.name} was changed meanwhile by something else", "changed-meanwhile", hint)
        _rename(temporary, path)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a new file and wait until it is on the disk."""
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE), "wb"
    ) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _rename(source: Path, target: Path) -> None:
    """Rename over a file; where another program holds it for a moment (Windows), try a while."""
    for attempt in range(RETRIES):
        try:
            source.replace(target)
        except PermissionError:
            if attempt == RETRIES - 1:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return
