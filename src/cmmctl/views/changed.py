"""What a change says afterwards: what was understood, what it did to what is to go, and what is still missing."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from cmmctl import keys
from cmmctl.amounts import dollars, shown, shown_up
from cmmctl.dates import first_day, last_day, plain
from cmmctl.described import Key, keys_of
from cmmctl.model import HOURS_PER_IACET_CEU, Expense, Fact, Payment
from cmmctl.outlook import Outlook, short
from cmmctl.screen import Cell, Fields, Grid, Part, Row, Text, cells
from cmmctl.views.records import heading, value_text

_STARTS = frozenset({"start"})  # a month or a year counts from its first day there, elsewhere to its last
_MENDING = {
    "certificate": "cmmctl attach {} FILE",
    "domain": 'cmmctl edit {} domains+="DOMAIN"',
    "index": "cmmctl edit {} approvals+=INDEX",
}

MANY, FIRST, LAST = 10, 3, 2  # of more records than so many, the first and the last are shown


class Touched(NamedTuple):
    """One record that a change touched: as it was and as it is, None where it was not there or is gone."""

    fact: Fact
    old: Mapping[str, object] | None
    new: Mapping[str, object] | None


def effect(before: Outlook, after: Outlook) -> list[dict[str, Any]]:
    """Set what is to go under every reading, and for every need while preparing, beside what it was."""
    readings = {(s.rules.id, r.edition.name): r.remaining for s in before.standings for r in s.readings}
    needs = {(a.rules.id, finding.need.name): finding.missing for a in before.assessments for finding in a.findings}
    return [
        {
            "credential": s.rules.id, "edition": r.edition.name, "label": r.edition.label, "due": r.cycle.due,
            "before": readings.get((s.rules.id, r.edition.name)), "after": r.remaining,
        }
        for s in after.standings for r in s.readings
    ] + [
        {
            "credential": a.rules.id, "need": finding.need.name, "label": finding.need.label,
            "before": needs.get((a.rules.id, finding.need.name)), "after": finding.missing,
        }
        for a in after.assessments if not a.certified for finding in a.findings
    ]  # fmt: skip


def changed(
    verb: str, touched: Sequence[Touched], effects: Sequence[Mapping[str, Any]], after: Outlook, said: str
) -> list[Part]:
    """Draw what a change did."""
    moved, still = _effects(effects)
    notes = [*still, *_lacking([one.fact.id for one in touched if one.new is not None], after)]
    return [
        *_told(verb, touched),
        *([Grid(moved)] if moved else []),
        *([Fields(notes)] if notes else []),
        *([Text(Cell(said))] if said else []),
        Text(Cell("Wrong? cmmctl undo", "dim")),
    ]


def stepped(said: str, effects: Sequence[Mapping[str, Any]]) -> list[Part]:
    """Draw what an undo or redo did."""
    moved, still = _effects(effects)
    rows: list[Part] = [Grid(moved)] if moved else []
    return [Text(Cell(said, "strong")), *rows, *([Fields(still)] if still else [])]


def same(names: Sequence[str]) -> list[Part]:
    """Say that there was nothing to change."""
    return [Text(Cell(f"{', '.join(names)}: nothing to change."))]


def _told(verb: str, touched: Sequence[Touched]) -> Iterator[Part]:
    between = range(FIRST, len(touched) - LAST) if len(touched) > MANY else range(0)
    if between:
        yield Text(Cell(f"{verb} {len(touched):,} records", "strong"))
    for number, (fact, old, new) in enumerate(touched):
        if between:
            if number not in between:
                yield Text(Cell(f"  {fact.id}  {_brief(fact)}"))
            elif number == FIRST:
                yield Text(Cell(f"  ... and {len(between):,} more"))
            continue
        beside = number and verb in {"Recorded", "Done:"}
        if new is None or beside:
            word = "  with" if beside else verb
            yield Text(Cell(f"{word} {fact.id}  {_brief(fact)}"))
            continue
        yield Text(Cell(f"{verb} {fact.id}", "strong"))
        rows = [
            cells(f"  {name.replace('_', ' ')}", text)
            for name in dict.fromkeys([*(old or {}), *new])
            if name not in {"id", "sha256"}
            and (text := _compared(fact, name, old, new, only_changes=verb == "Changed"))
        ]
        yield Fields(rows)


def _brief(fact: Fact) -> str:
    money = f"{dollars(fact.amount)} " if isinstance(fact, Expense | Payment) else ""
    paid = f", paid {value_text(fact.paid)}" if isinstance(fact, Expense) and fact.paid else ""
    return f"{money}{heading(fact)}{paid}"


def _compared(
    fact: Fact, name: str, old: Mapping[str, object] | None, new: Mapping[str, object], *, only_changes: bool
) -> str:
    """Say what a key holds now; under `only_changes` what it held before too, and nothing where it is the same."""
    key = keys_of(type(fact)).get(name)
    was, now = (
        "none" if table is None or name not in table else understood(key, table[name]) if key else str(table[name])
        for table in (old, new)
    )
    if only_changes:
        return "" if was == now else f"{was} -> {now}"
    return now if name in new else ""


def understood(key: Key, value: object) -> str:
    """Say how a value was understood: days with their weekday, money as such, what a bare month or year stands for."""
    if key.value is keys.MONEY:
        return dollars(Decimal(str(value)))
    if key.value is keys.STATED and isinstance(value, str):
        counted = f"from {plain(first_day(value))}" if key.name in _STARTS else f"to {plain(last_day(value))}"
        return f"{plain(value)} (day not known: counted {counted})"
    if key.name == "iacet_ceus":
        return f"{value} (counted as {shown(Fraction(str(value)) * HOURS_PER_IACET_CEU)} h)"
    return value_text(value)


def _effects(effects: Sequence[Mapping[str, Any]]) -> tuple[list[Row], list[Row]]:
    """Give a row for each reading or need of a credential where something moved, and one for each where nothing did."""
    moved: list[Row] = []
    still: list[Row] = []
    for credential, group in groupby(effects, lambda line: line["credential"]):
        lines = list(group)
        name = short(credential).upper()
        if all(line["before"] == line["after"] for line in lines):
            same = ", ".join(f"{_figure(line['after'], line)} ({line['label']})" for line in lines)
            still.append(cells(name, f"unchanged, to go: {same}"))
            continue
        for line in lines:
            was, now = line["before"], line["after"]
            before = "" if was in (None, now) else f"{shown_up(was)} -> "
            by = f" by {plain(line['due'])}" if "due" in line else ""
            same = ", unchanged" if was == now else ""
            moved.append(cells(name, line["label"], f"{before}{_figure(now, line)} to go{by}{same}"))
            name = ""
    return moved, still


def _figure(amount: Fraction, line: Mapping[str, Any]) -> str:
    return shown_up(amount) + (" h" if "edition" in line else "")


def _lacking(names: Sequence[str], after: Outlook) -> Iterator[Row]:
    """Say what an entry still misses as evidence, and why one does not count; of many entries, together."""
    missing: dict[str, list[str]] = {}
    refused: dict[tuple[str, str], list[str]] = {}
    for s in after.standings:
        for counted in s.own.counted_entries:
            for what in counted.missing:
                missing.setdefault(counted.entry.id, []).append(what)
        for no in s.own.refused_entries:
            refused.setdefault((no.entry.id, no.why), []).append(s.rules.short)
    if len(names) > MANY:
        yield from _lacking_together(names, missing, {name for name, _ in refused})
        return
    for name in names:
        for what in dict.fromkeys(missing.get(name, ())):
            yield cells("Missing", f"{what} of {name}: {_MENDING[what].format(name)}")
        for (who, why), whom in refused.items():
            if who == name:
                yield cells("Not counted", Cell(f"{name} for {', '.join(whom)}: {why}", "warn"))


def _lacking_together(
    names: Sequence[str], missing: Mapping[str, Sequence[str]], refused: Collection[str]
) -> Iterator[Row]:
    """Count the entries that miss the same or do not count, and name the first of each."""
    without: dict[str, list[str]] = {}
    for name in names:
        for what in dict.fromkeys(missing.get(name, ())):
            without.setdefault(what, []).append(name)
    for what, entries in without.items():
        of = entries[0] if len(entries) == 1 else f"{len(entries):,} entries, the first {entries[0]}"
        yield cells("Missing", f"{what} of {of}: {_MENDING[what].format(entries[0])}")
    if out := [name for name in names if name in refused]:
        yield cells("Not counted", Cell(f"{len(out):,} of them; to see why: cmmctl explain {out[0]}", "warn"))
