"""A document as PDF: US letter, tagged, bundled fonts only, receipts and certificates as pages of their own.

Needs the extra `documents`. The data goes in as JSON, so that nothing in a title is ever markup.
"""

import io
import json
import logging
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
    Decision,
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
# What the bundled fonts draw, tried letter by letter: Latin, Greek, Cyrillic, punctuation, currencies, arrows, signs.
_HELD = (("\x00", "\u04ff"), ("\u1e00", "\u23ff"))
_NOT_HELD = frozenset("\u2041\u2043\u2053\u211f\u2121\u2123\u2125\u2152\u2185\u2186\u2187\u2188\u218a\u218b")
PICTURES = {".png", ".jpg", ".jpeg"}
_SHORT, _LONG = 20, 40  # characters of a column that is as wide as its text; that gets no wider


def installed() -> bool:
    """Tell whether the packages are there that make a PDF and read one."""
    return find_spec("typst") is not None and find_spec("pypdf") is not None


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


def counted(paths: Sequence[Path]) -> list[int]:
    """Count the pages each proof will take; 0 where it is no readable PDF or picture.

    All are set together; where one of them cannot be, each is tried alone. Raises `extra-missing`.
    """
    needs_extra("typst")
    needs_extra("pypdf")
    counts = [_pages(path) for path in paths]
    if _settable([(path, count) for path, count in zip(paths, counts, strict=True) if count]):
        return counts
    return [count if count and _settable([(path, count)]) else 0 for path, count in zip(paths, counts, strict=True)]


def length(paper: Paper) -> int:
    """Count the pages of a document before its attachments."""
    import pypdf  # noqa: PLC0415 - only for a PDF

    return len(pypdf.PdfReader(io.BytesIO(_compiled(paper, ()))).pages)


def _pages(path: Path) -> int:
    import pypdf  # noqa: PLC0415 - only for a PDF

    suffix = path.suffix.lower()
    if suffix in PICTURES:
        return int(path.is_file())
    if suffix != ".pdf":
        return 0
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is odd in a proof is said once, by us
    try:
        return len(pypdf.PdfReader(path).pages)
    except Exception:  # noqa: BLE001 - a file may be broken in any way
        return 0


def _settable(proofs: Sequence[tuple[Path, int]]) -> bool:
    import typst  # noqa: PLC0415 - only for a PDF

    try:
        _compiled(Paper(title="", parts=(), footer=""), [Attachment("", path, count) for path, count in proofs])
    except (typst.TypstError, OSError):
        return False
    return True


def _data(part: Part) -> dict[str, Any]:  # noqa: PLR0911 - one kind of part a line
    match part:
        case Heading(text):
            return {"kind": "heading", "text": safe(text)}
        case Paragraph(text, strong, lead):
            return {"kind": "paragraph", "text": safe(text), "strong": strong, "lead": safe(lead)}
        case Points(items):
            return {"kind": "points", "items": [safe(item) for item in items]}
        case Facts(rows):
            return {"kind": "facts", "rows": [[safe(label), safe(value)] for label, value in rows]}
        case Ledger():
            return _ledger(part)
        case Signatures(columns):
            return {"kind": "signatures", "columns": [[safe(title), safe(below)] for title, below in columns]}
        case Decision(choices, blanks):
            return {"kind": "decision", "choices": list(map(safe, choices)), "blanks": list(map(safe, blanks))}
        case Chart(caption, bars):
            drawn = [[safe(label), float(value), shown(value)] for label, value in bars]
            return {"kind": "chart", "caption": safe(caption), "bars": drawn}
        case PageBreak():
            return {"kind": "page-break"}
        case _:
            assert_never(part)


def _ledger(part: Ledger) -> dict[str, Any]:
    rows = [[safe(cell) for cell in row] for row in part.rows]
    return {
        "kind": "ledger", "header": [safe(name) for name in part.header], "rows": rows,
        "total": [safe(cell) for cell in part.total], "right": sorted(part.right), "widths": _widths(part, rows),
        "tall": part.by_hand,
    }  # fmt: skip


def _widths(part: Ledger, rows: Sequence[Sequence[str]]) -> list[int]:
    """Give the share of the line of every column; 0 where it is as wide as its text."""
    if part.by_hand:
        return [int(column not in part.right) for column in range(len(part.header))]
    longest = [max((len(row[column]) for row in rows), default=0) for column in range(len(part.header))]
    shares = [0 if length <= _SHORT else min(length, _LONG) for length in longest]
    if not any(shares):
        texts = [column for column in range(len(longest)) if column not in part.right] or [0]
        shares[max(texts, key=longest.__getitem__)] = 1
    return shares


def unshown(paper: Paper) -> str:
    """List the characters that the bundled fonts do not hold."""
    beside = [paper.title, paper.stamp, paper.footer, *(proof.label for proof in paper.attachments)]
    text = json.dumps([_data(part) for part in paper.parts] + beside, ensure_ascii=False)
    return "".join(sorted({letter for letter in text if not _held(letter)}))


def _held(letter: str) -> bool:
    return letter not in _NOT_HELD and any(first <= letter <= last for first, last in _HELD)
