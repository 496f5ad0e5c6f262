"""The one door to a person's editor: text out, text back, and nothing that was typed is lost."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from cmmctl.errors import Cancelled, CmmctlError, failure
from cmmctl.interrupts import uninterrupted
from cmmctl.systems import EDITORS, words_of


def command(*, attended: bool) -> list[str]:
    """Give the editor's command: `$VISUAL`, `$EDITOR`, or, where somebody sits there, what the system has.

    Raises where there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        if named := os.environ.get(variable, "").strip():
            return _words(named, variable)
    found = next((name for name in EDITORS if shutil.which(name)), None)
    if found is None or not attended:
        what = "no editor was found" if found is None else f"the editor `{found}` needs a terminal"
        hint = "set EDITOR to a command, such as `nano`, or give the values: `cmmctl edit ID key=value`"
        raise failure(what, "io", hint)
    return [found]


def _words(named: str, variable: str) -> list[str]:
    """Split a command from its options; a path with spaces in it may stand without quotes."""
    if shutil.which(named):
        return [named]
    try:
        return words_of(named)
    except ValueError:
        raise failure(f"{variable} holds a quote that is not closed: {named}", "io", f"set {variable} anew") from None


def edited(content: bytes, name: str, *, attended: bool) -> bytes:
    """Open some text in the editor and give back what was saved. Raises where the editor did not end well."""
    words = command(attended=attended)
    program = shutil.which(words[0]) or words[0]  # Windows runs a script only by its whole name
    with tempfile.TemporaryDirectory(prefix="cmmctl-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            with uninterrupted():
                ended = subprocess.run([program, *words[1:], str(path)], check=False).returncode  # noqa: S603 - the person's own editor
        except OSError as error:
            hint = "set VISUAL or EDITOR to a command that is there"
            raise failure(f"cannot run the editor `{words[0]}`: {error.strerror}", "io", hint) from error
        typed = path.read_bytes() if path.exists() else content
    if ended:
        with keeping(typed, name) if typed != content else nullcontext():
            raise failure(f"the editor `{words[0]}` ended with {ended}; nothing was changed", "io")
    return typed


@contextmanager
def keeping(typed: bytes, name: str) -> Iterator[None]:
    """Where what was typed cannot be used, keep it in a file that the failure names."""
    try:
        yield
    except CmmctlError as error:
        first, *others = error.problems
        hint = "; ".join(filter(None, (first.hint, f"what was typed is kept in {_kept(typed, name)}")))
        raise type(error)(first._replace(hint=hint), *others) from error
    except Cancelled:
        raise Cancelled(f"Nothing was saved; what was typed is kept in {_kept(typed, name)}") from None


def _kept(typed: bytes, name: str) -> str:
    with tempfile.NamedTemporaryFile("wb", prefix="cmmctl-", suffix=f"-{name}", delete=False) as file:
        file.write(typed)
    return file.name
