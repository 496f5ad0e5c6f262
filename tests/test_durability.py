"""Whatever goes wrong at whatever moment, the portfolio is the old one or the new one, and the next command works.

The tool is run under strace, which kills it before one of the system calls that touch the portfolio's folder,
interrupts it there, or lets that call fail. `CMMCTL_FAULTS=all` tries every call and every error for every
command. Without it that is done for `add-ce` alone, where errors take turns at calls that only read; the other
commands are killed before every other call that writes, and the errors take turns at those between.
"""

import atexit
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from compileall import compile_dir
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import cycle, pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import cmmctl
from cmmctl import blocks, history, proofs, writing
from cmmctl.history import Occasion
from cmmctl.model import CE, Proof
from cmmctl.rulebook import Rulebook
from cmmctl.store import load
from conftest import Cli

PORTFOLIO = """\
# kept by hand
schema = 1

[profile]
name = "Office Manager"

[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

# the first one
[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5   # as printed
"""
ADDED = ("add-ce", "Coding", "--provider", "State Chapter", "--date", "2026-11-20", "--hours", "6")
COMMANDS = {
    "add-ce": ("add-ce", "Denials", "--provider", "State Chapter", "--date", "2026-11-21", "--hours", "2"),
    "edit": ("edit", "ce-1", "hours=2"),
    "remove": ("remove", "ce-2", "--yes"),
    "undo": ("undo",),
    "attach": ("attach", "ce-1", "certificate.pdf"),
    "init": ("init", "--name", "Office Manager"),
}
SAID = {"add-ce": "Recorded", "edit": "Changed", "remove": "Removed", "undo": "Taken back", "attach": "Attached",
        "init": "Begun"}  # fmt: skip
ERRORS = ("ENOSPC", "EIO", "EACCES")
READING = frozenset(
    {"access", "fcntl", "fstat", "getdents64", "ioctl", "lseek", "newfstatat", "pread64", "read", "readlink", "statx"}
)
ALL = os.environ.get("CMMCTL_FAULTS") == "all"
WORKERS = os.cpu_count() or 1
OCCASION = Occasion("2026-11-23T12:00:00+0000", "test")


def _why_not() -> str:
    """Say why nothing can be traced here; empty where it can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    tried = subprocess.run([strace, "-o", os.devnull, "true"], check=False, capture_output=True)
    return "strace may not trace here" if tried.returncode else ""


WHY_NOT = _why_not()
traced = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


class Call(NamedTuple):
    """One system call that touches the folder: the how-many-th of its name in the whole run."""

    name: str
    number: int


@dataclass(frozen=True)
class Fault:
    """What is done to one call: `signal=KILL` before it, or `error=...` instead of it."""

    call: Call
    done: str


@dataclass(frozen=True)
class Run:
    """How a run of the tool ended."""

    code: int
    out: str
    err: str
    trace: str
    path: Path


@dataclass(frozen=True)
class Story:
    """A command with the folder it starts from, and the texts before and after it."""

    name: str
    start: Path
    old: bytes | None
    new: bytes | None


def _environment(path: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"], "HOME": str(path.parent.parent), "CMMCTL_FILE": str(path),
        "CMMCTL_TODAY": "2026-11-23", "COLUMNS": "100", "PYTHONPATH": str(_package()), "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


@cache
def _package() -> Path:
    """Copy the package to where nothing compiles or touches it between two runs, which must make the same calls."""
    folder = Path(tempfile.mkdtemp(prefix="cmmctl-package-"))
    atexit.register(shutil.rmtree, folder)
    original = Path(cmmctl.__file__).parent
    shutil.copytree(original, folder / original.name, ignore=shutil.ignore_patterns("__pycache__"))
    assert compile_dir(folder, quiet=1)
    return folder


def _run(path: Path, arguments: Sequence[str], *options: str) -> Run:
    trace = path.parent.parent / "trace"
    command = [sys.executable, "-m", "cmmctl", *arguments]
    if options:
        command = ["strace", "-f", "-y", "-s", "0", "-o", str(trace), *options, *command]
    ended = subprocess.run(
        command, check=False, capture_output=True, text=True, env=_environment(path), cwd=path.parent.parent,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return Run(ended.returncode, ended.stdout, ended.stderr, trace.read_text() if options else "", path)


def _story(name: str, root: Path) -> Story:
    """Prepare a folder for a command, and let it run there once undisturbed."""
    start = root / "start"
    path = start / "folder" / "portfolio.toml"
    path.parent.mkdir(parents=True)
    (start / "certificate.pdf").write_bytes(b"%PDF-1.7 certificate")
    if name != "init":
        path.write_text(PORTFOLIO)
        for arguments in (ADDED, ("edit", "ce-2", "subject=healthcare")):
            assert _run(path, arguments).code == 0
    done = _run(_copy(start, root / "done"), COMMANDS[name])
    assert (done.code, SAID[name] in done.out) == (0, True), done.err
    return Story(name, start, _bytes(path), _bytes(done.path))


def _copy(start: Path, to: Path) -> Path:
    shutil.copytree(start, to)
    return to / "folder" / "portfolio.toml"


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _calls(story: Story, root: Path) -> list[Call]:
    """List every call that touches the folder, in order."""
    run = _run(_copy(story.start, root / "traced"), COMMANDS[story.name], "-e", "trace=%file,%desc")
    counted = Counter[str]()
    calls = []
    for line in run.trace.splitlines():
        if found := re.match(r"[0-9]+ +([a-z0-9_]+)\(", line):
            counted[found[1]] += 1
            if str(run.path.parent) in line:
                calls.append(Call(found[1], counted[found[1]]))
    return calls


def _disturbed(story: Story, root: Path, number: int, fault: Fault) -> Run:
    """Run a command with one fault, in a folder of its own; the fault must have struck the call that was meant."""
    path = _copy(story.start, root / str(number))
    fast = ["--seccomp-bpf"] if fault.done.startswith("error") else []
    injected = f"inject={fault.call.name}:{fault.done}:when={fault.call.number}"
    run = _run(path, COMMANDS[story.name], *fast, "-e", f"trace={fault.call.name}", "-e", injected)
    lines = run.trace.splitlines()
    struck = [
        line for line, after in pairwise(lines) if "INJECTED" in line or line.endswith("= ?") or "SIGINT" in after
    ]
    assert len(struck) == 1, (fault, run.trace[-300:])
    assert str(path.parent) in struck[0], (fault, struck)
    return run


def _told(figures: str) -> None:
    print(figures)  # noqa: T201 - `pytest -s` shows how much was tried


def _all(story: Story, root: Path, faults: Sequence[Fault]) -> Iterator[tuple[Fault, Run]]:
    with ThreadPoolExecutor(WORKERS) as pool:
        runs = pool.map(lambda numbered: _disturbed(story, root, *numbered), enumerate(faults))
        yield from zip(faults, runs, strict=True)


def _sound(path: Path) -> None:
    """Every version can be brought back, and the newest is what the file holds."""
    content = _bytes(path)
    journal = history.read(path, content)
    for entry in journal.entries:
        assert history.digest(journal.version(entry.number)) == entry.after
    assert not journal.entries or journal.now == history.digest(content)


def _goes_on(path: Path) -> None:
    """The next command works without any clean-up, gives a new id, and can be taken back."""
    _sound(path)
    before = _bytes(path)
    if before is None:
        writing.create(path, PORTFOLIO, Rulebook(), OCCASION)
    else:
        writing.update(
            path, Rulebook(),
            lambda document: blocks.append(document.text, "membership", {"id": "membership-9", "body": "PAHCOM",
                                                                         "start": "2025"}),
            OCCASION, lambda *_: "added membership-9",
        )  # fmt: skip
        assert b"membership-9" in path.read_bytes()
    _sound(path)
    assert not [*path.parent.rglob(".cmmctl-write-*")]
    writing.step(path, OCCASION._replace(command="undo"))
    assert _bytes(path) == before
    _sound(path)


def _proven(path: Path) -> None:
    """Every recorded certificate is there, whole."""
    if path.exists():
        assert all(proofs.intact(path.parent, proof) for proof in load(path, Rulebook()).portfolio.all(Proof))


@pytest.fixture(scope="module", params=COMMANDS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return _story(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def calls(story: Story) -> list[Call]:
    return _calls(story, story.start.parent)


def _writing(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if call.name not in READING]


@traced
def test_killed_before_any_system_call(story: Story, calls: list[Call], tmp_path: Path) -> None:
    chosen = calls if ALL or story.name == "add-ce" else _writing(calls)[::2]
    ends = Counter[str]()
    for fault, run in _all(story, tmp_path, [Fault(call, "signal=KILL") for call in chosen]):
        text = _bytes(run.path)
        assert text in (story.old, story.new), fault
        assert run.code in (137, -9), fault
        assert SAID[story.name] not in run.out or text == story.new, fault
        ends["new" if text == story.new else "old"] += 1
        _proven(run.path)
        _goes_on(run.path)
    assert ends["old"] > 10
    assert ends["new"] > 0
    _told(f"{story.name}: killed before {len(chosen)} system calls, {ends['old']} old, {ends['new']} new, 0 others")


@traced
def test_any_system_call_fails(story: Story, calls: list[Call], tmp_path: Path) -> None:
    chosen = calls if ALL or story.name == "add-ce" else _writing(calls)[1::2]
    turns = cycle(ERRORS)
    faults = [
        Fault(call, f"error={error}")
        for call in chosen
        for error in (ERRORS if ALL or (story.name == "add-ce" and call.name not in READING) else [next(turns)])
    ]
    ends = Counter[str]()
    for fault, run in _all(story, tmp_path, faults):
        text = _bytes(run.path)
        assert text in (story.old, story.new), (fault, run.err)
        _says_what_is_true(story, run, fault)
        ends["new" if text == story.new else "old"] += 1
        assert run.code == 0 or story.name != "attach" or not _strays(run.path), fault
        _proven(run.path)
        _goes_on(run.path)
    assert ends["old"] > 5
    _told(f"{story.name}: {len(faults)} faults, {ends['old']} old, {ends['new']} new, 0 others")


def _says_what_is_true(story: Story, run: Run, fault: Fault) -> None:
    changed = _bytes(run.path) == story.new
    said = run.out + run.err
    assert run.code in (0, 1), (fault, said)
    assert "Traceback" not in said, (fault, said)
    if run.code == 0:
        assert changed, (fault, said)
        assert SAID[story.name] in run.out, (fault, said)
    else:
        assert SAID[story.name] not in run.out, (fault, said)
        assert run.err.startswith("error: "), (fault, said)
        assert changed == bool(re.search("is changed|is saved", said)), (fault, said)
        assert not (changed and "nothing was changed" in said), (fault, said)


def _strays(path: Path) -> list[Path]:
    """List files in `proofs/` that the portfolio does not name, hidden ones too."""
    text = path.read_text()
    return [each for each in (path.parent / "proofs").glob("*") if each.name not in text]


@pytest.fixture(scope="module")
def adding(tmp_path_factory: pytest.TempPathFactory) -> Story:
    return _story("add-ce", tmp_path_factory.mktemp("adding"))


@traced
def test_ctrl_c_at_any_system_call(adding: Story, tmp_path: Path) -> None:
    calls = _writing(_calls(adding, tmp_path))
    ends = Counter[str]()
    for fault, run in _all(adding, tmp_path, [Fault(call, "signal=INT") for call in calls]):
        text = _bytes(run.path)
        changed = text == adding.new
        assert changed or text == adding.old, fault
        assert "Traceback" not in run.err, (fault, run.err)
        said = "Recorded ce-3" in run.out or "is saved" in run.err
        assert (said, "Nothing was saved" in run.err) == (changed, not changed), (fault, run.out, run.err)
        ends["new" if changed else "old"] += 1
        _goes_on(run.path)
    assert min(ends.values()) > 1
    _told(f"interrupted at {len(calls)} system calls: {ends['old']} old, {ends['new']} new, 0 others")


@traced
def test_recorded_is_said_only_once_it_is_on_the_disk(adding: Story, tmp_path: Path) -> None:
    run = _run(_copy(adding.start, tmp_path / "one"), COMMANDS["add-ce"], "-e", "trace=write,fsync,rename")
    patterns = {
        "the journal's line": r"write\(\d+<.*jsonl>",
        "on the disk": r"fsync\(\d+<.*jsonl>",
        "the new text": r"write\(\d+<.*tmp>",
        "on the disk too": r"fsync\(\d+<.*tmp>",
        "in its place": r"rename\(",
        "the folder on the disk": r"fsync\(\d+<.*/folder>",
        "said": r"write\(1<",
    }
    found = [next(n for n, line in enumerate(run.trace.splitlines()) if re.search(p, line)) for p in patterns.values()]
    assert found == sorted(found), dict(zip(patterns, found, strict=True))


@pytest.fixture
def started(tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "portfolio.toml"
    path.parent.mkdir()
    path.write_text(PORTFOLIO)
    (tmp_path / "certificate.pdf").write_bytes(b"%PDF-1.7 certificate")
    return path


def _together(path: Path, commands: Sequence[Sequence[str]]) -> list[tuple[int, str]]:
    """Start all commands at once; give the exit code and the output of each."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "cmmctl", *command], env=_environment(path), cwd=path.parent.parent, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        for command in commands
    ]  # fmt: skip
    said = [process.communicate()[0] for process in running]
    return [(process.returncode, text) for process, text in zip(running, said, strict=True)]


def test_fifty_at_once_record_fifty_entries(started: Path) -> None:
    titles = {f"Session {number}" for number in range(50)}
    ended = _together(started, [(*ADDED[:1], title, *ADDED[2:]) for title in sorted(titles)])
    assert [said for code, said in ended if code] == []
    entries = load(started, Rulebook()).portfolio.all(CE)
    assert {entry.title for entry in entries} == titles | {"Privacy"}
    assert [entry.id for entry in entries] == [f"ce-{number}" for number in range(1, 52)]
    assert started.read_text().startswith(PORTFOLIO)
    _sound(started)
    _told("50 parallel add-ce: 50 records, 50 ids, 0 bytes lost")


def test_parallel_changes_equal_a_serial_order(started: Path, cli: Cli) -> None:
    for title in ("Denials", "Payroll", "Hiring"):
        assert _run(started, (*ADDED[:1], title, *ADDED[2:])).code == 0
    start = started.read_bytes()
    commands = [
        *((*ADDED[:1], f"Session {number}", *ADDED[2:]) for number in range(8)),
        ("edit", "ce-1", "hours=2"),
        ("edit", "ce-1", "note=kept"),
        ("edit", "ce-2", "tags+=live"),
        ("edit", "ce-2", "tags+=mgma"),
        ("edit", "ce-2", "hours=3"),
        ("remove", "ce-3", "--yes"),
        ("add-expense", "ce-3", "--what", "fee", "--amount", "5"),
        ("remove", "ce-4", "--yes"),
        ("attach", "ce-1", "certificate.pdf"),
        ("attach", "ce-2", "certificate.pdf"),
    ]
    known = len(history.read(started, start).entries)
    ended = _together(started, commands)
    done = [command for command, (code, _) in zip(commands, ended, strict=True) if code == 0]
    refused = [said for code, said in ended if code]
    assert all(code == 1 and re.search("run the command again|there is no record|stays", said) for code, said in ended
               if code), refused  # fmt: skip
    assert len(done) >= len(commands) - 3
    _sound(started)
    _proven(started)
    journal = history.read(started, started.read_bytes())
    assert len(journal.entries) == known + len(done)
    _replayed(cli, started, start, journal.entries[known:], done)


def _replayed(
    cli: Cli, started: Path, start: bytes, entries: Sequence[history.Entry], done: Sequence[Sequence[str]]
) -> None:
    """Running the commands one after the other, in the order of the history, gives every version byte for byte."""
    path = started.parent.parent / "again" / "portfolio.toml"
    shutil.copytree(started.parent / "proofs", path.parent / "proofs")
    before, waiting = start, list(done)
    for entry in entries:
        # A try that was wrong must not use up an id, so only commands that the entry may be about are tried.
        for command in [each for each in waiting if each[0] == entry.command and each[1] in entry.summary]:
            path.write_bytes(before)
            arguments = [str(started.parent.parent / word) if word.endswith(".pdf") else word for word in command]
            ended = cli(*arguments, "-f", str(path))
            if ended.code == 0 and history.digest(path.read_bytes()) == entry.after:
                waiting.remove(command)
                break
        else:
            pytest.fail(f"no command explains version {entry.number}: {entry.summary}")
        before = path.read_bytes()
    assert waiting == []
    assert before == started.read_bytes()
