"""A damaged portfolio: what is wrong and where, from every command, and not a byte of it changed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import TODAY, Cli, Write

GOOD = """\
schema = 1

[profile]
name = "Office Manager"

[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = 2020-01-06

[[ce]]
id = "ce-1"
title = "Coding Update"
provider = "State Chapter"
date = 2026-03-18
hours = 4
"""

# What is replaced by what, the line that is wrong then, and what is said about it.
DAMAGED = {
    "no schema": ("schema = 1\n", "", 1, "the file does not say `schema = 1`"),
    "schema as text": ("schema = 1", 'schema = "1"', 1, "`schema` must be 1"),
    "schema zero": ("schema = 1", "schema = 0", 1, "`schema` must be 1"),
    "schema true": ("schema = 1", "schema = true", 1, "`schema` must be 1"),
    "newer schema": ("schema = 1", "schema = 2", 1, "the file was written by a newer cmmctl (schema 2)"),
    "no profile": ('[profile]\nname = "Office Manager"\n', "", 1, "the file has no `[profile]` table"),
    "several profiles": ("[profile]", "[[profile]]", 3, "`profile` must be written as one `[profile]` table"),
    "profile as text": ('[profile]\nname = "Office Manager"', 'profile = "x"', 3, "`profile` must be written as one"),
    "profile without name": ('name = "Office Manager"', "", 3, "profile has no `name`"),
    "empty name": ('name = "Office Manager"', 'name = " "', 4, "`name` of profile must not be empty"),
    "wrong type": ('title = "Coding Update"', "title = 5", 18, "`title` of ce-1 must be text in quotes, not `5`"),
    "text for a date": ("2026-03-18", '"2026-03-18"', 20, "`date` of ce-1 must be a date without quotes"),
    "time of day": ("2026-03-18", "2026-03-18T10:00:00", 20, "`date` of ce-1 must be a date without a time"),
    "impossible day": ("2026-03-18", "2026-02-30", 20, "this is not TOML: `2026-02-30` is no date"),
    "day beyond the calendar": ("2026-03-18", "9999-12-31", 20, "`date` of ce-1 has a year outside 1900 to 2200"),
    "sloppy date": ("2026-03-18", "3/18/2026", 20, "this is not TOML: `3/18/2026` is no date"),
    "not a number": ("hours = 4", "hours = nan", 21, "`hours` of ce-1 must be a number, not `NaN`"),
    "infinity": ("hours = 4", "hours = -inf", 21, "`hours` of ce-1 must be a number, not `-Infinity`"),
    "true for a number": ("hours = 4", "hours = true", 21, "`hours` of ce-1 must be a number, not true"),
    "negative hours": ("hours = 4", "hours = -4", 21, "`hours` of ce-1 must be more than zero, not `-4`"),
    "no hours at all": ("hours = 4", "hours = 0", 21, "`hours` of ce-1 must be more than zero, not `0`"),
    "absurd hours": ("hours = 4", "hours = 1e30", 21, "`hours` of ce-1 must be at most 9999"),
    "absurd number": ("hours = 4", "hours = " + "9" * 5000, 21, "this is not TOML: this is too long"),
    "absurd exponent": ("hours = 4", "hours = 1e99999999999999999999", 21, "this is not TOML: this is too long"),
    "absurd nesting": ("hours = 4", "hours = " + "[" * 100_000, 21, "this is not TOML: this is too long"),
    "absurd number without ten digits": ('"ce-1"', "0x" + "f" * 5000, 17, "this is not TOML: this is too long"),
    "absurd schema": ("schema = 1", "schema = 0x" + "f" * 5000, 1, "this is not TOML: this is too long"),
    "absurd path": ("hours = 4", "a." * 400 + "a = 4", 16, "this is not TOML: this is too long"),
    "fine print": ("hours = 4", "hours = 4.00001", 21, "`hours` of ce-1 must not have more than 4 decimals"),
    "two figures": ("hours = 4", "hours = 4\nminutes = 240", 22, "ce-1 has both `hours` and `minutes`"),
    "no figure": ("hours = 4\n", "", 16, "ce-1 has no `hours`"),
    "missing key": ('provider = "State Chapter"\n', "", 16, "ce-1 has no `provider`"),
    "end before start": (
        "start = 2020-01-06",
        "start = 2020-01-06\nend = 2019-12-31",
        15,
        "`end` of job-1 (2019-12-31)",
    ),
    "due before earned": ("earned = 2025-04-23", "earned = 2025-04-23\ndue = 2024-04-23", 9, "`due` of pahcom.cmm"),
    "unknown choice": (
        "start = 2020-01-06",
        'start = 2020-01-06\nsetting = "hospitel"',
        15,
        "did you mean `hospital`?",
    ),
    "unknown credential": ("pahcom.cmm", "pahcom.cmn", 7, "there is no rule set for `pahcom.cmn`"),
    "unknown edition": (
        "earned = 2025-04-23",
        'earned = 2025-04-23\nedition = "anual"',
        9,
        "`anual` of pahcom.cmm is no",
    ),
    "credential nobody holds": (
        "hours = 4",
        'hours = 4\ncredentials = ["aapc.cppm"]',
        22,
        "`aapc.cppm` of ce-1 is no known",
    ),
    "empty list": ("hours = 4", "hours = 4\ndomains = []", 22, "`domains` of ce-1 must not be an empty list"),
    "no id": ('id = "ce-1"\n', "", 16, "[[ce]] number 1 has no `id`"),
    "odd id": ('"ce-1"', '"seminar one"', 17, "the id of [[ce]] number 1 must look like `ce-1`"),
    "number for an id": ('"ce-1"', "1", 17, "the id of [[ce]] number 1 must look like `ce-1`"),
    "id of another kind": ('"ce-1"', '"job-2"', 17, "the id of [[ce]] number 1 must look like `ce-1`"),
    "duplicate key": ("hours = 4", "hours = 4\nhours = 5", 22, "this is not TOML: a key or table stands twice"),
    "one bracket": ("[[ce]]", "[ce]", 16, "`ce` must be written as `[[ce]]` blocks"),
    "a kind as text": ("schema = 1", 'schema = 1\njob.title = "x"', 11, "a key or table stands twice"),
    "unknown kind": ("[[ce]]", "[[cee]]", 16, "`cee` is no kind of record"),
    "open quotes": ('"Coding Update"', '"Coding Update', 18, "a text in quotes is not closed"),
    "no quotes": ('"Coding Update"', "Coding Update", 18, "this is not TOML: invalid value"),
    "cut off": ("hours = 4\n", "hours = ", 21, "this is not TOML: invalid value"),
    "merge conflict": ("hours = 4", "<<<<<<< HEAD\nhours = 4\n=======\nhours = 5\n>>>>>>> other", 21, "merge conflict"),
}
# Whole files that are wrong: their bytes, the line, and what is said.
UNREADABLE = {
    "empty": (b"", 1, "the file is empty"),
    "blank": (b"\xef\xbb\xbf \r\n\n", 1, "the file is empty"),
    "comments alone": (b"# my record\n", 1, "the file is empty"),
    "Latin-1": (GOOD.replace("Coding", "Codificaci\xf3n").encode("latin-1"), 18, "the file is not UTF-8 text"),
    "UTF-16": (GOOD.encode("utf-16"), 1, "the file is not UTF-8 text"),
    "zeros after a crash": (GOOD.encode() + bytes(512), 22, "this is not TOML"),
    "truncated in a text": (GOOD.encode()[:-50], 19, "this is not TOML"),
    "a picture": (b"\x89PNG\r\n\x1a\n", 1, "the file is not UTF-8 text"),
    "JSON": (b'{"schema": 1}\n', 1, "this is not TOML"),
    "carriage returns": (GOOD.replace("hours = 4", "hours = 0").replace("\n", "\r\n").encode(), 21, "`hours` of ce-1"),
    "byte order mark": (b"\xef\xbb\xbf" + GOOD.replace("hours = 4", "hours = 0").encode(), 21, "`hours` of ce-1"),
    "same id twice": (
        GOOD.encode() + b'\n[[ce]]\nid = "ce-1"\ntitle = "a"\nprovider = "b"\ndate = 2026-04-01\nhours = 1\n',
        24,
        "the id ce-1 stands twice",
    ),
}

REPORTS = ["status", "eligibility", "recert", "hours", "list", "list ce", "show ce-1", "costs", ""]
CHANGES = [
    "add-ce Privacy --provider PAHCOM --date 2026-04-01 --hours 1",
    "add-expense ce-1 --what fee --amount 20",
    "edit ce-1 hours=5",
    "done ce-1",
    "remove ce-1 --yes",
]


def _first(text: str) -> str:
    return text.partition("\n")[0]


def _damaged(name: str) -> str:
    old, new, _, _ = DAMAGED[name]
    assert GOOD.count(old) >= 1
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize("name", DAMAGED)
def test_every_command_names_the_line_and_changes_nothing(cli: Cli, folder: Path, name: str) -> None:
    _, _, line, message = DAMAGED[name]
    path = folder / "portfolio.toml"
    path.write_bytes(_damaged(name).encode())
    before = path.read_bytes()
    for command in (*REPORTS, *CHANGES):
        found = cli(*command.split())
        assert found.code == 1, command
        assert _first(found.err).startswith(f"error: portfolio.toml:{line}: "), command
        assert message in found.err
        assert not found.out
    assert path.read_bytes() == before
    assert cli("check").out.lstrip().startswith(f"error: portfolio.toml:{line}: ")


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_is_wrong_as_a_whole(cli: Cli, folder: Path, name: str) -> None:
    content, line, message = UNREADABLE[name]
    path = folder / "portfolio.toml"
    path.write_bytes(content)
    for command in (*REPORTS, *CHANGES):
        found = cli(*command.split())
        assert found.code == 1, command
        assert _first(found.err).startswith(f"error: portfolio.toml:{line}: {message}"), command
        assert not found.out
    assert path.read_bytes() == content
    checked = cli("check")
    assert checked.code == 1
    assert checked.out.lstrip().startswith(f"error: portfolio.toml:{line}: {message}")


@pytest.mark.parametrize("name", DAMAGED)
def test_programs_get_the_same_as_json(cli: Cli, folder: Path, name: str) -> None:
    _, _, line, message = DAMAGED[name]
    (folder / "portfolio.toml").write_bytes(_damaged(name).encode())
    for command in (("status", "--json"), ("remove", "ce-1", "--yes", "--json")):
        found = cli(*command)
        assert found.code == 1
        assert found.json["cmmctl"] == 1
        assert found.json["command"] == command[0]
        first = found.json["errors"][0]
        assert first["file"] == "portfolio.toml"
        assert first["line"] == line
        assert any(message in error["message"] for error in found.json["errors"])
        assert {error["code"] for error in found.json["errors"]} <= {"bad-value", "file-broken", "schema-newer"}
    checked = cli("check", "--json")
    assert checked.code == 1
    assert {**checked.data[0], "message": "", "hint": ""} == {
        "severity": "error",
        "where": f"portfolio.toml:{line}",
        "message": "",
        "hint": "",
    }


def test_the_undamaged_portfolio_is_in_order(cli: Cli, folder: Path) -> None:
    (folder / "portfolio.toml").write_text(GOOD, encoding="utf-8")
    for command in REPORTS:
        assert cli(*command.split()).code == 0, command
    assert cli("check").out.lstrip().startswith("warning: portfolio.toml:16: ce-1: no subject is recorded")


def test_a_portfolio_that_is_not_there(cli: Cli, folder: Path) -> None:
    for command in (*REPORTS[:-1], *CHANGES, "check"):
        found = cli(*command.split())
        assert found.code == 1, command
        path = folder / "portfolio.toml"
        assert found.err == f"error: there is no portfolio at {path}\nhint: run `cmmctl init` to begin one\n", command
    assert cli("status", "--json").json["errors"] == [
        {
            "message": f"there is no portfolio at {folder / 'portfolio.toml'}",
            "code": "file-missing",
            "hint": "run `cmmctl init` to begin one",
        }
    ]
    assert list(folder.iterdir()) == []


def test_a_folder_in_its_place(cli: Cli, folder: Path) -> None:
    path = folder / "portfolio.toml"
    path.mkdir()
    for command in (*REPORTS, *CHANGES, "check"):
        found = cli(*command.split())
        assert found.code == 1, command
        assert _first(found.err) == f"error: {path} is a folder, not a portfolio", command
    assert cli("hours", "--json").json["errors"][0]["code"] == "file-broken"
    assert list(path.iterdir()) == []


def test_everything_is_said_at_once_in_the_order_of_the_file(cli: Cli, write: Write) -> None:
    """
    schema = 1
    scheme = 2

    [profile]
    name = 5
    titel = "Office Manager"

    [[ce]]
    id = "ce-1"
    title = "Coding Update"
    date = "2026-03-18"
    start = 2026-03-20
    credentials = ["pahcom.cmx", "pahcom.cmm"]

    [[ce]]
    id = "ce-1"
    title = "Privacy"
    provider = "PAHCOM"
    date = 2026-04-01
    start = 2026-04-02
    hours = -1
    minutes = 90
    domains = ["Finance", 7, ""]

    [[seminar]]
    id = "seminar-1"

    [[degree]]
    degree = "Associate of Science"
    institution = "State College"
    """
    write(str(test_everything_is_said_at_once_in_the_order_of_the_file.__doc__))
    expected = [
        ("5", "`name` of profile must be text in quotes, not `5`"),
        ("8", "ce-1 has no `provider`"),
        ("8", "ce-1 has no `hours`"),
        ("11", "`date` of ce-1 must be a date without quotes, such as 2026-03-02, not the text `2026-03-18`"),
        ("13", "`pahcom.cmx` of ce-1 is no known credential"),
        ("16", "the id ce-1 stands twice"),
        ("19", "`date` of ce-1 (2026-04-01) is before `start` (2026-04-02)"),
        ("21", "`hours` of ce-1 must be more than zero, not `-1`"),
        ("22", "ce-1 has both `hours` and `minutes`; keep the one that is printed"),
        ("23", "`domains` of ce-1 must be text in quotes, not `7`"),
        ("23", "`domains` of ce-1 must not be empty"),
        ("25", "`seminar` is no kind of record"),
        ("28", "[[degree]] number 1 has no `id`"),
        ("28", "[[degree]] number 1 is completed and has no `completed` date"),
    ]
    checked = cli("check", "--json")
    assert checked.code == 1
    errors = [finding for finding in checked.data if finding["severity"] == "error"]
    assert [(finding["where"].removeprefix("portfolio.toml:"), finding["message"]) for finding in errors] == expected
    told = [f"error: portfolio.toml:{line}: {message}" for line, message in expected]
    assert [line for line in cli("status").err.splitlines() if line.startswith("error")] == told
    odd = [finding for finding in checked.data if finding["severity"] == "warning"]
    assert [(finding["where"], finding["message"], finding["hint"]) for finding in odd] == [
        ("portfolio.toml:2", "the file has the unknown key `scheme`", "did you mean `schema`?"),
        ("portfolio.toml:6", "profile has the unknown key `titel`", "did you mean `title`?"),
    ]


def test_a_wrong_command_line_ends_with_2_and_a_wrong_file_with_1(cli: Cli, folder: Path) -> None:
    path = folder / "portfolio.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert cli("edit", "ce-1", "hours=-1").code == 2
    assert cli("status", "--colour").code == 2
    assert cli("status", "--as-of", "2026-02-30").code == 2
    assert cli("show", "ce-9").code == 1
    path.write_text(GOOD.replace("hours = 4", "hours = 0"), encoding="utf-8")
    assert cli("edit", "ce-1", "hours=3").code == 1
    assert cli("status", "--file", "").code == 1


# What people and programs do to a text: they delete, insert and replace, and rarely with sense.
SAMPLE = (Path(__file__).parents[1] / "src" / "cmmctl" / "samples" / "holder.toml").read_text(encoding="utf-8")
PIECES = st.sampled_from(
    ["", "\n", '"', '"""', "[[", "]]", "[", "{", "}", "=", "#", ",", "-", "nan", "0001-01-01", "9999-12-31", "1e999"]
)
EDITS = st.lists(
    st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 60), PIECES | st.text(max_size=6)), min_size=1, max_size=4
)


@given(EDITS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_edits_never_end_in_a_traceback(cli: Cli, folder: Path, edits: list[tuple[int, int, str]]) -> None:
    text = SAMPLE
    for at, length, piece in edits:
        text = text[:at] + piece + text[at + length :]
    path = folder / "portfolio.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    before = path.read_bytes()
    broken = cli("check", "--as-of", TODAY).code
    assert broken in {0, 1}
    for command in ("status", "hours --json", "list --plain"):
        assert cli(*command.split()).code == broken
    assert path.read_bytes() == before
