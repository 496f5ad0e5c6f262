"""The table of contents: every command in the order people meet it, built only when it is asked for.

Typer would build all of them at every start. The error boundary is here too: whatever goes wrong becomes one
`error:` with its hint and an exit code, or JSON where that was asked for, and never a traceback.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_command

from cmmctl import __version__
from cmmctl.errors import Cancelled, CmmctlError, Problem, UsageError, nearest

PROGRAM = "cmmctl"
INTERRUPTED = 130


class Entry(NamedTuple):
    """Where a command's function is; with `kind`, where the function is that makes it from that fact."""

    module: str
    function: str
    kind: str | None = None


CONTENTS: dict[str, dict[str, Entry]] = {
    "Begin": {
        "init": Entry("setup", "initer", "profile"),
        "demo": Entry("setup", "demo"),
    },
    "Look": {
        "status": Entry("report", "status"),
        "eligibility": Entry("report", "eligibility"),
        "recert": Entry("report", "recert"),
        "hours": Entry("report", "hours"),
        "list": Entry("report", "list_"),
        "show": Entry("report", "show"),
    },
    "Record": {
        "add-ce": Entry("add", "adder", "ce"),
        "add-course": Entry("add", "adder", "course"),
        "add-job": Entry("add", "adder", "job"),
        "add-degree": Entry("add", "adder", "degree"),
        "add-training": Entry("add", "adder", "training"),
        "add-credential": Entry("add", "adder", "credential"),
        "add-membership": Entry("add", "adder", "membership"),
        "add-renewal": Entry("add", "adder", "renewal"),
        "add-audit": Entry("add", "adder", "audit"),
        "add-answer": Entry("add", "adder", "answer"),
    },
    "Money": {
        "add-expense": Entry("add", "adder", "expense"),
        "add-claim": Entry("add", "adder", "claim"),
        "add-payment": Entry("add", "adder", "payment"),
    },
    "Change": {
        "attach": Entry("keep", "attach"),
        "done": Entry("change", "done"),
        "edit": Entry("change", "edit"),
        "remove": Entry("change", "remove"),
        "undo": Entry("keep", "undo"),
        "redo": Entry("keep", "redo"),
        "history": Entry("keep", "history"),
    },
    "Rules and files": {
        "rules": Entry("setup", "rules"),
        "check": Entry("setup", "check"),
        "path": Entry("setup", "path"),
        "backup": Entry("keep", "backup"),
    },
}
TABLE = {name: (entry, group) for group, entries in CONTENTS.items() for name, entry in entries.items()}
SYNONYMS = {
    "delete": "remove", "rm": "remove", "del": "remove", "seminar": "add-ce", "ceu": "add-ce", "workshop": "add-ce",
    "webinar": "add-ce", "course": "add-course", "job": "add-job", "credits": "hours", "ce": "hours", "due": "recert",
    "recertify": "recert", "renew": "add-renewal", "renewal": "add-renewal", "certify": "add-credential",
    "credential": "add-credential", "add": "add-ce", "new": "init", "start": "init", "print": "export",
    "eligible": "eligibility", "exam": "eligibility", "where": "path", "validate": "check", "help": "--help",
}  # fmt: skip


@cache
def build(name: str) -> Any:  # noqa: ANN401 - Typer's command has no public type
    """Make one command from its function."""
    entry, group = TABLE[name]
    function: Callable[..., Any] = getattr(import_module(f"cmmctl.commands.{entry.module}"), entry.function)
    if entry.kind:
        function = function(entry.kind)
    app = typer.Typer(add_completion=False, context_settings=_SETTINGS)
    app.command(name, rich_help_panel=group)(function)
    return get_command(app)


class Commands(TyperGroup):
    """The group that knows every name and builds the one command that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own signature
        """Give every name, in reading order."""
        return list(TABLE)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer's own signature
        """Build one command."""
        return build(cmd_name) if cmd_name in TABLE else None

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - Typer's own signature
        """Complete a command's name without building it."""
        from typer._click.shell_completion import CompletionItem  # noqa: PLC0415 - Typer offers no public way

        if incomplete.startswith("-"):
            return super(TyperGroup, self).shell_complete(ctx, incomplete)
        return [CompletionItem(name) for name in TABLE if name.startswith(incomplete)]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - Typer's own signature
        """Find a command; for an unknown one, the word that was probably meant."""
        name = args[0]
        if name in TABLE or ctx.resilient_parsing:
            return name, self.get_command(ctx, name), args[1:]
        meant = SYNONYMS.get(name.lower()) or nearest(name, TABLE)
        hint = (
            f"did you mean `{PROGRAM} {meant}`?"
            if meant in {*TABLE, "--help"}
            else f"`{PROGRAM} --help` lists all commands"
        )
        raise UsageError(Problem(message=f"there is no command `{name}`", code="usage", hint=hint))

    def main(self, args: Sequence[str] | None = None, *_: Any, **extra: Any) -> Any:  # noqa: ANN401 - what it is called and how it ends is decided here
        """Run a command inside the error boundary, and exit."""
        arguments = list(sys.argv[1:] if args is None else args)
        extra = {**extra, "prog_name": PROGRAM, "standalone_mode": False}
        sys.exit(_bounded(lambda: super(Commands, self).main(arguments, **extra), arguments))


def _bounded(run: Callable[[], Any], arguments: Sequence[str]) -> int:
    """Turn every way a command can end into an exit code, and every failure into words."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr] # a replaced stream may lack it
    from cmmctl.commands.session import ClosedPipe  # noqa: PLC0415 - the session pulls in what completion never needs

    try:
        code = run()
        sys.stdout.flush()
    except CmmctlError as error:
        return _tell(error.problems, error.exit_code, arguments)
    except typer.Exit as end:
        code = end.exit_code
    except ClosedPipe:
        _silence()
        return 0
    except (Cancelled, typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except OSError as error:
        _silence()
        return _tell([Problem(message=f"cannot write the output: {error.strerror}", code="io")], 1, [])
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        return _tell([_usage(error)], getattr(error, "exit_code", 1), arguments)
    if code == INTERRUPTED:
        _say("\nNothing was saved.")
    return code if isinstance(code, int) else 0


def _usage(error: Any) -> Problem:  # noqa: ANN401 - the usage errors of Typer have no public base with these names
    """Word a usage error of Typer as ours: lower case, no full stop, and something to paste."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else PROGRAM
    hint = f"`{path} --help` shows what can be written"
    if (typed := getattr(error, "option_name", None)) and context:
        options = [
            name for parameter in context.command.params for name in (*parameter.opts, *parameter.secondary_opts)
        ]
        if typed not in options:
            meant = nearest(typed, [name for name in options if name.startswith("--")])
            hint = f"did you mean `{meant}`?" if meant else hint
            return Problem(message=f"there is no option `{typed}`", code="usage", hint=hint)
    message = error.format_message().rstrip(".")
    return Problem(message=message[:1].lower() + message[1:], code="usage", hint=hint)


def _tell(problems: Sequence[Problem], code: int, arguments: Sequence[str]) -> int:
    """Say what went wrong: on standard error for people, on standard output as JSON for programs."""
    if "--json" in arguments:
        from cmmctl.render.text import json_text  # noqa: PLC0415 - only on failure

        errors = [problem.__dict__ for problem in problems]
        name = next((word for word in arguments if word in TABLE), None)
        with suppress(OSError):
            print(json_text({"cmmctl": 1, "command": name, "errors": errors}), flush=True)  # noqa: T201 - a boundary prints
        return code
    for problem in problems:
        _say(f"error: {problem}" + (f"\nhint: {problem.hint}" if problem.hint else ""))
    return code


def _say(text: str) -> None:
    from cmmctl.render.text import safe  # noqa: PLC0415 - only on failure

    with suppress(OSError):
        print("\n".join(map(safe, text.split("\n"))), file=sys.stderr)  # noqa: T201 - a boundary prints


def _silence() -> None:
    """Let the interpreter close an output that cannot be written without a complaint of its own."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_SETTINGS = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    cls=Commands,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings=_SETTINGS,
    name=PROGRAM,
)


def _version(value: bool) -> None:  # noqa: FBT001 - Typer's own signature
    if value:
        print(f"{PROGRAM} {__version__}")  # noqa: T201 - the whole answer
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    file: str | None = typer.Option(None, "--file", "-f", metavar="PATH", help="The portfolio, instead of your own."),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version."),  # noqa: ARG001, FBT001, FBT003 - its callback has answered
) -> None:
    """Keep a medical office manager's certification record: eligible or not, days until recertification, hours to go.

    Everything stays in one file on this computer. Begin with: cmmctl init
    """
    if context.invoked_subcommand is None:
        from cmmctl.commands.setup import welcome  # noqa: PLC0415 - only for the bare command

        welcome(file)


def main() -> None:
    """Run the command line."""
    app()
