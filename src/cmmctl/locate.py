"""Turn places into lines: the only use of a text's layout that reading has, and only once something is wrong."""

from collections.abc import Iterable

import tomli

from cmmctl.blocks import Block, blocks
from cmmctl.errors import Problem
from cmmctl.schema import Flaw, Place

_MARKERS = ("<<<<<<< ", ">>>>>>> ")


def located(flaws: Iterable[Flaw], text: str, file: str) -> list[Problem]:
    """Give each flaw its file and line, in the order of the file."""
    tables: dict[tuple[str | None, int], Block] = {}
    top: dict[str, int] = {}
    for block in blocks(text):
        tables[block.kind, block.index] = block
    for number, line in enumerate(text.split("\n"), start=1):
        if line.lstrip("\ufeff \t").startswith("["):
            break
        top.setdefault(line.lstrip("\ufeff").partition("=")[0].strip(), number)
    problems = [
        Problem(
            message=flaw.message,
            code=flaw.code,
            hint=flaw.hint,
            file=file,
            line=_line(flaw.place, tables, top),
        )
        for flaw in flaws
    ]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _line(place: Place, tables: dict[tuple[str | None, int], Block], top: dict[str, int]) -> int:
    block = tables.get((place.table, place.number))
    if block is None:
        return top.get(place.key or place.table or "", 1)
    key = block.keys.get(place.key) if place.key else None
    return key.line if key else block.line


def syntax_problem(error: tomli.TOMLDecodeError, text: str, file: str, code: str = "file-broken") -> Problem:
    """Say where a text stops being TOML, and what it probably is instead."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.startswith(_MARKERS):
            return Problem(
                message="the file has the markers of a merge conflict",
                code=code,
                hint="keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>",
                file=file,
                line=number,
            )
    message = error.msg[:1].lower() + error.msg[1:]
    return Problem(message=f"this is not TOML: {message}", code=code, hint=_hint(message), file=file, line=error.lineno)


def _hint(message: str) -> str:
    if "overwrite" in message:
        return "a key or table stands twice; delete one of them"
    return 'text needs quotes, dates and numbers do not: `title = "Coding Update"`, `date = 2026-03-02`, `hours = 1.5`'
