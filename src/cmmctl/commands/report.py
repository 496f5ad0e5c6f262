"""Looking: status, eligibility, recert, hours, list and show. Nothing here writes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cmmctl import data
from cmmctl.amounts import shown_input
from cmmctl.commands import completing
from cmmctl.commands.session import Answer, Session, command, edition_of, option_day, record_data
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.dates import first_day, last_day, read_day
from cmmctl.errors import failure, misuse
from cmmctl.model import CE, KINDS, Credential, Fact
from cmmctl.outlook import Outlook, outlook
from cmmctl.render.text import safe
from cmmctl.renewal import Standing
from cmmctl.rules import Edition, RuleSet
from cmmctl.tally import Reading, reading

if TYPE_CHECKING:
    from cmmctl.sealing import Sealed

MOST_LAG = 9999  # days

OneCredential = Annotated[
    str | None,
    typer.Argument(
        metavar="CREDENTIAL",
        help="One of yours; all without it.",
        show_default=False,
        autocompletion=completing.credentials,
    ),
]
CycleOption = Annotated[
    str,
    typer.Option(
        "--cycle",
        metavar="CYCLE",
        help="current, previous, all, or a date or year inside it.",
        autocompletion=completing.cycles,
    ),
]
EditionOption = Annotated[
    str | None,
    typer.Option(
        "--edition", metavar="EDITION", help="Under another published reading.", autocompletion=completing.editions
    ),
]


def _outlook(session: Session, credential: str | None) -> Outlook:
    return outlook(session.portfolio, session.rules(credential), session.on)


def _notes(session: Session, view: Outlook) -> list[tuple[str, str]]:
    notes = session.notes(a.rules for a in view.assessments)
    notes += [
        ("due-assumed", f"{s.rules.id}: the due date {s.own.cycle.due} was computed and nobody confirmed it")
        for s in view.standings
        if s.due_is == "assumed"
    ]
    converted = [ce.id for ce in session.portfolio.all(CE) if ce.iacet_ceus is not None]
    if converted:
        notes.append(("iacet-ceus", f"{', '.join(converted)}: 1 IACET CEU is counted as 10 hours"))
    return notes


@command("checked")
def status(session: Session, credential: OneCredential = None) -> bool:
    """See at a glance: eligible or not, days until recertification, hours to go, what to do next.

    Example: cmmctl status
    """
    view = _outlook(session, credential)
    give_status(session, view)
    return view.fails


def give_status(session: Session, view: Outlook) -> None:
    """Show the one screen, for `status`, bare `cmmctl`, `demo` and the end of `init`."""
    from cmmctl.views.status import status as screen  # noqa: PLC0415 - only the screen that is drawn

    facts = data.status(session.portfolio.tables.get("profile", {}), view)
    rows = data.status_rows(facts) if session.as_plain else []
    session.give(
        Answer(
            data=facts,
            columns=data.STATUS,
            rows=rows,
            screen=lambda: screen(view),
            notes=_notes(session, view),
        )
    )


@command("checked")
def eligibility(session: Session, credential: OneCredential = None) -> bool:
    """May I sit the exam? Each need, what is on record, the verdict, and since or from when.

    Example: cmmctl eligibility cmm
    """
    view = _outlook(session, credential)
    give_eligibility(session, view)
    return view.fails


def give_eligibility(session: Session, view: Outlook) -> None:
    """Show the answer to one question of `status` in full."""
    from cmmctl.views.eligibility import eligibility as screen  # noqa: PLC0415 - only the screen that is drawn

    facts = data.eligibility(view.assessments)
    session.give(
        Answer(
            data=facts, columns=data.ELIGIBILITY, rows=data.eligibility_rows(facts),
            screen=lambda: screen(view.assessments, session.on), notes=_notes(session, view),
        )
    )  # fmt: skip


@command("checked")
def recert(
    session: Session,
    credential: OneCredential = None,
    lag: Annotated[
        int | None,
        typer.Option(
            "--lag", metavar="DAYS", min=0, max=MOST_LAG, show_default=False,
            help="Days until hours are posted: the latest day for those missing.",
        ),
    ] = None,
) -> bool:  # fmt: skip
    """When must I recertify? Cycle, due date, days left, pace, and every published reading.

    Example: cmmctl recert cmm
    """
    from cmmctl import pace, reasons  # noqa: PLC0415 - only this report needs them
    from cmmctl.views.recert import recert as screen  # noqa: PLC0415 - only the screen that is drawn

    view = _outlook(session, credential)
    more = {s.rules.id: pace.more(s, session.portfolio, session.on, lag) for s in view.standings}
    facts = [known | reasons.more(more[known["credential"]]) for known in data.recert(view.standings)]
    session.give(
        Answer(
            data=facts, columns=data.RECERT, rows=data.recert_rows(facts),
            screen=lambda: screen(view.standings, session.on, more), notes=_notes(session, view),
        )
    )  # fmt: skip
    return view.fails


@command("checked")
def hours(
    session: Session,
    credential: OneCredential = None,
    cycle: CycleOption = "current",
    edition: EditionOption = None,
) -> bool:
    """How many CE hours count, how many are to go, by requirement and entry.

    Example: cmmctl hours cmm --cycle previous
    """
    view = _outlook(session, credential)
    give_hours(session, view, cycle, edition)
    return view.fails


def give_hours(session: Session, view: Outlook, cycle: str = "current", edition: str | None = None) -> None:
    """Show the tally of the cycles that are asked for."""
    from cmmctl import reasons  # noqa: PLC0415 - only this report needs it
    from cmmctl.views.hours import hours as screen  # noqa: PLC0415 - only the screen that is drawn

    tallied = [one for s in view.standings for one in _tallied(session, s, cycle, edition)]
    readings = [(rules, judged) for rules, judged, _ in tallied]
    filed = [one for _, _, one in tallied]
    seals = [{"sealed": reasons.sealed(one)} if one else {} for one in filed]
    facts = [known | seal for known, seal in zip(data.hours(readings), seals, strict=True)]
    session.give(
        Answer(
            data=facts, columns=data.HOURS, rows=data.hours_rows(facts),
            screen=lambda: screen(readings, session.on, filed), notes=_notes(session, view),
        )
    )  # fmt: skip


def _tallied(
    session: Session, s: Standing, cycle: str, edition: str | None
) -> Iterator[tuple[RuleSet, Reading, "Sealed | None"]]:
    """Tally the cycles that are asked for; a filed one under the reading it was filed under, unless one is named."""
    from cmmctl.sealing import seals  # noqa: PLC0415 - only this report needs it

    chosen = edition_of(s.rules, edition) if edition else s.own.edition
    filed = {one.renewal.due: one for one in seals(s.credential, s.rules, session.portfolio, session.on)}
    for found in chosen_cycles(session, s.credential, chosen, cycle):
        one = filed.get(found.due) if chosen is s.own.edition else None
        asked, held = (one.edition, one.cycle) if one and not edition else (chosen, found)
        yield s.rules, reading(s.credential, s.rules, asked, session.portfolio, held, session.on), one


def chosen_cycles(session: Session, credential: Credential, edition: Edition, wanted: str) -> list[Cycle]:
    """Find the cycles a word asks for: those that have begun, counted as that edition counts them."""
    own = edition.name == (credential.edition or session.rules_of(credential.id).default)
    begun = _begun(credential, edition, session.on, own=own)
    if own:
        now = current_cycle(credential, edition, renewals(session.portfolio, credential, session.on), session.on)
    else:
        now = begun[-1]
    match wanted:
        case "all":
            return begun if now in begun else [*begun, now]
        case "current":
            return [now]
        case "previous":
            return [one for one in begun if one.due < now.start][-1:]
    first, last = _days(wanted, session.today)
    until = [one for one in _begun(credential, edition, last, own=own) if one.due >= first]
    if not until:
        raise failure(
            f"no cycle of {credential.id} holds {wanted}",
            "not-found",
            f"it was earned on {credential.earned}",
        )
    return until


def _begun(credential: Credential, edition: Edition, by: date, *, own: bool) -> list[Cycle]:
    return list(takewhile(lambda one: one.start <= by, cycles(credential, edition, own=own)))


def _days(text: str, today: date) -> tuple[date, date]:
    from cmmctl.dates import is_stated  # noqa: PLC0415 - a rare form

    if is_stated(text):
        return first_day(text), last_day(text)
    try:
        day = read_day(text, today)
    except ValueError as error:
        raise misuse(
            f"--cycle: {error}", "`current`, `previous`, `all`, or a date or year inside it", code="bad-value"
        ) from None
    return day, day


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
    cycle: Annotated[
        str | None,
        typer.Option(
            "--cycle",
            metavar="CYCLE",
            help="Dated in a cycle of the first credential.",
            autocompletion=completing.cycles,
        ),
    ] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="Dated on that day or later.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Dated on that day or earlier.")] = None,
    find: Annotated[
        str | None, typer.Option("--find", metavar="TEXT", help="With this text anywhere in the record.")
    ] = None,
) -> None:
    """List what is recorded, in the order of the file.

    Example: cmmctl list ce --since 2026-01-01
    """
    from cmmctl.views.records import listing  # noqa: PLC0415 - only the screen that is drawn

    low = option_day(since, session.today, "--since") if since else date.min
    high = option_day(until, session.today, "--until") if until else date.max
    if cycle is not None:
        first, last = _bounds(session, cycle)
        low, high = max(low, first), min(high, last)
    facts = list(session.portfolio)
    if kind is not None:
        wanted = _kind(session, kind)
        facts = [fact for fact in facts if fact.kind == wanted]
    if since or until or cycle is not None:
        facts = [fact for fact in facts if (day := day_of(fact)) is not None and low <= day <= high]
    if find:
        facts = [fact for fact in facts if find.casefold() in _words(session.portfolio.tables[fact.id])]
    records = [record_data(fact.kind, fact.id, session.portfolio.tables[fact.id]) for fact in facts]
    session.give(Answer(data=records, screen=lambda: listing(facts), **_columns(records)))


def _words(table: Mapping[str, object]) -> str:
    """Put everything a record holds in one text to search in."""
    values = (item for value in table.values() for item in (value if isinstance(value, list) else [value]))
    return "\n".join(map(str, values)).casefold()


def _columns(records: Sequence[Mapping[str, object]]) -> dict[str, Any]:
    """Make a table of records, with a column for every key that one of them has."""
    names = list(dict.fromkeys(key for record in records for key in record)) or ["kind", "id"]
    return {
        "columns": [(safe(name), str(number)) for number, name in enumerate(names)],
        "rows": [{str(number): record.get(name) for number, name in enumerate(names)} for record in records],
    }


def _kind(session: Session, word: str) -> str:
    kinds = [*KINDS, "profile"]
    wanted = word if word in kinds else word.removesuffix("s")
    if wanted not in kinds:
        from cmmctl.commands import meant  # noqa: PLC0415 - only on failure

        found = meant.kind(word, kinds)
        hint = f"did you mean `{found}`?" if found else session.mended(word) or f"kinds: {', '.join(kinds)}"
        raise misuse(f"{shown_input(word)} is no kind of record", hint, code="bad-value")
    return wanted


def _bounds(session: Session, cycle: str) -> tuple[date, date]:
    held = next((c for c in session.portfolio.all(Credential) if c.held(session.on)), None)
    if held is None:
        raise failure("no credential is held, so there is no cycle", "not-found", "run `cmmctl add-credential`")
    rules = session.rules_of(held.id)
    found = chosen_cycles(session, held, rules.edition(held.edition), cycle)
    return (found[0].start, found[-1].due) if found else (date.max, date.min)


def day_of(fact: Fact) -> date | None:
    """Give the day a record is filed under."""
    for name in ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added", "start"):
        if (day := getattr(fact, name, None)) is not None:
            return last_day(day)
    return None


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
