"""What needs attention, and what to do next: judgements over all credentials of a portfolio on one day.

Pure. `Attention.fails` is what `--check` exits 3 for. A step is something a person can do now, with a command
to paste; there are at most three.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cmmctl.amounts import shown_up
from cmmctl.dates import last_day, plain, weekday
from cmmctl.eligibility import ASK, MET, SHORT, Assessment, assessment
from cmmctl.model import CE, Audit, Course, Credential, Degree, Job, Plannable, Portfolio
from cmmctl.renewal import Standing, standing
from cmmctl.rules import Coursework, Experience, RuleSet

AUDIT_DAYS = 30
MOST_STEPS = 3
_LATE = {"past-due", "at-risk", "behind"}


class Attention(NamedTuple):
    """Something a person should know now."""

    code: str
    text: str
    command: str
    fails: bool = True


class Step(NamedTuple):
    """Something to do, and the command that goes with it."""

    text: str
    command: str


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """How everything stands on one day."""

    on: dt.date
    assessments: tuple[Assessment, ...]
    standings: tuple[Standing, ...]
    attention: tuple[Attention, ...]
    steps: tuple[Step, ...]

    @property
    def fails(self) -> bool:
        """Tell whether `--check` has found something to attend to."""
        return any(attention.fails for attention in self.attention)


def outlook(portfolio: Portfolio, rules: Sequence[RuleSet], on: dt.date) -> Outlook:
    """Judge the credentials of these rule sets on a day, the nearest date first."""
    recorded = {credential.id: credential for credential in portfolio.all(Credential)}
    held = [(recorded[r.id], r) for r in rules if r.id in recorded and recorded[r.id].held(on)]
    standings = sorted((standing(credential, r, portfolio, on) for credential, r in held), key=lambda s: s.first_due)
    ended = {c.id for c in recorded.values() if c.ended is not None and c.ended <= on}
    assessments = [assessment(r, portfolio, on) for r in rules if r.id not in ended]
    attention = (
        *_audits(portfolio, on),
        *(found for s in standings for found in _standing_attention(s)),
        *_planned_past(portfolio, on),
        *(found for a in assessments if not a.certified for found in _assessment_attention(a)),
    )
    return Outlook(
        on=on, assessments=tuple(assessments), standings=tuple(standings), attention=attention,
        steps=tuple(_steps(portfolio, assessments, standings, attention, on)),
    )  # fmt: skip


def short(credential: str) -> str:
    """Give the last part of a credential's id, which commands accept."""
    return credential.rpartition(".")[2]


def _audits(portfolio: Portfolio, on: dt.date) -> Iterator[Attention]:
    for audit in portfolio.all(Audit):
        if audit.letter <= on and not (audit.sent and audit.sent <= on) and not (audit.closed and audit.closed <= on):
            left = (audit.reply_by - on).days
            when = f"by {weekday(audit.reply_by)}" + (f", in {left} days" if left >= 0 else ", which has passed")
            yield Attention(
                "audit-reply", f"{short(audit.credential).upper()}: answer the audit letter {when}",
                f"cmmctl edit {audit.id} sent=today", fails=left <= AUDIT_DAYS,
            )  # fmt: skip


def _standing_attention(s: Standing) -> Iterator[Attention]:
    name, issuer, own = s.rules.short, s.rules.issuer, s.own
    if s.state == "past-due":
        contact = f" ({s.rules.contact})" if s.rules.contact else ""
        text = f"{name}: date passed, {plain(own.cycle.due)}, under {own.edition.label}; ask {issuer}{contact}"
        yield Attention("past-due", text, f"cmmctl add-renewal {short(s.rules.id)} --due {own.cycle.due} --filed today")
    for reading in s.standing_readings:
        if reading.state in {"at-risk", "behind"}:
            when = f"by {plain(reading.cycle.due)} under {reading.edition.label}"
            text = f"{name}: {shown_up(reading.remaining)} h to go {when}"
            code = reading.state if reading is own else f"reading-{reading.state}"
            yield Attention(code, text, "cmmctl add-ce --planned")
    for condition in s.conditions:
        if condition.verdict != MET:
            yield Attention(
                "condition-short",
                f"{name}: {condition.condition.name}: {condition.why}",
                "cmmctl add-membership",
            )
    if s.due_is == "assumed":
        text = f"{name}: the due date {plain(own.cycle.due)} is assumed; check it with {issuer}"
        yield Attention("due-assumed", text, f"cmmctl edit {s.rules.id} due={own.cycle.due}", fails=False)


def _planned_past(portfolio: Portfolio, on: dt.date) -> Iterator[Attention]:
    plannable: list[Plannable] = [*portfolio.all(CE), *portfolio.all(Course), *portfolio.all(Degree)]
    for entry in plannable:
        day = entry.date if isinstance(entry, CE) else entry.completed and last_day(entry.completed)
        if entry.status != "completed" and day and day < on:
            title = entry.degree if isinstance(entry, Degree) else entry.title
            yield Attention(
                "planned-past",
                f"{entry.id}, {title}, was {entry.status} for {plain(day)}",
                f"cmmctl done {entry.id}",
            )


def _assessment_attention(a: Assessment) -> Iterator[Attention]:
    if a.verdict == SHORT:
        yield Attention(
            "eligibility-short",
            f"{a.rules.short}: not yet eligible",
            f"cmmctl eligibility {short(a.rules.id)}",
        )
    elif a.verdict == ASK:
        text = f"{a.rules.short}: {a.rules.issuer} must be asked"
        yield Attention("eligibility-ask", text, f"cmmctl eligibility {short(a.rules.id)}")


def _steps(
    portfolio: Portfolio,
    assessments: Sequence[Assessment],
    standings: Sequence[Standing],
    attention: Sequence[Attention],
    on: dt.date,
) -> list[Step]:
    """Choose what to do next: what is late first, then what brings a date nearer, then what completes the record."""
    found = [
        *(Step(a.text, a.command) for a in attention if a.code in {"audit-reply", "past-due", "planned-past"}),
        *(step for s in standings for step in _holder_steps(s)),
        *(step for a in assessments if not a.certified for step in _candidate_steps(a, portfolio, on)),
    ]
    return list({step.command: step for step in reversed(found)}.values())[::-1][:MOST_STEPS]


def _holder_steps(s: Standing) -> Iterator[Step]:
    credential, issuer = short(s.rules.id), s.rules.issuer
    if s.due_is == "assumed":
        yield Step(f"confirm the due date with {issuer}", f"cmmctl edit {s.rules.id} due={s.own.cycle.due}")
    missing = s.all_readings if not s.credential.edition else None
    hours = missing.remaining if missing else s.own.remaining
    if hours and s.state not in {"past-due", "filed", "accepted"}:
        parts = ", ".join(f"{shown_up(amount)} {name}" for name, amount in (missing.parts if missing else {}).items())
        yield Step(f"find {parts or shown_up(hours)} hours", "cmmctl add-ce --planned")
    if any(condition.verdict != MET for condition in s.conditions):
        yield Step(f"note your {issuer} membership", "cmmctl add-membership")
    for counted in s.own.counted_entries:
        if "certificate" in counted.missing:
            yield Step(f"add the certificate of {counted.entry.id}", f"cmmctl attach {counted.entry.id}")
            break
    if s.state == "met" and s.state_all == "met":
        yield Step(f"file with {issuer}, then note it", f"cmmctl add-renewal {credential} --filed today")


def _candidate_steps(a: Assessment, portfolio: Portfolio, on: dt.date) -> Iterator[Step]:
    name, issuer = short(a.rules.id), a.rules.issuer
    if a.verdict == MET:
        yield Step(
            f"apply to {issuer}; once you have passed, note it",
            f"cmmctl add-credential {name} --earned today",
        )
    for course in portfolio.all(Course):
        day = course.completed and last_day(course.completed)
        if course.status != "completed" and day and day >= on:
            yield Step(f"after {plain(day)}: note the result", f"cmmctl done {course.id}")
    for finding in a.findings:
        if finding.verdict == MET:
            continue
        if isinstance(finding.need, Experience) and not portfolio.all(Job):
            yield Step("record your work as a manager", "cmmctl add-job")
        if isinstance(finding.need, Coursework) and finding.have + finding.planned < finding.want:
            yield Step(f"record your college courses, {shown_up(finding.missing)} credits to go", "cmmctl add-course")
        if finding.verdict == ASK:
            yield Step(f"ask {issuer}, then note the answer", f"cmmctl add-answer {name}")
    if any(condition.verdict != MET for condition in a.conditions):
        yield Step(f"join {issuer}, then note it", "cmmctl add-membership")
