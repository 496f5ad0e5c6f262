"""All of a portfolio as data: every key of every record, unknown ones too, so that it can be read back. Pure."""

from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from typing import Any

from cmmctl.model import Portfolio
from cmmctl.schema import SCHEMA

Rows = list[list[object]]


def records(portfolio: Portfolio) -> dict[str, Any]:
    """Give every record with its kind, its id and its keys as they stand in the file, in the order of the file."""
    listed = [
        {
            "kind": fact.kind,
            "id": fact.id,
            **{key: value for key, value in portfolio.tables[fact.id].items() if key != "id"},
        }
        for fact in portfolio
    ]
    return {"schema": SCHEMA, "records": [exact(record) for record in listed]}


def exact(value: object) -> object:
    """Make a value one that JSON holds without losing a digit; what no number of JSON can hold becomes a text."""
    match value:
        case Mapping():
            return {key: exact(item) for key, item in value.items()}
        case list() | tuple():
            return [exact(item) for item in value]
        case Decimal() if value.is_finite() and Decimal(repr(float(value))) == value:
            return int(value) if value == value.to_integral_value() else float(value)
        case Decimal():
            return str(value)
        case date() | time():
            return value.isoformat()
        case _:
            return value


def sheets(portfolio: Portfolio) -> dict[str, Rows]:
    """Give one table per kind, by its name: a header with every key that is used, then the records."""
    by_kind: dict[str, list[Mapping[str, object]]] = {}
    for fact in portfolio:
        by_kind.setdefault(fact.kind, []).append({"id": fact.id, **portfolio.tables[fact.id]})
    return {kind: _table(tables) for kind, tables in by_kind.items()}


def _table(tables: list[Mapping[str, object]]) -> Rows:
    keys = list(dict.fromkeys(key for table in tables for key in table))
    return [[*keys], *([table.get(key) for key in keys] for table in tables)]
