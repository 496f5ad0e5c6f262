"""The page an employer pays by: what it asks, what it lacks, and the same figures in every format."""

import csv
import io
import json
import re
import shutil
import subprocess
import tomllib
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

import pytest

from conftest import Cli, Golden, Outcome, Write
from paperwork import picture, receipt

PROFILE = """
    [profile]
    name = "Office Manager"
    title = "Office Manager"
    employer = "Sample Clinic"
    department = "Administration"
    manager = "Practice Administrator"
    employee_id = "0000"

    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23

    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = "2024-02"
    setting = "community-clinic"
    duties = ["billing", "coding", "financial-planning"]
"""
CONFERENCE = """
    [[ce]]
    id = "ce-1"
    title = "Annual Conference"
    provider = "Sample Association"
    start = 2026-03-10
    date = 2026-03-12
    hours = 12
    activity = "conference"
    place = "in person"

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 349.00
    paid = 2026-01-20

    [[expense]]
    id = "expense-2"
    records = ["ce-1"]
    what = "lodging"
    amount = 378.00
    paid = 2026-03-12
    paid_by = "employer"
    vendor = "Sample Hotel"
    note = "private"
"""
COURSE = """
    [[course]]
    id = "course-1"
    title = "Healthcare Finance, HCM 310"
    institution = "State College"
    credits = 3
    subject = "business"
    start = 2026-01-12
    completed = 2026-05-04
    grade = "B"

    [[expense]]
    id = "expense-3"
    records = ["course-1"]
    what = "tuition"
    amount = 1200.00
    paid = 2026-01-05
"""
TRAINING = """
    [[training]]
    id = "training-1"
    title = "2026 coding changes"
    date = 2026-03-24
    attendees = 9
    hours = 1
"""
CLAIM = """
    [[claim]]
    id = "claim-1"
    entries = ["ce-1", "course-1"]
    requested = 2025-12-14
    request_approved = 2026-01-04
    request_amount = 1549.00
"""
SAMPLE = PROFILE + CONFERENCE + COURSE + TRAINING + CLAIM
PLANNED = PROFILE + CONFERENCE.replace("hours = 12", 'hours = 12\n    status = "planned"').replace(
    "start = 2026-03-10\n    date = 2026-03-12", "start = 2027-03-10\n    date = 2027-03-12"
).replace("    paid = 2026-01-20\n", "").replace("    paid = 2026-03-12\n", "")


def proof(number: int, record: str, role: str, path: str) -> str:
    return (
        f'\n    [[proof]]\n    id = "proof-{number}"\n    records = ["{record}"]\n    role = "{role}"\n'
        f'    path = "proofs/{path}"\n    sha256 = "{number:064}"\n'
    )


PROOFS = (
    proof(1, "expense-1", "receipt", "registration.pdf") + proof(2, "ce-1", "certificate", "certificate.png")
    + proof(3, "expense-3", "receipt", "tuition.pdf") + proof(4, "course-1", "transcript", "transcript.pdf")
)  # fmt: skip


def attach(folder: Path) -> None:
    """Put the files of `PROOFS` in their place; the transcript has three pages."""
    (folder / "proofs").mkdir()
    for name in ("registration.pdf", "tuition.pdf"):
        (folder / "proofs" / name).write_bytes(receipt())
    (folder / "proofs" / "transcript.pdf").write_bytes(receipt(3))
    (folder / "proofs" / "certificate.png").write_bytes(picture())


def page_texts(path: Path) -> list[str]:
    """Read what every page of a PDF says."""
    pypdf = pytest.importorskip("pypdf", reason="the extra `documents` is not installed")
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]


def title(outcome: Outcome) -> str:
    return outcome.out.partition("\n")[0]


@pytest.fixture
def complete(write: Write, folder: Path) -> Path:
    """The sample claim with every receipt and certificate."""
    for package in ("typst", "pypdf"):
        pytest.importorskip(package, reason="the extra `documents` is not installed")
    attach(folder)
    return write(SAMPLE + PROOFS)


def test_the_complete_claim(cli: Cli, complete: Path, golden: Golden) -> None:
    assert complete.exists()
    outcome = cli("export", "reimbursement", "--why", "Item 1 covered denials.")
    assert (outcome.code, outcome.err) == (0, "")
    golden("documents/claim", outcome.out)


def test_the_request(cli: Cli, write: Write, golden: Golden) -> None:
    write(PLANNED)
    outcome = cli("export", "reimbursement", "--request", "--coverage", "The lead biller covers the desk.")
    assert (outcome.code, outcome.err) == (0, "")
    golden("documents/request", outcome.out)


def test_the_incomplete_claim(cli: Cli, write: Write, golden: Golden) -> None:
    write(SAMPLE.replace("    paid = 2026-01-05\n", ""))
    outcome = cli("export", "reimbursement")
    assert outcome.code == 0
    golden("documents/incomplete", outcome.out)
    lacks = re.findall(r"^warning: (.*)\nhint: (.*)$", outcome.err, re.MULTILINE)
    assert lacks == [
        ("item 1 has no receipt for registration", "cmmctl attach expense-1 FILE --role receipt"),
        ("item 1 has no certificate", "cmmctl attach ce-1 FILE --role certificate"),
        ("item 2 has no day paid for tuition", "cmmctl edit expense-3 paid=DATE"),
        ("item 2 has no receipt for tuition", "cmmctl attach expense-3 FILE --role receipt"),
        ("item 2 has no transcript", "cmmctl attach course-1 FILE --role transcript"),
    ]


def test_what_mends_a_claim_mends_it(cli: Cli, complete: Path) -> None:
    """Taken from the complete claim one by one, each thing is missed, and nothing else."""
    text = complete.read_text()
    for number, said in (
        (1, "item 1 has no receipt for registration"), (2, "item 1 has no certificate"),
        (3, "item 2 has no receipt for tuition"), (4, "item 2 has no transcript"),
    ):  # fmt: skip
        complete.write_text(text.replace(f'id = "proof-{number}"', f'id = "proof-{number}"\nadded = 2027-01-01'))
        outcome = cli("export", "reimbursement")
        assert re.findall(r"warning: (.*)", outcome.err) == [said]
        assert f"**INCOMPLETE: {said}**" in outcome.out
        assert "signature" not in outcome.out
        assert "have not been repaid" not in outcome.out


def test_a_receipt_of_the_record_covers_all_its_costs(cli: Cli, write: Write) -> None:
    write(PROFILE + CONFERENCE + proof(1, "ce-1", "receipt", "a.pdf") + proof(2, "ce-1", "certificate", "b.pdf"))
    outcome = cli("export", "reimbursement", "--no-proofs")
    assert outcome.err == ""
    assert "Receipt, registration, $349.00" in outcome.out


def test_notes_are_private(cli: Cli, write: Write) -> None:
    write(SAMPLE)
    assert "private" not in cli("export", "reimbursement", "--json").out
    assert "Lodging, Sample Hotel" in cli("export", "reimbursement").out


CENTS = PROFILE + "".join(
    f"""
    [[ce]]
    id = "ce-{n}"
    title = "Evening {n}"
    provider = "State Chapter"
    date = 2026-02-{n:02}
    hours = 1

    [[expense]]
    id = "expense-{n}"
    records = ["ce-{n}"]
    what = "meals"
    amount = {n}.{n:02}
    paid = 2026-02-{n:02}
    paid_by = "{"employer" if n % 5 == 0 else "self"}"
"""
    for n in range(1, 24)
)
SHARED = PROFILE + CONFERENCE + COURSE.replace('["course-1"]', '["course-1", "ce-1"]')


class Portfolio(NamedTuple):
    text: str
    arguments: tuple[str, ...]
    asked: str | None = None  # where it is not simply what was paid


PORTFOLIOS = {
    "two items": Portfolio(SAMPLE, ()),
    "one of two": Portfolio(PROFILE + CONFERENCE, ("ce-1",)),
    "odd cents": Portfolio(CENTS, tuple(f"ce-{n}" for n in range(1, 24))),
    "shared": Portfolio(SHARED, ()),
    "a filed claim again": Portfolio(
        SAMPLE.replace("request_amount = 1549.00", "filed = 2026-05-14\n    asked = 1500.01"), ("claim-1",), "1500.01"
    ),
    "a request": Portfolio(PLANNED, ("--request",)),
}
CMM = "the Certified Medical Manager (CMM, PAHCOM)"
FORMATS = ("md", "html", "pdf", "csv", "json")


class Cells(HTMLParser):
    """The rows of all tables, and all other text."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not attrs or tag in {"html", "meta", "table", "th", "td"}
        if tag == "tr":
            self.rows.append([])
        elif tag in {"th", "td"}:
            self.rows[-1].append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag not in {"th", "td"}

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def figures(form: str, made: bytes) -> tuple[Decimal, ...]:
    """Read total, paid by the employer, paid by me, and the amount requested out of a document."""
    match form:
        case "json":
            data = json.loads(made, parse_float=Decimal, parse_int=Decimal)["data"]
            return data["total"], data["by_employer"], data["by_self"], data["requested"]
        case "csv":
            rows = list(csv.DictReader(io.StringIO(made.decode("utf-8-sig"))))
            last = rows.pop()
            for column in ("total", "by_employer", "by_self", "requested"):
                assert sum(Decimal(row[column]) for row in rows) == Decimal(last[column])
            return tuple(Decimal(last[name]) for name in ("total", "by_employer", "by_self", "requested"))
        case "html":
            cells = Cells()
            cells.feed(made.decode())
            total = next(row for row in cells.rows if "Total" in row[:2])
            asked = re.search(r"Amount requested: (\S+)</strong>", made.decode())
        case "md":
            lines = [line for line in made.decode().splitlines() if "**Total**" in line]
            total = [cell.strip(" *") for cell in lines[0].split("|")]
            asked = re.search(r"\*\*Amount requested: (\S+)\*\*", made.decode())
        case _:
            text = subprocess.run(
                ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
            ).stdout.decode()
            total = next(line for line in text.splitlines() if line.strip().startswith("Total")).split()
            asked = re.search(r"Amount requested: (\S+)", text)
    assert asked
    amounts = [cell for cell in total if cell.startswith("$")]
    return tuple(Decimal(amount.strip("$").replace(",", "")) for amount in (*amounts, asked[1]))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", PORTFOLIOS)
def test_figures_are_the_same_in_every_format(cli: Cli, write: Write, folder: Path, name: str, form: str) -> None:
    if form == "pdf":
        pytest.importorskip("typst", reason="the extra `documents` is not installed")
        if not shutil.which("pdftotext"):
            pytest.skip("pdftotext is not installed")
    text, arguments, asked = PORTFOLIOS[name]
    path = write(text)
    expenses = tomllib.loads(path.read_text(), parse_float=Decimal)["expense"]
    by = {
        who: sum(Decimal(e["amount"]) for e in expenses if e.get("paid_by", "self") == who)
        for who in ("self", "employer")
    }
    expected = (by["self"] + by["employer"], by["employer"], by["self"], Decimal(asked) if asked else by["self"])
    out = folder / f"claim.{form}"
    assert cli("export", "reimbursement", *arguments, "-o", str(out)).code == 0
    assert figures(form, out.read_bytes()) == expected


def test_the_title_asks_first(cli: Cli, write: Write) -> None:
    write(SAMPLE)
    assert title(cli("export", "reimbursement")) == "# Request for reimbursement: $1,549.00"


def test_what_was_handed_in_is_not_asked_again_unprompted(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace('entries = ["ce-1", "course-1"]', 'entries = ["ce-1"]\n    filed = 2026-04-01'))
    assert title(cli("export", "reimbursement")) == "# Request for reimbursement: $1,200.00"


def test_what_was_denied_is_asked_again_by_name_only(cli: Cli, write: Write) -> None:
    denied = CLAIM.replace("request_amount = 1549.00", "filed = 2026-05-14\n    denied = 2026-05-20")
    write(PROFILE + CONFERENCE + COURSE + denied)
    assert "nothing that you paid is left to claim" in cli("export", "reimbursement").err
    outcome = cli("export", "reimbursement", "ce-1")
    assert title(outcome) == "# Request for reimbursement: $349.00"
    assert "claim-1" not in outcome.out


def test_a_claim_is_printed_again_as_it_was_asked(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace("request_amount = 1549.00", "filed = 2026-05-14\n    asked = 1500.00"))
    outcome = cli("export", "reimbursement", "claim-1")
    assert title(outcome) == "# Request for reimbursement: $1,500.00"
    assert "(item 1: $349.00; item 2: $1,151.00)" in outcome.out
    assert "| **Claim handed in** | May 14, 2026 |" in outcome.out


def test_a_request_without_an_answer_is_said(cli: Cli, write: Write) -> None:
    keys = "    request_approved = 2026-01-04\n    request_amount = 1549.00\n"
    write(SAMPLE.replace(keys, ""))
    assert "| **Approval in advance** | asked Dec 14, 2025; no answer on record |" in cli("export", "reimbursement").out
    write(SAMPLE.replace("    requested = 2025-12-14\n", "").replace("    request_amount = 1549.00\n", ""))
    assert "| **Approved in advance** | Jan 4, 2026 |" in cli("export", "reimbursement").out


def test_only_one_expense(cli: Cli, write: Write) -> None:
    write(SAMPLE)
    outcome = cli("export", "reimbursement", "expense-1")
    assert title(outcome) == "# Request for reimbursement: $349.00"
    assert "Lodging" not in outcome.out


@pytest.mark.parametrize(
    ("text", "arguments", "code", "message", "hint"),
    [
        (PROFILE, (), "not-found", "nothing that you paid is left to claim", "cmmctl costs"),
        (PROFILE, ("--request",), "not-found", "nothing is planned with a cost that you would pay", "add-expense"),
        (SAMPLE, ("ce-9",), "not-found", "ce-9", None),
        (SAMPLE, ("job-1",), "not-found", "no cost is on record for job-1", "cmmctl add-expense job-1"),
        (SAMPLE, ("expense-2",), "not-found", "nothing of expense-2 that you paid is left to claim", "cmmctl costs"),
        (PLANNED, ("ce-1",), "bad-value", "ce-1 has not taken place yet, so it cannot be claimed", "--request"),
        (SAMPLE, ("ce-1", "--request"), "bad-value", "ce-1 has taken place", "leave out `--request`"),
        (
            SAMPLE.replace("request_amount = 1549.00", "filed = 2026-05-14"), ("ce-1",), "exists",
            "ce-1 was already claimed, in claim-1", "cmmctl export reimbursement claim-1",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(
    cli: Cli, write: Write, folder: Path, text: str, arguments: tuple[str, ...], code: str, message: str,
    hint: str | None,
) -> None:  # fmt: skip
    write(text)
    outcome = cli("export", "reimbursement", *arguments, "-o", str(folder / "claim.md"), "--json")
    error = outcome.json["errors"][0]
    assert (outcome.code, error["code"]) == (1, code)
    assert message in error["message"]
    assert hint is None or hint in error["hint"]
    assert not (folder / "claim.md").exists()


def test_all_that_cannot_be_asked_is_said_at_once(cli: Cli, write: Write) -> None:
    write(SAMPLE)
    assert len(cli("export", "reimbursement", "ce-1", "job-1", "--request", "--json").json["errors"]) == 2


def test_why_it_serves_the_employer_is_drawn_from_the_record(cli: Cli, write: Write) -> None:
    write(SAMPLE)
    assert cli("export", "reimbursement", "--json", "--why", "Denials fell.").data["why"] == [
        "Part of the present job since February 2024: billing, coding, financial planning.",
        f"Item 1: 12 of the 12 CE hours recorded for {CMM} recertification of Apr 23, 2027.",
        'Staff training since then: "2026 coding changes", Mar 24, 2026, 9 attended.',
        "Denials fell.",
    ]


def test_nothing_is_made_up(cli: Cli, write: Write) -> None:
    write(CONFERENCE)
    outcome = cli("export", "reimbursement")
    assert "Why it serves" not in outcome.out
    assert "| **To** | Manager; copy Human Resources |" in outcome.out
    assert "Paid by employer" in outcome.out


def test_college_credits_serve_an_exam_that_is_prepared_for(cli: Cli, write: Write) -> None:
    write(COURSE)
    assert cli("export", "reimbursement", "--json").data["why"] == [
        "Item 1: 3 of the 12 college credits that the Certified Medical Manager (CMM, PAHCOM) asks for before its exam."
    ]
    write(COURSE.replace('"business"', '"other"'))
    assert cli("export", "reimbursement", "--json").data["why"] == []


OTHERS = """
    [[credential]]
    id = "pahcom.cmm"
    {earned}

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2026-02-01
    {end}

    [[renewal]]
    id = "renewal-1"
    credential = "pahcom.cmm"
    due = 2026-04-23
    filed = 2026-03-01
    accepted = 2026-03-20

    [[degree]]
    id = "degree-1"
    institution = "State College"
    degree = "Associate of Science"
    start = "2024-09"
    completed = "2026-05"

    [[training]]
    id = "training-1"
    title = "Front desk courtesy"
    date = 2026-09-15
"""


def costing(*records: str) -> str:
    return "".join(
        f'\n    [[expense]]\n    id = "expense-{n}"\n    records = ["{record}"]\n    what = "other"\n    amount = 75\n'
        "    paid = 2026-03-01\n"
        for n, record in enumerate(records, 1)
    )


@pytest.mark.parametrize(
    ("record", "row"),
    [
        ("pahcom.cmm", "CMM certification | PAHCOM | Apr 23, 2024 | certified Apr 23, 2024 |"),
        ("membership-1", "PAHCOM membership | PAHCOM | Feb 1, 2026 - Jan 31, 2027 | paid to Jan 31, 2027 |"),
        ("renewal-1", "CMM recertification | PAHCOM | Mar 1, 2026 | filed Mar 1, 2026, accepted Mar 20, 2026 |"),
        ("degree-1", "Associate of Science | State College | Sep 2024 - May 2026 |  |"),
        ("training-1", "Front desk courtesy |  | Sep 15, 2026 |  |"),
    ],
)
def test_everything_that_costs_can_be_claimed(cli: Cli, write: Write, record: str, row: str) -> None:
    write(OTHERS.format(earned="earned = 2024-04-23", end="end = 2027-01-31") + costing(record))
    assert row in cli("export", "reimbursement").out


def test_what_a_credential_asks_for_is_said(cli: Cli, write: Write) -> None:
    write(OTHERS.format(earned="earned = 2024-04-23", end="") + costing("membership-1"))
    outcome = cli("export", "reimbursement", "--json")
    assert outcome.data["why"] == ["Item 1: membership that the Certified Medical Manager (CMM, PAHCOM) asks for."]
    assert "from Feb 1, 2026" in cli("export", "reimbursement").out
    write('    [[credential]]\n    id = "pahcom.cmm"\n    exam = 2027-03-20\n' + costing("pahcom.cmm"))
    outcome = cli("export", "reimbursement", "--json")
    assert outcome.data["why"] == ["Item 1: the exam for the Certified Medical Manager (CMM, PAHCOM)."]
    assert "| Mar 20, 2027 |" in cli("export", "reimbursement").out


def test_without_a_provider_a_vendor_will_do(cli: Cli, write: Write) -> None:
    text = OTHERS.format(earned="", end="") + costing("training-1")
    write(text)
    assert (
        'warning: item 1 has no provider\nhint: cmmctl edit expense-1 vendor="..."'
        in cli("export", "reimbursement").err
    )
    write(text.replace("amount = 75", 'amount = 75\n    vendor = "Copy Shop"'))
    outcome = cli("export", "reimbursement")
    assert "has no provider" not in outcome.err
    assert "Front desk courtesy | Copy Shop |" in outcome.out


def test_hours_and_credits_are_said_as_they_were_printed(cli: Cli, write: Write) -> None:
    write(CONFERENCE.replace("hours = 12", "iacet_ceus = 0.1"))
    assert "1 CE hour (0.1 IACET CEUs)" in cli("export", "reimbursement").out
    write(COURSE.replace("credits = 3", 'credits = 4.5\n    unit = "quarter"'))
    assert "4.5 college quarter credits, grade B" in cli("export", "reimbursement").out


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ("date = 2026-03-12", "Mar 12, 2026"),
        ("start = 2026-02-27\n    date = 2026-03-02", "Feb 27 - Mar 2, 2026"),
        ("start = 2025-12-30\n    date = 2026-01-02", "Dec 30, 2025 - Jan 2, 2026"),
    ],
)
def test_days_are_said_as_a_letter_would(cli: Cli, write: Write, dates: str, said: str) -> None:
    write(CONFERENCE.replace("start = 2026-03-10\n    date = 2026-03-12", dates))
    assert f"| {said} |" in cli("export", "reimbursement").out


@pytest.mark.parametrize(
    ("setting", "word"), [("hospital", "hospital"), ("nursing-home", "nursing home"), ("other", "employer")]
)
def test_the_place_is_called_what_it_is(cli: Cli, write: Write, setting: str, word: str) -> None:
    write(SAMPLE.replace("community-clinic", setting))
    assert f"Paid by {word}" in cli("export", "reimbursement").out


def test_tax_is_not_mentioned_unless_asked_for(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace("    paid = 2026-03-12\n", ""))
    assert "tax" not in cli("export", "reimbursement").out
    said = cli("export", "reimbursement", "--tax-notes").out
    assert "## Notes on tax" in said
    assert "section 127 figure $5,250.00" in said
    assert "ce-1: paid 307 days ago" in said
    assert "These are notes, not tax advice." in said


def test_proofs_follow_as_numbered_pages(cli: Cli, complete: Path) -> None:
    out = complete.parent / "claim.pdf"
    outcome = cli("export", "reimbursement", "-o", str(out))
    assert outcome.code == 0
    assert "they may show personal data" in outcome.err
    assert "--no-proofs" in outcome.err
    assert len(page_texts(out)) == 1 + 1 + 1 + 1 + 3
    attached = cli("export", "reimbursement", "--json").data["attached"]
    assert [(one["page"], one["items"], one["document"]) for one in attached] == [
        (2, [1], "Receipt, registration, $349.00"),
        (3, [1], "Certificate, 12 CE hours"),
        (4, [2], "Receipt, tuition, $1,200.00"),
        (5, [2], "Transcript, 3 college credits, grade B"),
    ]


def test_the_page_of_a_proof_is_where_the_table_says(cli: Cli, complete: Path) -> None:
    out = complete.parent / "claim.pdf"
    cli("export", "reimbursement", "-o", str(out))
    pages = page_texts(out)
    assert "Item 1: Receipt, registration, $349.00" in pages[1]
    assert "Item 1: Certificate, 12 CE hours" in pages[2]
    assert "Item 2: Receipt, tuition, $1,200.00" in pages[3]
    assert "Item 2: Transcript, 3 college credits, grade B (3 of 3)" in pages[6]
    assert "Page 7 of 7" in pages[6]


def test_a_claim_of_several_pages_numbers_its_proofs_after_them(cli: Cli, write: Write, folder: Path) -> None:
    pytest.importorskip("pypdf", reason="the extra `documents` is not installed")
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    attach(folder)
    write(CENTS + proof(1, "ce-1", "receipt", "registration.pdf"))
    names = [f"ce-{n}" for n in range(1, 24)]
    page = cli("export", "reimbursement", *names, "--json").data["attached"][0]["page"]
    out = folder / "claim.pdf"
    cli("export", "reimbursement", *names, "-o", str(out))
    pages = page_texts(out)
    assert page > 2
    assert len(pages) == page
    assert "Item 1: Receipt" in pages[page - 1]


def test_without_proofs_they_are_listed_and_not_shown(cli: Cli, complete: Path) -> None:
    out = complete.parent / "claim.pdf"
    outcome = cli("export", "reimbursement", "--no-proofs", "-o", str(out))
    assert outcome.err == ""
    assert len(page_texts(out)) == 1
    assert "## Receipts and certificates" in cli("export", "reimbursement", "--no-proofs").out


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("registration.pdf", b"%PDF-1.7\nnot a document"),
        ("registration.pdf", b""),
        ("registration.pdf", None),
        ("registration.heic", b"a picture of another kind"),
        ("registration.png", b"\x89PNG\r\n\x1a\nnot a picture"),
        ("registration.jpg", None),
        ("../registration.pdf", receipt()),
    ],
)
def test_a_proof_that_cannot_be_shown_is_named_and_the_rest_is_exported(
    cli: Cli, complete: Path, name: str, content: bytes | None
) -> None:
    folder = complete.parent
    (folder / "proofs" / "registration.pdf").unlink()
    if name.startswith(".."):
        name = "link.pdf"
        outside = folder.parent / "outside.pdf"
        outside.write_bytes(receipt())
        (folder / "proofs" / name).symlink_to(outside)
    elif content is not None:
        (folder / "proofs" / name).write_bytes(content)
    complete.write_text(complete.read_text().replace("registration.pdf", name))
    out = folder / "claim.pdf"
    outcome = cli("export", "reimbursement", "-o", str(out))
    assert outcome.code == 0
    assert f"proofs/{name} (proof-1) is no readable PDF or picture: listed as not shown" in outcome.err
    assert len(page_texts(out)) == 1 + 1 + 1 + 3
    assert "| not shown | 1 | Receipt, registration, $349.00 |" in cli("export", "reimbursement").out


def test_one_proof_of_two_items_is_attached_once(cli: Cli, write: Write, folder: Path) -> None:
    attach(folder)
    both = proof(1, "expense-1", "receipt", "registration.pdf").replace('["expense-1"]', '["expense-1", "expense-3"]')
    write(PROFILE + CONFERENCE + COURSE + both + proof(2, "ce-1", "other", "tuition.pdf"))
    attached = cli("export", "reimbursement", "--no-proofs", "--json").data["attached"]
    assert [(one["items"], one["document"]) for one in attached] == [
        ([1, 2], "Receipt, registration, $349.00"),
        ([1], "Document"),
    ]


def test_a_page_of_letter_paper_is_enough(cli: Cli, complete: Path) -> None:
    """The sample of the design fits on one page, with room left below the signatures."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    out = complete.parent / "claim.pdf"
    cli("export", "reimbursement", "--no-proofs", "--why", "Item 1 covered denials.", "-o", str(out))
    boxes = subprocess.run(["pdftotext", "-bbox", str(out), "-"], capture_output=True, check=True, text=True).stdout
    words = re.findall(r'yMax="([\d.]+)">([^<]*)<', boxes)
    assert boxes.count("<page ") == 1
    assert max(float(y) for y, word in words if word in {"signature,", "date"}) < 11 * 72 * 0.9


def test_names_in_many_alphabets_come_out_right(cli: Cli, write: Write, folder: Path) -> None:
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    names = ("Nguyễn Thị Ánh Tuyết", "Łukasz Żółć", "María Peña Núñez", "Γιώργος Παπαδάκης", "Ольга Щёкина")
    write(CONFERENCE.replace("Annual Conference", " / ".join(names)))
    out = folder / "claim.pdf"
    outcome = cli("export", "reimbursement", "-o", str(out))
    assert "do not hold" not in outcome.err
    text = subprocess.run(["pdftotext", "-raw", str(out), "-"], capture_output=True, check=True, text=True).stdout
    for name in names:
        assert name in " ".join(text.split())


def test_letters_the_fonts_do_not_hold_are_reported(cli: Cli, write: Write, folder: Path) -> None:
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    write(CONFERENCE.replace("Annual Conference", "漢字 and ℟"))
    outcome = cli("export", "reimbursement", "-o", str(folder / "claim.pdf"))
    assert outcome.code == 0
    assert "the fonts of the PDF do not hold: ℟ 字 漢" in outcome.err


def test_who_asks_can_be_reached(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace('name = "Office Manager"', 'name = "Office Manager"\n    phone = "555-0100"', 1))
    assert "| **Contact** | 555-0100 |" in cli("export", "reimbursement").out


def test_a_request_that_was_made_is_named_at_the_foot(cli: Cli, write: Write) -> None:
    requested = CLAIM.replace(', "course-1"', "").partition("    request_approved")[0]
    write(
        PLANNED.replace('duties = ["billing", "coding", "financial-planning"]', "").replace("2025-04-23", "2027-11-01")
        + requested
    )
    out = cli("export", "reimbursement", "--request").out
    assert "(claim-1)" in out
    assert "Approval in advance" not in out
    assert "| 12 CE hours |\n\n## What it will cost" in out


def test_duties_of_no_name_say_nothing(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace('["billing", "coding", "financial-planning"]', '["other"]'))
    assert "present job" not in cli("export", "reimbursement").out


def test_hours_before_a_credential_was_earned_serve_nothing(cli: Cli, write: Write) -> None:
    write(SAMPLE.replace("earned = 2025-04-23", "earned = 2026-10-01"))
    assert not any("recertification" in why for why in cli("export", "reimbursement", "--json").data["why"])


def test_credits_that_count_twice_serve_once(cli: Cli, write: Write) -> None:
    again = COURSE.replace("course-1", "course-2").replace("expense-3", "expense-4")
    write(COURSE + again)
    assert len(cli("export", "reimbursement", "--json").data["why"]) == 1


def test_many_items_are_said_in_few_words(cli: Cli, write: Write) -> None:
    write(CENTS)
    out = cli("export", "reimbursement", "ce-1", "ce-2", "ce-3").out
    assert "**INCOMPLETE: items 1, 2, 3 have no receipt for meals; items 1, 2, 3 have no certificate**" in out
    assert "(item 1: $1.01; item 2: $2.02; item 3: $3.03)" in out
    assert f"- Items 1, 2, 3: 3 of the 23 CE hours recorded for {CMM} recertification of Apr 23, 2027.\n" in out
    assert "**Amount requested: $228.26** for 19 items" in cli("export", "reimbursement").out


FILED = SAMPLE.replace("request_amount = 1549.00", "filed = 2026-05-14\n    asked = 1549.00") + PROOFS


def payments(*amounts: str) -> str:
    block = (
        '\n    [[payment]]\n    id = "payment-{0}"\n    claim = "claim-1"\n    date = 2026-06-0{0}\n    amount = {1}\n'
    )
    return "".join(block.format(number, amount) for number, amount in enumerate(amounts, start=1))


@pytest.mark.parametrize(
    ("amounts", "beside", "row", "statement"),
    [
        (
            ("500.00", "49.00"), ", of which $1,000.00 is still owed",
            "$549.00 (Jun 1, 2026, Jun 2, 2026); still owed: $1,000.00",
            "paid by me and have not been claimed elsewhere; $549.00 has been repaid.",
        ),
        (
            ("1549.00",), ", repaid", "$1,549.00 (Jun 1, 2026); nothing is still owed",
            "paid by me, have been repaid, and have not been claimed elsewhere.",
        ),
        (
            ("15490.00",), ", repaid", "$15,490.00 (Jun 1, 2026); $13,941.00 more than was requested",
            "paid by me, have been repaid, and have not been claimed elsewhere.",
        ),
    ],
)  # fmt: skip
def test_a_claim_that_was_repaid_says_so(
    cli: Cli, write: Write, amounts: tuple[str, ...], beside: str, row: str, statement: str
) -> None:
    write(FILED + payments(*amounts))
    outcome = cli("export", "reimbursement", "claim-1", "--no-proofs")
    assert title(outcome) == f"# Request for reimbursement: $1,549.00{beside}"
    assert f"| **Repaid** | {row} |" in outcome.out
    assert f"The amounts in the last column were {statement}" in outcome.out
    assert "have not been repaid" not in outcome.out
    before = cli("export", "reimbursement", "claim-1", "--no-proofs", "--as-of", "2026-05-31").out
    assert "have not been repaid or claimed elsewhere" in before
    assert "**Repaid**" not in before


def test_what_was_repaid_is_measured_by_what_was_approved(cli: Cli, write: Write) -> None:
    approved = "asked = 1549.00\n    approved = 2026-05-20\n    approved_amount = 1500.00"
    write(FILED.replace("asked = 1549.00", approved) + payments("1500.00"))
    outcome = cli("export", "reimbursement", "claim-1", "--no-proofs")
    assert title(outcome) == "# Request for reimbursement: $1,549.00, of which $1,500.00 was repaid"
    assert "| **Claim approved** | May 20, 2026, for $1,500.00 |" in outcome.out
    assert "| **Repaid** | $1,500.00 (Jun 1, 2026); nothing is still owed |" in outcome.out
    data = cli("export", "reimbursement", "claim-1", "--json").data
    assert (data["requested"], data["repaid"], data["owed"]) == (1549, 1500, 0)
    write(FILED.replace("asked = 1549.00", "asked = 1549.00\n    approved = 2026-05-20"))
    assert "| **Claim approved** | May 20, 2026 |" in cli("export", "reimbursement", "claim-1", "--no-proofs").out


def test_what_came_back_although_it_was_denied_is_not_asked_again_in_silence(cli: Cli, write: Write) -> None:
    write(FILED.replace("asked = 1549.00", "asked = 1549.00\n    denied = 2026-05-20") + payments("49.00"))
    outcome = cli("export", "reimbursement", "ce-1", "course-1", "--no-proofs")
    assert title(outcome) == "# Request for reimbursement: $1,549.00, of which $1,500.00 is still owed"
    assert "; $49.00 has been repaid." in outcome.out


def test_what_another_claim_was_repaid_is_none_of_this_one(cli: Cli, write: Write) -> None:
    write(FILED.replace('entries = ["ce-1", "course-1"]', 'entries = ["ce-1"]') + payments("49.00"))
    outcome = cli("export", "reimbursement", "--no-proofs")
    assert title(outcome) == "# Request for reimbursement: $1,200.00"
    assert "have not been repaid or claimed elsewhere" in outcome.out
