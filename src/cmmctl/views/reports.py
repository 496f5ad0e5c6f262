"""The screens of `eligibility`, `recert`, `hours`, `list`, `show` and `rules`."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from cmmctl.amounts import dollars, shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.eligibility import Assessment
from cmmctl.model import Fact, keys_of
from cmmctl.outlook import short
from cmmctl.renewal import Standing
from cmmctl.rules import Experience, Need, RuleSet
from cmmctl.screen import Cell, Gap, Grid, Part, Table, Text, Title, cells
from cmmctl.tally import Reading
from cmmctl.views.status import verdict_words
from cmmctl.views.words import (
    STATE_TONES,
    VERDICT_TONES,
    checked,
    of,
    reading_missing,
    reading_progress,
    state_cell,
    to_go,
    until,
)


def eligibility(assessments: Sequence[Assessment], on: dt.date) -> list[Part]:
    """May I sit the exam: each need, what is on record, and how it was counted."""
    parts: list[Part] = []
    for a in assessments:
        parts.append(Title(f"{a.rules.short}  {a.rules.name}: may I sit the exam?", weekday(on)))
        if a.certified and a.credential and a.credential.earned:
            parts.append(
                Text(
                    Cell(
                        f"Certified since {plain(a.credential.earned)}; for a first exam the answer would be:",
                        "dim",
                    )
                )
            )
        parts.append(Text(Cell(verdict_words(a, on), VERDICT_TONES[a.verdict])))
        if a.findings:
            rows = [
                (
                    Cell(finding.need.label), Cell(of(finding.have, finding.want), bar=(finding.have, finding.want)),
                    Cell(to_go(finding.missing), VERDICT_TONES[finding.verdict]),
                    Cell(shown(finding.planned) if finding.planned else ""),
                    Cell(finding.need.grade),
                )
                for finding in a.findings
            ]  # fmt: skip
            parts.append(Table("", ("Need", "On record", "To go", "Planned", "Source"), rows, frozenset({3})))
        parts.append(Grid(list(_evidence(a))))
        parts += [
            Text(
                Cell(
                    f"{a.rules.issuer} decides. {checked(a.rules.needs)} Sources: cmmctl rules {short(a.rules.id)}",
                    "dim",
                )
            ),
            Gap(),
        ]
    return parts[:-1]


def _evidence(a: Assessment) -> Iterator[Sequence[Cell]]:
    for finding in a.findings:
        if finding.counted:
            listed = ", ".join(f"{given.id} {shown(given.amount)}" for given in finding.counted)
            yield cells("Counted", f"{finding.unit}: {listed}")
        for no in finding.refused:
            yield cells("Not counted", f"{no.id}: {no.why}")
        for note in (*finding.notes, *([finding.need.note] if finding.need.note else [])):
            yield cells("Note", note)
    for condition in a.conditions:
        yield cells(
            condition.condition.name.capitalize(),
            f"{condition.why} ({condition.condition.note or 'shown, not in the verdict'})",
        )


def recert(standings: Sequence[Standing], on: dt.date) -> list[Part]:
    """When must I recertify, and what does every published reading ask of me?"""
    parts: list[Part] = []
    for s in standings:
        own = s.own
        parts.append(Title(f"{s.rules.short}  {s.rules.name}: recertification", weekday(on)))
        assumed = {"assumed": ", computed and not confirmed", "computed": ", computed", "given": ""}[s.due_is]
        rows = [
            cells("Recertify by", until(own.cycle.due, on) + assumed, state_cell(s)),
            cells("Cycle", f"{plain(own.cycle.start)} to {plain(own.cycle.due)}, both days included"),
        ]
        if s.hours_per_month:
            rows.append(cells("Pace", f"{shown_up(s.hours_per_month)} h a month until then"))
        rows += [
            cells(c.condition.name.capitalize(), Cell(c.why, "" if c.verdict == "met" else "warn"))
            for c in s.conditions
        ]
        complete = sum(not counted.missing for counted in own.counted_entries)
        rows.append(cells("Documented", f"{complete} of {len(own.counted_entries)} counted entries"))
        if s.renewal:
            accepted = f", accepted {plain(s.renewal.accepted)}" if s.renewal.accepted else ""
            rows.append(cells("Filed", f"{plain(s.renewal.filed)}{accepted}"))
        parts.append(Grid(rows))
        readings = [
            cells(
                reading.edition.label,
                plain(reading.cycle.due),
                reading_progress(reading),
                reading_missing(reading),
                reading.edition.grade,
            )
            for reading in s.readings
        ]
        parts.append(Table("Readings", ("CE hours as published", "Date", "Counted", "To go", "Source"), readings))
        parts += [
            Text(
                Cell(
                    f"Until {plain(cycle.due)} {reading.edition.label} was {shown_up(missing)} h short.",
                    "warn",
                )
            )
            for reading in s.readings
            for cycle, missing in reading.earlier_short
        ]
        parts += [
            Text(
                Cell(
                    f"{s.rules.issuer} decides. {checked([own.edition])} Sources: cmmctl rules {short(s.rules.id)}",
                    "dim",
                )
            ),
            Gap(),
        ]
    return parts[:-1] or [Text(Cell("No credential is held yet: cmmctl add-credential"))]


def hours(readings: Sequence[tuple[RuleSet, Reading]], on: dt.date) -> list[Part]:
    """How many credit hours are there, how many to go, and which entries made them."""
    parts: list[Part] = []
    for rules, r in readings:
        parts.append(Title(f"{rules.short}  CE hours, {plain(r.cycle.start)} to {plain(r.cycle.due)}", weekday(on)))
        rows: list[Sequence[Cell]] = [
            (
                Cell(("" if tally.requirement.within is None else "  ") + tally.requirement.label),
                Cell(_range(tally.requirement.min, tally.requirement.max)), Cell(shown(tally.counted)),
                Cell(shown_up(tally.remaining), "ok" if not tally.remaining else STATE_TONES[r.state]),
            )
            for tally in r.tallies
        ]  # fmt: skip
        parts.append(
            Table(r.edition.label, ("Requirement", "Required", "Counted", "To go"), rows, frozenset({1, 2, 3}))
        )
        rows = [
            cells(
                c.entry.id,
                plain(c.entry.day),
                c.entry.title,
                shown(c.hours),
                "lacks " + ", ".join(c.missing) if c.missing else "documented",
            )
            for c in r.counted_entries
        ]
        if rows:
            parts.append(Table("Counted", ("Entry", "Date", "Title", "Hours", "Evidence"), rows, frozenset({3})))
        rows = [
            cells(
                no.entry.id,
                plain(no.entry.day),
                no.entry.title,
                "?" if no.hours is None else shown(no.hours),
                no.why,
            )
            for no in r.refused_entries
        ]
        if rows:
            parts.append(Table("Not counted", ("Entry", "Date", "Title", "Hours", "Why"), rows, frozenset({3})))
        parts.append(Grid(list(_hours_notes(r))))
        parts += [
            Text(
                Cell(
                    f"{rules.issuer} decides. {checked([r.edition])} Sources: cmmctl rules {short(rules.id)}",
                    "dim",
                )
            ),
            Gap(),
        ]
    return parts[:-1] or [Text(Cell("No credential is held yet: cmmctl add-credential"))]


def _range(least: Decimal | None, most: Decimal | None) -> str:
    return shown(least) if most is None and least is not None else f"at most {shown(most)}" if most is not None else ""


def _hours_notes(r: Reading) -> Iterator[Sequence[Cell]]:
    yield cells("To go in all", f"{shown_up(r.remaining)} h")
    if r.planned:
        yield cells("Planned", f"{shown(r.planned)} h, counted once they have taken place")
    if r.surplus:
        yield cells("Beyond", f"{shown(r.surplus)} h have no effect on a later cycle")


def listing(facts: Sequence[Fact]) -> list[Part]:
    """Show records in one table."""
    if not facts:
        return [Text(Cell("Nothing is recorded here yet."))]
    rows = [cells(fact.id, heading(fact), when(fact), amount(fact)) for fact in facts]
    return [Table("", ("Id", "What", "When", "How much"), rows, frozenset({3}))]


def heading(fact: Fact) -> str:
    """Name a record in a few words."""
    words = [getattr(fact, name, None) for name in ("title", "degree", "body", "what", "name", "source", "path")]
    named = next((word for word in words if isinstance(word, str)), None)
    place = next(
        (word for name in ("employer", "institution", "provider", "vendor") if (word := getattr(fact, name, None))),
        None,
    )
    about = getattr(fact, "credential", None) or ", ".join(getattr(fact, "records", ()) or getattr(fact, "entries", ()))
    status = getattr(fact, "status", "completed")
    said = " - ".join(word for word in (named, place, about or None) if word) or fact.id
    return said if status == "completed" else f"{said} ({status})"


def when(fact: Fact) -> str:
    """Give a record's day, or its first and last."""
    for name in ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added"):
        if (day := getattr(fact, name, None)) is not None:
            return plain(day)
    if (start := getattr(fact, "start", None)) is None:
        return ""
    end = getattr(fact, "end", None)
    return f"{plain(start)} - {plain(end) if end else 'now'}" if hasattr(fact, "end") else f"from {plain(start)}"


def amount(fact: Fact) -> str:
    """Give a record's hours, credits or dollars."""
    exact = getattr(fact, "amount", None)
    if isinstance(exact, Fraction):
        return f"{shown(exact)} h"
    if isinstance(exact, Decimal):
        return dollars(exact)
    if (credits_ := getattr(fact, "credits", None)) is not None:
        return f"{shown(credits_)} credits"
    return f"{shown(hours_)} h" if (hours_ := getattr(fact, "hours", None)) is not None else ""


def record(fact: Fact, table: Mapping[str, object]) -> list[Part]:
    """Show one record, key by key, as it stands in the file."""
    known = keys_of(type(fact))
    rows = [cells(name, value_text(value), known[name].help if name in known else "") for name, value in table.items()]
    return [Text(Cell(f"{fact.id}  {type(fact).means}", "strong")), Grid(rows)]


def value_text(value: object) -> str:
    """Show a value of the file to a person."""
    if isinstance(value, list | tuple):
        return ", ".join(map(value_text, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.date):
        return weekday(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def rule_sets(known: Iterable[RuleSet]) -> list[Part]:
    """List rule sets with the day each reading was checked."""
    rows = [
        cells(
            r.id,
            r.name + (" (your own)" if r.own else ""),
            edition.label,
            plain(edition.checked),
            edition.grade,
        )
        for r in known
        for edition in r.editions
    ]
    return [
        Table("", ("Rule set", "Credential", "Reading", "Checked", "Grade"), rows),
        Text(Cell("All of one: cmmctl rules cmm", "dim")),
    ]


def rule_set(r: RuleSet) -> list[Part]:
    """Show everything known of what an issuer asks, each rule with its source."""
    own = (
        " (your own rule set, in place of the packaged one)" if r.replaces else " (your own rule set)" if r.own else ""
    )
    parts: list[Part] = [Title(f"{r.short}  {r.name}, {r.issuer}{own}", r.id)]
    if r.contact:
        parts.append(Text(Cell(f"Ask: {r.contact}")))
    rows = [cells(need.label, _needed(need), need.grade, plain(need.checked), need.source) for need in r.needs]
    rows += [cells(c.name, f"{c.body}; {c.note or ''}", c.grade, plain(c.checked), c.source) for c in r.conditions]
    rows += [cells(said.about, said.text, said.grade, plain(said.checked), said.source) for said in r.statements]
    header = ("Rule", "What is asked", "Grade", "Checked", "Source")
    if rows:
        parts.append(Table("May I sit the exam?", header, rows))
    for edition in r.editions:
        rows = [
            cells(
                q.label,
                _range(q.min, q.max) + " h" + (f" within {q.within}" if q.within else ""),
                q.grade,
                plain(q.checked),
                q.source,
            )
            for q in edition.requirements
        ]
        rows += [
            cells(c.name, f"{c.body}; {c.note or ''}", c.grade, plain(c.checked), c.source) for c in edition.conditions
        ]
        rows += [
            cells(said.about, said.text, said.grade, plain(said.checked), said.source) for said in edition.statements
        ]
        default = " (used unless another is pinned)" if edition.name == r.default and len(r.editions) > 1 else ""
        parts.append(Table(f"Reading {edition.name}: {edition.label}{default}", header, rows))
        if edition.note:
            parts.append(Text(Cell(edition.note, "dim")))
    return parts


def _needed(need: Need) -> str:
    if isinstance(need, Experience):
        return f"{need.months} months"
    return f"{shown(need.credits)} semester credits, {' and '.join(need.subjects)}"
