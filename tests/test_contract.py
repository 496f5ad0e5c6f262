"""What is promised to programs: the keys of every report, the envelope, exit codes. A promise may only be added to."""

from collections.abc import Mapping
from typing import Any

import pytest

from conftest import Cli, Write

FULL = """
[[credential]]
id = "pahcom.cmm"
earned = 2023-04-23
due = 2027-04-23

[[renewal]]
id = "renewal-1"
credential = "pahcom.cmm"
due = 2027-04-23
filed = 2026-11-01
accepted = 2026-11-20
edition = "two-year"
hours = 24

[[membership]]
id = "membership-1"
body = "PAHCOM"
start = "2023"
end = "2025"

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = "2020"

[[job]]
id = "job-2"
employer = "Sample Clinic"
title = "Clerk"
start = "2018"
end = "2019"
manages = false

[[course]]
id = "course-1"
title = "Payroll"
institution = "State College"
credits = 3
subject = "business"
completed = "2022-05"

[[ce]]
id = "ce-1"
title = "Coding"
provider = "PAHCOM"
date = 2025-06-01
hours = 6
approvals = ["pahcom:1"]

[[ce]]
id = "ce-2"
title = "At home"
provider = "x"
date = 2026-05-30
hours = 3
activity = "self-study"

[[ce]]
id = "ce-3"
title = "Later"
provider = "x"
date = 2026-11-20
hours = 3
status = "planned"
"""
# Keys the contract names. `+` marks what was added to it since.
ENVELOPE = {"cmmctl", "command", "as_of", "data", "notes"}
CYCLE = {"start", "due"}
NEED = {
    "need", "label", "have", "want", "unit", "planned", "verdict", "counted", "refused", "grade", "checked", "source",
    "note",
}  # fmt: skip
ELIGIBILITY = {
    "credential", "verdict", "certified", "eligible_on", "eligible_on_if_planned", "needs", "conditions",
}  # fmt: skip
CONDITION = {"name", "verdict", "why"}
RECERT = {
    "credential", "edition", "earned", "cycle", "due_is", "days_left", "state", "state_all", "hours_per_month", "filed",
    "accepted", "first_due", "all_readings", "conditions", "documented", "editions",
}  # fmt: skip
EDITION = {
    "edition", "label", "cycle", "required", "counted", "remaining", "requirements", "earlier_short", "verdict",
    "grade", "checked", "source",
}  # fmt: skip
EDITION_ADDED = {"state", "set_aside"}
HOURS = {
    "credential", "edition", "cycle", "required", "earned", "counted", "remaining", "surplus", "planned",
    "requirements", "counted_entries", "refused_entries",
}  # fmt: skip
REQUIREMENT = {"name", "label", "required", "counted", "remaining"}
STATES = {"accepted", "filed", "past-due", "met-hours-only", "met", "at-risk", "behind", "on-pace"}


def keys(items: list[Mapping[str, Any]]) -> set[str]:
    """Collect the keys of several items of one kind; there must be one at least."""
    assert items
    return {key for item in items for key in item}


@pytest.fixture
def full(write: Write) -> None:
    write(FULL)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "words",
    ["status", "eligibility", "recert", "hours", "list", "show ce-1", "check", "rules", "path", "demo", "history"],
)
def test_the_envelope_of_every_report(cli: Cli, words: str) -> None:
    envelope = cli(*words.split(), "--json").json
    assert set(envelope) == ENVELOPE
    assert (envelope["cmmctl"], envelope["command"], envelope["as_of"]) == (1, words.split(maxsplit=1)[0], "2026-11-23")
    assert all(set(note) == {"code", "text"} for note in envelope["notes"])


@pytest.mark.usefixtures("full")
def test_eligibility(cli: Cli) -> None:
    [item] = cli("eligibility", "--json").data
    assert set(item) == ELIGIBILITY
    assert item["verdict"] in {"met", "short", "ask-issuer"}
    assert (item["certified"], item["eligible_on"]) == (True, None)  # null: it cannot be known
    assert keys(item["needs"]) == NEED
    assert keys(item["conditions"]) == CONDITION
    assert keys([counted for need in item["needs"] for counted in need["counted"]]) == {"id", "amount"}
    assert keys([refused for need in item["needs"] for refused in need["refused"]]) == {"id", "reason", "why"}


@pytest.mark.usefixtures("full")
def test_recert(cli: Cli) -> None:
    [item] = cli("recert", "--json").data
    assert set(item) >= RECERT
    assert set(item["cycle"]) == CYCLE
    assert item["due_is"] in {"given", "computed", "assumed"}
    assert {item["state"], item["state_all"]} <= STATES
    assert set(item["all_readings"]) == {"by", "remaining", "parts", "met"}
    assert keys(item["conditions"]) == CONDITION
    assert set(item["documented"]) == {"entries", "of"}
    assert keys(item["editions"]) == EDITION | EDITION_ADDED
    assert all(edition["verdict"] in {"met", "short"} for edition in item["editions"])
    assert keys([earlier for edition in item["editions"] for earlier in edition["earlier_short"]]) == CYCLE | {"short"}
    assert keys([one for edition in item["editions"] for one in edition["requirements"]]) == REQUIREMENT


@pytest.mark.usefixtures("full")
def test_hours(cli: Cli) -> None:
    [item] = cli("hours", "--json").data
    assert set(item) >= HOURS
    assert set(item) - HOURS <= {"sealed"}
    assert keys(item["requirements"]) == REQUIREMENT
    assert keys(item["counted_entries"]) == {"id", "hours"}
    assert keys(item["refused_entries"]) == {"id", "hours", "reason", "why"}


@pytest.mark.usefixtures("full")
def test_status_is_all_of_them_and_what_to_do(cli: Cli) -> None:
    data = cli("status", "--json").data
    assert set(data) == {"profile", "eligibility", "recert", "hours", "attention", "next"}
    assert set(data["profile"]) == {"name"}
    assert data["eligibility"] == cli("eligibility", "--json").data
    assert data["recert"][0].items() <= cli("recert", "--json").data[0].items()
    assert data["hours"][0].items() <= cli("hours", "--json").data[0].items()
    assert keys(data["attention"]) == {"code", "text", "command"}
    assert keys(data["next"]) == {"text", "command"}


@pytest.mark.usefixtures("full")
def test_records(cli: Cli) -> None:
    records = cli("list", "--json").data
    assert all(list(record)[:2] == ["kind", "id"] for record in records)
    assert cli("show", "ce-2", "--json").data == {
        "kind": "ce", "id": "ce-2", "title": "At home", "provider": "x", "date": "2026-05-30", "hours": 3,
        "activity": "self-study",
    }  # fmt: skip
    assert cli("show", "job-2", "--json").data["start"] == "2018"  # as it stands in the file


@pytest.mark.usefixtures("full")
def test_check(cli: Cli) -> None:
    assert keys(cli("check", "--json").data) <= {"severity", "where", "message", "hint"}


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    "words",
    [
        "add-ce Budgets --provider x --date today --hours 1",
        "edit ce-1 hours=2",
        "done ce-3",
        "remove ce-2 --yes",
        "add-answer cmm --source x --credits-required 9",
    ],
)
def test_changes(cli: Cli, words: str) -> None:
    envelope = cli(*words.split(), "--json").json
    assert set(envelope) == ENVELOPE
    data = envelope["data"]
    assert set(data) == {"id", "kind", "record", "effect"}
    assert (data["record"]["id"], data["record"]["kind"]) == (data["id"], data["kind"])
    assert keys(data["effect"]) == {"credential", "edition", "label", "due", "before", "after"}


def test_the_effect_while_preparing(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "pahcom.cmm"\n')
    words = "add-course Payroll --institution x --credits 3 --subject business --completed 2026-05"
    effect = cli(*words.split(), "--json").data["effect"]
    assert effect == [
        {"credential": "pahcom.cmm", "need": "experience", "label": "months managing", "before": 36, "after": 36},
        {"credential": "pahcom.cmm", "need": "coursework", "label": "college credits", "before": 12, "after": 9},
    ]


@pytest.mark.usefixtures("full")
def test_columns_are_named_after_the_keys(cli: Cli) -> None:
    known = ELIGIBILITY | NEED | RECERT | HOURS | REQUIREMENT | CYCLE
    for command in ("status", "eligibility", "recert", "hours"):
        assert set(cli(command, "--plain").out.split("\n")[0].split("\t")) <= known


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize(
    ("words", "code", "slug"),
    [
        ("status --frob", 2, "usage"),
        ("frob", 2, "usage"),
        ("add-ce", 2, "usage"),
        ("status --as-of x", 2, "bad-value"),
        ("hours --edition x", 2, "bad-value"),
        ("list --since x", 2, "bad-value"),
        ("show ce-9", 1, "not-found"),
        ("status cppm", 1, "not-found"),
        ("init --name x", 1, "exists"),
        ("add-renewal cmm --filed today --due 2025-04-23", 1, "short"),
        ("status -f nowhere.toml", 1, "file-missing"),
        ("remove profile --yes", 1, "unsafe-edit"),
    ],
)
def test_exit_codes_and_slugs(cli: Cli, words: str, code: int, slug: str) -> None:
    ended = cli(*words.split(), "--json")
    assert (ended.code, set(ended.json)) == (code, {"cmmctl", "command", "errors"})
    assert [error["code"] for error in ended.json["errors"]] == [slug]
    people = cli(*words.split())
    assert people.code == code
    assert people.out == "" or slug == "short"  # what is short under each reading is shown first
    assert people.err.startswith(f"error: {ended.json['errors'][0]['message']}")
