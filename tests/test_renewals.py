"""Sealed cycles: filing, what every reading says first, and that nothing changes what was sealed."""

import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmmctl.writing import update
from conftest import TODAY, Cli, Write

CYCLE = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2023-04-01

    [[ce]]
    id = "ce-1"
    title = "Approved seminar"
    provider = "PAHCOM"
    date = 2024-01-10
    hours = 12
    subject = "business"
    approvals = ["pahcom:1"]

    [[ce]]
    id = "ce-2"
    title = "Recognized seminar"
    provider = "State Chapter"
    date = 2025-01-10
    minutes = 760
    subject = "business"
    domains = ["Finance"]

    [[ce]]
    id = "ce-3"
    title = "After the filing"
    provider = "State Chapter"
    date = 2025-04-10
    hours = 3
    subject = "business"

    [[ce]]
    id = "ce-4"
    title = "Too early for anything"
    provider = "State Chapter"
    date = 2025-01-11
    hours = 5
    subject = "other"
"""


def sealed(path: Path, number: int = 1) -> str:
    """The renewal's block as it stands in the file."""
    found = re.search(rf'\[\[renewal\]\]\nid = "renewal-{number}"\n(?:.+\n)*', path.read_text())
    assert found
    return found[0]


def test_filing_seals_edition_hours_and_entries(cli: Cli, write: Write) -> None:
    path = write(CYCLE)
    told = cli("add-renewal", "cmm", "--filed", "2025-03-14")
    assert told.code == 0
    # 12 h and 760 minutes; what came after the filing and what has another subject is not sealed.
    assert sealed(path) == (
        '[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2025-04-23\nfiled = 2025-03-14\n'
        'edition = "two-year"\nhours = 24.6667\nentries = ["ce-1", "ce-2"]\n'
        f'note = "sealed afterwards, on {TODAY}"\n'
    )
    first, recorded, _ = told.out.partition("Recorded renewal-1")
    assert recorded
    assert all(label in first for label in ("24 h in 24 months", "12 approved + 12", "12 h every 12 months"))
    assert "Noted. Nothing was sent to PAHCOM." in told.out
    assert "due Apr 23 2027" in " ".join(told.out.split())


def test_early_filing_never_moves_the_due_date(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    # Source: https://www.pahcom.com/hitcm-pp/recertification.html, due April 2012, filed early, next due April 2014.
    monkeypatch.setenv("CMMCTL_TODAY", "2025-03-14")
    path = write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "today")
    assert "note" not in sealed(path)
    [now] = cli("recert", "--json").data
    assert (now["cycle"]["due"], now["state"], now["filed"]) == ("2025-04-23", "filed", "2025-03-14")
    [later] = cli("recert", "--json", "--as-of", "2025-04-24").data
    assert later["cycle"] == {"start": "2025-04-24", "due": "2027-04-23"}
    cli("edit", "renewal-1", "accepted=today")
    assert cli("recert", "--json").data[0]["state"] == "accepted"


def test_entries_after_the_filing_stay_in_that_cycle_with_a_note(cli: Cli, write: Write) -> None:
    write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    [item] = cli("hours", "--cycle", "previous", "--json").data
    assert item["sealed"]["dated_after_filing"] == ["ce-3"]
    assert [c["id"] for c in item["counted_entries"]] == ["ce-1", "ce-2", "ce-3"]
    assert item["sealed"]["hours"] == 24.6667
    [current] = cli("hours", "--json").data
    assert current["counted_entries"] == []
    out = " ".join(cli("hours", "--cycle", "previous").out.split())
    assert "ce-3 of Apr 10 2025 is dated after the filing: whether it counts is not published" in out
    assert "To which cycle does it belong?" in cli("explain", "ce-3", "--ask").out
    assert "To which cycle does it belong?" in cli("explain", "cmm", "--ask").out
    assert cli("explain", "ce-2", "--ask").out == "Nothing is open with PAHCOM by these records.\n"


def test_short_hours_are_refused_and_what_is_missing_is_named(cli: Cli, write: Write) -> None:
    path = write(CYCLE.replace("hours = 12", "hours = 2"))
    before = path.read_bytes()
    told = cli("add-renewal", "cmm", "--filed", "2025-03-14")
    assert told.code == 1
    assert told.out == ""
    said = "24 h in 24 months: 9.34 h to go, with 14.66 of 24 by the entries dated up to the day it was filed"
    assert f"error: {said}; other readings: 12 approved + 12 recognized: 10 h to go\nhint: " in told.err
    assert path.read_bytes() == before
    [error] = cli("add-renewal", "cmm", "--filed", "2025-03-14", "--json").json["errors"]
    assert error["code"] == "short"


def test_of_two_renewals_of_one_cycle_at_the_same_moment_the_second_is_refused(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(CYCLE)
    words = ("add-renewal", "cmm", "--filed", "2025-03-14")

    def late(*arguments: object, **options: object) -> object:
        monkeypatch.undo()
        monkeypatch.setenv("CMMCTL_FILE", str(path))
        monkeypatch.setenv("CMMCTL_TODAY", TODAY)
        assert cli(*words).code == 0
        return update(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("cmmctl.commands.changes.update", late)
    told = cli(*words, "--json")
    assert (told.code, told.json["errors"][0]["code"]) == (1, "exists")
    assert told.json["errors"][0]["message"] == "renewal-1 is already the renewal of the cycle due Apr 23 2025"
    assert path.read_text(encoding="utf-8").count("[[renewal]]") == 1


def test_the_parts_that_are_missing_are_named(cli: Cli, write: Write) -> None:
    write(CYCLE.replace('approvals = ["pahcom:1"]', "").replace("earned", 'edition = "handbook-2015"\nearned'))
    told = cli("add-renewal", "cmm", "--filed", "2025-03-14")
    assert "12 approved" in told.err


@pytest.mark.parametrize("more", [("--force",), ("--by", "exam")])
def test_short_hours_are_noted_when_forced_or_by_exam(cli: Cli, write: Write, more: tuple[str, ...]) -> None:
    path = write(CYCLE.replace("hours = 12", "hours = 2"))
    assert cli("add-renewal", "cmm", "--filed", "2025-03-14", *more).code == 0
    assert "hours = 14.6667" in sealed(path)
    out = cli("explain", "renewal-1").out
    assert ("by exam" in out) == ("exam" in more)
    assert ("dated after the filing" in out) == ("exam" not in more)


def test_whole_hours_are_written_without_an_exponent(cli: Cli, write: Write) -> None:
    path = write(CYCLE.replace("hours = 12", "hours = 27.3333").replace("minutes = 760", "hours = 2.6667"))
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    assert "\nhours = 30\n" in sealed(path)


def test_a_late_filing_names_its_cycle_and_what_the_issuer_says(cli: Cli, write: Write) -> None:
    path = write(CYCLE)
    told = cli("add-renewal", "cmm", "--filed", "2025-05-02", "--due", "2025-04-23")
    said = " ".join(told.out.split())
    assert "It was filed after Apr 23 2025; PAHCOM says: not accepted: the exam again." in said
    assert "due = 2025-04-23" in sealed(path)
    assert 'entries = ["ce-1", "ce-2", "ce-3"]' in sealed(path)


def test_late_filing_where_nothing_is_known_about_it(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "sample.com"\nearned = 2024-01-01\nrequired = 1\ncycle_months = 12\n')
    told = cli("add-renewal", "com", "--filed", "2025-02-01", "--due", "2025-01-01", "--force")
    assert "SAMPLE says: not known." in " ".join(told.out.split())


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--due", "2025-04-22"), 2, "no cycle of pahcom.cmm is due on Apr 22 2025"),
        (("--filed", "2027-01-01"), 2, "is after today"),
    ],
)
def test_what_cannot_be_filed(cli: Cli, write: Write, words: tuple[str, ...], code: int, said: str) -> None:
    write(CYCLE)
    told = cli("add-renewal", "cmm", *(() if "--filed" in words else ("--filed", "2025-03-14")), *words)
    assert (told.code, said in told.err) == (code, True)


def test_a_cycle_is_filed_once(cli: Cli, write: Write) -> None:
    write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    told = cli("add-renewal", "cmm", "--filed", "2025-03-15", "--due", "2025-04-23")
    assert (told.code, "renewal-1 is already the renewal" in told.err) == (1, True)


def test_who_is_not_certified_cannot_file(cli: Cli, write: Write) -> None:
    write('[[credential]]\nid = "pahcom.cmm"\nexam = 2027-01-01\n')
    assert "pahcom.cmm is not held" in cli("add-renewal", "cmm", "--filed", "2025-03-14").err


def test_a_note_of_ones_own_stays_beside_the_seal(cli: Cli, write: Write) -> None:
    path = write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14", "--note", "by mail")
    assert f'note = "by mail; sealed afterwards, on {TODAY}"' in sealed(path)
    assert cli("hours", "--cycle", "previous", "--json").data[0]["sealed"]["sealed_afterwards"] is True


def test_a_later_change_is_marked_and_the_sealed_figures_stay(cli: Cli, write: Write) -> None:
    path = write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    before = sealed(path)
    assert not [f for f in cli("check", "--json").data if "sealed" in f["message"]]
    cli("edit", "ce-1", "subject=other")
    assert sealed(path) == before
    [item] = cli("hours", "--cycle", "previous", "--json").data
    assert (item["sealed"]["hours"], item["sealed"]["now"], item["sealed"]["adds_up"]) == (24.6667, 12.6667, False)
    assert item["sealed"]["changed"] == ["ce-1: its subject is other, not healthcare or business"]
    found = [f for f in cli("check", "--json").data if "sealed" in f["message"]]
    assert [(f["severity"], f["hint"]) for f in found] == [("warning", "cmmctl explain renewal-1")]
    assert "renewal-1 sealed 24.67 h; its entries now count 12.67 h" in " ".join(cli("recert").out.split())


def test_a_sealed_entry_cannot_be_removed_but_its_block_can_be_cut_out_by_hand(cli: Cli, write: Write) -> None:
    path = write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    assert cli("remove", "ce-1", "--yes").code == 1
    text = path.read_text()
    path.write_text(text[: text.index('[[ce]]\nid = "ce-1"')] + text[text.index('[[ce]]\nid = "ce-2"') :])
    [item] = cli("hours", "--cycle", "previous", "--json").data
    assert (item["sealed"]["hours"], item["sealed"]["adds_up"]) == (24.6667, False)
    assert item["sealed"]["changed"] == ["ce-1: not on record in this cycle any more"]


def test_a_pinned_edition_afterwards_leaves_filed_cycles_alone(cli: Cli, write: Write) -> None:
    write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    cli("edit", "cmm", "edition=annual", "edition_source=e-mail")
    items = cli("hours", "--cycle", "all", "--json").data
    filed = [item for item in items if "sealed" in item]
    assert [(i["edition"], i["cycle"]["start"], i["cycle"]["due"]) for i in filed] == [
        ("two-year", "2023-04-23", "2025-04-23")
    ]
    [named] = cli("hours", "--cycle", "2025-04-23", "--edition", "handbook-2015", "--json").data
    assert named["edition"] == "handbook-2015"


def test_a_renewal_written_by_hand_without_figures(cli: Cli, write: Write) -> None:
    write(CYCLE + '\n[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2025-04-23\nfiled = 2025-03-14\n')
    assert "seals no hours: only the filing is on record" in cli("explain", "renewal-1").out
    cli("edit", "renewal-1", "accepted=2025-04-02")
    text = (write(CYCLE)).read_text()
    write(f'{text}\n[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2025-04-23\nfiled = 2025-03-14\n'
          "accepted = 2025-04-02\nhours = 25\n")  # fmt: skip
    assert "seals 25 h and names no entries" in " ".join(cli("explain", "renewal-1").out.split())
    assert "accepted Apr 2 2025" in cli("hours", "--cycle", "previous").out


@pytest.mark.parametrize(
    "renewal",
    [
        'credential = "pahcom.cmm"\ndue = 2025-04-20\nfiled = 2025-03-14',
        'credential = "pahcom.hitcm-pp"\ndue = 2025-04-23\nfiled = 2025-03-14',
    ],
)
def test_a_renewal_of_no_cycle_cannot_be_explained(cli: Cli, write: Write, renewal: str) -> None:
    write(f'{CYCLE}\n[[renewal]]\nid = "renewal-1"\n{renewal}\nhours = 25\nentries = ["ce-1"]\n')
    told = cli("explain", "renewal-1")
    assert (told.code, "cmmctl check" in told.err) == (1, True)
    assert cli("hours", "--cycle", "all").code == 0
    assert cli("check").code == 0


def test_an_edition_that_is_gone_falls_back_on_the_credentials_own(cli: Cli, write: Write) -> None:
    seal = 'credential = "pahcom.cmm"\ndue = 2025-04-23\nfiled = 2025-03-14\nedition = "gone"\nhours = 24.6667'
    write(f'{CYCLE}\n[[renewal]]\nid = "renewal-1"\n{seal}\nentries = ["ce-1", "ce-2"]\n')
    found = cli("explain", "renewal-1", "--json").data
    assert (found["edition"], found["adds_up"]) == ("two-year", True)


def test_explaining_a_filed_cycle_shows_its_seal(cli: Cli, write: Write) -> None:
    write(CYCLE)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    [chapter] = cli("explain", "cmm", "--cycle", "previous", "--json").data
    assert chapter["sealed"]["renewal"] == "renewal-1"
    assert "Sealed" in cli("explain", "cmm", "--cycle", "previous").out
    assert cli("explain", "renewal-1", "--plain").out.splitlines()[1].split("\t")[:2] == ["renewal-1", "2025-03-14"]


CHANGES = st.lists(
    st.sampled_from(
        [
            ("edit", "ce-1", "hours=1"), ("edit", "ce-2", "date=2025-06-01"), ("edit", "ce-1", "subject=other"),
            ("edit", "ce-3", "hours=9"), ("edit", "cmm", "edition=annual"), ("edit", "cmm", "due=2027-05-01"),
            ("add-ce", "Late proof", "--provider", "P", "--date", "2024-05-05", "--hours", "7"),
            ("edit", "ce-2", "approvals+=pahcom:9"), ("remove", "ce-3", "--yes"), ("logged", "ce-1"),
            ("add-renewal", "cmm", "--filed", "2026-11-01", "--force"), ("edit", "ce-4", "subject=business"),
        ]
    ),
    max_size=3,
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_sealing_is_stable_under_any_later_change(cli: Cli, write: Write, changes: list[tuple[str, ...]]) -> None:
    path = write(CYCLE)
    shutil.rmtree(path.parent / ".cmmctl", ignore_errors=True)
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    before = sealed(path)
    for change in changes:
        cli(*change)
    assert sealed(path) == before
    found = cli("explain", "renewal-1", "--json")
    if found.code == 0:  # a due date that was changed leaves the renewal without a cycle, and its figures as they are
        assert (found.data["hours"], found.data["entries"]) == (24.6667, ["ce-1", "ce-2"])


# ---- pace


HOLDER = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23

    [[ce]]
    id = "ce-1"
    title = "Seminar"
    provider = "P"
    date = 2026-05-10
    hours = 10
    subject = "business"

    [[ce]]
    id = "ce-2"
    title = "Conference"
    provider = "P"
    date = 2027-03-10
    hours = 12
    subject = "business"
    status = "planned"

    [[ce]]
    id = "ce-3"
    title = "At one's own pace"
    provider = "P"
    date = 2027-03-12
    hours = 5
    activity = "self-study"
    status = "planned"

    [[ce]]
    id = "ce-4"
    title = "For another"
    provider = "P"
    date = 2027-03-12
    hours = 5
    status = "planned"
    credentials = ["pahcom.hitcm-pp"]
"""


def test_what_planned_entries_would_bring(cli: Cli, write: Write) -> None:
    write(HOLDER)
    [item] = cli("recert", "--json").data
    brought = {(p["id"], p["edition"]): (p["before"], p["after"], p.get("why")) for p in item["planned_entries"]}
    refused = "self-study without PAHCOM's approval in advance"
    assert brought == {
        ("ce-2", "two-year"): (14, 2, None),
        ("ce-3", "two-year"): (2, 2, refused),
        ("ce-2", "handbook-2015"): (14, 12, None),  # 2 recognized missing before, then only the 12 approved
        ("ce-3", "handbook-2015"): (12, 12, refused),
        ("ce-2", "annual"): (2, 0, None),
        ("ce-3", "annual"): (0, 0, refused),
    }
    out = " ".join(cli("recert").out.split())
    assert "With ce-2 Mar 10 2027, 12 h: 24 h in 24 months: 14 -> 2 h to go" in out
    assert f"because {refused}" in out


def test_the_latest_day_for_the_missing_hours(cli: Cli, write: Write) -> None:
    # Apr 23 2027 less 14 days is Apr 9 2027, 137 days after Nov 23 2026; 2 h over 137 days are 0.438 h in 30.
    write(HOLDER)
    assert "latest" not in cli("recert", "--json").data[0]
    latest = {each["edition"]: each for each in cli("recert", "--lag", "14", "--json").data[0]["latest"]}
    assert latest["annual"] == {
        "edition": "annual", "remaining": 2, "lag": 14, "latest": "2027-04-09", "days_left": 137,
        "hours_per_month": 0.438,
    }  # fmt: skip
    assert (latest["two-year"]["latest"], latest["two-year"]["remaining"]) == ("2027-04-09", 14)
    out = " ".join(cli("recert", "--lag", "14").out.split())
    assert "Fri Apr 9 2027, in 137 days" in out


def test_what_lies_beyond_a_cycle_brings_it_nothing_and_what_is_met_has_no_latest_day(cli: Cli, write: Write) -> None:
    write(HOLDER.replace("hours = 10", "hours = 13").replace("2027-03-10", "2027-06-10"))
    [item] = cli("recert", "--lag", "0", "--json").data
    assert [p["id"] for p in item["planned_entries"] if p["edition"] == "annual"] == ["ce-3"]
    assert [each["edition"] for each in item["latest"]] == ["two-year", "handbook-2015"]


def test_every_reading_is_listed_in_its_own_cycle(cli: Cli, write: Write) -> None:
    # Under `annual` the first date is Apr 23 2024; a day before it the two-year readings are in their first cycle.
    write(CYCLE.replace("earned", 'edition = "annual"\nearned'))
    out = cli("add-renewal", "cmm", "--filed", "2024-04-22", "--due", "2024-04-23").out
    first, _, _ = out.partition("Recorded")
    assert re.findall(r"[A-Z][a-z]{2} \d+ \d{4}", first) == ["Apr 23 2024", "Apr 23 2025", "Apr 23 2025"]


def test_the_latest_day_may_have_passed(cli: Cli, write: Write) -> None:
    write(HOLDER)
    latest = {e["edition"]: e for e in cli("recert", "--lag", "200", "--json").data[0]["latest"]}
    assert (latest["annual"]["latest"], latest["annual"]["days_left"]) == ("2026-10-05", -49)
    assert latest["annual"]["hours_per_month"] is None
    assert "Mon Oct 5 2026, 49 days ago" in " ".join(cli("recert", "--lag", "200").out.split())
    assert cli("recert", "--lag", "-1").code == 2


def test_further_hours_have_no_effect_once_every_reading_is_met(cli: Cli, write: Write) -> None:
    done = HOLDER.replace("hours = 10", 'hours = 12\napprovals = ["pahcom:1"]').replace('status = "planned"\n', "")
    write(done.replace("2027-03-10", "2026-06-10"))
    assert "further hours have no effect until Apr 24 2027" in cli("status").out
    write(HOLDER)
    assert "further hours" not in cli("status").out


# ---- membership: https://my.pahcom.com/decertification, a gap of more than 30 days: retest


@pytest.mark.parametrize(
    ("edition", "again", "verdict", "said"),
    [
        ("annual", "2026-05-30", "met", "29 days, under 30"),
        ("annual", "2026-05-31", "ask-issuer", "exactly 30 days"),
        ("annual", "2026-06-01", "short", "31 days, more than 30"),
        ("annual", "2026-05-01", "met", None),  # paid on without a gap
        # The other readings ask for continuity and name no number of days.
        ("two-year", "2026-05-02", "ask-issuer", "not paid from May 1 2026 to May 1 2026, by these records: 1 day"),
        ("handbook-2015", "2026-06-01", "ask-issuer", "31 days"),
    ],
)
def test_a_gap_in_membership(cli: Cli, write: Write, edition: str, again: str, verdict: str, said: str | None) -> None:
    write(
        f'[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-23\nedition = "{edition}"\n'
        '[[membership]]\nid = "membership-1"\nbody = "PAHCOM"\nstart = 2025-04-01\nend = 2026-04-30\n'
        f'[[membership]]\nid = "membership-2"\nbody = "pahcom"\nstart = {again}\nend = 2027-12-31\n'
    )
    [condition] = cli("recert", "--json").data[0]["conditions"]
    assert condition["verdict"] == verdict
    assert (said or "") in condition["why"]
    assert ("not paid" in condition["why"]) == (said is not None)


def test_a_gap_before_the_cycle_has_no_effect(cli: Cli, write: Write) -> None:
    write(
        '[[credential]]\nid = "pahcom.cmm"\nearned = 2023-04-23\nedition = "annual"\n'
        '[[membership]]\nid = "membership-1"\nbody = "PAHCOM"\nstart = 2023-04-01\nend = 2023-12-31\n'
        '[[membership]]\nid = "membership-2"\nbody = "PAHCOM"\nstart = 2024-06-01\n'
    )
    cli("edit", "cmm", "due=2027-04-23")
    assert cli("recert", "--json").data[0]["conditions"][0]["verdict"] == "met"


# ---- rules that were read long ago


def test_rules_read_more_than_a_year_ago_are_said_in_every_report(cli: Cli, write: Write) -> None:
    write(HOLDER)
    for report in ("status", "eligibility", "recert", "hours", "explain"):
        words = (report, "cmm") if report == "explain" else (report,)
        assert "rules-old" not in [n["code"] for n in cli(*words, "--json", "--as-of", "2027-11-23").json["notes"]]
        notes = cli(*words, "--json", "--as-of", "2027-11-24").json["notes"]
        assert "rules-old" in [note["code"] for note in notes], report
