"""Every version of a portfolio, so that any earlier state can be brought back byte for byte.

One journal, `.cmmctl/history.jsonl`, one line per change: when, by which command, what it touched in words, the
digests before and after, and how the bytes differ. Lines are only ever added. A line that a crash tore is
dropped by the next writer; a change whose line was written and that then did not happen is struck out by a line
of its own. Every `SNAPSHOT`th line holds the whole text, so that one damaged line loses only its neighbours.

The state after line n is *version n*; a hand edit between two commands gets a line of its own.
"""

import base64
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from cmmctl.errors import CmmctlError, failure

NAME = Path(".cmmctl") / "history.jsonl"
SNAPSHOT = 50
HAND, UNDO, REDO, FOUND = "hand edit", "undo", "redo", "found"


class Occasion(NamedTuple):
    """When and by which command a change is made."""

    when: str
    command: str


class Entry(NamedTuple):
    """One line of the journal. `of`: the entry that an undo or redo is about."""

    number: int
    when: str
    command: str
    summary: str
    before: str
    after: str
    highest: Mapping[str, int]
    change: Mapping[str, Any]
    of: int | None = None


def digest(content: bytes) -> str:
    """Tell versions apart: half a SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()[:32]


NOTHING = digest(b"")


@dataclass
class Journal:
    """The history beside one portfolio, read as far as it can be understood."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    struck: set[int] = field(default_factory=set)
    size: int = 0  # bytes of the journal that are whole lines
    size_before: int = 0  # the same, without the newest line

    @property
    def last(self) -> Entry | None:
        """Give the newest entry that took place."""
        return next((entry for entry in reversed(self.entries) if entry.number not in self.struck), None)

    @property
    def highest(self) -> Mapping[str, int]:
        """Give the highest number of every kind of id there ever was."""
        return self.entries[-1].highest if self.entries else {}

    @property
    def next_number(self) -> int:
        """Give the number of the next line."""
        return self.entries[-1].number + 1 if self.entries else 1

    def done(self) -> tuple[list[Entry], list[Entry]]:
        """Give what can be undone and what can be redone, the newest last."""
        undoable: list[Entry] = []
        redoable: list[Entry] = []
        by_number = {entry.number: entry for entry in self.entries}
        for entry in self.entries:
            if entry.number in self.struck or entry.command == FOUND:
                continue
            if entry.of is None or entry.of not in by_number:
                undoable.append(entry)
                redoable.clear()
            elif entry.command == UNDO:
                undoable = [earlier for earlier in undoable if earlier.number != entry.of]
                redoable.append(by_number[entry.of])
            else:
                redoable = [earlier for earlier in redoable if earlier.number != entry.of]
                undoable.append(by_number[entry.of])
        return undoable, redoable

    def before(self, number: int) -> bytes:
        """Give the bytes an entry started from. Raises `not-found` where they cannot be had."""
        entry = self.entry(number)
        if entry.before == NOTHING:
            return b""
        base = self._base(entry)
        if base is None:
            raise failure(f"the state before version {number} is not in the history", "not-found")
        return self.version(base.number)

    def _base(self, entry: Entry) -> Entry | None:
        """Find the newest earlier version with the bytes an entry started from."""
        earlier = self.entries[: self.entries.index(entry)]
        return next((base for base in reversed(earlier) if base.after == entry.before), None)

    def entry(self, number: int) -> Entry:
        """Find an entry by its number. Raises `not-found`."""
        for entry in self.entries:
            if entry.number == number:
                return entry
        raise failure(f"the history has no version {number}", "not-found", "`cmmctl history` lists them")

    def version(self, number: int) -> bytes:
        """Bring a version back byte for byte. Raises `not-found` where a damaged line stands in the way."""
        chain = [self.entry(number)]
        while "whole" not in chain[-1].change:
            base = self._base(chain[-1])
            if base is None:
                raise failure(f"version {number} cannot be read: the history is damaged before it", "not-found")
            chain.append(base)
        content = b""
        for entry in reversed(chain):
            content = _applied(content, entry.change)
        if digest(content) != chain[0].after:
            raise failure(f"version {number} cannot be read: the history is damaged", "not-found")
        return content

    def settle(self, content: bytes | None, occasion: Occasion, names: Iterable[str]) -> None:
        """Bring the journal level with the file before a change: strike out what did not happen, note hand edits."""
        last = self.last
        now = content or b""
        if last is None:
            self.add(FOUND, "the record as it was found", b"", now, occasion, names)
        elif digest(now) == last.after:
            return
        elif digest(now) == last.before and last.command != FOUND:
            self._append({"struck": last.number})
            self.struck.add(last.number)
            self.settle(content, occasion, names)
        else:
            gone = "the file was gone" if content is None else "changed outside cmmctl"
            self.add(HAND, gone, self._known(last), now, occasion, names)

    def _known(self, entry: Entry) -> bytes | None:
        try:
            return self.version(entry.number)
        except CmmctlError:  # whatever is wrong with the history, a change to the file must stay possible
            return None

    def add(
        self,
        command: str,
        summary: str,
        before: bytes | None,
        after: bytes,
        occasion: Occasion,
        names: Iterable[str],
        of: int | None = None,
    ) -> Entry:
        """Add a line, durable before this returns. `before` None: unknown, so the whole text is kept."""
        number = self.next_number
        whole = before is None or number % SNAPSHOT == 1 or command == FOUND
        change = {"whole": _packed(after)} if whole or before is None else _difference(before, after)
        was = self.last.after if self.last else NOTHING
        entry = Entry(
            number, occasion.when, command, summary, was if before is None else digest(before), digest(after),
            _highest(self.highest, names), change, of,
        )  # fmt: skip
        self._append({key: value for key, value in entry._asdict().items() if value is not None})
        self.entries.append(entry)
        return entry

    def withdraw(self, entry: Entry) -> None:
        """Take back a line whose change did not happen; where that fails, the next writer strikes it out."""
        with suppress(OSError):
            os.truncate(self.path, self.size_before)
            self.size = self.size_before
            self.entries.remove(entry)

    def _append(self, line: Mapping[str, Any]) -> None:
        text = json.dumps(line, ensure_ascii=True, separators=(",", ":")).encode()
        whole = b"%s %s\n" % (_check(text), text)
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.ftruncate(descriptor, self.size)  # a line that a crash tore
            os.lseek(descriptor, self.size, os.SEEK_SET)
            _write_all(descriptor, whole)
            os.fsync(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, self.size)
            raise
        finally:
            os.close(descriptor)
        self.size_before, self.size = self.size, self.size + len(whole)
        if new:
            sync_folder(self.path.parent)


def _write_all(descriptor: int, content: bytes) -> None:
    while content:
        content = content[os.write(descriptor, content) :]


def read(folder: Path) -> Journal:
    """Read the journal beside a portfolio; lines that cannot be understood are passed over."""
    journal = Journal(folder / NAME)
    try:
        content = journal.path.read_bytes()
    except FileNotFoundError:
        return journal
    except OSError as error:
        raise failure(f"cannot read {journal.path}: {error.strerror}", "io") from error
    journal.size = content.rfind(b"\n") + 1
    for raw in content[: journal.size].splitlines():
        check, _, text = raw.partition(b" ")
        if check != _check(text):
            continue
        line = json.loads(text)
        if "struck" in line:
            journal.struck.add(line["struck"])
        else:
            journal.entries.append(Entry(**{name: line[name] for name in Entry._fields if name in line}))
    return journal


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file last through a power cut, where the system can."""
    if os.name == "nt":  # other system: Windows has no way to do this
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _check(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)


_ID = re.compile(rb'^[ \t]*id[ \t]*=[ \t]*["\']([a-z]+-[0-9]+)["\']', re.MULTILINE)


def ids(*contents: bytes) -> list[str]:
    """List the ids in some texts, whether or not they can be understood."""
    return [name.decode("ascii") for content in contents for name in _ID.findall(content)]


def _highest(known: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    highest = dict(known)
    for name in names:
        kind, _, number = name.rpartition("-")
        if number.isdigit() and number.isascii():
            highest[kind] = max(highest.get(kind, 0), int(number))
    return highest


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def _unpacked(text: str) -> bytes:
    return zlib.decompress(base64.b64decode(text))


def _difference(before: bytes, after: bytes) -> dict[str, Any]:
    """Say how two texts differ: what they begin and end with alike, and what stands between in the new one."""
    shorter = min(len(before), len(after))
    head = _alike(before[:shorter], after[:shorter])
    tail = _alike(before[head:][::-1], after[head:][::-1])
    return {"head": head, "tail": tail, "text": _packed(after[head : len(after) - tail])}


def _alike(one: bytes, other: bytes) -> int:
    """Count the bytes two texts begin with alike, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _applied(before: bytes, change: Mapping[str, Any]) -> bytes:
    if "whole" in change:
        return _unpacked(change["whole"])
    tail = change["tail"]
    return before[: change["head"]] + _unpacked(change["text"]) + (before[len(before) - tail :] if tail else b"")
