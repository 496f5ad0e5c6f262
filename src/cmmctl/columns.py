"""Which key each column of anybody's spreadsheet means: given, named so, or what people call it.

Pure. Headers are guessed from what spreadsheets and providers write. PAHCOM's, AAPC's and AHIMA's "CEU" is about one
hour, an IACET CEU is ten: only a header that says IACET is read as such.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from cmmctl import keys
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError, failure, misuse, nearest
from cmmctl.model import Expense
from cmmctl.spreadsheet import Row, Sheet, harmless_again, items_of
from cmmctl.typed import Context, missing, typed_keys, values

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
# What says in a column of index numbers that there is none.
_NO_INDEX = frozenset({"-", "--", "\u2013", "\u2014", "n", "n/a", "na", "no", "none", "not approved", "0"})
_SURE = 5  # rows that are tried before a column is named in a hint


class Source(NamedTuple):
    """A table that is imported: its kind, its file's name, what columns were said to mean, and the cost of each name.

    `again` writes the command with these `COLUMN=KEY` pairs.
    """

    kind: str
    file: str
    given: Mapping[str, str]
    costs: Mapping[str, str]
    again: Callable[[Sequence[str]], str]


def guessed(source: Source, sheet: Sheet, context: Context) -> dict[str, str]:
    """Find the key each column means: what was given, its own name, or what people call it. Raises unknown columns."""
    kind, header, costs = source.kind, sheet.header, source.costs
    given = {**_costs(source, sheet, context), **source.given}
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
        taken = column in source.given or name in source.given.values()
        alone = name in PAYING and not {*found.values(), *source.given.values()} & source.costs.keys()
        if column and not (taken or alone) and _read_as(Expense.kind, key, sheet, column, context, sheet.rows):
            found[column] = name
    return found


def _unknown(word: str, known: Sequence[str], message: str) -> tuple[str, str, str]:
    meant = nearest(word, known)
    return f"there is {message}", "bad-value", f"did you mean `{meant}`?" if meant else f"there are: {', '.join(known)}"


def _bare(name: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", name.lower()).split())


def refuse_lacking(source: Source, sheet: Sheet, columns: Mapping[str, str], context: Context) -> None:
    """Refuse a table that has no column for what every record needs, with the columns that may hold it."""
    needed = missing(source.kind, dict.fromkeys(columns.values()))
    if columns and not needed:
        return
    names = listed([f"`{key.name}`" for key in needed])
    message = f"{source.file} has no column for {names}"
    if not columns:
        message = f"no column of {source.file} is known: {', '.join(sheet.header) or 'it is empty'}"
    left = [column for column in sheet.header if column and column not in columns]
    pairs = {}
    for key in sorted(needed, key=lambda key: key.value is keys.TEXT):
        fitting = (column for column in left if _read_as(source.kind, key, sheet, column, context, sheet.rows[:_SURE]))
        if column := next(fitting, next(iter(left), None)):
            left.remove(column)
            pairs[key.name] = f"{column}={key.name}"
    hint = source.again([pairs[key.name] for key in needed if key.name in pairs])
    raise failure(message, "bad-value", hint if pairs else f"add a column for {names} to it" if needed else None)


def _read_as(kind: str, key: Key, sheet: Sheet, column: str, context: Context, rows: Sequence[Row]) -> bool:
    """Tell whether a column's cells in some rows can be read as a key."""
    place = sheet.header.index(column)
    for word in filter(None, (cell_of(row, place) for row in rows)):
        try:
            values(kind, {key.name: several(key, word)}, replace(context, named=lambda key: key.name))
        except CmmctlError:
            return False
    return True


def cell_of(row: Row, place: int, key: str = "") -> str:
    """Read a cell; a text that runs over several lines is one line anywhere but in a note."""
    word = harmless_again(row.cells[place].strip()) if place < len(row.cells) else ""
    if key == "approvals" and word.casefold() in _NO_INDEX:
        return ""
    return word if key == "note" else " ".join(word.split())


def several(key: Key, word: str) -> str | list[str]:
    """Take a cell apart where its key holds several values."""
    return items_of(word) if key.value.many else word


def listed(names: Sequence[str]) -> str:
    """Name several things in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
