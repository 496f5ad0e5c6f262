"""Change one block of a TOML text, and leave every other byte as its owner wrote it.

A portfolio is edited by hand and by command alike, so it is never written anew. Each edit splices the text,
parses the result and accepts it only if the data is exactly what was meant; what cannot be proved is refused
with `unsafe-edit`. Offsets count characters of the text, lines count from 1.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

import tomli_w

from cmmctl.errors import CmmctlError, failure
from cmmctl.parsing import BOM, TomlError, parse, parsed

Value: TypeAlias = str | bool | int | Decimal | date | list[str] | tuple[str, ...]

TABLES = frozenset({"profile"})  # kinds that occur once, as `[kind]`; every other kind is `[[kind]]`

# A string over several lines that is never closed runs to the end of the text, as it does for the parser.
_BASIC = r'"{3}(?:[^"\\]++|\\[\s\S]|"{1,2}+(?!"))*+(?:"{3,5}+|\Z)|"(?:[^"\\\n]++|\\.)*+"'
_LITERAL = r"'{3}(?:[^']++|'{1,2}+(?!'))*+(?:'{3,5}+|\Z)|'[^'\n]*+'"
_STRING = f"{_BASIC}|{_LITERAL}"
_NAME = r"""(?:[\w-]++|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+')"""
_PATH = rf"{_NAME}(?:[ \t]*+\.[ \t]*+{_NAME})*+"
_ITEM = re.compile(
    rf"""(?!\Z)(?P<comments>(?:[ \t]*+\#[^\n]*+(?:\n|\Z))*+)(?:[ \t]*+(?:
        (?P<key>{_PATH})[ \t]*+=[ \t]*+(?P<value>{_STRING}|[\[{{]|[^\s\#]++(?:[ \t]++[^\s\#]++)*+|)
        |(?P<bracket>\[\[?+)[ \t]*+(?P<table>{_PATH})
    ))?+""",
    re.VERBOSE,
)
NESTING = re.compile(rf"{_STRING}|#[^\n]*+|[\[\]{{}}]")
_WORD = re.compile(r"\w[\w.-]*")  # an id that may stand in a command to paste
_BLANK = re.compile(r"[ \t]*+(?:\r?\n|\Z)")


@dataclass(frozen=True)
class Key:
    """Where one `key = value` stands: `value` spans the value's text, `end` is before the line end."""

    line: int
    start: int
    value: tuple[int, int]
    end: int


@dataclass(frozen=True)
class Block:
    """Where one table stands, from the comments that touch its header (`lead`) to those below it (`end`).

    `index` counts the blocks of the same kind from 0; `header` is the offset of the first bracket. A comment
    that touches the next header belongs there. A dotted key is found under its first part.
    """

    kind: str
    array: bool
    index: int
    lead: int
    header: int
    line: int
    keys: Mapping[str, Key]
    end: int


def blocks(text: str) -> tuple[Block, ...]:
    """Find every table and its keys, in the order of the text; never raises, whatever the text."""
    at, line, seen = len(text) - len(text.removeprefix(BOM)), 1, Counter[str]()
    keys: dict[str, Key] = {}  # of the table being read; those above the first header belong to none
    heads, ends = [], [0]
    while item := _ITEM.match(text, at):
        begin, after = at, item.end()
        if item["key"]:
            start, (value, stop) = item.start("key"), item.span("value")
            if item["value"] in ("[", "{"):
                stop = _closed(text, value)
            end, after = _line_end(text, stop)
            row = line + text.count("\n", begin, start)
            keys.setdefault(_path(item["key"])[0], Key(row, start, (value, stop), end))
            ends[-1] = after
        elif item["table"]:
            start, after = item.start("bracket"), _line_end(text, after)[1]
            kind, row, keys = ".".join(_path(item["table"])), line + text.count("\n", begin, start), {}
            heads.append((kind, item["bracket"] == "[[", seen[kind], begin, start, row, keys))
            seen[kind] += 1
            ends.append(after)
        elif not item["comments"]:
            after = _line_end(text, begin)[1]
        elif begin == ends[-1]:
            ends[-1] = after
        line += text.count("\n", begin, after)
        at = after
    return tuple(Block(*head, end) for head, end in zip(heads, ends[1:], strict=True))


def block_text(text: str, kind: str, index: int) -> str:
    """Cut out a block with the comments that belong to it, for an editor; `replace` puts it back."""
    _, _, block = _find(text, kind, index)
    return text[block.lead : block.end]


def first_line(text: str, kind: str, index: int) -> int:
    """Tell on which line a block begins, with the comments that belong to it."""
    _, _, block = _find(text, kind, index)
    return text.count("\n", 0, block.lead) + 1


def append(text: str, kind: str, record: Mapping[str, Value]) -> str:
    """Add a record as the last block, after an empty line; a text without a final line end stays without."""
    return append_all(text, [(kind, record)])


def append_all(text: str, records: Sequence[tuple[str, Mapping[str, Value]]]) -> str:
    """Add many records, each as `append` does, and prove the result once."""
    meant, newline = dict(parsed(text)), _newline(text)
    pieces = [text]
    for kind, record in records:
        plain = {key: _plain(value) for key, value in record.items()}
        block = newline.join([_header(kind), *(_statement(key, value) for key, value in plain.items())])
        pieces.append(_separated(pieces[-1], block, newline))
        if kind in TABLES:
            meant[kind] = plain
        elif meant.get(kind) is parsed(text).get(kind):
            meant[kind] = [*_records(meant, kind), plain]
        else:
            meant[kind].append(plain)
    new = "".join(pieces)
    now: object = None
    with suppress(TomlError):
        now = parsed(new)
    if not _same(now, meant):
        raise _unsafe(records[0][0], {})
    return new


def _separated(above: str, block: str, newline: str) -> str:
    """Put what belongs between a block and what stands above it before it, and the line end after it."""
    if above in ("", BOM):
        return block + newline
    if above.endswith("\n"):
        return newline + block + newline
    return newline + newline + block


def remove(text: str, kind: str, index: int) -> str:
    """Take a block out, with one empty line before it; after `append` this gives the text back byte for byte.

    The empty line stays where something stands directly below, or neighbours and their comments would merge.
    """
    data, _, block = _find_flat(text, kind, index)
    head = text[: block.lead]
    if _BLANK.match(text, block.end) and ((above := _chomp(head)) in ("", BOM) or above.endswith("\n")):
        head = above
    if block.end == len(text) and not text.endswith("\n"):
        head = _chomp(head)
    return _proved(head + text[block.end :], data, kind, index)


def replace(text: str, kind: str, index: int, block_text: str) -> str:
    """Put back a block that was edited by hand, with the line ends of the file.

    Raises `TomlError` where the result is not TOML, and `unsafe-edit` where more than this one
    block would change.
    """
    data, _, block = _find(text, kind, index)
    old = text[block.lead : block.end]
    if block_text == old:
        return text
    lines = _chomp(block_text.removeprefix(BOM)).replace("\r\n", "\n").replace("\n", _newline(text))
    new = text[: block.lead] + lines + old[len(_chomp(old)) :] + text[block.end :]
    now = parsed(new)
    meant = _spliced(data, kind, index, *_records(now, kind)[index : index + 1])
    if len(blocks(lines)) != 1 or not _same(now, meant):
        raise failure(
            f"the text must stay one `{_header(kind)}` block and change nothing else",
            "unsafe-edit",
            "run `cmmctl edit` to change more than one record by hand",
        )
    return new


def set_key(text: str, kind: str, index: int, key: str, value: Value) -> str:
    """Change a value, touching only its own characters, or add the key after the block's last statement."""
    value = _plain(value)
    if kind in TABLES and kind not in parsed(text):
        return append(text, kind, {key: value})
    data, record, block = _find_flat(text, kind, index)
    if key in record and _same(record[key], value):
        return text
    if key in record:
        start, end = _one_line(text, record, block, key).value
        new = text[:start] + _rendered(value) + text[end:]
    else:
        last = max(block.keys.values(), key=attrgetter("end"), default=None)
        indent = text[text.rfind("\n", 0, last.start) + 1 : last.start] if last else ""
        end = last.end if last else _line_end(text, block.header)[0]
        new = text[:end] + _newline(text) + indent + _statement(key, value) + text[end:]
    return _proved(new, data, kind, index, {**record, key: value})


def unset_key(text: str, kind: str, index: int, key: str) -> str:
    """Take a key's line out of a block; a comment on that line stays, as a line of its own."""
    data, record, block = _find_flat(text, kind, index)
    if key not in record:
        return text
    place = _one_line(text, record, block, key)
    head, tail = text[: place.start], text[place.value[1] :].lstrip(" \t")
    if not tail.startswith("#"):
        head, tail = head[: head.rfind("\n") + 1], text[_line_end(text, place.end)[1] :]
    if not tail and not text.endswith("\n"):
        head = _chomp(head)
    return _proved(head + tail, data, kind, index, {name: record[name] for name in record if name != key})


def _closed(text: str, start: int) -> int:
    """Find the end of the array or inline table that starts here; of the text, where it is never closed."""
    depth = 0
    for token in NESTING.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if not depth:
            return token.end()
    return len(text)


def _line_end(text: str, at: int) -> tuple[int, int]:
    """Find where the line's content ends, and where the next line begins."""
    after = text.find("\n", at) + 1 or len(text)
    return at + len(text[at:after].rstrip("\r\n")), after


@lru_cache(maxsize=1024)
def _path(name: str) -> tuple[str, ...]:
    """Read a bare, quoted or dotted key the way the parser does; what it cannot read stays as written."""
    try:
        rest: Any = parse(f"{name} = 0")
    except TomlError:
        return (name,)
    path = []
    while rest:
        ((part, rest),) = rest.items()
        path.append(part)
    return tuple(path)


def _records(data: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """List the records of a kind; none where the data holds something else under that name."""
    held = data.get(kind)
    records = [held] if kind in TABLES else held
    return records if isinstance(records, list) and all(isinstance(each, dict) for each in records) else []


def _find(text: str, kind: str, index: int) -> tuple[Mapping[str, Any], dict[str, Any], Block]:
    """Find a block, the record it holds and the data around it; refuses what is not written as blocks."""
    data = parsed(text)
    records = _records(data, kind)
    own = [each for each in blocks(text) if each.kind == kind and each.array == (kind not in TABLES)]
    if len(own) != len(records) or not 0 <= index < len(own):
        raise _unsafe(kind, {})
    return data, records[index], own[index]


def _find_flat(text: str, kind: str, index: int) -> tuple[Mapping[str, Any], dict[str, Any], Block]:
    """Find a block to change in place; refuses one that holds tables, which may be written anywhere."""
    data, record, block = _find(text, kind, index)
    for key, value in record.items():
        if any(isinstance(each, dict) for each in (value if isinstance(value, list) else [value])):
            raise _unsafe(kind, record, f"`{key}` in it is a table")
    return data, record, block


def _one_line(text: str, record: Mapping[str, Any], block: Block, key: str) -> Key:
    """Find a statement that can be changed without doubt, because its value stands on one line."""
    place = block.keys.get(key)
    if place is None or "\n" in text[slice(*place.value)]:
        raise _unsafe(block.kind, record, f"its `{key}` runs over several lines")
    return place


def _spliced(data: Mapping[str, Any], kind: str, index: int, *record: Mapping[str, Any]) -> dict[str, Any]:
    """Make the change to the data that is made to the text: put a record, or none, in place of one."""
    records: list[Mapping[str, Any]] = [*_records(data, kind)]
    records[index : index + 1] = record
    rest = {name: value for name, value in data.items() if name != kind}
    return {**rest, kind: records[0] if kind in TABLES else records} if records else rest


def _proved(new: str, data: Mapping[str, Any], kind: str, index: int, *record: Mapping[str, Any]) -> str:
    """Give the new text back only if it says exactly what was meant."""
    now: object = None
    with suppress(TomlError):
        now = parsed(new)
    if not _same(now, _spliced(data, kind, index, *record)):
        raise _unsafe(kind, dict(*_records(data, kind)[index : index + 1]))
    return new


def _unsafe(kind: str, record: Mapping[str, Any], why: str = "") -> CmmctlError:
    """Refuse, and name the command that opens the narrowest text in which the change can be made by hand."""
    own = record and (kind if kind in TABLES else record.get("id"))
    name = own if isinstance(own, str) and _WORD.fullmatch(own) else ""
    why = why or f"it is not under a plain `{_header(kind)}`"
    message = f"cannot change `{name or kind}` in place: {why}"
    return failure(message, "unsafe-edit", f"run `{f'cmmctl edit {name}'.strip()}` to edit it by hand")


def _same(one: object, other: object) -> bool:
    """Compare strictly: `2`, `2.0` and `true` differ, the order of keys does not matter, `nan` is itself."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
        case list(), list():
            return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and (one == other or repr(one) == repr(other))


def _plain(value: Value) -> Value:
    """Say what the data will hold: a whole number is an integer, however it was computed."""
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def _rendered(value: Value) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_rendered, value))}]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return tomli_w.dumps({"value": value}).removeprefix("value = ").removesuffix("\n")


def _statement(key: str, value: Value) -> str:
    return tomli_w.dumps({key: 0}).removesuffix("0\n") + _rendered(value)


def _header(kind: str) -> str:
    return f"[{kind}]" if kind in TABLES else f"[[{kind}]]"


def _newline(text: str) -> str:
    return "\r\n" if text[: text.find("\n") + 1].endswith("\r\n") else "\n"


def _chomp(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
