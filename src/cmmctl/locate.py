"""Turn places into lines: the only use of a text's layout that reading has, and only once something is wrong."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TypeAlias

from cmmctl.blocks import NESTING, blocks
from cmmctl.errors import Problem
from cmmctl.parsing import BOM, TomlError, parse
from cmmctl.tables import Flaw, Place

_ABOVE = '["above the first table"]\n'  # gives the keys there a table of their own
_MARKER = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?:[ \r].*)?$", re.MULTILINE)
_DATE = re.compile(r"[0-9]{1,4}[-/][0-9]{1,2}[-/][0-9]{1,4}")
# A line that begins with a bracket: a plain header, or, without a kind, anything else.
_HEAD = re.compile(
    r"^[ \t]*+\[(?:(?P<array>\[)?[ \t]*+(?P<kind>(?!(?:true|false|inf|nan)\b)[A-Za-z_][\w-]*+)[ \t]*+\]"
    r"(?(array)\])[ \t\r]*+(?:#.*)?$)?",
    re.MULTILINE | re.ASCII,
)
Spans: TypeAlias = dict[tuple[str | int, ...], tuple[int, int]]  # from a header to where its table ends
_LONGEST_DATE = 10  # characters
# What the parser says, what that means to somebody who writes records, and what to do about it.
_MEANINGS = (
    ("overwrite a value", "a key or table stands twice", "delete one of the two"),
    ("twice", "a table stands twice", "a record has two brackets, as in `[[ce]]`; `[profile]` stands once"),
    ("immutable", "a table stands twice", "write every record as a block of its own, such as `[[ce]]`"),
    (r"character '\n'", "a text in quotes is not closed", 'end it with `"` on the same line'),
)
_CUT_OFF = "the file may be cut off; `cmmctl check --repair` can bring its newest version back"
_FORMS = 'text needs quotes, dates and numbers do not: `title = "Coding Update"`, `date = 2026-03-02`, `hours = 1.5`'


def located(flaws: Iterable[Flaw], text: str, file: str) -> list[Problem]:
    """Give each flaw its file and line, in the order of the file."""
    text = _ABOVE + text.removeprefix(BOM)
    spans = _plain_spans(text) or _spans(text)
    ends = [found.start() for found in re.finditer("\n", text)]
    problems = [
        Problem(
            message=flaw.message, code=flaw.code, hint=flaw.hint, file=file, line=_line(flaw.place, spans, text, ends)
        )
        for flaw in flaws
    ]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _plain_spans(text: str) -> Spans:
    """Find every table of a text in which each header is a line of its own and nothing else looks like one.

    That is most texts, and a twentieth of the work: no text runs over several lines, and every line that begins
    with a bracket is a plain header, which no array could hold. Nothing is found in any other text.
    """
    if '"""' in text or "'''" in text:
        return {}
    heads = list(_HEAD.finditer(text))
    if any(head["kind"] is None for head in heads[1:]):
        return {}
    spans: Spans = {(): (0, heads[1].start() if heads[1:] else len(text))}
    seen = Counter[str]()
    for head, following in zip_longest(heads[1:], heads[2:]):
        kind, span = head["kind"], (head.start(), following.start() if following else len(text))
        spans.setdefault((kind,), span)
        if head["array"]:
            spans[kind, seen[kind]] = span
            seen[kind] += 1
    return spans


def _spans(text: str) -> Spans:
    """Find every table by the way to it through the data, whatever the text is like."""
    top, *rest = blocks(text)
    spans: Spans = {(): (top.header, top.end)}
    newest: dict[tuple[str | int, ...], int] = {}  # of every array of tables: the number of its newest one
    for table in rest:
        place: tuple[str | int, ...] = ()
        *outer, own = table.kind.split(".")
        for step in outer:
            place = (*place, step)
            place = (*place, newest[place]) if place in newest else place
        place = (*place, own)
        spans.setdefault(place, (table.header, table.end))
        if table.array:
            newest[place] = newest.get(place, -1) + 1
            spans[(*place, newest[place])] = table.header, table.end
    return spans


def _line(place: Place, spans: Spans, text: str, ends: Sequence[int]) -> int:
    """Find the line of a place, or of what it stands in where it has none of its own."""
    depth = next(depth for depth in range(len(place), -1, -1) if place[:depth] in spans)
    (start, end), steps = spans[place[:depth]], place[depth:]
    above = bisect_left(ends, start)  # lines, with the one that was put there
    table = blocks(text[start:end])[0]
    key = table.keys.get(str(steps[0])) if steps else None
    if key is None:
        return max(1, above + table.line - 1)
    value = text[start:end][slice(*key.value)]
    within = _lines_above(value, steps[1]) if len(steps) > 1 and isinstance(steps[1], int) else 0
    return above + key.line - 1 + within


def _lines_above(array: str, number: int) -> int:
    """Count the lines of an array written inline that stand above one of its tables."""
    depth = 0
    for token in NESTING.finditer(array):
        if token[0] == "{" and depth == 1:
            if number == 0:
                return array.count("\n", 0, token.start())
            number -= 1
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
    return 0


def syntax_problem(error: TomlError, text: str, file: str, code: str = "file-broken", *, whole: bool = True) -> Problem:
    """Say where a text stops being TOML, and what it probably is instead; not `whole` is the text of one record."""
    if marker := _MARKER.search(text):
        message = "the file has the markers of a merge conflict"
        hint = "keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>"
        return Problem(message=message, code=code, hint=hint, file=file, line=text.count("\n", 0, marker.start()) + 1)
    if error.at is None:
        message, hint = "this is too long or nested too deep to be read", "shorten it"
        line = _line_of(error.way, text) if error.way else _absurd_line(text)
    else:
        (message, hint), line = _meaning(error.said, error.text, error.at, whole=whole), error.line
    return Problem(message=f"this is not TOML: {message}", code=code, hint=hint, file=file, line=line)


def _meaning(said: str, text: str, at: int, *, whole: bool) -> tuple[str, str]:
    around = max(0, at - _LONGEST_DATE), at + _LONGEST_DATE
    for found in _DATE.finditer(text, *around):
        if found.start() <= at < found.end():
            return f"`{found[0]}` is no date", "write a day that exists, as in `2026-02-28`"
    for phrase, message, hint in _MEANINGS:
        if phrase in said:
            return message, hint
    return said[:1].lower() + said[1:], _CUT_OFF if whole and at >= len(text.rstrip()) else _FORMS


def _line_of(way: Sequence[str | int], text: str) -> int | None:
    return located([Flaw(Place(*way), "")], text, "")[0].line


def _absurd_line(text: str) -> int:
    """Find the line that the parser gave up on without saying where."""
    lines = text.split("\n")

    def fails(count: int) -> bool:
        try:
            parse("\n".join(lines[:count]))
        except TomlError as error:
            return error.at is None
        return False

    return bisect_left(range(len(lines)), x=True, key=fails)


def encoding_problem(error: UnicodeDecodeError, file: str, code: str = "file-broken") -> Problem:
    """Say on which line a file stops being UTF-8."""
    line = error.object.count(b"\n", 0, error.start) + 1
    hint = "save it as UTF-8 in your editor; nothing was changed"
    return Problem(message="the file is not UTF-8 text", code=code, hint=hint, file=file, line=line)
