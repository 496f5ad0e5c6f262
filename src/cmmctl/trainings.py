"""Training given: when each topic was last held, what is due again, and which policy change nobody was taught.

Pure. A session has hours; a record without hours is a notice that was communicated. A session with `every_months`
is due again so many months later, unless a later session has its title or covers all of its topics.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cmmctl.dates import add_months
from cmmctl.model import TRAINING_TOPICS, Training


class Topic(NamedTuple):
    """One topic: its sessions up to now, the last one first in mind."""

    topic: str
    last: Training
    sessions: int
    hours: Decimal
    attendees: int


class Again(NamedTuple):
    """A session that comes round again."""

    session: Training
    due: dt.date
    days_left: int


class Policy(NamedTuple):
    """One policy that changed, the newest change of it, and what was done about it."""

    policy: str
    effective: dt.date | None
    notices: tuple[Training, ...]
    sessions: tuple[Training, ...]


@dataclass(frozen=True, kw_only=True)
class Trainings:
    """Everything the log says on one day."""

    on: dt.date
    held: tuple[Training, ...]
    notices: tuple[Training, ...]
    topics: tuple[Topic, ...]
    again: tuple[Again, ...]
    policies: tuple[Policy, ...]


def trainings(records: Sequence[Training], on: dt.date) -> Trainings:
    """Read the log as it stood on a day; what is dated later is not there yet."""
    there = sorted((t for t in records if t.date <= on), key=lambda t: t.date)
    held = tuple(t for t in there if t.hours is not None)
    return Trainings(
        on=on, held=held, notices=tuple(t for t in there if t.hours is None), topics=tuple(_topics(held)),
        again=tuple(sorted(_again(held, on), key=lambda again: again.due)), policies=tuple(_policies(there)),
    )  # fmt: skip


def _topics(held: Sequence[Training]) -> Iterator[Topic]:
    for topic in TRAINING_TOPICS:
        if about := [t for t in held if topic in t.topics]:
            hours = sum((t.hours for t in about if t.hours is not None), Decimal())
            yield Topic(topic, about[-1], len(about), hours, sum(t.attendees or 0 for t in about))


def _again(held: Sequence[Training], on: dt.date) -> Iterator[Again]:
    for at, session in enumerate(held):
        if session.every_months and not any(_repeats(later, session) for later in held[at + 1 :]):
            due = add_months(session.date, session.every_months)
            yield Again(session, due, (due - on).days)


def _repeats(later: Training, session: Training) -> bool:
    covered = bool(session.topics) and set(session.topics) <= set(later.topics) and session.topics != ("other",)
    return covered or _same(later.title, session.title)


def _policies(there: Sequence[Training]) -> Iterator[Policy]:
    """Group what is recorded by policy. A session counts for the newest change if it is not older than its notice."""
    named: dict[str, list[Training]] = {}
    for record in there:
        if record.policy:
            named.setdefault(" ".join(record.policy.split()).casefold(), []).append(record)
    for records in named.values():
        newest = max((t for t in records), key=lambda t: (t.effective or t.date, t.date))
        since = min(t.date for t in records if (t.effective or t.date) == (newest.effective or newest.date))
        yield Policy(
            newest.policy or "", newest.effective,
            tuple(t for t in records if t.hours is None),
            tuple(t for t in records if t.hours is not None and t.date >= since),
        )  # fmt: skip


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
