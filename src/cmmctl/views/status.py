"""The screen people live with: one glance at 80 columns and 24 lines."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cmmctl.dates import weekday
from cmmctl.eligibility import Assessment
from cmmctl.outlook import Outlook
from cmmctl.renewal import Standing
from cmmctl.rules import Rule, RuleSet
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Row, Text, Title, cells
from cmmctl.views.candidate import candidate, verdict
from cmmctl.views.holder import documented, headline, holder
from cmmctl.views.words import brief_name, conclusion, footer

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
            ended = Text(Cell("What is on record has ended: cmmctl list credential"))
            parts = [Title("No credential is held or prepared for", weekday(outlook.on)), ended]
        case _:
            parts = list(_several(outlook, candidates))
    title, *rest = parts
    return [title, *_audits(outlook), *rest, *_money(outlook), *_next(outlook), *_footer(outlook)]


def _audits(outlook: Outlook) -> Iterator[Part]:
    """An audit letter that waits for its answer comes before everything else."""
    if rows := [cells("Audit", Cell(a.text, "bad")) for a in outlook.attention if a.code == "audit-reply"]:
        yield Fields(rows)


def _money(outlook: Outlook) -> Iterator[Part]:
    """What the employer was not asked for yet."""
    if rows := [cells("Employer", a.text) for a in outlook.attention if a.code in {"unclaimed", "unrequested"}]:
        yield Fields(rows)


def _several(outlook: Outlook, candidates: Sequence[Assessment]) -> Iterator[Part]:
    count = len(outlook.standings) + len(candidates)
    yield Title(f"{count} credentials and their CE hours, nearest date first", weekday(outlook.on))
    blocks = [list(_held(s, outlook.on, in_full=count <= IN_FULL)) for s in outlook.standings]
    blocks += [[_named(a.rules, verdict(a, outlook.on))] for a in candidates]
    apart = [cells("", "")] if count <= IN_FULL else []
    yield Fields([row for block in blocks for row in (*apart, *block)][len(apart) :])
    yield Gap(spare=True)
    yield Fields(list(_together(outlook.standings)))


def _held(s: Standing, on: dt.date, *, in_full: bool) -> Iterator[Row]:
    """Show a held credential under its name: its dates and hours, and what meets all of its readings."""
    (_, *first), *others = headline(s, on)
    yield _named(s.rules, *first)
    for _, *said in others if in_full else others[-1:]:
        yield cells("", *said)
    if in_full and (meets := conclusion(s)) is not None:
        yield cells("", meets)


def _named(rules: RuleSet, *said: Cell) -> Row:
    return cells(Cell(brief_name(rules), "strong"), *said)


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
