"""Everything that is wrong or odd with a portfolio, all at once, each with its place.

Errors keep reports from being given; warnings do not. Nothing here writes.
"""

from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from cmmctl.cycles import cycles
from cmmctl.dates import plain, weekday
from cmmctl.errors import CmmctlError, Problem
from cmmctl.locate import located
from cmmctl.model import CE, PLANNABLE, Credential, Portfolio, Renewal
from cmmctl.rules import RuleSet
from cmmctl.schema import Flaw, Place, Rulebook
from cmmctl.store import load
from cmmctl.tally import domains_of, entries


class Finding(NamedTuple):
    """One thing to know: `severity` is error or warning, `where` the file and line."""

    severity: str
    where: str
    message: str
    hint: str | None = None


def findings(path: Path, rulebook: Rulebook, today: date) -> list[Finding]:
    """Check a portfolio. A file that is not there or cannot be read at all raises; what stands in it is listed."""
    try:
        document = load(path, rulebook)
    except CmmctlError as error:
        if any(problem.line is None for problem in error.problems):
            raise
        return [_finding("error", problem) for problem in error.problems]
    odd = [flaw for find in (_ahead, _subjects, _cycles) for flaw in find(document.portfolio, rulebook, today)]
    return [_finding("warning", problem) for problem in (*document.warnings, *located(odd, document.text, path.name))]


def _finding(severity: str, problem: Problem) -> Finding:
    return Finding(severity, f"{problem.file}:{problem.line}:", problem.message, problem.hint)


def _places(portfolio: Portfolio, kind: str) -> dict[str, Place]:
    return {fact.id: Place(kind, index) for index, fact in enumerate(portfolio.facts.get(kind, ()))}


def _ahead(portfolio: Portfolio, _rulebook: Rulebook, today: date) -> Iterator[Flaw]:
    """What is said to have happened lies ahead: it counts from that day on."""
    for kind in PLANNABLE:
        key = "date" if kind is CE else "completed"
        places = _places(portfolio, kind.kind)
        for fact in portfolio.all(kind):
            day = getattr(fact, key)
            if fact.status == "completed" and isinstance(day, date) and day > today:
                message = f"{fact.id} is completed on {weekday(day)}, which is ahead; it does not count before"
                yield Flaw(places[fact.id]._replace(key=key), message, f"cmmctl edit {fact.id} status=planned")


def _subjects(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    places = _places(portfolio, CE.kind)
    without = [ce.id for ce in portfolio.all(CE) if ce.subject is None]
    if without:
        more = f" and {len(without) - 1} more entries" if len(without) > 1 else ""
        yield Flaw(
            places[without[0]],
            f"{without[0]}{more}: no subject is recorded; it counts as healthcare or business",
        )
    editions = [e for c in portfolio.all(Credential) if (r := rulebook.find(c.id)) for e in r.editions if e.domains]
    for entry in entries(portfolio):
        domains = getattr(entry.record, "domains", ())
        if editions and domains and not any(domains_of(entry, edition) for edition in editions):
            place = places[entry.id]._replace(key="domains")
            yield Flaw(
                place,
                f"none of the domains of {entry.id} is one of the issuer's",
                f"they are: {', '.join(editions[0].domains)}",
            )


def _cycles(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """A renewal must name the due date of a cycle; a due date without `earned` cannot be used."""
    held = {c.id: c for c in portfolio.all(Credential)}
    credential_places, renewal_places = _places(portfolio, Credential.kind), _places(portfolio, Renewal.kind)
    for credential in held.values():
        if credential.due and not credential.earned:
            yield Flaw(
                credential_places[credential.id]._replace(key="due"),
                f"{credential.id} has `due` but no `earned`",
                "add the day it was certified",
            )
    for renewal in portfolio.all(Renewal):
        place = renewal_places[renewal.id]._replace(key="due")
        owner = held.get(renewal.credential)
        rules = rulebook.find(renewal.credential)
        if owner is None or owner.earned is None:
            yield Flaw(place, f"{renewal.id} renews {renewal.credential}, which is not held")
        elif rules is not None and renewal.due not in _dues(owner, rules, renewal.due):
            yield Flaw(place, f"no cycle of {owner.id} is due on {plain(renewal.due)}, which {renewal.id} names")


def _dues(credential: Credential, rules: RuleSet, last: date) -> set[date]:
    edition = rules.edition(credential.edition)
    return {one.due for one in takewhile(lambda one: one.start <= last, cycles(credential, edition))}
