"""The options that every command of a kind has, and how a function becomes a command.

`command` adds the shared options to a function's own, so that no command lists them; the function receives a
`Session` in their place.
"""

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import typer

from cmmctl.commands.session import Session
from cmmctl.errors import misuse

FOUND_SOMETHING = 3
SHARED = "Shared"  # the heading of the options that most commands have

_CONTEXT = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
_FILE = inspect.Parameter(
    "file", inspect.Parameter.KEYWORD_ONLY, annotation=str | None,
    default=typer.Option(
        None, "--file", "-f", metavar="PATH", help="The portfolio, instead of your own.", rich_help_panel=SHARED
    ),
)  # fmt: skip
_JSON = inspect.Parameter(
    "as_json", inspect.Parameter.KEYWORD_ONLY, annotation=bool,
    default=typer.Option(False, "--json", help="Answer as JSON, for programs.", rich_help_panel=SHARED),  # noqa: FBT003 - Typer's own form
)  # fmt: skip
_PLAIN = inspect.Parameter(
    "as_plain", inspect.Parameter.KEYWORD_ONLY, annotation=bool,
    default=typer.Option(False, "--plain", help="Answer as one tab-separated table.", rich_help_panel=SHARED),  # noqa: FBT003 - Typer's own form
)  # fmt: skip
_AS_OF = inspect.Parameter(
    "as_of", inspect.Parameter.KEYWORD_ONLY, annotation=str | None,
    default=typer.Option(None, "--as-of", metavar="DATE", help="How it stood, or will stand, on that day."),
)  # fmt: skip
_NO_INPUT = inspect.Parameter(
    "no_input", inspect.Parameter.KEYWORD_ONLY, annotation=bool,
    default=typer.Option(
        False, "--no-input", help="Never ask; fail where something is missing.", rich_help_panel=SHARED  # noqa: FBT003 - Typer's own form
    ),
)  # fmt: skip
_CHECK = inspect.Parameter(
    "check", inspect.Parameter.KEYWORD_ONLY, annotation=bool,
    default=typer.Option(False, "--check", help="Exit with 3 where something needs attention."),  # noqa: FBT003 - Typer's own form
)  # fmt: skip
_SHARED = {
    "report": (_FILE, _JSON, _PLAIN, _AS_OF),
    "checked": (_FILE, _JSON, _PLAIN, _AS_OF, _CHECK),
    "change": (_FILE, _JSON, _NO_INPUT),
    "document": (_FILE, _JSON, _AS_OF, _NO_INPUT),
}

Command = Callable[..., object]


def command(
    kind: str, name: str | None = None, parameters: Iterable[inspect.Parameter] | None = None
) -> Callable[[Command], Command]:
    """Give a function the options every report or change has; it is called with a session instead of them.

    `kind`: `report`, `checked` (a report with `--check`, whose function returns whether it found something),
    `change` or `document`. `parameters` are the function's own options where they are made from the facts.
    """

    def decorate(function: Command) -> Command:
        shared = _SHARED[kind]
        own = list(parameters if parameters is not None else inspect.signature(function).parameters.values())
        typed_name = name or function.__name__.strip("_").replace("_", "-")

        @wraps(function)
        def run(**typed: Any) -> None:  # noqa: ANN401 - what the options' own types say
            context: typer.Context = typed.pop("context")
            check = typed.pop("check", False)
            session = Session(typed_name, **{p.name: typed.pop(p.name) for p in shared if p is not _CHECK})
            session.file = file_of(context)
            session.context = context
            _understood(session)
            found = function(session, **typed)
            if check and found:
                raise typer.Exit(FOUND_SOMETHING)

        options_ = [
            p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in (*own, *shared, _CONTEXT) if p.name != "session"
        ]
        run.__signature__ = inspect.Signature(options_)  # type: ignore[attr-defined] # Typer reads it
        run.__annotations__ = {p.name: p.annotation for p in options_}
        return run

    return decorate


def file_of(context: Any) -> str | None:  # noqa: ANN401 - Typer's context
    """Find the portfolio that a command line names: `--file` may stand before a command, behind it, or both."""
    file: str | None = context.params.get("file")
    return file_of(context.parent) if file is None and context.parent else file


def _understood(session: Session) -> None:
    """Refuse shared options that cannot be understood before anything is read."""
    if session.as_json and session.as_plain:
        raise misuse("`--json` and `--plain` are two forms of one answer", "choose one of them")
    assert session.on  # noqa: S101 - reading it raises `bad-value` for a day that is none
