"""Many records at once, from anybody's spreadsheet.

Pure: a table in, records out, every problem with its row. Headers are guessed from what spreadsheets and
providers write; a column nobody understands is named and left out. PAHCOM's, AAPC's and AHIMA's "CEU" is about
one hour, an IACET CEU is ten: only a header that says IACET is read as such.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from cmmctl import keys
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError, Problem, failure, misuse, nearest
from cmmctl.exported import Differing, Plan, said
from cmmctl.model import CE, Expense, Portfolio
from cmmctl.spreadsheet import Row, Sheet, harmless_again, items_of
from cmmctl.typed import Context, Record, missing, typed_keys, validate, values

Seen = Callable[[Sequence[Row]], Iterable[Row]]  # shows how far it is, on long tables

PAYING = ("paid", "paid_by")  # keys of every cost of a row
# What people call a key in a spreadsheet; every key's own name is known without being listed.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "title": (
        "course title", "course name", "course", "activity name", "session", "event", "name", "program",
        "activity title", "event name", "event title", "session title", "program title", "program name",
        "name of course", "name of activity", "title of activity", "what", "description", "topic", "seminar", "webinar",
        "class", "training", "position", "role",
    ),
    "provider": (
        "sponsor", "organization", "organisation", "vendor", "provider name", "company", "school", "who", "held by",
        "sponsored by", "provided by", "offered by", "given by", "hosted by", "host", "organizer", "organiser",
        "association", "institution", "ceu provider", "ce provider", "sponsor name", "by",
    ),
    "date": (
        "completed", "completion date", "date completed", "end date", "date taken", "date earned", "day", "when",
        "date attended", "attended", "date of completion", "completed on", "attended on", "taken", "event date",
        "course date", "finished", "dates",
    ),
    "completed": (
        "date", "completion date", "date completed", "end date", "graduated", "when", "finished", "date of completion",
        "completed on",
    ),
    "hours": (
        "credits", "credit", "credit hours", "ce hours", "ceu", "ceus", "ce credits", "contact hours", "ce", "hrs",
        "hr", "credits earned", "credit earned", "hours earned", "ceus earned", "ceu s", "ce hrs", "credit hrs",
        "ceu hours", "ceu credits", "ces", "total hours", "number of hours", "no of hours", "of hours",
        "number of credits", "number of ceus", "of ceus", "of credits", "clock hours", "hours awarded",
        "credits awarded", "units",
    ),
    "iacet_ceus": ("iacet", "iacet ceu", "iacet ceus"),
    "minutes": ("duration minutes", "length minutes", "mins", "min", "duration min"),
    "start": ("start date", "from", "begin", "begin date", "since"),
    "end": ("end date", "to", "until"),
    "approvals": ("index", "index number", "approval", "approval number", "approval code", "index no"),
    "institution": ("college", "university", "school", "who", "held by", "provider"),
    "credits": (
        "credit hours", "college credits", "semester hours", "credits earned", "credit", "units", "number of credits",
    ),
    "employer": ("company", "organization", "practice", "who", "where"),
    "presenter": ("speaker", "instructor", "presented by", "taught by", "teacher"),
    "place": ("location", "city", "venue", "where"),
    "activity": ("type", "format", "delivery"),
    "domains": ("domain", "category"),
    "amount": ("cost", "price", "total", "amount paid"),
    "paid": ("date paid", "paid on", "payment date", "date", "when"),
    "note": ("notes", "comment", "comments", "remarks"),
}  # fmt: skip
_LIKE = ("title", "provider", "date")  # what tells one ce from another
_NO_INDEX = frozenset({"-", "--", "n", "n/a", "na", "no", "none", "not approved", "0"})  # what says that there is none
_SURE = 5  # cells that are tried before a column is named in a hint


class Source(NamedTuple):
    """A table that is imported: its kind, its file's name, what columns were said to mean, and the cost of each name.

    `again` writes the command with these `COLUMN=KEY` pairs.
    """

    kind: str
    file: str
    given: Mapping[str, str]
    costs: Mapping[str, str]
    again: Callable[[Sequence[str]], str]


def guessed(
    kind: str, header: Sequence[str], given: Mapping[str, str], costs: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Find the key each column means: what was given, its own name, or what people call it. Raises unknown columns.

    A cost is only what was given as one, or found to be one.
    """
    own = typed_keys(kind)
    paid = (*costs, *PAYING) if costs else ()
    for column, key in given.items():
        if column not in header:
            raise failure(*_unknown(column, header, f"no column `{column}` in the table"))
        if key not in own and key not in paid:
            message, code, hint = _unknown(key, [*own, *paid], f"no key `{key}` of a {kind}")
            raise misuse(message, hint, code)
    if (shared := [key for key in given.values() if key in paid and key in PAYING]) and not costs.keys() & {
        *given.values()
    }:
        raise failure(f"`{shared[0]}` without a cost", "bad-value", "name the column of the amount: --map COLUMN=fee")
    columns = dict(given)
    names_of: tuple[Callable[[str], tuple[str, ...]], ...] = (lambda key: (key,), lambda key: SYNONYMS.get(key, ()))
    for names in names_of:
        for key in own:
            wanted = map(_bare, names(key))
            places = {_bare(column): column for column in reversed(header) if column not in columns}
            found = next((places[name] for name in wanted if name in places), None)
            if found is not None and key not in columns.values():
                columns[found] = key
    return columns


def _costs(source: Source, sheet: Sheet, context: Context) -> dict[str, str]:
    """Find the columns that bear the name of a cost, and hold amounts; with one of them also when and by whom."""
    found: dict[str, str] = {}
    known = keys_of(Expense)
    wanted = [*source.costs, *PAYING] if source.costs else []
    for name in wanted:
        column = next((each for each in sheet.header if _bare(each) == _bare(name)), None)
        key = known["amount" if name in source.costs else name]
        taken = column is None or column in source.given or name in source.given.values()
        alone = name in PAYING and not {*found.values(), *source.given.values()} & source.costs.keys()
        if column and not (taken or alone) and _read_as(Expense.kind, key, sheet, column, context, len(sheet.rows)):
            found[column] = name
    return found


def _unknown(word: str, known: Sequence[str], message: str) -> tuple[str, str, str]:
    meant = nearest(word, known)
    return f"there is {message}", "bad-value", f"did you mean `{meant}`?" if meant else f"there are: {', '.join(known)}"


def _bare(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower()).split())


def planned(source: Source, sheet: Sheet, portfolio: Portfolio, context: Context, seen: Seen) -> Plan:
    """Plan the import of one table. Raises every problem at once, each with the row it stands in."""
    kind = source.kind
    read = replace(context, symbols=True)
    columns = guessed(kind, sheet.header, {**_costs(source, sheet, read), **source.given}, source.costs)
    known = replace(read, named=lambda key: f"`{_column(columns, key)}`")
    _refuse_lacking(source, sheet, columns, known)
    problems: list[Problem] = []
    records: list[tuple[str, Record]] = []
    of_kind = [(fact.id, portfolio.tables[fact.id]) for fact in portfolio if fact.kind == kind]
    there = {_likeness(kind, table): (name, table) for name, table in reversed(of_kind)}
    present = 0
    differing: list[Differing] = []
    places = [(sheet.header.index(column), key) for column, key in columns.items()]
    for row in seen(sheet.rows):
        words = {key: word for place, key in places if (word := _cell(row, place, key))}
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
            otherwise = _otherwise(record, other) if kind == CE.kind else ()
            if otherwise := (*otherwise, *_unpaid(expenses, name, portfolio)):
                differing.append(Differing(place, name, otherwise))
            continue
        records += [(kind, record), *((Expense.kind, expense) for expense in expenses)]
    if problems:
        raise CmmctlError(*problems)
    unused = tuple(column for column in sheet.header if column and column not in columns)
    return Plan(records=tuple(records), present=present, unused=unused, columns=columns, differing=tuple(differing))


def _otherwise(record: Record, other: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what a row says otherwise than the entry it looks like; what it leaves out contradicts nothing."""
    row, entry = ({"status": "completed", **dict(said(CE.kind, each))} for each in (record, other))
    return tuple(name for name, value in row.items() if name not in _LIKE and entry.get(name) != value)


def _unpaid(expenses: Sequence[Record], name: str, portfolio: Portfolio) -> Iterator[str]:
    """Name the costs of a row that are not on record for what it looks like."""
    there = {(expense.what, expense.amount) for expense in portfolio.all(Expense) if name in expense.records}
    return (expense["what"] for expense in expenses if (expense["what"], expense["amount"]) not in there)


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _cell(row: Row, place: int, key: str = "") -> str:
    """Read a cell; a text that runs over several lines is one line anywhere but in a note."""
    word = harmless_again(row.cells[place].strip()) if place < len(row.cells) else ""
    if key == "approvals" and word.casefold() in _NO_INDEX:
        return ""
    return word if key == "note" else " ".join(word.split())


def _refuse_lacking(source: Source, sheet: Sheet, columns: Mapping[str, str], context: Context) -> None:
    """Refuse a table that has no column for what every record needs, with the columns that may hold it."""
    needed = missing(source.kind, dict.fromkeys(columns.values()))
    if columns and not needed:
        return
    names = _listed([f"`{key.name}`" for key in needed])
    message = f"{source.file} has no column for {names}"
    if not columns:
        message = f"no column of {source.file} is known: {', '.join(sheet.header) or 'it is empty'}"
    left = [column for column in sheet.header if column and column not in columns]
    pairs = {}
    for key in sorted(needed, key=lambda key: key.value is keys.TEXT):
        fitting = (column for column in left if _read_as(source.kind, key, sheet, column, context, _SURE))
        if column := next(fitting, next(iter(left), None)):
            left.remove(column)
            pairs[key.name] = f"{column}={key.name}"
    hint = source.again([pairs[key.name] for key in needed if key.name in pairs])
    raise failure(message, "bad-value", hint if pairs else f"add a column for {names} to it" if needed else None)


def _read_as(kind: str, key: Key, sheet: Sheet, column: str, context: Context, rows: int) -> bool:
    """Tell whether a column's first cells can be read as a key."""
    place = sheet.header.index(column)
    for word in filter(None, (_cell(row, place) for row in sheet.rows[:rows])):
        try:
            values(kind, {key.name: _several(key, word)}, replace(context, named=lambda key: key.name))
        except CmmctlError:
            return False
    return True


def _record(kind: str, words: Mapping[str, str], context: Context) -> Record:
    """Read one row. Raises all that is wrong with it: what cannot be read, what is missing, what cannot be."""
    known = typed_keys(kind)
    record: Record = {}
    problems: list[Problem] = []
    for name, word in words.items():
        try:
            record |= values(kind, {name: _several(known[name], word)}, context)
        except CmmctlError as error:
            problems += error.problems
    if needed := missing(kind, {**words, **record}):
        names = _listed([context.named(key) for key in needed])
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


def _several(key: Key, word: str) -> str | list[str]:
    return items_of(word) if key.value.many else word


def _likeness(kind: str, record: Mapping[str, Any]) -> tuple[object, ...]:
    """Tell whether two records are the same thing: a ce by title, provider and date, others by everything they say."""
    if kind == CE.kind:
        return tuple(" ".join(str(record.get(name)).split()).casefold() for name in _LIKE)
    return said(kind, record)
