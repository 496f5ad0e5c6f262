"""May I sit the exam? Each need, what is on record, and since or from when.

Pure. Three-valued: met, short, or ask the issuer, because some of what decides is not published. Months follow
the convention of `dates`; a quarter credit is exactly two thirds of a semester credit.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple, assert_never

from cmmctl.conditions import Fulfilled, fulfilled
from cmmctl.dates import Span, add_months, earliest, first_day, last_day, merged, plain, whole_months
from cmmctl.model import COURSE_TOPICS, Answer, Course, Credential, Degree, Job, Portfolio
from cmmctl.rules import Coursework, Experience, Need, RuleSet

MET, SHORT, ASK = "met", "short", "ask-issuer"
FULL_TIME_HOURS = 35
MONTHS_PER_YEAR = 12
HORIZON_MONTHS = 12 * 60  # nobody plans an exam further ahead


class Given(NamedTuple):
    """What one record adds to a need."""

    id: str
    amount: Fraction


class Declined(NamedTuple):
    """A record that adds nothing to a need, with the reason as a slug and as a sentence."""

    id: str
    reason: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One need: what is wanted, what is on record, and how that was counted."""

    need: Need
    unit: str
    have: Fraction
    want: Fraction
    planned: Fraction
    verdict: str
    counted: tuple[Given, ...]
    refused: tuple[Declined, ...]
    notes: tuple[str, ...] = ()

    @property
    def missing(self) -> Fraction:
        """Give what is still needed."""
        return max(self.want - self.have, Fraction())


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """May I sit the exam for one credential, as its needs are published?"""

    rules: RuleSet
    credential: Credential | None
    certified: bool
    verdict: str
    findings: tuple[Finding, ...]
    eligible_on: dt.date | None
    eligible_on_if_planned: dt.date | None
    conditions: tuple[Fulfilled, ...]
    topics: frozenset[str]


class _Known(NamedTuple):
    """The facts that are there on the as-of day, planned courses apart."""

    jobs: Sequence[Job]
    courses: Sequence[Course]
    planned: Sequence[Course]
    degrees: Sequence[Degree]
    answers: Sequence[Answer]


def assessment(rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Assessment:
    """Judge every need of a rule set on a day; with no needs known, the answer is to ask the issuer."""
    credential = next((c for c in portfolio.all(Credential) if c.id == rules.id), None)
    known = _known(portfolio, rules.id, on)
    findings = _findings(rules, known, on)
    with_planned = known._replace(
        courses=[*known.courses, *(replace(c, status="completed") for c in known.planned if c.completed)]
    )
    return Assessment(
        rules=rules, credential=credential, certified=credential is not None and credential.held(on),
        verdict=_worst(findings),
        findings=findings,
        eligible_on=_first_day(rules, known, on),
        eligible_on_if_planned=_first_day(rules, with_planned, on),
        conditions=fulfilled(rules.conditions, portfolio, on),
        topics=frozenset(topic for course in (*known.courses, *known.planned) for topic in course.topics),
    )  # fmt: skip


def _known(portfolio: Portfolio, credential: str, on: dt.date) -> _Known:
    courses = sorted(portfolio.all(Course), key=lambda course: (_finished(course), course.id))
    return _Known(
        jobs=sorted(
            (j for j in portfolio.all(Job) if first_day(j.start) <= on),
            key=lambda j: (first_day(j.start), j.id),
        ),
        courses=[c for c in courses if c.status == "completed" and _finished(c) <= on],
        planned=[c for c in courses if c.status != "completed"],
        degrees=[
            d for d in portfolio.all(Degree) if d.status == "completed" and d.completed and last_day(d.completed) <= on
        ],
        answers=sorted(
            (a for a in portfolio.all(Answer) if a.credential == credential and a.date <= on),
            key=lambda a: (a.date, a.id),
        ),
    )


def _finished(course: Course) -> dt.date:
    return last_day(course.completed) if course.completed else dt.date.max


def _findings(rules: RuleSet, known: _Known, on: dt.date) -> tuple[Finding, ...]:
    months = _months(known.jobs, on)
    needed = next((need.months for need in rules.needs if isinstance(need, Experience)), 0)
    return tuple(_finding(need, rules, known, on, months, needed) for need in rules.needs)


def _finding(need: Need, rules: RuleSet, known: _Known, on: dt.date, months: int, needed: int) -> Finding:
    match need:
        case Experience():
            return _experience(need, known, on, months)
        case Coursework():
            return _coursework(need, rules, known, on, months - needed)
        case _:
            assert_never(need)


def _worst(findings: Sequence[Finding]) -> str:
    verdicts = {finding.verdict for finding in findings}
    return SHORT if SHORT in verdicts else ASK if ASK in verdicts or not findings else MET


def _span(job: Job, on: dt.date) -> Span:
    """Give a job's days: its last day is worked, an open job counts up to the day before `on`."""
    last = None if job.end is None else last_day(job.end)
    return Span(first_day(job.start), on if last is None or last > on else last + dt.timedelta(days=1))


def _months(jobs: Sequence[Job], on: dt.date) -> int:
    return whole_months([_span(job, on) for job in jobs if job.manages and first_day(job.start) <= on])


def _experience(need: Experience, known: _Known, on: dt.date, months: int) -> Finding:
    counted: list[Given] = []
    refused: list[Declined] = []
    before: list[Job] = []
    for job in known.jobs:
        if not job.manages:
            own = _alone(job, on)
            refused.append(
                Declined(job.id, "not-management", f"{own} months as {job.title}: did not manage a medical office")
            )
            continue
        days = merged([_span(earlier, on) for earlier in before])
        if merged([*days, _span(job, on)]) == days:
            refused.append(Declined(job.id, "overlap", "the same days are counted with another job"))
            continue
        amount = _months([*before, job], on) - _months(before, on)
        before.append(job)
        counted.append(Given(job.id, Fraction(amount)))
    return Finding(
        need=need, unit="months", have=Fraction(months), want=Fraction(need.months), planned=Fraction(),
        verdict=MET if months >= need.months else SHORT,
        counted=tuple(counted), refused=tuple(refused), notes=tuple(_job_notes(before)),
    )  # fmt: skip


def _alone(job: Job, on: dt.date) -> int:
    return whole_months([_span(job, on)])


def _job_notes(jobs: Sequence[Job]) -> Iterator[str]:
    for job in jobs:
        for word, stated, counted in (
            ("from", job.start, first_day(job.start)),
            ("to", job.end, last_day(job.end or job.start)),
        ):
            if isinstance(stated, str):
                yield f"{job.id} counts {word} {plain(counted)}: only {plain(stated)} is on record"
        if job.hours_per_week is not None and job.hours_per_week < FULL_TIME_HOURS:
            yield f"{job.id} is part-time and counts in full: how the issuer counts it is not published"


def _coursework(need: Coursework, rules: RuleSet, known: _Known, on: dt.date, extra_months: int) -> Finding:
    counted: list[Given] = []
    refused: list[Declined] = []
    seen: dict[tuple[str, str, dt.date], str] = {}
    for course in known.courses:
        like = (course.title.casefold(), course.institution.casefold(), _finished(course))
        if course.subject not in need.subjects:
            refused.append(Declined(course.id, "subject", f"its subject is {course.subject}"))
        elif like in seen:
            refused.append(Declined(course.id, "duplicate", f"same title, college and date as {seen[like]}"))
        elif _finished(course) <= on:
            seen[like] = course.id
            counted.append(Given(course.id, course.semester_credits))
    refused.extend(
        Declined(course.id, "planned", f"still {course.status}: `cmmctl done {course.id}`")
        for course in known.planned
        if _finished(course) <= on or course.completed is None
    )
    have = sum((given.amount for given in counted), Fraction())
    want, told = _wanted(need, known.answers, extra_months)
    verdict, reason = MET, None
    if have < want:
        verdict, reason = _short_of_credits(need, rules, known, extra_months, told=told is not None, none=not counted)
    planned = sum((c.semester_credits for c in known.planned if c.subject in need.subjects), Fraction())
    subjects = {course.subject for course in known.courses if course.subject in need.subjects}
    notes = [note for note in (told, reason) if note]
    if counted and len(subjects) < len(need.subjects):
        notes.append(
            f"only {subjects.pop()} courses are on record: the sources differ on whether both subjects are needed"
        )
    if any(course.unit == "quarter" for course in known.courses):
        notes.append("quarter credits count two thirds of a semester credit")
    return Finding(
        need=need, unit="credits", have=have, want=want, planned=planned, verdict=verdict,
        counted=tuple(counted), refused=tuple(refused), notes=tuple(notes),
    )  # fmt: skip


def _wanted(need: Coursework, answers: Sequence[Answer], extra_months: int) -> tuple[Fraction, str | None]:
    """Apply the newest answer of the issuer that holds a figure; only whole further years count."""
    for answer in reversed(answers):
        source = f"{answer.id}: {answer.source}, {plain(answer.date)}"
        if answer.credits_required is not None:
            wanted = Fraction(answer.credits_required)
            return wanted, f"{float(wanted):g} credits by the issuer's answer ({source})"
        if answer.credits_per_extra_year is not None and answer.max_credits is not None:
            years = max(extra_months, 0) // MONTHS_PER_YEAR
            less = min(Fraction(answer.credits_per_extra_year) * years, Fraction(answer.max_credits))
            text = f"{float(less):g} credits less for {years} more years, by the issuer's answer ({source})"
            return max(Fraction(need.credits) - less, Fraction()), text
    return Fraction(need.credits), None


def _short_of_credits(
    need: Coursework, rules: RuleSet, known: _Known, extra_months: int, *, told: bool, none: bool
) -> tuple[str, str | None]:
    if none and known.degrees:
        hint = "its transcript's credits can be entered with `cmmctl add-course`"
        return ASK, f"{known.degrees[0].id} may hold such courses: {hint}"
    if need.experience_helps and not told and extra_months >= 0:
        return ASK, f"more experience might replace credits; {rules.issuer} publishes no rate: ask them"
    return SHORT, None


def _first_day(rules: RuleSet, known: _Known, on: dt.date) -> dt.date | None:
    """Find the first day all needs are met, past or future, if nothing changes; None where that cannot be known."""
    starts = [first_day(job.start) for job in known.jobs] + [_finished(course) for course in known.courses]
    if not rules.needs or not starts:
        return None

    def eligible(day: dt.date) -> bool:
        return _worst(_findings(rules, known, day)) == MET

    horizon = min(on, dt.date(9000, 1, 1))
    return earliest(eligible, min(starts), max(add_months(horizon, HORIZON_MONTHS), *starts))


USUAL_TOPICS = tuple(topic for topic in COURSE_TOPICS if topic != "other")
