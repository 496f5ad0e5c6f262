"""The arithmetic of parts: what is the fewest, what a maximum leaves room for. Cases with sources: `vectors/`."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmmctl.requirements import Hours, Tally, added, fewest
from cmmctl.rules import Marks, Requirement
from making import requirement

PARTS = 4


def tallies(requirements: list[Requirement], counted: Mapping[str, int]) -> list[Tally]:
    lineages: dict[str, tuple[Requirement, ...]] = {"": ()}
    for one in requirements:
        lineages[one.name] = (one, *lineages[one.within or ""])
    return [Tally(one, Fraction(counted[one.name]), lineages[one.name]) for one in requirements]


@st.composite
def trees(draw: st.DrawFn) -> list[Tally]:
    """A total and up to four parts, anywhere within each other, some of which no hour can serve together."""
    requirements = [requirement("total", min=Decimal(draw(st.integers(0, 4))))]
    for n in range(draw(st.integers(0, PARTS))):
        within = draw(st.sampled_from(requirements)).name
        strangers = [other.name for other in requirements[1:] if other.name not in lineage(requirements, within)]
        apart = draw(st.lists(st.sampled_from(strangers), unique=True)) if strangers else []
        requirements.append(
            requirement(f"part-{n}", min=Decimal(draw(st.integers(0, 3))), within=within, excludes=tuple(apart))
        )
    return tallies(requirements, {one.name: draw(st.integers(0, 2)) for one in requirements})


def lineage(requirements: list[Requirement], name: str | None) -> list[str]:
    by_name = {one.name: one for one in requirements}
    found = []
    while name:
        found.append(name)
        name = by_name[name].within
    return found


def kinds_of_hours(requirements: list[Requirement]) -> Iterator[frozenset[str]]:
    """Every set of requirements one hour can serve: with each part its whole, and no two that exclude each other."""
    for size in range(len(requirements)):
        for parts in combinations(requirements[1:], size):
            names = {"total", *(part.name for part in parts)}
            complete = all(part.within in names for part in parts)
            if complete and not any(name in part.excludes for part in parts for name in names):
                yield frozenset(names)


def by_trying(short: list[Tally]) -> int:
    """Add one hour after the other, of every kind, until one way has met everything."""
    kinds = list(kinds_of_hours([tally.requirement for tally in short]))
    names = [tally.requirement.name for tally in short]
    level = {tuple(int(tally.remaining) for tally in short)}
    hours = 0
    while not any(set(gaps) <= {0} for gaps in level):
        level = {
            tuple(max(gap - (name in kind), 0) for name, gap in zip(names, gaps, strict=True))
            for gaps in level
            for kind in kinds
        }
        hours += 1
    return hours


@settings(max_examples=300, deadline=None)
@given(trees())
def test_the_fewest_hours_are_the_fewest(short: list[Tally]) -> None:
    assert fewest(short) == by_trying(short)


@given(trees())
def test_the_order_of_requirements_makes_no_difference_to_the_fewest_hours(short: list[Tally]) -> None:
    assert fewest(reversed(short)) == fewest(short)


def test_approved_and_recognized_hours_are_never_the_same() -> None:
    parts = [
        requirement("total", min=Decimal(24)),
        requirement("approved", min=Decimal(12), within="total", select="approved"),
        requirement("recognized", min=Decimal(12), within="total", select="recognized"),
    ]
    assert fewest(tallies(parts, {"total": 26, "approved": 20, "recognized": 6})) == 6
    assert fewest(tallies(parts, {"total": 20, "approved": 10, "recognized": 10})) == 4
    assert fewest(tallies(parts, {"total": 24, "approved": 12, "recognized": 12})) == 0


@pytest.mark.parametrize(
    ("approved", "tags", "served", "evidence"),
    [
        (False, (), ["total"], ["certificate"]),
        (True, (), ["total", "approved"], ["certificate", "index"]),
        (True, ("live",), ["total", "approved", "live"], ["certificate", "index"]),
        (False, ("live",), ["total"], ["certificate"]),  # live hours count within the approved ones only
        (False, ("other", "live"), ["total", "other"], ["certificate", "domain"]),
        (True, ("other",), ["total", "approved"], ["certificate", "index"]),  # approved excludes other, and is first
    ],
)
def test_what_an_entry_serves(approved: bool, tags: tuple[str, ...], served: list[str], evidence: list[str]) -> None:  # noqa: FBT001
    hours = Hours(
        (
            requirement("total", min=Decimal(20), evidence=("certificate",)),
            requirement("approved", min=Decimal(5), within="total", select="approved", evidence=("index",)),
            requirement("live", min=Decimal(2), within="approved", select="tagged", tags=("live",),
                        evidence=("certificate", "index")),
            requirement("other", max=Decimal(3), within="total", select="tagged", tags=("other",),
                        evidence=("domain",), excludes=("approved",)),
        )
    )  # fmt: skip
    found = hours.served(Marks(approved, tags))
    assert [one.name for one in found.requirements] == served
    assert list(found.evidence) == evidence


def test_a_maximum_counts_what_it_has_room_for_and_says_so() -> None:
    total = requirement("total", min=Decimal(20), max=Decimal(10))
    online = requirement("online", max=Decimal("2.5"), within="total")
    hours = Hours((total, online))
    assert hours.take(Fraction(2), (total, online)) == (Fraction(2), None)
    assert hours.take(Fraction(2), (total, online)) == (Fraction(1, 2), online)
    assert hours.take(Fraction(2), (total, online)) == (Fraction(0), online)
    assert hours.take(Fraction(7), (total,)) == (Fraction(7), None)
    assert hours.take(Fraction(1, 2), (total,)) == (Fraction(1, 2), None)  # exactly what there is room for
    assert hours.take(Fraction(1), (total,)) == (Fraction(0), total)
    assert {tally.requirement.name: tally.counted for tally in hours.tallies()} == {
        "total": Fraction(10),
        "online": Fraction(5, 2),
    }


@given(st.lists(st.fractions(min_value=0, max_value=100, max_denominator=60)))
def test_hours_are_added_exactly(amounts: list[Fraction]) -> None:
    assert added(amounts) == sum(amounts)
