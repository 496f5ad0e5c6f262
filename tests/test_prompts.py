"""Questions on a real terminal: a pseudo-terminal whose other end is typed on, one line at every prompt."""

import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cmmctl.cli import TABLE
from cmmctl.commands.form import question
from cmmctl.model import KINDS
from cmmctl.typed import Context, typed_keys
from conftest import Write
from terminal import CTRL_C, CTRL_D, PROMPT, Talk, Terminal

Talking = Callable[..., Talk]


@pytest.fixture
def talk(folder: Path) -> Talking:
    """Run a command on a terminal, typing one answer at every prompt."""

    def run(arguments: str | list[str], *answers: str) -> Talk:
        words = arguments.split() if isinstance(arguments, str) else arguments
        left = list(answers)
        with Terminal(words, folder) as terminal:
            while terminal.read(lambda screen: screen.endswith(PROMPT)) and not terminal.ended:
                assert left, f"one more question than answers: {terminal.screen.decode()}"
                answer = left.pop(0)
                terminal.screen += b"\x00"  # which ends no prompt
                terminal.type(answer if answer in {CTRL_C, CTRL_D} else f"{answer}\n")
            ended = terminal.talk()
        assert not left, f"more answers than questions: {ended.screen}"
        return Talk(ended.code, ended.screen.replace("\x00", ""))

    return run


def portfolio(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "portfolio.toml").read_text(encoding="utf-8"))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def flat(ended: Talk) -> str:
    """Give what stood on the screen as one line, however it was broken."""
    return " ".join(ended.screen.split())


HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-1"
title = "Coding Update"
provider = "State Chapter"
date = 2026-05-30
hours = 3

[[ce]]
id = "ce-2"
title = "Coding Update 2028"
provider = "State Chapter"
date = 2026-12-01
hours = 6
status = "planned"
"""


def test_a_holder_begins(talk: Talking, folder: Path) -> None:
    ended = talk(
        "init", "", "Office Manager", "Sample Clinic", "Manager", "feb 2024", "4", "y", "2 3", "1", "apr 23 2023",
        "apr 23 2027", "1", "Coding Update", "State Chapter", "nov 20 2026", "1h20m", "123", "1 human", "n", "2023",
        "jan 31 2027", "y",
    )  # fmt: skip
    assert ended.code == 0
    assert ended.after("4  Certified on").endswith("apr 23 2023")
    assert "-> Sun Apr 23 2023\n" in ended.screen
    assert "-> Fri Apr 23 2027, fits a 24-month and a 12-month cycle\n" in ended.screen
    assert "-> Feb 2024 (day not known: counted from Feb 1 2024)\n" in ended.screen
    assert "6  CE hours since Apr 24 2025?" in ended.screen
    assert "To be written: 1 profile, 1 credential, 1 membership, 1 ce, 1 job, in " in flat(ended)
    assert "   Date [today, Mon Nov 23 2026] " in ended.screen
    assert "Recertify by    Fri Apr 23 2027, in 151 days" in ended.screen  # status follows
    day = date.fromisoformat
    assert portfolio(folder) == {
        "schema": 1,
        "profile": {"name": "Office Manager", "title": "Manager", "employer": "Sample Clinic"},
        "credential": [{"id": "pahcom.cmm", "earned": day("2023-04-23"), "due": day("2027-04-23")}],
        "membership": [{"id": "membership-1", "body": "PAHCOM", "start": "2023", "end": day("2027-01-31")}],
        "ce": [
            {
                "id": "ce-1", "title": "Coding Update", "provider": "State Chapter", "date": day("2026-11-20"),
                "minutes": 80, "domains": ["Revenue Management", "Human Resources"], "approvals": ["pahcom:123"],
            }
        ],
        "job": [
            {
                "id": "job-1", "employer": "Sample Clinic", "title": "Manager", "start": "2024-02",
                "setting": "community-clinic", "duties": ["billing", "coding"],
            }
        ],
    }  # fmt: skip


def test_a_candidate_begins_goes_back_and_skips(talk: Talking, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CMMCTL_FILE")
    other = folder / "my record"
    (folder / "file").touch()
    ended = talk(
        "init --department Front", "file", f"'{other}'", "Ofice Manager", "<", "Office Manager", "Sample Clinic", "",
        "2", "2027-03-20", "", "Payroll", "State College", "3", "business", "may 2027", "n", "may 2026", "4 5", "y",
        "Tax", "", "3", "business", "2025", "", "y", "", "", "",
    )  # fmt: skip
    assert ended.code == 0
    assert "file is a file; name a folder." in flat(ended)
    assert "Fri May 1 2027, is after today" not in flat(ended)
    assert "Sat May 1 2027, is after today" in flat(ended)
    assert f"-> {other}" in flat(ended)
    assert (
        "The job is left out: it needs title and first day (cmmctl add-job). Your profile keeps the employer."
        in flat(ended)
    )
    assert "    College [State College] " in ended.screen
    assert "To be written: 1 profile, 1 credential, 2 courses, in " in flat(ended)
    assert tomllib.loads((other / "portfolio.toml").read_text(encoding="utf-8")) == {
        "schema": 1,
        "profile": {"name": "Office Manager", "employer": "Sample Clinic", "department": "Front"},
        "credential": [{"id": "pahcom.cmm", "exam": date(2027, 3, 20)}],
        "course": [
            {
                "id": "course-1", "title": "Payroll", "institution": "State College", "credits": 3,
                "subject": "business", "completed": "2026-05", "topics": ["payroll", "tax"],
            },
            {
                "id": "course-2", "title": "Tax", "institution": "State College", "credits": 3, "subject": "business",
                "completed": "2025",
            },
        ],
    }  # fmt: skip
    assert "May I sit the exam?" in talk("").screen  # the folder is remembered


def test_the_holder_of_another_credential_begins_without_a_due_date(talk: Talking, folder: Path) -> None:
    ended = talk("init", "", "Office Manager", "", "3", "1", "mar 2 2020", "?", "", "2", "", "y")
    assert ended.code == 0
    assert "Enter if you do not know it: Thu Mar 2 2028 is assumed" in flat(ended)
    assert portfolio(folder)["credential"] == [
        {"id": "pahcom.hitcm-pp", "earned": date(2020, 3, 2), "due": date(2028, 3, 2), "due_assumed": True}
    ]
    assert {"job", "ce", "membership"}.isdisjoint(portfolio(folder))


def test_a_due_date_that_fits_no_cycle_is_said(talk: Talking, folder: Path) -> None:
    ended = talk("init", "", "Office Manager", "", "1", "2025-04-23", "2027-04-30", "2", "", CTRL_C)
    assert "-> Fri Apr 30 2027, which ends no published cycle since Apr 23 2025: check both days" in flat(ended)
    assert "Enter if you" not in ended.screen
    assert (ended.code, files(folder)) == (130, [])


def test_a_job_that_does_not_manage_says_so(talk: Talking, folder: Path) -> None:
    answers = ("", "Office Manager", "", "Clerk", "2024", "", "n", "", "2", "", "2", "", "y")
    ended = talk("init --employer Clinic", *answers)
    assert "Where do you work?  employer [Clinic]" in ended.screen
    assert portfolio(folder)["job"] == [
        {"id": "job-1", "employer": "Clinic", "title": "Clerk", "start": "2024", "manages": False}
    ]
    assert portfolio(folder)["profile"] == {"name": "Office Manager", "title": "Clerk", "employer": "Clinic"}


@pytest.mark.parametrize(
    "answers",
    [
        (CTRL_C,),
        ("", CTRL_D),
        ("", "Office Manager", "", "2", "", "2", "", CTRL_C),
    ],
)
def test_init_broken_off_writes_nothing(talk: Talking, folder: Path, answers: tuple[str, ...]) -> None:
    ended = talk("init", *answers)
    assert ended.code == 130
    assert ended.screen.endswith("\nNothing was saved.\n")
    assert files(folder) == []


def test_a_no_at_the_end_of_init_writes_nothing(talk: Talking, folder: Path) -> None:
    ended = talk("init", "", "x", "", "2", "", "2", "", "?", "n")
    assert "  y writes it, n saves nothing, < goes back to change it\n" in ended.screen
    assert (ended.code, ended.screen.endswith("\n Nothing was saved.\n")) == (0, True)
    assert files(folder) == []


def test_init_offers_to_use_the_portfolio_that_a_folder_has(
    talk: Talking, folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "old").mkdir()
    before = write(HOLDER).rename(folder / "old" / "portfolio.toml").read_bytes()
    ended = talk("init", "old", "?", "n", CTRL_C)
    assert f"There is already a portfolio in {folder / 'old'}, which stays as it is." in flat(ended)
    assert "y: commands use it from now on; n: another folder" in flat(ended)
    assert flat(ended).count(f" Folder [{folder}]") == 2
    assert files(folder) == ["old"]
    monkeypatch.delenv("CMMCTL_FILE")
    ended = talk("init", "old", "")
    assert (ended.code, "Your name" in ended.screen) == (0, False)
    assert f"Your record is now {folder / 'old' / 'portfolio.toml'}" in flat(ended)
    assert (folder / "old" / "portfolio.toml").read_bytes() == before
    assert "Recertify by" in talk("status").screen  # the folder is remembered


def test_init_into_a_folder_where_something_is_in_the_way_asks_again(talk: Talking, folder: Path) -> None:
    (folder / "old" / "portfolio.toml").mkdir(parents=True)
    ended = talk("init", "old", CTRL_C)
    assert "portfolio.toml is in the way, and is no file; name another folder." in flat(ended)


def test_the_folder_is_said_back_and_offered_again(talk: Talking, folder: Path) -> None:
    ended = talk("init", "new", "<", CTRL_C)
    assert f"Folder [{folder}]" in flat(ended)
    assert flat(ended).count(f"-> {folder / 'new'}") == 1
    assert " Folder [new] " in ended.screen


def test_what_was_said_of_a_job_that_is_left_out_stays_in_the_profile(talk: Talking, folder: Path) -> None:
    ended = talk("init --employer Clinic", "", "x", "Sample Clinic", "Clerk", "", "", "", "2", "", "")
    assert "Your profile keeps employer and title." in flat(ended)
    assert portfolio(folder)["profile"] == {"name": "x", "title": "Clerk", "employer": "Sample Clinic"}
    assert "job" not in portfolio(folder)


@pytest.mark.parametrize(
    ("holds", "said", "numbers"),
    [("no", "-> preparing for it", "123456"), ("N", "-> preparing for it", "123456"), ("Y", "-> yes", "1234567")],
)
def test_yes_and_no_are_understood_where_numbers_are_offered(
    talk: Talking, folder: Path, holds: str, said: str, numbers: str
) -> None:
    dates = ("2025-04-23", "") if said == "-> yes" else ("",)
    ended = talk("init", "", "x", "", holds, *dates, "yes", "", "", "")
    assert said in ended.screen
    assert " Title (Enter: no more)" in ended.screen
    assert "".join(re.findall(r"^ ([0-9])  ", ended.screen, re.MULTILINE)) == numbers
    assert portfolio(folder)["profile"] == {"name": "x"}


def test_the_ids_of_credentials_are_shown_as_they_are(talk: Talking) -> None:
    assert "1 pahcom.hitcm-pp\n" in talk("init", "", "x", "", "3", CTRL_C).screen


def test_after_the_seminar(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    (folder / "my certificate.pdf").write_bytes(b"%PDF-1.7")
    ended = talk(
        "add-ce", "Denials", "", "", "six", "6", "20417", "?", "1", "$199", "", "nowhere.pdf",
        "'my certificate.pdf' ", "",
    )  # fmt: skip
    assert ended.code == 0
    assert ended.screen.startswith("Enter: what is in brackets, or skip")
    assert ended.after("Provider [State Chapter]").strip() == ":"
    assert "Date [today, Mon Nov 23 2026]" in ended.screen
    assert "`six` is not a number of hours" in ended.screen
    assert "the issuer's domains it belongs to: numbers or words of the list" in ended.screen
    assert "-> Revenue Management\n" in ended.screen
    assert "-> $199.00, paid by you\n" in ended.screen
    assert "Paid on [today, Mon Nov 23 2026]" in ended.screen
    assert "nowhere.pdf is not there; give the path of a PDF or picture" in ended.screen
    assert ended.screen.partition(" To be recorded:\n")[2].startswith(
        "   title         Denials\n"
        "   provider      State Chapter\n"
        "   date          Mon Nov 23 2026\n"
        "   hours         6\n"
        "   domains       Revenue Management\n"
        "   approvals     pahcom:20417\n"
        "   fee           $199.00, paid Mon Nov 23 2026\n"
        "   certificate   my certificate.pdf\n"
        " Save? [Y/n]"
    )
    assert "Recorded ce-3" in ended.screen
    assert "21 -> 15 h to go by Apr 23 2027" in ended.screen
    assert portfolio(folder)["ce"][-1] == {
        "id": "ce-3", "title": "Denials", "provider": "State Chapter", "date": date(2026, 11, 23), "hours": 6,
        "domains": ["Revenue Management"], "approvals": ["pahcom:20417"],
    }  # fmt: skip
    assert portfolio(folder)["expense"] == [
        {"id": "expense-1", "records": ["ce-3"], "what": "fee", "amount": 199, "paid": date(2026, 11, 23)}
    ]
    assert portfolio(folder)["proof"][0]["path"] == "proofs/ce-3-my-certificate.pdf"


def test_what_lies_ahead_is_asked_again_unless_it_is_planned(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce --title Denials --hours 2", "", "12/24/2026", "n", "today", "", "", "0", "", "")
    assert "Thu Dec 24 2026, is after today; what is still to come is planned Is it planned? [Y/n]" in flat(ended)
    assert portfolio(folder)["ce"][-1]["date"] == date(2026, 11, 23)
    assert "expense" not in portfolio(folder)
    ended = talk("add-ce --planned", "Denials", "", "", "12/24/2026", "2", "", "", "", "")
    assert "Certificate" not in ended.screen
    assert "This one is needed; Ctrl-C stops, and nothing is saved." in ended.screen  # no day is offered
    assert portfolio(folder)["ce"][-1]["status"] == "planned"


def test_what_lies_ahead_is_recorded_as_planned_after_a_yes(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce", "Denials", "", "12/24/2026", "?", "", "2", "", "", "", "")
    assert "y records it as planned, n asks for the day again" in flat(ended)
    assert "   status        planned\n" in ended.screen
    assert ("--planned" in ended.screen, "Certificate" in ended.screen) == (False, False)
    assert portfolio(folder)["ce"][-1] == {
        "id": "ce-3", "title": "Denials", "provider": "State Chapter", "date": date(2026, 12, 24), "hours": 2,
        "status": "planned",
    }  # fmt: skip
    answers = ("", "x", "", "2", "", "1", "Tax", "State College", "3", "business", "may 2027", "y", "", "n", "", "")
    assert talk("init -f new.toml", *answers).code == 0
    [course] = tomllib.loads((folder / "new.toml").read_text(encoding="utf-8"))["course"]
    assert (course["status"], course["completed"]) == ("planned", "2027-05")


def test_a_typed_day_that_lies_ahead_is_asked_about_first(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce --title Denials --date 2026-12-24", "", "", "2", "", "", "", "")
    assert "Thu Dec 24 2026, is after today; what is still to come is planned Is it planned? [Y/n]" in flat(ended)
    planned = portfolio(folder)["ce"][-1]
    assert (planned["date"], planned["status"]) == (date(2026, 12, 24), "planned")
    ended = talk("add-ce --title Audits --date 2026-12-24", "n", "today", "", "2", "", "", "0", "", "")
    assert ended.code == 0
    completed = portfolio(folder)["ce"][-1]
    assert (completed["title"], completed["date"], "status" in completed) == ("Audits", date(2026, 11, 23), False)


def test_what_is_said_to_be_completed_cannot_lie_ahead(talk: Talking, write: Write) -> None:
    write(HOLDER)
    ended = talk("add-ce --title Denials --hours 2 --status completed", "", "12/24/2026", CTRL_C)
    assert "Thu Dec 24 2026, is after today; what is still to come is planned Date" in flat(ended)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ('"Coding Update"', "Coding Update"),
        ("\u201cCoding Update\u201d", "Coding Update"),
        ("\u2018Coding Update\u2019", "Coding Update"),
        ("'The Manager's Day'", "The Manager's Day"),
        ('The "Coding" Update', 'The "Coding" Update'),
        ('"Coding" or "Billing"', '"Coding" or "Billing"'),
        ('Coding "Update"', 'Coding "Update"'),
        ('"Coding Update', '"Coding Update'),
        ('"', '"'),
    ],
)
def test_quotes_around_a_whole_answer_are_not_kept(
    talk: Talking, write: Write, folder: Path, typed: str, kept: str
) -> None:
    write(HOLDER)
    assert talk("add-ce --provider x --date today --hours 2", typed, "", "", "", "", "").code == 0
    assert portfolio(folder)["ce"][-1]["title"] == kept


def test_quotes_around_one_of_several_answers_are_not_kept(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER.replace("pahcom.cmm", "pahcom.hitcm-pp"))
    answers = ("", '"Risk, Finance"', "", "", "", "")
    assert talk("add-ce --title x --provider y --hours 2", *answers).code == 0
    assert talk("add-ce --title z --provider y --hours 2", "", '"Risk", Finance', "", "", "", "").code == 0
    assert [ce.get("domains") for ce in portfolio(folder)["ce"][2:]] == [["Risk", "Finance"]] * 2


def test_what_was_typed_is_not_asked_again(talk: Talking, write: Write) -> None:
    write(HOLDER)
    ended = talk("add-job --title Clerk --start 2024 --end 2020 --setting hospital --duty billing", "X", "n", CTRL_D)
    assert ended.screen.count(" : ") == 3
    assert "Employer" in ended.screen
    assert "`end` of the new job (2020) is before `start`" in ended.screen
    assert "< goes back to change it, Enter stops" in ended.screen
    assert ended.code == 130


def test_nothing_is_asked_where_nothing_is_missing(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    assert talk(["add-ce", "Denials", "--provider", "x", "--date", "today", "--hours", "2"]).code == 0
    assert talk("add-credential hitcm-pp").code == 0
    assert len(portfolio(folder)["ce"]) == 3


def test_an_end_before_the_start_is_asked_again(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-job", "Sample Clinic", "Clerk", "2024", "2020", "", "hosp", "n", "billing,coding", "")
    assert "is before `start`" in ended.screen
    assert portfolio(folder)["job"] == [
        {
            "id": "job-1", "employer": "Sample Clinic", "title": "Clerk", "start": "2024", "setting": "hospital",
            "manages": False, "duties": ["billing", "coding"],
        }
    ]  # fmt: skip


def test_money_may_have_its_signs_and_is_said_back(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-expense", "ce-99", "ce-1 ce-2", "fee", "$1,349.00", "nov 20 2026", "", "", "y")
    assert "there is no record `ce-99`; did you mean `ce-" in ended.screen
    assert "-> $1,349.00\n" in ended.screen
    assert portfolio(folder)["expense"] == [
        {"id": "expense-1", "records": ["ce-1", "ce-2"], "what": "fee", "amount": 1349, "paid": date(2026, 11, 20)}
    ]


def test_the_one_credential_on_record_is_offered(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-renewal --by exam", "", "nov 20 2026", "", "")
    assert " Credential [cmm] " in ended.screen
    assert portfolio(folder)["renewal"][0]["credential"] == "pahcom.cmm"
    ended = talk("add-credential", "cmmm", "1", "hitcm-pp", "mar 2 2026", "0042", "", "", "", "")
    assert "    1 cmm  2 hitcm-pp\n Credential, such as cmm  " in ended.screen
    assert "`cmmm` is none of these; did you mean cmm?" in ended.screen
    assert "pahcom.cmm is already on record; `cmmctl edit pahcom.cmm` changes it" in ended.screen
    assert "   credential    pahcom.hitcm-pp\n   earned        Mon Mar 2 2026\n" in ended.screen
    assert portfolio(folder)["credential"][-1] == {
        "id": "pahcom.hitcm-pp", "earned": date(2026, 3, 2), "number": "0042",
    }  # fmt: skip


def test_removing_asks(talk: Talking, write: Write, folder: Path) -> None:
    before = write(HOLDER).read_bytes()
    ended = talk("remove", "ce-1 ce-2", "n")
    assert (
        "  ce-1  Coding Update - State Chapter\n  ce-2  Coding Update 2028 - State Chapter (planned)\n" in ended.screen
    )
    assert (ended.code, ended.screen.endswith("Nothing was removed.\n")) == (0, True)
    assert (folder / "portfolio.toml").read_bytes() == before
    assert talk("remove ce-1", CTRL_C).code == 130
    assert (folder / "portfolio.toml").read_bytes() == before
    assert talk("remove ce-1", "y").code == 0
    assert [ce["id"] for ce in portfolio(folder)["ce"]] == ["ce-2"]


def test_done_asks_when_it_took_place(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("done", "ce-2", "tomorow", '"2026-12-01"', "")
    assert "`tomorow` is not a date" in ended.screen
    assert "Tue Dec 1 2026 is after today; it can be noted once it has taken place" in flat(ended)
    assert "-> Mon Nov 23 2026\n" in ended.screen
    assert portfolio(folder)["ce"][1]["date"] == date(2026, 11, 23)


def test_show_asks_which(talk: Talking, write: Write) -> None:
    write(HOLDER)
    ended = talk("show", "?", "ce-1")
    assert "for example: cmmctl show ce-7" in ended.screen
    assert "Coding Update" in ended.screen


def test_every_command_asks_for_what_it_cannot_do_without(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    (folder / "my seminars.csv").write_text("title,provider,date,hours\nPrivacy,x,2026-03-02,1\n", encoding="utf-8")
    assert "for example: cmmctl logged ce-11 ce-12" in talk("logged", "?", "ce-1, ce-1").screen
    assert portfolio(folder)["ce"][0]["logged"] == date(2026, 11, 23)
    assert "ce-1" in talk("explain", "ce-1").screen
    assert talk("import", "'my seminars.csv' ", "y").code == 0
    assert portfolio(folder)["ce"][-1]["title"] == "Privacy"
    assert "Copied and verified" in talk("backup", "copies").screen
    assert (folder / "copies").is_dir()


@pytest.mark.parametrize(
    "arguments", ["add-ce --no-input", "add-ce --json", "init --no-input", "show --json", "remove"]
)
def test_nobody_is_asked_who_does_not_want_to_be(
    talk: Talking, write: Write, arguments: str, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    write(HOLDER)
    if arguments.startswith("init"):
        monkeypatch.setenv("CMMCTL_FILE", str(folder / "new.toml"))
    elif arguments == "remove":
        arguments = "remove ce-1 --no-input"
    ended = talk(arguments)
    assert ended.code == 2
    assert "needs" in ended.screen


def test_an_import_asks_before_it_writes(talk: Talking, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    table = folder / "seminars.csv"
    table.write_text("title,provider,date,hours\nPrivacy,State Chapter,2026-03-02,1\n", encoding="utf-8")
    asked = talk(f"import {table}", "n")
    assert (asked.code, "Write 1 record" in asked.screen, path.read_bytes()) == (0, True, before)
    assert talk(f"import {table}", "y").code == 0
    assert portfolio(folder)["ce"][-1]["title"] == "Privacy"


LESSONS = ("Healthcare Finance", "", "3", "2", "may 2026", "A", "4 5", "1200", "may 20 2026", "", "y")
SCHOOL = """
[[course]]
id = "course-1"
title = "Payroll"
institution = "State College"
credits = 4
subject = "healthcare"
completed = "2025-12"
"""


def test_another_course_from_the_same_institution(talk: Talking, write: Write, folder: Path) -> None:
    write(SCHOOL)
    ended = talk("add-course", *LESSONS, "y", "Tax Law", "", "<", "-", "3", "", "", "", "", "", "", "", "n")
    assert ended.code == 0
    assert "Another course from State College? [y/N]" in ended.screen
    assert ended.screen.count("College [State College]") == 1  # it is not asked again
    for offered in ("College credits [3]", "Subject [business]", "Finished (a month or a year will do) [May 2026"):
        assert offered in ended.screen
    assert portfolio(folder)["course"][1:] == [
        {
            "id": "course-2", "title": "Healthcare Finance", "institution": "State College", "credits": 3,
            "subject": "business", "completed": "2026-05", "topics": ["payroll", "tax"], "grade": "A",
        },
        {
            "id": "course-3", "title": "Tax Law", "institution": "State College", "credits": 3, "subject": "business",
            "completed": "2026-05",
        },
    ]  # fmt: skip
    assert portfolio(folder)["expense"] == [
        {"id": "expense-1", "records": ["course-2"], "what": "tuition", "amount": 1200, "paid": date(2026, 5, 20)}
    ]


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_who_stops_in_the_second_course_keeps_the_first(talk: Talking, write: Write, folder: Path, key: str) -> None:
    write(SCHOOL)
    ended = talk("add-course", *LESSONS, "y", "Tax Law", key)
    assert ended.code == 130
    said = "This is saved: recorded course-2, Healthcare Finance - State College, 3 college credits, with expense-1."
    assert " ".join(ended.screen.split()).endswith(said)
    assert [course["id"] for course in portfolio(folder)["course"]] == ["course-1", "course-2"]


def test_going_back_to_the_first_question_keeps_what_was_said(talk: Talking, write: Write, folder: Path) -> None:
    write("")
    ended = talk(
        "add-training", "Front desk", "", "self", "9", "<", "<", "<", "<", "<",
        "Front desk courtesy", "", "", "12", "-", "1 priv", "",
    )  # fmt: skip
    assert "  This is the first question.\n" in ended.screen
    assert " Session or notice [Front desk] " in ended.screen
    assert " Who held it: self, or a role [self] " in ended.screen
    assert " How many came [9] " in ended.screen
    assert portfolio(folder)["training"] == [
        {
            "id": "training-1", "title": "Front desk courtesy", "date": date(2026, 11, 23), "facilitator": "self",
            "attendees": 12, "topics": ["customer-service", "privacy"],
        }
    ]  # fmt: skip


def test_what_was_said_the_last_time_is_offered(talk: Talking, write: Write, folder: Path) -> None:
    write(
        """
        [profile]
        name = "Office Manager"
        employer = "Sample Clinic"

        [[credential]]
        id = "pahcom.cmm"
        earned = 2025-04-23
        """
    )
    ended = talk("add-job", "", "Clerk", "2020", "2021", "2", "n", "2", "")
    assert " Employer [Sample Clinic] " in ended.screen
    ended = talk("add-job", "-", "Office Manager", "2022", "", "", "", "2 3", "")
    assert " Kind of place [hospital] " in ended.screen
    assert portfolio(folder)["job"][1] == {
        "id": "job-2", "employer": "-", "title": "Office Manager", "start": "2022", "setting": "hospital",
        "duties": ["billing", "coding"],
    }  # fmt: skip
    ended = talk("add-membership", "", "2023", "jan 31 2027", "", "", "")
    assert " Association, such as PAHCOM [PAHCOM] " in ended.screen


MONEY = """
[[ce]]
id = "ce-1"
title = "Coding Update"
provider = "State Chapter"
date = 2026-05-30
hours = 3

[[expense]]
id = "expense-1"
records = ["ce-1"]
what = "fee"
amount = 199
"""


def test_a_claim_and_its_payment(talk: Talking, write: Write, folder: Path) -> None:
    write(MONEY)
    ended = talk("add-claim", "ce-1", "", "", "")
    assert "    ce-1  Coding Update - State Chapter  May 30 2026\n What it covers (ids) " in ended.screen
    assert " Claim handed in on [today, Mon Nov 23 2026] " in ended.screen
    assert "   asked         $199.00\n Save?" in ended.screen
    ended = talk("add-payment", "ce-1", "", "", "199", "")
    assert "  ce-1 is no claim\n Claim [claim-1] " in ended.screen
    assert portfolio(folder)["payment"] == [
        {"id": "payment-1", "claim": "claim-1", "date": date(2026, 11, 23), "amount": 199}
    ]
    assert portfolio(folder)["claim"] == [
        {"id": "claim-1", "entries": ["ce-1"], "filed": date(2026, 11, 23), "asked": 199}
    ]


def test_a_claim_can_be_a_request_and_what_cannot_be_claimed_is_said_before_the_end(
    talk: Talking, write: Write, folder: Path
) -> None:
    write(MONEY)
    ended = talk("add-claim ce-1", "nov 20 2026", "", "")
    assert portfolio(folder)["claim"] == [{"id": "claim-1", "entries": ["ce-1"], "requested": date(2026, 11, 20)}]
    ended = talk("add-claim ce-1", "", "today", "<", "nov 21 2026", "")
    assert flat(ended).count("ce-1 is already in claim-1; hand in that one: `cmmctl edit claim-1 filed=") == 2
    assert (ended.code, len(portfolio(folder)["claim"])) == (1, 1)
    assert talk("add-claim ce-1 --filed today").code == 1  # where nothing was asked, nothing can be gone back to


def test_an_answer_and_an_audit(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    assert talk("add-answer", "", "e-mail from PAHCOM", "", "9", "Nine will do.", "").code == 0
    assert talk("add-audit", "", "nov 2 2026", "dec 2 2026", "", "").code == 0
    assert portfolio(folder)["answer"] == [
        {
            "id": "answer-1", "credential": "pahcom.cmm", "source": "e-mail from PAHCOM", "date": date(2026, 11, 23),
            "credits_required": 9, "text": "Nine will do.",
        }
    ]  # fmt: skip
    assert portfolio(folder)["audit"][0]["reply_by"] == date(2026, 12, 2)


def test_somebodys_own_figures_are_asked_for_by_no_list(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-credential --required 36 --cycle-months 24", "aapc.cppm", "", "", "", "")
    assert "1 cmm" not in ended.screen
    assert portfolio(folder)["credential"][-1] == {"id": "aapc.cppm", "required": 36, "cycle_months": 24}


@pytest.mark.parametrize("answers", [("n",), ("<", "", "n")])
def test_a_no_at_the_end_saves_nothing(talk: Talking, write: Write, folder: Path, answers: tuple[str, ...]) -> None:
    before = write(HOLDER).read_bytes()
    ended = talk("add-degree", "State College", "Associate", "2009", "Business", "", *answers)
    assert (ended.code, ended.screen.endswith("\n Nothing was saved.\n")) == (0, True)
    assert (folder / "portfolio.toml").read_bytes() == before


# Twins and plans

SAME = ["add-ce", "coding  UPDATE", "--provider", "state chapter", "--date", "2026-05-30", "--hours", "3"]
CAME = ["add-ce", "Coding Update 2028", "--provider", "State Chapter", "--date", "nov 20 2026", "--hours", "5.5"]


def test_what_looks_the_same_is_asked_about_before_it_is_written(talk: Talking, write: Write, folder: Path) -> None:
    before = write(HOLDER).read_bytes()
    ended = talk(SAME, "")
    assert "\n ce-1 looks the same: Coding Update - State Chapter, May 30 2026, 3 CE hours\n" in ended.screen
    assert "Add it all the same? [y/N]" in ended.screen
    assert (ended.code, ended.screen.endswith("\n Nothing was saved.\n")) == (0, True)
    assert (folder / "portfolio.toml").read_bytes() == before
    ended = talk(["add-ce"], "Coding Update", "", "may 30 2026", "3", "", "", "", "", "y")  # after an interview too
    assert "   hours         3\n\n ce-1 looks the same" in ended.screen
    assert [ce["id"] for ce in portfolio(folder)["ce"]] == ["ce-1", "ce-2", "ce-3"]
    assert talk([*SAME, "--force"]).code == 0
    assert len(portfolio(folder)["ce"]) == 4


def test_a_plan_that_took_place_is_completed_with_all_that_was_said(talk: Talking, write: Write, folder: Path) -> None:
    before = write(HOLDER).read_bytes()
    (folder / "c.pdf").write_bytes(b"%PDF-1.7")
    ended = talk([*CAME, "--approved", "7", "--fee", "199", "--certificate", "c.pdf"], "")
    assert "ce-2 is on record: Coding Update 2028 - State Chapter (planned), Dec 1 2026, 6 CE hours" in flat(ended)
    assert "Is this it? [Y/n]" in ended.screen
    assert "Done: ce-2" in ended.screen
    assert "with expense-1  $199.00 fee - ce-2" in ended.screen
    assert portfolio(folder)["ce"][1:] == [
        {
            "id": "ce-2", "title": "Coding Update 2028", "provider": "State Chapter", "date": date(2026, 11, 20),
            "hours": 5.5, "approvals": ["pahcom:7"],
        }
    ]  # fmt: skip
    assert portfolio(folder)["proof"][0]["records"] == ["ce-2"]
    assert talk("undo").code == 0  # it was one change
    assert (folder / "portfolio.toml").read_bytes() == before


def test_a_plan_that_took_place_earlier_did_not_begin_later(talk: Talking, write: Write, folder: Path) -> None:
    write(
        HOLDER.replace("date = 2026-12-01", "start = 2026-11-30\ndate = 2026-12-01")
        + """
        [[course]]
        id = "course-1"
        title = "Tax"
        institution = "State College"
        credits = 3
        subject = "business"
        status = "in-progress"
        start = "2026-09"
        """
    )
    assert talk(CAME, "").code == 0
    assert "start" not in portfolio(folder)["ce"][1]
    words = ["--institution", "State College", "--credits", "3", "--subject", "business", "--completed", "nov 20 2026"]
    assert talk(["add-course", "Tax", *words], "").code == 0
    assert portfolio(folder)["course"] == [
        {
            "id": "course-1", "title": "Tax", "institution": "State College", "credits": 3, "subject": "business",
            "start": "2026-09", "completed": date(2026, 11, 20),
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "answers", "said"),
    [
        ("add-ce", ("?",), "the title on the certificate, such as Coding Update"),
        (
            "add-ce --title x --provider y",
            ("nov 20",),
            "`nov 20` is not a date; write the year too, as in `Nov 20 2026`",
        ),
        ("add-ce --title x --provider y", ("tomorrow",), "write the day itself, as in `2026-11-24`"),
        ("add-payment", ("?",), "the claim it came for, such as claim-1"),
        ("add-job", ("?",), "who you work or worked for, such as Sample Clinic"),
        ("add-job --employer x --start 2024", ("y", "", "", "?"), "managing a medical office: y for yes, n for no"),
        ("add-credential --due 2027-04-23", ("2", "?"), "the day it was certified, such as 2026-03-02; leave out"),
        ("init -f x.toml", ("?",), "the folder that holds your record and your certificates, such as ~/"),
        ("init -f x.toml", ("", "x", "", "?"), "preparing for it: you want to sit the exam; another"),
        ("init -f x.toml", ("", "x", "", "3", "?"), "pahcom.hitcm-pp: "),
        ("init -f x.toml", ("", "x", "", "2", "", "?"), "later: with `cmmctl add-course`, or many with"),
        ("add-ce --title x --provider y", ("?",), "the day, or its last day, such as 2026-03-02 "),
        ("add-ce --title x --provider y", ("31.11.2026",), "as in `3/22/2026` or `2026-03-22`"),
        ("add-ce --title x --provider y --date today", ("?",), "hours on the certificate, such as 1.5 or 1h20m "),
        ("add-ce --title x --provider y --date today", ("1h20m",), "-> 80 minutes "),
        ("add-ce --title x --provider y --date today", ("six",), "write `1.5`, `1h20m` or `80m`"),
        ("add-ce --title x --provider y --date today", ("6", "204"), "-> pahcom:204 "),
        ("add-training --title x --date today", (), "Recorded training-1"),
        ("add-training --title x", ("", "", "", "45m"), "-> 0.75 h "),
        ("add-expense ce-1 --what fee", ("?",), "how much, such as 349.00 "),
        ("add-expense ce-1 --what fee", ("12,5",), "has a comma; write a decimal point, as in `1.5`"),
        ("add-expense ce-1", ("fees",), "`fees` is none of these; did you mean fee?"),
        ("add-job --employer x --title y", ("02/24",), "write the year with four digits"),
        ("add-job --employer x --start 2024", ("y", "", "", "perhaps"), "`perhaps` is not yes or no"),
        ("add-course --title x", ("y", "3", "?"), "a number or word of the list, such as 1, or healthcare"),
        (
            "add-job --employer x --title y",
            ("2024", "", "", "", "?"),
            "what is part of the job: numbers or words of the list, such as 1 2, or patient care",
        ),
    ],
)
def test_help_and_wrong_answers_give_an_example_and_ask_again(
    talk: Talking, write: Write, arguments: str, answers: tuple[str, ...], said: str
) -> None:
    write(HOLDER)
    ended = talk(arguments, *answers, *([CTRL_C] if answers else []))
    assert said in flat(ended)
    assert ended.code == (130 if answers else 0)


@pytest.mark.parametrize("columns", [30, 40, 80])
def test_a_conversation_wraps_at_words(
    talk: Talking, write: Write, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    write(HOLDER)
    monkeypatch.setenv("COLUMNS", str(columns))
    ended = talk(
        ["add-ce", "--title", "A long title of many words that somebody gave to a seminar", "--date", "today"],
        "", "six", "6", "?", "", "?", "Risk", "", "nowhere.pdf", "", "?", "n",
    )  # fmt: skip
    lines = ended.screen.split("\n")
    assert max(map(len, lines)) < columns + len("nowhere.pdf")  # what is typed has its own length
    assert max(len(line) for line in lines if " : " not in line) < columns
    for whole in ("Risk Management", "give the path of a PDF or picture; quotes around spaces"):
        assert whole in flat(ended)
    for line in lines:
        assert "Managem" not in line or "Management" in line
    shown = ended.screen.partition(" To be recorded:\n")[2]
    assert shown.startswith("   title         A long")
    assert columns == 80 or shown.split("\n")[1].startswith(" " * 17)


def test_what_stands_in_the_way_is_said_before_the_next_question(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-renewal", "", "nov 20 2026", "?", "<", "nov 21 2026", "")
    assert "What did you pay?" not in ended.screen
    assert ended.screen.count("< goes back to change it, Enter stops") == 3
    assert "it cannot be recorded as it is" in flat(ended)
    assert (ended.code, "renewal" in portfolio(folder)) == (1, False)


def test_costs_are_taken_to_be_paid_today(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce --title x --provider y --date 2026-03-02", "1", "", "", "?", "$5", "", "", "")
    assert "what it cost, such as 349.00; Enter where it cost nothing" in flat(ended)
    assert " Paid on [today, Mon Nov 23 2026] " in ended.screen
    ended = talk("add-expense ce-1", "fee", "6", "", "", "", "")
    assert " Paid on [today, Mon Nov 23 2026] " in ended.screen
    assert [one["paid"] for one in portfolio(folder)["expense"]] == [date(2026, 11, 23)] * 2


def test_every_question_is_explained_by_an_example() -> None:
    for kind in KINDS:
        for key in typed_keys(kind).values():
            if key.asked or key.required:
                said = question(kind, key, Context(today=date(2026, 11, 23)), {}, required=True).explain
                assert re.search("such as:? [^;]|y for yes|of the list, ", said), (kind, key.name, said)


def test_who_decides_against_the_second_course_keeps_the_first(talk: Talking, write: Write) -> None:
    write(SCHOOL)
    ended = talk("add-course", *LESSONS, "y", "Tax Law", "", "", "", "", "", "", "", "n")
    assert ended.code == 0
    assert "This is saved: recorded course-2, Healthcare Finance" in flat(ended)


def test_a_plan_may_be_another_one(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    assert talk(CAME, "n").code == 0
    assert [ce.get("status") for ce in portfolio(folder)["ce"]] == [None, "planned", None]
    ended = talk("add-ce", "Coding Update 2028", "", "nov 21 2026", "80m", "", "", "", "", "", "<", "", "")
    assert ended.screen.count(" To be recorded in ce-2:\n") == 2
    assert "   date          Sat Nov 21 2026\n   minutes       80\n Save? [Y/n]" in ended.screen
    assert portfolio(folder)["ce"][1] == {
        "id": "ce-2", "title": "Coding Update 2028", "provider": "State Chapter", "date": date(2026, 11, 21),
        "minutes": 80,
    }  # fmt: skip


# Copying

LIKE = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-1"
title = "Coding, Billing"
provider = "State Chapter"
date = 2026-05-30
minutes = 80
domains = ["Finance", "One, two"]
tags = ["live"]
place = "online"
"""


def test_what_is_copied_is_offered_in_the_questions(talk: Talking, write: Write, folder: Path) -> None:
    write(LIKE)
    ended = talk("add-ce --like ce-1", "", "", "", "", "", "", "", "", "")
    for offered in (
        "certificate [Coding, Billing]",
        "Provider [State Chapter]",
        "certificate [80m]",
        "[Finance, One, ",
    ):
        assert offered in ended.screen
    assert portfolio(folder)["ce"][1] == {
        "id": "ce-2", "title": "Coding, Billing", "provider": "State Chapter", "date": date(2026, 11, 23),
        "minutes": 80, "domains": ["Finance", "One, two"], "tags": ["live"], "place": "online",
    }  # fmt: skip
    assert talk("add-ce --like ce-1", "Denials", "", "", "2", "", "-", "", "", "").code == 0
    assert portfolio(folder)["ce"][2] == {
        "id": "ce-3", "title": "Denials", "provider": "State Chapter", "date": date(2026, 11, 23), "hours": 2,
        "tags": ["live"], "place": "online",
    }  # fmt: skip


# Nobody there

ASKING = [
    *(name for name in TABLE if name.startswith("add-")), "init", "attach", "done", "show", "remove", "edit", "logged",
    "import", "explain", "backup", "undo",
]  # fmt: skip


@pytest.mark.parametrize("name", ASKING)
def test_on_a_terminal_without_a_person_nothing_waits(
    talk: Talking, write: Write, monkeypatch: pytest.MonkeyPatch, name: str, folder: Path
) -> None:
    write(HOLDER)
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    if name == "init":
        monkeypatch.setenv("CMMCTL_FILE", str(folder / "new.toml"))
    words = {"remove": ["remove", "ce-1"], "edit": ["edit", "ce-1"], "undo": ["undo"]}.get(name, [name])
    ended = talk(words)
    assert ended.code in {1, 2}
    assert "error: " in ended.screen
    assert "hint: " in ended.screen


@pytest.mark.parametrize(("value", "asked"), [("", 1), ("0", 1), ("false", 1), ("1", 0), ("woodpecker", 0)])
def test_what_says_that_nobody_is_there(
    talk: Talking, write: Write, monkeypatch: pytest.MonkeyPatch, value: str, asked: int
) -> None:
    write(HOLDER)
    monkeypatch.setenv("CI", value)
    ended = talk("show", *[CTRL_C] * asked)
    assert ended.code == (130 if asked else 2)
