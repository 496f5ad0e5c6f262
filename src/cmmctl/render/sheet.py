"""A document's rows for a spreadsheet: amounts as numbers, dates ISO, and no text that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from fractions import Fraction

from cmmctl.render.text import safe

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPE = re.compile(r"\\(?:\\|[tnr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def sheet(rows: Sequence[Sequence[object]]) -> str:
    """Write rows as CSV, with the line ends spreadsheets expect."""
    out = io.StringIO()
    csv.writer(out).writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def _cell(value: object) -> str:
    match value:
        case list() | tuple():
            return _text(_joined([_plain(item) for item in value]))
        case None | Decimal() | Fraction() | int() | date() | time():
            return _plain(value)
        case _:
            return _text(str(value))


def _plain(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case Fraction():
            return f"{float(value):.4f}".rstrip("0").rstrip(".")
        case bool():
            return str(value).lower()
        case _:
            return str(value)


def _joined(items: Sequence[str]) -> str:
    """Write a list into one cell; one that ends in `;` says that a comma, or quotes, belong to the text."""
    quoted = [f'"{item.replace(chr(34), chr(34) * 2)}"' if _odd(item) else item for item in items]
    joined = "; ".join(quoted)
    return f"{joined};" if len(items) == 1 and re.search('[,"]', joined) else joined


def _odd(item: str) -> bool:
    return item != item.strip() or re.search('[;|"]', item) is not None


def _text(text: str) -> str:
    """Make a text one that no terminal obeys and no spreadsheet runs, so that `import` can tell what it was."""
    if safe(text) != text or _ESCAPE.search(text):
        text = safe(text.replace("\\", r"\\"))
    return f"'{text}" if _FORMULA.match(text) else text
