"""What is needed beside hours: membership, judged on a day and shown beside a verdict."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from cmmctl.dates import Span, first_day, last_day, merged, plain
from cmmctl.model import Membership, Portfolio
from cmmctl.rules import Condition

_DAY = dt.timedelta(days=1)


class Fulfilled(NamedTuple):
    """Whether a condition that is not hours holds, and why. `until`: the day it runs out, or ran out."""

    condition: Condition
    verdict: str
    why: str
    until: dt.date | None = None


def fulfilled(
    conditions: Iterable[Condition], portfolio: Portfolio, on: dt.date, *, since: dt.date
) -> tuple[Fulfilled, ...]:
    """Judge membership on a day: paid for, or not, or never recorded; what lapsed after `since` the issuer judges."""
    begun = [m for m in portfolio.all(Membership) if first_day(m.start) <= on]
    return tuple(_membership(condition, begun, on, since) for condition in conditions)


def _membership(condition: Condition, begun: Iterable[Membership], on: dt.date, since: dt.date) -> Fulfilled:
    body = condition.body
    own = [m for m in begun if m.body.strip().casefold() == body.casefold()]
    paid = merged(Span(first_day(m.start), dt.date.max if m.end is None else last_day(m.end) + _DAY) for m in own)
    if not paid:
        return Fulfilled(condition, "short", f"no {body} membership on record")
    until = None if paid[-1].stop == dt.date.max else paid[-1].stop - _DAY
    if until and until < on:
        return Fulfilled(condition, "short", f"{body}, paid only to {_said(until, own)}", until)
    why = f"member of {body}, no end on record"
    if until:
        why = f"{body}, paid to {_said(until, own)} ({_days((until - on).days)})"
    lapses = [Span(earlier.stop, later.start) for earlier, later in pairwise(paid) if later.start > since]
    if not lapses:
        return Fulfilled(condition, "met", why, until)
    longest = max(lapses, key=lambda lapse: lapse.stop - lapse.start)
    days = (longest.stop - longest.start).days
    lapsed = f"{why}; not paid from {plain(longest.start)} to {plain(longest.stop - _DAY)}, by these records"
    verdict, judged = _lapsed(days, condition.gap_days)
    return Fulfilled(condition, verdict, f"{lapsed}: {judged}", until)


def _lapsed(days: int, most: int | None) -> tuple[str, str]:
    """Judge the longest lapse. Whether a lapse of exactly the days that are named breaks it is not published."""
    if most is None:
        return "ask-issuer", _days(days)
    if days == most:
        return "ask-issuer", f"exactly {_days(days)}, and what that means is not published"
    return ("short", f"{_days(days)}, more than {most}") if days > most else ("met", f"{_days(days)}, under {most}")


def _said(until: dt.date, own: Sequence[Membership]) -> str:
    """Show a last day, and that only its month or year is on record."""
    known = [m.end for m in own if isinstance(m.end, str) and last_day(m.end) == until]
    return f"{plain(until)}, as only {plain(known[0])} is on record" if known else plain(until)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
