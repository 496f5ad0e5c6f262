"""The only place that draws on a terminal, and the only importer of Rich.

Every text goes through `safe`: nothing that came from a file is obeyed. Texts wrap, nothing is cut; what an
output cannot show is drawn in ASCII. Cells stand beside each other where they fit, else under each other.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import zip_longest
from typing import Literal, TextIO, assert_never

from rich import box
from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.text import Text as Line

from cmmctl.amounts import bar
from cmmctl.render.text import safe
from cmmctl.screen import LABEL, Cell, Fields, Gap, Grid, Part, Screen, Table, Text, Title

WIDTH = 79  # of a screen: the last column stays empty, because some consoles break the line there
WIDEST = 100  # the line under a title; a table may be wider
HEIGHT = 22  # lines of a screen after which the prompt still fits on a terminal of 24
STACKED = 60  # under so many columns, fields and tables that do not fit are stacked
UNLIMITED = 1_000_000
CELLS = 20  # of a bar; fewer where that keeps its figure beside it
BESIDE = 25  # what usually stands beside them on a line
LEAST_CELLS = 4
LEAST = 13  # of a column of labels
WIDE = 2  # cells of the widest character
SHARED = 16  # labels that are no wider make one column on the whole screen; those of a block make one anyway
SPACE = 3  # between columns
WHOLE = 16  # a column of a table that is no wider is never narrowed
WORD = 26  # the others stay as wide as their longest word, up to this
STYLES = {
    "ok": "green", "warn": "yellow", "bad": "bold red", "dim": "dim", "strong": "bold", "command": "cyan",
}  # fmt: skip
Drawn = list[RenderableType]
# A command up to the end of its hint, a literal in backticks, a word; each with the space before it.
_UNBROKEN = re.compile(r"(?<=:) cmmctl .+|\s*(?:`[^`]*`|\S)+")


def width_of(stream: TextIO) -> int:
    """Give the columns to draw in: `$COLUMNS`, else the terminal's, else no limit."""
    asked = os.environ.get("COLUMNS", "")
    if asked.isascii() and asked.isdigit() and int(asked) > 0:
        return int(asked)
    try:
        return os.get_terminal_size(stream.fileno()).columns or UNLIMITED
    except (OSError, ValueError):
        return UNLIMITED


def draw(screen: Screen, stream: TextIO | None = None) -> None:
    """Draw a screen on a stream, standard output unless told."""
    stream = stream or sys.stdout
    # Without a height, Rich takes every dumb terminal to be 80 wide.
    console = Console(file=stream, width=width_of(stream), height=HEIGHT, markup=False, highlight=False, emoji=False)
    console.print(Group(*Drawing(console).drawn(screen)))


class Drawing:
    """How screens are drawn on a console: in its columns, with the characters of its encoding."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = console.width - 1 if console.width > WIDTH else console.width
        self.stacked = self.width < STACKED
        self.frame = min(self.width, WIDTH)
        self.labels = LEAST
        self.cells = max(min(CELLS, console.width - BESIDE), LEAST_CELLS)
        shows = self._visible("█░─╭") == "█░─╭"
        self.full, self.empty, self.rule = "█░─" if shows else "#--"
        self.box = box.ROUNDED if shows else box.ASCII

    def drawn(self, screen: Screen) -> Drawn:
        """Draw every part, one under the other."""
        self.labels = self._labels([row[0] for part in screen if isinstance(part, Fields) for row in part.rows], SHARED)
        parts = [(part, self._part(part)) for part in screen]
        lines = sum(2 if isinstance(part, Title) else len(drawn) for part, drawn in parts)
        spare = [at for at, (part, _) in enumerate(parts) if isinstance(part, Gap) and part.spare]
        over = max(lines - HEIGHT, 0)
        left_out = spare[len(spare) - over :] if over <= len(spare) else []
        return [
            one
            for at, (part, drawn) in enumerate(parts)
            if at not in left_out
            for one in (self._title(part) if isinstance(part, Title) else drawn)
        ]

    def _part(self, part: Part) -> Drawn:
        match part:
            case Title():
                return []  # drawn last, as wide as the widest table
            case Gap():
                return [Line()]
            case Text(cell):
                return [*self._beside(Line(" "), self._text(cell))]
            case Fields():
                return [*self._fields(part)]
            case Grid():
                return [*self._grid(part)]
            case Table():
                return self._table(part)
            case _:
                assert_never(part)

    def _visible(self, text: str) -> str:
        """Make a text one that the output can show and no terminal obeys."""
        return safe(text).encode(self.console.encoding, "replace").decode(self.console.encoding)

    def _line(self, text: str, style: str = "") -> Line:
        return Line(self._visible(text), style)

    def _text(self, cell: Cell) -> Line:
        text = self._line(cell.text, STYLES.get(cell.tone, ""))
        return text if cell.bar is None else Line.assemble(self._bar(*cell.bar), "  ", text)

    def _bar(self, have: Fraction, want: Fraction) -> Line:
        full = bar(have, want, self.cells)
        tone = STYLES["ok" if full == self.cells else "warn"]
        return Line.assemble("[", (self.full * full, tone), (self.empty * (self.cells - full), "dim"), "]")

    def _title(self, title: Title) -> list[Line]:
        left = self._beside(Line(), self._line(title.left, "bold"))
        right = self._line(title.right, "bold")
        return [*self._with_right(left, right, self.frame), Line(self.rule * self.frame, "dim")]

    def _fields(self, part: Fields) -> list[Line]:
        rows = [[self._text(cell) for cell in row] for row in part.rows]
        labels = max(self.labels, part.labels, self._labels([row[0] for row in part.rows], LABEL)) + SPACE
        lines: list[Line] = []
        for label, text, *right in rows:
            if self.stacked:
                lines += self._under(part.indent, label, [text, *right])
                continue
            head = Line(" " * part.indent).append_text(label)
            if label.cell_len > LABEL:
                lines += self._beside(Line(" " * part.indent), label)
                head = Line()
            head.pad_right(part.indent + labels - head.cell_len)
            beside = self._beside(head, text)
            lines += self._with_right(beside, right[0], min(self.width, WIDTH)) if right else beside
        return lines

    def _labels(self, labels: Iterable[Cell], widest: int) -> int:
        """Measure the column of those labels that are not too wide for one."""
        return max([LEAST, *(wide for label in labels if (wide := self._text(label).cell_len) <= widest)])

    def _grid(self, part: Grid) -> list[Line]:
        rows = [[self._text(cell) for cell in row] for row in part.rows]
        widths = [max(text.cell_len for text in column) for column in _columns(rows)]
        if part.indent + sum(widths) + SPACE * (len(widths) - 1) > self.width:
            return [line for head, *rest in rows for line in self._under(part.indent, head, rest)]
        lines = []
        for row in rows:
            line = Line(" " * part.indent)
            for text, width in zip(row, widths, strict=False):
                padding = width - text.cell_len + SPACE
                line.append_text(text).pad_right(padding)
            line.rstrip()
            lines.append(line)
        return lines

    def _table(self, part: Table) -> Drawn:
        title = self._beside(Line(), self._line(part.title, "bold")) if part.title else []
        part = _filled(part)
        rows = [[self._text(cell) for cell in row] for row in part.rows]
        header = [self._line(name, "bold") for name in part.header]
        frame = 3 * len(header) + 1
        widths = self._fitting(_columns([header, *rows]), part.numbers, self.width - frame)
        if widths is None:
            return [*title, *(line for row in rows for line in self._stack(part.header, row))]
        from rich.table import Table as RichTable  # noqa: PLC0415 - the screen people live with has none

        self.frame = max(self.frame, min(sum(widths) + frame, WIDEST))
        table = RichTable(box=self.box, border_style="dim")
        for column, (name, width) in enumerate(zip(header, widths, strict=True)):
            justify: Literal["left", "right"] = "right" if column in part.numbers else "left"
            table.add_column(name, width=width, overflow="fold", justify=justify)
        for row in rows:
            table.add_row(*row)
        return [*title, table]

    def _fitting(self, columns: Sequence[Sequence[Line]], numbers: frozenset[int], room: int) -> list[int] | None:
        """Find widths with which all columns fit, narrowing the widest first; None where they never do."""
        widest = [max(text.cell_len for text in column) for column in columns]
        if sum(widest) <= room:
            return widest
        if self.stacked:
            return None
        least = [
            wide if wide <= WHOLE or at in numbers else min(WORD, max(map(_longest_word, column)))
            for at, (column, wide) in enumerate(zip(columns, widest, strict=True))
        ]
        narrowed = (
            [max(low, min(wide, most)) for low, wide in zip(least, widest, strict=True)] for most in range(room, 0, -1)
        )
        return next((widths for widths in narrowed if sum(widths) <= room), None)

    def _stack(self, header: Sequence[str], row: Sequence[Line]) -> list[Line]:
        """Put the cells of a table's row under each other, with the names of their columns."""
        named = [
            Line.assemble((f"{self._visible(name)}: ", "dim"), text)
            for name, text in zip(header[1:], row[1:], strict=True)
            if text
        ]
        return self._under(1, row[0], named, hanging=2)

    def _under(self, indent: int, head: Line, texts: Iterable[Line], hanging: int = 0) -> list[Line]:
        """Put texts under their label, one after the other where they fit on a line."""
        head.stylize("bold")
        lines = self._beside(Line(" " * indent), head) if head else []
        open_line: Line | None = None
        for text in filter(None, texts):
            if open_line is not None and open_line.cell_len + SPACE + text.cell_len <= self.width:
                open_line.pad_right(SPACE)
                open_line.append_text(text)
                continue
            beside = self._beside(Line(" " * (indent + 2)), text, hanging)
            open_line = beside[0] if len(beside) == 1 else None
            lines += beside
        return lines

    def _beside(self, head: Line, text: Line, hanging: int = 0) -> list[Line]:
        """Put a text beside its label, its further lines under its first, or so much further in."""
        column = head.cell_len + hanging
        room = self.width - column
        if room < WIDE:  # Rich leaves out a character that has no room
            room = max(map(cell_len, text.plain), default=1) or 1
        lines = []
        for wrapped in text.wrap(self.console, room, overflow="fold"):
            lines.append(head.append_text(wrapped))
            lines[-1].rstrip()
            head = Line(" " * column)
        return lines

    def _with_right(self, lines: list[Line], right: Line, frame: int) -> list[Line]:
        """Put a text at the right edge of the last line, or of one more where there is no room."""
        last = lines[-1]
        gap = max(SPACE, frame - last.cell_len - right.cell_len)
        if last.cell_len + gap + right.cell_len > self.width:
            return [*lines, *self._beside(Line(" " * max(frame - right.cell_len, 0)), right)]
        last.pad_right(gap)
        last.append_text(right)
        return lines


def laid(sentence: str, columns: int) -> list[str]:
    """Break a sentence between words; a command or a literal stays whole, so that it can be copied."""
    indent = sentence[: len(sentence) - len(sentence.lstrip())]
    lines = [""]
    for word in _UNBROKEN.findall(sentence):
        if lines[-1] and cell_len(lines[-1] + word) >= columns:
            lines.append(indent + word.lstrip())
        else:
            lines[-1] += word
    return lines


def _filled(table: Table) -> Table:
    """Leave out the columns that have nothing in any row."""
    kept = [at for at in range(len(table.header)) if any(row[at] != Cell("") for row in table.rows)]
    return table._replace(
        header=[table.header[at] for at in kept],
        rows=[[row[at] for at in kept] for row in table.rows],
        numbers=frozenset(new for new, at in enumerate(kept) if at in table.numbers),
    )


def _longest_word(text: Line) -> int:
    """Measure what cannot be broken: words, and a bar with its figure, which stand two spaces apart."""
    return max(map(cell_len, re.split("(?<! ) (?! )", text.plain)))


def _columns(rows: Iterable[Sequence[Line]]) -> list[tuple[Line, ...]]:
    return list(zip_longest(*rows, fillvalue=Line()))
