"""One table of TOML -> one fact or rule: the only validator, of the file, of rule sets and of what was typed.

Everything wrong with a table is found at once, each at its place; who knows the text turns a place into a line.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Self, TypeVar

from cmmctl import keys
from cmmctl.amounts import shown_input
from cmmctl.described import Described, Key, keys_of
from cmmctl.errors import nearest
from cmmctl.model import KINDS, Fact

D = TypeVar("D", bound=Described)
F = TypeVar("F", bound=Fact)
Table = Mapping[str, object]

_UNREADABLE = object()  # stands for a value that is there and wrong
_LITERAL = re.compile(r"true|[0-9.]+|[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Place(tuple[str | int, ...]):
    """Where something stands, as the way to it through the data: `Place("ce", 3, "hours")`; empty: the file."""

    __slots__ = ()

    def __new__(cls, *steps: str | int) -> Self:
        """Take the steps one by one."""
        return super().__new__(cls, steps)

    def at(self, *steps: str | int) -> "Place":
        """Go on from here."""
        return Place(*self, *steps)


class Flaw(NamedTuple):
    """One thing that is wrong, where, and what to do about it."""

    place: Place
    message: str
    hint: str | None = None
    code: str = "bad-value"


class Findings:
    """What is wrong with what is being read, ids that stand twice, and keys that nobody knows.

    Of these: where they stand, and in whom, by class and name.
    """

    def __init__(self) -> None:
        self.flaws: list[Flaw] = []
        self.twice: set[str] = set()
        self.unknown: dict[tuple[type[Described], str], list[tuple[Place, str]]] = {}


class _Readers(NamedTuple):
    """How a class is read: the reader of every key, and the keys it needs."""

    of: Mapping[str, Callable[[object], object]]
    required: frozenset[str]


_READERS: dict[type[Described], _Readers] = {}


def _readers(cls: type[Described]) -> _Readers:
    if cls not in _READERS:
        described = keys_of(cls)
        required = frozenset(name for name, key in described.items() if key.required)
        of = {name: key.value.from_file for name, key in described.items()}
        _READERS[cls] = _Readers({"id": _as_it_is, **of} if cls in KINDS.values() else of, required)
    return _READERS[cls]


def _as_it_is(value: object) -> object:
    return value


def decode(cls: type[D], table: Table, place: Place, who: str, findings: Findings, **rest: object) -> D | None:
    """Read one table into its dataclass; None where something is wrong, which `findings` then says.

    `rest` holds the fields that are no keys.
    """
    before = len(findings.flaws)
    values = _values(cls, table, place, who, findings)
    return cls(**values, **rest) if len(findings.flaws) == before else None


def glance(cls: type[F], table: Table) -> F | None:
    """Read a record that nothing is wrong with; None where `decode_fact` must look closer."""
    readers, required = _readers(cls)
    try:
        values: dict[str, Any] = {name: readers[name](value) for name, value in table.items()}
    except (KeyError, ValueError):
        return None
    if not table.keys() >= required:
        return None
    fact = cls.of(values)
    return None if any(fact.contradictions()) else fact


def decode_fact(cls: type[F], table: Table, place: Place, who: str, findings: Findings) -> F | None:
    """Read one record. What its keys say against each other is found even where one of them cannot be read."""
    before = len(findings.flaws)
    values = _values(cls, table, place, who, findings)
    values["id"] = who
    fact = cls(**values)
    for key, message in fact.contradictions():
        hint = "correct one of the two" if key in table else f"add a line such as {_example(keys_of(cls)[key])}"
        findings.flaws.append(Flaw(place.at(key), message, hint))
    return fact if len(findings.flaws) == before else None


def _values(cls: type[Described], table: Table, place: Place, who: str, findings: Findings) -> dict[str, Any]:
    """Read every key of a table; what is missing, wrong or unknown goes to `findings`."""
    readers, required = _readers(cls)
    values: dict[str, Any] = {}
    for name, value in table.items():
        reader = readers.get(name)
        if reader is None:
            findings.unknown.setdefault((cls, name), []).append((place.at(name), who))
            continue
        try:
            values[name] = reader(value)
        except ValueError as error:
            values[name] = _UNREADABLE
            key = keys_of(cls)[name]
            hint = None if key.value.choices else f"write for example {_example(key)}"
            findings.flaws += [Flaw(place.at(name), f"`{name}` of {who} {message}", hint) for message in error.args]
    for name, key in keys_of(cls).items():
        if name in required and name not in table:
            values[name] = None
            hint = f"add a line such as {_example(key)}"
            findings.flaws.append(Flaw(place, f"{who} has no `{name}`", hint))
    return values


def _example(key: Key) -> str:
    """Give a line to write; where any text will do, it says what belongs there."""
    value = key.value
    example = {keys.FLAG.example: "true", keys.TEXT.example: key.help}.get(value.example, value.example)
    if not _LITERAL.fullmatch(example):
        example = f'"{example}"'
    return f"`{key.name} = [{example}]`" if value.many else f"`{key.name} = {example}`"


def unknown_key(name: str, place: Place, who: str, known: Iterable[str], otherwise: str | None = None) -> Flaw:
    """Word the finding of a key that nobody knows; `otherwise` is the hint where none is near."""
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else otherwise
    return Flaw(place, f"{who} has the unknown key {shown_input(name)}", hint)


def unknown(name: str, known: Sequence[str], what: str, where: str = "") -> tuple[str, str]:
    """Word the message and the hint for a name that nobody knows."""
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else f"known: {', '.join(known)}"
    return f"{shown_input(name)}{where} is no known {what}", hint
