"""Imports run one way, and the core touches nothing: no file, no clock, no terminal."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cmmctl

PACKAGE = Path(cmmctl.__file__).parent
# Who may touch the world, and what each is the door to. Every other module is the core.
DOORS = {
    "__main__": "the command line",
    "cli": "the command line",
    "ask": "prompts",
    "editor": "an editor",
    "interrupts": "signals",
    "places": "the user's folders",
    "disk": "files",
    "systems": "what systems do differently",
    "store": "the portfolio",
    "writing": "the portfolio",
    "history": "earlier versions",
    "repair": "earlier versions",
    "check": "the portfolio",
    "rulebook": "rule sets",
    "proofs": "certificates and receipts",
    "attaching": "certificates and receipts",
    "backup": "copies of everything",
}
# Between the two: text in, data out. It parses TOML and CSV, and opens nothing.
TEXT = {"parsing", "blocks", "locate", "tables", "schema", "typed", "spreadsheet", "columns", "exported", "importing"}
TEXT_MAY_IMPORT = {"toml_rs", "tomli", "tomli_w", "io"}
# What core modules may know of modules outside the core: the shape of a finding, the number of a format.
KNOWN = {("views.check", "check"), ("documents.everything", "schema")}
# From left to right; none imports one that stands further right, or beside it.
ORDER = (
    {"spelling"}, {"errors"}, {"amounts"}, {"dates"}, {"keys"}, {"described"}, {"model"}, {"rules"},
    {"cycles", "requirements", "conditions"}, {"tally", "eligibility", "costs"}, {"renewal"}, {"outlook"}, {"data"},
)  # fmt: skip
WORLD = {
    "asyncio", "ctypes", "fcntl", "getpass", "glob", "io", "logging", "os", "signal", "shutil", "socket", "subprocess",
    "sys", "tempfile", "threading", "time", "urllib", "webbrowser",
}  # fmt: skip
CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
ATTRIBUTES = {
    "environ", "exists", "getenv", "is_dir", "is_file", "now", "open", "read_bytes", "read_text", "today", "unlink",
    "write_bytes", "write_text",
}  # fmt: skip


def modules() -> dict[str, ast.Module]:
    files = {path.relative_to(PACKAGE).with_suffix("").parts: path for path in PACKAGE.rglob("*.py")}
    return {
        ".".join(part for part in parts if part != "__init__"): ast.parse(path.read_text(encoding="utf-8"))
        for parts, path in files.items()
    }


MODULES = modules()
CORE = {
    name for name in MODULES if name not in DOORS.keys() | TEXT and name.partition(".")[0] not in {"commands", "render"}
}


def imports(name: str) -> Iterator[str]:
    """What a module imports, anywhere in it; its own package without the name of the package."""
    for node in ast.walk(MODULES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name.removeprefix("cmmctl.") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = node.module.removeprefix("cmmctl").removeprefix(".")
            named = [f"{below}.{alias.name}".removeprefix(".") for alias in node.names]
            yield from [part for part in named if part in MODULES] or [below]


def test_the_parts_are_there() -> None:
    assert DOORS.keys() | TEXT | set().union(*ORDER) <= MODULES.keys()
    assert {"eligibility", "renewal", "views.status", "documents.paper"} <= CORE


@pytest.mark.parametrize("name", sorted(CORE))
def test_the_core_imports_the_standard_library_and_the_core_only(name: str) -> None:
    allowed = CORE | (set(sys.stdlib_module_names) - WORLD) | {known for by, known in KNOWN if by == name}
    assert {
        module for module in imports(name) if module not in allowed and module.partition(".")[0] not in allowed
    } == set()


@pytest.mark.parametrize("name", sorted(TEXT))
def test_what_reads_text_imports_no_door(name: str) -> None:
    allowed = CORE | TEXT | (set(sys.stdlib_module_names) - WORLD) | TEXT_MAY_IMPORT
    assert {module for module in imports(name) if module.partition(".")[0] not in allowed} == set()


@pytest.mark.parametrize("name", sorted(CORE | TEXT))
def test_the_core_touches_nothing(name: str) -> None:
    calls = [node.func for node in ast.walk(MODULES[name]) if isinstance(node, ast.Call)]
    assert {call.id for call in calls if isinstance(call, ast.Name)} & CALLS == set()
    assert {call.attr for call in calls if isinstance(call, ast.Attribute)} & ATTRIBUTES == set()


def test_imports_run_from_right_to_left() -> None:
    seen: set[str] = set()
    for layer in ORDER:
        for name in layer:
            assert {module for module in imports(name) if module in MODULES} <= seen, name
        seen |= layer


def test_the_clock_has_one_door() -> None:
    asked = {
        name
        for name, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in {"today", "now", "utcnow"}
    }
    assert asked == {"commands.session"}


def test_status_loads_nothing_it_does_not_need(tmp_path: Path) -> None:
    portfolio = tmp_path / "portfolio.toml"
    sample = PACKAGE / "samples" / "holder.toml"
    portfolio.write_bytes(sample.read_bytes())
    script = (
        "import sys; from cmmctl.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "print('loaded:', *sys.modules)"
    )
    command = [sys.executable, "-c", script, "status", "--file", str(portfolio)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "Recertify by" in ran.stdout
    loaded = set(ran.stdout.rpartition("loaded:")[2].split())
    assert "rich" in loaded
    assert loaded & {"typst", "icalendar", "filelock", "asyncio", "pydantic", "pypdf", "markdown_it"} == set()
