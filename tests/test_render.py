"""How screens and data become text: nothing is lost, cut, obeyed or torn, whatever the output."""

import datetime as dt
import io
import json
import os
import re
import sys
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from cmmctl.render.terminal import UNLIMITED, draw, width_of
from cmmctl.render.text import json_text, safe, tsv
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Screen, Table, Text, Title, cells


def drawn(screen: Screen, columns: int, encoding: str = "utf-8") -> str:
    """Draw on a stream that is no terminal, so many columns wide."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True, newline="\n")
    os.environ["COLUMNS"] = str(columns)
    draw(screen, stream)
    stream.seek(0)
    return stream.read()


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def bare(shown: str) -> str:
    """What is left without white space."""
    return "".join(shown.split())


def said(*texts: str) -> str:
    """What is left of texts without white space, as they are shown."""
    return bare("".join(map(safe, texts)))


# Words of every kind a file may hold: wide and combining letters, controls, markup, boxes of other systems.
WORDS = st.text(
    st.sampled_from("abcXYZ019.,-[]/:日本e\u0301é€😀\x1b\x9b\t\n\u202e\u200b\ud800"), min_size=1, max_size=30
)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
TONES = st.sampled_from(["", "ok", "warn", "bad", "dim", "strong", "command"])
CELLS_ = st.builds(Cell, TEXTS, TONES, st.none())
FIELDS = st.lists(CELLS_, min_size=2, max_size=3)
WIDTHS = st.integers(20, 200)
ROWS = st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(CELLS_, min_size=n, max_size=n), min_size=1, max_size=3))


@settings(max_examples=60)
@given(ROWS, WIDTHS, TEXTS)
def test_a_table_shows_every_character_of_every_cell_and_is_never_too_wide(
    rows: list[list[Cell]], columns: int, title: str
) -> None:
    header = [f"Head{n}" for n in range(len(rows[0]))]
    shown = drawn([Table(title, header, rows)], columns)
    assert max(map(cell_len, shown.splitlines())) <= columns
    head, frame, body = shown.partition("╭")
    if frame:  # a table: every column, read from top to bottom, holds its name and its cells
        assert bare(head) == said(title)
        lines = [line.split("│")[1:-1] for line in body.splitlines() if line.startswith("│")]
        read = [bare("".join(column)) for column in zip(*lines, strict=True)]
        assert read == [said(name, *(cell.text for cell in row)) for name, *row in zip(header, *rows, strict=True)]
    else:  # stacked: the names of the columns stand before the cells
        texts = [text for first, *rest in rows for text in (first.text, *_named(header[1:], rest))]
        assert bare(shown) == said(title, *texts)


def _named(header: list[str], row: list[Cell]) -> list[str]:
    return [f"{name}: {cell.text}" for name, cell in zip(header, row, strict=True)]


@settings(max_examples=60)
@given(
    st.one_of(
        st.builds(Text, CELLS_),
        st.builds(
            Fields,
            st.lists(st.lists(CELLS_, min_size=2, max_size=3), max_size=5),
            st.integers(0, 4),
            st.integers(0, 24),
        ),
        st.builds(Grid, st.lists(st.lists(CELLS_, min_size=1, max_size=4), max_size=5), st.integers(0, 4)),
        st.builds(Title, TEXTS, TEXTS),
    ),
    WIDTHS,
)
def test_every_other_part_shows_every_character_and_is_never_too_wide(part: Part, columns: int) -> None:
    shown = drawn([part], columns)
    assert all(cell_len(line) <= columns for line in shown.splitlines())
    match part:
        case Text(cell):
            texts = [cell.text]
        case Title(left, right):
            texts = [left, right, "─" * min(columns, 79)]
        case Fields(rows=rows) | Grid(rows=rows):
            texts = [cell.text for row in rows for cell in row]
        case Gap() | Table():
            raise AssertionError
    assert bare(shown) == said(*texts)


@settings(max_examples=40)
@given(st.lists(st.lists(st.from_regex("[a-z]{1,9}", fullmatch=True), min_size=1, max_size=9), min_size=2), WIDTHS)
def test_no_word_is_torn_that_has_room(sentences: list[list[str]], columns: int) -> None:
    assume(columns >= 30)
    texts = [" ".join(words) for words in sentences]
    rows = [cells(text, text) for text in texts]
    for part in (Table("", ("First", "Second"), rows), Fields(rows), Grid(rows), Text(Cell(texts[0]))):
        shown = re.findall(r"[a-z]+", drawn([part], columns).replace("First", "").replace("Second", ""))
        assert set(shown) == {
            word for words in (sentences[:1] if isinstance(part, Text) else sentences) for word in words
        }


@pytest.mark.parametrize("columns", [1, 2, 5, 19])
def test_a_very_narrow_output_gets_everything_too(columns: int) -> None:
    screen: Screen = [
        Title("CMM", "Mon"),
        Fields([cells("Label", "said", "right")]),
        Table("T", ("A", "B"), [cells("x", "yes")]),
    ]
    shown = drawn(screen, columns)
    assert max(map(len, shown.splitlines())) <= columns
    assert re.sub("[╭┬╮│├┼┤╰┴╯─:]", "", bare(shown)).replace("TA", "T") in (
        "CMMMonLabelsaidrightTxByes",
        "CMMMonLabelsaidrightTBxyes",
    )


def test_long_words_of_a_table_are_folded_rather_than_cut() -> None:
    url = "https://example.org/" + "x" * 90
    shown = drawn([Table("", ("Rule", "Source"), [cells("a rule of some length that wraps", url)])], 80)
    assert shown.count("╭") == 1
    assert "".join(line.split("│")[2].strip() for line in shown.splitlines() if line.startswith("│")) == "Source" + url


def test_dates_and_figures_of_a_table_stay_whole_while_sentences_wrap() -> None:
    sentence = "a sentence that is much longer than all the other cells of its row taken together " * 2
    rows = [cells("ce-12", "Nov 23 2026", sentence, "9999.99 quarter credits")]
    shown = drawn([Table("", ("Entry", "Date", "Title", "How much"), rows, frozenset({3}))], 80)
    assert re.search(r"│ ce-12 │ Nov 23 2026 │ a sentence that .*│ 9999\.99 quarter credits │", shown)


def test_a_column_with_nothing_in_it_is_left_out() -> None:
    rows = [cells("ce-1", "", "6"), cells("ce-2", "", "")]
    assert drawn([Table("", ("Id", "Note", "Hours"), rows, frozenset({2}))], 80).splitlines()[1:4] == [
        "│ Id   │ Hours │",
        "├──────┼───────┤",
        "│ ce-1 │     6 │",
    ]


def test_figures_stand_under_each_other_at_the_right() -> None:
    shown = drawn([Table("", ("Entry", "Hours"), [cells("ce-1", "6"), cells("ce-2", "20.5")], frozenset({1}))], 80)
    assert "│ ce-1  │     6 │" in shown
    assert "│ ce-2  │  20.5 │" in shown


@pytest.mark.parametrize(("columns", "framed"), [(59, False), (60, True)])
def test_a_table_that_does_not_fit_is_stacked_under_sixty_columns(columns: int, *, framed: bool) -> None:
    rows = [cells("ce-1", "Coding Update - State Chapter, with a long title", "Nov 23 2026")]
    shown = drawn([Table("", ("Id", "What", "When"), rows)], columns)
    assert ("╭" in shown) is framed
    if not framed:
        assert shown == (" ce-1\n   What: Coding Update - State Chapter, with a long title\n   When: Nov 23 2026\n")


def test_stacked_cells_share_a_line_where_they_fit() -> None:
    rows = [cells("ce-1", "x" * 40, "Nov 23 2026", "6 CE hours"), cells("ce-2", "y", "", "2 CE hours")]
    shown = drawn([Table("Counted", ("Id", "What", "When", "Hours"), rows)], 45)
    assert shown.splitlines() == [
        "Counted",
        " ce-1",
        "   What:",
        "     " + "x" * 40,
        "   When: Nov 23 2026   Hours: 6 CE hours",
        " ce-2",
        "   What: y   Hours: 2 CE hours",
    ]


def test_labels_of_different_blocks_stand_under_each_other_and_right_cells_at_the_edge() -> None:
    screen: Screen = [Fields([cells("CE hours", "20.5 of 24", "3.5 H TO GO")]), Fields([cells("Documented", "4 of 5")])]
    assert drawn(screen, 80).splitlines() == [
        " CE hours        20.5 of 24                                         3.5 H TO GO",
        " Documented      4 of 5",
    ]


def test_a_right_cell_without_room_gets_a_line_of_its_own() -> None:
    screen: Screen = [Fields([cells("Recertify by", "x" * 50, "BEHIND in 1 of 3 readings")])]
    assert drawn(screen, 80).splitlines() == [
        " Recertify by    " + "x" * 50,
        "                                                      BEHIND in 1 of 3 readings",
    ]
    assert drawn(screen, 200).splitlines() == [" Recertify by    " + "x" * 50 + "   BEHIND in 1 of 3 readings"]


def test_a_long_label_is_never_beside_its_text() -> None:
    rows = [cells("k" * 25, "value"), cells("x" * 24, "short")]
    assert drawn([Fields(rows[:1])], 80).splitlines() == [" " + "k" * 25, " " * 17 + "value"]
    assert drawn([Fields(rows, indent=2)], 60).splitlines() == [
        "  " + "k" * 25,
        " " * 29 + "value",
        "  " + "x" * 24 + "   short",
    ]
    assert drawn([Fields(rows[:1])], 40).splitlines() == [" " + "k" * 25, "   value"]


@pytest.mark.parametrize("columns", range(2, 8))
def test_a_wide_character_is_shown_where_it_has_hardly_room(columns: int) -> None:
    screen: Screen = [Title("日", "本"), Fields([cells("日本", "日本")]), Grid([cells("日", "本")]), Text(Cell("日本"))]
    shown = drawn(screen, columns)
    assert bare(shown).replace("─", "") == "日本" * 5


def test_a_grid_that_does_not_fit_is_put_under_each_other() -> None:
    grid = Grid([cells("1  find 6 approved hours", "cmmctl add-ce --planned")], indent=2)
    assert drawn([grid], 60) == "  1  find 6 approved hours   cmmctl add-ce --planned\n"
    assert drawn([grid], 40) == "  1  find 6 approved hours\n    cmmctl add-ce --planned\n"


@pytest.mark.parametrize(
    ("have", "want", "cells_"),
    [("20.5", "24", 17), ("23.99", "24", 19), ("24", "24", 20), ("0", "24", 0), ("26", "24", 20)],
)
def test_a_bar_is_rounded_down_so_that_a_full_one_means_met(have: str, want: str, cells_: int) -> None:
    bar = Cell("x", bar=(Fraction(have), Fraction(want)))
    assert drawn([Text(bar)], 80) == f" [{'█' * cells_}{'░' * (20 - cells_)}]  x\n"


@pytest.mark.parametrize(("columns", "width"), [(80, 20), (45, 20), (44, 19), (40, 15), (20, 4), (9, 4)])
def test_a_bar_shrinks_so_that_its_figure_stays_beside_it(columns: int, width: int) -> None:
    shown = [drawn([Text(Cell("", bar=(Fraction(have), Fraction(24))))], columns) for have in ("24", "23.99")]
    assert [line.strip() for line in shown] == [f"[{'█' * width}]", f"[{'█' * (width - 1)}░]"]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "cp437"])
def test_an_output_without_boxes_gets_ascii(encoding: str) -> None:
    screen: Screen = [
        Title("CMM", "today"),
        Text(Cell("20 of 24", bar=(Fraction(20), Fraction(24)))),
        Table("", ("Id", "What"), [cells("ce-1", "Café 日本 😀")]),
    ]
    shown = drawn(screen, 80, encoding)
    assert " [################----]  20 of 24" in shown
    assert "-" * 79 in shown
    assert "| ce-1 | Caf" in shown
    assert "?? ?" in shown
    assert {len(line) for line in shown.splitlines() if line.startswith(("|", "+"))} == {len("| ce-1 | Café ?? ? |")}


def test_the_line_under_a_title_is_as_wide_as_the_widest_table_up_to_a_hundred() -> None:
    title, wide = Title("T", "d"), Table("", ("A",), [cells("x" * 90)])
    assert max(map(len, drawn([title, wide], UNLIMITED).splitlines())) == 94
    assert drawn([title, wide], UNLIMITED).splitlines()[1] == "─" * 94
    assert drawn([title, Table("", ("A",), [cells("x" * 300)])], UNLIMITED).splitlines()[1] == "─" * 100
    assert drawn([title], UNLIMITED).splitlines()[1] == "─" * 79
    assert drawn([title], 80).splitlines()[1] == "─" * 79
    assert drawn([title], 50).splitlines()[1] == "─" * 50


def test_without_a_limit_nothing_wraps() -> None:
    sentence = "word " * 4000
    assert drawn([Text(Cell(sentence)), Fields([cells("Note", sentence)])], UNLIMITED).count("\n") == 2


def test_spare_gaps_are_left_out_only_where_that_makes_the_screen_fit() -> None:
    def screen(lines: int) -> list[Part]:
        return [Text(Cell("a")), Gap(spare=True), Text(Cell("b")), Gap(), Gap(spare=True), *[Text(Cell("c"))] * lines]

    assert drawn(screen(17), 80).count("\n") == 22
    assert drawn(screen(18), 80) == " a\n\n b\n\n" + " c\n" * 18
    assert drawn(screen(19), 80) == " a\n b\n\n" + " c\n" * 19
    assert drawn(screen(20), 80).count("\n") == 25  # it would not fit anyway


def test_meaning_is_in_words_and_colour_is_only_added(monkeypatch: pytest.MonkeyPatch) -> None:
    screen: Screen = [Text(Cell("BEHIND", "warn")), Fields([cells(Cell("L", "strong"), Cell("DATE PASSED", "bad"))])]
    plain = drawn(screen, 80)
    assert "\x1b" not in plain
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    coloured = drawn(screen, 80)
    assert "\x1b[33mBEHIND" in coloured
    assert "\x1b[1;31mDATE PASSED" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3\dm", drawn(screen, 80))


@pytest.mark.parametrize(
    ("asked", "width"),
    [("80", 80), ("1", 1), ("0", UNLIMITED), ("-5", UNLIMITED), ("wide", UNLIMITED), ("٣", UNLIMITED)],
)
def test_the_width_is_what_columns_says_else_no_limit_where_there_is_no_terminal(
    asked: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", asked)
    with io.StringIO() as stream:
        assert width_of(stream) == width


def test_the_width_is_the_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS")
    pty = pytest.importorskip("pty")
    reader, writer = pty.openpty()
    with os.fdopen(reader, "rb"), os.fdopen(writer, "w") as terminal:
        fcntl, termios, struct = (pytest.importorskip(name) for name in ("fcntl", "termios", "struct"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 61, 0, 0))
        assert width_of(terminal) == 61
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 0, 0, 0, 0))
        assert width_of(terminal) == UNLIMITED


def test_a_screen_goes_to_standard_output_unless_told(capsys: pytest.CaptureFixture[str]) -> None:
    draw([Text(Cell("here"))])
    assert capsys.readouterr().out == " here\n"


def test_rich_pads_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen: Screen = [
        Title("a", "b"),
        Grid([cells("x", "y"), cells("longer", "")]),
        Fields([cells("L", "")]),
        Text(Cell("")),
    ]
    for encoding in ("utf-8", "ascii"):
        assert not re.search(r" (\x1b\[[0-9;]*m)*$", drawn(screen, 80, encoding), re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain, Café 日本 😀 [bold]x[/bold] :smile: $(cmd)", "plain, Café 日本 😀 [bold]x[/bold] :smile: $(cmd)"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("bell\x07 back\x08 nul\x00 del\x7f", "bell\\x07 back\\x08 nul\\x00 del\\x7f"),
        ("C1\x9b31m", "C1\\x9b31m"),
        ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
        ("line\u2028paragraph\u2029", "line\\u2028paragraph\\u2029"),
        ("\u202eevil\u202c \u2066x\u2069 \u200fy \u061cz", "\\u202eevil\\u202c \\u2066x\\u2069 \\u200fy \\u061cz"),
        ("zero\u200bwidth\ufeff soft\xadhyphen", "zero\\u200bwidth\\ufeff soft\\xadhyphen"),
        ("tag\U000e0041 lone\ud800", "tag\\U000e0041 lone\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert drawn([Text(Cell(text))], 200) == f" {shown}\n"


@given(st.text())
def test_a_safe_text_is_one_line_that_any_output_takes(text: str) -> None:
    shown = safe(text)
    assert shown.encode() or not text
    assert len((shown + "x").splitlines()) == 1
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert safe(shown) == shown


def test_json_is_ascii_with_exact_dates_and_at_most_four_decimals() -> None:
    told = json_text(
        {
            "title": "Café",
            "third": Fraction(1, 3),
            "nearly": Fraction(119999999, 10000000),
            "whole": Decimal("2.0"),
            "half": Decimal("1.50"),
            "count": 7,
            "flag": True,
            "day": dt.date(2026, 3, 2),
            "moment": dt.datetime(2026, 3, 2, 9, 30),  # noqa: DTZ001 - as a file may have it
            "time": dt.time(9, 30),
            "list": (Decimal("0.25"), dt.date(2026, 3, 2)),
        }
    )
    assert told.isascii()
    assert json.loads(told) == {
        "title": "Café", "third": 0.3333, "nearly": 12, "whole": 2, "half": 1.5, "count": 7, "flag": True,
        "day": "2026-03-02", "moment": "2026-03-02T09:30:00", "time": "09:30:00", "list": [0.25, "2026-03-02"],
    }  # fmt: skip
    assert '"whole": 2,' in told


def test_json_knows_absent_from_unknowable() -> None:
    data = {"due": None, "eligible_on": None, "eligible_on_if_planned": None, "hours_per_month": None}
    entry = {"id": "course-1", "hours": None, "why": None}
    assert json.loads(json_text({**data, "refused": [entry]})) == {
        "eligible_on": None, "eligible_on_if_planned": None, "hours_per_month": None,
        "refused": [{"id": "course-1", "hours": None}],
    }  # fmt: skip


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity", "1E+400"])
def test_json_has_no_infinity_so_that_an_odd_key_is_text(odd: str) -> None:
    assert json.loads(json_text({"odd": Decimal(odd)})) == {"odd": odd}


def test_a_table_of_tabs_reaches_into_rows_and_is_never_torn() -> None:
    rows = [
        {
            "id": "ce-1", "title": "two\nlines\tand a tab\u2028", "cycle": {"due": dt.date(2027, 4, 23)},
            "domains": ["Finance", "Risk Management"], "manages": False, "hours": Fraction(5, 2), "a.b": 1,
            "odd": {"x": Decimal("1.5")},
        },
        {"id": "ce-2", "cycle": 3},
    ]  # fmt: skip
    names = ("id", "title", "cycle.due", "domains", "manages", "hours", "a.b", "odd")
    assert tsv([(name, name) for name in names], rows).split("\n") == [
        "id\ttitle\tcycle.due\tdomains\tmanages\thours\ta.b\todd",
        'ce-1\ttwo\\nlines\\tand a tab\\u2028\t2027-04-23\tFinance; Risk Management\tfalse\t2.5\t1\t{"x": 1.5}',
        "ce-2\t\t\t\t\t\t\t",
    ]


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.one_of(st.text(), st.lists(st.text())))))
def test_every_row_of_tabs_has_every_column(rows: list[dict[str, object]]) -> None:
    lines = tsv([(name, name) for name in "abc"], rows).split("\n")
    assert len(lines) == len(rows) + 1
    assert {line.count("\t") for line in lines} == {2}
    assert all(line.isprintable() or "\xa0" in line or not line.isascii() for line in "".join(lines).split("\t"))


def test_a_long_list_costs_in_proportion() -> None:
    def calls(count: int) -> int:
        made = 0

        def count_it(_frame: object, _event: str, _argument: object) -> None:
            nonlocal made
            made += 1

        rows = [cells(f"ce-{n}", "A session of the State Chapter", "Nov 23 2026") for n in range(count)]
        sys.setprofile(count_it)
        try:
            drawn([Table("", ("Id", "What", "When"), rows)], 80)
        finally:
            sys.setprofile(None)
        return made

    assert calls(800) < 4.2 * calls(200)
