"""Many records at once, from anybody's spreadsheet.

Pure: a table in, records out, every problem with its row. A column nobody understands is named and left out.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from cmmctl.columns import PAYING, Source, cell_of, guessed, listed, refuse_lacking, several
from cmmctl.described import Key
from cmmctl.errors import CmmctlError, Problem
from cmmctl.exported import Differing, Plan, said
from cmmctl.model import CE, Expense, Portfolio
from cmmctl.spreadsheet import Row, Sheet
from cmmctl.typed import PRINTED, Context, Record, missing, typed_keys, validate, values

Seen = Callable[[Sequence[Row]], Iterable[Row]]  # shows how far it is, on long tables
_LIKE = ("title", "provider", "date")  # what tells one ce from another


def planned(source: Source, sheet: Sheet, portfolio: Portfolio, context: Context, seen: Seen) -> Plan:
    """Plan the import of one table. Raises every problem at once, each with the row it stands in."""
    kind = source.kind
    read = replace(context, symbols=True)
    columns = guessed(source, sheet, read)
    known = replace(read, named=lambda key: f"`{_column(columns, key)}`")
    refuse_lacking(source, sheet, columns, known)
    problems: list[Problem] = []
    records: list[tuple[str, Record]] = []
    of_kind = [(fact.id, portfolio.tables[fact.id]) for fact in portfolio if fact.kind == kind]
    there = {_likeness(kind, table): (name, table) for name, table in reversed(of_kind)}
    paid = {(name, cost.what, cost.amount) for cost in portfolio.all(Expense) for name in cost.records}
    present = 0
    differing: list[Differing] = []
    places = [(sheet.header.index(column), key) for column, key in columns.items()]
    for row in seen(sheet.rows):
        words = {key: word for place, key in places if (word := cell_of(row, place, key))}
        beside = {key: words.pop(key) for key in [*words] if key not in typed_keys(kind)}
        try:
            record, expenses = _record(kind, words, known), []
        except CmmctlError as error:
            record, found = {}, [*error.problems]
        else:
            found = []
        try:
            expenses = _expenses(beside, source, columns, known)
        except CmmctlError as error:
            found += error.problems
        if found:
            problems += [
                problem._replace(message=row.said + problem.message, file=source.file, line=row.number)
                for problem in found
            ]
            continue
        place = row.said.removesuffix(": ") or f"line {row.number}"
        name, other = there.setdefault(_likeness(kind, record), (place, record))
        if other is not record:
            present += 1
            unpaid = [cost["what"] for cost in expenses if (name, cost["what"], cost["amount"]) not in paid]
            if otherwise := (*(_otherwise(record, other) if kind == CE.kind else ()), *unpaid):
                completes = "status" in otherwise and "status" not in record
                differing.append(Differing(place, name, otherwise, completes))
            continue
        records += [(kind, record), *((Expense.kind, expense) for expense in expenses)]
    if problems:
        raise CmmctlError(*problems)
    unused = tuple(column for column in sheet.header if column and column not in columns)
    return Plan(records=tuple(records), present=present, unused=unused, columns=columns, differing=tuple(differing))


def _otherwise(record: Record, other: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what a row says otherwise than the entry it looks like; what it leaves out contradicts nothing."""
    row, entry = (_saying(each) for each in (record, other))
    return tuple(name for name, value in row.items() if name not in _LIKE and entry.get(name) != value)


def _saying(record: Mapping[str, Any]) -> dict[str, object]:
    """Give what a ce says, for comparing: in whatever way its hours are printed."""
    printed = {name: record[name] for name in PRINTED if name in record}
    rest = {name: value for name, value in record.items() if name not in PRINTED}
    return {"status": "completed", "hours": CE.of(printed).amount, **dict(said(CE.kind, rest))}


def _record(kind: str, words: Mapping[str, str], context: Context) -> Record:
    """Read one row. Raises all that is wrong with it: what cannot be read, what is missing, what cannot be."""
    known = typed_keys(kind)
    record: Record = {}
    problems: list[Problem] = []
    for name, word in words.items():
        try:
            record |= values(kind, {name: several(known[name], word)}, context)
        except CmmctlError as error:
            problems += error.problems
    if needed := missing(kind, {**words, **record}):
        names = listed([context.named(key) for key in needed])
        problems.append(Problem(message=f"this row has no {names}"))
    try:
        validate(kind, f"this {kind}", record, context.today)
    except CmmctlError as error:  # that a key is missing, or was not understood, is said above
        problems += [problem for problem in error.problems if not problems or " has no `" not in problem.message]
    if problems:
        raise CmmctlError(*problems)
    return record


def _expenses(words: Mapping[str, str], source: Source, columns: Mapping[str, str], context: Context) -> list[Record]:
    """Read what a row's record cost, each as an expense without its record; nothing is no cost."""
    found: list[Record] = []
    problems: list[Problem] = []
    shared = {name: word for name, word in words.items() if name in PAYING}
    column_of = {key: column for column, key in columns.items()}
    for name in (name for name in words if name in source.costs):
        named = replace(context, named=partial(_named_cost, column_of, name))
        try:
            cost = {"what": source.costs[name], **values(Expense.kind, {"amount": words[name], **shared}, named)}
            validate(Expense.kind, "the expense", {"records": ["ce-1"], **cost}, context.today)
        except CmmctlError as error:
            problems += error.problems
            continue
        found += [cost] if cost["amount"] else []
    if problems:
        raise CmmctlError(*dict.fromkeys(problems))
    return found


def _named_cost(column_of: Mapping[str, str], cost: str, key: Key) -> str:
    return f"`{column_of[cost if key.name == 'amount' else key.name]}`"


def _column(columns: Mapping[str, str], key: Key) -> str:
    return next((column for column, name in columns.items() if name == key.name), key.name)


def _likeness(kind: str, record: Mapping[str, Any]) -> tuple[object, ...]:
    """Tell whether two records are the same thing: a ce by title, provider and date, others by everything they say."""
    if kind == CE.kind:
        return tuple(" ".join(str(record.get(name)).split()).casefold() for name in _LIKE)
    return said(kind, record)
