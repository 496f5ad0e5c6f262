"""What looks like something on record: twins, plans, and what `--like` copies; refused where nobody can be asked."""

import datetime as dt
import shlex
import subprocess
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cmmctl import keys, likeness
from cmmctl.commands.changes import context
from cmmctl.commands.quoting import quoted
from cmmctl.described import keys_of
from cmmctl.model import CE, KINDS, Course, Fact
from conftest import Cli, Write
from making import portfolio

RECORDS = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-1"
title = "Coding Update"
provider = "State Chapter"
date = 2026-05-30
hours = 3
approvals = ["pahcom:1"]
domains = ["Finance"]
logged = 2026-06-01
note = "by train"

[[ce]]
id = "ce-2"
title = "Denials"
provider = "State Chapter"
date = 2026-12-01
iacet_ceus = 0.6
status = "planned"

[[course]]
id = "course-1"
title = "Payroll"
institution = "State College"
credits = 3
subject = "business"
completed = "2026-05"
grade = "A"
topics = ["payroll"]

[[course]]
id = "course-2"
title = "Tax"
institution = "State College"
credits = 3
subject = "business"
status = "in-progress"

[[degree]]
id = "degree-1"
institution = "State College"
degree = "Associate"
completed = "2009"
field = "Business"

[[training]]
id = "training-1"
title = "Front desk"
date = 2026-05-30
topics = ["procedures"]
attendees = 9
policy = "Phones"

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Clerk"
start = "2020-02"
duties = ["billing"]
manages = false

[[membership]]
id = "membership-1"
body = "PAHCOM"
start = "2020"
number = "7"

[[audit]]
id = "audit-1"
credential = "pahcom.cmm"
letter = 2026-11-02
reply_by = 2026-12-02

[[expense]]
id = "expense-1"
records = ["ce-1", "course-1"]
what = "fee"
amount = 199.00
vendor = "State Chapter"

[[claim]]
id = "claim-1"
entries = ["ce-1"]
filed = 2026-06-01
denied = 2026-06-02

[[payment]]
id = "payment-1"
claim = "claim-1"
date = 2026-06-30
amount = 99.50

[[answer]]
id = "answer-1"
credential = "pahcom.cmm"
source = "e-mail"
date = 2026-06-30
text = "Yes."

[[renewal]]
id = "renewal-1"
credential = "pahcom.cmm"
due = 2025-04-23
filed = 2025-04-20
by = "exam"
hours = 24
"""

# What is typed again, its words apart by a bar, and the record it looks like.
TWINS = [
    ("add-ce| coding  UPDATE|--provider|state chapter|--date|5/30/2026|--hours|6", "ce-1"),
    ("add-ce|Denials|--provider|State Chapter|--date|2026-12-01|--hours|6|--planned", "ce-2"),
    ("add-course|PAYROLL|--institution|State College|--credits|4|--subject|other|--completed|2026-05-31", "course-1"),
    ("add-course|tax|--institution|State College|--credits|3|--subject|business|--planned", "course-2"),
    ("add-ce|Coding Update|--provider|State Chapter|--date|2026-05-30|--hours|6|--planned", "ce-1"),
    ("add-course|payroll|--institution|State College|--credits|3|--subject|business|--planned", "course-1"),
    (
        "add-course|payroll|--institution|State College|--credits|3|--subject|business|--planned|--completed|5/4/2026",
        "course-1",
    ),
    ("add-degree|--institution|state college|--degree|associate|--completed|2009-12", "degree-1"),
    ("add-training|front desk|--date|2026-05-30", "training-1"),
    ("add-job|--employer|Sample Clinic|--title|clerk|--start|2020-02-01", "job-1"),
    ("add-membership|--body|pahcom|--start|2020-01-01", "membership-1"),
    ("add-audit|cmm|--letter|2026-11-02|--reply-by|2027-01-02", "audit-1"),
    ("add-expense|course-1|ce-1|--what|fee|--amount|199", "expense-1"),
    ("add-payment|claim-1|--date|2026-06-30|--amount|99.5", "payment-1"),
]
OTHERS = [
    "add-ce|Coding Update|--provider|State Chapter|--date|2026-05-29|--hours|3",
    "add-ce|Coding Update|--provider|Another|--date|2026-05-30|--hours|3",
    "add-ce|Denials|--provider|State Chapter|--date|2026-08-30|--hours|6",  # 93 days before the planned day
    "add-ce|Denials|--provider|State Chapter|--date|2026-12-02|--hours|6|--planned",
    "add-course|Payroll|--institution|State College|--credits|3|--subject|business|--completed|2026-04",
    "add-course|Payroll|--institution|State College|--credits|3|--subject|business|--planned|--completed|2027-05",
    "add-course|Payroll|--institution|State College|--credits|3|--subject|business|--planned|--start|2027-01-04",
    "add-training|Front desk|--date|2026-05-31",
    "add-job|--employer|Sample Clinic|--title|Clerk|--start|2020",
    "add-expense|ce-1|--what|fee|--amount|199.00",
    "add-expense|ce-1|course-1|--what|fee|--amount|199.00|--paid|today",
    "add-answer|cmm|--source|e-mail|--date|2026-06-30|--text|Yes.",
    "add-credential|hitcm-pp",
]


@pytest.mark.parametrize(("typed", "name"), TWINS, ids=[typed.partition("|")[0] for typed, _ in TWINS])
def test_what_looks_the_same_is_refused_with_the_command_that_adds_it(
    cli: Cli, write: Write, typed: str, name: str
) -> None:
    before = (path := write(RECORDS)).read_bytes()
    ended = cli(*typed.split("|"), "--json")
    assert ended.code == 1
    [error] = ended.json["errors"]
    assert (error["code"], error["message"].partition(":")[0]) == ("exists", f"{name} looks the same")
    assert path.read_bytes() == before
    assert error["hint"].startswith("if it is another one: `cmmctl add-")
    again = shlex.split(error["hint"].partition("`")[2].rstrip("`"))
    assert (again[0], again[-1]) == ("cmmctl", "--force")
    added = cli(*again[1:], "--json").data
    assert added["id"] != name
    assert cli("undo").code == 0
    assert path.read_bytes() == before
    repeated = cli(*typed.split("|"), "--force", "--json").data["record"]
    assert {**repeated, "id": added["id"]} == added["record"]  # an id is never given again


@pytest.mark.parametrize("typed", OTHERS)
def test_what_differs_in_anything_that_tells_is_another_one(cli: Cli, write: Write, typed: str) -> None:
    write(RECORDS)
    ended = cli(*typed.split("|"))
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize(
    ("typed", "name", "hint"),
    [
        (
            "add-ce|denials|--provider|State Chapter|--date|2026-11-20|--hours|80m|--fee|5",
            "ce-2",
            "cmmctl done ce-2 --completed 2026-11-20 --hours 80m|cmmctl add-expense ce-2 --what fee --amount 5.00",
        ),
        (
            (
                "add-ce|Denials|--provider|State  Chapter|--date|2026-11-20|--hours|6|--approved|7|--place|online"
                "|--fee|5|--paid|2026-11-19|--paid-by|employer|--certificate|a b.pdf"
            ),
            "ce-2",
            (
                "cmmctl done ce-2 --completed 2026-11-20 --hours 6|cmmctl edit ce-2 approvals+=pahcom:7 place=online"
                '|cmmctl attach ce-2 "a b.pdf" --role certificate'
                "|cmmctl add-expense ce-2 --what fee --amount 5.00 --paid 2026-11-19 --paid-by employer"
            ),
        ),
        (
            "add-ce|Denials|--provider|State Chapter|--date|2026-08-31|--iacet-ceus|0.6",
            "ce-2",
            "cmmctl done ce-2 --completed 2026-08-31",
        ),
        (
            "add-course|Tax|--institution|State College|--credits|3|--subject|business|--completed|2026-05|--grade|B +",
            "course-2",
            'cmmctl done course-2 --completed 2026-05 --grade "B +"',
        ),
    ],
)
def test_what_looks_like_a_plan_is_refused_with_the_command_that_completes_it(
    cli: Cli, write: Write, typed: str, name: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (path := write(RECORDS)).read_bytes()
    monkeypatch.chdir(path.parent)
    (path.parent / "a b.pdf").write_bytes(b"%PDF-1.7")
    ended = cli(*typed.split("|"))
    assert ended.code == 1
    assert ended.err.startswith(f"error: {name} seems to be the plan of it: ")
    commands = hint.split("|")
    said = ", then ".join(f"`{command}`" for command in commands)
    assert f"hint: it took place: {said}; if it is another one: `cmmctl add-" in ended.err
    assert path.read_bytes() == before
    for command in commands:
        assert cli(*shlex.split(command)[1:]).code == 0, command
    assert cli("show", name, "--json").data.get("status", "completed") == "completed"
    path.write_bytes(before)
    assert cli(*typed.split("|"), "--force").code == 0


def test_the_hint_names_the_same_portfolio(cli: Cli, write: Write) -> None:
    path = write(RECORDS)
    other = path.rename(path.with_name("an other.toml"))
    ended = cli("-f", str(other), *TWINS[0][0].split("|"))
    assert f'`cmmctl --file "{other}" add-ce "' in ended.err


def test_a_twin_that_another_command_wrote_meanwhile_is_seen(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write('[[credential]]\nid = "pahcom.cmm"\n')

    def slow(session: Any) -> Any:
        found = context(session)  # what this command knows of the portfolio
        path.write_text(
            path.read_text() + RECORDS.partition("[[course]]")[0].partition("\n\n")[2].replace("ce-2", "ce-9")
        )
        return found

    monkeypatch.setattr("cmmctl.commands.recording.context", slow)
    ended = cli(*TWINS[0][0].split("|"))
    assert (ended.code, "ce-1 looks the same" in ended.err) == (1, True)


# Copying

COPIED = {
    "add-ce|--like|ce-1|--date|today": {
        "title": "Coding Update", "provider": "State Chapter", "hours": 3, "domains": ["Finance"], "date": "2026-11-23",
    },
    "add-ce|Other|--like|CE-2|--date|today": {
        "title": "Other", "provider": "State Chapter", "iacet_ceus": 0.6, "date": "2026-11-23",
    },
    "add-ce|Other|--like|ce-2|--date|today|--hours|80m": {
        "title": "Other", "provider": "State Chapter", "minutes": 80, "date": "2026-11-23",
    },
    "add-course|--like|course-1|--completed|2026|--credits|4": {
        "title": "Payroll", "institution": "State College", "credits": 4, "subject": "business", "completed": "2026",
        "topics": ["payroll"],
    },
    "add-degree|--like|degree-1|--completed|2012": {
        "institution": "State College", "degree": "Associate", "field": "Business", "completed": "2012",
    },
    "add-training|--like|training-1|--date|today": {
        "title": "Front desk", "date": "2026-11-23", "topics": ["procedures"],
    },
    "add-job|--like|job-1|--start|2024|--manages": {
        "employer": "Sample Clinic", "title": "Clerk", "start": "2024", "manages": True, "duties": ["billing"],
    },
    "add-membership|--like|membership-1|--start|2024": {"body": "PAHCOM", "start": "2024", "number": "7"},
    "add-audit|--like|audit-1|--letter|today|--reply-by|2027-01-01": {
        "credential": "pahcom.cmm", "letter": "2026-11-23", "reply_by": "2027-01-01",
    },
    "add-expense|ce-1|--like|expense-1": {
        "records": ["ce-1"], "what": "fee", "amount": 199, "vendor": "State Chapter",
    },
    "add-payment|--like|payment-1|--date|today": {"claim": "claim-1", "date": "2026-11-23", "amount": 99.5},
    "add-credential|hitcm-pp|--like|cmm": {},
    "add-claim|ce-1|--like|claim-1|--requested|today": {"entries": ["ce-1"], "requested": "2026-11-23"},
    "add-renewal|--like|renewal-1|--filed|today": {
        "credential": "pahcom.cmm", "by": "exam", "due": "2027-04-23", "filed": "2026-11-23", "edition": "two-year",
        "hours": 3, "entries": ["ce-1"],
    },
    "add-answer|--like|answer-1": {"credential": "pahcom.cmm", "source": "e-mail", "date": "2026-11-23"},
}  # fmt: skip


@pytest.mark.parametrize("typed", COPIED)
def test_what_is_not_of_one_occasion_is_copied_and_what_is_given_wins(cli: Cli, write: Write, typed: str) -> None:
    write(RECORDS)
    record = cli(*typed.split("|"), "--json").data["record"]
    assert {name: value for name, value in record.items() if name not in {"id", "kind"}} == COPIED[typed]


def test_every_kind_can_be_copied() -> None:
    assert {typed.partition("|")[0].removeprefix("add-") for typed in COPIED} == KINDS.keys() - {"proof"}


@pytest.mark.parametrize(
    ("like", "code", "message", "hint"),
    [
        ("ce-9", 1, "there is no record `ce-9`", "did you mean `ce-"),
        ("course-1", 2, "course-1 is a course, not a ce", "`cmmctl list ce` shows what can be copied"),
        ("profile", 2, "profile is a profile, not a ce", "`cmmctl list ce` shows what can be copied"),
    ],
)
def test_what_cannot_be_copied_is_said(cli: Cli, write: Write, like: str, code: int, message: str, hint: str) -> None:
    write(RECORDS)
    ended = cli("add-ce", "x", "--like", like, "--date", "today", "--json")
    [error] = ended.json["errors"]
    assert (ended.code, error["message"]) == (code, message)
    assert error["hint"].startswith(hint)


def test_facts_of_one_occasion_are_described_as_such() -> None:
    """Every date is; what is sealed is written by the tool alone and is no matter of copying."""
    for kind in KINDS.values():
        for key in keys_of(kind).values():
            if key.value in {keys.DAY, keys.STATED}:
                assert key.once, (kind, key.name)
    assert not any(key.once for key in keys_of(KINDS["job"]).values() if key.name in {"employer", "title", "duties"})
    for name in ("approvals", "logged", "status", "note"):
        assert keys_of(CE)[name].once
        assert keys_of(Course)[name].once


# Properties

titles = st.text("abc Ää", min_size=1, max_size=6).filter(str.strip)
days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))


def ce(title: str, day: dt.date, status: str = "completed") -> dict[str, object]:
    return {"title": title, "date": day, "hours": 1, "status": status}


def fact(title: str, day: dt.date, status: str = "completed") -> CE:
    return CE(id="ce-99", title=title, provider="State Chapter", date=day, hours=None, status=status)


@given(titles, days, st.lists(st.tuples(titles, days), max_size=5))
def test_a_twin_is_found_whatever_its_spaces_and_capitals(
    title: str, day: dt.date, others: list[tuple[str, dt.date]]
) -> None:
    known = portfolio({"ce": [*(ce(t, d) for t, d in others), ce(f"  {title.upper()}  ".lower(), day)]})
    same = likeness.twin(fact(title, day), known)
    assert same is not None
    assert (" ".join(same.title.split()).casefold(), same.date) == (" ".join(title.split()).casefold(), day)  # type: ignore[attr-defined]


@given(titles, days, days, st.sampled_from(["planned", "in-progress", "completed"]))
def test_a_plan_is_one_that_is_near_and_did_not_take_place(
    title: str, day: dt.date, other: dt.date, status: str
) -> None:
    known = portfolio({"ce": [ce(title, other, status)]})
    found = likeness.plan(fact(title, day), known)
    assert (found is not None) == (status != "completed" and abs((day - other).days) <= likeness.NEAR_DAYS)
    assert likeness.plan(fact(title, day, "planned"), known) is None


def test_of_several_plans_the_nearest_is_meant() -> None:
    day = dt.date(2026, 11, 20)
    known = portfolio({"ce": [ce("x", day + dt.timedelta(n), "planned") for n in (30, -3, 4)]})
    found = likeness.plan(fact("X", day), known)
    assert isinstance(found, Fact)
    assert found.id == "ce-2"


@example("'$")
@example("it's \\")
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1))
def test_a_pasted_word_is_what_it_was(word: str) -> None:
    ran = subprocess.run(["sh", "-c", f"printf %s {quoted([word])}"], capture_output=True, check=True)
    assert ran.stdout == word.encode()
