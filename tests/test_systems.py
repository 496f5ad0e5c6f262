"""What Windows and macOS do in another way than Linux, tried here as far as a Linux can show it."""

import errno
import io
import os
import sys
import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.attaching import portable
from cmmctl.cli import app
from cmmctl.commands import export
from cmmctl.filenames import accepted, alike
from cmmctl.systems import held_open, nobody_reads, spelled, words_of
from conftest import Cli, Write

FORBIDDEN = set('<>:"/\\|?*')
NAMES = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
HELD = """\
[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5
subject = "healthcare"
"""
CREDENTIAL = """\
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23
"""


def goes_on_windows(name: str) -> bool:
    """Tell whether Windows takes this for the name of a file."""
    path = PureWindowsPath(name)
    return not FORBIDDEN & set(name) and name.isprintable() and name[-1] not in ". " and not path.is_reserved()


@given(NAMES)
def test_every_name_the_tool_gives_goes_on_windows(name: str) -> None:
    assert goes_on_windows(portable(name, "ce-7"))
    assert not FORBIDDEN & set(accepted(f"01-{name}"))
    assert accepted(f"01-{name}")[-1] not in ". "


@pytest.mark.parametrize("name", ["CON", "con.pdf", "NUL.txt", "aux", "COM1.pdf", "lpt9"])
def test_a_name_that_windows_keeps_for_itself(name: str) -> None:
    assert not goes_on_windows(name)
    assert goes_on_windows(portable(name, "ce-7"))
    assert goes_on_windows(accepted(f"01-{name}"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("proofs/Card.PDF", "proofs/card.pdf"),
        ("Jos\u00e9.pdf", unicodedata.normalize("NFD", "Jos\u00e9.pdf")),
        ("STRASSE.pdf", "stra\u00dfe.pdf"),
        ("JOS\u00c9.pdf", unicodedata.normalize("NFD", "jos\u00e9.pdf")),
    ],
)
def test_names_that_some_system_takes_for_one(one: str, other: str) -> None:
    assert alike(one) == alike(other)
    assert alike(one) != alike(one.replace("a", "o") + "2")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("notepad", ["notepad"]),
        (r"C:\Windows\notepad.exe", [r"C:\Windows\notepad.exe"]),
        (r'"C:\Program Files\Notepad++\notepad++.exe" -multiInst -nosession',
         [r"C:\Program Files\Notepad++\notepad++.exe", "-multiInst", "-nosession"]),
        (r"C:\Users\O'Brien\bin\ed.exe --wait", [r"C:\Users\O'Brien\bin\ed.exe", "--wait"]),
        ("code --wait #1", ["code", "--wait", "#1"]),
        ('"', None),
    ],
)  # fmt: skip
def test_an_editor_on_windows(command: str, words: list[str] | None) -> None:
    if words is None:
        with pytest.raises(ValueError, match="quotation"):
            words_of(command, windows=True)
    else:
        assert words_of(command, windows=True) == words


def test_an_editor_elsewhere() -> None:
    assert words_of(r"'/opt/my editor' -n a\ b", windows=False) == ["/opt/my editor", "-n", "a b"]


def test_a_reader_that_has_gone_is_no_failure() -> None:
    invalid = OSError(errno.EINVAL, "Invalid argument")
    assert nobody_reads(BrokenPipeError(), windows=False)
    assert nobody_reads(BrokenPipeError(), windows=True)
    assert nobody_reads(invalid, windows=True)
    assert not nobody_reads(invalid, windows=False)
    assert not nobody_reads(OSError(errno.EINVAL, "Invalid argument", "a:b.pdf"), windows=True)
    assert not nobody_reads(OSError(errno.ENOSPC, "No space left on device"), windows=True)


def test_only_windows_minds_that_a_file_is_shown() -> None:
    shown = PermissionError(errno.EACCES, "Permission denied")
    assert held_open(shown, windows=True)
    assert not held_open(shown, windows=False)
    assert not held_open(OSError(errno.ENOSPC, "No space left on device"), windows=True)


def test_a_document_that_is_shown_says_how_to_go_on(
    cli: Cli, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_source: Path, _target: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    write(HELD)
    monkeypatch.setattr(export, "rename", refused)
    monkeypatch.setattr(export, "held_open", lambda error: held_open(error, windows=True))
    ended = cli("export", "summary", "-o", str(folder / "summary.md"))
    assert ended.code == 1
    assert ended.err.endswith("\nhint: close the program that has it open, and run it again\n")
    assert [path.name for path in folder.glob("*.tmp")] == []


def test_files_have_one_kind_of_line_end_everywhere(
    write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(HELD)
    for arguments, end in ((["list", "--json"], b"\n"), (["export", "filing", "--format", "csv"], b"\r\n")):
        if "export" in arguments:
            write(CREDENTIAL + HELD)
        out = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\r\n")  # as Windows opens it
        monkeypatch.setattr(sys, "stdout", out)
        with pytest.raises(SystemExit):
            app(arguments)
        written = out.buffer.getvalue()
        assert written.count(b"\n") == written.count(end) > 1
        assert b"\r\r" not in written
        assert (b"\r" in written) == (b"\r" in end)
    assert folder.exists()


def test_a_proof_is_found_under_the_name_another_system_gave_it(cli: Cli, write: Write, folder: Path) -> None:
    (folder / "proofs").mkdir()
    (folder / "proofs" / unicodedata.normalize("NFC", "Jos\u00e9.PDF")).write_bytes(b"%PDF-1.7")
    write(HELD)
    assert cli("attach", "ce-1", str(folder / "proofs" / "Jos\u00e9.PDF")).code == 0
    assert cli("check", "--json").data == []
    (folder / "proofs" / "Jos\u00e9.PDF").rename(folder / "proofs" / unicodedata.normalize("NFD", "jos\u00e9.pdf"))
    assert cli("check", "--json").data == []
    assert cli("backup", str(folder / "copies"), "--json").data["files"] == 3
    (folder / "proofs" / unicodedata.normalize("NFD", "jos\u00e9.pdf")).write_bytes(b"another")
    assert "is not the file that proof-1 recorded" in cli("check", "--json").data[0]["message"]


def test_a_name_that_is_there_is_never_taken_for_another(tmp_path: Path) -> None:
    for name in ("a.pdf", "A.pdf"):
        (tmp_path / name).touch()
        assert spelled(tmp_path / name) == tmp_path / name
    assert spelled(tmp_path / "none" / "a.pdf") == tmp_path / "none" / "a.pdf"
    assert spelled(tmp_path / "b.pdf") == tmp_path / "b.pdf"


def test_a_path_written_with_backslashes_is_read_with_slashes(cli: Cli, write: Write, folder: Path) -> None:
    (folder / "proofs").mkdir()
    (folder / "proofs" / "card.pdf").write_bytes(b"%PDF-1.7")
    write(HELD)
    cli("attach", "ce-1", str(folder / "proofs" / "card.pdf"))
    path = folder / "portfolio.toml"
    path.write_text(path.read_text().replace('"proofs/card.pdf"', r"'proofs\card.pdf'"))
    assert cli("check", "--json").data == []


@pytest.mark.parametrize("name", ["desktop.ini", "Thumbs.db", ".DS_Store", "._card.pdf"])
def test_what_systems_leave_in_a_folder_is_no_proof(cli: Cli, write: Write, folder: Path, name: str) -> None:
    (folder / "proofs").mkdir()
    (folder / "proofs" / name).write_bytes(b"x")
    write(HELD)
    assert cli("check", "--json").data == []
    assert cli("backup", str(folder / "copies"), "--json").data["files"] == 1


def test_certificates_of_one_name_stay_apart_in_a_packet(cli: Cli, write: Write, folder: Path) -> None:
    write(CREDENTIAL + HELD + HELD.replace("ce-1", "ce-2").replace("Privacy", "Coding"))
    names = ("a/card.pdf", "b/Card.pdf", "c/what?.pdf", "d/what*.pdf")
    for name in names:
        (folder / "proofs" / name).parent.mkdir(parents=True)
        (folder / "proofs" / name).write_bytes(name.encode())
        assert cli("attach", "ce-1", str(folder / "proofs" / name)).code == 0
    cli("attach", "ce-2", str(folder / "proofs" / names[0]))
    assert cli("export", "audit", "cmm", "-o", f"{folder / 'packet'}{os.sep}").code == 0
    found = {path.name: path.read_text() for path in (folder / "packet").glob("*.pdf")}
    assert found == dict(zip(("01-card.pdf", "01-Card-2.pdf", "01-what-.pdf", "01-what--2.pdf"), names, strict=True))


def test_a_record_with_the_line_ends_of_windows_is_shown_without_them(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(HELD)
    before = path.read_bytes().replace(b"\n", b"\r\n")
    path.write_bytes(before)
    assert cli("edit", "ce-1", "hours=2").code == 0
    assert b"\r\n" in path.read_bytes()
    assert path.read_bytes().count(b"\n") == path.read_bytes().count(b"\r\n")

    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", Terminal(out, encoding="utf-8", newline=""))
    with pytest.raises(SystemExit):
        app(["history", "--show", "1"])
    assert out.getvalue().decode().count("\n") == before.count(b"\r\n")
    assert b"\\r" not in out.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "summary", "-o", "~nobody-of-that-name/x.md"),
        ("backup", "~nobody-of-that-name"),
        ("import", "~nobody-of-that-name/x.csv"),
        ("init", "--folder", "~nobody-of-that-name", "--name", "Office Manager"),
    ],
)
def test_the_home_of_nobody_is_a_folder_like_any_other(
    cli: Cli, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    write(HELD)
    monkeypatch.chdir(folder)
    ended = cli(*arguments)
    made = (folder / "~nobody-of-that-name").exists()
    assert ended.code == (0 if made else 1)
    assert ended.err.startswith("error: ") or made


def test_a_variable_may_have_the_quotes_that_set_keeps(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(HELD)
    monkeypatch.setenv("CMMCTL_FILE", f'"{path}"')
    assert cli("path", "--json").data == {"path": str(path), "decided_by": "CMMCTL_FILE", "exists": True}
