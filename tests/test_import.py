"""Many records at once: what spreadsheets write, all or nothing, and the way back of `export data`."""

import json
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
        (TABLE.encode("utf-16"), "UTF-16"),
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


def test_windows_letters_and_quoted_line_ends_are_kept(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = 'Title,Provider,Date,Hours\n"Santé,\nday two",Clinique,2026-03-02,1h20m\n'
    cli("import", table(folder, text.encode("cp1252")))
    only = records(cli)[0]
    assert (only["title"], only["minutes"]) == ("Santé,\nday two", 80)


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
    assert "this row has no `title`" in refused.err
    assert cli("import", path, "--map", "What I did=title").code == 0
    assert records(cli)[0]["title"] == "Privacy"


@pytest.mark.parametrize(
    ("pair", "code", "said"),
    [
        ("Provder=provider", 1, "did you mean `Provider`?"),
        ("Provider=provder", 1, "did you mean `provider`?"),
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
    assert "1 are there already" in cli("import", path).out
    again = cli("import", path)
    assert "3 are there already" in again.out
    assert "nothing new" in again.out
    assert len(records(cli)) == 2


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


WHOLE = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-2"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.25
domains = ["Finance"]

[[job]]
id = "job-3"
employer = "Sample Clinic"
title = "Office Manager"
start = "2024-02"
manages = true

[[expense]]
id = "expense-1"
records = ["ce-2"]
what = "fee"
amount = 199.5

[[claim]]
id = "claim-1"
entries = ["ce-2"]
filed = 2026-03-10

[[payment]]
id = "payment-1"
claim = "claim-1"
date = 2026-04-01
amount = 100
"""


def test_export_data_comes_back_as_the_same_facts(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    kept = [record for record in cli("list", "--json").data if record["kind"] != "profile"]
    exported = folder / "all.json"
    assert cli("export", "data", "-o", str(exported)).code == 0
    write("")
    assert cli("import", str(exported)).code == 0
    again = [record for record in cli("list", "--json").data if record["kind"] != "profile"]
    assert again == kept
    assert "7 are there already" in cli("import", str(exported)).out


def test_a_used_id_is_not_given_again_and_references_follow(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    exported = folder / "all.json"
    cli("export", "data", "-o", str(exported))
    other = '\n[[ce]]\nid = "ce-2"\ntitle = "Something else"\nprovider = "B"\ndate = 2026-03-02\nhours = 1\n'
    write(HOLDER + other + '\n[[claim]]\nid = "claim-4"\nentries = ["ce-2"]\nfiled = 2026-03-10\n')
    assert cli("import", str(exported)).code == 0
    by_id = {str(record["id"]): record for record in cli("list", "--json").data}
    assert by_id["ce-3"]["title"] == "Privacy"
    assert by_id["expense-1"]["records"] == ["ce-3"]
    assert by_id["claim-5"]["entries"] == ["ce-3"]
    assert by_id["payment-1"]["claim"] == "claim-5"


def test_a_credential_that_says_something_else_is_not_replaced(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    exported = folder / "all.json"
    cli("export", "data", "-o", str(exported))
    write(HOLDER.replace("2025-04-23", "2024-04-23"))
    outcome = cli("import", str(exported), "--json")
    assert (outcome.code, outcome.json["errors"][0]["code"]) == (1, "exists")


@pytest.mark.parametrize("text", ["{", "[]", '{"data": 3}', '{"data": {}}'])
def test_other_json_is_refused(cli: Cli, write: Write, folder: Path, text: str) -> None:
    write(HOLDER)
    outcome = cli("import", table(folder, text, "x.json"))
    assert (outcome.code, "not what `cmmctl export data` writes" in outcome.err) == (1, True)


def test_json_with_an_unknown_kind_is_refused(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = json.dumps({"data": {"records": [{"kind": "cee", "id": "cee-1"}]}})
    outcome = cli("import", table(folder, text, "x.json"))
    assert (outcome.code, "`cee` is no kind of record" in outcome.err) == (1, True)
