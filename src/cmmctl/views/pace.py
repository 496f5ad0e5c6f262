"""What `recert` adds: filed cycles as they were sealed, what planned entries would bring, the latest day."""

from collections.abc import Iterable, Iterator, Sequence

from cmmctl.amounts import shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.pace import Brought, Latest
from cmmctl.screen import Cell, Row, cells
from cmmctl.sealing import Sealed, said
from cmmctl.views.explain import sealed_words
from cmmctl.views.words import days


def filed(seals: Iterable[Sealed]) -> Iterator[Row]:
    """Show every filed cycle, the newest first."""
    for one in sorted(seals, key=lambda one: one.cycle.due, reverse=True):
        yield cells("Filed cycle", f"{plain(one.cycle.start)} to {plain(one.cycle.due)}: {sealed_words(one)}")
        for text in said(one):
            yield cells("", Cell(text, "warn"))


def planned(brought: Sequence[Brought]) -> Iterator[Row]:
    """Show what each planned entry would bring under each reading."""
    named = ""
    for b in brought:
        label = f"With {b.entry.id}" if b.entry.id != named else ""
        named = b.entry.id
        hours = "" if b.entry.hours is None else f", {shown(b.entry.hours)} h"
        moved = f"{shown_up(b.before)} -> {shown_up(b.after)} h to go"
        why = f", because {b.why}" if b.why else ""
        yield cells(label, f"{plain(b.entry.day)}{hours}: {b.reading.edition.label}: {moved}{why}")


def latest(found: Iterable[Latest], lag: int) -> Iterator[Row]:
    """Show the last day on which hours still arrive in time, if they take `lag` days to be posted."""
    for one in found:
        passed = f"{days(one.days_left)} ago" if one.days_left < 0 else f"in {days(one.days_left)}"
        pace = f", {shown_up(one.pace)} h a month" if one.pace else ""
        text = f"{weekday(one.day)}, {passed}{pace}: {one.reading.edition.label}, {shown_up(one.reading.remaining)} h"
        tone = "bad" if one.days_left < 0 else ""
        yield cells("Latest day", Cell(f"{text}, {days(lag)} to post them", tone))
