"""Why education serves the employer: drawn from recorded duties, credentials and training; nothing is made up."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import takewhile

from cmmctl.amounts import shown
from cmmctl.cycles import cycles
from cmmctl.documents.selection import Chosen, Selection
from cmmctl.documents.words import day, since, workplace
from cmmctl.eligibility import assessment
from cmmctl.model import CE, Course, Credential, Job, Membership, Portfolio, Training
from cmmctl.rules import Coursework, RuleSet
from cmmctl.tally import entries, reading

SESSIONS = 3  # of training, the latest


def reasons(asked: Selection, portfolio: Portfolio, rules: Sequence[RuleSet], on: dt.date) -> Iterator[str]:
    """Give the sentences."""
    _, job = workplace(portfolio.profile, portfolio.all(Job), on)
    if job and job.duties:
        duties = ", ".join(duty.replace("-", " ") for duty in job.duties if duty != "other")
        yield f"Part of the present job since {since(job.start)}: {duties}."
    held = {c.id: c for c in portfolio.all(Credential)}
    for one in asked.chosen:
        for known in rules:
            credential = held.get(known.id)
            if credential and credential.held(on):
                yield from _towards_renewal(one, credential, known, portfolio, on)
            else:
                yield from _towards_exam(one, known, portfolio, on)
    if not asked.request:
        yield from _shared(asked, portfolio, on)


def _name(rules: RuleSet) -> str:
    return f"{rules.name} ({rules.short}, {rules.issuer})"


def _towards_renewal(
    one: Chosen, credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date
) -> Iterator[str]:
    record = one.item.record
    if isinstance(record, Membership) and any(
        c.body == record.body for c in rules.edition(credential.edition).conditions
    ):
        yield f"Item {one.number}: membership that the {_name(rules)} asks for."
    entry = next((entry for entry in entries(portfolio) if entry.id == one.item.id), None)
    if entry is None or not entry.hours:
        return
    edition = rules.edition(credential.edition)
    begun = list(takewhile(lambda cycle: cycle.start <= entry.day, cycles(credential, edition)))
    if not begun:
        return
    tally = reading(credential, rules, edition, portfolio, begun[-1], on)
    what = f"the {_name(rules)} recertification of {day(begun[-1].due)}"
    if one.item.planned:
        yield f"Item {one.number}: {shown(entry.hours)} CE hours towards the {shown(tally.required)} of {what}."
    for counted in tally.counted_entries:
        if counted.entry.id == entry.id:
            of = f"{shown(counted.hours)} of the {shown(tally.counted)} CE hours recorded"
            yield f"Item {one.number}: {of} for {what}."


def _towards_exam(one: Chosen, rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Iterator[str]:
    record = one.item.record
    if isinstance(record, Credential) and record.id == rules.id:
        yield f"Item {one.number}: the exam for the {_name(rules)}."
    if not isinstance(record, Course):
        return
    for finding in assessment(rules, portfolio, on).findings:
        if not isinstance(finding.need, Coursework) or record.subject not in finding.need.subjects:
            continue
        if one.item.planned or any(given.id == record.id for given in finding.counted):
            credits_ = f"{shown(record.semester_credits)} of the {shown(finding.want)} college credits"
            yield f"Item {one.number}: {credits_} that the {_name(rules)} asks for before its exam."


def _shared(asked: Selection, portfolio: Portfolio, on: dt.date) -> Iterator[str]:
    """Name the latest training for staff since the first item took place."""
    first = min((one.item.record.date for one in asked.chosen if isinstance(one.item.record, CE)), default=None)
    held = [t for t in portfolio.all(Training) if first and first <= t.date <= on and t.hours is not None]
    for session in sorted(held, key=lambda t: t.date)[-SESSIONS:]:
        came = f", {session.attendees} attended" if session.attendees is not None else ""
        yield f'Staff training since then: "{session.title}", {day(session.date)}{came}.'
