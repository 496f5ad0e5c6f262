"""The README is true: every console block is run in one folder, one after the other, and compared.

`pytest tests/test_readme.py --update-golden` writes what was printed into the README; read the difference.
"""

import re
import shlex
from pathlib import Path

import pytest

from conftest import Cli

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
SHELL = re.compile(r"(?<=^```sh\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def test_every_console_block_prints_what_it_says(
    cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("CMMCTL_FILE", "portfolio.toml")
    text = README.read_text(encoding="utf-8")

    def played(block: re.Match[str]) -> str:
        said = ""
        for command in [line for line in block[0].split("\n") if line.startswith("$ ")]:
            words, _, lines = command.removeprefix("$ ").partition(" | head -")
            name, *arguments = shlex.split(words)
            assert name == "cmmctl"
            outcome = cli(*arguments)
            assert outcome.code == 0, outcome.err
            shown = "".join(outcome.out.splitlines(keepends=True)[: int(lines or 10_000)])
            said += f"{command}\n" + re.sub(r"2026-11-23 \d\d:\d\d", "2026-11-23 10:00", shown)
        return said

    now = BLOCK.sub(played, text)
    if request.config.getoption("--update-golden"):
        README.write_text(now, encoding="utf-8")
    assert now == text


def test_two_commands_do_all_the_set_up() -> None:
    commands = SHELL.findall(README.read_text(encoding="utf-8"))
    assert len(commands) == 2
    assert "cmmctl demo" in commands[0]
    assert commands[1].rstrip().endswith("-m pytest")


def test_only_commands_that_exist_are_named() -> None:
    from cmmctl.cli import TABLE  # noqa: PLC0415 - the table of contents

    named = set(re.findall(r"`cmmctl ([a-z][a-z-]+)", README.read_text(encoding="utf-8")))
    assert named <= set(TABLE)
