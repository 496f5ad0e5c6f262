"""The one door to a person's editor: text out, text back."""

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from cmmctl.errors import failure

DEFAULTS = ("notepad",) if os.name == "nt" else ("nano", "vi")


def command() -> list[str]:
    """Give the editor's command: `$VISUAL`, `$EDITOR`, or what the system has."""
    for variable in ("VISUAL", "EDITOR"):
        if named := os.environ.get(variable, "").strip():
            return shlex.split(named, posix=os.name != "nt")
    found = next((name for name in DEFAULTS if shutil.which(name)), None)
    if found is None:
        raise failure("no editor was found", "io", "name one: set EDITOR to its command, such as `nano`")
    return [found]


def edited(content: bytes, name: str) -> bytes:
    """Open some text in the editor and give back what was saved. Raises where the editor did not end well."""
    with tempfile.TemporaryDirectory(prefix="cmmctl-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        words = [*command(), str(path)]
        try:
            ended = subprocess.run(words, check=False).returncode  # noqa: S603 - the person's own editor
        except OSError as error:
            hint = "set VISUAL or EDITOR to a command that is there"
            raise failure(f"cannot run the editor `{words[0]}`: {error.strerror}", "io", hint) from error
        if ended:
            raise failure(f"the editor `{words[0]}` ended with {ended}; nothing was changed", "io")
        return path.read_bytes()
