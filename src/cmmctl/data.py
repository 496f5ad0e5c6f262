"""Results as plain mappings with the keys of the JSON contract; the columns of `--plain` are taken from them.

Values stay exact (`Fraction`, `Decimal`, `date`); a renderer decides how a number is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cmmctl.conditions import Fulfilled
from cmmctl.cycles import Cycle
from cmmctl.eligibility import Assessment, Finding
from cmmctl.outlook import Outlook
from cmmctl.renewal import Standing
from cmmctl.rules import Rule, RuleSet
from cmmctl.tally import Reading

Data = dict[str, Any]


def provenance(rule: Rule) -> Data:
    """Give where a rule stands, as far as that is known."""
    known = {} if rule.grade == "unknown" else {"checked": rule.checked}
    return {"grade": rule.grade, **known, "source": rule.source}


def eligibility(assessments: Iterable[Assessment]) -> list[Data]:
    """May I sit the exam, one item per credential."""
    return [
        {
            "credential": a.rules.id, "verdict": a.verdict, "certified": a.certified,
            "eligible_on": a.eligible_on, "eligible_on_if_planned": a.eligible_on_if_planned,
            "needs": [_need(finding) for finding in a.findings],
            "conditions": _conditions(a.conditions),
        }
        for a in assessments
    ]  # fmt: skip


def _need(finding: Finding) -> Data:
    need = finding.need
    return {
        "need": need.name, "label": need.label, "have": finding.have, "want": finding.want, "unit": finding.unit,
        "planned": finding.planned, "verdict": finding.verdict,
        "counted": [{"id": given.id, "amount": given.amount} for given in finding.counted],
        "refused": [{"id": no.id, "reason": no.reason, "why": no.why} for no in finding.refused],
        **provenance(need),
        "note": "; ".join(finding.notes) or need.note,
    }  # fmt: skip


def _conditions(conditions: Iterable[Fulfilled]) -> list[Data]:
    return [{"name": c.condition.name, "verdict": c.verdict, "why": c.why} for c in conditions]


def _cycle(cycle: Cycle) -> Data:
    return {"start": cycle.start, "due": cycle.due}


def recert(standings: Iterable[Standing]) -> list[Data]:
    """Cycle, due date and every published reading, one item per held credential."""
    return [_standing(standing) for standing in standings]


def _standing(s: Standing) -> Data:
    return {
        "credential": s.rules.id, "edition": s.own.edition.name, "earned": s.credential.earned,
        "cycle": _cycle(s.own.cycle), "due_is": s.due_is, "days_left": s.days_left,
        "state": s.state, "state_all": s.state_all, "hours_per_month": s.hours_per_month,
        "filed": s.renewal and s.renewal.filed, "accepted": s.renewal and s.renewal.accepted,
        "first_due": s.first_due,
        "all_readings": s.all_readings._asdict(),
        "conditions": _conditions(s.conditions),
        "documented": documented(s.own),
        "editions": [_edition(reading) for reading in s.readings],
    }  # fmt: skip


def documented(reading: Reading) -> Data:
    """Count the entries that have everything their reading asks for as evidence."""
    complete = [counted for counted in reading.counted_entries if not counted.missing]
    return {"entries": len(complete), "of": len(reading.counted_entries)}


def _edition(reading: Reading) -> Data:
    return {
        "edition": reading.edition.name, "label": reading.edition.label, "cycle": _cycle(reading.cycle),
        "required": reading.required, "counted": reading.counted, "remaining": reading.remaining,
        "requirements": _requirements(reading),
        "earlier_short": [{**_cycle(cycle), "short": short} for cycle, short in reading.earlier_short],
        "verdict": "met" if reading.met else "short", "state": reading.state, "set_aside": reading.set_aside,
        **provenance(reading.edition),
    }  # fmt: skip


def _requirements(reading: Reading) -> list[Data]:
    return [
        {
            "name": tally.requirement.name, "label": tally.requirement.label,
            "required": tally.requirement.min, "max": tally.requirement.max,
            "counted": tally.counted, "remaining": tally.remaining,
        }
        for tally in reading.tallies
    ]  # fmt: skip


def hours(readings: Iterable[tuple[RuleSet, Reading]]) -> list[Data]:
    """Required, counted and to go by requirement, one item per credential and cycle."""
    return [
        {
            "credential": rules.id, "edition": r.edition.name, "cycle": _cycle(r.cycle),
            "required": r.required, "earned": r.earned, "counted": r.counted, "remaining": r.remaining,
            "surplus": r.surplus, "planned": r.planned,
            "requirements": _requirements(r),
            "counted_entries": [{"id": c.entry.id, "hours": c.hours} for c in r.counted_entries],
            "refused_entries": [
                {"id": no.entry.id, "hours": no.hours, "reason": no.reason, "why": no.why} for no in r.refused_entries
            ],
        }
        for rules, r in readings
    ]  # fmt: skip


def status(profile: Mapping[str, object], outlook: Outlook) -> Data:
    """Everything `status` shows."""
    return {
        "profile": dict(profile),
        "eligibility": eligibility(outlook.assessments),
        "recert": recert(outlook.standings),
        "hours": hours((s.rules, s.own) for s in outlook.standings),
        "attention": [{"code": a.code, "text": a.text, "command": a.command} for a in outlook.attention],
        "next": [step._asdict() for step in outlook.steps],
    }


Columns = Sequence[tuple[str, str]]  # name of the column, dotted path to its value
STATUS: Columns = (
    ("credential", "credential"), ("verdict", "verdict"), ("eligible_on", "eligible_on"), ("edition", "edition"),
    ("due", "cycle.due"), ("days_left", "days_left"), ("state", "state"), ("state_all", "state_all"),
    ("required", "required"), ("counted", "counted"), ("remaining", "remaining"),
)  # fmt: skip
ELIGIBILITY: Columns = tuple(
    (name, name) for name in (
        "credential", "need", "label", "have", "want", "unit", "planned", "verdict", "grade", "checked", "source",
    )
)  # fmt: skip
RECERT: Columns = (
    ("credential", "credential"), ("edition", "edition"), ("start", "cycle.start"), ("due", "cycle.due"),
    ("due_is", "due_is"), ("days_left", "days_left"), ("state", "state"), ("state_all", "state_all"),
    ("hours_per_month", "hours_per_month"), ("remaining", "remaining"), ("first_due", "first_due"),
)  # fmt: skip
HOURS: Columns = (
    ("credential", "credential"), ("edition", "edition"), ("start", "cycle.start"), ("due", "cycle.due"),
    ("name", "name"), ("label", "label"), ("required", "required"), ("counted", "counted"), ("remaining", "remaining"),
)  # fmt: skip


def status_rows(status: Data) -> list[Data]:
    """One row per credential: what is prepared for, then what is held."""
    held = {item["credential"]: item for item in status["recert"]}
    hours_of = {item["credential"]: item for item in status["hours"]}
    asked = {item["credential"]: item for item in status["eligibility"]}
    return [
        {**asked.get(name, {}), **held.get(name, {}), **hours_of.get(name, {})}
        for name in dict.fromkeys([*asked, *held])
    ]


def eligibility_rows(items: Iterable[Data]) -> list[Data]:
    """One row per need; a credential of which no need is known has one row with its verdict."""
    return [
        {"credential": item["credential"], **need}
        for item in items
        for need in item["needs"] or [{"verdict": item["verdict"]}]
    ]


def recert_rows(items: Iterable[Data]) -> list[Data]:
    """One row per credential, with the hours to go of its own reading."""
    return [{**item, "remaining": item["editions"][0]["remaining"]} for item in items]


def hours_rows(items: Iterable[Data]) -> list[Data]:
    """One row per requirement."""
    return [{**item, **requirement} for item in items for requirement in item["requirements"]]
