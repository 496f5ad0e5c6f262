"""Where a portfolio is, and who decided that."""

import os
from pathlib import Path
from typing import NamedTuple

from cmmctl.errors import failure

FILE = "portfolio.toml"
VARIABLE = "CMMCTL_FILE"


class Where(NamedTuple):
    """A portfolio's path and what decided it: `--file`, `CMMCTL_FILE`, `init` or `default`."""

    path: Path
    decided_by: str


def where(option: str | None) -> Where:
    """Find the portfolio: the option, else the variable, else the folder chosen at `init`, else the data folder."""
    if option is not None:
        return Where(expanded(option), "--file")
    if variable := os.environ.get(VARIABLE, "").strip('"'):  # which `set` on Windows keeps
        return Where(expanded(variable), VARIABLE)
    if folder := _pointed():
        return Where(Path(folder) / FILE, "init")
    return Where(default_folder() / FILE, "default")


def expanded(text: str) -> Path:
    """Understand a path as it was typed, `~` too."""
    return Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser fails on a `~name` that nobody has


def default_folder() -> Path:
    """Give the folder for a person's data on this system."""
    import platformdirs  # noqa: PLC0415 - only where no path was given

    return platformdirs.user_data_path("cmmctl", appauthor=False)


def _pointer() -> Path:
    import platformdirs  # noqa: PLC0415 - only where no path was given

    return platformdirs.user_config_path("cmmctl", appauthor=False) / "folder"


def _pointed() -> str:
    """Read the folder chosen at `init`; nothing where none was, or where the pointer is damaged."""
    try:
        line = _pointer().read_bytes().partition(b"\n")[0].strip()
    except OSError:
        return ""
    return "" if b"\0" in line else os.fsdecode(line)


def point_to(folder: Path) -> None:
    """Remember the folder chosen at `init`."""
    from cmmctl.disk import beside, on_disk  # noqa: PLC0415 - only where something is remembered

    pointer = _pointer()
    try:
        pointer.parent.mkdir(parents=True, exist_ok=True)
        with beside(pointer) as file:
            file.write(os.fsencode(folder) + b"\n")
            on_disk(file)
    except OSError as error:
        raise failure(f"cannot remember the folder in {pointer}: {error.strerror}", "io") from error
