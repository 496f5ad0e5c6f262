"""A reason for every hour: `explain`, the e-mail of `--ask`, and `logged`."""

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from conftest import Cli, Golden, Write

HOLDER = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23
    due = 2027-04-23
    number = "4711"

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2023-02-01
    end = 2027-01-31

    [[ce]]
    id = "ce-1"
    title = "Revenue Cycle"
    provider = "PAHCOM"
    date = 2025-06-12
    hours = 6
    subject = "business"
    approvals = ["pahcom:20417"]

    [[ce]]
    id = "ce-2"
    title = "Hiring"
    provider = "State Chapter"
    date = 2026-03-18
    hours = 4
    subject = "business"
    domains = ["Human Resources"]

    [[proof]]
    id = "proof-1"
    records = ["ce-1"]
    role = "certificate"
    path = "proofs/ce-1.pdf"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
"""
Data = dict[str, Any]


def line(entry: str, text: str) -> str:
    """One more CE entry of that id with these keys."""
    return f'\n[[ce]]\nid = "{entry}"\ntitle = "T"\nprovider = "P"\n{text}\n'


@pytest.fixture
def holder(write: Write) -> Callable[..., None]:
    """Write a holder's portfolio with more records."""

    def with_(more: str = "") -> None:
        write(textwrap.dedent(HOLDER) + textwrap.dedent(more))

    return with_


def requirements(cli: Cli, *words: str) -> dict[tuple[str, str], Data]:
    """What is said of every requirement of every reading."""
    found = cli("explain", *words, "--json").data
    return {(c.get("edition", "exam"), r["name"]): r for c in found for r in c["requirements"]}


@pytest.mark.parametrize(
    ("entry", "reason", "command"),
    [
        # The reasons are those of the contract, section 5; what would change each is a command to paste.
        ('date = 2026-05-30\nhours = 3\nactivity = "self-study"', "self-study",
         "cmmctl edit ce-9 approvals+=pahcom:INDEX"),
        ('date = 2026-05-30\nhours = 3\nsubject = "other"', "subject", "cmmctl edit ce-9 subject=healthcare"),
        ('date = 2026-03-18\nhours = 4\ntitle = "Hiring"\nprovider = "State Chapter"', "duplicate",
         "cmmctl remove ce-9"),
        ('date = 2026-10-01\nhours = 3\nstatus = "planned"', "planned", "cmmctl done ce-9"),
        ('date = 2026-10-01\nhours = 3\ncredentials = ["pahcom.hitcm-pp"]', "not-for-this-credential",
         "cmmctl edit ce-9 credentials+=pahcom.cmm"),
        ("date = 2024-10-01\nhours = 3", "outside-cycle", "cmmctl edit ce-9 date=DATE"),
    ],
)  # fmt: skip
def test_every_refusal_says_why_and_what_would_change_it(
    cli: Cli, holder: Callable[..., None], entry: str, reason: str, command: str
) -> None:
    text = line("ce-9", entry)
    if "title" in entry:
        text = text.replace('title = "T"\nprovider = "P"\n', "")
    holder(text)
    refused = requirements(cli, "cmm")["two-year", "total"]["refused"]
    assert [(no["id"], no["reason"], no["change"]["command"]) for no in refused] == [("ce-9", reason, command)]
    assert refused[0]["why"]


def test_before_certification(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", "date = 2022-10-01\nhours = 3"))
    chapters = cli("explain", "ce-9", "--json").data
    assert {c["requirements"][0]["refused"][0]["reason"] for c in chapters} == {"before-certification"}
    assert chapters[0]["cycle"] == {"start": "2023-04-23", "due": "2025-04-23"}


def test_each_rule_carries_its_source(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    found = requirements(cli, "cmm")
    assert set(found) == {
        ("two-year", "total"), ("handbook-2015", "total"), ("handbook-2015", "approved"),
        ("handbook-2015", "recognized"), ("annual", "total"),
    }  # fmt: skip
    assert found["annual", "total"]["source"] == "https://my.pahcom.com/decertification"
    assert found["handbook-2015", "approved"]["source"] == "http://www.pahcom.com/cmm/recertification.html"
    assert {(r["grade"], r["checked"]) for (e, _), r in found.items() if e != "two-year"} == {("issuer", "2026-11-23")}
    assert found["two-year", "total"]["grade"] == "brief"


def test_a_part_names_what_it_holds_and_what_stands_beside_it(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    found = requirements(cli, "cmm")
    approved, recognized = found["handbook-2015", "approved"], found["handbook-2015", "recognized"]
    assert ([c["id"] for c in approved["counted"]], [c["id"] for c in approved["other_part"]]) == (["ce-1"], ["ce-2"])
    assert ([c["id"] for c in recognized["counted"]], [c["id"] for c in recognized["other_part"]]) == (
        ["ce-2"],
        ["ce-1"],
    )
    assert approved["other_part"][0]["change"]["command"] == "cmmctl edit ce-2 approvals+=pahcom:INDEX"
    assert "change" not in recognized["other_part"][0]
    assert recognized["counted"][0]["missing"] == ["certificate"]
    assert recognized["counted"][0]["change"]["command"] == "cmmctl attach ce-2 FILE"


def test_tagged_parts_and_maxima_of_an_own_rule_set(cli: Cli, write: Write) -> None:
    """
    [[credential]]
    id = "sample.com"
    earned = 2026-01-01

    [[ce]]
    id = "ce-1"
    title = "Live"
    provider = "P"
    date = 2026-03-18
    hours = 4
    subject = "business"
    tags = ["association", "live"]

    [[ce]]
    id = "ce-2"
    title = "Other"
    provider = "P"
    date = 2026-03-19
    hours = 12
    subject = "business"
    tags = ["other"]
    """
    path = write(test_tagged_parts_and_maxima_of_an_own_rule_set.__doc__ or "")
    (path.parent / "rulesets").mkdir()
    template = cli("rules", "--template").out
    (path.parent / "rulesets" / "sample.com.toml").write_text(template, encoding="utf-8")
    found = requirements(cli, "com")
    live = found["current", "live"]["other_part"]
    assert [(x["id"], x["change"]["command"]) for x in live] == [("ce-2", "cmmctl edit ce-2 tags+=live")]
    assert found["current", "other"]["max"] == 10
    total = found["current", "total"]
    assert [(no["id"], no["amount"], no["reason"]) for no in total["refused"]] == [("ce-2", 2, "cap")]
    notes = [note["code"] for note in cli("explain", "com", "--json").json["notes"]]
    assert notes == ["own-rules"]
    assert "at most 10" in cli("explain", "com").out


def test_an_entry_is_explained_in_the_cycle_it_belongs_to(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", "date = 2024-10-01\nhours = 3"))
    own = cli("explain", "ce-9", "--json").data[0]
    assert own["cycle"] == {"start": "2023-04-23", "due": "2025-04-23"}
    assert [c["amount"] for c in own["requirements"][0]["counted"]] == [3]


def test_a_planned_entry_ahead_is_explained(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", 'date = 2027-02-01\nhours = 3\nstatus = "planned"'))
    own = cli("explain", "ce-9", "--json").data[0]
    assert own["requirements"][0]["refused"][0]["reason"] == "planned"
    assert "cmmctl done ce-9" in cli("explain", "ce-9").out


def test_an_entry_that_is_not_there_yet_is_held_against_nothing(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    assert "not held against this" in cli("explain", "ce-2", "--as-of", "2026-01-01").out


def test_needed_entries_are_named(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", 'date = 2026-10-01\nhours = 14.5\nsubject = "business"'))
    assert "without it this reading would not be met any more" in cli("explain", "ce-9").out
    documented = cli("explain", "ce-1").out
    assert "6 h, counts towards PAHCOM-approved hours" in documented
    assert "lacks" not in documented


def test_of_a_reading_that_is_not_met_only_the_part_is_named_that_hangs_on_an_entry(cli: Cli, write: Write) -> None:
    """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23
    due = 2027-04-23

    [[ce]]
    id = "ce-1"
    title = "Hiring"
    provider = "State Chapter"
    date = 2026-03-18
    hours = 13
    """
    write(test_of_a_reading_that_is_not_met_only_the_part_is_named_that_hangs_on_an_entry.__doc__ or "")
    own, parts, annual = cli("explain", "ce-1").out.split("\n CMM  ")[1:]
    assert "without it" not in own
    assert "without it the recognized hours would not be met any more" in parts
    assert "without it this reading would not be met any more" in annual


def test_past_cycles_are_explained_for_ever(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", "date = 2024-10-01\nhours = 3"))
    for word in ("previous", "2024", "2024-06-01"):
        found = cli("explain", "cmm", "--cycle", word, "--json").data
        assert [(c["cycle"]["due"], c["requirements"][0]["have"]) for c in found] == [("2025-04-23", 3)]
    assert len(cli("explain", "cmm", "--cycle", "all", "--json").data) == 2


CANDIDATE = """
    [[credential]]
    id = "pahcom.cmm"
    exam = 2027-03-20

    [[job]]
    id = "job-1"
    employer = "Sample Hospital"
    title = "Front Desk"
    start = 2017-05-01
    end = 2019-12-31
    manages = false

    [[job]]
    id = "job-2"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = "2020"

    [[job]]
    id = "job-3"
    employer = "Second Clinic"
    title = "Assistant Manager"
    start = 2021-01-01
    end = 2021-06-30

    [[course]]
    id = "course-1"
    title = "Finance"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2024-12-13

    [[course]]
    id = "course-2"
    title = "Painting"
    institution = "State College"
    credits = 3
    subject = "other"
    completed = 2025-12-13
"""


def test_a_candidate_is_told_why_by_need(cli: Cli, write: Write, golden: Golden) -> None:
    write(CANDIDATE)
    found = requirements(cli, "cmm")
    experience, coursework = found["exam", "experience"], found["exam", "coursework"]
    assert [(no["id"], no["reason"]) for no in experience["refused"]] == [
        ("job-1", "not-management"),
        ("job-3", "overlap"),
    ]
    assert experience["refused"][0]["change"]["command"] == "cmmctl edit job-1 manages=yes"
    assert [(no["id"], no["reason"]) for no in coursework["refused"]] == [("course-2", "subject")]
    golden("explain-candidate", cli("explain", "cmm").out)


def test_a_job_and_a_course_are_explained(cli: Cli, write: Write) -> None:
    write(CANDIDATE)
    [chapter] = cli("explain", "job-1", "--json").data
    assert chapter["requirements"][0]["refused"][0]["reason"] == "not-management"
    [chapter] = cli("explain", "course-1", "--json").data
    assert [c["amount"] for c in chapter["requirements"][0]["counted"]] == [3]


def test_without_any_credential_on_record_the_cmm_is_prepared_for(cli: Cli, write: Write) -> None:
    write(CANDIDATE.partition("[[job]]")[1] + CANDIDATE.partition("[[job]]")[2])
    assert cli("explain", "job-2", "--json").data[0]["credential"] == "pahcom.cmm"
    assert cli("explain", "cmm", "--json").data[0]["credential"] == "pahcom.cmm"
    write('[[ce]]\nid = "ce-1"\ntitle = "T"\nprovider = "P"\ndate = 2026-10-01\nhours = 2\n')
    assert cli("explain", "ce-1").code == 0


def test_a_course_of_a_holder_is_explained_as_ce_and_for_the_exam(cli: Cli, holder: Callable[..., None]) -> None:
    holder(
        """
        [[course]]
        id = "course-1"
        title = "Healthcare Finance"
        institution = "State College"
        credits = 3
        subject = "business"
        completed = 2026-05-04
        """
    )
    chapters = cli("explain", "course-1", "--json").data
    assert [c.get("edition", "exam") for c in chapters] == ["two-year", "handbook-2015", "annual", "exam"]
    no = chapters[0]["requirements"][0]["refused"][0]
    assert (no["reason"], no["change"]["command"]) == ("hours-unknown", "cmmctl edit course-1 hours=HOURS")
    asked = cli("explain", "course-1", "--ask", "--json").data["body"]
    assert "Healthcare Finance" in asked
    assert "How many CE hours" in asked


@pytest.mark.parametrize(("word", "hint"), [("membership-1", "cmmctl show membership-1"), ("profile", "cmmctl show")])
def test_what_counts_towards_nothing_is_refused(cli: Cli, holder: Callable[..., None], word: str, hint: str) -> None:
    holder()
    told = cli("explain", word)
    assert (told.code, hint in told.err) == (2, True)


def test_an_unknown_id_names_the_nearest(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    told = cli("explain", "ce-22")
    assert told.code == 1
    assert "ce-2" in told.err


def test_plain_has_one_row_for_each_record_and_requirement(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    header, *rows = cli("explain", "cmm", "--plain").out.splitlines()
    assert header.split("\t")[:4] == ["credential", "edition", "requirement", "id"]
    assert [row.split("\t")[1:4] for row in rows] == [
        ["two-year", "total", "ce-1"], ["two-year", "total", "ce-2"],
        ["handbook-2015", "total", "ce-1"], ["handbook-2015", "total", "ce-2"],
        ["handbook-2015", "approved", "ce-1"], ["handbook-2015", "approved", "ce-2"],
        ["handbook-2015", "recognized", "ce-2"], ["handbook-2015", "recognized", "ce-1"],
        ["annual", "total", "ce-1"], ["annual", "total", "ce-2"],
    ]  # fmt: skip


def test_the_screens(cli: Cli, holder: Callable[..., None], golden: Golden) -> None:
    holder(line("ce-9", 'date = 2026-05-30\nhours = 3\nactivity = "self-study"'))
    golden("explain-holder", cli("explain", "cmm").out)
    golden("explain-entry", cli("explain", "ce-9").out)
    golden("explain-ask", cli("explain", "cmm", "--ask").out)


def test_a_credential_of_which_no_need_is_known(cli: Cli, write: Write) -> None:
    write("")
    assert cli("explain", "hitcm-pp").code == 0
    assert "What does PAHCOM ask" in cli("explain", "hitcm-pp", "--ask").out


# ---- the e-mail


def test_the_open_question_carries_ones_own_figures(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    letter = cli("explain", "cmm", "--ask", "--json").data
    assert letter["to"] == "cert@pahcom.com"
    body = letter["body"]
    assert "24 h in 24 months (https://www.pahcom.com/hitcm-pp/recertification.html): 10 h count, 14 h to go" in body
    assert "12 h every 12 months (https://my.pahcom.com/decertification): 0 h count, 12 h to go" in body
    assert "CMM no. 4711" in body
    assert "project's brief" not in body


def test_nothing_open_says_so(cli: Cli, holder: Callable[..., None], write: Write) -> None:
    holder(line("ce-9", 'date = 2026-05-30\nhours = 3\ncredentials = ["pahcom.hitcm-pp"]'))
    assert cli("explain", "ce-9", "--ask").code == 0
    cli("edit", "cmm", "edition=annual", "edition_source=e-mail")
    assert cli("explain", "cmm", "--ask").out == "Nothing is open with PAHCOM by these records.\n"
    assert cli("explain", "cmm", "--ask", "--json").data == {}
    assert cli("explain", "ce-2", "--ask").out == "Nothing is open with PAHCOM by these records.\n"
    write(CANDIDATE)
    assert "Can more experience replace credits" in cli("explain", "job-2", "--ask").out


def test_entries_raise_questions_of_their_own(cli: Cli, holder: Callable[..., None]) -> None:
    holder(
        line("ce-8", 'date = 2026-05-30\nhours = 3\nactivity = "self-study"')
        + '\n[[ce]]\nid = "ce-9"\ntitle = "Hiring"\nprovider = "State Chapter"\ndate = 2026-03-18\nhours = 4\n'
    )
    assert "Has PAHCOM approved it" in cli("explain", "ce-8", "--ask").out
    assert "Does each attendance count?" in cli("explain", "ce-9", "--ask").out
    whole = cli("explain", "cmm", "--ask").out
    assert "Has PAHCOM approved it" in whole
    assert "attendance" not in whole


def test_an_assumed_date_is_asked_for(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "pahcom.hitcm-pp"\nearned = 2025-05-01\n')
    body = cli("explain", "hitcm-pp", "--ask", "--json").data["body"]
    assert "I was certified on May 1 2025. By my own count I recertify by May 1 2027." in body


def test_an_issuer_without_an_address(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "sample.com"\nearned = 2025-05-01\nrequired = 10\ncycle_months = 12\n')
    assert cli("explain", "com", "--ask").out.startswith(
        "To: (no address is known)\nSubject: COM (sample.com): a question"
    )


def test_hostile_titles_are_shown_and_never_obeyed(cli: Cli, holder: Callable[..., None]) -> None:
    holder(line("ce-9", 'date = 2026-10-01\nhours = 3\nactivity = "self-study"').replace('"T"', r'"[red]\u001b[2J"'))
    for words in (("explain", "cmm"), ("explain", "ce-9"), ("explain", "ce-9", "--ask"), ("explain", "cmm", "--plain")):
        out = cli(*words).out
        assert "\x1b" not in out
        assert "[red]" in out


# ---- logged


def test_logged_writes_the_day_into_each_entry_in_one_change(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    assert cli("logged", "ce-1", "ce-2", "--on", "2026-11-20").code == 0
    assert [entry["logged"] for entry in cli("list", "ce", "--json").data] == ["2026-11-20", "2026-11-20"]
    assert "entered at PAHCOM 2 of 2" in cli("status").out
    cli("undo")
    assert "entered at PAHCOM 0 of 2" in cli("status").out


def test_logged_today_and_again(cli: Cli, holder: Callable[..., None]) -> None:
    holder()
    cli("logged", "ce-1", "ce-1")
    assert cli("show", "ce-1", "--json").data["logged"] == "2026-11-23"
    cli("logged", "ce-1", "--on", "yesterday")
    assert cli("show", "ce-1", "--json").data["logged"] == "2026-11-22"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("membership-1",), 2, "membership-1 is a membership; only CE entries and courses are entered"),
        (("ce-9",), 2, "ce-9 is still planned"),
        (("ce-1", "--on", "2027-01-01"), 2, "is after today"),
        (("ce-1", "--on", "soon"), 2, "--on: `soon` is not a date"),
        (("ce-77",), 1, "there is no record `ce-77`"),
    ],
)
def test_what_cannot_be_logged(
    cli: Cli, holder: Callable[..., None], words: tuple[str, ...], code: int, said: str
) -> None:
    holder(line("ce-9", 'date = 2027-02-01\nhours = 3\nstatus = "planned"'))
    told = cli("logged", *words)
    assert (told.code, said in told.err) == (code, True)
