"""Pages that are true: every console block is played in a folder of its own, and what is printed must stand there.

A line with a prompt is a command; `office$` and `home$` are two computers, each with its own home folder. Between
blocks a page may do what its reader did before or does elsewhere, in a comment that no reader sees: move the day, get
a file, copy a folder, type what need not be shown.

    <!-- meanwhile
    today 2027-03-10
    file certificate.pdf
    copy office/Sync home/Sync
    $ cmmctl init --name "Office Manager"
    -->

Commands end well, unless what they print has an `error:`.
"""

import io
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from cmmctl.cli import app
from paperwork import receipt

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```console\n(?P<shown>.*?)^```$|^<!-- meanwhile\n(?P<hidden>.*?)^-->$", re.DOTALL | re.MULTILINE)
PROMPT = re.compile(r"(?P<computer>[a-z]*)\$ (?P<command>.*)")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d) \d\d:\d\d")


class Reader:
    """Somebody who types what a page says, on one day after the other."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.monkeypatch = monkeypatch
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        for who in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{who}_NAME", "Office Manager")
            monkeypatch.setenv(f"GIT_{who}_EMAIL", "office@example.com")
        monkeypatch.chdir(folder)

    def page(self, text: str) -> str:
        """Play a page from top to bottom; give it with what was printed."""
        return BLOCK.sub(self._block, text)

    def _block(self, block: re.Match[str]) -> str:
        if block["hidden"] is not None:
            for line in block["hidden"].splitlines():
                if typed := PROMPT.fullmatch(line):
                    assert "error:" not in self._printed(typed["computer"], typed["command"]), line
                else:
                    self._meanwhile(*shlex.split(line))
            return block[0]
        typed_lines = [found for line in block["shown"].splitlines() if (found := PROMPT.fullmatch(line))]
        said = "".join(f"{one[0]}\n{self._printed(one['computer'], one['command'])}" for one in typed_lines)
        return f"```console\n{said}```"

    def _meanwhile(self, verb: str, *words: str) -> None:
        paths = [self.folder / word for word in words]
        match verb:
            case "today":
                self.monkeypatch.setenv("CMMCTL_TODAY", *words)
            case "file":
                for path in paths:
                    path.write_bytes(receipt() + b"%" + path.name.encode())  # no two alike
            case "write":
                paths[0].write_text(words[1].replace("\\n", "\n"), encoding="utf-8")
            case "copy":
                shutil.copytree(paths[0], paths[1], dirs_exist_ok=True) if paths[0].is_dir() else shutil.copy(*paths)
            case "delete":
                shutil.rmtree(paths[0]) if paths[0].is_dir() else paths[0].unlink()
            case "protect":
                paths[0].chmod(0o400)
            case "allow":
                paths[0].chmod(0o600)
            case "replace":
                text = paths[0].read_text(encoding="utf-8")
                assert words[1] in text
                paths[0].write_text(text.replace(words[1], words[2]), encoding="utf-8")
            case _:
                raise AssertionError(f"nobody knows how to {verb}")

    def _printed(self, computer: str, command: str) -> str:
        """Run one command as it stands there, and give what it printed."""
        place = self.folder / computer
        place.mkdir(exist_ok=True)
        self.monkeypatch.chdir(place)
        self.monkeypatch.setenv("HOME", str(place))
        self.monkeypatch.setenv("CMMCTL_FILE", "" if computer else "portfolio.toml")
        program, *words = shlex.split(command)
        code, output = _PROGRAMS[program](words)
        assert (code == 0) == ("error:" not in output and "CONFLICT" not in output), f"{command}: {code}\n{output}"
        return _MOMENT.sub(r"\1 10:00", output.replace(str(place), "/home/you"))


def _cmmctl(words: list[str]) -> tuple[int, str]:
    """Run it with both outputs on one stream, in the order in which a person sees them; nobody can be asked."""
    seen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n", write_through=True)
    with redirect_stdout(seen), redirect_stderr(seen), pytest.raises(SystemExit) as end:
        app(words)
    seen.seek(0)
    return int(end.value.code or 0), seen.read()


def _git(words: list[str]) -> tuple[int, str]:
    done = subprocess.run(
        ["git", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, encoding="utf-8",
        env={**os.environ, "LC_ALL": "C"},
    )  # fmt: skip
    return done.returncode, done.stdout


_PROGRAMS: Mapping[str, Callable[[list[str]], tuple[int, str]]] = {"cmmctl": _cmmctl, "git": _git}


def compared(path: Path, now: str, request: pytest.FixtureRequest) -> None:
    """Compare a file with what it should be, or write it anew under `--update-golden`."""
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
    assert now == path.read_text(encoding="utf-8"), f"{path.name}: look at it, then run --update-golden"
