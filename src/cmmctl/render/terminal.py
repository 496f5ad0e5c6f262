"""The only place that draws on a terminal, and the only importer of Rich.

Every text goes through `safe`: nothing that came from a file is obeyed. Texts wrap, nothing is cut; what a
terminal cannot show is drawn in ASCII. Under `STACKED` columns, cells stand under each other.
"""

import os
import re
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TextIO

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as RichTable
from rich.text import Text as RichText

from cmmctl.amounts import bar
from cmmctl.render.text import safe
from cmmctl.screen import Cell, Grid, Screen, Table, Text, Title

WIDTH = 79
STACKED = 60
UNLIMITED = 10_000
CELLS = 20
_TRAILING = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)  # spaces that only fill a line
STYLES = {
    "ok": "green", "warn": "yellow", "bad": "bold red", "dim": "dim", "strong": "bold", "command": "cyan",
}  # fmt: skip


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
    Drawing(stream).draw(screen)


class Drawing:
    """A console that knows its width and which characters its encoding has."""

    def __init__(self, stream: TextIO) -> None:
        self.console = Console(
            file=stream,
            width=width_of(stream),
            markup=False,
            highlight=False,
            emoji=False,
            soft_wrap=False,
            legacy_windows=False,
        )
        self.full, self.empty, self.line, self.box = "█", "░", "─", box.ROUNDED
        try:
            (self.full + self.empty + self.line + "╭").encode(stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            self.full, self.empty, self.line, self.box = "#", "-", "-", box.ASCII
        self.stacked = self.console.width < STACKED

    def draw(self, screen: Screen) -> None:
        """Draw every part, one under the other."""
        drawn = [self._part(part) for part in screen]
        natural = max((self._natural(one) for one in drawn if not isinstance(one, RichText)), default=0)
        width = min(self.console.width, max(WIDTH, natural))
        with self.console.capture() as captured:
            for part, one in zip(screen, drawn, strict=True):
                if isinstance(part, Title):
                    self._title(part, width)
                elif isinstance(part, Grid) and part.right and not self.stacked:
                    self.console.print(one, width=width)
                else:
                    self.console.print(one)
        self.console.file.write(_TRAILING.sub(r"\1", captured.get()))

    def _natural(self, drawn: RenderableType) -> int:
        return Measurement.get(self.console, self.console.options, drawn).maximum

    def _part(self, part: object) -> RenderableType:
        match part:
            case Text(cell):
                return Padding(self._text(cell), (0, 0, 0, 1), expand=False)
            case Grid():
                return self._stack(part.rows) if self.stacked else self._grid(part)
            case Table():
                return self._stack_table(part) if self.stacked else self._table(part)
            case _:
                return RichText("")

    def _title(self, title: Title, width: int) -> None:
        left, right = safe(title.left), safe(title.right)
        gap = width - len(left) - len(right)
        self.console.print(RichText(left + " " * gap + right if gap > 1 else f"{left}\n{right}", style="bold"))
        self.console.print(RichText(self.line * width, style="dim"))

    def _text(self, cell: Cell) -> RichText:
        text = RichText(overflow="fold")
        if cell.bar is not None:
            text.append_text(self._bar(*cell.bar))
            text.append("  ")
        text.append(safe(cell.text), style=STYLES.get(cell.tone, ""))
        return text

    def _bar(self, have: Fraction, want: Fraction) -> RichText:
        full = bar(have, want, CELLS)
        return RichText.assemble(
            "[",
            (self.full * full, "green" if full == CELLS else "yellow"),
            (self.empty * (CELLS - full), "dim"),
            "]",
        )

    def _grid(self, part: Grid) -> RenderableType:
        columns = max((len(row) for row in part.rows), default=1)
        grid = RichTable.grid(padding=(0, 3, 0, 0), expand=part.right)
        for column in range(columns):
            last = part.right and column == columns - 1
            label = column == 0
            grid.add_column(
                overflow="fold", justify="right" if last else "left", ratio=None,
                min_width=min(self._widest(part.rows, column), WIDTH // 4) if label else None,
            )  # fmt: skip
        for row in part.rows:
            grid.add_row(*map(self._text, row))
        return Padding(grid, (0, 0, 0, part.indent), expand=part.right)

    def _widest(self, rows: Iterable[Sequence[Cell]], column: int) -> int:
        return max((len(row[column].text) for row in rows if len(row) > column), default=0)

    def _table(self, part: Table) -> RichTable:
        table = RichTable(
            title=RichText(safe(part.title), style="bold") if part.title else None,
            title_justify="left",
            box=self.box,
            border_style="dim",
        )
        for column, name in enumerate(part.header):
            table.add_column(
                RichText(name, style="bold"),
                overflow="fold",
                justify="right" if column in part.numbers else "left",
            )
        for row in part.rows:
            table.add_row(*map(self._text, row))
        return table

    def _stack(self, rows: Iterable[Sequence[Cell]]) -> RenderableType:
        """Put the cells of each row under each other, the first one in bold."""
        text = RichTable.grid()
        text.add_column(overflow="fold")
        for row in rows:
            head, *rest = row
            text.add_row(Padding(self._strong(head), (0, 0, 0, 1)))
            for cell in rest:
                if cell.text or cell.bar:
                    text.add_row(Padding(self._text(cell), (0, 0, 0, 3)))
        return text

    def _strong(self, cell: Cell) -> RichText:
        text = self._text(cell)
        text.stylize("bold")
        return text

    def _stack_table(self, part: Table) -> RenderableType:
        text = RichTable.grid()
        text.add_column(overflow="fold")
        if part.title:
            text.add_row(RichText(safe(part.title), style="bold underline"))
        for row in part.rows:
            for column, (name, cell) in enumerate(zip(part.header, row, strict=True)):
                if cell.text or cell.bar:
                    text.add_row(
                        Padding(
                            RichText.assemble((f"{name}: ", "dim"), self._text(cell)),
                            (0, 0, 0, 1 if column == 0 else 3),
                        )
                    )
        return text
