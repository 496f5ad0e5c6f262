import hashlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.attaching import portable
from cmmctl.history import Occasion
from cmmctl.rulebook import Rulebook
from cmmctl.store import load
from cmmctl.writing import rewrite
from conftest import Cli

START = """\
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

[[ce]]
id = "ce-2"
title = "Coding"
provider = "State Chapter"
date = 2026-04-02
hours = 2
subject = "healthcare"

[[course]]
id = "course-1"
institution = "State College"
title = "Finance"
credits = 3
subject = "business"
completed = 2026-05-04

[[expense]]
id = "expense-1"
records = ["ce-1"]
what = "fee"
amount = 20
"""
PDF = b"%PDF-1.7 a certificate"


@pytest.fixture
def path(folder: Path) -> Path:
    portfolio = folder / "portfolio.toml"
    portfolio.write_text(START)
    return portfolio


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    source = tmp_path / "downloads" / "Certificate.pdf"
    source.parent.mkdir()
    source.write_bytes(PDF)
    return source


def kept(path: Path) -> dict[str, bytes]:
    """Everything in `proofs/`, hidden files too."""
    return {each.name: each.read_bytes() for each in sorted((path.parent / "proofs").glob("*"))}


def recorded(path: Path) -> list[tuple[tuple[str, ...], str, str]]:
    found = load(path, Rulebook()).portfolio.facts.get("proof", ())
    return [(fact.records, fact.role, fact.path) for fact in found]  # type: ignore[attr-defined]


def test_a_certificate_is_copied_and_recorded_with_its_digest(cli: Cli, path: Path, certificate: Path) -> None:
    answer = cli("attach", "ce-1", str(certificate), "--json").data
    assert answer["id"] == "proof-1"
    assert answer["record"] == {
        "id": "proof-1", "kind": "proof", "records": ["ce-1"], "role": "certificate",
        "path": "proofs/ce-1-certificate.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "added": "2026-11-23",
    }  # fmt: skip
    assert kept(path) == {"ce-1-certificate.pdf": PDF}
    assert (path.parent / "proofs" / "ce-1-certificate.pdf").stat().st_mode & 0o777 == 0o600
    assert certificate.read_bytes() == PDF
    assert path.read_text().startswith(START)


@pytest.mark.parametrize(
    ("record", "role"), [("ce-1", "certificate"), ("course-1", "transcript"), ("expense-1", "receipt")]
)
def test_the_role_is_what_such_a_record_usually_has(
    cli: Cli, path: Path, certificate: Path, record: str, role: str
) -> None:
    cli("attach", record, str(certificate))
    assert recorded(path) == [((record,), role, f"proofs/{record}-certificate.pdf")]


def test_the_role_can_be_said(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate), "--role", "receipt")
    assert recorded(path)[0][1] == "receipt"
    ended = cli("attach", "ce-1", str(certificate), "--role", "recipt", "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (2, "bad-value")
    assert "did you mean `receipt`?" in problem["message"]


def test_several_files_at_once(cli: Cli, path: Path, certificate: Path) -> None:
    other = certificate.with_name("page 2.png")
    other.write_bytes(b"PNG")
    answer = cli("attach", "ce-1", str(certificate), str(other), "--json").data
    assert [record["id"] for record in answer["records"]] == ["proof-1", "proof-2"]
    assert kept(path) == {"ce-1-certificate.pdf": PDF, "ce-1-page-2.png": b"PNG"}


def test_one_file_may_prove_several_records(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    cli("attach", "ce-2", str(certificate))
    assert recorded(path) == [(("ce-1", "ce-2"), "certificate", "proofs/ce-1-certificate.pdf")]
    cli("attach", "expense-1", str(certificate))
    assert recorded(path)[1] == (("expense-1",), "receipt", "proofs/ce-1-certificate.pdf")
    assert kept(path) == {"ce-1-certificate.pdf": PDF}


def test_the_same_file_again_changes_nothing(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    before = path.read_bytes()
    ended = cli("attach", "ce-1", str(certificate))
    assert (ended.code, ended.out.strip()) == (0, "proof-1: nothing to change.")
    assert path.read_bytes() == before


def test_other_files_of_the_same_name_stay_apart(cli: Cli, path: Path, certificate: Path) -> None:
    for content in (b"one", b"two", b"three"):
        certificate.write_bytes(content)
        assert cli("attach", "ce-1", str(certificate)).code == 0
    assert kept(path) == {
        "ce-1-certificate.pdf": b"one", "ce-1-certificate-2.pdf": b"two", "ce-1-certificate-3.pdf": b"three",
    }  # fmt: skip


def test_names_that_differ_in_case_alone_stay_apart(cli: Cli, path: Path, certificate: Path) -> None:
    (path.parent / "proofs").mkdir()
    (path.parent / "proofs" / "CE-1-Certificate.PDF").write_bytes(b"put here by hand")
    cli("attach", "ce-1", str(certificate))
    assert sorted(kept(path)) == ["CE-1-Certificate.PDF", "ce-1-certificate-2.pdf"]


def test_an_altered_copy_is_never_taken_for_the_original(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    (path.parent / "proofs" / "ce-1-certificate.pdf").write_bytes(b"altered")
    cli("attach", "ce-2", str(certificate))
    assert kept(path) == {"ce-1-certificate.pdf": b"altered", "ce-2-certificate.pdf": PDF}


def test_what_lies_in_the_folder_already_is_recorded_where_it_is(cli: Cli, path: Path) -> None:
    scan = path.parent / "proofs" / "2026" / "Scan é 1.pdf"
    scan.parent.mkdir(parents=True)
    scan.write_bytes(PDF)
    assert "proofs/2026/Scan é 1.pdf is named by no record" in cli("check").out.replace("\n", " ")
    assert cli("attach", "ce-1", str(scan)).code == 0
    assert recorded(path)[0][2] == "proofs/2026/Scan é 1.pdf"
    assert [each.name for each in scan.parent.parent.rglob("*.pdf")] == ["Scan é 1.pdf"]
    assert cli("check", "--json").data == []


def test_a_copy_that_a_killed_command_left_is_used(cli: Cli, path: Path, certificate: Path) -> None:
    (path.parent / "proofs").mkdir()
    (path.parent / "proofs" / "ce-1-certificate.pdf").write_bytes(PDF)
    cli("attach", "ce-1", str(certificate))
    assert kept(path) == {"ce-1-certificate.pdf": PDF}


def test_a_link_in_the_folder_is_never_taken_for_a_copy(cli: Cli, path: Path, certificate: Path) -> None:
    (path.parent / "proofs").mkdir()
    (path.parent / "proofs" / "ce-1-certificate.pdf").symlink_to(certificate)
    cli("attach", "ce-1", str(certificate))
    assert recorded(path)[0][2] == "proofs/ce-1-certificate-2.pdf"


def test_all_that_is_missing_is_named_and_nothing_is_copied(cli: Cli, path: Path, certificate: Path) -> None:
    missing = certificate.with_name("missing.pdf")
    ended = cli("attach", "ce-1", str(certificate), str(missing), str(certificate.parent), "x" * 300, "--json")
    problems = ended.json["errors"]
    assert ended.code == 1
    assert [problem["code"] for problem in problems] == ["not-found"] * 3
    assert problems[0]["message"] == f"{missing} is not there"
    assert problems[1]["message"] == f"{certificate.parent} is a folder"
    assert path.read_text() == START
    assert kept(path) == {}


def test_a_file_that_cannot_be_read_takes_the_others_away_again(cli: Cli, path: Path, certificate: Path) -> None:
    gone = certificate.with_name("gone.pdf")
    gone.symlink_to("/proc/self/mem")
    ended = cli("attach", "ce-1", str(certificate), str(gone), "--json")
    (problem,) = ended.json["errors"]
    assert (ended.code, problem["code"]) == (1, "io")
    assert problem["message"].startswith(f"cannot copy {gone}: ")
    assert problem["message"].endswith("; nothing was changed")
    assert path.read_text() == START
    assert kept(path) == {}


def test_a_failed_change_removes_only_its_own_copy(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    other = certificate.with_name("other.pdf")
    other.write_bytes(b"another")
    before = path.read_bytes()
    path.chmod(0o400)
    assert cli("attach", "ce-2", str(certificate), str(other)).code == 1
    path.chmod(0o600)
    assert kept(path) == {"ce-1-certificate.pdf": PDF}
    assert path.read_bytes() == before


def test_a_copy_that_was_named_meanwhile_stays(
    cli: Cli, path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody names the new copy by hand while its command fails."""
    other = START + '# kept as "proofs/ce-1-certificate.pdf"\n'
    monkeypatch.setattr("cmmctl.writing.on_disk", lambda _file: path.write_text(other))
    assert cli("attach", "ce-1", str(certificate)).code == 1
    assert path.read_text() == other
    assert kept(path) == {"ce-1-certificate.pdf": PDF}


def test_a_source_that_changes_while_it_is_copied(
    cli: Cli, path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.copyfileobj", lambda _source, target: target.write(b"changed"))
    ended = cli("attach", "ce-1", str(certificate), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "changed-meanwhile")
    assert kept(path) == {}
    assert path.read_text() == START


def test_a_folder_that_leads_elsewhere_is_refused(cli: Cli, path: Path, certificate: Path) -> None:
    elsewhere = path.parent / "home"
    elsewhere.mkdir()
    (path.parent / "inner").mkdir()
    inner = path.parent / "inner" / "portfolio.toml"
    inner.write_text(START)
    (inner.parent / "proofs").symlink_to(elsewhere)
    ended = cli("attach", "ce-1", str(certificate), "-f", str(inner), "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "unsafe-edit")
    assert list(elsewhere.iterdir()) == []
    assert inner.read_text() == START


def test_what_needs_no_proof(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    for record in ("proof-1", "profile"):
        ended = cli("attach", record, str(certificate), "--json")
        assert (ended.code, ended.json["errors"][0]["code"]) == (2, "usage")
    assert len(recorded(path)) == 1


@pytest.mark.parametrize("name", ["scan.heic", "scan.HEIC", "scan.docx", "scan"])
def test_a_format_no_document_can_show_is_said_at_once(cli: Cli, path: Path, certificate: Path, name: str) -> None:
    photo = certificate.rename(certificate.with_name(name))
    for command in (
        ("attach", "ce-1", str(photo)),
        ("add-ce", "Denials", "--provider", "A", "--date", "2026-11-20", "--hours", "1", "--certificate", str(photo)),
    ):
        ended = cli(*command)
        assert ended.code == 0
        assert f"{name} is kept, but no document can show it" in ended.err
    assert len(recorded(path)) == 1


MARKS = {"scan.pdf": PDF, "scan.JPG": b"\xff\xd8\xff\xe0", "scan.jpeg": b"\xff\xd8\xff\xe1", "scan.PNG": b"\x89PNG\r\n"}


@pytest.mark.parametrize("name", MARKS)
def test_formats_that_documents_can_show(cli: Cli, path: Path, certificate: Path, name: str) -> None:
    photo = certificate.rename(certificate.with_name(name))
    photo.write_bytes(MARKS[name])
    assert cli("attach", "ce-1", str(photo)).err == ""
    assert len(recorded(path)) == 1
    assert cli("check").code == 0
    assert "whatever" not in cli("check").out


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("scan.pdf", b"hello", "is no PDF, whatever its name says"),
        ("scan.pdf", b"", "is empty"),
        ("scan.heic", b"", "is empty"),
        ("scan.PNG", b"%PDF-1.7", "is no PNG picture, whatever its name says"),
        ("scan.jpeg", b"\x89PNG\r\n", "is no JPEG picture, whatever its name says"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_kept_and_told(
    cli: Cli, path: Path, certificate: Path, name: str, content: bytes, why: str
) -> None:
    photo = certificate.rename(certificate.with_name(name))
    photo.write_bytes(content)
    ended = cli("attach", "ce-1", str(photo))
    assert ended.code == 0
    assert f"{name} is kept, but" in ended.err
    assert name == "scan.heic" or why in ended.err
    assert list(kept(path).values()) == [content]
    assert f"ce-1-scan{Path(name).suffix.lower()} {why}" in " ".join(cli("check").out.split())


def test_a_lost_file_that_is_attached_again_is_back(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    before = path.read_bytes()
    (path.parent / "proofs" / "ce-1-certificate.pdf").unlink()
    ended = cli("attach", "ce-1", str(certificate))
    assert (ended.code, path.read_bytes()) == (0, before)
    assert "proofs/ce-1-certificate.pdf was not there, and is again." in ended.err
    assert list(kept(path).values()) == [PDF]
    assert cli("attach", "ce-1", str(certificate)).err == ""


def test_proofs_come_back_with_the_change_that_added_or_removed_them(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    attached = path.read_bytes()
    cli("undo")
    assert path.read_text() == START
    assert kept(path) == {"ce-1-certificate.pdf": PDF}
    cli("redo")
    assert cli("remove", "proof-1", "--yes").code == 0
    assert kept(path) == {"ce-1-certificate.pdf": PDF}
    cli("undo")
    assert path.read_bytes() == attached
    assert cli("check", "--json").data == []


def test_check_finds_what_is_missing_altered_stray_or_elsewhere(cli: Cli, path: Path, certificate: Path) -> None:
    for number in (1, 2):
        certificate.write_bytes(b"%d" % number)
        cli("attach", f"ce-{number}", str(certificate))
    cli("attach", "course-1", str(certificate.parent.parent / "portfolio.toml"))
    proofs = path.parent / "proofs"
    (proofs / "ce-1-certificate.pdf").unlink()
    (proofs / "ce-2-certificate.pdf").write_bytes(b"altered")
    (proofs / "course-1-portfolio.toml").unlink()
    (proofs / "course-1-portfolio.toml").symlink_to("/etc/hostname")
    (proofs / "stray.pdf").write_bytes(b"stray")
    (proofs / ".DS_Store").write_bytes(b"hidden")
    found = cli("check", "--json")
    assert found.code == 0
    said = [(finding["severity"], finding["message"]) for finding in found.data]
    assert said == [
        ("warning", "proofs/stray.pdf is named by no record"),
        ("warning", "proofs/ce-1-certificate.pdf, which proof-1 names, is not there"),
        ("warning", "proofs/ce-2-certificate.pdf is not the file that proof-2 recorded"),
        ("warning", "proof-3: proofs/course-1-portfolio.toml is a link that leads out of the portfolio's folder"),
    ]
    lines = path.read_text().splitlines()
    assert 'path = "proofs/ce-1-certificate.pdf"' in lines[int(found.data[1]["where"].rpartition(":")[2]) - 1]


@pytest.mark.parametrize(
    "place", ["/etc/passwd", "../other.pdf", "proofs/../../x", "~/x", "C:\\x", "proofs\\..\\..\\x"]
)
def test_a_path_in_the_file_never_leads_outside(cli: Cli, path: Path, place: str) -> None:
    digest = "0" * 64
    proof = f"[[proof]]\nid = 'proof-1'\nrecords = ['ce-1']\nrole = 'other'\npath = '{place}'\nsha256 = '{digest}'\n"
    path.write_text(f"{START}\n{proof}")
    (problem,) = cli("status", "--json").json["errors"]
    assert "must be a path inside the portfolio's folder" in problem["message"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Certificate.pdf", "ce-7-certificate.pdf"),
        ("My Certificate (2).PDF", "ce-7-my-certificate-2.pdf"),
        ("CON.pdf", "ce-7-con.pdf"),
        ("lpt1", "ce-7-lpt1"),
        ("résumé.jpeg", "ce-7-resume.jpeg"),
        ("证书.pdf", "ce-7.pdf"),
        ("...pdf", "ce-7.pdf"),
        (".hidden", "ce-7-hidden"),
        ("a:b*c?d<e>f|g\"h'i.pdf", "ce-7-a-b-c-d-e-f-g-h-i.pdf"),
        ("trailing. . .pdf", "ce-7-trailing.pdf"),
        ("$(reboot).pdf", "ce-7-reboot.pdf"),
        ("-rf.pdf", "ce-7-rf.pdf"),
        ("new\nline.pdf", "ce-7-new-line.pdf"),
        ("x" * 250 + ".pdf", "ce-7-" + "x" * 80 + ".pdf"),
        ("archive.tar.gz", "ce-7-archive-tar.gz"),
        ("ce-7-certificate.pdf", "ce-7-certificate.pdf"),
        ("CE-7 certificate.pdf", "ce-7-certificate.pdf"),
        ("ce-71.pdf", "ce-7-ce-71.pdf"),
    ],
)
def test_names_are_made_safe_and_portable(name: str, expected: str) -> None:
    assert portable(name, "ce-7") == expected


def test_a_credential_proves_by_its_whole_name() -> None:
    assert portable("Card.pdf", "pahcom.cmm") == "pahcom-cmm-card.pdf"


@given(name=st.text(min_size=1, max_size=200).filter(lambda name: "/" not in name and "\0" not in name))
def test_any_name_becomes_one_that_every_system_accepts(name: str) -> None:
    made = portable(name, "ce-7")
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")
    assert made.startswith("ce-7")
    assert len(made) <= 120
    assert not made.endswith((".", " "))
    assert unicodedata.is_normalized("NFC", made)


def test_paths_may_be_dropped_on_a_terminal(
    cli: Cli, path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spaced = certificate.rename(certificate.with_name("My Card's.pdf"))
    doubled = str(spaced).replace("'", "''")
    forms = (
        f'"{spaced}"',
        str(spaced).replace(" ", "\\ "),
        str(spaced).replace(" ", "\\ ").replace("'", "\\'") + " ",  # the Terminal of macOS
        str(spaced).replace("'", "'\\''").join("''"),  # terminals of Linux
        f"& '{doubled}'",  # PowerShell
        f" {spaced} ",
        str(spaced),
    )
    for number, typed in enumerate(forms):
        spaced.write_bytes(b"%d" % number)
        assert cli("attach", "ce-1", typed).code == 0, typed
    assert len(recorded(path)) == len(forms)
    assert cli("attach", "ce-1", "'an open quote and nothing.pdf").code == 1
    monkeypatch.setenv("HOME", str(spaced.parent))
    spaced.write_bytes(b"home")
    assert cli("attach", "ce-1", f"~/{spaced.name}").code == 0
    assert cli("attach", "ce-1", "~nobody-of-that-name/x.pdf").code == 1


def test_a_restored_version_finds_its_proofs(cli: Cli, path: Path, certificate: Path) -> None:
    cli("attach", "ce-1", str(certificate))
    attached = path.read_bytes()
    occasion = Occasion("2026-11-23T12:00:00+0000", "edit")
    rewrite(path, b"broken", expected=attached, occasion=occasion, summary="broken")
    cli("check", "--repair", "--yes")
    assert path.read_bytes() == attached
    assert cli("check", "--json").data == []
