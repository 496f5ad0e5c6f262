"""Questions on a real terminal: a pseudo-terminal whose other end is typed on, one line at every prompt."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from conftest import Write

PROMPT = b" : "
CTRL_C, CTRL_D = "\x03", "\x04"
SECONDS = 20


class Talk(NamedTuple):
    """What stood on the terminal in the end, and how the command ended."""

    code: int
    screen: str

    def after(self, words: str) -> str:
        """Give the rest of the line that follows the last of these words."""
        return self.screen.rpartition(words)[2].partition("\n")[0]


Talking = Callable[..., Talk]


@pytest.fixture
def talk(folder: Path) -> Talking:
    """Run a command on a terminal of 80 columns, typing one answer at every prompt."""

    def run(arguments: str, *answers: str) -> Talk:
        master, slave = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "cmmctl", *arguments.split()], stdin=slave, stdout=slave, stderr=slave, cwd=folder,
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - one thread
        )  # fmt: skip
        os.close(slave)
        try:
            screen = _typed(master, list(answers))
            return Talk(process.wait(SECONDS), screen.decode().replace("\r\n", "\n"))
        finally:
            os.close(master)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    return run


def _typed(master: int, answers: list[str]) -> bytes:
    """Type until nobody reads any more; give everything that was shown."""
    screen = b""
    while True:
        ready, _, _ = select.select([master], [], [], SECONDS)
        assert ready, f"the command waits, having said: {screen.decode()}"
        try:
            shown = os.read(master, 4096)
        except OSError:  # the terminal is gone with its last reader
            return screen
        if not shown:
            return screen
        screen += shown
        if screen.endswith(PROMPT):
            assert answers, f"one more question than answers: {screen.decode()}"
            answer = answers.pop(0)
            os.write(master, answer.encode() if answer in {CTRL_C, CTRL_D} else f"{answer}\n".encode())


def portfolio(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "portfolio.toml").read_text(encoding="utf-8"))


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


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
    assert "To be written: 1 profile, 1 credential, 1 membership, 1 ce, 1 job, in " in ended.screen
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
        "2", "2027-03-20", "", "Payroll", "State College", "3", "business", "may 2027", "may 2026", "4 5", "y", "", "",
        "",
    )  # fmt: skip
    assert ended.code == 0
    assert "file is a file; name a folder." in ended.screen
    assert "Fri May 1 2027, is after today" not in ended.screen
    assert "Sat May 1 2027, is after today" in ended.screen
    assert "The job is left out: it needs title and first day (cmmctl add-job)." in ended.screen
    assert "To be written: 1 profile, 1 credential, 1 course, in " in ended.screen
    assert tomllib.loads((other / "portfolio.toml").read_text(encoding="utf-8")) == {
        "schema": 1,
        "profile": {"name": "Office Manager", "department": "Front"},
        "credential": [{"id": "pahcom.cmm", "exam": date(2027, 3, 20)}],
        "course": [
            {
                "id": "course-1", "title": "Payroll", "institution": "State College", "credits": 3,
                "subject": "business", "completed": "2026-05", "topics": ["payroll", "tax"],
            }
        ],
    }  # fmt: skip
    assert "May I sit the exam?" in talk("").screen  # the folder is remembered


def test_the_holder_of_another_credential_begins_without_a_due_date(talk: Talking, folder: Path) -> None:
    ended = talk("init", "", "Office Manager", "", "3", "1", "mar 2 2020", "?", "", "2", "", "y")
    assert ended.code == 0
    assert "Enter if you do not know it: Thu Mar 2 2028 is assumed" in ended.screen
    assert portfolio(folder)["credential"] == [
        {"id": "pahcom.hitcm-pp", "earned": date(2020, 3, 2), "due": date(2028, 3, 2), "due_assumed": True}
    ]
    assert {"job", "ce", "membership"}.isdisjoint(portfolio(folder))


def test_a_due_date_that_fits_no_cycle_is_said(talk: Talking, folder: Path) -> None:
    ended = talk("init", "", "Office Manager", "", "1", "2025-04-23", "2027-04-30", "2", "", CTRL_C)
    assert "-> Fri Apr 30 2027, which ends no published cycle since Apr 23 2025: check both days\n" in ended.screen
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
        ("", "x", "", "2", "", "2", "", "n"),
    ],
)
def test_init_broken_off_writes_nothing(talk: Talking, folder: Path, answers: tuple[str, ...]) -> None:
    ended = talk("init", *answers)
    assert ended.code == 130
    assert ended.screen.endswith("\nNothing was saved.\n")
    assert files(folder) == []


def test_init_into_a_folder_that_has_a_portfolio_asks_again(talk: Talking, folder: Path, write: Write) -> None:
    (folder / "old").mkdir()
    write(HOLDER).rename(folder / "old" / "portfolio.toml")
    ended = talk("init", "old", CTRL_C)
    assert "There is already a portfolio in " in ended.screen
    assert files(folder) == ["old"]


def test_after_the_seminar(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce", "Denials", "", "", "six", "6", "?", "1", "20417")
    assert ended.code == 0
    assert ended.after("Provider [State Chapter]").strip() == ":"
    assert "Date [today, Mon Nov 23 2026]" in ended.screen
    assert "`six` is not a number of hours" in ended.screen
    assert "the issuer's domains it belongs to: numbers or words of the list" in ended.screen
    assert "-> Revenue Management\n" in ended.screen
    assert "Recorded ce-3" in ended.screen
    assert "21 -> 15 h to go by Apr 23 2027" in ended.screen
    assert portfolio(folder)["ce"][-1] == {
        "id": "ce-3", "title": "Denials", "provider": "State Chapter", "date": date(2026, 11, 23), "hours": 6,
        "domains": ["Revenue Management"], "approvals": ["pahcom:20417"],
    }  # fmt: skip


def test_what_lies_ahead_is_asked_again_unless_it_is_planned(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-ce --title Denials --hours 2", "", "12/24/2026", "today")
    assert "Thu Dec 24 2026, is after today; what is still to come is planned" in ended.screen
    assert portfolio(folder)["ce"][-1]["date"] == date(2026, 11, 23)
    ended = talk("add-ce --planned", "Denials", "", "", "12/24/2026", "2", "", "")
    assert "This one is needed; Ctrl-C stops, and nothing is saved." in ended.screen  # no day is offered
    assert portfolio(folder)["ce"][-1]["status"] == "planned"


def test_only_what_is_missing_is_asked_where_something_was_said(talk: Talking, write: Write) -> None:
    write(HOLDER)
    ended = talk("add-job --title Clerk --start 2024 --end 2020", CTRL_D)
    assert ended.screen.count(" : ") == 1
    assert "The employer" in ended.screen
    assert ended.code == 130


def test_an_end_before_the_start_is_asked_again(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-job", "Sample Clinic", "Clerk", "2024", "2020", "", "hosp", "n", "billing,coding")
    assert "is before `start`" in ended.screen
    assert portfolio(folder)["job"] == [
        {
            "id": "job-1", "employer": "Sample Clinic", "title": "Clerk", "start": "2024", "setting": "hospital",
            "manages": False, "duties": ["billing", "coding"],
        }
    ]  # fmt: skip


def test_money_may_have_its_signs_and_is_said_back(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-expense", "ce-99", "ce-1 ce-2", "fee", "$1,349.00", "nov 20 2026")
    assert "there is no record `ce-99`; did you mean `ce-" in ended.screen
    assert "-> $1,349.00\n" in ended.screen
    assert portfolio(folder)["expense"] == [
        {"id": "expense-1", "records": ["ce-1", "ce-2"], "what": "fee", "amount": 1349, "paid": date(2026, 11, 20)}
    ]


def test_the_one_credential_on_record_is_offered(talk: Talking, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = talk("add-renewal --by exam", "", "nov 20 2026")
    assert "The credential [cmm]" in ended.screen
    assert portfolio(folder)["renewal"][0]["credential"] == "pahcom.cmm"
    ended = talk("add-credential", "cmmm", "hitcm-pp", "mar 2 2026", "")
    assert "`cmmm` is no known credential; did you mean `cmm`?" in ended.screen
    assert "The credential, such as cmm  " in ended.screen
    assert portfolio(folder)["credential"][-1] == {"id": "pahcom.hitcm-pp", "earned": date(2026, 3, 2)}


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
    ended = talk("done", "ce-2", "tomorow", "")
    assert "`tomorow` is not a date" in ended.screen
    assert "-> Mon Nov 23 2026\n" in ended.screen
    assert portfolio(folder)["ce"][1]["date"] == date(2026, 11, 23)


def test_show_asks_which(talk: Talking, write: Write) -> None:
    write(HOLDER)
    ended = talk("show", "?", "ce-1")
    assert "for example: cmmctl show ce-7" in ended.screen
    assert "Coding Update" in ended.screen


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
