"""May I sit the exam? The answer, each need beside what is on record, and advice."""

import datetime as dt
from collections.abc import Iterator

from cmmctl.amounts import shown, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.eligibility import ASK, MET, SHORT, USUAL_TOPICS, Assessment, Finding
from cmmctl.rules import Coursework
from cmmctl.screen import Cell, Fields, Gap, Grid, Part, Title, cells
from cmmctl.views.words import days, issuer_of, name_of, of, until

Row = tuple[Cell, ...]
VERDICT_TONES = {MET: "ok", SHORT: "warn", ASK: "warn"}
LISTED = 2  # refusals of each need on this screen; `eligibility` has them all


def candidate(a: Assessment, on: dt.date) -> list[Part]:
    """Show a credential that is prepared for."""
    parts: list[Part] = [Title(name_of(a.rules), weekday(on)), Fields(list(_answer(a, on)))]
    if needed := list(_needed(a)):
        parts += [Gap(spare=True), Grid(needed)]
    if advice := list(_advice(a)):
        parts += [Gap(spare=True), Fields(advice)]
    return parts


def verdict(a: Assessment, on: dt.date) -> Cell:
    """Answer the question, with since or from when, and what is in the way."""
    return Cell(_verdict_words(a, on), VERDICT_TONES[a.verdict])


def _verdict_words(a: Assessment, on: dt.date) -> str:
    issuer = a.rules.issuer
    if a.verdict == MET:
        since = f", since {plain(a.eligible_on)}" if a.eligible_on else ""
        return f"YES{since} - meets the needs as published; {issuer} decides"
    word = "NOT YET" if a.verdict == SHORT else f"ASK {issuer_of(a.rules)}"
    if a.eligible_on:
        return f"{word} - from {_from(a.eligible_on, on)}, by these records"
    if a.eligible_on_if_planned:
        return f"{word} - from {_from(a.eligible_on_if_planned, on)}, by these records, if what is planned is passed"
    if not a.findings:
        return f"{word} - no published rule was found"
    short_of = (f"{shown_up(f.missing)} of {shown(f.want)} {f.need.label}" for f in a.findings if f.verdict != MET)
    return f"{word} - to go: {', '.join(short_of)}"


def _from(day: dt.date, on: dt.date) -> str:
    return f"{weekday(day)} ({days((day - on).days)})"


def _answer(a: Assessment, on: dt.date) -> Iterator[Row]:
    yield cells("May I sit the exam?", verdict(a, on))
    if a.credential and a.credential.exam:
        exam = a.credential.exam
        first = None if a.verdict == MET else a.eligible_on or a.eligible_on_if_planned
        after = f": {days((exam - first).days)} {'after' if exam >= first else 'before'} that" if first else ""
        yield cells("Exam planned", until(exam, on) + after)
    if a.credential and a.credential.applied:
        yield cells("Applied", plain(a.credential.applied))


def _needed(a: Assessment) -> Iterator[Row]:
    for finding in a.findings:
        yield (
            Cell(finding.need.label.capitalize()),
            Cell(of(finding.have, finding.want), bar=(finding.have, finding.want)),
            to_go(finding, " to go"),
        )
    for c in a.conditions:
        said = Cell("", "ok") if c.verdict == MET else Cell(c.condition.note or "asked for", "warn")
        yield cells(f"{c.condition.body} {c.condition.name}", c.why if c.verdict == MET else "none", said)


def to_go(finding: Finding, words: str = "") -> Cell:
    """Say what a need still misses, and how much is planned. `words` follow the figure where no header has them."""
    if finding.verdict == MET:
        return Cell(f"nothing{words}", "ok")
    planned = f", {shown(finding.planned)} planned" if finding.planned else ""
    ask = ", or ask" if finding.verdict == ASK else ""
    return Cell(shown_up(finding.missing) + words + planned + ask, "warn")


def _advice(a: Assessment) -> Iterator[Row]:
    for finding in a.findings:
        for no in finding.refused[:LISTED]:
            yield cells("Not counted", f"{no.id}: {no.why}")
        for note in finding.notes:
            yield cells("Note", note)
        if isinstance(finding.need, Coursework):
            if finding.need.experience_helps and finding.verdict == SHORT and finding.want == finding.need.credits:
                yield cells("More years", f"could replace credits; {a.rules.issuer} publishes no rate: ask them")
            yield cells("Coursework", usual_subjects(a))


def usual_subjects(a: Assessment) -> str:
    """Say which of the subjects most people study are covered. It is advice: no verdict rests on it."""
    lacking = [topic for topic in USUAL_TOPICS if topic not in a.topics]
    covered = f"{len(USUAL_TOPICS) - len(lacking)} of the {len(USUAL_TOPICS)} usual subjects, planned included"
    return f"{covered}; missing: {', '.join(lacking)}" if 0 < len(lacking) < len(USUAL_TOPICS) else covered
