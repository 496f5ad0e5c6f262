"""The data of a whole file -> the facts of one person, and everything that is wrong with it at once.

Unknown keys are kept and warned of; unknown kinds are refused with the nearest. A record that is named and not
there never changes a figure, so it is a warning too.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

from cmmctl import keys
from cmmctl.amounts import shown_input
from cmmctl.described import keys_of
from cmmctl.errors import nearest
from cmmctl.model import KINDS, Credential, Fact, Portfolio, Profile
from cmmctl.rules import RuleSet
from cmmctl.tables import Findings, Flaw, Place, Table, decode_fact, glance, unknown, unknown_key

SCHEMA = 1

_TOP = ("schema", "profile", *KINDS)
_FIGURES = ("required", "cycle_months")  # what a credential says itself where no rule set does
_KEPT = "it is kept and not used"
REFERENCES = ("records", "entries", "claim")  # keys that name other records


class Rulebook(Protocol):
    """What the schema must know of rule sets."""

    def names(self) -> Sequence[str]:
        """List the ids of all rule sets."""

    def find(self, credential: str) -> RuleSet | None:
        """Give one rule set."""


class Reading(NamedTuple):
    """What was understood of a file, and what was not."""

    portfolio: Portfolio
    flaws: tuple[Flaw, ...] = ()
    warnings: tuple[Flaw, ...] = ()


def read(data: Table, rulebook: Rulebook) -> Reading:
    """Understand a whole file. The portfolio holds the records that have no flaw of their own."""
    if refusal := _refusal(data):
        return Reading(Portfolio(), (refusal,))
    findings = Findings()
    tables: dict[str, Table] = {}
    profile = _profile(data, tables, findings)
    facts = {kind: tuple(_records(kind, data, tables, findings)) for kind in data if kind in KINDS}
    flaws = (*_header(data), *findings.flaws, *_credentials(data, rulebook), *_unknown_credentials(data, rulebook))
    warnings = (*_unknown_keys(data, findings), *_dangling(data, tables), *_ambiguous(data, findings.twice))
    return Reading(Portfolio(profile, facts, tables), flaws, warnings)


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


def _header(data: Table) -> Iterator[Flaw]:
    """Find what is wrong above the records: the version, and kinds that nobody knows."""
    hint = f"write `schema = {SCHEMA}` as the first line"
    if "schema" not in data:
        yield Flaw(Place(), f"the file does not say `schema = {SCHEMA}`", hint)
    elif type(data["schema"]) is not int or data["schema"] != SCHEMA:
        yield Flaw(Place("schema"), f"`schema` must be {SCHEMA}", hint)
    for name, value in data.items():
        if name not in _TOP and _holds_tables(value):
            from cmmctl.kinds import kind  # noqa: PLC0415 - only where something is wrong

            meant = kind(name, _TOP[1:])
            hint = f"did you mean `{_header_of(meant)}`?" if meant else f"kinds are: {', '.join(KINDS)}"
            yield Flaw(Place(name), f"{shown_input(name)} is no kind of record", hint)


def _holds_tables(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))


def _header_of(kind: str) -> str:
    return f"[{kind}]" if kind == Profile.kind else f"[[{kind}]]"


def _profile(data: Table, tables: dict[str, Table], findings: Findings) -> Profile | None:
    table = data.get(Profile.kind)
    if isinstance(table, dict):
        tables[Profile.kind] = table
        return decode_fact(Profile, table, Place(Profile.kind), Profile.kind, findings)
    if Profile.kind in data:
        flaw = Flaw(Place(Profile.kind), "`profile` must be written as one `[profile]` table", "write `[profile]`")
    else:
        hint = 'add `[profile]` and below it `name = "Office Manager"`'
        flaw = Flaw(Place(Profile.kind), "the file has no `[profile]` table", hint)
    findings.flaws.append(flaw)
    return None


def _records(kind: str, data: Table, tables: dict[str, Table], findings: Findings) -> Iterator[Fact]:
    """Read the records of one kind; give those that have no flaw."""
    records = _blocks(data, kind)
    if records is not data[kind]:
        message = f"`{kind}` must be written as `[[{kind}]]` blocks"
        findings.flaws.append(Flaw(Place(kind), message, f"write `[[{kind}]]`"))
    cls, free = KINDS[kind], _free_ids(kind, records)
    looks_right = re.compile(keys.CREDENTIAL_ID if cls is Credential else f"{kind}-{keys.NUMBER_OF_ID}").fullmatch
    for number, record in enumerate(records):
        name = record.get("id")
        if isinstance(name, str) and name not in tables and looks_right(name) and (fact := glance(cls, record)):
            tables[name] = record
            yield fact
            continue
        place = Place(kind, number)
        if isinstance(name, str) and looks_right(name):
            fact = decode_fact(cls, record, place, name, findings)
            if name in tables:
                findings.flaws.append(_second(name, place, next(free)))
                findings.twice.add(name)
            elif fact is not None:
                yield fact
            tables.setdefault(name, record)
        else:
            who = _numbered(kind, number)
            findings.flaws.append(_wrong_id(who, place, next(free), there="id" in record))
            decode_fact(cls, record, place, who, findings)


def _numbered(kind: str, number: int) -> str:
    return f"[[{kind}]] number {number + 1}"


def _blocks(data: Table, kind: str) -> Sequence[Table]:
    """Give the tables of one kind; none where anything else stands under that name."""
    records = data.get(kind, [])
    return records if isinstance(records, list) and {*map(type, records)} <= {dict} else []


def _wrong_id(who: str, place: Place, free: str, *, there: bool) -> Flaw:
    if there:
        return Flaw(place.at("id"), f"the id of {who} must look like `{free}`", f'write `id = "{free}"`')
    return Flaw(place, f"{who} has no `id`", f'add `id = "{free}"`, or run `cmmctl check --repair`')


def _second(name: str, place: Place, free: str) -> Flaw:
    hint = f'give one of the two another id, such as `id = "{free}"`'
    if place[0] == Credential.kind:
        hint = "a credential stands once: make one block of the two"
    return Flaw(place.at("id"), f"the id {name} stands twice", hint)


def _free_ids(kind: str, records: Sequence[Table]) -> Iterator[str]:
    """Give ids that no record of a kind has, one after the other; a credential has the id of its rule set."""
    number = highest(kind, (str(record.get("id")) for record in records))
    while True:
        number += 1
        yield keys.CREDENTIAL.example if kind == Credential.kind else f"{kind}-{number}"


def _credentials(data: Table, rulebook: Rulebook) -> Iterator[Flaw]:
    """Every credential must have a rule set, or figures of its own; a reading must be one of its rule set's."""
    for number, record in enumerate(_blocks(data, Credential.kind)):
        name, place = record.get("id"), Place(Credential.kind, number)
        if not isinstance(name, str):
            continue
        rules = rulebook.find(name)
        edition = record.get("edition")
        if rules is None:
            yield from _without_rules(name, record, place, rulebook)
        elif isinstance(edition, str) and edition not in (names := [each.name for each in rules.editions]):
            yield Flaw(place.at("edition"), *unknown(edition, names, "edition", f" of {name}"))


def _without_rules(name: str, record: Table, place: Place, rulebook: Rulebook) -> Iterator[Flaw]:
    if not all(key in record for key in _FIGURES):
        meant = nearest(name, rulebook.names())
        hint = f"did you mean `{meant}`? " if meant else ""
        hint += "without a rule set, give the hours it asks for: `required = 24` and `cycle_months = 24`"
        yield Flaw(place.at("id"), f"there is no rule set for {shown_input(name)}", hint)
    if "edition" in record:
        message = f"`edition` of {name} names a reading, and there is no rule set that has it"
        yield Flaw(place.at("edition"), message, "delete that line")


def _unknown_credentials(data: Table, rulebook: Rulebook) -> Iterator[Flaw]:
    """Find credentials that are named and neither on record nor in a rule set."""
    recorded = [str(record.get("id")) for record in _blocks(data, Credential.kind)]
    known = sorted({*recorded, *rulebook.names()})
    for place, who, name in _words(data, ("credential", "credentials")):
        if name not in known and re.fullmatch(keys.CREDENTIAL_ID, name):
            yield Flaw(place, *unknown(name, known, "credential", f" of {who}"))


def _words(data: Table, named: Sequence[str]) -> Iterator[tuple[Place, str, str]]:
    """List the words that records have under keys of these names: where, in which record, and the word."""
    for kind, cls in KINDS.items():
        for key in keys_of(cls).keys() & named:
            for number, record in enumerate(_blocks(data, kind)):
                if key not in record:
                    continue
                value = record[key]
                for word in value if isinstance(value, list) else (value,):
                    if isinstance(word, str):
                        yield Place(kind, number, key), str(record.get("id", _numbered(kind, number))), word


def _unknown_keys(data: Table, findings: Findings) -> Iterator[Flaw]:
    """Word what is kept and not used, once for each kind of record."""
    for name, value in data.items():
        if name not in _TOP and not _holds_tables(value):
            yield unknown_key(name, Place(name), "the file", _TOP[:1], _KEPT)
    for (cls, name), found in findings.unknown.items():
        place, who = found[0]
        more = f", like {len(found) - 1} more," if len(found) > 1 else ""
        yield unknown_key(name, place, who + more, keys_of(cls), _KEPT)


def _dangling(data: Table, tables: Mapping[str, Table]) -> Iterator[Flaw]:
    """Find references to records that are not there, or are no claim where only a claim will do."""
    for place, who, name in _words(data, REFERENCES):
        if name not in tables:
            yield Flaw(place, f"{who} names {shown_input(name)}, which is not in the file")
        elif place[-1] == "claim" and not name.startswith("claim-"):
            yield Flaw(place, f"{who} names {name}, which is no claim")


def _ambiguous(data: Table, twice: Collection[str]) -> Iterator[Flaw]:
    """Find references to an id that two records have: which of them is meant, only a person knows."""
    for place, who, name in _words(data, REFERENCES) if twice else ():
        if name in twice:
            hint = f"give one of the two another id; where {who} means that one, write its new id here"
            yield Flaw(place, f"{who} names {name}, which stands twice: it is not clear which is meant", hint)


def references(fact: Fact) -> Iterator[tuple[str, str]]:
    """List the records a fact names, with the key that names them."""
    for key in REFERENCES:
        value = getattr(fact, key, ())
        for name in (value,) if isinstance(value, str) else value:
            yield key, name


def next_id(kind: str, taken: Iterable[str]) -> str:
    """Give the id after the highest of the kind among those in the file, in references and in the history."""
    return f"{kind}-{highest(kind, taken) + 1}"


def highest(kind: str, taken: Iterable[str]) -> int:
    """Give the highest number of a kind among these ids; 0 where there is none."""
    numbers = (name.removeprefix(f"{kind}-") for name in taken if name.startswith(f"{kind}-"))
    return max((int(number) for number in numbers if re.fullmatch(keys.NUMBER_OF_ID, number)), default=0)
