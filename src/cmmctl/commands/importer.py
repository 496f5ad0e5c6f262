"""`import`: many records at once, all or nothing."""

from pathlib import Path
from typing import Annotated

import typer

from cmmctl.ask import yes
from cmmctl.blocks import append_all
from cmmctl.commands import completing
from cmmctl.commands.changes import change, context
from cmmctl.commands.session import Answer, Session, command
from cmmctl.errors import failure, misuse
from cmmctl.importing import Plan, from_data, planned, text_of
from cmmctl.model import CE, KINDS, keys_of
from cmmctl.schema import next_id
from cmmctl.screen import Cell, Part, Table, Text, cells
from cmmctl.store import Document
from cmmctl.tables import unknown
from cmmctl.typed import Record, kind_of

PREVIEW = 8


@command("change")
def import_(
    session: Session,
    source: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, or the JSON that `export data` wrote.")],
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
    if kind not in KINDS:
        raise misuse(*unknown(kind, list(KINDS), "kind of record"), code="bad-value")
    path = Path(source).expanduser()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise failure(f"cannot read {path}: {error.strerror}", "io") from error
    given = dict(_pair(text) for text in maps or ())

    def plan(document: Document) -> Plan:
        if path.suffix.lower() == ".json":
            known = context(session)
            return from_data(text_of(content), document.portfolio, document.given_ids, known)
        return planned(kind, content, document.portfolio, context(session), given, path.name)

    first = plan(session.document)
    if dry_run or not first.records:
        facts = {
            "records": [{"kind": k, **r} for k, r in first.records],
            "present": first.present,
            "unused": first.unused,
        }
        session.give(Answer(data=facts, screen=lambda: _preview(kind, first)))
        return
    if not session.as_json:
        session.draw(_preview(kind, first))
    if session.interactive and not sure and not yes(f"Write {len(first.records)} records?", default=True):
        raise typer.Exit
    names: list[str] = []

    def edit(document: Document) -> str:
        taken = document.given_ids
        blocks: list[tuple[str, Record]] = []
        for its_kind, record in plan(document).records:
            name = str(record.get("id") or next_id(its_kind, taken))
            taken.append(name)
            keys = keys_of(kind_of(its_kind))
            blocks.append((its_kind, {"id": name, **{key: record[key] for key in keys if key in record}}))
        names[:] = [str(record["id"]) for _, record in blocks]
        return append_all(document.text, blocks)

    change(session, edit, lambda: names, "Imported")


def _pair(text: str) -> tuple[str, str]:
    column, sign, key = text.rpartition("=")
    if not sign or not column or not key:
        raise misuse(f"`--map {text}` is no COLUMN=KEY", '--map "Date completed=date"')
    return column, key.strip().replace("-", "_")


def _preview(kind: str, plan: Plan) -> list[Part]:
    parts: list[Part] = []
    if plan.columns:
        read = ", ".join(f"{column} as {key}" for column, key in plan.columns.items())
        parts.append(Text(Cell(f"Columns: {read}" + (f"; left out: {', '.join(plan.unused)}" if plan.unused else ""))))
    keys = list(dict.fromkeys(key for _, record in plan.records[:PREVIEW] for key in record))
    rows = [cells(*(str(record.get(key, "")) for key in keys)) for _, record in plan.records[:PREVIEW]]
    if rows:
        parts.append(Table(f"{len(plan.records)} to write", keys, rows))
    if len(plan.records) > PREVIEW:
        parts.append(Text(Cell(f"and {len(plan.records) - PREVIEW} more")))
    if plan.present:
        parts.append(Text(Cell(f"{plan.present} are there already and are skipped.")))
    if not plan.records:
        parts.append(Text(Cell(f"There is nothing new to record as {kind}.")))
    return parts
