"""What needs attention, and what to do next: judgements over all credentials of a portfolio on one day.

Pure. `Attention.fails` is what `--check` exits 3 for. A step is something a person can do now, with a command
to paste; there are at most three.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cmmctl.amounts import dollars, shown_up, units
from cmmctl.conditions import Fulfilled
from cmmctl.dates import last_day, plain, weekday
from cmmctl.eligibility import ASK, MET, SHORT, Assessment, assessment
from cmmctl.model import CE, Audit, Course, Credential, Degree, Expense, Job, Plannable, Portfolio, number_of
from cmmctl.renewal import Standing, meeting, standing
from cmmctl.rules import Coursework, Experience, RuleSet

AUDIT_DAYS = 30
MOST_STEPS = 3
LISTED = 2  # items whose costs are named; `costs` has them all
_LATE = {"past-due", "at-risk", "behind"}


class Attention(NamedTuple):
    """Something a person should know now."""

    code: str
    text: str
    command: str
    fails: bool = True
    step: str = ""  # what to do about it, in a few words


class Step(NamedTuple):
    """Something to do, and the command that goes with it."""

    text: str
    command: str


class Outlook(NamedTuple):
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
    standings = sorted(
        (standing(credential, r, portfolio, on) for credential, r in held), key=lambda s: (s.first_due, s.rules.id)
    )
    ended = {c.id for c in recorded.values() if c.ended is not None and c.ended <= on}
    assessments = [assessment(r, portfolio, on) for r in rules if r.id not in ended]
    attention = (
        *_audits(portfolio, on),
        *(found for s in standings for found in _standing_attention(s)),
        *_planned_past(portfolio, on),
        *(found for a in assessments if not a.certified for found in _assessment_attention(a)),
    )
    money = tuple(_money(portfolio, on))
    return Outlook(
        on=on, assessments=tuple(assessments), standings=tuple(standings), attention=(*attention, *money),
        steps=tuple(_steps(portfolio, assessments, standings, attention, money, on)),
    )  # fmt: skip


def short(credential: str) -> str:
    """Give the last part of a credential's id, which commands accept."""
    return credential.rpartition(".")[2]


def _audits(portfolio: Portfolio, on: dt.date) -> Iterator[Attention]:
    for audit in sorted(portfolio.all(Audit), key=lambda audit: (audit.reply_by, number_of(audit.id))):
        if audit.letter <= on and not (audit.sent and audit.sent <= on) and not (audit.closed and audit.closed <= on):
            left = (audit.reply_by - on).days
            when = f"by {weekday(audit.reply_by)}" + (f", in {left} days" if left >= 0 else ", which has passed")
            cycle = f" --cycle {audit.due}" if audit.due else ""
            yield Attention(
                "audit-reply", f"{short(audit.credential).upper()}: answer the audit letter {when}",
                f"cmmctl export audit {short(audit.credential)}{cycle} -o packet.pdf", fails=left <= AUDIT_DAYS,
                step=f"answer the {short(audit.credential).upper()} audit by {plain(audit.reply_by)}",
            )  # fmt: skip


def _standing_attention(s: Standing) -> Iterator[Attention]:
    name, issuer, own = s.rules.short, s.rules.issuer, s.own
    if s.state == "past-due":
        contact = f" ({s.rules.contact})" if s.rules.contact else ""
        text = f"{name}: date passed, {plain(own.cycle.due)}, under {own.edition.label}; ask {issuer}{contact}"
        step = "if you filed in time, note it"
        yield Attention("past-due", text, f"cmmctl add-renewal {short(s.rules.id)} --due {own.cycle.due}", step=step)
    for reading in s.standing_readings:
        if reading.state in {"at-risk", "behind"}:
            when = f"by {plain(reading.cycle.due)} under {reading.edition.label}"
            text = f"{name}: {shown_up(reading.remaining)} h to go {when}"
            code = reading.state if reading is own else f"reading-{reading.state}"
            yield Attention(code, text, "cmmctl add-ce --planned")
    yield from _condition_attention(name, s.conditions)
    if s.due_is == "assumed":
        text = f"{name}: the due date {plain(own.cycle.due)} is assumed; check it with {issuer}"
        yield Attention("due-assumed", text, f"cmmctl edit {s.rules.id} due={own.cycle.due}", fails=False)


def _condition_attention(name: str, conditions: Iterable[Fulfilled]) -> Iterator[Attention]:
    for condition in conditions:
        if condition.verdict != MET:
            fails = condition.verdict == SHORT
            text = f"{name}: {condition.condition.name}: {condition.why}"
            yield Attention("condition-short" if fails else "condition-ask", text, "cmmctl add-membership", fails=fails)


def _planned_past(portfolio: Portfolio, on: dt.date) -> Iterator[Attention]:
    plannable: list[Plannable] = [*portfolio.all(CE), *portfolio.all(Course), *portfolio.all(Degree)]
    planned = [(day, entry) for entry in plannable if entry.status != "completed" and (day := _day(entry))]
    for day, entry in sorted(planned, key=lambda one: (one[0], one[1].kind, number_of(one[1].id))):
        if day < on:
            title = entry.degree if isinstance(entry, Degree) else entry.title
            yield Attention(
                "planned-past",
                f"{entry.id}, {title}, was {entry.status} for {plain(day)}",
                f"cmmctl done {entry.id}",
                step=f"did {entry.id} take place on {plain(day)}?",
            )


def _day(entry: Plannable) -> dt.date | None:
    if isinstance(entry, CE):
        return entry.date
    return last_day(entry.completed) if entry.completed else None


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
    yield from _condition_attention(a.rules.short, a.conditions)


def _money(portfolio: Portfolio, on: dt.date) -> Iterator[Attention]:
    """Say what the employer was not asked for yet; nothing is worked out where nothing was paid."""
    if not portfolio.all(Expense):
        return
    from cmmctl.costs import SELF, items, to_request, total, unclaimed  # noqa: PLC0415 - only where there are costs

    everything = items(portfolio, on)
    if left := unclaimed(everything):
        amount = dollars(sum((item.unclaimed for item in left), Decimal()))
        text = f"{amount} not yet claimed ({_listed([item.id for item in left])})"
        step = "claim it from your employer"
        yield Attention("unclaimed", text, "cmmctl export reimbursement", fails=False, step=step)
    if ahead := to_request(everything):
        amount = dollars(sum((total(item.estimates, SELF) for item in ahead), Decimal()))
        text = f"{amount} estimated, approval not asked for ({_listed([item.id for item in ahead])})"
        step = f"ask your employer to pay {ahead[0].id}"
        yield Attention("unrequested", text, "cmmctl export reimbursement --request", fails=False, step=step)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more} more" if more > 0 else "")


def _steps(
    portfolio: Portfolio,
    assessments: Sequence[Assessment],
    standings: Sequence[Standing],
    attention: Sequence[Attention],
    money: Sequence[Attention],
    on: dt.date,
) -> list[Step]:
    """Choose what to do next: what is late, what brings a date nearer, what completes the record, what is owed."""
    found = [
        *(Step(a.step, a.command) for a in attention if a.step),
        *(step for s in standings for step in _holder_steps(s)),
        *(step for a in assessments if not a.certified for step in _candidate_steps(a, portfolio, on)),
        *(Step(a.step, a.command) for a in money),
    ]
    first: dict[str, Step] = {}
    for step in found:
        first.setdefault(step.command, step)
    return list(first.values())[:MOST_STEPS]


def _holder_steps(s: Standing) -> Iterator[Step]:
    credential, issuer = short(s.rules.id), s.rules.issuer
    if s.due_is == "assumed":
        yield Step(f"confirm the due date with {issuer}", f"cmmctl edit {credential} due={s.own.cycle.due}")
    _, hours, parts, _ = meeting(s.standing_readings)
    if hours and s.state not in {"past-due", "filed", "accepted"}:
        yield Step(f"find {_hours(hours, parts)}", "cmmctl add-ce --planned")
    if s.state == "filed" and s.renewal:
        yield Step(f"once {issuer} accepts it, note that", f"cmmctl edit {s.renewal.id} accepted=today")
    if any(condition.verdict != MET for condition in s.conditions):
        yield Step(f"note your {issuer} membership", "cmmctl add-membership")
    for counted in s.own.counted_entries:
        if "certificate" in counted.missing:
            yield Step(f"add the certificate of {counted.entry.id}", f"cmmctl attach {counted.entry.id}")
            break
    if s.state != "past-due" and not s.renewal and len({(r.cycle.due, r.remaining) for r in s.standing_readings}) > 1:
        yield Step(f"ask {issuer} which page holds", f"cmmctl explain {credential} --ask")
    if s.state == "met" and s.state_all == "met":
        yield Step(f"file with {issuer}, then note it", f"cmmctl add-renewal {credential} --filed today")


def _hours(hours: Fraction, parts: Mapping[str, Fraction]) -> str:
    listed = " and ".join(f"{shown_up(amount)} {name}" for name, amount in parts.items())
    if sum(parts.values()) == hours:
        return units(listed, "hour") if len(parts) > 1 else units(shown_up(hours), f"{next(iter(parts))} hour")
    return units(shown_up(hours), "hour") + (f", {listed} among them" if parts else "")


def _candidate_steps(a: Assessment, portfolio: Portfolio, on: dt.date) -> Iterator[Step]:
    name, issuer = short(a.rules.id), a.rules.issuer
    if a.verdict == MET:
        yield Step("apply; once passed, note it", f"cmmctl add-credential {name} --earned today")
    if not a.findings:
        yield Step("once you hold it, note it", f"cmmctl add-credential {name} --earned today")
    coming = [(day, c) for c in portfolio.all(Course) if c.status != "completed" and (day := _day(c)) and day >= on]
    for day, course in sorted(coming, key=lambda one: (one[0], number_of(one[1].id))):
        yield Step(f"after {plain(day)}: note the result", f"cmmctl done {course.id}")
    yield from _need_steps(a, portfolio)
    if any(condition.verdict != MET for condition in a.conditions):
        yield Step(f"join {issuer}, then note it", "cmmctl add-membership")


def _need_steps(a: Assessment, portfolio: Portfolio) -> Iterator[Step]:
    for finding in a.findings:
        if finding.verdict == MET:
            continue
        if isinstance(finding.need, Experience) and not portfolio.all(Job):
            yield Step("record your work as a manager", "cmmctl add-job")
        if isinstance(finding.need, Coursework) and finding.have + finding.planned < finding.want:
            yield Step(f"record your college courses: {shown_up(finding.missing)} to go", "cmmctl add-course")
        if finding.verdict == ASK:
            yield Step(f"ask {a.rules.issuer}, then note the answer", f"cmmctl add-answer {short(a.rules.id)}")
