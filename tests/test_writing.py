import errno
import os
import resource
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from cmmctl import blocks, disk, history, systems, writing
from cmmctl.commands.changes import change as record
from cmmctl.commands.session import Session
from cmmctl.errors import CmmctlError
from cmmctl.history import Occasion
from cmmctl.rulebook import Rulebook
from cmmctl.store import Document
from cmmctl.writing import create, rewrite, step, update
from conftest import Cli

START = b"""\
schema = 1

[profile]
name = "Office Manager"
"""
ADD = ("add-ce", "Coding", "--provider", "State Chapter", "--date", "2026-11-20", "--hours", "6")
NOON = Occasion("2026-11-23T12:00:00+0000", "edit")


@pytest.fixture
def path(folder: Path) -> Path:
    portfolio = folder / "portfolio.toml"
    portfolio.write_bytes(START)
    return portfolio


def noted(document: Document, note: str = "kept") -> str:
    return blocks.set_key(document.text, "profile", 0, "note", note)


def change(path: Path) -> None:
    update(path, Rulebook(), noted, NOON, lambda *_: "noted")


def refused(path: Path) -> tuple[str, str]:
    """Give the code and the message of the failure that a change meets."""
    with pytest.raises(CmmctlError) as raised:
        change(path)
    (problem,) = raised.value.problems
    return problem.code, problem.message


def left_behind(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name not in {"portfolio.toml", ".cmmctl"})


@contextmanager
def files_no_longer_than(size: int) -> Iterator[None]:
    """Let the disk be full: nothing can be written behind so many bytes of any file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_update_gives_both_documents_and_keeps_every_other_byte(path: Path) -> None:
    before, after = update(path, Rulebook(), noted, NOON, lambda *_: "noted")
    assert (before.text.encode(), after.text.encode()) == (START, path.read_bytes())
    assert path.read_bytes() == START + b'note = "kept"\n'
    assert left_behind(path.parent) == []


def test_an_unchanged_text_writes_nothing(path: Path) -> None:
    stamp = path.stat()
    update(path, Rulebook(), lambda document: document.text, NOON, lambda *_: pytest.fail("nothing to say"))
    assert path.stat().st_ino == stamp.st_ino
    assert history.read(path, START).entries == []


def test_a_text_that_cannot_be_understood_is_not_written(path: Path) -> None:
    with pytest.raises(CmmctlError) as raised:
        update(path, Rulebook(), lambda document: document.text + "[[cee]]\n", NOON, lambda *_: "wrong")
    assert raised.value.problems[0].line == 5
    assert path.read_bytes() == START


def test_a_new_file_is_private_and_an_old_one_keeps_its_mode(path: Path, folder: Path) -> None:
    new = folder / "new" / "deep" / "portfolio.toml"
    create(new, START.decode(), Rulebook(), NOON)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert stat.S_IMODE((new.parent / ".cmmctl" / "portfolio.toml.jsonl").stat().st_mode) == 0o600
    path.chmod(0o640)
    change(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_a_portfolio_that_exists_is_never_begun_anew(path: Path) -> None:
    path.write_bytes(b"not TOML at all")
    with pytest.raises(CmmctlError) as raised:
        create(path, START.decode(), Rulebook(), NOON)
    assert raised.value.problems[0].code == "exists"
    assert path.read_bytes() == b"not TOML at all"


def test_a_folder_that_cannot_be_made(path: Path) -> None:
    with pytest.raises(CmmctlError) as raised:
        create(path / "inside" / "portfolio.toml", START.decode(), Rulebook(), NOON)
    assert (raised.value.problems[0].code, "cannot make the folder" in str(raised.value)) == ("io", True)
    assert path.read_bytes() == START


def test_a_link_stays_a_link_and_its_history_lies_beside_the_file(path: Path, folder: Path, cli: Cli) -> None:
    link = folder / "elsewhere" / "mine.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    assert cli(*ADD, "-f", str(link)).code == 0
    assert link.is_symlink()
    assert b"Coding" in path.read_bytes()
    assert left_behind(link.parent) == ["mine.toml"]
    assert cli("undo").code == 0
    assert path.read_bytes() == START


def test_a_read_only_file_is_refused(path: Path, cli: Cli) -> None:
    path.chmod(0o444)
    ended = cli(*ADD, "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "io")
    assert problem["message"] == "portfolio.toml is read-only; nothing was changed"
    assert path.read_bytes() == START
    assert left_behind(path.parent) == []


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody who is not the administrator, to whom no folder is read-only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "portfolio.toml").write_bytes(START)
        was = os.geteuid()
        if was == 0:
            os.chown(path, 65534, -1)
            os.chown(path / "portfolio.toml", 65534, -1)
            os.seteuid(65534)
        try:
            yield path
        finally:
            os.seteuid(was)
            path.chmod(0o700)


def test_a_read_only_folder_is_a_clear_error(unprivileged: Path) -> None:
    unprivileged.chmod(0o500)
    code, message = refused(unprivileged / "portfolio.toml")
    assert (code, message) == ("io", f"cannot write in {unprivileged}: Permission denied; nothing was changed")
    assert (unprivileged / "portfolio.toml").read_bytes() == START


def test_a_folder_that_became_read_only_leaves_history_and_file_at_one(unprivileged: Path) -> None:
    path = unprivileged / "portfolio.toml"
    change(path)
    now = path.read_bytes()
    unprivileged.chmod(0o500)
    with pytest.raises(CmmctlError) as raised:
        update(path, Rulebook(), lambda document: noted(document, "again"), NOON, lambda *_: "noted")
    message = "cannot write portfolio.toml: Permission denied; nothing was changed"
    assert raised.value.problems[0].message == message
    assert path.read_bytes() == now
    assert len(history.read(path, now).entries) == 2


def test_a_full_disk_leaves_the_old_file(path: Path) -> None:
    with files_no_longer_than(20):
        code, message = refused(path)
    assert (code, message) == ("io", f"cannot write portfolio.toml: {os.strerror(errno.EFBIG)}; nothing was changed")
    assert path.read_bytes() == START
    assert left_behind(path.parent) == []
    change(path)
    assert path.read_bytes() != START


def test_a_disk_that_is_full_behind_the_history_leaves_the_old_file(path: Path) -> None:
    path.write_bytes(START + b"# " + b"x" * 5000 + b"\n")
    old = path.read_bytes()
    with files_no_longer_than(4000):
        assert refused(path)[0] == "io"
    assert path.read_bytes() == old
    assert left_behind(path.parent) == []
    assert [entry.command for entry in history.read(path, old).entries] == ["found"]


def test_a_file_that_somebody_saves_meanwhile_is_not_written_over(path: Path) -> None:
    def edit(document: Document) -> str:
        path.write_bytes(START + b"# saved in an editor\n")
        return noted(document)

    with pytest.raises(CmmctlError) as raised:
        update(path, Rulebook(), edit, NOON, lambda *_: "noted")
    assert raised.value.problems[0].code == "changed-meanwhile"
    assert path.read_bytes() == START + b"# saved in an editor\n"
    assert left_behind(path.parent) == []
    change(path)
    assert path.read_bytes() == START.replace(b"\n# saved", b"\n# saved") + b'note = "kept"\n# saved in an editor\n'


def test_a_rewrite_replaces_only_what_was_looked_at(path: Path) -> None:
    with pytest.raises(CmmctlError) as raised:
        rewrite(path, b"new", expected=b"something else", occasion=NOON, summary="edited")
    assert raised.value.problems[0].code == "changed-meanwhile"
    assert path.read_bytes() == START
    rewrite(path, b"not TOML", expected=START, occasion=NOON, summary="edited")
    assert path.read_bytes() == b"not TOML"


def test_what_a_killed_process_left_is_cleared_by_the_next_write(path: Path) -> None:
    (path.parent / "proofs").mkdir()
    stale = [path.parent / ".cmmctl-write-1.tmp", path.parent / "proofs" / ".cmmctl-write-2.tmp"]
    for each in stale:
        each.write_bytes(b"half")
    others = path.parent / ".cmmctl-7.tmp"
    others.write_bytes(b"a document that is being written")
    change(path)
    assert [each.exists() for each in stale] == [False, False]
    assert others.exists()


def test_a_temporary_file_in_the_way_is_a_failure_without_a_change(path: Path) -> None:
    in_the_way = path.parent / f".cmmctl-write-{os.getpid()}.tmp"
    in_the_way.mkdir()
    assert refused(path) == ("io", f"cannot write portfolio.toml: {os.strerror(errno.EEXIST)}; nothing was changed")
    assert path.read_bytes() == START


def test_a_disk_that_does_not_confirm_is_not_called_unchanged(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(folder: Path) -> None:
        if folder == path.parent:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(writing, "sync_folder", fails)
    code, message = refused(path)
    assert (code, message) == (
        "io",
        "portfolio.toml is changed, but the disk has not confirmed it: Input/output error",
    )
    assert b"note" in path.read_bytes()
    monkeypatch.undo()
    step(path, NOON._replace(command="undo"))
    assert path.read_bytes() == START


def test_no_folder_no_portfolio(folder: Path, cli: Cli) -> None:
    for command in (("undo",), ("redo",), ADD, ("remove", "ce-1", "--yes")):
        for place in (folder / "portfolio.toml", folder / "nowhere" / "portfolio.toml"):
            ended = cli(*command, "-f", str(place), "--json")
            assert (ended.code, ended.json["errors"][0]["code"]) == (1, "file-missing")
    assert left_behind(folder) == []


def test_a_portfolio_that_is_a_folder(folder: Path, cli: Cli) -> None:
    (folder / "portfolio.toml").mkdir()
    for command in (ADD, ("undo",), ("history",), ("edit",)):
        ended = cli(*command, "--json")
        (problem,) = ended.json["errors"]
        assert (ended.code, problem["code"]) == (1, "file-broken")
        assert "is a folder, not a portfolio" in problem["message"]


def test_a_file_that_cannot_be_read(unprivileged: Path) -> None:
    path = unprivileged / "portfolio.toml"
    path.chmod(0)
    assert refused(path) == ("io", f"cannot read {path}: Permission denied")


def test_windows_is_asked_again_for_a_while(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = [PermissionError(errno.EACCES, "in use")] * 3
    replace = Path.replace

    def busy(source: Path, target: Path) -> Path:
        if refusals:
            raise refusals.pop()
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", busy)
    monkeypatch.setattr(disk, "RETRY_SECONDS", 0)
    monkeypatch.setattr(disk, "RETRIES", 2)
    assert refused(path)[0] == "io"
    assert path.read_bytes() == START
    monkeypatch.setattr(disk, "RETRIES", 5)
    refusals[:] = [PermissionError(errno.EACCES, "in use")] * 3
    change(path)
    assert b"note" in path.read_bytes()
    assert left_behind(path.parent) == []


def test_a_disk_that_fails_on_a_folder_is_a_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(_descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output error"):
        systems.sync_folder(path.parent)


def test_a_writer_that_waits_too_long_changes_nothing(path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LOCK_SECONDS", 0.1)
    lock = path.parent / ".cmmctl" / "lock"
    lock.parent.mkdir()
    with FileLock(lock):
        ended = cli(*ADD, "--json")
    assert (ended.code, [error["code"] for error in ended.json["errors"]]) == (1, ["locked"])
    assert path.read_bytes() == START
    assert cli(*ADD).code == 0


def test_a_file_system_that_cannot_confirm_a_folder_is_no_failure(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync

    def fsync(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not of a folder")
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    change(path)
    assert b"note" in path.read_bytes()


def test_a_record_that_is_removed_meanwhile_is_not_named(path: Path, cli: Cli) -> None:
    cli(*ADD)
    session = Session("add-expense", file=str(path))
    assert "ce-1" in session.portfolio.tables
    cli("remove", "ce-1", "--yes")
    expense: dict[str, blocks.Value] = {"id": "expense-1", "records": ["ce-1"], "what": "fee", "amount": 5}
    with pytest.raises(CmmctlError) as raised:
        record(session, lambda document: blocks.append(document.text, "expense", expense), lambda: ["expense-1"], "x")
    assert raised.value.problems[0].code == "changed-meanwhile"
    assert path.read_bytes() == START


READING = (
    "import sys; from cmmctl.cli import app\n"
    "try: app(sys.argv[1:])\n"
    "except SystemExit: pass\n"
    "print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
)


@pytest.mark.parametrize("command", ["status", "eligibility", "recert", "hours", "list", "check", "rules", "path"])
def test_commands_that_read_do_not_pay_for_history_at_all(path: Path, command: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", READING, command], check=True, capture_output=True, text=True,
        env={**os.environ, "CMMCTL_FILE": str(path)},
    )  # fmt: skip
    loaded = set(ended.stderr.splitlines())
    assert "cmmctl.cli" in loaded
    assert loaded.isdisjoint({"cmmctl.history", "cmmctl.writing", "cmmctl.attaching", "cmmctl.editor", "filelock"})
    assert not (path.parent / ".cmmctl").exists()
