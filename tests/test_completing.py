"""What TAB offers: the words that fit, nothing a shell could run, and never an error."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cmmctl.cli import TABLE
from cmmctl.commands.offered import harmless
from cmmctl.described import keys_of
from cmmctl.model import STATUSES, Job
from conftest import Cli, Write

PORTFOLIO = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-7"
title = "Budgets $(touch owned) `x` [bold]; and \\"more\\" than forty characters"
provider = "y"
date = 2026-05-30
hours = 3

[[ce]]
id = "ce-8"
title = "Denials"
provider = "y"
date = 2026-12-01
hours = 6
status = "planned"

[[degree]]
id = "degree-1"
institution = "State College"
degree = "Associate"
status = "in-progress"

[[claim]]
id = "claim-1"
entries = ["ce-7"]
"""

Tab = Callable[[str], dict[str, str]]


@pytest.fixture
def tab(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Tab:
    """Press TAB behind a line; give what fish is offered, with the explanation of each."""

    def press(line: str) -> dict[str, str]:
        monkeypatch.setenv("_CMMCTL_COMPLETE", "complete_fish")
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        ended = cli()
        assert (ended.code, ended.err) == (0, "")
        offered = [one.partition("\t") for one in ended.out.splitlines() if one]
        return {word: means for word, _, means in offered}

    return press


def test_commands_and_options(tab: Tab) -> None:
    assert list(tab("cmmctl ")) == list(TABLE)
    assert list(tab("cmmctl add-c")) == ["add-ce", "add-course", "add-credential", "add-claim"]
    assert {"--file", "-f", "--version", "--help"} <= set(tab("cmmctl -"))
    assert {"--hours", "--domain", "--approved", "--for", "--planned"} <= set(tab("cmmctl add-ce --"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("cmmctl show ", {"profile", "pahcom.cmm", "ce-7", "ce-8", "degree-1", "claim-1"}),
        ("cmmctl edit ce", {"ce-7", "ce-8"}),
        ("cmmctl remove ce-7 ", {"profile", "pahcom.cmm", "ce-7", "ce-8", "degree-1", "claim-1"}),
        ("cmmctl done ", {"ce-8", "degree-1"}),
        ("cmmctl add-payment ", {"claim-1"}),
        ("cmmctl add-expense d", {"degree-1"}),
        ("cmmctl add-ce --like ", {"ce-7", "ce-8"}),
        ("cmmctl add-degree --like ", {"degree-1"}),
        ("cmmctl add-job --like ", set()),
        ("cmmctl status ", {"cmm", "pahcom.cmm", "hitcm-pp", "pahcom.hitcm-pp"}),
        ("cmmctl rules h", {"hitcm-pp"}),
        ("cmmctl add-ce --for pahcom.", {"pahcom.cmm", "pahcom.hitcm-pp"}),
        ("cmmctl add-credential ", {"cmm", "pahcom.cmm", "hitcm-pp", "pahcom.hitcm-pp"}),
        ("cmmctl hours --edition ", {"two-year", "handbook-2015", "annual"}),
        ("cmmctl add-credential cmm --edition a", {"annual"}),
        ("cmmctl hours --cycle ", {"current", "previous", "all"}),
        ("cmmctl add-ce --subject ", {"healthcare", "business", "other"}),
        ("cmmctl add-job --duty pat", {"patient-care", "patient-scheduling"}),
        ("cmmctl list cr", {"credential"}),
        ("cmmctl demo ", {"holder", "candidate"}),
        ("cmmctl add-ce --title ", set()),
    ],
)
def test_words_that_fit(tab: Tab, write: Write, line: str, words: set[str]) -> None:
    write(PORTFOLIO)
    assert set(tab(line)) == words


def test_a_portfolio_named_on_the_line_is_the_one_that_is_read(tab: Tab, write: Write, folder: Path) -> None:
    write(PORTFOLIO).rename(folder / "other.toml")
    assert tab("cmmctl show ce") == {}
    for line in (
        f"cmmctl -f {folder}/other.toml show ce",
        f"cmmctl show -f {folder}/other.toml ce",
        f"cmmctl export -f {folder}/other.toml reimbursement ce",
    ):
        assert set(tab(line)) == {"ce-7", "ce-8"}


def test_list_offers_the_keys_of_its_kind(tab: Tab, write: Write) -> None:
    write(PORTFOLIO)
    for line in ("cmmctl list job --sort s", "cmmctl list job s"):
        assert {word.rstrip("=") for word in tab(line)} >= {"start", "setting"}, line
    assert tab("cmmctl list job --sort h") == {"hours_per_week": keys_of(Job)["hours_per_week"].help}
    assert {"id", "hours", "employer"} < set(tab("cmmctl list --sort "))
    assert {word.rstrip("=") for word in tab("cmmctl list profile man")} == {"manager"}
    assert {word.rstrip("=") for word in tab("cmmctl list jobs man")} == {"manages"}
    assert set(tab("cmmctl list ce activity=we")) == {"activity=webinar"}
    assert set(tab("cmmctl list ce status=")) == {f"status={word}" for word in STATUSES}


def test_titles_are_made_harmless(tab: Tab, write: Write) -> None:
    write(PORTFOLIO)
    assert tab("cmmctl show ce-") == {
        "ce-7": "Budgets (touch owned) x bold and more th", "ce-8": "Denials - y (planned)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Coding Update 2027, 6 h (live) - x.", "Coding Update 2027, 6 h (live) - x."),
        ("a$(b)`c`;d|e&f>g<h'i\"j\\k~l*m?n", "a (b) c d e f g h i j k l m n"),
        ("\x1b[31mred\nline\ttab", "31mred line tab"),
        ("żółć 复", "żółć 复"),
        ("x" * 50, "x" * 40),
        ("", ""),
    ],
)
def test_harmless(text: str, kept: str) -> None:
    assert harmless(text) == kept


@pytest.mark.parametrize("content", [None, "", "schema = 1\n[[ce]]\nid = 3\n", "<<<<<<< mine\n", "schema = 2\n"])
def test_with_a_portfolio_that_cannot_be_read_nothing_is_offered(tab: Tab, folder: Path, content: str | None) -> None:
    if content is not None:
        (folder / "portfolio.toml").write_text(content, encoding="utf-8")
    before = sorted(folder.rglob("*"))
    assert tab("cmmctl show ") == {}
    assert tab("cmmctl done ") == {}
    assert tab("cmmctl status ") == {}
    assert sorted(folder.rglob("*")) == before


def test_a_word_of_ones_own_rule_set_that_a_shell_could_run_is_not_offered(
    tab: Tab, cli: Cli, write: Write, folder: Path
) -> None:
    write(PORTFOLIO)
    (folder / "rulesets").mkdir()
    own = cli("rules", "--template").out
    (folder / "rulesets" / "own.toml").write_text(own, encoding="utf-8")
    before = set(tab("cmmctl status "))
    assert before > {"cmm", "pahcom.cmm"}
    hostile = own.replace('name = "', 'name = "$(touch owned)', 1)
    (folder / "rulesets" / "own.toml").write_text(hostile, encoding="utf-8")
    assert not any("$" in word + means for word, means in tab("cmmctl status ").items())


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("cmmctl edit ce-7 sub", ["subject="]),
        ("cmmctl edit ce-7 subject=", ["subject=healthcare", "subject=business", "subject=other"]),
        ("cmmctl edit ce-7 note=x subject=h", ["subject=healthcare"]),
        ("cmmctl edit ce-7 credentials+=pah", ["credentials+=pahcom.cmm", "credentials+=pahcom.hitcm-pp"]),
        ("cmmctl edit ce-7 hours=", []),
        ("cmmctl edit ce-7 nothing=", []),
        ("cmmctl edit cmm edition=a", ["edition=annual"]),
        ("cmmctl edit degree-1 status=", ["status=completed", "status=planned", "status=in-progress"]),
        ("cmmctl edit nobody ", []),
        ("cmmctl edit ce-8 --unset ", ["hours", "status"]),
        ("cmmctl edit ce-7 --unset nothing", []),
        ("cmmctl edit --unset ", []),
        ("cmmctl explain h", ["hitcm-pp"]),
        ("cmmctl export reim", ["reimbursement"]),
        ("cmmctl export reimbursement ce-", ["ce-7", "ce-8"]),
        ("cmmctl export summary --format ", ["md", "html", "pdf", "csv", "json"]),
        ("cmmctl export audit cmm --cycle ", ["current", "previous"]),
        ("cmmctl list --cycle p", ["previous"]),
        ("cmmctl import x.csv --kind cou", ["course"]),
        ("cmmctl add-ce --paid-by ", ["self", "employer"]),
        ("cmmctl add-job --duty billing --duty cod", ["coding"]),
        ("cmmctl add-ce --activity=w", ["--activity=workshop", "--activity=webinar"]),
        ("cmmctl add-ce --for=cm", ["--for=cmm"]),
        ("cmmctl add-ce --activity=webinar --subject=b", ["--subject=business"]),
    ],
)
def test_words_behind_other_words(tab: Tab, write: Write, line: str, words: list[str]) -> None:
    write(PORTFOLIO)
    assert list(tab(line)) == words


def test_keys_of_a_record_are_explained(tab: Tab, write: Write) -> None:
    write(PORTFOLIO)
    offered = tab("cmmctl edit ce-7 ")
    assert offered["hours="] == "hours on the certificate, such as 1.5 or"
    assert "sha256=" not in offered
    assert "due_assumed=" not in tab("cmmctl edit cmm ")


@pytest.mark.parametrize("instruction", ["complete_csh", "nothing"])
def test_a_shell_that_is_not_known_is_refused(cli: Cli, monkeypatch: pytest.MonkeyPatch, instruction: str) -> None:
    monkeypatch.setenv("_CMMCTL_COMPLETE", instruction)
    ended = cli()
    assert (ended.code, ended.out) == (1, "")


@pytest.mark.parametrize(
    ("line", "pressed", "offered"),
    [
        (
            "cmmctl show ce-",
            "?",
            ["ce-7  (Budgets (touch owned) x bold and more th)", "ce-8  (Denials - y (planned))"],
        ),
        (
            "cmmctl show ce-",
            "!",
            ["ce-7  (Budgets (touch owned) x bold and more th)", "ce-8  (Denials - y (planned))"],
        ),
        ("cmmctl show ce-", "\t", ["ce-7", "ce-8"]),
        ("cmmctl show ce-", "%", ["ce-7", "ce-8"]),
        ("cmmctl show ce-8", "?", ["ce-8"]),
        ("cmmctl add-ce --activity w", "?", ["workshop", "webinar"]),
    ],
)
def test_bash_explains_what_it_lists_and_nothing_it_fills_in(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, line: str, pressed: str, offered: list[str]
) -> None:
    write(PORTFOLIO)
    monkeypatch.setenv("_CMMCTL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    monkeypatch.setenv("COMP_TYPE", str(ord(pressed)))
    assert cli().out.splitlines() == offered
