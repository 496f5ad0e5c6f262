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
    """An empty line."""


@dataclass(frozen=True)
class Grid:
    """Rows without a header; the first cell is a label. `right`: the last column stands at the right edge."""

    rows: Sequence[Sequence[Cell]]
    right: bool = False
    indent: int = 1


@dataclass(frozen=True)
class Table:
    """Rows under a header, in a frame; `numbers` are the columns whose figures stand under each other."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()


Part = Title | Text | Gap | Grid | Table
Screen = Sequence[Part]


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """Make a row of texts."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)
