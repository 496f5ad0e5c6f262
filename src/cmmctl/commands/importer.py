"""`import`: many records at once, all or nothing."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from cmmctl.amounts import dollars
from cmmctl.ask import yes
from cmmctl.attaching import dropped
from cmmctl.blocks import append_all
from cmmctl.columns import Source
from cmmctl.commands import completing, extras
from cmmctl.commands.again import program
from cmmctl.commands.changes import change, context
from cmmctl.commands.choosing import kind_meant
from cmmctl.commands.options import command
from cmmctl.commands.quoting import quoted
from cmmctl.commands.session import Answer, Session
from cmmctl.described import keys_of
from cmmctl.errors import CmmctlError, Problem, failure, misuse
from cmmctl.exported import Differing, Ids, Item, Plan, kind_of_sheet, of_json, of_sheet, planned_back
from cmmctl.importing import planned
from cmmctl.model import CE, KINDS, Expense, Profile
from cmmctl.places import expanded
from cmmctl.screen import Cell, Part, Table, Text, cells
from cmmctl.spreadsheet import Row, sheet_of, text_of
from cmmctl.store import Document, understand
from cmmctl.typed import Record, kind_of
from cmmctl.views.records import value_text

FIRST, LAST = 6, 2  # rows of the preview
Planner = Callable[[Document], Plan]


@command("change")
def import_(
    session: Session,
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="FILE", help="A CSV file, or the JSON or the folder that `export data` wrote.", show_default=False
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="KIND", help="What its rows are: ce, course, job.", autocompletion=completing.kinds
        ),
    ] = CE.kind,
    maps: Annotated[list[str] | None, typer.Option("--map", metavar="COLUMN=KEY", help="What a column means.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,  # noqa: FBT002 - Typer's own form
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Record many entries from a spreadsheet; nothing is written unless every row is right.

    Example: cmmctl import seminars.csv --map Sponsor=provider --dry-run
    """
    if (kind := kind_meant(session, kind)) == Profile.kind:
        raise misuse("a profile is no row of a table", "`cmmctl edit profile` changes yours", code="bad-value")
    example = "cmmctl import seminars.csv --map Sponsor=provider --dry-run"
    path = expanded(source) if source else dropped(session.wanted("FILE", example))
    plan = _planner(session, path, kind, dict(_pair(text) for text in maps or ()))
    first = plan(session.document)
    names: list[str] = []

    def edit(document: Document) -> str:
        blocks = _blocks(plan(document), Ids(document.given_ids))
        names[:] = [str(record["id"]) for _, record in blocks]
        text = append_all(document.text, blocks)
        try:
            understand(session.where.path, text, session.rulebook)
        except CmmctlError as error:
            raise CmmctlError(*(problem._replace(file=path.name, line=None) for problem in error.problems)) from error
        return text

    facts = {
        "present": first.present,
        "unused": first.unused,
        "alike": [{"id": name, "like": other} for name, other in first.alike],
        "differing": [each._asdict() for each in first.differing],
    }
    if dry_run or not first.records:
        if first.records:
            edit(session.document)
        records = [{"kind": kind, **record} for kind, record in first.records]
        session.give(Answer(data={"records": records, **facts}, screen=lambda: _preview(first)))
        return
    if not session.as_json:
        session.draw(_preview(first))
    if session.interactive and not sure and not yes(f"Write {_many(len(first.records))}?", default=True):
        raise typer.Exit
    change(session, edit, lambda: names, "Imported", besides=facts)


def _blocks(plan: Plan, ids: Ids) -> list[tuple[str, Record]]:
    """Give every record its id, and every cost the record that it was paid for."""
    blocks: list[tuple[str, Record]] = []
    paid_for = ""
    for kind, planned_one in plan.records:
        record = planned_one
        name = str(record.get("id") or ids.of(kind, ""))
        if kind == Expense.kind and "records" not in record:
            record = {**record, "records": [paid_for]}
        else:
            paid_for = name
        blocks.append((kind, {"id": name, **{key: record[key] for key in keys_of(kind_of(kind)) if key in record}}))
    return blocks


def _planner(session: Session, path: Path, kind: str, given: dict[str, str]) -> Planner:
    """Read the source once; give what plans its import, at first and again while nobody else writes."""
    if path.is_dir():
        items = list(_folder(path, session.today))
        return _back(session, items, whole=True)
    text = text_of(_content(path))
    if path.suffix.lower() == ".json":
        return _back(session, of_json(text, path.name), whole=True)
    sheet = sheet_of(text)
    if not given and (exported := kind_of_sheet(sheet)):
        return _back(session, list(of_sheet(exported, sheet, path.name, session.today)), whole=False)
    known = context(session)
    costs = {name: extras.what(kind, name) for name in extras.COSTS} if kind in extras.COSTLY else {}

    def again(pairs: Sequence[str]) -> str:
        maps = [*(f"{column}={key}" for column, key in given.items()), *pairs]
        words = ["import", str(path), *(["--kind", kind] if kind != CE.kind else [])]
        return " ".join([*program(session), quoted([*words, *(word for pair in maps for word in ("--map", pair))])])

    table = Source(kind, path.name, given, costs, again)
    done: list[tuple[Document, Plan]] = []

    def plan(document: Document) -> Plan:
        if not done or done[0][0].portfolio is not document.portfolio:
            made = planned(table, sheet, document.portfolio, known, _seen(session))
            done[:] = [(document, made)]
        return done[0][1]

    return plan


def _back(session: Session, items: list[Item | Problem] | list[Item], *, whole: bool) -> Planner:
    return lambda document: planned_back(items, document.portfolio, document.given_ids, session.today, whole=whole)


def _folder(path: Path, today: date) -> Iterator[Item | Problem]:
    """Read the folder that `export data` wrote, one table for each kind."""
    found = [kind for kind in (Profile.kind, *KINDS) if (path / f"{kind}.csv").is_file()]
    if not found:
        hint = "name a CSV file, or the folder that `cmmctl export data -o NAME/` wrote"
        raise failure(f"{path} holds no table that `cmmctl export data` writes", "file-missing", hint)
    for kind in found:
        sheet = sheet_of(text_of(_content(path / f"{kind}.csv")))
        if sheet.rows and kind_of_sheet(sheet) != kind:
            hint = f"import it by itself: `cmmctl import {path / kind}.csv --kind {kind}`"
            raise failure(f"{kind}.csv is not what `cmmctl export data` writes", "bad-value", hint)
        yield from of_sheet(kind, sheet, f"{kind}.csv", today)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}", "io") from error


def _seen(session: Session) -> Callable[[Sequence[Row]], Iterator[Row]]:
    """Show how far the reading of a long table is, to a person who waits."""
    from cmmctl.render.progress import watched  # noqa: PLC0415 - only where a table is read

    return lambda rows: iter(rows) if session.as_json else watched(rows, "Reading rows")


def _pair(text: str) -> tuple[str, str]:
    column, sign, key = text.rpartition("=")
    if not sign or not column or not key:
        raise misuse(f"`--map {text}` is no COLUMN=KEY", '--map "Date completed=date"')
    return column, key.strip().replace("-", "_")


def _preview(plan: Plan) -> list[Part]:
    parts: list[Part] = []
    left = ", ".join(plan.unused)
    if plan.columns:
        read = ", ".join(f"{column} as {key}" for column, key in plan.columns.items())
        parts.append(Text(Cell(f"Columns: {read}" + (f"; left out: {left}" if left else ""))))
    elif left:
        parts.append(Text(Cell(f"Left out, because nothing is known of it: {left}")))
    if plan.records:
        several = len({kind for kind, _ in plan.records}) > 1
        parts += _counted(plan) if several and not plan.columns else _rows(plan)
    if plan.present:
        said = "is there already and is" if plan.present == 1 else "are there already and are"
        parts.append(Text(Cell(f"{plan.present:,} {said} skipped.")))
    parts += [Text(Cell(_differing(each))) for each in plan.differing[:FIRST]]
    if (more := len(plan.differing) - FIRST) > 0:
        parts.append(Text(Cell(f"and {more:,} more of them say something else")))
    parts += [Text(Cell(_alike(name, other))) for name, other in plan.alike[:FIRST]]
    if (more := len(plan.alike) - FIRST) > 0:
        parts.append(Text(Cell(f"and {more:,} more look like one on record")))
    if not plan.records:
        parts.append(Text(Cell("There is nothing new to record.")))
    return parts


def _differing(one: Differing) -> str:
    keys = ", ".join(f"`{key}`" for key in one.keys if not (one.completes and key == "status"))
    if one.like == Profile.kind:
        return f"The profile there says otherwise: {keys}. Yours stays as it is: `cmmctl edit profile` changes it."
    otherwise = f" and says otherwise: {keys}" if keys else ""
    if one.completes:
        return f"{one.row} looks like {one.like}, which is planned{otherwise}. `cmmctl done {one.like}` completes it."
    return f"{one.row} looks like {one.like}{otherwise}; {one.like} stays as it is."


def _alike(name: str, other: str) -> str:
    return f"{name} looks like {other}, which says something else: both will be on record. `cmmctl show {other}`"


def _many(count: int) -> str:
    return f"{count:,} {'record' if count == 1 else 'records'}"


def _counted(plan: Plan) -> list[Part]:
    """Count the records of several kinds, which share no columns."""
    counts = Counter(kind for kind, _ in plan.records)
    rows = [cells(kind, f"{count:,}") for kind, count in counts.items()]
    return [Table(f"{len(plan.records):,} to write", ("Kind", "Records"), rows, frozenset({1}))]


def _rows(plan: Plan) -> list[Part]:
    """Show the first and the last rows of one kind, and count the costs that come with them."""
    costs = [record["amount"] for _, record in plan.records if "records" not in record and "what" in record]
    records = [record for _, record in plan.records if "records" in record or "what" not in record]
    paid = [Text(Cell(f"with costs of {dollars(sum(costs))}, {_many(len(costs))}"))] if costs else []
    between = len(records) - FIRST - LAST
    shown = [*records[:FIRST], *records[-LAST:]] if between > 0 else records
    keys = list(dict.fromkeys(key for record in shown for key in record))
    rows = [cells(*(value_text(record.get(key, "")) for key in keys)) for record in shown]
    if between <= 0:
        return [Table(f"{len(records)} to write", keys, rows), *paid]
    rows.insert(FIRST, cells(*("..." for _ in keys)))
    title = f"{len(records):,} to write: the first {FIRST} and the last {LAST}"
    return [Table(title, keys, rows), Text(Cell(f"and {between:,} more between them")), *paid]
