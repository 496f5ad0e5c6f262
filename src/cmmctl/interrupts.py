"""Ctrl-C: it strikes once, it waits while a change is written, and what it says is true.

It may come between any two steps of the program, after a change is written too. So what is said cannot depend on
where it struck: who writes notes it here, and who ends asks here. Where Python would swallow it, or turn it into
another error, it comes again a moment later.
"""

import _thread
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

MOMENT = 0.002  # seconds
_SWALLOWED = frozenset({"__del__", "__set_name__"})  # what such a method raises goes nowhere, or becomes another error
_DEEP = re.compile(r"<frozen importlib|.*weakref(set)?\.py$")  # so does what is raised in an import or a callback
_written: list[str] = []  # what this command has changed so far, in words
_settled: list[str] = []  # of that, what was said before the last question


def once() -> None:
    """Let the first Ctrl-C stop the program, and none after it disturb the tidying up; not where it is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _stop)
        sys.unraisablehook = _swallowed


def _stop(_signal: int, frame: FrameType | None) -> None:
    """Stop the program, unless that would be lost where it is just now, or it only says what it has written."""
    if _written != _settled:
        return
    while frame:
        if frame.f_code.co_name in _SWALLOWED or _DEEP.match(frame.f_code.co_filename):
            _later()
            return
        frame = frame.f_back
    never()
    raise KeyboardInterrupt


def _swallowed(lost: "sys.UnraisableHookArgs") -> None:
    """Bring back a Ctrl-C that the interpreter swallowed, and show anything else as ever."""
    if lost.exc_type is KeyboardInterrupt:
        signal.signal(signal.SIGINT, _stop)
        _later()
    else:
        sys.__unraisablehook__(lost)


def _later() -> None:
    _thread.start_new_thread(again, ())


def again() -> None:
    """Let Ctrl-C come again in a moment."""
    time.sleep(MOMENT)
    _thread.interrupt_main()


def never() -> None:
    """Let Ctrl-C pass without effect from now on."""
    signal.signal(signal.SIGINT, lambda *_: None)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C pass without effect. A program started meanwhile gets it as ever."""
    handler = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)


def wait_for(terminal: TextIO) -> None:
    """Sleep until a line is typed, or Ctrl-C comes.

    One that came just before the sleep would go unnoticed until the next key: what waits for it is a pipe.
    """
    _settled[:] = _written
    if os.name == "nt":  # other system: the console of Windows wakes its reader itself
        return
    import select  # noqa: PLC0415 - only where somebody is asked

    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    before = signal.set_wakeup_fd(waking)
    try:
        while terminal.fileno() not in select.select([terminal.fileno(), woken], [], [])[0]:
            os.read(woken, 1)
    finally:
        signal.set_wakeup_fd(before)
        os.close(waking)
        os.close(woken)


def begin() -> None:
    """Begin a command, which has changed nothing yet."""
    _written.clear()
    _settled.clear()


def wrote(summary: str) -> None:
    """Note what was just written; Ctrl-C is too late for it, and passes until the next question."""
    _written.append(summary)


def truth() -> str:
    """Say to somebody who stopped the command what became of it."""
    return f"This is saved: {'; '.join(_written)}." if _written else "Nothing was saved."
