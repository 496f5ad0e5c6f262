"""What a file may hold: every key of every kind, what is wrong with it, and what to write instead."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmmctl import schema
from cmmctl.described import Described, keys_of
from cmmctl.model import CE, KINDS, Profile
from cmmctl.rulebook import Rulebook
from cmmctl.schema import next_id, read, references
from cmmctl.tables import Place

RULES = Rulebook()
TODAY = date(2026, 3, 18)
DESCRIBED: dict[str, type[Described]] = {"profile": Profile, **KINDS}
# One record of every kind with all it needs.
LEAST: dict[str, dict[str, Any]] = {
    "credential": {"id": "pahcom.cmm"},
    "renewal": {"id": "renewal-1", "credential": "pahcom.cmm", "due": TODAY, "filed": TODAY},
    "audit": {"id": "audit-1", "credential": "pahcom.cmm", "letter": TODAY, "reply_by": TODAY},
    "membership": {"id": "membership-1", "body": "PAHCOM", "start": TODAY},
    "job": {"id": "job-1", "employer": "Sample Clinic", "title": "Office Manager", "start": "2024-02"},
    "degree": {"id": "degree-1", "institution": "State College", "degree": "BS", "completed": "2009"},
    "course": {
        "id": "course-1", "institution": "State College", "title": "Payroll", "credits": 3, "subject": "business",
        "completed": TODAY,
    },
    "ce": {"id": "ce-1", "title": "Coding", "provider": "PAHCOM", "date": TODAY, "hours": Decimal("1.5")},
    "training": {"id": "training-1", "title": "Front desk courtesy", "date": TODAY},
    "proof": {"id": "proof-1", "records": ["ce-1"], "role": "receipt", "path": "proofs/a.pdf", "sha256": "0" * 64},
    "expense": {"id": "expense-1", "records": ["ce-1"], "what": "fee", "amount": 20},
    "claim": {"id": "claim-1", "entries": ["ce-1"]},
    "payment": {"id": "payment-1", "claim": "claim-1", "date": TODAY, "amount": 20},
    "answer": {"id": "answer-1", "credential": "pahcom.cmm", "source": "e-mail", "date": TODAY},
}  # fmt: skip


def _file(**records: object) -> dict[str, Any]:
    return {"schema": 1, "profile": {"name": "Office Manager"}, **records}


def _flaws(data: Mapping[str, object]) -> list[tuple[Place, str, str | None]]:
    return [(flaw.place, flaw.message, flaw.hint) for flaw in read(data, RULES).flaws]


def _changed(kind: str, **values: object) -> dict[str, Any]:
    """A file with one record of a kind, some of its keys changed or, where None, left out."""
    if kind == "profile":
        return {"schema": 1, "profile": _without({"name": "Office Manager", **values})}
    return _file(**{kind: [_without({**LEAST[kind], **values})]})


def _without(record: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in record.items() if value is not None}


def test_the_least_of_every_kind_is_enough() -> None:
    assert set(LEAST) == set(KINDS)
    reading = read(_file(**{kind: [record] for kind, record in LEAST.items()}), RULES)
    assert reading.flaws == ()
    assert reading.warnings == ()
    assert sorted(reading.portfolio.tables) == sorted(["profile", *(record["id"] for record in LEAST.values())])
    assert [fact.kind for fact in reading.portfolio] == ["profile", *LEAST]
    (ce,) = reading.portfolio.all(CE)
    assert (ce.hours, ce.minutes, ce.status, ce.domains) == (Decimal("1.5"), None, "completed", ())


REQUIRED = {
    "profile": ["name"],
    "renewal": ["credential", "due", "filed"],
    "audit": ["credential", "letter", "reply_by"],
    "membership": ["body", "start"],
    "job": ["employer", "title", "start"],
    "degree": ["institution", "degree"],
    "course": ["title", "institution", "credits", "subject"],
    "ce": ["title", "provider", "date"],
    "training": ["title", "date"],
    "proof": ["records", "role", "path", "sha256"],
    "expense": ["records", "what", "amount"],
    "claim": ["entries"],
    "payment": ["claim", "date", "amount"],
    "answer": ["credential", "source", "date"],
}


@pytest.mark.parametrize(("kind", "key"), [(kind, key) for kind, needed in REQUIRED.items() for key in needed])
def test_a_required_key_that_is_missing(kind: str, key: str) -> None:
    name = "profile" if kind == "profile" else f"{kind}-1"
    place = Place("profile") if kind == "profile" else Place(kind, 0)
    ((where, message, hint),) = _flaws(_changed(kind, **{key: None}))
    assert (where, message) == (place, f"{name} has no `{key}`")
    assert str(hint).startswith(f"add a line such as `{key} = ")


def test_what_is_not_required_may_be_left_out() -> None:
    for kind, described in DESCRIBED.items():
        assert [key.name for key in keys_of(described).values() if key.required] == REQUIRED.get(kind, [])


@pytest.mark.parametrize(
    ("kind", "values", "key", "message"),
    [
        ("degree", {"completed": None}, "completed", "degree-1 is completed and has no `completed` date"),
        ("course", {"completed": None}, "completed", "course-1 is completed and has no `completed` date"),
        ("ce", {"hours": None}, "hours", "ce-1 has no `hours`"),
    ],
)
def test_a_key_that_is_needed_because_of_another(kind: str, values: dict[str, object], key: str, message: str) -> None:
    ((where, told, hint),) = _flaws(_changed(kind, **values))
    assert (where, told) == (Place(kind, 0, key), message)
    assert str(hint).startswith(f"add a line such as `{key} = ")


def test_the_hint_is_a_line_to_write() -> None:
    assert [hint for _, _, hint in _flaws(_file(ce=[{"id": "ce-1"}], proof=[{"id": "proof-1"}]))] == [
        'add a line such as `title = "the title on the certificate"`',
        'add a line such as `provider = "who held it"`',
        "add a line such as `date = 2026-03-02`",
        "add a line such as `hours = 1.5`",
        'add a line such as `records = ["ce-7"]`',
        'add a line such as `role = "certificate"`',
        'add a line such as `path = "proofs/ce-7.pdf"`',
        'add a line such as `sha256 = "64 hexadecimal digits"`',
    ]


NAN, INFINITE = Decimal("nan"), Decimal("inf")
DAYS = {
    "credential": ["earned", "due", "ended", "exam", "applied"],
    "renewal": ["due", "filed", "accepted"],
    "audit": ["letter", "reply_by", "due", "sent", "closed"],
    "course": ["logged"],
    "ce": ["date", "start", "logged"],
    "training": ["date", "effective"],
    "proof": ["added"],
    "expense": ["paid"],
    "claim": ["requested", "request_approved", "filed", "approved", "denied"],
    "payment": ["date"],
    "answer": ["date"],
}
NO_DAY = [
    ("2026-03-18", "must be a date without quotes, such as 2026-03-02, not the text `2026-03-18`"),
    (20260318, "must be a date without quotes, such as 2026-03-02, not `20260318`"),
    (datetime(2026, 3, 18, tzinfo=UTC), "must be a date without a time, such as 2026-03-02"),
    (time(10, 30), "must be a date without quotes, such as 2026-03-02, not `10:30:00`"),
    (date(1899, 12, 31), "has a year outside 1900 to 2200, 1899-12-31"),
    (date(2201, 1, 1), "has a year outside 1900 to 2200, 2201-01-01"),
]
STATED = {
    "membership": ["start", "end"],
    "job": ["start", "end"],
    "degree": ["start", "completed"],
    "course": ["start", "completed"],
}
NO_STATED = [
    ("2024-13", 'must be a date such as 2024-02-19, a month "2024-02" or a year "2024", not the text `2024-13`'),
    ("spring", 'must be a date such as 2024-02-19, a month "2024-02" or a year "2024", not the text `spring`'),
    (2024, "must be a date without quotes, such as 2026-03-02, not `2024`"),
]
HOURS = {
    "credential": ["required"],
    "job": ["hours_per_week"],
    "degree": ["credits"],
    "course": ["credits", "hours"],
    "ce": ["hours", "iacet_ceus"],
    "training": ["hours"],
}
NO_HOURS = [
    (0, "must be more than zero, not `0`"),
    (Decimal("-1.5"), "must be more than zero, not `-1.5`"),
    (Decimal("-0.0"), "must be more than zero, not `-0.0`"),
    (NAN, "must be a number, not `NaN`"),
    (INFINITE, "must be a number, not `Infinity`"),
    (True, "must be a number, not true"),
    ("6", "must be a number, not the text `6`"),
    (10_000, "must be at most 9999"),
    (Decimal("1E+400"), "must be at most 9999"),
    (Decimal("1.00001"), "must not have more than 4 decimals"),
    (Decimal("1E-400"), "must not have more than 4 decimals"),
]
RATES = {"renewal": ["hours"], "answer": ["credits_required"]}
NO_RATE = [
    (-1, "must be zero or more, not `-1`"),
    (NAN, "must be a number, not `NaN`"),
    (10_000, "must be at most 9999"),
]
MONEY = {"expense": ["amount"], "claim": ["request_amount", "asked", "approved_amount"], "payment": ["amount"]}
NO_MONEY = [
    (-1, "must be zero or more, not `-1`"),
    (Decimal("1.005"), "must not have more than 2 decimals"),
    (10_000_001, "must be at most 10000000"),
    ("$20", "must be a number, not the text `$20`"),
    (INFINITE, "must be a number, not `Infinity`"),
]
COUNTS = {
    "profile": ["claim_days"],
    "credential": ["cycle_months"],
    "training": ["every_months"],
}
NO_COUNT = [
    (0, "must be from 1 to 9999"),
    (-1, "must be from 1 to 9999"),
    (10_000, "must be from 1 to 9999"),
    (Decimal("1.5"), "must be a whole number, not `1.5`"),
    (True, "must be a whole number, not true"),
    ("12", "must be a whole number, not the text `12`"),
]
PEOPLE = {"job": ["staff"], "training": ["attendees"]}
NO_PEOPLE = [(-1, "must be from 0 to 999999"), (NAN, "must be a whole number, not `NaN`")]
FLAGS = {"credential": ["due_assumed"], "job": ["manages"]}
NO_FLAG = [("yes", "must be true or false, not the text `yes`"), (1, "must be true or false, not `1`")]
TEXTS = {
    "profile": ["name", "title", "employer", "department", "email", "phone", "manager", "employee_id", "note"],
    "credential": ["number", "edition_source", "note"],
    "renewal": ["edition", "note"],
    "audit": ["note"],
    "membership": ["body", "number", "note"],
    "job": ["employer", "title", "note"],
    "degree": ["institution", "degree", "level", "field", "note"],
    "course": ["title", "institution", "grade", "note"],
    "ce": ["title", "provider", "presenter", "place", "note"],
    "training": ["title", "facilitator", "policy", "note"],
    "proof": ["note"],
    "expense": ["vendor", "note"],
    "claim": ["note"],
    "payment": ["note"],
    "answer": ["source", "text", "note"],
}
NO_TEXT = [
    (5, "must be text in quotes, not `5`"),
    (True, "must be text in quotes, not true"),
    ("", "must not be empty"),
    (" \t", "must not be empty"),
    (["a"], "must be text in quotes, not a list"),
    ({"a": 1}, "must be text in quotes, not a table"),
]
CHOICES = {
    ("job", "setting"): "physician-office, hospital, nursing-home, community-clinic, other",
    ("training", "setting"): "physician-office, hospital, nursing-home, community-clinic, other",
    ("degree", "status"): "completed, planned, in-progress",
    ("course", "status"): "completed, planned, in-progress",
    ("ce", "status"): "completed, planned, in-progress",
    ("course", "subject"): "healthcare, business, other",
    ("ce", "subject"): "healthcare, business, other",
    ("course", "unit"): "semester, quarter",
    ("ce", "activity"): "seminar, workshop, webinar, conference, self-study, teaching, other",
    ("training", "audience"): "staff, community, both",
    ("renewal", "by"): "hours, exam",
    ("expense", "what"): "fee, tuition, materials, exam, travel, lodging, meals, dues, filing, other",
    ("expense", "paid_by"): "self, employer",
    ("proof", "role"): "certificate, receipt, transcript, other",
}
LISTS = {
    ("job", "duties"): "patient-care, billing, coding, patient-scheduling, records, staff, staff-scheduling, personnel,"
    " financial-planning, training, other",
    ("course", "topics"): "healthcare-management, medical-terminology, privacy, payroll, tax, coding-billing, other",
    ("training", "topics"): "customer-service, procedures, privacy, policy-change, other",
}
SUBJECTS = "must be one of healthcare, business, other"
ID = "must be an id such as `ce-7`"
INSIDE = "must be a path inside the portfolio's folder"
SEVERAL_TEXTS = {"profile": ["other_names"], "ce": ["domains", "tags"]}
NO_SEVERAL = [
    ("a", 'must be a list such as ["Sample Clinic"], not the text `a`'),
    ([], "must not be an empty list; leave the key out instead"),
    ([5], "must be text in quotes, not `5`"),
    ([""], "must not be empty"),
]
WRONG = [
    *((kind, key, value, told) for kind, names in DAYS.items() for key in names for value, told in NO_DAY),
    *((kind, key, value, told) for kind, names in STATED.items() for key in names for value, told in NO_STATED),
    *((kind, key, value, told) for kind, names in HOURS.items() for key in names for value, told in NO_HOURS),
    *((kind, key, value, told) for kind, names in RATES.items() for key in names for value, told in NO_RATE),
    *((kind, key, value, told) for kind, names in MONEY.items() for key in names for value, told in NO_MONEY),
    *((kind, key, value, told) for kind, names in COUNTS.items() for key in names for value, told in NO_COUNT),
    *((kind, key, value, told) for kind, names in PEOPLE.items() for key in names for value, told in NO_PEOPLE),
    *((kind, key, value, told) for kind, names in FLAGS.items() for key in names for value, told in NO_FLAG),
    *((kind, key, value, told) for kind, names in TEXTS.items() for key in names for value, told in NO_TEXT),
    *((kind, key, value, told) for kind, names in SEVERAL_TEXTS.items() for key in names for value, told in NO_SEVERAL),
    *((kind, key, "x", f"must be one of {words}, not the text `x`") for (kind, key), words in CHOICES.items()),
    *((kind, key, 5, "must be text in quotes, not `5`") for kind, key in CHOICES),
    *((kind, key, ["x"], f"must be one of {words}, not the text `x`") for (kind, key), words in LISTS.items()),
    ("ce", "subject", "busines", f"{SUBJECTS}, not the text `busines`; did you mean `business`?"),
    ("ce", "minutes", 0, "must be from 1 to 599940"),
    ("ce", "minutes", 599_941, "must be from 1 to 599940"),
    ("ce", "minutes", Decimal("80.5"), "must be a whole number, not `80.5`"),
    ("renewal", "credential", "CMM", "must be an id such as `pahcom.cmm`, not the text `CMM`"),
    ("answer", "credential", "", "must not be empty"),
    ("audit", "credential", 1, "must be text in quotes, not `1`"),
    ("course", "credentials", ["cmm"], "must be an id such as `pahcom.cmm`, not the text `cmm`"),
    ("ce", "credentials", "pahcom.cmm", 'must be a list such as ["pahcom.cmm"], not the text `pahcom.cmm`'),
    ("ce", "approvals", ["12345"], "must be `issuer:index` such as `pahcom:12345`, not the text `12345`"),
    ("course", "approvals", [], "must not be an empty list; leave the key out instead"),
    ("renewal", "entries", ["seminar"], f"{ID}, not the text `seminar`"),
    ("claim", "entries", ["ce-01"], f"{ID}, not the text `ce-01`"),
    ("expense", "records", ["ce-9999999999"], f"{ID}, not the text `ce-9999999999`"),
    ("proof", "records", ["ce-1\n"], f"{ID}, not the text `ce-1`"),
    ("payment", "claim", "the first", f"{ID}, not the text `the first`"),
    ("proof", "path", "../a.pdf", f"{INSIDE}, not the text `../a.pdf`"),
    ("proof", "path", "proofs/../../a.pdf", f"{INSIDE}, not the text `proofs/../../a.pdf`"),
    ("proof", "path", "/etc/hosts", f"{INSIDE}, not the text `/etc/hosts`"),
    ("proof", "path", r"C:\a.pdf", rf"{INSIDE}, not the text `C:\a.pdf`"),
    ("proof", "sha256", "0" * 63, f"must be a SHA-256 of 64 hexadecimal digits, not the text `{'0' * 37}...`"),
    ("proof", "sha256", "G" * 64, f"must be a SHA-256 of 64 hexadecimal digits, not the text `{'G' * 37}...`"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "key", "value", "told"), WRONG)
def test_a_wrong_value(kind: str, key: str, value: object, told: str) -> None:
    name = {"profile": "profile", "credential": "pahcom.cmm"}.get(kind, f"{kind}-1")
    place = Place("profile", key) if kind == "profile" else Place(kind, 0, key)
    other = {"hours": None} if key in {"minutes", "iacet_ceus"} else {}
    ((where, message, hint),) = _flaws(_changed(kind, **{**other, key: value}))
    assert (where, message) == (place, f"`{key}` of {name} {told}")
    closed = (kind, key) in {*CHOICES, *LISTS}  # the message names all there is to choose from
    assert hint is None if closed else str(hint).startswith(f"write for example `{key} = ")


def test_every_key_was_tried() -> None:
    tried = {(kind, key) for kind, key, _, _ in WRONG}
    known = {(kind, key) for kind, described in DESCRIBED.items() for key in keys_of(described)}
    assert known - tried == {("credential", "edition"), ("answer", "credits_per_extra_year"), ("answer", "max_credits")}


@pytest.mark.parametrize("value", [INFINITE, Decimal("1E+30"), 10**400])
def test_a_number_beyond_all_bounds(value: object) -> None:
    for kind, key in (("ce", "hours"), ("expense", "amount"), ("job", "staff"), ("answer", "max_credits")):
        assert len(_flaws(_changed(kind, **{key: value}))) == 1


def test_text_from_the_file_is_repeated_with_nothing_a_terminal_obeys() -> None:
    ((_, message, _),) = _flaws(_changed("job", setting="\x1b[31mhome\n" + "x" * 100))
    assert message.endswith("not the text `\\x1b[31mhome\\nxxxxxxxxxxxxxxxxxxxxxxx...`")


@pytest.mark.parametrize(
    ("kind", "early", "late"),
    [
        ("credential", "earned", "due"),
        ("credential", "earned", "ended"),
        ("audit", "letter", "reply_by"),
        ("membership", "start", "end"),
        ("job", "start", "end"),
        ("degree", "start", "completed"),
        ("course", "start", "completed"),
        ("ce", "start", "date"),
    ],
)
def test_an_end_before_its_start(kind: str, early: str, late: str) -> None:
    name = str(LEAST[kind]["id"])
    before = _changed(kind, **{early: TODAY, late: date(2026, 3, 17)})
    message = f"`{late}` of {name} (2026-03-17) is before `{early}` (2026-03-18)"
    assert _flaws(before) == [(Place(kind, 0, late), message, "correct one of the two")]
    assert _flaws(_changed(kind, **{early: TODAY, late: TODAY})) == []
    # Where one of the two cannot be read, only that is said.
    ((place, _, _),) = _flaws(_changed(kind, **{early: True, late: date(2026, 3, 17)}))
    assert place == Place(kind, 0, early)


def test_the_end_of_a_month_or_year_is_its_last_day() -> None:
    assert _flaws(_changed("job", start="2024-02", end="2024-02")) == []
    assert _flaws(_changed("job", start=date(2024, 2, 29), end="2024-02")) == []
    assert _flaws(_changed("job", start=date(2024, 3, 1), end="2024")) == []
    assert _flaws(_changed("job", start=date(2024, 3, 1), end="2024-02")) != []


@pytest.mark.parametrize("also", ["minutes", "iacet_ceus"])
def test_a_certificate_prints_one_figure(also: str) -> None:
    assert _flaws(_changed("ce", **{also: 2})) == [
        (
            Place("ce", 0, also),
            f"ce-1 has both `hours` and `{also}`; keep the one that is printed",
            "correct one of the two",
        )
    ]
    assert _flaws(_changed("ce", **{"hours": None, also: 2})) == []


def test_a_rate_needs_its_limit() -> None:
    ((place, message, _),) = _flaws(_changed("answer", credits_per_extra_year=1))
    assert place == Place("answer", 0, "credits_per_extra_year")
    assert message == "answer-1 has `credits_per_extra_year` but no `max_credits`, its limit"
    assert _flaws(_changed("answer", credits_per_extra_year=1, max_credits=6)) == []


def test_an_unknown_key_is_kept_and_warned_of_once_for_each_kind() -> None:
    entries = [{**LEAST["ce"], "id": f"ce-{number}", "titel": 1, "\x1b": 2} for number in (1, 2, 3)]
    data = _file(ce=entries, scheme=1, colours=["red"], other=[])
    reading = read({**data, "profile": {"name": "Office Manager", "id": "x"}}, RULES)
    assert reading.flaws == ()
    assert [tuple(warning)[:3] for warning in reading.warnings] == [
        (Place("scheme"), "the file has the unknown key `scheme`", "did you mean `schema`?"),
        (Place("colours"), "the file has the unknown key `colours`", "it is kept and not used"),
        (Place("other"), "the file has the unknown key `other`", "it is kept and not used"),
        (Place("profile", "id"), "profile has the unknown key `id`", "it is kept and not used"),
        (Place("ce", 0, "titel"), "ce-1, like 2 more, has the unknown key `titel`", "did you mean `title`?"),
        (Place("ce", 0, "\x1b"), "ce-1, like 2 more, has the unknown key `\\x1b`", "it is kept and not used"),
    ]
    assert reading.portfolio.tables["ce-3"]["titel"] == 1


NEAR = {
    "cee": "[[ce]]", "jobs": "[[job]]", "Course": "[[course]]", "profil": "[profile]", "seminar": "[[ce]]",
    "Webinars": "[[ce]]", "certificate": "[[proof]]", "class": "[[course]]", "employer": "[[job]]",
}  # fmt: skip


@pytest.mark.parametrize("name", [*NEAR, "xyzzy"])
def test_an_unknown_kind_is_refused_with_the_nearest(name: str) -> None:
    hint = f"did you mean `{NEAR[name]}`?" if name in NEAR else f"kinds are: {', '.join(KINDS)}"
    written: tuple[object, ...] = ({}, {"a": 1}, [{}], [{"a": 1}, {}], [1, {}])
    for tables in written:
        assert _flaws(_file(**{name: tables})) == [(Place(name), f"`{name}` is no kind of record", hint)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_not_written_as_blocks(kind: str) -> None:
    for value in ({}, {"id": "x"}, 5, "x", [1], [{"id": f"{kind}-1"}, 2]):
        wrong = (Place(kind), f"`{kind}` must be written as `[[{kind}]]` blocks", f"write `[[{kind}]]`")
        assert _flaws(_file(**{kind: value})) == [wrong]
    assert _flaws(_file(**{kind: []})) == []


def test_the_schema_of_the_file() -> None:
    hint = "write `schema = 1` as the first line"
    versions: tuple[object, ...] = (0, -1, True, Decimal(1), "1", [1], {})
    for wrong in versions:
        assert _flaws({"profile": {"name": "x"}, "schema": wrong}) == [(Place("schema"), "`schema` must be 1", hint)]
    assert _flaws({"profile": {"name": "x"}}) == [(Place(), "the file does not say `schema = 1`", hint)]


def test_a_newer_schema_is_all_that_is_said() -> None:
    (flaw,) = read({"schema": 2, "profile": 7, "[[seminar]]": [{}]}, RULES).flaws
    assert (flaw.code, flaw.place) == ("schema-newer", Place("schema"))
    assert flaw.message == "the file was written by a newer cmmctl (schema 2)"
    assert flaw.hint == "upgrade cmmctl: `python -m pip install --upgrade cmmctl`"


def test_a_file_without_anything() -> None:
    (flaw,) = read({}, RULES).flaws
    assert (flaw.code, flaw.place, flaw.message) == ("file-broken", Place(), "the file is empty")


def test_the_profile() -> None:
    assert _flaws({"schema": 1}) == [
        (
            Place("profile"),
            "the file has no `[profile]` table",
            'add `[profile]` and below it `name = "Office Manager"`',
        )
    ]
    for wrong in ([{"name": "x"}], "x", 5, []):
        assert _flaws({"schema": 1, "profile": wrong}) == [
            (Place("profile"), "`profile` must be written as one `[profile]` table", "write `[profile]`")
        ]


def _ids(kind: str, *names: object) -> list[tuple[Place, str, str | None]]:
    least = LEAST[kind]
    return _flaws(_file(**{kind: [_without({**least, "id": name}) for name in names]}))


def test_ids() -> None:
    assert _ids("ce", "ce-1", "ce-22", "ce-999999999") == []
    repair = "or run `cmmctl check --repair`"
    assert _ids("ce", "ce-7", None, "ce-3", None) == [
        (Place("ce", 1), "[[ce]] number 2 has no `id`", f'add `id = "ce-8"`, {repair}'),
        (Place("ce", 3), "[[ce]] number 4 has no `id`", f'add `id = "ce-9"`, {repair}'),
    ]
    for wrong in ("", "ce", "ce-0", "ce-01", "CE-1", "ce-1 ", "job-1", "ce-\u0661", "ce-1234567890", 1, True, ["ce-1"]):
        assert _ids("ce", wrong) == [
            (Place("ce", 0, "id"), "the id of [[ce]] number 1 must look like `ce-1`", 'write `id = "ce-1"`')
        ]
    for wrong in ("cmm", "PAHCOM.CMM", "pahcom.", 5):
        assert _ids("credential", wrong)[0][1] == "the id of [[credential]] number 1 must look like `pahcom.cmm`"
    assert _ids("ce", "ce-1", "ce-4", "ce-1", "ce-1") == [
        (Place("ce", 2, "id"), "the id ce-1 stands twice", 'give one of the two another id, such as `id = "ce-5"`'),
        (Place("ce", 3, "id"), "the id ce-1 stands twice", 'give one of the two another id, such as `id = "ce-6"`'),
    ]
    assert _ids("credential", "pahcom.cmm", "pahcom.cmm") == [
        (
            Place("credential", 1, "id"),
            "the id pahcom.cmm stands twice",
            "a credential stands once: make one block of the two",
        )
    ]


def test_a_record_whose_id_is_wrong_is_read_all_the_same() -> None:
    messages = [message for _, message, _ in _flaws(_file(ce=[{**LEAST["ce"], "id": "x", "hours": 0}]))]
    assert messages == [
        "the id of [[ce]] number 1 must look like `ce-1`",
        "`hours` of [[ce]] number 1 must be more than zero, not `0`",
    ]


def test_the_next_id() -> None:
    assert next_id("ce", []) == "ce-1"
    assert next_id("ce", ["ce-2", "ce-10", "job-30", "cell-99", "ce-", "ce-x", "ce-\u00b2", "pahcom.cmm"]) == "ce-11"


def test_a_credential_needs_a_rule_set_or_figures_of_its_own() -> None:
    own = "without a rule set, give the hours it asks for: `required = 24` and `cycle_months = 24`"
    near = f"did you mean `pahcom.cmm`? {own}"
    place = Place("credential", 0, "id")
    assert _flaws(_changed("credential", id="pahcom.cmn")) == [(place, "there is no rule set for `pahcom.cmn`", near)]
    assert _flaws(_changed("credential", id="nha.xyz")) == [(place, "there is no rule set for `nha.xyz`", own)]
    assert _flaws(_changed("credential", id="nha.xyz", required=10)) == [
        (place, "there is no rule set for `nha.xyz`", own)
    ]
    assert _flaws(_changed("credential", id="nha.xyz", required=10, cycle_months=24)) == []
    assert len(_flaws(_changed("credential", id="nha.xyz", required=0, cycle_months=24))) == 1


def test_an_edition_is_one_of_the_rule_set() -> None:
    assert _flaws(_changed("credential", edition="annual")) == []
    place = Place("credential", 0, "edition")
    assert _flaws(_changed("credential", edition="anual")) == [
        (place, "`anual` of pahcom.cmm is no known edition", "did you mean `annual`?")
    ]
    assert _flaws(_changed("credential", edition="x")) == [
        (place, "`x` of pahcom.cmm is no known edition", "known: two-year, handbook-2015, annual")
    ]
    assert _flaws(_changed("credential", id="nha.xyz", required=10, cycle_months=24, edition="two-year")) == [
        (place, "`edition` of nha.xyz names a reading, and there is no rule set that has it", "delete that line")
    ]
    ((_, message, _),) = _flaws(_changed("credential", edition=5))
    assert message == "`edition` of pahcom.cmm must be text in quotes, not `5`"


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("renewal", "credential", "pahcom.cmx"),
        ("audit", "credential", "pahcom.cmx"),
        ("answer", "credential", "pahcom.cmx"),
        ("ce", "credentials", ["pahcom.cmm", "pahcom.cmx"]),
        ("course", "credentials", ["pahcom.cmx"]),
    ],
)
def test_a_credential_that_is_named_must_be_known(kind: str, key: str, value: object) -> None:
    assert _flaws(_changed(kind, **{key: value})) == [
        (Place(kind, 0, key), f"`pahcom.cmx` of {kind}-1 is no known credential", "did you mean `pahcom.cmm`?")
    ]


def test_a_credential_of_ones_own_is_known_even_where_its_record_is_wrong() -> None:
    own = {"id": "nha.xyz", "required": "many", "cycle_months": 24}
    data = _file(credential=[own], ce=[{**LEAST["ce"], "credentials": ["nha.xyz"]}])
    assert [place for place, _, _ in _flaws(data)] == [Place("credential", 0, "required")]


def test_a_record_that_is_named_and_not_there_is_a_warning() -> None:
    records = {
        "renewal": [{**LEAST["renewal"], "entries": ["ce-8", "ce-1"]}],
        "ce": [LEAST["ce"]],
        "proof": [LEAST["proof"]],
        "expense": [{**LEAST["expense"], "records": ["ce-1", "pahcom.cmm"]}],
        "claim": [{**LEAST["claim"], "entries": ["expense-4"]}],
        "payment": [LEAST["payment"], {**LEAST["payment"], "id": "payment-2", "claim": "ce-1"}],
    }
    reading = read(_file(**records), RULES)
    assert reading.flaws == ()
    assert [(warning.place, warning.message) for warning in reading.warnings] == [
        (Place("renewal", 0, "entries"), "renewal-1 names `ce-8`, which is not in the file"),
        (Place("expense", 0, "records"), "expense-1 names `pahcom.cmm`, which is not in the file"),
        (Place("claim", 0, "entries"), "claim-1 names `expense-4`, which is not in the file"),
        (Place("payment", 1, "claim"), "payment-2 names ce-1, which is no claim"),
    ]


def test_a_reference_to_an_id_that_stands_twice_is_told_apart_by_nobody() -> None:
    records = {
        "ce": [LEAST["ce"], LEAST["ce"], {**LEAST["ce"], "id": "ce-2"}],
        "expense": [{**LEAST["expense"], "records": ["ce-2", "ce-1"]}],
    }
    reading = read(_file(**records), RULES)
    assert [flaw.message for flaw in reading.flaws] == ["the id ce-1 stands twice"]
    assert [tuple(warning)[:3] for warning in reading.warnings] == [
        (
            Place("expense", 0, "records"),
            "expense-1 names ce-1, which stands twice: it is not clear which is meant",
            "give one of the two another id; where expense-1 means that one, write its new id here",
        )
    ]


def test_what_a_record_names() -> None:
    facts = read(_file(**{kind: [record] for kind, record in LEAST.items()}), RULES).portfolio
    assert {fact.id: list(references(fact)) for fact in facts if list(references(fact))} == {
        "proof-1": [("records", "ce-1")],
        "expense-1": [("records", "ce-1")],
        "claim-1": [("entries", "ce-1")],
        "payment-1": [("claim", "claim-1")],
    }


def test_records_with_a_flaw_are_left_out_and_the_others_are_read() -> None:
    data = _file(ce=[LEAST["ce"], {**LEAST["ce"], "id": "ce-2", "hours": 0}, {**LEAST["ce"], "id": "ce-3"}])
    reading = read(data, RULES)
    assert [ce.id for ce in reading.portfolio.all(CE)] == ["ce-1", "ce-3"]
    assert sorted(reading.portfolio.tables) == ["ce-1", "ce-2", "ce-3", "profile"]


# Whatever stands in a file, it is said what is wrong with it.
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=5)
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.sampled_from([*CHOICES.values(), "completed", "planned", "2024-02", "2024", "pahcom.cmm", "ce-1", "annual"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(sorted({"id", *(key for kind in KINDS.values() for key in keys_of(kind))})) | st.text(max_size=4)
RECORDS = st.lists(
    st.dictionaries(KEYS, VALUES, max_size=6)
    | st.sampled_from(list(LEAST.values())).flatmap(
        lambda least: st.dictionaries(KEYS, VALUES, max_size=3).map(lambda more: {**least, **more})
    ),
    max_size=3,
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "schema": st.just(1) | VALUES,
        "profile": st.dictionaries(KEYS, VALUES, max_size=4) | VALUES,
        **dict.fromkeys(KINDS, RECORDS | VALUES),
        "seminar": VALUES,
    },
)


@given(FILES)
@settings(max_examples=100, deadline=None)
def test_anything_can_be_read(data: dict[str, Any]) -> None:
    reading = read(data, RULES)
    assert all(isinstance(flaw.message, str) and flaw.message for flaw in (*reading.flaws, *reading.warnings))
    if reading.flaws == ():
        assert data["schema"] == schema.SCHEMA
        written = {record["id"] for kind in KINDS for record in data.get(kind, [])}
        assert {fact.id for fact in reading.portfolio} == {"profile", *written}
