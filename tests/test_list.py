"""`list`: what is chosen, in what order, and what it comes to."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.amounts import shown
from cmmctl.commands.choosing import Order, sorted_by
from cmmctl.views.totals import totals
from conftest import Cli, Outcome, Write
from making import TODAY, portfolio

RECORDS = """
[[credential]]
id = "pahcom.cmm"
earned = 2023-04-23

[[credential]]
id = "aapc.cppm"
required = 36
cycle_months = 24
earned = 2026-01-05

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = "2024-02"
staff = 12

[[job]]
id = "job-2"
employer = "Sample Hospital"
title = "Coordinator"
start = 2024-01-15
end = "2024"
manages = false

[[course]]
id = "course-1"
title = "Payroll"
institution = "State College"
credits = 3
subject = "business"
status = "planned"
completed = "2026-12"
topics = ["payroll"]
hours = 12

[[course]]
id = "course-2"
title = "Coding"
institution = "State College"
credits = 4.5
unit = "quarter"
subject = "healthcare"
completed = 2022-12-16
grade = "B"

[[ce]]
id = "ce-2"
title = "Budgets"
provider = "State  Chapter"
date = 2026-05-30
minutes = 80
domains = ["Finance"]
credentials = ["pahcom.cmm"]

[[ce]]
id = "ce-10"
title = "Week 10 [bold]"
provider = "State Chapter"
date = 2026-03-01
hours = 1.5
activity = "webinar"
logged = 2026-03-02
presenter = "Office Manager"

[[ce]]
id = "ce-3"
title = "Week 9"
provider = "Sample School"
date = 2026-12-01
hours = 30
status = "planned"
credentials = ["aapc.cppm"]

[[training]]
id = "training-1"
title = "Courtesy"
date = 2026-09-15
hours = 1.5

[[training]]
id = "training-2"
title = "New opening hours"
date = 2026-09-16
topics = ["procedures"]

[[proof]]
id = "proof-1"
records = ["ce-3"]
role = "receipt"
path = "proofs/x.pdf"
sha256 = "0000000000000000000000000000000000000000000000000000000000000001"

[[expense]]
id = "expense-1"
records = ["ce-3"]
what = "fee"
amount = 1349.00
paid = 2026-09-01

[[expense]]
id = "expense-2"
records = ["course-1"]
what = "tuition"
amount = 100.10
paid_by = "employer"

[[claim]]
id = "claim-1"
entries = ["expense-1"]
filed = 2026-09-02
asked = 1349

[[claim]]
id = "claim-2"
entries = ["course-1"]
requested = 2026-09-02

[[payment]]
id = "payment-1"
claim = "claim-1"
date = 2026-10-01
amount = 349.50
"""


def ids(outcome: Outcome) -> list[str]:
    return [record["id"] for record in outcome.data]


def foot(outcome: Outcome) -> dict[str, str]:
    lines = [line.split("   ", 1) for line in outcome.out.splitlines() if line.startswith(" ")]
    return {label.strip(): text.strip() for label, text in lines}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ce", "--sort", "date"), ["ce-10", "ce-2", "ce-3"]),
        (("ce", "--sort", "-date"), ["ce-3", "ce-2", "ce-10"]),
        (("ce", "--sort", "-date", "--reverse"), ["ce-10", "ce-2", "ce-3"]),
        (("ce", "--reverse"), ["ce-3", "ce-10", "ce-2"]),
        (("ce", "--sort", "id"), ["ce-2", "ce-3", "ce-10"]),
        (("ce", "--sort", "title"), ["ce-2", "ce-3", "ce-10"]),
        (("ce", "--sort", "hours"), ["ce-2", "ce-10", "ce-3"]),
        (("ce", "--sort", "-minutes"), ["ce-2", "ce-10", "ce-3"]),
        (("ce", "--sort", "domains"), ["ce-2", "ce-10", "ce-3"]),
        (("ce", "--sort", "logged"), ["ce-10", "ce-2", "ce-3"]),
        (("ces", "--sort", "-logged"), ["ce-10", "ce-2", "ce-3"]),
        (("job", "--sort", "start"), ["job-2", "job-1"]),
        (("job", "--sort", "end"), ["job-2", "job-1"]),
        (("job", "--sort", "manages"), ["job-2", "job-1"]),
        (("course", "--sort", "date"), ["course-2", "course-1"]),
        (("--sort", "kind", "--find", "2026-09-0"), ["claim-1", "claim-2", "expense-1"]),
    ],
)
def test_any_key_sorts_and_what_does_not_say_it_comes_last(
    cli: Cli, write: Write, words: tuple[str, ...], expected: list[str]
) -> None:
    write(RECORDS)
    assert ids(cli("list", *words, "--json")) == expected
    assert [line.split("\t")[1] for line in cli("list", *words, "--plain").out.splitlines()[1:]] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("status=planned",), ["course-1", "ce-3"]),
        (("--status", "planned"), ["course-1", "ce-3"]),
        (("ce", "--status", "completed"), ["ce-2", "ce-10"]),
        (("ce", "status=Planned", "hours=30"), ["ce-3"]),
        (("ce", "hours=80m"), ["ce-2"]),
        (("ce", "hours=1.50"), ["ce-10"]),
        (("hours=1.5",), ["ce-10", "training-1"]),
        (("ce", "provider=state chapter"), ["ce-2", "ce-10"]),
        (("ce", "domains=fin"), ["ce-2"]),
        (("ce", "domains=finance"), ["ce-2"]),
        (("ce", "credentials=CPPM"), ["ce-3"]),
        (("ce", "logged="), ["ce-2", "ce-3"]),
        (("ce", "date=5/30/2026"), ["ce-2"]),
        (("date=2026-12",), ["course-1", "ce-3"]),
        (("job", "start=2024"), ["job-1", "job-2"]),
        (("job", "start=2024-02"), ["job-1"]),
        (("job", "end=2024"), ["job-2"]),
        (("job", "end="), ["job-1"]),
        (("manages=no",), ["job-2"]),
        (("staff=12",), ["job-1"]),
        (("topics=payroll",), ["course-1"]),
        (("amount=1349.00",), ["expense-1"]),
        (("paid-by=employer",), ["expense-2"]),
        (("records=ce-3",), ["proof-1", "expense-1"]),
        (("sha256=" + "0" * 63 + "1",), ["proof-1"]),
        (("name=office manager",), ["profile"]),
        (
            ("--for", "cppm"),
            ["aapc.cppm", "course-1", "course-2", "ce-10", "ce-3", "proof-1", "expense-1", "expense-2", "claim-1",
             "claim-2", "payment-1"],
        ),
        (("ce", "--for", "cmm"), ["ce-2", "ce-10"]),
        (("ce", "--for", "cppm", "--cycle", "current"), ["ce-10", "ce-3"]),
    ],
)  # fmt: skip
def test_conditions_are_read_as_edit_reads_values(
    cli: Cli, write: Write, words: tuple[str, ...], expected: list[str]
) -> None:
    write(RECORDS)
    assert ids(cli("list", *words, "--json")) == expected


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ce", "status=planed"), "did you mean `planned`?"),
        (("ce", "--status", "planed"), "did you mean `planned`?"),
        (("ce", "provder=x"), "a ce has no key `provder`\nhint: did you mean `provider`?"),
        (("zzz=x",), "a record has no key `zzz`\nhint: keys: "),
        (("ce", "--sort", "provder"), "did you mean `provider`?"),
        (("ce", "--sort", "credits"), "a ce has no key `credits`"),
        (("ce", "planned"), "`planned` is no `key=value`"),
        (("date=2/30/2026",), "is not a day of the calendar"),
        (("ce", "hours=x"), "`hours`: `x` is not a number of hours"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_was_meant(
    cli: Cli, write: Write, words: tuple[str, ...], said: str
) -> None:
    write(RECORDS)
    ended = cli("list", *words)
    assert (ended.code, said in ended.err) == (2, True), ended.err
    assert cli("list", *words, "--json").json["errors"][0]["code"] in {"bad-value", "usage"}


def test_a_cycle_is_that_of_the_credential_that_is_named(cli: Cli, write: Write) -> None:
    write(RECORDS.replace("earned = 2026-01-05", ""))
    ended = cli("list", "--for", "cppm", "--cycle", "current")
    assert (ended.code, ended.err.splitlines()[0]) == (1, "error: cppm is not held, so there is no cycle")


def test_the_foot_adds_up_every_unit_by_itself(cli: Cli, write: Write) -> None:
    write(RECORDS)
    assert foot(cli("list")) == {
        "Total": "18 records",
        "College credits": "3 planned",
        "CE hours": "2.83, and 42 planned",
        "Quarter credits": "4.5",
        "Hours given": "1.5",
        "Expenses": "$1,449.10, $100.10 of it paid by the employer",
        "Asked for": "$1,349.00",
        "Came back": "$349.50",
    }
    assert foot(cli("list", "expense", "what=fee")) == {
        "Total": "1 record", "Expenses": "$1,349.00",
    }  # fmt: skip
    assert foot(cli("list", "job")) == {"Total": "2 records"}


def test_the_key_that_sorts_is_shown_where_no_other_column_says_it(cli: Cli, write: Write) -> None:
    write(RECORDS)
    assert "│ Presenter " in cli("list", "ce", "--sort", "presenter").out
    assert "│ Logged " in cli("list", "ce", "--sort", "logged").out
    assert "Mar 2 2026" in cli("list", "ce", "--sort", "logged").out
    assert "│ Staff " in cli("list", "job", "--sort", "staff").out
    for by in ("date", "title", "hours", "id", "provider"):
        assert f"│ {by.capitalize()} " not in cli("list", "ce", "--sort", by).out.replace("│ Id ", "")
    assert "│ Start " not in cli("list", "job", "--sort", "start").out
    assert "│ Amount " not in cli("list", "--sort", "amount").out  # of a CE entry that is no key


def test_filters_that_leave_nothing_say_so(cli: Cli, write: Write) -> None:
    write(RECORDS)
    words = ("ce", "hours=2", "--since", "2026-01-01", "--find", "\x1b[31mowl")
    said = " ".join(cli("list", *words).out.split())
    named = "hours=2 and --since 2026-01-01 and --find \\x1b[31mowl"
    assert said == f"No record of kind ce matches {named}; 3 are on record."
    assert cli("list", "profile", "name=x").out == " No record of kind profile matches name=x; 1 is on record.\n"
    assert "No record matches status=in-progress; 18 are" in cli("list", "--status", "in-progress").out
    assert cli("list", *words, "--json").data == []
    assert cli("list", *words, "--plain").out == "kind\tid\n"
    assert cli("list", "audit", "--since", "2026-01-01").out == " Nothing is recorded here yet.\n"


@given(st.lists(st.decimals(Decimal("0.01"), Decimal(99), places=2), min_size=1, max_size=30))
def test_totals_are_the_exact_sum(hours: Iterable[Decimal]) -> None:
    given_ = list(hours)
    facts = portfolio({"ce": [{"date": TODAY, "hours": each} for each in given_]})
    [fields] = totals([fact for fact in facts if fact.kind == "ce"])
    assert fields.rows[1][1].text == shown(sum(map(Fraction, given_), Fraction()))  # type: ignore[union-attr] # `Fields`
    by_hours = [fact.hours for fact in sorted_by(facts, Order("hours", back=True)) if fact.kind == "ce"]  # type: ignore[attr-defined] # a ce
    assert by_hours == sorted(given_, reverse=True)


def test_ten_thousand_entries_are_chosen_and_sorted(cli: Cli, write: Write) -> None:
    entry = '\n[[ce]]\nid = "ce-{}"\ntitle = "Week {}"\nprovider = "x"\ndate = 2026-01-{:02}\nhours = 1.5\n'
    write("".join(entry.format(n, n, n % 28 + 1) for n in range(1, 10_001)))
    listed = cli("list", "--plain", "ce", "hours=1.5", "--sort", "-title", "--since", "2026-01-01", "--for", "cmm")
    assert (len(listed.out.splitlines()), listed.out.splitlines()[1].split("\t")[1]) == (10_001, "ce-10000")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("cmmctl list ce --sort do", ["domains"]),
        ("cmmctl list --sort man", ["manages", "manager"]),
        ("cmmctl list --sort -d", []),
        ("cmmctl list --status p", ["planned"]),
        ("cmmctl list --for pahcom.c", ["pahcom.cmm"]),
    ],
)
def test_tab_offers_keys_statuses_and_credentials(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, line: str, offered: list[str]
) -> None:
    write(RECORDS)
    monkeypatch.setenv("_CMMCTL_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(line.count(" ")))
    assert cli().out.split() == offered
