"""Help as a screen like the others: it wraps at every width, needs no boxes, and nothing in it is cut."""

import inspect
from collections.abc import Iterable
from typing import Any

from typer.core import TyperArgument

from cmmctl.screen import LABEL, Cell, Fields, Gap, Part, Row, Screen, Text, cells

INDENT = 2
GROUP = "Commands"


def show(command: Any, context: Any) -> None:  # noqa: ANN401 - Typer's command and context have no public type
    """Draw the help of a command on standard output."""
    from cmmctl.render.terminal import draw  # noqa: PLC0415 - only where help is asked for

    draw(screen(command, context))


def screen(command: Any, context: Any) -> Screen:  # noqa: ANN401 - as above
    """Make the help of a command: how it is written, what it is for, what can be written after it."""
    usage = " ".join(["Usage:", context.command_path, *command.collect_usage_pieces(context)])
    sections = {**_options(command, context), **_commands(command, context)}
    labels = max(len(label.text) for rows in sections.values() for label, _ in rows if len(label.text) <= LABEL)
    return [
        Text(Cell(usage, "strong")),
        *(part for text in _paragraphs(command.help) for part in (Gap(), Text(Cell(text)))),
        *(part for name, rows in sections.items() for part in _section(name, rows, labels)),
    ]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n")]


def _section(name: str, rows: Iterable[Row], labels: int) -> list[Part]:
    return [Gap(), Text(Cell(name, "strong")), Fields(list(rows), indent=INDENT, labels=labels)]


def _options(command: Any, context: Any) -> dict[str, list[Row]]:  # noqa: ANN401 - as above
    """Give arguments first, then options, then those under a heading of their own."""
    sections: dict[str, list[Row]] = {"Arguments": [], "Options": []}
    parameters = [(one, record) for one in command.get_params(context) if (record := one.get_help_record(context))]
    for parameter, (written, means) in parameters:
        usual = "Arguments" if isinstance(parameter, TyperArgument) else "Options"
        rows = sections.setdefault(getattr(parameter, "rich_help_panel", None) or usual, [])
        rows.append(cells(Cell(written, "command"), " ".join(means.split())))
    return {name: rows for name, rows in sections.items() if rows}


def _commands(command: Any, context: Any) -> dict[str, list[Row]]:  # noqa: ANN401 - as above
    """Give the commands of a group under their headings, in reading order."""
    sections: dict[str, list[Row]] = {}
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        one = command.get_command(context, name)
        rows = sections.setdefault(getattr(one, "rich_help_panel", None) or GROUP, [])
        rows.append(cells(Cell(name, "command"), _paragraphs(one.help)[0]))
    return sections
