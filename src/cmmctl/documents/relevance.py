"""Why education serves the employer: drawn from recorded duties, credentials and training; nothing is made up."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import takewhile

from cmmctl.amounts import shown, units
from cmmctl.cycles import cycles
from cmmctl.documents.selection import Chosen, Selection
from cmmctl.documents.words import day, numbered, since, workplace
from cmmctl.eligibility import assessment
from cmmctl.model import CE, Course, Credential, Job, Membership, Portfolio, Training
from cmmctl.rules import Coursework, RuleSet
from cmmctl.tally import entries, reading

SESSIONS = 3  # of training, the latest


def reasons(asked: Selection, portfolio: Portfolio, rules: Sequence[RuleSet], on: dt.date) -> Iterator[str]:
    """Give the sentences."""
    _, job = workplace(portfolio.profile, portfolio.all(Job), on)
    duties = [duty.replace("-", " ") for duty in job.duties if duty != "other"] if job else []
    if job and duties:
        yield f"Part of the present job since {since(job.start)}: {', '.join(duties)}."
    held = {c.id: c for c in portfolio.all(Credential) if c.held(on)}
    for known in rules:
        if known.id in held:
            yield from _memberships(asked.chosen, held[known.id], known)
            yield from _hours(asked.chosen, held[known.id], known, portfolio, on)
        else:
            yield from _exam(asked.chosen, known, portfolio, on)
    if not asked.request:
        yield from _shared(asked, portfolio, on)


def _name(rules: RuleSet) -> str:
    return f"the {rules.name} ({rules.short}, {rules.issuer})"


def _memberships(chosen: Sequence[Chosen], credential: Credential, rules: RuleSet) -> Iterator[str]:
    bodies = {condition.body for condition in rules.edition(credential.edition).conditions}
    for one in chosen:
        if isinstance(one.item.record, Membership) and one.item.record.body in bodies:
            yield f"Item {one.number}: membership that {_name(rules)} asks for."


def _hours(
    chosen: Sequence[Chosen], credential: Credential, rules: RuleSet, portfolio: Portfolio, on: dt.date
) -> Iterator[str]:
    """Say what the items add to each cycle they fall in: to the hours it asks for, or to those it counts."""
    edition = rules.edition(credential.edition)
    numbers = {one.item.id: one.number for one in chosen}
    mine = sorted((e for e in entries(portfolio) if e.id in numbers and e.hours), key=lambda entry: entry.day)
    until = max((entry.day for entry in mine), default=dt.date.min)
    for cycle in takewhile(lambda cycle: cycle.start <= until, cycles(credential, edition)):
        tally = reading(credential, rules, edition, portfolio, cycle, on)
        what = f"{_name(rules)} recertification of {day(cycle.due)}"
        ahead = {e.id: e.hours for e in mine if cycle.holds(e.day) and not e.completed and e.hours}
        counted = {c.entry.id: c.hours for c in tally.counted_entries if c.entry.id in numbers}
        for hours, said in (
            (ahead, f"{units(_sum(ahead), 'CE hour')} towards the {shown(tally.required)} of {what}"),
            (counted, f"{_sum(counted)} of the {units(shown(tally.counted), 'CE hour')} recorded for {what}"),
        ):
            if hours:
                items = numbered([numbers[name] for name in hours])
                yield f"{items}: {said}."


def _sum(hours: Mapping[str, Fraction]) -> str:
    return shown(sum(hours.values()))


def _exam(chosen: Sequence[Chosen], rules: RuleSet, portfolio: Portfolio, on: dt.date) -> Iterator[str]:
    """Say which items are the exam itself, and what they add to the college credits it asks for."""
    for one in chosen:
        if isinstance(one.item.record, Credential) and one.item.record.id == rules.id:
            yield f"Item {one.number}: the exam for {_name(rules)}."
    for finding in assessment(rules, portfolio, on).findings:
        if not isinstance(finding.need, Coursework):
            continue
        counted = {given.id for given in finding.counted}
        courses = {
            one.number: one.item.record.semester_credits
            for one in chosen
            if isinstance(one.item.record, Course)
            and one.item.record.subject in finding.need.subjects
            and (one.item.planned or one.item.id in counted)
        }
        if courses:
            credits_ = f"{shown(sum(courses.values()))} of the {units(shown(finding.want), 'college credit')}"
            yield f"{numbered(list(courses))}: {credits_} that {_name(rules)} asks for before its exam."


def _shared(asked: Selection, portfolio: Portfolio, on: dt.date) -> Iterator[str]:
    """Name the latest training for staff since the first item took place."""
    first = min((one.item.record.date for one in asked.chosen if isinstance(one.item.record, CE)), default=None)
    held = [t for t in portfolio.all(Training) if first and first <= t.date <= on and t.hours is not None]
    for session in sorted(held, key=lambda t: t.date)[-SESSIONS:]:
        came = f", {session.attendees} attended" if session.attendees is not None else ""
        yield f'Staff training since then: "{session.title}", {day(session.date)}{came}.'
