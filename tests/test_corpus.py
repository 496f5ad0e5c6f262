"""Portfolios as people write them, and as accidents leave them: nothing is lost, and nobody is stuck."""

import os
import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import tomli

from conftest import Cli

CORPUS = Path(__file__).parent / "corpus"
STYLES = sorted(each.stem for each in (CORPUS / "styles").glob("*.toml"))
DAMAGED = sorted(each.stem for each in (CORPUS / "damaged").glob("*.toml"))
GOOD = (CORPUS / "styles" / "plain.toml").read_bytes()
ADD = ("add-ce", "Denials", "--provider", "State Chapter", "--date", "2026-11-20", "--hours", "2")
REFUSED = {"inline"}  # not written as blocks: read, but changed by hand alone
NEVER_RESTORED = {"schema-newer"}  # it is whole, and a later cmmctl can read it
GIVEN_AN_ID = {"id-missing"}


@pytest.fixture
def path(folder: Path) -> Path:
    return folder / "portfolio.toml"


def data(content: bytes) -> dict[str, object]:
    return tomli.loads(content.decode("utf-8-sig"), parse_float=Decimal)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_is_read(cli: Cli, path: Path, style: str) -> None:
    shutil.copyfile(CORPUS / "styles" / f"{style}.toml", path)
    before = path.read_bytes()
    for command in ("status", "check", "list", "eligibility", "hours"):
        assert cli(command, "--json").code == 0, command
    assert len(cli("list", "ce", "--json").data) == len(data(before).get("ce", []))  # type: ignore[arg-type]
    assert path.read_bytes() == before
    assert not (path.parent / ".cmmctl").exists()


@pytest.mark.parametrize("style", STYLES)
def test_in_every_style_only_what_was_meant_is_changed(cli: Cli, path: Path, style: str) -> None:
    shutil.copyfile(CORPUS / "styles" / f"{style}.toml", path)
    before = path.read_bytes()
    added = cli(*ADD, "--json")
    if style in REFUSED:
        assert (added.code, added.json["errors"][0]["code"]) == (1, "unsafe-edit")
        assert path.read_bytes() == before
        return
    name = added.data["id"]
    assert path.read_bytes().startswith(before)
    assert data(path.read_bytes())["ce"] == [*data(before).get("ce", []), data(path.read_bytes())["ce"][-1]]  # type: ignore[index, misc]
    assert cli("remove", name, "--yes").code == 0
    assert path.read_bytes() == before
    for assignment in ("name=Practice Administrator", "phone=555 0100", "name=Office Manager"):
        assert cli("edit", "profile", assignment).code == 0
        key, value = assignment.split("=")
        assert data(path.read_bytes())["profile"][key] == value  # type: ignore[index]
    for _ in range(5):
        assert cli("undo").code == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("style", STYLES)
def test_one_key_is_changed_on_its_own_line_or_not_at_all(cli: Cli, path: Path, style: str) -> None:
    shutil.copyfile(CORPUS / "styles" / f"{style}.toml", path)
    before = path.read_bytes()
    for record in [entry["id"] for entry in cli("list", "ce", "--json").data]:
        for assignment in ("hours=7.25", "title=Other", "tags=live", "note=new"):
            old = path.read_bytes()
            ended = cli("edit", record, assignment, "--json")
            if ended.code:
                assert ended.json["errors"][0]["code"] == "unsafe-edit"
                assert path.read_bytes() == old
                continue
            was, now = old.split(b"\n"), path.read_bytes().split(b"\n")
            kept = [line for line in was if line in now]
            assert len(kept) >= len(was) - 1
            assert len(now) - len(was) in (0, 1)
    changed = cli("history", "--json").data
    for _ in changed[1:]:
        assert cli("undo").code == 0
    assert path.read_bytes() == before


@pytest.fixture
def broken(cli: Cli, path: Path, request: pytest.FixtureRequest) -> bytes:
    """A damaged file whose history knows two good versions."""
    path.write_bytes(GOOD)
    assert cli("edit", "ce-1", "hours=2").code == 0
    shutil.copyfile(CORPUS / "damaged" / f"{request.param}.toml", path)
    return path.read_bytes()


@pytest.mark.parametrize("broken", DAMAGED, indirect=True)
def test_a_damaged_file_is_located_and_left_alone(cli: Cli, path: Path, broken: bytes) -> None:
    ended = cli("check", "--json")
    assert ended.code == 1
    errors = [finding for finding in ended.data if finding["severity"] == "error"]
    assert errors
    lines = broken.count(b"\n") + 1
    for error in errors:
        file, _, line = error["where"].partition(":")
        assert file == "portfolio.toml"
        assert 1 <= int(line) <= lines
        assert "\x1b" not in ended.out
    changes = (ADD, ("edit", "ce-1", "hours=3"), ("remove", "ce-1", "--yes"), ("attach", "ce-1", "x"))
    for command in (("status",), *changes):
        refused = cli(*command)
        assert refused.code == 1, command
        assert refused.err.startswith("error: portfolio.toml:"), command
        assert "Traceback" not in refused.err
    assert path.read_bytes() == broken


@pytest.mark.parametrize("broken", DAMAGED, indirect=True)
def test_nobody_is_stuck_with_a_damaged_file(
    cli: Cli, path: Path, broken: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDITOR", "true")
    assert cli("path", "--json").data["exists"]
    assert [entry["number"] for entry in cli("history", "--json").data] == [1, 2]
    assert cli("history", "--show", "1").raw == GOOD
    assert cli("backup", str(path.parent / "stick"), "--json").data["files"] == 2
    assert (path.parent / "stick" / "cmmctl-2026-11-23" / "portfolio.toml").read_bytes() == broken
    assert cli("edit").out.strip() == "portfolio.toml is unchanged."
    good = cli("history", "--show", "2").raw
    replacement = path.parent / "by-hand.toml"
    replacement.write_bytes(good)
    monkeypatch.setenv("EDITOR", f"cp {replacement}")
    assert cli("edit").code == 0
    assert path.read_bytes() == good
    assert cli("undo").code == 0
    assert path.read_bytes() == broken
    assert cli("undo").code == 2
    assert cli("undo", "--yes").code == 0
    assert path.read_bytes() == good


@pytest.mark.parametrize("broken", DAMAGED, indirect=True)
def test_a_damaged_file_is_repaired_and_the_damage_kept(
    cli: Cli, path: Path, broken: bytes, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["broken"]
    good = cli("history", "--show", "2").raw
    repaired = cli("check", "--repair", "--yes")
    if name in NEVER_RESTORED:
        assert (repaired.code, path.read_bytes()) == (1, broken)
        return
    assert (repaired.code, repaired.out.strip()) == (0, "portfolio.toml: nothing is wrong.")
    if name in GIVEN_AN_ID:
        assert path.read_bytes() == broken + b'id = "ce-3"\n'
    else:
        assert path.read_bytes() == good
    assert cli("undo").code == 0
    assert path.read_bytes() == broken


def test_there_are_enough_of_them() -> None:
    assert len(STYLES) >= 15
    assert len(DAMAGED) >= 15
    assert os.sep == "/"
