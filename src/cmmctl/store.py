"""The one door to the portfolio's file: read it, change it safely, never lose a byte.

A change runs lock, read, edit the text, understand the result, check that nobody wrote meanwhile, keep the old
version, replace. The replacement is written beside the file and renamed over it once it is on the disk, so the
file is the old one or the new one at every moment.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import tomli

from cmmctl.blocks import parse
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.locate import located, syntax_problem
from cmmctl.model import Portfolio
from cmmctl.schema import Rulebook, read

PRIVATE = 0o600
LOCK_SECONDS = 10
RETRIES = 20
RETRY_SECONDS = 0.05
TEMPORARY = ".cmmctl-"


@dataclass(frozen=True)
class Document:
    """A portfolio's text with what was understood of it."""

    path: Path
    text: str
    portfolio: Portfolio
    warnings: tuple[Problem, ...] = ()


def real(path: Path) -> Path:
    """Follow links: the file that is read, replaced, and has its proofs and history beside it."""
    return Path(os.path.realpath(path))


def read_text(path: Path) -> str:
    """Read the file's text, line ends and all. Raises what stands in the way, with a hint."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise failure(f"there is no portfolio at {path}", "file-missing", "run `cmmctl init` to begin one") from None
    except IsADirectoryError:
        raise _folder(path) from None
    except OSError as error:
        if path.is_dir():  # other system: Windows says permission denied
            raise _folder(path) from None
        raise failure(f"cannot read {path}: {error.strerror}", "io") from error
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8 in your editor; nothing was changed"
        raise CmmctlError(
            Problem(message="the file is not UTF-8 text", code="file-broken", hint=hint, file=path.name, line=line)
        ) from error


def _folder(path: Path) -> CmmctlError:
    return failure(f"{path} is a folder, not a portfolio", "file-broken", f"did you mean `{path / 'portfolio.toml'}`?")


def understand(path: Path, text: str, rulebook: Rulebook) -> Document:
    """Understand a text. Raises every problem in it at once, each with its line."""
    if not text.strip("\ufeff \t\r\n"):
        hint = "run `cmmctl history`, or move it away and run `cmmctl init`"
        raise CmmctlError(Problem(message="the file is empty", code="file-broken", hint=hint, file=path.name, line=1))
    try:
        data = parse(text)
    except tomli.TOMLDecodeError as error:
        raise CmmctlError(syntax_problem(error, text, path.name)) from error
    reading = read(data, rulebook)
    if reading.flaws:
        raise CmmctlError(*located(reading.flaws, text, path.name))
    warnings = tuple(located(reading.warnings, text, path.name)) if reading.warnings else ()
    return Document(path, text, reading.portfolio, warnings)


def load(path: Path, rulebook: Rulebook) -> Document:
    """Read and understand a portfolio."""
    return understand(path, read_text(path), rulebook)


def update(path: Path, rulebook: Rulebook, edit: Callable[[Document], str]) -> tuple[Document, Document]:
    """Change a portfolio; give it as it was and as it is. `edit` gives the new text or raises.

    Nothing is written unless the new text is understood without a flaw. An unchanged text writes nothing.
    """
    path = real(path)
    with locked(path):
        before = load(path, rulebook)
        text = edit(before)
        after = understand(path, text, rulebook)
        if text != before.text:
            replace(path, text, expected=before.text)
    return before, after


def create(path: Path, text: str, rulebook: Rulebook) -> Document:
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
        replace(path, text, expected=None)
    return document


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


def replace(path: Path, text: str, *, expected: str | None) -> None:
    """Put a text in the file's place, durable before this returns. `expected`: the text it replaces."""
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
        _write(temporary, text.encode(), mode)
        if expected is not None and path.read_bytes() != expected.encode():
            hint = "run the command again; your edit and this one are both safe then"
            raise failure(f"{path.name} was changed meanwhile by something else", "changed-meanwhile", hint)
        _rename(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise failure(f"cannot write {path.name}: {error.strerror}; nothing was changed", "io") from error
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


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    if os.name == "nt":  # other system: Windows has no way to do this
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flaws_of(path: Path, text: str, rulebook: Rulebook) -> list[Problem]:
    """List what is wrong with a text instead of raising it."""
    try:
        understand(path, text, rulebook)
    except CmmctlError as error:
        return list(error.problems)
    return []
