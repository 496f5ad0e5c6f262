"""One held credential at a glance: dates, hours, what every reading asks, what is in order and what is not."""

import datetime as dt
from collections.abc import Iterator

from cmmctl import data
from cmmctl.amounts import shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.outlook import short
from cmmctl.renewal import Standing
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Text, Title, cells
from cmmctl.tally import Reading
from cmmctl.views.words import (
    STATE_TONES,
    bar_of,
    conclusion,
    due_words,
    missing,
    name_of,
    progress,
    state_cell,
    until,
)

Row = tuple[Cell, ...]
LISTED = 2  # refusals on this screen; `hours` has them all


def holder(s: Standing, on: dt.date) -> list[Part]:
    """Show a credential that is held."""
    parts: list[Part] = [Title(name_of(s.rules), weekday(on)), Fields(list(headline(s, on)))]
    if len(s.readings) > 1:
        parts += [Gap(spare=True), Text(Cell(f"{s.rules.issuer}'s pages differ. {_order(s)}:"))]
        parts.append(Grid([_reading(reading, s) for reading in s.readings], indent=3))
    if (said := conclusion(s)) is not None:
        parts.append(Text(said._replace(text=f"= {said.text}")))
    return [*parts, Gap(spare=True), Fields([*details(s, on), *_newest(s)])]


def _order(s: Standing) -> str:
    if s.credential.edition:
        return "The first reading was chosen, the others are set aside"
    return "What each asks of you (the first is used above)"


def headline(s: Standing, on: dt.date) -> Iterator[Row]:
    """Give date, hours and state; where another reading has an earlier date, that date leads."""
    own = s.own
    first = min(s.standing_readings, key=lambda reading: reading.cycle.due)
    due = due_words(s, on)
    hours = Cell(progress(own), bar=bar_of(own))
    if first.cycle.due < own.cycle.due:
        said = f"{until(first.cycle.due, on)} ({first.edition.cycle_months}-month reading): {_to_go(first)}"
        yield cells("First date", Cell(said, STATE_TONES[first.state]))
        yield cells("Recertify by", f"{due}: {_to_go(own)}")
        yield cells("CE hours", hours, state_cell(s))
    else:
        yield cells("Recertify by", due, state_cell(s))
        yield cells("CE hours", hours, Cell(_to_go(own).upper(), STATE_TONES[own.state]))


def _to_go(reading: Reading) -> str:
    short_of = "short" if reading.state == "past-due" else "to go"
    return f"{shown_up(reading.remaining)} h {short_of}" if reading.remaining else "nothing to go"


def _reading(reading: Reading, s: Standing) -> Row:
    due = "" if reading.cycle.due == s.own.cycle.due else f", {plain(reading.cycle.due)}"
    return cells(reading.edition.label + due, progress(reading), missing(reading))


def details(s: Standing, on: dt.date) -> Iterator[Row]:
    """Say what is in order and what is not: filed, documented, membership, planned, not counted."""
    own, issuer = s.own, s.rules.issuer
    if s.state == "past-due" and s.rules.contact:
        yield cells(issuer, s.rules.contact)
    if s.renewal:
        accepted = f", accepted {plain(s.renewal.accepted)}" if s.renewal.accepted else ""
        yield cells("Filed", f"{plain(s.renewal.filed)}{accepted}")
    if own.counted_entries:
        yield cells("Documented", f"{_evidence(own)} {documented(own)} - entered at {issuer} {_logged(own, on)}")
    for condition in s.conditions:
        met = condition.verdict == "met"
        why = Cell(condition.why + (": must not lapse" if met else ""), "" if met else "warn")
        yield cells(condition.condition.name.capitalize(), why)
    if own.planned:
        yield cells("Planned", f"{shown(own.planned)} h, counted once they have taken place")
    if not s.renewal and s.state != "past-due" and all(reading.met for reading in s.standing_readings):
        following = min(reading.cycle.due for reading in s.standing_readings) + dt.timedelta(days=1)
        yield cells("Beyond", f"further hours have no effect until {plain(following)}")
    yield from _refused(s)
    if s.credential.edition:
        told = s.credential.edition_source or "your record, which names no source"
        yield cells("Reading", f"{own.edition.label}, by {told}")


def earlier(s: Standing) -> Iterator[Row]:
    """Say which dates of other readings have gone by with hours missing, the newest last."""
    gone = ((cycle.due, reading, hours) for reading in s.standing_readings for cycle, hours in reading.earlier_short)
    for due, reading, hours in sorted(gone, key=lambda short_of: short_of[0]):
        yield cells("Earlier", f"{reading.edition.label}: {shown_up(hours)} h short on {plain(due)}")


def _newest(s: Standing) -> Iterator[Row]:
    """Say the newest date that has gone by with hours missing, and where the others are."""
    gone = list(earlier(s))
    yield from gone[-1:]
    if gone[1:]:
        yield cells("", f"and {len(gone) - 1} more: cmmctl recert {short(s.rules.id)}")


def _refused(s: Standing) -> Iterator[Row]:
    refused = s.own.refused_entries
    listed = LISTED if len(refused) <= LISTED else LISTED - 1
    for no in refused[:listed]:
        hours = "" if no.hours is None else f"{shown(no.hours)} h, "
        yield cells("Not counted", f"{hours}{no.entry.id}: {no.why}")
    if refused[listed:]:
        yield cells("", f"and {len(refused) - listed} more: cmmctl hours {short(s.rules.id)}")


def _evidence(reading: Reading) -> str:
    """Name what is counted as documented: certificates, unless an entry needs more than that."""
    asked = {name for requirement in reading.edition.requirements for name in requirement.evidence}
    return "certificates" if asked == {"certificate"} else "entries"


def documented(reading: Reading) -> str:
    """Say how many entries have everything their reading asks as evidence."""
    figures = data.documented(reading)
    return f"{figures['entries']} of {figures['of']}"


def _logged(reading: Reading, on: dt.date) -> str:
    days = [counted.entry.record.logged for counted in reading.counted_entries]
    return f"{sum(day is not None and day <= on for day in days)} of {len(days)}"
