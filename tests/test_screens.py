"""What people see, state by state: expected screens lie in `golden/`, one file each.

Look at a changed screen before accepting it: `pytest tests/test_screens.py --update-golden`, then read the diff.
"""

import re
import shlex
from importlib import resources
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cmmctl.cli import TABLE, app
from conftest import GOLDEN, Cli, Golden, Write

Patch = pytest.MonkeyPatch
MEMBER = """
[[membership]]
id = "membership-1"
body = "PAHCOM"
start = 2020-02-01
end = 2028-01-31
"""
MANAGER = """
[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = {start}
"""


def credential(name: str = "pahcom.cmm", **keys: str) -> str:
    """A `[[credential]]`; a value is written as it stands."""
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(["", "[[credential]]", f'id = "{name}"', *lines, ""])


def ce(number: int, date: str, hours: float, *more: str) -> str:
    """A `[[ce]]` of healthcare, and the proof of it; further lines are written as they stand."""
    block = [
        f'[[ce]]\nid = "ce-{number}"\ntitle = "Session {number}"\nprovider = "State Chapter"',
        f'date = {date}\nhours = {hours}\nsubject = "healthcare"\ndomains = ["Finance"]',
        *more,
        f'\n[[proof]]\nid = "proof-{number}"\nrecords = ["ce-{number}"]\nrole = "certificate"',
        f'path = "proofs/{number}.pdf"\nsha256 = "{number:064}"\n',
    ]
    return "\n".join(["", *block])


def course(number: int, credits_: float, subject: str, *more: str) -> str:
    """A college course; further lines are written as they stand."""
    lines = [
        f'[[course]]\nid = "course-{number}"\ntitle = "Course {number}"\ninstitution = "State College"',
        f'credits = {credits_}\nsubject = "{subject}"',
        *more,
    ]
    return "\n".join(["", *lines, ""])


HELD = credential(earned="2023-04-23", due="2027-04-23")
APPROVED = 'approvals = ["pahcom:20417"]'
ALL_HOURS = ce(1, "2026-06-12", 12, APPROVED) + ce(2, "2026-09-03", 12)
CANDIDATE = credential(exam="2027-03-20")
NINE_CREDITS = course(1, 9, "healthcare", "completed = 2025-05-09")
HITCM = credential("pahcom.hitcm-pp", earned="2025-09-01")

STATES = {
    "year-1": credential(earned="2026-04-23") + MEMBER + ce(1, "2026-09-03", 10),
    "on-pace": HELD + MEMBER + ce(1, "2026-06-12", 11, APPROVED) + ce(2, "2026-09-03", 11),
    "behind": HELD + MEMBER + ce(1, "2026-06-12", 2, APPROVED),
    "at-risk": credential(earned="2023-01-15", due="2027-01-15") + MEMBER + ce(1, "2026-06-12", 12, APPROVED),
    "past-due": credential(earned="2023-04-23", due="2025-04-23") + MEMBER + ce(1, "2025-04-23", 20),
    "due-assumed": credential(earned="2023-04-23", due="2027-04-23", due_assumed="true") + MEMBER + ALL_HOURS,
    "membership-short": HELD + MEMBER.replace("2028-01-31", "2026-10-31") + ALL_HOURS,
    "meets": HELD + MEMBER + ALL_HOURS,
    "filed": HELD
    + MEMBER
    + ALL_HOURS
    + '\n[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2027-04-23\nfiled = 2026-11-02\n',
    "accepted": HELD
    + MEMBER
    + ALL_HOURS
    + '\n[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2027-04-23\nfiled = 2026-11-02\n'
    + "accepted = 2026-11-20\n",
    "filed-short": HELD
    + MEMBER
    + ce(1, "2026-09-03", 20)
    + '\n[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2027-04-23\nfiled = 2026-11-02\n',
    "pinned": credential(
        earned="2023-04-23",
        due="2027-04-23",
        edition='"handbook-2015"',
        edition_source='"e-mail from PAHCOM, Mar 2 2026"',
    )
    + MEMBER
    + ce(1, "2026-06-12", 20, APPROVED)
    + ce(2, "2026-09-03", 6),
    "pinned-without-source": credential(earned="2026-04-23", edition='"annual"')
    + MEMBER
    + ce(1, "2026-06-12", 12, APPROVED),
    "hitcm-pp": HITCM + ce(1, "2026-09-03", 24),
    "own-figures": credential("sample.com", earned="2025-09-01", required="30", cycle_months="36")
    + ce(1, "2026-09-03", 12.25),
    "own-figures-there": credential("sample.com", earned="2025-09-01", required="10", cycle_months="36")
    + ce(1, "2026-09-03", 12.25),
    "refusals": credential(earned="2026-04-23")
    + MEMBER
    + "".join(ce(n, f"2026-0{n}-02", n, 'activity = "self-study"') for n in (5, 6, 7, 8))
    + ce(9, "2026-12-05", 4, 'status = "planned"')
    + course(1, 3, "business", "completed = 2026-10-02"),
    "earlier-short": credential(earned="2025-04-24") + MEMBER + ce(1, "2026-03-03", 10) + ce(2, "2026-09-03", 13),
    "everything": credential(earned="2025-04-24", due="2027-04-24", due_assumed="true")
    + MEMBER.replace("2028-01-31", "2026-10-31")
    + ce(1, "2026-03-03", 10)
    + "".join(ce(n, f"2026-0{n}-02", n, 'activity = "self-study"') for n in (5, 6, 7))
    + ce(8, "2026-10-01", 1, 'status = "planned"'),
    "two": HELD + HITCM + MEMBER + ce(1, "2026-06-12", 6, APPROVED) + ce(2, "2026-09-03", 12),
    "three": HELD
    + HITCM
    + credential("sample.com", earned="2025-09-01", required="30", cycle_months="36")
    + MEMBER
    + ce(1, "2026-06-12", 6, APPROVED)
    + ce(2, "2026-09-03", 12),
    "two-without-hours": HELD + HITCM,
    "held-and-prepared-for": HITCM + CANDIDATE + MEMBER + ce(1, "2026-06-12", 6) + NINE_CREDITS,
    "ended": credential(earned="2023-04-23", ended="2026-04-30"),
    "nothing": "",
    "eligible": CANDIDATE
    + MEMBER
    + MANAGER.format(start="2020-01-06")
    + NINE_CREDITS
    + course(2, 3, "business", "completed = 2025-12-12"),
    "ask": CANDIDATE + MANAGER.format(start='"2020"') + NINE_CREDITS,
    "answered": CANDIDATE
    + MANAGER.format(start="2020-01-06")
    + NINE_CREDITS
    + '\n[[answer]]\nid = "answer-1"\ncredential = "pahcom.cmm"\nsource = "e-mail from PAHCOM"\n'
    + "date = 2026-10-05\ncredits_required = 10\n",
    "applied": credential(exam="2026-12-01", applied="2026-11-02")
    + MANAGER.format(start="2024-03-01")
    + NINE_CREDITS
    + course(2, 3, "business", "completed = 2026-12-12", 'status = "planned"'),
    "waiting": CANDIDATE
    + MANAGER.format(start="2024-02-12")
    + NINE_CREDITS
    + course(2, 3, "business", "completed = 2025-12-12", 'topics = ["payroll", "tax"]'),
    "no-rule-found": credential("pahcom.hitcm-pp") + MEMBER,
}


def sample(name: str) -> str:
    """A packaged sample."""
    return (resources.files("cmmctl") / "samples" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("state", STATES)
def test_status(state: str, cli: Cli, write: Write, golden: Golden) -> None:
    write(STATES[state])
    shown = cli("status").out
    golden(f"status-{state}", shown)
    assert max(map(len, shown.splitlines())) <= 79
    assert len(shown.splitlines()) <= 22
    assert (
        re.search(r"^ cmmctl counts, .* decides?\. .*: cmmctl (explain|rules)", shown, re.MULTILINE) or state == "ended"
    )


@pytest.mark.parametrize(
    "state",
    ["year-1", "on-pace", "pinned", "ask", "no-rule-found", "own-figures-there", "refusals", "filed", "two", "nothing"],
)
@pytest.mark.parametrize("report", ["eligibility", "recert", "hours"])
def test_reports(report: str, state: str, cli: Cli, write: Write, golden: Golden) -> None:
    write(STATES[state])
    shown = cli(report).out
    golden(f"{report}-{state}", shown)
    assert max(map(len, shown.splitlines())) <= 79


@pytest.mark.parametrize("who", ["holder", "candidate"])
def test_demo(who: str, cli: Cli, golden: Golden) -> None:
    shown = cli("demo", who)
    golden(f"demo-{who}", shown.out)
    assert shown.err == ""


@pytest.mark.parametrize("columns", [100, 60, 40])
@pytest.mark.parametrize("command", ["status", "recert", "hours", "eligibility", "list"])
def test_widths(command: str, columns: int, cli: Cli, write: Write, golden: Golden, monkeypatch: Patch) -> None:
    write(sample("holder"))
    monkeypatch.setenv("COLUMNS", str(columns))
    shown = cli(command).out
    golden(f"{command}-at-{columns}", shown)
    assert max(map(len, shown.splitlines())) <= columns


@pytest.mark.parametrize(
    "arguments", [("list",), ("list", "ce"), ("show", "ce-8"), ("show", "cmm"), ("rules",), ("rules", "cmm")]
)
def test_looking(arguments: tuple[str, ...], cli: Cli, write: Write, golden: Golden) -> None:
    write(sample("holder"))
    golden("-".join(arguments), cli(*arguments).out)


def test_a_portfolio_with_nothing_in_it(cli: Cli, write: Write) -> None:
    write("")
    assert cli("list", "ce").out == " Nothing is recorded here yet.\n"
    assert cli("recert").out == cli("hours").out == " No credential is held yet: cmmctl add-credential\n"
    assert cli("check").out == " portfolio.toml: nothing is wrong.\n"


def test_figures_of_ones_own_have_no_source(cli: Cli, write: Write, golden: Golden) -> None:
    write(STATES["own-figures"])
    golden("rules-own-figures", cli("rules", "com").out)


def test_check_shows_every_problem_with_its_place_and_what_mends_it(cli: Cli, write: Write, golden: Golden) -> None:
    write(HELD + ce(1, "2026-09-03", -2, 'subjcet = "business"') + ce(2, "2026-09-03", 2, 'activity = "semminar"'))
    golden("check-errors", cli("check").out)


def test_rule_sets_of_ones_own_say_so(cli: Cli, write: Write, golden: Golden) -> None:
    folder = write(credential("sample.com", earned="2025-09-01") + ce(1, "2026-09-03", 12)).parent / "rulesets"
    folder.mkdir()
    (folder / "sample.com.toml").write_text(cli("rules", "--template").out)
    cmm = (resources.files("cmmctl") / "rulesets" / "pahcom.cmm.toml").read_text(encoding="utf-8")
    (folder / "pahcom.cmm.toml").write_text(cmm)
    golden("rules-own", cli("rules").out)
    golden("rules-own-com", cli("rules", "com").out)
    golden("status-own-rules", cli("status").out)
    golden("hours-own-rules", cli("hours").out)
    assert cli("rules", "cmm").out.endswith(" Note: pahcom.cmm: your own rule set in place of the packaged one\n")


# What the contract says of the words on screens, checked on every expected screen.

SCREENS = sorted(GOLDEN.glob("*.txt"))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda path: path.stem)
def test_the_issuers_words_are_left_to_the_issuer(screen: Path) -> None:
    words = screen.read_text(encoding="utf-8")
    assert not re.search(
        r"\bmet\b|compliant|decertif|audit-ready", words.replace("/decertification", ""), re.IGNORECASE
    )
    for meets in re.findall(r"records meet .*", " ".join(words.split())):
        assert re.match(r"records meet .+ as checked on \w{3} \d+ \d{4}\.|.* your own figures\.", meets)


@pytest.mark.parametrize(
    "screen", [path for path in SCREENS if not path.stem.startswith("rules")], ids=lambda p: p.stem
)
def test_the_first_mention_says_which_unit_is_meant(screen: Path) -> None:
    words = " ".join(screen.read_text(encoding="utf-8").split())
    first = re.search(r"(\S+) (hours|credits)\b", words)
    assert first is None or first[1] in {"CE", "college", "College", "[college"}, first


def test_a_screen_needs_nothing_but_ascii(cli: Cli, write: Write, golden: Golden) -> None:
    write(sample("holder"))
    in_ascii = CliRunner(charset="ascii").invoke(app, ["demo"]).stdout
    golden("demo-ascii", in_ascii)
    assert in_ascii.isascii()
    boxes = str.maketrans("█░─│╭╮╰╯├┤┬┴┼", "#--|+++++++++"[:13])
    assert [len(line) for line in in_ascii.splitlines()] == [
        len(line.translate(boxes)) for line in cli("demo").out.splitlines()
    ]


def test_year_one_leads_with_the_first_date(cli: Cli, write: Write) -> None:
    write(STATES["year-1"])
    first, second, third = cli("status").out.splitlines()[2:5]
    assert " ".join(first.split()) == "First date Fri Apr 23 2027, in 151 days (12-month reading): 2 h to go"
    assert " ".join(second.split()) == "Recertify by Sun Apr 23 2028, in 517 days: 14 h to go"
    assert " ".join(third.split()) == "CE hours [████████░░░░░░░░░░░░] 10 of 24 ON PACE in all 3 readings"


@pytest.mark.parametrize(
    ("state", "headline"),
    [
        ("on-pace", "ON PACE in all 3 readings"),
        ("behind", "BEHIND in 3 of 3 readings"),
        ("at-risk", "AT RISK in 2 of 3 readings"),
        ("past-due", "DATE PASSED"),
        ("membership-short", "HOURS THERE, MEMBERSHIP SHORT"),
        ("meets", "MEETS ALL 3 READINGS"),
        ("filed", "FILED Nov 2 2026"),
        ("accepted", "ACCEPTED Nov 20 2026"),
        ("pinned", "BEHIND"),  # 26 hours of 24, and still 6 recognized ones short
        ("pinned-without-source", "MEETS 12 h every 12 months"),
        ("own-figures-there", "MEETS YOUR OWN FIGURES"),
    ],
)
def test_the_headline_is_the_worst_reading_that_is_not_set_aside(
    state: str, headline: str, cli: Cli, write: Write
) -> None:
    write(STATES[state])
    date = next(line for line in cli("status").out.splitlines() if line.startswith(" Recertify by"))
    assert date.endswith(f"  {headline}")


def test_a_bar_is_not_full_while_a_part_is_missing(cli: Cli, write: Write) -> None:
    write(STATES["pinned"])
    assert "[███████████████░░░░░]  20 + 6 of 24" in cli("status").out


@pytest.mark.parametrize("state", STATES)
def test_every_step_is_a_command_there_is(state: str, cli: Cli, write: Write) -> None:
    write(STATES[state])
    steps = cli("status", "--json").data["next"]
    assert len(steps) <= 3
    for step in steps:
        program, name, *_ = shlex.split(step["command"])
        assert (program, name in TABLE) == ("cmmctl", True)
        assert step["command"] in cli("status").out
    if state not in {"accepted", "ended"}:
        assert steps


def test_a_planned_entry_that_lies_back_and_an_audit_come_first(cli: Cli, write: Write, golden: Golden) -> None:
    audit = '[[audit]]\nid = "audit-1"\ncredential = "pahcom.cmm"\nletter = 2026-11-01\nreply_by = 2026-12-05\n'
    write(STATES["everything"] + audit)
    shown = cli("status").out
    golden("status-audit", shown)
    assert [line.split("  ")[1:3] for line in shown.splitlines() if line.startswith(("  1", "  2"))] == [
        ["1", "answer the CMM audit by Dec 5 2026"],
        ["2", "did ce-8 take place on Oct 1 2026?"],
    ]
