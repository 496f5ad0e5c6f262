"""Help as it is read: an example first, to be pasted as it stands, and no words that only programmers know."""

import re
import sys
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from cmmctl.commands.session import SHARED
from cmmctl.screen import Cell, Gap, Text

INDENT = 2
MORE = "\\"  # how a command goes on in the next line
if sys.platform == "win32":  # other system: PowerShell's way
    MORE = "`"
_WORD = re.compile(r'(?:[^\s"\']|"[^"]*"|\'[^\']*\')+')


def show(command: Any, context: Any, rest: Callable[[], None]) -> None:  # noqa: ANN401 - Typer's own
    """Show the examples of a command, then what Typer says of it."""
    from cmmctl.render.terminal import draw, width_of  # noqa: PLC0415 - only where help is shown

    room = width_of(sys.stdout) - INDENT - len(" ") * 2  # one before every line, and one that stays empty
    lines = [line for example in command.examples for line in broken(example, room)]
    heading = "Examples" if len(command.examples) > 1 else "Example"
    shown = [Text(Cell(" " * INDENT + line, "command")) for line in lines]
    draw([Gap(), Text(Cell(heading, "strong")), *shown])
    parameters = command.get_params(context)
    shared = any(getattr(parameter, "rich_help_panel", None) == SHARED for parameter in parameters)
    for parameter in parameters:
        if parameter.param_type_name == "argument":
            parameter.type = copy(parameter.type)
            parameter.type.get_metavar = lambda **_: ""  # else its help says `<str>`
        elif "--help" in parameter.opts:
            parameter.rich_help_panel = SHARED if shared else None
            parameter.help = "Show this."
    rest()


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
