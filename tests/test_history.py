import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl import history
from cmmctl.errors import CmmctlError
from cmmctl.history import Journal, Occasion
from cmmctl.store import journal as place_of
from cmmctl.writing import HandEdit, rewrite, step
from conftest import Cli

START = b"""\
schema = 1

[profile]
name = "Office Manager"

[[ce]]
id = "ce-1"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.5
subject = "healthcare"
"""
ADD = ("add-ce", "Coding", "--provider", "State Chapter", "--date", "2026-11-20", "--hours", "6")
NOON = Occasion("2026-11-23T12:00:00+0000", "edit")


@pytest.fixture
def path(folder: Path) -> Path:
    portfolio = folder / "portfolio.toml"
    portfolio.write_bytes(START)
    return portfolio


def numbered(path: Path) -> list[tuple[int, str, str]]:
    content = path.read_bytes() if path.exists() else None
    return [(entry.number, entry.command, entry.summary) for entry in history.read(path, content).entries]


def summaries(cli: Cli) -> list[tuple[int, str, str]]:
    return [(entry["number"], entry["command"], entry["summary"]) for entry in cli("history", "--json").data]


def test_every_change_is_listed_with_when_by_which_command_and_what_it_touched(cli: Cli, path: Path) -> None:
    cli(*ADD)
    cli("edit", "ce-1", "hours=2", "subject=business")
    cli("remove", "ce-2", "--yes")
    listed = cli("history", "--json").data
    assert [(entry["number"], entry["command"], entry["summary"]) for entry in listed] == [
        (1, "found", "the record as it was found"),
        (2, "add-ce", "recorded ce-2, Coding - State Chapter, 6 CE hours"),
        (3, "edit", "changed ce-1: hours, subject"),
        (4, "remove", "removed ce-2, Coding - State Chapter, 6 CE hours"),
    ]
    assert all(entry["when"].startswith("2026-11-23T") for entry in listed)
    screen = cli("history").out
    assert "changed ce-1: hours, subject" in screen
    assert "2026-11-23" in screen
    assert cli("history", "--plain").out.splitlines()[0] == "number\twhen\tcommand\tsummary"
    assert path.exists()


def test_nothing_was_changed_yet(cli: Cli, path: Path) -> None:
    assert cli("history").out.strip() == "Nothing was changed by cmmctl yet."
    assert cli("history", "--json").data == []
    path.unlink()
    ended = cli("history", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "file-missing")


def test_a_change_since_the_newest_version_is_mentioned(cli: Cli, path: Path) -> None:
    cli(*ADD)
    assert cli("history", "--json").json["notes"] == []
    path.write_bytes(path.read_bytes() + b"# mine\n")
    (note,) = cli("history", "--json").json["notes"]
    assert note["code"] == "hand-edit"
    assert "changed outside cmmctl" in note["text"]


@pytest.mark.parametrize("content", [START, START.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + START, START.rstrip()])
def test_show_prints_a_version_byte_for_byte(cli: Cli, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    assert cli(*ADD).code == 0
    assert cli("history", "--show", "1").raw == content
    assert cli("history", "--show", "2").raw == path.read_bytes()
    assert cli("history", "--show", "1", "--json").data == {"text": content.decode()}


def test_diff_shows_what_a_version_changed(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    assert cli("history", "--diff", "2").out.splitlines() == [
        "--- before version 2",
        "+++ version 2",
        "@@ -8,5 +8,5 @@",
        ' title = "Privacy"',
        ' provider = "State Chapter"',
        " date = 2026-03-02",
        "-hours = 1.5",
        "+hours = 2",
        ' subject = "healthcare"',
    ]
    assert path.exists()


def test_a_version_that_is_not_there(cli: Cli, path: Path) -> None:
    cli(*ADD)
    for option in ("--show", "--diff"):
        ended = cli("history", option, "9", "--json")
        assert (ended.code, ended.json["errors"][0]["code"]) == (1, "not-found")
        assert ended.json["errors"][0]["message"] == "the history has no version 9"
    assert path.exists()


def test_undo_steps_back_again_and_again_and_redo_forward(cli: Cli, path: Path) -> None:
    states = [path.read_bytes()]
    for command in (ADD, ("edit", "ce-1", "hours=2"), ("remove", "ce-2", "--yes"), ("edit", "profile", "title=CEO")):
        assert cli(*command).code == 0
        states.append(path.read_bytes())
    for state in reversed(states[:-1]):
        assert cli("undo").code == 0
        assert path.read_bytes() == state
    ended = cli("undo", "--json")
    assert (ended.code, ended.json["errors"][0]["message"]) == (1, "there is nothing to undo")
    assert path.read_bytes() == START
    for state in states[1:]:
        assert cli("redo").code == 0
        assert path.read_bytes() == state
    ended = cli("redo", "--json")
    assert (ended.code, ended.json["errors"][0]["message"]) == (1, "there is nothing to redo")
    assert path.read_bytes() == states[-1]


def test_undo_says_what_it_took_back(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    assert "Taken back: changed ce-1: hours (edit, 2026-11-23" in cli("undo").out
    answer = cli("redo", "--json").data
    assert (answer["number"], answer["command"], answer["summary"]) == (2, "edit", "changed ce-1: hours")
    assert (answer["id"], answer["kind"], answer["record"]["hours"]) == ("ce-1", "ce", 2)
    assert cli("undo", "--json").data["record"]["hours"] == 1.5
    cli("remove", "ce-1", "--yes")
    assert cli("undo", "--json").data["record"]["id"] == "ce-1"
    assert cli("redo", "--json").data["record"] == {"kind": "ce", "id": "ce-1", **answer["record"], "hours": 1.5}
    cli(*ADD, "--fee", "10")
    assert [record["kind"] for record in cli("undo", "--json").data["records"]] == ["ce", "expense"]
    assert path.exists()


def test_undo_and_redo_say_what_it_did_to_the_hours_to_go(cli: Cli, path: Path) -> None:
    cli("add-credential", "cmm", "--earned", "2025-04-23")
    cli(*ADD)
    taken_back = cli("undo", "--json").data["effect"]
    first = {"credential": "pahcom.cmm", "edition": "two-year", "before": 16.5, "after": 22.5}
    assert first.items() <= taken_back[0].items()
    assert cli("redo", "--json").data["effect"][0]["after"] == 16.5
    assert "16.5 -> 22.5 h to go by Apr 23 2027" in cli("undo").out
    path.write_bytes(b"broken")
    broken = cli("undo", "--yes", "--json").data
    assert (broken["effect"], "id" in broken) == ([], False)
    path.write_bytes(b"\xff")
    assert "to go" not in cli("undo", "--yes").out


def test_a_new_change_after_an_undo_loses_nothing(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    taken_back = path.read_bytes()
    cli("undo")
    cli("edit", "ce-1", "hours=3")
    assert cli("redo").code == 1
    assert cli("history", "--show", "2").raw == taken_back
    cli("undo")
    assert path.read_bytes() == START


def test_undo_of_init_takes_the_file_away_and_redo_brings_it_back(cli: Cli, folder: Path) -> None:
    path = folder / "portfolio.toml"
    assert cli("init", "--name", "Office Manager").code == 0
    begun = path.read_bytes()
    assert cli("undo").code == 0
    assert not path.exists()
    ended = cli("status", "--json")
    assert (ended.json["errors"][0]["code"], "check --repair" in ended.json["errors"][0]["hint"]) == (
        "file-missing",
        True,
    )
    assert cli("undo").code == 1
    assert cli("redo").code == 0
    assert path.read_bytes() == begun
    cli("undo")
    assert cli("init", "--name", "Practice Administrator").code == 0
    assert [number for number, _, _ in numbered(path)] == [1, 2, 3, 4, 5]


def test_a_version_without_a_file_cannot_be_shown(cli: Cli, folder: Path) -> None:
    cli("init", "--name", "Office Manager")
    cli("undo")
    ended = cli("history", "--show", "2", "--json")
    assert (ended.code, ended.json["errors"][0]["message"]) == (1, "in version 2 there was no file")
    assert '-name = "Office Manager"' in cli("history", "--diff", "2").out
    assert not (folder / "portfolio.toml").exists()


def test_a_hand_edit_is_kept_and_undone_only_after_saying_so(cli: Cli, path: Path) -> None:
    cli(*ADD)
    recorded = path.read_bytes()
    path.write_bytes(edited := recorded.replace(b"hours = 1.5", b"hours = 1.75"))
    ended = cli("undo", "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (2, "usage")
    assert "was made outside cmmctl" in problem["message"]
    assert "cmmctl undo --yes" in problem["hint"]
    assert path.read_bytes() == edited
    assert summaries(cli)[-1] == (3, "hand edit", "changed outside cmmctl")
    assert cli("undo", "--yes").code == 0
    assert path.read_bytes() == recorded
    assert cli("redo").code == 0
    assert path.read_bytes() == edited
    assert cli("undo", "--yes").code == 0
    assert cli("undo").code == 0
    assert path.read_bytes() == START


def test_a_hand_edit_between_two_commands_is_a_version_of_its_own(cli: Cli, path: Path) -> None:
    cli(*ADD)
    path.write_bytes(edited := path.read_bytes().replace(b"hours = 1.5", b"hours = 1.75"))
    cli("edit", "ce-2", "hours=5")
    assert [command for _, command, _ in summaries(cli)] == ["found", "add-ce", "hand edit", "edit"]
    assert cli("history", "--show", "3").raw == edited
    cli("undo")
    assert path.read_bytes() == edited


def test_a_yes_is_for_the_hand_edit_that_was_shown(path: Path) -> None:
    rewrite(path, START + b"# one\n", expected=START, occasion=NOON, summary="one")
    path.write_bytes(START + b"# by hand\n")
    with pytest.raises(HandEdit) as asked:
        step(path, NOON._replace(command="undo"))
    rewrite(path, START + b"# later\n", expected=START + b"# by hand\n", occasion=NOON, summary="later")
    with pytest.raises(CmmctlError) as refused:
        step(path, NOON._replace(command="undo"), agreed=asked.value.entry)
    assert refused.value.problems[0].code == "changed-meanwhile"
    assert path.read_bytes() == START + b"# later\n"


def test_a_file_that_is_gone_comes_back(cli: Cli, path: Path) -> None:
    cli(*ADD)
    recorded = path.read_bytes()
    path.unlink()
    assert cli("undo").code == 2
    assert cli("undo", "--yes").code == 0
    assert path.read_bytes() == recorded
    assert summaries(cli)[-2][2] == "the file was gone"


def test_an_empty_file_is_not_a_missing_one(cli: Cli, path: Path) -> None:
    cli(*ADD)
    path.write_bytes(b"")
    cli("undo", "--yes")
    cli("redo")
    assert path.read_bytes() == b""


def test_ids_are_never_given_again(cli: Cli, path: Path) -> None:
    assert cli(*ADD, "--json").data["id"] == "ce-2"
    cli("remove", "ce-2", "--yes")
    assert cli(*ADD, "--json").data["id"] == "ce-3"
    cli("undo")
    assert cli(*ADD, "--json").data["id"] == "ce-4"
    path.write_bytes(START + b'\n[[expense]]\nid = "expense-1"\nrecords = ["ce-9"]\nwhat = "fee"\namount = 5\n')
    cli("remove", "expense-1", "--yes")
    assert cli(*ADD, "--json").data["id"] == "ce-10"
    assert cli("add-expense", "ce-1", "--what", "fee", "--amount", "5", "--json").data["id"] == "expense-2"
    assert "ce-10" in path.read_text()


def test_a_change_that_failed_uses_up_no_id(cli: Cli, path: Path) -> None:
    cli("edit", "ce-1", "hours=2")
    path.chmod(0o444)
    assert cli(*ADD).code == 1
    path.chmod(0o600)
    assert cli(*ADD, "--json").data["id"] == "ce-2"


def test_two_portfolios_in_one_folder_have_a_history_each(cli: Cli, path: Path) -> None:
    other = path.with_name("other.toml")
    other.write_bytes(START)
    cli(*ADD)
    assert cli("undo", "-f", str(other)).code == 1
    cli("edit", "ce-1", "hours=9", "-f", str(other))
    cli("undo", "-f", str(other))
    assert other.read_bytes() == START
    assert cli("undo").code == 0
    assert path.read_bytes() == START


def test_a_portfolio_whose_history_was_deleted_goes_on(cli: Cli, path: Path) -> None:
    cli(*ADD)
    place_of(path).unlink()
    recorded = path.read_bytes()
    assert cli("undo").code == 1
    assert cli("edit", "ce-1", "hours=2").code == 0
    assert [command for _, command, _ in summaries(cli)] == ["found", "edit"]
    cli("undo")
    assert path.read_bytes() == recorded


@pytest.fixture
def five(cli: Cli, path: Path) -> list[bytes]:
    """Five versions; the first is the record as it was found."""
    texts = [START]
    for hours in range(2, 6):
        assert cli("edit", "ce-1", f"hours={hours}").code == 0
        texts.append(path.read_bytes())
    return texts


def restored(path: Path) -> dict[int, bytes | None]:
    """Give every version that can be brought back."""
    journal = history.read(path, path.read_bytes())
    versions = {}
    for entry in journal.entries:
        try:
            versions[entry.number] = journal.version(entry.number)
        except CmmctlError:
            continue
    return versions


def damaged(path: Path, damage: Callable[[list[bytes]], bytes]) -> None:
    place = place_of(path)
    place.write_bytes(damage(place.read_bytes().splitlines(keepends=True)))


def test_a_torn_last_line_is_passed_over_and_replaced(cli: Cli, path: Path, five: list[bytes]) -> None:
    damaged(path, lambda lines: b"".join(lines) + lines[-1][: len(lines[-1]) // 2])
    assert restored(path) == dict(enumerate(five, start=1))
    assert cli("undo").code == 0
    assert path.read_bytes() == five[-2]
    assert len(place_of(path).read_bytes().splitlines()) == 6
    assert restored(path) == dict(enumerate([*five, five[-2]], start=1))


def test_a_flipped_byte_loses_only_its_neighbours(cli: Cli, path: Path, five: list[bytes]) -> None:
    damaged(path, lambda lines: b"".join([*lines[:2], lines[2].replace(b'"summary"', b'"sommary"'), *lines[3:]]))
    assert restored(path) == {1: five[0], 2: five[1]}
    ended = cli("history", "--show", "4", "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "not-found")
    assert "damaged" in ended.json["errors"][0]["message"]
    assert cli("undo").code == 1
    assert path.read_bytes() == five[-1]
    path.write_bytes(by_hand := five[-1] + b"# mine\n")
    assert cli("edit", "ce-1", "hours=7").code == 0
    now = path.read_bytes()
    cli("undo")
    assert path.read_bytes() == by_hand
    assert cli("undo", "--yes").code == 1
    cli("redo")
    assert path.read_bytes() == now


def test_a_whole_text_in_between_bounds_what_is_lost(path: Path) -> None:
    journal = Journal(place_of(path))
    journal.path.parent.mkdir()
    texts = {number: START + b"# %d\n" % number for number in range(1, history.SNAPSHOT * 2 + 10)}
    for text in texts.values():
        journal.settle(text, NOON, ())
    damaged(path, lambda lines: b"".join([*lines[:3], b"x" + lines[3][1:], *lines[4:]]))
    path.write_bytes(texts[max(texts)])
    lost = set(texts) - set(restored(path))
    assert lost == set(range(4, history.SNAPSHOT + 1))
    assert all(restored(path)[number] == texts[number] for number in set(texts) - lost)


def test_a_damaged_newest_line_makes_the_next_change_note_what_it_found(
    cli: Cli, path: Path, five: list[bytes]
) -> None:
    damaged(path, lambda lines: b"".join([*lines[:-1], b"y" + lines[-1][1:]]))
    assert cli("edit", "ce-1", "hours=8").code == 0
    cli("undo")
    assert path.read_bytes() == five[-1]
    cli("undo", "--yes")
    assert path.read_bytes() == five[-2]


def test_a_history_that_cannot_be_read_stops_changes_and_says_what_to_do(cli: Cli, path: Path) -> None:
    place_of(path).mkdir(parents=True)
    ended = cli(*ADD, "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "io")
    assert str(place_of(path)) in problem["hint"]
    assert path.read_bytes() == START
    assert cli("status").code == 0


def test_a_later_version_of_the_journal_is_read_as_far_as_it_is_known(path: Path) -> None:
    journal = Journal(place_of(path))
    journal.path.parent.mkdir()
    journal.settle(START, NOON, ())
    (line,) = journal.path.read_bytes().splitlines()
    text = json.dumps({**json.loads(line.partition(b" ")[2]), "mood": "fine"}).encode()
    journal.path.write_bytes(b"%08x %s\n" % (__import__("zlib").crc32(text), text))
    assert restored(path) == {1: START}


def begun(path: Path, old: bytes, new: bytes) -> None:
    """Leave the journal as a process does that was killed once the line of its change was written."""
    place_of(path).parent.mkdir()
    journal = history.read(path, old)
    journal.settle(old, NOON, ())
    journal.begin(NOON, "killed", old, new, ())


def test_a_change_whose_process_was_killed_before_it_did_not_happen(cli: Cli, path: Path) -> None:
    begun(path, START, START + b"# never\n")
    assert summaries(cli) == [(1, "found", "the record as it was found")]
    cli("edit", "ce-1", "hours=2")
    assert [command for _, command, _ in summaries(cli)] == ["found", "edit"]
    cli("undo")
    assert path.read_bytes() == START


def test_a_change_whose_process_was_killed_behind_it_did_happen(cli: Cli, path: Path) -> None:
    begun(path, START, happened := START + b"# done\n")
    path.write_bytes(happened)
    assert [summary for _, _, summary in summaries(cli)] == ["the record as it was found", "killed"]
    assert cli("undo").code == 0
    assert path.read_bytes() == START
    cli("redo")
    assert path.read_bytes() == happened
    assert restored(path) == {1: START, 2: happened, 3: START, 4: happened}


def test_a_hand_edit_after_a_killed_process_keeps_both(cli: Cli, path: Path) -> None:
    begun(path, START, happened := START + b"# done\n")
    path.write_bytes(by_hand := happened + b"# mine\n")
    cli("edit", "ce-1", "hours=2")
    versions = restored(path)
    assert (versions[2], versions[3]) == (happened, by_hand)
    assert [command for _, command, _ in summaries(cli)] == ["found", "edit", "hand edit", "edit"]


def test_a_failed_change_leaves_no_line(path: Path) -> None:
    begun(path, START, happened := START + b"# done\n")
    path.write_bytes(happened)
    journal = history.read(path, happened)
    length = place_of(path).stat().st_size
    journal.begin(NOON, "fails", happened, b"", ())
    journal.withdraw()
    assert place_of(path).stat().st_size == length
    assert restored(path) == {1: START, 2: happened}


def test_a_journal_that_another_program_changes_meanwhile_is_not_written_over(path: Path) -> None:
    journal = Journal(place_of(path))
    journal.path.parent.mkdir()
    journal.settle(START, NOON, ())
    journal.path.write_bytes(synchronised := journal.path.read_bytes() * 2)
    with pytest.raises(CmmctlError) as refused:
        journal.begin(NOON, "late", START, b"", ())
    assert refused.value.problems[0].code == "changed-meanwhile"
    assert journal.path.read_bytes() == synchronised


@given(texts=st.lists(st.binary(max_size=60), min_size=1, max_size=6))
def test_any_bytes_can_be_brought_back(texts: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / "portfolio.toml"
    journal = Journal(place_of(path))
    journal.path.parent.mkdir()
    kept = [text for text, before in zip(texts, [None, *texts], strict=False) if text != before]
    for text in texts:
        journal.settle(text, NOON, ())
    for again in (journal, history.read(path, texts[-1])):
        assert [again.version(entry.number) for entry in again.entries] == kept


def test_a_thousand_versions_of_a_hundred_entries_stay_small(path: Path) -> None:
    entry = '\n[[ce]]\nid = "ce-{}"\ntitle = "Session"\nprovider = "State Chapter"\ndate = 2026-03-02\nhours = {}\n'
    entries = [entry.format(number, 1.5) for number in range(2, 102)]
    journal = Journal(place_of(path))
    journal.path.parent.mkdir()
    texts = []
    for number in range(1000):
        entries[number * 7 % 100] = entry.format(number * 7 % 100 + 2, number / 4 + 2)
        texts.append(START + "".join(entries).encode())
        journal.settle(texts[-1], NOON, ["ce-101", "expense-40", "proof-90"])
    size = journal.path.stat().st_size
    print(f"1,000 versions of {len(texts[-1]):,} bytes: {size:,} bytes")  # noqa: T201 - `pytest -s` shows the figure
    assert size < 600_000
    assert all(journal.version(number) == texts[number - 1] for number in range(1, 1001, 37))


def test_a_missing_line_end_shows_in_a_difference(cli: Cli, path: Path) -> None:
    path.write_bytes(START.rstrip())
    cli("edit", "ce-1", "note=kept")
    assert '+note = "kept" (without line end)' in cli("history", "--diff", "2").out.splitlines()
