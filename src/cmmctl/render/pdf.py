"""A document as PDF: US letter, tagged, bundled fonts only, receipts and certificates as pages of their own.

Needs the extra `documents`. The data goes in as JSON, so that nothing in a title is ever markup.
"""

import json
import shutil
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, assert_never

from cmmctl.amounts import shown
from cmmctl.documents.paper import (
    Attachment,
    Chart,
    Facts,
    Heading,
    Ledger,
    PageBreak,
    Paper,
    Paragraph,
    Part,
    Points,
    Signatures,
)
from cmmctl.errors import failure
from cmmctl.render.text import safe

TEMPLATE = Path(__file__).parent.parent / "templates" / "paper.typ"
# Latin, Greek and Cyrillic; their further letters; punctuation, currencies, arrows and common signs.
_HELD = (("\x00", "\u052f"), ("\u1e00", "\u1fff"), ("\u2000", "\u22ff"))
_SHORT = 14  # characters of a column that is as wide as its text


def needs_extra(package: str) -> None:
    """Raise `extra-missing` where a package of the extra `documents` is not installed."""
    if find_spec(package) is None:
        hint = 'python -m pip install "cmmctl[documents]"'
        raise failure(f"this needs the package `{package}`, which is not installed", "extra-missing", hint)


def pdf(paper: Paper) -> bytes:
    """Set the whole document, with every attachment that can be shown."""
    needs_extra("typst")
    return _compiled(paper, [proof for proof in paper.attachments if proof.pages])


def _compiled(paper: Paper, proofs: Sequence[Attachment]) -> bytes:
    import typst  # noqa: PLC0415 - 80 MB, only for a PDF

    with tempfile.TemporaryDirectory(prefix="cmmctl-") as name:
        folder = Path(name)
        shutil.copyfile(TEMPLATE, folder / "paper.typ")
        shown_ = [_placed(folder, number, proof) for number, proof in enumerate(proofs)]
        data = {
            "title": safe(paper.title), "stamp": paper.stamp and safe(paper.stamp), "footer": safe(paper.footer),
            "parts": [_data(part) for part in paper.parts], "attachments": shown_,
        }  # fmt: skip
        (folder / "paper.json").write_text(json.dumps(data), encoding="utf-8")
        made = typst.compile(folder / "paper.typ", root=folder, ignore_system_fonts=True)
    assert isinstance(made, bytes)  # noqa: S101 - one output, no output path
    return made


def _placed(folder: Path, number: int, proof: Attachment) -> dict[str, Any]:
    suffix = proof.path.suffix.lower()
    name = f"proof-{number}{suffix}"
    shutil.copyfile(proof.path, folder / name)
    return {"label": safe(proof.label), "file": name, "pages": proof.pages, "pdf": suffix == ".pdf"}


def pages(path: Path) -> int:
    """Count the pages a proof will take; 0 where it is no readable PDF or picture. Each is tried alone."""
    needs_extra("typst")
    needs_extra("pypdf")
    import pypdf  # noqa: PLC0415 - only for a PDF
    import typst  # noqa: PLC0415 - as above

    suffix = path.suffix.lower()
    if suffix not in {".pdf", ".png", ".jpg", ".jpeg"}:
        return 0
    try:
        count = len(pypdf.PdfReader(path).pages) if suffix == ".pdf" else 1
        _compiled(Paper(title="", parts=(), footer=""), [Attachment("", path, count)])
    except (typst.TypstError, pypdf.errors.PyPdfError, OSError, ValueError, KeyError, TypeError, RecursionError):
        return 0
    return count


def _data(part: Part) -> dict[str, Any]:  # noqa: PLR0911 - one kind of part a line
    match part:
        case Heading(text):
            return {"kind": "heading", "text": safe(text)}
        case Paragraph(text, strong):
            return {"kind": "paragraph", "text": safe(text), "strong": strong}
        case Points(items):
            return {"kind": "points", "items": [safe(item) for item in items]}
        case Facts(rows):
            return {"kind": "facts", "rows": [[safe(label), safe(value)] for label, value in rows]}
        case Ledger():
            return _ledger(part)
        case Signatures(columns):
            return {"kind": "signatures", "columns": [[safe(title), safe(below)] for title, below in columns]}
        case Chart(caption, bars):
            rows = [[safe(label), float(value), shown(value)] for label, value in bars]
            return {"kind": "chart", "caption": safe(caption), "bars": rows}
        case PageBreak():
            return {"kind": "page-break"}
        case _:
            assert_never(part)


def _ledger(part: Ledger) -> dict[str, Any]:
    rows = [[safe(cell) for cell in row] for row in part.rows]
    cells = [[row[column] for row in rows] for column in range(len(part.header))]
    short = [max((len(cell) for cell in column), default=0) <= _SHORT for column in cells]
    widths = ["auto" if small else "1fr" for small in short]
    if "1fr" not in widths:
        widths[-1] = "1fr"
    return {
        "kind": "ledger", "header": [safe(name) for name in part.header], "rows": rows,
        "total": [safe(cell) for cell in part.total], "right": sorted(part.right), "widths": widths,
    }  # fmt: skip


def unshown(paper: Paper) -> str:
    """List the characters that the bundled fonts do not hold: all but Latin, Greek, Cyrillic and common signs."""
    text = json.dumps([_data(part) for part in paper.parts] + [paper.title, paper.footer], ensure_ascii=False)
    return "".join(sorted({letter for letter in text if not _held(letter)}))


def _held(letter: str) -> bool:
    return any(first <= letter <= last for first, last in _HELD)
