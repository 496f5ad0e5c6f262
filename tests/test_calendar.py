"""Dates for a calendar, read back by icalendar and by a second reader."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from conftest import Cli, Write

HOLDER = """
    [profile]
    name = "Office Manager"
    claim_days = 60

    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23
    due = 2027-04-23

    [[credential]]
    id = "pahcom.hitcm-pp"
    exam = 2027-03-20

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2023-02-01
    end = "2027-01"

    [[membership]]
    id = "membership-2"
    body = "Local Chapter"
    start = 2023-02-01

    [[membership]]
    id = "membership-3"
    body = "Old Association"
    start = 2019
    end = 2025-12-31

    [[ce]]
    id = "ce-1"
    title = "Coding; Update, 2027"
    provider = "P"
    date = 2026-11-20
    hours = 6

    [[ce]]
    id = "ce-2"
    title = "Conference"
    provider = "P"
    date = 2027-03-10
    hours = 12
    status = "planned"

    [[course]]
    id = "course-1"
    title = "Finance"
    institution = "State College"
    credits = 3
    subject = "business"
    status = "in-progress"
    completed = "2027-05"

    [[degree]]
    id = "degree-1"
    institution = "State College"
    degree = "Associate of Science"
    status = "planned"

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 199.00
    paid = 2026-11-20

    [[expense]]
    id = "expense-2"
    records = ["membership-1"]
    what = "dues"
    amount = 75.00
    paid = 2026-11-20
    paid_by = "employer"

    [[audit]]
    id = "audit-1"
    credential = "pahcom.cmm"
    letter = 2026-11-01
    reply_by = 2026-12-01

    [[training]]
    id = "training-1"
    title = "Courtesy"
    date = 2026-09-15
    hours = 1
    every_months = 12
""".replace("start = 2019\n", 'start = "2019"\n')
DATES = {
    "due.pahcom.cmm.two-year.2027": date(2027, 4, 23),
    "due.pahcom.cmm.handbook-2015.2027": date(2027, 4, 23),
    "due.pahcom.cmm.annual.2027": date(2027, 4, 23),
    "audit-1": date(2026, 12, 1),
    "membership-1": date(2027, 1, 31),  # only the month is known: its last day
    "claim.ce-1": date(2027, 1, 19),  # 60 days after Nov 20 2026
    "ce-2": date(2027, 3, 10),
    "course-1": date(2027, 5, 31),
    "exam.pahcom.hitcm-pp": date(2027, 3, 20),
    "again.training-1": date(2027, 9, 15),
}


def events(text: str) -> dict[str, Any]:
    """The events of a calendar by the beginning of their name, read by icalendar."""
    found = {}
    for event in Calendar.from_ical(text).walk("VEVENT"):
        found[re.sub(r"\.[0-9a-f]{12}@cmmctl$", "", str(event["uid"]))] = event.decoded("dtstart")
    return found


def read_by_hand(text: str) -> list[dict[str, list[str]]]:
    """A second reader: unfolds the lines of RFC 5545 and collects what stands in each event."""
    assert "\n" not in text.replace("\r\n", "")
    lines = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    found: list[dict[str, list[str]]] = []
    depth: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "BEGIN":
            depth.append(value)
            if value == "VEVENT":
                found.append({})
        elif name == "END":
            assert depth.pop() == value
        elif "VEVENT" in depth:
            key = "/".join([*depth[2:], name.partition(";")[0]])
            found[-1].setdefault(key, []).append(value)
    assert depth == []
    return found


@pytest.fixture
def calendar(cli: Cli, write: Write) -> str:
    """The sample's calendar as it stands in its file."""
    path = write(HOLDER).parent / "dates.ics"
    assert cli("export", "calendar", "-o", str(path)).code == 0
    return path.read_bytes().decode()


def test_every_date_that_is_ahead(calendar: str) -> None:
    assert events(calendar) == DATES


def test_a_second_reader_finds_the_same(calendar: str) -> None:
    found = read_by_hand(calendar)
    assert sorted(event["DTSTART"][0] for event in found) == sorted(f"{day:%Y%m%d}" for day in DATES.values())
    for event in found:
        day = date.fromisoformat(event["DTSTART"][0])
        assert event["DTEND"] == [f"{day + timedelta(days=1):%Y%m%d}"]
        assert event["VALARM/TRIGGER"] == ["-P90D", "-P60D", "-P30D", "-P7D"]
        assert event["DTSTAMP"] == ["20261123T000000Z"]
    [claim] = [event for event in found if event["UID"][0].startswith("claim.")]
    assert claim["SUMMARY"] == [r"last day to claim Coding\; Update\, 2027"]


def test_alarms_as_icalendar_reads_them(calendar: str) -> None:
    for event in Calendar.from_ical(calendar).walk("VEVENT"):
        ahead = [alarm.decoded("trigger") for alarm in event.walk("VALARM")]
        assert ahead == [timedelta(days=-days) for days in (90, 60, 30, 7)]


def test_the_same_names_every_time_and_after_a_change(cli: Cli, calendar: str) -> None:
    again = cli("export", "calendar").out
    names = re.findall("UID:(.*)", calendar)
    assert re.findall("UID:(.*)", again.replace("\r", "")) == [name.strip() for name in names]
    assert len(set(names)) == len(names)
    cli("edit", "ce-2", "date=2027-03-11", "title=Another title")
    moved = cli("export", "calendar").out.replace("\r", "")
    assert sorted(re.findall("UID:(.*)", moved)) == sorted(name.strip() for name in names)
    assert events(moved)["ce-2"] == date(2027, 3, 11)


def test_two_peoples_dates_stand_in_one_calendar(cli: Cli, calendar: str) -> None:
    names = set(re.findall("UID:(.*?)\r", calendar))
    cli("edit", "profile", "name=Second Manager")
    others = set(re.findall("UID:(.*)", cli("export", "calendar").out.replace("\r", "")))
    assert not names & others


def test_after_a_filing_the_next_date_stands_there(cli: Cli, write: Write) -> None:
    write(HOLDER)
    cli("add-renewal", "cmm", "--filed", "2026-11-22", "--force")
    found = events(cli("export", "calendar").out)
    assert found["due.pahcom.cmm.two-year.2029"] == date(2029, 4, 23)
    assert found["due.pahcom.cmm.annual.2028"] == date(2028, 4, 23)
    assert "due.pahcom.cmm.two-year.2027" not in found


def test_a_computed_date_says_so_and_a_met_one_too(cli: Cli, write: Write) -> None:
    write(
        '[[credential]]\nid = "pahcom.hitcm-pp"\nearned = 2025-05-01\n'
        '[[ce]]\nid = "ce-1"\ntitle = "T"\nprovider = "P"\ndate = 2026-10-01\nhours = 24\n'
    )
    [event] = read_by_hand(cli("export", "calendar").out.replace("\r\n", "\n").replace("\n", "\r\n"))
    assert event["SUMMARY"] == [r"HITCM-PP: recertify\, 24 h in 24 months (computed\, not confirmed)"]
    assert event["DESCRIPTION"] == ["no hours to go as of Nov 23 2026"]


def test_the_newest_membership_counts_and_one_without_an_end_never_ends(cli: Cli, write: Write) -> None:
    member = '[[membership]]\nid = "membership-{}"\nbody = "{}"\nstart = 2023-02-01\n{}\n'
    write(
        member.format(1, "PAHCOM", "end = 2027-01-31")
        + member.format(2, "pahcom ", "end = 2028-01-31")
        + member.format(3, "PAHCOM", "end = 2027-06-30")
        + member.format(4, "AAPC", "end = 2027-01-31")
        + member.format(5, "AAPC", "")
    )
    assert events(cli("export", "calendar").out) == {"membership-2": date(2028, 1, 31)}


def test_hostile_texts_stay_text(cli: Cli, write: Write) -> None:
    title = r"x\r\nEND:VEVENT\r\nBEGIN:VEVENT\u001b[2J\u202e;,"
    entry = (
        f'[[ce]]\nid = "ce-1"\ntitle = "{title}"\nprovider = "P"\ndate = 2027-03-10\nhours = 1\nstatus = "planned"\n'
    )
    path = write(entry).parent / "x.ics"
    cli("export", "calendar", "-o", str(path))
    text = path.read_bytes().decode()
    assert list(events(text)) == ["ce-1"]
    assert len(read_by_hand(text)) == 1
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_empty_record_gives_an_empty_calendar(cli: Cli, write: Write) -> None:
    write("")
    assert events(cli("export", "calendar").out) == {}


def test_without_the_extra_the_hint_is_the_install_command(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import importlib.util  # noqa: PLC0415

    write(HOLDER)
    there = importlib.util.find_spec
    monkeypatch.setattr("cmmctl.render.pdf.find_spec", lambda name: None if name == "icalendar" else there(name))
    told = cli("export", "calendar", "-o", str(tmp_path / "x.ics"), "--json")
    assert (told.code, told.json["errors"][0]["code"]) == (1, "extra-missing")
    assert "cmmctl[documents]" in told.json["errors"][0]["hint"]
    assert not (tmp_path / "x.ics").exists()
