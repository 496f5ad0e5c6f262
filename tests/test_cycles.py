"""Due dates: counted from an anchor, never from an earlier date. Definitions with their sources: `vectors/`."""

import calendar
import datetime as dt
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.cycles import Cycle, current_cycle, cycles
from cmmctl.model import Credential
from making import rules

DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))
MONTHS = st.integers(1, 60)


def held(earned: dt.date, due: dt.date | None = None) -> Credential:
    return Credential(id="sample.made", earned=earned, due=due)


def first(count: int, earned: dt.date, months: int, due: dt.date | None = None, *, own: bool = True) -> list[Cycle]:
    only = rules(months=months).editions[0]
    return list(islice(cycles(held(earned, due), only, own=own), count))


def due(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("earned", "months", "dues"),
    [
        # 2024, 2028 and 2032 are leap years; in between the month ends on the 28th.
        ("2024-02-29", 12, ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"]),
        # The 31st comes back after every shorter month.
        ("2025-12-31", 2, ["2026-02-28", "2026-04-30", "2026-06-30", "2026-08-31", "2026-10-31"]),
        ("2023-04-23", 24, ["2025-04-23", "2027-04-23", "2029-04-23", "2031-04-23", "2033-04-23"]),
    ],
)
def test_due_dates_worked_out_with_a_calendar(earned: str, months: int, dues: list[str]) -> None:
    assert [cycle.due for cycle in first(5, due(earned), months)] == list(map(due, dues))


@given(earned=DAYS, months=MONTHS)
def test_due_dates_never_drift(earned: dt.date, months: int) -> None:
    for n, cycle in enumerate(first(8, earned, months), start=1):
        assert (cycle.due.year * 12 + cycle.due.month) - (earned.year * 12 + earned.month) == n * months
        assert cycle.due.day == min(earned.day, calendar.monthrange(cycle.due.year, cycle.due.month)[1])


@given(earned=DAYS, months=MONTHS, later=st.integers(1, 4000))
def test_every_day_since_the_certification_belongs_to_one_cycle(earned: dt.date, months: int, later: int) -> None:
    recorded = earned + dt.timedelta(days=later)
    found = first(200, earned, months, recorded)
    assert found[0].start == earned
    assert all(cycle.start <= cycle.due for cycle in found)
    assert all(following.start == cycle.due + dt.timedelta(days=1) for cycle, following in pairwise(found))
    day = earned + dt.timedelta(days=later // 2)
    assert sum(cycle.holds(day) for cycle in found) == 1


@given(earned=DAYS, months=MONTHS, later=st.integers(1, 4000))
def test_a_recorded_due_date_ends_a_cycle_of_the_own_reading(earned: dt.date, months: int, later: int) -> None:
    recorded = earned + dt.timedelta(days=later)
    assert recorded in [cycle.due for cycle in first(4000 // 28 + 2, earned, months, recorded)]


@given(earned=DAYS, months=MONTHS, later=st.integers(1, 4000))
def test_a_recorded_due_date_moves_no_other_reading(earned: dt.date, months: int, later: int) -> None:
    recorded = earned + dt.timedelta(days=later)
    assert first(9, earned, months, recorded, own=False) == first(9, earned, months)


def test_the_recorded_due_date_may_be_the_day_certified() -> None:
    day = due("2025-04-23")
    assert first(2, day, 24, day) == [
        Cycle(day, due("2027-04-23")),
        Cycle(due("2027-04-24"), due("2029-04-23")),
    ]


@given(earned=DAYS, months=MONTHS, filed=st.sets(st.integers(0, 8)), later=st.integers(0, 6000))
def test_the_current_cycle_is_the_earliest_that_is_not_settled(
    earned: dt.date, months: int, filed: set[int], later: int
) -> None:
    on = earned + dt.timedelta(days=later)
    only = rules(months=months).editions[0]
    found = first(300, earned, months)
    dues = {found[n].due for n in filed}
    current = current_cycle(held(earned), only, dues, on)
    settled = [cycle.due in dues and cycle.due < on for cycle in found]
    assert current == found[settled.index(False)]


def test_what_was_filed_before_the_recorded_due_date_decides_nothing() -> None:
    credential = held(due("2019-04-23"), due("2027-04-23"))
    only = rules(months=24).editions[0]
    assert current_cycle(credential, only, {due("2021-04-23")}, due("2026-11-23")).due == due("2027-04-23")
