"""Help as a screen like the others: an example first, to be pasted as it stands; nothing in it is cut.

It wraps at every width, needs no boxes, and has no words that only programmers know.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from typer.core import TyperArgument

from cmmctl.commands.options import SHARED
from cmmctl.screen import LABEL, Cell, Fields, Gap, Part, Row, Screen, Text, cells

INDENT = 2
GROUP = "Commands"
MORE = "\\"  # how a command goes on in the next line
if sys.platform == "win32":  # other system: PowerShell's way
    MORE = "`"
_WORD = re.compile(r'(?:[^\s"\']|"[^"]*"|\'[^\']*\')+')


def show(command: Any, context: Any) -> None:  # noqa: ANN401 - Typer's command and context have no public type
    """Draw the help of a command on standard output."""
    from cmmctl.render.terminal import draw, width_of  # noqa: PLC0415 - only where help is asked for

    draw(screen(command, context, width_of(sys.stdout)))


def screen(command: Any, context: Any, width: int) -> Screen:  # noqa: ANN401 - as above
    """Make the help of a command: examples, how it is written, what it is for, what can be written after it."""
    room = width - INDENT - 1  # one column stays empty
    examples = [line for example in command.examples for line in broken(example, room)]
    usage = " ".join(["Usage:", context.command_path, *command.collect_usage_pieces(context)])
    sections = {**_options(command, context), **_commands(command, context)}
    labels = max(len(label.text) for rows in sections.values() for label, _ in rows if len(label.text) <= LABEL)
    return [
        Text(Cell("Examples" if len(command.examples) > 1 else "Example", "strong")),
        *(Text(Cell(" " * INDENT + line, "command")) for line in examples),
        Gap(),
        Text(Cell(usage, "strong")),
        *(part for text in _paragraphs(command.help) for part in (Gap(), Text(Cell(text)))),
        *(part for name, rows in sections.items() for part in _section(name, rows, labels)),
    ]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n")]


def _section(name: str, rows: Iterable[Row], labels: int) -> list[Part]:
    return [Gap(), Text(Cell(name, "strong")), Fields(list(rows), indent=INDENT, labels=labels)]


def _options(command: Any, context: Any) -> dict[str, list[Row]]:  # noqa: ANN401 - as above
    """Give arguments first, then options, then those under a heading of their own; what all commands share is last."""
    sections: dict[str, list[Row]] = {"Arguments": [], "Options": []}
    parameters = [(one, record) for one in command.get_params(context) if (record := one.get_help_record(context))]
    shares = any(getattr(one, "rich_help_panel", None) == SHARED for one, _ in parameters)
    for parameter, (written, means) in parameters:
        usual = "Arguments" if isinstance(parameter, TyperArgument) else "Options"
        asks = "--help" in parameter.opts
        section = SHARED if asks and shares else getattr(parameter, "rich_help_panel", None) or usual
        said = "Show this." if asks else " ".join(means.split())
        sections.setdefault(section, []).append(cells(Cell(written, "command"), said))
    shared = sections.pop(SHARED, [])
    return {name: rows for name, rows in {**sections, SHARED: shared}.items() if rows}


def _commands(command: Any, context: Any) -> dict[str, list[Row]]:  # noqa: ANN401 - as above
    """Give the commands of a group under their headings, in reading order."""
    sections: dict[str, list[Row]] = {}
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        one = command.get_command(context, name)
        rows = sections.setdefault(getattr(one, "rich_help_panel", None) or GROUP, [])
        rows.append(cells(Cell(name, "command"), _paragraphs(one.help)[0]))
    return sections


def broken(example: str, room: int) -> Iterator[str]:
    """Break a command between its words, options together with their values, so that it can be pasted in pieces."""
    line = ""
    for part in re.split(r" (?=--?[a-z])", example):
        for words in [part] if len(part) <= room - INDENT - len(MORE) - 1 else _WORD.findall(part):
            if line and len(f"{line} {words} {MORE}") > room:
                yield f"{line} {MORE}"
                line = " " * INDENT + words
            else:
                line = f"{line} {words}" if line else words
    yield line
