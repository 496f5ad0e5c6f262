"""What every change says afterwards: what was understood, and what it did to the hours to go."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cmmctl.amounts import dollars, shown_up
from cmmctl.commands.session import PREPARED_FOR, Answer, Session
from cmmctl.dates import plain
from cmmctl.errors import failure
from cmmctl.model import CE, Claim, Course, Credential, Portfolio
from cmmctl.outlook import Outlook, outlook
from cmmctl.screen import Cell, Grid, Part, Text, cells
from cmmctl.store import Document
from cmmctl.typed import Context
from cmmctl.writing import update


def context(session: Session) -> Context:
    """Collect what typed words are understood with."""
    rules = session.rules()
    domains = next((edition.domains for known in rules for edition in known.editions if edition.domains), ())
    return Context(today=session.today, issuers=list(dict.fromkeys(known.slug for known in rules)), domains=domains)


def resolve(session: Session, record: dict[str, Any]) -> None:
    """Turn credentials into full ids; every record that is named must exist."""
    for name in ("credential", "credentials"):
        if name in record:
            given = record[name]
            whole = [session.credential(word) for word in ([given] if isinstance(given, str) else given)]
            record[name] = whole[0] if isinstance(given, str) else whole
    for name in ("records", "entries"):
        if name in record:
            record[name] = [session.fact(word).id for word in record[name]]
    if "claim" in record and not isinstance(session.fact(record["claim"]), Claim):
        raise failure(f"{record['claim']} is no claim", "not-found", "`cmmctl list claim` shows the claims")


def change(
    session: Session,
    edit: Callable[[Document], str],
    names: Callable[[], Sequence[str]],
    verb: str,
    said: str = "",
) -> None:
    """Make one change to the portfolio, and say what it did. `names`: the records it touched, known afterwards."""
    before, after = update(
        session.where.path,
        session.rulebook,
        edit,
        session.occasion,
        lambda before, after: _in_words(verb, names(), before, after),
    )
    views = [_view(session, document.portfolio) for document in (before, after)]
    tables = [(name, (after if name in after.portfolio.tables else before).portfolio.tables[name]) for name in names()]
    effect = _effect(*views)
    kinds = {fact.id: fact.kind for fact in (*before.portfolio, *after.portfolio)}
    records: list[dict[str, Any]] = [{"kind": kinds[name], "id": name, **_without_id(table)} for name, table in tables]
    first = {"id": records[0]["id"], "kind": records[0]["kind"], "record": records[0]} if records else {}
    more = {"records": records} if len(records) > 1 else {}
    session.give(
        Answer(
            data={**first, **more, "effect": effect},
            screen=lambda: [
                *_told(verb, tables),
                *_effects(effect),
                *_lacking(tables, after.portfolio, views[1]),
                *([Text(Cell(said))] if said else []),
            ],
        )
    )  # fmt: skip


def _in_words(verb: str, names: Sequence[str], before: Document, after: Document) -> str:
    """Say for the history what a change did: to its record, and which others came with it."""
    from cmmctl.views.reports import amount, heading  # noqa: PLC0415 - only where something was changed

    name, *others = names
    with_others = f", with {', '.join(others)}" if others else ""
    if verb == "Changed":
        old, new = before.portfolio.tables[name], after.portfolio.tables[name]
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return f"changed {name}: {', '.join(keys)}"
    holder = after if name in after.portfolio.tables else before
    fact = next(fact for fact in holder.portfolio if fact.id == name)
    said = ", ".join(filter(None, (heading(fact), amount(fact))))
    return f"{verb.rstrip(':').lower()} {name}, {said}{with_others}"


def _without_id(table: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in table.items() if key != "id"}


def _view(session: Session, portfolio: Portfolio) -> Outlook:
    recorded = portfolio.all(Credential)
    rules = [session.rules_of(credential.id, portfolio) for credential in recorded] or [session.rules_of(PREPARED_FOR)]
    return outlook(portfolio, rules, session.today)


def _effect(before: Outlook, after: Outlook) -> list[dict[str, Any]]:
    """Set the hours to go under every reading beside what they were."""
    old = {(s.rules.id, r.edition.name): r for s in before.standings for r in s.readings}
    effect: list[dict[str, Any]] = [
        {
            "credential": s.rules.id, "edition": r.edition.name, "label": r.edition.label, "due": r.cycle.due,
            "before": was.remaining if (was := old.get((s.rules.id, r.edition.name))) else None, "after": r.remaining,
        }
        for s in after.standings
        for r in s.readings
    ]  # fmt: skip
    judged = {a.rules.id: a for a in before.assessments}
    for a in after.assessments:
        if not a.certified and (was_a := judged.get(a.rules.id)):
            effect += [
                {
                    "credential": a.rules.id,
                    "need": now.need.name,
                    "label": now.need.label,
                    "before": then.missing,
                    "after": now.missing,
                }
                for then, now in zip(was_a.findings, a.findings, strict=True)
            ]
    return effect


def _told(verb: str, tables: Sequence[tuple[str, Mapping[str, object]]]) -> list[Part]:
    from cmmctl.views.reports import value_text  # noqa: PLC0415 - only where a screen is drawn

    parts: list[Part] = []
    for number, (name, table) in enumerate(tables):
        if number and verb == "Recorded":
            parts.append(Text(Cell(f"  with {name}  {_beside(table)}")))
            continue
        parts.append(Text(Cell(f"{verb} {name}", "strong")))
        if verb != "Removed":
            parts.append(
                Grid(
                    [cells(key.replace("_", " "), value_text(value)) for key, value in table.items() if key != "id"],
                    indent=2,
                )
            )
    return parts


def _beside(table: Mapping[str, object]) -> str:
    """Say in a few words what was written beside a record."""
    amount = table.get("amount")
    return f"{dollars(Decimal(str(amount)))} {table['what']}" if amount is not None else f"{table['path']}"


def _effects(effect: Sequence[Mapping[str, Any]]) -> list[Part]:
    rows = []
    for line in effect:
        before, after = line["before"], line["after"]
        unit = "h" if "edition" in line else "to go"
        figure = (
            f"{shown_up(after)} {unit}"
            if before is None or before == after
            else f"{shown_up(before)} -> {shown_up(after)} {unit}"
        )
        short = line["credential"].rpartition(".")[2].upper()
        by = f" to go by {plain(line['due'])}" if "due" in line else ""
        rows.append(cells(short, line["label"], figure + by + ("" if before != after else ", unchanged")))
    return [Grid(rows)] if rows else []


def _lacking(tables: Sequence[tuple[str, Mapping[str, object]]], portfolio: Portfolio, view: Outlook) -> list[Part]:
    """Say what an entry still misses, and why one does not count."""
    names = {name for name, _ in tables}
    entries = {fact.id for kind in (CE, Course) for fact in portfolio.all(kind)}
    rows = []
    for s in view.standings:
        rows += [
            cells("Missing", f"{' and '.join(counted.missing)} of {counted.entry.id}")
            for counted in s.own.counted_entries
            if counted.entry.id in names and counted.missing
        ]
        rows += [
            cells("Not counted", Cell(f"{no.entry.id} for {s.rules.short}: {no.why}", "warn"))
            for no in s.own.refused_entries
            if no.entry.id in names & entries
        ]
    return [Grid(rows)] if rows else []
