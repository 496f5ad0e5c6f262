"""The screens of `explain`: a reason for every hour, rule by rule, and what would change it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from cmmctl.amounts import shown, shown_down, shown_up
from cmmctl.asking import Letter
from cmmctl.dates import plain, weekday
from cmmctl.explain import OUTSIDE, Change, Chapter, Explained, Line
from cmmctl.margin import Margins
from cmmctl.rules import Rule
from cmmctl.screen import Cell, Fields, Gap, Part, Row, Text, Title, cells
from cmmctl.sealing import Sealed, said
from cmmctl.views.words import name_of, some


def credential(chapters: Sequence[Chapter], seals: Iterable[Sealed], on: dt.date) -> list[Part]:
    """Show everything that is known of one credential: its own reading whole, of the others what differs."""
    parts: list[Part] = []
    filed = {one.cycle: one for one in seals}
    above: set[Line] = set()
    for chapter in chapters:
        parts += [Title(_heading(chapter), weekday(on)), *_chapter(chapter, above)]
        if chapter.own and chapter.cycle in filed:
            parts += sealed(filed[chapter.cycle])
        parts.append(Gap())
        above |= {line for explained in chapter.explained[:1] for line in explained.lines}
    return [*parts, Text(Cell(_decides(chapters), "dim"))]


def _decides(chapters: Sequence[Chapter]) -> str:
    issuers = {chapter.rules.issuer for chapter in chapters}
    who = f"{issuers.pop()} decides" if len(issuers) == 1 else "the issuers decide"
    return f"cmmctl counts, {who}. What is open, as a ready e-mail: add --ask"


def _heading(chapter: Chapter) -> str:
    if chapter.cycle is None:
        return f"{name_of(chapter.rules)}: {chapter.label}"
    days = f"{plain(chapter.cycle.start)} to {plain(chapter.cycle.due)}"
    return f"{chapter.rules.short}  {chapter.label}, {days}" + (", set aside" if chapter.set_aside else "")


def _chapter(chapter: Chapter, above: set[Line]) -> Iterator[Part]:
    for explained in chapter.explained:
        yield Fields([*_rule(explained), *_lines(explained, above), *_notes(explained)])
    rows: list[Row] = []
    for c in chapter.conditions:
        rows.append(cells(c.condition.name.capitalize(), Cell(c.why, "" if c.verdict == "met" else "warn")))
        rows.append(cells("", Cell(source(c.condition), "dim")))
    if chapter.margins:
        rows += margin(chapter.margins)
    if rows:
        yield Fields(rows)


def _rule(e: Explained) -> Iterator[Row]:
    wanted = "" if e.want is None else f" of {shown(e.want)}"
    most = "" if e.most is None else f", at most {shown(e.most)}"
    unit = "" if e.unit in e.label else f" {e.unit}"
    yield cells(Cell("Rule", "strong"), Cell(f"{e.label}: {shown_down(e.have)}{wanted}{most}{unit}", "strong"))
    yield cells("", Cell(source(e.rule), "dim"))


def source(rule: Rule) -> str:
    """Say where a rule stands, how well it is known, and when that was read."""
    read = "" if rule.grade == "unknown" else f", read {plain(rule.checked)}"
    return f"{rule.source} ({rule.grade}{read})"


def _lines(e: Explained, above: set[Line]) -> Iterator[Row]:
    """Show records one by one; those of other cycles, and those of another part, together."""
    whole = [line for line in (*e.counted, *e.refused) if line.reason != OUTSIDE]
    for line in whole:
        if line not in above:
            yield from _line(line, e.unit)
    if as_above := [line.id for line in whole if line in above]:
        yield cells("As above", Cell(", ".join(as_above), "dim"))
    for why, lines in _together([*e.beside, *(line for line in e.refused if line.reason == OUTSIDE)]):
        yield cells("Not in it", f"{some([line.id for line in lines])}: {why}")
        change = lines[0].change
        if change and lines[0].reason != OUTSIDE:
            yield _change(change)


def _together(lines: Iterable[Line]) -> Iterable[tuple[str, list[Line]]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.why.rpartition(", ")[2] if line.reason == OUTSIDE else line.why, []).append(line)
    return found.items()


def _line(line: Line, unit: str) -> Iterator[Row]:
    day = "" if line.day is None else f"{plain(line.day)}  "
    figure = "" if line.amount is None and unit != "hours" else "?" if line.amount is None else shown(line.amount)
    yield cells(line.id, day + line.title, Cell(f"- {figure}".rstrip() if line.reason else figure))
    if line.reason:
        yield cells("", Cell(f"not counted: {line.why}", "warn"))
    elif line.missing:
        yield cells("", Cell(f"counts, {line.why}", "warn"))
    if line.change:
        yield _change(line.change)


def _change(change: Change) -> Row:
    """Show the command first, so that it stands on one line and can be pasted."""
    return cells("", Cell(f"{change.command}  ({change.text})", "command"))


def _notes(e: Explained) -> Iterator[Row]:
    for note in e.notes:
        yield cells("Note", Cell(note, "dim"))


def margin(m: Margins) -> Iterator[Row]:
    """Say what the hours rest on: is one entry enough to lose a requirement, and what is left without proofs?"""
    for each in m.each:
        label, spare = each.requirement.label, shown_down(each.spare)
        if each.spare < 0:
            yield cells("Margin", f"{label}: {shown_up(-each.spare)} h short already")
        elif each.hangs_on:
            names = ", ".join(each.hangs_on)
            yield cells("Margin", Cell(f"{label}: {spare} h to spare; each of these is needed: {names}", "warn"))
        else:
            yield cells("Margin", f"{label}: {spare} h to spare; no single entry is needed")
    if m.reading.counted != m.documented.counted:
        hours = f"{shown_down(m.documented.counted)} of {shown_down(m.reading.counted)} counted hours"
        left = _left(m.without_proof)
        yield cells("Documented", Cell(f"{hours}; {left} with these alone", "warn" if m.without_proof else ""))


def _left(hours: Fraction) -> str:
    return f"{shown_up(hours)} h to go" if hours else "nothing to go"


def sealed(one: Sealed) -> Iterator[Part]:
    """Show how a filed cycle was sealed, and what no longer adds up."""
    yield Fields([cells("Sealed", sealed_words(one)), *(cells("", Cell(text, "warn")) for text in said(one))])


def sealed_words(one: Sealed) -> str:
    """Say what was sealed, when it was filed and accepted."""
    renewal = one.renewal
    hours = "by exam" if renewal.by == "exam" else "" if one.hours is None else f"{shown(one.hours)} h"
    accepted = f"accepted {plain(renewal.accepted)}" if renewal.accepted else ""
    listed = [hours, f"filed {plain(renewal.filed)}", accepted, one.edition.label]
    return f"{', '.join(word for word in listed if word)} ({renewal.id})"


def entry(name: str, title: str, chapters: Sequence[Chapter], on: dt.date) -> list[Part]:
    """Show what every reading says of one record."""
    parts: list[Part] = [Title(f"{name}  {title}", weekday(on))]
    for chapter in chapters:
        rows: list[Row] = [cells(Cell(chapter.rules.short, "strong"), Cell(_of(chapter), "strong"))]
        rows += [row for explained in chapter.explained for row in _of_entry(explained)]
        rows += [cells("", Cell(where, "dim")) for where in dict.fromkeys(source(e.rule) for e in chapter.explained)]
        if not chapter.explained:
            rows.append(cells("", "not held against this"))
        if chapter.margins and (needed := _needed(name, chapter.margins)):
            rows.append(cells("", Cell(f"without it {needed} would not be met any more", "warn")))
        parts += [Fields(rows), Gap()]
    return [*parts, Text(Cell(_decides(chapters), "dim"))]


def _needed(name: str, m: Margins) -> str:
    """Say what hangs on an entry: the whole reading, or those parts that are met of one that is not."""
    if m.reading.met:
        return "this reading" if name in m.hangs_on else ""
    return " and ".join(f"the {each.requirement.label}" for each in m.each if name in each.hangs_on)


def _of(chapter: Chapter) -> str:
    if chapter.cycle is None:
        return chapter.label
    return f"{chapter.label}, {plain(chapter.cycle.start)} to {plain(chapter.cycle.due)}"


def _of_entry(e: Explained) -> Iterator[Row]:
    for line in e.lines:
        amount = "" if line.amount is None else f"{shown(line.amount)} {'h' if e.unit == 'hours' else e.unit}, "
        if line.reason:
            yield cells("", Cell(f"{amount}not counted: {line.why} ({line.reason})", "warn"))
        elif line in e.beside:
            yield cells("", f"not among the {e.label}: {line.why}")
        else:
            lacks = f"; {line.why}" if line.missing else ""
            yield cells("", Cell(f"{amount}counts towards {e.label}{lacks}", "warn" if line.missing else "ok"))
        if line.change:
            yield _change(line.change)


def mail(letter: Letter) -> str:
    """Write an e-mail as one copies it into a mail program."""
    to = letter.to or "(no address is known)"
    return f"To: {to}\nSubject: {letter.subject}\n\n{letter.body}"
