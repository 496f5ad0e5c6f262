"""How everything stands in one line, for a shell's start-up file: what is due first, first."""

import datetime as dt
from collections.abc import Iterator

from cmmctl.amounts import shown_up
from cmmctl.dates import plain
from cmmctl.eligibility import ASK, MET, Assessment
from cmmctl.outlook import Outlook
from cmmctl.renewal import Standing, meeting
from cmmctl.tally import Reading
from cmmctl.views.words import days


def brief(outlook: Outlook) -> str:
    """Say it in one line, such as "CMM: 143 days, 9.5 h to go"; nothing where no credential is held or prepared for."""
    said = [f"{s.rules.short}: {_held(s, outlook.on)}{_assumed(s)}" for s in outlook.standings]
    said += [f"{a.rules.short}: {_prepared_for(a, outlook.on)}" for a in outlook.assessments if not a.certified]
    return "; ".join([*said, *(a.text for a in outlook.attention if a.code == "audit-reply")])


def _assumed(s: Standing) -> str:
    return ", date assumed" if s.due_is == "assumed" else ""


def _held(s: Standing, on: dt.date) -> str:
    if s.renewal:
        return f"{days((s.own.cycle.due - on).days)}, {s.state}"
    first = min(s.standing_readings, key=lambda reading: reading.cycle.due)
    if first.cycle.due < s.own.cycle.due:
        return f"{_reading(first, on)} ({first.edition.cycle_months}-month reading), then {_reading(s.own, on)}"
    every = meeting(s.standing_readings).remaining
    ahead = every > s.own.remaining and s.days_left >= 0
    more = f" ({shown_up(every)} h for every reading)" if ahead else ""
    return _reading(s.own, on) + more


def _reading(reading: Reading, on: dt.date) -> str:
    left = (reading.cycle.due - on).days
    hours = f"{shown_up(reading.remaining)} h" if reading.remaining else "nothing"
    if left < 0:
        return f"date passed {days(-left)} ago, {hours} short"
    return f"{days(left)}, {hours} to go"


def _prepared_for(a: Assessment, on: dt.date) -> str:
    return ", ".join(_answered(a, on))


def _answered(a: Assessment, on: dt.date) -> Iterator[str]:
    if a.verdict == MET:
        yield "you may sit the exam, by these records"
    elif day := a.eligible_on or a.eligible_on_if_planned:
        yield f"exam possible in {days((day - on).days)}, {plain(day)}"
        if not a.eligible_on:
            yield "if what is planned is passed"
    elif a.verdict == ASK:
        yield f"ask {a.rules.issuer} whether you may sit the exam"
    else:
        yield "not yet eligible for the exam"
    if a.credential and a.credential.exam and a.credential.exam >= on:
        yield f"exam in {days((a.credential.exam - on).days)}"
