"""What education cost, what the employer was asked to pay back, and what is still outstanding.

Pure: facts and a day in, evidence out, every figure exact to the cent and none of it stored. Conventions:

- An *item* is the group of expenses whose first record is the same; its id is that record's.
- An expense of a planned record that has no day paid is an estimate: shown, never in a total.
- A claim covers an expense if it names the expense, or any of its records and was not filed before the expense
  was paid. Where two claims do, the first that was not denied decides.
- What was asked, approved and paid back belongs to a claim; it is allotted to its items in the order of the
  claim's entries, each filled before the next, the last one taking what is over.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from cmmctl.amounts import dollars
from cmmctl.dates import Stated, last_day, plain
from cmmctl.model import (
    Claim,
    Course,
    Credential,
    Degree,
    Expense,
    Fact,
    Job,
    Membership,
    Payment,
    Portfolio,
    Profile,
    Renewal,
)

NOTHING = Decimal("0.00")
SELF, EMPLOYER = "self", "employer"
TRAVEL = frozenset({"travel", "lodging", "meals"})  # never part of educational assistance under section 127
# From the first to the last: what holds over several parts of an item is the first of them.
STATES = (
    "unclaimed", "denied", "requested", "approved-in-advance", "filed", "approved", "part-reimbursed", "reimbursed",
    "employer-paid",
)  # fmt: skip
NOT_FILED = frozenset({"unclaimed", "requested", "approved-in-advance"})
ACCOUNTING_DAYS = 60  # safe harbour of an accountable plan, IRS Publication 463, read 2026-11-23


class TaxFigure(NamedTuple):
    """The most that section 127 excludes in one calendar year, and where that was read."""

    amount: Decimal
    source: str
    checked: dt.date


SECTION_127: Mapping[int, TaxFigure] = MappingProxyType(
    {
        2026: TaxFigure(
            Decimal(5250),
            "https://irs.gov/newsroom/treasury-irs-issue-frequently-asked-questions-regarding-educational-assistance-programs",
            dt.date(2026, 11, 23),
        )
    }
)


class Share(NamedTuple):
    """What came back of one claim for one item, and what can still be expected of it."""

    reimbursed: Decimal
    outstanding: Decimal


@dataclass(frozen=True, kw_only=True)
class Item:
    """What one record cost, who paid, and how far the money has come back.

    `claim_of` are the claims that decide on its expenses, `share_of` its share of each; `outstanding` is what its
    owner paid and can still expect, `unclaimed` the part of it that no claim asks for.
    """

    id: str
    record: Fact | None
    expenses: tuple[Expense, ...]
    estimates: tuple[Expense, ...]
    claim_of: Mapping[str, Claim]
    share_of: Mapping[str, Share]
    state: str
    asked: Decimal | None
    reimbursed: Decimal
    outstanding: Decimal
    unclaimed: Decimal

    @property
    def title(self) -> str:
        """Name it in a few words."""
        return title_of(self.record) if self.record else self.id

    @property
    def date(self) -> Stated | None:
        """Give the day, month or year of its record."""
        return date_of(self.record) if self.record else None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Give the claims it is in, in the order of its expenses."""
        return tuple({claim.id: claim for claim in self.claim_of.values()}.values())

    @property
    def planned(self) -> bool:
        """Tell whether it has yet to take place."""
        return planned(self.record)

    @property
    def total(self) -> Decimal:
        """Give what was spent, by whomever."""
        return total(self.expenses)

    @property
    def by_self(self) -> Decimal:
        """Give what its owner paid."""
        return total(self.expenses, SELF)

    @property
    def by_employer(self) -> Decimal:
        """Give what the employer paid at once."""
        return total(self.expenses, EMPLOYER)

    @property
    def estimated(self) -> Decimal:
        """Give what it is expected to cost beside that."""
        return total(self.estimates)

    @property
    def paid(self) -> dt.date | None:
        """Give the day its owner first paid for it; the employer's where the owner paid nothing."""
        days = {who: [e.paid for e in self.expenses if e.paid_by == who and e.paid] for who in (SELF, EMPLOYER)}
        return min(days[SELF] or days[EMPLOYER], default=None)


def total(expenses: Iterable[Expense], paid_by: str | None = None) -> Decimal:
    """Add up expenses, all or those one side paid."""
    return sum((e.amount for e in expenses if paid_by in (None, e.paid_by)), NOTHING)


def planned(record: Fact | None) -> bool:
    """Tell whether a record has yet to take place."""
    return getattr(record, "status", "completed") != "completed"


def title_of(fact: Fact) -> str:
    """Name what money was spent on."""
    match fact:
        case Credential():
            return f"{_letters(fact.id)} certification"
        case Renewal():
            return f"{_letters(fact.credential)} recertification"
        case Membership():
            return f"{fact.body} membership"
        case Degree():
            return fact.degree
        case Job():
            return f"{fact.title}, {fact.employer}"
        case _:
            return str(getattr(fact, "title", fact.id))


def _letters(credential: str) -> str:
    return credential.rpartition(".")[2].upper()


def date_of(fact: Fact) -> Stated | None:
    """Give the day something took place, or is to."""
    match fact:
        case Credential():
            return fact.earned or fact.exam
        case Renewal():
            return fact.filed
        case Course() | Degree():
            return fact.completed
        case Membership() | Job():
            return fact.start
        case _:
            day: Stated | None = getattr(fact, "date", None)
            return day


def items(portfolio: Portfolio, on: dt.date) -> tuple[Item, ...]:
    """Give every item as it stands on a day, in order of date; facts of a later day are not there yet."""
    records = {fact.id: fact for fact in portfolio}
    groups: dict[str, list[Expense]] = {}
    for expense in portfolio.all(Expense):
        if _there(expense, records, on):
            groups.setdefault(expense.records[0], []).append(expense)
    spent = {name: [e for e in group if not _estimate(e, records)] for name, group in groups.items()}
    claims = [known for claim in portfolio.all(Claim) if (known := as_of(claim, on))]
    money = [_Money(claim, groups, spent, portfolio, on) for claim in claims]
    decided = {e.id: _decisive(e, money) for group in groups.values() for e in group}
    for each in money:
        each.allot(decided)
    made = [_item(name, records.get(name), group, spent[name], decided) for name, group in groups.items()]
    return tuple(sorted(made, key=_by_date))


def _by_date(item: Item) -> dt.date:
    return last_day(item.date) if item.date else item.paid or dt.date.max


def _there(expense: Expense, records: Mapping[str, Fact], on: dt.date) -> bool:
    """Tell whether an expense is known on a day: paid by then, or without a day and of a record that is there."""
    if expense.paid:
        return expense.paid <= on
    record = records.get(expense.records[0])
    if record is None or planned(record):
        return True
    day = date_of(record)
    return day is None or last_day(day) <= on or isinstance(record, Membership | Job)


def _estimate(expense: Expense, records: Mapping[str, Fact]) -> bool:
    return expense.paid is None and planned(records.get(expense.records[0]))


def as_of(claim: Claim, on: dt.date) -> Claim | None:
    """Give a claim as it was known on a day; None where nothing had been asked yet."""
    steps = {
        "requested": None, "request_approved": "request_amount", "filed": "asked", "approved": "approved_amount",
        "denied": None,
    }  # fmt: skip
    later = [name for name in steps if (day := getattr(claim, name)) and day > on]
    unknown = [*later, *(amount for name in later if (amount := steps[name]))]
    known = claim.but(**dict.fromkeys(unknown))
    return known if any(getattr(known, name) for name in steps) else None


def covers(claim: Claim, expense: Expense) -> bool:
    """Tell whether a claim is about an expense."""
    later = claim.filed is not None and expense.paid is not None and expense.paid > claim.filed
    return expense.id in claim.entries or (not later and not set(expense.records).isdisjoint(claim.entries))


class _Money:
    """One claim, and how its amounts are shared among the items it decides on."""

    def __init__(
        self, claim: Claim, groups: Mapping[str, Sequence[Expense]], spent: Mapping[str, Sequence[Expense]],
        portfolio: Portfolio, on: dt.date,
    ) -> None:  # fmt: skip
        self.claim = claim
        self.groups, self.spent = groups, spent
        self.received = sum((p.amount for p in portfolio.all(Payment) if p.claim == claim.id and p.date <= on), NOTHING)
        self.claimed: dict[str, Decimal] = {}
        self.asked: dict[str, Decimal] = {}
        self.expected: dict[str, Decimal] = {}
        self.reimbursed: dict[str, Decimal] = {}

    @property
    def denied(self) -> bool:
        """Tell whether it was turned down and nothing came all the same."""
        return self.claim.denied is not None and not self.received

    def allot(self, decided: Mapping[str, "_Money | None"]) -> None:
        """Share what was asked, what can be expected and what came back among the items this claim decides on."""
        claim = self.claim
        own = {name: [e for e in group if decided[e.id] is self] for name, group in self.groups.items()}
        order = sorted((name for name, group in own.items() if group), key=lambda name: self._place(own[name]))
        spent = {name: {e.id for e in self.spent[name]} for name in order}
        self.claimed = {name: total((e for e in own[name] if e.id in spent[name]), SELF) for name in order}
        asked = total_of(self.claimed) if claim.asked is None else claim.asked
        self.asked = allotted(asked, self.claimed) if claim.filed else {}
        wanted = self.asked or self.claimed
        self.expected = allotted(self._most(total_of(wanted)), wanted)
        self.reimbursed = allotted(self.received, self.expected)

    def _most(self, wanted: Decimal) -> Decimal:
        """Give what can be expected of a claim at most."""
        claim = self.claim
        if claim.denied:
            return NOTHING
        if claim.approved and claim.approved_amount is not None:
            return claim.approved_amount
        if not claim.filed and claim.request_amount is not None:
            return min(claim.request_amount, wanted)
        return wanted

    def _place(self, expenses: Sequence[Expense]) -> int:
        names = {name for e in expenses for name in (e.id, *e.records)}
        return next(place for place, name in enumerate(self.claim.entries) if name in names)

    def state(self, item: str) -> str:
        """Say how far an item has come."""
        claim, back = self.claim, self.reimbursed.get(item, NOTHING)
        if self.received and self.received >= total_of(self.expected):
            return "reimbursed"
        if back:
            return "reimbursed" if back >= self.expected[item] else "part-reimbursed"
        steps = {
            "denied": claim.denied, "approved": claim.approved, "filed": claim.filed,
            "approved-in-advance": claim.request_approved,
        }  # fmt: skip
        return next((state for state, day in steps.items() if day), "requested")

    def outstanding(self, item: str) -> Decimal:
        """Give what can still be expected for an item."""
        if self.state(item) in {"denied", "reimbursed"}:
            return NOTHING
        return max(self.expected.get(item, NOTHING) - self.reimbursed.get(item, NOTHING), NOTHING)


def _decisive(expense: Expense, money: Sequence[_Money]) -> _Money | None:
    covering = [each for each in money if covers(each.claim, expense)]
    return next((each for each in covering if not each.denied), covering[-1] if covering else None)


def total_of(shares: Mapping[str, Decimal]) -> Decimal:
    """Add up shares."""
    return sum(shares.values(), NOTHING)


def allotted(amount: Decimal, wanted: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Share an amount in order: each gets what it wants before the next, the last what is over."""
    shares = {}
    for name, want in wanted.items():
        shares[name] = min(want, amount)
        amount -= shares[name]
    if shares:
        shares[name] += amount
    return shares


def _item(
    name: str, record: Fact | None, group: Sequence[Expense], spent: Sequence[Expense],
    decided: Mapping[str, _Money | None],
) -> Item:  # fmt: skip
    money = list({id(each): each for e in group if (each := decided[e.id])}.values())
    own = [e for e in group if e.paid_by == SELF]
    open_ = total((e for e in spent if decided[e.id] is None), SELF)
    states = [each.state(name) for each in money]
    if not money or any(decided[e.id] is None for e in own):
        states.append("unclaimed")
    asked = [each.asked[name] for each in money if name in each.asked]
    shares = {each.claim.id: Share(each.reimbursed.get(name, NOTHING), each.outstanding(name)) for each in money}
    return Item(
        id=name, record=record, expenses=tuple(spent), estimates=tuple(e for e in group if e not in spent),
        claim_of={e.id: each.claim for e in group if (each := decided[e.id])}, share_of=shares,
        state=min(states, key=STATES.index) if own else "employer-paid",
        asked=sum(asked, NOTHING) if asked else None,
        reimbursed=sum((share.reimbursed for share in shares.values()), NOTHING),
        outstanding=sum((share.outstanding for share in shares.values()), open_),
        unclaimed=open_,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Year:
    """What was paid in one calendar year; travel, lodging and meals also apart. `year` None: no day on record."""

    year: int | None
    total: Decimal
    by_self: Decimal
    by_employer: Decimal
    travel: Decimal

    @property
    def education(self) -> Decimal:
        """Give what is left without travel, lodging and meals."""
        return self.total - self.travel

    @property
    def figure(self) -> TaxFigure | None:
        """Give the section 127 figure of the year, where one is known."""
        return SECTION_127.get(self.year) if self.year else None


def years(items_: Iterable[Item]) -> list[Year]:
    """Add up what was paid by calendar year, the years in order, what has no day last."""
    paid: dict[int | None, list[Expense]] = {}
    for item in items_:
        for expense in item.expenses:
            paid.setdefault(expense.paid.year if expense.paid else None, []).append(expense)
    return [
        Year(
            year=year, total=total(spent), by_self=total(spent, SELF), by_employer=total(spent, EMPLOYER),
            travel=total(e for e in spent if e.what in TRAVEL),
        )
        for year, spent in sorted(paid.items(), key=lambda pair: (pair[0] is None, pair[0] or 0))
    ]  # fmt: skip


class Note(NamedTuple):
    """Something to know about the money; never a verdict."""

    code: str
    text: str


def notes(items_: Iterable[Item], paid: Iterable[Year], profile: Profile | None, on: dt.date) -> list[Note]:
    """Say what a claim may depend on: days since paying, calendar years, the employer's own deadline, tax figures."""
    found = [note for item in items_ for note in _item_notes(item, profile, on)]
    return [*found, *(tax_note(year) for year in paid if year.year is not None and year.total)]


def _item_notes(item: Item, profile: Profile | None, on: dt.date) -> Iterator[Note]:
    if any(e.paid is None for e in item.expenses):
        names = [e.id for e in item.expenses if e.paid is None]
        yield Note("paid-unknown", f"{item.id}: no day paid on record for {', '.join(names)}")
    for claim in item.claims:
        if claim.asked is not None and item.asked is not None and item.asked < item.by_self and item.state != "denied":
            yield Note(
                "asked-less", f"{item.id}: {claim.id} asked for {dollars(item.asked)} of {dollars(item.by_self)} paid"
            )
    if item.state not in NOT_FILED or not item.outstanding or item.paid is None:
        return
    age = (on - item.paid).days
    if age > ACCOUNTING_DAYS:
        yield Note(
            "paid-60-days",
            f"{item.id}: paid {age} days ago; an accountable plan's safe harbour is 60 days (Publication 463)",
        )
    if item.paid.year < on.year:
        yield Note("earlier-year", f"{item.id}: paid in {item.paid.year}, an earlier calendar year")
    if profile and profile.claim_days is not None:
        last = item.paid + dt.timedelta(days=profile.claim_days)
        word = "passed on" if last < on else "by"
        yield Note(
            "employer-deadline",
            f"{item.id}: the employer wants a claim within {profile.claim_days} days, {word} {plain(last)}",
        )


def tax_note(year: Year) -> Note:
    """Set what was paid in a year beside the figure of that year; whether it applies is not said."""
    figure = year.figure
    known = (
        f"section 127 figure {dollars(figure.amount)} ({figure.source}, read {plain(figure.checked)})"
        if figure
        else "section 127 figure: indexed, see IRS"
    )
    apart = f", and {dollars(year.travel)} travel, lodging and meals, which it leaves out" if year.travel else ""
    return Note("section-127", f"paid in {year.year}: {dollars(year.education)}{apart}; {known}")


def unclaimed(items_: Iterable[Item]) -> list[Item]:
    """Give what took place, was paid for by its owner, and is in no claim."""
    return [item for item in items_ if item.unclaimed and not item.planned]


def to_request(items_: Iterable[Item]) -> list[Item]:
    """Give what is planned, will cost its owner something, and nobody was asked to approve."""
    return [item for item in items_ if item.state == "unclaimed" and total(item.estimates, SELF)]
