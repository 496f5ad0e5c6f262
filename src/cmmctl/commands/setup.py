"""Beginning, and what surrounds a portfolio: init, demo, rules, check, path."""

import inspect
import os
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from cmmctl import places
from cmmctl.amounts import shown_input
from cmmctl.commands import completing
from cmmctl.commands.options import Command, command
from cmmctl.commands.report import give_eligibility, give_hours, give_status
from cmmctl.commands.session import Answer, Session, record_data, resolve_credential
from cmmctl.data import provenance
from cmmctl.errors import CmmctlError, failure, misuse, nearest
from cmmctl.model import Profile
from cmmctl.outlook import outlook
from cmmctl.render.aside import say
from cmmctl.rulebook import Rulebook
from cmmctl.rules import RuleSet
from cmmctl.screen import Cell, Gap, Grid, Part, Text, cells
from cmmctl.store import load
from cmmctl.typed import Context, missing, option, refuse_missing, typed_keys, values

SAMPLE_DAY = date(2026, 11, 23)
SAMPLES = ("holder", "candidate")
HEADER = """\
# One person's certification record, kept by cmmctl and by hand alike: https://toml.io
# Never enter patient information or a social security number.
schema = 1
"""


def welcome(file: str | None) -> None:
    """Show `status` where a portfolio is, else how to begin. Nothing is written."""
    session = Session("status", file=file)
    if session.where.path.exists():
        give_status(session, outlook(session.portfolio, session.rules(), session.on))
        return
    named = os.environ.get(places.VARIABLE) or "not set"
    session.draw(
        [
            Text(Cell("cmmctl keeps your certification record in one file on this computer.")),
            Text(Cell("There is none here yet.")),
            Gap(),
            Grid(
                [
                    cells(Cell("cmmctl init", "command"), "begin (about 3 minutes; Enter skips any question)"),
                    cells(Cell("cmmctl demo", "command"), "look at a finished sample first; nothing is written"),
                    cells(Cell("cmmctl -f FILE", "command"), "open a record kept somewhere else"),
                ],
                indent=2,
            ),
            Gap(),
            Text(Cell(f"Looked in: {session.where.path.parent}  and  the place {places.VARIABLE} names ({named})")),
            Text(Cell("Nothing you enter leaves this computer. All commands: cmmctl --help")),
        ]
    )


def initer(_kind: str) -> Command:
    """Make `init`, whose options are the keys of the profile."""
    from cmmctl.commands.add import parameters_of  # noqa: PLC0415 - the options of one kind

    folder = inspect.Parameter(
        "folder",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=str | None,
        default=typer.Option(None, "--folder", metavar="DIR", help="Keep the record there, and remember it."),
    )
    own = [parameter for key in typed_keys(Profile.kind).values() for parameter in parameters_of(key)]
    return command("change", name="init", parameters=[folder, *own])(_init)


def _init(session: Session, folder: str | None = None, **words: Any) -> None:  # noqa: ANN401 - what the options' own types say
    """Begin a record: on a terminal a short interview, elsewhere with the options alone.

    Example: cmmctl init --name "Office Manager" --employer "Sample Clinic"
    """
    from cmmctl.commands.add import given  # noqa: PLC0415 - as above
    from cmmctl.commands.changes import saved  # noqa: PLC0415 - only where something is written
    from cmmctl.commands.interview import interview, written  # noqa: PLC0415 - only where a record is begun
    from cmmctl.writing import create  # noqa: PLC0415 - as above

    typed = given(words, session)
    profile = values(Profile.kind, typed, Context(today=session.today))
    path = places.expanded(folder).absolute() / places.FILE if folder else session.where.path
    if os.path.lexists(path):
        if folder and not typed and path.is_file():
            _taken_up(session, path)
            return
        alone = "`cmmctl init --folder` with the folder alone takes it up"
        hint = alone if folder else "run `cmmctl status` to look at it"
        raise failure(f"there is already a portfolio at {path}", "exists", hint)
    entries = [(Profile.kind, Profile.kind, profile)]
    needed = missing(Profile.kind, profile)
    asked = session.interactive and bool(needed or not typed)
    if asked:
        path, entries = interview(session, path, profile)
        if not entries:
            _taken_up(session, path)
            return
    elif needed:
        raise refuse_missing("init", [option(key) for key in needed], 'cmmctl init --name "Office Manager"')
    document = create(path, written(HEADER, entries), session.rulebook, session.occasion)
    with saved(str(path), "run `cmmctl status` to look at it"):
        if path != session.where.path:
            _remember(session, path)
        session = session.anew(file=str(path))
        session.document = document
        _begun(session, [name for _, name, _ in entries], asked=asked)


def _taken_up(session: Session, path: Path) -> None:
    """Point later commands at a record that is there already, as on a second computer. Nothing in it is touched."""
    _remember(session, path)
    if session.as_json:
        session.give(Answer(data={"path": str(path)}, screen=list))
    else:
        session.text(f"Your record is now {path}")


def _remember(session: Session, path: Path) -> None:
    """Point later commands at the folder; where they will not follow, say so."""
    hint = f"name it with `-f {path}`, or set {places.VARIABLE} to it"
    try:
        places.point_to(path.parent)
    except CmmctlError as error:
        session.warn(f"{path} is there, but {error}", hint)
    if (there := places.where(None)).path != path:
        session.warn(f"without `--file`, {there.decided_by} still decides on {there.path}", hint)


def _begun(session: Session, names: list[str], *, asked: bool) -> None:
    path = session.where.path
    view = outlook(session.portfolio, session.rules(), session.on)
    profile = record_data(Profile.kind, Profile.kind, session.portfolio.tables[Profile.kind])
    screen: list[Part] = [
        Text(Cell(f"Begun: {path}", "strong")),
        Text(Cell("Next: cmmctl add-credential, cmmctl add-job, cmmctl add-course; then cmmctl status")),
    ]
    if asked:
        from cmmctl.views.status import status  # noqa: PLC0415 - only the screen that is drawn

        screen = [
            Text(Cell(f"Written: {', '.join(names)}, in {path}. Take it back: cmmctl undo", "strong")),
            Gap(),
            *status(view),
        ]
    session.give(
        Answer(
            data={"id": Profile.kind, "kind": Profile.kind, "record": profile, "effect": [], "path": str(path)},
            screen=lambda: screen,
        )
    )


@command("report")
def demo(
    session: Session,
    sample: Annotated[
        str,
        typer.Argument(
            metavar="candidate",
            help="holder, or candidate.",
            show_default=False,
            autocompletion=lambda: list(SAMPLES),
        ),
    ] = "holder",
) -> None:
    """Look at a finished sample: status, eligibility and hours on a fixed day. Nothing is written.

    Example: cmmctl demo candidate
    """
    if sample not in SAMPLES:
        meant = nearest(sample, SAMPLES)
        hint = f"did you mean `cmmctl demo {meant}`?" if meant else f"samples: {', '.join(SAMPLES)}"
        raise misuse(f"there is no sample {shown_input(sample)}", hint, code="bad-value")
    session = session.anew(as_of=session.as_of or SAMPLE_DAY.isoformat())
    session.rulebook = Rulebook()
    with resources.as_file(resources.files("cmmctl") / "samples" / f"{sample}.toml") as path:
        session.document = load(path, session.rulebook)
        view = outlook(session.portfolio, session.rules(), session.on)
        if session.as_json or session.as_plain:
            give_status(session, view)
            return
        give_status(session, view)
        session.draw([Gap()])
        give_eligibility(session, view)
        if view.standings:
            session.draw([Gap()])
            give_hours(session, view)


@command("report")
def rules(
    session: Session,
    credential: Annotated[
        str | None,
        typer.Argument(
            metavar="CREDENTIAL",
            help="All rules of one.",
            show_default=False,
            autocompletion=completing.credentials,
        ),
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print a rule set to start one's own from.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Show what each issuer asks, every rule with its source and the day it was checked.

    Example: cmmctl rules cmm
    """
    from cmmctl.views import rules as screens  # noqa: PLC0415 - only the screen that is drawn

    if template:
        text = (resources.files("cmmctl") / "samples" / "ruleset.toml").read_text(encoding="utf-8")
        session.text(text)
        return
    names = [_one(session, credential)] if credential else session.rulebook.names()
    chosen = [session.rules_of(name) for name in names]
    facts = [_rules_data(one) for one in chosen]
    columns = [(name, name) for name in ("id", "edition", "label", "cycle_months", "grade", "checked", "source")]
    session.give(
        Answer(
            data=facts, columns=columns, rows=[{**one, **edition} for one in facts for edition in one["editions"]],
            screen=lambda: screens.rule_set(chosen[0]) if credential else screens.rule_sets(chosen),
            notes=session.notes(chosen),
        )
    )  # fmt: skip


def _one(session: Session, word: str) -> str:
    """Find a credential by its id or last part, with or without a portfolio."""
    if session.where.path.exists():
        return session.credential(word)
    return resolve_credential(word, (), session.rulebook.names())


def _rules_data(r: RuleSet) -> dict[str, Any]:
    return {
        "id": r.id, "short": r.short, "name": r.name, "issuer": r.issuer, "contact": r.contact, "default": r.default,
        "own": r.own, "replaces": r.replaces,
        "needs": [
            {"need": need.name, "kind": need.kind, "label": need.label, **provenance(need), "note": need.note}
            for need in r.needs
        ],
        "conditions": [{"name": c.name, "body": c.body, **provenance(c), "note": c.note} for c in r.conditions],
        "statements": [{"about": s.about, "text": s.text, **provenance(s)} for s in r.statements],
        "editions": [
            {
                "edition": e.name, "label": e.label, "cycle_months": e.cycle_months, **provenance(e), "note": e.note,
                "requirements": [
                    {"name": q.name, "label": q.label, "min": q.min, "max": q.max, "within": q.within, **provenance(q)}
                    for q in e.requirements
                ],
                "conditions": [{"name": c.name, "body": c.body, **provenance(c), "note": c.note} for c in e.conditions],
                "statements": [{"about": s.about, "text": s.text, **provenance(s)} for s in e.statements],
            }
            for e in r.editions
        ],
    }  # fmt: skip


@command("report")
def check(
    session: Session,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 on warnings too.")] = False,  # noqa: FBT002 - Typer's own form
    repair: Annotated[bool, typer.Option("--repair", help="Mend what needs no guess, after a yes.")] = False,  # noqa: FBT002 - Typer's own form
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask before mending.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Find everything that is wrong with the portfolio, all at once, with file and line.

    Example: cmmctl check
    """
    if repair:
        from cmmctl.commands.mend import mend  # noqa: PLC0415 - only here is anything written

        mend(session, sure=sure)
    show_findings(session, strict=strict)


def show_findings(session: Session, *, strict: bool = False) -> None:
    """Show what is wrong or odd. Ends with exit code 1 on errors, under `strict` on warnings too."""
    from cmmctl.check import Finding, findings  # noqa: PLC0415 - it reads what no other command does
    from cmmctl.views.check import check as screen  # noqa: PLC0415 - only the screen that is drawn

    found = findings(session.where.path, session.on)
    facts = [finding._asdict() for finding in found]
    columns = [(name, name) for name in Finding._fields]
    session.give(Answer(data=facts, columns=columns, rows=facts, screen=lambda: screen(found, session.where.path.name)))
    severities = {finding.severity for finding in found}
    if "error" in severities or (strict and severities):
        raise typer.Exit(1)


@command("report")
def path(
    session: Session,
    open_: Annotated[bool, typer.Option("--open", help="Open its folder.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Say where the portfolio is, and what decided that.

    Example: cmmctl path
    """
    where = session.where
    facts = {"path": str(where.path), "decided_by": where.decided_by, "exists": where.path.exists()}
    if session.as_json or session.as_plain:
        session.give(Answer(data=facts, columns=[(name, name) for name in facts], rows=[facts], screen=list))
    else:
        session.text(str(where.path))
        say(f"decided by {where.decided_by}" + ("" if where.path.exists() else "; nothing is there yet"))
    if open_:
        typer.launch(str(where.path.parent))
