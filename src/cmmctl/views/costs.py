"""The screen of `costs`: each item, what it cost and who paid, what is claimed, what is to come; then the totals."""

import datetime as dt
from collections.abc import Iterable, Sequence

from cmmctl.amounts import dollars
from cmmctl.costs import STATES, Item, Year, total_of
from cmmctl.dates import plain, weekday
from cmmctl.screen import Cell, Gap, Grid, Part, Row, Table, Text, Title, cells
from cmmctl.views.words import days

STATE_WORDS = {
    "unclaimed": "not claimed", "denied": "denied", "requested": "approval asked for",
    "approved-in-advance": "approved in advance", "filed": "claim handed in", "approved": "claim approved",
    "part-reimbursed": "repaid in part", "reimbursed": "repaid", "employer-paid": "paid by employer",
}  # fmt: skip
STATE_TONES = {"unclaimed": "warn", "denied": "bad", "part-reimbursed": "warn", "reimbursed": "ok"}


def costs(items: Sequence[Item], shown_years: Sequence[Year], on: dt.date) -> list[Part]:
    """Show what education cost and how far it has come back."""
    title = Title("What education and credentials cost", weekday(on))
    if not items:
        return [title, Text(Cell("No costs are recorded here yet: cmmctl add-expense ID --what fee --amount 199.00"))]
    parts: list[Part] = [
        title,
        Table("", ("Item", "For", "Paid", "Total", "By me", "Employer", "State"), [_row(item, on) for item in items],
              frozenset({3, 4, 5})),
        Gap(spare=True),
        Table("By year paid", ("Year", "Total", "By me", "Employer", "of it travel, lodging, meals"),
              [_year(year) for year in shown_years], frozenset({1, 2, 3, 4})),
    ]  # fmt: skip
    if len({item.state for item in items}) > 1:
        header = ("State", "Items", "Total", "To come")
        parts += [Gap(spare=True), Table("By state", header, list(_states(items)), frozenset({1, 2, 3}))]
    return [*parts, Grid(list(_next(items)))]


def _row(item: Item, on: dt.date) -> Row:
    return (
        Cell(item.id),
        Cell(item.title + (" (planned)" if item.planned else "")),
        Cell(_paid(item, on)),
        Cell(dollars(item.total) + (f", {dollars(item.estimated)} estimated" if item.estimates else "")),
        Cell(dollars(item.by_self)),
        Cell(dollars(item.by_employer)),
        Cell(_state(item), STATE_TONES.get(item.state, "")),
    )


def _paid(item: Item, on: dt.date) -> str:
    if item.paid is None:
        return "not yet" if item.planned else "no day"
    age = (on - item.paid).days
    return f"{plain(item.paid)}, {f'{days(age)} ago' if age else 'today'}"


def _state(item: Item) -> str:
    claim = f", {item.claims[-1].id}" if item.claims else ""
    to_come = f": {dollars(item.outstanding)} to come" if item.outstanding else ""
    return STATE_WORDS[item.state] + claim + to_come


def _year(year: Year) -> Row:
    figures = (year.total, year.by_self, year.by_employer, year.travel)
    return cells("no day" if year.year is None else str(year.year), *map(dollars, figures))


def _states(items: Sequence[Item]) -> Iterable[Row]:
    for state in STATES:
        if alike := [item for item in items if item.state == state]:
            figures = (total_of({i.id: i.total for i in alike}), total_of({i.id: i.outstanding for i in alike}))
            yield cells(Cell(STATE_WORDS[state], STATE_TONES.get(state, "")), str(len(alike)), *map(dollars, figures))
    figures = (total_of({i.id: i.total for i in items}), total_of({i.id: i.outstanding for i in items}))
    yield cells(Cell("all", "strong"), str(len(items)), *map(dollars, figures))


def _next(items: Sequence[Item]) -> Iterable[Row]:
    if any(item.state == "unclaimed" and item.by_self for item in items):
        yield cells("Claim what is not claimed", Cell("cmmctl export reimbursement -o claim.pdf", "command"))
