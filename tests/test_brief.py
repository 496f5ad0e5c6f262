"""`status --short`: one line for a shell's start-up file, from a process that loads neither Typer nor Rich."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cmmctl.commands import brief
from conftest import Cli, Write

HELD = '[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-23\n'
PREPARED = '[[credential]]\nid = "pahcom.cmm"\nexam = 2027-03-20\n'
MEMBER = '[[membership]]\nid = "membership-1"\nbody = "PAHCOM"\nstart = 2020-01-01\n'
JOB = '[[job]]\nid = "job-1"\nemployer = "Sample Clinic"\ntitle = "Office Manager"\nstart = {}\n'
COURSE = (
    '[[course]]\nid = "course-1"\ntitle = "Healthcare Finance"\ninstitution = "State College"\ncredits = 12\n'
    'subject = "business"\n{}\n'
)
AUDIT = '[[audit]]\nid = "audit-1"\ncredential = "pahcom.cmm"\nletter = 2026-11-01\nreply_by = 2026-12-01\n'


def ce(hours: str, day: str, more: str = "") -> str:
    named = '[[ce]]\nid = "ce-1"\ntitle = "Coding Update"\nprovider = "State Chapter"\n'
    return f"{named}date = {day}\nhours = {hours}\n{more}"


LATE = "2027-04-25"
EVERY = "(12 h for every reading)"
APPROVED = 'approvals = ["pahcom:1"]\n'
FILED = '[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2027-04-23\nfiled = 2027-01-04\n'
ASSUMED = "due = 2027-04-23\ndue_assumed = true\n"
YEARS = JOB.format("2020-01-01")
LATELY = JOB.format("2023-12-01")
PASSED = COURSE.format("completed = 2024-05-01")
PLANNED = COURSE.format('status = "planned"\ncompleted = 2026-12-18')


@pytest.mark.parametrize(
    ("records", "on", "line"),
    [
        # Two readings ask 24 h by Apr 23 2027, the third 12 h by Apr 23 2026 and 12 h in the year after it.
        (HELD + ce("14.5", "2025-11-05"), "2026-12-01", f"CMM: 143 days, 9.5 h to go {EVERY}"),
        (HELD + ce("14.5", "2025-11-05"), "2027-04-22", f"CMM: 1 day, 9.5 h to go {EVERY}"),
        (HELD + ce("14.5", "2025-11-05"), "2027-04-23", f"CMM: 0 days, 9.5 h to go {EVERY}"),
        (HELD + ce("30", "2026-05-05", APPROVED), "2026-12-01", f"CMM: 143 days, nothing to go {EVERY}"),
        (HELD, "2025-12-01", "CMM: 143 days, 12 h to go (12-month reading), then 508 days, 24 h to go"),
        (HELD + ce("10.5", "2025-11-05"), LATE, "CMM: date passed 2 days ago, 13.5 h short"),
        (HELD + ce("24", "2025-11-05"), LATE, "CMM: date passed 2 days ago, nothing short"),
        (HELD + FILED, "2027-02-01", "CMM: 81 days, filed"),
        (HELD + ASSUMED, "2026-11-23", "CMM: 151 days, 24 h to go, date assumed"),
        (
            HELD + AUDIT,
            "2026-11-23",
            "CMM: 151 days, 24 h to go; CMM: answer the audit letter by Tue Dec 1 2026, in 8 days",
        ),
        (HELD + "ended = 2026-01-01\n", "2026-11-23", None),
        # Who prepares for it: 36 months and 12 credits.
        (YEARS + PASSED + MEMBER, "2026-11-23", "CMM: you may sit the exam, by these records"),
        (PREPARED + LATELY + PASSED, "2026-11-23", "CMM: exam possible in 8 days, Dec 1 2026, exam in 117 days"),
        (YEARS + PLANNED, "2026-11-23", "CMM: exam possible in 25 days, Dec 18 2026, if what is planned is passed"),
        (YEARS, "2026-11-23", "CMM: ask PAHCOM whether you may sit the exam"),
        (PREPARED, "2028-01-01", "CMM: not yet eligible for the exam"),
    ],
)
def test_how_everything_stands_in_one_line(cli: Cli, write: Write, records: str, on: str, line: str | None) -> None:
    write(records)
    ended = cli("status", "--short", "--as-of", on)
    assert (ended.code, ended.out, ended.err) == (0, f"{line}\n" if line else "", "")


def test_one_of_several(cli: Cli, write: Write) -> None:
    write(HELD + '[[credential]]\nid = "own.com"\nearned = 2026-01-01\nrequired = 10\ncycle_months = 12\n')
    assert cli("status", "--short").out == "COM: 39 days, 10 h to go; CMM: 151 days, 24 h to go\n"
    assert cli("status", "com", "--short").out == "COM: 39 days, 10 h to go\n"


def test_with_check_it_says_by_its_exit_code_that_something_needs_attention(cli: Cli, write: Write) -> None:
    assert cli("status", "--short", "--check").code == 0
    write(HELD)
    assert cli("status", "--short", "--check").code == 3


@pytest.mark.parametrize("form", ["--json", "--plain"])
def test_it_is_a_form_of_its_own(cli: Cli, form: str) -> None:
    ended = cli("status", "--short", form)
    assert ended.code == 2
    assert "`--short` is a form of its own" in (ended.out if form == "--json" else ended.err)


def run(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Start it as a shell does, and list on standard error what was imported."""
    return subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cmmctl", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        text=True,
        encoding=encoding,
        check=False,
    )


def imported(ended: subprocess.CompletedProcess[str]) -> set[str]:
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in ended.stderr.splitlines() if "|" in line}


def test_it_loads_neither_typer_nor_rich(write: Write) -> None:
    path = write(HELD)
    expected = "CMM: 151 days, 24 h to go\n"
    for words in ((), ("--file", str(path)), ("-f", str(path))):
        for line in (("status", "--short", *words), (*words, "status", "--short")):
            ended = run(*line)
            assert (ended.returncode, ended.stdout) == (0, expected)
            assert {"cmmctl", "toml_rs"} <= imported(ended)
            assert imported(ended).isdisjoint({"typer", "rich", "tomli"})
    ended = run("status", "--short", "--as-of", "2026-12-01")
    assert (ended.returncode, ended.stdout) == (0, "CMM: 143 days, 24 h to go\n")
    assert "typer" in imported(ended)


def test_without_a_portfolio_it_is_silent(cli: Cli, folder: Path) -> None:
    ended = run("status", "--short")
    assert (ended.returncode, ended.stdout) == (0, "")
    assert all("|" in line for line in ended.stderr.splitlines())
    assert cli("status", "--short", "--as-of", "today").out == ""
    assert list(folder.iterdir()) == []


def test_what_is_wrong_is_said_as_ever(cli: Cli, write: Write) -> None:
    write(HELD + "due = 3\n")
    ended = run("status", "--short")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert [line for line in ended.stderr.splitlines() if "|" not in line] == cli("status").err.splitlines()


def test_an_output_that_is_full(write: Write) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    write(HELD)
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "cmmctl", "status", "--short"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1


def test_only_a_plain_request_is_answered_at_once(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(HELD)
    assert brief.said(["status", "--short"])
    assert capsys.readouterr().out == "CMM: 151 days, 24 h to go\n"
    for words in (["status", "--short", "--check"], ["status", "cmm", "--short"], ["hours", "--short"], ["--short"]):
        assert not brief.said(words)
    assert capsys.readouterr().out == ""


def test_what_stands_in_the_file_is_not_obeyed(cli: Cli, write: Write, folder: Path) -> None:
    write(HELD.replace("pahcom.cmm", "own.com"))
    (folder / "rulesets").mkdir()
    text = cli("rules", "--template").out.replace('short = "COM"', 'short = "\\u001b[31mCOM"')
    (folder / "rulesets" / "own.toml").write_text(text, encoding="utf-8")
    assert "\x1b" not in cli("status", "--short").out
