"""Filing a recertification: what every published reading says first, then the seal, then what follows from it."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from cmmctl.amounts import shown_up
from cmmctl.commands.session import Session
from cmmctl.cycles import Cycle, current_cycle, cycles, renewals
from cmmctl.dates import plain
from cmmctl.errors import failure, misuse
from cmmctl.model import Credential, Renewal
from cmmctl.rules import Edition, RuleSet
from cmmctl.sealing import AFTERWARDS
from cmmctl.tally import Reading, reading
from cmmctl.typed import Record, validate


class Sealing(NamedTuple):
    """A renewal with its seal, what to say of it, and how to show what every reading says."""

    record: Record
    said: str
    readings: Callable[[], None]


def sealed(session: Session, record: Record, *, force: bool) -> Sealing:
    """Seal the cycle that was filed: its edition, hours and entries.

    Refuses while hours are short, unless forced; a renewal by exam needs none.
    """
    credential = next((c for c in session.portfolio.all(Credential) if c.id == record["credential"]), None)
    if credential is None or credential.earned is None:
        hint = f"run `cmmctl add-credential {record['credential']} --earned DATE`"
        raise failure(f"{record['credential']} is not held", "not-found", hint)
    rules = session.rules_of(credential.id)
    edition = rules.edition(credential.edition)
    cycle = _filed_cycle(session, credential, edition, record.get("due"))
    renewal = validate(Renewal.kind, "the new renewal", {**record, "due": cycle.due}, session.today)
    assert isinstance(renewal, Renewal)  # noqa: S101 - what the kind says
    readings = list(_readings(session, credential, rules, cycle, renewal.filed))
    own, *others = readings
    if own.remaining and renewal.by != "exam" and not force:
        _refuse(own, others)
    entries = [counted.entry.id for counted in own.counted_entries]
    seal = {"due": cycle.due, "edition": edition.name, "hours": _decimal(own.counted)}
    seal |= {"entries": entries} if entries else {}
    if renewal.filed < session.today > cycle.due:
        seal["note"] = "; ".join(filter(None, (renewal.note, f"{AFTERWARDS}, on {session.today}")))
    said = " ".join(_said(credential, rules, edition, cycle, renewal))
    return Sealing(record | seal, said, lambda: None if session.as_json else _list_readings(session, readings))


def _filed_cycle(session: Session, credential: Credential, edition: Edition, due: date | None) -> Cycle:
    """Find the cycle a renewal is for: the one due on that day, without a day the current one."""
    filed = renewals(session.portfolio, credential, date.max)
    if due is None:
        cycle = current_cycle(credential, edition, filed, session.today)
    else:
        cycle = next(one for one in cycles(credential, edition) if one.due >= due)
        if cycle.due != due:
            message = f"no cycle of {credential.id} is due on {plain(due)}"
            raise misuse(message, f"the next one after it is `--due {cycle.due}`", code="bad-value")
    if cycle.due in filed:
        message = f"{filed[cycle.due].id} is already the renewal of the cycle due {plain(cycle.due)}"
        raise failure(message, "exists", "name another cycle with `--due`")
    return cycle


def _readings(session: Session, credential: Credential, rules: RuleSet, cycle: Cycle, filed: date) -> Iterator[Reading]:
    """Tally the own reading up to the day of filing, then every other one in its cycle of that day."""
    until = min(filed, cycle.due)
    own = rules.edition(credential.edition)
    for edition in sorted(rules.editions, key=lambda edition: edition is not own):
        others = (one for one in cycles(credential, edition, own=False) if one.due >= until)
        held = cycle if edition is own else next(others)
        yield reading(credential, rules, edition, session.portfolio, held, until)


def _list_readings(session: Session, readings: list[Reading]) -> None:
    from cmmctl.screen import Cell, Table, cells  # noqa: PLC0415 - only where a screen is drawn
    from cmmctl.views.words import progress, to_go  # noqa: PLC0415 - as above

    rows = [
        cells(r.edition.label, plain(r.cycle.due), progress(r), Cell(to_go(r.remaining), "ok" if r.met else "warn"))
        for r in readings
    ]
    session.draw([Table("By the entries up to the day of filing", ("Reading", "Due", "CE hours", "To go"), rows)])


def _refuse(own: Reading, others: list[Reading]) -> None:
    from cmmctl.views.words import progress  # noqa: PLC0415 - only where it is said

    gaps = [f"{shown_up(t.remaining)} {t.requirement.name}" for t in own.tallies[1:] if t.remaining]
    among = f" ({', '.join(gaps)})" if gaps else ""
    missing = f"{shown_up(own.remaining)} h to go{among}"
    message = f"{own.edition.label}: {missing}, with {progress(own)} by the entries dated up to the day it was filed"
    if short := [f"{r.edition.label}: {shown_up(r.remaining)} h to go" for r in others if r.remaining]:
        message += f"; other readings: {'; '.join(short)}"
    hint = "add the hours with `cmmctl add-ce`, or note it all the same with `--force`"
    raise failure(message, "short", hint)


def _said(credential: Credential, rules: RuleSet, edition: Edition, cycle: Cycle, renewal: Renewal) -> Iterator[str]:
    yield f"Noted. Nothing was sent to {rules.issuer}."
    following = next(one for one in cycles(credential, edition) if one.start > cycle.due)
    yield f"The next cycle begins {plain(following.start)} and is due {plain(following.due)}."
    if renewal.filed > cycle.due:
        late = [said.text for said in edition.statements if said.about.startswith("late")]
        yield f"It was filed after {plain(cycle.due)}; {rules.issuer} says: {late[0] if late else 'not known'}."


def _decimal(hours: Fraction) -> Decimal:
    """Write hours as a certificate would print them, with at most four decimals and no exponent."""
    exact = round(Decimal(hours.numerator) / Decimal(hours.denominator), 4)
    return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact.normalize()
