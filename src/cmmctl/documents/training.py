"""The training log, and a sheet to sign for every session. Pure."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cmmctl.amounts import shown
from cmmctl.dates import plain, weekday
from cmmctl.documents.paper import Facts, Heading, Ledger, PageBreak, Paper, Paragraph, Part
from cmmctl.model import Portfolio, Training

LINES = 16  # to sign on a sheet where nobody knows how many will come
MOST_LINES = 60
SHEET = (
    "id", "date", "title", "topics", "audience", "facilitator", "attendees", "hours", "policy", "effective",
    "every_months",
)  # fmt: skip


def paper(portfolio: Portfolio, records: Sequence[Training], on: dt.date) -> Paper:
    """Write the log as it stood on a day, then a sheet for each of its sessions and for those still to come."""
    profile = portfolio.profile
    held = sorted(records, key=lambda t: t.date)
    there = [t for t in held if t.date <= on]
    who = ", ".join(filter(None, (profile.name, profile.employer))) if profile else ""
    parts: list[Part] = [Facts([("Kept by", who)]), *_log(there)]
    for session in held:
        if session.hours is not None or session.date > on:
            parts += _sign_in(session)
    return Paper(
        title="Training log", parts=parts, footer=f"From the records of {plain(on)}.",
        sheet=[SHEET, *(_row(t) for t in there)],
    )  # fmt: skip


def _log(there: Sequence[Training]) -> Iterator[Part]:
    sessions = [t for t in there if t.hours is not None]
    notices = [t for t in there if t.hours is None]
    if not there:
        yield Paragraph("No training is recorded.")
    if sessions:
        yield Heading("Sessions")
        rows = [
            (plain(t.date), t.title, _topics(t), t.facilitator or "", shown(t.hours or 0), _count(t)) for t in sessions
        ]
        hours = shown(sum(t.hours or 0 for t in sessions))
        total = ("", "Total", "", "", hours, str(sum(t.attendees or 0 for t in sessions)))
        yield Ledger(("Date", "Session", "Topics", "Held by", "Hours", "Attended"), rows, frozenset({4, 5}), total)
    if notices:
        yield Heading("Notices communicated")
        yield Ledger(("Date", "Notice", "Topics", "Policy"), [_notice(t) for t in notices])


def _notice(t: Training) -> Sequence[str]:
    effective = f", from {plain(t.effective)}" if t.effective else ""
    return plain(t.date), t.title, _topics(t), f"{t.policy}{effective}" if t.policy else ""


def _topics(t: Training) -> str:
    return ", ".join(topic.replace("-", " ") for topic in t.topics)


def _count(t: Training) -> str:
    return "" if t.attendees is None else str(t.attendees)


def _sign_in(t: Training) -> Iterator[Part]:
    yield PageBreak()
    yield Heading(f"Sign-in sheet: {t.title}")
    facts = [
        ("Date", weekday(t.date)),
        ("Topics", _topics(t)),
        ("Held by", t.facilitator or ""),
        ("Policy", t.policy or ""),
    ]
    yield Facts([row for row in facts if row[1]])
    lines = LINES if t.attendees is None else min(max(t.attendees, 1), MOST_LINES)
    rows = [(str(number), "", "", "") for number in range(1, lines + 1)]
    yield Ledger(("#", "Name", "Position", "Signature"), rows, frozenset({0}), by_hand=True)


def _row(t: Training) -> Sequence[object]:
    return (
        t.id, t.date, t.title, "; ".join(t.topics), t.audience, t.facilitator, t.attendees, t.hours, t.policy,
        t.effective, t.every_months,
    )  # fmt: skip
