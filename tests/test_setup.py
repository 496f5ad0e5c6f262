"""Beginning, and what surrounds a portfolio: init, demo, rules, check, path."""

import json
import os
import stat
from pathlib import Path

import pytest

from conftest import Cli, Write

BEGUN = """\
# One person's certification record, kept by cmmctl and by hand alike: https://toml.io
# Never enter patient information or a social security number.
schema = 1

[profile]
name = "Office Manager"
"""


@pytest.fixture
def elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of one's own, where no variable says where the portfolio is."""
    monkeypatch.delenv("CMMCTL_FILE")
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.chdir(folder)
    return folder


def files(folder: Path) -> list[str]:
    found = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(str(path) for path in found if ".cmmctl" not in path.parts)


def test_init_begins_a_record_that_nobody_else_can_read(cli: Cli, folder: Path) -> None:
    ended = cli("init", "--name", "Office Manager")
    path = folder / "portfolio.toml"
    assert (ended.code, ended.err) == (0, "")
    assert path.read_text(encoding="utf-8") == BEGUN
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert f"Begun:{path}" in "".join(ended.out.split())  # a long path wraps
    assert cli("status").code == 0


def test_init_takes_every_key_of_the_profile(cli: Cli, folder: Path) -> None:
    words = [
        "--claim-days", "60", "--title", "Manager", "--employer", "Sample Clinic", "--department", "Front",
        "--email", "a@b.c",
        "--phone", "1", "--manager", "M", "--employee-id", "0042", "--other-name", "A", "--other-name", "B",
        "--note", "n",
    ]  # fmt: skip
    data = cli("init", "--name", "Office Manager", *words, "--json").data
    assert data == {
        "id": "profile", "kind": "profile", "effect": [], "path": str(folder / "portfolio.toml"),
        "record": {
            "kind": "profile", "id": "profile", "name": "Office Manager", "title": "Manager",
            "employer": "Sample Clinic", "department": "Front", "email": "a@b.c", "phone": "1", "manager": "M",
            "employee_id": "0042", "other_names": ["A", "B"], "claim_days": 60, "note": "n",
        },
    }  # fmt: skip
    assert list(cli("show", "profile", "--json").data) == list(data["record"])


def test_init_takes_an_array_under_the_name_of_its_key_too(cli: Cli) -> None:
    data = cli("init", "--name", "x", "--other-names", "A", "--other-name", "B", "--json").data
    assert data["record"]["other_names"] == ["A", "B"]


@pytest.mark.parametrize(
    ("words", "code", "slug", "message"),
    [
        ((), 2, "usage", "init needs `--name`"),
        (("--employer", "x"), 2, "usage", "init needs `--name`"),
        (("--name", " "), 2, "bad-value", "`--name` must not be empty"),
        (("--name", "x", "--claim-days", "soon"), 2, "bad-value", "`--claim-days`: `soon` is not a whole number"),
    ],
)
def test_init_that_cannot_begin_writes_nothing(
    cli: Cli, folder: Path, words: tuple[str, ...], code: int, slug: str, message: str
) -> None:
    ended = cli("init", *words, "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (code, slug)
    assert ended.json["errors"][0]["message"].startswith(message)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", ["", "not TOML at all", BEGUN])
def test_init_leaves_what_is_there_alone(cli: Cli, folder: Path, content: str) -> None:
    path = folder / "portfolio.toml"
    path.write_text(content, encoding="utf-8")
    ended = cli("init", "--name", "x", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "exists")
    assert ended.json["errors"][0]["hint"] == "run `cmmctl status` to look at it"
    assert path.read_text(encoding="utf-8") == content


def test_init_leaves_a_link_to_nowhere_alone(cli: Cli, folder: Path) -> None:
    (folder / "portfolio.toml").symlink_to(folder / "away" / "portfolio.toml")
    assert cli("init", "--name", "x").code == 1
    assert not (folder / "away").exists()


def test_init_twice_is_refused(cli: Cli, folder: Path) -> None:
    cli("init", "--name", "Office Manager")
    assert cli("init", "--name", "Somebody Else").code == 1
    assert (folder / "portfolio.toml").read_text(encoding="utf-8") == BEGUN


def test_the_default_place_is_the_users_data_folder(cli: Cli, elsewhere: Path) -> None:
    assert cli("path", "--json").data == {
        "path": str(elsewhere / "data" / "cmmctl" / "portfolio.toml"), "decided_by": "default", "exists": False,
    }  # fmt: skip
    cli("init", "--name", "Office Manager")
    assert files(elsewhere) == ["data/cmmctl/portfolio.toml"]


def test_a_folder_chosen_at_init_is_remembered(cli: Cli, elsewhere: Path) -> None:
    ended = cli("init", "--name", "Office Manager", "--folder", "my record")
    assert (ended.code, ended.err) == (0, "")
    assert files(elsewhere) == ["config/cmmctl/folder", "my record/portfolio.toml"]
    assert cli("path", "--json").data == {
        "path": str(elsewhere / "my record" / "portfolio.toml"), "decided_by": "init", "exists": True,
    }  # fmt: skip
    assert cli("show", "profile", "--json").data["name"] == "Office Manager"
    assert cli("init", "--name", "x").code == 1


def test_a_folder_that_a_variable_overrules_is_said(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    ended = cli("init", "--name", "x", "--folder", str(folder / "other"))
    assert ended.code == 0
    assert "warning: without `--file`, CMMCTL_FILE still decides on" in ended.err
    assert f"name it with `-f {folder / 'other' / 'portfolio.toml'}`" in ended.err


def test_a_folder_that_cannot_be_remembered_is_said(cli: Cli, elsewhere: Path) -> None:
    (elsewhere / "config").write_text("a file where the settings go", encoding="utf-8")
    ended = cli("init", "--name", "x", "--folder", "other")
    assert ended.code == 0
    assert f"warning: {elsewhere / 'other' / 'portfolio.toml'} is there, but cannot remember the folder" in ended.err
    assert (elsewhere / "other" / "portfolio.toml").exists()


def test_a_second_computer_takes_up_the_record_in_a_folder(cli: Cli, elsewhere: Path) -> None:
    cli("init", "--name", "Office Manager", "-f", "synchronised/portfolio.toml")
    record = elsewhere / "synchronised" / "portfolio.toml"
    before = record.read_bytes()
    ended = cli("init", "--folder", "synchronised")
    assert (ended.code, ended.out, ended.err) == (0, f"Your record is now {record}\n", "")
    assert cli("path", "--json").data == {"path": str(record), "decided_by": "init", "exists": True}
    assert cli("init", "--folder", "synchronised", "--json").data == {"path": str(record)}
    assert record.read_bytes() == before


def test_a_record_in_a_folder_is_not_begun_again(cli: Cli, elsewhere: Path) -> None:
    cli("init", "--name", "Office Manager", "-f", "synchronised/portfolio.toml")
    ended = cli("init", "--folder", "synchronised", "--name", "x")
    assert ended.code == 1
    assert "`cmmctl init --folder` with the folder alone takes it up" in ended.err
    (elsewhere / "other" / "portfolio.toml").mkdir(parents=True)
    assert cli("init", "--folder", "other").code == 1
    assert cli("path", "--json").data["decided_by"] == "default"


def test_init_in_a_place_named_with_file_remembers_nothing(cli: Cli, elsewhere: Path) -> None:
    cli("init", "--name", "x", "-f", "here.toml")
    assert files(elsewhere) == ["here.toml"]


def test_path_says_where_and_why(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = cli("path")
    assert ended.out == f"{folder / 'portfolio.toml'}\n"
    assert ended.err == "decided by CMMCTL_FILE; nothing is there yet\n"
    (folder / "portfolio.toml").write_text("broken", encoding="utf-8")
    assert cli("path").err == "decided by CMMCTL_FILE\n"
    assert cli("path", "-f", "x.toml").out == "x.toml\n"
    assert cli("path", "-f", "~/x.toml").out == f"{os.environ['HOME']}/x.toml\n"
    header, row = cli("path", "--plain").out.splitlines()
    assert header == "path\tdecided_by\texists"
    assert row == f"{folder / 'portfolio.toml'}\tCMMCTL_FILE\ttrue"
    monkeypatch.setenv("COLUMNS", "10")
    assert cli("path").out == f"{folder / 'portfolio.toml'}\n"  # for `cd "$(dirname "$(cmmctl path)")"`


def test_path_can_open_the_folder(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("typer.launch", opened.append)
    cli("path", "--open", "--json")
    assert opened == [str(folder)]


def test_a_path_is_shown_and_not_obeyed(cli: Cli) -> None:
    assert "\x1b" not in cli("path", "-f", "\x1b[31m.toml").out


def test_the_demo_writes_nothing_and_needs_nothing(cli: Cli, folder: Path) -> None:
    (folder / "rulesets").mkdir()
    (folder / "rulesets" / "broken.toml").write_text("not a rule set", encoding="utf-8")
    before = files(folder)
    ended = cli("demo")
    assert (ended.code, ended.err) == (0, "")
    for words in ("Recertify by Fri Apr 23 2027, in 151 days", "20.5 of 24", "may I sit the exam", "ce-7"):
        assert words.casefold() in " ".join(ended.out.split()).casefold()
    assert files(folder) == before


def test_the_demo_of_a_candidate(cli: Cli) -> None:
    out = cli("demo", "candidate").out
    assert "NOT YET" in out
    assert "33 of 36" in out


@pytest.mark.parametrize(("sample", "verdicts"), [("holder", 1), ("candidate", 0)])
def test_the_demo_for_programs_is_its_status(cli: Cli, sample: str, verdicts: int) -> None:
    envelope = cli("demo", sample, "--json").json
    assert (envelope["command"], envelope["as_of"]) == ("demo", "2026-11-23")
    assert len(envelope["data"]["recert"]) == verdicts
    assert cli("demo", sample, "--as-of", "2027-02-12", "--json").json["as_of"] == "2027-02-12"
    assert len(cli("demo", sample, "--plain").out.splitlines()) == 2


def test_a_sample_that_is_none(cli: Cli) -> None:
    ended = cli("demo", "candiate")
    assert (ended.code, ended.err) == (
        2, "error: there is no sample `candiate`\nhint: did you mean `cmmctl demo candidate`?\n",
    )  # fmt: skip
    assert cli("demo", "x").err.endswith("hint: samples: holder, candidate\n")


def test_rules_lists_every_reading(cli: Cli) -> None:
    rows = [line.split("\t") for line in cli("rules", "--plain").out.splitlines()]
    assert rows[0] == ["id", "edition", "label", "cycle_months", "grade", "checked", "source"]
    assert [(row[0], row[1], row[3]) for row in rows[1:]] == [
        ("pahcom.cmm", "two-year", "24"),
        ("pahcom.cmm", "handbook-2015", "24"),
        ("pahcom.cmm", "annual", "12"),
        ("pahcom.hitcm-pp", "two-year", "24"),
    ]
    assert all(row[5] and row[6] for row in rows[1:])
    out = cli("rules").out
    assert "pahcom.hitcm-pp" in out


def test_rules_of_one_credential_with_and_without_a_portfolio(cli: Cli, write: Write) -> None:
    alone = cli("rules", "cmm", "--json").data
    assert [one["id"] for one in alone] == ["pahcom.cmm"]
    assert cli("rules", "cm").code == 1
    write('[[credential]]\nid = "aapc.cppm"\nrequired = 36\ncycle_months = 24\n')
    assert cli("rules", "cmm", "--json").data == alone
    own = cli("rules", "cppm", "--json")
    assert own.data[0]["editions"][0]["requirements"][0]["min"] == 36
    assert own.json["notes"][0]["code"] == "no-source"
    assert "https://my.pahcom.com/decertification" in cli("rules", "cmm").out.replace("\n", "")


def test_the_template_is_a_rule_set_that_works(cli: Cli, write: Write, folder: Path) -> None:
    template = cli("rules", "--template")
    assert (template.code, template.err) == (0, "")
    assert cli("rules", "--template", "--json").data == {"text": template.out}
    write("")
    (folder / "rulesets").mkdir()
    (folder / "rulesets" / "own.toml").write_text(template.out, encoding="utf-8")
    own = [one for one in cli("rules", "--json").data if one["own"]]
    assert len(own) == 1
    assert "your own rule set" in " ".join(cli("rules", own[0]["id"]).out.split())


def test_a_rule_set_of_ones_own_that_is_wrong_has_its_line(cli: Cli, write: Write, folder: Path) -> None:
    write("")
    (folder / "rulesets").mkdir()
    (folder / "rulesets" / "own.toml").write_text("ruleset = 1\nid = 3\n", encoding="utf-8")
    for command in ("rules", "status", "list"):
        ended = cli(command, "--json")
        assert ended.code == 1
        assert {error["code"] for error in ended.json["errors"]} == {"rules-broken"}
        assert {error["file"] for error in ended.json["errors"]} == {"rulesets/own.toml"}


def test_check_finds_nothing(cli: Cli, write: Write) -> None:
    write("")
    ended = cli("check")
    assert (ended.code, ended.err) == (0, "")
    assert "nothing is wrong" in ended.out
    assert cli("check", "--json").data == []
    assert cli("check", "--plain").out == "severity\twhere\tmessage\thint\n"


AHEAD = """
[[ce]]
id = "ce-1"
title = "x"
provider = "y"
date = 2026-12-24
hours = 1
subject = "other"
"""


def test_check_warns(cli: Cli, write: Write) -> None:
    write(AHEAD)
    assert cli("check").code == 0
    assert cli("check", "--strict").code == 1
    [finding] = cli("check", "--json").data
    assert set(finding) == {"severity", "where", "message", "hint"}
    assert (finding["severity"], finding["where"].rstrip(":")) == ("warning", "portfolio.toml:10")
    assert "Thu Dec 24 2026" in finding["message"]
    assert cli("check", "--strict", "--as-of", "2026-12-24").code == 0


def test_check_lists_every_error_at_once_and_exits_with_1(cli: Cli, write: Write) -> None:
    path = write('[[ce]]\nid = "ce-1"\nhours = 0\n\n[[job]]\nid = "job-1"\nstart = "soon"\n')
    before = path.read_bytes()
    ended = cli("check", "--json")
    assert ended.code == 1
    assert {finding["severity"] for finding in ended.data} == {"error"}
    assert len(ended.data) > 4
    assert cli("check").code == 1
    assert path.read_bytes() == before


def test_check_without_a_file_is_a_failure(cli: Cli) -> None:
    ended = cli("check", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "file-missing")


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (None, "file-missing"),
        ("folder", "file-broken"),
        ("", "file-broken"),
        ("schema = 1\n[profile\n", "file-broken"),
        ("schema = 2\n", "schema-newer"),
        ("<<<<<<< mine\n", "file-broken"),
        (b"schema = 1\n\xff\n", "file-broken"),
    ],
)
def test_a_file_that_cannot_be_read_fails_everywhere_alike(
    cli: Cli, folder: Path, content: str | bytes | None, slug: str
) -> None:
    path = folder / "portfolio.toml"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    for command in (
        "status", "eligibility", "recert", "hours", "list", "show ce-1", "done ce-1", "edit ce-1 hours=1",
        "remove ce-1", "add-ce", "add-credential cmm",
    ):  # fmt: skip
        ended = cli(*command.split(), "--json")
        assert (ended.code, ended.json["errors"][0]["code"]) == (1, slug), command
        assert cli(*command.split()).err.startswith("error: ")
    if isinstance(content, bytes):
        assert path.read_bytes() == content


def test_welcome_names_the_places_it_looked_in(cli: Cli, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def said() -> str:
        return "".join(cli().out.split())  # a long path wraps

    assert f"Lookedin:{elsewhere}/data/cmmctlandtheplaceCMMCTL_FILEnames(notset)" in said()
    monkeypatch.setenv("CMMCTL_FILE", "x/y.toml")
    assert "Lookedin:xandtheplaceCMMCTL_FILEnames(x/y.toml)" in said()


def test_json_is_ascii_and_its_numbers_are_numbers(cli: Cli, write: Write) -> None:
    write('[[ce]]\nid = "ce-1"\ntitle = "Zażółć"\nprovider = "y"\ndate = 2026-01-02\nhours = 2.0\nseat = 1.23456789\n')
    ended = cli("show", "ce-1", "--json")
    assert ended.out.isascii()
    record = json.loads(ended.out)["data"]
    assert (record["title"], record["hours"], record["seat"]) == ("Zażółć", 2, 1.2346)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "07:32:00", "1979-05-27T07:32:00Z", "{a = 1}", "[nan]"])
def test_a_key_of_ones_own_may_hold_anything(cli: Cli, write: Write, value: str) -> None:
    write(f'[[ce]]\nid = "ce-1"\ntitle = "x"\nprovider = "y"\ndate = 2026-01-02\nhours = 2\nseat = {value}\n')
    for form in ((), ("--json",), ("--plain",)):
        assert cli("show", "ce-1", *form).code == 0
        assert cli("list", *form).code == 0
