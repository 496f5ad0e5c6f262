"""What a screen is made of: plain data that every renderer can draw and no renderer decides.

A tone says what a text means (`ok warn bad dim strong command`); meaning is never in the tone alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple


class Cell(NamedTuple):
    """One text with its tone; with `bar`, how much of what is wanted is there, drawn before the text."""

    text: str
    tone: str = ""
    bar: tuple[Fraction, Fraction] | None = None


Row = Sequence[Cell]


@dataclass(frozen=True)
class Title:
    """The first line: what this is, and the day."""

    left: str
    right: str


@dataclass(frozen=True)
class Text:
    """A sentence or a heading."""

    cell: Cell


@dataclass(frozen=True)
class Gap:
    """An empty line. A `spare` one is left out where that makes the screen fit on a terminal of 24 lines."""

    spare: bool = False


@dataclass(frozen=True)
class Fields:
    """Labels, and beside each what is said about it; a third cell stands at the right edge."""

    rows: Sequence[Row]


@dataclass(frozen=True)
class Grid:
    """Cells in columns without a header: beside each other where all fit, else under each other."""

    rows: Sequence[Row]
    indent: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under a header, in a frame; `numbers` are the columns whose figures stand under each other."""

    title: str
    header: Sequence[str]
    rows: Sequence[Row]
    numbers: frozenset[int] = frozenset()


Part = Title | Text | Gap | Fields | Grid | Table
Screen = Sequence[Part]


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Make a row of texts."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)
