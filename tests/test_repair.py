from pathlib import Path

import pytest

from cmmctl.commands.session import Session
from conftest import Cli

START = """\
schema = 1

[profile]
name = "Office Manager"

[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5
subject = "healthcare"
"""
WITHOUT_ID = """
[[ce]]
title = "Coding"   # entered by hand
provider = "State Chapter"
date = 2026-04-02
hours = 2
subject = "healthcare"
"""


@pytest.fixture
def path(folder: Path) -> Path:
    portfolio = folder / "portfolio.toml"
    portfolio.write_text(START)
    return portfolio


def test_a_missing_id_is_given_after_a_yes(cli: Cli, path: Path) -> None:
    path.write_text(START + WITHOUT_ID)
    assert cli("status").code == 1
    ended = cli("check", "--repair", "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"], problem["hint"]) == (2, "usage", "cmmctl check --repair --yes")
    assert path.read_text() == START + WITHOUT_ID
    ended = cli("check", "--repair", "--yes")
    assert ended.code == 0
    assert ended.out.strip() == "portfolio.toml: nothing is wrong."
    assert '+id = "ce-2"' in ended.err.splitlines()
    assert "Mended: gave the id ce-2. Take it back: cmmctl undo" in ended.err
    assert path.read_text() == START + WITHOUT_ID + 'id = "ce-2"\n'
    cli("undo")
    assert path.read_text() == START + WITHOUT_ID


def test_several_missing_ids_and_of_several_kinds(cli: Cli, path: Path) -> None:
    job = '\n[[job]]\nemployer = "Sample Clinic"\ntitle = "Office Manager"\nstart = "2024-02"\n'
    path.write_text(START + WITHOUT_ID + job + WITHOUT_ID.replace("Coding", "Denials"))
    assert "Mended: gave the id ce-2, ce-3, job-1." in cli("check", "--repair", "--yes").err
    assert cli("status").code == 0


def test_an_id_that_something_names_is_never_given(cli: Cli, path: Path) -> None:
    """The expense may mean the entry without an id, or one that is gone; only a person knows."""
    path.write_text(
        START + WITHOUT_ID + '\n[[expense]]\nid = "expense-1"\nrecords = ["ce-2"]\nwhat = "fee"\namount = 5\n'
    )
    cli("check", "--repair", "--yes")
    assert 'id = "ce-3"' in path.read_text()


def test_an_id_that_was_given_before_is_never_given(cli: Cli, path: Path) -> None:
    cli("add-ce", "Coding", "--provider", "A", "--date", "2026-11-20", "--hours", "6")
    cli("remove", "ce-2", "--yes")
    path.write_text(START + WITHOUT_ID)
    cli("check", "--repair", "--yes")
    assert 'id = "ce-3"' in path.read_text()


def test_what_else_is_wrong_stays_and_is_listed(cli: Cli, path: Path) -> None:
    path.write_text(START.replace("hours = 1.5", "hours = -1") + WITHOUT_ID)
    ended = cli("check", "--repair", "--yes")
    assert ended.code == 1
    assert "gave the id ce-2" in ended.err
    assert "portfolio.toml:11: `hours` of ce-1 must be more than zero" in ended.out
    assert 'id = "ce-2"' in path.read_text()


def test_the_newest_good_version_is_restored_after_a_yes(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    good = path.read_bytes()
    path.write_bytes(good[:-30])
    broken = path.read_bytes()
    assert cli("check", "--repair").code == 2
    assert path.read_bytes() == broken
    ended = cli("check", "--repair", "--yes")
    assert ended.code == 0
    assert "Mended: version 2 of 2026-11-23" in ended.err
    assert "-subject" not in ended.err
    assert path.read_bytes() == good
    assert cli("undo").code == 0
    assert path.read_bytes() == broken


def test_versions_that_were_broken_too_are_passed_over(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    good = path.read_bytes()
    for broken in (b"\xff", b"", b"[[ce]\n"):
        path.write_bytes(broken)
        cli("undo")
    assert cli("check", "--repair", "--yes").code == 0
    assert path.read_bytes() == good


def test_a_file_that_is_gone_is_restored(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    good = path.read_bytes()
    path.unlink()
    assert cli("check", "--repair", "--yes").code == 0
    assert path.read_bytes() == good


def test_without_a_history_nothing_can_be_restored(cli: Cli, path: Path) -> None:
    path.write_bytes(b"[[ce]\n")
    ended = cli("check", "--repair", "--yes", "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "file-broken")
    assert problem["message"] == "nothing in portfolio.toml can be mended without a guess"
    assert path.read_bytes() == b"[[ce]\n"
    path.unlink()
    assert cli("check", "--repair", "--yes", "--json").json["errors"][0]["code"] == "file-missing"


def test_nothing_to_mend(cli: Cli, path: Path) -> None:
    ended = cli("check", "--repair", "--yes")
    assert (ended.code, ended.out.strip(), ended.err) == (0, "portfolio.toml: nothing is wrong.", "")
    assert path.read_text() == START


def test_an_id_that_stands_twice_is_never_renumbered(cli: Cli, path: Path) -> None:
    expense = '[[expense]]\nid = "expense-1"\nrecords = ["ce-1"]\nwhat = "fee"\namount = 5\n'
    twice = f'{START}{WITHOUT_ID}id = "ce-1"\n\n{expense}'
    path.write_text(twice)
    ended = cli("check", "--repair", "--yes")
    assert ended.code == 1
    assert path.read_text() == twice
    found = {finding["message"]: finding for finding in cli("check", "--json").data}
    assert found["the id ce-1 stands twice"]["where"] == "portfolio.toml:20"
    assert 'another id, such as `id = "ce-2"`' in found["the id ce-1 stands twice"]["hint"]
    ambiguous = found["expense-1 names ce-1, which stands twice: it is not clear which is meant"]
    assert ambiguous["where"] == "portfolio.toml:24"
    assert "write its new id here" in ambiguous["hint"]


def test_a_newer_file_is_not_replaced_by_an_older_version(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    newer = path.read_text().replace("schema = 1", "schema = 2")
    path.write_text(newer)
    ended = cli("check", "--repair", "--yes", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "schema-newer")
    assert path.read_text() == newer


@pytest.mark.parametrize(
    "odd",
    [
        'ce = [{title = "A", provider = "B", date = 2026-01-01, hours = 1}]\n' + START.partition("[[ce]]")[0],
        START.partition("[[ce]]")[0].replace("[profile]", "ce = 5\n[profile]"),
        START.partition("[[ce]]")[0].replace("[profile]", "ce = [5]\n[profile]"),
        START.partition("[[ce]]")[0] + "[[credential]]\nearned = 2025-01-01\n",
    ],
)
def test_what_is_not_written_as_blocks_is_left_to_a_person(cli: Cli, path: Path, odd: str) -> None:
    path.write_text(odd)
    assert cli("check", "--repair", "--yes").code == 1
    assert path.read_text() == odd


@pytest.mark.parametrize(("answer", "mended"), [("n\n", False), ("y\n", True)])
def test_somebody_is_asked(
    cli: Cli,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    mended: bool,  # noqa: FBT001 - what the answer leads to
) -> None:
    monkeypatch.setattr(Session, "interactive", True)
    path.write_text(START + WITHOUT_ID)
    ended = cli("check", "--repair", stdin=answer)
    assert '+id = "ce-2"' in ended.err
    assert "Write this?" in ended.out
    assert ended.code == (0 if mended else 1)
    assert (path.read_text() != START + WITHOUT_ID) == mended


def test_what_a_terminal_obeys_is_shown_and_not_obeyed(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    path.write_bytes(b'title = "\x1b[2J"\n')
    ended = cli("check", "--repair", "--yes")
    assert "\x1b" not in ended.err
    assert "\\x1b[2J" in ended.err
    assert cli("check", "--json").data == []
