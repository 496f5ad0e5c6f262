"""A spreadsheet's CSV as text: its letters, its separator, its rows, and what one cell holds. Pure."""

import csv
import io
import re
from typing import NamedTuple

from cmmctl.errors import failure

_SEPARATORS = ",;\t|"
_ID_FIRST = re.compile(rf'"?id"?([{_SEPARATORS}])')  # as `export data` begins: a key's name may hold any letter
_FORMULA = re.compile(r"^'(?='*[=+@\-\t\r])")  # what `export data` writes before a text that a spreadsheet would run
_ITEM = re.compile(r'\s*(?:"((?:[^"]|"")*)"\s*|([^;|]*))(?:[;|]|\Z)')
_ESCAPE = re.compile(r"\\(\\|[tnr]|x[0-9a-f]{2}|u(?!d[89a-f])[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})")
_ESCAPED = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


class Row(NamedTuple):
    """One row of a table, with the number of the line of the file it begins on.

    `said` names it as a spreadsheet counts, where cells of several lines make that differ in its table.
    """

    number: int
    cells: list[str]
    said: str = ""


class Sheet(NamedTuple):
    """A table: its header and its rows."""

    header: list[str]
    rows: list[Row]


_SAVED = "open it, save it as CSV, and import that"
_ONE = "`cmmctl add-ce` records what it says; `--certificate FILE` keeps it beside the entry"
_NO_TEXT = (  # what a file begins with, what it is then, and what to do
    (b"PK\x03\x04", "a workbook", _SAVED),
    (b"\xd0\xcf\x11\xe0", "an old workbook", _SAVED),
    (b"%PDF", "a PDF", _ONE),
    (b"\x89PNG", "a picture", _ONE),
    (b"\xff\xd8\xff", "a picture", _ONE),
)


def text_of(content: bytes) -> str:
    """Decode what spreadsheets write: UTF-8 with or without a mark, UTF-16 with one, else Windows' own letters.

    Raises where it is no text.
    """
    for mark, what, hint in _NO_TEXT:
        if content.startswith(mark):
            raise failure(f"this is {what}, not a CSV file", "bad-value", hint)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        raise failure("this is no text", "bad-value", "save it as CSV UTF-8, and import that")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def sheet_of(text: str) -> Sheet:
    """Read a table with a header line; the separator is the one the header has most of. Empty lines are skipped."""
    header_line = text.lstrip("\r\n").partition("\n")[0]
    first = _ID_FIRST.match(header_line)
    separator = first[1] if first else max(_SEPARATORS, key=header_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    header: list[str] = []
    rows: list[Row] = []
    before = 0
    try:
        for place, cells in enumerate(reader, 1):
            number, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
            else:
                rows.append(Row(number, cells, f"row {place}: "))
    except csv.Error as error:
        raise failure(f"line {reader.line_num} is no CSV: {error}", "bad-value", "save it as CSV again") from error
    if all(row.said == f"row {row.number}: " for row in rows):
        rows = [row._replace(said="") for row in rows]
    return Sheet(header, rows)


def harmless_again(cell: str) -> str:
    """Take away the mark that keeps a spreadsheet from running a text."""
    return _FORMULA.sub("", cell)


def items_of(cell: str) -> list[str]:
    """Take a cell's list apart: `;` or `|` stand between items, else commas; an item in quotes may hold them."""
    if not re.search(r'[;|"]', cell):
        return [part.strip() for part in cell.split(",") if part.strip()]
    found = [(quoted, plain.strip()) for quoted, plain in _ITEM.findall(cell)]
    return [quoted.replace('""', '"') or plain for quoted, plain in found if quoted or plain]


def unescaped(text: str) -> str:
    """Bring back what `export data` wrote as an escape because a terminal would obey it."""
    return _ESCAPE.sub(lambda found: _ESCAPED.get(found[1]) or chr(int(found[1][1:], 16)), text)
