"""The table of contents: every command in the order people meet it, built only when it is asked for.

Typer would build all of them at every start. The error boundary is here too: whatever goes wrong becomes one
`error:` with its hint and an exit code, or JSON where that was asked for, and never a traceback.
"""

import errno
import io
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

from cmmctl import __version__, interrupts
from cmmctl.amounts import shown_input
from cmmctl.commands.offered import Command, Group, harmlessly, in_whole_words
from cmmctl.errors import Cancelled, CmmctlError, Problem, UsageError, misuse
from cmmctl.systems import nobody_reads

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
        "explain": Entry("depth", "explain"),
        "training": Entry("depth", "training"),
        "list": Entry("looking", "list_"),
        "show": Entry("looking", "show"),
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
        "import": Entry("importer", "import_"),
    },
    "Money": {
        "costs": Entry("money", "costs"),
        "add-expense": Entry("add", "adder", "expense"),
        "add-claim": Entry("add", "adder", "claim"),
        "add-payment": Entry("add", "adder", "payment"),
    },
    "Documents": {
        "export": Entry("export", "app"),
    },
    "Change": {
        "attach": Entry("keep", "attach"),
        "done": Entry("change", "done"),
        "logged": Entry("depth", "logged"),
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


@cache
def build(name: str) -> Any:  # noqa: ANN401 - Typer's command has no public type
    """Make one command from its function."""
    entry, group = TABLE[name]
    function: Callable[..., Any] = getattr(import_module(f"cmmctl.commands.{entry.module}"), entry.function)
    if isinstance(function, typer.Typer):
        several: Any = get_command(function)
        several.rich_help_panel = group
        return several
    if entry.kind:
        function = function(entry.kind)
    app = typer.Typer(add_completion=False, context_settings=_SETTINGS)
    app.command(name, cls=Command, rich_help_panel=group)(function)
    return get_command(app)


class Commands(Group):
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
            return harmlessly(super(TyperGroup, self).shell_complete(ctx, incomplete))
        return [CompletionItem(name) for name in TABLE if name.startswith(incomplete)]

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - Typer's own signature
        """Find a command; for an unknown one, the word that was probably meant."""
        name = args[0]
        if name in TABLE or ctx.resilient_parsing:
            return name, self.get_command(ctx, name), args[1:]
        from cmmctl.commands import meant  # noqa: PLC0415 - only on failure

        found = meant.command(name, args[1:], TABLE)
        hint = f"did you mean `{PROGRAM} {found}`?" if found else f"`{PROGRAM} --help` lists all commands"
        raise misuse(f"there is no command {shown_input(name)}", hint)

    def main(self, args: Sequence[str] | None = None, *_: Any, **_extra: Any) -> Any:  # noqa: ANN401 - what it is called and how it ends is decided here
        """Run a command inside the error boundary, and exit."""
        arguments = list(sys.argv[1:] if args is None else args)
        sys.exit(_bounded(lambda: self._run(arguments), arguments))

    def _run(self, arguments: list[str]) -> None:
        if instruction := os.environ.get("_CMMCTL_COMPLETE"):
            in_whole_words(instruction)
        self._main_shell_completion({}, PROGRAM)
        with self.make_context(PROGRAM, list(arguments), obj=arguments) as context:
            self.invoke(context)


def _bounded(run: Callable[[], object], arguments: Sequence[str]) -> int:
    """Turn every way a command can end into an exit code, and every failure into words."""
    interrupts.begin()
    try:
        try:
            _ready()
            code = _ended(run, arguments)
            sys.stdout.flush()
        except CmmctlError as error:
            code = _tell(error.problems, error.exit_code, arguments)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)  # without a name only the folder that is worked in can be
        where = error.filename or ("the folder you are in" if gone else "cannot write the output")
        problem = Problem(message=f"{where}: {error.strerror}", code="io")
        # Whoever read the output may have seen enough.
        code = 0 if nobody_reads(error) else _tell([problem], 1, arguments if error.filename or gone else ())
    except Cancelled as stopped:
        code = _interrupted(str(stopped))
    except KeyboardInterrupt:
        code = _interrupted("")
    _settle()
    return code


def _ready() -> None:
    """Prepare the streams: what cannot be shown is replaced, files have one kind of line end everywhere.

    A width that is none is not asked for.
    """
    if not os.environ.get("COLUMNS", "1").strip("0"):
        del os.environ["COLUMNS"]
    if sys.stderr is None:
        sys.stderr = io.StringIO()
    if sys.stdout is None:
        sys.stdout = io.StringIO()
        raise OSError(errno.EBADF, "it is closed")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace", newline=None if stream.isatty() else "\n")


def _ended(run: Callable[[], object], arguments: Sequence[str]) -> int:
    """Run a command; give the exit code it chose. Raises its failures, those of Typer worded as ours."""
    try:
        run()
    except typer.Exit as end:
        return end.exit_code
    except SystemExit as end:  # how Rich ends where nobody reads what it writes
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        raise
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        from cmmctl.commands import usage  # noqa: PLC0415 - only on failure

        raise UsageError(usage.problem(error, _command(arguments))) from error
    return 0


def _tell(problems: Sequence[Problem], code: int, arguments: Sequence[str]) -> int:
    """Say what went wrong: on standard error for people, on standard output as JSON for programs."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    if "--json" in options:
        from cmmctl.render.text import json_text  # noqa: PLC0415 - only on failure

        errors = [{key: value for key, value in problem._asdict().items() if value is not None} for problem in problems]
        with suppress(BrokenPipeError):
            print(json_text({"cmmctl": 1, "command": _command(options), "errors": errors}), flush=True)  # noqa: T201 - a boundary prints
        return code
    for problem, following in zip(problems, [*(problem.hint for problem in problems[1:]), None], strict=True):
        _say(f"error: {problem}")
        if problem.hint and problem.hint != following:
            _say(f"hint: {problem.hint}")
    return code


def _command(arguments: Sequence[str]) -> str:
    """Find the command that was typed, known or not; bare, it is `status`."""
    words = iter(arguments)
    for word in words:
        if word in {"-f", "--file"}:
            next(words, None)
        elif not word.startswith("-"):
            return word
    return "status"


def _say(text: str) -> None:
    """Write one line on standard error."""
    from cmmctl.render.aside import say  # noqa: PLC0415 - only on failure
    from cmmctl.render.text import safe  # noqa: PLC0415 - as above

    say(safe(text))


def _interrupted(said: str) -> int:
    with suppress(OSError):
        print(file=sys.stderr)  # noqa: T201 - the line that was being typed ends here
    _say(said or interrupts.truth())
    return INTERRUPTED


def _settle() -> None:
    """Let the interpreter close an output that nobody reads any more without a complaint of its own."""
    try:
        sys.stdout.flush()
    except OSError:
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

    Everything stays in one file on this computer. Help for one command: cmmctl add-ce --help

    Example: cmmctl init --name "Office Manager"
    Example: cmmctl add-ce "Coding Update" --provider "State Chapter" --date 2026-11-20 --hours 6
    Example: cmmctl status
    """
    if context.invoked_subcommand is None:
        from cmmctl.commands.setup import welcome  # noqa: PLC0415 - only for the bare command

        welcome(file)


def main() -> None:
    """Run the command line."""
    app()
