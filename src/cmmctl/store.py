"""Reading a portfolio: the file's text, and what was understood of it."""

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.model import Portfolio
from cmmctl.parsing import TomlError, parsed
from cmmctl.schema import Rulebook, read, references

FOLDER = ".cmmctl"  # beside the portfolio: its history, and the lock


class Document(NamedTuple):
    """A portfolio's text with what was understood of it."""

    path: Path
    text: str
    portfolio: Portfolio
    warnings: tuple[Problem, ...] = ()
    highest: Mapping[str, int] = MappingProxyType({})  # number of every kind of id there ever was

    @property
    def given_ids(self) -> list[str]:
        """List ids that must not be given again: in the file, in what a record names, and the highest ever given."""
        named = [name for fact in self.portfolio for _, name in references(fact)]
        return [*self.portfolio.tables, *named, *(f"{kind}-{number}" for kind, number in self.highest.items())]


def real(path: Path) -> Path:
    """Follow links: the file that is read, replaced, and has its proofs and history beside it."""
    return Path(os.path.realpath(path))


def read_bytes(path: Path) -> bytes | None:
    """Read the file whatever it holds; None where there is none. Raises what stands in the way."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        if path.is_dir():
            hint = f"did you mean `{path / 'portfolio.toml'}`?"
            raise failure(f"{path} is a folder, not a portfolio", "file-broken", hint) from None
        raise failure(f"cannot read {path}: {error.strerror}", "io") from error


def journal(path: Path) -> Path:
    """Give the place of a portfolio's history."""
    return path.parent / FOLDER / f"{path.name}.jsonl"


def missing(path: Path) -> CmmctlError:
    """Say that there is no portfolio, ready to raise."""
    begin = "run `cmmctl init` to begin one"
    hint = "`cmmctl check --repair` brings its newest version back" if journal(path).exists() else begin
    return failure(f"there is no portfolio at {path}", "file-missing", hint)


def read_text(path: Path) -> str:
    """Read the file's text, line ends and all. Raises what stands in the way, with a hint."""
    raw = read_bytes(path)
    if raw is None:
        raise missing(path)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8 in your editor; nothing was changed"
        raise CmmctlError(
            Problem(message="the file is not UTF-8 text", code="file-broken", hint=hint, file=path.name, line=line)
        ) from error


def understand(path: Path, text: str, rulebook: Rulebook) -> Document:
    """Understand a text. Raises every problem in it at once, each with its line."""
    if not text.strip("\ufeff \t\r\n"):
        hint = "run `cmmctl history`, or move it away and run `cmmctl init`"
        raise CmmctlError(Problem(message="the file is empty", code="file-broken", hint=hint, file=path.name, line=1))
    try:
        data = parsed(text)
    except TomlError as error:
        from cmmctl.locate import syntax_problem  # noqa: PLC0415 - only where something is wrong

        raise CmmctlError(syntax_problem(error, text, path.name)) from error
    reading = read(data, rulebook)
    if not reading.flaws and not reading.warnings:
        return Document(path, text, reading.portfolio)
    from cmmctl.locate import located  # noqa: PLC0415 - as above

    if reading.flaws:
        raise CmmctlError(*located(reading.flaws, text, path.name))
    return Document(path, text, reading.portfolio, tuple(located(reading.warnings, text, path.name)))


def load(path: Path, rulebook: Rulebook) -> Document:
    """Read and understand a portfolio."""
    return understand(path, read_text(path), rulebook)
