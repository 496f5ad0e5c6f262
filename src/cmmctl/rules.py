"""What an issuer asks for one credential, as data that selects named pure functions.

Every rule carries its source, the day the source was read and its grade, so that every number can be asked
why. An absent figure means unknown. Kinds of rule that no shipped rule set uses are not built; where the next
one goes: a need is a class in `NEEDS`, a way to choose entries a word in `SELECT`, an anchor a word in `ANCHORS`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, NamedTuple

from cmmctl import keys
from cmmctl.dates import add_months
from cmmctl.described import Described, key
from cmmctl.model import CE, SUBJECTS, Course

GRADES = ("issuer", "third-party", "brief", "inferred", "own", "unknown")
FRESH_MONTHS = 12  # after which pages may have changed
EVIDENCE = ("certificate", "index", "domain")


class Rule(Described):
    """Something an issuer asks, with where that stands and the day it was read."""

    grade: str = key(keys.choice(*GRADES), "how well the rule is known")
    source: str = key(keys.TEXT, "the page or letter where the rule stands")
    checked: dt.date = key(keys.DAY, "the day the source was read")
    note: str | None = key(keys.TEXT, "what a reader should know about it", None)


class Experience(Rule):
    """Months as manager of a medical office."""

    kind: ClassVar[str] = "experience"
    name: str = key(keys.TEXT, "its name in JSON")
    label: str = key(keys.TEXT, "its name on screens")
    months: int = key(keys.SOME, "months needed")


class Coursework(Rule):
    """College credits in some subjects, counted together."""

    kind: ClassVar[str] = "coursework"
    name: str = key(keys.TEXT, "its name in JSON")
    label: str = key(keys.TEXT, "its name on screens")
    credits: Decimal = key(keys.NUMBER, "semester credits needed")
    subjects: tuple[str, ...] = key(keys.several(keys.choice(*SUBJECTS)), "subjects that count")
    experience_helps: bool = key(
        keys.FLAG, "more experience may replace credits, at a rate the issuer knows", default=False
    )


Need = Experience | Coursework
NEEDS: Mapping[str, type[Experience] | type[Coursework]] = {need.kind: need for need in (Experience, Coursework)}


class Condition(Rule):
    """Membership of the issuer's association: shown beside a verdict, never hours."""

    name: str = key(keys.TEXT, "its name in JSON and on screens")
    body: str = key(keys.TEXT, "the association one must belong to")
    gap_days: int | None = key(keys.SOME, "a lapse of more days breaks it, a shorter one does not", None)


class Requirement(Rule):
    """So many hours, or at most so many, of the entries that `select` chooses, within another requirement."""

    name: str = key(keys.TEXT, "its name in JSON")
    label: str = key(keys.TEXT, "its name on screens")
    min: Decimal | None = key(keys.RATE, "hours needed", None)
    max: Decimal | None = key(keys.RATE, "hours that count at most", None)
    within: str | None = key(keys.TEXT, "the requirement it is a part of", None)
    select: str = key(keys.choice("any", "approved", "recognized", "tagged"), "which entries belong to it", "any")
    tags: tuple[str, ...] = key(keys.several(keys.TEXT), "with select tagged: an entry has one of these", ())
    excludes: tuple[str, ...] = key(keys.several(keys.TEXT), "parts that no hour can serve together with this one", ())
    evidence: tuple[str, ...] = key(keys.several(keys.choice(*EVIDENCE)), "what an entry needs to be documented", ())


class Statement(Rule):
    """Something the issuer says that no figure depends on: a fee, late filing, audits."""

    about: str = key(keys.TEXT, "what it is about")
    text: str = key(keys.TEXT, "what they say, in our words")


class Edition(Rule):
    """One published version of the recertification rules; a *reading* on screens."""

    name: str = key(keys.TEXT, "its name in the portfolio and in JSON")
    label: str = key(keys.TEXT, "its name on screens")
    cycle_months: int = key(keys.SOME, "months of a cycle")
    anchor: str = key(keys.choice("certified"), "what due dates are counted from", "certified")
    self_study: str | None = key(keys.choice("approved", "counts"), "whether self-study counts", None)
    subjects: tuple[str, ...] = key(keys.several(keys.choice(*SUBJECTS)), "subjects that count", ())
    domains: tuple[str, ...] = key(keys.several(keys.TEXT), "the issuer's domains", ())
    requirements: tuple[Requirement, ...] = ()
    conditions: tuple[Condition, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def total(self) -> Requirement:
        """Give the requirement all others are part of."""
        return self.requirements[0]


class RuleSet(Described):
    """What one issuer asks for one credential. Empty `needs`: nothing is known about eligibility."""

    id: str = key(keys.CREDENTIAL, "issuer.credential")
    short: str = key(keys.TEXT, "the credential's letters")
    name: str = key(keys.TEXT, "the credential's full name")
    issuer: str = key(keys.TEXT, "the issuer's name")
    contact: str | None = key(keys.TEXT, "whom to ask", None)
    default: str = key(keys.TEXT, "the edition that applies where none is pinned")
    grade: str | None = key(keys.choice(*GRADES), "how well a rule is known that does not say so itself", None)
    source: str | None = key(keys.TEXT, "where a rule stands that does not say so itself", None)
    checked: dt.date | None = key(keys.DAY, "the day that was read", None)
    needs: tuple[Need, ...] = ()
    conditions: tuple[Condition, ...] = ()
    statements: tuple[Statement, ...] = ()
    editions: tuple[Edition, ...] = ()
    own: bool = False
    replaces: bool = False

    @property
    def slug(self) -> str:
        """Give the issuer's part of the id, which approvals begin with."""
        return self.id.partition(".")[0]

    @property
    def read_on(self) -> dt.date:
        """Give the day on which the oldest of the sources that figures come from was read."""
        return min(rule.checked for rule in (*self.needs, *self.editions))

    def stale(self, on: dt.date) -> bool:
        """Tell whether its sources were read so long ago that somebody should look at them again."""
        return self.known and add_months(self.read_on, FRESH_MONTHS) < on

    @property
    def known(self) -> bool:
        """Tell whether any source stands behind it."""
        return bool(self.editions) and self.editions[0].grade != "unknown"

    def edition(self, name: str | None = None) -> Edition:
        """Find an edition by name, or the one that applies where none is pinned."""
        return next(edition for edition in self.editions if edition.name == (name or self.default))


def approved(entry: CE | Course, issuer: str) -> bool:
    """Tell whether the credential's issuer gave the entry an index number."""
    return bool(entry.approvals) and any(approval.startswith(f"{issuer}:") for approval in entry.approvals)


class Marks(NamedTuple):
    """All that a requirement may choose an entry by."""

    approved: bool
    tags: tuple[str, ...]


def marks(entry: CE | Course, issuer: str) -> Marks:
    """Read an entry's marks, as the credential's issuer would."""
    return Marks(approved(entry, issuer), entry.tags if isinstance(entry, CE) else ())


SELECT: Mapping[str, Callable[[Marks, tuple[str, ...]], bool]] = {
    "any": lambda _marks, _tags: True,
    "approved": lambda marks, _tags: marks.approved,
    "recognized": lambda marks, _tags: not marks.approved,
    "tagged": lambda marks, tags: not set(tags).isdisjoint(marks.tags),
}

ANCHORS: Mapping[str, Callable[[dt.date, int, int], dt.date]] = {
    # Counted from the day certified, clamped to the month's end: 29 Feb becomes 28 Feb, 31 Jan never drifts.
    "certified": lambda anchor, months, n: add_months(anchor, months * n),
}


def unsourced(credential: str, hours: Decimal, months: int) -> RuleSet:
    """Make a rule set from a person's own figures, where no issuer's page is known."""
    rule = {"grade": "unknown", "source": "your own figures; no source is known", "checked": dt.date.min}
    total = Requirement(name="total", label="CE hours", min=hours, **rule)
    edition = Edition(
        name="own",
        label=f"{hours.normalize():f} h in {months} months, your own figures",
        cycle_months=months,
        self_study="counts",
        requirements=(total,),
        **rule,
    )
    issuer, _, short = credential.partition(".")
    return RuleSet(
        id=credential,
        short=short.upper(),
        name=credential,
        issuer=issuer.upper(),
        default="own",
        editions=(edition,),
        own=True,
    )
