"""Mapping <-> dataclass: one validator for the file, for rule sets and for what was typed.

All problems are found at once, each at its place; who knows the text turns a place into a line. Unknown keys
are kept and warned of; unknown kinds are refused with the nearest. A record that is named and not there never
changes a figure, so it is a warning too.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, Self, TypeVar

from cmmctl import keys
from cmmctl.amounts import shown_input
from cmmctl.errors import nearest
from cmmctl.model import KINDS, Claim, Credential, Fact, Key, Portfolio, Profile, keys_of
from cmmctl.rules import RuleSet

SCHEMA = 1
T = TypeVar("T")
F = TypeVar("F", bound=Fact)
Table = Mapping[str, object]

_UNREADABLE = object()  # stands for a value that is there and wrong
_REFERENCES = ("records", "entries", "claim")  # keys that name other records
_LITERAL = re.compile(r'true|[0-9.]+|[0-9]{4}-[0-9]{2}-[0-9]{2}|".*"')
_NUMBER = "[1-9][0-9]{0,8}"  # of an id; as many as anybody can have, and short enough to be counted on
_CORRECT = "correct one of the two; `cmmctl edit` opens the file"


class Place(tuple[str | int, ...]):
    """Where something stands, as the way to it through the data: `Place("ce", 3, "hours")`; empty: the file."""

    __slots__ = ()

    def __new__(cls, *steps: str | int) -> Self:
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


class Rulebook(Protocol):
    """What the schema must know of rule sets."""

    def names(self) -> Sequence[str]:
        """List the ids of all rule sets."""

    def find(self, credential: str) -> RuleSet | None:
        """Give one rule set."""


@dataclass(frozen=True)
class Reading:
    """What was understood of a file, and what was not."""

    portfolio: Portfolio
    flaws: tuple[Flaw, ...] = ()
    warnings: tuple[Flaw, ...] = ()


@dataclass
class Findings:
    """What is wrong with what is being read, and what is odd."""

    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)


class _Readers(NamedTuple):
    """How a class is read: the reader of every key, and the keys it needs."""

    of: Mapping[str, Callable[[object], object]]
    required: tuple[str, ...]


_READERS: dict[type, _Readers] = {}


def _readers(cls: type) -> _Readers:
    if cls not in _READERS:
        keys = keys_of(cls)
        required = tuple(name for name, key in keys.items() if key.required)
        _READERS[cls] = _Readers({name: key.value.from_file for name, key in keys.items()}, required)
    return _READERS[cls]


def decode(
    cls: type[T], table: Table, place: Place, findings: Findings, beside: Iterable[str] = (), **rest: object
) -> T | None:
    """Read one table into its dataclass; None where something is wrong, which `findings` then says.

    `rest` holds the fields that are no keys; `beside` names what the table may hold beside its keys.
    """
    before = len(findings.flaws)
    values = _values(cls, table, place, findings, _numbered(place), beside)
    return cls(**values, **rest) if len(findings.flaws) == before else None


def decode_fact(cls: type[F], table: Table, place: Place, findings: Findings, name: str | None) -> F | None:
    """Read one record. What its keys say against each other is found even where one of them cannot be read."""
    before = len(findings.flaws)
    values = _values(cls, table, place, findings, name or _numbered(place))
    fact = object.__new__(cls)  # its constructor would insist on every key, and takes five times as long
    attributes = fact.__dict__
    attributes.update(dict.fromkeys(_readers(cls).required), id=name)
    attributes.update(values)
    for key, message in fact.contradictions():
        hint = _CORRECT if key in table else f"add a line such as {_example(keys_of(cls)[key])}"
        findings.flaws.append(Flaw(place.at(key), message, hint))
    return fact if len(findings.flaws) == before else None


def _values(
    cls: type, table: Table, place: Place, findings: Findings, who: str, beside: Iterable[str] = ("id",)
) -> dict[str, Any]:
    """Read every key of a table; what is missing or wrong or unknown goes to `findings`."""
    readers, required = _readers(cls)
    values: dict[str, Any] = {}
    for name, value in table.items():
        reader = readers.get(name)
        if reader is None:
            if name not in beside:
                findings.warnings.append(_unknown_key(name, place, who, (*readers, *beside)))
            continue
        try:
            values[name] = reader(value)
        except ValueError as error:
            values[name] = _UNREADABLE
            key = keys_of(cls)[name]
            hint = None if key.value.choices else f"write for example {_example(key)}"
            findings.flaws += [Flaw(place.at(name), f"`{name}` of {who} {message}", hint) for message in error.args]
    for name in required:
        if name not in table:
            hint = f"add a line such as {_example(keys_of(cls)[name])}"
            findings.flaws.append(Flaw(place, f"{who} has no `{name}`", hint))
    return values


def _unknown_key(name: str, place: Place, who: str, known: Iterable[str]) -> Flaw:
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else "it is kept and not used"
    return Flaw(place.at(name), f"{who} has the unknown key {shown_input(name)}", hint)


def _numbered(place: Place) -> str:
    """Name a table that has no id."""
    names = [step for step in place if isinstance(step, str)]
    return f"[[{'.'.join(names)}]] number {int(place[-1]) + 1}" if names else "the file"


def _example(key: Key) -> str:
    """Give a line to write, whose text says what belongs there."""
    value = key.value
    example = {keys.FLAG: "true", keys.TEXT: f'"{key.help}"'}.get(value, value.example)
    if not _LITERAL.fullmatch(example):
        example = f'"{example}"'
    return f"`{key.name} = [{example}]`" if value.many else f"`{key.name} = {example}`"


def read(data: Table, rulebook: Rulebook) -> Reading:
    """Understand a whole file. The portfolio holds the records that have no flaw of their own."""
    if refusal := _refusal(data):
        return Reading(Portfolio(), (refusal,))
    findings = Findings()
    tables: dict[str, Table] = {}
    _header(data, findings)
    profile = _profile(data, tables, findings)
    facts = {kind: tuple(_records(kind, data, tables, findings)) for kind in data if kind in KINDS}
    findings.flaws += [*_credentials(data, rulebook), *_unknown_credentials(data, rulebook)]
    findings.warnings += _dangling(data, tables)
    return Reading(Portfolio(profile, facts, tables), tuple(findings.flaws), tuple(findings.warnings))


def _refusal(data: Table) -> Flaw | None:
    """Find what makes every other flaw meaningless."""
    version = data.get("schema")
    if type(version) is int and version > SCHEMA:
        message = f"the file was written by a newer cmmctl (schema {version})"
        hint = "upgrade cmmctl: `python -m pip install --upgrade cmmctl`"
        return Flaw(Place("schema"), message, hint, "schema-newer")
    if not data:
        hint = "run `cmmctl history`, or move it away and run `cmmctl init`"
        return Flaw(Place(), "the file is empty", hint, "file-broken")
    return None


def _header(data: Table, findings: Findings) -> None:
    """Read what stands at the top: the version, and no table or key that nobody knows."""
    write = f"write `schema = {SCHEMA}` as the first line"
    if "schema" not in data:
        findings.flaws.append(Flaw(Place(), f"the file does not say `schema = {SCHEMA}`", write))
    elif type(data["schema"]) is not int or data["schema"] != SCHEMA:
        findings.flaws.append(Flaw(Place("schema"), f"`schema` must be {SCHEMA}", write))
    for name, value in data.items():
        if name in _TOP:
            continue
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value)):
            meant = nearest(name, [*KINDS, Profile.kind])
            hint = f"did you mean `{_header_of(meant)}`?" if meant else f"kinds are: {', '.join(KINDS)}"
            findings.flaws.append(Flaw(Place(name), f"{shown_input(name)} is no kind of record", hint))
        else:
            findings.warnings.append(_unknown_key(name, Place(), "the file", _TOP))


def _header_of(kind: str) -> str:
    return f"[{kind}]" if kind == Profile.kind else f"[[{kind}]]"


def _profile(data: Table, tables: dict[str, Table], findings: Findings) -> Profile | None:
    table = data.get(Profile.kind)
    if isinstance(table, dict):
        tables[Profile.kind] = table
        return decode_fact(Profile, table, Place(Profile.kind), findings, Profile.kind)
    hint = 'add `[profile]` and below it `name = "Office Manager"`'
    message = "the file has no `[profile]` table"
    if Profile.kind in data:
        message, hint = "`profile` must be written as one `[profile]` table", "write `[profile]`"
    findings.flaws.append(Flaw(Place(Profile.kind), message, hint))
    return None


def _records(kind: str, data: Table, tables: dict[str, Table], findings: Findings) -> Iterator[Fact]:
    """Read the records of one kind; give those that have no flaw."""
    records = _blocks(data, kind)
    if not records:
        findings.flaws.append(
            Flaw(Place(kind), f"`{kind}` must be written as `[[{kind}]]` blocks", f"write `[[{kind}]]`")
        )
    cls = KINDS[kind]
    looks_right = re.compile(_pattern(kind), re.ASCII).fullmatch
    for number, record in enumerate(records):
        place = Place(kind, number)
        before = len(findings.flaws)
        name = record.get("id")
        if not isinstance(name, str) or not looks_right(name):
            findings.flaws.append(_wrong_id(kind, place, "id" in record, records))
            name = None
        elif name in tables:
            findings.flaws.append(_second(kind, name, place, records))
        else:
            tables[name] = record
        fact = decode_fact(cls, record, place, findings, name)
        if fact is not None and len(findings.flaws) == before:
            yield fact


def _blocks(data: Table, kind: str) -> Sequence[Table]:
    """Give the tables of one kind; none where anything else stands under that name."""
    records = data.get(kind)
    return records if isinstance(records, list) and all(isinstance(record, dict) for record in records) else ()


def _pattern(kind: str) -> str:
    return keys.CREDENTIAL_ID if kind == Credential.kind else rf"{kind}-{_NUMBER}"


def _wrong_id(kind: str, place: Place, there: bool, records: Sequence[Table]) -> Flaw:
    who = _numbered(place)
    if kind == Credential.kind:
        hint = 'write the id of its rule set, such as `id = "pahcom.cmm"`; `cmmctl rules` lists them'
    else:
        hint = f'write `id = "{_free(kind, records)}"`'
    return Flaw(place.at("id"), f"the id of {who} must look like `{wanted}`" if there else f"{who} has no `id`", hint)


def _second(kind: str, name: str, place: Place, records: Sequence[Table]) -> Flaw:
    hint = "a credential stands once; make one block of the two"
    if kind != Credential.kind:
        hint = f'give one of the two another id, such as `id = "{_free(kind, records)}"`'
    return Flaw(place.at("id"), f"the id {name} stands twice", hint)
