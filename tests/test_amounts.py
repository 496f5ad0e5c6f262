from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmmctl.amounts import (
    Number,
    bar,
    dollars,
    read_amount,
    read_count,
    read_number,
    shown,
    shown_down,
    shown_input,
    shown_up,
    units,
)

figures = st.one_of(
    st.decimals(min_value=-10_000, max_value=10_000, places=4),
    st.fractions(min_value=-10_000, max_value=10_000, max_denominator=999),
    st.integers(min_value=-10_000, max_value=10_000),
)
hundredths = st.decimals(min_value=-9_999_999, max_value=9_999_999, places=2)


@pytest.mark.parametrize(("figure", "said"), [("1", "1 CE hour"), ("1.5", "1.5 CE hours"), ("0", "0 CE hours")])
def test_one_of_a_unit_is_one(figure: str, said: str) -> None:
    assert units(figure, "CE hour") == said


@pytest.mark.parametrize("text", ["3", "0.15", " 12.5 ", "0.0001", "9999"])
def test_a_number_is_read_exactly(text: str) -> None:
    assert read_number(text) == Decimal(text.strip())


@pytest.mark.parametrize("text", ["", "0", "-1", "9999.1", "1e2", "nan", "three", "1 h"])
def test_what_is_no_number_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a number above 0 and at most 9999; write it as `3` or `0\.15`$"):
        read_number(text)


def test_a_number_may_be_zero_where_it_is_said() -> None:
    assert [read_number(text, zero=True) for text in ("0", "0.0", "2")] == [0, 0, 2]
    with pytest.raises(ValueError, match=r"is not a number from 0 to 9999; write it as `3`"):
        read_number("-1", zero=True)
    with pytest.raises(ValueError, match=r"^`0\.00001` has more than 4 decimals; write it as `3`"):
        read_number("0.00001", zero=True)


@pytest.mark.parametrize(("text", "count"), [("0", 0), (" 12 ", 12), ("007", 7), ("999999999", 999_999_999)])
def test_a_count_is_a_whole_number(text: str, count: int) -> None:
    assert read_count(text) == count


@pytest.mark.parametrize("text", ["", "-1", "1.0", "1,000", "1_000", "twelve", "\u0663", "9" * 5000])
def test_what_is_no_count_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a whole number; write it as `12`$"):
        read_count(text)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("foo", "`foo`"),
        ("  foo bar ", "`foo bar`"),
        ("", "an empty text"),
        ("\n\t", "an empty text"),
        ("a\x1b[31mb", r"`a\x1b[31mb`"),
        ("a\u202eb", r"`a\u202eb`"),
        ("a\udc80b", r"`a\udc80b`"),
        ("a\nb", r"`a\nb`"),
        ("é", "`é`"),
        ("x" * 40, f"`{'x' * 40}`"),
        ("x" * 41, f"`{'x' * 37}...`"),
    ],
)
def test_somebodys_text_is_repeated_short_and_safe(text: str, safe: str) -> None:
    assert shown_input(text) == safe


@given(st.text())
@example("\x00" * 50)
def test_no_text_can_steer_a_terminal(text: str) -> None:
    safe = shown_input(text)
    assert safe.isprintable()
    assert len(safe) <= 42


@pytest.mark.parametrize(
    ("value", "down", "near", "up"),
    [
        (Decimal("20.50"), "20.5", "20.5", "20.5"),
        (Decimal("3.000"), "3", "3", "3"),
        (3, "3", "3", "3"),
        (0, "0", "0", "0"),
        (100, "100", "100", "100"),
        (Decimal("1E+3"), "1000", "1000", "1000"),
        (Fraction(4, 3), "1.33", "1.33", "1.34"),
        (Fraction(2, 3), "0.66", "0.67", "0.67"),
        (Decimal("0.125"), "0.12", "0.13", "0.13"),
        (Decimal("11.999"), "11.99", "12", "12"),
        (Decimal("0.001"), "0", "0", "0.01"),
        (Decimal("-1.5"), "-1.5", "-1.5", "-1.5"),
        (Decimal("-0.001"), "-0.01", "0", "0"),
    ],
)
def test_figures_have_at_most_two_decimals(value: Number, down: str, near: str, up: str) -> None:
    assert (shown_down(value), shown(value), shown_up(value)) == (down, near, up)


@given(hundredths)
def test_what_fits_is_shown_exactly(value: Decimal) -> None:
    assert Decimal(shown(value)) == Decimal(shown_down(value)) == Decimal(shown_up(value)) == value


@given(figures)
def test_a_figure_is_shown_between_its_bounds(value: Number) -> None:
    down, near, up = (Fraction(show(value)) for show in (shown_down, shown, shown_up))
    assert down <= Fraction(value) <= up
    assert near in {down, up}
    assert up - down in {0, Fraction(1, 100)}


@given(have=figures, want=figures)
def test_a_figure_looks_met_only_when_it_is(have: Number, want: Number) -> None:
    gap = Fraction(want) - Fraction(have)
    assert (Fraction(shown_up(gap)) > 0) == (gap > 0)
    whole = Fraction(shown(want))
    assert (Fraction(shown_down(have)) >= whole) == (Fraction(have) >= whole)


@pytest.mark.parametrize(
    ("value", "money"),
    [
        ("1349", "$1,349.00"),
        ("-5", "-$5.00"),
        ("0", "$0.00"),
        ("0.5", "$0.50"),
        ("9999999.99", "$9,999,999.99"),
        ("-1349.05", "-$1,349.05"),
        ("33.335", "$33.34"),
    ],
)
def test_money_is_shown_with_its_cents(value: str, money: str) -> None:
    assert dollars(Decimal(value)) == money


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_money_that_is_shown_can_be_read_again(value: Decimal) -> None:
    assert read_amount(dollars(value), symbols=True) == value


@pytest.mark.parametrize(
    ("have", "want", "cells"),
    [
        (0, 24, 0),
        (12, 24, 10),
        (Decimal("23.99"), 24, 19),
        (24, 24, 20),
        (30, Fraction(24), 20),
        (-3, 24, 0),
        (0, 0, 20),
        (-1, -2, 20),
        (1, Fraction(60, 3), 1),
    ],
)
def test_a_bar_is_rounded_down(have: Number, want: Number, cells: int) -> None:
    assert bar(have, want) == cells


@given(have=figures, want=figures.filter(lambda want: want > 0), cells=st.integers(min_value=1, max_value=80))
def test_a_bar_is_full_exactly_when_its_need_is_met(have: Number, want: Number, cells: int) -> None:
    full = bar(have, want, cells)
    assert 0 <= full <= cells
    assert (full == cells) == (Fraction(have) >= Fraction(want))
