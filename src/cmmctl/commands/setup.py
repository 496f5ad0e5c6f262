"""Beginning, and what surrounds a portfolio: init, demo, rules, check, path."""

import inspect
import os
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from cmmctl import blocks, places
from cmmctl.check import Finding, findings
from cmmctl.commands.report import give_eligibility, give_hours, give_status
from cmmctl.commands.session import Answer, Command, Session, command, say
from cmmctl.data import provenance
from cmmctl.errors import failure
from cmmctl.model import Profile, keys_of
from cmmctl.outlook import outlook
from cmmctl.rules import RuleSet
from cmmctl.screen import Cell, Gap, Grid, Text, cells
from cmmctl.store import load
from cmmctl.typed import Context, missing, refuse_missing, validate, values

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


def _profile_options() -> list[inspect.Parameter]:
    from cmmctl.commands.add import parameters_of  # noqa: PLC0415 - the options of one kind

    return [parameter for key in keys_of(Profile).values() for parameter in parameters_of(key)]


def _init(session: Session, folder: str | None = None, **words: Any) -> None:  # noqa: ANN401 - what the options' own types say
    """Begin a record: on a terminal a short interview, elsewhere with the options alone.

    Example: cmmctl init --name "Office Manager" --employer "Sample Clinic"
    """
    given = {name: word for name, word in words.items() if word is not None}
    record = values(Profile.kind, given, Context(today=session.today))
    path = Path(folder).expanduser().absolute() / places.FILE if folder else session.where.path
    if path.exists() or path.is_symlink():
        raise failure(f"there is already a portfolio at {path}", "exists", "run `cmmctl status` to look at it")
    needed = missing(Profile.kind, record)
    text = ""
    if needed or (session.interactive and not given):
        if not session.interactive:
            raise refuse_missing("init", needed)
        from cmmctl.commands.interview import interview  # noqa: PLC0415 - only where somebody is asked

        path, text = interview(session, path, record)
    else:
        validate(Profile.kind, Profile.kind, record, session.today)
        text = blocks.append(HEADER, Profile.kind, {name: record[name] for name in keys_of(Profile) if name in record})
    from cmmctl.writing import create  # noqa: PLC0415 - only here is anything written

    document = create(path, text, session.rulebook, session.occasion)
    if folder or path != session.where.path:
        places.point_to(path.parent)
    session.file = str(path)
    session.give(
        Answer(
            data={"path": str(path), "profile": dict(document.portfolio.tables["profile"])},
            screen=lambda: [
                Text(Cell(f"Begun: {path}", "strong")),
                Text(Cell("Next: cmmctl add-credential, cmmctl add-job, cmmctl add-course; then cmmctl status")),
            ],
        )
    )  # fmt: skip


def initer(_kind: str) -> Command:
    """Make `init`, whose options are the keys of the profile."""
    folder = inspect.Parameter(
        "folder",
        inspect.Parameter.KEYWORD_ONLY,
        annotation=str | None,
        default=typer.Option(None, "--folder", metavar="DIR", help="Keep the record there, and remember it."),
    )
    return command("change", name="init", parameters=[folder, *_profile_options()])(_init)


@command("report")
def demo(
    session: Session,
    sample: Annotated[str, typer.Argument(metavar="[candidate]", help="holder, or candidate.")] = "holder",
) -> None:
    """Look at a finished sample: status, eligibility and hours on a fixed day. Nothing is written.

    Example: cmmctl demo candidate
    """
    if sample not in SAMPLES:
        raise failure(f"there is no sample `{sample}`", "not-found", f"samples: {', '.join(SAMPLES)}")
    session.as_of = session.as_of or SAMPLE_DAY.isoformat()
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
        str | None, typer.Argument(metavar="[CREDENTIAL]", help="All rules of one.", show_default=False)
    ] = None,
    template: Annotated[bool, typer.Option("--template", help="Print a rule set to start one's own from.")] = False,  # noqa: FBT002 - Typer's own form
) -> None:
    """Show what each issuer asks, every rule with its source and the day it was checked.

    Example: cmmctl rules cmm
    """
    from cmmctl.views import reports  # noqa: PLC0415 - only the screen that is drawn

    if template:
        text = (resources.files("cmmctl") / "samples" / "ruleset.toml").read_text(encoding="utf-8")
        session.write(text.rstrip("\n")) if not session.as_json else session.give(
            Answer(data={"template": text}, screen=list)
        )
        return
    chosen = (
        [_rule_set(session, credential)] if credential else [_known(session, name) for name in session.rulebook.names()]
    )
    facts = [_rules_data(one) for one in chosen]
    columns = [(name, name) for name in ("id", "edition", "label", "cycle_months", "grade", "checked", "source")]
    session.give(
        Answer(
            data=facts, columns=columns, rows=[{**one, **edition} for one in facts for edition in one["editions"]],
            screen=lambda: reports.rule_set(chosen[0]) if credential else reports.rule_sets(chosen),
            notes=session.notes(chosen),
        )
    )  # fmt: skip


def _rule_set(session: Session, word: str) -> RuleSet:
    if session.where.path.exists():
        return session.rules(word)[0]
    from cmmctl.commands.session import resolve_credential  # noqa: PLC0415 - without a portfolio

    return _known(session, resolve_credential(word, (), session.rulebook.names()))


def _known(session: Session, name: str) -> RuleSet:
    found = session.rulebook.find(name)
    assert found is not None  # noqa: S101 - the rulebook listed it
    return found


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
    found = findings(session.where.path, session.rulebook, session.today)
    facts = [finding._asdict() for finding in found]
    columns = [(name, name) for name in Finding._fields]
    session.give(Answer(data=facts, columns=columns, rows=facts, screen=lambda: _check_screen(session, found)))
    severities = {finding.severity for finding in found}
    if "error" in severities or (strict and severities):
        raise typer.Exit(1)


def _check_screen(session: Session, found: list[Finding]) -> list[Any]:
    if not found:
        return [Text(Cell(f"{session.where.path.name}: nothing is wrong.", "ok"))]
    tones = {"error": "bad", "warning": "warn"}
    rows = [
        (
            Cell(f"{finding.severity}: ", tones[finding.severity]),
            Cell(f"{finding.where} {finding.message}" + (f"\nhint: {finding.hint}" if finding.hint else "")),
        )
        for finding in found
    ]
    return [Text(row) for pair in rows for row in pair]


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
    session.give(
        Answer(
            data=facts,
            columns=[(name, name) for name in facts],
            rows=[facts],
            screen=lambda: [Text(Cell(str(where.path)))],
        )
    )
    if not session.as_json and not session.as_plain:
        say(f"decided by {where.decided_by}" + ("" if where.path.exists() else "; nothing is there yet"))
    if open_:
        typer.launch(str(where.path.parent))
