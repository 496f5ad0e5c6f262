from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmmctl.dates import (
    Span,
    Stated,
    add_months,
    earliest,
    first_day,
    is_stated,
    last_day,
    merged,
    plain,
    read_day,
    read_stated,
    weekday,
    whole_months,
)

TODAY = date(2026, 11, 23)  # a Monday
MARCH = date(2026, 3, 2)

days = st.dates(min_value=date(1900, 1, 1), max_value=date(2200, 12, 31))
recent = st.dates(min_value=date(2019, 1, 1), max_value=date(2026, 12, 31))
spans = st.builds(Span, recent, recent)


def test_a_message_repeats_little_and_nothing_a_terminal_obeys() -> None:
    with pytest.raises(ValueError, match=r"^`\\x1b\[31mx{29}\.\.\.` is not a date") as refused:
        read_day("\x1b[31m" + "x" * 5000, TODAY)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2024-02", True),
        ("2009", True),
        ("1900-01", True),
        ("2200-12", True),
        ("1899", False),
        ("2201", False),
        ("2201-01", False),
        ("2024-13", False),
        ("2024-00", False),
        ("2024-2", False),
        ("2024-02-01", False),
        ("2024-02\n", False),
        ("\u0662009", False),
        ("", False),
    ],
)
def test_a_record_keeps_only_whole_months_and_years(text: str, *, valid: bool) -> None:
    assert is_stated(text) is valid


@pytest.mark.parametrize(
    ("stated", "first", "last", "shown"),
    [
        (MARCH, MARCH, MARCH, "Mar 2 2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "Feb 2024"),
        ("2023-12", date(2023, 12, 1), date(2023, 12, 31), "Dec 2023"),
        ("2009", date(2009, 1, 1), date(2009, 12, 31), "2009"),
        ("2200", date(2200, 1, 1), date(2200, 12, 31), "2200"),
    ],
)
def test_a_month_runs_from_its_first_day_to_its_last(stated: Stated, first: date, last: date, shown: str) -> None:
    assert (first_day(stated), last_day(stated), plain(stated)) == (first, last, shown)


def test_a_day_is_shown_with_its_weekday() -> None:
    assert weekday(TODAY) == "Mon Nov 23 2026"


@given(day=days, today=days)
def test_every_form_that_is_shown_can_be_read_again(day: date, today: date) -> None:
    for text in (
        day.isoformat(),
        plain(day),
        weekday(day),
        f"{day.month}/{day.day}/{day.year}",
        f"{day:%m/%d/%Y}",
        plain(day).replace(" ", "-"),
        f"{day.day}-{plain(day)[:3]}-{day.year}",
    ):
        assert read_day(text, today) == read_stated(text.upper(), today) == day


@given(day=days, today=days)
def test_a_month_that_is_shown_can_be_read_again(day: date, today: date) -> None:
    for stated in (f"{day:%Y-%m}", f"{day:%Y}"):
        assert is_stated(stated)
        assert read_stated(stated, today) == read_stated(plain(stated), today) == stated
        assert first_day(stated) <= day <= last_day(stated)


@given(days)
def test_a_weekday_is_the_most_recent_one_before_today(today: date) -> None:
    for back in range(1, 8):
        day = today - timedelta(days=back)
        assert read_day(f"{weekday(day)[:3]}", today) == day


@given(st.text(max_size=60), days)
def test_no_text_breaks_the_reading(text: str, today: date) -> None:
    try:
        assert isinstance(read_stated(text, today), date | str)
    except ValueError as refused:
        assert str(refused).isprintable()  # noqa: PT017 - most texts are refused, some are dates


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 2, date(2023, 3, 31)),
        (date(2023, 1, 31), 3, date(2023, 4, 30)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2000, 1, 31), 1, date(2000, 2, 29)),
        (date(2100, 1, 31), 1, date(2100, 2, 28)),
        (date(2024, 5, 6), 0, date(2024, 5, 6)),
        (date(9999, 11, 30), 1, date(9999, 12, 30)),
    ],
)
def test_months_are_clamped_to_the_end_of_the_month(day: date, months: int, moved: date) -> None:
    assert add_months(day, months) == moved


@pytest.mark.parametrize("months", [-24_311, 95_689, 10**30])
def test_months_end_with_the_calendar(months: int) -> None:
    with pytest.raises((ValueError, OverflowError)):
        add_months(date(2025, 12, 1), months)


@given(day=days, months=st.integers(min_value=-1200, max_value=1200))
def test_months_never_drift_from_the_anchor(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(days=1)).day == 1)
    assert add_months(day, months) < add_months(day, months + 1)


def test_spans_that_overlap_or_touch_are_one() -> None:
    one, two, three, four, five = (date(2024, 1, day) for day in (1, 5, 9, 12, 20))
    assert merged([Span(two, three), Span(one, two), Span(four, five), Span(five, five), Span(three, one)]) == [
        Span(one, three),
        Span(four, five),
    ]
    assert merged([Span(one, five), Span(two, three)]) == [Span(one, five)]
    assert merged([]) == []


@pytest.mark.parametrize(
    ("worked", "months"),
    [
        ([("2020-01-20", "2021-07-05"), ("2022-02-10", "2023-08-25")], 36),
        ([("2020-01-20", "2021-07-05"), ("2022-02-10", "2023-08-24")], 35),
        ([("2023-01-15", "2026-01-15")], 36),
        ([("2023-01-15", "2026-01-14")], 35),
        ([("2023-01-31", "2023-02-28")], 1),
        ([("2023-01-31", "2023-03-30")], 1),
        ([("2024-02-29", "2025-02-28")], 12),
        ([("2023-01-01", "2023-01-31"), ("2024-01-01", "2024-01-02")], 1),
        ([("2023-01-01", "2023-01-31"), ("2024-01-01", "2024-01-31")], 1),
        ([("2023-01-01", "2023-01-31"), ("2024-01-01", "2024-02-01")], 1),
        ([("2023-01-01", "2023-06-01"), ("2023-03-01", "2023-09-01")], 8),
        ([("2023-01-01", "2023-01-01")], 0),
        ([], 0),
    ],
)
def test_months_of_experience(worked: list[tuple[str, str]], months: int) -> None:
    assert whole_months(Span(*map(date.fromisoformat, span)) for span in worked) == months


@given(spans, st.lists(spans, max_size=4), st.integers(min_value=0, max_value=400))
def test_a_later_end_never_makes_fewer_months(last: Span, others: list[Span], more: int) -> None:
    earlier = [span for span in others if span.stop < last.start]
    longer = Span(last.start, last.stop + timedelta(days=more))
    assert whole_months([*earlier, last]) <= whole_months([*earlier, longer])


@given(st.lists(spans, max_size=5), st.data())
def test_order_and_touching_parts_make_no_difference(worked: list[Span], data: st.DataObject) -> None:
    parts: list[Span] = []
    for span in worked:
        middle = data.draw(st.dates(min_value=min(span), max_value=max(span)))
        parts += [Span(span.start, middle), Span(middle, span.stop)] if span.start < span.stop else [span]
    assert whole_months(data.draw(st.permutations(parts))) == whole_months(worked)


@given(spans, st.integers(min_value=-60, max_value=60))
def test_one_span_is_as_long_as_its_calendar_says(span: Span, more: int) -> None:
    months = whole_months([span])
    assert span.stop <= span.start or add_months(span.start, months) <= span.stop < add_months(span.start, months + 1)
    stop = add_months(span.start, max(0, more))
    assert whole_months([Span(span.start, stop)]) == max(0, more)


@given(low=recent, length=st.integers(min_value=-5, max_value=60), turn=st.integers(min_value=-10, max_value=70))
@example(low=MARCH, length=0, turn=0)
@example(low=MARCH, length=0, turn=1)
@example(low=MARCH, length=-1, turn=-5)
def test_the_earliest_day_is_the_one_a_walk_finds(low: date, length: int, turn: int) -> None:
    high, since = low + timedelta(days=length), low + timedelta(days=turn)
    holds: Callable[[date], bool] = since.__le__
    walk = (low + timedelta(days=n) for n in range(length + 1))
    assert earliest(holds, low, high) == next(filter(holds, walk), None)
