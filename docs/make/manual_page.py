"""`docs/cmmctl.1`: the manual page for `man cmmctl`, of the same commands and words as the reference."""

import re
from collections.abc import Iterable, Iterator
from textwrap import wrap

from cmmctl import __version__
from reference import (
    EXIT_CODES,
    PROGRAM,
    VARIABLES,
    Told,
    Word,
    commands,
    documents,
    of_documents,
    of_program,
    shared,
)

WIDTH = 80
_DESCRIPTION = """\
Keeps a medical office manager's certifications in one plain text file on this computer, and answers with reasons:
may I sit the exam, how many days until I must recertify, how many hours are to go, and what do I hand my employer to be
reimbursed. It counts; the issuer decides. Nothing is ever sent anywhere.

`cmmctl` alone shows `status`, or how to begin."""
_FILES = {
    "portfolio.toml": "the record: plain text that may be edited by hand; `cmmctl path` says where it is",
    "proofs/": "beside it: copies of certificates and receipts",
    "rulesets/": "beside it: rule sets of one's own",
    ".cmmctl/": "beside it: every earlier version, and the lock",
}


def page() -> str:
    """Write the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield '.\\" Made from the program itself; a test compares it.'
    yield f'.TH {PROGRAM.upper()} 1 "" "{PROGRAM} {__version__}" "User Commands"'
    yield from _section("Name", [f"{PROGRAM} \\- keep a medical office manager's certification record"])
    yield ".SH SYNOPSIS"
    yield f".B {PROGRAM}"
    yield "[\\fB\\-f\\fR \\fIPATH\\fR] \\fICOMMAND\\fR [\\fIOPTION\\fR ...]"
    yield ".SH DESCRIPTION"
    first, *others = _DESCRIPTION.split("\n\n")
    yield from _text(first)
    for paragraph in others:
        yield ".PP"
        yield from _text(paragraph)
    yield ".SH OPTIONS"
    yield from _words(of_program())
    yield ".PP"
    yield from _text("After the command, where its entry names them:")
    yield from _words(word for word in shared() if word.names not in {one.names for one in of_program()})
    yield ".SH COMMANDS"
    for group, told in commands():
        yield f".SS {_safe(group)}"
        for one in told:
            yield from _command(one)
    yield ".SH DOCUMENTS"
    yield from _text("What `cmmctl export` makes. Every document takes:")
    yield from _words(of_documents())
    for one, formats in documents():
        yield from _command(one, f"Formats: {formats}.")
    yield ".SH FILES"
    yield from _pairs(_FILES)
    yield ".SH ENVIRONMENT"
    yield from _pairs(VARIABLES)
    yield ".SH EXIT STATUS"
    yield from _pairs({str(code): means for code, means in EXIT_CODES.items()})


def _section(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f".SH {name.upper()}"
    yield from lines


def _command(one: Told, also: str = "") -> Iterator[str]:
    yield ".TP"
    yield f".B {_safe(one.usage)}"
    yield from _text(f"{one.does} {also}".rstrip())
    if one.options:
        yield ".RS"
        yield from _words(one.options)
        yield ".RE"
    for example in one.examples:
        yield ".RS"
        yield ".PP"
        yield ".EX"
        yield _safe(example)
        yield ".EE"
        yield ".RE"


def _words(words: Iterable[Word]) -> Iterator[str]:
    for word in words:
        yield ".TP"
        names = ", ".join(f"\\fB{_safe(name)}\\fR" for name in word.names)
        yield names + (f" \\fI{_safe(word.value)}\\fR" if word.value else "")
        yield from _text(word.means)


def _pairs(pairs: dict[str, str]) -> Iterator[str]:
    for name, means in pairs.items():
        yield ".TP"
        yield f".B {_safe(name)}"
        yield from _text(means)


def _text(text: str) -> Iterator[str]:
    """Write a paragraph, what stands in backticks in bold, every sentence on a line of its own."""
    for sentence in re.split(r"(?<=[.?;]) ", " ".join(text.split())):
        parts = re.split(r"`(.*?)`", sentence)
        line = "".join(f"\\fB{_plain(part)}\\fR" if n % 2 else _plain(part) for n, part in enumerate(parts))
        yield from map(_begun, wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False))


def _safe(text: str) -> str:
    return _begun(_plain(text))


def _plain(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")


def _begun(line: str) -> str:
    """Keep a line that begins like a request from being one."""
    return f"\\&{line}" if line.startswith((".", "'")) else line
