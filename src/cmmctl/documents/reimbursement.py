"""The one page an employer pays by: what is asked, what for, what it cost and who paid, and why it serves them.

`paper` makes the claim for what took place, or, as a request, the same page before the event. It is complete only
where nothing is lacking; else it says so at the top and carries neither statement nor signatures.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from cmmctl.amounts import dollars
from cmmctl.costs import NOTHING, notes, tax_note, total, years
from cmmctl.documents.paper import (
    Attachment,
    Decision,
    Facts,
    Heading,
    Ledger,
    Paper,
    Paragraph,
    Part,
    Points,
    Signatures,
)
from cmmctl.documents.selection import Chosen, Exhibit, Lack, Selection, provider_of
from cmmctl.documents.words import COSTS, dates, day, numbered, result, workplace
from cmmctl.model import CE, Course, Job, Payment, Portfolio

NOT_SHOWN = "not shown"
LISTED = 8  # items whose amounts stand beside the sum; the table has them all
_CLAIM = ("id", "requested", "request_approved", "request_amount", "filed", "asked")
STATEMENT = "The amounts in the last column were paid by me and have not been repaid or claimed elsewhere."
REPAID = "The amounts in the last column were paid by me and have not been claimed elsewhere; {} has been repaid."
ALL_REPAID = "The amounts in the last column were paid by me, have been repaid, and have not been claimed elsewhere."


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A proof as it is attached: its pages, 0 where it cannot be shown, None where nothing is attached."""

    exhibit: Exhibit
    path: Path
    pages: int | None


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything the page is made from. `reasons` say why it serves the employer, `why` is added to them."""

    asked: Selection
    portfolio: Portfolio
    on: dt.date
    lacks: Sequence[Lack] = ()
    reasons: Sequence[str] = ()
    why: str | None = None
    coverage: str | None = None
    tax_notes: bool = False
    shown: Sequence[Shown] = ()

    @property
    def request(self) -> bool:
        """Tell whether approval is asked for beforehand."""
        return self.asked.request

    @property
    def place(self) -> str:
        """Name the kind of place that is asked."""
        return workplace(self.portfolio.profile, self.portfolio.all(Job), self.on)[0]


def paper(case: Case, first_page: int) -> Paper:
    """Make the page. `first_page` is the number of the first attached page."""
    title = f"Request for {'approval' if case.request else 'reimbursement'}: {dollars(case.asked.asked)}{_of_it(case)}"
    pages = _pages(case.shown, first_page)
    return Paper(
        title=title,
        stamp=f"INCOMPLETE: {'; '.join(_lacking(case.lacks))}" if case.lacks else None,
        parts=tuple(_parts(case, pages)),
        footer=f"Prepared {day(case.on)} from the employee's own records{_claims(case)}.",
        attachments=[
            Attachment(f"{numbered(one.exhibit.numbers)}: {one.exhibit.text}", one.path, one.pages)
            for one in case.shown
            if one.pages
        ],
        figures=_figures(case, pages),
        sheet=_sheet(case),
    )


def _of_it(case: Case) -> str:
    """Say beside the amount what became of it, once something came back."""
    asked = case.asked
    if not asked.repaid:
        return ""
    if asked.owed:
        return f", of which {dollars(asked.owed)} is still owed"
    return ", repaid" if asked.repaid >= asked.asked else f", of which {dollars(asked.repaid)} was repaid"


def _lacking(lacks: Sequence[Lack]) -> Iterator[str]:
    """Say what is lacking in few words: items that lack the same together."""
    items: dict[str, list[Lack]] = {}
    for lack in lacks:
        items.setdefault(lack.what, []).append(lack)
    for what, alike in items.items():
        numbers = list(dict.fromkeys(lack.number for lack in alike))
        said = alike[0].text if len(numbers) == 1 else f"{numbered(numbers)} have no {what}"
        yield said[:1].lower() + said[1:]


def _pages(shown: Sequence[Shown], first: int) -> list[int | str | None]:
    """Number the first page of every proof."""
    numbers: list[int | str | None] = []
    for one in shown:
        numbers.append(first if one.pages else NOT_SHOWN if one.pages == 0 else None)
        first += one.pages or 0
    return numbers


def _claims(case: Case) -> str:
    names = ", ".join(claim.id for claim in case.asked.claims)
    return f" ({names})" if names else ""


def _parts(case: Case, pages: Sequence[int | str | None]) -> Iterator[Part]:
    yield Facts(list(_who(case)))
    yield Heading(f"What the {case.place} gets" if case.request else "What was completed")
    yield _completed(case)
    if case.request:
        yield from _why(case)
    yield Heading("What it will cost" if case.request else "What it cost")
    yield _cost(case)
    yield _amount(case)
    if not case.request:
        yield from _serves(case)
    if case.coverage:
        yield Heading("While I am away")
        yield Paragraph(case.coverage)
    if case.tax_notes:
        yield Heading("Notes on tax")
        yield Points(list(_tax(case)))
    if case.shown:
        yield Heading("Attached" if any(one.pages is not None for one in case.shown) else "Receipts and certificates")
        yield _attached(case, pages)
    if case.request:
        yield Decision(("Approved", "Approved in part", "Not approved"), ("Amount", "Date", "Signature"))
    elif not case.lacks:
        yield Paragraph(_statement(case))
        signed = "signature, date"
        yield Signatures((("Employee", signed), ("Manager", f"{signed}, amount approved"), ("Human Resources", signed)))


def _statement(case: Case) -> str:
    """Say who paid, and what of it has come back."""
    repaid, by_self = case.asked.repaid, _sums(case)[2]
    if not repaid:
        return STATEMENT
    return ALL_REPAID if repaid >= by_self else REPAID.format(dollars(repaid))


def _who(case: Case) -> Iterator[tuple[str, str]]:
    profile = case.portfolio.profile
    assert profile  # noqa: S101 - the schema refuses a portfolio without one
    number = profile.employee_id and f"employee no. {profile.employee_id}"
    who = (profile.name, profile.title, profile.employer, profile.department, number)
    yield "From", ", ".join(dict.fromkeys(filter(None, who)))
    if contact := ", ".join(filter(None, (profile.phone, profile.email))):
        yield "Contact", contact
    yield "To", f"{profile.manager or 'Manager'}; copy Human Resources"
    yield "Date", day(case.on)
    for claim in case.asked.claims:
        asked = f"asked {day(claim.requested)}" if claim.requested else ""
        if claim.request_approved:
            amount = f", for {dollars(claim.request_amount)}" if claim.request_amount is not None else ""
            yield "Approved in advance", f"{day(claim.request_approved)}{amount}" + (f" ({asked})" if asked else "")
        elif asked and not case.request:
            yield "Approval in advance", f"{asked}; no answer on record"
        if claim.filed:
            yield "Claim handed in", day(claim.filed)
        if claim.approved:
            amount = f", for {dollars(claim.approved_amount)}" if claim.approved_amount is not None else ""
            yield "Claim approved", f"{day(claim.approved)}{amount}"
    if case.asked.repaid:
        yield "Repaid", _repaid(case)


def _repaid(case: Case) -> str:
    """Say what came back and when, and what is still owed."""
    asked = case.asked
    claims = {claim.id for one in asked.chosen for claim in one.claims}
    paid = [p for p in case.portfolio.all(Payment) if p.claim in claims and p.date <= case.on]
    said = f"{dollars(asked.repaid)} ({', '.join(day(p.date) for p in sorted(paid, key=lambda p: p.date))})"
    if asked.owed:
        return f"{said}; still owed: {dollars(asked.owed)}"
    if asked.repaid > asked.asked:
        return f"{said}; {dollars(asked.repaid - asked.asked)} more than was requested"
    return f"{said}; nothing is still owed"


def _completed(case: Case) -> Ledger:
    header = ("#", "Activity", "Provider", "Dates", "Expected" if case.request else "Result")
    rows = [
        (str(one.number), _activity(one), provider_of(one) or "", dates(one.item.record), _result(case, one))
        for one in case.asked.chosen
    ]
    return Ledger(header, rows, frozenset({0}))


def _activity(one: Chosen) -> str:
    """Name what it was, with the kind and place of an activity."""
    title, record = one.item.title, one.item.record
    beside: list[str | None] = []
    if isinstance(record, CE):
        beside = [record.activity if record.activity not in {"other", None} else None, record.place]
    elif isinstance(record, Course):
        beside = ["college course"]
    said = ", ".join(word for word in beside if word and word.lower() not in title.lower())
    return f"{title} ({said})" if said else title


def _result(case: Case, one: Chosen) -> str:
    proven = [
        shown.exhibit.proof.role
        for shown in case.shown
        if one.item.id in shown.exhibit.proof.records and shown.exhibit.proof.role == "certificate"
    ]
    return ", ".join(filter(None, [result(one.item.record), *proven[:1]]))


def _cost(case: Case) -> Ledger:
    """Show every expense once: what it was, when it was paid, and who paid."""
    paid_on = () if case.request else ("Paid on",)
    header = ("#", "Item", *paid_on, "Estimated" if case.request else "Total", f"Paid by {case.place}", "Paid by me")
    rows = []
    for one in case.asked.chosen:
        for e in one.expenses:
            own = e.paid_by == "self"
            when = () if case.request else (day(e.paid) if e.paid else "",)
            what = COSTS[e.what] + (f", {e.vendor}" if e.vendor and e.vendor != provider_of(one) else "")
            figures = (e.amount, NOTHING if own else e.amount, e.amount if own else NOTHING)
            rows.append((str(one.number), what, *when, *map(dollars, figures)))
    every = _sums(case)
    width = len(header)
    return Ledger(
        header,
        rows,
        frozenset({0, width - 3, width - 2, width - 1}),
        ("", "Total", *("" for _ in paid_on), *map(dollars, every)),
    )


def _sums(case: Case) -> tuple[Decimal, Decimal, Decimal]:
    """Add up what it cost, what the employer paid and what its owner paid."""
    chosen = case.asked.chosen
    by_self = sum((one.by_self for one in chosen), NOTHING)
    by_employer = sum((one.by_employer for one in chosen), NOTHING)
    return by_self + by_employer, by_employer, by_self


def _amount(case: Case) -> Paragraph:
    asked = [one for one in case.asked.chosen if one.asked]
    listed = "; ".join(f"item {one.number}: {dollars(one.asked)}" for one in asked)
    said = f"({listed})" if len(asked) <= LISTED else f"for {len(asked)} items"
    return Paragraph(said, lead=f"Amount requested: {dollars(case.asked.asked)}")


def _serves(case: Case) -> Iterator[Part]:
    if case.reasons or case.why:
        yield Heading(f"Why it serves the {case.place}")
        yield from _why(case)


def _why(case: Case) -> Iterator[Part]:
    said = [*case.reasons, *([case.why] if case.why else [])]
    if said:
        yield Points(said)


def _tax(case: Case) -> Iterator[str]:
    items = [one.item for one in case.asked.chosen]
    told = notes(items, (), None, case.on)
    yield from (note.text for note in told if note.code in {"paid-60-days", "earlier-year"})
    for year in years(items):
        if year.year is not None:
            yield tax_note(year).text
    yield "These are notes, not tax advice."


def _attached(case: Case, pages: Sequence[int | str | None]) -> Ledger:
    numbered = any(page is not None for page in pages)
    header = ("Page", "Item", "Document") if numbered else ("Item", "Document")
    rows = []
    for one, page in zip(case.shown, pages, strict=True):
        cells = (", ".join(map(str, one.exhibit.numbers)), one.exhibit.text)
        rows.append((str(page), *cells) if numbered else cells)
    return Ledger(header, rows, frozenset({0, 1} if numbered else {0}))


def _figures(case: Case, pages: Sequence[int | str | None]) -> dict[str, Any]:
    every, by_employer, by_self = _sums(case)
    profile = case.portfolio.profile
    return {
        "kind": "request" if case.request else "claim",
        "date": case.on,
        "employee": {
            name: getattr(profile, name)
            for name in ("name", "title", "employer", "department", "employee_id", "phone", "email", "manager")
        },
        "complete": not case.lacks,
        "missing": [{"text": lack.text, "command": lack.command} for lack in case.lacks],
        "claims": [
            {name: getattr(claim, name) for name in _CLAIM}
            for claim in case.asked.claims
        ],
        "items": [_item_figures(one) for one in case.asked.chosen],
        "total": every, "by_employer": by_employer, "by_self": by_self, "requested": case.asked.asked,
        "repaid": case.asked.repaid, "owed": case.asked.owed,
        "why": [*case.reasons, *([case.why] if case.why else [])],
        "coverage": case.coverage,
        "attached": [
            {"page": page if isinstance(page, int) else None, "shown": page != NOT_SHOWN,
             "items": list(one.exhibit.numbers), "document": one.exhibit.text, "path": one.exhibit.proof.path}
            for one, page in zip(case.shown, pages, strict=True)
        ],
    }  # fmt: skip


def _item_figures(one: Chosen) -> dict[str, Any]:
    record = one.item.record
    return {
        "number": one.number, "id": one.item.id, "title": one.item.title, "provider": provider_of(one),
        "start": getattr(record, "start", None), "date": one.item.date, "result": result(record) or None,
        "expenses": [
            {"id": e.id, "what": e.what, "paid": e.paid, "paid_by": e.paid_by, "amount": e.amount, "vendor": e.vendor}
            for e in one.expenses
        ],
        "total": total(one.expenses), "by_employer": one.by_employer, "by_self": one.by_self, "requested": one.asked,
    }  # fmt: skip


def _sheet(case: Case) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [
        ("item", "id", "activity", "provider", "start", "date", "result", "cost", "paid_on", "total", "by_employer",
         "by_self", "requested"),
    ]  # fmt: skip
    for one in case.asked.chosen:
        asked = one.asked_of
        about = (
            one.number, one.item.id, one.item.title, provider_of(one), getattr(one.item.record, "start", None),
            one.item.date, result(one.item.record),
        )  # fmt: skip
        for e in one.expenses:
            own = e.paid_by == "self"
            figures = (e.amount, NOTHING if own else e.amount, e.amount if own else NOTHING, asked.get(e.id, NOTHING))
            rows.append((*about, COSTS[e.what], e.paid, *figures))
    rows.append((None,) * 7 + ("Total", None, *_sums(case), case.asked.asked))
    return rows
