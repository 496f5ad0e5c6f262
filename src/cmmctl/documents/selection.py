"""What a claim for reimbursement is about: its items and expenses, what is asked for each, and what is missing."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cmmctl.amounts import dollars
from cmmctl.costs import NOTHING, SELF, Item, allotted, items, total
from cmmctl.documents.words import COSTS, provider, result
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.model import CE, Claim, Course, Expense, Portfolio, Proof

# Evidence of what was completed, by kind: any of these roles will do, the first is asked for.
_COMPLETION: Mapping[str, tuple[str, ...]] = {
    CE.kind: ("certificate",), Course.kind: ("transcript", "certificate"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One numbered item of a claim: the expenses that are shown, and what is asked for them."""

    number: int
    item: Item
    expenses: tuple[Expense, ...]
    asked: Decimal

    @property
    def by_self(self) -> Decimal:
        """Give what its owner paid, or expects to pay."""
        return total(self.expenses, SELF)

    @property
    def by_employer(self) -> Decimal:
        """Give what the employer paid, or is to pay at once."""
        return total(self.expenses) - self.by_self

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Give the claims that decide on these expenses."""
        found = {claim.id: claim for e in self.expenses if (claim := self.item.claim_of.get(e.id))}
        return tuple(found.values())

    @property
    def repaid(self) -> Decimal:
        """Give what has come back for them."""
        return sum((self.item.share_of[claim.id].reimbursed for claim in self.claims), NOTHING)

    @property
    def owed(self) -> Decimal:
        """Give what is still to come: of a claim what it can expect, else what is asked now and has not come back."""
        if self.claims and not any(claim.denied for claim in self.claims):
            return sum((self.item.share_of[claim.id].outstanding for claim in self.claims), NOTHING)
        return max(self.asked - self.repaid, NOTHING)

    @property
    def asked_of(self) -> Mapping[str, Decimal]:
        """Share what is asked among its expenses, by id."""
        return allotted(self.asked, {e.id: e.amount for e in self.expenses if e.paid_by == SELF})


@dataclass(frozen=True, kw_only=True)
class Selection:
    """Everything one document asks for."""

    chosen: tuple[Chosen, ...]
    claims: tuple[Claim, ...]
    request: bool

    @property
    def asked(self) -> Decimal:
        """Give the amount that is asked for."""
        return sum((one.asked for one in self.chosen), NOTHING)

    @property
    def repaid(self) -> Decimal:
        """Give what has come back of that."""
        return sum((one.repaid for one in self.chosen), NOTHING)

    @property
    def owed(self) -> Decimal:
        """Give what is still to come."""
        return sum((one.owed for one in self.chosen), NOTHING)


def selection(portfolio: Portfolio, names: Collection[str], on: dt.date, *, request: bool) -> Selection:
    """Choose what is asked for: what is named, else all that was not handed in yet. Raises what cannot be asked."""
    claims = [fact.id for fact in portfolio if fact.id in names and isinstance(fact, Claim)]
    everything = items(portfolio, on)
    picked: list[tuple[Item, list[Expense]]] = []
    problems = [_nothing_for(name) for name in names if not any(_among(item, [name]) for item in everything)]
    for item in everything:
        mine = _among(item, names) if names else _open(item, request=request)
        problems += _refused(item, mine, claims, request=request)
        if expenses := [e for e in mine if request or e not in item.estimates]:
            picked.append((item, expenses))
    if problems:
        raise CmmctlError(*problems)
    chosen = tuple(_chosen(number, item, expenses, claims) for number, (item, expenses) in enumerate(picked, start=1))
    if not sum(one.asked for one in chosen):
        raise _nothing(names, request=request)
    of = {c.id: c for one in chosen for e in one.expenses if (c := one.item.claim_of.get(e.id)) and not c.denied}
    return Selection(chosen=chosen, claims=tuple(of.values()), request=request)


def _among(item: Item, names: Collection[str]) -> list[Expense]:
    """Find the expenses of an item that are meant by names: their own, a record's, or that of their claim."""
    return [
        e
        for e in (*item.expenses, *item.estimates)
        if not {e.id, *e.records, *([item.claim_of[e.id].id] if e.id in item.claim_of else [])}.isdisjoint(names)
    ]


def _open(item: Item, *, request: bool) -> list[Expense]:
    """Find what was not handed in yet, with what the employer paid for the same item."""
    everything = (*item.expenses, *(item.estimates if request else ()))
    if item.planned != request or not any(e.paid_by == SELF and _left(e, item) for e in everything):
        return []
    return [e for e in everything if e.paid_by != SELF or _left(e, item)]


def _left(expense: Expense, item: Item) -> bool:
    """Tell whether an expense can still be asked for unprompted: what was denied is asked for again by name only."""
    claim = item.claim_of.get(expense.id)
    return claim is None or not (claim.filed or claim.approved or claim.denied)


def _chosen(number: int, item: Item, expenses: Sequence[Expense], claims: Collection[str]) -> Chosen:
    """Ask for what its owner paid, or, printing a claim again, for what was asked."""
    asked = total(expenses, SELF)
    if item.asked is not None and item.claims and item.claims[-1].id in claims:
        asked = item.asked
    return Chosen(number=number, item=item, expenses=tuple(expenses), asked=asked)


def _refused(item: Item, mine: Sequence[Expense], claims: Collection[str], *, request: bool) -> Iterator[Problem]:
    """Say why something that was named cannot be asked for."""
    if mine and item.planned != request:
        if item.planned:
            hint = "ask for approval beforehand with `--request`"
            yield Problem(message=f"{item.id} has not taken place yet, so it cannot be claimed", hint=hint)
        else:
            hint = "leave out `--request` to claim what it cost"
            yield Problem(message=f"{item.id} has taken place: approval beforehand comes too late", hint=hint)
    for claim in {c.id: c for e in mine if e.paid_by == SELF and (c := item.claim_of.get(e.id))}.values():
        if (claim.filed or claim.approved) and not claim.denied and claim.id not in claims:
            hint = f"print that claim again: `cmmctl export reimbursement {claim.id}`"
            yield Problem(message=f"{item.id} was already claimed, in {claim.id}", code="exists", hint=hint)


def _nothing_for(name: str) -> Problem:
    hint = f"record it: `cmmctl add-expense {name} --what fee --amount 199.00 --paid today`"
    return Problem(message=f"no cost is on record for {name}", code="not-found", hint=hint)


def _nothing(names: Collection[str], *, request: bool) -> CmmctlError:
    what = f" of {', '.join(names)}" if names else ""
    if request:
        hint = "note what it will cost: `cmmctl add-expense ID --what fee --amount 199.00`"
        return failure(f"nothing{what} is planned with a cost that you would pay", "not-found", hint)
    return failure(f"nothing{what} that you paid is left to claim", "not-found", "`cmmctl costs` shows who paid what")


class Lack(NamedTuple):
    """Something an item needs and that is not on record, with the command that mends it."""

    number: int
    what: str
    command: str

    @property
    def text(self) -> str:
        """Say it of its item."""
        return f"item {self.number} has no {self.what}"


def lacking(chosen: Sequence[Chosen], proofs: Sequence[Proof]) -> list[Lack]:
    """List everything a claim still needs: day paid, receipt, provider, and proof that it was completed."""
    return [lack for one in chosen for lack in _lacking(one, proofs)]


def _lacking(one: Chosen, proofs: Sequence[Proof]) -> Iterator[Lack]:
    item, number = one.item, one.number
    for expense in one.expenses:
        if expense.paid_by != SELF:
            continue
        cost = COSTS[expense.what].lower()
        if expense.paid is None:
            yield Lack(number, f"day paid for {cost}", f"cmmctl edit {expense.id} paid=DATE")
        if not _proven({expense.id, *expense.records}, ("receipt",), proofs):
            yield Lack(number, f"receipt for {cost}", f"cmmctl attach {expense.id} FILE --role receipt")
    if provider_of(one) is None:
        yield Lack(number, "provider", f'cmmctl edit {one.expenses[0].id} vendor="..."')
    roles = _COMPLETION.get(item.record.kind, ()) if item.record else ()
    if roles and not _proven({item.id}, roles, proofs):
        yield Lack(number, roles[0], f"cmmctl attach {item.id} FILE --role {roles[0]}")


def provider_of(one: Chosen) -> str | None:
    """Name who held it; where its record has nobody, to whom it was paid."""
    return provider(one.item.record) or next((e.vendor for e in one.expenses if e.vendor), None)


def _proven(names: Collection[str], roles: Collection[str], proofs: Sequence[Proof]) -> bool:
    return any(proof.role in roles and not set(names).isdisjoint(proof.records) for proof in proofs)


class Exhibit(NamedTuple):
    """One proof of a claim, and the numbers of the items it belongs to."""

    proof: Proof
    numbers: tuple[int, ...]
    text: str


def exhibits(chosen: Sequence[Chosen], proofs: Sequence[Proof]) -> list[Exhibit]:
    """Give the proofs that belong to a claim, in the order of its items; each once, receipts first."""
    found: dict[str, Exhibit] = {}
    for one in chosen:
        names = {one.item.id, *(name for e in one.expenses for name in (e.id, *e.records))}
        for proof in sorted(proofs, key=lambda proof: proof.role != "receipt"):
            if names.isdisjoint(proof.records):
                continue
            before = found.get(proof.id)
            numbers = (*before.numbers, one.number) if before else (one.number,)
            found[proof.id] = Exhibit(proof, numbers, before.text if before else _exhibit_text(one, proof))
    return list(found.values())


def _exhibit_text(one: Chosen, proof: Proof) -> str:
    """Say what a proof is: a receipt with its costs, a certificate with what it certifies."""
    what = proof.role.capitalize() if proof.role != "other" else "Document"
    if proof.role == "receipt":
        named = [e for e in one.expenses if e.id in proof.records]
        named = named or [e for e in one.expenses if e.paid_by == SELF and not set(e.records).isdisjoint(proof.records)]
        listed = ", ".join(dict.fromkeys(COSTS[e.what].lower() for e in named))
        return f"{what}, {listed}, {dollars(total(named))}" if named else what
    proves = proof.role in {"certificate", "transcript"} and one.item.id in proof.records
    said = result(one.item.record) if proves else ""
    return f"{what}, {said}" if said else what
