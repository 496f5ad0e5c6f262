"""Looking: status, eligibility, recert, hours, list and show. Nothing here writes."""

from datetime import date
from itertools import takewhile
from typing import Annotated

import typer

from cmmctl import data
from cmmctl.commands.session import Answer, Session, command
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.dates import first_day, last_day, read_day
from cmmctl.errors import failure, misuse, nearest
from cmmctl.model import CE, KINDS, Credential, Fact
from cmmctl.outlook import Outlook, outlook
from cmmctl.rules import Edition, RuleSet
from cmmctl.tally import Reading, reading

OneCredential = Annotated[
    str | None,
    typer.Argument(metavar="[CREDENTIAL]", help="One of yours; all without it.", show_default=False),
]
CycleOption = Annotated[
    str, typer.Option("--cycle", metavar="CYCLE", help="current, previous, all, or a date or year inside it.")
]
EditionOption = Annotated[
    str | None, typer.Option("--edition", metavar="EDITION", help="Under another published reading.")
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
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    facts = data.eligibility(view.assessments)
    session.give(
        Answer(
            data=facts, columns=data.ELIGIBILITY, rows=data.eligibility_rows(facts),
            screen=lambda: reports.eligibility(view.assessments, session.on), notes=_notes(session, view),
        )
    )  # fmt: skip


@command("checked")
def recert(session: Session, credential: OneCredential = None) -> bool:
    """When must I recertify? Cycle, due date, days left, pace, and every published reading.

    Example: cmmctl recert cmm
    """
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    view = _outlook(session, credential)
    facts = data.recert(view.standings)
    session.give(
        Answer(
            data=facts, columns=data.RECERT, rows=data.recert_rows(facts),
            screen=lambda: reports.recert(view.standings, session.on), notes=_notes(session, view),
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
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    readings: list[tuple[RuleSet, Reading]] = []
    for s in view.standings:
        chosen = _edition(s.rules, edition, s.own.edition)
        found = (
            [s.own.cycle]
            if cycle == "current" and chosen is s.own.edition
            else _cycles(session, s.credential, chosen, cycle)
        )
        readings += [
            (s.rules, reading(s.credential, s.rules, chosen, session.portfolio, one, session.on)) for one in found
        ]
    facts = data.hours(readings)
    session.give(
        Answer(
            data=facts, columns=data.HOURS, rows=data.hours_rows(facts),
            screen=lambda: reports.hours(readings, session.on), notes=_notes(session, view),
        )
    )  # fmt: skip


def _edition(rules: RuleSet, wanted: str | None, own: Edition) -> Edition:
    names = [edition.name for edition in rules.editions]
    if wanted is None:
        return own
    if wanted not in names:
        meant = nearest(wanted, names)
        hint = f"did you mean `{meant}`?" if meant else f"readings of {rules.id}: {', '.join(names)}"
        raise misuse(f"`{wanted}` is no edition of {rules.id}", hint, code="bad-value")
    return rules.edition(wanted)


def _cycles(session: Session, credential: Credential, edition: Edition, wanted: str) -> list[Cycle]:
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


def _record(session: Session, fact: Fact) -> dict[str, object]:
    table = session.portfolio.tables.get(fact.id, {})
    return {"kind": fact.kind, "id": fact.id, **{key: value for key, value in table.items() if key != "id"}}


@command("report")
def list_(
    session: Session,
    kind: Annotated[
        str | None,
        typer.Argument(metavar="[KIND]", help="Only these: ce, job, course, ...", show_default=False),
    ] = None,
    cycle: Annotated[
        str | None, typer.Option("--cycle", metavar="CYCLE", help="Dated in a cycle of the first credential.")
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
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    facts = [fact for fact in session.portfolio if fact.id in session.portfolio.tables]
    if kind is not None:
        facts = [fact for fact in facts if fact.kind == _kind(kind)]
    low = _option_day(since, "--since", session) or date.min
    high = _option_day(until, "--until", session) or date.max
    if cycle is not None:
        low, high = _bounds(session, cycle)
    if since or until or cycle is not None:
        facts = [fact for fact in facts if (day := day_of(fact)) is not None and low <= day <= high]
    records = [(fact, _record(session, fact)) for fact in facts]
    if find:
        records = [
            (fact, record) for fact, record in records if find.casefold() in str(list(record.values())).casefold()
        ]
    columns = tuple(dict.fromkeys(key for _, record in records for key in record)) or ("kind", "id")
    session.give(
        Answer(
            data=[record for _, record in records], columns=[(name, name) for name in columns],
            rows=[record for _, record in records], screen=lambda: reports.listing([fact for fact, _ in records]),
        )
    )  # fmt: skip


def _kind(word: str) -> str:
    kinds = [*KINDS, "profile"]
    wanted = word.removesuffix("s") if word not in kinds else word
    if wanted not in kinds:
        meant = nearest(word, kinds)
        hint = f"did you mean `{meant}`?" if meant else f"kinds: {', '.join(kinds)}"
        raise misuse(f"`{word}` is no kind of record", hint, code="bad-value")
    return wanted


def _option_day(text: str | None, name: str, session: Session) -> date | None:
    if text is None:
        return None
    try:
        return read_day(text, session.today)
    except ValueError as error:
        raise misuse(f"{name}: {error}", code="bad-value") from None


def _bounds(session: Session, cycle: str) -> tuple[date, date]:
    held = next((c for c in session.portfolio.all(Credential) if c.held(session.on)), None)
    if held is None:
        raise failure("no credential is held, so there is no cycle", "not-found", "run `cmmctl add-credential`")
    rules = session.rules_of(held.id)
    found = _cycles(session, held, rules.edition(held.edition), cycle)
    return (found[0].start, found[-1].due) if found else (date.max, date.min)


def day_of(fact: Fact) -> date | None:
    """Give the day a record is filed under."""
    for name in ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added", "start"):
        if (day := getattr(fact, name, None)) is not None:
            return last_day(day)
    return None


@command("report")
def show(
    session: Session, record: Annotated[str, typer.Argument(metavar="ID", help="The record, such as ce-7.")]
) -> None:
    """Show one record as it stands in the file.

    Example: cmmctl show ce-7
    """
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    fact = session.fact(record)
    found = _record(session, fact)
    session.give(
        Answer(
            data=found, columns=[(name, name) for name in found], rows=[found],
            screen=lambda: reports.record(fact, session.portfolio.tables[fact.id]),
        )
    )  # fmt: skip
