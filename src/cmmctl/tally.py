"""What counts: one cycle under one edition, entry by entry, with the reason for every hour that does not.

Nothing is carried over from another cycle. Entries are taken in order of date, then id.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from cmmctl.cycles import Cycle
from cmmctl.dates import last_day, plain
from cmmctl.model import CE, Course, Credential, Portfolio, Proof
from cmmctl.rules import SELECT, Edition, Requirement, RuleSet, approved

AT_RISK_DAYS = 90
NOTHING = Fraction()


class Entry(NamedTuple):
    """A CE activity, or a course the issuer grants CE hours for; `hours` None: the rate is unknown."""

    id: str
    title: str
    provider: str
    day: dt.date
    hours: Fraction | None
    record: CE | Course


class Counted(NamedTuple):
    """Hours of an entry that count, and what its reading still misses as evidence."""

    entry: Entry
    hours: Fraction
    missing: tuple[str, ...]


class Refused(NamedTuple):
    """Hours of an entry that do not count, with the reason as a slug and as a sentence."""

    entry: Entry
    hours: Fraction | None
    reason: str
    why: str


class Tally(NamedTuple):
    """What counts towards one requirement."""

    requirement: Requirement
    counted: Fraction

    @property
    def remaining(self) -> Fraction:
        """Give the hours this requirement alone still misses."""
        return max(Fraction(self.requirement.min or 0) - self.counted, NOTHING)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One cycle under one edition, hours only."""

    edition: Edition
    cycle: Cycle
    earned: Fraction
    planned: Fraction
    remaining: Fraction
    tallies: tuple[Tally, ...]
    counted_entries: tuple[Counted, ...]
    refused_entries: tuple[Refused, ...]
    state: str
    set_aside: bool = False
    earlier_short: tuple[tuple[Cycle, Fraction], ...] = ()

    @property
    def required(self) -> Fraction:
        """Give the hours the whole cycle asks for."""
        return Fraction(self.edition.total.min or 0)

    @property
    def counted(self) -> Fraction:
        """Give the hours that count, not capped at what is required."""
        return self.tallies[0].counted

    @property
    def surplus(self) -> Fraction:
        """Give the hours beyond what is required. They have no effect later."""
        return max(self.counted - self.required, NOTHING)

    @property
    def met(self) -> bool:
        """Tell whether no hours are missing."""
        return self.remaining == 0


def entries(portfolio: Portfolio) -> Iterator[Entry]:
    """Give everything that could count as CE and has a date, planned entries included."""
    for ce in portfolio.all(CE):
        yield Entry(ce.id, ce.title, ce.provider, ce.date, ce.amount, ce)
    for course in portfolio.all(Course):
        if course.completed is not None:
            hours = None if course.hours is None else Fraction(course.hours)
            yield Entry(course.id, course.title, course.institution, last_day(course.completed), hours, course)


class _Question(NamedTuple):
    """What a refusal is decided by."""

    credential: Credential
    rules: RuleSet
    edition: Edition
    seen: Mapping[tuple[str, str, dt.date], str]


def _not_for_this(entry: Entry, about: _Question) -> str | None:
    named = entry.record.credentials
    return f"recorded for {', '.join(named)} only" if named and about.credential.id not in named else None


def _before_certification(entry: Entry, about: _Question) -> str | None:
    earned = about.credential.earned
    return f"dated before the day certified, {plain(earned)}" if earned and entry.day < earned else None


def _planned(entry: Entry, _about: _Question) -> str | None:
    return None if entry.record.status == "completed" else f"still {entry.record.status}: `cmmctl done {entry.id}`"


def _hours_unknown(entry: Entry, about: _Question) -> str | None:
    return None if entry.hours is not None else f"{about.rules.issuer} publishes no rate for college credits: ask them"


def _duplicate(entry: Entry, about: _Question) -> str | None:
    first = about.seen.get(_likeness(entry))
    return f"same title, provider and date as {first}; counted once (inferred)" if first else None


def _subject(entry: Entry, about: _Question) -> str | None:
    subject = entry.record.subject
    wanted = about.edition.subjects
    return (
        f"its subject is {subject}, not {' or '.join(wanted)}" if wanted and subject and subject not in wanted else None
    )


def _self_study(entry: Entry, about: _Question) -> str | None:
    if (
        not isinstance(entry.record, CE)
        or entry.record.activity != "self-study"
        or about.edition.self_study != "approved"
    ):
        return None
    if approved(entry.record, about.rules.slug):
        return None
    return f"self-study without {about.rules.issuer}'s approval in advance"


# To read this is to read which entries count. The first that gives a reason refuses.
REFUSALS: Mapping[str, Callable[[Entry, _Question], str | None]] = {
    "not-for-this-credential": _not_for_this,
    "before-certification": _before_certification,
    "planned": _planned,
    "hours-unknown": _hours_unknown,
    "duplicate": _duplicate,
    "subject": _subject,
    "self-study": _self_study,
}


def _likeness(entry: Entry) -> tuple[str, str, dt.date]:
    return " ".join(entry.title.split()).casefold(), " ".join(entry.provider.split()).casefold(), entry.day


class _Hours:
    """Hours by requirement while entries are taken one after the other."""

    def __init__(self, edition: Edition, issuer: str) -> None:
        self.requirements = edition.requirements
        self.issuer = issuer
        self.sums = {requirement.name: NOTHING for requirement in edition.requirements}

    def belongs(self, entry: Entry) -> list[Requirement]:
        """Find the requirements an entry serves: a part only together with what it is a part of."""
        found: dict[str, Requirement] = {}
        for requirement in self.requirements:
            if (requirement.within is None or requirement.within in found) and SELECT[requirement.select](
                entry.record, self.issuer, requirement.tags
            ):
                found[requirement.name] = requirement
        return list(found.values())

    def take(self, hours: Fraction, serves: Sequence[Requirement]) -> tuple[Fraction, str | None]:
        """Count as much as every maximum leaves room for; name the requirement that leaves least."""
        room, full = hours, None
        for requirement in serves:
            if requirement.max is not None and (left := Fraction(requirement.max) - self.sums[requirement.name]) < room:
                room, full = left, requirement.label
        for requirement in serves:
            self.sums[requirement.name] += room
        return room, full


def reading(
    credential: Credential, rules: RuleSet, edition: Edition, portfolio: Portfolio, cycle: Cycle, on: dt.date
) -> Reading:
    """Tally one cycle under one edition: what counted, what did not and why, what is missing."""
    seen: dict[tuple[str, str, dt.date], str] = {}
    about = _Question(credential, rules, edition, seen)
    proven = {
        name for proof in portfolio.all(Proof) if proof.role in {"certificate", "transcript"} for name in proof.records
    }
    hours = _Hours(edition, rules.slug)
    counted: list[Counted] = []
    refused: list[Refused] = []
    earned = planned = NOTHING
    for entry in sorted(
        _considered(portfolio, credential, cycle), key=lambda entry: (entry.day, _number(entry.id), entry.id)
    ):
        finished = entry.record.status == "completed"
        for_this = _not_for_this(entry, about) is None
        if not finished and for_this and cycle.holds(entry.day):
            planned += entry.hours or 0
        if entry.day > on:
            continue
        if finished and for_this and cycle.holds(entry.day):
            earned += entry.hours or 0
        reason, why = next(((slug, why) for slug, rule in REFUSALS.items() if (why := rule(entry, about))), ("", ""))
        if reason:
            refused.append(Refused(entry, entry.hours, reason, why))
            continue
        seen[_likeness(entry)] = entry.id
        serves = hours.belongs(entry)
        whole = entry.hours or NOTHING
        taken, full = hours.take(whole, serves)
        if taken:
            counted.append(Counted(entry, taken, _missing(entry, serves, edition, rules.slug, proven)))
        if taken < whole:
            refused.append(Refused(entry, whole - taken, "cap", f"beyond the most that counts as {full}"))
    tallies = tuple(Tally(requirement, hours.sums[requirement.name]) for requirement in edition.requirements)
    remaining = fewest(tallies)
    return Reading(
        edition=edition, cycle=cycle, earned=earned, planned=planned, remaining=remaining, tallies=tallies,
        counted_entries=tuple(counted), refused_entries=tuple(refused),
        state=_pace(remaining, Fraction(edition.total.min or 0), cycle, on),
    )  # fmt: skip


def _considered(portfolio: Portfolio, credential: Credential, cycle: Cycle) -> Iterator[Entry]:
    """Give the entries dated in the cycle; the first cycle also answers for what came before certification."""
    first = cycle.start == credential.earned
    for entry in entries(portfolio):
        if entry.day <= cycle.due and (first or entry.day >= cycle.start):
            yield entry


def _number(name: str) -> int:
    digits = name.rpartition("-")[2]
    return int(digits) if digits.isdigit() else 0


def _missing(
    entry: Entry, serves: Iterable[Requirement], edition: Edition, issuer: str, proven: set[str]
) -> tuple[str, ...]:
    """List the evidence the requirements an entry serves ask for and that is not on record."""
    asked = {name for requirement in serves for name in requirement.evidence}
    there = {
        "certificate": entry.id in proven,
        "index": any(a.partition(":")[0] == issuer and a.partition(":")[2].strip() for a in entry.record.approvals),
        "domain": bool(domains_of(entry, edition)),
    }
    return tuple(name for name, given in there.items() if name in asked and not given)


def domains_of(entry: Entry, edition: Edition) -> list[str]:
    """Find the edition's domains among those an entry names, whatever their spelling."""
    named = {_bare(domain) for domain in getattr(entry.record, "domains", ())}
    return [domain for domain in edition.domains if _bare(domain) in named]


def _bare(domain: str) -> str:
    words = "".join(letter if letter.isalnum() else " " for letter in domain.casefold()).split()
    return " ".join(word for word in words if word != "and")


def fewest(tallies: Sequence[Tally]) -> Fraction:
    """Find the fewest further hours that can meet everything.

    Gaps of parts that no hour can serve together are added; where one hour can serve several, the largest is
    taken; a requirement never needs less than its own gap.
    """

    def needed(tally: Tally) -> Fraction:
        parts = [part for part in tallies if part.requirement.within == tally.requirement.name]
        return max(tally.remaining, together([(part.requirement, needed(part)) for part in parts]))

    def together(parts: list[tuple[Requirement, Fraction]]) -> Fraction:
        best = NOTHING
        for position, (requirement, hours) in enumerate(parts):
            apart = [other for other in parts[position + 1 :] if _exclude(requirement, other[0])]
            best = max(best, hours + together(apart))
        return best

    return needed(tallies[0])


def _exclude(one: Requirement, other: Requirement) -> bool:
    return (
        {one.select, other.select} == {"approved", "recognized"}
        or other.name in one.excludes
        or one.name in other.excludes
    )


def _pace(remaining: Fraction, required: Fraction, cycle: Cycle, on: dt.date) -> str:
    left = (cycle.due - on).days
    if remaining == 0:
        return "met"
    if left <= AT_RISK_DAYS:
        return "at-risk"
    share = required * left / ((cycle.due - cycle.start).days + 1)
    return "on-pace" if remaining <= share else "behind"
