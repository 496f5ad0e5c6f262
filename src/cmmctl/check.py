"""Everything that is wrong or odd with a portfolio, all at once, each with its place.

Errors keep reports from being given; warnings do not. What only the whole record can tell is looked for once
there are no errors. Nothing here writes.
"""

import re
from collections.abc import Iterator
from datetime import date
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from cmmctl import keys
from cmmctl.claiming import overpaid
from cmmctl.cycles import cycles
from cmmctl.dates import Stated, first_day, plain, weekday
from cmmctl.errors import CmmctlError, Problem
from cmmctl.locate import located, syntax_problem
from cmmctl.model import CE, Course, Credential, Fact, Payment, Portfolio, Profile, Renewal
from cmmctl.parsing import TomlError, parse
from cmmctl.proofs import trouble
from cmmctl.rulebook import PREPARED_FOR, Rulebook
from cmmctl.rules import RuleSet
from cmmctl.schema import read
from cmmctl.sealing import sealed
from cmmctl.store import read_text, real
from cmmctl.tables import Flaw, Place, unknown
from cmmctl.tally import domains_of
from cmmctl.typed import HAPPENED

# How synchronised folders name the second of two versions that were written at the same time; OneDrive after the
# computer, in capitals.
_COPY = r"(?:.*conflict.*| ?\([0-9]+\)| [0-9]+|-(?-i:(?=[0-9-]*[A-Z])[A-Z0-9-]+))"
_SECURITY_NUMBER = re.compile(r"(?<![0-9])[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}(?![0-9])")


class Finding(NamedTuple):
    """One thing to know: `severity` is error or warning, `where` the file and line."""

    severity: str
    where: str
    message: str
    hint: str | None = None


def findings(path: Path, today: date) -> list[Finding]:
    """Check a portfolio. A file that is not there or cannot be opened raises; what stands in it is listed."""
    folder = real(path).parent
    broken: list[Problem] = []
    rulebook = Rulebook(folder, broken)
    errors, warnings = _problems(path, folder, rulebook, today)
    return [
        *(_finding("error", problem) for problem in (*broken, *errors)),
        *(_finding("warning", problem) for problem in (*warnings, *_copies(folder, path.name))),
    ]


def _finding(severity: str, problem: Problem) -> Finding:
    return Finding(severity, problem.where, problem.message, problem.hint)


def _problems(path: Path, folder: Path, rulebook: Rulebook, today: date) -> tuple[list[Problem], list[Problem]]:
    """Find what is wrong and what is odd in the file."""
    text = ""
    try:
        text = read_text(path)
        reading = read(parse(text), rulebook)
    except TomlError as error:
        return [syntax_problem(error, text, path.name)], []
    except CmmctlError as error:
        if any(problem.line is None for problem in error.problems):
            raise
        return list(error.problems), []
    odd = list(reading.warnings)
    if not reading.flaws:
        odd += trouble(reading.portfolio, folder)
        odd += [flaw for find in _ODD for flaw in find(reading.portfolio, rulebook, today)]
    return located(reading.flaws, text, path.name), located(odd, text, path.name)


def _copies(folder: Path, name: str) -> Iterator[Problem]:
    """Find what a synchronised folder leaves beside a file that was written in two places at once."""
    stem, suffix = Path(name).stem, Path(name).suffix
    pattern = re.compile(re.escape(stem) + _COPY + re.escape(suffix), re.IGNORECASE)
    for path in sorted(folder.glob("*")):
        if pattern.fullmatch(path.name):
            message = f"this looks like a second version of {name}, which is not read"
            yield Problem(message=message, hint=f"compare it with {name}, then move it away", file=path.name)


def _ahead(portfolio: Portfolio, _rulebook: Rulebook, today: date) -> Iterator[Flaw]:
    """What is said to have happened lies ahead: it counts from that day on."""
    for kind, facts in portfolio.facts.items():
        for number, fact in enumerate(facts):
            for key, day in _days(fact):
                if first_day(day) > today:
                    message = f"`{key}` of {fact.id}, {weekday(first_day(day))}, is ahead; it does not count before"
                    hint = f"cmmctl edit {fact.id} status=planned" if hasattr(fact, "status") else None
                    yield Flaw(Place(kind, number, key), message, hint)


def _days(fact: Fact) -> Iterator[tuple[str, Stated]]:
    """Give the days on which something has happened, unless it is only planned."""
    if getattr(fact, "status", "completed") == "completed":
        for key in (*HAPPENED.get(fact.kind, ()), "logged"):
            day = getattr(fact, key, None)
            if day is not None:
                yield key, day


def _subjects(portfolio: Portfolio, _rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """An entry without a subject counts; which one it had is not known."""
    without = [(number, ce.id) for number, ce in enumerate(portfolio.all(CE)) if ce.subject is None]
    if without:
        number, name = without[0]
        more = f" and {len(without) - 1} more" if len(without) > 1 else ""
        message = f"{name}{more}: no subject is recorded; it counts as healthcare or business"
        yield Flaw(Place(CE.kind, number), message, f"cmmctl edit {name} subject=healthcare")


def _domains(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """An entry names domains, and none of them is one of an issuer's."""
    editions = [e for credential in portfolio.all(Credential) for e in rulebook.of(credential).editions if e.domains]
    for number, ce in enumerate(portfolio.all(CE)):
        if ce.domains and editions and not any(domains_of(ce, edition) for edition in editions):
            message = f"none of the domains of {ce.id} is one of the issuer's"
            yield Flaw(Place(CE.kind, number, "domains"), message, f"they are: {', '.join(editions[0].domains)}")


def _approved(portfolio: Portfolio) -> list[tuple[int, CE | Course]]:
    """List what index numbers may stand in, each with its number among its kind."""
    return [*enumerate(portfolio.all(CE)), *enumerate(portfolio.all(Course))]


def _issuers(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """An index number of an issuer that nobody knows approves nothing."""
    names = (*rulebook.names(), *(credential.id for credential in portfolio.all(Credential)))
    known = sorted({name.partition(".")[0] for name in names})
    for number, entry in _approved(portfolio):
        for issuer in sorted({approval.partition(":")[0] for approval in entry.approvals}.difference(known)):
            place = Place(entry.kind, number, "approvals")
            yield Flaw(place, *unknown(issuer, known, "issuer", f" in `approvals` of {entry.id}"))


def _indexes(portfolio: Portfolio, _rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """A word in the place of an index number approves what may not be approved."""
    for number, entry in _approved(portfolio):
        for approval in entry.approvals:
            if not keys.is_index(approval.partition(":")[2]):
                hint = f"if it is not approved: `cmmctl edit {entry.id} --unset approvals`"
                message = f"`{approval}` in `approvals` of {entry.id} is no index number, and counts as approved"
                yield Flaw(Place(entry.kind, number, "approvals"), message, hint)


def _renewals(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """A renewal must name the due date of a cycle, and no two the same."""
    held = {credential.id: credential for credential in portfolio.all(Credential) if credential.earned}
    first: dict[tuple[str, date], str] = {}
    for number, renewal in enumerate(portfolio.all(Renewal)):
        owner, due = held.get(renewal.credential), renewal.due
        place = Place(Renewal.kind, number, "due")
        earlier = first.setdefault((renewal.credential, due), renewal.id)
        if owner is None:
            yield Flaw(place, f"{renewal.id} renews {renewal.credential}, which is not held")
        elif due not in _dues(owner, rulebook.of(owner), due):
            yield Flaw(place, f"no cycle of {owner.id} is due on {plain(due)}, which {renewal.id} names")
        elif earlier != renewal.id:
            yield Flaw(place, f"{renewal.id} is for the same cycle as {earlier}", f"cmmctl remove {renewal.id}")


def _dues(credential: Credential, rules: RuleSet, last: date) -> set[date]:
    edition = rules.edition(credential.edition)
    return {one.due for one in takewhile(lambda one: one.start <= last, cycles(credential, edition))}


def _credentials(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """A due date without the day certified, and own figures beside a rule set, are not used."""
    for number, credential in enumerate(portfolio.all(Credential)):
        place = Place(Credential.kind, number)
        if credential.due and not credential.earned:
            message = f"{credential.id} has `due` but no `earned`, so the due date is not used"
            yield Flaw(place.at("due"), message, f"cmmctl edit {credential.id} earned=2024-05-03")
        for key in ("required", "cycle_months"):
            if getattr(credential, key) is not None and rulebook.find(credential.id) is not None:
                message = f"`{key}` of {credential.id} is not used, because there is a rule set for it"
                yield Flaw(place.at(key), message, f"cmmctl edit {credential.id} --unset {key}")


def _ages(portfolio: Portfolio, rulebook: Rulebook, today: date) -> Iterator[Flaw]:
    """Pages of issuers change: rules that were read long ago should be read again."""
    places = {credential.id: Place(Credential.kind, n) for n, credential in enumerate(portfolio.all(Credential))}
    for name, place in (places or {PREPARED_FOR: Place()}).items():
        rules = rulebook.find(name)
        if rules is not None and rules.stale(today):
            message = f"the rules of {name} were last read on {plain(rules.read_on)}, more than a year ago"
            mend = "read the pages it names again, and change `checked`" if rules.own else "upgrade cmmctl, or ask"
            yield Flaw(place, message, f"{mend}: `cmmctl rules {name}`")


def _private(portfolio: Portfolio, _rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """A social security number has no place in a portfolio."""
    for key, value in portfolio.tables[Profile.kind].items():
        if isinstance(value, str) and _SECURITY_NUMBER.search(value):
            message = f"`{key}` of profile looks like a social security number, which is never needed"
            yield Flaw(Place(Profile.kind, key), message, f"cmmctl edit profile --unset {key}")


def _seals(portfolio: Portfolio, rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """The entries of a sealed cycle no longer count what was sealed; the sealed figures stay as they are."""
    held = {credential.id: credential for credential in portfolio.all(Credential) if credential.earned}
    for number, renewal in enumerate(portfolio.all(Renewal)):
        owner = held.get(renewal.credential)
        one = sealed(renewal, owner, rulebook.of(owner), portfolio) if owner else None
        if one is not None and one.broken:
            yield Flaw(Place(Renewal.kind, number, "hours"), one.broken, f"cmmctl explain {renewal.id}")


def _payments(portfolio: Portfolio, _rulebook: Rulebook, _today: date) -> Iterator[Flaw]:
    """More came back than was asked for: mostly a slip of the decimal point, or a payment that is entered twice."""
    places = {
        payment.id: Place(Payment.kind, number, "amount") for number, payment in enumerate(portfolio.all(Payment))
    }
    for one in overpaid(portfolio):
        yield Flaw(places[one.payment.id], one.message, one.hint)


_ODD = (_ahead, _subjects, _domains, _issuers, _indexes, _renewals, _credentials, _ages, _private, _seals, _payments)
