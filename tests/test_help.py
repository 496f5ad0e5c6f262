"""Help: an example first, which can be pasted as it stands and works, in lines as wide as the terminal."""

import re
import shlex
import subprocess
from importlib import resources
from pathlib import Path

import pytest

from cmmctl.cli import TABLE
from cmmctl.commands.export import DOCUMENTS
from cmmctl.commands.helping import broken
from conftest import Cli

EVERY = [(), *((name,) for name in TABLE), *(("export", name) for name in DOCUMENTS)]
# An example is run on the sample of a holder. What it needs beside that:
BEGUN = {"add-credential"}  # a record that has just been begun
NOTHING = {"init"}  # no record
SAMPLES = {"done": "candidate"}
DAYS = {"done": "2026-12-20", "add-renewal": "2027-03-02", "add-audit": "2027-05-03", "add-payment": "2026-12-15"}
BEFORE = {
    "add-renewal": ["add-ce Denials --provider PAHCOM --date 2027-02-10 --hours 6"],
    "add-payment": ["add-claim ce-12 --filed 2026-11-23 --asked 199.00"],
    "undo": ["edit ce-7 hours=4"],
    "redo": ["edit ce-7 hours=4", "undo"],
    "history": ["edit ce-7 hours=4"],
}
FILES = {
    "certificate.pdf": b"%PDF-1.4",
    "seminars.csv": b"Title,Sponsor,Date,Hours\nDenials,State Chapter,2026-10-01,3\n",
}


def examples(text: str) -> list[str]:
    """Take the examples out of a help text as somebody does who marks and copies them."""
    block = re.split(r"\n[ ]*\n", text.lstrip("\n"))[0]
    heading, _, commands = block.partition("\n")
    assert heading.strip() in {"Example", "Examples"}
    commands = re.sub(r"\\\n\s+", "", commands)
    return [line.strip() for line in commands.splitlines()]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_help_text_begins_with_an_example(
    cli: Cli, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for columns in ("40", "60", "80", "200"):
        monkeypatch.setenv("COLUMNS", columns)
        ended = cli(*words, "--help")
        assert (ended.code, ended.err) == (0, "")
        assert max(map(len, ended.out.splitlines())) <= int(columns)
        assert cli(*words, "-h").out == ended.out
        found.append(examples(ended.out))
        usage, purpose = (line.strip() for line in re.split(r"\n\s*\n", ended.out)[1:3])
        assert usage.startswith(" ".join(["Usage: cmmctl", *words]))
        assert purpose[0].isupper()
        assert "Example: " not in ended.out
        assert not re.search("<[a-z]+>", ended.out)
    assert found[0] == found[1] == found[2] == found[3]
    assert all(example.startswith(" ".join(["cmmctl", *words])) for example in found[0])


FIRST = 3  # examples of `cmmctl` itself
GIVEN = [*(((), number) for number in range(FIRST)), *((words, 0) for words in EVERY[1:])]


@pytest.mark.parametrize(("words", "number"), GIVEN, ids=str)
def test_every_example_works(
    cli: Cli, folder: Path, words: tuple[str, ...], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    example = examples(cli(*words, "--help").out)[number]
    program, name, *rest = shlex.split(example)
    assert program == "cmmctl"
    for file, content in FILES.items():
        (folder / file).write_bytes(content)
    sample = resources.files("cmmctl") / "samples" / f"{SAMPLES.get(name, 'holder')}.toml"
    if name in BEGUN:
        assert cli("init", "--name", "Office Manager").code == 0
    elif name not in NOTHING:
        (folder / "portfolio.toml").write_bytes(sample.read_bytes())
    monkeypatch.setenv("CMMCTL_TODAY", DAYS.get(name, "2026-11-23"))
    for before in BEFORE.get(name, ()):
        assert cli(*shlex.split(before)).code == 0
    ended = cli(name, *rest)
    assert (ended.code, re.findall("^error.*", ended.err)) == (0, [])
    assert ended.out


def test_no_example_is_left_out(cli: Cli) -> None:
    for words in EVERY:
        assert len(examples(cli(*words, "--help").out)) == (1 if words else FIRST)


@pytest.mark.parametrize("room", [20, 36, 56, 76, 1000])
def test_a_broken_example_is_one_command_for_a_shell(room: int, tmp_path: Path) -> None:
    example = "cmmctl add-ce \"Coding Update\" --provider 'State Chapter' --note \"a 'b' c\" --hours 6 -f x.toml"
    lines = list(broken(example, room))
    assert max(map(len, lines)) <= max(room, 31)
    (tmp_path / "cmmctl").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (tmp_path / "cmmctl").chmod(0o755)
    script = "\n".join(f"   {line}" for line in lines)
    printed = subprocess.run(
        ["bash", "-c", script], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert printed.stdout.splitlines() == shlex.split(example)[1:]


def test_options_stand_in_panels(cli: Cli) -> None:
    headings = re.findall(r"^ (\w+) *$", cli("add-ce", "--help").out, re.MULTILINE)
    assert headings == ["Example", "Arguments", "Options", "Proofs", "Costs", "Shared"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("backup",), "backup needs `FOLDER`", "for example: cmmctl backup ~/Backups"),
        (("explain",), "explain needs `CREDENTIAL or ID`", "for example: cmmctl explain ce-7"),
        (("logged",), "logged needs `ID...`", "for example: cmmctl logged ce-11 ce-12"),
        (
            ("import",),
            "import needs `FILE`",
            "for example: cmmctl import seminars.csv --map Sponsor=provider --dry-run",
        ),
    ],
)
def test_a_command_without_what_it_needs_shows_its_example(
    cli: Cli, words: tuple[str, ...], message: str, hint: str
) -> None:
    ended = cli(*words)
    assert (ended.code, ended.err) == (2, f"error: {message}\nhint: {hint}\n")
