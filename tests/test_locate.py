"""Which line: of a record, of a key, of a table written inline, and of what stops a text from being TOML."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmmctl.check import findings
from cmmctl.locate import located, syntax_problem
from cmmctl.parsing import TomlError, parse
from cmmctl.tables import Flaw, Place

SAMPLES = Path(__file__).parents[1] / "src" / "cmmctl" / "samples"
TEXT = """\
schema = 1  # [[ce]] is no table here
topics = [
  "a",
  "[[ce]]",
]

[profile]
name = "Office Manager"
address.city = "Springfield"

[[ce]]
title = \"\"\"
[[ce]]
date = 1
\"\"\"
"date" = 2026-03-02

  [[ce]]
  domains = [
    "Finance",
  ]
  hours = 2
  [ce.extra]
  why = "none"

[[edition]]
[[edition.requirement]]
min = 1
[[edition.requirement]]
min = 2
[[edition]]
requirement = [ # { no table
  { name = "}", parts = [{ a = 1 }] },
  { name = "b" }, { name = "c" },
]
[[edition]]
[[edition.requirement]]
min = 3
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (Place(), 1),
        (Place("schema"), 1),
        (Place("nowhere"), 1),
        (Place("topics"), 2),
        (Place("topics", 1), 2),
        (Place("profile"), 7),
        (Place("profile", "name"), 8),
        (Place("profile", "title"), 7),
        (Place("profile", "address"), 9),
        (Place("ce"), 11),
        (Place("ce", 0), 11),
        (Place("ce", 0, "title"), 12),
        (Place("ce", 0, "date"), 16),
        (Place("ce", 0, "hours"), 11),
        (Place("ce", 1), 18),
        (Place("ce", 1, "domains"), 19),
        (Place("ce", 1, "hours"), 22),
        (Place("ce", 1, "extra"), 23),
        (Place("ce", 2), 11),
        (Place("edition", 0, "requirement", 0, "min"), 28),
        (Place("edition", 0, "requirement", 1, "min"), 30),
        (Place("edition", 1, "requirement"), 32),
        (Place("edition", 1, "requirement", 0), 33),
        (Place("edition", 1, "requirement", 1, "name"), 34),
        (Place("edition", 1, "requirement", 2, "name"), 34),
        (Place("edition", 2, "requirement", 0, "min"), 38),
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_line_of_a_place(place: Place, line: int, mark: str, end: str) -> None:
    text = mark + TEXT.replace("\n", end)
    (problem,) = located([Flaw(place, "wrong", "a hint", "bad-value")], text, "portfolio.toml")
    assert problem.line == line
    assert str(problem) == f"portfolio.toml:{line}: wrong"
    assert (problem.hint, problem.code) == ("a hint", "bad-value")


def test_problems_come_in_the_order_of_the_file() -> None:
    flaws = [Flaw(Place("ce", 1), "late"), Flaw(Place("profile"), "early"), Flaw(Place("ce", 1), "later")]
    assert [problem.message for problem in located(flaws, TEXT, "a")] == ["early", "late", "later"]


@pytest.mark.parametrize("sample", ["holder", "candidate"])
def test_a_wrong_value_is_found_on_its_own_line_wherever_it_stands(sample: str, tmp_path: Path) -> None:
    lines = (SAMPLES / f"{sample}.toml").read_text(encoding="utf-8").split("\n")
    path = tmp_path / "portfolio.toml"
    keys = [number for number, line in enumerate(lines) if re.match(r"\w+ = ", line)]
    assert len(keys) > 40
    for number in keys:
        key = lines[number].partition(" ")[0]
        path.write_text("\n".join([*lines[:number], f"{key} = {{ a = 1 }}", *lines[number + 1 :]]), encoding="utf-8")
        first = findings(path, date(2026, 11, 23))[0]
        assert (first.severity, first.where) == ("error", f"portfolio.toml:{number + 1}"), lines[number]


QUOTES = 'text needs quotes, dates and numbers do not: `title = "Coding Update"`, `date = 2026-03-02`, `hours = 1.5`'
BRACKETS = "a record has two brackets, as in `[[ce]]`; `[profile]` stands once"
BLOCKS = "write every record as a block of its own, such as `[[ce]]`"
NO_DATE = "write a day that exists, as in `2026-02-28`"
CUT_OFF = "the file may be cut off; `cmmctl check --repair` can bring its newest version back"
MERGED = "keep one side, and delete the lines with <<<<<<<, ======= and >>>>>>>"


TOO_LONG = "this is too long or nested too deep to be read"
LONG = "9" * 2000
LINES_OF_TEXT = 'note = """\n' + "more\n" * 40 + '"""\n'


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("a = 1\n\nd = 2026-02-30\n", 3, "`2026-02-30` is no date", NO_DATE),
        ("d = [2026-13-01]\n", 1, "`2026-13-01` is no date", NO_DATE),
        ("a = 1\na = 2\n", 2, "a key or table stands twice", "delete one of the two"),
        ("[profile]\n[profile]\n", 2, "a table stands twice", BRACKETS),
        ("[ce]\n[ce]\n", 2, "a table stands twice", BRACKETS),
        ("ce = [{a = 1}]\n[[ce]]\n", 2, "a table stands twice", BLOCKS),
        ('a = "x\nb = 1\n', 1, "a text in quotes is not closed", 'end it with `"` on the same line'),
        ("a = x\n", 1, "invalid value", QUOTES),
        ("a = \u201cx\u201d\n", 1, "invalid value", QUOTES),
        ("a: 1\n", 1, "expected '=' after a key in a key/value pair", QUOTES),
        ("a = 1\nb = 3/2/2026\n", 2, "`3/2/2026` is no date", NO_DATE),
        ("a = 2026-3-2\n", 1, "`2026-3-2` is no date", NO_DATE),
        ("a = 2026-02-29T10:00:00\n", 1, "`2026-02-29` is no date", NO_DATE),
        ("a = 2026-02-28\nb = 1 2\n", 2, "expected newline or end of document after a statement", QUOTES),
        ("a = 1\n[[c", 2, "expected ']]' at the end of an array declaration", CUT_OFF),
        ("a = 1\nb = [1,\n", 3, "invalid value", CUT_OFF),
        ('a = """x\n', 2, "unterminated string", CUT_OFF),
        ("a = 1\nb = " + "1" * 5000 + "\nc = x\n", 2, TOO_LONG, "shorten it"),
        ("a = 1\n\nb = 1e99999999999999999999", 3, TOO_LONG, "shorten it"),
        (f"b = 1\n\n[[ce]]\n[[ce]]\nhours = {LONG}\n{LINES_OF_TEXT}", 5, TOO_LONG, "shorten it"),
        (f"x = {'[' * 51}{']' * 51}\n{LINES_OF_TEXT}", 1, TOO_LONG, "shorten it"),
        (f"[a]\n[[ce]]\n\n{'a.' * 60}b = 1\n{LINES_OF_TEXT}", 2, TOO_LONG, "shorten it"),
        (f"[a]\nb.c = {LONG}\n{LINES_OF_TEXT}", 2, TOO_LONG, "shorten it"),
        ("b = " + "[\n" * 1000, 401, TOO_LONG, "shorten it"),
    ],
)  # fmt: skip
def test_where_a_text_stops_being_toml(text: str, line: int, message: str, hint: str) -> None:
    with pytest.raises(TomlError) as error:
        parse(text)
    problem = syntax_problem(error.value, text, "portfolio.toml")
    assert (problem.line, problem.message, problem.hint) == (line, f"this is not TOML: {message}", hint)
    assert (problem.file, problem.code) == ("portfolio.toml", "file-broken")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\n<<<<<<< HEAD\na = 2\n=======\na = 3\n>>>>>>> theirs\n", 2),
        ("a = 1\r\n<<<<<<<\r\na = 2\r\n", 2),
        ("a = 1\n||||||| base\n", 2),
        ("a = 1\na = 2\n=======\n", 3),
        ("a = 1\na = 2\n>>>>>>> theirs", 3),
    ],
)
def test_the_markers_of_a_merge_conflict(text: str, line: int) -> None:
    with pytest.raises(TomlError) as error:
        parse(text)
    problem = syntax_problem(error.value, text, "portfolio.toml")
    assert (problem.line, problem.hint) == (line, MERGED)
    assert problem.message == "the file has the markers of a merge conflict"


def test_what_only_looks_like_a_marker() -> None:
    text = "# ======= my own record =======\na = x\n"
    with pytest.raises(TomlError) as error:
        parse(text)
    assert syntax_problem(error.value, text, "portfolio.toml").line == 2


LINES = (
    "[[ce]]", "  [[ ce ]] # a comment", "[[job]]", "[profile]", "[a.b]", '["quoted"]', "title = 'x'", "hours = [",
    "[1],", "[true],", "]", "x = [{a = 1}, {b = 2}]", '"""', "text = '''", "'''", "# [[ce]]", "",
    "domains = ['[[ce]]']", "\tdate = 2026-03-02\r", "[[ce]]\r",
)  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.sampled_from(LINES), max_size=14).map("\n".join))
def test_the_quick_way_to_a_line_is_the_long_one(text: str) -> None:
    """Whatever the text: where the quick way finds tables at all, the lines are those of the whole lexer."""
    with suppress(TomlError):
        data = parse(text)
        whole = f"{text}\n# no plain text any more: '''"
        places = [Place(), *(Place(*step) for name, value in data.items() for step in _steps(name, value))]
        flaws = [Flaw(place, "x") for place in places]
        assert located(flaws, whole, "f") == located(flaws, text, "f")


def _steps(name: str, value: object) -> Iterator[tuple[str | int, ...]]:
    yield (name,)
    for key in value if isinstance(value, dict) else ():
        yield name, key
    for number, each in enumerate(value if isinstance(value, list) else ()):
        yield name, number
        for key in each if isinstance(each, dict) else ():
            yield name, number, key


def test_a_line_in_ten_thousand_entries_is_found() -> None:
    entry = '[[ce]]\nid = "ce-{}"\ntitle = "Week {}"\nprovider = "x"\ndate = 2026-01-02\nhours = 1.5\n\n'
    text = "".join(entry.format(n, n) for n in range(10_000))
    [problem] = located([Flaw(Place("ce", 9_999, "hours"), "x")], text, "f")
    assert problem.line == 69_999
