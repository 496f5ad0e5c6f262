"""The sheet to copy from into the issuer's log."""

import csv
import io

from conftest import Cli, Golden, Write

HOLDER = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23

    [[ce]]
    id = "ce-1"
    title = "Logged | already"
    provider = "P"
    date = 2025-06-12
    hours = 6
    logged = 2025-06-20

    [[ce]]
    id = "ce-2"
    title = "=HYPERLINK(1) | **bold** <b>"
    provider = "State Chapter"
    date = 2026-03-18
    minutes = 80
    activity = "workshop"
    domains = ["Human Resources", "Finance"]
    approvals = ["pahcom:20417", "aapc:1"]
    presenter = "A Speaker"
    place = "online"

    [[ce]]
    id = "ce-3"
    title = "Refused"
    provider = "P"
    date = 2026-05-30
    hours = 3
    activity = "self-study"

    [[ce]]
    id = "ce-4"
    title = "Logged later"
    provider = "P"
    date = 2026-06-30
    hours = 3
    logged = 2026-11-20

    [[course]]
    id = "course-1"
    title = "Healthcare Finance"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2026-05-04
    hours = 10
"""


def rows(text: str) -> list[dict[str, str]]:
    """Read the sheet as a spreadsheet does."""
    return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))


def test_only_counted_entries_that_are_not_logged(cli: Cli, write: Write) -> None:
    write(HOLDER)
    sheet = rows(cli("export", "filing", "cmm", "--format", "csv").out)
    assert [(r["id"], r["date"], r["hours"], r["index"], r["domains"]) for r in sheet] == [
        ("ce-2", "2026-03-18", "1.3333", "20417", "Human Resources, Finance"),
        ("course-1", "2026-05-04", "10", "", ""),
    ]
    assert (sheet[0]["activity"], sheet[0]["presenter"], sheet[0]["place"]) == ("workshop", "A Speaker", "online")
    # As of a day before it was logged, ce-4 still was to be copied.
    before = rows(cli("export", "filing", "--format", "csv", "--as-of", "2026-11-19").out)
    assert [r["id"] for r in before] == ["ce-2", "course-1", "ce-4"]


def test_nothing_in_a_title_is_obeyed(cli: Cli, write: Write, golden: Golden) -> None:
    write(HOLDER)
    assert rows(cli("export", "filing", "--format", "csv").out)[0]["title"].startswith("'=HYPERLINK")
    golden("export-filing", cli("export", "filing", "cmm").out)


def test_the_command_that_follows_empties_the_sheet(cli: Cli, write: Write) -> None:
    write(HOLDER)
    out = cli("export", "filing").out
    assert "cmmctl logged ce-2 course-1" in out
    cli("logged", "ce-2", "course-1")
    done = cli("export", "filing").out
    assert "Every counted entry of this cycle is entered at PAHCOM" in done
    assert "| ce-" not in done


def test_which_credential_is_meant(cli: Cli, write: Write) -> None:
    write("")
    told = cli("export", "filing")
    assert (told.code, "no credential is held" in told.err) == (1, True)
    assert "hitcm-pp is not held" in cli("export", "filing", "hitcm-pp").err
    write(f'{HOLDER}\n[[credential]]\nid = "pahcom.hitcm-pp"\nearned = 2025-01-01\n')
    told = cli("export", "filing")
    assert (told.code, "cmm, hitcm-pp" in told.err) == (2, True)
    assert cli("export", "filing", "hitcm-pp").code == 0


def test_a_due_date_that_nobody_confirmed_is_said(cli: Cli, write: Write) -> None:
    write(HOLDER.replace("earned = 2025-04-23", "earned = 2023-04-23\ndue = 2027-04-23\ndue_assumed = true"))
    for document in ("filing", "audit"):
        said = cli("export", document, "cmm", *(["--worklist"] if document == "audit" else [])).err
        assert "pahcom.cmm: the due date 2027-04-23 was computed and nobody confirmed it" in said
        assert "hint: `cmmctl edit cmm due=DATE`, once you know it" in said
    assert "Apr 23, 2027 (date assumed): " in cli("export", "summary").out
    write(HOLDER)
    assert cli("export", "filing", "cmm").err == ""
    assert "assumed" not in cli("export", "summary").out


def test_of_several_credentials_one_is_to_be_named(cli: Cli, write: Write) -> None:
    write(HOLDER + '\n[[credential]]\nid = "pahcom.hitcm-pp"\nearned = 2025-04-23\n')
    for document in ("filing", "audit"):
        ended = cli("export", document)
        assert (ended.code, f"hint: name one: `cmmctl export {document} cmm`" in ended.err) == (2, True), ended.err
