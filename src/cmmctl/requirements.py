"""Hours by requirement: what an entry serves, what a maximum leaves room for, and the fewest hours that are missing.

Pure arithmetic on requirements; which entries come this far is decided in `tally`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from cmmctl.rules import SELECT, Marks, Requirement

NOTHING = Fraction()


class Tally(NamedTuple):
    """What counts towards one requirement; `lineage` is the requirement and all it is a part of."""

    requirement: Requirement
    counted: Fraction
    lineage: tuple[Requirement, ...]

    @property
    def remaining(self) -> Fraction:
        """Give the hours this requirement alone still misses."""
        return max(Fraction(self.requirement.min or 0) - self.counted, NOTHING)


class Served(NamedTuple):
    """The requirements an entry serves, and all they ask for as evidence."""

    requirements: tuple[Requirement, ...]
    evidence: tuple[str, ...]


class Hours:
    """Hours by requirement while entries are taken one after the other."""

    def __init__(self, requirements: Sequence[Requirement]) -> None:
        self._requirements = requirements
        self._room = {r.name: Fraction(r.max) for r in requirements if r.max is not None}
        self._taken: dict[str, list[Fraction]] = {requirement.name: [] for requirement in requirements}
        self._served: dict[Marks, Served] = {}

    def served(self, marks: Marks) -> Served:
        """Find what entries with these marks serve: a part only with what it is a part of, and one of two apart."""
        if marks not in self._served:
            found: list[Requirement] = []
            for requirement in self._requirements:
                within = requirement.within is None or any(whole.name == requirement.within for whole in found)
                apart = any(_exclude(requirement, other) for other in found)
                if within and not apart and SELECT[requirement.select](marks, requirement.tags):
                    found.append(requirement)
            evidence = dict.fromkeys(name for requirement in found for name in requirement.evidence)
            self._served[marks] = Served(tuple(found), tuple(evidence))
        return self._served[marks]

    def take(self, hours: Fraction, serves: Iterable[Requirement]) -> tuple[Fraction, Requirement | None]:
        """Count as much as every maximum leaves room for; name the requirement that cut it short."""
        taken, full = hours, None
        for requirement in serves:
            if requirement.max is not None and self._room[requirement.name] < taken:
                taken, full = self._room[requirement.name], requirement
        for requirement in serves:
            self._taken[requirement.name].append(taken)
            if requirement.max is not None:
                self._room[requirement.name] -= taken
        return taken, full

    def tallies(self) -> tuple[Tally, ...]:
        """Add up what was taken, the whole first and its parts after it."""
        found: dict[str, Tally] = {}
        for requirement in self._requirements:
            whole = found[requirement.within].lineage if requirement.within else ()
            found[requirement.name] = Tally(requirement, added(self._taken[requirement.name]), (requirement, *whole))
        return tuple(found.values())


def added(amounts: Iterable[Fraction]) -> Fraction:
    """Add exactly. Equal denominators come first: to add two fractions takes twenty times as long as two numbers."""
    numerators: Counter[int] = Counter()
    for amount in amounts:
        numerator, denominator = amount.as_integer_ratio()
        numerators[denominator] += numerator
    return sum((Fraction(numerator, denominator) for denominator, numerator in numerators.items()), NOTHING)


def fewest(tallies: Iterable[Tally]) -> Fraction:
    """Find the fewest further hours that can meet everything.

    Where one hour can serve several requirements the largest gap is taken; gaps of parts that no hour can serve
    together are added.
    """
    return _together([tally for tally in tallies if tally.remaining])


def _together(short: Sequence[Tally]) -> Fraction:
    """Find the largest sum of gaps among requirements that are all apart from each other."""
    most = NOTHING
    for position, tally in enumerate(short, start=1):
        most = max(most, tally.remaining + _together([other for other in short[position:] if _apart(tally, other)]))
    return most


def _apart(one: Tally, other: Tally) -> bool:
    """Tell whether no hour can serve both: they, or what they are parts of, exclude each other."""
    return any(_exclude(mine, theirs) for mine in one.lineage for theirs in other.lineage)


def _exclude(one: Requirement, other: Requirement) -> bool:
    return (
        {one.select, other.select} == {"approved", "recognized"}
        or other.name in one.excludes
        or one.name in other.excludes
    )
