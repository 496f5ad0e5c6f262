"""May I renew: properties of states and readings. Rules and definitions with their sources: `vectors/`."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.model import Credential
from cmmctl.renewal import STATES, Standing, meeting, standing
from making import TODAY, portfolio, rulebook

EARNED = dt.date(2025, 4, 23)
DUE = dt.date(2027, 4, 23)
CMM = rulebook().find("pahcom.cmm")
DAYS = st.integers(0, 800).map(lambda day: EARNED + dt.timedelta(days=day))
ENTRY = st.fixed_dictionaries(
    {"hours": st.integers(1, 12), "date": DAYS},
    optional={"approvals": st.just(["pahcom:1"]), "status": st.just("planned")},
)
RENEWAL = st.fixed_dictionaries(
    {"due": st.sampled_from([DUE, dt.date(2029, 4, 23)]), "filed": DAYS},
)
PINNED = st.sampled_from([None, "two-year", "handbook-2015", "annual"])


def stands(records: Mapping[str, Any], on: dt.date, edition: str | None = None) -> Standing:
    assert CMM
    credential = Credential(id="pahcom.cmm", earned=EARNED, edition=edition)
    return standing(credential, CMM, portfolio(records), on)


@given(ces=st.lists(ENTRY, max_size=6), filed=st.lists(RENEWAL, max_size=2), on=DAYS, pinned=PINNED)
def test_the_state_of_all_is_the_worst_that_is_not_set_aside(
    ces: list[dict[str, Any]], filed: list[dict[str, Any]], on: dt.date, pinned: str | None
) -> None:
    s = stands({"ce": ces, "renewal": filed}, on, pinned)
    judged = [s.own] if pinned else list(s.readings)
    assert s.own.edition.name == (pinned or "two-year")
    assert s.state == s.own.state
    assert list(s.standing_readings) == judged
    assert STATES.index(s.state_all) == min(STATES.index(reading.state) for reading in judged)
    assert s.first_due == min(reading.cycle.due for reading in judged)
    assert {reading.edition.name for reading in s.readings} == {"two-year", "handbook-2015", "annual"}


@given(ces=st.lists(ENTRY, max_size=6), filed=st.lists(RENEWAL, max_size=2), on=DAYS, pinned=PINNED)
def test_no_other_reading_is_past_due(
    ces: list[dict[str, Any]], filed: list[dict[str, Any]], on: dt.date, pinned: str | None
) -> None:
    for other in stands({"ce": ces, "renewal": filed}, on, pinned).readings[1:]:
        assert other.state != "past-due"
        assert other.cycle.holds(on)
        assert all(cycle.due < on for cycle, _ in other.earlier_short)


@given(ces=st.lists(ENTRY, max_size=6), on=st.integers(0, 730).map(lambda day: EARNED + dt.timedelta(days=day)))
def test_hours_that_meet_all_readings_do(ces: list[dict[str, Any]], on: dt.date) -> None:
    """What is said to be missing is added on the as-of day, the parts first; then nothing is missing any more."""
    said = stands({"ce": ces}, on).all_readings
    approved, recognized = (said.parts.get(name, Fraction()) for name in ("approved", "recognized"))
    rest = said.remaining - approved - recognized
    assert rest >= 0
    more: list[dict[str, Any]] = [
        {"hours": Decimal(int(hours)), "date": on, **marks}
        for hours, marks in ((approved, {"approvals": ["pahcom:1"]}), (recognized, {}), (rest, {}))
        if hours
    ]
    assert said.met == (not more)
    assert stands({"ce": [*ces, *more]}, on).all_readings.met
    if more:
        more[0]["hours"] -= 1
        assert not stands({"ce": [*ces, *(one for one in more if one["hours"])]}, on).all_readings.met


@given(ces=st.lists(ENTRY, max_size=6), left=st.integers(1, 730))
def test_the_pace_needed_brings_what_is_missing(ces: list[dict[str, Any]], left: int) -> None:
    s = stands({"ce": ces}, DUE - dt.timedelta(days=left))
    assert s.days_left == left
    if s.own.remaining:
        assert s.hours_per_month is not None
        assert s.hours_per_month * left / 30 == s.own.remaining
    else:
        assert s.hours_per_month is None


@given(ces=st.lists(ENTRY, max_size=6), filed=st.lists(RENEWAL, max_size=3), on=DAYS, data=st.data())
def test_the_order_of_records_in_the_file_never_matters(
    ces: list[dict[str, Any]], filed: list[dict[str, Any]], on: dt.date, data: st.DataObject
) -> None:
    numbered = {
        "ce": [{"id": f"ce-{n}", **one} for n, one in enumerate(ces, 9)],
        "renewal": [{"id": f"renewal-{n}", **one} for n, one in enumerate(filed, 9)],
    }
    shuffled = {kind: data.draw(st.permutations(listed)) for kind, listed in numbered.items()}
    assert stands(shuffled, on) == stands(numbered, on)


def test_states_are_named_from_the_worst_to_the_best() -> None:
    assert STATES == (
        "past-due", "at-risk", "behind", "on-pace", "met-hours-only", "met", "filed", "accepted",
    )  # fmt: skip


@pytest.mark.parametrize(("pinned", "remaining", "parts"), [(None, 12, {"approved": 12}), ("two-year", 4, {})])
def test_what_meets_the_readings_that_are_not_set_aside(
    pinned: str | None, remaining: int, parts: dict[str, int]
) -> None:
    """20 recognized hours: 4 more for two years, none for the year; the handbook asks for 12 approved ones."""
    s = stands({"ce": [{"hours": 20, "date": TODAY}]}, TODAY, pinned)
    found = meeting(s.standing_readings)
    assert (found.by, found.met) == (DUE, False)
    assert found.remaining == remaining
    assert found.parts == parts
    assert s.all_readings.remaining == 12
