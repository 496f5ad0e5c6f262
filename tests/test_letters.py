"""An audit letter: its date leads everything until it is answered."""

import pytest

from conftest import Cli, Write

HOLDER = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23
    edition = "two-year"

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2025-04-01

    [[ce]]
    id = "ce-1"
    title = "Seminar"
    provider = "P"
    date = 2026-05-10
    hours = 24
    subject = "business"
    logged = 2026-05-11

    [[proof]]
    id = "proof-1"
    records = ["ce-1"]
    role = "certificate"
    path = "proofs/ce-1.pdf"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
"""


def test_the_reply_leads_status_next_check_and_calendar(cli: Cli, write: Write) -> None:
    write(HOLDER)
    assert cli("status", "--check").code == 0
    told = cli("add-audit", "cmm", "--letter", "2026-11-20", "--reply-by", "2026-12-20")
    assert told.code == 0
    status = cli("status", "--check")
    assert status.code == 3
    lines = status.out.splitlines()
    assert "Audit" in lines[2]
    assert "CMM: answer the audit letter by Sun Dec 20 2026, in 27 days" in lines[2]
    data = cli("status", "--json").data
    assert data["attention"][0]["code"] == "audit-reply"
    assert "audit" in data["next"][0]["text"]
    assert "SUMMARY:CMM: answer the audit letter" in cli("export", "calendar").out


@pytest.mark.parametrize("key", ["sent", "closed"])
def test_what_was_answered_or_closed_leads_no_more(cli: Cli, write: Write, key: str) -> None:
    write(HOLDER)
    cli("add-audit", "cmm", "--letter", "2026-11-20", "--reply-by", "2026-12-20")
    cli("edit", "audit-1", f"{key}=2026-11-22")
    status = cli("status", "--check")
    assert status.code == 0
    assert "Audit" not in status.out
    assert "answer the audit letter" not in cli("export", "calendar").out
    # On the day before, it still did.
    assert cli("status", "--check", "--as-of", "2026-11-21").code == 3


@pytest.mark.parametrize(("reply_by", "code"), [("2026-12-23", 3), ("2026-12-24", 0)])
def test_a_reply_that_is_far_away_does_not_fail_a_check(cli: Cli, write: Write, reply_by: str, code: int) -> None:
    # 30 days from Nov 23 2026 are Dec 23 2026.
    write(HOLDER)
    cli("add-audit", "cmm", "--letter", "2026-11-20", "--reply-by", reply_by)
    assert cli("status", "--check").code == code
    assert "Audit" in cli("status").out


def test_a_letter_that_was_not_there_yet(cli: Cli, write: Write) -> None:
    write(HOLDER)
    cli("add-audit", "cmm", "--letter", "2026-11-20", "--reply-by", "2026-12-20")
    assert "Audit" not in cli("status", "--as-of", "2026-11-19").out
