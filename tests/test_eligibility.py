"""May I sit the exam: properties that hold for every record. Rules and definitions with their sources: `vectors/`."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmmctl.eligibility import MET, USUAL_TOPICS, Assessment, assessment
from cmmctl.model import Portfolio
from cmmctl.rules import Coursework, Experience
from making import RULES, TODAY, portfolio, rules

NEEDS = rules(
    needs=(
        Experience(name="experience", label="months", months=3, **RULES),
        Coursework(name="coursework", label="credits", credits=Decimal(6), subjects=("business",), **RULES),
    )
)
MONTHS_ONLY = rules(needs=(Experience(name="experience", label="months", months=3, **RULES),))
FIRST = dt.date(2026, 1, 1)
LONG_ENOUGH = 250  # days after the as-of day on which three months are complete, whenever the job began

DAYS = st.integers(0, 200).map(lambda day: FIRST + dt.timedelta(days=day))
ON = st.integers(0, 200).map(lambda day: FIRST + dt.timedelta(days=day))


def job(start: dt.date, length: int | None, **more: Any) -> dict[str, Any]:
    return {"start": start, **more} | ({} if length is None else {"end": start + dt.timedelta(days=length)})


JOB = st.builds(job, DAYS, st.one_of(st.none(), st.integers(0, 60)), manages=st.sampled_from([True, True, True, False]))
COURSE = st.fixed_dictionaries(
    {"credits": st.integers(1, 6), "completed": DAYS, "subject": st.sampled_from(["business", "business", "other"])},
    optional={"unit": st.just("quarter"), "title": st.just("Payroll")},
)


def judged(records: Mapping[str, Any], on: dt.date) -> Assessment:
    return assessment(NEEDS, portfolio(records), on)


@settings(max_examples=30)
@given(jobs=st.lists(JOB, max_size=4), courses=st.lists(COURSE, max_size=4), on=ON)
def test_the_first_day_is_the_one_a_day_by_day_search_finds(
    jobs: list[dict[str, Any]], courses: list[dict[str, Any]], on: dt.date
) -> None:
    there = portfolio(
        {
            "job": [one for one in jobs if one["start"] <= on],
            "course": [one for one in courses if one["completed"] <= on],
        }
    )
    days = (FIRST + dt.timedelta(days=n) for n in range((on - FIRST).days + LONG_ENOUGH))
    by_looking = next((day for day in days if assessment(NEEDS, there, day).verdict == MET), None)
    assert judged({"job": jobs, "course": courses}, on).eligible_on == by_looking


@given(jobs=st.lists(JOB, max_size=5), on=ON)
def test_what_each_job_adds_is_nothing_or_more_and_sums_up_to_what_is_had(
    jobs: list[dict[str, Any]], on: dt.date
) -> None:
    (finding,) = assessment(MONTHS_ONLY, portfolio({"job": jobs}), on).findings
    assert all(given.amount >= 0 for given in finding.counted)
    assert sum(given.amount for given in finding.counted) == finding.have
    listed = {given.id for given in finding.counted} | {no.id for no in finding.refused}
    assert listed == {f"job-{n}" for n, one in enumerate(jobs, 1) if one["start"] <= on}


@given(jobs=st.lists(JOB, max_size=4), courses=st.lists(COURSE, max_size=4), on=ON)
def test_waiting_never_takes_anything_away(
    jobs: list[dict[str, Any]], courses: list[dict[str, Any]], on: dt.date
) -> None:
    records = portfolio({"job": jobs, "course": courses})
    before, after = assessment(NEEDS, records, on), assessment(NEEDS, records, on + dt.timedelta(days=1))
    for then, now in zip(before.findings, after.findings, strict=True):
        assert now.have >= then.have


@given(jobs=st.lists(JOB, max_size=3), courses=st.lists(COURSE, max_size=4), on=ON, data=st.data())
def test_the_order_of_records_in_the_file_never_matters(
    jobs: list[dict[str, Any]], courses: list[dict[str, Any]], on: dt.date, data: st.DataObject
) -> None:
    numbered = {
        "job": [{"id": f"job-{n}", **one} for n, one in enumerate(jobs, 9)],
        "course": [{"id": f"course-{n}", **one} for n, one in enumerate(courses, 9)],
    }
    shuffled = {kind: data.draw(st.permutations(listed)) for kind, listed in numbered.items()}
    assert judged(shuffled, on) == judged(numbered, on)


def test_jobs_that_begin_on_one_day_are_taken_in_order_of_their_ids() -> None:
    records = {
        "job": [
            {"id": "job-10", "start": FIRST, "end": dt.date(2026, 3, 31)},
            {"id": "job-2", "start": FIRST, "end": dt.date(2026, 1, 31)},
        ]
    }
    (finding,) = assessment(MONTHS_ONLY, portfolio(records), TODAY).findings
    assert [(given.id, int(given.amount)) for given in finding.counted] == [("job-2", 1), ("job-10", 2)]


def test_a_job_that_begins_today_has_no_day_yet_and_is_no_overlap() -> None:
    records = portfolio({"job": [{"start": dt.date(2020, 1, 1)}, {"start": TODAY}]})
    (finding,) = assessment(MONTHS_ONLY, records, TODAY).findings
    assert [(given.id, int(given.amount)) for given in finding.counted] == [("job-1", 82), ("job-2", 0)]
    assert finding.refused == ()


@pytest.mark.parametrize(("hours", "said"), [(34.5, True), (35, False)])
def test_part_time_is_less_than_35_hours_a_week(hours: float, said: bool) -> None:  # noqa: FBT001
    records = portfolio({"job": [{"start": FIRST, "hours_per_week": Decimal(str(hours))}]})
    (finding,) = assessment(MONTHS_ONLY, records, TODAY).findings
    assert any("part-time" in note for note in finding.notes) == said


def test_the_usual_subjects_are_six_and_planned_courses_cover_them_too() -> None:
    assert USUAL_TOPICS == (
        "healthcare-management", "medical-terminology", "privacy", "payroll", "tax", "coding-billing",
    )  # fmt: skip
    records = portfolio(
        {
            "course": [
                {"credits": 3, "completed": FIRST, "topics": ["payroll", "tax"]},
                {"credits": 3, "status": "planned", "topics": ["privacy"]},
                {"credits": 3, "completed": dt.date(2026, 12, 1), "topics": ["coding-billing"]},
            ]
        }
    )
    assert assessment(NEEDS, records, TODAY).topics == {"payroll", "tax", "privacy"}


def test_what_is_missing_is_what_is_wanted_less_what_is_had() -> None:
    experience, coursework = judged(
        {"course": [{"credits": 5, "unit": "quarter", "completed": FIRST, "subject": "business"}]}, TODAY
    ).findings
    assert experience.missing == 3
    assert coursework.missing == 6 - Fraction(10, 3)
    enough = judged({"job": [{"start": FIRST}]}, TODAY).findings[0]
    assert enough.have == 10
    assert enough.missing == 0


def test_a_rule_set_without_months_asks_for_credits_alone() -> None:
    credits_only = rules(
        needs=(
            Coursework(
                name="coursework", label="credits", credits=Decimal(6), subjects=("business",),
                experience_helps=True, **RULES,
            ),
        )
    )  # fmt: skip
    course = {"credits": 6, "completed": FIRST, "subject": "business"}
    assert assessment(credits_only, portfolio({"course": [course]}), TODAY).eligible_on == FIRST
    # More experience might help, and any at all is more than none.
    assert assessment(credits_only, Portfolio(), TODAY).verdict == "ask-issuer"
    answer = {"date": FIRST, "credential": "pahcom.cmm", "credits_required": 3}
    assert assessment(credits_only, portfolio({"answer": [answer]}), TODAY).findings[0].want == 6


@pytest.mark.parametrize(
    ("subjects", "said"),
    [
        ([], False),
        (["business"], True),
        (["healthcare"], True),
        (["other"], False),
        (["business", "healthcare"], False),
    ],
)
def test_it_is_said_where_courses_cover_one_subject_of_two(subjects: list[str], said: bool) -> None:  # noqa: FBT001
    both = rules(
        needs=(
            Coursework(
                name="coursework", label="credits", credits=Decimal(6), subjects=("healthcare", "business"), **RULES
            ),
        )
    )  # fmt: skip
    courses = [{"credits": 3, "completed": FIRST, "subject": subject} for subject in subjects]
    (finding,) = assessment(both, portfolio({"course": courses}), TODAY).findings
    assert any("the sources differ" in note for note in finding.notes) == said


@pytest.mark.parametrize(("months", "eligible"), [(720, dt.date(2086, 11, 23)), (721, None)])
def test_nobody_plans_an_exam_in_more_than_sixty_years(months: int, eligible: dt.date | None) -> None:
    far = rules(needs=(Experience(name="experience", label="months", months=months, **RULES),))
    assert assessment(far, portfolio({"job": [{"start": TODAY}]}), TODAY).eligible_on == eligible


@pytest.mark.parametrize(
    ("on", "had", "notes"),
    [
        (dt.date(2026, 10, 31), 0, 0),
        (dt.date(2026, 11, 1), 0, 1),
        (dt.date(2026, 11, 29), 0, 1),
        (dt.date(2026, 11, 30), 3, 1),
    ],
)
def test_a_course_completed_some_day_of_a_month_counts_from_its_last(on: dt.date, had: int, notes: int) -> None:
    course = {"credits": 3, "completed": "2026-11", "subject": "business"}
    finding = judged({"course": [course]}, on).findings[1]
    assert finding.have == had
    assert finding.notes == ("course-1 counts from Nov 30 2026: only Nov 2026 is on record",) * notes
