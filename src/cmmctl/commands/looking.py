"""Looking at records as they stand in the file: list and show."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import typer

from cmmctl.commands import completing
from cmmctl.commands.choosing import (
    Test,
    concerning,
    condition,
    day_of,
    holding,
    kind_meant,
    order,
    sorted_by,
)
from cmmctl.commands.options import command
from cmmctl.commands.report import chosen_cycles
from cmmctl.commands.session import Answer, Session, option_span, record_data
from cmmctl.dates import first_day, last_day
from cmmctl.errors import failure
from cmmctl.model import KINDS, Credential, Profile
from cmmctl.render.text import safe


@command("report")
def list_(
    session: Session,
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="KIND",
            help="Only these: ce, job, course, ...",
            show_default=False,
            autocompletion=completing.kinds,
        ),
    ] = None,
    conditions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="key=value...",
            help="Only where a key has that value.",
            show_default=False,
            autocompletion=completing.conditions,
        ),
    ] = None,
    sort: Annotated[
        str | None,
        typer.Option(
            "--sort", metavar="KEY", help="By date, hours, title or any key; -KEY turns it round.",
            autocompletion=completing.sort_keys,
        ),
    ] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="The last one first.")] = False,  # noqa: FBT002 - Typer's own form
    status: Annotated[
        str | None,
        typer.Option("--status", metavar="WORD", help="completed, planned or in-progress.",
                     autocompletion=completing.statuses),
    ] = None,
    credential: Annotated[
        str | None,
        typer.Option("--for", metavar="CREDENTIAL", help="What concerns that credential, its proofs and costs too.",
                     autocompletion=completing.credentials),
    ] = None,
    cycle: Annotated[
        str | None,
        typer.Option("--cycle", metavar="CYCLE", help="Dated in a cycle, of the first credential or that of --for.",
                     autocompletion=completing.cycles),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Dated on that day or later; a month or a year will do."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="DATE", help="Dated on that day or earlier; a month or a year will do."),
    ] = None,
    find: Annotated[
        str | None, typer.Option("--find", metavar="TEXT", help="With this text anywhere in the record.")
    ] = None,
) -> None:  # fmt: skip
    """List what is recorded, in the order of the file or sorted, with totals at the foot.

    Example: cmmctl list ce --since 2026-01-01 --sort -hours
    """
    from cmmctl.views.records import listing  # noqa: PLC0415 - only the screen that is drawn

    asked = list(conditions or ())
    if kind is not None and "=" in kind:
        asked, kind = [kind, *asked], None
    kinds = [kind_meant(session, kind)] if kind is not None else [*KINDS, Profile.kind]
    by = order(sort, kinds) if sort is not None else None
    asked += [f"status={status}"] if status is not None else []
    tests = [condition(session, word, kinds) for word in asked]
    if credential is not None:
        tests.append(concerning(session.portfolio, session.credential(credential)))
    if since or until or cycle is not None:
        tests.append(_dated(session, since, until, cycle, credential))
    if find:
        tests.append(holding(find, session.portfolio.tables))
    there = [fact for fact in session.portfolio if fact.kind in kinds]
    facts = [fact for fact in there if all(test(fact) for test in tests)]
    facts = sorted_by(facts, by) if by else facts
    facts = facts[::-1] if reverse else facts
    records = [record_data(fact.kind, fact.id, session.portfolio.tables[fact.id]) for fact in facts]
    options = {"--for": credential, "--cycle": cycle, "--since": since, "--until": until, "--find": find}
    said = [*asked, *(f"{name} {word}" for name, word in options.items() if word)]
    session.give(
        Answer(
            data=records,
            screen=lambda: listing(facts, by.key if by else "", len(there), kind and kinds[0], said),
            notes=session.dated_notes([session.rules_of(_owner(session, credential).id)]) if cycle is not None else (),
            **_columns(records if session.as_plain else ()),
        )
    )


def _dated(session: Session, since: str | None, until: str | None, cycle: str | None, credential: str | None) -> Test:
    low = first_day(option_span(since, session.today, "--since")) if since else date.min
    high = last_day(option_span(until, session.today, "--until")) if until else date.max
    if cycle is not None:
        first, last = _bounds(session, cycle, credential)
        low, high = max(low, first), min(high, last)
    return lambda fact: (day := day_of(fact)) is not None and low <= day <= high


def _bounds(session: Session, cycle: str, word: str | None) -> tuple[date, date]:
    """Find the first and the last day of a cycle of one credential."""
    owner = _owner(session, word)
    rules = session.rules_of(owner.id)
    found = chosen_cycles(session, owner, rules.edition(owner.edition), cycle)
    return (found[0].start, found[-1].due) if found else (date.max, date.min)


def _owner(session: Session, word: str | None) -> Credential:
    """Find the credential whose cycle is meant."""
    held = [c for c in session.portfolio.all(Credential) if c.held(session.on)]
    if word is not None:
        name = session.credential(word)
        held = [c for c in held if c.id == name]
    if not held:
        what = f"{word} is not held" if word else "no credential is held"
        raise failure(f"{what}, so there is no cycle", "not-found", "run `cmmctl add-credential`")
    return held[0]


def _columns(records: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Make a table of records, with a column for every key that one of them has."""
    names = list(dict.fromkeys(key for record in records for key in record)) or ["kind", "id"]
    return {
        "columns": [(safe(name), str(number)) for number, name in enumerate(names)],
        "rows": [{str(number): record.get(name) for number, name in enumerate(names)} for record in records],
    }


@command("report")
def show(
    session: Session,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="ID",
            help="The record, such as ce-7, cmm or profile.",
            show_default=False,
            autocompletion=completing.records,
        ),
    ] = None,
) -> None:
    """Show one record as it stands in the file.

    Example: cmmctl show ce-7
    """
    from cmmctl.views.records import record as screen  # noqa: PLC0415 - only the screen that is drawn

    fact = session.fact(record or session.wanted("ID", "cmmctl show ce-7"))
    table = session.portfolio.tables[fact.id]
    found = record_data(fact.kind, fact.id, table)
    session.give(Answer(data=found, screen=lambda: screen(fact, table), **_columns([found])))
