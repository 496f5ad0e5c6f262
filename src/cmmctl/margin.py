"""If one entry is not accepted, do I still meet it? What a cycle's hours rest on, requirement by requirement.

Pure. Nothing is estimated: the cycle is tallied again without the entry, so that whatever takes its place under a
maximum is counted. An entry that is not accepted takes its duplicates with it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from cmmctl.model import CE, Course, Credential, Portfolio
from cmmctl.rules import Requirement, RuleSet
from cmmctl.tally import Likeness, Reading, reading


class Margin(NamedTuple):
    """How safely one requirement is met: the hours beyond it, below zero what it is short of.

    `hangs_on`: the entries without any one of which it is no longer met; empty where it is not met anyway.
    """

    requirement: Requirement
    counted: Fraction
    documented: Fraction
    spare: Fraction
    hangs_on: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Margins:
    """What one reading rests on. `without_proof`: hours to go if only documented entries were accepted."""

    reading: Reading
    each: tuple[Margin, ...]
    documented: Reading

    @property
    def without_proof(self) -> Fraction:
        """Give the hours that would be to go if no entry were accepted that lacks a proof."""
        return self.documented.remaining

    @property
    def hangs_on(self) -> tuple[str, ...]:
        """List the entries on each of which some requirement hangs, in the order they are counted in."""
        named = {name for margin in self.each for name in margin.hangs_on}
        return tuple(counted.entry.id for counted in self.reading.counted_entries if counted.entry.id in named)


def margins(credential: Credential, rules: RuleSet, judged: Reading, portfolio: Portfolio, on: dt.date) -> Margins:
    """Tally a reading again without each entry that may be needed, and without all that lack a proof."""
    held = [*(c.entry for c in judged.counted_entries), *(no.entry for no in judged.refused_entries)]
    names = {entry.id for entry in held}
    within = only(portfolio, names)
    alike: dict[Likeness, set[str]] = {}
    for entry in held:
        alike.setdefault(entry.likeness, set()).add(entry.id)

    def without(dropped: Collection[str]) -> Reading:
        kept = only(within, names - set(dropped))
        return reading(credential, rules, judged.edition, kept, judged.cycle, on)

    spare = {
        tally.requirement.name: tally.counted - Fraction(tally.requirement.min)
        for tally in judged.tallies
        if tally.requirement.min is not None
    }
    # Only what has more hours than there are to spare can be needed, whatever may take its place.
    larger = [c for c in judged.counted_entries if any(0 <= spare.get(r.name, c.hours) < c.hours for r in c.serves)]
    one_less = {c.entry.id: without(alike[c.entry.likeness]) for c in larger}
    documented = without({name for c in judged.counted_entries if c.missing for name in alike[c.entry.likeness]})
    each = []
    for at, tally in enumerate(judged.tallies):
        if (over := spare.get(tally.requirement.name)) is not None:
            hangs = tuple(name for name, less in one_less.items() if over >= 0 and less.tallies[at].remaining)
            each.append(Margin(tally.requirement, tally.counted, documented.tallies[at].counted, over, hangs))
    return Margins(reading=judged, each=tuple(each), documented=documented)


def only(portfolio: Portfolio, names: Collection[str]) -> Portfolio:
    """Give a portfolio whose only entries are those of these ids; every other kind of record stays."""
    kept = {kind.kind: tuple(fact for fact in portfolio.all(kind) if fact.id in names) for kind in (CE, Course)}
    return portfolio.but(kept)
