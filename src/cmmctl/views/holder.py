"""One held credential at a glance: dates, hours, what every reading asks, what is in order and what is not."""

import datetime as dt
from collections.abc import Iterator

from cmmctl.amounts import shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.outlook import short
from cmmctl.renewal import Standing
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Text, Title, cells
from cmmctl.tally import Reading
from cmmctl.views.words import (
    DUE_IS,
    STATE_TONES,
    bar_of,
    conclusion,
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
        parts += [Gap(spare=True), Text(Cell(f"{s.rules.issuer}'s pages differ. What each asks of you:"))]
        parts.append(Grid(list(_readings(s)), indent=3))
    if (said := conclusion(s)) is not None:
        parts.append(Text(said._replace(text=f"= {said.text}")))
    return [*parts, Gap(spare=True), Fields(list(_details(s, on)))]


def headline(s: Standing, on: dt.date) -> Iterator[Row]:
    """Give date, hours and state; where another reading has an earlier date, that date leads."""
    own = s.own
    first = min(s.standing_readings, key=lambda reading: reading.cycle.due)
    due = until(own.cycle.due, on) + DUE_IS[s.due_is]
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


def _readings(s: Standing) -> Iterator[Row]:
    dated = len({reading.cycle.due for reading in s.readings}) > 1
    for reading in s.readings:
        role = " (used above)" if reading is s.own else " (set aside)" if reading.set_aside else ""
        by = (f"by {plain(reading.cycle.due)}",) if dated else ()
        yield cells(reading.edition.label + role, *by, progress(reading), missing(reading))


def _details(s: Standing, on: dt.date) -> Iterator[Row]:
    own, issuer = s.own, s.rules.issuer
    if s.renewal:
        accepted = f", accepted {plain(s.renewal.accepted)}" if s.renewal.accepted else ""
        yield cells("Filed", f"{plain(s.renewal.filed)}{accepted}")
    if own.counted_entries:
        yield cells("Documented", f"{documented(own)} entries - entered at {issuer} {_logged(own, on)}")
    for condition in s.conditions:
        met = condition.verdict == "met"
        why = Cell(condition.why + (": must not lapse" if met else ""), "" if met else "warn")
        yield cells(condition.condition.name.capitalize(), why)
    if own.planned:
        yield cells("Planned", f"{shown(own.planned)} h, counted once they have taken place")
    yield from _refused(s)
    for reading in s.standing_readings:
        for cycle, hours in reading.earlier_short:
            yield cells("Earlier", f"{reading.edition.label}: {shown_up(hours)} h short on {plain(cycle.due)}")
    if s.credential.edition:
        told = s.credential.edition_source or "your record, which names no source"
        yield cells("Reading", f"{own.edition.label}, by {told}")


def _refused(s: Standing) -> Iterator[Row]:
    refused = s.own.refused_entries
    listed = LISTED if len(refused) <= LISTED else LISTED - 1
    for no in refused[:listed]:
        hours = "" if no.hours is None else f"{shown(no.hours)} h, "
        yield cells("Not counted", f"{hours}{no.entry.id}: {no.why}")
    if refused[listed:]:
        yield cells("", f"and {len(refused) - listed} more: cmmctl hours {short(s.rules.id)}")


def documented(reading: Reading) -> str:
    """Say how many entries have everything their reading asks as evidence."""
    complete = sum(not counted.missing for counted in reading.counted_entries)
    return f"{complete} of {len(reading.counted_entries)}"


def _logged(reading: Reading, on: dt.date) -> str:
    days = [counted.entry.record.logged for counted in reading.counted_entries]
    return f"{sum(day is not None and day <= on for day in days)} of {len(days)}"
