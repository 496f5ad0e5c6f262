"""A reason for every hour: rule by rule what counted, what did not and why, and what would change it.

Pure. A *chapter* is one published reading of a credential, or the needs for its exam; a *line* is one record under
one rule. A change is something a person may do where the facts are so, with the command that notes it.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cmmctl.conditions import Fulfilled, fulfilled
from cmmctl.cycles import Cycle, cycles
from cmmctl.dates import plain
from cmmctl.eligibility import Assessment, Finding
from cmmctl.margin import Margins, margins
from cmmctl.model import Course, Credential, Job, Portfolio
from cmmctl.rules import Requirement, Rule, RuleSet
from cmmctl.tally import Counted, Entry, Reading, Refused, entries, reading

OUTSIDE = "outside-cycle"
ELIGIBILITY = "eligibility"


class Change(NamedTuple):
    """What would change a verdict: the fact it takes, and the command that notes it."""

    text: str
    command: str | None = None


class Line(NamedTuple):
    """One record under one rule. `reason` is empty where it counts; `amount` None: not known."""

    id: str
    title: str
    day: dt.date | None
    amount: Fraction | None
    reason: str = ""
    why: str = ""
    change: Change | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Explained:
    """One rule with everything that was held against it. `beside`: counted, but not towards this part."""

    rule: Rule
    name: str
    label: str
    unit: str
    have: Fraction
    want: Fraction | None
    most: Fraction | None = None
    counted: tuple[Line, ...] = ()
    refused: tuple[Line, ...] = ()
    beside: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """Give every record that was held against the rule."""
        return *self.counted, *self.refused, *self.beside


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One published reading in one cycle, or the needs for an exam (`cycle` None)."""

    rules: RuleSet
    name: str
    label: str
    cycle: Cycle | None
    own: bool
    set_aside: bool
    explained: tuple[Explained, ...]
    conditions: tuple[Fulfilled, ...]
    margins: Margins | None = None


def exam(a: Assessment, portfolio: Portfolio) -> Chapter:
    """Explain the needs for an exam."""
    return Chapter(
        rules=a.rules, name=ELIGIBILITY, label="May I sit the exam?", cycle=None, own=True, set_aside=False,
        explained=tuple(_need(finding, portfolio) for finding in a.findings), conditions=a.conditions,
    )  # fmt: skip


def recertification(
    credential: Credential, rules: RuleSet, judged: Reading, portfolio: Portfolio, on: dt.date
) -> Chapter:
    """Explain one reading in one cycle."""
    edition = judged.edition
    outside = tuple(_outside(credential, judged.cycle, portfolio, on))
    served = {counted.entry.id: {r.name for r in counted.serves} for counted in judged.counted_entries}
    total, *parts = judged.tallies
    whole = Explained(
        rule=total.requirement, name=total.requirement.name, label=total.requirement.label, unit="hours",
        have=total.counted, want=_exact(total.requirement.min), most=_exact(total.requirement.max),
        counted=tuple(_counted(c, rules) for c in judged.counted_entries),
        refused=(*(_refused(no, credential, rules) for no in judged.refused_entries), *outside),
        notes=_notes(total.requirement),
    )  # fmt: skip
    return Chapter(
        rules=rules, name=edition.name, label=edition.label, cycle=judged.cycle,
        own=edition.name == (credential.edition or rules.default), set_aside=judged.set_aside,
        explained=(whole, *(_part(t.requirement, t.counted, judged, served, rules) for t in parts)),
        conditions=fulfilled(edition.conditions, portfolio, on, since=judged.cycle.start),
        margins=margins(credential, rules, judged, portfolio, on),
    )  # fmt: skip


def cycle_of(credential: Credential, rules: RuleSet, edition: str, day: dt.date) -> Cycle:
    """Find the cycle a day belongs to under a reading; a day before certification belongs to the first."""
    chosen = rules.edition(edition)
    own = edition == (credential.edition or rules.default)
    return next(cycle for cycle in cycles(credential, chosen, own=own) if day <= cycle.due)


def entry_chapters(
    entry: Entry, credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date
) -> Iterator[Chapter]:
    """Explain one entry under every reading of a credential, each in the cycle its day belongs to."""
    own = credential.edition or rules.default
    for edition in sorted(rules.editions, key=lambda edition: edition.name != own):
        cycle = cycle_of(credential, rules, edition.name, entry.day)
        judged = reading(credential, rules, edition, portfolio, cycle, on if entry.completed else max(on, entry.day))
        yield about(entry.id, recertification(credential, rules, judged, portfolio, on))


def about(name: str, chapter: Chapter) -> Chapter:
    """Keep what a chapter says of one record."""

    def kept(one: Explained) -> Explained:
        counted, refused, beside = (
            tuple(line for line in lines if line.id == name) for lines in (one.counted, one.refused, one.beside)
        )
        return replace(one, counted=counted, refused=refused, beside=beside)

    return replace(chapter, explained=tuple(said for one in chapter.explained if (said := kept(one)).lines))


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _notes(rule: Rule) -> tuple[str, ...]:
    return (rule.note,) if rule.note else ()


def _part(
    requirement: Requirement, have: Fraction, judged: Reading, served: Mapping[str, set[str]], rules: RuleSet
) -> Explained:
    of = [c for c in judged.counted_entries if requirement.name in served[c.entry.id]]
    not_of = [c for c in judged.counted_entries if requirement.name not in served[c.entry.id]]
    return Explained(
        rule=requirement, name=requirement.name, label=requirement.label, unit="hours",
        have=have, want=_exact(requirement.min), most=_exact(requirement.max),
        counted=tuple(_counted(c, rules) for c in of),
        beside=tuple(_beside(c, requirement, rules) for c in not_of),
        notes=_notes(requirement),
    )  # fmt: skip


def _counted(c: Counted, rules: RuleSet) -> Line:
    change = _EVIDENCE[c.missing[0]](c.entry.id, rules) if c.missing else None
    why = f"lacks {' and '.join(c.missing)}" if c.missing else ""
    return Line(c.entry.id, c.entry.title, c.entry.day, c.hours, "", why, change, c.missing)


def _refused(no: Refused, credential: Credential, rules: RuleSet) -> Line:
    change = CHANGES[no.reason](no.entry.id, credential.id, rules)
    return Line(no.entry.id, no.entry.title, no.entry.day, no.hours, no.reason, no.why, change)


def _beside(c: Counted, requirement: Requirement, rules: RuleSet) -> Line:
    why, change = _of_another_part(c.entry.id, requirement, rules)
    return Line(c.entry.id, c.entry.title, c.entry.day, c.hours, "", why, change)


def _of_another_part(name: str, requirement: Requirement, rules: RuleSet) -> tuple[str, Change | None]:
    if requirement.select == "approved":
        return f"no index number of {rules.issuer}", _EVIDENCE["index"](name, rules)
    if requirement.select == "recognized":
        return f"has an index number of {rules.issuer}, so it is approved", None
    tags = " or ".join(requirement.tags)
    return f"is not tagged {tags}", Change(f"if it is {tags}", f"cmmctl edit {name} tags+={requirement.tags[0]}")


def _outside(credential: Credential, cycle: Cycle, portfolio: Portfolio, on: dt.date) -> Iterator[Line]:
    """List the entries of this credential that another cycle holds."""
    for entry in entries(portfolio):
        named = entry.record.credentials
        if (
            entry.record.status == "completed"
            and entry.day <= on
            and not cycle.holds(entry.day)
            and (not named or credential.id in named)
            and credential.earned is not None
            and entry.day >= credential.earned
        ):
            side = "before this cycle begins" if entry.day < cycle.start else "after this cycle ends"
            why = f"dated {plain(entry.day)}, {side}"
            change = CHANGES[OUTSIDE](entry.id, credential.id, None)
            yield Line(entry.id, entry.title, entry.day, entry.hours, OUTSIDE, why, change)


def _need(finding: Finding, portfolio: Portfolio) -> Explained:
    titles: dict[str, tuple[str, object]] = {fact.id: (fact.title, fact.start) for fact in portfolio.all(Job)}
    titles |= {fact.id: (fact.title, fact.completed) for fact in portfolio.all(Course)}

    def line(name: str, amount: Fraction | None, reason: str = "", why: str = "") -> Line:
        title, stated = titles[name]
        day = stated if isinstance(stated, dt.date) else None
        change = CHANGES[reason](name, "", None) if reason else None
        return Line(name, title, day, amount, reason, why, change)

    need = finding.need
    return Explained(
        rule=need, name=need.name, label=need.label, unit=finding.unit, have=finding.have, want=finding.want,
        counted=tuple(line(given.id, given.amount) for given in finding.counted),
        refused=tuple(line(no.id, None, no.reason, no.why) for no in finding.refused),
        notes=(*finding.notes, *_notes(need)),
    )  # fmt: skip


_Mend = Callable[[str, str, RuleSet | None], Change | None]
CHANGES: Mapping[str, _Mend] = {
    "before-certification": lambda name, _credential, _rules: Change(
        "if its date is wrong", f"cmmctl edit {name} date=DATE"
    ),
    "planned": lambda name, _credential, _rules: Change("once it has taken place", f"cmmctl done {name}"),
    "duplicate": lambda name, _credential, _rules: Change(
        "if it was entered twice, take it away", f"cmmctl remove {name}"
    ),
    "self-study": lambda name, _credential, rules: Change(
        "if it was approved in advance",
        f"cmmctl edit {name} approvals+={rules.slug if rules else 'ISSUER'}:INDEX",
    ),
    "subject": lambda name, _credential, _rules: Change(
        "if it was about healthcare or business", f"cmmctl edit {name} subject=healthcare"
    ),
    "cap": lambda _name, _credential, _rules: Change("only other hours add to this", "cmmctl add-ce --planned"),
    "not-for-this-credential": lambda name, credential, _rules: Change(
        "if it serves this one too", f"cmmctl edit {name} credentials+={credential}"
    ),
    "hours-unknown": lambda name, _credential, _rules: Change(
        "once the issuer says how many it grants", f"cmmctl edit {name} hours=HOURS"
    ),
    "not-management": lambda name, _credential, _rules: Change(
        "if the job was managing the office", f"cmmctl edit {name} manages=yes"
    ),
    "overlap": lambda _name, _credential, _rules: None,
    OUTSIDE: lambda name, _credential, _rules: Change("if its date is wrong", f"cmmctl edit {name} date=DATE"),
}
_EVIDENCE: Mapping[str, Callable[[str, RuleSet], Change]] = {
    "certificate": lambda name, _rules: Change("add its certificate", f"cmmctl attach {name} FILE"),
    "index": lambda name, rules: Change(
        f"if {rules.issuer} gave it an index number", f"cmmctl edit {name} approvals+={rules.slug}:INDEX"
    ),
    "domain": lambda name, _rules: Change("name its domain", f"cmmctl edit {name} domains+=DOMAIN"),
}
