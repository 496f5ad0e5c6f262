"""`check`: what is wrong and what is odd, with its line and what mends it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from cmmctl.check import Finding, findings
from cmmctl.errors import CmmctlError
from conftest import Cli, Write

TODAY = date(2026, 11, 23)
SAMPLES = Path(__file__).parents[1] / "src" / "cmmctl" / "samples"
Odd = Callable[..., list[tuple[str, str, str | None]]]


@pytest.fixture
def odd(write: Write) -> Odd:
    """Check a portfolio that has no errors; give the line, message and hint of every warning."""

    def found(text: str, today: date = TODAY) -> list[tuple[str, str, str | None]]:
        path = write(text)
        listed = findings(path, today)
        assert {finding.severity for finding in listed} <= {"warning"}
        return [(finding.where.removeprefix("portfolio.toml:"), finding.message, finding.hint) for finding in listed]

    return found


def test_nothing_is_wrong_with_the_candidate_of_the_demo(cli: Cli, folder: Path) -> None:
    path = folder / "portfolio.toml"
    path.write_bytes((SAMPLES / "candidate.toml").read_bytes())
    assert findings(path, TODAY) == []
    assert cli("check").out.strip() == "portfolio.toml: nothing is wrong."
    assert cli("check", "--json").data == []
    assert cli("check", "--strict").code == 0


def test_warnings_fail_only_a_strict_check(cli: Cli, write: Write) -> None:
    write("""
    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = 2020-01-06
    colour = "blue"
    """)
    for plain in ((), ("--json",), ("--plain",)):
        assert cli("check", *plain).code == 0
        assert cli("check", "--strict", *plain).code == 1
    assert cli("check").out.split("\n")[0].strip() == ("warning: portfolio.toml:11: job-1 has the unknown key `colour`")
    assert cli("check", "--json").data == [
        {
            "severity": "warning",
            "where": "portfolio.toml:11",
            "message": "job-1 has the unknown key `colour`",
            "hint": "it is kept and not used",
        }
    ]
    assert cli("check", "--plain").out == (
        "severity\twhere\tmessage\thint\n"
        "warning\tportfolio.toml:11\tjob-1 has the unknown key `colour`\tit is kept and not used\n"
    )


def test_what_has_happened_cannot_lie_ahead(odd: Odd) -> None:
    assert odd("""
    [[credential]]
    id = "pahcom.cmm"
    earned = 2026-12-01

    [[course]]
    id = "course-1"
    title = "Payroll"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = "2027"

    [[course]]
    id = "course-2"
    title = "Privacy"
    institution = "State College"
    credits = 3
    subject = "healthcare"
    status = "planned"
    completed = 2027-05-07

    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2026-11-24
    hours = 2
    subject = "healthcare"
    logged = 2026-11-23

    [[payment]]
    id = "payment-1"
    claim = "claim-1"
    date = 2062-11-23
    amount = 20

    [[claim]]
    id = "claim-1"
    entries = ["ce-1"]
    """) == [
        ("8", "`earned` of pahcom.cmm, Tue Dec 1 2026, is ahead; it does not count before", None),
        (
            "16",
            "`completed` of course-1, Fri Jan 1 2027, is ahead; it does not count before",
            "cmmctl edit course-1 status=planned",
        ),
        (
            "31",
            "`date` of ce-1, Tue Nov 24 2026, is ahead; it does not count before",
            "cmmctl edit ce-1 status=planned",
        ),
        ("39", "`date` of payment-1, Thu Nov 23 2062, is ahead; it does not count before", None),
    ]


def test_entries_without_a_subject_are_mentioned_once(odd: Odd) -> None:
    entry = """
    [[ce]]
    id = "ce-{}"
    title = "Coding {}"
    provider = "PAHCOM"
    date = 2026-01-0{}
    hours = 2
    """
    one, two = entry.format(1, 1, 1), entry.format(2, 2, 2)
    assert odd(one) == [
        (
            "6",
            "ce-1: no subject is recorded; it counts as healthcare or business",
            "cmmctl edit ce-1 subject=healthcare",
        )
    ]
    assert odd(one + two)[0][1] == "ce-1 and 1 more: no subject is recorded; it counts as healthcare or business"
    assert odd(one + '    subject = "other"') == []


def test_domains_that_the_issuer_does_not_have(odd: Odd) -> None:
    entry = """
    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2026-01-01
    hours = 2
    subject = "healthcare"
    """
    held = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-01-01
    """
    ((line, message, hint),) = odd(f'{entry}domains = ["Cooking", "Money"]{held}')
    assert (line, message) == ("13", "none of the domains of ce-1 is one of the issuer's")
    assert str(hint).startswith("they are: Revenue Management, Risk Management, Human Resources, Finance, ")
    assert odd(f'{entry}domains = ["Cooking", "finance"]{held}') == []
    assert odd(f'{entry}domains = ["Cooking"]') == []  # nobody has said whose domains they should be


def test_index_numbers_of_an_issuer_nobody_knows(odd: Odd) -> None:
    assert odd("""
    [[credential]]
    id = "own.thing"
    earned = 2025-01-01
    required = 10
    cycle_months = 12

    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2026-01-01
    hours = 2
    subject = "healthcare"
    approvals = ["own:7", "pahcmo:2"]

    [[course]]
    id = "course-1"
    title = "Payroll"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2026-05-08
    approvals = ["pahcom:1", "x:1"]
    """) == [
        ("19", "`pahcmo` in `approvals` of ce-1 is no known issuer", "did you mean `pahcom`?"),
        ("28", "`x` in `approvals` of course-1 is no known issuer", "known: own, pahcom"),
    ]


def test_words_in_the_place_of_an_index_number(odd: Odd) -> None:
    assert odd("""
    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2026-01-01
    hours = 2
    subject = "healthcare"
    approvals = ["pahcom:none", "pahcom:", "pahcom:A7"]
    """) == [
        (
            "13",
            "`pahcom:none` in `approvals` of ce-1 is no index number, and counts as approved",
            "if it is not approved: `cmmctl edit ce-1 --unset approvals`",
        ),
    ]


def test_renewals_name_the_due_date_of_a_cycle(odd: Odd) -> None:
    # Earned on Apr 23 2021, every 24 months: due on Apr 23 of 2023, 2025, 2027.
    renewal = '\n[[renewal]]\nid = "renewal-{}"\ncredential = "pahcom.cmm"\ndue = {}\nfiled = 2025-03-01\n'
    held = '\n[[credential]]\nid = "pahcom.cmm"\nearned = 2021-04-23\n'
    assert odd(held + renewal.format(1, "2023-04-23") + renewal.format(2, "2025-04-23")) == []
    assert odd(held + renewal.format(1, "2025-04-22") + renewal.format(2, "2024-04-23")) == [
        ("13", "no cycle of pahcom.cmm is due on Apr 22 2025, which renewal-1 names", None),
        ("19", "no cycle of pahcom.cmm is due on Apr 23 2024, which renewal-2 names", None),
    ]
    assert odd(held + renewal.format(1, "2025-04-23") + renewal.format(2, "2025-04-23")) == [
        ("19", "renewal-2 is for the same cycle as renewal-1", "cmmctl remove renewal-2")
    ]
    # The recorded due date anchors the cycles.
    moved = f"{held}due = 2027-05-31\n"
    assert odd(moved + renewal.format(1, "2025-05-31")) == []
    assert odd(moved + renewal.format(1, "2025-04-23"))[0][1].startswith("no cycle of pahcom.cmm is due on Apr 23 2025")
    nobody = [("9", "renewal-1 renews pahcom.cmm, which is not held", None)]
    assert odd(renewal.format(1, "2025-04-23")) == nobody
    # Without a rule set, the record's own figures say when a cycle is due.
    own = held.replace("pahcom.cmm", "own.thing") + "required = 10\ncycle_months = 12\n"
    assert odd(own + renewal.format(1, "2022-04-23").replace("pahcom.cmm", "own.thing")) == []


def test_a_sealed_cycle_that_no_longer_adds_up(odd: Odd) -> None:
    text = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23

    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2024-01-01
    hours = {}
    subject = "healthcare"

    [[renewal]]
    id = "renewal-1"
    credential = "pahcom.cmm"
    due = 2025-04-23
    filed = 2025-03-14
    edition = "two-year"
    hours = 25
    entries = ["ce-1"]
    """
    assert odd(text.format(25)) == []
    ((line, message, hint),) = odd(text.format(24))
    assert (line, hint) == ("24", "cmmctl explain renewal-1")
    assert message.startswith("renewal-1 sealed 25 h; its entries now count 24 h")


def test_what_a_credential_says_in_vain(odd: Odd) -> None:
    assert odd("""
    [[credential]]
    id = "pahcom.cmm"
    due = 2027-04-23
    required = 12
    cycle_months = 12
    """) == [
        (
            "8",
            "pahcom.cmm has `due` but no `earned`, so the due date is not used",
            "cmmctl edit pahcom.cmm earned=2024-05-03",
        ),
        (
            "9",
            "`required` of pahcom.cmm is not used, because there is a rule set for it",
            "cmmctl edit pahcom.cmm --unset required",
        ),
        (
            "10",
            "`cycle_months` of pahcom.cmm is not used, because there is a rule set for it",
            "cmmctl edit pahcom.cmm --unset cycle_months",
        ),
    ]


def test_rules_that_were_read_long_ago(odd: Odd, folder: Path, cli: Cli) -> None:
    held = '[[credential]]\nid = "{}"\nearned = 2026-01-01\n'
    old = "more than a year ago"
    # Read on Nov 23 2026: a year later they are as they were, a day after that they are old.
    assert odd(held.format("pahcom.cmm"), date(2027, 11, 23)) == []
    assert odd(held.format("pahcom.cmm"), date(2027, 11, 24)) == [
        (
            "6",
            f"the rules of pahcom.cmm were last read on Nov 23 2026, {old}",
            "upgrade cmmctl, or ask: `cmmctl rules pahcom.cmm`",
        )
    ]
    # Without a credential on record, the CMM is what one prepares for.
    assert odd("", date(2027, 11, 24))[0][:2] == ("1", f"the rules of pahcom.cmm were last read on Nov 23 2026, {old}")
    figures = "required = 10\ncycle_months = 12\n"
    assert odd(held.format("own.thing") + figures, date(2040, 1, 1)) == []  # they were never read anywhere
    (folder / "rulesets").mkdir()
    template = cli("rules", "--template").out.replace("checked = 2026-11-23", "checked = 2020-01-01", 1)
    (folder / "rulesets" / "own.toml").write_text(template, encoding="utf-8")
    assert odd(held.format("sample.com")) == [
        (
            "6",
            f"the rules of sample.com were last read on Jan 1 2020, {old}",
            "read the pages it names again, and change `checked`: `cmmctl rules sample.com`",
        )
    ]


@pytest.mark.parametrize("value", ["123-45-6789", "SSN 123 45 6789", "no. 123-45-6789."])
def test_a_social_security_number_is_not_repeated(write: Write, value: str) -> None:
    path = write(f'[profile]\nname = "Office Manager"\nemployee_id = "{value}"\nphone = "217-555-0142"\n')
    (found,) = findings(path, TODAY)
    assert found == Finding(
        "warning",
        "portfolio.toml:5",
        "`employee_id` of profile looks like a social security number, which is never needed",
        "cmmctl edit profile --unset employee_id",
    )


def test_proofs_that_are_not_there(odd: Odd) -> None:
    ((line, message, _),) = odd(f"""
    [[proof]]
    id = "proof-1"
    records = ["membership-1"]
    role = "receipt"
    path = "proofs/dues.pdf"
    sha256 = "{"0" * 64}"

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2026-01-01
    """)
    assert (line, "proofs/dues.pdf" in message) == ("10", True)


@pytest.mark.parametrize(
    "name",
    [
        "portfolio (1).toml",
        "portfolio(2).toml",
        "portfolio 2.toml",
        "portfolio-conflict.toml",
        "portfolio (Office Manager's conflicted copy 2026-11-01).toml",
        "portfolio.sync-conflict-20261101-101500-ABCDEFG.toml",
        "portfolio_Conflict.toml",
        "portfolio-DESKTOP-7K2M3QP.toml",
    ],
)
def test_what_a_synchronised_folder_leaves_beside_the_file(write: Write, name: str) -> None:
    path = write("")
    path.with_name(name).write_text("", encoding="utf-8")
    assert findings(path, TODAY) == [
        Finding(
            "warning",
            name,
            "this looks like a second version of portfolio.toml, which is not read",
            "compare it with portfolio.toml, then move it away",
        )
    ]


def test_other_files_beside_it_are_nobodys_business(write: Write) -> None:
    path = write("")
    for name in ("portfolio.toml.bak", "portfolio-2025.toml", "portfolio-backup.toml", "other (1).toml", "notes.txt"):
        path.with_name(name).write_text("", encoding="utf-8")
    assert findings(path, TODAY) == []


def test_with_errors_only_what_each_record_tells_is_listed(write: Write) -> None:
    path = write("""
    [[ce]]
    id = "ce-1"
    titel = "Coding"
    provider = "PAHCOM"
    date = 2026-01-01
    hours = 2

    [[renewal]]
    id = "renewal-1"
    credential = "pahcom.cmm"
    due = 2025-04-23
    filed = 2025-03-01
    entries = ["ce-9"]
    """)
    path.with_name("portfolio (1).toml").write_text("", encoding="utf-8")
    assert [(finding.severity, finding.where, finding.message) for finding in findings(path, TODAY)] == [
        ("error", "portfolio.toml:6", "ce-1 has no `title`"),
        ("warning", "portfolio.toml:8", "ce-1 has the unknown key `titel`"),
        ("warning", "portfolio.toml:18", "renewal-1 names `ce-9`, which is not in the file"),
        (
            "warning",
            "portfolio (1).toml",
            "this looks like a second version of portfolio.toml, which is not read",
        ),
    ]


def test_a_broken_rule_set_is_listed_with_what_the_file_holds(write: Write) -> None:
    path = write('[profile]\nname = "Office Manager"\ntitel = "x"\n')
    (path.parent / "rulesets").mkdir()
    (path.parent / "rulesets" / "own.toml").write_text("ruleset = 1\nid = x\n", encoding="utf-8")
    assert [(finding.severity, finding.where) for finding in findings(path, TODAY)] == [
        ("error", "rulesets/own.toml:2"),
        ("warning", "portfolio.toml:5"),
    ]


def test_a_file_that_cannot_be_opened_is_no_finding(folder: Path) -> None:
    with pytest.raises(CmmctlError) as error:
        findings(folder / "portfolio.toml", TODAY)
    assert error.value.problems[0].code == "file-missing"


def test_a_link_is_followed_to_the_folder_of_the_record(write: Write, tmp_path: Path) -> None:
    path = write("")
    path.with_name("portfolio (1).toml").write_text("", encoding="utf-8")
    link = tmp_path / "elsewhere" / "portfolio.toml"
    link.parent.mkdir()
    link.symlink_to(path)
    assert [finding.where for finding in findings(link, TODAY)] == ["portfolio (1).toml"]
