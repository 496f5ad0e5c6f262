"""Where a portfolio is, and who decided that."""

import os
from pathlib import Path

import pytest

from cmmctl import places
from cmmctl.errors import CmmctlError
from cmmctl.places import Where, default_folder, point_to, where
from conftest import Cli


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder of the test's own, without a variable that says where the portfolio is."""
    monkeypatch.delenv("CMMCTL_FILE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_the_option_decides_before_everything_else(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CMMCTL_FILE", str(home / "variable.toml"))
    point_to(home / "chosen")
    assert where(str(home / "option.toml")) == Where(home / "option.toml", "--file")
    assert where(None) == Where(home / "variable.toml", "CMMCTL_FILE")
    monkeypatch.setenv("CMMCTL_FILE", "")
    assert where(None) == Where(home / "chosen" / "portfolio.toml", "init")


def test_without_anything_it_is_in_the_data_folder(home: Path) -> None:
    assert where(None) == Where(default_folder() / "portfolio.toml", "default")
    assert default_folder().name == "cmmctl"
    assert default_folder().is_relative_to(home)
    assert list(home.iterdir()) == []


def test_a_tilde_is_the_home_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert where("~/a.toml").path == home / "a.toml"
    monkeypatch.setenv("CMMCTL_FILE", "~/b.toml")
    assert where(None).path == home / "b.toml"
    assert where("~nobody-has-this-name/a.toml").path == Path("~nobody-has-this-name/a.toml")


def test_an_empty_option_is_not_the_default(home: Path) -> None:
    assert where("") == Where(Path(), "--file")
    assert home.exists()


@pytest.mark.parametrize("name", ["Clinic", "Pr\u00e1ctica m\u00e9dica", "\udce9", " with spaces"])
def test_the_chosen_folder_is_remembered(home: Path, name: str) -> None:
    point_to(home / name)
    assert where(None) == Where(home / name / "portfolio.toml", "init")
    point_to(home / "another")
    assert where(None).path == home / "another" / "portfolio.toml"


@pytest.mark.parametrize("content", [b"", b"\n", b"\0" * 16, b"/a\0b\n"])
def test_a_damaged_pointer_is_as_good_as_none(home: Path, content: bytes) -> None:
    point_to(home / "chosen")
    (pointer,) = [path for path in (home / "config").rglob("*") if path.is_file()]
    pointer.write_bytes(content)
    assert where(None).decided_by == "default"


def test_only_the_first_line_of_the_pointer_counts(home: Path) -> None:
    point_to(home / "chosen")
    (pointer,) = [path for path in (home / "config").rglob("*") if path.is_file()]
    pointer.write_bytes(os.fsencode(home / "mine") + b"\r\nsecond line\n")
    assert where(None).path == home / "mine" / "portfolio.toml"


def test_a_pointer_that_cannot_be_written(home: Path) -> None:
    (home / "config").write_text("a file in the folder's place", encoding="utf-8")
    with pytest.raises(CmmctlError) as error:
        point_to(home / "chosen")
    (problem,) = error.value.problems
    assert problem.code == "io"
    assert str(home / "config") in problem.message
    assert where(None).decided_by == "default"


def test_path_says_which_one_decided(cli: Cli, home: Path) -> None:
    found = cli("path")
    assert found.out.strip() == str(default_folder() / places.FILE)
    assert found.err.strip() == "decided by default; nothing is there yet"
    assert cli("path", "--file", str(home / "a.toml"), "--json").data == {
        "path": str(home / "a.toml"),
        "decided_by": "--file",
        "exists": False,
    }
    assert cli("-f", str(home / "b.toml"), "path", "--plain").out.split("\n")[1].startswith(str(home / "b.toml"))
