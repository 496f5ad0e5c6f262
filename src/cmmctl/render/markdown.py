"""A document as Markdown that reads well in an e-mail: short cells, no HTML, every text escaped."""

import re
from collections.abc import Iterator, Sequence
from typing import assert_never

from cmmctl.amounts import shown
from cmmctl.documents.paper import (
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
from cmmctl.render.text import safe

_MARKUP = re.compile(r"([\\`*_\[\]<>|~&])")
_LINE_START = re.compile(r"^(\d+)([.)])(?=\s|$)|^([-+=#])")
_HEADING_END = re.compile(r"(?<=\s)(#+)$")


def markdown(paper: Paper) -> str:
    """Write the whole document."""
    lines = [f"# {line(paper.title)}", ""]
    if paper.stamp:
        lines += [f"**{escaped(paper.stamp)}**", ""]
    for part in paper.parts:
        lines += [*_lines(part), ""]
    if paper.footer:
        lines.append(line(paper.footer))
    return "\n".join(lines).rstrip() + "\n"


def escaped(text: str) -> str:
    """Make a text say only what it says: no markup, no control characters, one line."""
    return _MARKUP.sub(r"\\\1", safe(text)).strip()


def line(text: str) -> str:
    """Make a text safe that begins a line: no heading, no list."""
    text = _HEADING_END.sub(r"\\\1", escaped(text))
    return _LINE_START.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", text)


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Heading(text):
            yield f"## {line(text)}"
        case Paragraph():
            yield _paragraph(part)
        case Points(items):
            yield from (f"- {line(item)}" for item in items)
        case Facts(rows):
            yield from _table(("", ""), [(f"**{escaped(label)}**", escaped(value)) for label, value in rows])
        case Ledger():
            yield from _ledger(part)
        case Signatures(columns):
            yield from _table([escaped(title) for title, _ in columns], [[escaped(below) for _, below in columns]])
        case Decision(choices, blanks):
            boxes = [[f"\\[ \\] {escaped(choice)}", *("" for _ in blanks)] for choice in choices]
            yield from _table(["Decision", *map(escaped, blanks)], boxes)
        case Chart(caption, bars):
            yield from _table(
                (escaped(caption), "Hours"), [(escaped(label), shown(value)) for label, value in bars], frozenset({1})
            )
        case PageBreak():
            yield "---"
        case _:
            assert_never(part)


def _paragraph(part: Paragraph) -> str:
    text = f"**{line(part.text)}**" if part.strong else line(part.text)
    return f"**{line(part.lead)}** {text}" if part.lead else text


def _ledger(part: Ledger) -> Iterator[str]:
    rows = [[escaped(cell) for cell in row] for row in part.rows]
    if part.total:
        rows.append([f"**{escaped(cell)}**" if cell else "" for cell in part.total])
    yield from _table([escaped(name) for name in part.header], rows, part.right)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> Iterator[str]:
    yield _row(header)
    yield "|" + "|".join("--:" if column in right else "---" for column in range(len(header))) + "|"
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |" if any(cells) else "|" + " |" * len(cells)
