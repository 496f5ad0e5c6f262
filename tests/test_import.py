"""Many records at once: what spreadsheets write, all or nothing."""

import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from conftest import Cli, Write

HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23
"""
TABLE = "Title,Provider,Date,Hours\nPrivacy,State Chapter,2026-03-02,1.5\nCoding Update,State Chapter,2026-11-20,6\n"


def table(folder: Path, text: str | bytes, name: str = "seminars.csv") -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def records(cli: Cli, kind: str = "ce") -> list[dict[str, object]]:
    listed: list[dict[str, object]] = cli("list", kind, "--json").data
    return listed


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (TABLE, "plain"),
        (b"\xef\xbb\xbf" + TABLE.encode(), "UTF-8 with a mark"),
        (b"\xff\xfe" + TABLE.encode("utf-16-le"), "UTF-16, the low byte first"),
        (b"\xfe\xff" + TABLE.encode("utf-16-be"), "UTF-16, the high byte first"),
        (TABLE.replace(",", "|"), "bars"),
        (TABLE.replace(",", ";"), "semicolons"),
        (TABLE.replace(",", "\t"), "tabs"),
        (TABLE.replace("\n", "\r\n"), "Windows line ends"),
        ("\n\n" + TABLE + "\n,,,\n", "empty lines"),
        (TABLE.replace("Title,Provider,Date,Hours", "Course Name,Sponsor,Date Completed,CEUs"), "other headers"),
        (TABLE.replace("Title,Provider,Date,Hours", " TITLE , provider,completion_date,Contact Hours"), "odd headers"),
        (TABLE.replace("2026-03-02", "3/2/2026").replace("2026-11-20", "Nov 20 2026"), "US dates"),
    ],
)
def test_spreadsheets_of_every_kind_are_read(cli: Cli, write: Write, folder: Path, text: str | bytes, why: str) -> None:
    write(HOLDER)
    assert cli("import", table(folder, text)).code == 0, why
    by = {"provider": "State Chapter"}
    assert records(cli) == [
        {"kind": "ce", "id": "ce-1", "title": "Privacy", "date": "2026-03-02", "hours": 1.5, **by},
        {"kind": "ce", "id": "ce-2", "title": "Coding Update", "date": "2026-11-20", "hours": 6, **by},
    ]


def test_windows_letters_are_read_and_only_a_note_has_several_lines(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = 'Title,Provider,Date,Hours,Notes\n"Santé,\r\nday two",Clinique,2026-03-02,1h20m,"one\ntwo"\n'
    cli("import", table(folder, text.encode("cp1252")))
    only = records(cli)[0]
    assert (only["title"], only["minutes"], only["note"]) == ("Santé, day two", 80, "one\ntwo")


@pytest.mark.parametrize("said", ["none", "No", "N/A", "-"])
def test_an_index_column_that_says_there_is_none_says_nothing(cli: Cli, write: Write, folder: Path, said: str) -> None:
    write(HOLDER)
    text = f"Title,Provider,Date,Hours,Index\nA,B,2026-03-02,1,{said}\nC,B,2026-03-02,1,20417\n"
    assert cli("import", table(folder, text)).code == 0
    assert [record.get("approvals") for record in records(cli)] == [None, ["pahcom:20417"]]
    wrong = cli("import", table(folder, text.replace(said, "approved").replace("A,B", "D,B")))
    assert (wrong.code, "seminars.csv:2: `Index`: `approved` is no index number" in wrong.err) == (1, True), wrong.err


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04\x14\x00", "a workbook"), (b"\xd0\xcf\x11\xe0\xa1", "an old workbook"), (b"%PDF-1.7\n%", "a PDF"),
        (b"\x89PNG\r\n", "a picture"), (b"\xff\xd8\xff\xe0", "a picture"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_named(cli: Cli, write: Write, folder: Path, content: bytes, what: str) -> None:
    write(HOLDER)
    ended = cli("import", table(folder, content))
    assert (ended.code, ended.err.splitlines()[0]) == (1, f"error: this is {what}, not a CSV file")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("seminar", "did you mean `ce`?"), ("profile", "`cmmctl edit profile` changes yours"), ("zzz", "kinds: ")],
)
def test_a_kind_that_cannot_be_imported(cli: Cli, write: Write, folder: Path, kind: str, said: str) -> None:
    write(HOLDER)
    ended = cli("import", table(folder, TABLE), "--kind", kind)
    assert (ended.code, f"hint: {said}" in ended.err) == (2, True), ended.err
    assert cli("import", table(folder, TABLE), "--kind", "ces").code == 0


def test_bytes_that_no_text_has_are_not_read_as_columns(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    for content in (b"\x01\x00\x99,\x00", TABLE.encode("utf-16-le")):
        ended = cli("import", table(folder, content))
        assert (ended.code, ended.err.splitlines()[0]) == (1, "error: this is no text")


def test_a_program_is_told_what_was_left_out(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "Title,Provider,Date,Hours,Room\nA,B,2026-03-02,1,7\nA,B,2026-03-02,2,7\n"
    told = cli("import", table(folder, text), "--json").data
    assert (told["id"], told["kind"], told["present"], told["unused"]) == ("ce-1", "ce", 1, ["Room"])
    assert told["differing"] == [{"row": "line 3", "like": "line 2", "keys": ["hours"], "completes": False}]


def test_lists_and_index_numbers_are_read_from_one_cell(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = 'title,provider,date,hours,domains,approvals,tags\nA,B,2026-03-02,1,Finance; Human Resources,20417,"x, y"\n'
    cli("import", table(folder, text))
    only = records(cli)[0]
    assert only["domains"] == ["Finance", "Human Resources"]
    assert only["approvals"] == ["pahcom:20417"]
    assert only["tags"] == ["x", "y"]


def test_money_with_signs_is_read_in_a_table(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER + '\n[[ce]]\nid = "ce-1"\ntitle = "A"\nprovider = "B"\ndate = 2026-03-02\nhours = 1\n')
    text = 'records,what,amount,paid\nce-1,fee,"$1,349.00",3/1/2026\n'
    assert cli("import", table(folder, text), "--kind", "expense").code == 0
    assert records(cli, "expense")[0]["amount"] == 1349


def test_a_column_can_be_named(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    path = table(folder, "What I did,Provider,Date,Hours\nPrivacy,State Chapter,2026-03-02,1\n")
    refused = cli("import", path)
    assert refused.code == 1
    assert "seminars.csv has no column for `title`" in refused.err
    assert f'hint: cmmctl import {path} --map "What I did=title"' in refused.err
    assert cli("import", path, "--map", "What I did=title").code == 0
    assert records(cli)[0]["title"] == "Privacy"


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [
        ("Provder=provider", 1, "did you mean `Provider`?"),
        ("Provider=provder", 2, "did you mean `provider`?"),
        ("zzz=provider", 1, "there are: Title, Provider, Date, Hours"),
        ("Provider", 2, "no COLUMN=KEY"),
    ],
)
def test_a_wrong_map_is_answered(cli: Cli, write: Write, folder: Path, pair: str, code: int, said: str) -> None:
    write(HOLDER)
    outcome = cli("import", table(folder, TABLE), "--map", pair)
    assert (outcome.code, said in outcome.err) == (code, True), outcome.err


def test_all_problems_are_told_with_their_rows_and_nothing_is_written(cli: Cli, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    text = "Title,Provider,Date,Hours\nGood,B,2026-03-02,1\nBad,,2026-02-30,x\n\nLater,B,2026-12-24,1\n"
    outcome = cli("import", table(folder, text))
    assert outcome.code == 1
    assert "seminars.csv:3: `Date`" in outcome.err
    assert "seminars.csv:3: `Hours`" in outcome.err
    assert "seminars.csv:5:" in outcome.err
    assert "is after today" in outcome.err
    assert path.read_bytes() == before


def test_rows_that_are_there_already_are_skipped_and_counted(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    path = table(folder, TABLE + "privacy , State  Chapter,2026-03-02,1.5\n")
    assert "1 is there already and is skipped." in cli("import", path).out
    again = cli("import", path)
    assert "3 are there already" in again.out
    assert "nothing new" in again.out
    assert len(records(cli)) == 2


def test_a_row_that_contradicts_the_record_it_looks_like_is_named(cli: Cli, write: Write, folder: Path) -> None:
    held = """
[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.50
domains = ["Finance"]
note = "mine"

[[ce]]
id = "ce-2"
title = "Denials"
provider = "State Chapter"
date = 2026-03-02
hours = 1
status = "planned"
"""
    write(HOLDER + held)
    text = """\
Title,Provider,Date,Hours,Notes,Index
PRIVACY,State Chapter,2026-03-02,1.5,theirs,
Privacy,State Chapter,3/2/2026,2,,20417
Denials,State Chapter,2026-03-02,1,,
Coding,State Chapter,2026-03-02,3,,
"Coding ",State Chapter,2026-03-02,4,,
"""
    path = table(folder, text)
    told = " ".join(cli("import", path, "--dry-run").out.split())
    assert "4 are there already and are skipped." in told
    assert "line 2 looks" not in told
    assert "line 3 looks like ce-1 and says otherwise: `hours`, `approvals`; ce-1 stays as it is." in told
    assert "line 4 looks like ce-2, which is planned. `cmmctl done ce-2` completes it." in told
    assert "line 6 looks like line 5 and says otherwise: `hours`; line 5 stays as it is." in told
    assert cli("import", path, "--dry-run", "--json").data["differing"] == [
        {"row": "line 3", "like": "ce-1", "keys": ["hours", "approvals"], "completes": False},
        {"row": "line 4", "like": "ce-2", "keys": ["status"], "completes": True},
        {"row": "line 6", "like": "line 5", "keys": ["hours"], "completes": False},
    ]
    rows = "".join(f"Privacy,State Chapter,2026-03-02,{hours},,\n" for hours in range(2, 12))
    many = cli("import", table(folder, text.partition("\n")[0] + "\n" + rows), "--dry-run")
    assert many.out.count("looks like ce-1") == 6
    assert "and 4 more of them say something else" in many.out


@pytest.mark.parametrize(
    ("row", "keys", "completes"),
    [
        ("Min,1.5,", [], False),
        ("Min,1h30m,", [], False),
        ("Min,2,", ["hours"], False),
        ("Plan,2,", ["status"], True),
        ("Plan,3,", ["status", "hours"], True),
        ("Plan,2,planned", [], False),
        ("Min,1.5,planned", ["status"], False),
    ],
)
def test_hours_are_compared_however_they_are_printed_and_a_plan_stays_one(
    cli: Cli, write: Write, folder: Path, row: str, keys: list[str], *, completes: bool
) -> None:
    one = '[[ce]]\nid = "ce-{}"\ntitle = "{}"\nprovider = "P"\ndate = 2026-03-02\n{}\n'
    plan = one.format(2, "Plan", 'hours = 2\nstatus = "planned"')
    write(HOLDER + one.format(1, "Min", "minutes = 90") + plan)
    path = table(folder, f"Title,Hours,Status,Provider,Date\n{row},P,2026-03-02\n")
    found = cli("import", path, "--dry-run", "--json").data["differing"]
    assert [(each["keys"], each["completes"]) for each in found] == ([(keys, completes)] if keys else [])
    if keys:
        said = " ".join(cli("import", path, "--dry-run").out.split())
        assert ("`cmmctl done ce-2`" in said) is completes
        assert ("says otherwise" in said) is (keys != ["status"] or not completes)


def test_a_cost_of_a_row_that_is_there_is_not_lost_in_silence(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "Title,Provider,Date,Hours,Fee,Travel\nA,B,2026-03-02,1,{},{}\n"
    assert cli("import", table(folder, text.format("199", ""))).code == 0
    assert cli("import", table(folder, text.format("$199.00", "")), "--dry-run", "--json").data["differing"] == []
    for costs, keys in ((("199", "40"), ["travel"]), (("200", "40"), ["fee", "travel"])):
        told = cli("import", table(folder, text.format(*costs)), "--dry-run", "--json").data
        assert told["differing"] == [{"row": "line 2", "like": "ce-1", "keys": keys, "completes": False}]


COSTS = """\
Title,Provider,Date,Hours,Fee,Other cost,Paid,Paid by
A,B,2026-03-02,1,$199.00,,3/1/2026,self
C,B,2026-03-03,1,0,15,,
"""


@pytest.mark.parametrize(
    ("text", "maps", "paid"),
    [
        (COSTS, (), [("fee", 199, "2026-03-01"), ("other", 15, None)]),
        (COSTS.replace("Fee", "Cost"), (), [("other", 15, None)]),
        (COSTS.replace("$199.00", "free"), (), [("other", 15, None)]),
        (COSTS, ("--map", "Fee=travel"), [("travel", 199, "2026-03-01"), ("other", 15, None)]),
        (COSTS.replace("3/1/2026", "by card"), (), [("fee", 199, None), ("other", 15, None)]),
        (COSTS.replace("Fee", "x").replace("Other cost", "y"), (), []),
    ],
)
def test_columns_named_after_a_cost_are_costs_where_they_hold_amounts(
    cli: Cli, write: Write, folder: Path, text: str, maps: tuple[str, ...], paid: list[tuple[str, int, str | None]]
) -> None:
    write(HOLDER)
    assert cli("import", table(folder, text), *maps).code == 0
    found = cli("list", "expense", "--json").data
    assert [(each["what"], each["amount"], each.get("paid")) for each in found] == paid
    assert cli("import", table(folder, text), "--kind", "job").code == 1


def test_a_dry_run_writes_nothing(cli: Cli, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    text = TABLE + "".join(f"Session {n},State Chapter,2026-01-{n:02},1\n" for n in range(1, 12)).replace(
        "Hours", "Hours"
    )
    outcome = cli("import", table(folder, text.replace("Hours\n", "Hours,\n", 1)), "--dry-run")
    assert outcome.code == 0
    assert "13 to write" in outcome.out
    assert "and 5 more" in outcome.out
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column of seminars.csv is known: it is empty"),
        ("a,b\n1,2\n", "no column of seminars.csv is known: a, b"),
        ('Title,Provider\n"' + "x" * 140_000 + '",B\n', "is no CSV"),
    ],
)
def test_a_table_that_says_nothing_is_refused(cli: Cli, write: Write, folder: Path, text: str, said: str) -> None:
    write(HOLDER)
    outcome = cli("import", table(folder, text))
    assert (outcome.code, said in outcome.err) == (1, True), outcome.err


def test_a_file_or_kind_that_is_not_there_is_refused(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    assert "cannot read" in cli("import", str(folder / "none.csv")).err
    refused = cli("import", table(folder, TABLE), "--kind", "cee")
    assert (refused.code, "did you mean `ce`?" in refused.err) == (2, True)


def test_what_would_be_written_is_told_to_programs_too(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    data = cli("import", table(folder, TABLE.replace("Hours", "Hours,Color", 1)), "--dry-run", "--json").data
    assert [record["title"] for record in data["records"]] == ["Privacy", "Coding Update"]
    assert (data["present"], data["unused"]) == (0, ["Color"])
    done = cli("import", table(folder, TABLE), "--json").data
    assert [record["id"] for record in done["records"]] == ["ce-1", "ce-2"]


def test_an_import_is_one_change_and_can_be_taken_back(cli: Cli, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    cli("import", table(folder, TABLE))
    assert cli("undo").code == 0
    assert path.read_bytes() == before
    cli("import", table(folder, TABLE))
    assert [record["id"] for record in records(cli)] == ["ce-3", "ce-4"]


def test_money_that_is_there_already_is_skipped_however_it_is_written(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    path = table(folder, 'records,what,amount\npahcom.cmm,exam,$385\npahcom.cmm,fee,"$1,349.50"\n')
    assert cli("import", path, "--kind", "expense").code == 0
    assert "2 are there already" in cli("import", path, "--kind", "expense").out
    assert len(records(cli, "expense")) == 2


def test_keys_that_only_cmmctl_writes_are_no_columns(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "credential,due,filed,hours,entries\ncmm,2027-04-23,2026-11-02,24,ce-1\n"
    data = cli("import", table(folder, text), "--kind", "renewal", "--dry-run", "--json").data
    assert data["unused"] == ["hours", "entries"]


def test_a_row_that_ends_early_has_empty_cells(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    assert cli("import", table(folder, "Title,Provider,Date,Hours,Place\nA,B,2026-03-02,1\n")).code == 0
    assert "place" not in records(cli)[0]


MANY = "Title,Provider,Date,Hours\n" + "".join(
    f"Session {n},B,{2025 + n % 2}-05-{n % 9 + 1:02},1\n" for n in range(600)
)


def test_of_many_records_the_screen_shows_the_first_and_the_last(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    ended = cli("import", table(folder, MANY))
    assert len(ended.out.splitlines()) < 40
    for said in (
        "600 to write: the first 6 and the last 2", "and 592 more between them", "Imported 600 records",
        "ce-600  Session 599", "... and 595 more", "Missing         certificate of 600 entries, the first ce-1: cmmctl",
    ):  # fmt: skip
        assert said in ended.out
    summary = cli("history", "--json").data[-1]["summary"]
    assert summary.endswith("with ce-2, ce-3, ce-4, ce-5, ce-6, ce-7, ce-8, ce-9 and 591 more")
    removed = cli("remove", *(f"ce-{n}" for n in range(1, 13)), "--yes")
    assert "Removed 12 records" in removed.out


def test_of_many_records_programs_get_all(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER.replace("2025-04-23", "2025-05-05"))
    path = table(folder, MANY)
    assert len(cli("import", path, "--dry-run", "--json").data["records"]) == 600
    assert len(cli("import", path, "--json").data["records"]) == 600
    cli("undo")
    said = cli("import", path).out
    assert "Not counted" in said
    assert "of them; to see why: cmmctl explain ce-601" in said


WATCH = """
import time
from cmmctl.render.progress import watched
print(sum(1 for _ in watched(range(220), "Reading rows") if time.sleep(0.004) is None))
"""


@pytest.mark.parametrize(
    ("terminal", "kind", "shown"), [(True, "xterm", True), (True, "dumb", False), (False, "xterm", False)]
)
def test_who_waits_at_a_terminal_sees_how_far_it_is(terminal: bool, kind: str, shown: bool) -> None:  # noqa: FBT001 - a row of the table
    above, below = pty.openpty() if terminal else os.pipe()[::1]
    environment = {**os.environ, "TERM": kind, "COLUMNS": "80"}
    ran = subprocess.run(
        [sys.executable, "-c", WATCH], stderr=below, stdout=subprocess.PIPE, env=environment, check=True
    )
    os.close(below)
    assert ran.stdout == b"220\n"
    written = b""
    with suppress(OSError):  # how a terminal ends
        while piece := os.read(above, 65536):
            written += piece
    os.close(above)
    assert (b"Reading rows" in written) is shown
    assert shown or written == b""


def test_a_short_table_shows_no_bar() -> None:
    above, below = pty.openpty()
    text = "from cmmctl.render.progress import watched; print(*watched([1, 2], ''), *watched([], ''))"
    ran = subprocess.run([sys.executable, "-c", text], stderr=below, stdout=subprocess.PIPE, check=True)
    assert (ran.stdout, select.select([above], [], [], 0)[0]) == (b"1 2\n", [])
    os.close(above)
    os.close(below)


def test_what_is_missing_is_told_beside_what_is_wrong(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "Title,Sponsor,Date,Hours\nA,,2026-02-30,x\nB,,2026-12-24,1\n"
    errors = cli("import", table(folder, text), "--json").json["errors"]
    assert [(error["line"], error["message"].split(":")[0].split(",")[0]) for error in errors] == [
        (2, "`Date`"), (2, "`Hours`"), (2, "this row has no `Sponsor`"), (3, "this row has no `Sponsor`"),
        (3, "`date` of this ce"),
    ]  # fmt: skip
    late = cli("import", table(folder, "Title,Provider,Date,Hours\nB,C,2026-12-24,x\n")).err
    assert ("`Hours`" in late, "no `Date`" in late, "has no" in late) == (True, False, False)


def test_a_row_is_named_as_a_spreadsheet_counts_where_lines_differ(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = 'Title,Provider,Date,Hours\n"A,\nday two",B,2026-03-02,1\n\nC,D,2026-02-30,1\n'
    assert "seminars.csv:5: row 4: `Date`" in cli("import", table(folder, text)).err
    text = 'id,title,provider,date,hours\nce-1,"A\nB",C,2026-03-02,1\nce-2,,C,2026-02-30,1\n'
    told = cli("import", table(folder, text, "ce.csv")).err
    assert "ce.csv:4: row 3: `date`" in told
    assert "ce.csv:4: row 3: ce-2 has no `title`" in told


@pytest.mark.parametrize(
    "header",
    [
        "name,who,when,hrs", "What,Held by,Date attended,Credits Earned", "Topic,Sponsored By,When,# of Hours",
        "Course Name,Organizer,Completed On,CEUs Earned",
    ],
)  # fmt: skip
def test_common_headers_are_guessed(cli: Cli, write: Write, folder: Path, header: str) -> None:
    write(HOLDER)
    assert cli("import", table(folder, f"{header}\nPrivacy,State Chapter,2026-03-02,1.5\n")).code == 0
    only = records(cli)[0]
    assert (only["title"], only["provider"], only["hours"]) == ("Privacy", "State Chapter", 1.5)


def test_of_two_columns_the_likelier_one_is_guessed(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "Description,Course Title,Provider,Date,Hours\nlong,Privacy,B,2026-03-02,1\n"
    cli("import", table(folder, text))
    assert records(cli)[0]["title"] == "Privacy"


def test_columns_that_are_needed_are_asked_for_once(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "AA,BB,CC,DD\n" + "1.5,Privacy,2026-03-02,State Chapter\n" * 3
    path = table(folder, text)
    errors = cli("import", path, "--json").json["errors"]
    maps = "--map BB=title --map DD=provider --map CC=date --map AA=hours"
    assert [error["hint"] for error in errors] == [f"cmmctl import {path} {maps}"]
    assert cli("import", path, *maps.split()).code == 0
    some = cli("import", path, "--map", "BB=title", "--json").json["errors"][0]
    assert some["message"] == "seminars.csv has no column for `provider`, `date` and `hours`"
    assert some["hint"] == f"cmmctl import {path} {maps}"


def test_a_table_without_another_column_is_told_to_have_one(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    told = cli("import", table(folder, "Title,Date,Hours\nA,2026-03-02,1\n")).err
    assert "has no column for `provider`\nhint: add a column for `provider` to it" in told
    job = table(folder, "Firm,Since\nClinic,2024-02\n", "jobs.csv")
    assert f"hint: cmmctl import {job} --kind job --map Firm=employer" in cli("import", job, "--kind", "job").err


def test_costs_are_written_with_their_entries(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = "Title,Provider,Date,Hours,Cost,Hotel,Paid on\n"
    text += 'Privacy,B,2026-03-02,1,"$1,349.00",120,2026-02-01\nFree,B,2026-03-03,1,0,,\n'
    path = table(folder, text)
    assert cli("import", path, "--dry-run").out.count("left out: Cost, Hotel, Paid on") == 1
    maps = ("--map", "Cost=fee", "--map", "Hotel=lodging", "--map", "Paid on=paid")
    data = cli("import", path, *maps, "--dry-run", "--json").data
    assert [record["kind"] for record in data["records"]] == ["ce", "expense", "expense", "ce"]
    done = cli("import", path, *maps)
    assert "with costs of $1,469.00, 2 records" in done.out
    paid = [(record["records"], record["what"], record["amount"], record["paid"]) for record in records(cli, "expense")]
    assert paid == [(["ce-1"], "fee", 1349, "2026-02-01"), (["ce-1"], "lodging", 120, "2026-02-01")]
    assert [record["title"] for record in records(cli)] == ["Privacy", "Free"]
    assert "2 are there already" in cli("import", path, *maps).out
    assert len(records(cli, "expense")) == 2


def test_costs_that_cannot_be_read_are_told_with_the_rest(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    path = table(folder, "Title,Provider,Date,Hours,Cost,Paid\nA,B,2026-02-30,1,lots,never\nA,B,2026-03-02,1,free,\n")
    told = cli("import", path, "--map", "Cost=fee", "--map", "Paid=paid").err
    for said in ("csv:2: `Date`", "csv:2: `Cost`", "csv:2: `Paid`", "csv:3: `Cost`"):
        assert said in told
    assert "`paid` without a cost" in cli("import", path, "--map", "Paid=paid").err
    assert "no key `fee` of a job" in cli("import", path, "--kind", "job", "--map", "Cost=fee").err
