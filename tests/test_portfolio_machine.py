"""Commands and hand edits in any order: the data equals a model kept beside it, and no byte is touched in passing."""

import re
import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import tomli
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cmmctl import blocks, history
from cmmctl.errors import CmmctlError
from cmmctl.history import Occasion
from cmmctl.rulebook import Rulebook
from cmmctl.schema import next_id
from cmmctl.store import Document
from cmmctl.writing import HandEdit, step, update

BOM = "\ufeff"
STARTS = (
    'schema = 1\n\n[profile]\nname = "Office Manager"\n',
    'schema = 1\n[profile]\nname = "Office Manager"',
    '# mine\nschema=1 # one\n\n\n[profile]   # me\n  name   = "Office Manager"\n\n# the end\n',
    'schema = 1\r\n\r\n[profile]\r\nname = "Office Manager"\r\n',
    f'{BOM}schema = 1\n\n[profile]\nname = "Office Manager"\n\n\n',
    """schema = 1
[[ce]]
id = "ce-7"
title = "Old"
provider = "Chapter"
date = 2020-01-31
hours = 1.50 # hm

[profile]
name = 'Office Manager'
""",
)
WORDS = st.text(
    st.sampled_from("abc XYZ09.,#=\"'\\[]{}\n\t\u00e9\u4e2d\U0001f600"), min_size=1, max_size=12
).filter(str.strip)  # fmt: skip
HOURS = st.decimals("0.25", "40", places=2)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "title": WORDS,
    "provider": WORDS,
    "note": WORDS,
    "hours": HOURS,
    "date": st.dates(date(2000, 1, 1), date(2030, 12, 31)),
    "tags": st.lists(st.sampled_from(["live", "mgma", "core"]), min_size=1, max_size=3, unique=True),
    "subject": st.sampled_from(["healthcare", "business", "other"]),
}
OPTIONAL = ("note", "tags", "subject")
Record = dict[str, Any]


class Change(NamedTuple):
    """What the model remembers of a change: its number in the history, the bytes around it, and who made it."""

    number: int
    before: bytes
    after: bytes
    by_hand: bool


def _written(value: Any) -> Any:
    """Say what the file holds for a value: a whole number has no decimals."""
    return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


def _outside(old: str, new: str) -> tuple[str, str]:
    """Cut off what two texts begin and end with alike; give what remains of each."""
    head = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    old, new = old[head:], new[head:]
    tail = next(
        (n for n, (a, b) in enumerate(zip(old[::-1], new[::-1], strict=False)) if a != b), min(len(old), len(new))
    )
    return old[: len(old) - tail], new[: len(new) - tail]


class Portfolio(RuleBasedStateMachine):
    """One portfolio in a folder, and what it must hold."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "portfolio.toml"
        self.records: list[Record] = []
        self.highest = 0
        self.versions: dict[int, bytes] = {}
        self.undoable: list[Change] = []
        self.redoable: list[Change] = []
        self.known = b""

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(start=st.sampled_from(STARTS))
    def start(self, start: str) -> None:
        self.path.write_bytes(start.encode())
        self.records = tomli.loads(start.removeprefix(BOM), parse_float=Decimal).get("ce", [])
        self.highest = 7 if self.records else 0

    @property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @property
    def text(self) -> str:
        return self.content.decode()

    def _noticed(self) -> None:
        """A hand edit since the last command becomes a version of its own, as does what was found at first."""
        if not self.versions:
            self.versions[1] = self.known = self.content
        elif self.content != self.known:
            self._happened(self.known, self.content, by_hand=True)

    def _happened(self, before: bytes, after: bytes, *, by_hand: bool = False) -> None:
        number = len(self.versions) + 1
        self.versions[number] = self.known = after
        self.undoable.append(Change(number, before, after, by_hand))
        self.redoable.clear()

    def _update(self, edit: Callable[[Document], str]) -> tuple[str, str]:
        """Run one command; give the text before and after it."""
        old = self.content
        update(self.path, Rulebook(), edit, Occasion("2026-11-23T12:00:00+0000", "edit"), lambda *_: "changed")
        new = self.content
        if new != old:
            self.path.write_bytes(old)
            self._noticed()
            self.path.write_bytes(new)
            self._happened(old, new)
        return old.decode(), new.decode()

    def _add(self, record: Record) -> tuple[str, str]:
        self.highest += 1
        name = f"ce-{self.highest}"

        def edit(document: Document) -> str:
            assert next_id("ce", document.given_ids) == name
            return blocks.append(document.text, "ce", {"id": name, **record})

        texts = self._update(edit)
        self.records.append({"id": name, **{key: _written(value) for key, value in record.items()}})
        return texts

    @rule(record=st.fixed_dictionaries({key: VALUES[key] for key in ("title", "provider", "date", "hours")},
                                       optional={key: VALUES[key] for key in OPTIONAL}))  # fmt: skip
    def add(self, record: Record) -> None:
        old, new = self._add(record)
        assert new.startswith(old)
        assert new.endswith("\n") == old.endswith("\n")

    @rule(title=WORDS)
    def add_then_remove(self, title: str) -> None:
        old, _ = self._add({"title": title, "provider": "Chapter", "date": date(2026, 3, 2), "hours": Decimal("1.5")})
        _, new = self._update(lambda document: blocks.remove(document.text, "ce", len(self.records) - 1))
        self.records.pop()
        assert new == old

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def edit_one_key(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.records) - 1))
        key = data.draw(st.sampled_from(sorted(VALUES)))
        value = data.draw(VALUES[key])
        old, new = self._update(lambda document: blocks.set_key(document.text, "ce", index, key, value))
        self.records[index][key] = _written(value)
        was, now = _outside(old, new)
        assert "\n" not in was
        assert now.count("\n") <= 1

    @precondition(lambda self: any(key in record for record in self.records for key in OPTIONAL))
    @rule(data=st.data())
    def take_a_key_away(self, data: st.DataObject) -> None:
        there = [(n, key) for n, record in enumerate(self.records) for key in OPTIONAL if key in record]
        index, key = data.draw(st.sampled_from(there))
        old, new = self._update(lambda document: blocks.unset_key(document.text, "ce", index, key))
        del self.records[index][key]
        was, now = _outside(old, new)
        assert now == ""
        assert was.count("\n") <= 1

    @precondition(lambda self: self.records)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        index = data.draw(st.integers(0, len(self.records) - 1))
        old, new = self._update(lambda document: blocks.remove(document.text, "ce", index))
        del self.records[index]
        was, now = _outside(old, new)
        assert now == ""
        assert was.count("=") >= len(("id", "title", "provider", "date", "hours"))

    @rule()
    def undo(self) -> None:
        if self.versions:
            self._noticed()
        if not self.undoable:
            self._refused("undo")
            return
        change = self.undoable[-1]
        agreed = None
        if change.by_hand:
            with pytest.raises(HandEdit) as asked:
                self._step("undo")
            agreed = asked.value.entry
            assert agreed.number == change.number
            assert self.content == change.after
        self._step("undo", agreed)
        self.undoable.pop()
        self.redoable.append(change)
        self._stepped(change.before)

    @rule()
    def redo(self) -> None:
        if self.versions:
            self._noticed()
        if not self.redoable:
            self._refused("redo")
            return
        self._step("redo")
        change = self.redoable.pop()
        self.undoable.append(change)
        self._stepped(change.after)

    def _step(self, command: str, agreed: history.Entry | None = None) -> None:
        step(self.path, Occasion("2026-11-23T12:00:00+0000", command), agreed=agreed)

    def _refused(self, command: str) -> None:
        before = self.content
        with pytest.raises(CmmctlError, match=f"nothing to {command}"):
            self._step(command)
        assert self.content == before

    def _stepped(self, content: bytes) -> None:
        assert self.content == content
        self.versions[len(self.versions) + 1] = self.known = content
        self.records = tomli.loads(self.text.removeprefix(BOM), parse_float=Decimal).get("ce", [])

    def _by_hand(self, text: str) -> None:
        self.path.write_bytes(text.encode())

    @rule(data=st.data(), comment=st.sampled_from(["# a word", "#", '# [[ce]]  id = "ce-1"', "", "  \t"]))
    def somebody_adds_a_comment(self, data: st.DataObject, comment: str) -> None:
        lines = self.text.split("\n")
        place = data.draw(st.integers(1, len(lines) - 1)) if len(lines) > 1 else 1
        ending = "\r" if "\r\n" in self.text else ""
        self._by_hand("\n".join([*lines[:place], comment + ending * (place < len(lines)), *lines[place:]]))

    @rule(data=st.data(), spaces=st.sampled_from(["=", " =", "\t=  ", "  =\t"]), end=st.sampled_from(["", "  # odd"]))
    def somebody_spaces_oddly(self, data: st.DataObject, spaces: str, end: str) -> None:
        lines = self.text.split("\n")
        place = data.draw(
            st.sampled_from([n for n, line in enumerate(lines) if re.match(r"[ \t]*[a-z]+[ \t]*=", line)])
        )
        line = re.sub(r"^[ \t]*([a-z]+)[ \t]*=[ \t]*", rf"  \1{spaces}", lines[place])
        lines[place] = line.removesuffix("\r") + end + "\r" * line.endswith("\r")
        self._by_hand("\n".join(lines))

    @rule()
    def somebody_saves_with_other_line_ends(self) -> None:
        plain = self.text.replace("\r\n", "\n")
        self._by_hand(plain if "\r\n" in self.text else plain.replace("\n", "\r\n"))

    @rule()
    def somebody_saves_with_a_mark_at_the_start(self) -> None:
        self._by_hand(self.text.removeprefix(BOM) if self.text.startswith(BOM) else BOM + self.text)

    @rule(end=st.sampled_from(["", "\n", "\n\n\n"]))
    def somebody_changes_the_end(self, end: str) -> None:
        self._by_hand(self.text.rstrip("\r\n") + end)

    @rule(data=st.data())
    def somebody_reorders(self, data: st.DataObject) -> None:
        head, *entries = re.split(r"^(?=\[)", self.text.rstrip("\r\n") + "\n", flags=re.MULTILINE)
        order = data.draw(st.permutations(range(len(entries))))
        own = iter(self.records)
        named = [(entry, next(own) if entry.startswith("[[ce]]") else None) for entry in entries]
        self._by_hand(head + "".join(named[n][0] for n in order))
        self.records = [record for n in order if (record := named[n][1])]

    @precondition(lambda self: self.records)
    @rule(data=st.data(), hours=HOURS)
    def somebody_corrects_a_figure(self, data: st.DataObject, hours: Decimal) -> None:
        index = data.draw(st.integers(0, len(self.records) - 1))
        parts = re.split(r"^(?=\[\[ce\]\])", self.text, flags=re.MULTILINE)
        parts[index + 1] = re.sub(r"^([ \t]*hours[ \t]*=[ \t]*)[0-9.]+", rf"\g<1>{hours}", parts[index + 1], count=1,
                                  flags=re.MULTILINE)  # fmt: skip
        self._by_hand("".join(parts))
        self.records[index]["hours"] = hours

    @invariant()
    def the_data_is_what_was_meant(self) -> None:
        if self.path.exists():
            data = tomli.loads(self.text.removeprefix(BOM), parse_float=Decimal)
            assert data.get("ce", []) == self.records
            assert data["profile"] == {"name": "Office Manager"}

    @invariant()
    def every_version_can_be_brought_back(self) -> None:
        if self.path.exists():
            journal = history.read(self.path, self.content)
            assert {entry.number: journal.version(entry.number) for entry in journal.entries} == self.versions


TestPortfolio = Portfolio.TestCase
TestPortfolio.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
