"""What was filed stays as it was filed: a sealed cycle beside what its entries add up to today.

Pure. The sealed figures are facts of the day of filing, and nothing changes them. What the sealed entries count
now is recomputed under the sealed reading, and marked where it no longer adds up.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import takewhile

from cmmctl.amounts import shown
from cmmctl.cycles import Cycle, cycles
from cmmctl.dates import plain
from cmmctl.margin import only
from cmmctl.model import Credential, Portfolio, Renewal
from cmmctl.rules import Edition, RuleSet
from cmmctl.tally import Entry, Reading, entries, reading

AFTERWARDS = "sealed afterwards"


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """One filed cycle: what was sealed, and what the sealed entries add up to now.

    `now` is None where no entries were sealed, so that there is nothing to add up. `later` are entries dated after
    the filing and up to the due date: they stay in the cycle, and whether the issuer counts them is not published.
    """

    renewal: Renewal
    cycle: Cycle
    edition: Edition
    now: Reading | None
    changed: tuple[str, ...]
    later: tuple[Entry, ...]

    @property
    def hours(self) -> Fraction | None:
        """Give the hours that were sealed; None where only the filing is on record."""
        return None if self.renewal.hours is None else Fraction(self.renewal.hours)

    @property
    def adds_up(self) -> bool:
        """Tell whether the sealed entries still count what was sealed, as far as that can be told."""
        return self.now is None or self.hours is None or round(self.now.counted, 4) == self.hours

    @property
    def broken(self) -> str | None:
        """Say how the sealed entries no longer add up; None where they do."""
        if self.adds_up or self.now is None or self.hours is None:
            return None
        why = f" ({'; '.join(self.changed)})" if self.changed else ""
        return f"{self.renewal.id} sealed {shown(self.hours)} h; its entries now count {shown(self.now.counted)} h{why}"

    @property
    def afterwards(self) -> bool:
        """Tell whether the cycle was sealed when it had long passed."""
        return AFTERWARDS in (self.renewal.note or "")


def sealed(renewal: Renewal, credential: Credential, rules: RuleSet, portfolio: Portfolio) -> Sealed | None:
    """Recompute one filed cycle under the reading it was filed under; None where it is no cycle of that reading."""
    edition = edition_of(renewal, credential, rules)
    cycle = cycle_due(credential, edition, renewal.due)
    if cycle is None:
        return None
    names = set(renewal.entries)
    now = reading(credential, rules, edition, only(portfolio, names), cycle, dt.date.max) if names else None
    later = () if renewal.by == "exam" else tuple(_later(renewal, credential, portfolio, cycle))
    changed = tuple(_changed(renewal, now)) if now else ()
    return Sealed(renewal=renewal, cycle=cycle, edition=edition, now=now, changed=changed, later=later)


def seals(credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date) -> list[Sealed]:
    """Give every cycle of a credential that was filed by a day."""
    filed = [r for r in portfolio.all(Renewal) if r.credential == credential.id and r.filed <= on]
    found = [sealed(renewal, credential, rules, portfolio) for renewal in filed]
    return [one for one in found if one is not None]


def edition_of(renewal: Renewal, credential: Credential, rules: RuleSet) -> Edition:
    """Give the reading a cycle was filed under; where it is not known any more, the credential's own."""
    known = {edition.name for edition in rules.editions}
    return rules.edition(renewal.edition if renewal.edition in known else credential.edition)


def cycle_due(credential: Credential, edition: Edition, due: dt.date) -> Cycle | None:
    """Find the cycle that ends on a day, counted as the own reading counts or as the others do."""
    for own in (True, False):
        found = list(takewhile(lambda cycle: cycle.due <= due, cycles(credential, edition, own=own)))
        if found and found[-1].due == due:
            return found[-1]
    return None


def _later(renewal: Renewal, credential: Credential, portfolio: Portfolio, cycle: Cycle) -> Iterator[Entry]:
    for entry in entries(portfolio):
        named = entry.record.credentials
        if (
            renewal.filed < entry.day <= cycle.due
            and cycle.holds(entry.day)
            and entry.record.status == "completed"
            and (not named or credential.id in named)
            and entry.id not in renewal.entries
        ):
            yield entry


def _changed(renewal: Renewal, now: Reading) -> Iterator[str]:
    """Say which sealed entries count nothing any more, and why."""
    counted = {c.entry.id for c in now.counted_entries}
    refused = {no.entry.id: no.why for no in now.refused_entries}
    for name in renewal.entries:
        if name not in counted:
            yield f"{name}: {refused.get(name, 'not on record in this cycle any more')}"


def said(one: Sealed) -> Iterator[str]:
    """Say in sentences what a reader of a sealed cycle should know."""
    if one.hours is None:
        yield f"{one.renewal.id} seals no hours: only the filing is on record"
    elif one.now is None:
        yield f"{one.renewal.id} seals {shown(one.hours)} h and names no entries: nothing can be added up again"
    elif one.broken:
        yield one.broken
    if one.afterwards:
        yield f"{one.renewal.id} was sealed afterwards: its figures are those of the day it was recorded"
    for entry in one.later:
        yield (
            f"{entry.id} of {plain(entry.day)} is dated after the filing: whether it counts is not published;"
            f" it stays in the cycle due {plain(one.cycle.due)}"
        )
