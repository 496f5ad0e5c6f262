"""The screen people live with: one glance at 80 columns and 24 lines."""

import datetime as dt
from collections.abc import Iterator

from cmmctl.amounts import shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.eligibility import ASK, MET, USUAL_TOPICS, Assessment, Finding
from cmmctl.outlook import Outlook, short
from cmmctl.renewal import Standing
from cmmctl.rules import Coursework, Rule
from cmmctl.screen import Cell, Gap, Grid, Part, Text, Title, cells
from cmmctl.views.words import (
    STATE_TONES,
    VERDICT_TONES,
    VERDICT_WORDS,
    checked,
    days,
    of,
    reading_missing,
    reading_progress,
    state_cell,
    to_go,
    until,
)

Row = tuple[Cell, ...]
FULL_SCREENS = 2  # with more credentials, two lines each


def status(outlook: Outlook) -> list[Part]:
    """Show the credentials asked for, what is prepared for first where nothing is held."""
    candidates = [a for a in outlook.assessments if not a.certified]
    credentials = len(outlook.standings) + len(candidates)
    if credentials == 1:
        parts = _holder(outlook.standings[0], outlook) if outlook.standings else _candidate(candidates[0], outlook)
    else:
        parts = _several(outlook, candidates)
    return [*parts, *_next(outlook), *_footer(outlook)]


def _title(outlook: Outlook, text: str) -> Title:
    return Title(text, weekday(outlook.on))


def _name(rules: object) -> str:
    return f"{rules.short}  {rules.name}, {rules.issuer}"  # type: ignore[attr-defined]


def _holder(s: Standing, outlook: Outlook) -> list[Part]:
    rows = list(_dates(s, outlook))
    parts: list[Part] = [_title(outlook, _name(s.rules)), Grid(rows, right=True)]
    if len(s.readings) > 1:
        parts += [Gap(), *_readings(s)]
    parts += [Gap(), Grid(list(_details(s)))]
    return parts


def _dates(s: Standing, outlook: Outlook) -> Iterator[Row]:
    """Give the headline; where another reading has an earlier date, that date leads."""
    own = s.own
    first = min(s.standing_readings, key=lambda reading: reading.cycle.due)
    if first.cycle.due < own.cycle.due:
        when = f"{until(first.cycle.due, outlook.on)} ({first.edition.label})"
        yield cells("First date", when, Cell(_hours_to_go(first.remaining), STATE_TONES[first.state]))
    assumed = ", ASSUMED" if s.due_is == "assumed" else ""
    yield cells("Recertify by", until(own.cycle.due, outlook.on) + assumed, state_cell(s))
    yield (
        Cell("CE hours"),
        Cell(of(own.counted, own.required), bar=(own.counted, own.required)),
        Cell(_hours_to_go(own.remaining), STATE_TONES[own.state]),
    )


def _hours_to_go(hours: object) -> str:
    return f"{shown_up(hours)} H TO GO" if hours else "0 H TO GO"  # type: ignore[arg-type]


def _readings(s: Standing) -> Iterator[Part]:
    together = len({reading.cycle.due for reading in s.readings}) == 1
    pinned = s.credential.edition is not None
    told = s.credential.edition_source or "your record"
    yield Text(Cell(f"{s.rules.issuer}'s pages differ. What each asks of you:"))
    rows = []
    for reading in s.readings:
        used = " (used above)" if reading is s.own else " (set aside)" if pinned else ""
        when = () if together else (f"by {plain(reading.cycle.due)}",)
        rows.append(cells(reading.edition.label + used, reading_progress(reading), *when, reading_missing(reading)))
        rows.extend(
            cells(
                f"  until {plain(cycle.due)} it was",
                f"{shown_up(missing)} h short",
                *([""] if when else []),
                "",
            )
            for cycle, missing in reading.earlier_short
        )
    yield Grid(rows, indent=3)
    yield Text(Cell(f"= {_meets_all(s, together=together)}" if not pinned else f"= {told} says which one applies."))


def _meets_all(s: Standing, *, together: bool) -> str:
    every = s.all_readings
    count = f"all {len(s.readings)}"
    if every.met:
        return f"These records meet {count}, as checked {plain(s.own.edition.checked)}."
    if s.state == "past-due":
        return f"The date has passed under {s.own.edition.label}: ask {s.rules.issuer}."
    labels = {tally.requirement.name: tally.requirement.label for reading in s.readings for tally in reading.tallies}
    parts = [f"{shown_up(amount)} {labels[name]}" for name, amount in every.parts.items()]
    whole = sum(every.parts.values())
    if len(parts) == 1 and whole == every.remaining:
        what = f"{shown_up(every.remaining)} more {labels[next(iter(every.parts))]}"
    else:
        what = f"{shown_up(every.remaining)} more hours" + (f", {' and '.join(parts)} among them," if parts else "")
    if together:
        return f"{what} by {plain(every.by)} meet {count}."
    return f"{what} meet {count}, if all are done by {plain(every.by)}."


def _details(s: Standing) -> Iterator[Row]:
    own = s.own
    if own.counted_entries:
        complete = sum(not counted.missing for counted in own.counted_entries)
        yield cells(
            "Documented",
            f"{complete} of {len(own.counted_entries)} counted entries have what this reading asks as evidence",
        )
    if own.planned:
        yield cells("Planned", f"{shown(own.planned)} h, counted once they have taken place")
    for condition in s.conditions:
        tone = "" if condition.verdict == MET else "warn"
        yield cells(
            condition.condition.name.capitalize(),
            Cell(f"{condition.why}: must not lapse" if not tone else condition.why, tone),
        )
    for refused in own.refused_entries[:2]:
        hours = f"{shown(refused.hours)} h, " if refused.hours is not None else ""
        yield cells("Not counted", f"{hours}{refused.entry.id}: {refused.why}")
    if len(own.refused_entries) > 2:  # noqa: PLR2004 - as above
        more = len(own.refused_entries) - 2
        yield cells("", f"and {more} more: cmmctl hours {short(s.rules.id)}")
    if s.due_is == "assumed":
        yield cells(
            "Due date",
            Cell(f"computed, nobody confirmed it: check {plain(own.cycle.due)} with {s.rules.issuer}", "warn"),
        )
    if not own.met and s.hours_per_month:
        yield cells("Pace", f"{shown_up(s.hours_per_month)} h a month until then")


def _candidate(a: Assessment, outlook: Outlook) -> list[Part]:
    rows = [_verdict(a, outlook)]
    exam = a.credential.exam if a.credential else None
    if exam:
        rows.append(cells("Exam planned", until(exam, outlook.on)))
    parts: list[Part] = [_title(outlook, _name(a.rules)), Grid(rows)]
    if a.findings:
        needs = [cells("Needed", "On record", "To go"), *(_need(finding) for finding in a.findings)]
        needs += [
            cells(
                f"{c.condition.body} {c.condition.name}",
                c.why,
                Cell("" if c.verdict == MET else "needed to sit", "warn"),
            )
            for c in a.conditions
        ]
        parts += [Gap(), Grid(needs)]
    return [*parts, Gap(), Grid(list(_advice(a)))]


def _verdict(a: Assessment, outlook: Outlook) -> Row:
    word = Cell(verdict_words(a, outlook.on), VERDICT_TONES[a.verdict])
    return (Cell("May I sit the exam?"), word)


def verdict_words(a: Assessment, on: dt.date) -> str:
    """Answer the question, with since or from when, and what is in the way."""
    word = VERDICT_WORDS[a.verdict] if a.verdict != ASK else f"ASK {a.rules.issuer}"
    if a.verdict == MET:
        since = f" since {plain(a.eligible_on)}" if a.eligible_on else ""
        return f"{word} - these records meet the needs as published{since}; {a.rules.issuer} decides"
    if a.eligible_on:
        return f"{word} - from {_from(a.eligible_on, on)}, by these records"
    if a.eligible_on_if_planned:
        return f"{word} - from {_from(a.eligible_on_if_planned, on)}, by these records, if what is planned is passed"
    if not a.findings:
        return f"{word} - it publishes no rule that was found"
    return f"{word} - {'; '.join(_why_not(finding) for finding in a.findings if finding.verdict != MET)}"


def _from(day: dt.date, on: dt.date) -> str:
    return f"{weekday(day)} ({days((day - on).days)})"


def _why_not(finding: Finding) -> str:
    return f"{to_go(finding.missing)} of {shown(finding.want)} {finding.need.label}"


def _need(finding: Finding) -> Row:
    missing = "" if not finding.missing else f"{shown_up(finding.missing)}"
    if finding.verdict == ASK:
        missing += ", or ask the issuer"
    elif finding.missing and finding.planned:
        missing += f", {shown(finding.planned)} planned"
    return (
        Cell(f"{shown(finding.want)} {finding.need.label}"),
        Cell(of(finding.have, finding.want), bar=(finding.have, finding.want)),
        Cell(missing or "none", "ok" if finding.verdict == MET else "warn"),
    )


def _advice(a: Assessment) -> Iterator[Row]:
    for finding in a.findings:
        for no in finding.refused[:2]:
            yield cells("Not counted", f"{no.id}: {no.why}")
        for note in finding.notes:
            yield cells("Note", note)
        if isinstance(finding.need, Coursework):
            lacking = [topic.replace("-", " ") for topic in USUAL_TOPICS if topic not in a.topics]
            covered = len(USUAL_TOPICS) - len(lacking)
            rest = f"; missing: {', '.join(lacking)}" if lacking else ""
            yield cells("Coursework", f"{covered} of the {len(USUAL_TOPICS)} usual subjects, planned included{rest}")


def _several(outlook: Outlook, candidates: list[Assessment]) -> list[Part]:
    count = len(outlook.standings) + len(candidates)
    parts: list[Part] = [
        _title(outlook, f"{count} credentials, nearest date first" if count else "No credential on record")
    ]
    brief = count > FULL_SCREENS
    for s in outlook.standings:
        head = f"{s.rules.short}  {s.rules.issuer}"
        first = min(s.standing_readings, key=lambda reading: reading.cycle.due)
        assumed = ", ASSUMED" if s.due_is == "assumed" else ""
        rows = [cells(Cell(head, "strong"), until(first.cycle.due, outlook.on) + assumed, state_cell(s))]
        rows += [
            (
                Cell(f"  {reading.edition.label}"),
                Cell(reading_progress(reading), bar=None if brief else (reading.counted, reading.required)),
                reading_missing(reading),
            )
            for reading in (s.readings[:1] if brief else s.standing_readings)
        ]
        rows += [cells("  membership", Cell(c.why, "warn"), "") for c in s.conditions if c.verdict != MET]
        parts += [Grid(rows, right=True), Gap()]
    for a in candidates:
        parts += [
            Grid(
                [
                    (
                        Cell(f"{a.rules.short}  {a.rules.issuer}", "strong"),
                        Cell(verdict_words(a, outlook.on), VERDICT_TONES[a.verdict]),
                    )
                ]
            ),
            Gap(),
        ]
    return parts[:-1] if count else parts


def _next(outlook: Outlook) -> Iterator[Part]:
    if outlook.steps:
        yield Gap()
        yield Text(Cell("Next", "strong"))
        yield Grid(
            [
                cells(f"{n}  {step.text}", Cell(step.command, "command"))
                for n, step in enumerate(outlook.steps, start=1)
            ],
            indent=2,
        )


def _footer(outlook: Outlook) -> Iterator[Part]:
    rules: list[Rule] = [s.own.edition for s in outlook.standings] or [
        need for a in outlook.assessments for need in a.rules.needs
    ]
    issuers = dict.fromkeys([s.rules.issuer for s in outlook.standings] + [a.rules.issuer for a in outlook.assessments])
    decide = f"{next(iter(issuers))} decides" if len(issuers) == 1 else "the issuers decide"
    only = f" {short(outlook.assessments[0].rules.id)}" if len(outlook.assessments) == 1 else ""
    if issuers:
        yield Text(Cell(f"cmmctl counts, {decide}. {checked(rules)} Sources: cmmctl rules{only}", "dim"))
