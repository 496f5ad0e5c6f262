"""What TAB offers in the shells people use, and that nothing a title or a file says is ever run by it.

The shells themselves are asked, with the scripts of `completions/`: bash through its completion function, fish
through `complete -C`, zsh by pressing TAB on a terminal of its own, with what it is offered written down.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import pytest

from cmmctl.cli import TABLE
from conftest import Cli, Write

SCRIPTS = Path(__file__).parent.parent / "completions"
SUFFIXES = {"bash": "bash", "zsh": "zsh", "fish": "fish", "powershell": "ps1"}
COMMAND = Path(sysconfig.get_path("scripts")) / "cmmctl"
PATIENCE = 20  # seconds
RECORDS = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23

    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = 2020-01-06

    [[ce]]
    id = "ce-1"
    title = "Coding Update"
    provider = "State Chapter"
    date = 2026-11-20
    hours = 6
"""
# What runs `touch ran` where it is taken for code: in single quotes, in double quotes, bare, in zsh's `_arguments`.
HOSTILE = (
    r"a\$(touch ran)", "$(touch ran)", "`touch ran`", "; touch ran;", "x'; touch ran; '", "y' $(touch ran) '",
    'x"; touch ran; "', 'y" $(touch ran) "', "a))'; touch ran; _x '((", "*", "line\ntouch ran\n",
    "${(e):-$(touch ran)}", "\\$(touch ran)", "<(touch ran)", "a:b:{touch ran}", "| touch ran",
    "\x1b]0;touch ran\x07", "(touch ran)",
)  # fmt: skip

Offers = Callable[[str], list[str]]


def _environment(folder: Path, **more: str) -> dict[str, str]:
    """Give a shell what it needs and no more."""
    return {
        "PATH": os.pathsep.join([str(COMMAND.parent), os.environ["PATH"]]),
        "HOME": str(folder),
        "CMMCTL_FILE": str(folder / "portfolio.toml"),
        "CMMCTL_TODAY": "2026-11-23",
        "TERM": "dumb",
        **more,
    }


def _run(command: list[str], folder: Path, **more: str) -> list[str]:
    environment = _environment(folder, **more)
    done = subprocess.run(
        command, cwd=folder, env=environment, text=True, capture_output=True, timeout=PATIENCE, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def _bash(line: str, folder: Path, **typed: str) -> list[str]:
    """Fill in what bash fills in at TAB, and call the function it would call."""
    script = """
        source "$SCRIPT"
        COMP_WORDS=() ; while IFS= read -r word; do COMP_WORDS+=("$word"); done <<< "$WORDS"
        COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
        _cmmctl_completion cmmctl
        (( ${#COMPREPLY[@]} == 0 )) || printf '%s\\n' "${COMPREPLY[@]}"
    """
    more = {"SCRIPT": str(SCRIPTS / "cmmctl.bash"), "WORDS": "\n".join(line.split(" ")), **typed}
    return _run(["bash", "--norc", "-c", script], folder, **more)


def _fish(line: str, folder: Path) -> list[str]:
    offered = _run(
        ["fish", "--no-config", "-c", 'source $SCRIPT; complete -C "$LINE"'],
        folder, SCRIPT=str(SCRIPTS / "cmmctl.fish"), LINE=line,
    )  # fmt: skip
    return [word.partition("\t")[0] for word in offered]


ZSH = r"""
PROMPT= RPROMPT= PS2=
unsetopt beep auto_list auto_menu  # a long list would ask whether to show all of it
autoload -Uz compinit; compinit -u -D
press() { zle complete-word; print DONE >> $OFFERED; zle kill-whole-line }
zle -N press; bindkey '^I' press
compadd() {
  if [[ ${@[1,(i)(-|--)]} != *-(O|A|D)\ * ]]; then
    local -a offered; builtin compadd -O offered "$@"; print -rl -- $offered >> $OFFERED
  fi
  builtin compadd "$@"
}
source $SCRIPT
print READY >> $OFFERED
"""


class Zsh:
    """A zsh on a terminal of its own, in which TAB can be pressed."""

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        import pty  # noqa: PLC0415 - there is none on Windows, where there is no zsh either
        import tty  # noqa: PLC0415

        self.offered = folder / ".offered"
        (folder / ".setup").write_text(ZSH, encoding="utf-8")
        self.offered.touch()
        self.terminal, other = pty.openpty()
        tty.setraw(other)  # what is typed ahead reaches zsh as it is
        environment = _environment(folder, SCRIPT=str(SCRIPTS / "cmmctl.zsh"), OFFERED=str(self.offered))
        if path:
            environment["PATH"] = os.pathsep.join([str(path), environment["PATH"]])
        self.process = subprocess.Popen(
            ["zsh", "-f", "-i"], cwd=folder, env=environment,
            stdin=other, stdout=other, stderr=other, start_new_session=True,
        )  # fmt: skip
        os.close(other)
        os.set_blocking(self.terminal, False)
        os.write(self.terminal, b"source ./.setup\n")
        self._until("READY")

    def offers(self, line: str) -> list[str]:
        """Type a line, press TAB, and give what was offered."""
        self.offered.write_text("", encoding="utf-8")
        os.write(self.terminal, f"{line}\t".encode())
        self._until("DONE")
        return [word for word in self._written()[:-1] if word]

    def close(self) -> None:
        """Leave."""
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def _written(self) -> list[str]:
        return self.offered.read_text(encoding="utf-8").splitlines()

    def _until(self, mark: str) -> None:
        limit = time.monotonic() + PATIENCE
        while mark not in self._written():
            assert time.monotonic() < limit, self._written()
            with suppress(BlockingIOError):
                os.read(self.terminal, 65536)  # so that what it writes never fills up
            time.sleep(0.01)


def _missing(shell: str) -> NoReturn:
    pytest.skip(f"{shell} is not installed here")


@pytest.fixture(params=["bash", "zsh", "fish"])
def tab(request: pytest.FixtureRequest, folder: Path) -> Iterator[Offers]:
    """Press TAB after a line in each shell that is installed, in the portfolio's folder."""
    shell: str = request.param
    if sys.platform == "win32" or not shutil.which(shell):
        _missing(shell)
    if shell == "zsh":
        zsh = Zsh(folder)
        yield zsh.offers
        zsh.close()
    else:
        yield lambda line: (_bash if shell == "bash" else _fish)(line, folder)


@pytest.mark.parametrize("shell", SUFFIXES)
def test_the_scripts_are_what_the_tool_prints(cli: Cli, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    printed = cli("--show-completion", shell)
    assert printed.code == 0
    assert printed.out == (SCRIPTS / f"cmmctl.{SUFFIXES[shell]}").read_text(encoding="utf-8")


def test_commands(tab: Offers) -> None:
    assert tab("cmmctl sta") == ["status"]
    assert sorted(tab("cmmctl add-c")) == ["add-ce", "add-claim", "add-course", "add-credential"]
    assert sorted(tab("cmmctl ")) == sorted(TABLE)


def test_options(tab: Offers) -> None:
    assert sorted(tab("cmmctl status --")) == ["--as-of", "--check", "--file", "--help", "--json", "--plain", "--short"]
    assert sorted(tab("cmmctl add-ce --pro")) == ["--provider"]


def test_choices(tab: Offers) -> None:
    assert sorted(tab("cmmctl add-ce --activity w")) == ["webinar", "workshop"]
    assert sorted(tab("cmmctl add-course --unit ")) == ["quarter", "semester"]
    assert sorted(tab("cmmctl demo ")) == ["candidate", "holder"]
    assert sorted(tab("cmmctl list j")) == ["job"]
    assert sorted(tab("cmmctl list --sort st")) == ["staff", "start", "status"]


def test_ids_and_credentials(tab: Offers, write: Write) -> None:
    write(RECORDS)
    assert sorted(tab("cmmctl show ")) == ["ce-1", "job-1", "pahcom.cmm", "profile"]
    assert tab("cmmctl show c") == ["ce-1"]
    assert sorted(tab("cmmctl add-renewal pah")) == ["pahcom.cmm", "pahcom.hitcm-pp"]
    assert tab("cmmctl add-renewal cm") == ["cmm"]
    assert sorted(tab("cmmctl add-credential cmm --edition ")) == ["annual", "handbook-2015", "two-year"]


def test_titles_stand_beside_ids(folder: Path, write: Write) -> None:
    """Where a shell can show an explanation; bash where it lists several words."""
    if sys.platform == "win32" or not shutil.which("fish"):
        _missing("fish")
    write(RECORDS)
    command = ["fish", "--no-config", "-c", 'source $SCRIPT; complete -C "cmmctl show c"']
    assert _run(command, folder, SCRIPT=str(SCRIPTS / "cmmctl.fish")) == ["ce-1\tCoding Update - State Chapter"]


def test_bash_lists_titles_and_fills_in_none(folder: Path, write: Write) -> None:
    if sys.platform == "win32" or not shutil.which("bash"):
        _missing("bash")
    write(RECORDS)
    words = _bash("cmmctl show ", folder, COMP_TYPE=str(ord("\t")))
    assert {"ce-1", "job-1", "profile"} <= set(words)
    listed = _bash("cmmctl show ", folder, COMP_TYPE=str(ord("?")))
    assert {"ce-1  (Coding Update - State Chapter)", "job-1  (Office Manager - Sample Clinic)"} <= set(listed)
    assert [word.partition("  (")[0] for word in listed] == words
    assert _bash("cmmctl show ce", folder, COMP_TYPE=str(ord("?"))) == ["ce-1"]


def test_documents_and_cycles(tab: Offers, write: Write) -> None:
    write(RECORDS)
    assert tab("cmmctl export cal") == ["calendar"]
    assert sorted(tab("cmmctl export summary --format ")) == ["csv", "html", "json", "md", "pdf"]
    assert sorted(tab("cmmctl hours --cycle ")) == ["all", "current", "previous"]
    assert sorted(tab("cmmctl add-ce --for pah")) == ["pahcom.cmm", "pahcom.hitcm-pp"]
    assert tab("cmmctl add-job --duty billing --duty cod") == ["coding"]


def test_values_behind_an_equals_sign(tab: Offers, write: Write, request: pytest.FixtureRequest) -> None:
    """Bash takes `=` for the end of a word, and is given what follows it; the others are given the whole word."""
    write(RECORDS)
    shell = request.node.callspec.params["tab"]
    whole = "" if shell == "bash" else "--activity="
    between = " = " if shell == "bash" else "="
    assert sorted(tab(f"cmmctl add-ce --activity{between}w")) == [f"{whole}webinar", f"{whole}workshop"]
    assert sorted(tab(f"cmmctl add-ce --unit{between}x --activity{between}web")) == [f"{whole}webinar"]


def test_keys_and_their_words(tab: Offers, write: Write, request: pytest.FixtureRequest) -> None:
    write(RECORDS)
    shell = request.node.callspec.params["tab"]
    assert tab("cmmctl edit ce-1 sub") == ["subject="]
    assert {"title=", "hours=", "domains="} <= set(tab("cmmctl edit ce-1 "))
    if shell == "bash":
        assert tab("cmmctl edit ce-1 subject = h") == ["healthcare"]
        assert sorted(tab("cmmctl edit ce-1 subject =")) == ["business", "healthcare", "other"]
    else:
        assert tab("cmmctl edit ce-1 subject=h") == ["subject=healthcare"]
    assert sorted(tab("cmmctl edit ce-1 --unset ")) == ["hours"]


def test_bash_cuts_words_as_these_tests_do(folder: Path) -> None:
    assert "=" in _run(["bash", "-c", 'printf %s "${COMP_WORDBREAKS##*$' + "'\\n'" + '}"'], folder)[0]


def test_another_portfolio(tab: Offers, write: Write, folder: Path) -> None:
    write(RECORDS).rename(folder / "elsewhere.toml")
    assert tab("cmmctl --file elsewhere.toml show ce") == ["ce-1"]
    assert tab("cmmctl show --file elsewhere.toml ce") == ["ce-1"]


def _quoted(text: str) -> str:
    """Write any text as a TOML string."""
    return '"' + "".join(f"\\u{ord(letter):04x}" if letter in '"\\\n\x1b\x07' else letter for letter in text) + '"'


def _entry(title: str, number: int) -> str:
    return f"""
[[ce]]
id = "ce-{number}"
title = {_quoted(title)}
provider = {_quoted(title)}
date = 2026-11-20
hours = 1
"""


def test_hostile_titles_are_never_run(tab: Offers, write: Write, folder: Path) -> None:
    write("".join(_entry(title, number) for number, title in enumerate(HOSTILE, 1)))
    assert sorted(tab("cmmctl show ce-")) == sorted(f"ce-{number}" for number in range(1, len(HOSTILE) + 1))
    assert not (folder / "ran").exists()


@pytest.mark.parametrize("hostile", ["a\\$(touch ran)", "x'; touch ran; '"])
def test_hostile_ids_are_never_offered(tab: Offers, write: Write, folder: Path, hostile: str) -> None:
    write(RECORDS.replace('"ce-1"', _quoted(hostile)))
    assert [word for word in tab("cmmctl show ") if "touch" in word] == []
    assert not (folder / "ran").exists()


def test_hostile_rule_sets_are_never_run(tab: Offers, write: Write, folder: Path) -> None:
    """A rule set may come from somebody else."""
    editions = "".join(
        f"""
[[edition]]
name = {_quoted(text)}
label = {_quoted(text)}
cycle_months = 12
[[edition.requirement]]
name = "total"
label = {_quoted(text)}
min = 12
"""
        for text in HOSTILE
    )
    rules = f"""
ruleset = 1
id = "sample.own"
short = {_quoted(HOSTILE[0])}
name = {_quoted(HOSTILE[1])}
issuer = {_quoted(HOSTILE[2])}
default = {_quoted(HOSTILE[0])}
grade = "own"
source = "a letter"
checked = 2026-11-23
{editions}
"""
    (folder / "rulesets").mkdir()
    (folder / "rulesets" / "own.toml").write_text(rules, encoding="utf-8")
    write(RECORDS.replace("pahcom.cmm", "sample.own"))
    assert "sample.own" in tab("cmmctl status ")
    assert [word for word in tab("cmmctl add-credential own --edition ") if "touch" in word] == []
    assert not (folder / "ran").exists()


def test_a_broken_portfolio_offers_nothing_and_says_nothing(tab: Offers, write: Write) -> None:
    write("[[ce]]\nid = \n")
    assert [word for word in tab("cmmctl show ce-") if word.startswith("ce-")] == []
    assert tab("cmmctl sta") == ["status"]


Answer = Callable[[str, str], str]


@pytest.fixture
def answer(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Give what the tool prints for a shell to read, evaluate or show."""

    def given(shell: str, line: str) -> str:
        with monkeypatch.context() as patch:
            patch.setenv("_CMMCTL_COMPLETE", f"complete_{shell}")
            patch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
            patch.setenv("_TYPER_COMPLETE_ARGS", line)
            patch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", line.rpartition(" ")[2])
            return cli().out

    return given


def test_powershell_is_given_what_its_script_takes_apart(answer: Answer, write: Write) -> None:
    """No PowerShell is at hand: its script is read, and what it splits and shows is looked at line by line."""
    script = (SCRIPTS / "cmmctl.ps1").read_text(encoding="utf-8")
    assert [script.count(sign) for sign in "{(["] == [script.count(sign) for sign in "})]"]
    assert script.count('"') % 2 == script.count("'") % 2 == 0
    assert "Register-ArgumentCompleter -Native -CommandName cmmctl -ScriptBlock $scriptblock" in script
    for name in ("_CMMCTL_COMPLETE", "_TYPER_COMPLETE_ARGS", "_TYPER_COMPLETE_WORD_TO_COMPLETE"):
        assert len(re.findall(rf'\$Env:{name} = (?!"")', script)) == 1
        assert script.count(f'$Env:{name} = ""') == 1  # so that the next command is one again
    assert '$Env:_CMMCTL_COMPLETE = "complete_powershell"' in script
    assert '-Split ":::"' in script
    write(RECORDS)
    for line, words in {
        "cmmctl sta": ["status"],
        "cmmctl show c": ["ce-1"],
        "cmmctl export cal": ["calendar"],
        "cmmctl add-ce --activity w": ["workshop", "webinar"],
        "cmmctl add-ce --activity=w": ["--activity=workshop", "--activity=webinar"],
        "cmmctl edit ce-1 subject=h": ["subject=healthcare"],
        'cmmctl add-ce "Coding Update" --pro': ["--provider"],
        "cmmctl ": list(TABLE),
    }.items():
        offered = [one.split(":::") for one in answer("powershell", line).splitlines()]
        assert [word for word, _ in offered] == words  # two parts each, and
        assert all(explained for _, explained in offered)  # PowerShell refuses an empty explanation


EXPLAINED = {
    "zsh": r'^(?:_arguments .*\(\()?"(.*?)"(?::"(.*)")?',
    "fish": r"^(.+?)(?:\t(.*))?$",
    "powershell": "^(.+?):::(.*)$",
}


@pytest.mark.parametrize("shell", EXPLAINED)
def test_explanations_are_plain(answer: Answer, write: Write, shell: str) -> None:
    """No character of an explanation means anything to a shell, and none is longer than a line can take."""
    write("".join(_entry(title, number) for number, title in enumerate(HOSTILE, 1)))
    lines = ["cmmctl show ce-", *(f"cmmctl {name} -" for name in TABLE)]
    given = [found for line in lines for found in re.findall(EXPLAINED[shell], answer(shell, line), re.MULTILINE)]
    assert len(given) > len(TABLE) * 4
    assert [word for word, _ in given if not re.fullmatch(r"[A-Za-z0-9.-]+", word)] == []
    assert [text for _, text in given if not re.fullmatch(r"[A-Za-z0-9 .,()-]{0,40}", text)] == []


def test_every_option_of_every_command_survives_zsh(answer: Answer, folder: Path) -> None:
    """It evaluates what it is given, explanations of options included; a stand-in hands it the tool's own answers."""
    if sys.platform == "win32" or not shutil.which("zsh"):
        _missing("zsh")
    answers = {name: answer("zsh", f"cmmctl {name} --") for name in TABLE}
    for name, given in answers.items():
        (folder / name).write_text(given, encoding="utf-8")
    stand_in = folder / "bin" / "cmmctl"
    stand_in.parent.mkdir()
    stand_in.write_text('#!/bin/sh\nset -- $_TYPER_COMPLETE_ARGS\ncat "$2"\n', encoding="utf-8")
    stand_in.chmod(0o755)
    zsh = Zsh(folder, stand_in.parent)
    try:
        for name in TABLE:
            assert "--help" in zsh.offers(f"cmmctl {name} --"), answers[name]
    finally:
        zsh.close()


def test_completing_a_command_is_quick(folder: Path) -> None:
    """The name of a command is completed without Rich, the facts, or a look at the portfolio."""
    code = (
        "import sys\n"
        "from cmmctl.cli import main\n"
        "try:\n    main()\n"
        "finally:\n    print(*sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=_environment(
            folder, CMMCTL_FILE=str(folder / "absent"), _CMMCTL_COMPLETE="complete_bash", COMP_WORDS="cmmctl sta",
            COMP_CWORD="1",
        ),
    )  # fmt: skip
    assert done.stdout == "status\n"
    loaded = done.stderr.split()
    unwanted = (
        "rich",
        "cmmctl.model",
        "cmmctl.commands.session",
        "cmmctl.store",
        "toml_rs",
        "platformdirs",
        "filelock",
    )
    assert [name for name in loaded if name.startswith(unwanted)] == []
