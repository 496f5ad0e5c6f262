"""Mapping <-> dataclass: one validator for the file, for rule sets and for what was typed.

All problems are found at once, each at its place (table, how many-th of its kind, key); who knows the text
turns a place into a line. Unknown keys are kept and warned of; unknown kinds are refused with the nearest.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from cmmctl.errors import nearest
from cmmctl.model import KINDS, Credential, Fact, Portfolio, Profile, keys_of
from cmmctl.rules import RuleSet

SCHEMA = 1
T = TypeVar("T")


class Place(NamedTuple):
    """Where something stands: the n-th table of a name, and a key in it."""

    table: str | None = None
    number: int = 0
    key: str | None = None


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
    """What was found while reading: what is wrong, what is odd, and where each record stands."""

    flaws: list[Flaw] = field(default_factory=list)
    warnings: list[Flaw] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)


_READERS: dict[type, tuple[Mapping[str, Callable[[object], object]], frozenset[str]]] = {}


def _readers(cls: type) -> tuple[Mapping[str, Callable[[object], object]], frozenset[str]]:
    if cls not in _READERS:
        keys = keys_of(cls)
        required = frozenset(name for name, key in keys.items() if key.required)
        _READERS[cls] = {name: key.value.from_file for name, key in keys.items()}, required
    return _READERS[cls]


def decode(cls: type[T], table: Mapping[str, object], place: Place, findings: Findings, **rest: Any) -> T | None:  # noqa: ANN401
    """Read one table into its dataclass; None where something is wrong, which `findings` then says.

    `rest` holds what does not stand in the table under its own name: the id, nested tables.
    """
    readers, required = _readers(cls)
    who = _called(rest.get("id"), place)
    values: dict[str, Any] = {}
    before = len(findings.flaws)
    for name, value in table.items():
        reader = readers.get(name)
        if reader is None:
            if name not in rest:
                meant = nearest(name, readers)
                hint = f"did you mean `{meant}`?" if meant else None
                findings.warnings.append(
                    Flaw(
                        place._replace(key=name),
                        f"{who} has the unknown key `{name}`, which is kept and not used",
                        hint,
                    )
                )
            continue
        try:
            values[name] = reader(value)
        except ValueError as error:
            findings.flaws.append(Flaw(place._replace(key=name), f"`{name}` of {who} {error}"))
    for name in sorted(required - table.keys() - rest.keys()):
        key = keys_of(cls)[name]
        findings.flaws.append(Flaw(place, f"{who} has no `{name}`", f"add a line such as `{_line(name, key.value)}`"))
    if len(findings.flaws) > before:
        return None
    return cls(**values, **rest)


def _called(name: object, place: Place) -> str:
    return str(name) if name else f"[[{place.table}]] number {place.number + 1}" if place.table else "the file"


def _line(name: str, value: Any) -> str:  # noqa: ANN401 - a Value; named to keep the import list short
    bare = value.name in {
        "date",
        "hours",
        "number",
        "amount",
        "whole number",
        "number from zero",
        "yes or no",
    }
    example = value.example if bare else f'"{value.example}"'
    return f"{name} = [{example}]" if value.many else f"{name} = {example}"


def read(data: Mapping[str, object], rulebook: Rulebook) -> Reading:
    """Understand a whole file. The portfolio holds what could be read; every flaw is in the list."""
    findings = Findings()
    findings.flaws.extend(_header(data))
    profile = _profile(data, findings)
    facts: dict[str, tuple[Fact, ...]] = {}
    tables: dict[str, Mapping[str, object]] = {"profile": data["profile"]} if profile else {}  # type: ignore[dict-item] # a table, or there would be no profile
    for kind, records in data.items():
        if kind in KINDS:
            facts[kind] = tuple(_records(kind, records, tables, findings))
    portfolio = Portfolio(profile, facts, tables)
    findings.flaws.extend(_credentials(portfolio, rulebook, findings.places))
    findings.warnings.extend(_dangling(portfolio, findings.places))
    return Reading(portfolio, tuple(findings.flaws), tuple(findings.warnings))


def _header(data: Mapping[str, object]) -> Iterator[Flaw]:
    version = data.get("schema")
    if version is None:
        yield Flaw(Place(), "the file does not say `schema = 1`", "add `schema = 1` as its first line")
    elif type(version) is not int or version < 1:
        yield Flaw(Place(key="schema"), "`schema` must be 1")
    elif version > SCHEMA:
        hint = "upgrade cmmctl: `python -m pip install --upgrade cmmctl`"
        yield Flaw(
            Place(key="schema"),
            f"the file was written by a newer cmmctl (schema {version})",
            hint,
            "schema-newer",
        )
    for name, value in data.items():
        if name not in KINDS and name not in {"schema", "profile"} and isinstance(value, dict | list):
            meant = nearest(name, [*KINDS, "profile"])
            hint = f"did you mean `[[{meant}]]`?" if meant else f"kinds are: {', '.join(KINDS)}"
            yield Flaw(Place(name), f"`{name}` is no kind of record", hint)


def _profile(data: Mapping[str, object], findings: Findings) -> Profile | None:
    table = data.get("profile")
    if not isinstance(table, dict):
        findings.flaws.append(
            Flaw(
                Place("profile"),
                "the file has no `[profile]` table",
                'add `[profile]` and below it `name = "Office Manager"`',
            )
        )
        return None
    return decode(Profile, table, Place("profile"), findings, id="profile")


def _records(kind: str, records: object, tables: dict[str, Mapping[str, object]], findings: Findings) -> Iterator[Fact]:
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        findings.flaws.append(
            Flaw(Place(kind), f"`{kind}` must be written as `[[{kind}]]` blocks", f"write `[[{kind}]]`")
        )
        return
    cls = KINDS[kind]
    for index, record in enumerate(records):
        place = Place(kind, index)
        name = record.get("id")
        if flaw := _wrong_id(kind, name, place):
            findings.flaws.append(flaw)
        elif name in tables:
            findings.flaws.append(
                Flaw(
                    place._replace(key="id"),
                    f"the id {name} stands twice",
                    f"give one of the two another id: `cmmctl edit {name}`",
                )
            )
        else:
            tables[name] = record
            findings.places[name] = place
        fact = decode(cls, record, place, findings, id=name)
        if fact is not None:
            findings.flaws.extend(Flaw(place._replace(key=key), f"{message}") for key, message in fact.contradictions())
            yield fact


def _wrong_id(kind: str, name: object, place: Place) -> Flaw | None:
    wanted = "issuer.credential" if kind == Credential.kind else f"{kind}-1"
    pattern = r"[a-z0-9-]+(\.[a-z0-9-]+)+" if kind == Credential.kind else rf"{kind}-[1-9][0-9]*"
    if name is None:
        return Flaw(
            place,
            f"[[{kind}]] number {place.number + 1} has no `id`",
            "run `cmmctl check --repair` to give it one",
        )
    if not isinstance(name, str) or not re.fullmatch(pattern, name, re.ASCII):
        return Flaw(
            place._replace(key="id"),
            f"the id of [[{kind}]] number {place.number + 1} must look like `{wanted}`",
        )
    return None


def _credentials(portfolio: Portfolio, rulebook: Rulebook, places: Mapping[str, Place]) -> Iterator[Flaw]:
    """Every credential named anywhere must be one we can know something about."""
    recorded = {credential.id for credential in portfolio.all(Credential)}
    known = recorded.union(rulebook.names())
    for credential in portfolio.all(Credential):
        place = places.get(credential.id, Place(Credential.kind))
        rules = rulebook.find(credential.id)
        if rules is None:
            if credential.required is None or credential.cycle_months is None:
                meant = nearest(str(credential.id), rulebook.names())
                hint = f"did you mean `{meant}`? " if meant else ""
                yield Flaw(
                    place._replace(key="id"),
                    f"there is no rule set for {credential.id}",
                    f"{hint}without a rule set, give the hours it asks for: `required = 24` and `cycle_months = 24`",
                )
        elif credential.edition and credential.edition not in {edition.name for edition in rules.editions}:
            yield Flaw(
                place._replace(key="edition"),
                *unknown(credential.edition, [e.name for e in rules.editions], "edition"),
            )
    for fact in portfolio:
        for key in ("credential", "credentials"):
            named = getattr(fact, key, None)
            for name in (named,) if isinstance(named, str) else named or ():
                if name not in known:
                    place = places.get(fact.id, Place(fact.kind))
                    yield Flaw(place._replace(key=key), *unknown(name, sorted(known), "credential", f" of {fact.id}"))


def unknown(name: str, known: Sequence[str], what: str, where: str = "") -> tuple[str, str]:
    """Word the message and the hint for a name that nobody knows."""
    meant = nearest(name, known)
    return (
        f"`{name}`{where} is no known {what}",
        f"did you mean `{meant}`?" if meant else f"known: {', '.join(known)}",
    )


def _dangling(portfolio: Portfolio, places: Mapping[str, Place]) -> Iterator[Flaw]:
    """Find references to records that are not there. They never change a figure, so they only warn."""
    for fact in portfolio:
        for key, name in references(fact):
            if name not in portfolio.tables:
                place = places.get(fact.id, Place(fact.kind))
                yield Flaw(place._replace(key=key), f"{fact.id} names {name}, which is not in the file")


def references(fact: Fact) -> Iterator[tuple[str, str]]:
    """List the records a fact names, with the key that names them."""
    for key in ("records", "entries"):
        for name in getattr(fact, key, ()):
            yield key, name
    if (claim := getattr(fact, "claim", None)) is not None:
        yield "claim", claim


def next_id(kind: str, taken: Sequence[str]) -> str:
    """Give the id after the highest of the kind among those in the file, in references and in the history."""
    prefix = f"{kind}-"
    numbers = (name.removeprefix(prefix) for name in taken if name.startswith(prefix))
    return f"{prefix}{max((int(number) for number in numbers if number.isdigit()), default=0) + 1}"


def counts(portfolio: Portfolio) -> Counter[str]:
    """Count the records by kind."""
    return Counter({kind: len(facts) for kind, facts in portfolio.facts.items()})
