"""Dates for a calendar: each with a name of its own that is the same every time, so that it moves and never doubles.

Pure. The name of an event says what it is about, not when it is; a due date's also its year, because the next cycle
has one too. Whose calendar it is goes in as a digest, so that two people's dates can stand in one calendar.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from cmmctl.amounts import shown_up
from cmmctl.costs import NOT_FILED, items
from cmmctl.cycles import cycles
from cmmctl.dates import last_day, plain
from cmmctl.model import CE, PLANNABLE, Audit, Credential, Degree, Membership, Portfolio, Training
from cmmctl.outlook import Outlook, short
from cmmctl.renewal import Standing
from cmmctl.tally import Reading
from cmmctl.trainings import trainings

ALARM_DAYS = (90, 60, 30, 7)


class Event(NamedTuple):
    """One whole day: its name, what it is in a few words, and what to know about it."""

    uid: str
    day: dt.date
    summary: str
    text: str


def events(portfolio: Portfolio, view: Outlook) -> list[Event]:
    """Give every date that is still ahead or still open, the nearest first."""
    on = view.on
    found = [
        *(event for s in view.standings for event in _due(s, on)),
        *_audits(portfolio, on),
        *_memberships(portfolio, on),
        *_claims(portfolio, on),
        *_planned(portfolio, on),
        *_exams(portfolio, on),
        *_again(portfolio, on),
    ]
    who = hashlib.sha256((portfolio.profile.name if portfolio.profile else "").encode()).hexdigest()[:12]
    named = [event._replace(uid=f"{event.uid}.{who}@cmmctl") for event in found]
    return sorted(named, key=lambda event: (event.day, event.uid))


def _due(s: Standing, on: dt.date) -> Iterator[Event]:
    for reading in s.standing_readings:
        day, text = _next_due(s, reading, on)
        assumed = " (computed, not confirmed)" if s.due_is != "given" and reading is s.own else ""
        yield Event(
            f"due.{s.rules.id}.{reading.edition.name}.{day.year}", day,
            f"{s.rules.short}: recertify, {reading.edition.label}{assumed}", text,
        )  # fmt: skip


def _next_due(s: Standing, reading: Reading, on: dt.date) -> tuple[dt.date, str]:
    """Give the day a reading asks for next: after a filing, that of the cycle that follows."""
    if reading.state not in {"filed", "accepted"}:
        left = f"{shown_up(reading.remaining)} h to go" if reading.remaining else "no hours to go"
        return reading.cycle.due, f"{left} as of {plain(on)}"
    own = reading.edition.name == s.own.edition.name
    following = next(c for c in cycles(s.credential, reading.edition, own=own) if c.start > reading.cycle.due)
    return following.due, f"the cycle from {plain(following.start)}"


def _audits(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    for audit in portfolio.all(Audit):
        answered = any(day is not None and day <= on for day in (audit.sent, audit.closed))
        if audit.letter <= on and not answered:
            name = short(audit.credential).upper()
            text = f"letter of {plain(audit.letter)}; cmmctl export audit {short(audit.credential)} -o audit.pdf"
            yield Event(audit.id, audit.reply_by, f"{name}: answer the audit letter", text)


def _memberships(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    """The last day of each association's newest paid year, unless another runs without an end."""
    newest: dict[str, Membership] = {}
    for member in portfolio.all(Membership):
        body = member.body.strip().casefold()
        if body not in newest or _until(member) > _until(newest[body]):
            newest[body] = member
    for member in newest.values():
        if member.end is not None and _until(member) >= on:
            yield Event(member.id, _until(member), f"{member.body} membership ends", "pay it before; it must not lapse")


def _until(member: Membership) -> dt.date:
    return dt.date.max if member.end is None else last_day(member.end)


def _claims(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    days = portfolio.profile.claim_days if portfolio.profile else None
    for item in items(portfolio, on) if days is not None else ():
        if item.state in NOT_FILED and item.paid is not None and item.by_self:
            last = item.paid + dt.timedelta(days=days or 0)
            yield Event(
                f"claim.{item.id}", last, f"last day to claim {item.title}", f"cmmctl export reimbursement {item.id}"
            )


def _planned(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    for kind in PLANNABLE:
        for entry in portfolio.all(kind):
            stated = entry.date if isinstance(entry, CE) else entry.completed
            if entry.status != "completed" and stated is not None and last_day(stated) >= on:
                title = entry.degree if isinstance(entry, Degree) else entry.title
                yield Event(entry.id, last_day(stated), title, f"{entry.status}; afterwards: cmmctl done {entry.id}")


def _exams(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    for credential in portfolio.all(Credential):
        if credential.exam is not None and credential.exam >= on and not credential.held(on):
            name = short(credential.id).upper()
            yield Event(
                f"exam.{credential.id}", credential.exam, f"{name} exam", f"cmmctl status {short(credential.id)}"
            )


def _again(portfolio: Portfolio, on: dt.date) -> Iterator[Event]:
    for again in trainings(portfolio.all(Training), on).again:
        yield Event(f"again.{again.session.id}", again.due, f"due again: {again.session.title}", "cmmctl training")
