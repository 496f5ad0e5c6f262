"""A command as it could be typed again, for hints: with quotes where a shell asks for them."""

from collections.abc import Mapping
from typing import Any

from cmmctl.commands.quoting import quoted
from cmmctl.commands.session import Session
from cmmctl.typed import typed_keys


def program(session: Session) -> list[str]:
    """Begin a command about the same portfolio."""
    return ["cmmctl", *(["--file", quoted([session.file])] if session.file else [])]


def again(session: Session, kind: str, words: Mapping[str, Any], *more: str) -> str:
    """Write an `add-` command with the words it was given, and more options."""
    known = typed_keys(kind)
    arguments: list[str] = []
    options: list[str] = []
    for name, given in words.items():
        key = known.get(name)
        typed: list[str] = given if isinstance(given, list) else [given]
        option = key.option if key else f"--{name.replace('_', '-')}"
        if isinstance(given, bool):
            options += [option if given else f"--no-{name}"] if given or key else []
        elif key and key.positional:
            arguments.append(quoted(typed))
        else:
            options += [part for word in typed for part in (option, quoted([word]))]
    return " ".join([*program(session), session.command, *arguments, *options, *more])
