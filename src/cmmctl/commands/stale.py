"""What an earlier document left in a folder, and a newer one no longer has: that, and nothing of anybody else's.

A packet names its certificates in its summary; a table of `export data` is known by its ids.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from cmmctl.errors import CmmctlError
from cmmctl.exported import kind_of_sheet
from cmmctl.model import KINDS
from cmmctl.spreadsheet import sheet_of, text_of

SUMMARY = "summary.csv"
_CERTIFICATE = re.compile(r"[0-9]{2,}-.+")


def stale(folder: Path, written: Collection[str]) -> list[Path]:
    """List the files of an earlier document that the one about to be `written` does not replace."""
    found = _certificates(folder) if SUMMARY in written else _tables(folder)
    return [folder / name for name in found if name not in written and (folder / name).is_file()]


def _certificates(folder: Path) -> Iterator[str]:
    if not (folder / SUMMARY).is_file():
        return
    for row in csv.DictReader(io.StringIO(text_of((folder / SUMMARY).read_bytes()))):
        for name in re.split(", ", row.get("place") or ""):
            if _CERTIFICATE.fullmatch(name) and "/" not in name and "\\" not in name:
                yield name


def _tables(folder: Path) -> Iterator[str]:
    for kind in KINDS:
        path = folder / f"{kind}.csv"
        if path.is_file():
            try:
                known = kind_of_sheet(sheet_of(text_of(path.read_bytes())))
            except CmmctlError:
                continue
            if known == kind:
                yield path.name
