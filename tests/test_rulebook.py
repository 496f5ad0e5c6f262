"""Rule sets of one's own: beside the portfolio, in place of a packaged one, and wrong ones."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from cmmctl.errors import CmmctlError, Problem
from cmmctl.model import Credential
from cmmctl.rulebook import Rulebook, load
from conftest import Cli, Write

OWN = """\
ruleset = 1
id = "sample.com"
short = "COM"
name = "Certified Office Manager"
issuer = "Sample Association"
default = "current"
grade = "issuer"
source = "https://example.org"
checked = 2026-11-23

[[need]]
kind = "experience"
name = "experience"
label = "months managing"
months = 24
grade = "own"

[[condition]]
name = "membership"
body = "Sample Association"

[[edition]]
name = "current"
label = "30 h in 24 months"
cycle_months = 24
checked = 2026-01-02

[[edition.requirement]]
name = "total"
label = "CE hours"
min = 30

[[edition.requirement]]
name = "live"
label = "of them live"
min = 6
within = "total"
select = "tagged"
tags = ["live"]
excludes = ["other"]

[[edition.requirement]]
name = "other"
label = "other hours"
max = 10
within = "total"
select = "tagged"
tags = ["other"]

[[edition.statement]]
about = "fee"
text = "$50"
source = "a letter"
"""
NINE = OWN.replace('"sample.com"', '"pahcom.cmm"')

Put = Callable[..., Path]


@pytest.fixture
def own(folder: Path) -> Put:
    """Put a rule set of one's own beside the portfolio."""

    def put(text: str, name: str = "own.toml") -> Path:
        (folder / "rulesets").mkdir(exist_ok=True)
        path = folder / "rulesets" / name
        path.write_bytes(text.encode())
        return path

    return put


def _told(folder: Path) -> list[tuple[str, str | None]]:
    """Every problem with a person's own rule sets, as it is printed, with its hint."""
    with pytest.raises(CmmctlError) as wrong:
        Rulebook(folder)
    assert {problem.code for problem in wrong.value.problems} == {"rules-broken"}
    return [(str(problem), problem.hint) for problem in wrong.value.problems]


def test_a_rule_set_of_ones_own(own: Put, folder: Path) -> None:
    own(OWN)
    rulebook = Rulebook(folder)
    assert rulebook.names() == ["pahcom.cmm", "pahcom.hitcm-pp", "sample.com"]
    rules = rulebook.find("sample.com")
    assert rules is not None
    assert (rules.own, rules.replaces) == (True, False)
    assert rules.edition().requirements[2].max == Decimal(10)
    assert rulebook.find("sample.con") is None


def test_a_table_takes_what_it_does_not_say_from_the_one_it_stands_in(own: Put) -> None:
    rules = load(own(OWN))
    (need,) = rules.needs
    assert (need.grade, need.source, str(need.checked)) == ("own", "https://example.org", "2026-11-23")
    (edition,) = rules.editions
    assert (edition.grade, edition.source, str(edition.checked)) == ("issuer", "https://example.org", "2026-01-02")
    assert {str(part.checked) for part in edition.requirements} == {"2026-01-02"}
    (statement,) = edition.statements
    assert (statement.grade, statement.source, str(statement.checked)) == ("issuer", "a letter", "2026-01-02")


def test_one_of_the_same_id_takes_the_packaged_ones_place_and_reports_say_so(cli: Cli, write: Write, own: Put) -> None:
    write("""
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-11-24
    """)
    assert cli("hours", "--json").data[0]["required"] == 24
    assert "own-rules" not in {note["code"] for note in cli("hours", "--json").json["notes"]}
    own(NINE)
    found = cli("hours", "--json")
    assert found.data[0]["required"] == 30
    assert {"code": "own-rules", "text": "pahcom.cmm: your own rule set in place of the packaged one"} in found.json[
        "notes"
    ]
    assert "your own rule set in place of the packaged one" in " ".join(cli("status").out.split())


def test_a_credential_of_ones_own_rule_set(cli: Cli, write: Write, own: Put) -> None:
    own(OWN)
    write("")
    added = cli("add-credential", "com", "--earned", "2026-01-31")
    assert added.code == 0
    (hours,) = cli("hours", "--json").data
    assert (hours["credential"], hours["required"], hours["cycle"]["due"]) == ("sample.com", 30, "2028-01-31")


def test_a_credential_without_a_rule_set_has_the_figures_of_its_record() -> None:
    credential = Credential(id="aapc.cpc", required=Decimal(36), cycle_months=24)
    rules = Rulebook().of(credential)
    assert (rules.edition().total.min, rules.edition().cycle_months) == (Decimal(36), 24)
    assert not rules.known
    assert Rulebook().of(Credential(id="pahcom.cmm")).known


KINDS = "must be one of experience, coursework"
GRADES = "issuer, third-party, brief, inferred, own, unknown"
# What is replaced in the rule set above by what, and what is said then.
WRONG = {
    "format": (
        "ruleset = 1\n",
        "",
        "1: the rule set does not say `ruleset = 1`",
        "write `ruleset = 1` as the first line",
    ),
    "format as text": (
        "ruleset = 1",
        "ruleset = true",
        "1: the rule set does not say `ruleset = 1`",
        "write `ruleset = 1` as the first line",
    ),
    "missing key": (
        'short = "COM"\n',
        "",
        "1: the rule set has no `short`",
        'add a line such as `short = "the credential\'s letters"`',
    ),
    "unknown key": ("short =", "shrt =", "3: the rule set has the unknown key `shrt`", "did you mean `short`?"),
    "id": (
        '"sample.com"',
        '"COM"',
        "2: `id` of the rule set must be an id such as `pahcom.cmm`, not the text `COM`",
        'write for example `id = "pahcom.cmm"`',
    ),
    "grade": (
        'grade = "issuer"',
        'grade = "isuer"',
        f"7: `grade` of the rule set must be one of {GRADES}, not the text `isuer`; did you mean `issuer`?",
        None,
    ),
    "no source": (
        'source = "https://example.org"\n',
        "",
        "10: [[need]] number 1 has no `source`",
        'add a line such as `source = "the page or letter where the rule stands"`',
    ),
    "unknown table": (
        "[[condition]]",
        "[[conditions]]",
        "18: the rule set has the unknown key `conditions`",
        "did you mean `condition`?",
    ),
    "unknown table in an edition": (
        "[[edition.statement]]",
        "[[edition.statment]]",
        "50: [[edition]] number 1 has the unknown key `statment`",
        "did you mean `statement`?",
    ),
    "one bracket": (
        "[[condition]]",
        "[condition]",
        "18: `condition` must be written as `[[condition]]` tables",
        "write `[[condition]]`",
    ),
    "kind": (
        '"experience"\nname',
        '"experiense"\nname',
        f"12: `kind` of [[need]] number 1 {KINDS}, not the text `experiense`; did you mean `experience`?",
        None,
    ),
    "no kind": (
        'kind = "experience"\n',
        "",
        "11: [[need]] number 1 has no `kind`",
        "it is one of experience, coursework",
    ),
    "months": (
        "months = 24\ngrade",
        "months = 0\ngrade",
        "15: `months` of [[need]] number 1 must be from 1 to 9999",
        "write for example `months = 60`",
    ),
    "figure as text": (
        "min = 30",
        'min = "30"',
        "31: `min` of [[edition.requirement]] number 1 must be a number, not the text `30`",
        "write for example `min = 2`",
    ),
    "default": (
        'default = "current"',
        'default = "curent"',
        "6: `curent` is no known edition",
        "did you mean `current`?",
    ),
    "within": (
        'within = "total"\nselect = "tagged"\ntags = ["live"]',
        'within = "totl"\nselect = "tagged"\ntags = ["live"]',
        "37: `within` of live must name a requirement above it",
        "one of: total",
    ),
    "no within": (
        'within = "total"\nselect = "tagged"\ntags = ["live"]',
        'select = "tagged"\ntags = ["live"]',
        "33: `within` of live must name a requirement above it",
        "one of: total",
    ),
    "tags without select": (
        'select = "tagged"\ntags = ["live"]',
        'tags = ["live"]',
        '38: live: `tags` and `select = "tagged"` go together',
        "write both, or neither",
    ),
    "select without tags": (
        'select = "tagged"\ntags = ["live"]',
        'select = "tagged"',
        '33: live: `tags` and `select = "tagged"` go together',
        "write both, or neither",
    ),
    "neither min nor max": ("max = 10\n", "", "42: other has neither `min` nor `max`", "add a line such as `min = 12`"),
    "max under min": (
        "max = 10\n",
        "max = 10\nmin = 11\n",
        "45: `max` of other is less than its `min`",
        "correct one of the two",
    ),
    "excludes": (
        'excludes = ["other"]',
        'excludes = ["othr"]',
        "40: `othr` is no known requirement",
        "did you mean `other`?",
    ),
    "the same name twice": (
        'name = "other"',
        'name = "live"',
        "43: the name live stands twice in [[edition.requirement]]",
        "give each a name of its own",
    ),
    "no total": (
        "min = 30\n",
        "max = 30\n",
        "22: the first [[edition.requirement]] of current must be its total",
        "it has `min` and no `within`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_rule_set_is_a_located_error(own: Put, folder: Path, name: str) -> None:
    old, new, told, hint = WRONG[name]
    assert OWN.count(old) == 1
    own(OWN.replace(old, new))
    assert (f"rulesets/own.toml:{told}", hint) in _told(folder)


def test_an_inherited_value_is_judged_once_where_it_stands(own: Put, folder: Path) -> None:
    own(OWN.replace("checked = 2026-11-23", 'checked = "yesterday"').replace("checked = 2026-01-02", "checked = 7"))
    date = "must be a date without quotes, such as 2026-03-02"
    assert [told for told, _ in _told(folder)] == [
        f"rulesets/own.toml:9: `checked` of the rule set {date}, not the text `yesterday`",
        f"rulesets/own.toml:26: `checked` of [[edition]] number 1 {date}, not `7`",
    ]


def test_tables_written_inline_are_located_too(own: Put, folder: Path) -> None:
    text = OWN[: OWN.index("[[edition.requirement]]")]
    text += 'requirement = [  # {not a table}\n  {name = "total", label = "[h]", min = 30},\n'
    text += '  {name = 1, label = "{"},\n]\n'
    own(text)
    assert [told for told, _ in _told(folder)] == [
        "rulesets/own.toml:30: `name` of [[edition.requirement]] number 2 must be text in quotes, not `1`"
    ]


def test_everything_wrong_in_every_rule_set_is_said_at_once(own: Put, folder: Path) -> None:
    own(OWN[: OWN.index("[[edition]]")], "a.toml")
    own("ruleset = 1\n" + OWN, "b.toml")
    path = own("", "c.toml")
    path.write_bytes(b'ruleset = 1\nid = "\xff"\n')
    (folder / "rulesets" / "d.toml").mkdir()
    own("<<<<<<< HEAD\n", "e.toml")
    own("[[", ".hidden.toml")
    assert [told for told, _ in _told(folder)] == [
        "rulesets/a.toml:1: sample.com has no [[edition]]",
        "rulesets/b.toml:2: this is not TOML: a key or table stands twice",
        "rulesets/c.toml:2: the file is not UTF-8 text",
        "rulesets/d.toml: cannot be read: Is a directory",
        "rulesets/e.toml:1: the file has the markers of a merge conflict",
    ]


def test_two_rule_sets_of_one_id(own: Put, folder: Path) -> None:
    own(OWN, "mine (1).toml")
    own(OWN, "mine.toml")
    assert _told(folder) == [
        (
            "rulesets/mine.toml: the rule set sample.com stands in rulesets/mine (1).toml too",
            "keep one of the two files",
        )
    ]


def test_what_is_wrong_can_be_listed_while_the_others_are_used(own: Put, folder: Path) -> None:
    own(OWN, "good.toml")
    own("", "bad.toml")
    broken: list[Problem] = []
    rulebook = Rulebook(folder, broken)
    assert "sample.com" in rulebook.names()
    assert {problem.file for problem in broken} == {"rulesets/bad.toml"}


def test_a_broken_rule_set_stops_reports_and_not_what_mends_it(cli: Cli, write: Write, own: Put) -> None:
    write("""
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-11-24
    """)
    own(OWN.replace('short = "COM"', 'shrt = "COM"'))
    for command in ("status", "hours", "list", "add-ce"):
        assert cli(command).err.startswith("error: rulesets/own.toml:1: the rule set has no `short`\n")
        assert cli(command).code == 1
    failure = cli("status", "--json").json["errors"][1]
    assert failure == {
        "message": "the rule set has the unknown key `shrt`",
        "code": "rules-broken",
        "hint": "did you mean `short`?",
        "file": "rulesets/own.toml",
        "line": 3,
    }
    assert cli("path").code == 0
    assert cli("demo").code == 0
    assert cli("rules", "--template").code == 0
    checked = cli("check", "--json")
    assert checked.code == 1
    assert [(finding["severity"], finding["where"]) for finding in checked.data] == [
        ("error", "rulesets/own.toml:1"),
        ("error", "rulesets/own.toml:3"),
    ]
