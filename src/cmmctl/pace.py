"""What planned entries would bring, and the latest day for the hours that are missing.

Pure arithmetic on what is on record; it promises nothing about seminars that are full or certificates that are late.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from cmmctl.model import CE, Course, Portfolio
from cmmctl.renewal import DAYS_PER_MONTH, Standing
from cmmctl.sealing import Sealed, seals
from cmmctl.tally import Entry, Reading, entries, reading


class Brought(NamedTuple):
    """What a planned entry would bring under one reading: the hours to go before and after it."""

    entry: Entry
    reading: Reading
    before: Fraction
    after: Fraction
    why: str | None = None


class More(NamedTuple):
    """What `recert` says beyond the standing: filed cycles, planned entries, the latest day where a lag is given."""

    seals: tuple[Sealed, ...]
    planned: tuple[Brought, ...]
    latest: tuple["Latest", ...]
    lag: int | None


class Latest(NamedTuple):
    """The last day on which hours still arrive in time under one reading; `pace` is hours a month until then."""

    reading: Reading
    day: dt.date
    days_left: int
    pace: Fraction | None


def more(s: Standing, portfolio: Portfolio, on: dt.date, lag: int | None) -> More:
    """Collect what one report says beyond the standing of a credential."""
    found = () if lag is None else tuple(latest(s, lag, on))
    return More(tuple(seals(s.credential, s.rules, portfolio, on)), tuple(planned(s, portfolio, on)), found, lag)


def planned(s: Standing, portfolio: Portfolio, on: dt.date) -> Iterator[Brought]:
    """Give what each planned entry would bring, one after the other, under every reading not set aside."""
    coming = sorted((e for e in _coming(portfolio, s) if e.day >= on), key=lambda entry: (entry.day, entry.id))
    for judged in s.standing_readings:
        taken: list[str] = []
        before = judged.remaining
        for entry in coming:
            if not judged.cycle.holds(entry.day):
                continue
            taken.append(entry.id)
            then = reading(
                s.credential, s.rules, judged.edition, took_place(portfolio, taken), judged.cycle, judged.cycle.due
            )
            why = next((no.why for no in then.refused_entries if no.entry.id == entry.id), None)
            yield Brought(entry, judged, before, then.remaining, why)
            before = then.remaining


def _coming(portfolio: Portfolio, s: Standing) -> Iterator[Entry]:
    for entry in entries(portfolio):
        named = entry.record.credentials
        if entry.record.status != "completed" and (not named or s.rules.id in named):
            yield entry


def took_place(portfolio: Portfolio, names: Sequence[str]) -> Portfolio:
    """Give the portfolio as it will be once these entries have taken place as planned."""
    wanted = set(names)

    facts = {
        kind.kind: tuple(f.but(status="completed") if f.id in wanted else f for f in portfolio.all(kind))
        for kind in (CE, Course)
    }
    return portfolio.but(facts)


def latest(s: Standing, lag: int, on: dt.date) -> Iterator[Latest]:
    """Give for every reading with hours to go the last day for them, if they take `lag` days to be posted."""
    for judged in s.standing_readings:
        if judged.remaining:
            day = judged.cycle.due - dt.timedelta(days=lag)
            left = (day - on).days
            yield Latest(judged, day, left, judged.remaining * DAYS_PER_MONTH / left if left > 0 else None)
