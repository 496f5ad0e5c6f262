"""Word the usage errors of Typer as ours: lower case, no full stop, and a hint to paste."""

import re
from collections.abc import Sequence
from typing import Any

from cmmctl.amounts import shown_input
from cmmctl.commands import meant, quoting
from cmmctl.commands.quoting import PROGRAM
from cmmctl.errors import Problem, nearest

_AFTER = {"--json", "--plain", "--as-of", "--check", "--no-input", "--yes"}  # options of commands, not of `cmmctl`


def problem(error: Any, command: str) -> Problem:  # noqa: ANN401 - the usage errors of Typer have no public base with these names
    """Say what Typer found. `command` is the one that was typed, for an error that does not know its own."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else f"{PROGRAM} {command}"
    hint = f"`{path} --help` shows what can be written"
    said = error.format_message().rstrip(".")
    message = said.replace("'", "`")
    if context and hasattr(error, "possibilities"):
        name = _typed(error.option_name, context.obj)
        message = f"there is no option {shown_input(name)}"
        hint = _option(name, path, context) or hint
    elif typed := getattr(error, "option_name", None):
        message = f"`{typed}` {'needs a value' if 'requires' in message else 'takes no value'}"
    elif context and (extra := re.search(r"extra argument\(s\) \((.*)\)", said, re.DOTALL)):
        message = f"{shown_input(extra[1])} is more than was expected"
        hint = quoting.mended(context) or hint
    return Problem(message=message[:1].lower() + message[1:], code="usage", hint=hint)


def _typed(name: str, words: Sequence[str]) -> str:
    """Find the whole word of which Typer names one letter: `-provider` is not `-p`."""
    whole = (word.partition("=")[0] for word in words if word.startswith("-") and not word.startswith("--"))
    return next((word for word in whole if not name.startswith("--") and name[1:] in word), name)


def _option(name: str, path: str, context: Any) -> str | None:  # noqa: ANN401 - Typer's context
    """Find the option that was meant, or another way to say it."""
    if path == PROGRAM and (after := nearest(name, [*_AFTER, "--file", "--version", "--help"])) in _AFTER:
        commands = context.command.list_commands(context)
        which = next((word for word in context.obj if word in commands), "status")
        return f"it stands after the command, as in `{PROGRAM} {which} {after}`"
    known = [option for each in context.command.get_params(context) for option in (*each.opts, *each.secondary_opts)]
    known = [option for option in known if option.startswith("--")]
    keys = _keys() if path == f"{PROGRAM} edit" else ()
    if name.lstrip("-").replace("-", "_") in keys:
        return quoting.assigned(context, keys)
    if found := nearest(name, known):
        return f"did you mean `{found}`?"
    key = meant.key(name.lstrip("-"), [option.removeprefix("--").replace("-", "_") for option in known])
    return f"did you mean `--{key.replace('_', '-')}`?" if key else None


def _keys() -> list[str]:
    from cmmctl.described import keys_of  # noqa: PLC0415 - only on failure
    from cmmctl.model import KINDS  # noqa: PLC0415 - as above

    return [key for kind in KINDS.values() for key in keys_of(kind)]
