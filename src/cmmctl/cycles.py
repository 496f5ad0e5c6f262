"""When a credential must be renewed: cycles counted from an anchor, never from an earlier cycle.

Filing never moves a due date; both ends of a cycle count. Sources of these conventions stand in the rule sets.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cmmctl.model import Credential, Portfolio, Renewal, number_of
from cmmctl.rules import ANCHORS, Edition


class Cycle(NamedTuple):
    """The days that count towards one recertification, both included."""

    start: dt.date
    due: dt.date

    def holds(self, day: dt.date) -> bool:
        """Tell whether the day belongs to the cycle."""
        return self.start <= day <= self.due


def cycles(credential: Credential, edition: Edition, *, own: bool = True) -> Iterator[Cycle]:
    """Give every cycle since the credential was earned, for ever.

    Due dates of the own edition are counted from the recorded due date where there is one, else, as for all
    other readings, from the day certified. The first cycle begins on that day (inferred).
    """
    assert credential.earned is not None  # noqa: S101 - cycles are asked for held credentials only
    anchor = (credential.due if own else None) or credential.earned

    def due(n: int) -> dt.date:
        return ANCHORS[edition.anchor](anchor, edition.cycle_months, n)

    n = 0
    while due(n - 1) > credential.earned:
        n -= 1
    while due(n) <= credential.earned:
        n += 1
    yield Cycle(credential.earned, due(n))
    while True:
        yield Cycle(due(n) + dt.timedelta(days=1), due(n + 1))
        n += 1


def renewals(portfolio: Portfolio, credential: Credential, on: dt.date) -> dict[dt.date, Renewal]:
    """Give what was filed and accepted by a day, by the due date of its cycle; of two for one cycle the later."""
    filed = [r for r in portfolio.all(Renewal) if r.credential == credential.id and r.filed <= on]
    known = [r if r.accepted is None or r.accepted <= on else r.but(accepted=None) for r in filed]
    return {r.due: r for r in sorted(known, key=lambda r: (r.filed, number_of(r.id)))}


def current_cycle(credential: Credential, edition: Edition, filed: Iterable[dt.date], on: dt.date) -> Cycle:
    """Find the earliest cycle that was not filed, from the recorded due date on; a filed one stays until it is due."""
    done = set(filed)
    return next(
        cycle
        for cycle in cycles(credential, edition)
        if (credential.due is None or cycle.due >= credential.due) and (cycle.due not in done or cycle.due >= on)
    )
