"""The rule sets that are shipped: every figure with its source, its day and how well it is known."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cmmctl.described import keys_of
from cmmctl.rulebook import PACKAGED, Rulebook, load
from cmmctl.rules import Condition, Coursework, Edition, Experience, Requirement, Rule, RuleSet, Statement
from conftest import Cli

CHECKED = date(2026, 11, 23)  # the day the pages were read
HITCM = "https://www.pahcom.com/hitcm-pp/recertification.html"
HANDBOOK = "http://www.pahcom.com/cmm/recertification.html"
ANNUAL = "https://my.pahcom.com/decertification"
THENEST = "https://woman.thenest.com/medical-manager-certification-21785.html"
SCKOOL = "https://sckool.org/model-tool-certication-table-professional-credentials-for-medi.html"
DOCPLAYER = "https://docplayer.net/15508076-Pahcom-certified-medical-manager-candidate-handbook.html"
NINE_DOMAINS = (
    "Revenue Management", "Risk Management", "Human Resources", "Finance", "Contract Management",
    "Business Management", "Technology & Data Management", "Clinical Performance Reporting",
    "Patient Clinical Education & Practice Marketing",
)  # fmt: skip


def _rules(credential: str) -> RuleSet:
    found = Rulebook().find(credential)
    assert found is not None
    return found


def _every_rule(rules: RuleSet) -> list[Rule]:
    """Everything in a rule set that says what an issuer asks."""
    listed: list[Rule] = [*rules.needs, *rules.conditions, *rules.statements]
    for edition in rules.editions:
        listed += [edition, *edition.requirements, *edition.conditions, *edition.statements]
    return listed


def _statement(rules: RuleSet | Edition, about: str) -> tuple[str, str, str]:
    """What is said about something, how well that is known, and where it stands."""
    (found,) = (each for each in rules.statements if each.about == about)
    return found.text, found.grade, found.source


@pytest.mark.parametrize("path", sorted(PACKAGED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_rule_says_where_it_stands(path: Path) -> None:
    rules = load(path)
    assert f"{rules.id}.toml" == path.name
    for rule in _every_rule(rules):
        assert rule.checked == CHECKED
        assert rule.grade in {"issuer", "third-party", "brief", "inferred", "unknown"}
        assert re.search(r"https?://|the project's brief|no page found", rule.source)
    for edition in rules.editions:
        assert edition.grade != "unknown"
        assert edition.total.min is not None
        assert all(requirement.grade != "unknown" for requirement in edition.requirements)


def test_the_shipped_rule_sets() -> None:
    assert Rulebook().names() == ["pahcom.cmm", "pahcom.hitcm-pp"]


def test_the_cmm() -> None:
    rules = _rules("pahcom.cmm")
    assert (rules.short, rules.name, rules.issuer) == ("CMM", "Certified Medical Manager", "PAHCOM")
    assert rules.contact == "cert@pahcom.com, 800-451-9311"
    assert rules.default == "two-year"
    assert [edition.name for edition in rules.editions] == ["two-year", "handbook-2015", "annual"]


def test_what_the_cmm_asks_before_the_exam() -> None:
    rules = _rules("pahcom.cmm")
    experience, coursework = rules.needs
    assert isinstance(experience, Experience)
    assert (experience.months, experience.grade) == (36, "brief")
    assert THENEST in experience.source
    assert isinstance(coursework, Coursework)
    assert (coursework.credits, coursework.grade) == (Decimal(12), "brief")
    assert coursework.subjects == ("healthcare", "business")
    assert coursework.experience_helps  # at a rate that is not known
    assert THENEST in coursework.source
    assert SCKOOL in coursework.source
    assert "one or the other" in str(coursework.note)  # third parties word it so
    (membership,) = rules.conditions
    assert (membership.body, membership.grade, membership.source) == ("PAHCOM", "third-party", SCKOOL)


@pytest.mark.parametrize(
    ("about", "said", "grade", "source"),
    [
        ("exam", "200 multiple-choice questions in 3 hours", "third-party", SCKOOL),
        ("experience in place of credits", "its rate and limit are not known", "issuer", DOCPLAYER),
        ("degree", "no page of the issuer asks for one", "brief", "brief"),
        ("usual subjects of study", "privacy, payroll, federal and state tax", "brief", "brief"),
        (
            "part-time work, age of courses, pass mark, waiting time after a failed exam, exam fee",
            "not found",
            "unknown",
            "no page found",
        ),
    ],
)
def test_what_is_said_about_sitting_the_exam(about: str, said: str, grade: str, source: str) -> None:
    text, known, stands = _statement(_rules("pahcom.cmm"), about)
    assert said in text
    assert known == grade
    assert source in stands


def test_two_year() -> None:
    edition = _rules("pahcom.cmm").edition("two-year")
    assert (edition.label, edition.cycle_months, edition.grade) == ("24 h in 24 months", 24, "brief")
    assert HITCM in edition.source
    assert edition.subjects == ("healthcare", "business")
    assert edition.self_study == "approved"
    assert [(part.name, part.min) for part in edition.requirements] == [("total", Decimal(24))]
    assert _statement(edition, "surplus")[0] == "no effect, never carried over"
    assert "does not move the cycle" in _statement(edition, "early filing")[0]
    assert _statement(edition, "self-study")[0] == "only if PAHCOM approved it in advance"
    assert _statement(edition, "late filing")[0] == "not accepted: the exam again"
    assert _statement(edition, "fee")[0] == "$75"
    assert _statement(edition, "audit")[0] == "10 % of those who file; keep all documents"
    assert [(each.body, each.note) for each in edition.conditions] == [("PAHCOM", "continuous")]
    # Everything in this reading is known from the same two places, unless nobody knows it.
    own = [*edition.requirements, *edition.conditions, *edition.statements]
    assert {(rule.grade, rule.source) for rule in own if rule.grade != "unknown"} == {(edition.grade, edition.source)}


def test_handbook_2015() -> None:
    edition = _rules("pahcom.cmm").edition("handbook-2015")
    assert (edition.label, edition.cycle_months, edition.grade) == ("12 approved + 12 recognized", 24, "issuer")
    assert edition.source == HANDBOOK
    assert edition.domains == NINE_DOMAINS
    assert edition.self_study == "approved"
    assert [(part.name, part.min, part.within, part.select, part.evidence) for part in edition.requirements] == [
        ("total", Decimal(24), None, "any", ()),
        ("approved", Decimal(12), "total", "approved", ("index",)),
        ("recognized", Decimal(12), "total", "recognized", ("certificate", "domain")),
    ]
    assert _statement(edition, "surplus")[:2] == ("no effect, never carried over", "issuer")
    assert _statement(edition, "early filing")[:2] == ("does not move the cycle", "inferred")
    assert _statement(edition, "self-study")[:2] == ("only if PAHCOM approved it in advance", "issuer")
    assert _statement(edition, "late filing")[:2] == ("not accepted: the exam again", "inferred")
    assert _statement(edition, "fee")[:2] == ("$75", "issuer")
    assert _statement(edition, "audit")[:2] == ("a sample each quarter", "issuer")
    (membership,) = edition.conditions
    assert "instead of the exam" in str(membership.note)


def test_annual() -> None:
    edition = _rules("pahcom.cmm").edition("annual")
    assert (edition.label, edition.cycle_months, edition.grade) == ("12 h every 12 months", 12, "issuer")
    assert edition.source == ANNUAL
    assert [(part.name, part.min) for part in edition.requirements] == [("total", Decimal(12))]
    assert edition.self_study == "approved"  # treated as in the others, which the note says
    assert "self-study and subjects as in the other readings (inferred)" in str(edition.note)
    assert _statement(edition, "due date")[0] == "the anniversary of the first certification"
    assert _statement(edition, "late filing")[0] == "up to 30 days: contact them; later: the exam again"
    assert _statement(edition, "surplus, self-study, fee, audit")[1] == "unknown"
    (membership,) = edition.conditions
    assert (membership.body, membership.gap_days) == ("PAHCOM", 30)


def test_the_hitcm_pp() -> None:
    rules = _rules("pahcom.hitcm-pp")
    assert rules.needs == ()
    assert rules.conditions == ()
    assert _statement(rules, "eligibility")[1] == "unknown"
    (edition,) = rules.editions
    assert (edition.name, edition.cycle_months, edition.grade, edition.source) == ("two-year", 24, "issuer", HITCM)
    assert [(part.name, part.min) for part in edition.requirements] == [("total", Decimal(24))]
    assert edition.self_study == "approved"
    assert [each.note for each in edition.conditions] == ["continuous"]
    assert {each.about: each.text for each in edition.statements} == {
        "surplus": "no effect, never carried over",
        "early filing": "does not move the cycle: due April 2012 and filed early, the next is due April 2014",
        "self-study": "only if PAHCOM approved it in advance",
        "late filing": "not accepted",
        "fee": "$75",
        "audit": "10 % of those who file",
    }


def test_the_template_is_a_rule_set_of_ones_own_as_it_stands(cli: Cli, folder: Path) -> None:
    template = cli("rules", "--template").out
    (folder / "rulesets").mkdir()
    (folder / "rulesets" / "sample.com.toml").write_text(template, encoding="utf-8")
    rules = Rulebook(folder).find("sample.com")
    assert rules is not None
    assert rules.own
    assert not rules.replaces
    assert [(part.name, part.min, part.max, part.within) for part in rules.edition().requirements] == [
        ("total", Decimal(30), None, None),
        ("association", Decimal(15), None, "total"),
        ("live", Decimal(6), None, "association"),
        ("other", None, Decimal(10), "total"),
    ]
    assert [type(need) for need in rules.needs] == [Experience, Coursework]
    assert isinstance(rules.needs[1], Coursework)
    assert rules.needs[1].credits == Decimal(6)


def test_the_template_shows_every_key_there_is(cli: Cli) -> None:
    template = cli("rules", "--template").out
    for described in (RuleSet, Experience, Coursework, Condition, Edition, Requirement, Statement):
        for key in keys_of(described):
            assert re.search(rf"^(?:# )?{key} = ", template, re.MULTILINE), f"{key} of {described.__name__}"
