"""The README is true: its console blocks print what they say, and its two commands do all the set-up.

`pytest --no-cov tests/test_readme.py --update-golden` writes what was printed into the README; read the difference.
"""

import re
from pathlib import Path

import pytest

from console import README, Reader, compared

SHELL = re.compile(r"(?<=^```sh\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)


def test_every_console_block_prints_what_it_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    compared(README, Reader(folder, monkeypatch).page(README.read_text(encoding="utf-8")), request)


def test_two_commands_do_all_the_set_up() -> None:
    commands = SHELL.findall(README.read_text(encoding="utf-8"))
    assert len(commands) == 2
    assert "cmmctl demo" in commands[0]
    assert commands[1].rstrip().endswith("-m pytest")
