"""What is needed beside hours: membership, judged on a day and shown beside a verdict."""

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from cmmctl.dates import last_day, plain
from cmmctl.model import Membership, Portfolio
from cmmctl.rules import Condition


class Fulfilled(NamedTuple):
    """Whether a condition that is not hours holds, and why. `until`: the day it runs out."""

    condition: Condition
    verdict: str
    why: str
    until: dt.date | None = None


def fulfilled(conditions: Iterable[Condition], portfolio: Portfolio, on: dt.date) -> tuple[Fulfilled, ...]:
    """Judge membership on a day: paid for, or not, or never recorded."""
    return tuple(_membership(condition, portfolio.all(Membership), on) for condition in conditions)


def _membership(condition: Condition, memberships: Iterable[Membership], on: dt.date) -> Fulfilled:
    own = [m for m in memberships if m.body.strip().casefold() == condition.body.casefold()]
    covering = [m for m in own if m.covers(on)]
    if any(m.end is None for m in covering):
        return Fulfilled(condition, "met", f"member of {condition.body}, no end on record")
    if covering:
        until = max(last_day(m.end) for m in covering if m.end is not None)
        return Fulfilled(
            condition, "met", f"{condition.body}, paid to {plain(until)} ({_days((until - on).days)})", until
        )
    ended = [day for m in own if m.end is not None and (day := last_day(m.end)) < on]
    if ended:
        return Fulfilled(condition, "short", f"{condition.body}, paid only to {plain(max(ended))}", max(ended))
    return Fulfilled(condition, "short", f"no {condition.body} membership on record")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
