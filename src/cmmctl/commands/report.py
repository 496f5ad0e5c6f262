"""The reports: status, eligibility, recert and hours. Nothing here writes."""

from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING, Annotated

import typer

from cmmctl import data
from cmmctl.commands import completing
from cmmctl.commands.options import command
from cmmctl.commands.session import Answer, Session, edition_of
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.dates import first_day, last_day, read_day
from cmmctl.errors import UsageError, failure, misuse, refused
from cmmctl.model import CE, Credential
from cmmctl.outlook import Outlook, outlook
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
    notes = session.dated_notes(a.rules for a in view.assessments)
    converted = [ce.id for ce in session.portfolio.all(CE) if ce.iacet_ceus is not None]
    if converted:
        notes.append(("iacet-ceus", f"{', '.join(converted)}: 1 IACET CEU is counted as 10 hours"))
    return notes


@command("checked")
def status(
    session: Session,
    credential: OneCredential = None,
    in_short: Annotated[bool, typer.Option("--short", help="In one line, for a shell's start-up file.")] = False,  # noqa: FBT002 - Typer's own form
) -> bool:
    """See at a glance: eligible or not, days until recertification, hours to go, what to do next.

    Example: cmmctl status
    """
    if in_short:
        from cmmctl.commands.brief import say  # noqa: PLC0415 - another form of the answer

        if session.as_json or session.as_plain:
            raise misuse("`--short` is a form of its own, beside `--json` and `--plain`", "choose one of them")
        said = say(session, credential)
        return said is not None and said.fails
    view = _outlook(session, credential)
    give_status(session, view)
    return view.fails


def give_status(session: Session, view: Outlook) -> None:
    """Show the one screen, for `status`, bare `cmmctl`, `demo` and the end of `init`."""
    from cmmctl.views.status import status as screen  # noqa: PLC0415 - only the screen that is drawn

    written = session.as_json or session.as_plain
    facts = data.status(session.portfolio.tables.get("profile", {}), view) if written else {}
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
        inside = "`current`, `previous`, `all`, or a date or year inside it"
        raise UsageError(refused("--cycle", error)._replace(hint=inside)) from None
    return day, day
