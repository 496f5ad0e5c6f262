"""Looking: what each report is about, its rows for pipes, and what `--check` finds."""

import pytest

from conftest import Cli, Write

PORTFOLIO = """
[[credential]]
id = "pahcom.cmm"
earned = 2023-04-23

[[renewal]]
id = "renewal-1"
credential = "pahcom.cmm"
due = 2025-04-23
filed = 2025-03-14
edition = "two-year"
hours = 24

[[membership]]
id = "membership-1"
body = "PAHCOM"
start = "2023"

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = "2020"

[[course]]
id = "course-1"
title = "Payroll"
institution = "State College"
credits = 3
subject = "business"
completed = "2022-05"

[[ce]]
id = "ce-1"
title = "Coding"
provider = "PAHCOM"
date = 2024-06-01
hours = 24

[[ce]]
id = "ce-2"
title = "Budgets"
provider = "State Chapter"
date = 2026-05-30
minutes = 80
domains = ["Finance"]

[[ce]]
id = "ce-3"
title = "Denials"
provider = "State Chapter"
date = 2026-12-01
hours = 30
status = "planned"
"""


def table(text: str) -> list[dict[str, str]]:
    """Read a tab-separated table."""
    header, *rows = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_status_for_pipes_has_a_row_for_each_credential(cli: Cli, write: Write) -> None:
    write(PORTFOLIO + '\n[[credential]]\nid = "pahcom.hitcm-pp"\n')
    held, prepared = table(cli("status", "--plain").out)
    assert held == {
        "credential": "pahcom.cmm", "verdict": "ask-issuer", "eligible_on": "", "edition": "two-year",
        "due": "2027-04-23", "days_left": "151", "state": "behind", "state_all": "behind", "required": "24",
        "counted": "1.3333", "remaining": "22.6667",
    }  # fmt: skip
    assert (prepared["credential"], prepared["verdict"], prepared["due"]) == ("pahcom.hitcm-pp", "ask-issuer", "")
    assert [row["credential"] for row in table(cli("status", "cmm", "--plain").out)] == ["pahcom.cmm"]


def test_eligibility_for_pipes_has_a_row_for_each_need(cli: Cli, write: Write) -> None:
    write(PORTFOLIO)
    months, credits_ = table(cli("eligibility", "--plain", "--as-of", "2026-11-23").out)
    assert (months["have"], months["want"], months["verdict"]) == ("82", "36", "met")
    assert (credits_["have"], credits_["want"], credits_["verdict"]) == ("3", "12", "ask-issuer")
    assert list(months) == [
        "credential", "need", "label", "have", "want", "unit", "planned", "verdict", "grade", "checked", "source",
    ]  # fmt: skip


def test_recert_for_pipes(cli: Cli, write: Write) -> None:
    write(PORTFOLIO)
    [row] = table(cli("recert", "--plain").out)
    assert (row["start"], row["due"], row["due_is"], row["remaining"]) == (
        "2025-04-24", "2027-04-23", "computed", "22.6667",
    )  # fmt: skip
    assert row["hours_per_month"] == "4.5033"  # 22 2/3 over 151 days of 30 to the month


def test_hours_for_pipes_has_a_row_for_each_requirement(cli: Cli, write: Write) -> None:
    write(PORTFOLIO)
    rows = table(cli("hours", "--plain", "--edition", "handbook-2015").out)
    assert [(row["name"], row["required"], row["counted"], row["remaining"]) for row in rows] == [
        ("total", "24", "1.3333", "22.6667"),
        ("approved", "12", "0", "12"),
        ("recognized", "12", "1.3333", "10.6667"),
    ]


def test_listed_hours_that_were_not_earned_are_named_beside_those_that_were(cli: Cli, write: Write) -> None:
    """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23

    [[ce]]
    id = "ce-1"
    title = "Coding"
    provider = "PAHCOM"
    date = 2026-06-01
    hours = 6

    [[ce]]
    id = "ce-2"
    title = "Budgets"
    provider = "PAHCOM"
    date = 2026-06-02
    hours = 3
    activity = "self-study"

    [[ce]]
    id = "ce-3"
    title = "Letters"
    provider = "PAHCOM"
    date = 2026-06-03
    hours = 2.5
    credentials = ["pahcom.hitcm-pp"]

    [[ce]]
    id = "ce-4"
    title = "Payroll"
    provider = "PAHCOM"
    date = 2026-06-04
    hours = 1.5
    status = "planned"
    """
    text = test_listed_hours_that_were_not_earned_are_named_beside_those_that_were.__doc__ or ""
    write(text)
    said = [" ".join(line.split()) for line in cli("hours").out.splitlines()]
    assert said[2:4] == [
        "Earned 9 h, of which 6 h count",
        "Not earned 4 h listed below, each with its reason: ce-3, ce-4",
    ]
    write(text.partition('[[ce]]\n    id = "ce-3"')[0])
    assert "Not earned" not in cli("hours").out


@pytest.mark.parametrize(
    ("words", "cycles"),
    [
        ((), [("2025-04-24", "2027-04-23")]),
        (("--cycle", "current"), [("2025-04-24", "2027-04-23")]),
        (("--cycle", "previous"), [("2023-04-23", "2025-04-23")]),
        (("--cycle", "all"), [("2023-04-23", "2025-04-23"), ("2025-04-24", "2027-04-23")]),
        (("--cycle", "2024"), [("2023-04-23", "2025-04-23")]),
        (("--cycle", "2025"), [("2023-04-23", "2025-04-23"), ("2025-04-24", "2027-04-23")]),
        (("--cycle", "2025-04"), [("2023-04-23", "2025-04-23"), ("2025-04-24", "2027-04-23")]),
        (("--cycle", "4/24/2025"), [("2025-04-24", "2027-04-23")]),
        (("--cycle", "2028-01-01"), [("2027-04-24", "2029-04-23")]),
        (("--cycle", "all", "--as-of", "2023-05-01"), [("2023-04-23", "2025-04-23")]),
        (("--cycle", "previous", "--as-of", "2023-05-01"), []),
        (("--edition", "annual"), [("2026-04-24", "2027-04-23")]),
        (("--edition", "annual", "--cycle", "previous"), [("2025-04-24", "2026-04-23")]),
        (("--as-of", "2025-04-24"), [("2025-04-24", "2027-04-23")]),
        (("--as-of", "2025-04-23"), [("2023-04-23", "2025-04-23")]),  # filed, and current until its due date
    ],
)
def test_hours_of_the_cycles_asked_for(
    cli: Cli, write: Write, words: tuple[str, ...], cycles: list[tuple[str, str]]
) -> None:
    write(PORTFOLIO)
    found = [item["cycle"] for item in cli("hours", *words, "--json").data]
    assert [(cycle["start"], cycle["due"]) for cycle in found] == cycles


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("hours", "--cycle", "soon"), 2, "--cycle: `soon` is not a date"),
        (("hours", "--cycle", "2020"), 1, "no cycle of pahcom.cmm holds 2020"),
        (("hours", "--edition", "anual"), 2, "`anual` is no edition of pahcom.cmm"),
        (("hours", "cppm"), 1, "`cppm` is no known credential"),
        (("status", "cm"), 1, "`cm` is no known credential"),
        (("recert", "--lag", "-1"), 2, "invalid value for `--lag`"),
        (("list", "creditential"), 2, "`creditential` is no kind of record"),
        (("list", "--since", "3/2/26"), 2, "--since: `3/2/26` is not a date"),
        (("list", "--until", "x"), 2, "--until: `x` is not a date"),
        (("show",), 2, "show needs `ID`"),
        (("show", "ce-33"), 1, "there is no record `ce-33`"),
    ],
)
def test_what_cannot_be_looked_at(cli: Cli, write: Write, words: tuple[str, ...], code: int, message: str) -> None:
    write(PORTFOLIO)
    ended = cli(*words)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("list", "creditential"), "did you mean `credential`?"),
        (("list", "owls"), "kinds: credential, renewal, audit,"),
        (("show", "ce-33"), "did you mean `ce-3`?"),
        (("show", "xyz"), "`cmmctl list` shows every id"),
        (("hours", "cm"), "did you mean `cmm`?"),
        (("hours", "cpppppm"), "known: pahcom.cmm, pahcom.hitcm-pp"),
        (("hours", "--edition", "xyz"), "readings of pahcom.cmm: two-year, handbook-2015, annual"),
        (("hours", "--cycle", "2020"), "it was earned on 2023-04-23"),
    ],
)
def test_the_nearest_is_named(cli: Cli, write: Write, words: tuple[str, ...], hint: str) -> None:
    write(PORTFOLIO)
    assert f"\nhint: {hint}" in cli(*words).err


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ((), ["profile", "pahcom.cmm", "renewal-1", "membership-1", "job-1", "course-1", "ce-1", "ce-2", "ce-3"]),
        (("ce",), ["ce-1", "ce-2", "ce-3"]),
        (("jobs",), ["job-1"]),
        (("profile",), ["profile"]),
        (("audit",), []),
        (("--since", "2026-01-01"), ["ce-2", "ce-3"]),
        (("--until", "2022-05-31"), ["job-1", "course-1"]),  # a month and a year count to their last day
        (("--until", "2022-05-30"), ["job-1"]),
        (("--until", "2021"), ["job-1"]),
        (("--until", "may 2022"), ["job-1", "course-1"]),
        (("ce", "--since", "2026"), ["ce-2", "ce-3"]),
        (("ce", "--since", "2024-06", "--until", "2024-06"), ["ce-1"]),
        (("ce", "--since", "2024-06-01", "--until", "5/30/2026"), ["ce-1", "ce-2"]),
        (("ce", "--cycle", "current"), ["ce-2", "ce-3"]),
        (("ce", "--cycle", "previous"), ["ce-1"]),
        (("ce", "--cycle", "current", "--until", "today"), ["ce-2"]),
        (("--find", "FINANCE"), ["ce-2"]),
        (("--find", "2024-06"), ["ce-1"]),
        (("--find", "state c"), ["course-1", "ce-2", "ce-3"]),
        (("--find", "datetime"), []),
    ],
)
def test_list_shows_what_fits_in_the_order_of_the_file(
    cli: Cli, write: Write, words: tuple[str, ...], ids: list[str]
) -> None:
    write(PORTFOLIO)
    assert [record["id"] for record in cli("list", *words, "--json").data] == ids
    assert [row["id"] for row in table(cli("list", *words, "--plain").out)] == ids
    assert cli("list", *words).code == 0


def test_list_by_cycle_needs_a_credential_that_is_held(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "pahcom.cmm"\n')
    ended = cli("list", "--cycle", "current")
    assert ended.code == 1
    assert ended.err.startswith("error: no credential is held, so there is no cycle\n")


def test_list_by_the_cycle_before_the_first_is_empty(cli: Cli, write: Write) -> None:
    write(PORTFOLIO.replace("2023-04-23", "2026-04-23").replace("2025-04-23", "2028-04-23"))
    assert cli("list", "ce", "--cycle", "previous", "--json").data == []


def test_rows_for_pipes_hold_every_key_in_one_line(cli: Cli, write: Write) -> None:
    write(r"""
        [[ce]]
        id = "ce-1"
        title = "two\nlines\tand a tab \u001b[31m"
        provider = "x"
        date = 2026-01-02
        hours = 1.50
        domains = ["Finance", "Risk Management"]
        "my.own key\n" = true
        kind = "odd"
    """)
    ended = cli("show", "ce-1", "--plain")
    header, row = ended.out.splitlines()
    assert header.split("\t") == [
        "kind", "id", "title", "provider", "date", "hours", "domains", "my.own key\\n",
    ]  # fmt: skip
    assert row.split("\t") == [
        "ce", "ce-1", "two\\nlines\\tand a tab \\x1b[31m", "x", "2026-01-02", "1.5", "Finance; Risk Management", "true",
    ]  # fmt: skip
    assert cli("show", "ce-1", "--json").data["kind"] == "ce"


def test_show_finds_credentials_by_their_last_part_whatever_the_case(cli: Cli, write: Write) -> None:
    write(PORTFOLIO)
    for word in ("cmm", "CMM", "pahcom.cmm", "Pahcom.CMM"):
        assert cli("show", word, "--json").data["id"] == "pahcom.cmm"
        assert cli("recert", word, "--json").data[0]["credential"] == "pahcom.cmm"
    assert cli("show", "CE-2", "--json").data["id"] == "ce-2"


def test_a_last_part_that_two_credentials_share_must_be_written_whole(cli: Cli, write: Write) -> None:
    write(PORTFOLIO + '\n[[credential]]\nid = "other.cmm"\nrequired = 10\ncycle_months = 12\nearned = 2026-01-05\n')
    for command in ("status", "show"):
        ended = cli(command, "cmm", "--json")
        assert (ended.code, ended.json["errors"][0]["code"]) == (1, "not-found")
        assert ended.json["errors"][0]["message"] == "`cmm` may be pahcom.cmm or other.cmm"
    assert cli("hours", "other.cmm", "--json").data[0]["required"] == 10


def test_what_is_odd_in_the_file_is_said_beside_the_report(cli: Cli, write: Write) -> None:
    write('[[ce]]\nid = "ce-1"\ntitle = "x"\nprovider = "y"\ndate = 2026-01-02\nhours = 1\ndomain = "Finance"\n')
    ended = cli("list", "--json")
    assert (ended.code, len(ended.data)) == (0, 2)
    assert ended.err == (
        "warning: portfolio.toml:12: ce-1 has the unknown key `domain`\nhint: did you mean `domains`?\n"
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ('[[credential]]\nid = "a.b"\nrequired = 1\ncycle_months = 12\nearned = 2026-01-05\n', ["no-source"]),
        ('[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-23\n', []),
        (
            """
            [[credential]]
            id = "pahcom.cmm"
            earned = 2020-04-23
            due = 2028-04-23
            due_assumed = true

            [[ce]]
            id = "ce-1"
            title = "x"
            provider = "y"
            date = 2026-10-02
            iacet_ceus = 0.2
            """,
            ["due-assumed", "iacet-ceus"],
        ),
    ],
)
def test_what_every_report_says_about_its_figures(cli: Cli, write: Write, text: str, codes: list[str]) -> None:
    write(text)
    for command in ("status", "recert", "hours", "eligibility"):
        notes = cli(command, "--json").json["notes"]
        assert [note["code"] for note in notes] == codes
        assert all(note["text"] in " ".join(cli(command).out.split()) for note in notes)


ASSUMED = PORTFOLIO.replace("earned = 2023-04-23", "earned = 2023-04-23\ndue = 2027-04-23\ndue_assumed = true")
DATED = (
    "status", "eligibility", "recert", "hours", "hours --cycle previous", "explain cmm", "explain ce-2",
    "explain renewal-1", "list ce --cycle current",
)  # fmt: skip


@pytest.mark.parametrize("words", DATED)
def test_a_date_that_nobody_confirmed_is_said_wherever_it_matters(cli: Cli, write: Write, words: str) -> None:
    said = "pahcom.cmm: the due date 2027-04-23 was computed and nobody confirmed it"
    path = write(ASSUMED)
    asked = words.split()
    assert cli(*asked, "--json").json["notes"] == [{"code": "due-assumed", "text": said}]
    assert f" Note: {said}" in cli(*asked).out
    plain = cli(*asked, "--plain")
    assert plain.err == f"note: {said}\n"
    assert said not in plain.out
    assert cli("edit", "cmm", "due=2027-04-23").code == 0
    assert "due_assumed" not in path.read_text(encoding="utf-8")
    assert cli(*asked, "--json").json["notes"] == []
    assert cli(*asked, "--plain").err == ""


@pytest.mark.parametrize("words", ["rules cmm", "training", "costs", "list ce", "explain cmm --as-of 2023-01-01"])
def test_a_date_that_nobody_confirmed_is_not_said_where_there_is_none(cli: Cli, write: Write, words: str) -> None:
    write(ASSUMED)
    assert cli(*words.split(), "--json").json["notes"] == []


@pytest.mark.parametrize(("day", "old"), [("2027-11-23", False), ("2027-11-24", True)])
def test_rules_that_were_read_more_than_a_year_before_are_said(cli: Cli, write: Write, day: str, old: bool) -> None:  # noqa: FBT001 - a table of both
    write(PORTFOLIO)
    notes = [note["code"] for note in cli("recert", "--as-of", day, "--json").json["notes"]]
    assert ("rules-old" in notes) is old


MET = '[[membership]]\nid = "membership-1"\nbody = "PAHCOM"\nstart = "2023"\n[[credential]]\nid = "pahcom.cmm"\n'
ENTRY = '[[ce]]\nid = "ce-1"\ntitle = "x"\nprovider = "y"\ndate = {day}\nhours = {hours}\n'
ALL_MET = (
    f"{MET}earned = 2026-04-23\n{ENTRY.format(day='2026-05-01', hours=12)}"
    f'{ENTRY.format(day="2026-05-02", hours=12).replace("ce-1", "ce-2")}approvals = ["pahcom:1"]\n'
)

PLANNED = ENTRY.replace("ce-1", "ce-9").format(day="{day}", hours=1) + 'status = "planned"\n'
AUDIT = '[[audit]]\nid = "audit-1"\ncredential = "pahcom.cmm"\nletter = 2026-11-01\nreply_by = {day}\n'


@pytest.mark.parametrize(
    ("text", "day", "code"),
    [
        (ALL_MET, "2026-11-23", 0),
        (MET + "earned = 2026-11-23\n", "2026-11-23", 0),  # nothing yet, and all the time is left
        (MET + "earned = 2025-04-23\n", "2026-11-23", 3),  # behind
        (MET + "earned = 2025-04-23\ndue = 2026-11-22\n", "2026-11-23", 3),  # the date has passed
        (ALL_MET.replace('start = "2023"', 'start = "2023"\nend = "2026-08"'), "2026-11-23", 3),  # membership lapsed
        (ALL_MET + PLANNED.format(day="2026-11-22"), "2026-11-23", 3),
        (ALL_MET + PLANNED.format(day="2026-11-23"), "2026-11-23", 0),
        (ALL_MET + AUDIT.format(day="2026-12-23"), "2026-11-23", 3),  # in 30 days
        (ALL_MET + AUDIT.format(day="2026-12-24"), "2026-11-23", 0),
        ('[[credential]]\nid = "pahcom.cmm"\n', "2026-11-23", 3),  # preparing, and not eligible yet
    ],
)  # fmt: skip
def test_check_exits_with_3_where_something_needs_attention(
    cli: Cli, write: Write, text: str, day: str, code: int
) -> None:
    write(text)
    for command in ("status", "eligibility", "recert", "hours"):
        for form in ((), ("--json",), ("--plain",)):
            ended = cli(command, "--check", "--as-of", day, *form)
            assert (ended.code, ended.err) == (code, "")
            assert ended.out == cli(command, "--as-of", day, *form).out
        assert cli(command, "--as-of", day).code == 0
