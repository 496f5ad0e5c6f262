"""Every version of a portfolio, so that any earlier state can be brought back byte for byte.

One journal for each portfolio in `.cmmctl/`, one line for each change: when, by which command, what it touched in
words, the digests before and after, and how the bytes differ. *Version n* is the state after line n; a hand edit
between two commands gets a line of its own. Lines are never changed and never taken out.

A change's line is on the disk before the change is made, and is ended by its line feed once it is made. So the
last line of a process that was killed has no end, and the portfolio itself tells whether the change took place.
Each line carries its checksum; every `SNAPSHOT`th holds the whole text, so that a damaged one loses only its
neighbours.
"""

import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

from cmmctl import store
from cmmctl.differences import Change, applied, difference, is_whole, whole
from cmmctl.disk import on_disk, private
from cmmctl.errors import CmmctlError, failure
from cmmctl.systems import sync_folder

SNAPSHOT = 25
HAND, UNDO, REDO, FOUND = "hand edit", "undo", "redo", "found"


class Occasion(NamedTuple):
    """When and by which command a change is made."""

    when: str
    command: str


class Entry(NamedTuple):
    """One line of the journal. `before` and `after` are digests, None where there was no file.

    `highest` is the highest number of every kind of id there ever was, `of` the entry an undo or redo is about.
    """

    number: int
    when: str
    command: str
    summary: str
    highest: Mapping[str, int]
    change: Change
    before: str | None = None
    after: str | None = None
    of: int | None = None


def digest(content: bytes | None) -> str | None:
    """Tell versions apart: half a SHA-256, in hexadecimal; None where there is no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()[:32]


@dataclass
class Journal:
    """The history of one portfolio, read as far as it can be understood.

    Of the journal's `length` in bytes, `size` are kept by the next line, which replaces what a crash left behind
    them; `unended` tells that the last of these is a line without its end.
    """

    path: Path
    entries: list[Entry] = field(default_factory=list)
    size: int = 0
    length: int = 0
    unended: bool = False

    @property
    def highest(self) -> Mapping[str, int]:
        """Give the highest number of every kind of id there ever was."""
        return self.entries[-1].highest if self.entries else {}

    @property
    def now(self) -> str | None:
        """Give the digest that the portfolio had after the newest change."""
        return self.entries[-1].after if self.entries else None

    def done(self) -> tuple[list[Entry], list[Entry]]:
        """Give what can be undone and what can be redone, the newest last."""
        undoable: list[Entry] = []
        redoable: list[Entry] = []
        by_number = {entry.number: entry for entry in self.entries}
        for entry in self.entries:
            subject = by_number.get(entry.of) if entry.of else None
            if entry.command == FOUND:
                continue
            if subject is None:
                undoable.append(entry)
                redoable.clear()
            elif entry.command == UNDO:
                undoable = [earlier for earlier in undoable if earlier is not subject]
                redoable.append(subject)
            else:
                redoable = [earlier for earlier in redoable if earlier is not subject]
                undoable.append(subject)
        return undoable, redoable

    def version(self, number: int) -> bytes | None:
        """Bring a version back byte for byte, None where there was no file. Raises `not-found` where it cannot."""
        index = self._index(number)
        return self._state(self.entries[index].after, index + 1)

    def before(self, number: int) -> bytes | None:
        """Bring back what a change started from, as `version` does."""
        index = self._index(number)
        return self._state(self.entries[index].before, index)

    def _index(self, number: int) -> int:
        for index, entry in enumerate(self.entries):
            if entry.number == number:
                return index
        raise failure(f"the history has no version {number}", "not-found", "`cmmctl history` lists them")

    def _state(self, wanted: str | None, end: int) -> bytes | None:
        """Bring back the text with a digest from the first entries: walk back to a whole text, then forward."""
        if wanted is None:
            return None
        changes: list[Change] = []
        missing: str | None = wanted
        for entry in reversed(self.entries[:end]):
            if entry.after == missing:
                changes.append(entry.change)
                if is_whole(entry.change):
                    break
                missing = entry.before
        content = b""
        for change in reversed(changes):
            content = applied(content, change)
        if digest(content) != wanted:
            raise failure("that version cannot be read: the history is damaged there", "not-found")
        return content

    def settle(self, content: bytes | None, occasion: Occasion, names: Iterable[str]) -> None:
        """Bring the journal level with the portfolio before a change: keep a hand edit, or what was found at first."""
        if digest(content) == self.now:
            return
        command, said, before = FOUND, "the record as it was found", None
        if self.entries:
            command, said, before = HAND, "changed outside cmmctl", self._newest()
        if content is None:
            said = "the file was gone"
        self._append(self._next(Occasion(occasion.when, command), said, before, content, names), b"\n")

    def _newest(self) -> bytes | None:
        try:
            return self.version(self.entries[-1].number)
        except CmmctlError:  # whatever is wrong with the history, a change to the portfolio must stay possible
            return None

    def begin(
        self,
        occasion: Occasion,
        summary: str,
        before: bytes | None,
        after: bytes | None,
        names: Iterable[str],
        of: int | None = None,
    ) -> None:
        """Write the line of a change that is about to be made, durable before this returns; `end` or `withdraw` it."""
        self._append(self._next(occasion, summary, before, after, names, of), b"")

    def _next(
        self,
        occasion: Occasion,
        summary: str,
        before: bytes | None,
        after: bytes | None,
        names: Iterable[str],
        of: int | None = None,
    ) -> Entry:
        number = self.entries[-1].number + 1 if self.entries else 1
        change: Change
        if after is None:
            change = {}
        elif before is None or number % SNAPSHOT == 1:
            change = whole(after)
        else:
            change = difference(before, after)
        return Entry(
            number, occasion.when, occasion.command, summary, _highest(self.highest, names), change,
            self.now, digest(after), of,
        )  # fmt: skip

    def _append(self, entry: Entry, end: bytes) -> None:
        """Write a line behind the last one that counts, durable before this returns."""
        text = json.dumps({name: value for name, value in entry._asdict().items() if value is not None}).encode()
        line = b"\n" * self.unended + b"%s %s" % (_checksum(text), text) + end
        new = not self.path.exists()
        with open(self.path, "ab", buffering=0, opener=private) as file:
            if file.tell() != self.length:
                hint = "run the command again; nothing was changed"
                raise failure(f"{self.path.name} was changed meanwhile by something else", "changed-meanwhile", hint)
            try:
                file.truncate(self.size)
                _write_all(file, line)
                on_disk(file)
            except OSError:
                with suppress(OSError):
                    file.truncate(self.size)
                raise
        if new:
            sync_folder(self.path.parent)
        self.entries.append(entry)
        self.length = self.size + len(line)
        self.size, self.unended = (self.length, False) if end else (self.size, self.unended)

    def end(self) -> None:
        """Say that the change took place; where that cannot be written, the portfolio itself will tell."""
        with suppress(OSError), self.path.open("ab", buffering=0) as file:
            file.write(b"\n")

    def withdraw(self) -> None:
        """Take back the line of a change that did not take place; where that fails, the portfolio itself will tell."""
        with suppress(OSError):
            os.truncate(self.path, self.size)


def _write_all(file: IO[bytes], content: bytes) -> None:
    while content:
        content = content[file.write(content) :]


def read(portfolio: Path, content: bytes | None) -> Journal:
    """Read the journal of a portfolio that holds this now; lines that cannot be understood are passed over."""
    journal = Journal(store.journal(portfolio))
    try:
        lines = journal.path.read_bytes()
    except FileNotFoundError:
        return journal
    except OSError as error:
        hint = f"move {journal.path} away to go on with a new history"
        raise failure(f"cannot read the history, {journal.path}: {error.strerror}", "io", hint) from error
    *whole, last = lines.split(b"\n")
    journal.entries += filter(None, map(_entry, whole))
    journal.length, journal.size = len(lines), len(lines) - len(last)
    pending = _entry(last)
    if pending and pending.before != digest(content):
        journal.entries.append(pending)
        journal.size, journal.unended = journal.length, True
    return journal


def _entry(line: bytes) -> Entry | None:
    """Understand a line; None for one that is torn or damaged."""
    checksum, _, text = line.partition(b" ")
    if not text or checksum != _checksum(text):
        return None
    told = json.loads(text)
    return Entry(**{name: told[name] for name in Entry._fields if name in told})


def _checksum(text: bytes) -> bytes:
    return b"%08x" % zlib.crc32(text)


# Rather one too many, in a comment or a damaged text, than an id that is given twice.
_ID = re.compile(rb"""["']([a-z]+-[0-9]{1,9})["']""")


def ids(content: bytes | None) -> list[str]:
    """List what stands like an id in a text, whether or not it can be understood."""
    return [name.decode("ascii") for name in _ID.findall(content or b"")]


def _highest(known: Mapping[str, int], names: Iterable[str]) -> dict[str, int]:
    highest = dict(known)
    for name in names:
        kind, _, number = name.rpartition("-")
        if number.isdigit() and number.isascii():
            highest[kind] = max(highest.get(kind, 0), int(number))
    return highest
