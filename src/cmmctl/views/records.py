"""Records in words: the screens of `list` and `show`, and how other screens name a record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cmmctl.amounts import dollars, shown
from cmmctl.dates import plain, weekday
from cmmctl.model import CE, Claim, Course, Credential, Expense, Fact, Payment, Training
from cmmctl.screen import Cell, Fields, Part, Table, Text, cells

NAMES = ("title", "degree", "body", "what", "name", "source", "role")
PLACES = ("employer", "institution", "provider", "vendor")
DAYS = ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added")


def listing(facts: Sequence[Fact]) -> list[Part]:
    """Show records in one table."""
    if not facts:
        return [Text(Cell("Nothing is recorded here yet."))]
    rows = [cells(fact.id, heading(fact), when(fact), amount(fact)) for fact in facts]
    return [Table("", ("Id", "What", "When", "How much"), rows, frozenset({3}))]


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
            return f"{shown(fact.amount)} CE hours"
        case Course():
            return f"{shown(fact.credits)} {'quarter' if fact.unit == 'quarter' else 'college'} credits"
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
