"""What counts: properties that hold for every record. Definitions and rules with their sources: `vectors/`."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.cycles import Cycle
from cmmctl.model import Credential, Portfolio
from cmmctl.rules import RuleSet
from cmmctl.tally import Reading, domains_of, entries, reading
from making import portfolio, requirement, rulebook, rules

START, DUE, ON = dt.date(2026, 6, 1), dt.date(2026, 6, 30), dt.date(2026, 6, 20)
CYCLE = Cycle(START, DUE)
# Every entry has one path through the parts, so that each maximum lies within another or beside it.
LAMINAR = rules(
    requirement("total", min=Decimal(20), max=Decimal(30)),
    requirement("online", max=Decimal(8), within="total", select="tagged", tags=("online",)),
    requirement("recorded", max=Decimal(3), within="online", select="tagged", tags=("recorded",)),
    requirement("local", min=Decimal(4), max=Decimal(10), within="total", select="tagged", tags=("local",)),
)
PATHS: list[dict[str, Any]] = [{}, {"tags": ["online"]}, {"tags": ["online", "recorded"]}, {"tags": ["local"]}]
HOURS = st.integers(1, 40).map(lambda quarters: Decimal(quarters) / 4)


def ce(path: Mapping[str, Any], hours: Decimal, day: int) -> dict[str, Any]:
    return {**path, "hours": hours, "date": START + dt.timedelta(days=day)}


ENTRY = st.builds(ce, st.sampled_from(PATHS), HOURS, st.integers(0, 29))
# Everything that can keep an entry from counting, around the ends of the cycle and the as-of day.
ODD = st.fixed_dictionaries(
    {"hours": HOURS, "date": st.integers(-3, 32).map(lambda day: START + dt.timedelta(days=day))},
    optional={
        "title": st.sampled_from(["Coding", "CODING", "Privacy"]),
        "status": st.sampled_from(["planned", "in-progress"]),
        "subject": st.sampled_from(["healthcare", "business", "other"]),
        "activity": st.just("self-study"),
        "approvals": st.sampled_from([["pahcom:1"], ["aapc:1"]]),
        "credentials": st.sampled_from([["pahcom.cmm"], ["pahcom.hitcm-pp"]]),
    },
)
COURSE = st.fixed_dictionaries(
    {"credits": st.just(3), "completed": st.integers(0, 32).map(lambda day: START + dt.timedelta(days=day))},
    optional={"hours": HOURS, "subject": st.sampled_from(["business", "other"]), "status": st.just("planned")},
)


def tallied(known: RuleSet, records: Portfolio, on: dt.date = ON, earned: dt.date = START) -> Reading:
    credential = Credential(id=known.id, earned=earned)
    return reading(credential, known, known.edition(), records, CYCLE, on)


@given(given_=st.lists(ENTRY, max_size=12), more=ENTRY)
def test_one_more_entry_never_lowers_what_counts(given_: list[dict[str, Any]], more: dict[str, Any]) -> None:
    before = tallied(LAMINAR, portfolio({"ce": given_}), DUE)
    after = tallied(LAMINAR, portfolio({"ce": [*given_, more]}), DUE)
    assert after.counted >= before.counted
    assert after.earned == before.earned + Fraction(more["hours"])


@given(st.lists(ENTRY, max_size=12))
def test_what_counts_towards_a_part_never_exceeds_its_maximum(given_: list[dict[str, Any]]) -> None:
    found = tallied(LAMINAR, portfolio({"ce": given_}), DUE)
    total, online, recorded, local = (tally.counted for tally in found.tallies)
    assert total <= 30
    assert recorded <= 3
    assert recorded <= online <= 8
    assert local <= 10
    assert online + local <= total


@given(given_=st.lists(ODD, max_size=10), courses=st.lists(COURSE, max_size=3))
def test_every_entry_counts_or_is_refused_unless_it_is_not_there_yet(
    given_: list[dict[str, Any]], courses: list[dict[str, Any]]
) -> None:
    known = rulebook().find("pahcom.cmm")
    assert known
    found = tallied(known, portfolio({"ce": given_, "course": courses}))
    dated = {f"ce-{n}" for n, one in enumerate(given_, 1) if one["date"] <= ON}
    dated |= {f"course-{n}" for n, one in enumerate(courses, 1) if one["completed"] <= ON}
    counted = {one.entry.id for one in found.counted_entries}
    refused = {one.entry.id for one in found.refused_entries}
    assert counted | refused == dated
    assert counted & refused == set()  # nothing is cut short where there is no maximum


@given(given_=st.lists(ODD, max_size=10), courses=st.lists(COURSE, max_size=3))
def test_what_was_earned_is_what_counts_and_what_was_refused(
    given_: list[dict[str, Any]], courses: list[dict[str, Any]]
) -> None:
    known = rulebook().find("pahcom.cmm")
    assert known
    found = tallied(known, portfolio({"ce": given_, "course": courses}))
    not_earned = {"planned", "before-certification", "not-for-this-credential", "hours-unknown"}
    refused = sum(
        (no.hours or 0 for no in found.refused_entries if no.entry.completed and no.reason not in not_earned),
        Fraction(),
    )
    assert found.earned == found.counted + refused
    assert found.earned == found.counted + sum(no.hours or 0 for no in found.refused_entries if no.earned)
    assert found.counted == sum(one.hours for one in found.counted_entries)


@given(given_=st.lists(ODD, min_size=2, max_size=8), data=st.data())
def test_the_order_of_records_in_the_file_never_matters(given_: list[dict[str, Any]], data: st.DataObject) -> None:
    known = rulebook().find("pahcom.cmm")
    assert known
    numbered = [{"id": f"ce-{n}", **one} for n, one in enumerate(given_, start=9)]
    shuffled = data.draw(st.permutations(numbered))
    assert tallied(known, portfolio({"ce": shuffled})) == tallied(known, portfolio({"ce": numbered}))


@given(st.lists(ENTRY, max_size=12))
def test_a_maximum_refuses_hours_and_never_loses_them(given_: list[dict[str, Any]]) -> None:
    found = tallied(LAMINAR, portfolio({"ce": given_}), DUE)
    hours = {one.entry.id: one.hours for one in found.counted_entries}
    for no in found.refused_entries:
        hours[no.entry.id] = hours.get(no.entry.id, Fraction()) + (no.hours or 0)
    assert hours == {f"ce-{n}": Fraction(one["hours"]) for n, one in enumerate(given_, 1)}
    assert {no.reason for no in found.refused_entries} <= {"cap"}


def test_entries_can_be_asked_for_by_their_days() -> None:
    records = portfolio(
        {
            "ce": [{"date": dt.date(2026, 6, day), "hours": 1} for day in (1, 2, 3)],
            "course": [
                {"credits": 3, "completed": "2026-06"},
                {"credits": 3, "completed": dt.date(2026, 6, 2)},
                {"credits": 3, "status": "planned"},
            ],
        }
    )
    assert [entry.id for entry in entries(records)] == ["ce-1", "ce-2", "ce-3", "course-1", "course-2"]
    day = dt.date(2026, 6, 2)
    assert [entry.id for entry in entries(records, day, day)] == ["ce-2", "course-2"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Finance", ("Finance",)),
        ("  finance ", ("Finance",)),
        ("Technology and Data Management", ("Technology & Data Management",)),
        ("technology & data-management", ("Technology & Data Management",)),
        ("Patient Clinical Education and Practice Marketing", ("Patient Clinical Education & Practice Marketing",)),
        ("Financial", ()),
        ("and", ()),
    ],
)
def test_a_domain_is_known_whatever_its_spelling(written: str, meant: tuple[str, ...]) -> None:
    known = rulebook().find("pahcom.cmm")
    assert known
    (entry,) = entries(portfolio({"ce": [{"date": ON, "hours": 1, "domains": [written]}]}))
    assert domains_of(entry.record, known.edition("handbook-2015")) == meant
    assert domains_of(entry.record, known.edition("two-year")) == ()
