"""Records in words: the screens of `list` and `show`, and how other screens name a record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cmmctl import keys
from cmmctl.amounts import dollars, shown, units
from cmmctl.dates import plain, weekday
from cmmctl.model import CE, Claim, Course, Credential, Expense, Fact, Payment, Training
from cmmctl.screen import Cell, Fields, Part, Table, Text, cells
from cmmctl.views.totals import totals

NAMES = ("title", "degree", "body", "what", "name", "source", "role")
PLACES = ("employer", "institution", "provider", "vendor")
DAYS = ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added")


def listing(
    facts: Sequence[Fact], by: str = "", there: int = 0, kind: str | None = None, filters: Sequence[str] = ()
) -> list[Part]:
    """Show records in one table with their totals; with the key they are sorted by, where no other column says it.

    `there`: how many there are of this kind before any filter.
    """
    if not facts:
        return [Text(Cell(_nothing(there, kind, filters)))]
    rows = [cells(fact.id, heading(fact), when(fact), amount(fact)) for fact in facts]
    header = ["Id", "What", "When", "How much"]
    words = [_said(fact, by) for fact in facts]
    if any(word not in "".join(cell.text for cell in row) for word, row in zip(words, rows, strict=True)):
        header.insert(3, by.replace("_", " ").capitalize())
        rows = [(*row[:3], Cell(word), row[3]) for word, row in zip(words, rows, strict=True)]
    return [Table("", header, rows, frozenset({len(header) - 1})), *totals(facts)]


def _said(fact: Fact, by: str) -> str:
    """Say what a record is sorted by, in the words of its row where it stands there."""
    value = getattr(fact, by) if by in fact.keys else None
    if isinstance(value, Decimal):
        return shown(value)
    if isinstance(value, dt.date) or (by in fact.keys and fact.keys[by].value is keys.STATED and value):
        return plain(value)
    return "" if value is None else value_text(value)


def _nothing(there: int, kind: str | None, filters: Sequence[str]) -> str:
    if not there:
        return "Nothing is recorded here yet."
    what = f"record of kind {kind}" if kind else "record"
    return f"No {what} matches {' and '.join(filters)}; {there} {'is' if there == 1 else 'are'} on record."


def heading(fact: Fact) -> str:
    """Name a record in a few words."""
    if isinstance(fact, Credential):
        return "a credential held" if fact.earned else "a credential prepared for"
    about = getattr(fact, "credential", None) or ", ".join(getattr(fact, "records", ()) or getattr(fact, "entries", ()))
    words = " - ".join(filter(None, (_first(fact, NAMES), _first(fact, PLACES), about))) or fact.id
    status = getattr(fact, "status", "completed")
    return words if status == "completed" else f"{words} ({status})"


def _first(fact: Fact, names: Sequence[str]) -> str | None:
    return next((word for name in names if (word := getattr(fact, name, None))), None)


def when(fact: Fact) -> str:
    """Give a record's day, or its first and last."""
    for name in DAYS:
        if (day := getattr(fact, name, None)) is not None:
            return plain(day)
    if (start := getattr(fact, "start", None)) is None:
        return ""
    if not hasattr(fact, "end"):
        return f"from {plain(start)}"
    return f"{plain(start)} - {plain(fact.end) if fact.end else 'now'}"


def amount(fact: Fact) -> str:
    """Give a record's hours, credits or dollars, each with its unit."""
    match fact:
        case CE():
            return units(shown(fact.amount), "CE hour")
        case Course():
            credits_ = units(shown(fact.credits), f"{'quarter' if fact.unit == 'quarter' else 'college'} credit")
            return f"{credits_}, {units(shown(fact.hours), 'CE hour')}" if fact.hours else credits_
        case Training(hours=Decimal() as hours):
            return f"{shown(hours)} h"
        case Expense(amount=Decimal() as paid) | Payment(amount=Decimal() as paid) | Claim(asked=Decimal() as paid):
            return dollars(paid)
        case _:
            return ""


def record(fact: Fact, table: Mapping[str, object]) -> list[Part]:
    """Show one record, key by key, as it stands in the file."""
    rows = [cells(name, value_text(value)) for name, value in table.items()]
    return [Text(Cell(f"{fact.id}  {type(fact).means}", "strong")), Fields(rows)]


def value_text(value: object) -> str:
    """Show a value of the file to a person."""
    match value:
        case list() | tuple():
            return ", ".join(map(value_text, value))
        case Mapping():
            return ", ".join(f"{key} = {value_text(item)}" for key, item in value.items())
        case bool():
            return "yes" if value else "no"
        case dt.datetime():
            return value.isoformat(" ")
        case dt.date():
            return weekday(value)
        case _:
            return str(value)
