"""What Windows and macOS do in another way than Linux: every difference once, small and named.

Which system it is can be said where that is possible, so that what Windows gets is tried everywhere.
"""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

WINDOWS = os.name == "nt"
EDITORS = ("notepad",) if WINDOWS else ("nano", "vi")
# What systems leave in a folder that somebody looked at; what is hidden by a dot is passed over everywhere.
CLUTTER = frozenset({"desktop.ini", "thumbs.db"})
_CANNOT_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})  # said by some network file systems, of folders


def nobody_reads(error: OSError, *, windows: bool = WINDOWS) -> bool:
    """Tell whether output failed because its reader has gone, which is no failure; Windows calls that invalid."""
    return isinstance(error, BrokenPipeError) or (windows and error.errno == errno.EINVAL and error.filename is None)


def held_open(error: OSError, *, windows: bool = WINDOWS) -> bool:
    """Tell whether a file could not be replaced because a program shows it, which only Windows minds."""
    return windows and isinstance(error, PermissionError)


def words_of(command: str, *, windows: bool = WINDOWS) -> list[str]:
    """Split a command from its options as the system's shell does. Raises ValueError where a quote is not closed."""
    import shlex  # noqa: PLC0415 - only where an editor is started

    if not windows:
        return shlex.split(command)
    words = shlex.shlex(command, posix=False)  # a backslash is a part of a path
    words.quotes, words.commenters, words.whitespace_split = '"', "", True
    return [word.strip('"') for word in words]


def synced(descriptor: int) -> None:
    """Wait until a file is on the disk."""
    if sys.platform == "darwin":  # other system: there `fsync` leaves the bytes in the memory of the disk
        import fcntl  # noqa: PLC0415 - there is none on Windows

        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file last through a power cut, where the system can."""
    if WINDOWS:  # other system: Windows cannot open a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise
    finally:
        os.close(descriptor)


def spelled(place: Path) -> Path:
    """Find a file under the name its folder has for it, where that is spelled in another way.

    macOS and Windows take `Card.PDF` for `card.pdf`, and some disks take letters with accents apart; what was
    recorded there must be found in a copy on another system.
    """
    if not os.path.lexists(place):
        from cmmctl.filenames import alike  # noqa: PLC0415 - only where something is not there

        with suppress(OSError):  # the folder may be missing too
            return next(
                (other for other in sorted(place.parent.iterdir()) if alike(other.name) == alike(place.name)), place
            )
    return place
