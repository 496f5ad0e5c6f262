"""What education cost: looking at it. It is written by `add-expense`, `add-claim` and `add-payment`."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from cmmctl.commands.options import command
from cmmctl.commands.session import Answer, Session
from cmmctl.costs import STATES, Item, Year, items, notes, total_of, years
from cmmctl.dates import FIRST_YEAR, LAST_YEAR
from cmmctl.errors import misuse

COLUMNS = (
    "id", "date", "title", "total", "by_self", "by_employer", "claim", "state", "asked", "reimbursed", "outstanding",
    "paid",
)  # fmt: skip


@command("report")
def costs(
    session: Session,
    year: Annotated[
        str | None, typer.Option("--year", metavar="YEAR", help="Only what was paid for in that year.")
    ] = None,
    only_unclaimed: Annotated[bool, typer.Option("--unclaimed", help="Only what was not claimed yet.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """See what education cost, who paid, what is claimed and what is still to come.

    Example: cmmctl costs --year 2026
    """
    from cmmctl.views.costs import costs as screen  # noqa: PLC0415 - only the screen that is drawn

    wanted = None if year is None else _year(year)
    found = [
        item
        for item in items(session.portfolio, session.on)
        if (wanted is None or any(e.paid and e.paid.year == wanted for e in item.expenses))
        and (not only_unclaimed or item.state == "unclaimed")
    ]
    paid = [one for one in years(found) if wanted is None or one.year == wanted]
    rows = [_data(item) for item in found]
    session.give(
        Answer(
            data={"items": rows, "totals": _totals(found, paid)},
            columns=[(name, name) for name in COLUMNS],
            rows=rows,
            screen=lambda: screen(found, paid, session.on),
            notes=notes(found, paid, session.portfolio.profile, session.on),
        )
    )


def _year(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise misuse(f"--year: `{text}` is not a year", "write it as `--year 2026`", code="bad-value")
    return int(text)


def _data(item: Item) -> dict[str, Any]:
    return {
        "id": item.id, "date": item.date, "title": item.title, "planned": item.planned,
        "total": item.total, "estimated": item.estimated if item.estimates else None,
        "by_self": item.by_self, "by_employer": item.by_employer,
        "claim": item.claims[-1].id if item.claims else None, "state": item.state, "asked": item.asked,
        "reimbursed": item.reimbursed, "outstanding": item.outstanding, "paid": item.paid,
        "expenses": [expense.id for expense in (*item.expenses, *item.estimates)],
    }  # fmt: skip


def _totals(found: Sequence[Item], paid: Sequence[Year]) -> dict[str, Any]:
    def added(name: str, some: Sequence[Item]) -> Any:  # noqa: ANN401 - an amount
        return total_of({item.id: getattr(item, name) for item in some})

    amounts = ("total", "by_self", "by_employer", "reimbursed", "outstanding")
    states = {state: [item for item in found if item.state == state] for state in STATES}
    return {
        **{name: added(name, found) for name in amounts},
        "estimated": added("estimated", found),
        "by_state": {
            state: {"items": len(alike), **{name: added(name, alike) for name in amounts}}
            for state, alike in states.items()
            if alike
        },
        "by_year": {"unknown" if one.year is None else str(one.year): _year_data(one) for one in paid},
    }


def _year_data(year: Year) -> dict[str, Any]:
    figure = year.figure
    return {
        "total": year.total, "by_self": year.by_self, "by_employer": year.by_employer,
        "travel_lodging_meals": year.travel, "education": year.education,
        "section_127": figure and figure._asdict(),
    }  # fmt: skip
