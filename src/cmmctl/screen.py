"""What a screen is made of: plain data that every renderer can draw and no renderer decides.

A tone says what a text means (`ok warn bad dim strong command`); meaning is never in the tone alone.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

LABEL = 24  # a label that is wider stands above what is said about it


class Cell(NamedTuple):
    """One text with its tone; with `bar`, how much of what is wanted is there, drawn before the text."""

    text: str
    tone: str = ""
    bar: tuple[Fraction, Fraction] | None = None


Row = Sequence[Cell]


class Title(NamedTuple):
    """The first line: what this is, and the day."""

    left: str
    right: str


class Text(NamedTuple):
    """A sentence or a heading."""

    cell: Cell


class Gap(NamedTuple):
    """An empty line. A `spare` one is left out where that makes the screen fit on a terminal of 24 lines."""

    spare: bool = False


class Fields(NamedTuple):
    """Labels, and beside each what is said about it; a third cell stands at the right edge.

    `labels` is the least width of their column.
    """

    rows: Sequence[Row]
    indent: int = 1
    labels: int = 0


class Grid(NamedTuple):
    """Cells in columns without a header: beside each other where all fit, else under each other."""

    rows: Sequence[Row]
    indent: int = 1


class Table(NamedTuple):
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
