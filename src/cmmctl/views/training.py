"""The screen of `training`: last session by topic, what is due again, policy changes nobody was taught."""

from collections.abc import Iterable, Iterator

from cmmctl.amounts import shown
from cmmctl.dates import plain, weekday
from cmmctl.model import Training
from cmmctl.screen import Cell, Part, Row, Table, Text, Title, cells
from cmmctl.trainings import Again, Policy, Trainings
from cmmctl.views.words import until

NOTHING = "No training is recorded yet: cmmctl add-training"
SOON_DAYS = 60


def training(log: Trainings) -> list[Part]:
    """Show the log as it stands."""
    parts: list[Part] = [Title("Training given", weekday(log.on))]
    if not log.held and not log.notices:
        return [*parts, Text(Cell(NOTHING))]
    if log.topics:
        rows = [
            cells(
                t.topic.replace("-", " "), f"{plain(t.last.date)}, {t.last.title}", str(t.sessions), shown(t.hours),
                str(t.attendees),
            )
            for t in log.topics
        ]  # fmt: skip
        header = ("Topic", "Last session", "Sessions", "Hours", "Attended")
        parts.append(Table("", header, rows, frozenset({2, 3, 4})))
    if log.again:
        parts.append(Table("Due again", ("Session", "Last", "Due"), [_again(a, log) for a in log.again]))
    if log.policies:
        parts.append(Table("Policy changes", ("Policy", "From", "Told", "Taught"), [_policy(p) for p in log.policies]))
    if log.notices:
        rows = [cells(n.id, plain(n.date), n.title) for n in log.notices]
        parts.append(Table("Notices", ("Notice", "Date", "Title"), rows))
    return parts


def _again(again: Again, log: Trainings) -> Row:
    session = again.session
    tone = "bad" if again.days_left < 0 else "warn" if again.days_left <= SOON_DAYS else ""
    return cells(f"{session.id}  {session.title}", plain(session.date), Cell(until(again.due, log.on), tone))


def _policy(p: Policy) -> Row:
    told = ", ".join(_days(p.notices)) or "-"
    taught = Cell(", ".join(_days(p.sessions))) if p.sessions else Cell("no session yet: cmmctl add-training", "warn")
    return cells(p.policy, plain(p.effective) if p.effective else "", told, taught)


def _days(records: Iterable[Training]) -> Iterator[str]:
    for record in records:
        yield plain(record.date)
