"""What the reference and the man page say: collected from the facts and the commands themselves, listed nowhere twice.

`reference_page` and `manual_page` word it for their readers. A test compares both with what stands in `docs/`, and
`pytest --no-cov tests/test_docs.py --update-golden` writes them anew.
"""

import inspect
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import typer
from typer.main import get_command

from cmmctl import places
from cmmctl.cli import CONTENTS, INTERRUPTED, app, build
from cmmctl.commands.export import DOCUMENTS
from cmmctl.commands.export import build as build_document
from cmmctl.commands.export import document as document_command
from cmmctl.commands.options import FOUND_SOMETHING, command
from cmmctl.commands.session import TODAY
from cmmctl.described import Key, keys_of
from cmmctl.errors import CmmctlError, UsageError
from cmmctl.model import KINDS, Credential, Fact, Profile

PROGRAM = "cmmctl"
EXIT_CODES = {
    0: "done",
    CmmctlError.exit_code: "failed, nothing was changed",
    UsageError.exit_code: "the command line cannot be understood",
    FOUND_SOMETHING: "`--check` found something to attend to",
    INTERRUPTED: "interrupted; nothing was saved",
}
VARIABLES = {
    places.VARIABLE: "the portfolio, where `--file` does not name one",
    TODAY: "the day that counts as today, such as `2026-11-23`",
    "COLUMNS": "the width to draw in, instead of the terminal's",
    "NO_COLOR": "if set, nothing is drawn in colour",
    "VISUAL": "the editor that `cmmctl edit` opens",
    "EDITOR": "the same, where `VISUAL` is not set",
}
_FORMAT = "One of its formats, where the suffix of the file does not say it."
_COMPLETION = {
    "--install-completion": "Let TAB complete commands, options, ids and credentials in your shell.",
    "--show-completion": "Print what that installs.",
}


class Word(NamedTuple):
    """An argument or option as it is typed, and what it means."""

    names: tuple[str, ...]
    value: str
    means: str

    @property
    def typed(self) -> str:
        """Write it as on a command line: every name, then its value."""
        return ", ".join(self.names) + (f" {self.value}" if self.value and self.names else self.value)


class Told(NamedTuple):
    """One command: what it does, an example of it, its arguments, its own options, and those it shares."""

    name: str
    does: str
    examples: tuple[str, ...]
    arguments: tuple[Word, ...]
    options: tuple[Word, ...]
    shared: tuple[Word, ...]

    @property
    def usage(self) -> str:
        """Write how it is called."""
        return " ".join([PROGRAM, self.name, *(word.value for word in self.arguments)])


def _bare(kind: str) -> tuple[Word, ...]:
    """Give the options that a command of that kind has although its function has none."""

    def nothing(session: object) -> None:
        """Take nothing."""

    one = typer.Typer(add_completion=False)
    one.command()(command(kind)(nothing))
    return _options(get_command(one))


def _options(made: Any) -> tuple[Word, ...]:  # noqa: ANN401 - Typer's command has no public type
    return tuple(_word(p) for p in made.params if p.param_type_name == "option" and not p.hidden and p.name != "help")


def _word(p: Any) -> Word:  # noqa: ANN401 - Typer's parameter has no public type
    value = "" if p.is_flag else p.metavar or p.name.upper()
    return Word((*p.opts, *p.secondary_opts), value, _sentence(p.help))


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split())


def _told(name: str, made: Any, shared: Iterable[Word]) -> Told:  # noqa: ANN401 - Typer's command has no public type
    arguments = [p for p in made.params if p.param_type_name == "argument"]
    words = [Word((), p.metavar or p.name.upper(), _sentence(getattr(p, "help", ""))) for p in arguments]
    common = {word.names for word in shared}
    options = _options(made)
    return Told(
        name, _sentence(made.help), tuple(made.examples), tuple(words),
        tuple(word for word in options if word.names not in common),
        tuple(word for word in options if word.names in common),
    )  # fmt: skip


def shared() -> list[Word]:
    """Give the options that many commands share, each once."""
    return list({word.names: word for kind in ("checked", "change") for word in _bare(kind)}.values())


def of_documents() -> tuple[Word, ...]:
    """Give the options that every document shares; their formats differ."""

    @document_command("md")
    def nothing(session: object) -> None:
        """Take nothing."""

    one = typer.Typer(add_completion=False)
    one.command()(nothing)
    common = {word.names for word in shared()}
    words = [word for word in _options(get_command(one)) if word.names not in common]
    return tuple(word._replace(means=_FORMAT if "--format" in word.names else word.means) for word in words)


def commands() -> Iterator[tuple[str, list[Told]]]:
    """Give every command by what people do, in the order of the table of contents."""
    common = shared()
    for group, entries in CONTENTS.items():
        yield group, [_told(name, build(name), common) for name in entries]


def documents() -> list[tuple[Told, str]]:
    """Give every document of `export`, with its formats."""
    common = [*shared(), *of_documents()]
    told = [_told(f"export {name}", build_document(name), common) for name in DOCUMENTS]
    return [(one, _formats(one)) for one in told]


def _formats(one: Told) -> str:
    means = {name: word.means for word in one.shared for name in word.names}
    return means["--format"].rstrip(".") + (", or a folder" if "NAME/" in means["--output"] else "")


def of_program() -> tuple[Word, ...]:
    """Give the options that stand before a command; Typer's own in words that no version of it changes."""
    words = _options(get_command(app))
    return tuple(word._replace(means=_COMPLETION.get(word.names[-1], word.means)) for word in words)


def kinds() -> list[type[Fact]]:
    """Give everything a file may hold, in the order of the contract."""
    return [Profile, *KINDS.values()]


def id_of(fact: type[Fact]) -> str:
    """Say what the id of a kind looks like."""
    if fact is Credential:
        return "pahcom.cmm"
    return fact.kind if fact is Profile else f"{fact.kind}-1"


def header_of(fact: type[Fact]) -> str:
    """Write the line with which a block of that kind begins."""
    return f"[{fact.kind}]" if fact is Profile else f"[[{fact.kind}]]"


def command_of(fact: type[Fact]) -> str:
    """Name the command that writes a kind."""
    names = {name for entries in CONTENTS.values() for name in entries}
    return "init" if fact is Profile else f"add-{fact.kind}" if f"add-{fact.kind}" in names else "attach"


def rule_of(fact: type[Fact]) -> str:
    """Say what must hold between the keys of a kind; nothing where anything goes."""
    own = vars(fact).get("contradictions")
    return inspect.getdoc(own) or "" if own else ""


def needed(fact: type[Fact]) -> list[Key]:
    """Give the keys a block must have."""
    return [key for key in keys_of(fact).values() if key.required]


def optional(fact: type[Fact]) -> list[Key]:
    """Give the keys a block may have."""
    return [key for key in keys_of(fact).values() if not key.required]
