"""The sheet to copy from into the issuer's own log: counted entries that are not entered there yet. Pure."""

import datetime as dt
from collections.abc import Sequence

from cmmctl.amounts import shown
from cmmctl.dates import plain
from cmmctl.documents.paper import Ledger, Paper, Paragraph, Part
from cmmctl.model import CE
from cmmctl.rules import RuleSet
from cmmctl.tally import Counted, Reading

HEADER = ("Entry", "Date", "Title", "Provider", "Hours", "Index", "Domain")
SHEET = ("id", "date", "title", "provider", "hours", "index", "domains", "activity", "presenter", "place")


def unlogged(judged: Reading, on: dt.date) -> list[Counted]:
    """Give the counted entries that were not entered in the issuer's log by a day."""
    return [c for c in judged.counted_entries if c.entry.record.logged is None or c.entry.record.logged > on]


def paper(rules: RuleSet, judged: Reading, on: dt.date) -> Paper:
    """Write the sheet, and the command that notes what was copied."""
    left = unlogged(judged, on)
    cycle = f"{plain(judged.cycle.start)} to {plain(judged.cycle.due)}"
    done = f"Every counted entry of this cycle is entered at {rules.issuer}, as far as is on record."
    then = f"Once they are entered: cmmctl logged {' '.join(c.entry.id for c in left)}"
    rows = [
        (c.entry.id, plain(c.entry.day), c.entry.title, c.entry.provider, shown(c.hours), _index(c, rules), _domains(c))
        for c in left
    ]
    total = ("", "", "Total", "", shown(sum(c.hours for c in left)), "", "")
    table: list[Part] = [Ledger(HEADER, rows, frozenset({4}), total)] if left else []
    return Paper(
        title=f"{rules.short}: to enter at {rules.issuer}, {cycle}", parts=[*table, Paragraph(then if left else done)],
        footer=f"From your own records of {plain(on)}. Nothing was sent.", sheet=_sheet(left, rules),
    )  # fmt: skip


def _index(counted: Counted, rules: RuleSet) -> str:
    found = (approval.partition(":") for approval in counted.entry.record.approvals)
    return ", ".join(index for issuer, _, index in found if issuer == rules.slug)


def _domains(counted: Counted) -> str:
    return ", ".join(getattr(counted.entry.record, "domains", ()))


def _sheet(left: Sequence[Counted], rules: RuleSet) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [SHEET]
    for c in left:
        record = c.entry.record
        more = (record.activity, record.presenter, record.place) if isinstance(record, CE) else (None, None, None)
        rows.append(
            (c.entry.id, c.entry.day, c.entry.title, c.entry.provider, c.hours, _index(c, rules), _domains(c), *more)
        )
    return rows
