"""How documents say days and results: in full, as a letter would."""

import datetime as dt
from collections.abc import Iterable, Sequence

from cmmctl.amounts import shown, units
from cmmctl.dates import Stated, first_day, last_day, plain
from cmmctl.model import CE, Course, Credential, Degree, Fact, Job, Membership, Profile, Renewal

COSTS = {
    "fee": "Registration", "tuition": "Tuition", "materials": "Materials", "exam": "Exam fee", "travel": "Travel",
    "lodging": "Lodging", "meals": "Meals", "dues": "Membership dues", "filing": "Filing fee", "other": "Other cost",
}  # fmt: skip
PLACES = {
    "physician-office": "clinic", "community-clinic": "clinic", "hospital": "hospital", "nursing-home": "nursing home",
}  # fmt: skip


def day(stated: Stated) -> str:
    """Say a day, a month or a year: `Nov 23, 2026`, `Feb 2024`, `2009`."""
    said = plain(stated)
    return f"{said[:-5]}, {said[-4:]}" if isinstance(stated, dt.date) else said


def since(stated: Stated) -> str:
    """Say a month in full, for a job that began then: `February 2024`, `2009`."""
    return f"{first_day(stated):%B %Y}" if isinstance(stated, dt.date) or "-" in stated else stated


def span(start: Stated | None, end: Stated | None) -> str:
    """Say the days something took: `Mar 10 - 12, 2027`, `Jan 12 - May 4, 2027`, `Dec 30, 2026 - Jan 2, 2027`."""
    if start is None or end is None or start == end:
        return day(end or start or "")
    if not isinstance(start, dt.date) or not isinstance(end, dt.date) or start.year != end.year:
        return f"{day(start)} - {day(end)}"
    until = f"{end.day}, {end.year}" if start.month == end.month else day(end)
    return f"{day(start)[:-6]} - {until}"


def numbered(numbers: Sequence[int]) -> str:
    """Name items by their numbers: `Item 1`, `Items 1, 3`."""
    return f"Item{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"


def provider(record: Fact | None) -> str | None:
    """Name who held, taught or issued something, as far as its record says."""
    match record:
        case CE():
            return record.provider
        case Course() | Degree():
            return record.institution
        case Membership():
            return record.body
        case Credential():
            return issuer(record.id)
        case Renewal():
            return issuer(record.credential)
        case _:
            return None


def issuer(credential: str) -> str:
    """Name the issuer of a credential by its id."""
    return credential.partition(".")[0].upper()


def result(record: Fact | None) -> str:
    """Say what came of it: hours or credits, and the grade."""
    match record:
        case CE():
            hours = units(shown(record.amount), "CE hour")
            return hours if record.iacet_ceus is None else f"{hours} ({units(shown(record.iacet_ceus), 'IACET CEU')})"
        case Course():
            unit = "college quarter credit" if record.unit == "quarter" else "college credit"
            grade = f", grade {record.grade}" if record.grade else ""
            return f"{units(shown(record.credits), unit)}{grade}"
        case Membership() if record.end:
            return f"paid to {day(record.end)}"
        case Credential() if record.earned:
            return f"certified {day(record.earned)}"
        case Renewal():
            return f"filed {day(record.filed)}" + (f", accepted {day(record.accepted)}" if record.accepted else "")
        case _:
            return ""


def dates(record: Fact | None) -> str:
    """Say when it took place."""
    match record:
        case CE():
            return span(record.start, record.date)
        case Course() | Degree():
            return span(record.start, record.completed)
        case Membership():
            return span(record.start, record.end) if record.end else f"from {day(record.start)}"
        case Credential():
            return day(record.earned or record.exam or "")
        case Renewal():
            return day(record.filed)
        case _:
            stated: Stated = getattr(record, "date", "")
            return day(stated)


def workplace(profile: Profile | None, jobs: Iterable[Job], on: dt.date) -> tuple[str, Job | None]:
    """Find the present job, and the word for the place: `clinic`, `hospital`, or just `employer`."""
    present = [job for job in jobs if first_day(job.start) <= on and (job.end is None or on <= last_day(job.end))]
    employer = profile and profile.employer
    present.sort(key=lambda job: (job.employer == employer, first_day(job.start)))
    job = present[-1] if present else None
    return (PLACES.get(job.setting or "", "employer") if job else "employer"), job
