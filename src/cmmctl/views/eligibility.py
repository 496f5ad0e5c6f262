"""The screen of `eligibility`: each need, what is on record, and how it was counted."""

import datetime as dt
from collections.abc import Iterator, Sequence

from cmmctl.amounts import shown, shown_down
from cmmctl.dates import plain, weekday
from cmmctl.eligibility import Assessment, Finding
from cmmctl.rules import Coursework
from cmmctl.screen import Cell, Fields, Gap, Part, Row, Table, Title, cells
from cmmctl.views.candidate import to_go, usual_subjects, verdict
from cmmctl.views.words import footer, name_of


def eligibility(assessments: Sequence[Assessment], on: dt.date) -> list[Part]:
    """May I sit the exam?"""
    parts: list[Part] = []
    for a in assessments:
        parts += [Title(name_of(a.rules), weekday(on)), Fields(list(_answer(a, on))), Gap()]
        if a.findings:
            rows = [_need(finding) for finding in a.findings]
            parts += [Table("", ("Needed", "On record", "To go", "Known from"), rows), Gap()]
        parts += [Fields(list(_evidence(a))), footer([a.rules], a.rules.needs), Gap()]
    return parts[:-1]


def _answer(a: Assessment, on: dt.date) -> Iterator[Row]:
    if a.certified and a.credential and a.credential.earned:
        yield cells("Certified", f"since {plain(a.credential.earned)}; for a first exam the answer would be:")
    yield cells("May I sit the exam?", verdict(a, on))


def _need(finding: Finding) -> Row:
    need = finding.need
    return (
        Cell(f"{shown(finding.want)} {need.label}"),
        Cell(shown_down(finding.have), bar=(finding.have, finding.want)),
        to_go(finding),
        Cell(need.grade),
    )


def _evidence(a: Assessment) -> Iterator[Row]:
    for finding in a.findings:
        advice = [Cell(f"advice: {usual_subjects(a)}", "dim")] if isinstance(finding.need, Coursework) else []
        said = [*_counting(finding), *advice]
        labels = [finding.need.label.capitalize(), *("" for _ in said)]
        yield from (cells(label, one) for label, one in zip(labels, said, strict=False))
    for c in a.conditions:
        why = f"{c.why} ({c.condition.note or 'shown, not in the verdict'})"
        yield cells(c.condition.name.capitalize(), Cell(why, "" if c.verdict == "met" else "warn"))


def _counting(finding: Finding) -> Iterator[Cell]:
    if finding.counted:
        yield Cell("counted: " + ", ".join(f"{given.id} {shown(given.amount)}" for given in finding.counted))
    for no in finding.refused:
        yield Cell(f"not counted: {no.id}: {no.why}")
    for note in filter(None, (*finding.notes, finding.need.note)):
        yield Cell(f"note: {note}", "dim")
