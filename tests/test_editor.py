import os
import re
import shlex
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cmmctl import editor
from cmmctl.commands.session import Session
from cmmctl.errors import CmmctlError
from conftest import Cli

START = """\
schema = 1

[profile]
name = "Office Manager"

# the first one
[[ce]]
id = "ce-1"   # mine
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5
subject = "healthcare"
# below it

[[ce]]
id = "ce-2"
title = "Coding"
provider = "State Chapter"
date = 2026-04-02
hours = 2
subject = "healthcare"
"""
BLOCK = START[START.index("# the first") : START.index('\n[[ce]]\nid = "ce-2"')]
# Shows what it was given, and saves the next text that was prepared for it; ends as its first argument says.
SCRIPT = """\
import pathlib, sys
place, shown = pathlib.Path(sys.argv[-1]), sorted(pathlib.Path(sys.argv[1]).glob("shown-*"))
(pathlib.Path(sys.argv[1]) / f"shown-{len(shown)}").write_bytes(place.read_bytes())
(pathlib.Path(sys.argv[1]) / "name").write_text(place.name)
prepared = pathlib.Path(sys.argv[1]) / f"typed-{len(shown)}"
if prepared.exists():
    place.write_bytes(prepared.read_bytes())
sys.exit(int(sys.argv[2]))
"""


class Editor:
    """An editor that types what a test prepared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "script.py").write_text(SCRIPT)

    def command(self, code: int = 0) -> str:
        return shlex.join([sys.executable, str(self.folder / "script.py"), str(self.folder), str(code)])

    def types(self, *texts: str | bytes) -> None:
        for number, text in enumerate(texts):
            (self.folder / f"typed-{number}").write_bytes(text.encode() if isinstance(text, str) else text)

    @property
    def shown(self) -> list[bytes]:
        return [each.read_bytes() for each in sorted(self.folder.glob("shown-*"))]


@pytest.fixture
def path(folder: Path) -> Path:
    portfolio = folder / "portfolio.toml"
    portfolio.write_text(START)
    return portfolio


@pytest.fixture
def typing(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Editor:
    assert folder == tmp_path
    (tmp_path / "editor").mkdir()
    made = Editor(tmp_path / "editor")
    monkeypatch.setenv("EDITOR", made.command())
    return made


def kept(said: str) -> bytes:
    """Read the file that a failure names, and take it away."""
    found = re.search(r"what was typed is kept in (\S+?)[.;]?$", said.replace("\n", " ").strip())
    assert found, said
    content = Path(found[1]).read_bytes()
    Path(found[1]).unlink()
    return content


def test_a_record_opens_with_its_own_text_comments_included(cli: Cli, path: Path, typing: Editor) -> None:
    typing.types(BLOCK.replace("hours = 1.5", "hours = 1.75  # looked again"))
    ended = cli("edit", "ce-1")
    assert ended.code == 0
    assert typing.shown == [BLOCK.encode()]
    assert (typing.folder / "name").read_text() == "ce-1.toml"
    assert path.read_text() == START.replace("hours = 1.5", "hours = 1.75  # looked again")
    assert "1.5 -> 1.75" in ended.out
    cli("undo")
    assert path.read_text() == START


def test_leaving_it_unchanged_changes_nothing(cli: Cli, path: Path, typing: Editor) -> None:
    ended = cli("edit", "ce-1")
    assert (ended.code, ended.out.strip()) == (0, "ce-1: nothing to change.")
    assert path.read_text() == START
    assert len(typing.shown) == 1
    assert not (path.parent / ".cmmctl").exists()
    assert set(cli("edit", "ce-1", "--json").data) == {"id", "kind", "record", "effect"}
    assert cli("edit", "--json").data == {"changed": False}


def test_what_cannot_be_understood_is_located_and_opened_again_as_it_was_typed(
    cli: Cli, path: Path, typing: Editor
) -> None:
    wrong = BLOCK.replace("hours = 1.5", "hours = -1")
    typing.types(wrong, BLOCK.replace("hours = 1.5", "hours = 1"))
    ended = cli("edit", "ce-1")
    assert ended.code == 0
    assert ended.err.startswith("error: ce-1:7: `hours` of ce-1 must be more than zero")
    assert typing.shown == [BLOCK.encode(), wrong.encode()]
    assert path.read_text() == START.replace("hours = 1.5", "hours = 1")


@pytest.mark.parametrize(
    ("typed", "line", "message"),
    [
        (BLOCK.replace('"Privacy"', '"Privacy'), 4, "not closed"),
        (BLOCK.replace("2026-03-02", "2026-02-30"), 6, "`2026-02-30`"),
        (BLOCK.replace('id = "ce-1"', 'id = "ce-9"'), None, "the id ce-1 must stay"),
        (BLOCK.replace('id = "ce-1"', ""), None, "the id ce-1 must stay"),
        (BLOCK.replace('title = "Privacy"\n', ""), 2, "has no `title`"),
        (BLOCK + '\n[[ce]]\nid = "ce-3"\n', None, "must stay one `[[ce]]` block"),
        ("", None, "must stay one `[[ce]]` block"),
        (BLOCK.encode().replace(b"Privacy", b"Priv\xffcy"), 4, "not UTF-8"),
        (BLOCK.replace("Privacy", "\x1b[31mred"), 4, "not TOML"),
    ],
)
def test_the_same_mistake_twice_ends_and_keeps_what_was_typed(
    cli: Cli, path: Path, typing: Editor, typed: str | bytes, line: int | None, message: str
) -> None:
    typing.types(typed)
    ended = cli("edit", "ce-1")
    assert ended.code == 1
    assert message in ended.err
    assert line is None or f"error: ce-1:{line}: " in ended.err
    assert "error: ce-1 was not changed" in ended.err
    assert kept(ended.err) == (typed if isinstance(typed, bytes) else typed.encode())
    assert path.read_text() == START
    assert "\x1b" not in ended.err
    assert len(typing.shown) == 2


def test_a_program_that_makes_the_same_mistake_for_ever_is_stopped(cli: Cli, path: Path, typing: Editor) -> None:
    wrong = f"{BLOCK}oops =\n"
    typing.types(*(wrong + "# again\n" * count for count in range(9)))
    ended = cli("edit", "ce-1")
    assert (ended.code, ended.err.count("error: ")) == (1, 2)
    assert "--repair" not in ended.err
    assert len(typing.shown) == 2
    assert kept(ended.err) == f"{wrong}# again\n".encode()
    assert path.read_text() == START


def test_giving_up_on_a_mistake_changes_nothing(cli: Cli, path: Path, typing: Editor) -> None:
    typing.types(BLOCK.replace("hours = 1.5", "hours = -1"), BLOCK)
    ended = cli("edit", "ce-1")
    assert (ended.code, ended.out.strip()) == (0, "ce-1: nothing to change.")
    assert path.read_text() == START


@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("", 130)])
def test_somebody_may_stop_after_a_mistake(
    cli: Cli, path: Path, typing: Editor, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr(Session, "interactive", True)
    typing.types(wrong := BLOCK.replace("hours = 1.5", "hours = -1"))
    ended = cli("edit", "ce-1", stdin=answer)
    assert ended.code == code
    assert "Open it again?" in ended.out
    assert kept(ended.err) == wrong.encode()
    assert path.read_text() == START
    assert len(typing.shown) == 1


def test_a_flaw_that_is_not_in_the_record_keeps_its_place_in_the_file(cli: Cli, path: Path, typing: Editor) -> None:
    assert cli("add-expense", "ce-1", "--what", "fee", "--amount", "5").code == 0
    typing.types(BLOCK.replace("ce]]", "ce]]\ncredentials = ['nobody.knows']"))
    ended = cli("edit", "ce-1")
    assert ended.code == 1
    assert "error: ce-1:3: `nobody.knows` of ce-1 is no known credential" in ended.err
    kept(ended.err)
    assert "nobody" not in path.read_text()


def test_a_record_that_changes_meanwhile_is_not_written_over(
    cli: Cli, path: Path, typing: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = typing.folder / "script.py"
    for meanwhile in (START.replace("hours = 1.5", "hours = 9"), START.replace(BLOCK, "")):
        path.write_text(START)
        script.write_text(
            f"import pathlib, sys\npathlib.Path({str(path)!r}).write_text({meanwhile!r})\n"
            f"pathlib.Path(sys.argv[-1]).write_text({BLOCK.replace('Privacy', 'Typed')!r})\n"
        )
        ended = cli("edit", "ce-1")
        assert ended.code == 1
        assert "error: ce-1 was changed meanwhile by something else" in ended.err
        assert b"Typed" in kept(ended.err)
        assert path.read_text() == meanwhile
    monkeypatch.undo()


def test_a_record_that_moved_meanwhile_is_still_found(cli: Cli, path: Path, typing: Editor) -> None:
    block = START[START.index('[[ce]]\nid = "ce-2"') :]
    moved = START.replace(BLOCK + "\n", "").replace("subject", "# moved\nsubject", 0)
    (typing.folder / "script.py").write_text(
        f"import pathlib, sys\npathlib.Path({str(path)!r}).write_text({moved!r})\n"
        f"pathlib.Path(sys.argv[-1]).write_text({block.replace('hours = 2', 'hours = 3')!r})\n"
    )
    assert cli("edit", "ce-2").code == 0
    assert path.read_text() == moved.replace("hours = 2", "hours = 3")


def test_the_profile_and_a_credential_open_too(cli: Cli, path: Path, typing: Editor) -> None:
    typing.types('[profile]\nname = "Practice Administrator"\n')
    assert cli("edit", "profile").code == 0
    assert 'name = "Practice Administrator"' in path.read_text()
    cli("add-credential", "cmm", "--earned", "2025-04-23")
    typing.types("", '[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-24\n')
    assert cli("edit", "cmm").code == 0
    assert "earned = 2025-04-24" in path.read_text()


def test_an_id_may_stand_in_other_quotes(cli: Cli, path: Path, typing: Editor) -> None:
    path.write_text(START.replace('"ce-1"', "'ce-1'"))
    typing.types(BLOCK.replace('"ce-1"', "'ce-1'").replace("1.5", "1.25"))
    assert cli("edit", "ce-1").code == 0
    assert "hours = 1.25" in path.read_text()


@pytest.mark.parametrize("typed_ends", ["\n", "\r\n"])
def test_the_file_keeps_its_own_line_ends(cli: Cli, path: Path, typing: Editor, typed_ends: str) -> None:
    path.write_bytes(START.replace("\n", "\r\n").encode())
    typing.types(BLOCK.replace("1.5", "1.25").replace("\n", typed_ends))
    assert cli("edit", "ce-1").code == 0
    assert typing.shown == [BLOCK.replace("\n", "\r\n").encode()]
    assert path.read_bytes() == START.replace("1.5", "1.25").replace("\n", "\r\n").encode()


def test_other_line_ends_alone_are_no_change(cli: Cli, path: Path, typing: Editor) -> None:
    typing.types(BLOCK.replace("\n", "\r\n"))
    ended = cli("edit", "ce-1")
    assert (ended.code, ended.out.strip()) == (0, "ce-1: nothing to change.")
    assert path.read_text() == START


def test_edit_alone_opens_the_whole_file_and_checks_it(cli: Cli, path: Path, typing: Editor) -> None:
    typing.types(START.replace("hours = 1.5", "hours = -5"))
    ended = cli("edit")
    assert ended.code == 1
    assert typing.shown == [START.encode()]
    assert (typing.folder / "name").read_text() == "portfolio.toml"
    assert "portfolio.toml is changed. Take it back: cmmctl undo" in ended.err
    assert "portfolio.toml:12: `hours` of ce-1 must be more than zero" in ended.out
    assert cli("undo").code == 0
    assert path.read_text() == START


def test_edit_alone_mends_a_broken_file(cli: Cli, path: Path, typing: Editor) -> None:
    path.write_bytes(b"\xff not even text")
    typing.types(START)
    ended = cli("edit")
    assert (ended.code, ended.out.strip()) == (0, "portfolio.toml: nothing is wrong.")
    assert path.read_text() == START
    assert cli("history", "--show", "1").raw == b"\xff not even text"


def test_edit_alone_without_a_change_or_a_file(cli: Cli, path: Path, typing: Editor) -> None:
    ended = cli("edit")
    assert (ended.code, ended.out.strip()) == (0, "portfolio.toml is unchanged.")
    assert len(typing.shown) == 1
    path.unlink()
    ended = cli("edit", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "file-missing")


def test_the_file_is_not_written_over_when_it_changed_meanwhile(cli: Cli, path: Path, typing: Editor) -> None:
    (typing.folder / "script.py").write_text(
        f"import pathlib, sys\npathlib.Path({str(path)!r}).write_text('meanwhile')\n"
        "pathlib.Path(sys.argv[-1]).write_text('typed')\n"
    )
    ended = cli("edit")
    assert ended.code == 1
    assert "changed meanwhile" in ended.err
    assert kept(ended.err) == b"typed"
    assert path.read_text() == "meanwhile"


@pytest.mark.parametrize("arguments", [("edit", "ce-1"), ("edit",)])
def test_an_editor_that_fails_changes_nothing_and_loses_nothing(
    cli: Cli, path: Path, typing: Editor, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("EDITOR", typing.command(code=3))
    ended = cli(*arguments)
    assert ended.code == 1
    assert f"the editor `{sys.executable}` ended with 3; nothing was changed" in ended.err
    assert "kept" not in ended.err
    typing.types("", "half a thought")
    ended = cli(*arguments)
    assert ended.code == 1
    assert kept(ended.err) == b"half a thought"
    assert path.read_text() == START


def test_a_second_look_that_fails_keeps_what_was_typed_first(cli: Cli, path: Path, typing: Editor) -> None:
    wrong = BLOCK.replace("hours = 1.5", "hours = -1")
    (typing.folder / "script.py").write_text(
        "import pathlib, sys\nplace = pathlib.Path(sys.argv[-1])\n"
        f"sys.exit(1) if 'hours = -1' in place.read_text() else place.write_text({wrong!r})\n"
    )
    ended = cli("edit", "ce-1")
    assert ended.code == 1
    assert kept(ended.err) == wrong.encode()
    assert path.read_text() == START


def test_a_file_that_the_editor_deletes_is_no_change(cli: Cli, path: Path, typing: Editor) -> None:
    (typing.folder / "script.py").write_text("import pathlib, sys\npathlib.Path(sys.argv[-1]).unlink()\n")
    assert cli("edit", "ce-1").out.strip() == "ce-1: nothing to change."
    assert path.read_text() == START


def test_visual_comes_before_editor(cli: Cli, path: Path, typing: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", typing.command())
    monkeypatch.setenv("EDITOR", "false")
    assert cli("edit", "ce-1").code == 0
    monkeypatch.setenv("VISUAL", "  ")
    assert cli("edit", "ce-1").code == 1
    assert path.read_text() == START


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("no-such-editor --wait", "cannot run the editor `no-such-editor`: No such file or directory"),
        ('"vi', 'EDITOR holds a quote that is not closed: "vi'),
    ],
)
def test_an_editor_that_is_not_there(
    cli: Cli, path: Path, monkeypatch: pytest.MonkeyPatch, named: str, message: str
) -> None:
    monkeypatch.setenv("EDITOR", named)
    ended = cli("edit", "ce-1", "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"], problem["message"]) == (1, "io", message)
    assert path.read_text() == START


def test_a_command_with_spaces_needs_no_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "my editor"
    program.write_text('#!/bin/sh\necho typed > "$1"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", str(program))
    assert editor.command(attended=False) == [str(program)]
    assert editor.edited(b"", "x.toml", attended=False) == b"typed\n"


def test_without_a_choice_it_is_what_the_system_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CmmctlError, match="no editor was found"):
        editor.command(attended=True)
    for name in ("vi", "nano"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        with pytest.raises(CmmctlError, match=f"the editor `{name}` needs a terminal"):
            editor.command(attended=False)
        assert editor.command(attended=True) == [name]


def test_ctrl_c_belongs_to_the_editor(path: Path, typing: Editor) -> None:
    (typing.folder / "script.py").write_text(
        "import os, pathlib, signal, sys\nos.kill(os.getppid(), signal.SIGINT)\n"
        f"pathlib.Path(sys.argv[-1]).write_text({BLOCK.replace('1.5', '1.25')!r})\n"
    )
    ended = subprocess.run(
        [sys.executable, "-m", "cmmctl", "edit", "ce-1"], check=False, capture_output=True, text=True,
        env={**os.environ, "EDITOR": typing.command()},
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "hours = 1.25" in path.read_text()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
