"""May I renew? How one credential stands on a day, under every published reading of the rules.

Pure: facts and rules in, evidence out. Cycles are counted from an anchor and never from an earlier cycle; both
ends of a cycle count; nothing is carried over. The conventions and their sources stand in the rule sets.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from cmmctl.conditions import Fulfilled, fulfilled
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.model import Credential, Portfolio, Renewal
from cmmctl.rules import Edition, RuleSet
from cmmctl.tally import NOTHING, Reading, reading

DAYS_PER_MONTH = 30
# From the worst to the best: what holds over several readings is the worst of them.
STATES = ("past-due", "at-risk", "behind", "on-pace", "met-hours-only", "met", "filed", "accepted")


class AllReadings(NamedTuple):
    """The fewest further hours that meet every published reading, of which kind, and by when."""

    by: dt.date
    remaining: Fraction
    parts: Mapping[str, Fraction]
    met: bool


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How one credential stands: its own reading first, the other published ones after it."""

    credential: Credential
    rules: RuleSet
    readings: tuple[Reading, ...]
    due_is: str
    days_left: int
    hours_per_month: Fraction | None
    renewal: Renewal | None
    conditions: tuple[Fulfilled, ...]
    state: str
    state_all: str
    first_due: dt.date
    all_readings: AllReadings

    @property
    def own(self) -> Reading:
        """Give the credential's own reading."""
        return self.readings[0]

    @property
    def standing_readings(self) -> tuple[Reading, ...]:
        """Give the readings that a pinned edition has not set aside."""
        return tuple(reading for reading in self.readings if not reading.set_aside)


def standing(credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Standing:
    """Judge one held credential on a day, under its own reading and every other published one."""
    filed = renewals(portfolio, credential, on)
    edition = rules.edition(credential.edition)
    cycle = current_cycle(credential, edition, filed, on)
    own = reading(credential, rules, edition, portfolio, cycle, on)
    conditions = fulfilled(edition.conditions, portfolio, on)
    renewal = filed.get(cycle.due)
    state = _state(own, renewal, conditions, on)
    readings = (
        replace(own, state=state),
        *(
            _other(credential, rules, other, portfolio, cycle, on, renewal)
            for other in rules.editions
            if other.name != edition.name
        ),
    )
    judged = [r for r in readings if not r.set_aside]
    days_left = (cycle.due - on).days
    return Standing(
        credential=credential, rules=rules, readings=readings,
        due_is="computed" if credential.due is None else "assumed" if credential.due_assumed else "given",
        days_left=days_left,
        hours_per_month=own.remaining * DAYS_PER_MONTH / days_left if own.remaining and days_left > 0 else None,
        renewal=renewal, conditions=conditions, state=state,
        state_all=min((r.state for r in judged), key=STATES.index),
        first_due=min(r.cycle.due for r in judged),
        all_readings=_all(readings),
    )  # fmt: skip


def _state(own: Reading, renewal: Renewal | None, conditions: Sequence[Fulfilled], on: dt.date) -> str:
    if renewal:
        return "accepted" if renewal.accepted and renewal.accepted <= on else "filed"
    if on > own.cycle.due:
        return "past-due"
    if own.met and any(condition.verdict != "met" for condition in conditions):
        return "met-hours-only"
    return own.state


def _other(
    credential: Credential, rules: RuleSet, edition: Edition, portfolio: Portfolio, own: Cycle, on: dt.date,
    renewal: Renewal | None,
) -> Reading:  # fmt: skip
    """Judge a reading that is not the credential's own: from the day certified, hours only, earlier dates as filed."""
    earlier: list[Cycle] = []
    for cycle in cycles(credential, edition, own=False):
        if cycle.due >= on:
            break
        earlier.append(cycle)
    judged = reading(credential, rules, edition, portfolio, cycle, on)
    short = tuple(
        (past, missing)
        for past in earlier
        if past.due >= own.start
        and (missing := reading(credential, rules, edition, portfolio, past, past.due).remaining)
    )
    state = judged.state
    if renewal and cycle.due <= own.due:  # what the issuer has been handed settles every reading's date up to it
        state = "accepted" if renewal.accepted and renewal.accepted <= on else "filed"
    return replace(judged, state=state, earlier_short=short, set_aside=credential.edition is not None)


def _all(readings: Sequence[Reading]) -> AllReadings:
    """Find what meets every reading: an hour before the first date serves all of them."""
    short = [r for r in readings if not r.met]
    parts: dict[str, Fraction] = {}
    for judged in short:
        for tally in judged.tallies[1:]:
            if tally.remaining:
                parts[tally.requirement.name] = max(tally.remaining, parts.get(tally.requirement.name, NOTHING))
    return AllReadings(
        by=min(r.cycle.due for r in short or readings),
        remaining=max((r.remaining for r in short), default=NOTHING),
        parts=parts,
        met=not short,
    )
