"""Changing what is there: one value, one record, and not one byte more."""

import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cmmctl.writing import update
from conftest import Cli, Write

PORTFOLIO = """
# kept by hand too
schema = 1

[profile]
name = "Office Manager"  # as printed

[[credential]]
id = "pahcom.cmm"
earned = 2023-04-23
due = 2027-04-23
due_assumed = true

[[renewal]]
id = "renewal-1"
credential = "pahcom.cmm"
due = 2025-04-23
filed = 2025-03-14
edition = "two-year"
hours = 25
entries = ["ce-1"]

[[ce]]
id = "ce-1"
title = "Sealed"
provider = "x"
date = 2024-05-30
hours = 25

# the one that matters
[[ce]]
id = "ce-7"
title = "Budgets"
provider = "State Chapter"
date = 2026-05-30   # a Saturday
hours = 3
domains = ["Finance", "Risk Management"]

[[ce]]
id = "ce-8"
title = "Denials"
provider = "State Chapter"
date = 2026-12-01
hours = 6
status = "planned"

[[course]]
id = "course-4"
title = "Payroll"
institution = "State College"
credits = 3
subject = "business"
status = "in-progress"

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Clerk"
start = "2024"
end = "2025-06"
manages = false

[[proof]]
id = "proof-1"
records = ["ce-7"]
role = "certificate"
path = "proofs/ce-7.pdf"
sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
"""


@pytest.fixture
def portfolio(write: Write) -> Path:
    return write(PORTFOLIO)


def changed(path: Path, before: str) -> Counter[str]:
    """Count the lines that are new, and with a minus those that are gone."""
    old, new = Counter(before.splitlines()), Counter(path.read_text(encoding="utf-8").splitlines())
    return Counter({f"-{line}": count for line, count in (old - new).items()}) + (new - old)


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("edit|ce-7|hours=6", ["-hours = 3", "hours = 6"]),
        ("edit|ce-7|hours=1h20m", ["-hours = 3", "minutes = 80"]),
        ("edit|ce-7|iacet-ceus=0.3", ["-hours = 3", "iacet_ceus = 0.3"]),
        ("edit|ce-7|date=5/31/2026", ["-date = 2026-05-30   # a Saturday", "date = 2026-05-31   # a Saturday"]),
        ("edit|job-1|title=a=b", ['-title = "Clerk"', 'title = "a=b"']),
        ("edit|ce-7|note=two words|place=online", ['note = "two words"', 'place = "online"']),
        (
            "edit|ce-7|domains+=human",
            [
                '-domains = ["Finance", "Risk Management"]',
                'domains = ["Finance", "Risk Management", "Human Resources"]',
            ],
        ),
        ("edit|ce-7|domains-=finance", ['-domains = ["Finance", "Risk Management"]', 'domains = ["Risk Management"]']),
        ("edit|ce-7|domains-=finance,risk", ['-domains = ["Finance", "Risk Management"]']),
        (
            "edit|ce-7|domains=1,human|domains+=finance|domains-=1",
            ['-domains = ["Finance", "Risk Management"]', 'domains = ["Human Resources", "Finance"]'],
        ),
        ("edit|ce-7|approvals+=20417", ['approvals = ["pahcom:20417"]']),
        ("edit|ce-7|credentials=cmm", ['credentials = ["pahcom.cmm"]']),
        ("edit|ce-7|--unset|domains", ['-domains = ["Finance", "Risk Management"]']),
        ("edit|ce-8|status=planned|date=2027-01-02", ["-date = 2026-12-01", "date = 2027-01-02"]),
        ("edit|job-1|--unset|end|manages=yes", ['-end = "2025-06"', "-manages = false", "manages = true"]),
        ("edit|job-1|end=today", ['-end = "2025-06"', "end = 2026-11-23"]),
        ("edit|profile|name=A. M.", ['-name = "Office Manager"  # as printed', 'name = "A. M."  # as printed']),
        ("edit|profile|other_names+=A. Manager|claim-days=60", ['other_names = ["A. Manager"]', "claim_days = 60"]),
        ("edit|cmm|due=2027-04-30", ["-due = 2027-04-23", "-due_assumed = true", "due = 2027-04-30"]),
        ("edit|pahcom.cmm|due=2027-04-23", ["-due_assumed = true"]),  # confirmed as it was
        ("edit|cmm|edition=annual|edition-source=mail", ['edition = "annual"', 'edition_source = "mail"']),
        ("edit|cmm|--unset|due|--unset|due-assumed", ["-due = 2027-04-23", "-due_assumed = true"]),
        ("done|ce-8|--completed|today", ["-date = 2026-12-01", '-status = "planned"', "date = 2026-11-23"]),
        (
            "done|ce-8|--completed|11/20/2026|--hours|80m",
            ["-date = 2026-12-01", "-hours = 6", '-status = "planned"', "date = 2026-11-20", "minutes = 80"],
        ),
        (
            "done|course-4|--completed|2026-11-20|--grade|B",
            ['-status = "in-progress"', "completed = 2026-11-20", 'grade = "B"'],
        ),
    ],
)  # fmt: skip
def test_only_what_was_meant_changes(cli: Cli, portfolio: Path, typed: str, lines: list[str]) -> None:
    before = portfolio.read_text(encoding="utf-8")
    ended = cli(*typed.split("|"))
    assert (ended.code, ended.err) == (0, "")
    assert changed(portfolio, before) == Counter(lines)
    cli("undo")
    assert portfolio.read_text(encoding="utf-8") == before


REFUSED = [
    ("edit|ce-99|hours=1", 1, "not-found", "there is no record `ce-99`"),
    ("edit|ce-7|hourz=1", 2, "usage", "a ce has no key `hourz`"),
    ("edit|ce-7|hours", 2, "usage", "`hours` is no `key=value`"),
    ("edit|ce-7|hours=x", 2, "bad-value", "`hours`: `x` is not a number of hours"),
    ("edit|ce-7|hours=", 2, "usage", "`hours` must not be empty"),
    ("edit|ce-7|hours+=1", 2, "usage", "`hours` holds one value, so `+=` does not fit"),
    ("edit|ce-7|subject=busines", 2, "bad-value", "`subject` must be one of"),
    ("edit|ce-7|date=2026-12-24", 2, "bad-value", "`date` of ce-7, Thu Dec 24 2026, is after today"),
    ("edit|ce-7|credentials=cppm", 1, "not-found", "`cppm` is no known credential"),
    ("edit|ce-7|--unset|title", 2, "usage", "ce-7 needs `title`"),
    ("edit|ce-7|--unset|hours", 2, "bad-value", "ce-7 has no `hours`"),
    ("edit|ce-7|id=ce-9", 2, "usage", "a ce has no key `id`"),
    ("edit|ce-8|status=completed", 2, "bad-value", "`date` of ce-8, Tue Dec 1 2026, is after today"),
    ("edit|job-1|end=2023", 2, "bad-value", "`end` of job-1"),
    ("edit|cmm|edition=anual", 2, "bad-value", "`anual` is no edition of pahcom.cmm"),
    ("edit|cmm|due_assumed=false", 2, "usage", "`due_assumed` of pahcom.cmm is written by cmmctl alone"),
    ("edit|renewal-1|hours=30", 2, "usage", "`hours` of renewal-1 is written by cmmctl alone"),
    ("edit|proof-1|records+=ce-99", 1, "not-found", "there is no record `ce-99`"),
    ("done|ce-7", 1, "exists", "ce-7 is already completed"),
    ("done|job-1", 2, "usage", "job-1 is a job; only a CE entry, a course or a degree can be planned"),
    ("done|ce-8", 2, "usage", "ce-8 is planned for Dec 1 2026; say when it took place"),
    ("done|course-4", 2, "usage", "course-4 is planned; say when it took place"),
    ("done|ce-8|--completed|2026-12-01", 2, "bad-value", "`date` of ce-8, Tue Dec 1 2026, is after today"),
    ("done|ce-8|--completed|soon", 2, "bad-value", "`--completed`: `soon` is not a date"),
    ("done|ce-8|--completed|today|--hours|x", 2, "bad-value", "`--hours`: `x` is not a number of hours"),
    ("done|ce-8|--completed|today|--grade|A", 2, "usage", "a ce has no `--grade`"),
    ("done", 2, "usage", "done needs `ID`"),
    ("remove", 2, "usage", "remove needs `ID...`"),
    ("remove|job-1", 2, "usage", "removing needs a yes"),
    ("remove|ce-99|--yes", 1, "not-found", "there is no record `ce-99`"),
    ("remove|ce-1|--yes", 1, "unsafe-edit", "ce-1 stays, because renewal-1 names it"),
    ("remove|cmm|--yes", 1, "unsafe-edit", "pahcom.cmm stays, because renewal-1 names it"),
    ("remove|profile|--yes", 1, "unsafe-edit", "the profile cannot be removed"),
]


@pytest.mark.parametrize(("typed", "code", "slug", "message"), REFUSED, ids=[typed for typed, *_ in REFUSED])
def test_what_cannot_be_is_refused_and_nothing_is_written(
    cli: Cli, portfolio: Path, typed: str, code: int, slug: str, message: str
) -> None:
    before = portfolio.read_bytes()
    ended = cli(*typed.split("|"), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (code, slug)
    assert ended.json["errors"][0]["message"].startswith(message)
    assert portfolio.read_bytes() == before


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("edit|ce-7|hourz=1", "did you mean `hours`?"),
        ("edit|ce-7|xyz=1", "keys: title, provider, date,"),
        ("edit|ce-7|hours", 'cmmctl edit ce-7 note="two words need quotes"'),
        ("edit|ce-7|place=", "take it away: `cmmctl edit ce-7 --unset place`"),
        ("edit|cmm|number=", "take it away: `cmmctl edit pahcom.cmm --unset number`"),
        ("edit|ce-7|provider=", "it is needed; change it: `cmmctl edit ce-7 provider=value`"),
        ("edit|ce-7|hours=", "it is needed; change it: `cmmctl edit ce-7 hours=value`"),
        ("edit|profile|name=", "it is needed; change it: `cmmctl edit profile name=value`"),
        ("edit|ce-7|--unset|title", "change it instead: cmmctl edit ce-7 title=value"),
        ("edit|cmm|edition=anual", "did you mean `annual`?"),
        ("done|ce-8", "cmmctl done ce-8 --completed DATE"),
        ("done|ce-7", "change it: `cmmctl edit ce-7 key=value`"),
        ("remove|job-1|ce-8", "cmmctl remove job-1 ce-8 --yes"),
        ("remove|ce-1|--yes", "`cmmctl show renewal-1` shows it"),
        ("remove|profile|--yes", "change it: `cmmctl edit profile name=...`"),
    ],
)
def test_a_refusal_says_what_to_do(cli: Cli, portfolio: Path, typed: str, hint: str) -> None:
    assert portfolio.exists()
    assert f"hint: {hint}" in cli(*typed.split("|")).err


def test_every_reason_why_records_stay_is_said_at_once(cli: Cli, portfolio: Path) -> None:
    assert portfolio.exists()
    errors = cli("remove", "ce-1", "ce-7", "profile", "--yes", "--json").json["errors"]
    assert len(errors) == 2


def test_records_are_taken_away_together_with_the_comments_that_touch_them(cli: Cli, portfolio: Path) -> None:
    before = portfolio.read_text(encoding="utf-8")
    ended = cli("remove", "ce-7", "proof-1", "job-1", "ce-7", "--yes")
    assert (ended.code, ended.err) == (0, "")
    gone = [line for line in ended.out.splitlines() if line.startswith(" Removed")]
    assert [line.split()[1] for line in gone] == ["ce-7", "proof-1", "job-1"]
    text = portfolio.read_text(encoding="utf-8")
    start, stop = before.index("# the one that matters"), before.index('[[ce]]\nid = "ce-8"')
    assert text == (before[:start] + before[stop : before.index("[[job]]")]).rstrip("\n") + "\n"


def test_what_was_done_can_be_on_record_before_it_is_planned_for(cli: Cli, write: Write) -> None:
    path = write("""
        [[course]]
        id = "course-1"
        title = "Payroll"
        institution = "State College"
        credits = 3
        subject = "business"
        status = "planned"
        completed = "2026-05"
    """)
    assert cli("done", "course-1").code == 0  # its month has passed, so that is when it was
    assert 'status = "planned"' not in path.read_text(encoding="utf-8")
    assert 'completed = "2026-05"' in path.read_text(encoding="utf-8")


def test_what_is_said_after_an_edit(cli: Cli, portfolio: Path) -> None:
    assert portfolio.exists()
    said = [line.rstrip() for line in cli("edit", "ce-7", "hours=80m").out.splitlines()]
    assert said[:3] == [" Changed ce-7", "   hours         3 -> none", "   minutes       none -> 80"]
    assert cli("edit", "ce-7", "minutes=80").out == " ce-7: nothing to change.\n"
    said = [line.rstrip() for line in cli("edit", "job-1", "end=2025").out.splitlines()]
    assert said[1].startswith("   end           Jun 2025 (day not known: counted to Jun 30 2025) -> 2025")
    assert "Changed profile" in cli("edit", "profile", "title=Manager").out


def test_a_key_of_ones_own_stays_and_is_not_changed(cli: Cli, write: Write) -> None:
    path = write('[[ce]]\nid = "ce-1"\ntitle = "x"\nprovider = "y"\ndate = 2026-01-02\nhours = 1\nseat = "A1"\n')
    ended = cli("edit", "ce-1", "hours=2")
    assert "has the unknown key `seat`" in ended.err
    assert 'hours = 2\nseat = "A1"\n' in path.read_text(encoding="utf-8")
    assert cli("remove", "ce-1", "--yes", "--json").data["record"]["seat"] == "A1"


def test_a_change_as_json(cli: Cli, portfolio: Path) -> None:
    assert portfolio.exists()
    data = cli("edit", "ce-7", "hours=2", "--json").data
    assert set(data) == {"id", "kind", "record", "effect"}
    assert (data["id"], data["kind"], data["record"]["hours"]) == ("ce-7", "ce", 2)
    assert {line["edition"]: (line["before"], line["after"]) for line in data["effect"]} == {
        "two-year": (21, 22), "handbook-2015": (21, 22), "annual": (9, 10),
    }  # fmt: skip
    gone = cli("remove", "job-1", "ce-8", "--yes", "--json").data
    assert [record["id"] for record in gone["records"]] == ["job-1", "ce-8"]
    assert gone["record"] == {
        "kind": "job", "id": "job-1", "employer": "Sample Clinic", "title": "Clerk", "start": "2024", "end": "2025-06",
        "manages": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "old", "new", "message"),
    [
        ("edit|proof-1|role=receipt", "[[proof]]\n", None, "proof-1 was removed meanwhile"),
        ("remove|proof-1|--yes", "[[proof]]\n", None, "proof-1 was removed meanwhile"),
        ("edit|ce-7|domains+=human", '["Finance", ', "[", "ce-7 was changed meanwhile by another command"),
        (
            "add-expense|proof-1|--what|fee|--amount|1", "[[proof]]\n", None,
            "expense-1 would name proof-1, which is not there: another command was faster",
        ),
    ],
)  # fmt: skip
def test_what_another_command_did_meanwhile_is_not_overwritten(
    cli: Cli, portfolio: Path, monkeypatch: pytest.MonkeyPatch, typed: str, old: str, new: str | None, message: str
) -> None:
    """The portfolio changes after the command has looked at it and before it writes; None cuts the rest off."""

    def late(*arguments: object, **options: object) -> object:
        head, _, rest = portfolio.read_text(encoding="utf-8").partition(old)
        portfolio.write_text(head if new is None else head + new + rest, encoding="utf-8")
        return update(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("cmmctl.commands.changes.update", late)
    ended = cli(*typed.split("|"), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "changed-meanwhile")
    assert ended.json["errors"][0]["message"] == message


def test_titles_are_data_wherever_a_change_shows_them(cli: Cli, write: Write) -> None:
    title = r"[bold]x[/] \u001b[31mred\nforged line"
    write(f'[[ce]]\nid = "ce-1"\ntitle = "{title}"\nprovider = "y"\ndate = 2026-01-02\nhours = 1\n')
    for words in (("edit", "ce-1", "hours=2"), ("edit", "ce-1", "title=y"), ("undo",), ("remove", "ce-1", "--yes")):
        out = cli(*words).out
        assert "\x1b" not in out
        assert not any(line.strip().startswith("forged") for line in out.splitlines())
    assert "[bold]x[/] \\x1b[31mred\\nforged line" in textwrap.dedent(out).replace("\n", " ")


def test_an_interruption_after_the_write_does_not_deny_it(
    cli: Cli, portfolio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cmmctl.commands.changes._say", interrupted)
    ended = cli("edit", "ce-7", "hours=5")
    assert (ended.code, ended.out, ended.err) == (130, "", "\nce-7 is saved.\n")
    assert "hours = 5\n" in portfolio.read_text(encoding="utf-8")


def test_an_interruption_before_the_write_says_that_nothing_was_saved(
    cli: Cli, portfolio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    before = portfolio.read_bytes()
    monkeypatch.setattr("cmmctl.commands.changes.update", interrupted)
    ended = cli("edit", "ce-7", "hours=5")
    assert (ended.code, ended.err) == (130, "\nNothing was saved.\n")
    assert portfolio.read_bytes() == before


@pytest.fixture
def editor(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give an editor that does what a line of shell says to the file it is given."""

    def doing(line: str) -> None:
        script = folder / "editor"
        script.write_text(f"#!/bin/sh\n{line}\n", encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setenv("VISUAL", str(script))

    return doing


def test_without_assignments_the_records_own_text_opens(
    cli: Cli, portfolio: Path, editor: Callable[[str], None]
) -> None:
    before = portfolio.read_text(encoding="utf-8")
    editor("true")
    assert cli("edit", "ce-7").out == " ce-7: nothing to change.\n"
    editor("sed -i 's/^hours = 3/hours = 4/' \"$1\"")
    assert cli("edit", "ce-7").code == 0
    assert changed(portfolio, before) == Counter(["-hours = 3", "hours = 4"])


def test_without_an_id_the_whole_file_opens_and_is_checked(
    cli: Cli, portfolio: Path, editor: Callable[[str], None]
) -> None:
    editor("true")
    assert cli("edit").out == " portfolio.toml is unchanged.\n"
    editor("sed -i 's/^hours = 3/hours = 0/' \"$1\"")
    ended = cli("edit")
    assert ended.code == 1
    assert "portfolio.toml:35" in ended.out
    assert "hours = 0\n" in portfolio.read_text(encoding="utf-8")


def test_a_name_that_was_never_there_may_be_written_by_hand_and_is_warned_of(
    cli: Cli, portfolio: Path, editor: Callable[[str], None]
) -> None:
    editor('sed -i \'s/\\["ce-7"\\]/["ce-7", "ce-99"]/\' "$1"')
    assert cli("edit", "proof-1").code == 0
    assert 'records = ["ce-7", "ce-99"]' in portfolio.read_text(encoding="utf-8")
    assert "proof-1 names `ce-99`, which is not in the file" in cli("list").err


def test_what_belongs_to_a_record_alone_goes_and_comes_back_with_it(cli: Cli, write: Write) -> None:
    """A proof or expense of another record stays, and keeps the record it names."""
    path = write(
        """
        [[ce]]
        id = "ce-1"
        title = "A"
        provider = "B"
        date = 2026-03-02
        hours = 1

        [[ce]]
        id = "ce-2"
        title = "C"
        provider = "B"
        date = 2026-03-03
        hours = 1

        [[expense]]
        id = "expense-1"
        records = ["ce-1"]
        what = "fee"
        amount = 10

        [[expense]]
        id = "expense-2"
        records = ["ce-1", "ce-2"]
        what = "travel"
        amount = 20
        """
    )
    before = path.read_bytes()
    refused = cli("remove", "ce-1", "--yes").err
    assert "ce-1 stays, because expense-2 names it\nhint: remove both: cmmctl remove ce-1 expense-2" in refused
    assert path.read_bytes() == before
    removed = cli("remove", "ce-1", "ce-2", "--yes", "--json").data["records"]
    assert [record["id"] for record in removed] == ["ce-1", "ce-2", "expense-1", "expense-2"]
    cli("undo")
    assert path.read_bytes() == before
