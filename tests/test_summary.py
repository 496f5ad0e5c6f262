"""The summary: one's record as a document, with figures that add up and nothing that was to be left out."""

import csv
import io
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from conftest import Cli, Golden, Write

HOLDER = """
    [profile]
    name = "Office Manager"
    title = "Office Manager"
    employer = "Sample Clinic"
    email = "manager@clinic.example"
    phone = "555-0100"
    employee_id = "4711"
    other_names = ["O. Manager"]

    [[credential]]
    id = "pahcom.cmm"
    earned = 2023-04-23
    due = 2027-04-23
    number = "CMM-9"

    [[credential]]
    id = "sample.old"
    earned = 2010-01-01
    ended = 2015-01-01
    required = 10
    cycle_months = 12

    [[renewal]]
    id = "renewal-1"
    credential = "pahcom.cmm"
    due = 2025-04-23
    filed = 2025-03-14
    accepted = 2025-04-02

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2023-02-01
    end = 2027-01-31
    number = "M-77"

    [[job]]
    id = "job-1"
    employer = "Sample Hospital"
    title = "Front Desk Coordinator"
    start = 2017-05-01
    end = 2019-12-31
    setting = "hospital"
    manages = false
    duties = ["patient-scheduling", "billing"]

    [[job]]
    id = "job-2"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = 2020-01-06
    setting = "physician-office"
    staff = 9
    duties = ["billing", "coding", "other"]

    [[degree]]
    id = "degree-1"
    institution = "State College"
    degree = "Associate of Science"
    field = "Business"
    completed = "2019"
    credits = 60

    [[course]]
    id = "course-1"
    title = "Coding and Billing"
    institution = "State College"
    credits = 4.5
    unit = "quarter"
    subject = "healthcare"
    completed = 2022-12-16
    topics = ["coding-billing", "privacy"]

    [[course]]
    id = "course-2"
    title = "To come"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2027-05-04
    status = "planned"

    [[ce]]
    id = "ce-1"
    title = "Revenue"
    provider = "PAHCOM"
    date = 2025-06-12
    hours = 6
    domains = ["Revenue Management", "Finance"]
    approvals = ["pahcom:20417"]

    [[ce]]
    id = "ce-2"
    title = "Privacy"
    provider = "State Chapter"
    date = 2026-03-18
    minutes = 80

    [[ce]]
    id = "ce-3"
    title = "To come"
    provider = "State Chapter"
    date = 2027-03-18
    hours = 50
    status = "planned"

    [[training]]
    id = "training-1"
    title = "Front desk courtesy"
    date = 2026-09-15
    attendees = 9
    hours = 1

    [[training]]
    id = "training-2"
    title = "New address"
    date = 2026-10-15
    audience = "community"
"""
CANDIDATE = """
    [[credential]]
    id = "pahcom.cmm"
    exam = 2027-03-20
    applied = 2026-11-01

    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = 2026-11-01

    [[course]]
    id = "course-1"
    title = "Payroll and Taxes"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2025-05-09
    topics = ["payroll", "tax"]
"""


def test_a_holder(cli: Cli, write: Write, golden: Golden) -> None:
    write(HOLDER)
    outcome = cli("export", "summary")
    assert (outcome.code, outcome.err) == (0, "")
    golden("documents/summary-holder", outcome.out)


def test_a_candidate(cli: Cli, write: Write, golden: Golden) -> None:
    write(CANDIDATE)
    golden("documents/summary-candidate", cli("export", "summary").out)


def test_somebody_who_has_just_begun(cli: Cli, write: Write) -> None:
    write("")
    out = cli("export", "summary").out
    assert "## For an application: Certified Medical Manager (CMM)" in out
    assert "| **Months managing** | 0 of 36 months |" in out
    assert "| **Degrees** | none on record |" in out
    assert not re.search("## (Credentials|Work|Degrees and courses|Continuing|Training)", out)


@pytest.mark.parametrize("form", ["md", "html", "csv", "json", "pdf"])
def test_redacted_leaves_out_numbers_email_and_telephone(cli: Cli, write: Write, folder: Path, form: str) -> None:
    if form == "pdf":
        pytest.importorskip("typst", reason="the extra `documents` is not installed")
        if not shutil.which("pdftotext"):
            pytest.skip("pdftotext is not installed")
    write(HOLDER)
    private = ("CMM-9", "M-77", "555-0100", "manager@clinic.example", "4711", "20417")
    for redact in (True, False):
        out = folder / f"{redact}.{form}"
        cli("export", "summary", "-o", str(out), *(["--redact"] if redact else []))
        text = out.read_bytes().decode(errors="replace")
        if form == "pdf":
            text = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, check=True, text=True).stdout
        said = {word for word in private if word in text}
        if redact:
            assert said == set()
        elif form != "csv":
            assert {"CMM-9", "M-77", "555-0100"} <= said


def test_hours_are_the_same_in_every_format(cli: Cli, write: Write, folder: Path) -> None:
    """6 h in 2025, 80 minutes in 2026; the first in two domains, the second in none."""
    write(HOLDER)
    data = cli("export", "summary", "--json").data
    assert data["ce_hours"] == 7.3333
    assert data["ce_hours_by_year"] == {"2025": 6, "2026": 1.3333}
    domains = {"Finance": 6, "Revenue Management": 6, "no domain on record": 1.3333}
    assert data["ce_hours_by_domain"] == domains
    rows = list(csv.DictReader(io.StringIO(cli("export", "summary", "--format", "csv").out)))
    by_year = {row["title"]: row["amount"] for row in rows if row["section"] == "ce by year"}
    assert by_year == {"2025": "6", "2026": "1.3333"}
    assert sum(Decimal(row["amount"]) for row in rows if row["section"] == "ce") == Decimal("7.3333")
    for form in ("md", "html"):
        said = re.sub(r"<[^>]*>|\s+", " ", cli("export", "summary", "--format", form).out)
        assert "7.33 CE hours in 2 activities" in said
        assert re.search(r"2025[ |]+6[ |]+2026[ |]+1.33", said)
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    if shutil.which("pdftotext"):
        out = folder / "summary.pdf"
        cli("export", "summary", "-o", str(out))
        said = subprocess.run(
            ["pdftotext", "-layout", str(out), "-"], capture_output=True, check=True, text=True
        ).stdout
        assert re.search(r"2025\s+6\n\s*2026\s+1.33", said)


def test_years_of_work_are_counted_once_and_by_what_was_done(cli: Cli, write: Write) -> None:
    write(HOLDER)
    assert cli("export", "summary", "--json").data["experience_months"] == {
        "in a hospital": 32, "patient scheduling": 32,
        "billing": 114,  # 32 months, and 2020-01-06 to 2026-11-22: 82 months
        "managing a medical office": 82, "in a physician office": 82, "coding": 82,
    }  # fmt: skip


def test_facts_of_a_later_day_are_not_there_yet(cli: Cli, write: Write) -> None:
    write(HOLDER)
    data = cli("export", "summary", "--json", "--as-of", "2025-03-31").data
    assert (data["ce"], data["training"], len(data["renewals"])) == ([], [], 1)
    assert "| Mar 14, 2025 |  | Apr 23, 2025 |" in cli("export", "summary", "--as-of", "2025-03-31").out
    assert cli("export", "summary", "--json", "--as-of", "2017-04-30").data["jobs"] == []


def test_what_was_filed_is_said_until_the_date(cli: Cli, write: Write) -> None:
    write(HOLDER.replace("    due = 2027-04-23\n", "", 1))
    assert "; filed Mar 14, 2025" in cli("export", "summary", "--as-of", "2025-04-23").out


def test_quarter_credits_are_added_as_semester_credits(cli: Cli, write: Write) -> None:
    write(HOLDER)
    assert "In all 3 semester credits." in cli("export", "summary").out


def test_a_short_time_is_said(cli: Cli, write: Write) -> None:
    write(CANDIDATE)
    assert "| under a month | managing a medical office |" in cli("export", "summary").out
    assert "| 1 month |" in cli("export", "summary", "--as-of", "2026-12-01").out
    assert "| 1 year 1 month |" in cli("export", "summary", "--as-of", "2027-12-01").out


def test_years_that_rest_on_a_month_or_a_year_are_approximate(cli: Cli, write: Write) -> None:
    """
    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = "2019"
    end = "2023-01"

    [[job]]
    id = "job-2"
    employer = "Sample Hospital"
    title = "Coordinator"
    start = "2023-03"
    end = 2023-08-31

    [[job]]
    id = "job-3"
    employer = "Sample Practice"
    title = "Supervisor"
    start = 2023-09-04
    end = "2024"

    [[job]]
    id = "job-4"
    employer = "Sample Practice"
    title = "Manager"
    start = 2025-01-06
    """
    text = test_years_that_rest_on_a_month_or_a_year_are_approximate.__doc__ or ""
    write(text)
    assert (
        "Approximate where only a month or a year is on record: Office Manager, Sample Clinic, counts from Jan 1, 2019"
        " to Jan 31, 2023; Coordinator, Sample Hospital, counts from Mar 1, 2023; Supervisor, Sample Practice, counts"
        " to Dec 31, 2024."
    ) in cli("export", "summary").out
    write(text[text.index('    [[job]]\n    id = "job-4"') :])
    assert "Approximate" not in cli("export", "summary").out
