"""The pages in `docs/` are true: what they show is what is printed, and what they say exists.

`pytest --no-cov tests/test_docs.py tests/test_readme.py --update-golden` writes everything anew that is made or
printed: console blocks, the reference, the manual page, the pictures. Read the difference.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import manual_page
import reference
import reference_page
import screens
from cmmctl.cli import TABLE
from cmmctl.commands.export import DOCUMENTS
from console import DOCS, README, ROOT, Reader, compared

WRITTEN = sorted(path for path in DOCS.glob("*.md") if path.name != "commands.md")
PAGES = [README, *WRITTEN]
_RICH = re.compile(r"<!-- Rich (.*?) -->")
_COMMAND = re.compile(r"`(?:[a-z]+\$ )?cmmctl ((?:[^`\n]|\n(?!\n))+)`|^(?:[a-z]*\$ )?cmmctl (.+)$", re.MULTILINE)
_SAID_BY_ISSUERS = re.compile(r"\b(compliant|decertified|audit-ready)\b", re.IGNORECASE)


def _named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", WRITTEN, ids=_named)
def test_every_console_block_prints_what_it_says(
    path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    text = path.read_text(encoding="utf-8")
    if "$ git" in text and not shutil.which("git"):
        pytest.skip("git is not installed")
    compared(path, Reader(folder, monkeypatch).page(text), request)


def test_the_reference_is_made_from_the_facts(request: pytest.FixtureRequest) -> None:
    compared(DOCS / "commands.md", reference_page.page(), request)


def test_the_manual_page_is_made_from_the_facts(request: pytest.FixtureRequest) -> None:
    compared(DOCS / "cmmctl.1", manual_page.page(), request)


@pytest.mark.parametrize("name", screens.SCREENS)
def test_every_picture_is_what_is_drawn(name: str, folder: Path, request: pytest.FixtureRequest) -> None:
    """Another version of Rich may draw the window around it differently; what is said must be the same."""
    path = DOCS / "screens" / f"{name}.svg"
    drawn = screens.picture(name, folder)
    there = path.read_text(encoding="utf-8") if path.exists() else ""
    if request.config.getoption("--update-golden") or _RICH.findall(there) == [screens.RICH]:
        compared(path, drawn, request)
    else:
        assert re.findall(">([^<]+)<", drawn) == re.findall(">([^<]+)<", there)


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in (DOCS / "screens").iterdir()} == set(screens.SCREENS)


def test_pictures_fetch_nothing() -> None:
    for path in (DOCS / "screens").glob("*.svg"):
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search("url\\((?!#)|https?://|<script|<image", text), path.name


def test_the_reference_tells_every_command_and_key() -> None:
    text = reference_page.page()
    assert [name for name in TABLE if f"\n### {name}\n" not in text] == []
    assert [name for name in DOCUMENTS if f"\n#### export {name}\n" not in text] == []
    assert [fact.kind for fact in reference.kinds() if f"\n### The keys of {fact.kind}\n" not in text] == []


def test_every_variable_of_our_own_is_told() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py")]
    used = {name for text in sources for name in re.findall(r'"(CMMCTL_[A-Z]+)"', text)}
    assert used <= reference.VARIABLES.keys()


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_can_be_set() -> None:
    command = ["groff", "-man", "-ww", "-Tutf8", "-P-c", str(DOCS / "cmmctl.1")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert ran.stderr == ""
    plain = re.sub(".\b", "", ran.stdout)
    assert "--iacet-ceus NUMBER" in plain
    assert 'cmmctl init --name "Office Manager" --employer "Sample Clinic"' in plain


@pytest.mark.parametrize("path", [*PAGES, DOCS / "commands.md"], ids=_named)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", text):
        file, _, heading = target.partition("#")
        there = path.parent / file if file else path
        assert there.exists(), target
        assert not heading or heading in set(_anchors(there)), target


def _anchors(path: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_index_lists_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and path.name not in index] == []


@pytest.mark.parametrize("path", PAGES, ids=_named)
def test_only_commands_and_options_that_exist_are_named(path: Path) -> None:
    known = {told.name: told for _, group in reference.commands() for told in group}
    documents = {told.name: told for told, _ in reference.documents()}
    for one, other in _COMMAND.findall(path.read_text(encoding="utf-8")):
        words = (one or other).split()
        name = words[0]
        if name.startswith("-") or name in {"COMMAND", "add-..."}:
            continue
        assert name in known, words
        told = documents.get(f"export {words[1]}") if name == "export" else known[name]
        assert told is not None, words
        options = {option for word in (*told.options, *told.shared) for option in word.names} | {"--help"}
        typed = {word for word in words if re.fullmatch("--?[a-z][a-z-]*", word)}
        assert typed <= options, words


@pytest.mark.parametrize("path", [*PAGES, DOCS / "commands.md", DOCS / "cmmctl.1"], ids=_named)
def test_no_page_decides_what_only_an_issuer_decides(path: Path) -> None:
    assert _SAID_BY_ISSUERS.findall(path.read_text(encoding="utf-8")) == []
