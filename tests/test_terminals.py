"""Every report on any terminal: nothing is wider than asked, lost, obeyed or a traceback, whatever reads it.

Each command line is run once without a limit, and what is shown then must be found again on every narrower, poorer
or closing output. Streams are real ones (pseudo-terminals, pipes, `/dev/full`); where the start of the interpreter
decides on them, real processes are run. How parts of a screen are laid out is tried in `test_render`, how each
looks in `test_screens`.
"""

import html
import io
import os
import re
import shlex
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest
from rich.cells import cell_len

from cmmctl.cli import TABLE, app
from cmmctl.commands.export import DOCUMENTS
from cmmctl.render.terminal import laid
from conftest import TODAY
from test_screens import sample

pty = pytest.importorskip("pty")
fcntl, termios, struct = (pytest.importorskip(name) for name in ("fcntl", "termios", "struct"))

# Beside the packaged holder: every kind of record, and titles that are wide, run from the right, or are hostile.
MORE = """
[[credential]]
id = "pahcom.hitcm-pp"
exam = 2027-03-20

[[credential]]
id = "sample.com"
earned = 2025-09-01
required = 30
cycle_months = 36

[[audit]]
id = "audit-1"
credential = "pahcom.cmm"
letter = 2026-11-02
reply_by = 2026-12-18

[[answer]]
id = "answer-1"
credential = "pahcom.cmm"
source = "e-mail, señora Núñez, Łódź"
date = 2026-10-05
credits_required = 9

[[degree]]
id = "degree-1"
institution = "北京大学医学部与公共卫生学院"
degree = "Bachelor of Science"
status = "completed"
completed = 2009-06-30

[[course]]
id = "course-5"
title = "医療事務管理入門と診療報酬請求の基礎知識"
institution = "東京医療福祉専門学校"
credits = 3
subject = "healthcare"
status = "planned"
completed = 2027-05-07

[[ce]]
id = "ce-13"
title = "ניהול מרפאה יום עיון שנתי"
provider = "مركز التدريب الطبي"
date = 2026-09-03
hours = 2.25
subject = "healthcare"

[[ce]]
id = "ce-14"
title = "Bells \\u0007 and \\u001b[31mred\\u001b[0m, \\u202eturned, \\u200bunseen, a\\nline, a\\ttab"
provider = "[bold]Über[/bold] :smile: $(touch owned) \\u009b31m"
date = 2026-09-04
hours = 1.75
subject = "business"

[[ce]]
id = "ce-15"
title = "👩‍⚕️ Care 😀 & 🏥 coding: https://example.org/a/very/long/address/of/one/single/word/that/cannot/break?x=1"
provider = "Cafe\\u0301 État"
date = 2027-01-15
hours = 4
status = "planned"
subject = "healthcare"

[[expense]]
id = "expense-4"
records = ["ce-15"]
what = "fee"
amount = 320.00

[[training]]
id = "training-2"
title = "新しい個人情報保護方針の説明会"
date = 2026-10-06
topics = ["policy-change", "privacy"]
policy = "Telephone policy"
effective = 2026-10-01

[[expense]]
id = "expense-2"
records = ["ce-13"]
what = "travel"
amount = 1234.56
paid = 2026-09-03

[[expense]]
id = "expense-3"
records = ["ce-11"]
what = "fee"
amount = 75.00
paid = 2026-08-20

[[claim]]
id = "claim-1"
entries = ["ce-11"]
filed = 2026-09-01
asked = 75.00

[[payment]]
id = "payment-1"
claim = "claim-1"
date = 2026-10-01
amount = 50.00
"""
REPORTS = [
    "", "status", "status cmm", "eligibility", "eligibility hitcm-pp", "recert", "recert com", "hours",
    "hours cmm --cycle all", "hours cmm --edition annual", "explain cmm", "explain hitcm-pp", "explain ce-9",
    "explain ce-14", "explain course-5", "explain renewal-1", "training", "list", "list ce", "list course",
    "list training", "list proof", "list --cycle all", "show ce-14", "show ce-15", "show course-5", "show cmm",
    "show course-1", "history", "costs", "costs --unclaimed", "rules", "rules cmm", "rules hitcm-pp", "check", "demo",
    "demo candidate",
]  # fmt: skip
HELP = ["--help", *(f"{name} --help" for name in TABLE), *(f"export {name} --help" for name in DOCUMENTS)]
# Texts for other programs: their lines are theirs, and are as long as they are.
TEXTS = [
    "path", "explain cmm --ask", "explain ce-9 --ask", "rules --template", "history --diff 1", "export reimbursement",
    "export reimbursement ce-15 --request", "export summary", "export summary --format html", "export filing cmm",
    "export filing cmm --format csv", "export training", "export calendar", "export data",
    "export audit cmm --cycle current --worklist", "status --json", "list --json", "status --plain",
    "list --plain", "hours --plain", "costs --plain", "--version",
]  # fmt: skip
ERRORS = {
    "statsu": 2, "status --chekc": 2, "show ce-99": 1, "show": 2, "status nothing.at-all": 1, "hours --cycle 3/2/26": 2,
    "list --since 31/31/2026": 2, "add-ce": 2, "add-ce 医療 --date": 2, "done": 2, "export": 2, "export sumary": 2,
    "export summary --format docx": 2, "edit ce-7 hours=viele": 2, "remove ce-7": 2, "list 医療事務": 2,
    "-f /nowhere/at-all/portfolio.toml list": 1, "-f broken.toml list": 1, "-f broken.toml list --json": 1,
    "demo '\x1b[31mred'": 2, "status extra words": 2,
}  # fmt: skip
FRAMES = "─│╭╮╰╯├┤┬┴┼█░"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
Patch = pytest.MonkeyPatch


class Ended(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A portfolio that is only read; one change was made to it, so that it has a history."""
    folder = tmp_path_factory.mktemp("any")
    (folder / "portfolio.toml").write_text(sample("holder") + MORE, encoding="utf-8")
    (folder / "broken.toml").write_text("schema = 1\n[profile]\nname = \n", encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _pinned(place: Path, monkeypatch: Patch) -> None:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(place / "home"))
    monkeypatch.setenv("CMMCTL_FILE", str(place / "portfolio.toml"))
    monkeypatch.setenv("CMMCTL_TODAY", TODAY)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    if not (place / ".cmmctl").exists():
        assert piped("edit ce-15 place=Online").code == 0


def ended(arguments: str, out: TextIO, err: TextIO) -> int:
    """Run a command in this process; give its exit code."""
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as end:
        app(shlex.split(arguments))
    return end.value.code if isinstance(end.value.code, int) else 1


def stream(encoding: str = "utf-8") -> io.TextIOWrapper:
    """Make a stream that is no terminal."""
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")


def written(on: io.TextIOWrapper) -> str:
    on.flush()
    return on.buffer.getvalue().decode(on.encoding)  # type: ignore[attr-defined,no-any-return] # it is a BytesIO


def piped(arguments: str, columns: object = None, encoding: str = "utf-8") -> Ended:
    """Run a command whose streams are no terminals."""
    with pytest.MonkeyPatch.context() as patch:
        if columns is not None:
            patch.setenv("COLUMNS", str(columns))
        out, err = stream(encoding), stream(encoding)
        return Ended(ended(arguments, out, err), written(out), written(err))


class Screen:
    """One side of a pseudo-terminal, and everything that was written on it."""

    def __init__(self, columns: int) -> None:
        self._mine, theirs = pty.openpty()
        modes = termios.tcgetattr(theirs)
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.stream = os.fdopen(theirs, "w", encoding="utf-8")
        self._seen: list[bytes] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        with suppress(OSError):  # the other side is closed
            while seen := os.read(self._mine, 65536):
                self._seen.append(seen)

    def text(self) -> str:
        """Close it, and give what was written."""
        self.stream.close()
        self._reader.join()
        os.close(self._mine)
        return b"".join(self._seen).decode()


def on_terminal(arguments: str, columns: int, **environment: str) -> Ended:
    """Run a command whose output and errors are terminals."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        out, err = Screen(columns), Screen(columns)
        code = ended(arguments, out.stream, err.stream)
        return Ended(code, out.text(), err.text())


def bare(text: str) -> str:
    """What is left without white space and frames."""
    return "".join(text.translate(dict.fromkeys(map(ord, FRAMES))).split())


def told(whole: str) -> str:
    """What a screen says, without the name of a table's first column, which needs none where cells are stacked."""
    return re.sub(r"(?<=╮\n│)[^│]*", "", whole)


def nothing_lost(shown: str, whole: str) -> None:
    """Check that every word is there in one piece, and every character as often."""
    there = bare(shown)
    lost = {word for word in map(bare, whole.split()) if word not in there}
    assert not lost
    assert not Counter(bare(whole)) - Counter(there)


def widest(text: str) -> int:
    return max(map(cell_len, text.split("\n")), default=0)


def harmless(text: str) -> bool:
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.mark.parametrize("arguments", [*REPORTS, *HELP])
def test_a_screen_is_all_there_on_every_output(arguments: str) -> None:
    whole = piped(arguments)
    assert whole.code == 0
    assert harmless(whole.out)
    assert widest(whole.out) > 40
    for columns in (40, 20):
        narrow = piped(arguments, columns)
        assert (narrow.code, narrow.err) == (0, whole.err)
        assert widest(narrow.out) <= columns
        nothing_lost(narrow.out, told(whole.out))
    wide = piped(arguments, 80)
    assert widest(wide.out) <= 79
    assert not Counter(bare(told(whole.out))) - Counter(bare(wide.out))
    for none in ("0", "abc"):
        assert piped(arguments, none) == whole
    dumb = on_terminal(arguments, 40, TERM="dumb")
    assert dumb.out == piped(arguments, 40).out
    in_colour, colourless = on_terminal(arguments, 40), on_terminal(arguments, 40, NO_COLOR="1")
    assert ESCAPE.sub("", in_colour.out) == ESCAPE.sub("", colourless.out) == dumb.out
    assert not re.search(r"\x1b\[[0-9;]*[349][0-7]", colourless.out)


@pytest.mark.parametrize(
    ("encoding", "arguments"),
    [
        *((encoding, report) for encoding in ("ascii", "cp1252") for report in REPORTS),
        *(("ascii", one) for one in HELP),
    ],
)
def test_a_screen_needs_no_letters_that_the_output_does_not_have(arguments: str, encoding: str) -> None:
    whole = told(piped(arguments).out).encode(encoding, "replace").decode(encoding)
    words = re.findall(r"[\w$./:,-]*\w", whole)
    for columns in (None, 40):
        shown = piped(arguments, columns, encoding)
        assert shown.code == 0
        assert widest(shown.out) <= (columns or widest(whole))
        there = bare(shown.out)
        assert not {word for word in words if word not in there}


@pytest.mark.parametrize("arguments", TEXTS)
def test_a_text_for_other_programs_is_the_same_everywhere(arguments: str) -> None:
    whole = piped(arguments)
    assert whole.code == 0
    assert harmless(whole.out.replace("\t", "").replace("\r\n", "\n"))
    for columns in ("40", "abc"):
        assert piped(arguments, columns) == whole
    shown = on_terminal(arguments, 40, TERM="dumb")
    assert (shown.code, shown.out) == (0, whole.out)
    assert on_terminal(arguments, 40).out == whole.out
    for encoding in ("ascii", "cp1252"):
        poor = piped(arguments, 40, encoding)
        assert poor.code == 0
        if "html" in arguments:
            assert html.unescape(poor.out) == html.unescape(whole.out)
        elif poor.out != whole.out and "--worklist" not in arguments and "export" in arguments:
            assert re.search(r"^warning: this output has no form for \d+ of the characters", poor.err, re.MULTILINE)
        assert poor.out.count("\n") == whole.out.count("\n")


@pytest.mark.parametrize(("arguments", "code"), ERRORS.items())
def test_an_error_is_whole_lines_in_a_pipe_and_wrapped_on_a_terminal(arguments: str, code: int) -> None:
    whole = piped(arguments)
    assert whole.code == code
    assert harmless(whole.out + whole.err)
    for columns in (40, "abc"):
        assert piped(arguments, columns) == whole
    for encoding in ("ascii", "cp1252"):
        shown = piped(arguments, encoding=encoding)
        assert (shown.code, shown.err) == (code, whole.err.encode(encoding, "replace").decode(encoding))
    shown = on_terminal(arguments, 40, TERM="dumb")
    assert (shown.code, shown.out, "".join(shown.err.split())) == (code, whole.out, "".join(whole.err.split()))
    for line in shown.err.splitlines():
        assert cell_len(line) < 40 or re.fullmatch(r"`[^`]*`\S*|\S+|cmmctl .*", line)
    for command in re.findall(r"`cmmctl [^`]*`", whole.err):
        assert command in shown.err


@pytest.mark.parametrize("arguments", [*REPORTS, *HELP[::8], *TEXTS])
def test_an_output_that_is_full_or_gone_is_one_line_or_none(arguments: str) -> None:
    err = stream()
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        assert ended(arguments, full, err) == 1
        assert _said(arguments, err) == ["error: cannot write the output: No space left on device"]
    err = stream()
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as gone:
        assert ended(arguments, gone, err) == 0
        assert _said(arguments, err) == []


def _said(arguments: str, err: io.TextIOWrapper) -> list[str]:
    """What was said beside the answer, without what is said of the portfolio anyway."""
    usual = piped(arguments).err.splitlines()
    return [line for line in written(err).splitlines() if line not in usual]


def test_nobody_on_standard_error_is_no_failure() -> None:
    for arguments, code in (("export audit cmm --cycle current", 0), ("export reimbursement", 0), ("show ce-99", 1)):
        out = stream()
        with Path("/dev/full").open("w", encoding="utf-8") as full:
            assert ended(arguments, out, full) == code
            full.buffer.raw.close()  # type: ignore[attr-defined] # what is left in it goes nowhere
        assert bool(out.buffer.getvalue()) is not bool(code)  # type: ignore[attr-defined] # it is a BytesIO


# The interpreter decides on the streams: real processes, as a shell starts them.

Shell = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture
def shell() -> Shell:
    def run(line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        command = line.replace("cmmctl", f"{shlex.quote(sys.executable)} -W error -m cmmctl")
        return subprocess.run(
            ["/bin/sh", "-c", command], check=False, capture_output=True, env={**os.environ, **environment}
        )

    return run


ASCII_ONLY = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "environment",
    [ASCII_ONLY, {"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "utf-16"}],
    ids=["C", "cp1252", "utf-16"],
)
def test_the_letters_an_interpreter_starts_with(shell: Shell, environment: dict[str, str]) -> None:
    encoding = environment.get("PYTHONIOENCODING", "ascii")
    done = shell(
        "cmmctl list; cmmctl add-ce --help; cmmctl export summary; cmmctl show 医療", COLUMNS="40", **environment
    )
    shown = done.stdout.decode(encoding)
    assert done.returncode == 1
    for words in ("ce-15", "$1,234.56", "--iacet-ceus", "Caf"):
        assert words in shown
    error = done.stderr.decode(encoding).splitlines()[-2:]
    assert [line.split(":")[0] for line in error] == ["error", "hint"]


def test_what_reads_only_the_first_line_gets_it_and_nothing_is_said(shell: Shell) -> None:
    for command, first in (("status", b"3 credentials"), ("list", "╭".encode()), ("--help", b" Examples")):
        done = shell(f"{{ cmmctl {command} 2>&1 1>&3; echo $? >&2; }} 3>&1 | head -1")
        assert done.stdout.startswith(first)
        assert done.stderr == b"0\n"


def test_a_width_may_be_anything(shell: Shell) -> None:
    done = shell("for c in -5 99999999999999999999; do COLUMNS=$c cmmctl recert cmm || echo $c; done")
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 2 * shell("cmmctl recert cmm").stdout.count(b"\n")


@pytest.mark.parametrize(
    ("sentence", "columns", "lines"),
    [
        ("error: a b", 80, ["error: a b"]),
        ("error: one two three", 15, ["error: one two", "three"]),
        ("hint: run `cmmctl status cmm` to look", 24, ["hint: run", "`cmmctl status cmm` to", "look"]),
        ("hint: run `cmmctl status cmm`, then", 10, ["hint: run", "`cmmctl status cmm`,", "then"]),
        ("hint: cmmctl attach ce-12 FILE", 20, ["hint:", "cmmctl attach ce-12 FILE"]),
        ("  indented and long", 12, ["  indented", "  and long"]),
        ("-a  =  1", 80, ["-a  =  1"]),
        ("医療 事務 管理", 11, ["医療 事務", "管理"]),
        ("", 5, [""]),
    ],
)
def test_a_sentence_is_broken_between_words_and_a_command_never(sentence: str, columns: int, lines: list[str]) -> None:
    assert laid(sentence, columns) == lines
