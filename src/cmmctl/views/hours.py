"""The screen of `hours`: how many count, how many are to go, and which entries made them."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from cmmctl.amounts import shown, shown_down, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.requirements import Tally, added
from cmmctl.rules import Requirement, RuleSet
from cmmctl.screen import Cell, Fields, Gap, Part, Row, Table, Text, Title, cells
from cmmctl.sealing import Sealed, said
from cmmctl.tally import Counted, Reading, Refused
from cmmctl.views.explain import sealed_words
from cmmctl.views.recert import NONE_HELD
from cmmctl.views.words import STATE_TONES, footer, some


def hours(readings: Sequence[tuple[RuleSet, Reading]], on: dt.date, filed: Sequence[Sealed | None] = ()) -> list[Part]:
    """Show every cycle that is asked for: how it was sealed where it was filed, its requirements, its entries."""
    parts: list[Part] = []
    for (rules, r), one in zip_longest(readings, filed):
        cycle = f"{plain(r.cycle.start)} to {plain(r.cycle.due)}"
        parts.append(Title(f"{rules.short}  CE hours, {cycle}: {r.edition.label}", weekday(on)))
        parts.append(Fields([*_sealed(one), *_sums(r)]))
        header = ("Requirement", "Required", "Counted", "To go")
        parts += [Gap(), Table("", header, [_requirement(tally, r) for tally in r.tallies], frozenset({1, 2, 3}))]
        if r.counted_entries:
            rows = [_counted(counted) for counted in r.counted_entries]
            parts.append(Table("Counted", ("Entry", "Date", "Title", "Hours", "Evidence"), rows, frozenset({3})))
        if r.refused_entries:
            rows = [_refused(no) for no in r.refused_entries]
            parts.append(Table("Not counted", ("Entry", "Date", "Title", "Hours", "Why"), rows, frozenset({3})))
        parts += [footer([rules], [r.edition]), Gap()]
    return parts[:-1] or [Text(Cell(NONE_HELD))]


def _sealed(one: Sealed | None) -> Iterator[Row]:
    if one is not None:
        yield cells("Sealed", Cell(sealed_words(one), "strong"))
        yield from (cells("", Cell(text, "warn")) for text in said(one))


def _sums(r: Reading) -> Iterator[Row]:
    yield cells("Earned", f"{shown_down(r.earned)} h, of which {shown_down(r.counted)} h count")
    if beside := [no for no in r.refused_entries if no.hours and not no.earned]:
        hours = shown(added(no.hours for no in beside if no.hours))
        names = some([no.entry.id for no in beside])
        yield cells("Not earned", f"{hours} h listed below, each with its reason: {names}")
    yield cells("To go", Cell(f"{shown_up(r.remaining)} h", STATE_TONES[r.state]))
    if r.planned:
        yield cells("Planned", f"{shown(r.planned)} h, counted once they have taken place")
    if r.surplus:
        yield cells("Beyond", f"{shown(r.surplus)} h, which have no effect on a later cycle")


def _requirement(tally: Tally, r: Reading) -> Row:
    asked = tally.requirement
    return (
        Cell(asked.label if asked.within is None else f"- {asked.label}"),
        Cell(required(asked)),
        Cell(shown_down(tally.counted)),
        Cell(shown_up(tally.remaining), STATE_TONES[r.state] if tally.remaining else "ok"),
    )


def required(asked: Requirement) -> str:
    """Say the least a requirement asks for, or the most that counts."""
    least = [] if asked.min is None else [shown(asked.min)]
    most = [] if asked.max is None else [f"at most {shown(asked.max)}"]
    return ", ".join(least + most)


def _counted(counted: Counted) -> Row:
    entry = counted.entry
    lacks = Cell(f"lacks {', '.join(counted.missing)}", "warn") if counted.missing else Cell("documented")
    return cells(entry.id, plain(entry.day), entry.title, shown(counted.hours), lacks)


def _refused(no: Refused) -> Row:
    entry = no.entry
    return cells(entry.id, plain(entry.day), entry.title, "?" if no.hours is None else shown(no.hours), no.why)
