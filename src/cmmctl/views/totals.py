"""The foot of a list: how many records, and what their figures come to, each unit by itself.

Sums are exact and rounded once, when shown. CE hours and college credits are two units and never added; what is
still planned stands apart from what has taken place.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from cmmctl.amounts import dollars, shown
from cmmctl.costs import EMPLOYER, planned
from cmmctl.model import CE, Claim, Course, Expense, Fact, Payment, Training
from cmmctl.screen import Fields, Part, cells

Unit = tuple[str, bool]  # its name, and whether it is planned


def totals(facts: Sequence[Fact]) -> list[Part]:
    """Add up what records say."""
    count = len(facts)
    rows = [cells("Total", f"{count:,} record{'' if count == 1 else 's'}"), *(cells(*row) for row in _hours(facts))]
    return [Fields([*rows, *(cells(*row) for row in _money(facts))])]


def _hours(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    sums: dict[str, dict[bool, Fraction]] = {}
    for fact in facts:
        for unit, amount in _amounts(fact):
            both = sums.setdefault(unit, {False: Fraction(), True: Fraction()})
            both[planned(fact)] += amount
    for unit, both in sums.items():
        said = [shown(both[False])] if both[False] else []
        said += [f"{shown(both[True])} planned"] if both[True] else []
        yield unit, ", and ".join(said)


def _amounts(fact: Fact) -> Iterator[tuple[str, Fraction]]:
    match fact:
        case CE():
            yield "CE hours", fact.amount
        case Course():
            yield ("Quarter credits" if fact.unit == "quarter" else "College credits"), Fraction(fact.credits)
            if fact.hours:
                yield "CE hours", Fraction(fact.hours)
        case Training(hours=Decimal() as hours):
            yield "Hours given", Fraction(hours)
        case _:
            pass


def _money(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    expenses = [fact for fact in facts if isinstance(fact, Expense)]
    if expenses:
        said = dollars(sum((e.amount for e in expenses), Decimal()))
        others = sum((e.amount for e in expenses if e.paid_by == EMPLOYER), Decimal())
        yield "Expenses", said + (f", {dollars(others)} of it paid by the employer" if others else "")
    asked = [fact.asked for fact in facts if isinstance(fact, Claim) and fact.asked is not None]
    if asked:
        yield "Asked for", dollars(sum(asked, Decimal()))
    came = [fact.amount for fact in facts if isinstance(fact, Payment)]
    if came:
        yield "Came back", dollars(sum(came, Decimal()))
