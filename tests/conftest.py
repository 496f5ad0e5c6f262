"""A command line in a box: the environment pinned, the portfolio in a folder of the test's own."""

import json
import signal
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from typer.testing import CliRunner

from cmmctl.cli import app

settings.register_profile("patient", deadline=None)  # a slow machine is no failure
settings.load_profile("patient")
TODAY = "2026-11-23"

# Where the tests run in the background, Ctrl-C is ignored, and so it would be by every command they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str
    raw: bytes = b""

    @property
    def json(self) -> Any:
        """The envelope."""
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        """What the envelope holds."""
        return self.json["data"]


Cli = Callable[..., Outcome]
Write = Callable[[str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The portfolio's folder, with everything that decides on a run pinned."""
    for name in ("CI", "CMMCTL_FILE", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "COLUMNS", "FORCE_COLOR", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CMMCTL_FILE", str(tmp_path / "portfolio.toml"))
    monkeypatch.setenv("CMMCTL_TODAY", TODAY)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")
    return tmp_path


@pytest.fixture
def cli(folder: Path) -> Cli:
    """Run a command as a person would, without a terminal."""

    def run(*arguments: str, stdin: str = "") -> Outcome:
        result = CliRunner().invoke(app, list(arguments), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr, result.stdout_bytes)

    assert folder.exists()
    return run


@pytest.fixture
def write(folder: Path) -> Write:
    """Write a portfolio from an indented text; `schema` and `[profile]` are added where they are missing."""

    def portfolio(text: str) -> Path:
        text = textwrap.dedent(text).lstrip("\n")
        if "[profile]" not in text:
            text = f'[profile]\nname = "Office Manager"\n\n{text}'
        if "schema" not in text:
            text = f"schema = 1\n\n{text}"
        path = folder / "portfolio.toml"
        path.write_bytes(text.encode())
        return path

    return portfolio


GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let expected screens be written anew."""
    parser.addoption("--update-golden", action="store_true", help="write the expected screens anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compare a text with the expected one, or write that anew under `--update-golden`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / f"{name}.txt"
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name}: look at it, then run --update-golden"

    return compare
