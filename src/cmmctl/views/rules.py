"""The screens of `rules`: what is known of what issuers ask, and where each rule stands."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from cmmctl.amounts import shown
from cmmctl.dates import plain
from cmmctl.rules import Condition, Experience, Need, Requirement, Rule, RuleSet, Statement
from cmmctl.screen import Cell, Fields, Gap, Part, Row, Table, Text, Title, cells
from cmmctl.views.hours import required
from cmmctl.views.words import name_of

HEADER = ("Rule", "What is asked", "Known from", "Source")


def rule_sets(known: Iterable[RuleSet]) -> list[Part]:
    """List rule sets, and the readings of each."""
    rows = [
        cells(r.id, edition.label, str(edition.cycle_months), edition.grade, plain(edition.checked))
        for r in known
        for edition in r.editions
    ]
    return [
        Table("", ("Rule set", "Reading", "Months", "Known from", "Checked"), rows, frozenset({2})),
        Fields([cells(r.short, f"{r.name}, {r.issuer}") for r in known]),
        Text(Cell("All about one: cmmctl rules cmm - to write your own: cmmctl rules --template", "dim")),
    ]


class Sources:
    """The sources of a screen's rules, numbered as they come, each with the day it was read."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, rule: Rule) -> str:
        """Give a source its number, the same every time."""
        read = "" if rule.checked == dt.date.min else f" (read {plain(rule.checked)})"
        return str(self.numbers.setdefault(rule.source + read, len(self.numbers) + 1))

    def listed(self) -> Iterator[Part]:
        """List the sources by their numbers."""
        for source, number in self.numbers.items():
            yield Text(Cell(f"{number}  {source}"))


def rule_set(r: RuleSet) -> list[Part]:
    """Show everything known of what an issuer asks, each rule with its source."""
    sources = Sources()
    parts: list[Part] = [Title(name_of(r), r.id)]
    if r.contact:
        parts.append(Fields([cells("Ask", r.contact)]))
    if rows := _rows((*r.needs, *r.conditions, *r.statements), sources):
        parts += [Gap(), Table("May I sit the exam?", HEADER, rows)]
    for edition in r.editions:
        used = ", used unless another is pinned" if edition.name == r.default and len(r.editions) > 1 else ""
        rows = _rows((*edition.requirements, *edition.conditions, *edition.statements), sources)
        parts += [Gap(), Table(f"Recertification, {edition.name}: {edition.label}{used}", HEADER, rows)]
        if edition.note:
            parts.append(Text(Cell(edition.note, "dim")))
    return [*parts, Gap(), Text(Cell("Sources", "strong")), *sources.listed()]


def _rows(rules: Sequence[Need | Condition | Requirement | Statement], sources: Sources) -> list[Row]:
    return [cells(*_said(rule), rule.grade, sources.number(rule)) for rule in rules]


def _said(rule: Need | Condition | Requirement | Statement) -> tuple[str, str]:
    """Say what a rule is about, and what it asks."""
    note = f"; {rule.note}" if rule.note else ""
    match rule:
        case Statement():
            return rule.about, rule.text + note
        case Condition():
            return rule.name, f"of {rule.body}{note}"
        case Requirement():
            return rule.label, f"{required(rule)} h{f' within {rule.within}' if rule.within else ''}{note}"
        case Experience():
            return rule.label, f"{rule.months} months{note}"
        case _:
            return rule.label, f"{shown(rule.credits)} semester credits, {' and '.join(rule.subjects)}{note}"
