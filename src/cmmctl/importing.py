"""Many records at once, from anybody's spreadsheet.

Pure: a table in, records out, every problem with its row. Headers are guessed from what spreadsheets and
providers write; a column nobody understands is named and left out. PAHCOM's, AAPC's and AHIMA's "CEU" is about
one hour, an IACET CEU is ten: only a header that says IACET is read as such.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cmmctl.errors import CmmctlError, Problem, failure, nearest
from cmmctl.exported import Plan, said
from cmmctl.model import CE, Key, Portfolio
from cmmctl.spreadsheet import Row, Sheet, harmless_again, items_of
from cmmctl.typed import Context, Record, missing, typed_keys, validate, values

Seen = Callable[[Sequence[Row]], Iterable[Row]]  # shows how far it is, on long tables

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


def guessed(kind: str, header: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Find the key each column means: what was given, its own name, or what people call it. Raises unknown columns."""
    keys = typed_keys(kind)
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
    kind: str, sheet: Sheet, portfolio: Portfolio, context: Context, given: Mapping[str, str], file: str, seen: Seen
) -> Plan:
    """Plan the import of one table. Raises every problem at once, each with the row it stands in."""
    columns = guessed(kind, sheet.header, given)
    if not columns:
        hint = f"name them: --map COLUMN={next(iter(typed_keys(kind)))}"
        listed = ", ".join(sheet.header) or "it is empty"
        raise failure(f"no column of {file} is known: {listed}", "bad-value", hint)
    problems: list[Problem] = []
    records: list[tuple[str, Record]] = []
    there = {_likeness(kind, portfolio.tables[fact.id]) for fact in portfolio if fact.kind == kind}
    present = 0
    places = [(sheet.header.index(column), column, key) for column, key in columns.items()]
    known = replace(context, symbols=True, named=lambda key: f"`{_column(columns, key)}`")
    for row in seen(sheet.rows):
        try:
            record = _record(kind, row, places, known)
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
    unused = tuple(column for column in sheet.header if column and column not in columns)
    return Plan(records=tuple(records), present=present, unused=unused, columns=columns)


def _record(kind: str, row: Row, places: Sequence[tuple[int, str, str]], context: Context) -> Record:
    known = typed_keys(kind)
    words: dict[str, Any] = {}
    for place, _, name in places:
        word = harmless_again(row.cells[place].strip()) if place < len(row.cells) else ""
        if word:
            words[name] = _several(known[name], word)
    record = values(kind, words, context)
    if needed := missing(kind, record):
        names = " and ".join(f"`{key.name}`" for key in needed)
        raise failure(f"this row has no {names}", "bad-value")
    validate(kind, f"this {kind}", record, context.today)
    return record


def _column(columns: Mapping[str, str], key: Key) -> str:
    return next(column for column, name in columns.items() if name == key.name)


def _several(key: Key, word: str) -> str | list[str]:
    return items_of(word) if key.value.many else word


def _likeness(kind: str, record: Mapping[str, Any]) -> tuple[object, ...]:
    """Tell whether two records are the same thing: a ce by title, provider and date, others by everything they say."""
    if kind == CE.kind:
        return tuple(" ".join(str(record.get(name)).split()).casefold() for name in ("title", "provider", "date"))
    return said(kind, record)
