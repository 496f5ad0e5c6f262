"""Every `add-` command: what it writes, what it refuses, and what it says it did."""

import textwrap
from pathlib import Path

import pytest

from cmmctl.cli import TABLE
from cmmctl.model import KINDS
from cmmctl.typed import typed_keys
from conftest import Cli, Write

HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-7"
title = "Budgets"
provider = "State Chapter"
date = 2026-05-30
hours = 3

[[expense]]
id = "expense-1"
records = ["ce-7"]
what = "fee"
amount = 199.00

[[claim]]
id = "claim-2"
entries = ["ce-7"]
denied = 2026-06-30
"""

# What is typed, its words apart by a bar, and the block that stands at the end of the file afterwards.
ADDED = r"""
$ add-ce|Coding Update|--provider|State Chapter|--date|11/20/2026|--hours|1h20m|--start|nov 19 2026
  --status|completed|--activity|Self Study|--subject|healthcare|--domain|1|--domain|human
  --approved|20417|--approval|aapc:7|--tag|live|--for|cmm|--credential|pahcom.cmm|--presenter|A. Speaker
  --place|online|--logged|today|--note|"x"
[[ce]]
id = "ce-8"
title = "Coding Update"
provider = "State Chapter"
date = 2026-11-20
minutes = 80
start = 2026-11-19
status = "completed"
activity = "self-study"
subject = "healthcare"
domains = ["Revenue Management", "Human Resources"]
approvals = ["pahcom:20417", "aapc:7"]
tags = ["live"]
credentials = ["pahcom.cmm"]
presenter = "A. Speaker"
place = "online"
logged = 2026-11-23
note = "\"x\""

$ add-ce|--title|Coding Update|--provider|x|--date|2026-12-24|--iacet-ceus|0.15|--planned
[[ce]]
id = "ce-8"
title = "Coding Update"
provider = "x"
date = 2026-12-24
iacet_ceus = 0.15
status = "planned"

$ add-course|Healthcare Finance|--institution|State College|--credits|4.5|--unit|quarter|--subject|business
  --completed|may 2026|--topic|payroll|--topic|tax|--grade|B|--hours|1h15m
[[course]]
id = "course-1"
title = "Healthcare Finance"
institution = "State College"
credits = 4.5
subject = "business"
completed = "2026-05"
unit = "quarter"
topics = ["payroll", "tax"]
grade = "B"
hours = 1.25

$ add-job|--employer|Sample Clinic|--title|Clerk|--start|2024-02-12|--end|2025|--setting|hospital
  --no-manages|--hours-per-week|40|--staff|0|--duty|billing|--duty|staff scheduling
[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Clerk"
start = 2024-02-12
end = "2025"
setting = "hospital"
manages = false
hours_per_week = 40
staff = 0
duties = ["billing", "staff-scheduling"]

$ add-degree|--institution|State College|--degree|Associate of Science|--level|associate|--field|Business
  --completed|2019|--credits|60
[[degree]]
id = "degree-1"
institution = "State College"
degree = "Associate of Science"
level = "associate"
field = "Business"
completed = "2019"
credits = 60

$ add-training|Front desk courtesy|--date|sunday|--topic|customer-service|--audience|both
  --facilitator|self|--attendees|9|--hours|45m|--setting|hospital|--policy|Phones|--effective|2027-01-01
  --every-months|12
[[training]]
id = "training-1"
title = "Front desk courtesy"
date = 2026-11-22
topics = ["customer-service"]
audience = "both"
facilitator = "self"
attendees = 9
hours = 0.75
setting = "hospital"
policy = "Phones"
effective = 2027-01-01
every_months = 12

$ add-membership|--body|PAHCOM|--start|2025-02-01|--end|2027-01-31|--number|0042
[[membership]]
id = "membership-1"
body = "PAHCOM"
start = 2025-02-01
end = 2027-01-31
number = "0042"

$ add-credential|hitcm-pp|--earned|2026-03-02|--number|7|--due|2028-03-02|--edition|two-year
  --edition-source|mail
[[credential]]
id = "pahcom.hitcm-pp"
earned = 2026-03-02
number = "7"
edition = "two-year"
edition_source = "mail"
due = 2028-03-02

$ add-credential|pahcom.hitcm-pp|--exam|2027-03-20|--applied|yesterday
[[credential]]
id = "pahcom.hitcm-pp"
exam = 2027-03-20
applied = 2026-11-22

$ add-credential|aapc.cppm|--required|36|--cycle-months|24
[[credential]]
id = "aapc.cppm"
required = 36
cycle_months = 24

$ add-audit|CMM|--letter|2026-11-02|--reply-by|2026-12-02|--due|2025-04-23
[[audit]]
id = "audit-1"
credential = "pahcom.cmm"
letter = 2026-11-02
reply_by = 2026-12-02
due = 2025-04-23

$ add-answer|cmm|--source|e-mail|--credits-required|0|--text|Yes.
[[answer]]
id = "answer-1"
credential = "pahcom.cmm"
source = "e-mail"
date = 2026-11-23
credits_required = 0
text = "Yes."

$ add-expense|ce-7|cmm|--record|ce-7|--what|travel|--amount|12.5|--paid|friday|--paid-by|employer
  --vendor|Rail
[[expense]]
id = "expense-2"
records = ["ce-7", "pahcom.cmm"]
what = "travel"
amount = 12.50
paid = 2026-11-20
paid_by = "employer"
vendor = "Rail"

$ add-claim|--entry|ce-7|--requested|2026-05-01|--request-approved|2026-05-04|--request-amount|349
[[claim]]
id = "claim-3"
entries = ["ce-7"]
requested = 2026-05-01
request_approved = 2026-05-04
request_amount = 349

$ add-payment|claim-2|--date|today|--amount|199.00
[[payment]]
id = "payment-1"
claim = "claim-2"
date = 2026-11-23
amount = 199
"""


def added() -> list[tuple[str, str]]:
    """Split the text above into what is typed and what is written."""
    found = []
    for part in ADDED.strip().split("\n\n"):
        typed, header, rest = part.partition("\n[[")
        found.append(("|".join(line.strip(" $") for line in typed.split("\n")), header.strip() + rest))
    return found


@pytest.mark.parametrize(("typed", "block"), added(), ids=[typed.partition("|")[0] for typed, _ in added()])
def test_a_record_is_appended_and_nothing_else_changes(cli: Cli, write: Write, typed: str, block: str) -> None:
    path = write(HOLDER)
    before = path.read_text(encoding="utf-8")
    ended = cli(*typed.split("|"))
    assert (ended.code, ended.err) == (0, "")
    assert path.read_text(encoding="utf-8") == f"{before}\n{block}\n"
    name = block.partition('id = "')[2].partition('"')[0]
    assert ended.out.startswith(f" Recorded {name}\n")


def test_every_key_of_a_fact_is_an_option_of_its_command(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    for kind in KINDS:
        if kind == "proof":  # written by `attach`
            assert "add-proof" not in TABLE
            continue
        text = cli(f"add-{kind}", "--help").out
        for key in typed_keys(kind).values():
            assert (f"--{key.name.replace('_', '-')}" in text) != (key.name == "id" or bool(key.options)), key
            assert all(option in text for option in key.options)
            assert key.positional is None or key.positional in text


MISSING = {
    "add-ce": "`TITLE`, `--provider`, `--date` and `--hours`",
    "add-course": "`TITLE`, `--institution`, `--credits`, `--subject` and `--completed`",
    "add-job": "`--employer`, `--title` and `--start`",
    "add-degree": "`--institution`, `--degree` and `--completed`",
    "add-training": "`TITLE` and `--date`",
    "add-membership": "`--body` and `--start`",
    "add-credential": "`CREDENTIAL`",
    "add-renewal": "`CREDENTIAL` and `--filed`",
    "add-audit": "`CREDENTIAL`, `--letter` and `--reply-by`",
    "add-answer": "`CREDENTIAL` and `--source`",
    "add-expense": "`ID...`, `--what` and `--amount`",
    "add-claim": "`ID...`",
    "add-payment": "`CLAIM-ID`, `--date` and `--amount`",
}


@pytest.mark.parametrize("command", MISSING)
def test_everything_that_is_missing_is_named_in_one_error(cli: Cli, write: Write, command: str) -> None:
    before = write(HOLDER).read_bytes()
    ended = cli(command, "--json")
    assert ended.code == 2
    assert [(error["code"], error["message"]) for error in ended.json["errors"]] == [
        ("usage", f"{command} needs {MISSING[command]}")
    ]
    assert ended.json["errors"][0]["hint"].startswith(f"for example: cmmctl {command} ")
    assert write(HOLDER).read_bytes() == before


REFUSED = [
    ("add-ce|349", 2, "bad-value", "`TITLE` is only a number, `349`: shells eat `$` and commas"),
    ("add-ce|x|--provider|y|--hours|1|--date|3/2/26", 2, "bad-value", "`--date`: `3/2/26` is not a date"),
    (
        "add-ce|x|--provider|y|--hours|1|--date|2026-11-24",
        2,
        "bad-value",
        "`date` of the new ce, Tue Nov 24 2026, is after",
    ),
    ("add-ce|x|--provider|y|--hours|1|--minutes|60|--date|today", 2, "bad-value", "the new ce has both `hours` and"),
    ("add-ce|x|--title|y", 2, "usage", "`title` is given twice"),
    ("add-ce|--for|cppm", 1, "not-found", "`cppm` is no known credential"),
    ("add-ce|--subject|busines", 2, "bad-value", "`--subject` must be one of healthcare, business, other"),
    ("add-course|x|--institution|y|--credits|0|--subject|other|--completed|2026", 2, "bad-value", "`--credits`: `0`"),
    ("add-job|--employer|x|--title|y|--start|2024|--end|2023", 2, "bad-value", "`end` of the new job (2023) is before"),
    ("add-audit|cmm|--letter|2026-11-02|--reply-by|2026-10-02", 2, "bad-value", "`reply_by` of the new audit"),
    ("add-credential|cmm|--earned|2025-01-01", 1, "exists", "pahcom.cmm is already on record"),
    ("add-credential|cmmm", 1, "not-found", "`cmmm` is no known credential"),
    ("add-credential|cppm|--required|36|--cycle-months|24", 1, "not-found", "`cppm` is no known credential"),
    ("add-credential|aapc|--required|36", 1, "not-found", "`aapc` is no known credential"),
    (
        "add-credential|aapc.cppm|--required|36",
        2,
        "usage",
        "aapc.cppm has no rule set, and one of your own figures is missing: `--cycle-months`",
    ),
    (
        "add-credential|aapc.cppm|--cycle-months|24",
        2,
        "usage",
        "aapc.cppm has no rule set, and one of your own figures is missing: `--required`",
    ),
    ("add-credential|pahcom.cmm|--required|36", 1, "exists", "pahcom.cmm is already on record"),
    ("add-credential|hitcm-pp|--edition|anual", 2, "bad-value", "`anual` is no edition of pahcom.hitcm-pp"),
    (
        "add-credential|hitcm-pp|--earned|2026-12-24",
        2,
        "bad-value",
        "`earned` of pahcom.hitcm-pp, Thu Dec 24 2026, is after",
    ),
    ("add-expense|ce-9|--what|fee|--amount|1", 1, "not-found", "there is no record `ce-9`"),
    ("add-expense|ce-7|--what|fee|--amount|$1", 2, "bad-value", "`--amount`: `$1` has a `$` or `,`"),
    ("add-payment|ce-7|--date|today|--amount|1", 1, "not-found", "ce-7 is no claim"),
    ("add-payment|claim-9|--date|today|--amount|1", 1, "not-found", "there is no record `claim-9`"),
    (
        "add-renewal|cmm|--filed|2026-12-24",
        2,
        "bad-value",
        "`filed` of the new renewal, Thu Dec 24 2026, is after today",
    ),
    ("add-renewal|hitcm-pp|--filed|today", 1, "not-found", "pahcom.hitcm-pp is not held"),
    ("add-renewal|cmm|--filed|today|--due|2027-04-24", 2, "bad-value", "no cycle of pahcom.cmm is due on Apr 24 2027"),
    ("add-renewal|cmm|--filed|today", 1, "short", "24 h in 24 months: 21 h to go"),
]


@pytest.mark.parametrize(("typed", "code", "slug", "message"), REFUSED, ids=[typed for typed, *_ in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_is_written(
    cli: Cli, write: Write, typed: str, code: int, slug: str, message: str
) -> None:
    before = (path := write(HOLDER)).read_bytes()
    ended = cli(*typed.split("|"), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (code, slug)
    assert ended.json["errors"][0]["message"].startswith(message)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("add-credential|cmmm", "did you mean `cmm`?"),
        ("add-credential|hitcm-pp|--edition|two-yer", "did you mean `two-year`?"),
        ("add-credential|hitcm-pp|--edition|xx", "readings of pahcom.hitcm-pp: two-year"),
        ("add-credential|cmm|--earned|2025-01-01", "change it: `cmmctl edit pahcom.cmm earned=2025-01-01`"),
        ("add-expense|ce-77|--what|fee|--amount|1", "did you mean `ce-7`?"),
        ("add-renewal|cmm|--filed|today|--due|2027-04-24", "the next one after it is `--due 2029-04-23`"),
        ("add-renewal|cmm|--filed|today", "add the hours with `cmmctl add-ce`, or note it all the same with `--force`"),
        ("add-ce|x|--provider|y|--hours|1|--date|2026-11-24", "what is still to come is planned: `--planned`"),
    ],
)
def test_a_refusal_says_what_to_do(cli: Cli, write: Write, typed: str, hint: str) -> None:
    write(HOLDER)
    assert f"hint: {hint}" in cli(*typed.split("|")).err


def test_without_a_portfolio_it_is_said_how_to_begin(cli: Cli, folder: Path) -> None:
    ended = cli("add-ce", "x")
    assert ended.code == 1
    assert ended.err.startswith(f"error: there is no portfolio at {folder / 'portfolio.toml'}\n")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("earned", "edition", "due"),
    [
        ("2020-01-01", "", "2028-01-01"),  # 2022, 2024 and 2026 have passed
        ("2022-11-23", "", "2026-11-23"),  # today is its due date
        ("2022-11-22", "", "2028-11-22"),
        ("2024-11-23", "", None),  # its first cycle ends today
        ("2025-04-23", "", None),
        ("2024-02-29", "annual", "2027-02-28"),
    ],
)
def test_an_old_credential_gets_its_next_due_date_marked_as_assumed(
    cli: Cli, write: Write, earned: str, edition: str, due: str | None
) -> None:
    path = write("")
    reading = ["--edition", edition, "--edition-source", "mail"] if edition else []
    ended = cli("add-credential", "cmm", "--earned", earned, *reading)
    text = path.read_text(encoding="utf-8")
    assert (f"due = {due}\ndue_assumed = true\n" in text) == (due is not None)
    assert ("due" in text) == (due is not None)
    confirm = f"The due date was computed. Confirm it: cmmctl edit pahcom.cmm due={due}"
    assert (confirm in " ".join(ended.out.split())) == (due is not None)
    notes = [note["code"] for note in cli("status", "--json").json["notes"]]
    assert ("due-assumed" in notes) == (due is not None)


def test_own_figures_are_a_rule_of_their_own(cli: Cli, write: Write) -> None:
    path = write("")
    cli("add-credential", "aapc.cppm", "--required", "36", "--cycle-months", "24", "--earned", "2023-03-31")
    assert "due = 2027-03-31\ndue_assumed = true\n" in path.read_text(encoding="utf-8")
    assert cli("hours", "cppm", "--json").data[0]["required"] == 36


def test_a_renewal_seals_what_counted_on_the_day_it_was_filed(cli: Cli, write: Write) -> None:
    path = write(HOLDER.replace("hours = 3", "hours = 25"))
    before = path.read_text(encoding="utf-8")
    ended = cli("add-renewal", "cmm", "--filed", "today")
    assert path.read_text(encoding="utf-8").removeprefix(before) == textwrap.dedent("""
        [[renewal]]
        id = "renewal-1"
        credential = "pahcom.cmm"
        due = 2027-04-23
        filed = 2026-11-23
        edition = "two-year"
        hours = 25
        entries = ["ce-7"]
    """)
    assert "Noted. Nothing was sent to PAHCOM." in ended.out


def test_what_is_said_after_a_seminar(cli: Cli, write: Write) -> None:
    write(HOLDER)
    ended = cli("add-ce", "Denials", "--provider", "State Chapter", "--date", "today", "--hours", "6", "--fee", "199")
    assert [line.rstrip() for line in ended.out.splitlines()] == [
        " Recorded ce-8",
        "   title         Denials",
        "   provider      State Chapter",
        "   date          Mon Nov 23 2026",
        "   hours         6",
        "   with expense-2  $199.00 fee - ce-8",
        " CMM   24 h in 24 months             21 -> 15 h to go by Apr 23 2027",
        "       12 approved + 12 recognized   21 -> 15 h to go by Apr 23 2027",
        "       12 h every 12 months          9 -> 3 h to go by Apr 23 2027",
        " Missing         certificate of ce-8: cmmctl attach ce-8 FILE",
        " Wrong? cmmctl undo",
    ]


def test_what_is_said_while_preparing(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "pahcom.cmm"\n')
    ended = cli("add-job", "--employer", "x", "--title", "Manager", "--start", "2026-01", "--hours-per-week", "20")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    assert "start Jan 2026 (day not known: counted from Jan 1 2026)" in lines
    assert "CMM months managing 36 -> 26 to go" in lines  # January to October are whole
    assert "college credits 12 to go, unchanged" in lines


def test_what_does_not_count_is_said_with_its_reason(cli: Cli, write: Write) -> None:
    write(HOLDER)
    words = ("--provider", "x", "--date", "today", "--hours", "2", "--activity", "self-study")
    said = " ".join(cli("add-ce", "At home", *words).out.split())
    assert "CMM unchanged, to go: 21 h (24 h in 24 months), 21 h (12 approved + 12 recognized), 9 h" in said
    assert "Not counted ce-8 for CMM: self-study without PAHCOM's approval in advance" in said


def test_what_iacet_ceus_stand_for_is_said(cli: Cli, write: Write) -> None:
    write(HOLDER)
    words = ("--provider", "x", "--date", "today", "--iacet-ceus", "0.15")
    assert "0.15 (counted as 1.5 h)" in cli("add-ce", "Units", *words).out


def test_a_change_as_json(cli: Cli, write: Write) -> None:
    write(HOLDER)
    words = ("--provider", "x", "--date", "today", "--hours", "6", "--fee", "199")
    data = cli("add-ce", "Denials", *words, "--json").data
    assert set(data) == {"id", "kind", "record", "effect", "records"}
    assert (data["id"], data["kind"]) == ("ce-8", "ce")
    assert data["record"] == {
        "kind": "ce", "id": "ce-8", "title": "Denials", "provider": "x", "date": "2026-11-23", "hours": 6,
    }  # fmt: skip
    assert data["records"][1]["id"] == "expense-2"
    assert data["effect"][0] == {
        "credential": "pahcom.cmm", "edition": "two-year", "label": "24 h in 24 months", "due": "2027-04-23",
        "before": 21, "after": 15,
    }  # fmt: skip


def test_ids_are_never_given_again(cli: Cli, write: Write) -> None:
    path = write(HOLDER)
    words = ("--provider", "x", "--date", "today", "--hours", "6")
    assert cli("add-ce", "One", *words, "--json").data["id"] == "ce-8"
    cli("remove", "ce-8", "--yes")
    assert cli("add-ce", "Two", *words, "--json").data["id"] == "ce-9"
    path.write_text(path.read_text(encoding="utf-8").replace('s = ["ce-7"]', 's = ["ce-7", "ce-40"]'), encoding="utf-8")
    assert cli("add-ce", "Three", *words, "--json").data["id"] == "ce-41"  # a claim names ce-40
