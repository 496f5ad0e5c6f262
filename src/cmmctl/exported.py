"""The way back of `export data`: every record with its keys, under its own id where that was never used.

Pure: JSON, or tables with an `id` first and the names of keys after it, in; a plan of what to write out. What a
spreadsheet did to such a table in between (dates as people write them, `$`) is understood.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from cmmctl import keys
from cmmctl.amounts import read_amount, shown_input
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.likeness import twin
from cmmctl.model import KINDS, Credential, Fact, Portfolio, Profile
from cmmctl.schema import REFERENCES, highest
from cmmctl.spreadsheet import Row, Sheet, harmless_again, items_of, unescaped
from cmmctl.tally import folded
from cmmctl.typed import Record, kind_of, validate

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?")
_FIGURES = {keys.HOURS.name, keys.NUMBER.name, keys.RATE.name, keys.MONEY.name}
_COUNTS = {keys.WHOLE.name, keys.SOME.name, keys.MINUTES.name}
_DAYS = {keys.DAY.name, keys.STATED.name}


class Item(NamedTuple):
    """One record of what was exported, and the line of its file where it has one."""

    kind: str
    name: str
    body: Record
    file: str
    line: int | None = None
    left: tuple[str, ...] = ()  # what nobody understands
    said: str = ""  # its row, as a spreadsheet counts


class Differing(NamedTuple):
    """A row that is left out because it looks like a record, or an earlier row, and what it says otherwise.

    `completes`: the row took place, and the record is planned.
    """

    row: str
    like: str
    keys: tuple[str, ...]
    completes: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import would do: records with their kind, rows that are there already, columns left out.

    An expense that names no records was paid for the record before it. `alike`: new ids, each with that of a record
    which looks the same and says something else. `differing`: of the rows that are there already, those that say
    something else.
    """

    records: tuple[tuple[str, Record], ...]
    present: int = 0
    unused: tuple[str, ...] = ()
    columns: Mapping[str, str] | None = None
    alike: tuple[tuple[str, str], ...] = ()
    differing: tuple[Differing, ...] = ()


def kind_of_sheet(sheet: Sheet) -> str | None:
    """Tell of which kind a table is that `export data` wrote; None for any other."""
    known: set[str] = set()
    if sheet.header[:1] != ["id"] or not sheet.rows:
        return None
    for row in sheet.rows:
        prefix, sign, number = row.cells[0].strip().rpartition("-")
        if row.cells[0] == Profile.kind:
            known.add(Profile.kind)
        elif re.fullmatch(keys.CREDENTIAL_ID, row.cells[0].strip()):
            known.add(Credential.kind)
        else:
            known.add(prefix if sign and prefix in KINDS and number.isdecimal() else "")
    return known.pop() if len(known) == 1 and "" not in known else None


def of_sheet(kind: str, sheet: Sheet, file: str, today: date) -> Iterator[Item | Problem]:
    """Read the rows of such a table; what cannot be read is a problem with its row."""
    known = keys_of(kind_of(kind))
    left = tuple(name for name in sheet.header[1:] if name not in known)
    for row in sheet.rows:
        body: Record = {}
        for name, word in _words(sheet, row):
            if name in known and word.strip():
                try:
                    body[name] = _read(known[name], word, today)
                except ValueError as error:
                    yield Problem(message=f"{row.said}`{name}`: {error}", file=file, line=row.number)
        yield Item(kind, row.cells[0].strip(), body, file, row.number, left, row.said)


def _words(sheet: Sheet, row: Row) -> Iterator[tuple[str, str]]:
    for name, cell in zip(sheet.header[1:], row.cells[1:], strict=False):
        yield name, unescaped(harmless_again(cell))


def _read(key: Key, word: str, today: date) -> object:
    """Read a cell as what stands in the file; what is none of it stays a text, and the file's reader says so."""
    if key.value.many:
        return items_of(word)
    clean = word.strip()
    if key.value is keys.FLAG or key.value.name in _DAYS:
        return key.value.from_text(clean, today)
    if key.value is keys.MONEY and not _NUMBER.fullmatch(clean):
        return read_amount(clean, symbols=True)
    if key.value.name in _FIGURES and _NUMBER.fullmatch(clean):
        return Decimal(clean)
    if key.value.name in _COUNTS and clean.isascii() and clean.isdecimal():
        return int(clean)
    return word


def of_json(text: str, file: str) -> list[Item]:
    """Read the JSON of `export data`. Raises where it is something else."""
    try:
        listed = [(item["kind"], item["id"], dict(item)) for item in json.loads(text)["data"]["records"]]
        json.dumps(listed, ensure_ascii=False).encode()  # half a character cannot be written
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        hint = "give a CSV file, or that JSON file"
        raise failure("this is not what `cmmctl export data` writes", "bad-value", hint) from error
    items = []
    for kind, name, item in listed:
        if not isinstance(kind, str) or kind not in {*KINDS, Profile.kind}:
            raise failure(f"{shown_input(str(kind))} is no kind of record", "bad-value")
        known = keys_of(kind_of(kind))
        body = {key: _value(known[key], value) for key, value in item.items() if key in known}
        left = tuple(key for key in item if key not in {*known, "kind", "id"})
        items.append(Item(kind, str(name), body, file, left=left))
    return items


def _value(key: Key, value: Any) -> Any:  # noqa: ANN401 - what JSON and TOML hold
    if isinstance(value, float):
        return Decimal(str(value))
    if key.value.name in _DAYS and _DAY.fullmatch(str(value)):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def planned_back(
    items: Sequence[Item | Problem], portfolio: Portfolio, given_ids: Iterable[str], today: date, *, whole: bool
) -> Plan:
    """Plan what to write of them. Raises every problem at once.

    A record that is there already, under its id or another, is skipped, and what refers to it follows; so it does
    where an id was used and the record gets the next one. The profile of the portfolio at hand stays. What is not
    `whole` names only records that are there.
    """
    problems = [item for item in items if isinstance(item, Problem)]
    read = [item for item in items if isinstance(item, Item) and item.kind != Profile.kind]
    present, alike = Present(portfolio, today).found(read)
    kept: list[Item] = []
    renamed: dict[str, str] = {}
    ids = Ids(given_ids)
    for number, item in enumerate(read):
        if number in present:
            renamed.setdefault(item.name, present[number])
            continue
        if item.kind == Credential.kind and item.name in portfolio.tables:
            message = f"{item.name} is already on record and says something else"
            problems.append(_at(item, Problem(message=message, code="exists", hint=f"`cmmctl show {item.name}`")))
            continue
        name = ids.of(item.kind, item.name)
        renamed.setdefault(item.name, name)
        if number in alike:
            alike[number] = name, alike[number][1]
        kept.append(item._replace(name=name))
    records = [(item.kind, {"id": item.name, **_followed(item.body, renamed)}) for item in kept]
    there_then = portfolio.tables.keys() | renamed.values()
    for item, (kind, record) in zip(kept, records, strict=True):
        body = {key: value for key, value in record.items() if key != "id"}
        problems += [_at(item, problem) for problem in _problems(kind, item.name, body, today)]
        if not whole and (lost := [name for name in _named(body) if name not in there_then]):
            message = f"{item.name} names {', '.join(lost)}, which is not on record"
            hint = "import the whole folder that `cmmctl export data -o NAME/` wrote"
            problems.append(_at(item, Problem(message=message, code="not-found", hint=hint)))
    if problems:
        raise CmmctlError(*problems)
    unused = dict.fromkeys(name for item in kept for name in item.left)
    skipped = len(items) - len(records)
    profiles = [item.body for item in items if isinstance(item, Item) and item.kind == Profile.kind]
    others = [_others(body, portfolio.tables.get(Profile.kind, {})) for body in profiles]
    differing = tuple(Differing(Profile.kind, Profile.kind, keys) for keys in others if keys)
    return Plan(
        records=tuple(records), present=skipped, unused=tuple(unused), alike=tuple(alike.values()), differing=differing
    )


def _others(record: Record, there: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the keys of a record that say something else than the one that is there, or that it lacks."""
    known = dict(said(Profile.kind, there))
    return tuple(name for name, value in said(Profile.kind, record) if known.get(name) != value)


class Present:
    """The records that are there already, each for one that is imported: what stands twice is not lost."""

    def __init__(self, portfolio: Portfolio, today: date) -> None:
        self.portfolio = portfolio
        self.today = today
        self.free: dict[str, list[str]] = {}  # ids by what any record of the kind must say
        self.near: dict[object, list[Fact]] = {}  # those that may look the same
        for fact in portfolio:
            self.near.setdefault(_told(fact), []).append(fact)
            self.free.setdefault(_core(fact.kind, portfolio.tables[fact.id]), []).append(fact.id)

    def found(self, items: Sequence[Item]) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
        """Find those of items that are there, and what those that are new look like: by the item's number.

        What a record names is found before it, because its id may be another one here.
        """
        present: dict[int, str] = {}
        alike: dict[int, tuple[str, str]] = {}
        here: dict[str, str] = {}
        todo = dict(enumerate(items))
        while todo:
            names = {item.name for item in todo.values()}
            ready = [number for number, item in todo.items() if not names.intersection(_named(item.body))]
            for number in sorted(ready or todo, key=lambda number: items[number].name not in self.portfolio.tables):
                item = todo.pop(number)
                body = _followed(item.body, here)
                if name := self._same(item, body):
                    present[number] = here[item.name] = name
                    continue
                name = self._like(item, body)
                here[item.name] = name or ""  # what names a new record is new itself
                if name:
                    alike[number] = item.name, name
        return present, alike

    def _same(self, item: Item, body: Record) -> str | None:
        """Take the record that says everything this one says, under its own id if it can be."""
        free = self.free.get(_core(item.kind, body), [])
        same = [name for name in free if _says(item.kind, self.portfolio.tables[name], body, own=name == item.name)]
        if item.kind == Credential.kind:
            same = [name for name in same if name == item.name]
        if not same:
            return None
        name = item.name if item.name in same else same[0]
        free.remove(name)
        return name

    def _like(self, item: Item, body: Record) -> str | None:
        """Find a record that looks the same and says something else."""
        try:
            new = validate(item.kind, item.name, body, self.today)
        except CmmctlError:  # said later, with all others
            return None
        found = twin(new, self.portfolio.but({new.kind: tuple(self.near.get(_told(new), ()))}))
        return found.id if found else None


def _told(fact: Fact) -> object:
    """Give the first thing that tells two of a kind apart: those that differ in it need not be compared."""
    telling = next((getattr(fact, key.name) for key in keys_of(type(fact)).values() if key.telling), "")
    return fact.kind, folded(telling) if isinstance(telling, str) else frozenset(telling)


def _core(kind: str, record: Mapping[str, Any]) -> str:
    known = keys_of(kind_of(kind)).values()
    return repr((kind, [_comparable(record.get(key.name)) for key in known if key.required]))


def _says(kind: str, there: Mapping[str, Any], body: Record, *, own: bool) -> bool:
    """Tell whether a record says all that another one does, and the same of what tells two of its kind apart.

    Under the same id the note does not matter.
    """
    return all(
        _comparable(there.get(key.name, key.default)) == _comparable(body.get(key.name, key.default))
        for key in keys_of(kind_of(kind)).values()
        if (key.name in body or key.telling) and not (own and key.name == "note")
    )


def _at(item: Item, problem: Problem) -> Problem:
    return problem._replace(message=item.said + problem.message, file=item.file, line=item.line)


def _problems(kind: str, name: str, body: Record, today: date) -> Iterable[Problem]:
    try:
        validate(kind, name, body, today)
    except CmmctlError as error:
        return error.problems
    return ()


class Ids:
    """The ids that are given, each once: its own where it never was, else the next of its kind."""

    def __init__(self, given: Iterable[str]) -> None:
        self.before = tuple(given)
        self.given = set(self.before)
        self.highest: dict[str, tuple[int, int]] = {}  # of every kind: before, and now

    def of(self, kind: str, name: str) -> str:
        """Give the id for a record that had this one."""
        if kind == Credential.kind:
            return name
        if kind not in self.highest:
            self.highest[kind] = (highest(kind, self.before),) * 2
        before, now = self.highest[kind]
        prefix, _, number = name.rpartition("-")
        own = prefix == kind and re.fullmatch(keys.NUMBER_OF_ID, number) is not None and name not in self.given
        if not own or int(number) <= before:  # given before, even to a record that is gone
            name, number = f"{kind}-{now + 1}", str(now + 1)
        self.given.add(name)
        self.highest[kind] = before, max(now, int(number))
        return name


def said(kind: str, record: Mapping[str, Any]) -> tuple[tuple[str, object], ...]:
    """Give what a record says, for comparing: 349 and 349.00 are the same, and the note does not matter."""
    known = keys_of(kind_of(kind))
    return tuple(
        sorted((name, _comparable(value)) for name, value in record.items() if name in known and name != "note")
    )


def _comparable(value: object) -> object:
    match value:
        case bool():
            return value
        case int() | Decimal() if Decimal(value).is_finite():
            return Fraction(value)
        case list() | tuple():
            return tuple(map(_comparable, value))
        case _:
            return value


def _named(body: Record) -> list[str]:
    """List the records that a record names."""
    lists = [body[key] if isinstance(body[key], list) else [body[key]] for key in REFERENCES if key in body]
    return [str(name) for names in lists for name in names]


def _followed(body: Record, renamed: Mapping[str, str]) -> Record:
    """Let what names a record name it by its new id."""
    new = dict(body)
    for key in REFERENCES:
        match body.get(key):
            case list() as names:
                new[key] = [renamed.get(name, name) if isinstance(name, str) else name for name in names]
            case str() as name:
                new[key] = renamed.get(name, name)
    return new
