"""The questions of `init`: one a line, Enter skips, one summary, one write."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cmmctl import places
from cmmctl.ask import Question, ask, one, tell, yes
from cmmctl.blocks import append
from cmmctl.commands.add import question
from cmmctl.commands.session import PREPARED_FOR, Session
from cmmctl.cycles import cycles
from cmmctl.errors import Cancelled
from cmmctl.model import Course, Credential, Fact, Job, Membership, Profile, keys_of
from cmmctl.typed import Context, Record, validate

HOLDS = ("yes", "preparing-for-it", "another-credential")


def interview(session: Session, path: Path, given: Record) -> tuple[Path, str]:
    """Ask for the beginning of a record. Nothing is written here. Raises `Cancelled` where it is broken off."""
    from cmmctl.commands.setup import HEADER  # noqa: PLC0415 - setup asks for this module

    rules = session.rulebook.find(PREPARED_FOR)
    domains = next((e.domains for e in rules.editions if e.domains), ()) if rules else ()
    known = Context(today=session.today, issuers=["pahcom"], domains=domains)
    path = _place(path)
    tell("It stays on this computer. Never enter patient information or a social security number.\n")
    profile = {**given, **_asked(Profile, ("name",), given, known)}
    job = _asked(Job, ("employer", "title", "start"), {}, known, optional=True)
    if {"employer", "title", "start"} <= job.keys():
        job |= _asked(Job, ("setting", "manages", "duties"), {}, known)
        profile = {"employer": job["employer"], "title": job["title"], **profile}
    elif job:
        tell("    The job needs employer, title and first day; add it later: cmmctl add-job")
        job = {}
    credential, name = _credential(session, known)
    courses = _courses(known) if "earned" not in credential and name == PREPARED_FOR else []
    member = _asked(Membership, ("body", "start", "end"), {}, known, optional=True)
    records: list[tuple[str, str, Record]] = [(Credential.kind, name, credential)]
    if {"body", "start"} <= member.keys():
        records.append((Membership.kind, "membership-1", member))
    if job:
        records.append((Job.kind, "job-1", job))
    records += [(Course.kind, f"course-{number}", course) for number, course in enumerate(courses, start=1)]
    text = append(HEADER, Profile.kind, _ordered(Profile, profile))
    for kind, record_id, record in records:
        fact = validate(kind, record_id, record, session.today)
        text = append(text, kind, {"id": record_id, **_ordered(type(fact), record)})
    counted = ", ".join(
        [
            "1 profile",
            *(f"{sum(k == kind for k, _, _ in records)} {kind}" for kind in dict.fromkeys(k for k, _, _ in records)),
        ]
    )
    tell(f"\n To be written: {counted}, in {path}")
    if not yes("Save?", default=True):
        raise Cancelled
    return path, text


def _place(path: Path) -> Path:
    tell(f"Your record will be kept in  {path.parent}")
    folder = one(
        Question(
            name="folder",
            text="Enter = yes, or another folder",
            read=lambda text: Path(text.strip("\"'")).expanduser().absolute(),
        )
    )
    return folder / places.FILE if folder else path


def _asked(
    cls: type[Fact],
    names: tuple[str, ...],
    given: Mapping[str, Any],
    known: Context,
    *,
    optional: bool = False,
) -> Record:
    keys = keys_of(cls)
    asked = [
        question(cls.kind, keys[name], known, required=keys[name].required and not optional)
        for name in names
        if name not in given
    ]
    record: Record = {}
    for read in ask(asked).values():
        record.update(read)
    return record


def _ordered(cls: type[Fact], record: Mapping[str, Any]) -> Record:
    return {name: record[name] for name in keys_of(cls) if name in record}


def _credential(session: Session, known: Context) -> tuple[Record, str]:
    tell(" Do you hold the CMM?")
    holds = one(Question(name="holds", text="1, 2 or 3", read=str, choices=HOLDS, default="preparing-for-it"))
    name = PREPARED_FOR
    if holds == "another-credential":
        others = tuple(other for other in session.rulebook.names() if other != PREPARED_FOR)
        name = one(Question(name="other", text="Which one", read=str, choices=others, required=True))
    if holds == "preparing-for-it":
        return _asked(Credential, ("exam",), {}, known), name
    keys = keys_of(Credential)
    earned = one(question(Credential.kind, keys["earned"], known, required=True))
    due = one(question(Credential.kind, keys["due"], known, required=False)) or _assumed(session, name, earned)
    return {**earned, **due}, name


def _assumed(session: Session, name: str, earned: Record) -> Record:
    """Compute the next due date where nobody knows it, as `add-credential` does."""
    rules = session.rulebook.find(name)
    assert rules is not None  # noqa: S101 - the choices are the rule sets there are
    fact = Credential(id=name, earned=earned["earned"])
    due = next(cycle.due for cycle in cycles(fact, rules.edition()) if cycle.due >= session.today)
    first = next(cycles(fact, rules.edition())).due
    if due == first:
        return {}
    tell(f"    -> {due} by computation; it will be marked as assumed until you confirm it")
    return {"due": due, "due_assumed": True}


def _courses(known: Context) -> list[Record]:
    courses: list[Record] = []
    wanted = ("title", "institution", "credits", "completed", "subject", "topics")
    while yes("A college course to enter now?" if not courses else "Another?", default=False):
        courses.append(_asked(Course, wanted, {}, known))
    return courses
