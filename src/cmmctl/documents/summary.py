"""One's record as a document: credentials, work, study, CE hours, training, and what an application asks for.

Pure. Facts of a later day, and what is only planned, are left out; a redacted one leaves out numbers, e-mail and
telephone.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from cmmctl.amounts import shown, units
from cmmctl.dates import Span, first_day, last_day, merged, whole_months
from cmmctl.documents.paper import Chart, Facts, Heading, Ledger, Paper, Paragraph, Part
from cmmctl.documents.words import day, issuer, result, span
from cmmctl.eligibility import MONTHS_PER_YEAR, USUAL_TOPICS, Assessment
from cmmctl.model import CE, Course, Credential, Degree, Job, Membership, Portfolio, Renewal, Training
from cmmctl.outlook import Outlook
from cmmctl.renewal import Standing
from cmmctl.rules import Coursework

NOTHING = Fraction()
Study = TypeVar("Study", Course, Degree)
SETTINGS_IN = {
    "physician-office": "in a physician office", "hospital": "in a hospital", "nursing-home": "in a nursing home",
    "community-clinic": "in a community clinic", "other": "in another setting",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Record:
    """The facts that are there on the day, in order of their dates."""

    portfolio: Portfolio
    outlook: Outlook
    on: dt.date
    redact: bool
    credentials: Sequence[Credential]
    renewals: Sequence[Renewal]
    memberships: Sequence[Membership]
    jobs: Sequence[Job]
    degrees: Sequence[Degree]
    courses: Sequence[Course]
    ce: Sequence[CE]
    training: Sequence[Training]


def paper(portfolio: Portfolio, outlook: Outlook, *, redact: bool) -> Paper:
    """Write the summary as of the day of the outlook."""
    record = _record(portfolio, outlook, redact=redact)
    name = portfolio.profile.name if portfolio.profile else ""
    sections = [_credentials, _work, _study, _hours, _training, _applications]
    return Paper(
        title=f"Professional summary: {name}",
        parts=[_who(record), *(part for section in sections for part in section(record))],
        footer=f"Prepared {day(outlook.on)} from {name}'s own records. The issuers decide what counts.",
        figures=_figures(record),
        sheet=list(_sheet(record)),
    )


def _record(portfolio: Portfolio, outlook: Outlook, *, redact: bool) -> Record:
    on = outlook.on
    return Record(
        portfolio=portfolio, outlook=outlook, on=on, redact=redact,
        credentials=portfolio.all(Credential),
        renewals=[r for r in portfolio.all(Renewal) if r.filed <= on],
        memberships=[m for m in portfolio.all(Membership) if first_day(m.start) <= on],
        jobs=sorted((j for j in portfolio.all(Job) if first_day(j.start) <= on), key=lambda j: first_day(j.start)),
        degrees=_finished(portfolio.all(Degree), on),
        courses=_finished(portfolio.all(Course), on),
        ce=sorted((c for c in portfolio.all(CE) if c.status == "completed" and c.date <= on), key=lambda c: c.date),
        training=sorted((t for t in portfolio.all(Training) if t.date <= on), key=lambda t: t.date),
    )  # fmt: skip


def _finished(studies: Iterable[Study], on: dt.date) -> list[Study]:
    there = [s for s in studies if s.status == "completed" and s.completed and last_day(s.completed) <= on]
    return sorted(there, key=lambda s: last_day(s.completed or on))


def _who(record: Record) -> Facts:
    profile = record.portfolio.profile
    assert profile  # noqa: S101 - the schema refuses a portfolio without one
    contact = "" if record.redact else ", ".join(filter(None, (profile.phone, profile.email)))
    rows = [
        ("Name", ", ".join([profile.name, *(f"also {name}" for name in profile.other_names)])),
        ("Position", ", ".join(filter(None, (profile.title, profile.employer, profile.department)))),
        ("Contact", contact),
        ("As of", day(record.on)),
    ]
    return Facts([row for row in rows if row[1]])


def _credentials(record: Record) -> Iterator[Part]:
    held = [c for c in record.credentials if c.earned and c.earned <= record.on]
    if held:
        yield Heading("Credentials")
        numbers = _numbers(record, held)
        rows = [
            (
                _name(record, c.id), issuer(c.id), *([c.number or ""] if numbers else []),
                day(c.earned or record.on), _standing(record, c),
            )
            for c in held
        ]  # fmt: skip
        yield Ledger(("Credential", "Issuer", *numbers, "Certified", "Standing"), rows)
    if record.renewals:
        yield Ledger(
            ("Recertified", "Filed", "Accepted", "For the date"),
            [(_name(record, r.credential), day(r.filed), _accepted(r, record.on), day(r.due)) for r in record.renewals],
        )
    if record.memberships:
        numbers = _numbers(record, record.memberships)
        yield Heading("Memberships")
        yield Ledger(
            ("Association", *numbers, "Since", "Paid to"),
            [
                (m.body, *([m.number or ""] if numbers else []), day(m.start), day(m.end) if m.end else "")
                for m in record.memberships
            ],
        )


def _numbers(record: Record, facts: Iterable[Credential | Membership]) -> tuple[str, ...]:
    """Give the column of numbers, where there are any and they are not left out."""
    return ("Number",) if not record.redact and any(fact.number for fact in facts) else ()


def _accepted(renewal: Renewal, on: dt.date) -> str:
    return day(renewal.accepted) if renewal.accepted and renewal.accepted <= on else ""


def _name(record: Record, credential: str) -> str:
    known = next((a.rules for a in _all(record) if a.rules.id == credential), None)
    return (
        f"{known.name} ({known.short})" if known and known.name != known.id else credential.rpartition(".")[2].upper()
    )


def _all(record: Record) -> Sequence[Assessment | Standing]:
    return [*record.outlook.standings, *record.outlook.assessments]


def _standing(record: Record, credential: Credential) -> str:
    if credential.ended and credential.ended <= record.on:
        return f"ended {day(credential.ended)}"
    found = next((s for s in record.outlook.standings if s.rules.id == credential.id), None)
    if found is None:
        return ""
    own = found.own
    filed = f"; filed {day(found.renewal.filed)}" if found.renewal else ""
    counted = f"{shown(own.counted)} of {shown(own.required)} CE hours ({own.edition.label})"
    assumed = " (date assumed)" if found.due_is == "assumed" else ""
    return f"to be renewed by {day(own.cycle.due)}{assumed}: {counted}{filed}"


def _work(record: Record) -> Iterator[Part]:
    if not record.jobs:
        return
    yield Heading("Work")
    rows = [
        (
            job.title, job.employer, (job.setting or "").replace("-", " "),
            span(job.start, job.end) if job.end else f"since {day(job.start)}",
            ", ".join([*_duties(job), *([f"{job.staff} staff led"] if job.staff else [])]),
        )
        for job in reversed(record.jobs)
    ]  # fmt: skip
    yield Ledger(("Title", "Employer", "Setting", "Dates", "Duties"), rows)
    yield Ledger(("Years", "Experience"), _by_length(record))
    if stated := [f"{job.title}, {job.employer}, counts {said}" for job in record.jobs if (said := _counts(job))]:
        yield Paragraph(f"Approximate where only a month or a year is on record: {'; '.join(stated)}.")


def _counts(job: Job) -> str:
    """Say which days stand for a month or a year; nothing where the days are known."""
    start = f"from {day(first_day(job.start))}" if isinstance(job.start, str) else ""
    end = f"to {day(last_day(job.end))}" if isinstance(job.end, str) else ""
    return " ".join(filter(None, (start, end)))


def _by_length(record: Record) -> list[tuple[str, str]]:
    """Group what was done by how long, the longest first."""
    groups: dict[int, list[str]] = {}
    for name, months in _experience(record):
        groups.setdefault(months, []).append(name)
    return [(years(months), ", ".join(names)) for months, names in sorted(groups.items(), reverse=True)]


def _duties(job: Job) -> list[str]:
    return [duty.replace("-", " ") for duty in job.duties if duty != "other"]


def years(months: int) -> str:
    """Say months as people say them: `6 years 10 months`."""
    whole, rest = divmod(months, MONTHS_PER_YEAR)
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in ((whole, "year"), (rest, "month")) if count
    ]
    return " ".join(parts) or "under a month"


def _experience(record: Record) -> list[tuple[str, int]]:
    """Count months by what was done and where; jobs that overlap count once."""
    groups: dict[str, list[Job]] = {}
    for job in record.jobs:
        names = [
            *(["managing a medical office"] if job.manages else []),
            *([SETTINGS_IN[job.setting]] if job.setting else []),
            *_duties(job),
        ]
        for name in names:
            groups.setdefault(name, []).append(job)
    return [(name, whole_months(merged([_days(job, record.on) for job in jobs]))) for name, jobs in groups.items()]


def _days(job: Job, on: dt.date) -> Span:
    last = last_day(job.end) if job.end else None
    return Span(first_day(job.start), on if last is None or last >= on else last + dt.timedelta(days=1))


def _study(record: Record) -> Iterator[Part]:
    if record.degrees or record.courses:
        yield Heading("Degrees and courses")
    if record.degrees:
        yield Ledger(
            ("Degree", "Institution", "Field", "Completed"),
            [(d.degree, d.institution, d.field or "", day(d.completed or "")) for d in record.degrees],
        )
    if record.courses:
        rows = [(c.title, c.institution, day(c.completed or ""), c.subject, result(c)) for c in record.courses]
        yield Ledger(("Course", "College", "Completed", "Subject", "Credits"), rows)
        yield Paragraph(f"In all {units(shown(_credits(record)), 'semester credit')}.")
        rows_ = [(_subject(topic), names or "none on record") for topic, names in _topics(record)]
        yield Ledger(("Usual subject of study", "Course"), rows_)


def _subject(topic: str) -> str:
    return "coding and billing" if topic == "coding-billing" else topic.replace("-", " ")


def _credits(record: Record) -> Fraction:
    return sum((c.semester_credits for c in record.courses), NOTHING)


def _topics(record: Record) -> list[tuple[str, str]]:
    return [(topic, ", ".join(c.title for c in record.courses if topic in c.topics)) for topic in USUAL_TOPICS]


def _by_year(record: Record) -> list[tuple[str, Fraction]]:
    return _added((str(c.date.year), c.amount) for c in record.ce)


def _by_domain(record: Record) -> list[tuple[str, Fraction]]:
    return sorted(_added((domain, c.amount) for c in record.ce for domain in c.domains or ("no domain on record",)))


def _added(pairs: Iterable[tuple[str, Fraction]]) -> list[tuple[str, Fraction]]:
    sums: dict[str, Fraction] = {}
    for name, amount in pairs:
        sums[name] = sums.get(name, NOTHING) + amount
    return list(sums.items())


def _hours(record: Record) -> Iterator[Part]:
    if not record.ce:
        return
    yield Heading("Continuing education")
    every = sum((c.amount for c in record.ce), NOTHING)
    activities = "1 activity" if len(record.ce) == 1 else f"{len(record.ce)} activities"
    yield Paragraph(
        f"{units(shown(every), 'CE hour')} in {activities}, as printed on the certificates; what counts towards a"
        " credential stands above."
    )
    yield Chart("CE hours by year", _by_year(record))
    yield Chart("CE hours by domain", _by_domain(record))
    if any(len(c.domains) > 1 for c in record.ce):
        yield Paragraph("An activity in several domains stands in each of them.")


def _training(record: Record) -> Iterator[Part]:
    if record.training:
        yield Heading("Training given")
        rows = [
            (
                day(t.date),
                t.title,
                t.audience,
                "" if t.attendees is None else str(t.attendees),
                shown(t.hours) if t.hours else "notice",
            )
            for t in record.training
        ]
        yield Ledger(("Date", "Session", "For", "Attended", "Hours"), rows, frozenset({3, 4}))


def _applications(record: Record) -> Iterator[Part]:
    """Say what an application asks for, in its order: experience, coursework, degrees, membership, the exam."""
    for a in record.outlook.assessments:
        if not a.certified and a.findings:
            yield Heading(f"For an application: {a.rules.name} ({a.rules.short})")
            yield Facts(list(_application(record, a)))


def _application(record: Record, a: Assessment) -> Iterator[tuple[str, str]]:
    for finding in a.findings:
        have = f"{shown(finding.have)} of {shown(finding.want)} {finding.unit}"
        counted = ", ".join(_titled(record, given.id) for given in finding.counted)
        yield finding.need.label[:1].upper() + finding.need.label[1:], f"{have}" + (f": {counted}" if counted else "")
        if isinstance(finding.need, Coursework):
            covered = [_subject(topic) for topic, names in _topics(record) if names]
            yield "Subjects covered", ", ".join(covered) or "none on record"
    yield "Degrees", ", ".join(f"{d.degree}, {d.institution}" for d in record.degrees) or "none on record"
    for condition in a.conditions:
        yield condition.condition.name.capitalize(), condition.why
    if a.credential and a.credential.applied and a.credential.applied <= record.on:
        yield "Applied", day(a.credential.applied)
    if a.credential and a.credential.exam:
        yield "Exam", day(a.credential.exam)


def _titled(record: Record, name: str) -> str:
    for job in record.jobs:
        if job.id == name:
            return f"{job.title}, {job.employer}"
    return next((c.title for c in record.courses if c.id == name), name)


_PRIVATE = frozenset({"number", "employee_id", "email", "phone", "approvals", "note"})


def _plain(record: Record, name: str) -> dict[str, Any]:
    """Give a record as it stands in the file, without what is private."""
    private = _PRIVATE if record.redact else {"note"}
    table = record.portfolio.tables.get(name, {})
    return {key: value for key, value in table.items() if key not in private}


def _figures(record: Record) -> dict[str, Any]:
    def listed(facts: Sequence[Any]) -> list[dict[str, Any]]:
        return [{"id": fact.id, **_plain(record, fact.id)} for fact in facts]

    return {
        "profile": _plain(record, "profile"),
        "credentials": [
            {**item, "standing": _standing(record, c)}
            for c, item in zip(record.credentials, listed(record.credentials), strict=True)
        ],
        "renewals": listed(record.renewals), "memberships": listed(record.memberships), "jobs": listed(record.jobs),
        "experience_months": dict(_experience(record)),
        "degrees": listed(record.degrees), "courses": listed(record.courses), "semester_credits": _credits(record),
        "subjects": {topic: names for topic, names in _topics(record) if names},
        "ce": listed(record.ce), "ce_hours": sum((c.amount for c in record.ce), NOTHING),
        "ce_hours_by_year": dict(_by_year(record)), "ce_hours_by_domain": dict(_by_domain(record)),
        "training": listed(record.training),
        "applications": [
            {"credential": a.rules.id, "facts": dict(_application(record, a))}
            for a in record.outlook.assessments
            if not a.certified and a.findings
        ],
    }  # fmt: skip


def _sheet(record: Record) -> Iterator[Sequence[object]]:
    yield "section", "id", "title", "organization", "start", "end", "amount", "unit"
    for c in record.credentials:
        yield "credential", c.id, _name(record, c.id), issuer(c.id), c.earned, c.due, None, None
    for m in record.memberships:
        yield "membership", m.id, f"{m.body} membership", m.body, m.start, m.end, None, None
    for job in record.jobs:
        months = whole_months([_days(job, record.on)])
        yield "job", job.id, job.title, job.employer, job.start, job.end, months, "months"
    for d in record.degrees:
        yield "degree", d.id, d.degree, d.institution, d.start, d.completed, d.credits, "credits" if d.credits else None
    for course in record.courses:
        yield (
            "course", course.id, course.title, course.institution, course.start, course.completed,
            course.semester_credits, "semester credits",
        )  # fmt: skip
    for ce in record.ce:
        yield "ce", ce.id, ce.title, ce.provider, ce.start, ce.date, ce.amount, "CE hours"
    for t in record.training:
        yield "training", t.id, t.title, None, None, t.date, t.hours, "hours" if t.hours else None
    totals: Mapping[str, Iterable[tuple[str, Fraction]]] = {
        "ce by year": _by_year(record),
        "ce by domain": _by_domain(record),
    }
    for section, sums in totals.items():
        for name, hours in sums:
            yield section, None, name, None, None, None, hours, "CE hours"
