"""What a document is made of, so that every format says the same.

Texts are data: each renderer shows them and obeys none of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple


@dataclass(frozen=True)
class Heading:
    """A heading of the second level."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph, in bold where it matters most; `lead` is a bold beginning."""

    text: str
    strong: bool = False
    lead: str = ""


@dataclass(frozen=True)
class Points:
    """A list of short sentences."""

    items: Sequence[str]


@dataclass(frozen=True)
class Facts:
    """Labels with their values, two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Ledger:
    """A table; `right` are the columns of figures, `total` a last row in bold; `by_hand`: room to write in."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    total: Sequence[str] = ()
    by_hand: bool = False


@dataclass(frozen=True)
class Signatures:
    """Columns to sign or to tick by hand: a title and what to write below it."""

    columns: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Decision:
    """Boxes to tick by hand, and what to write beside the one that is ticked."""

    choices: Sequence[str]
    blanks: Sequence[str]


@dataclass(frozen=True)
class Chart:
    """Bars with their figures; formats without pictures show the figures alone."""

    caption: str
    bars: Sequence[tuple[str, Fraction]]


@dataclass(frozen=True)
class PageBreak:
    """What follows begins a new page where there are pages."""


Part = Heading | Paragraph | Points | Facts | Ledger | Signatures | Decision | Chart | PageBreak


class Attachment(NamedTuple):
    """A certificate or receipt that follows as pages of its own; `pages` 0: it cannot be shown."""

    label: str
    path: Path
    pages: int


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A document: its title, what it says, and what is attached.

    `stamp` stands above everything where the document is not complete. `figures` is the same for programs,
    `sheet` for a spreadsheet: a header and rows whose amounts and dates are no text.
    """

    title: str
    parts: Sequence[Part]
    footer: str
    stamp: str | None = None
    attachments: Sequence[Attachment] = ()
    figures: Mapping[str, object] = field(default_factory=dict)
    sheet: Sequence[Sequence[object]] = ()
