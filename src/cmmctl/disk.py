"""Files that last: written beside their place, waited for until they are on the disk, then renamed into it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cmmctl.systems import WINDOWS, sync_folder, synced

PRIVATE = 0o600  # the record of one person
TEMPORARY = ".cmmctl-write-{}.tmp"
# Windows refuses to replace a file that another program, often a virus scanner, holds open for a moment.
RETRIES = 40 if WINDOWS else 0
RETRY_SECONDS = 0.05


@contextmanager
def beside(place: Path, mode: int = PRIVATE) -> Iterator[IO[bytes]]:
    """Write a file that takes its place, whole, when the block ends; where it fails, nothing is left of it.

    The block writes, waits with `on_disk` and has the last look.
    """
    temporary = place.with_name(TEMPORARY.format(os.getpid()))
    try:
        with open(temporary, "xb", opener=private) as file:
            temporary.chmod(mode)
            yield file
        rename(temporary, place)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Take away what killed processes left behind, while nobody else can be writing there."""
    with suppress(OSError):
        for stale in folder.glob(TEMPORARY.format("*")):
            stale.unlink()


def private(path: str, flags: int) -> int:
    """Open a file that nobody else may read, from its first moment on."""
    return os.open(path, flags, PRIVATE)


def on_disk(file: IO[bytes]) -> None:
    """Wait until what was written to a file is on the disk."""
    file.flush()
    synced(file.fileno())


def rename(source: Path, target: Path) -> None:
    """Move a finished file or folder to its place, in the stead of what was there."""
    for _ in range(RETRIES):
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(RETRY_SECONDS)
        else:
            return
    source.replace(target)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, and make them last."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync_folder(each.parent)
