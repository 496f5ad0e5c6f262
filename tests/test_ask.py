"""Questions to a person: what is understood, what is asked again, and the way back."""

import io
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from cmmctl.ask import Question, Script, ask, listed, one, yes
from cmmctl.errors import Cancelled


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Type lines; the input ends after them."""

    def typed(*lines: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))

    monkeypatch.setenv("COLUMNS", "80")
    return typed


def hours(text: str) -> Decimal:
    if not text.isdigit():
        raise ValueError(f"`{text}` is not a number; write it as `6`")
    return Decimal(text)


HOURS = Question(text="Hours", read=hours, required=True, explain="as the certificate prints them")
KINDS = ("physician-office", "hospital", "nursing-home", "Risk Management")
PLACE = Question(text="Kind of place", read=str, choices=KINDS)


def test_a_wrong_answer_is_explained_and_asked_again(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("six", "", "?", "6")
    assert one(HOURS) == 6
    assert capsys.readouterr().out.split("\n") == [
        " Hours                                           :   `six` is not a number; write it as `6`",
        " Hours                                           :   This one is needed; Ctrl-C stops, and nothing is saved.",
        " Hours                                           :   as the certificate prints them",
        " Hours                                           : ",
    ]


def test_enter_skips_what_is_not_needed_and_takes_the_default_where_there_is_one(answer: Any) -> None:
    answer("", "", " yesterday ")
    assert one(Question(text="Note", read=str)) is None
    assert one(Question(text="Date", read=str, default="today")) == "today"
    assert one(Question(text="Date", read=str, default="today")) == "yesterday"


def test_what_was_understood_is_said(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("6")
    one(Question(text="Hours", read=hours, lead="First this:", offer="none", echo=lambda value: f"{value} hours"))
    assert capsys.readouterr().out == (
        "First this:\n Hours [none]                                    :     -> 6 hours\n"
    )


def test_a_question_without_an_explanation_repeats_itself(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("?", "x")
    assert one(Question(text="Your name", read=str)) == "x"
    assert "  Your name\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2", "hospital"),
        ("hospital", "hospital"),
        ("Hosp", "hospital"),
        ("nursing home", "nursing-home"),
        ("risk management", "Risk Management"),
        ("ri", "Risk Management"),
    ],
)
def test_a_choice_is_its_number_its_word_or_the_beginning_of_it(answer: Any, typed: str, meant: str) -> None:
    answer(typed)
    assert one(PLACE) == meant


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0", "`0` is none of these: answer with a number from 1 to 4"),
        ("5", "`5` is none of these: answer with a number from 1 to 4"),
        ("hosptal", "`hosptal` is none of these; did you mean hospital?"),
        ("\u00b2", "`\u00b2` is none of these: answer with a number from 1 to 4"),
    ],
)
def test_a_choice_that_is_none_names_the_nearest(
    answer: Any, capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    answer(typed, "2")
    assert one(PLACE) == "hospital"
    out = capsys.readouterr().out
    assert out.startswith("    1 physician office  2 hospital  3 nursing home  4 Risk Management\n")
    assert said in out


@pytest.mark.parametrize(
    "typed", ["1 3", "1,3", "physician office, nursing home", "1, nurs", "1,nursing home,", "physician-office 3"]
)
def test_several_choices_are_separated_by_spaces_or_commas(answer: Any, typed: str) -> None:
    answer(typed)
    question = Question(text="Kinds", read=lambda text: text.split(","), choices=KINDS, many=True)
    assert one(question) == ["physician-office", "nursing-home"]


@pytest.mark.parametrize("typed", ["2,3 4", "2 3, 4", "2, 3,4", "hospital nursing-home,risk management"])
def test_commas_and_blanks_may_be_mixed(answer: Any, typed: str) -> None:
    answer(typed)
    question = Question(text="Kinds", read=lambda text: text.split(","), choices=KINDS, many=True)
    assert one(question) == ["hospital", "nursing-home", "Risk Management"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2,hosptal 3", "`hosptal` is none of these; did you mean hospital?"),
        (",", "`,` is none of these: answer with a number from 1 to 4"),
        ("9", "`9` is none of these: answer with a number from 1 to 4"),
    ],
)
def test_one_of_several_that_is_none_is_named(
    answer: Any, capsys: pytest.CaptureFixture[str], typed: str, said: str
) -> None:
    answer(typed, "risk management")
    question = Question(text="Kinds", read=lambda text: text.split(","), choices=KINDS, many=True)
    assert one(question) == ["Risk Management"]
    assert said in capsys.readouterr().out


def test_a_long_question_leaves_room_for_its_answer(
    answer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    answer("2")
    one(Question(text="  Next due date your account shows", read=str, choices=KINDS, default="Risk Management"))
    assert capsys.readouterr().out == (
        "    1 physician office  2 hospital\n    3 nursing home\n    4 Risk Management\n"
        "   Next due date your\n   account shows [Risk\n   Management] : "
    )


def test_many_choices_take_several_lines_none_wider_than_the_screen() -> None:
    lines = listed([f"choice-number-{number}" for number in range(1, 13)]).split("\n")
    assert len(lines) > 1
    assert max(map(len, lines)) <= 76
    assert lines[0] == "     1 choice number 1    2 choice number 2    3 choice number 3"
    assert lines[3] == "    10 choice number 10  11 choice number 11  12 choice number 12"


def talk() -> Script[dict[str, Any]]:
    """Ask for hours only where there was a title; say what came of it."""
    title = yield Question(text="Title", read=str)
    if title is None:
        return {}
    return {"title": title, "hours": (yield HOURS), "note": (yield Question(text="Note", read=str))}


def test_a_script_goes_on_from_the_answers(answer: Any) -> None:
    answer("Coding Update", "6", "")
    assert ask(talk) == {"title": "Coding Update", "hours": 6, "note": None}
    answer("")
    assert ask(talk) == {}


def test_back_returns_to_the_question_before_as_often_as_wanted(answer: Any) -> None:
    answer("Codin Update", "<", "Coding Update", "7", "<", "<", "Coding Update 2027", "6", "a note")
    assert ask(talk) == {"title": "Coding Update 2027", "hours": 6, "note": "a note"}


def test_back_from_the_first_question_stays_there(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("<", "")
    assert ask(talk) == {}
    assert "This is the first question." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "default", "meant"),
    [("y", False, True), ("YES", False, True), ("n", True, False), ("", True, True), ("", False, False)],
)
def test_yes_or_no(answer: Any, typed: str, default: bool, meant: bool) -> None:  # noqa: FBT001 - a table of both
    answer(typed)
    assert yes("Save?", default=default) is meant


def test_yes_or_no_is_asked_until_it_is_one(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("perhaps", "?", "y")
    assert yes("Save?", default=False, lead="  ce-7  Coding Update")
    out = capsys.readouterr().out
    assert out.startswith("  ce-7  Coding Update\n Save? [y/N] ")
    assert "`perhaps` is not y or n" in out
    assert "y for yes, n for no" in out


def test_the_end_of_input_cancels(answer: Any) -> None:
    answer("Coding Update")
    with pytest.raises(Cancelled):
        ask(talk)


def test_ctrl_c_cancels(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", SimpleNamespace(readline=interrupted, isatty=lambda: False))
    with pytest.raises(Cancelled):
        one(HOURS)


def test_characters_that_are_no_utf8_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"caf\xe9\n"), encoding="utf-8"))
    with pytest.raises(Cancelled):
        one(HOURS)
    assert "cannot be read here" in capsys.readouterr().out


def test_nothing_in_a_question_is_obeyed_by_the_terminal(answer: Any, capsys: pytest.CaptureFixture[str]) -> None:
    answer("x")
    one(Question(text="Provider", read=str, default="\x1b[31mred", lead="a\x07b\nnext", echo=lambda _: "\x1b]0;t\x07"))
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert out.startswith("a\\x07b\nnext\n Provider [\\x1b[31mred]")


def test_a_narrow_terminal_gets_no_padding(
    answer: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    answer("6")
    one(HOURS)
    assert capsys.readouterr().out == " Hours : "
