"""What was meant: words people use, and command lines whose quotes were missing, given back ready to be pasted."""

import re
import shlex
import subprocess
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from cmmctl import kinds
from cmmctl.cli import TABLE
from cmmctl.commands import meant
from cmmctl.commands.export import DOCUMENTS
from cmmctl.commands.quoting import quoted
from cmmctl.model import KINDS, Profile
from conftest import Cli

Hint = Callable[[str], str]
SAMPLE = resources.files("cmmctl") / "samples" / "holder.toml"


@pytest.fixture
def hint(cli: Cli, folder: Path) -> Hint:
    """Type a command line over the sample of a holder; give the hint of its only error."""
    (folder / "portfolio.toml").write_bytes(SAMPLE.read_bytes())

    def typed(line: str) -> str:
        ended = cli(*shlex.split(line))
        assert ended.code in {1, 2}
        error, said, *more = ended.err.splitlines()
        assert error.startswith("error: ")
        assert not more
        return said.removeprefix("hint: ")

    return typed


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("delete ce-7", "remove ce-7"),
        ("seminar 'Coding Update'", 'add-ce "Coding Update"'),
        ("ceu", "add-ce"),
        ("credits", "hours"),
        ("due", "recert"),
        ("renew cmm", "add-renewal cmm"),
        ("certify", "add-credential"),
        ("print", "export"),
        ("pdf", "export summary -o summary.pdf"),
        ("reimburse ce-12", "export reimbursement ce-12"),
        ("receipt ce-7 a.pdf", "attach ce-7 a.pdf"),
        ("certificate", "attach"),
        ("calendar", "export calendar -o certification.ics"),
        ("csv", "export data -o data/"),
        ("revert", "undo"),
        ("erase ce-7", "remove ce-7"),
        ("modify ce-7 hours=3", "edit ce-7 hours=3"),
        ("change", "edit"),
        ("view ce-7", "show ce-7"),
        ("find coding update", 'list --find "coding update"'),
        ("search coding --plain", "list --find coding --plain"),
        ("search", "list --find TEXT"),
        ("deadline", "recert"),
        ("remaining", "hours"),
        ("version", "--version"),
        ("config", "edit profile"),
        ("settings", "edit profile"),
        ("save /tmp/x", "backup /tmp/x"),
        ("report", "status"),
        ("excel", "import"),
        ("help", "--help"),
        ("help status", "status --help"),
        ("help me", "--help"),
        ("add course 'Healthcare Finance'", 'add-course "Healthcare Finance"'),
        ("Add Job", "add-job"),
        ("workshpo", "add-ce"),
        ("serach x", "list --find x"),
        ("Remov ce-7", "remove ce-7"),
    ],
)
def test_words_for_commands(hint: Hint, typed: str, command: str) -> None:
    assert hint(typed) == f"did you mean `cmmctl {command}`?"


@pytest.mark.parametrize(
    ("typed", "document"),
    [
        ("pdf", "summary -o summary.pdf"),
        ("claim ce-12", "reimbursement ce-12"),
        ("csv", "data -o data/"),
        ("ics", "calendar -o certification.ics"),
        ("packet cmm", "audit cmm"),
        ("portal", "filing"),
        ("resume", "summary"),
        ("summry", "summary"),
        ("Claender", "calendar"),
    ],
)
def test_words_for_documents(hint: Hint, typed: str, document: str) -> None:
    assert hint(f"export {typed}") == f"did you mean `cmmctl export {document}`?"


def test_a_document_nothing_is_near_to(hint: Hint) -> None:
    assert hint("export xyzzy").startswith("documents: reimbursement, ")


@pytest.mark.parametrize(
    ("typed", "kind"), [("seminars", "ce"), ("jbos", "job"), ("classes", "course"), ("certificates", "proof")]
)
def test_words_for_kinds(hint: Hint, typed: str, kind: str) -> None:
    assert hint(f"list {typed}") == f"did you mean `{kind}`?"


def test_every_word_means_something_there_is() -> None:
    known = {*KINDS, Profile.kind}
    assert {line.split()[0] for line in meant.COMMANDS.values()} <= {*TABLE, "--help", "--version"}
    assert {line.split()[1] for line in meant.COMMANDS.values() if line.startswith("export ")} <= set(DOCUMENTS)
    assert {line.split()[0] for line in meant.DOCUMENTS.values()} <= set(DOCUMENTS)
    assert set(kinds.WORDS.values()) <= known
    assert set(meant.COMMANDS).isdisjoint(TABLE)
    assert set(meant.DOCUMENTS).isdisjoint(DOCUMENTS)
    assert set(kinds.WORDS).isdisjoint(known)


def test_no_word_means_two_things() -> None:
    source = "".join(Path(str(one.__file__)).read_text(encoding="utf-8") for one in (meant, kinds))
    for block in re.findall(r"synonyms\(\{(.*?)\}\)", source, re.DOTALL):
        words = [word for text in re.findall(r'(?:: |^ +)"([^"]*)",?$', block, re.MULTILINE) for word in text.split()]
        assert len(words) > 20
        assert [word for word in words if words.count(word) > 1] == []


@pytest.mark.parametrize(
    ("typed", "pasted"),
    [
        ("add-ce Coding Update --hours 6", 'add-ce "Coding Update" --hours 6'),
        ("add-ce --hours 6 Coding Update", 'add-ce --hours 6 "Coding Update"'),
        ("add-ce --planned Coding Update", 'add-ce --planned "Coding Update"'),
        ("add-ce Coding --planned Update", 'add-ce "Coding Update" --planned'),
        (
            "add-ce Coding Update --provider State Chapter --date Nov 20 2026 --hours=6",
            'add-ce "Coding Update" --provider "State Chapter" --date "Nov 20 2026" --hours=6',
        ),
        (
            "add-ce --provider State Chapter --hours 6 Coding Update",
            'add-ce --provider "State Chapter" --hours 6 "Coding Update"',
        ),
        (
            "add-ce 'Coding Update' --provider State Chapter --note 'a b'",
            'add-ce "Coding Update" --provider "State Chapter" --note "a b"',
        ),
        ("add-ce 2027 Coding Update", 'add-ce "2027 Coding Update"'),
        ("add-ce Budgets and '$349' -f x.toml", "add-ce 'Budgets and $349' -f x.toml"),
        (
            "add-course Healthcare Finance --institution State College --credits 3",
            'add-course "Healthcare Finance" --institution "State College" --credits 3',
        ),
        ("add-job --employer Sample Clinic --title Manager", 'add-job --employer "Sample Clinic" --title Manager'),
        ("add-credential cmm --earned Apr 23 2023", 'add-credential cmm --earned "Apr 23 2023"'),
        ("-f x.toml add-ce Coding Update", '-f x.toml add-ce "Coding Update"'),
        ("init --name Office Manager", 'init --name "Office Manager"'),
        ("backup My Documents", 'backup "My Documents"'),
        ("recert --as-of Nov 20 2026", 'recert --as-of "Nov 20 2026"'),
        ("list --find coding update", 'list --find "coding update"'),
        ("list ce --find coding update", 'list ce --find "coding update"'),
        ("hours --edition two year", 'hours --edition "two year"'),
        ("export reimbursement ce-12 --why It serves", 'export reimbursement ce-12 --why "It serves"'),
        (
            "add-expense ce-7 --vendor State Chapter --what fee --amount 2",
            'add-expense ce-7 --vendor "State Chapter" --what fee --amount 2',
        ),
        ("edit ce-7 note=two words", 'edit ce-7 note="two words"'),
        ("edit ce-7 note=two words hours=6 --no-input", 'edit ce-7 note="two words" hours=6 --no-input'),
        ("edit ce-7 note two words", 'edit ce-7 note="two words"'),
        ("edit ce-7 hours 6", "edit ce-7 hours=6"),
        ("edit ce-7 hours = 6", "edit ce-7 hours=6"),
        ("edit ce-7 hours= 6", "edit ce-7 hours=6"),
        ("edit ce-7 domains += Risk Management", 'edit ce-7 domains+="Risk Management"'),
        ("edit ce-7 --hours 6 --note 'two words'", 'edit ce-7 hours=6 note="two words"'),
        ("edit ce-7 --iacet-ceus=0.6", "edit ce-7 iacet_ceus=0.6"),
        ("edit -f portfolio.toml ce-7 note=two words", 'edit -f portfolio.toml ce-7 note="two words"'),
        ("add-ce \u201cCoding Update\u201d \u2013hours 6", 'add-ce "Coding Update" --hours 6'),
        ("add-ce 'Coding Update' \u2014hours 6", 'add-ce "Coding Update" --hours 6'),
        ("add-ce \u2013hours 6", "add-ce --hours 6"),
        ("edit ce-7 note=\u201ctwo words\u201d", 'edit ce-7 note="two words"'),
        ("add-ce -- Coding Update", 'add-ce -- "Coding Update"'),
    ],
)
def test_quotes_that_were_missing(
    hint: Hint, cli: Cli, folder: Path, typed: str, pasted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    (folder / "x.toml").write_bytes(SAMPLE.read_bytes())
    assert hint(typed) == f"cmmctl {pasted}"
    again = cli(*shlex.split(pasted))  # and what is pasted has none of these errors
    assert not re.search("more than was expected|is no `key=value`|there is no (record|option)", again.err)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hours cmm previous", "`cmmctl hours --help` shows what can be written"),
        ("show ce-7 ce-8", "`cmmctl show --help` shows what can be written"),
        ("undo the last change", "`cmmctl undo --help` shows what can be written"),
        ("list xyzzy", "kinds: credential, "),
        ("show xyzzy", "`cmmctl list` shows every id"),
        ("status xyzzy", "known: pahcom.cmm, "),
        ("edit ce-7 xyzzy", 'cmmctl edit ce-7 note="two words need quotes"'),
        ("edit ce-7 hours=", "it is needed; change it: `cmmctl edit ce-7 hours=value`"),
        ("edit ce-7 place=", "take it away: `cmmctl edit ce-7 --unset place`"),
        ("edit ce-7 --xyzzy 3", "`cmmctl edit --help` shows what can be written"),
    ],
)
def test_where_no_quotes_are_missing(hint: Hint, typed: str, said: str) -> None:
    assert hint(typed).startswith(said)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("add-ce -hours 6", "did you mean `--hours`?"),
        ("add-ce x -fee 6", "did you mean `--fee`?"),
        ("status -file=x", "did you mean `--file`?"),
        ("-file x status", "did you mean `--file`?"),
        ("status -json", "did you mean `--json`?"),
        ("add-ce -provder x", "did you mean `--provider`?"),
        ("add-ce --prov x", "did you mean `--provider`?"),
        ("add-ce --sponsor x", "did you mean `--provider`?"),
        ("add-ce --iacet_ceus 1", "did you mean `--iacet-ceus`?"),
        ("add-job --company x", "did you mean `--employer`?"),
        ("edit ce-7 sponsor=x", "did you mean `provider`?"),
    ],
)
def test_options_and_keys(hint: Hint, typed: str, said: str) -> None:
    assert hint(typed) == said


def test_a_title_behind_two_hyphens_is_no_option(cli: Cli, hint: Hint) -> None:
    assert hint("add-ce -- -file").startswith("for example: ")
    assert cli("add-ce", "--", "-file").err.startswith("error: add-ce needs `--provider`")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["ce-7", "a/b.pdf", "x=1,2", "2026-11-23"], "ce-7 a/b.pdf x=1,2 2026-11-23"),
        (["two words", "", "~", "Manager's"], '"two words" "" "~" "Manager\'s"'),
        (['a "b"', "$349", "`x`", "a\\b", "Hello!"], "'a \"b\"' '$349' '`x`' 'a\\b' 'Hello!'"),
        (["it's $5", 'isn\'t "b" `c` \\d'], '"it\'s \\$5" "isn\'t \\"b\\" \\`c\\` \\\\d"'),
        (["it's!"], "'it'\"'\"'s!'"),
        (["--note=two words", "note=a b", "domains+=a $b"], '--note="two words" note="a b" domains+=\'a $b\''),
        (["note=x", "a\nb"], 'note=x "a\nb"'),
        (["*", "a;b", "a|b", "<x>", "(a)", "#a", "é"], '"*" "a;b" "a|b" "<x>" "(a)" "#a" "é"'),
    ],
)
def test_words_in_quotes(words: list[str], line: str) -> None:
    assert quoted(words) == line
    for shell in ("bash", "sh"):
        command = [shell, "-c", f'printf "%s\\0" {line}']
        given = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert given.split("\0")[:-1] == words


def test_a_number_for_a_title_says_what_shells_eat(cli: Cli) -> None:
    assert cli("init", "--name", "Office Manager").code == 0
    ended = cli("add-ce", ",349.00", "--provider", "x", "--date", "today", "--hours", "1")
    assert ended.code == 2
    assert ended.err == (
        "error: `TITLE` is only a number, `,349.00`: shells eat `$` and commas\n"
        "hint: in single quotes they stay: cmmctl add-ce 'Budgets for $1,349.00'\n"
    )
