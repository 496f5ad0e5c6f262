"""A copy of everything that belongs to a record, verified file by file; nothing is ever overwritten."""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from cmmctl import proofs
from cmmctl.disk import make_folder, on_disk, private, rename
from cmmctl.errors import CmmctlError, failure
from cmmctl.store import FOLDER
from cmmctl.systems import sync_folder


class Backup(NamedTuple):
    """Where a copy is, of how many files and bytes, and what was left out because it lies elsewhere."""

    folder: Path
    files: int
    size: int
    left_out: list[str]


def backup(portfolio: Path, folder: Path, name: str) -> Backup:
    """Copy a record into a new folder of that name; it appears there once all of it is copied and verified."""
    source = portfolio.parent
    files, left_out = _belonging(portfolio)
    try:
        make_folder(folder)
        with TemporaryDirectory(prefix=f"{name}-incomplete-", dir=folder, ignore_cleanup_errors=True) as made:
            copies = {file: Path(made) / file.relative_to(source) for file in files}
            for file, copy in copies.items():
                _copy(file, copy)
            for file, copy in copies.items():
                _verify(file, copy)
            size = sum(copy.stat().st_size for copy in copies.values())
            target = _fresh(folder, name)
            rename(Path(made), target)
        sync_folder(folder)
    except OSError as error:
        message = f"cannot copy {error.filename or portfolio.name} to {folder}: {error.strerror}"
        raise failure(f"{message}; the record itself is untouched", "io") from error
    return Backup(target, len(files), size, left_out)


def _belonging(portfolio: Path) -> tuple[list[Path], list[str]]:
    """List what belongs to a record: its file and its versions, proofs and rule sets; and links that lead elsewhere."""
    folder = portfolio.parent
    journals = sorted((folder / FOLDER).glob("*.jsonl"))
    files, left_out = [], []
    for file in (portfolio, *journals, *proofs.files(folder), *sorted((folder / "rulesets").glob("*.toml"))):
        path = file.relative_to(folder).as_posix()
        try:
            proofs.inside(folder, path)
        except CmmctlError:
            left_out.append(path)
        else:
            files.append(file)
    return files, left_out


def _verify(file: Path, copy: Path) -> None:
    if proofs.digest(copy) != proofs.digest(file):
        hint = "run the command again; where it stays so, use another disk"
        raise failure(f"the copy of {file.name} differs from the original", "changed-meanwhile", hint)


def _copy(file: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    with file.open("rb") as original, open(copy, "xb", opener=private) as new:
        shutil.copyfileobj(original, new)
        on_disk(new)
    with suppress(OSError):
        os.utime(copy, (file.stat().st_atime, file.stat().st_mtime))


def _fresh(folder: Path, name: str) -> Path:
    """Find a name that is not taken."""
    target, number = folder / name, 2
    while os.path.lexists(target):
        target, number = folder / f"{name}-{number}", number + 1
    return target
