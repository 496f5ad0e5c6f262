import hashlib
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import Cli, Write

HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23
"""
CE = ("add-ce", "Coding", "--provider", "State Chapter", "--date", "2026-11-20", "--hours", "6")
COSTS = ("--fee", "199", "--tuition", "1200.50", "--materials", "35", "--exam-fee", "75", "--travel", "12.25",
         "--lodging", "378", "--meals", "41.1", "--dues", "100", "--other-cost", "3")  # fmt: skip


@pytest.fixture
def path(write: Write, tmp_path: Path) -> Path:
    for name in ("certificate.pdf", "receipt.pdf", "transcript.pdf", "page 2.png"):
        (tmp_path / name).write_bytes(name.encode())
    return write(HOLDER)


def data(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(), parse_float=Decimal)


def expenses(path: Path) -> list[tuple[str, Any]]:
    return [(each["what"], each["amount"]) for each in data(path).get("expense", [])]


def test_certificates_and_receipts_are_written_with_the_record(cli: Cli, path: Path, tmp_path: Path) -> None:
    files = {"certificate": "certificate.pdf", "receipt": "receipt.pdf", "transcript": "transcript.pdf"}
    options = [word for role, name in files.items() for word in (f"--{role}", str(tmp_path / name))]
    answer = cli(*CE, *options, "--certificate", str(tmp_path / "page 2.png"), "--json").data
    assert [record["id"] for record in answer["records"]] == ["ce-1", "proof-1", "proof-2", "proof-3", "proof-4"]
    proofs = data(path)["proof"]
    assert [(proof["role"], proof["path"]) for proof in proofs] == [
        ("certificate", "proofs/ce-1-certificate.pdf"),
        ("certificate", "proofs/ce-1-page-2.png"),
        ("receipt", "proofs/ce-1-receipt.pdf"),
        ("transcript", "proofs/ce-1-transcript.pdf"),
    ]
    for proof in proofs:
        assert proof["records"] == ["ce-1"]
        assert proof["sha256"] == hashlib.sha256((path.parent / proof["path"]).read_bytes()).hexdigest()
    assert cli("history", "--json").data[-1]["summary"].endswith("with proof-1, proof-2, proof-3, proof-4")


def test_every_cost_becomes_an_expense_and_is_echoed(cli: Cli, path: Path) -> None:
    ended = cli(*CE, *COSTS, "--paid", "2026-11-20", "--paid-by", "employer")
    assert ended.code == 0
    assert expenses(path) == [
        ("fee", 199), ("tuition", Decimal("1200.50")), ("materials", 35), ("exam", 75), ("travel", Decimal("12.25")),
        ("lodging", 378), ("meals", Decimal("41.1")), ("dues", 100), ("other", 3),
    ]  # fmt: skip
    first = data(path)["expense"][0]
    assert first == {
        "id": "expense-1", "records": ["ce-1"], "what": "fee", "amount": 199, "paid": first["paid"],
        "paid_by": "employer",
    }  # fmt: skip
    for amount in ("$199.00", "$1,200.50", "$35.00", "$75.00", "$12.25", "$378.00", "$41.10", "$100.00", "$3.00"):
        assert amount in ended.out
    assert ended.out.count("paid Fri Nov 20 2026") == 9


def test_it_is_one_change(cli: Cli, path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    assert cli(*CE, "--fee", "199", "--dues", "5", "--certificate", str(tmp_path / "certificate.pdf")).code == 0
    assert len(cli("history", "--json").data) == 2
    cli("undo")
    assert path.read_bytes() == before


def test_the_fee_of_a_renewal_is_for_filing(cli: Cli, path: Path) -> None:
    ended = cli("add-renewal", "cmm", "--filed", "2026-11-20", "--force", "--fee", "75", "--meals", "5")
    assert ended.code == 0
    assert expenses(path) == [("filing", 75), ("meals", 5)]


@pytest.mark.parametrize(
    ("command", "record"),
    [
        (("add-course", "Finance", "--institution", "A", "--credits", "3", "--subject", "business", "--completed",
          "2026-05-04"), "course-1"),
        (("add-membership", "--body", "PAHCOM", "--start", "2026-01-01"), "membership-1"),
        (("add-credential", "hitcm-pp", "--earned", "2026-05-04"), "pahcom.hitcm-pp"),
    ],
)  # fmt: skip
def test_what_else_may_cost_something(cli: Cli, path: Path, command: tuple[str, ...], record: str) -> None:
    assert cli(*command, "--fee", "20").code == 0
    assert data(path)["expense"][0]["records"] == [record]


def test_other_records_take_files_but_no_costs(cli: Cli, path: Path, tmp_path: Path) -> None:
    training = ("add-training", "Courtesy", "--date", "2026-11-20")
    assert cli(*training, "--fee", "20").code == 2
    assert cli(*training, "--certificate", str(tmp_path / "certificate.pdf")).code == 0
    assert data(path)["proof"][0]["records"] == ["training-1"]
    assert "expense" not in data(path)


def test_everything_that_is_wrong_is_named_as_it_was_typed(cli: Cli, path: Path) -> None:
    before = path.read_bytes()
    ended = cli(*CE, "--fee", "free", "--exam-fee", "-1", "--meals", "5", "--paid", "2026-02-30", "--json")
    messages = [problem["message"] for problem in ended.json["errors"]]
    assert ended.code == 2
    assert len(messages) == 3
    assert [message.split("`")[1] for message in messages] == ["--fee", "--paid", "--exam-fee"]
    assert path.read_bytes() == before


def test_a_cost_paid_after_today_is_refused(cli: Cli, path: Path) -> None:
    ended = cli(*CE, "--fee", "5", "--paid", "2026-12-24", "--json")
    (problem,) = ended.json["errors"]
    assert ended.code == 2
    assert "is after today" in problem["message"]
    assert b"[[ce]]" not in path.read_bytes()


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (("--paid", "2026-11-20"), "`--paid`"),
        (("--paid-by", "employer"), "`--paid-by`"),
        (("--paid", "2026-11-20", "--paid-by", "employer"), "`--paid` and `--paid-by`"),
    ],
)
def test_who_paid_when_needs_an_amount(cli: Cli, path: Path, options: tuple[str, ...], named: str) -> None:
    ended = cli(*CE, *options, "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["message"]) == (2, f"{named} without a cost")
    assert b"[[ce]]" not in path.read_bytes()


def test_a_file_that_is_not_there_writes_nothing(cli: Cli, path: Path, tmp_path: Path) -> None:
    before = path.read_bytes()
    ended = cli(*CE, "--certificate", str(tmp_path / "certificate.pdf"), "--receipt", "missing.pdf", "--fee", "5")
    assert ended.code == 1
    assert "missing.pdf is not there" in ended.err
    assert path.read_bytes() == before
    assert list((path.parent / "proofs").glob("*")) == []


def test_one_file_in_two_roles(cli: Cli, path: Path, tmp_path: Path) -> None:
    scan = str(tmp_path / "certificate.pdf")
    assert cli(*CE, "--certificate", scan, "--receipt", scan, "--certificate", scan).code == 0
    assert [(proof["role"], proof["path"], proof["records"]) for proof in data(path)["proof"]] == [
        ("certificate", "proofs/ce-1-certificate.pdf", ["ce-1"]),
        ("receipt", "proofs/ce-1-certificate.pdf", ["ce-1"]),
    ]


def test_ids_of_what_comes_with_a_record_are_new_too(cli: Cli, path: Path) -> None:
    cli(*CE, "--fee", "5")
    cli("undo")
    answer = cli(*CE, "--fee", "5", "--dues", "6", "--json").data
    assert [record["id"] for record in answer["records"]] == ["ce-2", "expense-2", "expense-3"]
    assert path.exists()
