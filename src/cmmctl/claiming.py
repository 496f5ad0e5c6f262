"""What a new claim may cover, the amount it asks for as it was filed, and whether more than that came back.

Pure. An expense is not claimed twice unless the first claim was denied; what has not taken place yet can be
requested, not claimed; without an amount a claim asks for everything its owner paid by the day it is filed.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from cmmctl.amounts import dollars
from cmmctl.costs import NOTHING, SELF, covers, planned, total
from cmmctl.errors import CmmctlError, Problem, failure, misuse
from cmmctl.model import Claim, Expense, Payment, Portfolio


def completed(record: Mapping[str, Any], portfolio: Portfolio) -> dict[str, Any]:
    """Give the record of a new claim with the amount it asks for. Raises everything that cannot be claimed."""
    if not record.keys() & {"requested", "filed"}:
        example = f"cmmctl add-claim {' '.join(record['entries'])} --filed today"
        raise misuse("add-claim needs `--requested` or `--filed`", f"for example: {example}")
    new = Claim(id="claim-0", **record)
    covered = claimable(new, portfolio)
    return {**record, "asked": total(covered)} if new.filed and new.asked is None else dict(record)


def claimable(new: Claim, portfolio: Portfolio) -> list[Expense]:
    """Give what a new or changed claim covers. Raises everything that cannot be claimed."""
    covered = [e for e in portfolio.all(Expense) if e.paid_by == SELF and covers(new, e)]
    problems = [*_twice(new, covered, portfolio), *(_not_yet(new, portfolio) if new.filed else ())]
    if problems:
        raise CmmctlError(*problems)
    if not covered:
        names = ", ".join(new.entries)
        by = f" by {new.filed}" if new.filed else ""
        hint = "`cmmctl costs` shows who paid what; record it first with `cmmctl add-expense`"
        raise failure(f"nothing that you paid{by} is on record for {names}", "not-found", hint)
    return covered


def _twice(new: Claim, covered: list[Expense], portfolio: Portfolio) -> Iterator[Problem]:
    for claim in portfolio.all(Claim):
        names = [e.records[0] for e in covered if covers(claim, e)]
        if not names or claim.denied or claim.id == new.id:
            continue
        hint = f"if it was turned down, note it first: `cmmctl edit {claim.id} denied=today`"
        if new.filed and not claim.filed:
            whole = claim.but(filed=new.filed)
            asked = total((e for e in portfolio.all(Expense) if covers(whole, e)), SELF)
            hint = f"hand in that one: `cmmctl edit {claim.id} filed={new.filed} asked={asked}`"
        listed = ", ".join(dict.fromkeys(names))
        yield Problem(message=f"{listed} is already in {claim.id}", code="exists", hint=hint)


def _not_yet(new: Claim, portfolio: Portfolio) -> Iterator[Problem]:
    for fact in portfolio:
        if fact.id in new.entries and planned(fact):
            hint = f"ask for approval first: `cmmctl add-claim {fact.id} --requested today`, then `--request` prints it"
            yield Problem(message=f"{fact.id} has not taken place yet, so it cannot be claimed", hint=hint)


class Overpaid(NamedTuple):
    """A payment with which more came back for a claim than it asked for; `left`: what was to come before it."""

    claim: Claim
    payment: Payment
    received: Decimal
    asked: Decimal
    left: Decimal

    @property
    def message(self) -> str:
        """Say what does not fit."""
        came = f"with {self.payment.id}, {dollars(self.received)} came back for {self.claim.id}"
        return f"{came}, more than the {dollars(self.asked)} that was asked for or approved"

    @property
    def hint(self) -> str:
        """Say what mends it, if it is a slip."""
        if self.left:
            return f"if the decimal point slipped: `cmmctl edit {self.payment.id} amount={self.left}`"
        return f"if it was entered twice: `cmmctl remove {self.payment.id}`"


def overpaid(portfolio: Portfolio) -> Iterator[Overpaid]:
    """Find the payments, in the order of the file, that no claim asked for in full."""
    claims = {claim.id: claim for claim in portfolio.all(Claim)}
    received = dict.fromkeys(claims, NOTHING)
    for payment in portfolio.all(Payment):
        if (claim := claims.get(payment.claim)) is None:
            continue
        asked, before = _most(claim, portfolio), received[claim.id]
        received[claim.id] = before + payment.amount
        if asked and received[claim.id] > asked:
            yield Overpaid(claim, payment, received[claim.id], asked, max(asked - before, NOTHING))


def _most(claim: Claim, portfolio: Portfolio) -> Decimal:
    """Give the most that was asked of the employer, or approved; 0 where that is not known."""
    asked = claim.asked
    if asked is None:
        covered = total((e for e in portfolio.all(Expense) if covers(claim, e)), SELF)
        asked = max(covered, claim.request_amount or NOTHING)
    return max(asked, claim.approved_amount or NOTHING)
