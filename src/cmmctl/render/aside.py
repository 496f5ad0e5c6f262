"""What is said beside the answer, on standard error: nothing in it is obeyed, and nobody there is no failure.

A message is one line for whoever keeps it. On a terminal it is broken between words, and never within a command.
"""

import sys
from contextlib import suppress

from cmmctl.render.text import safe


def say(text: str) -> None:
    """Write lines on standard error."""
    with suppress(OSError):
        for line in map(safe, text.split("\n")):
            print(_laid(line) if sys.stderr.isatty() else line, file=sys.stderr, flush=True)  # noqa: T201 - the one door beside the answer


def _laid(line: str) -> str:
    from cmmctl.render.terminal import laid, width_of  # noqa: PLC0415 - Rich is a third of the start-up

    return "\n".join(laid(line, width_of(sys.stderr)))
