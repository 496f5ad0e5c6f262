"""The screen people live with: one glance at 80 columns and 24 lines."""

from collections.abc import Iterator, Sequence

from cmmctl.dates import plain, weekday
from cmmctl.eligibility import Assessment
from cmmctl.outlook import Outlook
from cmmctl.renewal import STATES, Standing
from cmmctl.rules import Rule
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Row, Text, Title, cells
from cmmctl.tally import Reading
from cmmctl.views.candidate import candidate, verdict
from cmmctl.views.holder import documented, holder
from cmmctl.views.words import DUE_IS, bar_of, conclusion, footer, missing, progress, state_cell, until

IN_FULL = 2  # with more credentials, two lines each


def status(outlook: Outlook) -> list[Part]:
    """Show the credentials asked for, the nearest date first."""
    candidates = [a for a in outlook.assessments if not a.certified]
    match outlook.standings, candidates:
        case [s], []:
            parts = holder(s, outlook.on)
        case [], [a]:
            parts = candidate(a, outlook.on)
        case [], []:
            parts = [Title("No credential is held or prepared for", weekday(outlook.on))]
        case _:
            parts = list(_several(outlook, candidates))
    return [*parts, *_next(outlook), *_footer(outlook)]


def _several(outlook: Outlook, candidates: Sequence[Assessment]) -> Iterator[Part]:
    count = len(outlook.standings) + len(candidates)
    yield Title(f"{count} credentials and their CE hours, nearest date first", weekday(outlook.on))
    for s in outlook.standings:
        due = until(s.first_due, outlook.on) + DUE_IS[s.due_is]
        yield Fields([cells(Cell(f"{s.rules.short}, {s.rules.issuer}", "strong"), due, state_cell(s))])
        yield Grid([_progress(reading, s) for reading in _shown(s, count)], indent=3)
        if count <= IN_FULL:
            if (said := conclusion(s)) is not None:
                yield Text(said._replace(text=f"  = {said.text}"))
            yield Gap(spare=True)
    for a in candidates:
        yield Fields([cells(Cell(f"{a.rules.short}, {a.rules.issuer}", "strong"), verdict(a, outlook.on))])
    yield Fields(list(_together(outlook.standings)))


def _shown(s: Standing, count: int) -> Sequence[Reading]:
    """Choose the readings there is room for: all that are not set aside, or the worst of them."""
    if count <= IN_FULL:
        return s.standing_readings
    return [min(s.standing_readings, key=lambda reading: (STATES.index(reading.state), reading.cycle.due))]


def _progress(reading: Reading, s: Standing) -> Row:
    by = f" by {plain(reading.cycle.due)}" if reading.cycle.due != s.first_due else ""
    return cells(reading.edition.label + by, Cell(progress(reading), bar=bar_of(reading)), missing(reading))


def _together(standings: Sequence[Standing]) -> Iterator[Row]:
    if evidence := [f"{s.rules.short} {documented(s.own)}" for s in standings if s.own.counted_entries]:
        yield cells("Documented", " - ".join(evidence))
    conditions = {(c.condition.name, c.why): c for s in standings for c in s.conditions}
    for c in conditions.values():
        yield cells(c.condition.name.capitalize(), Cell(c.why, "" if c.verdict == "met" else "warn"))


def _next(outlook: Outlook) -> Iterator[Part]:
    if outlook.steps:
        yield Gap(spare=True)
        yield Text(Cell("Next", "strong"))
        steps = enumerate(outlook.steps, start=1)
        yield Grid([cells(f"{n}  {step.text}", Cell(step.command, "command")) for n, step in steps], indent=2)


def _footer(outlook: Outlook) -> Iterator[Part]:
    if outlook.assessments:
        rules: list[Rule] = [reading.edition for s in outlook.standings for reading in s.readings]
        rules += [need for a in outlook.assessments if not a.certified for need in a.rules.needs]
        yield footer([a.rules for a in outlook.assessments], rules)
