"""Many records at once, from a spreadsheet's CSV or from what `export data` wrote.

Pure: bytes in, records out, every problem with its row. Headers are guessed from what spreadsheets and
providers write; a column nobody understands is named and left out. PAHCOM's, AAPC's and AHIMA's "CEU" is about
one hour, an IACET CEU is ten: only a header that says IACET is read as such.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cmmctl.errors import CmmctlError, Problem, failure, nearest
from cmmctl.model import KINDS, Credential, Key, Portfolio, Profile, keys_of
from cmmctl.schema import next_id
from cmmctl.typed import Context, Record, kind_of, missing, validate, values

# What people call a key in a spreadsheet; every key's own name is known without being listed.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": ("course", "course title", "course name", "activity name", "session", "event", "name", "program"),
    "provider": ("sponsor", "organization", "organisation", "vendor", "provider name", "company", "school"),
    "date": ("completed", "completion date", "date completed", "end date", "date taken", "date earned", "day"),
    "completed": ("date", "completion date", "date completed", "end date", "graduated"),
    "hours": ("credits", "credit", "credit hours", "ce hours", "ceu", "ceus", "ce credits", "contact hours", "ce"),
    "iacet_ceus": ("iacet", "iacet ceu", "iacet ceus"),
    "minutes": ("duration minutes", "length minutes", "mins"),
    "start": ("start date", "from", "begin", "begin date", "since"),
    "end": ("end date", "to", "until"),
    "approvals": ("index", "index number", "approval", "approval number", "approval code"),
    "institution": ("college", "university", "school"),
    "credits": ("credit hours", "college credits", "semester hours"),
    "employer": ("company", "organization", "practice"),
    "presenter": ("speaker", "instructor"),
    "place": ("location", "city", "venue"),
    "activity": ("type", "format", "delivery"),
    "domains": ("domain", "category"),
    "note": ("notes", "comment", "comments", "remarks"),
}
_FORMULA = re.compile(r"^'(?=[=+@-])")  # what `export data` writes before a text that a spreadsheet would run
_SEPARATORS = ",;\t|"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Row(NamedTuple):
    """One line of the source, with the number a spreadsheet shows it under."""

    number: int
    words: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What an import would do: records with their kind, rows that are there already, columns left out."""

    records: tuple[tuple[str, Record], ...]
    present: int = 0
    unused: tuple[str, ...] = ()
    columns: Mapping[str, str] | None = None


def text_of(content: bytes) -> str:
    """Decode what spreadsheets write: UTF-8 with or without a mark, UTF-16 with one, else Windows' own letters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def rows_of(text: str) -> tuple[list[str], list[Row]]:
    """Read a table with a header line; the separator is the one the header has most of. Empty lines are skipped."""
    header_line = text.lstrip("\r\n").partition("\n")[0]
    separator = max(_SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: list[str] = []
    rows: list[Row] = []
    before = 0
    try:
        for cells in reader:
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            else:
                rows.append(Row(number, dict(zip(header, cells, strict=False))))
    except csv.Error as error:
        raise failure(f"line {reader.line_num} is no CSV: {error}", "bad-value", "save it as CSV again") from error
    return header, rows


def guessed(kind: str, header: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Find the key each column means: what was given, its own name, or what people call it. Raises unknown columns."""
    keys = keys_of(kind_of(kind))
    for column, key in given.items():
        if column not in header:
            raise failure(*_unknown(column, header, f"no column `{column}` in the table"))
        if key not in keys:
            raise failure(*_unknown(key, list(keys), f"no key `{key}` of a {kind}"))
    columns = dict(given)
    names_of: tuple[Callable[[str], tuple[str, ...]], ...] = (lambda key: (key,), lambda key: SYNONYMS.get(key, ()))
    for names in names_of:
        for key in keys:
            wanted = {_bare(name) for name in names(key)}
            found = next((column for column in header if column not in columns and _bare(column) in wanted), None)
            if found is not None and key not in columns.values():
                columns[found] = key
    return columns


def _unknown(word: str, known: Sequence[str], message: str) -> tuple[str, str, str]:
    meant = nearest(word, known)
    return f"there is {message}", "bad-value", f"did you mean `{meant}`?" if meant else f"there are: {', '.join(known)}"


def _bare(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower()).split())


def planned(
    kind: str, content: bytes, portfolio: Portfolio, context: Context, given: Mapping[str, str], file: str
) -> Plan:
    """Plan the import of one table. Raises every problem at once, each with the row it stands in."""
    header, rows = rows_of(text_of(content))
    columns = guessed(kind, header, given)
    if not columns:
        hint = f"name them: --map COLUMN={next(iter(keys_of(kind_of(kind))))}"
        raise failure(f"no column of {file} is known: {', '.join(header) or 'it is empty'}", "bad-value", hint)
    problems: list[Problem] = []
    records: list[tuple[str, Record]] = []
    there = {_likeness(kind, portfolio.tables[fact.id]) for fact in portfolio if fact.kind == kind}
    present = 0
    for row in rows:
        try:
            record = _record(kind, row, columns, context)
        except CmmctlError as error:
            problems += [problem._replace(file=file, line=row.number) for problem in error.problems]
            continue
        if (likeness := _likeness(kind, record)) in there:
            present += 1
            continue
        there.add(likeness)
        records.append((kind, record))
    if problems:
        raise CmmctlError(*problems)
    unused = tuple(column for column in header if column and column not in columns)
    return Plan(records=tuple(records), present=present, unused=unused, columns=columns)


def _record(kind: str, row: Row, columns: Mapping[str, str], context: Context) -> Record:
    keys = keys_of(kind_of(kind))
    words: dict[str, Any] = {}
    for column, name in columns.items():
        word = _FORMULA.sub("", (row.words.get(column) or "").strip())
        if word:
            words[name] = _several(keys[name], word)
    record = values(kind, words, replace(context, symbols=True, named=lambda key: f"`{_column(columns, key)}`"))
    if needed := missing(kind, record):
        names = " and ".join(f"`{key.name}`" for key in needed)
        raise failure(f"this row has no {names}", "bad-value")
    validate(kind, f"this {kind}", record, context.today)
    return record


def _column(columns: Mapping[str, str], key: Key) -> str:
    return next(column for column, name in columns.items() if name == key.name)


def _several(key: Key, word: str) -> str | list[str]:
    if not key.value.many:
        return word
    return [part.strip() for part in re.split(r"[;|]" if re.search(r"[;|]", word) else ",", word) if part.strip()]


def _likeness(kind: str, record: Mapping[str, Any]) -> tuple[object, ...]:
    """Tell whether two records are the same thing: a ce by title, provider and date, others by everything they say."""
    if kind == "ce":
        return tuple(" ".join(str(record.get(name)).split()).casefold() for name in ("title", "provider", "date"))
    return tuple(sorted((name, str(value)) for name, value in record.items() if name not in {"id", "note"}))


def from_data(text: str, portfolio: Portfolio, given_ids: Iterable[str], context: Context) -> Plan:
    """Plan the way back of `export data`: every record with its keys, under its own id where that was never used.

    A record that is there already under the same id and says the same is skipped; one whose id was used gets the
    next one, and what refers to it follows. The profile of the portfolio at hand stays.
    """
    try:
        listed = json.loads(text)["data"]["records"]
    except (ValueError, KeyError, TypeError) as error:
        hint = "give a CSV file, or that JSON file"
        raise failure("this is not what `cmmctl export data` writes", "bad-value", hint) from error
    taken, used = list(given_ids), _highest(given_ids)
    renamed: dict[str, str] = {}
    kept: list[tuple[str, str, Record]] = []
    for item in listed:
        kind, name = item["kind"], item["id"]
        if kind not in {*KINDS, Profile.kind}:
            raise failure(f"`{kind}` is no kind of record", "bad-value")
        body = _read_back(item)
        there = portfolio.tables.get(name)
        if kind == Profile.kind or (there is not None and _likeness("", there) == _likeness("", body)):
            continue
        if there is not None and kind == Credential.kind:
            raise failure(f"{name} is already on record and says something else", "exists", f"`cmmctl show {name}`")
        prefix, _, number = name.rpartition("-")
        again = number.isdecimal() and int(number) <= used.get(prefix, 0)  # given before, even to a record that is gone
        renamed[name] = next_id(kind, taken) if again or name in taken else name
        taken.append(renamed[name])
        kept.append((kind, renamed[name], body))
    records = tuple((kind, {"id": name, **_followed(body, renamed)}) for kind, name, body in kept)
    for kind, record in records:
        own = {key: value for key, value in record.items() if key != "id"}
        validate(kind, str(record["id"]), own, context.today)
    return Plan(records=records, present=len(listed) - len(records))


def _highest(names: Iterable[str]) -> dict[str, int]:
    numbered = [(prefix, int(number)) for prefix, _, number in (n.rpartition("-") for n in names) if number.isdecimal()]
    return {kind: max(number for prefix, number in numbered if prefix == kind) for kind, _ in numbered}


def _read_back(item: Mapping[str, Any]) -> Record:
    """Turn one record of the JSON back into what stands in the file, key by key."""
    keys = keys_of(kind_of(item["kind"]))
    return {name: _value(keys[name], value) for name, value in item.items() if name in keys}


def _value(key: Key, value: Any) -> Any:  # noqa: ANN401 - what JSON and TOML hold
    if isinstance(value, float):
        return Decimal(str(value))
    if "date" in key.value.name and _DAY.fullmatch(str(value)):
        return date.fromisoformat(value)
    return value


def _followed(body: Record, renamed: Mapping[str, str]) -> Record:
    """Let what names a record name it by its new id."""
    new = dict(body)
    for name in ("records", "entries"):
        if name in body:
            new[name] = [renamed.get(other, other) for other in body[name]]
    if "claim" in body:
        new["claim"] = renamed.get(body["claim"], body["claim"])
    return new
