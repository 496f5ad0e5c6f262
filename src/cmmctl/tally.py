"""What counts: one cycle under one edition, entry by entry, with the reason for every hour that does not.

Nothing is carried over from another cycle. Entries are taken in order of date, then id.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache, lru_cache
from typing import NamedTuple

from cmmctl.cycles import Cycle
from cmmctl.dates import last_day, plain
from cmmctl.model import CE, Course, Credential, Portfolio, Proof, exact, number_of
from cmmctl.requirements import NOTHING, Hours, Tally, added, fewest
from cmmctl.rules import SELECT, Edition, Requirement, RuleSet, approved, marks

AT_RISK_DAYS = 90


Likeness = tuple[str, str, dt.date]


class Entry(NamedTuple):
    """A CE activity, or a course the issuer grants CE hours for.

    `hours` None: the rate is unknown; `likeness`: what two records of one session have in common.
    """

    id: str
    title: str
    provider: str
    day: dt.date
    hours: Fraction | None
    record: CE | Course
    likeness: Likeness

    @property
    def completed(self) -> bool:
        """Tell whether it is more than a plan."""
        return self.record.status == "completed"


class Counted(NamedTuple):
    """Hours of an entry that count, what its reading still misses as evidence, and the requirements they serve."""

    entry: Entry
    hours: Fraction
    missing: tuple[str, ...]
    serves: tuple[Requirement, ...]


class Refused(NamedTuple):
    """Hours of an entry that do not count, with the reason as a slug and as a sentence.

    `earned`: they are among those earned, that is completed, dated in the cycle and for this credential.
    """

    entry: Entry
    hours: Fraction | None
    reason: str
    why: str
    earned: bool = True


class Reading(NamedTuple):
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


def entries(portfolio: Portfolio, since: dt.date = dt.date.min, until: dt.date = dt.date.max) -> Iterator[Entry]:
    """Give everything dated within these days that could count as CE, planned entries included."""
    for ce in portfolio.all(CE):
        if since <= ce.date <= until:
            yield Entry(ce.id, ce.title, ce.provider, ce.date, ce.amount, ce, _likeness(ce.title, ce.provider, ce.date))
    for course in portfolio.all(Course):
        if course.completed is not None and since <= (day := last_day(course.completed)) <= until:
            hours = None if course.hours is None else exact(course.hours)
            alike = _likeness(course.title, course.institution, day)
            yield Entry(course.id, course.title, course.institution, day, hours, course, alike)


def _likeness(title: str, provider: str, day: dt.date) -> Likeness:
    return folded(title), folded(provider), day


@cache
def folded(text: str) -> str:
    """Leave spaces and capitals out of account."""
    return " ".join(text.split()).casefold()


class _Question(NamedTuple):
    """What is decided by: the rules, what counted so far by its likeness, and the records that are proven.

    `slug`: what the approvals of the credential's issuer begin with.
    """

    credential: Credential
    rules: RuleSet
    slug: str
    edition: Edition
    seen: Mapping[Likeness, str]
    proven: frozenset[str]


def _not_for_this(entry: Entry, about: _Question) -> str | None:
    if not _meant_for(entry, about.credential):
        return f"recorded for {', '.join(entry.record.credentials)} only"
    total = about.edition.total
    if total.select == "any" or SELECT[total.select](marks(entry.record, about.slug), total.tags):
        return None
    return f"only {total.label} count"


def _before_certification(entry: Entry, about: _Question) -> str | None:
    earned = about.credential.earned
    return f"dated before the day certified, {plain(earned)}" if earned and entry.day < earned else None


def _hours_unknown(entry: Entry, about: _Question) -> str | None:
    return None if entry.hours is not None else f"{about.rules.issuer} publishes no rate for college credits: ask them"


def _duplicate(entry: Entry, about: _Question) -> str | None:
    first = about.seen.get(entry.likeness)
    return f"same title, provider and date as {first}; counted once (inferred)" if first else None


def _subject(entry: Entry, about: _Question) -> str | None:
    subject, wanted = entry.record.subject, about.edition.subjects
    if not wanted or subject is None or subject in wanted:
        return None
    return f"its subject is {subject}, not {' or '.join(wanted)}"


def _self_study(entry: Entry, about: _Question) -> str | None:
    record = entry.record
    if about.edition.self_study != "approved" or not isinstance(record, CE) or record.activity != "self-study":
        return None
    if approved(record, about.slug):
        return None
    return f"self-study without {about.rules.issuer}'s approval in advance"


def _planned(entry: Entry, _about: _Question) -> str | None:
    return None if entry.completed else f"still {entry.record.status}: `cmmctl done {entry.id}`"


# To read this is to read which entries count. The first that gives a reason refuses; a plan is refused as such
# only where nothing else keeps it from counting once it has taken place.
REFUSALS: Mapping[str, Callable[[Entry, _Question], str | None]] = {
    "not-for-this-credential": _not_for_this,
    "before-certification": _before_certification,
    "hours-unknown": _hours_unknown,
    "subject": _subject,
    "self-study": _self_study,
    "duplicate": _duplicate,
    "planned": _planned,
}


def _meant_for(entry: Entry, credential: Credential) -> bool:
    named = entry.record.credentials
    return not named or credential.id in named


def _refusal(entry: Entry, about: _Question) -> Refused | None:
    for reason, rule in REFUSALS.items():
        if why := rule(entry, about):
            return Refused(entry, entry.hours, reason, why)
    return None


def reading(
    credential: Credential, rules: RuleSet, edition: Edition, portfolio: Portfolio, cycle: Cycle, on: dt.date
) -> Reading:
    """Tally one cycle under one edition: what counted, what did not and why, what is missing."""
    seen: dict[Likeness, str] = {}
    about = _Question(credential, rules, rules.slug, edition, seen, _proven(portfolio, on))
    hours = Hours(edition.requirements)
    counted: list[Counted] = []
    refused: list[Refused] = []
    earned: list[Fraction] = []
    planned: list[Fraction] = []
    # The first cycle also answers for what came before certification.
    since = dt.date.min if cycle.start == credential.earned else cycle.start
    for entry in _in_order(portfolio, since, cycle.due):
        if entry.day > on and entry.completed:
            continue
        whole = NOTHING if entry.hours is None else entry.hours
        if refusal := _refusal(entry, about):
            if refusal.reason == "planned":
                planned.append(whole)
            mine = entry.completed and cycle.holds(entry.day) and _meant_for(entry, credential)
            if mine:
                earned.append(whole)
            if entry.day <= on:
                refused.append(refusal._replace(earned=mine))
            continue
        earned.append(whole)
        seen[entry.likeness] = entry.id
        served = hours.served(marks(entry.record, about.slug))
        taken, full = hours.take(whole, served.requirements)
        if taken:
            missing = tuple(name for name in served.evidence if not _EVIDENCE[name](entry, about))
            counted.append(Counted(entry, taken, missing, served.requirements))
        if full:
            refused.append(Refused(entry, whole - taken, "cap", f"beyond the most that counts as {full.label}"))
    tallies = hours.tallies()
    remaining = fewest(tallies)
    return Reading(
        edition=edition, cycle=cycle, earned=added(earned), planned=added(planned), remaining=remaining,
        tallies=tallies, counted_entries=tuple(counted), refused_entries=tuple(refused),
        state=_pace(remaining, edition, cycle, on),
    )  # fmt: skip


@lru_cache(maxsize=8)
def _in_order(portfolio: Portfolio, since: dt.date, until: dt.date) -> tuple[Entry, ...]:
    """Give the entries dated within these days, in the order they are taken; most readings ask about the same days."""
    found = entries(portfolio, since, until)
    return tuple(sorted(found, key=lambda entry: (entry.day, entry.record.kind, number_of(entry.id))))


def _proven(portfolio: Portfolio, on: dt.date) -> frozenset[str]:
    return frozenset(
        name
        for proof in portfolio.all(Proof)
        if proof.role in {"certificate", "transcript"} and (proof.added is None or proof.added <= on)
        for name in proof.records
    )


# What may be asked for as evidence, and whether it is on record.
_EVIDENCE: Mapping[str, Callable[[Entry, _Question], bool]] = {
    "certificate": lambda entry, about: entry.id in about.proven,
    "index": lambda entry, about: any(
        issuer == about.slug and index.strip()
        for issuer, _, index in (approval.partition(":") for approval in entry.record.approvals)
    ),
    "domain": lambda entry, about: bool(domains_of(entry.record, about.edition)),
}


def domains_of(record: CE | Course, edition: Edition) -> tuple[str, ...]:
    """Find the edition's domains among those a record names, whatever their spelling."""
    return _alike(record.domains, edition.domains) if isinstance(record, CE) else ()


@cache
def _alike(named: tuple[str, ...], known: tuple[str, ...]) -> tuple[str, ...]:
    bare = {_bare(domain) for domain in named}
    return tuple(domain for domain in known if _bare(domain) in bare)


def _bare(domain: str) -> str:
    """Leave everything but words out of account, so that `&` is the same as `and`."""
    words = "".join(letter if letter.isalnum() else " " for letter in domain.casefold()).split()
    return " ".join(word for word in words if word != "and")


def _pace(remaining: Fraction, edition: Edition, cycle: Cycle, on: dt.date) -> str:
    """Compare the hours to go with the even share of the days left."""
    left = (cycle.due - on).days
    if not remaining:
        return "met"
    if left <= AT_RISK_DAYS:
        return "at-risk"
    share = Fraction(edition.total.min or 0) * left / (cycle.due - cycle.start).days
    return "on-pace" if remaining <= share else "behind"
