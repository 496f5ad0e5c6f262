"""What is open with the issuer, as a ready e-mail with a person's own figures. Nothing is ever sent.

Pure. A question is asked only where the records make it matter: readings that differ, an entry whose rate or
approval is not known, months that might replace credits, a due date that nobody confirmed.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cmmctl.amounts import shown, shown_down, shown_up, units
from cmmctl.dates import plain
from cmmctl.eligibility import ASK, Assessment
from cmmctl.model import Portfolio
from cmmctl.renewal import Standing
from cmmctl.rules import Coursework, Experience, Rule, RuleSet
from cmmctl.sealing import Sealed
from cmmctl.tally import Reading, Refused

_ADDRESS = re.compile(r"https?://[^\s;,)]+")


class Letter(NamedTuple):
    """An e-mail to send by hand; `to` None: no address is known."""

    to: str | None
    subject: str
    body: str


def letter(rules: RuleSet, portfolio: Portfolio, number: str | None, questions: Iterable[str]) -> Letter | None:
    """Write the questions as an e-mail; None where nothing is open."""
    asked = list(questions)
    if not asked:
        return None
    name = portfolio.profile.name if portfolio.profile else ""
    who = f"{name}, {rules.short} no. {number}" if number else name
    numbered = asked if len(asked) == 1 else [f"{n}. {text}" for n, text in enumerate(asked, start=1)]
    body = "\n\n".join(
        [f"Dear {rules.issuer} certification staff,", *numbered, "Thank you. Please answer in writing.", who]
    )
    address = next((word.strip(",;") for word in (rules.contact or "").split() if "@" in word), None)
    return Letter(address, f"{rules.short} ({rules.name}): {_subject(len(asked))}", body)


def _subject(count: int) -> str:
    return "a question" if count == 1 else f"{count} questions"


def of_holder(s: Standing, seals: Iterable[Sealed], only: str | None = None) -> Iterator[str]:
    """Ask what is open about a recertification; with `only`, what is open about that entry."""
    if only is None:
        yield from _about_dates(s)
    for no in s.own.refused_entries:
        if only in (None, no.entry.id) and (question := _about_entry(no, s.rules.issuer, asked=only is not None)):
            yield question
    for sealed in seals:
        for entry in sealed.later:
            if only in (None, entry.id):
                filed = f"I filed on {plain(sealed.renewal.filed)} for the cycle due {plain(sealed.cycle.due)}."
                took_place = f'"{entry.title}" took place on {plain(entry.day)}, after that.'
                yield f"{filed} {took_place} To which cycle does it belong?"


def _about_dates(s: Standing) -> Iterator[str]:
    if len(s.standing_readings) > 1 and _differ(s.standing_readings):
        yield _which(s)
    if s.due_is != "given" and s.credential.earned:
        earned, due = plain(s.credential.earned), plain(s.own.cycle.due)
        yield f"I was certified on {earned}. By my own count I recertify by {due}. Is that the date in your records?"


def _about_entry(no: Refused, issuer: str, *, asked: bool) -> str | None:
    about = f'"{no.entry.title}" ({no.entry.provider}, {plain(no.entry.day)}'
    hours = f", {shown(no.hours)} h" if no.hours is not None else ""
    match no.reason:
        case "hours-unknown":
            return f"I completed the college course {about}). How many CE hours do you grant for it?"
        case "self-study":
            return f"I completed the self-study {about}{hours}). Has {issuer} approved it, under which index number?"
        case "duplicate" if asked:
            return f"I attended {about}{hours}) more than once. Does each attendance count?"
        case _:
            return None


def _differ(readings: Iterable[Reading]) -> bool:
    return len({(r.cycle.due, r.remaining, r.met) for r in readings}) > 1


def _which(s: Standing) -> str:
    lines = [
        f"   - {r.edition.label}{_page(r)}: {shown_down(r.counted)} h count,"
        f" {shown_up(r.remaining)} h to go by {plain(r.cycle.due)}"
        for r in s.standing_readings
    ]
    earned = f" (certified {plain(s.credential.earned)})" if s.credential.earned else ""
    asked = f"Your pages state the recertification rules of the {s.rules.short} differently. For my record{earned}:"
    return "\n".join([asked, *lines, "   Which of these applies to me, and by which date?"])


def _page(r: Reading) -> str:
    page = page_of(r.edition)
    return f" ({page})" if page else ""


def page_of(rule: Rule) -> str | None:
    """Give the page a rule was found on, as somebody at the issuer can open it; None where no page is named."""
    found = _ADDRESS.search(rule.source)
    return found[0] if found else None


def of_candidate(a: Assessment) -> Iterator[str]:
    """Ask what is open about sitting the exam."""
    months = next((f.have for f in a.findings if isinstance(f.need, Experience)), None)
    for finding in a.findings:
        if finding.verdict == ASK and isinstance(finding.need, Coursework):
            managed = (
                f"{units(shown_down(months), 'month')} managing a medical office and " if months is not None else ""
            )
            yield (
                f"I have {managed}{shown_down(finding.have)} of {shown(finding.want)} college credits. Can more"
                " experience replace credits, at which rate, and up to which limit?"
            )
    if not a.findings:
        yield f"What does {a.rules.issuer} ask of somebody who wants to sit the {a.rules.short} exam?"
