"""The questions of `init`: one a line, Enter skips, `<` goes back, one summary, one write."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import Any

from cmmctl import places
from cmmctl.ask import Question, Script, ask, yes_or_no
from cmmctl.blocks import append
from cmmctl.commands.form import INTRO, answered, question
from cmmctl.commands.recording import assumed, declined
from cmmctl.commands.session import Session
from cmmctl.cycles import cycles
from cmmctl.dates import plain, weekday
from cmmctl.model import CE, Course, Credential, Job, Membership, Profile
from cmmctl.places import expanded
from cmmctl.rulebook import PREPARED_FOR
from cmmctl.rules import RuleSet
from cmmctl.typed import Context, Record, kind_of, typed_keys

PROMISE = f"\nIt stays on this computer.\nNever enter patient information or a social security number.\n\n{INTRO}"
HELD, PREPARING, OTHER = "yes", "preparing for it", "another credential"
NOW, LATER = "enter them now", "later"
NONE: Record = {}
Entry = tuple[str, str, Record]  # kind, id, record


def interview(session: Session, path: Path, given: Record) -> tuple[Path, list[Entry]]:
    """Ask for the beginning of a record; no entries where one that is there already is to be used.

    Nothing is written here. Raises `Cancelled` where it is broken off.
    """
    rules = [known for name in session.rulebook.names() if (known := session.rulebook.find(name))]
    agreed = ask(lambda: _Interview(session.today, rules, given).script(path))
    if agreed is None:
        raise declined(session)
    return agreed


class _Interview:
    """One run through the questions, on a day, with the rule sets there are and the profile's keys that were typed."""

    def __init__(self, today: date, rules: Iterable[RuleSet], given: Record) -> None:
        self.known = Context(today=today)
        self.rules = {known.id: known for known in rules}
        self.given = given

    def script(self, path: Path) -> Script[tuple[Path, list[Entry]] | None]:
        """Ask everything, show what will be written, and give it after a yes; None after a no."""
        path = yield from self.place(path)
        if path.is_file():
            return path, []
        name = yield self.about(Profile.kind, "name", {}, "1  Your name, as printed on certificates", lead=PROMISE)
        job, left_out = yield from self.job()
        profile = self.given | name | {key: job[key] for key in ("employer", "title") if key in job}
        entries: list[Entry] = [(Profile.kind, Profile.kind, profile), *(yield from self.credential())]
        entries += [(Job.kind, "job-1", job)] if job and not left_out else []
        counted = Counter(kind for kind, _, _ in entries)
        listed = ", ".join(
            f"{count} {kind}{'s' if count > 1 and kind != CE.kind else ''}" for kind, count in counted.items()
        )
        lead = f"{left_out}\n To be written: {listed}, in {path}"
        means = "y writes it, n saves nothing, < goes back to change it"
        agreed = yield yes_or_no("Save?", default=True, lead=lead, means=means)
        return (path, entries) if agreed else None

    def place(self, path: Path) -> Script[Path]:
        """Ask where the record is to be kept; one that is there already can be used, as on a second computer."""
        while True:
            folder = yield Question(
                text="Folder",
                read=_folder,
                offer=str(path.parent.absolute()),
                lead="Your record will be kept in this folder, or in another one that you name.",
                explain="the folder that holds your record and your certificates, such as ~/Documents/cmmctl",
                echo=str,
            )
            chosen = folder / places.FILE if folder else path
            if not chosen.is_file():
                return chosen
            lead = f"\n There is already a portfolio in {folder}, which stays as it is."
            means = "y: commands use it from now on; n: another folder"
            if (yield yes_or_no("Use it?", default=True, lead=lead, means=means)):
                return chosen

    def about(
        self, kind: str, name: str, so_far: Record, text: str, *, required: bool = False, lead: str = "", last: str = ""
    ) -> Question:
        """Make the question for one key; what was typed as an option is offered, or what was said the last time."""
        key = typed_keys(kind)[name]
        default = str(self.given.get(name, "")) if kind == Profile.kind else last
        if (kind, name) == (CE.kind, "date"):
            default = "today"
        asked = question(kind, key, self.known, so_far, required=required or key.required, default=default, text=text)
        return replace(asked, lead=lead)

    def several(
        self, kind: str, so_far: Record, texts: Mapping[str, str], optional: Iterable[str] = (), last: Record = NONE
    ) -> Script[Record]:
        """Ask for several keys of a record that is already begun; what the last one said is offered again."""
        record = dict(so_far)
        for name, text in texts.items():
            offered = last.get(name, "") if typed_keys(kind)[name].repeated else ""
            asked = self.about(kind, name, record, text, required=name not in optional, last=offered)
            record |= yield from answered(kind, typed_keys(kind)[name], asked, record, self.known)
        return record

    def job(self) -> Script[tuple[Record, str]]:
        """Ask about the present job; without its title and first day it is left out, and that is said.

        What was answered is given all the same: the profile keeps it.
        """
        record: Record = {}
        for name, text in (
            ("employer", "2  Where do you work?  employer"),
            ("title", "   job title"),
            ("start", "   since (a month or a year will do)"),
        ):
            asked = replace(self.about(Job.kind, name, record, text), required=False)
            if name in self.given:
                asked = replace(asked, default=self.given[name])
            part = yield asked
            if part is None:
                return record, _left_out(record)
            record |= part
        record |= (yield self.about(Job.kind, "setting", record, "   Kind of place")) or {}
        means = "y where you lead a medical office or a department of one, n for other work, such as the front desk"
        if not (yield yes_or_no("   Do you manage the office in this job?", default=True, means=means)):
            record["manages"] = False
        record |= (yield self.about(Job.kind, "duties", record, "   What is part of it? (numbers, e.g. 2 3 5)")) or {}
        return record, ""

    def credential(self) -> Script[list[Entry]]:
        """Ask for what is held or prepared for, and what counts towards it."""
        holds = yield Question(
            text="3  Do you hold the CMM?",
            read=str,
            choices=(HELD, PREPARING, OTHER),
            default="2",
            required=True,
            yes_no=(HELD, PREPARING),
            echo=str,
            explain="yes: you are certified; preparing for it: you want to sit the exam; another credential: you hold"
            " one of those cmmctl knows. Answer with the number or the word, such as 2",
        )
        name = PREPARED_FOR
        if holds == OTHER:
            others = tuple(name for name in self.rules if name != PREPARED_FOR)
            explain = "; ".join(f"{other}: {self.rules[other].name}" for other in others)
            name = yield Question(
                text="   Which one?", read=str, choices=others, verbatim=True, required=True, explain=explain
            )
        rules = self.rules[name]
        self.known = replace(
            self.known,
            issuers=[rules.slug],
            domains=next((edition.domains for edition in rules.editions if edition.domains), ()),
        )
        if holds == PREPARING:
            record = yield from self.several(Credential.kind, {}, {"exam": "4  Exam date, if known"}, ("exam",))
            entries = yield from self.courses()
        else:
            record = yield from self.held(rules)
            entries = yield from self.hours(Credential(id=name, **record), rules)
        member = yield from self.member(rules.issuer, 6 if holds == PREPARING else 7)
        return [(Credential.kind, name, record), *member, *entries]

    def held(self, rules: RuleSet) -> Script[Record]:
        """Ask for the days of a credential; without a due date the next one is computed, and said to be assumed."""
        record: Record = yield self.about(Credential.kind, "earned", {}, "4  Certified on", required=True)
        fact = Credential(id=rules.id, **record)
        due = assumed(fact, rules, self.known.today)
        asked = self.about(Credential.kind, "due", record, f"5  Next due date your {rules.issuer} account shows")
        asked = replace(
            asked,
            echo=lambda part: f"{weekday(part['due'])}, {_fits(fact, rules, part['due'])}",
            explain="the day by which you recertify, such as 2027-04-23;"
            f" Enter if you do not know it: {f'{weekday(due)} is assumed' if due else 'it is computed'}",
        )
        return record | ((yield asked) or ({"due": due, "due_assumed": True} if due else {}))

    def courses(self) -> Script[list[Entry]]:
        """Ask for college courses until there are no more."""
        texts = {
            "institution": "   College", "credits": "   Credits", "subject": "   Subject",
            "completed": "   Finished (a month or a year will do)", "topics": "   Usual subjects it covered",
        }  # fmt: skip
        return (yield from self.listed(Course.kind, "5  College courses so far?", texts, ("topics",)))

    def hours(self, fact: Credential, rules: RuleSet) -> Script[list[Entry]]:
        """Ask for CE entries of the current cycle until there are no more."""
        cycle = next(cycle for cycle in cycles(fact, rules.edition()) if cycle.due >= self.known.today)
        texts = {
            "provider": "   Provider", "date": "   Date", "hours": "   Hours on the certificate",
            "approvals": "   Index number, if it shows one", "domains": "   Domains, numbers or words",
        }  # fmt: skip
        text = f"6  CE hours since {plain(cycle.start)}?"
        return (yield from self.listed(CE.kind, text, texts, ("approvals", "domains")))

    def listed(self, kind: str, text: str, texts: Mapping[str, str], optional: Iterable[str]) -> Script[list[Entry]]:
        """Ask for records of one kind, each beginning with its title; Enter in its place ends the list."""
        entries: list[Entry] = []
        explain = f"{NOW}: one after the other; {LATER}: with `cmmctl add-{kind}`, or many with `cmmctl import`"
        asked = Question(
            text=text, read=str, choices=(NOW, LATER), default="1", required=True, yes_no=(NOW, LATER), explain=explain
        )
        more = (yield asked) == NOW
        while more:
            title = yield replace(self.about(kind, "title", {}, "   Title (Enter: no more)"), required=False)
            if title is None:
                break
            record = yield from self.several(kind, title, texts, optional, entries[-1][2] if entries else NONE)
            entries.append((kind, f"{kind}-{len(entries) + 1}", record))
            more = yield yes_or_no("   Another?", default=False, means="y asks for one more, n goes on")
        return entries

    def member(self, issuer: str, number: int) -> Script[list[Entry]]:
        """Ask for the membership of the issuer's association."""
        body = {"body": issuer}
        since = yield replace(
            self.about(Membership.kind, "start", body, f"{number}  Member of {issuer}? since (Enter: no)"),
            required=False,
        )
        if since is None:
            return []
        record = yield from self.several(Membership.kind, body | since, {"end": "   paid to"}, ("end",))
        return [(Membership.kind, "membership-1", record)]


def _folder(text: str) -> Path:
    folder = expanded(text.strip("\"'")).absolute()
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; name a folder.")
    if os.path.lexists(there := folder / places.FILE) and not there.is_file():
        raise ValueError(f"{there} is in the way, and is no file; name another folder.")
    return folder


def _left_out(answered: Record) -> str:
    """Say that there is no job, and what becomes of what was said about it."""
    if not answered:
        return ""
    kept = "employer and title" if "title" in answered else "the employer"
    return f"\n The job is left out: it needs title and first day (cmmctl add-job). Your profile keeps {kept}."


def _fits(fact: Credential, rules: RuleSet, due: date) -> str:
    """Say which published cycles end on a day, so that a slip is noticed."""
    months = sorted(
        {
            edition.cycle_months
            for edition in rules.editions
            if due in {cycle.due for cycle in takewhile(lambda one: one.start <= due, cycles(fact, edition, own=False))}
        },
        reverse=True,
    )
    if not months:
        return f"which ends no published cycle since {plain(fact.earned or due)}: check both days"
    return f"fits {' and '.join(f'a {count}-month' for count in months)} cycle"


def written(text: str, entries: Iterable[Entry]) -> str:
    """Append what was answered to a text."""
    for kind, name, record in entries:
        text = append(text, kind, dict(_keys(kind, name, record)))
    return text


def _keys(kind: str, name: str, record: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if kind != Profile.kind:
        yield "id", name
    yield from ((key, record[key]) for key in kind_of(kind).keys if key in record)
