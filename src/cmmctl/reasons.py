"""What `explain`, `training` and sealed cycles say, as plain mappings with the keys of JSON; values stay exact."""

from collections.abc import Iterable, Sequence
from typing import Any

from cmmctl.data import Columns, provenance
from cmmctl.explain import Chapter, Explained, Line
from cmmctl.margin import Margins
from cmmctl.pace import Brought, Latest, More
from cmmctl.sealing import Sealed, said
from cmmctl.trainings import Trainings

Data = dict[str, Any]
EXPLAIN: Columns = tuple(
    (name, name) for name in (
        "credential", "edition", "requirement", "id", "date", "title", "hours", "counted", "reason", "why", "command",
        "grade", "checked", "source",
    )
)  # fmt: skip
TRAINING: Columns = tuple(
    (name, name) for name in ("id", "date", "title", "topics", "hours", "attendees", "notice", "due_again", "days_left")
)


def chapter(c: Chapter, seals: Iterable[Sealed] = ()) -> Data:
    """One reading of one credential, or its needs for the exam."""
    filed = next((one for one in seals if one.cycle == c.cycle and c.own), None)
    return {
        "credential": c.rules.id, "edition": None if c.cycle is None else c.name, "label": c.label,
        "cycle": c.cycle and {"start": c.cycle.start, "due": c.cycle.due}, "own": c.own, "set_aside": c.set_aside,
        "requirements": [_explained(e) for e in c.explained],
        "conditions": [
            {"name": f.condition.name, "verdict": f.verdict, "why": f.why, **provenance(f.condition)}
            for f in c.conditions
        ],
        "margins": c.margins and margins(c.margins),
        "sealed": filed and sealed(filed),
    }  # fmt: skip


def _explained(e: Explained) -> Data:
    return {
        "name": e.name, "label": e.label, "unit": e.unit, "have": e.have, "want": e.want, "max": e.most,
        "counted": [_line(line) for line in e.counted], "refused": [_line(line) for line in e.refused],
        "other_part": [_line(line) for line in e.beside],
        **provenance(e.rule), "notes": list(e.notes),
    }  # fmt: skip


def _line(line: Line) -> Data:
    return {
        "id": line.id, "title": line.title, "date": line.day, "amount": line.amount,
        "reason": line.reason or None, "why": line.why or None, "missing": list(line.missing) or None,
        "change": line.change and {"text": line.change.text, "command": line.change.command},
    }  # fmt: skip


def rows(chapters: Iterable[Data]) -> list[Data]:
    """One row per record and requirement."""
    return [
        {
            **line, **{key: e[key] for key in ("grade", "checked", "source") if key in e},
            "credential": c["credential"], "edition": c["edition"] or "eligibility", "requirement": e["name"],
            "hours": line["amount"], "counted": kind == "counted", "command": (line["change"] or {}).get("command"),
        }
        for c in chapters
        for e in c["requirements"]
        for kind in ("counted", "refused", "other_part")
        for line in e[kind]
    ]  # fmt: skip


def margins(m: Margins) -> Data:
    """What a reading rests on."""
    return {
        "requirements": [
            {
                "name": each.requirement.name, "counted": each.counted, "documented": each.documented,
                "spare": each.spare, "hangs_on": list(each.hangs_on),
            }
            for each in m.each
        ],
        "without_proof": m.without_proof,
    }  # fmt: skip


def sealed(one: Sealed) -> Data:
    """A filed cycle: the sealed figures, and what its entries add up to now."""
    renewal = one.renewal
    return {
        "renewal": renewal.id, "filed": renewal.filed, "accepted": renewal.accepted, "by": renewal.by,
        "edition": one.edition.name, "hours": one.hours, "entries": list(renewal.entries),
        "now": one.now and one.now.counted, "adds_up": one.adds_up, "changed": list(one.changed),
        "dated_after_filing": [entry.id for entry in one.later], "sealed_afterwards": one.afterwards,
        "notes": list(said(one)),
    }  # fmt: skip


def more(m: More) -> Data:
    """What `recert` says beyond the standing; without a lag nothing is said of a latest day."""
    return {
        "filed_cycles": [{"cycle": one.cycle._asdict(), **sealed(one)} for one in m.seals],
        "planned_entries": planned(m.planned),
        "latest": None if m.lag is None else latest(m.latest, m.lag),
    }


def planned(brought: Iterable[Brought]) -> list[Data]:
    """What each planned entry would bring, by reading."""
    return [
        {
            "id": b.entry.id, "date": b.entry.day, "hours": b.entry.hours, "edition": b.reading.edition.name,
            "before": b.before, "after": b.after, "why": b.why,
        }
        for b in brought
    ]  # fmt: skip


def latest(days: Iterable[Latest], lag: int) -> list[Data]:
    """The latest day for the missing hours, by reading."""
    return [
        {
            "edition": one.reading.edition.name, "remaining": one.reading.remaining, "lag": lag, "latest": one.day,
            "days_left": one.days_left, "hours_per_month": one.pace,
        }
        for one in days
    ]  # fmt: skip


def training(log: Trainings) -> Data:
    """The training log on a day."""
    return {
        "topics": [
            {
                "topic": t.topic, "last": t.last.date, "id": t.last.id, "title": t.last.title,
                "sessions": t.sessions, "hours": t.hours, "attendees": t.attendees,
            }
            for t in log.topics
        ],
        "due_again": [
            {
                "id": a.session.id, "title": a.session.title, "last": a.session.date,
                "due": a.due, "days_left": a.days_left,
            }
            for a in log.again
        ],
        "policies": [
            {
                "policy": p.policy, "effective": p.effective, "notices": [n.id for n in p.notices],
                "sessions": [s.id for s in p.sessions], "taught": bool(p.sessions),
            }
            for p in log.policies
        ],
        "notices": [{"id": n.id, "date": n.date, "title": n.title} for n in log.notices],
    }  # fmt: skip


def training_rows(log: Trainings) -> Sequence[Data]:
    """One row per record of the log."""
    again = {a.session.id: a for a in log.again}
    return [
        {
            "id": t.id, "date": t.date, "title": t.title, "topics": list(t.topics), "hours": t.hours,
            "attendees": t.attendees, "notice": t.hours is None,
            "due_again": a.due if (a := again.get(t.id)) else None, "days_left": a.days_left if a else None,
        }
        for t in sorted((*log.held, *log.notices), key=lambda t: t.date)
    ]  # fmt: skip
