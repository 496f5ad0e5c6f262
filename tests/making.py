"""Small portfolios from the few keys that make a difference; the file's own reader fills in and checks the rest."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from cmmctl import schema
from cmmctl.model import Portfolio
from cmmctl.rulebook import Rulebook
from cmmctl.rules import Edition, Requirement, RuleSet

VECTORS = Path(__file__).parent / "vectors"
TODAY = dt.date(2026, 11, 23)
FILLED: Mapping[str, Mapping[str, object]] = {
    "credential": {"id": "pahcom.cmm"},
    "job": {"employer": "Sample Clinic", "title": "Office Manager"},
    "course": {"title": "Title of {}", "institution": "State College", "subject": "healthcare"},
    "degree": {"institution": "State College", "degree": "Bachelor of Science"},
    "ce": {"title": "Title of {}", "provider": "State Chapter"},
    "membership": {"body": "PAHCOM", "start": dt.date(2000, 1, 1)},
    "renewal": {"credential": "pahcom.cmm"},
    "audit": {"credential": "pahcom.cmm"},
    "answer": {"credential": "pahcom.cmm", "source": "e-mail from PAHCOM"},
    "proof": {"role": "certificate", "path": "proofs/{}.pdf", "sha256": "0" * 64},
}
RULES: dict[str, Any] = {"grade": "own", "source": "made up", "checked": TODAY}


def rulebook() -> Rulebook:
    """The packaged rule sets, and those made up for the vectors."""
    return Rulebook(VECTORS)


def portfolio(records: Mapping[str, Iterable[Mapping[str, object]]]) -> Portfolio:
    """Read records by kind; their ids are numbered and what they must have is filled in."""
    numbered = {kind: [_filled(kind, n, given) for n, given in enumerate(records[kind], 1)] for kind in records}
    understood = schema.read({"schema": 1, "profile": {"name": "Office Manager"}, **numbered}, rulebook())
    assert not understood.flaws
    return understood.portfolio


def _filled(kind: str, number: int, given: Mapping[str, object]) -> dict[str, object]:
    name = str(given.get("id", f"{kind}-{number}"))
    usual = {
        key: value.format(name) if isinstance(value, str) else value for key, value in FILLED.get(kind, {}).items()
    }
    return {"id": name, **usual, **given}


def requirement(name: str, **values: Any) -> Requirement:
    """A requirement made up for a test."""
    return Requirement(name=name, label=f"{name} hours", **values, **RULES)


def rules(*requirements: Requirement, months: int = 24, **values: Any) -> RuleSet:
    """A rule set made up for a test, of one edition with these requirements or with 24 hours."""
    total = requirement("total", min=Decimal(24))
    edition = Edition(name="only", label="only", cycle_months=months, requirements=requirements or (total,), **RULES)
    return RuleSet(
        id="sample.made", short="MADE", name="Made", issuer="SAMPLE", default="only", editions=(edition,), **values
    )
