"""A document's rows for a spreadsheet: amounts as numbers, dates ISO, and no text that a spreadsheet would run."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from cmmctl.render.text import safe

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as CSV, with the line ends spreadsheets expect."""
    out = io.StringIO()
    csv.writer(out).writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Fraction):
        return f"{float(value):.4f}".rstrip("0").rstrip(".")
    if isinstance(value, bool | int | date):
        return str(value)
    text = safe(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
