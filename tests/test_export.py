"""`export`: where a document goes and as what, whole or not at all; and all data, complete."""

import csv
import io
import json
import os
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
import typer

from cmmctl.commands import export as exporting
from cmmctl.commands import session as sessions
from cmmctl.render import pdf
from conftest import Cli, Write

CE = """
    [[ce]]
    id = "ce-1"
    title = "Annual Conference"
    provider = "Sample Association"
    date = 2026-03-12
    hours = 12

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 349.00
    paid = 2026-01-20
"""


def test_on_standard_output_it_is_markdown(cli: Cli, write: Write) -> None:
    write(CE)
    assert cli("export", "summary").out.startswith("# Professional summary: Office Manager\n")
    assert cli("export", "summary", "-o", "-").out == cli("export", "summary").out


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("a.md", b"# "), ("a.markdown", b"# "), ("a.html", b"<!DOCTYPE html>"), ("a.HTM", b"<!DOCTYPE html>"),
        ("a.csv", b"\xef\xbb\xbfsection,"), ("a.json", b"{"), ("a.pdf", b"%PDF-"),
    ],
)  # fmt: skip
def test_the_suffix_decides(cli: Cli, write: Write, folder: Path, name: str, begins: bytes) -> None:
    if name.endswith("pdf"):
        pytest.importorskip("typst", reason="the extra `documents` is not installed")
    write(CE)
    outcome = cli("export", "summary", "-o", str(folder / name))
    assert (outcome.code, "".join(outcome.out.split())) == (0, f"Written:{folder / name}")  # a long path wraps
    assert (folder / name).read_bytes().startswith(begins)
    assert sorted(path.name for path in folder.iterdir()) == sorted([name, "portfolio.toml"])


def test_a_format_may_be_named(cli: Cli, write: Write, folder: Path) -> None:
    write(CE)
    assert cli("export", "summary", "--format", "HTML").out.startswith("<!DOCTYPE html>")
    assert cli("export", "summary", "--format", "md", "-o", str(folder / "a.txt")).code == 0
    assert (folder / "a.txt").read_text().startswith("# ")


def test_json_is_the_envelope_of_every_command(cli: Cli, write: Write, folder: Path) -> None:
    write(CE)
    envelope = cli("export", "summary", "--json", "--as-of", "2026-05-01").json
    assert (envelope["cmmctl"], envelope["command"], envelope["as_of"]) == (1, "export", "2026-05-01")
    assert envelope["data"]["ce_hours"] == 12
    written = cli("export", "summary", "--json", "-o", str(folder / "a.md"))
    assert written.data == {"path": str(folder / "a.md"), "format": "md"}
    assert cli("export", "summary", "--json", "--format", "md").data["text"].startswith("# Professional summary")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("export",), 2, "export needs the name of a document"),
        (("export", "sumary"), 2, "did you mean `cmmctl export summary`?"),
        (("export", "claim"), 2, "did you mean `cmmctl export reimbursement`?"),
        (("export", "xyz"), 2, "documents: reimbursement, summary, data"),
        (("export", "summary", "-o", "a.docx"), 2, "`docx` is no format of summary"),
        (("export", "summary", "-o", "claim"), 2, "`claim` is no format of summary"),
        (("export", "summary", "--format", "docx"), 2, "`docx` is no format of summary"),
        (("export", "summary", "-o", "a.md", "--format", "pdf"), 2, "choose one of them"),
        (("export", "summary", "-o", "folder/"), 2, "is a folder, and this document is one file"),
        (("export", "summary", "--formt", "md"), 2, "did you mean `--format`?"),
        (("export", "data", "-o", "a.csv"), 2, "`csv` is no format of data"),
        (("export", "summary", "-o", "nowhere/a.md"), 1, "nothing was written"),
        (("export", "data", "-o", "portfolio.toml/x/"), 1, "nothing was written"),
    ],
)
def test_what_cannot_be_understood_or_written(
    cli: Cli, write: Write, folder: Path, arguments: tuple[str, ...], code: int, message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    write(CE)
    monkeypatch.chdir(folder)
    outcome = cli(*arguments)
    assert (outcome.code, message in outcome.err) == (code, True), outcome.err
    assert [path.name for path in folder.iterdir()] == ["portfolio.toml"]


def test_help_names_every_document(cli: Cli, write: Write) -> None:
    write(CE)
    said = cli("export", "--help").out
    assert all(name in said for name in exporting.DOCUMENTS)


@pytest.mark.parametrize("name", list(exporting.DOCUMENTS))
def test_every_document_has_help_with_an_example(cli: Cli, name: str) -> None:
    assert f"cmmctl export {name}" in " ".join(cli("export", name, "--help").out.split())


def test_what_is_there_is_kept_unless_forced(cli: Cli, write: Write, folder: Path) -> None:
    write(CE)
    out = folder / "a.md"
    out.write_text("mine")
    outcome = cli("export", "summary", "-o", str(out), "--json")
    assert (outcome.code, outcome.json["errors"][0]["code"], out.read_text()) == (1, "exists", "mine")
    assert cli("export", "summary", "-o", str(out), "--force").code == 0
    assert out.read_text().startswith("# ")


@pytest.mark.parametrize(("answer", "kept"), [("n\n", True), ("y\n", False)])
def test_on_a_terminal_it_asks_before_it_overwrites(
    cli: Cli, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch, answer: str, *, kept: bool
) -> None:
    monkeypatch.setattr(sessions.Session, "interactive", True)
    write(CE)
    out = folder / "a.md"
    out.write_text("mine")
    assert cli("export", "summary", "-o", str(out), stdin=answer).code == 0
    assert (out.read_text() == "mine") is kept


def test_an_unwritable_folder_is_left_as_it_was(cli: Cli, write: Write, folder: Path) -> None:
    if os.geteuid() == 0:
        place = "/proc/claim.md"
    else:
        (folder / "closed").mkdir(mode=0o500)
        place = str(folder / "closed" / "claim.md")
    write(CE)
    outcome = cli("export", "summary", "-o", place)
    assert (outcome.code, "nothing was written" in outcome.err) == (1, True)


def test_a_pdf_on_standard_output(cli: Cli, write: Write) -> None:
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    write(CE)
    assert cli("export", "summary", "--format", "pdf").out.startswith("%PDF-")
    assert cli("export", "summary", "--format", "pdf", "--json").data == {"format": "pdf"}


def test_a_pdf_is_not_poured_onto_a_terminal(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(CE)
    monkeypatch.setattr(exporting, "_is_terminal", lambda: True)
    write(CE + '\n[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-23\n')
    for words in (("summary", "--format", "pdf"), ("reimbursement", "--format", "pdf"), ("audit",)):
        outcome = cli("export", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.endswith(
            f"error: a pdf cannot be shown on a terminal\nhint: write it to a file: `-o {words[0]}.pdf`\n"
        )


@pytest.mark.parametrize("missing", ["typst", "pypdf"])
def test_a_missing_extra_is_named_with_the_command_that_installs_it(
    cli: Cli, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None if name == missing else object())
    write(CE)
    if missing == "typst":
        outcome = cli("export", "summary", "-o", str(folder / "a.pdf"), "--json")
        error = outcome.json["errors"][0]
        assert (outcome.code, error["code"]) == (1, "extra-missing")
        assert error["hint"] == 'python -m pip install "cmmctl[documents]"'
        assert not (folder / "a.pdf").exists()
    assert cli("export", "reimbursement").code == 0


@pytest.mark.parametrize("missing", ["typst", "pypdf"])
def test_an_audit_packet_needs_the_whole_extra(
    cli: Cli, write: Write, folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None if name == missing else object())
    write(CE + '\n[[credential]]\nid = "pahcom.cmm"\nearned = 2025-04-23\n')
    outcome = cli("export", "audit", "cmm", "-o", str(folder / "a.pdf"), "--json")
    assert (outcome.code, outcome.json["errors"][0]["code"]) == (1, "extra-missing")
    assert cli("export", "audit", "cmm", "-o", f"{folder / 'packet'}/").code == 0


@pytest.mark.parametrize(("there", "suffix"), [(True, "pdf"), (False, "html")])
def test_open_writes_what_a_person_can_look_at_and_opens_it(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, suffix: str, *, there: bool
) -> None:
    if there:
        pytest.importorskip("typst", reason="the extra `documents` is not installed")
    else:
        monkeypatch.setattr(pdf, "find_spec", lambda _name: None)
    opened: list[str] = []
    monkeypatch.setattr(typer, "launch", opened.append)
    write(CE)
    assert cli("export", "summary", "--open").code == 0
    assert [Path(path).name for path in opened] == [f"summary.{suffix}"]
    assert Path(opened[0]).exists()


def test_open_of_a_document_without_pages(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(typer, "launch", opened.append)
    write(CE)
    assert cli("export", "data", "--open").code == 0
    assert Path(opened[0]).name == "data.json"


def test_bytes_that_are_no_utf8_never_reach_a_pipe(cli: Cli, write: Write) -> None:
    write(CE)
    assert cli("export", "summary", "--format", "csv").out.startswith("section,id,title")


EVERYTHING = """
    schema = 1

    [profile]
    name = "Office Manager"
    other_names = ["Manager, Office", "O. Manager"]
    shoe_size = 1.23456789

    [[ce]]
    id = "ce-1"
    title = "=HYPERLINK(1)"
    provider = "Sample Association"
    date = 2026-03-12
    minutes = 80
    domains = ["Risk; or not", "Finance"]
    approvals = ["pahcom:1, 2"]
    odd = true
    big = 123456789012345678901234567890.5
    at = 2026-03-12T10:00:00
    table = { a = [1, 2.50], b = inf }

    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = "2024-02"
    manages = false
    hours_per_week = 37.5
"""


def test_data_holds_every_key_of_every_record(cli: Cli, write: Write) -> None:
    path = write(EVERYTHING)
    data = json.loads(cli("export", "data").out, parse_float=Decimal)["data"]
    meant = tomllib.loads(path.read_text(), parse_float=Decimal)
    ce, job = meant["ce"][0], meant["job"][0]
    ce |= {
        "date": "2026-03-12", "at": "2026-03-12T10:00:00", "big": "123456789012345678901234567890.5",
        "table": {"a": [1, Decimal("2.5")], "b": "Infinity"},
    }  # fmt: skip
    assert data == {
        "schema": 1,
        "records": [
            {"kind": "profile", "id": "profile", **meant["profile"]}, {"kind": "ce", **ce}, {"kind": "job", **job},
        ],
    }  # fmt: skip


def test_data_as_a_folder_holds_one_table_for_every_kind(cli: Cli, write: Write, folder: Path) -> None:
    write(EVERYTHING)
    out = folder / "data"
    assert cli("export", "data", "-o", f"{out}/").code == 0
    assert sorted(path.name for path in out.iterdir()) == ["ce.csv", "job.csv", "profile.csv"]
    ce = next(csv.DictReader(io.StringIO((out / "ce.csv").read_text("utf-8-sig"))))
    assert ce["title"] == "'=HYPERLINK(1)"
    assert ce["minutes"] == "80"
    assert ce["date"] == "2026-03-12"
    assert ce["domains"] == '"Risk; or not"; Finance'
    assert ce["approvals"] == "pahcom:1, 2;"
    assert ce["odd"] == "true"
    assert ce["big"] == "123456789012345678901234567890.5"
    job = next(csv.DictReader(io.StringIO((out / "job.csv").read_text("utf-8-sig"))))
    assert (job["start"], job["manages"], job["hours_per_week"]) == ("2024-02", "false", "37.5")


def test_a_folder_that_holds_something_else_keeps_it(cli: Cli, write: Write, folder: Path) -> None:
    write(EVERYTHING)
    out = folder / "data"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    assert cli("export", "data", "-o", str(out)).code == 0
    outcome = cli("export", "data", "-o", str(out))
    assert (outcome.code, "already holds" in outcome.err) == (1, True)
    (out / "ce.csv").write_text("old")
    assert cli("export", "data", "-o", str(out), "--force").code == 0
    assert (out / "ce.csv").read_text("utf-8-sig").startswith("id,")
    assert (out / "mine.txt").read_text() == "mine"
    assert sorted(path.name for path in folder.iterdir()) == ["data", "portfolio.toml"]


def test_tables_of_an_earlier_export_go_where_nothing_is_left_of_their_kind(
    cli: Cli, write: Write, folder: Path
) -> None:
    write(EVERYTHING)
    out = folder / "data"
    cli("export", "data", "-o", f"{out}/")
    for name, text in {"job.csv": "Employer,Title\nA,B\n", "course.csv": "id,x\nmine,1\n", "payment.csv": '"x'}.items():
        (out / name).write_text(text + "y" * 140_000 * (name == "payment.csv"))
    write("")
    assert cli("export", "data", "-o", f"{out}/", "--force").code == 0
    assert sorted(path.name for path in out.iterdir()) == ["course.csv", "job.csv", "payment.csv", "profile.csv"]


def test_what_was_written_as_a_table_is_read_back(cli: Cli, write: Write, folder: Path) -> None:
    """Every key a CSV can hold comes back: a text that looks like a formula, a list with a comma in it."""
    path = write(EVERYTHING.partition("    odd = true")[0].replace("Risk; or not", "Risk, or not"))
    before = tomllib.loads(path.read_text())["ce"][0]
    cli("export", "data", "-o", f"{folder / 'data'}/")
    cli("remove", "ce-1", "--yes")
    assert cli("import", str(folder / "data" / "ce.csv")).code == 0
    after = tomllib.loads(path.read_text())["ce"][0]
    assert {**after, "id": "ce-1"} == before
