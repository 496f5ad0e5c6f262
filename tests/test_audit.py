"""The audit packet, read back: its figures, the page of every certificate, DRAFT, and nothing else in it."""

import csv
import io
import re
import struct
import subprocess
import zlib
from pathlib import Path

import pypdf
import pytest

from conftest import Cli, Write

CYCLE = r"""
    [profile]
    name = "Office Manager"
    other_names = ["Former Name"]

    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23
    number = "4711"

    [[ce]]
    id = "ce-1"
    title = "Approved seminar"
    provider = "PAHCOM"
    date = 2024-01-10
    hours = 12
    subject = "business"
    approvals = ["pahcom:20417"]

    [[ce]]
    id = "ce-2"
    title = "#strong[x] $1$ <b> | \u001b[2J \\"
    provider = "State Chapter"
    date = 2025-01-10
    minutes = 760
    subject = "business"
    domains = ["Finance"]

    [[ce]]
    id = "ce-3"
    title = "Refused in this cycle"
    provider = "P"
    date = 2025-01-11
    hours = 3
    activity = "self-study"

    [[ce]]
    id = "ce-4"
    title = "Of another cycle"
    provider = "P"
    date = 2026-01-11
    hours = 3

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 199
"""


def picture(path: Path) -> Path:
    """A white PNG of 8 by 4 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 8, 4, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\xff" * 8 for _ in range(4)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    return path


def certificate(path: Path, pages: int = 1) -> Path:
    """A PDF of empty pages."""
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=612, height=792)
    writer.write(path)
    return path


def read(path: Path) -> list[str]:
    """What a reader of the PDF finds on each page."""
    text = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    return text.removesuffix("\f").split("\f")


@pytest.fixture
def filed(cli: Cli, write: Write, tmp_path: Path) -> Path:
    """A filed and documented cycle; where its packet goes."""
    write(CYCLE)
    cli("attach", "ce-1", str(certificate(tmp_path / "one.pdf", pages=2)))
    cli("attach", "ce-2", str(picture(tmp_path / "two.png")))
    cli("attach", "ce-3", str(certificate(tmp_path / "three.pdf")))
    cli("attach", "expense-1", str(certificate(tmp_path / "receipt.pdf", pages=3)))
    assert cli("add-renewal", "cmm", "--filed", "2025-03-14").code == 0
    return tmp_path / "audit.pdf"


def test_figures_pages_and_nothing_else(cli: Cli, filed: Path) -> None:
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert (told.code, told.err) == (0, "")
    pages = read(filed)
    assert len(pages) == 4  # the summary, two pages of a certificate, a picture
    summary = pages[0]
    [item] = cli("hours", "--cycle", "2025-04-23", "--json").data
    assert [c["id"] for c in item["counted_entries"]] == ["ce-1", "ce-2"]
    assert re.search(r"CE hours +24 +24\.66 ", summary)
    assert item["sealed"]["hours"] == 24.6667
    assert "Mar 14 2025 with 24.67 hours" in summary
    assert re.search(r"1 +Jan 10 2024 +Approved seminar +PAHCOM +12 +no\. 20417 +2-3\n", summary)
    assert re.search(r"2 +Jan 10 2025 .* State Chapter +12\.67 +Finance +4\n", summary)
    assert "https://www.pahcom.com/hitcm-pp/recertification.html, read Nov 23 2026" in summary
    assert "no. 4711" in summary
    assert "Former Name" in summary
    assert "Entry 1: Approved seminar (1 of 2)" in pages[1]
    assert "Entry 1: Approved seminar (2 of 2)" in pages[2]
    assert "Entry 2: " in pages[3]
    assert "Page 4 of 4" in pages[3]
    whole = "".join(pages)
    for stranger in ("Refused", "another cycle", "199", "DRAFT", "ce-1", "project's brief"):
        assert stranger not in whole


def test_titles_are_text_and_nothing_else(cli: Cli, filed: Path) -> None:
    cli("export", "audit", "-o", str(filed))
    squeezed = re.sub(r"\s+", "", "".join(read(filed)))
    assert r"#strong[x]$1$<b>|\x1b[2J" in squeezed


def test_the_pages_can_be_looked_at(cli: Cli, filed: Path, tmp_path: Path) -> None:
    cli("export", "audit", "cmm", "-o", str(filed))
    subprocess.run(["pdftoppm", "-r", "72", "-gray", filed, tmp_path / "page"], check=True)
    seen = sorted(tmp_path.glob("page-*.pgm"))
    assert len(seen) == 4
    dark = [sum(byte < 200 for byte in path.read_bytes()[20:]) for path in seen]
    assert dark[0] > 3 * dark[3] > 0  # a page of text; a white picture with its header and footer


def test_without_its_cover(cli: Cli, filed: Path) -> None:
    cli("export", "audit", "cmm", "-o", str(filed), "--no-cover")
    summary = read(filed)[0]
    assert "Approved seminar" in summary
    assert "Mar 14 2025 with" not in summary


def test_an_incomplete_packet_is_a_draft_and_says_so_on_screen(cli: Cli, write: Write, tmp_path: Path) -> None:
    write(CYCLE.replace('other_names = ["Former Name"]', ""))
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    cli("attach", "ce-1", str(certificate(tmp_path / "one.pdf")))
    told = cli("export", "audit", "cmm", "-o", str(tmp_path / "a.pdf"))
    assert told.code == 0
    assert "DRAFT: 1 to mend before it is sent" in told.err
    assert "no certificate: cmmctl attach ce-2 FILE" in told.err
    assert "\x1b" not in told.err
    pages = read(tmp_path / "a.pdf")
    assert pages[0].startswith(" DRAFT") or pages[0].lstrip().startswith("DRAFT")
    assert all("DRAFT. Office Manager" in page for page in pages)
    assert "Other names" not in pages[0]
    assert "cmmctl" not in pages[0]


def test_the_worklist_goes_to_stdout_alone(cli: Cli, filed: Path, tmp_path: Path) -> None:
    told = cli("export", "audit", "cmm", "--worklist")
    assert (told.out, told.err) == ("Nothing is missing by these records.\n", "")
    cli("edit", "proof-2", "records=ce-4")
    told = cli("export", "audit", "cmm", "--worklist", "-o", str(filed))
    assert "no certificate: cmmctl attach ce-2 FILE" in told.out
    assert not filed.exists()
    [missing] = cli("export", "audit", "cmm", "--worklist", "--json").data
    assert missing["command"] == "cmmctl attach ce-2 FILE"
    assert tmp_path.exists()


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("missing", "the file is not there: cmmctl check"),
        ("altered", "not the file that was recorded: cmmctl check"),
        ("outside", "leads out of the portfolio's folder: cmmctl check"),
        ("broken", "damaged or encrypted; attach a good copy and take this one away: cmmctl remove proof-2"),
    ],
)
def test_a_certificate_that_is_no_proof_as_it_is(cli: Cli, filed: Path, tmp_path: Path, harm: str, said: str) -> None:
    path = tmp_path / "proofs" / "ce-2-two.png"
    assert path.exists()
    if harm == "broken":
        text = (tmp_path / "portfolio.toml").read_text()
        import hashlib  # noqa: PLC0415

        before = hashlib.sha256(path.read_bytes()).hexdigest()
        path.write_bytes(b"no picture")
        (tmp_path / "portfolio.toml").write_text(text.replace(before, hashlib.sha256(b"no picture").hexdigest()))
    elif harm == "altered":
        path.write_bytes(b"another")
    else:
        path.unlink()
        if harm == "outside":
            path.symlink_to("/etc/hostname")
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert told.code == 0
    assert said in told.err
    pages = read(filed)
    assert len(pages) == 3  # the summary and the other certificate
    assert re.search(r"Finance +-\n", pages[0])


def test_other_formats_are_listed_by_name(cli: Cli, filed: Path, tmp_path: Path) -> None:
    (tmp_path / "scan.heic").write_bytes(b"a photograph")
    cli("attach", "ce-2", str(tmp_path / "scan.heic"))
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert told.err == ""
    summary = read(filed)[0]
    assert re.search(r"Finance +4, beside\n", summary)
    assert "in another format: ce-2-scan.heic" in summary


def test_one_certificate_of_two_entries_is_there_once(cli: Cli, filed: Path) -> None:
    cli("edit", "proof-1", "records+=ce-2")
    cli("export", "audit", "cmm", "-o", str(filed))
    pages = read(filed)
    assert len(pages) == 4
    assert re.search(r"Finance +2-3, 4\n", pages[0])
    assert "Entry 1, 2: Approved seminar" in pages[1]


def test_a_folder_holds_the_summary_and_every_certificate_as_it_is(cli: Cli, filed: Path, tmp_path: Path) -> None:
    target = tmp_path / "packet"
    told = cli("export", "audit", "cmm", "-o", f"{target}/")
    assert (told.code, filed.exists()) == (0, False)
    assert sorted(path.name for path in target.iterdir()) == [
        "01-ce-1-one.pdf", "02-ce-2-two.png", "summary.csv", "summary.html",
    ]  # fmt: skip
    assert (target / "02-ce-2-two.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    rows = list(csv.DictReader(io.StringIO((target / "summary.csv").read_text(encoding="utf-8-sig"))))
    assert [(r["id"], r["hours"], r["place"]) for r in rows] == [
        ("ce-1", "12", "01-ce-1-one.pdf"),
        ("ce-2", "12.6667", "02-ce-2-two.png"),
    ]
    page = (target / "summary.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;" in page
    assert "<b>" not in page


def test_what_an_earlier_packet_left_is_taken_away_and_nothing_else(cli: Cli, filed: Path, tmp_path: Path) -> None:
    target = tmp_path / "packet"
    cli("export", "audit", "cmm", "-o", f"{target}/")
    for name in ("03-mine.pdf", "letter.txt"):
        (target / name).write_text("mine", encoding="utf-8")
    cli("remove", "proof-2", "--yes")
    assert cli("export", "audit", "cmm", "-o", f"{target}/").code == 1
    assert (target / "02-ce-2-two.png").exists()
    assert cli("export", "audit", "cmm", "-o", f"{target}/", "--force").code == 0
    assert sorted(path.name for path in target.iterdir()) == [
        "01-ce-1-one.pdf", "03-mine.pdf", "letter.txt", "summary.csv", "summary.html",
    ]  # fmt: skip
    assert cli("export", "audit", "cmm", "-o", f"{target}/", "--force").code == 0
    (target / "summary.csv").unlink()
    assert cli("export", "audit", "cmm", "-o", f"{target}/", "--force").code == 0
    assert (target / "03-mine.pdf").exists()
    assert filed.parent == tmp_path


def test_a_letter_is_answered_by_a_packet_and_then_by_a_date(cli: Cli, filed: Path) -> None:
    cli("add-audit", "cmm", "--letter", "2026-11-01", "--reply-by", "2026-12-15")
    assert cli("status", "--json").data["next"][0]["command"] == "cmmctl export audit cmm -o packet.pdf"
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert told.err == "Once it is sent, note that: cmmctl edit audit-1 sent=today\n"
    cli("edit", "audit-1", "sent=today")
    assert cli("export", "audit", "cmm", "-o", str(filed), "--force").err == ""
    assert "audit" not in str(cli("status", "--json").data["next"])


def test_the_default_is_the_newest_filed_cycle(cli: Cli, filed: Path) -> None:
    cli("add-renewal", "cmm", "--filed", "2026-11-01", "--force")
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert "21 h short by the entries on record" in told.err
    assert "Apr 24 2025 to Apr 23 2027" in read(filed)[0]
    cli("export", "audit", "cmm", "--cycle", "2024", "-o", str(filed), "--force")
    assert "Apr 23 2023 to Apr 23 2025" in read(filed)[0]


def test_a_cycle_that_was_not_filed(cli: Cli, write: Write, tmp_path: Path) -> None:
    write(CYCLE)
    told = cli("export", "audit", "cmm", "--cycle", "current", "-o", str(tmp_path / "a.pdf"))
    assert told.code == 0
    assert re.search(r"Filed +not yet", read(tmp_path / "a.pdf")[0])
    # Nothing is filed: the current cycle, which is the earliest that was not.
    cli("export", "audit", "-o", str(tmp_path / "b.pdf"))
    assert "Apr 23 2023 to Apr 23 2025" in read(tmp_path / "b.pdf")[0]


@pytest.mark.parametrize("word", ["all", "previous"])
def test_a_word_must_mean_one_cycle(cli: Cli, write: Write, tmp_path: Path, word: str) -> None:
    earned = "earned = 2023-04-23" if word == "all" else "earned = 2026-04-23"
    write(CYCLE.replace("earned = 2023-04-23", earned).replace("number", "due = 2027-04-23\nnumber"))
    told = cli("export", "audit", "cmm", "--cycle", word, "-o", str(tmp_path / "a.pdf"))
    assert (told.code, f"--cycle {word}" in told.err) == (2, True)


def test_sealed_hours_that_no_longer_add_up_make_a_draft(cli: Cli, filed: Path) -> None:
    cli("edit", "ce-1", "hours=11")
    told = cli("export", "audit", "cmm", "-o", str(filed))
    assert "24.67 h were sealed; the entries on record now count 23.66 h: cmmctl explain renewal-1" in told.err
    summary = read(filed)[0]
    assert "with 24.67 hours" in summary
    assert "DRAFT" in summary


def test_evidence_of_the_handbook(cli: Cli, write: Write, tmp_path: Path) -> None:
    write(
        CYCLE.replace("number", 'edition = "handbook-2015"\nnumber')
        .replace('domains = ["Finance"]', "")
        .replace("pahcom:20417", "pahcom: ")
    )
    cli("add-renewal", "cmm", "--filed", "2025-03-14")
    told = cli("export", "audit", "cmm", "--worklist")
    assert "no index: cmmctl edit ce-1 approvals+=pahcom:INDEX" in told.out
    assert "no domain: cmmctl edit ce-2 domains+=DOMAIN" in told.out
    assert tmp_path.exists()


def test_a_renewal_by_exam_lacks_no_hours(cli: Cli, write: Write, tmp_path: Path) -> None:
    write(CYCLE.replace("hours = 12", "hours = 2"))
    cli("add-renewal", "cmm", "--filed", "2025-03-14", "--by", "exam")
    told = cli("export", "audit", "cmm", "-o", str(tmp_path / "a.pdf"))
    assert "short" not in told.err
    assert re.search(r"Filed +Mar 14 2025 by exam", read(tmp_path / "a.pdf")[0])


def test_a_seal_without_entries_is_recounted_up_to_the_day_of_filing(cli: Cli, write: Write, tmp_path: Path) -> None:
    seal = 'credential = "pahcom.cmm"\ndue = 2025-04-23\nfiled = 2025-03-14\naccepted = 2025-04-02\nhours = 25'
    write(f'{CYCLE}\n[[renewal]]\nid = "renewal-1"\n{seal}\n')
    told = cli("export", "audit", "cmm", "-o", str(tmp_path / "a.pdf"))
    assert "25 h were sealed; the entries on record now count 24.66 h" in told.err
    assert "with 25 hours, accepted Apr 2 2025" in read(tmp_path / "a.pdf")[0]


def test_a_file_is_not_overwritten(cli: Cli, filed: Path) -> None:
    filed.write_text("mine")
    assert cli("export", "audit", "cmm", "-o", str(filed)).code == 1
    assert filed.read_text() == "mine"


def test_the_training_log_and_its_sheets(cli: Cli, write: Write, tmp_path: Path) -> None:
    """
    [profile]
    name = "Office Manager"
    employer = "Sample Clinic"

    [[training]]
    id = "training-1"
    title = "#strong[Courtesy] | <b>"
    date = 2026-09-15
    topics = ["customer-service"]
    attendees = 3
    hours = 1
    facilitator = "self"

    [[training]]
    id = "training-2"
    title = "New fees"
    date = 2026-10-01
    topics = ["policy-change"]
    policy = "Fees"
    effective = 2026-11-01

    [[training]]
    id = "training-3"
    title = "Drill"
    date = 2026-12-15
    """
    write(test_the_training_log_and_its_sheets.__doc__ or "")
    assert cli("export", "training", "-o", str(tmp_path / "t.pdf")).code == 0
    pages = read(tmp_path / "t.pdf")
    assert len(pages) == 3  # the log, a sheet for the session, a sheet for the one to come
    assert re.search(r"Sep 15 2026 +#strong\[Courtesy\] \| <b> +customer service +self +1 +3\n", pages[0])
    assert re.search(r"Oct 1 2026 +New fees +policy change +Fees, from Nov 1 2026\n", pages[0])
    assert "Drill" not in pages[0]
    assert re.search(r"# +Name +Position +Signature", pages[1])
    assert re.findall(r"^ *(\d+)$", pages[1], re.MULTILINE) == ["1", "2", "3"]
    assert len(re.findall(r"^ *(\d+)$", pages[2], re.MULTILINE)) == 16
    rows = list(csv.DictReader(io.StringIO(cli("export", "training", "--format", "csv").out.lstrip("\ufeff"))))
    assert [(r["id"], r["hours"], r["policy"]) for r in rows] == [("training-1", "1", ""), ("training-2", "", "Fees")]
    assert "&lt;b&gt;" in cli("export", "training", "--format", "html").out
    write("")
    assert "No training is recorded." in cli("export", "training").out
