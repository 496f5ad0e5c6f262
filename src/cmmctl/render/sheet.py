"""A document's rows for a spreadsheet: amounts as numbers, dates ISO, and no text that a spreadsheet would run."""

import csv
import io
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from fractions import Fraction

from cmmctl.render.text import safe

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as CSV, with the line ends spreadsheets expect."""
    out = io.StringIO()
    csv.writer(out).writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: object) -> str:  # noqa: PLR0911 - one kind of value a line
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case Fraction():
            return f"{float(value):.4f}".rstrip("0").rstrip(".")
        case bool():
            return str(value).lower()
        case int() | date() | time():
            return str(value)
        case list() | tuple():
            return _text(_joined([_cell(item) for item in value]))
        case _:
            return _text(str(value))


def _joined(items: Sequence[str]) -> str:
    """Write a list into one cell; a `;` tells that a comma belongs to the text."""
    joined = "; ".join(items)
    return f"{joined};" if len(items) == 1 and "," in joined else joined


def _text(text: str) -> str:
    """Make a text one that no spreadsheet runs."""
    text = safe(text)
    return f"'{text}" if text.startswith(_FORMULA) else text
