"""The facts a portfolio holds, each described once.

One class per kind of block. The description of a key says what its value may be, what it means and how it is
asked for; the file's reader, the options of every `add-` command, the keys of `edit`, prompts, JSON and
the tables of the documents are all made from it. Facts never change with the day, and compute nothing that does.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import ClassVar, TypeVar

from cmmctl import keys
from cmmctl.dates import Stated, first_day, last_day
from cmmctl.described import Described, key

HOURS_PER_IACET_CEU = 10  # https://iacet.org/ceus/about-the-ceu, read 2026-11-23
SETTINGS = ("physician-office", "hospital", "nursing-home", "community-clinic", "other")
DUTIES = (
    "patient-care", "billing", "coding", "patient-scheduling", "records", "staff", "staff-scheduling",
    "personnel", "financial-planning", "training", "other",
)  # fmt: skip
SUBJECTS = ("healthcare", "business", "other")
STATUSES = ("completed", "planned", "in-progress")
COURSE_TOPICS = (
    "healthcare-management", "medical-terminology", "privacy", "payroll", "tax", "coding-billing", "other",
)  # fmt: skip
ACTIVITIES = ("seminar", "workshop", "webinar", "conference", "self-study", "teaching", "other")
TRAINING_TOPICS = ("customer-service", "procedures", "privacy", "policy-change", "other")
EXPENSES = ("fee", "tuition", "materials", "exam", "travel", "lodging", "meals", "dues", "filing", "other")
ROLES = ("certificate", "receipt", "transcript", "other")


class Fact(Described):
    """A dated fact: one block of the portfolio.

    `paper` is the role of the file that proves one, `cost` the option under which most of its cost is paid, as far
    as there usually are any.
    """

    kind: ClassVar[str]
    means: ClassVar[str]
    paper: ClassVar[str | None] = None
    cost: ClassVar[str | None] = None
    id: str
    note: str | None = key(keys.TEXT, "anything worth remembering", None, once=True)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """List what cannot be, although each key by itself can: the key to mend, and the sentence."""
        return ()


@cache
def exact(printed: Decimal) -> Fraction:
    """Turn a printed figure into a fraction, once for each of the few figures that certificates print."""
    return Fraction(printed)


def number_of(name: str) -> int:
    """Give the number in an id, by which ce-10 comes after ce-2."""
    return int(name.rpartition("-")[2])


def _order(fact: Fact, *pairs: tuple[str, str]) -> Iterator[tuple[str, str]]:
    for early, late in pairs:
        before, after = getattr(fact, early), getattr(fact, late)
        # Nothing is said about a day that is absent or cannot be read.
        if isinstance(before, Stated) and isinstance(after, Stated) and last_day(after) < first_day(before):
            yield late, f"`{late}` of {fact.id} ({after}) is before `{early}` ({before})"


def _finished(who: str, status: str, completed: Stated | None) -> Iterator[tuple[str, str]]:
    if status == "completed" and completed is None:
        yield "completed", f"{who} is completed and has no `completed` date"


class Profile(Fact):
    """Whose portfolio this is. Never a social security number."""

    kind = "profile"
    means = "whose record this is"
    name: str = key(
        keys.TEXT,
        "your name, as printed on certificates",
        explain="your name as certificates print it, such as Pat Sample",
    )
    title: str | None = key(keys.TEXT, "your job title", None)
    employer: str | None = key(keys.TEXT, "where you work", None)
    department: str | None = key(keys.TEXT, "your department", None)
    email: str | None = key(keys.TEXT, "e-mail address", None)
    phone: str | None = key(keys.TEXT, "telephone number", None)
    manager: str | None = key(keys.TEXT, "whom a request for reimbursement goes to", None)
    employee_id: str | None = key(keys.TEXT, "your number at the employer, never a social security number", None)
    other_names: tuple[str, ...] = key(
        keys.several(keys.TEXT), "other names that stand on certificates", (), ("--other-name", "--other-names")
    )
    claim_days: int | None = key(keys.SOME, "days within which the employer wants a claim", None)


class Credential(Fact):
    """A credential that is held, or, without `earned`, prepared for. Its id is the id of its rule set."""

    kind = "credential"
    means = "a credential held, or prepared for"
    paper = "certificate"
    cost = "exam_fee"
    earned: dt.date | None = key(
        keys.DAY,
        "the day it was certified; leave out while preparing",
        None,
        asked="Certified on (Enter: still preparing)",
    )
    number: str | None = key(
        keys.TEXT, "the number on the certificate", None, asked=True, once=True,
        explain="the number on the certificate, such as 0042",
    )  # fmt: skip
    edition: str | None = key(
        keys.TEXT, "the published reading that applies, where the issuer said so", None, once=True
    )
    edition_source: str | None = key(keys.TEXT, "who said which reading applies, and when", None, once=True)
    due: dt.date | None = key(
        keys.DAY,
        "the next due date as the issuer's site shows it",
        None,
        asked="Next due date, as the issuer's site shows it",
    )
    due_assumed: bool = key(keys.FLAG, "the due date was computed, nobody confirmed it", default=False, sealed=True)
    ended: dt.date | None = key(keys.DAY, "the day it was given up or lost", None)
    exam: dt.date | None = key(
        keys.DAY, "the day of the exam, while preparing", None, asked="Day of the exam, if known"
    )
    applied: dt.date | None = key(keys.DAY, "the day the application was sent", None)
    required: Decimal | None = key(keys.HOURS, "hours a cycle asks for, where there is no rule set", None)
    cycle_months: int | None = key(keys.SOME, "months of a cycle, where there is no rule set", None)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Its dates must be in order."""
        return _order(self, ("earned", "due"), ("earned", "ended"))

    def held(self, on: dt.date) -> bool:
        """Tell whether it was certified by that day and not yet ended."""
        return self.earned is not None and self.earned <= on and (self.ended is None or self.ended > on)


class Renewal(Fact):
    """A recertification that was filed. Edition, hours and entries were sealed on that day."""

    kind = "renewal"
    means = "a recertification that you filed"
    cost = "fee"
    credential: str = key(keys.CREDENTIAL, "the credential", positional="CREDENTIAL")
    due: dt.date = key(keys.DAY, "the due date of the cycle it was filed for")
    filed: dt.date = key(keys.DAY, "the day it was filed", asked="Filed on")
    accepted: dt.date | None = key(keys.DAY, "the day the issuer accepted it", None)
    by: str = key(keys.choice("hours", "exam"), "how it was renewed", "hours")
    edition: str | None = key(keys.TEXT, "the reading it was filed under", None, sealed=True)
    hours: Decimal | None = key(keys.RATE, "the hours that counted", None, sealed=True)
    entries: tuple[str, ...] = key(keys.several(keys.ID), "the entries that counted", (), sealed=True)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Its dates must be in order."""
        return _order(self, ("filed", "accepted"))


class Audit(Fact):
    """A letter of the issuer that asks for the proofs of one cycle."""

    kind = "audit"
    means = "an audit letter"
    credential: str = key(keys.CREDENTIAL, "the credential", positional="CREDENTIAL", telling=True)
    letter: dt.date = key(keys.DAY, "the date of the letter", telling=True)
    reply_by: dt.date = key(keys.DAY, "the day by which they want an answer", asked="Answer wanted by")
    due: dt.date | None = key(keys.DAY, "the due date of the cycle they ask about", None, asked=True)
    sent: dt.date | None = key(keys.DAY, "the day the answer was sent", None)
    closed: dt.date | None = key(keys.DAY, "the day they closed it", None)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Its dates must be in order."""
        return _order(self, ("letter", "reply_by"), ("letter", "sent"), ("letter", "closed"))


class Membership(Fact):
    """Membership of an issuer's association."""

    kind = "membership"
    means = "membership of an association"
    cost = "dues"
    body: str = key(keys.TEXT, "the association, such as PAHCOM", repeated=True, telling=True)
    start: Stated = key(keys.STATED, "member since", asked="Member since (a month or a year will do)", telling=True)
    end: Stated | None = key(
        keys.STATED, "paid to", None, asked=True, explain="the last day, month or year that is paid, such as 2027-01-31"
    )
    number: str | None = key(
        keys.TEXT, "membership number", None, asked=True, explain="the number on the membership card, such as 0042"
    )

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Its dates must be in order."""
        return _order(self, ("start", "end"))


class Job(Fact):
    """Work in one place under one title."""

    kind = "job"
    means = "work, with its setting and duties"
    employer: str = key(
        keys.TEXT, "the employer", repeated=True, telling=True,
        explain="who you work or worked for, such as Sample Clinic",
    )  # fmt: skip
    title: str = key(
        keys.TEXT, "the job title", telling=True, explain="what you are or were there, such as Office Manager"
    )
    start: Stated = key(
        keys.STATED, "first day, month or year", asked="Since (a month or a year will do)", telling=True,
        explain="the first day, month or year of the job, such as 2024-02",
    )  # fmt: skip
    end: Stated | None = key(
        keys.STATED, "last day worked", None, asked="Until (Enter: still there)",
        explain="the last day worked there, a month or a year, such as 2026-06; Enter where you still are",
    )  # fmt: skip
    setting: str | None = key(keys.choice(*SETTINGS), "the kind of place", None, asked=True, repeated=True)
    manages: bool = key(
        keys.FLAG,
        "whether the job is managing a medical office",
        default=True,
        asked="Do you manage the office in this job?",
    )
    hours_per_week: Decimal | None = key(keys.HOURS, "hours a week", None)
    staff: int | None = key(keys.WHOLE, "people led", None)
    duties: tuple[str, ...] = key(
        keys.several(keys.choice(*DUTIES)),
        "what is part of the job",
        (),
        ("--duty",),
        asked="What is part of it? (numbers, e.g. 2 3 5)",
    )

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """Its dates must be in order."""
        return _order(self, ("start", "end"))


class Degree(Fact):
    """A degree, finished or under way."""

    kind = "degree"
    means = "a degree"
    paper = "transcript"
    institution: str = key(
        keys.TEXT, "the college or university", repeated=True, telling=True,
        explain="the college or university, such as State College",
    )  # fmt: skip
    degree: str = key(keys.TEXT, "the degree, such as Associate of Science", telling=True)
    level: str | None = key(keys.TEXT, "associate, bachelor, master or another", None)
    field: str | None = key(
        keys.TEXT, "the field of study", None, asked=True, explain="the field of study, such as Business"
    )
    status: str = key(keys.choice(*STATUSES), "completed, planned or in progress", "completed", once=True)
    start: Stated | None = key(keys.STATED, "begun", None)
    completed: Stated | None = key(
        keys.STATED, "finished", None, asked="Finished (a month or a year will do)", telling=True,
        explain="the day, month or year it was finished, such as 2019-05",
    )  # fmt: skip
    credits: Decimal | None = key(keys.NUMBER, "credits on the transcript", None)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """A finished degree has the day it was finished."""
        yield from _finished(self.id, self.status, self.completed)
        yield from _order(self, ("start", "completed"))


class Course(Fact):
    """A college course. Its credits are college credits; `hours` are what the issuer grants for it as CE."""

    kind = "course"
    means = "a college course"
    paper = "transcript"
    cost = "tuition"
    title: str = key(
        keys.TEXT, "the course", positional="TITLE", telling=True,
        explain="the course as the transcript names it, such as Healthcare Finance",
    )  # fmt: skip
    institution: str = key(
        keys.TEXT, "the college", repeated=True, telling=True, explain="the college, such as State College"
    )
    credits: Decimal = key(keys.NUMBER, "college credits")
    subject: str = key(keys.choice(*SUBJECTS), "healthcare, business or other", asked="Subject")
    status: str = key(keys.choice(*STATUSES), "completed, planned or in progress", "completed", once=True)
    start: Stated | None = key(keys.STATED, "begun", None)
    completed: Stated | None = key(
        keys.STATED, "finished, or expected to be", None, asked="Finished (a month or a year will do)", telling=True,
        explain="the day, month or year it was finished or will be, such as 2026-05",
    )  # fmt: skip
    unit: str = key(keys.choice("semester", "quarter"), "the unit of its credits", "semester")
    topics: tuple[str, ...] = key(
        keys.several(keys.choice(*COURSE_TOPICS)), "usual subjects it covered", (), ("--topic",), asked=True
    )
    grade: str | None = key(keys.TEXT, "the grade", None, asked=True, once=True, explain="the grade, such as B+")
    hours: Decimal | None = key(keys.HOURS, "CE hours the issuer grants for it", None, once=True)
    approvals: tuple[str, ...] = key(
        keys.several(keys.APPROVAL), "index numbers, as issuer:index", (), ("--approved", "--approval"), once=True
    )
    credentials: tuple[str, ...] = key(
        keys.several(keys.CREDENTIAL), "only for these credentials", (), ("--for", "--credential")
    )
    logged: dt.date | None = key(keys.DAY, "entered in the issuer's own log on", None)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """A finished course has the day it was finished."""
        yield from _finished(self.id, self.status, self.completed)
        yield from _order(self, ("start", "completed"))

    @property
    def semester_credits(self) -> Fraction:
        """Give its college credits in semester credits, exact: a quarter credit is two thirds of one."""
        return Fraction(self.credits) * (Fraction(2, 3) if self.unit == "quarter" else 1)


class CE(Fact):
    """A seminar, workshop or other activity with CE hours as its certificate prints them."""

    kind = "ce"
    means = "a seminar or other activity with CE hours"
    paper = "certificate"
    cost = "fee"
    title: str = key(
        keys.TEXT, "the title on the certificate", positional="TITLE", telling=True,
        explain="the title on the certificate, such as Coding Update",
    )  # fmt: skip
    provider: str = key(
        keys.TEXT, "who held it", asked="Provider", repeated=True, telling=True,
        explain="who held it, such as State Chapter",
    )  # fmt: skip
    date: dt.date = key(keys.DAY, "the day, or its last day", asked="Date", telling=True)
    hours: Decimal | None = key(
        keys.HOURS, "hours on the certificate, such as 1.5 or 1h20m", None, asked="Hours on the certificate"
    )
    minutes: int | None = key(keys.MINUTES, "minutes, where the certificate prints minutes", None)
    iacet_ceus: Decimal | None = key(keys.NUMBER, "IACET CEUs, where it prints those: 1 is 10 hours", None)
    start: dt.date | None = key(keys.DAY, "its first day, where it took several", None)
    status: str = key(keys.choice(*STATUSES), "completed, planned or in progress", "completed", once=True)
    activity: str | None = key(keys.choice(*ACTIVITIES), "the kind of activity", None)
    subject: str | None = key(keys.choice(*SUBJECTS), "healthcare, business or other", None)
    domains: tuple[str, ...] = key(
        keys.several(keys.TEXT),
        "the issuer's domains it belongs to",
        (),
        ("--domain",),
        asked="Domains, numbers or words",
    )
    approvals: tuple[str, ...] = key(
        keys.several(keys.APPROVAL),
        "index numbers, as issuer:index",
        (),
        ("--approved", "--approval"),
        asked="Index number, if it shows one",
        once=True,
        explain="the issuer's index number on the certificate, such as 12345 or pahcom:12345; Enter where it has none",
    )
    tags: tuple[str, ...] = key(keys.several(keys.TEXT), "words a rule set asks for, such as live", (), ("--tag",))
    credentials: tuple[str, ...] = key(
        keys.several(keys.CREDENTIAL), "only for these credentials", (), ("--for", "--credential")
    )
    presenter: str | None = key(keys.TEXT, "who spoke", None)
    place: str | None = key(keys.TEXT, "where, or online", None)
    logged: dt.date | None = key(keys.DAY, "entered in the issuer's own log on", None)

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """A certificate prints one figure: hours, minutes or IACET CEUs."""
        if (self.hours is not None) + (self.minutes is not None) + (self.iacet_ceus is not None) != 1:
            printed = [name for name in ("hours", "minutes", "iacet_ceus") if getattr(self, name) is not None]
            if printed:
                yield (
                    printed[1],
                    f"{self.id} has both `{printed[0]}` and `{printed[1]}`; keep the one that is printed",
                )
            else:
                yield "hours", f"{self.id} has no `hours`"
        if self.start is not None:
            yield from _order(self, ("start", "date"))

    @property
    def amount(self) -> Fraction:
        """Give its hours, exact, from what was printed."""
        if self.hours is not None:
            return exact(self.hours)
        if self.minutes is not None:
            return Fraction(self.minutes, 60)
        return Fraction(self.iacet_ceus or 0) * HOURS_PER_IACET_CEU


class Training(Fact):
    """A session held for staff or community; without hours, a notice that was communicated."""

    kind = "training"
    means = "training given to staff or community"
    title: str = key(
        keys.TEXT, "the session or notice", positional="TITLE", telling=True,
        explain="what the session or notice is called, such as Front desk courtesy",
    )  # fmt: skip
    date: dt.date = key(keys.DAY, "the day", asked="Date", telling=True)
    topics: tuple[str, ...] = key(
        keys.several(keys.choice(*TRAINING_TOPICS)), "what it was about", (), ("--topic",), asked=True
    )
    audience: str = key(keys.choice("staff", "community", "both"), "for whom", "staff")
    facilitator: str | None = key(
        keys.TEXT, "self, or the role of who held it", None, asked="Who held it: self, or a role", repeated=True,
        explain="self where you held it, or the role of who did, such as Practice Administrator",
    )  # fmt: skip
    attendees: int | None = key(keys.WHOLE, "how many came", None, asked=True, once=True)
    hours: Decimal | None = key(
        keys.HOURS, "how long it took", None, asked="How long it took, such as 1h or 45m",
        explain="how long it took, such as 1h or 45m; Enter for a notice",
    )  # fmt: skip
    setting: str | None = key(keys.choice(*SETTINGS), "the kind of place", None)
    policy: str | None = key(keys.TEXT, "the policy that changed", None, once=True)
    effective: dt.date | None = key(keys.DAY, "the day the change takes effect", None)
    every_months: int | None = key(keys.SOME, "due again after so many months", None)


class Proof(Fact):
    """A certificate or receipt that was copied into the portfolio's folder."""

    kind = "proof"
    means = "a certificate or receipt in the folder"
    records: tuple[str, ...] = key(keys.several(keys.ID), "what it proves")
    role: str = key(keys.choice(*ROLES), "what it is")
    path: str = key(keys.PATH, "where it lies in the folder")
    sha256: str = key(keys.DIGEST, "its SHA-256")
    added: dt.date | None = key(keys.DAY, "the day it was attached", None)


class Expense(Fact):
    """Money paid for one or several records, in dollars, exact to the cent."""

    kind = "expense"
    means = "money paid for education or credentials"
    paper = "receipt"
    records: tuple[str, ...] = key(
        keys.several(keys.ID),
        "what it was paid for",
        options=("--record",),
        positional="ID...",
        asked="Paid for (ids)",
        explain="the id of what it was paid for, such as ce-7; several with commas",
        once=True,
        telling=True,
    )
    what: str = key(keys.choice(*EXPENSES), "the kind of cost", telling=True)
    amount: Decimal = key(keys.MONEY, "how much", telling=True)
    paid: dt.date | None = key(keys.DAY, "the day it was paid", None, asked="Paid on", telling=True)
    paid_by: str = key(keys.choice("self", "employer"), "who paid", "self", asked=True)
    vendor: str | None = key(keys.TEXT, "to whom", None)


class Claim(Fact):
    """What the employer was asked to pay back, and the answer."""

    kind = "claim"
    means = "what the employer was asked to pay back"
    entries: tuple[str, ...] = key(
        keys.several(keys.ID),
        "what it covers",
        options=("--entry",),
        positional="ID...",
        asked="What it covers (ids)",
        explain="the ids of what the employer should pay for, such as ce-7, course-2",
        once=True,
    )
    requested: dt.date | None = key(
        keys.DAY, "approval asked for on", None, asked="Approval asked for on (Enter: it was not)",
        explain="the day you asked the employer beforehand, such as 2026-03-02; Enter where you did not",
    )  # fmt: skip
    request_approved: dt.date | None = key(keys.DAY, "approved in advance on", None)
    request_amount: Decimal | None = key(keys.MONEY, "amount approved in advance", None, once=True)
    filed: dt.date | None = key(
        keys.DAY, "claim handed in on", None, asked=True, explain="the day the claim was handed in, such as 2026-03-02"
    )
    asked: Decimal | None = key(keys.MONEY, "amount asked for", None, once=True)
    approved: dt.date | None = key(keys.DAY, "claim approved on", None)
    approved_amount: Decimal | None = key(keys.MONEY, "amount approved", None, once=True)
    denied: dt.date | None = key(keys.DAY, "claim denied on", None)


class Payment(Fact):
    """Money that came back for a claim."""

    kind = "payment"
    means = "money that came back"
    claim: str = key(
        keys.ID, "the claim", positional="CLAIM-ID", telling=True, explain="the claim it came for, such as claim-1"
    )
    date: dt.date = key(keys.DAY, "the day it came", asked="Date it came", telling=True)
    amount: Decimal = key(keys.MONEY, "how much", telling=True)


class Answer(Fact):
    """What the issuer said when asked, with its source."""

    kind = "answer"
    means = "what the issuer told you"
    credential: str = key(keys.CREDENTIAL, "the credential", positional="CREDENTIAL")
    source: str = key(keys.TEXT, "who said it and how, such as: e-mail from PAHCOM", asked="Who said it, and how")
    date: dt.date = key(keys.DAY, "the day of the answer", asked=True)
    credits_per_extra_year: Decimal | None = key(
        keys.RATE, "credits that one more year of experience replaces", None, once=True
    )
    max_credits: Decimal | None = key(keys.RATE, "credits that experience can replace at most", None, once=True)
    credits_required: Decimal | None = key(keys.RATE, "credits they ask of you", None, asked=True, once=True)
    text: str | None = key(
        keys.TEXT,
        "their words",
        None,
        asked=True,
        once=True,
        explain="their own words, such as: We ask for nine credits.",
    )

    def contradictions(self) -> Iterable[tuple[str, str]]:
        """A rate without its limit cannot be computed with."""
        if self.credits_per_extra_year is not None and self.max_credits is None:
            yield (
                "credits_per_extra_year",
                f"{self.id} has `credits_per_extra_year` but no `max_credits`, its limit",
            )


KINDS: Mapping[str, type[Fact]] = MappingProxyType(
    {
        fact.kind: fact
        for fact in (
            Credential, Renewal, Audit, Membership, Job, Degree, Course, CE, Training, Proof, Expense, Claim,
            Payment, Answer,
        )
    }
)  # fmt: skip

Plannable = CE | Course | Degree  # what can be planned before it takes place
PLANNABLE: tuple[type[CE], type[Course], type[Degree]] = (CE, Course, Degree)

F = TypeVar("F", bound=Fact)


class Portfolio:
    """All facts of one person, by kind in the order of the file, and the tables they were read from, by id.

    It never changes: what was worked out from one may be kept with it.
    """

    def __init__(
        self,
        profile: Profile | None = None,
        facts: Mapping[str, tuple[Fact, ...]] = MappingProxyType({}),
        tables: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
    ) -> None:
        self.profile = profile
        self.facts = facts
        self.tables = tables

    def but(self, facts: Mapping[str, tuple[Fact, ...]]) -> "Portfolio":
        """Make another one, with other facts of some kinds."""
        return Portfolio(self.profile, {**self.facts, **facts}, self.tables)

    def all(self, kind: type[F]) -> tuple[F, ...]:
        """Give every fact of one kind."""
        return self.facts.get(kind.kind, ())  # type: ignore[return-value] # the schema files facts under their own kind

    def __iter__(self) -> Iterator[Fact]:
        if self.profile:
            yield self.profile
        for facts in self.facts.values():
            yield from facts
