"""Recertification in depth: why each hour counts or not, what is entered in the issuer's log, training given."""

from collections.abc import Iterator
from typing import Annotated

import typer

from cmmctl import asking, blocks, reasons
from cmmctl.commands import completing
from cmmctl.commands.change import index_of
from cmmctl.commands.changes import change
from cmmctl.commands.options import command
from cmmctl.commands.report import CycleOption, chosen_cycles
from cmmctl.commands.session import Answer, Session, option_day
from cmmctl.dates import plain, weekday
from cmmctl.eligibility import assessment
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.explain import Chapter, about, entry_chapters, exam, recertification
from cmmctl.model import CE, Course, Credential, Fact, Job, Renewal, Training
from cmmctl.renewal import standing
from cmmctl.rulebook import PREPARED_FOR
from cmmctl.rules import RuleSet
from cmmctl.sealing import sealed, seals
from cmmctl.store import Document
from cmmctl.tally import Entry, entries, reading
from cmmctl.trainings import trainings
from cmmctl.typed import validate


@command("report")
def explain(
    session: Session,
    record: Annotated[
        str | None,
        typer.Argument(
            metavar="CREDENTIAL or ID",
            help="A credential, or an entry, course, job or renewal.",
            show_default=False,
            autocompletion=completing.explained,
        ),
    ] = None,
    ask: Annotated[bool, typer.Option("--ask", help="The open question to the issuer, as a ready e-mail.")] = False,  # noqa: FBT002 - Typer's own form
    cycle: CycleOption = "current",
) -> None:
    """Why does each entry count or not, by which rule, and what would change it?

    Example: cmmctl explain ce-7
    """
    word = record or session.wanted("CREDENTIAL or ID", "cmmctl explain ce-7")
    fact = _named(session, word)
    if isinstance(fact, Credential) or fact is None:
        rules = session.rules_of(fact.id if fact else session.credential(word))
        _ask(session, rules, None) if ask else _explain_credential(session, fact, rules, cycle)
    elif isinstance(fact, Renewal):
        _explain_renewal(session, fact)
    elif isinstance(fact, CE | Course | Job):
        _ask_about(session, fact) if ask else _explain_record(session, fact)
    else:
        hint = f"`cmmctl show {fact.id}` shows it as it stands in the file"
        raise misuse(f"{fact.id} is a {fact.kind}, which counts towards nothing", hint)


def _named(session: Session, word: str) -> Fact | None:
    """Find the record that is meant; None for a credential that is known and not on record."""
    try:
        return session.fact(word)
    except CmmctlError:
        try:
            session.credential(word)
        except CmmctlError:
            pass
        else:
            return None
        raise


def _held(session: Session) -> Iterator[tuple[Credential, RuleSet]]:
    for credential in session.portfolio.all(Credential):
        if credential.held(session.on):
            yield credential, session.rules_of(credential.id)


def _explain_credential(session: Session, credential: Credential | None, rules: RuleSet, cycle: str) -> None:
    from cmmctl.views.explain import credential as screen  # noqa: PLC0415 - only the screen that is drawn

    if credential is None or not credential.held(session.on):
        chapters, filed = [exam(assessment(rules, session.portfolio, session.on), session.portfolio)], []
    else:
        chapters = list(_readings(session, credential, rules, cycle))
        filed = seals(credential, rules, session.portfolio, session.on)
    facts = [reasons.chapter(chapter, filed) for chapter in chapters]
    session.give(
        Answer(
            data=facts, columns=reasons.EXPLAIN, rows=reasons.rows(facts),
            screen=lambda: screen(chapters, filed, session.on), notes=session.dated_notes([rules]),
        )
    )  # fmt: skip


def _readings(session: Session, credential: Credential, rules: RuleSet, cycle: str) -> Iterator[Chapter]:
    """Explain every reading of the current cycle, or the own reading of the cycles that are asked for."""
    facts, on = session.portfolio, session.on
    if cycle == "current":
        for judged in standing(credential, rules, facts, on).readings:
            yield recertification(credential, rules, judged, facts, on)
        return
    edition = rules.edition(credential.edition)
    for one in chosen_cycles(session, credential, edition, cycle):
        yield recertification(credential, rules, reading(credential, rules, edition, facts, one, on), facts, on)


def _explain_record(session: Session, fact: CE | Course | Job) -> None:
    from cmmctl.views.explain import entry as screen  # noqa: PLC0415 - only the screen that is drawn

    chapters = list(_chapters_of(session, fact))
    facts = [reasons.chapter(chapter) for chapter in chapters]
    session.give(
        Answer(
            data=facts, columns=reasons.EXPLAIN, rows=reasons.rows(facts),
            screen=lambda: screen(fact.id, fact.title, chapters, session.on),
            notes=session.dated_notes({c.rules.id: c.rules for c in chapters}.values()),
        )
    )  # fmt: skip


def _chapters_of(session: Session, fact: CE | Course | Job) -> Iterator[Chapter]:
    found = entry_of(session, fact.id)
    held = list(_held(session))
    if found is not None:
        for credential, rules in held:
            yield from entry_chapters(found, credential, rules, session.portfolio, session.on)
    if isinstance(fact, CE) and held:
        return
    for rules in session.rules() if session.portfolio.all(Credential) else [session.rules_of(PREPARED_FOR)]:
        yield about(fact.id, exam(assessment(rules, session.portfolio, session.on), session.portfolio))


def entry_of(session: Session, name: str) -> Entry | None:
    """Find what could count as CE by its id; None for a record that cannot, or has no date."""
    return next((entry for entry in entries(session.portfolio) if entry.id == name), None)


def _explain_renewal(session: Session, renewal: Renewal) -> None:
    from cmmctl.screen import Title  # noqa: PLC0415 - only the screen that is drawn
    from cmmctl.views.explain import sealed as screen  # noqa: PLC0415 - as above

    credential = next((c for c in session.portfolio.all(Credential) if c.id == renewal.credential), None)
    rules = session.rules_of(credential.id) if credential and credential.earned else None
    one = sealed(renewal, credential, rules, session.portfolio) if credential and rules else None
    if one is None or rules is None:
        message = f"{renewal.id} names no cycle of {renewal.credential}: nothing can be added up again"
        raise failure(message, "not-found", "`cmmctl check` says what is wrong with it")
    facts = reasons.sealed(one)
    title = Title(f"{renewal.id}  the cycle due {plain(renewal.due)}", weekday(session.on))
    columns = [(name, name) for name in ("renewal", "filed", "accepted", "by", "edition", "hours", "now", "adds_up")]
    notes = session.dated_notes([rules])
    session.give(Answer(data=facts, columns=columns, rows=[facts], screen=lambda: [title, *screen(one)], notes=notes))


def _ask(session: Session, rules: RuleSet, only: Entry | None) -> None:
    """Print what is open with the issuer as an e-mail; nothing is sent."""
    credential = next((c for c in session.portfolio.all(Credential) if c.id == rules.id), None)
    if credential is not None and credential.held(session.on):
        s = standing(credential, rules, session.portfolio, session.on)
        questions = list(asking.of_holder(s, seals(credential, rules, session.portfolio, session.on), only and only.id))
    else:
        questions = list(asking.of_candidate(assessment(rules, session.portfolio, session.on)))
    written = asking.letter(rules, session.portfolio, credential.number if credential else None, questions)
    _give_letter(session, rules, written)


def _give_letter(session: Session, rules: RuleSet, written: asking.Letter | None) -> None:
    from cmmctl.views.explain import mail  # noqa: PLC0415 - only where an e-mail is asked for

    if session.as_json or session.as_plain:
        facts = written._asdict() if written else {}
        columns = [(name, name) for name in asking.Letter._fields]
        session.give(Answer(data=facts, columns=columns, rows=[facts] if facts else [], screen=list))
    elif written is None:
        session.write(f"Nothing is open with {rules.issuer} by these records.")
    else:
        session.text(mail(written))


def _ask_about(session: Session, fact: CE | Course | Job) -> None:
    found = entry_of(session, fact.id)
    for credential, rules in _held(session):
        named = found.record.credentials if found else ()
        if found is not None and (not named or credential.id in named):
            return _ask(session, rules, found)
    return _ask(session, session.rules()[0], None)


@command("change")
def logged(
    session: Session,
    records: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID...", help="The entries.", show_default=False, autocompletion=completing.records),
    ] = None,
    day: Annotated[
        str, typer.Option("--on", metavar="DATE", help="The day they were entered; today without it.")
    ] = "today",
) -> None:
    """Note that entries are entered in the issuer's own log.

    Example: cmmctl logged ce-11 ce-12
    """
    on = option_day(day, session.today, "--on")
    named = records or session.wanted_ids("cmmctl logged ce-11 ce-12")
    facts = list({fact.id: fact for fact in map(session.fact, named)}.values())
    for fact in facts:
        _loggable(session, fact, {**session.portfolio.tables[fact.id], "logged": on})

    def edit(document: Document) -> str:
        text = document.text
        for fact in facts:
            text = blocks.set_key(text, fact.kind, index_of(document.portfolio, fact.id), "logged", on)
        return text

    change(session, edit, lambda: [fact.id for fact in facts], "Changed")


def _loggable(session: Session, fact: Fact, result: dict[str, object]) -> None:
    """Raise what keeps a record from being entered in a log."""
    if not isinstance(fact, CE | Course):
        message = f"{fact.id} is a {fact.kind}; only CE entries and courses are entered"
        raise misuse(message, "`cmmctl list ce` shows them")
    if fact.status != "completed":
        raise misuse(f"{fact.id} is still {fact.status}", f"`cmmctl done {fact.id}` once it has taken place")
    validate(fact.kind, fact.id, {name: value for name, value in result.items() if name in fact.keys}, session.today)


@command("report")
def training(session: Session) -> None:
    """When was each topic last held, what is due again, which policy change was never taught?

    Example: cmmctl training
    """
    from cmmctl.views.training import training as screen  # noqa: PLC0415 - only the screen that is drawn

    log = trainings(session.portfolio.all(Training), session.on)
    session.give(
        Answer(
            data=reasons.training(log), columns=reasons.TRAINING, rows=reasons.training_rows(log),
            screen=lambda: screen(log),
        )
    )  # fmt: skip
