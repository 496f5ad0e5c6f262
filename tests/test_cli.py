"""The command line itself: words that are not known, output that cannot be written, and how everything ends."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cmmctl import __version__
from cmmctl.cli import CONTENTS, app
from conftest import Cli, Write

HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-7"
title = "Budgets"
provider = "State Chapter"
date = 2026-05-30
hours = 3
"""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("delete", "remove"),
        ("seminar", "add-ce"),
        ("ceu", "add-ce"),
        ("credits", "hours"),
        ("due", "recert"),
        ("renew", "add-renewal"),
        ("certify", "add-credential"),
        ("print", "export"),
        ("CEU", "add-ce"),
        ("help", "--help"),
        ("staus", "status"),
        ("eligibilty", "eligibility"),
        ("ad-ce", "add-ce"),
        ("remov", "remove"),
    ],
)
def test_an_unknown_command_gets_the_one_that_was_meant(cli: Cli, typed: str, meant: str) -> None:
    ended = cli(typed)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == f"error: there is no command `{typed}`\nhint: did you mean `cmmctl {meant}`?\n"


def test_a_command_nothing_is_near_to(cli: Cli) -> None:
    assert cli("xyzzy").err.endswith("hint: `cmmctl --help` lists all commands\n")


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("status", "--jsn"), "there is no option `--jsn`", "did you mean `--json`?"),
        (("add-ce", "--houres", "3"), "there is no option `--houres`", "did you mean `--hours`?"),
        (("status", "--frobnicate"), "there is no option `--frobnicate`", "`cmmctl status --help` shows what"),
        (
            ("--json", "status"),
            "there is no option `--json`",
            "it stands after the command, as in `cmmctl status --json`",
        ),
        (
            ("--no-input", "add-ce"),
            "there is no option `--no-input`",
            "it stands after the command, as in `cmmctl add-ce",
        ),
        (("--jsno", "x"), "there is no option `--jsno`", "it stands after the command, as in `cmmctl status --json`"),
        (
            ("add-ce", "--title", "Coding", "Update", "--hours", "6"),
            "`title` is given twice",
            'cmmctl add-ce --title "Coding Update" --hours 6',
        ),
        (("add-ce", "--title", "A", "--hours", "6", "--", "B"), "`title` is given twice", "give it once"),
        (("status", "-q"), "there is no option `-q`", "`cmmctl status --help` shows what can be written"),
        (("add-ce", "--title"), "`--title` needs a value", "`cmmctl add-ce --help` shows what can be written"),
        (("status", "--json=yes"), "`--json` takes no value", "`cmmctl status --help` shows what can be written"),
        (("add-ce", "Coding", "Update"), "`Update` is more than was expected", 'cmmctl add-ce "Coding Update"'),
        (("status", "--json", "--plain"), "`--json` and `--plain` are two forms of one answer", "choose one of them"),
    ],
)
def test_a_command_line_that_cannot_be_understood(
    cli: Cli, write: Write, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    write(HOLDER)
    ended = cli(*arguments)
    assert ended.code == 2
    told = json.loads(ended.out)["errors"][0] if ended.out else None
    said = (told["message"], told["hint"]) if told else tuple(re.sub("(?m)^(error|hint): ", "", ended.err).split("\n"))
    assert said[0] == message
    assert said[1].startswith(hint)


@pytest.mark.parametrize(
    ("arguments", "command", "code", "slug"),
    [
        (("frobnicate", "--json"), "frobnicate", 2, "usage"),
        (("-f", "status", "hours", "--json", "--as-of", "x"), "hours", 2, "bad-value"),
        (("add-ce", "--json"), "add-ce", 2, "usage"),
        (("show", "ce-99", "--json"), "show", 1, "not-found"),
        (("--version", "--json", "--frob"), "status", 2, "usage"),
    ],
)
def test_a_failure_as_json_is_one_envelope_on_standard_output(
    cli: Cli, write: Write, arguments: tuple[str, ...], command: str, code: int, slug: str
) -> None:
    write(HOLDER)
    ended = cli(*arguments)
    assert (ended.code, ended.err) == (code, "")
    assert set(ended.json) == {"cmmctl", "command", "errors"}
    assert (ended.json["cmmctl"], ended.json["command"]) == (1, command)
    assert ended.json["errors"][0]["code"] == slug
    assert set(ended.json["errors"][0]) <= {"code", "message", "hint", "file", "line"}


def test_a_title_that_looks_like_an_option_is_no_wish_for_json(cli: Cli, write: Write) -> None:
    write(HOLDER)
    ended = cli("add-ce", "--", "--json")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: add-ce needs `--provider`")


def test_a_flaw_of_the_file_has_its_line_in_json(cli: Cli, write: Write) -> None:
    path = write('[[ce]]\nid = "ce-1"\nhours = "two"\n')
    error = cli("list", "--json").json["errors"]
    assert {(each["file"], each["code"]) for each in error} == {(path.name, "bad-value")}
    assert [each["line"] for each in error] == sorted(each["line"] for each in error)
    assert any(each["message"].startswith("`hours` of ce-1 must be a number") and each["line"] == 8 for each in error)


@pytest.mark.parametrize(
    "arguments", [("-f", "OTHER", "list"), ("list", "--file", "OTHER"), ("-f", "x", "list", "-f", "OTHER")]
)
def test_the_portfolio_is_named_before_or_after_the_command(
    cli: Cli, write: Write, folder: Path, arguments: tuple[str, ...]
) -> None:
    write(HOLDER)
    other = folder / "other.toml"
    other.write_text('schema = 1\n[profile]\nname = "Somebody Else"\n', encoding="utf-8")
    ended = cli(*(word.replace("OTHER", str(other)) for word in arguments), "--json")
    assert [record["name"] for record in ended.data] == ["Somebody Else"]


@pytest.mark.parametrize(
    "arguments",
    [
        "-f OTHER export summary", "export -f OTHER summary", "export summary -f OTHER", "export --file OTHER summary",
        "-f x export -f OTHER summary", "export -f x summary -f OTHER",
    ],
)  # fmt: skip
def test_the_portfolio_of_a_document_is_named_anywhere(cli: Cli, write: Write, folder: Path, arguments: str) -> None:
    write(HOLDER)
    other = folder / "other.toml"
    other.write_text('schema = 1\n[profile]\nname = "Somebody Else"\n', encoding="utf-8")
    ended = cli(*(word.replace("OTHER", str(other)) for word in arguments.split()))
    assert (ended.code, "Somebody Else" in ended.out) == (0, True)


def test_version(cli: Cli) -> None:
    assert cli("--version").out == f"cmmctl {__version__}\n"


def test_help_lists_every_command_in_its_group(cli: Cli) -> None:
    text = cli("--help").out
    for group, entries in CONTENTS.items():
        assert f"\n {group}\n" in text
        for name in entries:
            assert re.search(rf"\b{name}\b", text)
    assert cli("-h").out == text


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("status", "[CREDENTIAL]"),
        ("add-ce", "[TITLE]"),
        ("list", "[KIND]"),
        ("edit", "[key=value...]"),
        ("show", "[ID]"),
    ],
)
def test_words_in_brackets_are_shown_in_help(cli: Cli, name: str, word: str) -> None:
    assert word in cli(name, "--help").out


def test_bare_without_a_portfolio_says_how_to_begin(cli: Cli, folder: Path) -> None:
    ended = cli()
    assert (ended.code, ended.err) == (0, "")
    for words in ("cmmctl init", "cmmctl demo", "cmmctl -f FILE", str(folder), "cmmctl --help"):
        assert words in " ".join(ended.out.split())
    assert list(folder.iterdir()) == []


def test_bare_with_a_portfolio_is_status(cli: Cli, write: Write) -> None:
    write(HOLDER)
    assert cli().out == cli("status").out
    assert "Recertify by" in cli().out


def test_bare_with_a_broken_portfolio_says_where(cli: Cli, write: Write) -> None:
    write("[[ce]]\nid = \n")
    ended = cli()
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: portfolio.toml:7: ")


@pytest.mark.parametrize("command", ["status", "eligibility", "recert", "hours", "list", "check"])
def test_a_day_that_is_none_is_refused_before_anything_is_read(cli: Cli, command: str) -> None:
    ended = cli(command, "--as-of", "3/2/26")
    assert ended.code == 2
    assert ended.err.startswith("error: --as-of: `3/2/26` is not a date\nhint: write the year with four digits")


def test_today_can_be_replaced_and_must_be_a_day(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(HOLDER)
    monkeypatch.setenv("CMMCTL_TODAY", "2027-01-04")
    assert cli("recert", "--json").json["as_of"] == "2027-01-04"
    assert cli("recert", "--json", "--as-of", "yesterday").json["as_of"] == "2027-01-03"
    monkeypatch.setenv("CMMCTL_TODAY", "someday")
    ended = cli("recert")
    assert ended.code == 2
    assert ended.err.startswith("error: CMMCTL_TODAY: `someday` is not a date")


@pytest.mark.parametrize("words", [(), ("rules", "cmm"), ("list",)])
def test_a_path_that_no_system_takes(cli: Cli, words: tuple[str, ...]) -> None:
    ended = cli("-f", "x" * 5000, *words)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: ")
    assert ended.err.endswith("File name too long\n")
    if words:
        assert [error["code"] for error in cli("-f", "x" * 5000, *words, "--json").json["errors"]] == ["io"]


HOSTILE = "[bold red]x[/] \x1b[31mred\x1b]0;title\x07 a\nb\u2028c $(touch owned) `touch owned`"


def test_what_somebody_typed_is_shown_and_never_obeyed(cli: Cli, write: Write) -> None:
    write(HOLDER)
    for words in (
        "show H", "list H", "status H", "H", "--H", "status --H", "edit ce-7 H", "edit ce-7 H=1", "hours --cycle H",
        "hours --edition H", "demo H", "add-ce H H", "add-ce --date H", "add-training x --topic H", "remove H",
        "done H", "-f H list", "list --since H", "add-credential H", "add-expense H", "rules H",
    ):  # fmt: skip
        arguments = [re.sub("H", lambda _: HOSTILE, word) for word in words.split()]
        ended = cli(*arguments)
        assert ended.code in {1, 2}
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", ended.out + ended.err)
        lines = ended.err.splitlines()
        assert all(line.startswith(("error: ", "hint: ")) for line in lines), lines


def run(*arguments: str, env: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a shell would."""
    return subprocess.run(
        [sys.executable, "-m", "cmmctl", *arguments], check=False, text=True, encoding="utf-8", errors="replace",
        env={**os.environ, **env}, **options,
    )  # fmt: skip


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def shell(write: Write) -> Run:
    write(HOLDER)

    def shell(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
        return run(*arguments, env=options.pop("env", {}), **options)

    return shell


@pytest.mark.parametrize(
    "arguments", [("status",), ("list", "--json"), ("--help",), ("--version",), ("show", "ce-99", "--json")]
)
def test_output_that_cannot_be_written_is_one_line(shell: Run, arguments: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        ended = shell(*arguments, stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 1
    assert ended.stderr == "error: cannot write the output: No space left on device\n"


def test_a_change_whose_output_cannot_be_written_says_that_it_is_saved(shell: Run, folder: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ended = shell("edit", "ce-7", "hours=4", stdout=full, stderr=subprocess.PIPE)
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ce-7 is saved, but the output cannot be written: No space left on device\n")
    assert "hours = 4\n" in (folder / "portfolio.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("status",), 0),
        (("list", "--plain"), 0),
        (("edit", "ce-7", "hours=4"), 0),
        (("edit", "ce-7", "hours=4", "--json"), 0),
        (("show", "ce-99", "--json"), 1),
        (("--help",), 0),
        (("add-ce", "--help"), 0),
        (("rules", "--json"), 0),
    ],
)
def test_a_pipe_that_is_closed_is_quiet(shell: Run, arguments: tuple[str, ...], code: int) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        ended = shell(*arguments, stdout=pipe, stderr=subprocess.PIPE)
    assert (ended.returncode, ended.stderr) == (code, "")


def test_a_pipe_that_is_closed_before_the_last_line_is_quiet(shell: Run) -> None:
    """`head` goes away while the last line of a help text is still being written."""
    command = [sys.executable, "-m", "cmmctl", "add-ce", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        for _ in range(48):
            assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert shell("--version", stdout=subprocess.PIPE).returncode == process.returncode == 0


def test_what_is_left_in_an_output_that_is_gone_goes_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise BrokenPipeError

    with (tmp_path / "out").open("w") as out:
        monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=out.write, flush=gone, fileno=out.fileno))
        with pytest.raises(SystemExit) as end:
            app(["--version"])
        assert end.value.code == 0
        assert os.path.samestat(os.fstat(out.fileno()), Path(os.devnull).stat())


def test_a_closed_standard_output_is_said_before_anything_is_changed(shell: Run, folder: Path) -> None:
    before = (folder / "portfolio.toml").read_bytes()
    for command in (("edit", "ce-7", "hours=4"), ("status", "--short")):
        ended = shell(*command, stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
        assert (ended.returncode, ended.stderr) == (1, "error: cannot write the output: it is closed\n")
    assert (folder / "portfolio.toml").read_bytes() == before


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"rmdir {gone}; exec {sys.executable} -m cmmctl status"
    environment = {**os.environ, "CMMCTL_FILE": "portfolio.toml"}
    ended = subprocess.run(
        ["sh", "-c", command], cwd=gone, env=environment, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (1, "error: the folder you are in: No such file or directory\n")


def test_a_closed_standard_error_does_not_write_into_the_answer(shell: Run) -> None:
    ended = shell("show", "ce-99", stdout=subprocess.PIPE, preexec_fn=lambda: os.close(2))
    assert (ended.returncode, ended.stdout) == (1, "")


@pytest.mark.parametrize("columns", ["0", "000", "", "abc", "-5"])
def test_a_width_that_is_none_is_not_asked_for(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    write(HOLDER)
    for command, words in (("--help", "add-credential"), ("status", "Recertify by")):
        monkeypatch.setenv("COLUMNS", columns)
        ended = cli(command)
        assert (ended.code, ended.err) == (0, "")
        assert words in ended.out


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_what_a_terminal_cannot_show_is_replaced(shell: Run, write: Write, encoding: str) -> None:
    write('[[ce]]\nid = "ce-1"\ntitle = "Kodowanie łatwe 复"\nprovider = "Ö"\ndate = 2026-01-02\nhours = 1\n')
    for arguments, code in ((("list",), 0), (("show", "复"), 1)):
        ended = shell(*arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={"PYTHONIOENCODING": encoding})
        assert ended.returncode == code
        assert "Traceback" not in ended.stdout
