"""May I renew? How one credential stands on a day, under every published reading of the rules.

Pure: facts and rules in, evidence out. Cycles are counted from an anchor and never from an earlier cycle; both
ends of a cycle count; nothing is carried over. The conventions and their sources stand in the rule sets.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from cmmctl.conditions import Fulfilled, fulfilled
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.model import Credential, Portfolio, Renewal
from cmmctl.requirements import fewest
from cmmctl.rules import Edition, RuleSet
from cmmctl.tally import Reading, reading

DAYS_PER_MONTH = 30
# From the worst to the best: what holds over several readings is the worst of them.
STATES = ("past-due", "at-risk", "behind", "on-pace", "met-hours-only", "met", "filed", "accepted")


class AllReadings(NamedTuple):
    """The fewest further hours that meet several readings, how many of which kind among them, and by when."""

    by: dt.date
    remaining: Fraction
    parts: Mapping[str, Fraction]
    met: bool


class Standing(NamedTuple):
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
        return _standing(self.readings)


def standing(credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Standing:
    """Judge one held credential on a day, under its own reading and every other published one."""
    filed = renewals(portfolio, credential, on)
    edition = rules.edition(credential.edition)
    cycle = current_cycle(credential, edition, filed, on)
    renewal = filed.get(cycle.due)
    conditions = fulfilled(edition.conditions, portfolio, on, since=cycle.start)
    own = reading(credential, rules, edition, portfolio, cycle, on)
    own = own._replace(state=_state(own, renewal, conditions, on))
    others = [e for e in rules.editions if e.name != edition.name]
    readings = (own, *(_other(credential, rules, e, portfolio, cycle, on, renewal) for e in others))
    days_left = (cycle.due - on).days
    return Standing(
        credential=credential, rules=rules, readings=readings, due_is=_due_is(credential, cycle), days_left=days_left,
        hours_per_month=own.remaining * DAYS_PER_MONTH / days_left if own.remaining and days_left > 0 else None,
        renewal=renewal, conditions=conditions, state=own.state,
        state_all=min((r.state for r in _standing(readings)), key=STATES.index),
        first_due=min(r.cycle.due for r in _standing(readings)),
        all_readings=meeting(readings),
    )  # fmt: skip


def _standing(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    return tuple(judged for judged in readings if not judged.set_aside)


def assumed_due(credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date) -> dt.date | None:
    """Give the date a held credential is due, where nobody has confirmed it."""
    if not (credential.held(on) and _is_assumed(credential)):
        return None
    edition = rules.edition(credential.edition)
    return current_cycle(credential, edition, renewals(portfolio, credential, on), on).due


def _is_assumed(credential: Credential) -> bool:
    return credential.due is not None and credential.due_assumed


def _due_is(credential: Credential, cycle: Cycle) -> str:
    """Tell whether the issuer gave the date; one that follows a given date is computed from it."""
    if _is_assumed(credential):
        return "assumed"
    return "given" if credential.due == cycle.due else "computed"


def _state(own: Reading, renewal: Renewal | None, conditions: Sequence[Fulfilled], on: dt.date) -> str:
    if renewal:
        return _filed(renewal)
    if on > own.cycle.due:
        return "past-due"
    if own.met and any(condition.verdict != "met" for condition in conditions):
        return "met-hours-only"
    return own.state


def _filed(renewal: Renewal) -> str:
    return "accepted" if renewal.accepted else "filed"


def _other(
    credential: Credential, rules: RuleSet, edition: Edition, portfolio: Portfolio, own: Cycle, on: dt.date,
    renewal: Renewal | None,
) -> Reading:  # fmt: skip
    """Judge a reading that is not the credential's own: from the day certified, hours only, earlier dates as filed."""
    earlier: list[tuple[Cycle, Fraction]] = []
    following = cycles(credential, edition, own=False)
    while (cycle := next(following)).due < on:
        if cycle.due >= own.start:
            missing = reading(credential, rules, edition, portfolio, cycle, cycle.due).remaining
            earlier += [(cycle, missing)] if missing else []
    judged = reading(credential, rules, edition, portfolio, cycle, on)
    # What the issuer has been handed settles the dates of every reading up to the one it was filed for.
    state = _filed(renewal) if renewal and cycle.due <= own.due else judged.state
    return judged._replace(state=state, earlier_short=tuple(earlier), set_aside=credential.edition is not None)


def meeting(readings: Sequence[Reading]) -> AllReadings:
    """Find what meets all of several readings: an hour before the first date serves every one of them."""
    short = [r for r in readings if not r.met]
    parts: dict[str, Fraction] = {}
    for judged in short:
        for tally in judged.tallies[1:]:
            if tally.remaining > parts.get(tally.requirement.name, 0):
                parts[tally.requirement.name] = tally.remaining
    return AllReadings(
        by=min(r.cycle.due for r in short or readings),
        remaining=fewest(tally for judged in short for tally in judged.tallies),
        parts=parts,
        met=not short,
    )
