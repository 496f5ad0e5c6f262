"""Say what went wrong once: a sentence, where it stands, and a hint to paste.

A message is lower case without a full stop, with backticks round literals. Core functions return problems
or raise `ValueError` with such a message; whoever knows the file or the option turns it into a `CmmctlError`.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing that is wrong, as data. `code` is one of the slugs of the JSON contract; `line` counts from 1."""

    message: str
    code: str = "bad-value"
    hint: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def where(self) -> str:
        """Give the place as `portfolio.toml:41`, as far as it is known."""
        return ":".join(str(part) for part in (self.file, self.line) if part is not None)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class CmmctlError(Exception):
    """An expected failure: nothing was changed. Carries every problem found, not only the first."""

    exit_code = 1

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


class UsageError(CmmctlError):
    """The command line cannot be understood, or says something that cannot be."""

    exit_code = 2


class Unread(ValueError):  # noqa: N818 - said of the text
    """A text that cannot be understood: what is wrong with it, and how to write it instead."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.message, self.hint = message, hint


class Cancelled(Exception):  # noqa: N818 - not an error: the person stopped, and nothing was saved
    """Ctrl-C or the end of input at a prompt."""


def failure(message: str, code: str, hint: str | None = None) -> CmmctlError:
    """One problem of the portfolio or the machine, ready to raise."""
    return CmmctlError(Problem(message=message, code=code, hint=hint))


def misuse(message: str, hint: str | None = None, code: str = "usage") -> UsageError:
    """One problem of the command line, ready to raise."""
    return UsageError(Problem(message=message, code=code, hint=hint))


def refused(name: str, error: ValueError) -> Problem:
    """Say under which name, an option or a column, something could not be read. `name` may be empty."""
    message, hint = (error.message, error.hint) if isinstance(error, Unread) else (str(error), None)
    return Problem(message=f"{name}: {message}" if name else message, hint=hint)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that was probably meant, or None where nothing is close."""
    from cmmctl.spelling import meant  # noqa: PLC0415 - only on failure

    return meant(word, known)
