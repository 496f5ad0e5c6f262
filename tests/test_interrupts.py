"""Ctrl-C at a hundred moments: from the first import, through every question, to the last word after the write.

Real programs on real pseudo-terminals, and the key itself is pressed there. What Python does before the program's
first line belongs to Python: until then the signal is held back, and strikes at that line.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from cmmctl import interrupts
from conftest import Cli, Write
from terminal import CTRL_C, CTRL_D, PROMPT, Talk, Terminal

PORTFOLIO = """\
schema = 1

[profile]
name = "Office Manager"

[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5   # as printed
"""
ANSWERS = ("Coding Update", "", "nov 20 2026", "6", "20417", "1 2", "$199", "", "certificate.pdf", "y")
MOMENTS = 100
PARTS = 4  # each in a process of its own
# Holds the signal back until the program begins, whatever Python imports before that.
HELD_BACK = """\
import signal, sys
def begun(event, arguments):
    if event == "import" and arguments[0] == "cmmctl.interrupts":
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
sys.addaudithook(begun)
"""


@dataclass(frozen=True)
class Moment:
    """When the key is pressed: so many answers were given, then the next one was begun, then a while passed."""

    answers: int
    begun: str = ""
    delay: float = 0


@dataclass(frozen=True)
class Place:
    """A folder to run in."""

    folder: Path

    @property
    def content(self) -> bytes:
        return (self.folder / "portfolio.toml").read_bytes()

    @property
    def strays(self) -> list[str]:
        """What lies about that is no part of a portfolio."""
        names = {path.name for path in self.folder.rglob("*") if path.is_file()}
        return sorted(name for name in names if name.startswith(".cmmctl-") or name.endswith(".tmp"))

    def start(self, **more: str) -> Terminal:
        environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "CMMCTL_FILE": str(self.folder / "portfolio.toml"),
            "CMMCTL_TODAY": "2026-11-23", "TERM": "dumb", "PYTHONPATH": str(self.folder.parent / "held"),
            **more,
        }  # fmt: skip
        held = lambda: signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # noqa: E731 - it runs in the child
        return Terminal(["add-ce"], self.folder, environment, held)


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "held").mkdir()
    (tmp_path / "held" / "sitecustomize.py").write_text(HELD_BACK)

    def made() -> Iterator[Place]:
        for number in range(MOMENTS):
            folder = tmp_path / str(number)
            folder.mkdir()
            (folder / "portfolio.toml").write_text(PORTFOLIO)
            (folder / "certificate.pdf").write_bytes(b"%PDF-1.7")
            yield Place(folder)

    return made()


def answered(terminal: Terminal, count: int) -> None:
    """Give so many answers, and wait for the question after them."""
    for number in range(count + 1):
        assert terminal.read(lambda screen, asked=number: screen.count(PROMPT) > asked), terminal.screen.decode()  # type: ignore[misc]
        if number < count:
            terminal.type(f"{ANSWERS[number]}\n")


def undisturbed(place: Place) -> tuple[float, float, bytes]:
    """Run once to the end; give the seconds to the first question and after the last answer, and the new text."""
    begun = time.monotonic()
    with place.start() as terminal:
        answered(terminal, 0)
        start = time.monotonic() - begun
        answered(terminal, len(ANSWERS) - 1)
        begun = time.monotonic()
        terminal.type(f"{ANSWERS[-1]}\n")
        ended = terminal.talk()
    assert ended.code == 0
    assert "Recorded ce-2" in ended.screen
    return start, time.monotonic() - begun, place.content


def moments(start: float, end: float) -> list[Moment]:
    """Spread a hundred moments: start-up, every question untouched and half answered, and all that follows the yes."""
    at_questions = [Moment(number, begun) for number in range(len(ANSWERS)) for begun in ("", "ab c")]
    starting = [Moment(-1, delay=start * n / 32) for n in range(32)]
    writing = [Moment(len(ANSWERS), delay=1.1 * end * n / 48) for n in range(48)]
    return [*starting, *at_questions, *writing]


def pressed(place: Place, moment: Moment) -> Talk:
    with place.start() as terminal:
        if moment.answers == len(ANSWERS):
            answered(terminal, moment.answers - 1)
            terminal.type(f"{ANSWERS[-1]}\n")
        elif moment.answers >= 0:
            answered(terminal, moment.answers)
        terminal.type(moment.begun)
        time.sleep(moment.delay)
        terminal.type(CTRL_C)
        return terminal.talk()


@pytest.mark.parametrize("part", range(PARTS))
def test_ctrl_c_at_any_moment_leaves_nothing_half_done(places: Iterator[Place], part: int) -> None:
    old = PORTFOLIO.encode()
    start, end, new = undisturbed(next(places))
    chosen = moments(start, end)[part::PARTS]
    assert len(chosen) == MOMENTS / PARTS
    unsaved = 0
    for moment in chosen:
        place = next(places)
        ended = pressed(place, moment)
        assert "Traceback" not in ended.screen, (moment, ended.screen)
        assert place.content in (old, new), moment
        if place.content == old:
            unsaved += 1
            assert (ended.code, ended.screen.endswith("\nNothing was saved.\n")) == (130, True), (moment, ended)
            assert not (place.folder / "proofs").exists() or not [*(place.folder / "proofs").iterdir()], moment
        else:
            assert moment.answers == len(ANSWERS), moment
            assert "Nothing was saved" not in ended.screen, (moment, ended.screen)
            # The key empties what the terminal has not shown yet, so the words of a success may be lost to it.
            assert ended.code == 0 or "is saved" in ended.screen, (moment, ended.screen)
        assert place.strays == [], moment
    assert unsaved >= MOMENTS / PARTS / 2  # before the yes nothing is ever written


@pytest.mark.parametrize("question", range(len(ANSWERS)))
def test_the_end_of_input_at_any_question_leaves_nothing(places: Iterator[Place], question: int) -> None:
    place = next(places)
    typed = f"half{CTRL_D}{CTRL_D}" if question % 2 else CTRL_D
    with place.start() as terminal:
        answered(terminal, question)
        terminal.type(typed)
        ended = terminal.talk()
    assert (ended.code, ended.screen.endswith("\nNothing was saved.\n")) == (130, True), ended
    assert place.content == PORTFOLIO.encode()


def test_ctrl_c_before_the_first_import_is_answered(places: Iterator[Place]) -> None:
    place = next(places)
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    with place.start(**measured) as terminal:
        terminal.type(CTRL_C)  # held back until the program's first line
        ended = terminal.talk()
    assert (ended.code, ended.screen.replace("^C", "")) == (130, "\nNothing was saved.\n")


def test_what_was_written_is_never_denied(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(PORTFOLIO)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cmmctl.commands.extras.warn_unshown", stopped)
    words = ("add-ce", "Denials", "--provider", "x", "--date", "today", "--hours", "2")
    ended = cli(*words)
    assert (ended.code, ended.err) == (130, "\nThis is saved: recorded ce-2, Denials - x, 2 CE hours.\n")
    assert b"Denials" in path.read_bytes()
    monkeypatch.undo()
    cli("list")
    assert interrupts.truth() == "Nothing was saved."  # the next command begins anew


def test_a_ctrl_c_that_passes_without_effect_ends_no_waiting() -> None:
    reading, writing = os.pipe()
    before = signal.getsignal(signal.SIGINT)
    timers = [
        threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)),
        threading.Timer(0.2, lambda: os.write(writing, b"6\n")),
    ]
    with os.fdopen(reading) as terminal:
        try:
            interrupts.never()
            for timer in timers:
                timer.start()
            interrupts.wait_for(terminal)
            assert terminal.readline() == "6\n"
        finally:
            signal.signal(signal.SIGINT, before)
            for timer in timers:
                timer.join()
            os.close(writing)


@pytest.fixture
def once() -> Iterator[None]:
    """What `once` sets is set back after the test."""
    before, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        interrupts.once()
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        sys.unraisablehook = hook


@pytest.mark.usefixtures("once")
def test_ctrl_c_strikes_once() -> None:
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGINT)  # passes without effect


@pytest.mark.usefixtures("once")
def test_after_the_end_ctrl_c_has_no_effect() -> None:
    interrupts.never()
    signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("once")
def test_what_was_written_is_said_to_the_end_and_the_next_question_can_be_broken_off() -> None:
    interrupts.begin()
    interrupts.wrote("recorded course-1")
    signal.raise_signal(signal.SIGINT)  # it is too late
    reading, writing = os.pipe()
    with os.fdopen(reading) as terminal, os.fdopen(writing, "w") as typing:
        typing.write("y\n")
        typing.flush()
        interrupts.wait_for(terminal)
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert interrupts.truth() == "This is saved: recorded course-1."
    interrupts.begin()


@pytest.mark.usefixtures("once")
def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.once()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


class Swallowing:
    """What is raised while it is taken apart goes nowhere."""

    def __del__(self) -> None:
        signal.raise_signal(signal.SIGINT)


def generated() -> Iterator[int]:
    try:
        yield 1
    finally:
        signal.raise_signal(signal.SIGINT)


IMPORTED = """\
import signal
class Named:
    def __set_name__(self, owner, name):
        signal.raise_signal(signal.SIGINT)
class Owner:
    named = Named()
whole = True
"""


def pressed_in(where: str) -> None:
    match where:
        case "a method":
            Swallowing()
        case "a generator":
            next(generated())
        case _:
            assert import_module("imported_here").whole  # first it is loaded as a whole
    time.sleep(5)


@pytest.mark.parametrize("where", ["a method", "a generator", "an import"])
@pytest.mark.usefixtures("once")
def test_a_ctrl_c_that_would_be_lost_comes_again(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "imported_here.py").write_text(IMPORTED)
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        pressed_in(where)
    assert capsys.readouterr().err == ""


@pytest.mark.usefixtures("once")
def test_it_comes_again_in_a_moment() -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupts.again()


@pytest.mark.usefixtures("once")
def test_other_errors_that_go_nowhere_are_shown_as_ever(capsys: pytest.CaptureFixture[str]) -> None:
    class Failing:
        def __del__(self) -> None:
            raise ValueError("odd")

    Failing()
    assert "ValueError: odd" in capsys.readouterr().err
