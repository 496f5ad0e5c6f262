"""A pseudo-terminal of 80 columns, with a command on it and a person at its other end."""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Self

PROMPT = b" : "
CTRL_C, CTRL_D = "\x03", "\x04"
SECONDS = 20


class Talk(NamedTuple):
    """What stood on the terminal in the end, and how the command ended."""

    code: int
    screen: str

    def after(self, words: str) -> str:
        """Give the rest of the line that follows the last of these words."""
        return self.screen.rpartition(words)[2].partition("\n")[0]


class Terminal:
    """A command that runs on a terminal of its own."""

    def __init__(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        ready: Callable[[], object] = lambda: None,
    ) -> None:
        self._master, slave = pty.openpty()

        def own() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            ready()

        self.process = subprocess.Popen(
            [sys.executable, "-m", "cmmctl", *arguments], stdin=slave, stdout=slave, stderr=slave, cwd=folder,
            env=environment, start_new_session=True, preexec_fn=own,  # noqa: PLW1509 - one thread
        )  # fmt: skip
        os.close(slave)
        self.screen = b""
        self.ended = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._master)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._master, text.encode())

    def read(self, until: Callable[[bytes], bool] = lambda _: False, seconds: float = SECONDS) -> bool:
        """Watch the screen until something stands there, nobody writes any more, or the time is over."""
        end = time.monotonic() + seconds
        while not self.ended and not until(self.screen):
            if not select.select([self._master], [], [], max(0, end - time.monotonic()))[0]:
                return False
            try:
                shown = os.read(self._master, 4096)
            except OSError:  # the terminal is gone with its last reader
                shown = b""
            self.screen += shown
            self.ended = not shown
        return True

    def talk(self) -> Talk:
        """Wait for the end."""
        assert self.read(), f"the command waits, having said: {self.screen.decode()}"
        return Talk(self.process.wait(SECONDS), self.screen.decode(errors="replace").replace("\r\n", "\n"))
