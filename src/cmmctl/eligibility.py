"""May I sit the exam? Each need, what is on record, and since or from when.

Pure. Three-valued: met, short, or ask the issuer, because some of what decides is not published. Months follow
the convention of `dates`; a quarter credit is exactly two thirds of a semester credit.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple, assert_never

from cmmctl.amounts import shown, units
from cmmctl.conditions import Fulfilled, fulfilled
from cmmctl.dates import Span, add_months, earliest, first_day, last_day, merged, plain, whole_months
from cmmctl.model import COURSE_TOPICS, Answer, Course, Credential, Degree, Job, Portfolio, number_of
from cmmctl.requirements import NOTHING, added
from cmmctl.rules import Coursework, Experience, Need, RuleSet

MET, SHORT, ASK = "met", "short", "ask-issuer"
USUAL_TOPICS = tuple(topic for topic in COURSE_TOPICS if topic != "other")
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


class Finding(NamedTuple):
    """One need: what is wanted, what is on record, and how that was counted."""

    need: Need
    unit: str
    have: Fraction
    want: Fraction
    planned: Fraction
    verdict: str
    counted: tuple[Given, ...]
    refused: tuple[Declined, ...]
    notes: tuple[str, ...]

    @property
    def missing(self) -> Fraction:
        """Give what is still needed."""
        return max(self.want - self.have, NOTHING)


class Assessment(NamedTuple):
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
    """The facts that are there on the as-of day, in order of their dates; planned courses apart.

    `perhaps`: courses of which only a month or year is known that is not over yet.
    """

    jobs: Sequence[Job]
    courses: Sequence[Course]
    perhaps: Sequence[Course]
    planned: Sequence[Course]
    degrees: Sequence[Degree]
    answers: Sequence[Answer]


def assessment(rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Assessment:
    """Judge every need of a rule set on a day; with no needs known, the answer is to ask the issuer."""
    credential = next((c for c in portfolio.all(Credential) if c.id == rules.id), None)
    known = _known(portfolio, rules.id, on)
    findings = tuple(_finding(need, rules, known, on) for need in rules.needs)
    eligible_on = _first_day(rules, known, on)
    passed = _passed(known.planned, on)
    return Assessment(
        rules=rules, credential=credential, certified=credential is not None and credential.held(on),
        verdict=_worst(findings),
        findings=findings,
        eligible_on=eligible_on,
        eligible_on_if_planned=(
            _first_day(rules, known._replace(courses=[*known.courses, *passed]), on) if passed else eligible_on
        ),
        conditions=fulfilled(rules.conditions, portfolio, on, since=on),
        topics=frozenset(topic for course in (*known.courses, *known.planned) for topic in course.topics),
    )  # fmt: skip


def _known(portfolio: Portfolio, credential: str, on: dt.date) -> _Known:
    courses = sorted(portfolio.all(Course), key=lambda course: (_finished(course), number_of(course.id)))
    completed = [course for course in courses if course.status == "completed"]
    degrees = [d for d in portfolio.all(Degree) if d.status == "completed" and _finished(d) <= on]
    answers = [a for a in portfolio.all(Answer) if a.credential == credential and a.date <= on]
    return _Known(
        jobs=sorted(
            (job for job in portfolio.all(Job) if first_day(job.start) <= on),
            key=lambda job: (first_day(job.start), number_of(job.id)),
        ),
        courses=[course for course in completed if _finished(course) <= on],
        perhaps=[c for c in completed if c.completed and first_day(c.completed) <= on < _finished(c)],
        planned=[course for course in courses if course.status != "completed"],
        degrees=sorted(degrees, key=lambda degree: (_finished(degree), number_of(degree.id))),
        answers=sorted(answers, key=lambda answer: (answer.date, number_of(answer.id))),
    )


def _finished(study: Course | Degree) -> dt.date:
    return last_day(study.completed) if study.completed else dt.date.max


def _passed(planned: Iterable[Course], on: dt.date) -> list[Course]:
    """Give planned courses as they will be once they are passed, which is not before the as-of day."""
    return [c.but(status="completed", completed=max(_finished(c), on)) for c in planned if c.completed]


def _worst(findings: Sequence[Finding]) -> str:
    verdicts = {finding.verdict for finding in findings}
    return SHORT if SHORT in verdicts else ASK if ASK in verdicts or not findings else MET


def _first_day(rules: RuleSet, known: _Known, on: dt.date) -> dt.date | None:
    """Find the first day all needs are met, past or future, if nothing changes; None where that cannot be known."""
    starts = [first_day(job.start) for job in known.jobs] + [_finished(course) for course in known.courses]
    if not rules.needs or not starts:
        return None

    def eligible(day: dt.date) -> bool:
        return all(_enough(need, rules, known, day) for need in rules.needs)

    return earliest(eligible, min(starts), max(add_months(on, HORIZON_MONTHS), *starts))


def _enough(need: Need, rules: RuleSet, known: _Known, on: dt.date) -> bool:
    match need:
        case Experience():
            return _months(known.jobs, on) >= need.months
        case Coursework():
            courses = [course for course in known.courses if _finished(course) <= on]
            wanted, _ = _wanted(need, known.answers, _further(rules, known.jobs, on))
            return added(given.amount for given in _credits(need, courses)[0]) >= wanted
        case _:
            assert_never(need)


def _finding(need: Need, rules: RuleSet, known: _Known, on: dt.date) -> Finding:
    match need:
        case Experience():
            return _experience(need, known.jobs, on)
        case Coursework():
            return _coursework(need, rules, known, on)
        case _:
            assert_never(need)


def _span(job: Job, on: dt.date) -> Span:
    """Give a job's days: its last day is worked, an open job counts up to the day before `on`."""
    last = None if job.end is None else last_day(job.end)
    return Span(first_day(job.start), on if last is None or last > on else last + dt.timedelta(days=1))


def _months(jobs: Iterable[Job], on: dt.date) -> int:
    return whole_months(_span(job, on) for job in jobs if job.manages)


def _further(rules: RuleSet, jobs: Iterable[Job], on: dt.date) -> int:
    """Count the months beyond those that are needed; below zero, those that are missing."""
    needed = max((need.months for need in rules.needs if isinstance(need, Experience)), default=0)
    return _months(jobs, on) - needed


def _experience(need: Experience, jobs: Sequence[Job], on: dt.date) -> Finding:
    counted: list[Given] = []
    refused: list[Declined] = []
    taken: list[Job] = []
    for job in jobs:
        if not job.manages:
            months = whole_months([_span(job, on)])
            refused.append(
                Declined(
                    job.id,
                    "not-management",
                    f"{units(str(months), 'month')} as {job.title}: did not manage a medical office",
                )
            )
        elif _covered(job, taken, on):
            refused.append(Declined(job.id, "overlap", "the same days are counted with another job"))
        else:
            counted.append(Given(job.id, Fraction(_months([*taken, job], on) - _months(taken, on))))
            taken.append(job)
    have = _months(taken, on)
    return Finding(
        need=need, unit="months", have=Fraction(have), want=Fraction(need.months), planned=NOTHING,
        verdict=MET if have >= need.months else SHORT,
        counted=tuple(counted), refused=tuple(refused), notes=tuple(_job_notes(taken)),
    )  # fmt: skip


def _covered(job: Job, taken: Iterable[Job], on: dt.date) -> bool:
    """Tell whether every day of a job is counted already. One that begins on the as-of day has none yet."""
    days = merged(_span(other, on) for other in taken)
    return first_day(job.start) < on and merged([*days, _span(job, on)]) == days


def _job_notes(jobs: Iterable[Job]) -> Iterator[str]:
    for job in jobs:
        if isinstance(job.start, str):
            yield f"{job.id} counts from {plain(first_day(job.start))}: only {plain(job.start)} is on record"
        if isinstance(job.end, str):
            yield f"{job.id} counts to {plain(last_day(job.end))}: only {plain(job.end)} is on record"
        if job.hours_per_week is not None and job.hours_per_week < FULL_TIME_HOURS:
            yield f"{job.id} is part-time and counts in full: how the issuer counts it is not published"


def _coursework(need: Coursework, rules: RuleSet, known: _Known, on: dt.date) -> Finding:
    counted, refused = _credits(need, known.courses)
    refused += [
        Declined(course.id, "planned", f"still {course.status}: `cmmctl done {course.id}`")
        for course in known.planned
        if _finished(course) <= on or course.completed is None
    ]
    have = added(given.amount for given in counted)
    further = _further(rules, known.jobs, on)
    want, told = _wanted(need, known.answers, further)
    verdict, reason = MET, None
    if have < want:
        verdict, reason = _short_of_credits(need, rules, known, further, told=told is not None, none=not counted)
    notes = (told, reason, *_course_notes(need, known))
    return Finding(
        need=need, unit="credits", have=have, want=want,
        planned=added(c.semester_credits for c in known.planned if c.subject in need.subjects),
        verdict=verdict, counted=tuple(counted), refused=tuple(refused), notes=tuple(note for note in notes if note),
    )  # fmt: skip


def _credits(need: Coursework, courses: Iterable[Course]) -> tuple[list[Given], list[Declined]]:
    """Choose the courses that count, each once, and say why the others do not."""
    counted: list[Given] = []
    refused: list[Declined] = []
    seen: dict[tuple[str, str, dt.date], str] = {}
    for course in courses:
        like = (course.title.casefold(), course.institution.casefold(), _finished(course))
        if course.subject not in need.subjects:
            refused.append(Declined(course.id, "subject", f"its subject is {course.subject}"))
        elif like in seen:
            refused.append(Declined(course.id, "duplicate", f"same title, college and date as {seen[like]}"))
        else:
            seen[like] = course.id
            counted.append(Given(course.id, course.semester_credits))
    return counted, refused


def _wanted(need: Coursework, answers: Sequence[Answer], further: int) -> tuple[Fraction, str | None]:
    """Apply the newest answer of the issuer that holds a figure; only whole further years count."""
    published = Fraction(need.credits)
    for answer in reversed(answers):
        source = f"by the issuer's answer ({answer.id}: {answer.source}, {plain(answer.date)})"
        if answer.credits_required is not None:
            return Fraction(answer.credits_required), f"{units(shown(answer.credits_required), 'credit')} {source}"
        if answer.credits_per_extra_year is not None and answer.max_credits is not None:
            years = max(further, 0) // MONTHS_PER_YEAR
            less = min(Fraction(answer.credits_per_extra_year) * years, Fraction(answer.max_credits))
            return max(
                published - less, NOTHING
            ), f"{units(shown(less), 'credit')} less for {units(str(years), 'more year')}, {source}"
    return published, None


def _short_of_credits(
    need: Coursework, rules: RuleSet, known: _Known, further: int, *, told: bool, none: bool
) -> tuple[str, str | None]:
    if none and known.degrees:
        hint = "its transcript's credits can be entered with `cmmctl add-course`"
        return ASK, f"{known.degrees[0].id} may hold such courses: {hint}"
    if need.experience_helps and not told and further >= 0:
        return ASK, f"more experience might replace credits; {rules.issuer} publishes no rate: ask them"
    return SHORT, None


def _course_notes(need: Coursework, known: _Known) -> Iterator[str]:
    subjects = {course.subject for course in known.courses if course.subject in need.subjects}
    if 0 < len(subjects) < len(need.subjects):
        only = " and ".join(sorted(subjects))
        yield f"only {only} courses are on record: the sources differ on whether both subjects are needed"
    if any(course.unit == "quarter" for course in known.courses):
        yield "quarter credits count two thirds of a semester credit"
    for course in (*known.courses, *known.perhaps):
        if isinstance(course.completed, str):
            yield f"{course.id} counts from {plain(_finished(course))}: only {plain(course.completed)} is on record"
