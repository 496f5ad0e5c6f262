import os
import stat
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


@pytest.fixture
def path(folder: Path) -> Path:
    """A record with everything that belongs to it, in a folder of its own."""
    portfolio = folder / "record" / "portfolio.toml"
    portfolio.parent.mkdir()
    portfolio.write_text(START)
    (folder / "card.pdf").write_bytes(b"%PDF-1.7")
    return portfolio


@pytest.fixture
def record(cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CMMCTL_FILE", str(path))
    assert cli("attach", "ce-1", str(path.parent.parent / "card.pdf")).code == 0
    return path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_a_backup_holds_all_of_it(cli: Cli, record: Path, tmp_path: Path) -> None:
    (record.parent / "proofs" / "2026").mkdir()
    (record.parent / "proofs" / "2026" / "stray.pdf").write_bytes(b"stray")
    (record.parent / "unrelated.txt").write_text("a letter")
    answer = cli("backup", str(tmp_path / "stick"), "--json").data
    copy = tmp_path / "stick" / "cmmctl-2026-11-23"
    wanted = everything(record.parent)
    del wanted[".cmmctl/lock"], wanted["unrelated.txt"]
    assert everything(copy) == wanted
    assert set(wanted) == {
        "portfolio.toml", ".cmmctl/portfolio.toml.jsonl", "proofs/ce-1-card.pdf", "proofs/2026/stray.pdf",
    }  # fmt: skip
    size = sum(map(len, wanted.values()))
    assert answer == {"folder": str(copy), "files": 4, "bytes": size, "left_out": []}
    assert [each.name for each in (tmp_path / "stick").iterdir()] == ["cmmctl-2026-11-23"]


def test_a_backup_is_a_record_that_works(cli: Cli, record: Path, tmp_path: Path) -> None:
    cli("backup", str(tmp_path / "stick"))
    copy = tmp_path / "stick" / "cmmctl-2026-11-23" / "portfolio.toml"
    assert cli("check", "-f", str(copy), "--json").data == []
    assert cli("undo", "-f", str(copy)).code == 0
    assert copy.read_text() == START
    assert record.read_text() != START
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_own_rule_sets_belong_to_it(cli: Cli, record: Path, tmp_path: Path) -> None:
    (record.parent / "rulesets").mkdir()
    (record.parent / "rulesets" / "own.toml").write_text(cli("rules", "--template").out)
    assert cli("backup", str(tmp_path / "stick")).code == 0
    assert (tmp_path / "stick" / "cmmctl-2026-11-23" / "rulesets" / "own.toml").exists()


def test_nothing_is_ever_written_over(cli: Cli, record: Path, tmp_path: Path) -> None:
    for _ in range(3):
        assert cli("backup", str(tmp_path / "stick")).code == 0
    names = ["cmmctl-2026-11-23", "cmmctl-2026-11-23-2", "cmmctl-2026-11-23-3"]
    assert sorted(each.name for each in (tmp_path / "stick").iterdir()) == names
    assert record.exists()


def test_the_screen_says_what_was_done(cli: Cli, record: Path, tmp_path: Path) -> None:
    said = " ".join(cli("backup", str(tmp_path / "stick")).out.split())
    assert said.startswith("Copied and verified 3 files, ")
    assert record.exists()


def test_a_link_out_of_the_folder_is_left_out_and_said(cli: Cli, record: Path, tmp_path: Path) -> None:
    (record.parent / "proofs" / "passwd.pdf").symlink_to("/etc/passwd")
    ended = cli("backup", str(tmp_path / "stick"), "--json")
    assert ended.code == 0
    assert ended.data["left_out"] == ["proofs/passwd.pdf"]
    assert "proofs/passwd.pdf is a link that leads out of the folder; it is not copied" in ended.err
    assert not (tmp_path / "stick" / "cmmctl-2026-11-23" / "proofs" / "passwd.pdf").exists()


def test_a_broken_file_and_one_without_history_are_copied_too(cli: Cli, folder: Path) -> None:
    path = folder / "portfolio.toml"
    path.write_bytes(b"\xff broken")
    assert cli("backup", str(folder / "stick")).code == 0
    assert everything(folder / "stick" / "cmmctl-2026-11-23") == {"portfolio.toml": b"\xff broken"}


def test_a_copy_that_differs_is_no_backup(
    cli: Cli, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.copyfileobj", lambda _source, target: target.write(b"half"))
    ended = cli("backup", str(tmp_path / "stick"), "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "changed-meanwhile")
    assert problem["message"] == "the copy of portfolio.toml differs from the original"
    assert list((tmp_path / "stick").iterdir()) == []
    assert record.exists()


def test_a_place_that_cannot_be_written(cli: Cli, record: Path, tmp_path: Path) -> None:
    ended = cli("backup", str(tmp_path / "card.pdf" / "inside"), "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "io")
    assert problem["message"].endswith(": Not a directory; the record itself is untouched")
    (record.parent / "proofs" / "unreadable.pdf").symlink_to(record.parent / "proofs" / "nothing")
    ended = cli("backup", str(tmp_path / "stick"), "--json")
    assert "unreadable.pdf" in ended.json["errors"][0]["message"]
    assert list((tmp_path / "stick").iterdir()) == []


def test_without_a_portfolio_there_is_nothing_to_copy(cli: Cli, folder: Path) -> None:
    ended = cli("backup", str(folder / "stick"), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "file-missing")
    assert not (folder / "stick").exists()


@pytest.mark.parametrize(("answer", "taken_back"), [("n\n", False), ("y\n", True)])
def test_undo_asks_before_it_steps_over_a_hand_edit(
    cli: Cli,
    record: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    taken_back: bool,  # noqa: FBT001 - what the answer leads to
) -> None:
    attached = record.read_bytes()
    record.write_bytes(by_hand := attached + b"# mine\n")
    monkeypatch.setattr(Session, "interactive", True)
    ended = cli("undo", stdin=answer)
    assert ended.code == 0
    assert "made outside cmmctl" in ended.out
    assert record.read_bytes() == (attached if taken_back else by_hand)
    assert ("Nothing was taken back" in ended.out) == (not taken_back)


def test_what_was_done_is_not_denied_where_it_cannot_be_said(
    cli: Cli, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_session: Session, _answer: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Session, "give", full)
    ended = cli("undo")
    assert ended.code == 1
    assert "error: the undo is saved, but the output cannot be written: No space left on device" in ended.err
    assert record.read_text() == START


def test_attach_names_all_that_is_missing(cli: Cli, record: Path) -> None:
    for arguments, missing in ((("attach",), "`ID` and `FILE`"), (("attach", "ce-1"), "`FILE`")):
        ended = cli(*arguments, "--json")
        (problem,) = ended.json["errors"]
        assert (ended.code, problem["message"]) == (2, f"attach needs {missing}")
        assert "cmmctl attach ce-7 certificate.pdf" in problem["hint"]
    assert record.exists()


def test_attach_asks_for_what_is_missing(
    cli: Cli, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "interactive", True)
    (tmp_path / "other.pdf").write_bytes(b"other")
    assert cli("attach", stdin=f"ce-1\n{tmp_path / 'other.pdf'}\n").code == 0
    assert (record.parent / "proofs" / "ce-1-other.pdf").exists()
