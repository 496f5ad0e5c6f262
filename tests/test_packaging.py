"""What a person gets who installs it: every file it reads, one version, and a reason for every dependency."""

import re
import subprocess
import sys
import tarfile
import tomllib
from email.message import Message
from email.parser import Parser
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from cmmctl import __version__

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "cmmctl"
PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT: dict[str, Any] = tomllib.loads(PYPROJECT)["project"]
SHARED = {
    "completions/cmmctl.bash": "share/bash-completion/completions/cmmctl",
    "completions/cmmctl.zsh": "share/zsh/site-functions/_cmmctl",
    "completions/cmmctl.fish": "share/fish/vendor_completions.d/cmmctl.fish",
    "completions/cmmctl.ps1": "share/cmmctl/cmmctl.ps1",
    "docs/cmmctl.1": "share/man/man1/cmmctl.1",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build what would be published: a wheel, and a source archive."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> ZipFile:
    return ZipFile(next(built.glob("*.whl")))


@pytest.fixture(scope="module")
def metadata(wheel: ZipFile) -> Message:
    return Parser().parsestr(wheel.read(f"cmmctl-{__version__}.dist-info/METADATA").decode())


def test_the_wheel_holds_every_file_of_the_package(wheel: ZipFile) -> None:
    files = [path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*") if path.is_file()]
    caches = ("__pycache__", ".")
    wanted = {path.as_posix() for path in files if not any(part.startswith(caches) for part in path.parts)}
    shipped = set(wheel.namelist())
    assert wanted <= shipped
    assert {
        "cmmctl/py.typed",
        "cmmctl/rulesets/pahcom.cmm.toml",
        "cmmctl/rulesets/pahcom.hitcm-pp.toml",
        "cmmctl/samples/holder.toml",
        "cmmctl/samples/candidate.toml",
        "cmmctl/samples/ruleset.toml",
    } <= shipped
    assert not [name for name in shipped if "tests" in name]


@pytest.mark.parametrize(("file", "place"), SHARED.items())
def test_the_wheel_puts_completion_and_manual_where_they_are_looked_for(wheel: ZipFile, file: str, place: str) -> None:
    assert wheel.read(f"cmmctl-{__version__}.data/data/{place}") == (ROOT / file).read_bytes()


def test_the_wheel_makes_one_command(wheel: ZipFile) -> None:
    entry_points = wheel.read(f"cmmctl-{__version__}.dist-info/entry_points.txt").decode()
    assert entry_points.split() == ["[console_scripts]", "cmmctl", "=", PROJECT["scripts"]["cmmctl"]]


def test_the_wheel_says_what_it_is(metadata: Message) -> None:
    assert metadata["Version"] == __version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert set(metadata.get_all("Provides-Extra", [])) == {"documents", "test"}


def test_nothing_but_an_extra_is_needed_for_documents(metadata: Message) -> None:
    required = metadata.get_all("Requires-Dist", [])
    by_extra = {name: [line for line in required if line.startswith(name)] for name in ("typst", "pypdf", "icalendar")}
    assert all(len(lines) == 1 and "extra == 'documents'" in lines[0] for lines in by_extra.values()), by_extra


def test_the_source_archive_can_be_tested_and_measured(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        shipped = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "tests/conftest.py", "benchmarks/run.py", "benchmarks/floor.py", "completions/cmmctl.zsh", "README.md",
        "docs/README.md", "docs/make/reference.py", "docs/cmmctl.1",
        "CHANGELOG.md", "LICENSE", "pyproject.toml", "src/cmmctl/__init__.py",
    } <= shipped  # fmt: skip


def test_the_version_is_written_once() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in PROJECT
    places = [path for path in PACKAGE.rglob("*.py") if f'"{__version__}"' in path.read_text(encoding="utf-8")]
    assert places == [PACKAGE / "__init__.py"]


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == __version__


def _entries(name: str) -> list[tuple[str, list[str]]]:
    """Give the entries of a list in pyproject.toml, each with the comment lines above it and beside it."""
    found: list[tuple[str, list[str]]] = []
    comments: list[str] = []
    body = re.search(rf"^{name} = \[\n(.*?)^\]", PYPROJECT, re.MULTILINE | re.DOTALL)
    assert body, name
    for line in map(str.strip, body[1].splitlines()):
        entry, _, beside = line.partition("  # ")
        if line.startswith("#"):
            comments.append(line)
        else:
            found.append((entry, [*comments, *([beside] if beside else [])]))
            comments = []
    return found


@pytest.mark.parametrize(
    ("name", "listed"),
    [
        ("dependencies", PROJECT["dependencies"]),
        *((extra, wanted) for extra, wanted in PROJECT["optional-dependencies"].items()),
    ],
)
def test_every_dependency_has_its_reason(name: str, listed: list[str]) -> None:
    entries = _entries(name)
    assert [entry.rstrip(",")[1:-1] for entry, _ in entries] == listed
    assert [entry for entry, reasons in entries if not reasons] == []


def test_every_rule_of_the_linter_that_is_switched_off_has_its_reason() -> None:
    assert [entry for entry, reasons in _entries("ignore") if not reasons] == []


def test_the_newest_typer_is_refused_with_the_reason() -> None:
    """0.29 imports pydantic at every start, which nearly doubles what a command takes."""
    reasons = next(reasons for entry, reasons in _entries("dependencies") if "typer" in entry)
    assert "typer>=0.26,<0.29" in PROJECT["dependencies"]
    assert "pydantic" in " ".join(reasons)


def test_the_script_and_the_module_are_one_way_in() -> None:
    (script,) = entry_points(group="console_scripts", name="cmmctl")
    assert script.load() is import_module("cmmctl.__main__").main
