"""Measure what `cmmctl` costs beside the least a command of its kind can cost (`floor.py`).

What is compared is the median of user and system CPU time over interleaved runs: it changes little from one
machine to the next, and hardly with what else the machine does. Wall time and peak memory stand beside it. The
commands run as people run them: the installed console script, in an interpreter of its own.

    python benchmarks/run.py [--runs N] [--smoke]
"""

import argparse
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

RUNS = 30
SIZES = (100, 2000, 10000)
TODAY = date(2026, 11, 23)
YEARS = 10
DOMAINS = ("Revenue Management", "Risk Management", "Human Resources", "Finance", "Business Management")
# What the entries of the packaged sample hold beside id, title, provider and date, in turn.
SHAPES = (
    'hours = 6\nactivity = "webinar"\nsubject = "business"\n{domain}{approved}{logged}',
    'hours = 2\nactivity = "seminar"\nsubject = "healthcare"\n{domain}{logged}',
    'hours = 4\nactivity = "workshop"\nsubject = "business"\n{domain}{logged}',
    'hours = 3\nactivity = "self-study"\nsubject = "business"\n',
    'minutes = 150\nactivity = "seminar"\nsubject = "business"\n{domain}{logged}',
    'hours = 1.5\nactivity = "seminar"\nsubject = "healthcare"\n{domain}',
)
HEAD = """\
# A record that grew over ten years.
schema = 1

[profile]
name = "Office Manager"
employer = "Sample Clinic"

[[credential]]
id = "pahcom.cmm"
earned = 2017-04-23
due = 2027-04-23  # as the issuer's site shows it

[[membership]]
id = "membership-1"
body = "PAHCOM"
start = 2017-02-01
end = 2027-01-31

[[job]]
id = "job-1"
employer = "Sample Clinic"
title = "Office Manager"
start = 2013-05-01
setting = "community-clinic"
duties = ["billing", "staff-scheduling"]

[[course]]
id = "course-1"
title = "Healthcare Finance"
institution = "State College"
credits = 12
subject = "business"
completed = 2015-12-17
"""


def portfolio(entries: int) -> str:
    """Write a record with that many CE entries over ten years, the last one today."""
    return HEAD + "".join(_entry(number, entries) for number in range(1, entries + 1))


def _entry(number: int, entries: int) -> str:
    day = TODAY - timedelta(days=(entries - number) * YEARS * 365 // entries)
    more = SHAPES[number % len(SHAPES)].format(
        domain=f'domains = ["{DOMAINS[number % len(DOMAINS)]}"]\n',
        approved=f'approvals = ["pahcom:{20000 + number}"]\n',
        logged=f"logged = {min(day + timedelta(days=3), TODAY)}\n",
    )
    return f"""
[[ce]]
id = "ce-{number}"
title = "Running a Medical Office, Part {number}"
provider = "State Chapter"
date = {day}
{more}"""


@dataclass
class Measured:
    """What the runs of one command took: CPU and wall time in milliseconds, memory in MiB."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A command to measure; `file` is its portfolio, put back before every run."""

    name: str
    command: list[str]
    file: Path
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Ratio:
    """Two cases that are compared, and the most the first may cost of the second."""

    case: str
    against: str
    limit: float | None = None


RATIOS = (
    Ratio("status, 100 entries", "floor, 100 entries", 1.35),
    Ratio("status, 2000 entries", "status, 100 entries", 1.5),
    Ratio("status, 10000 entries", "status, 100 entries", 3),
    Ratio("status --short", "floor, 100 entries", 0.6),
    Ratio("complete a command name", "floor, 100 entries", 1.0),
    Ratio("list, 10000 entries", "status, 10000 entries"),
    Ratio("import of 5000 rows", "status, 10000 entries"),
    Ratio("add-ce, 100 entries", "floor, 100 entries"),
    Ratio("add-ce, 2000 entries", "add-ce, 100 entries"),
)


def cases(folder: Path) -> list[Case]:
    """Lay out every portfolio and list what is run on it."""
    script = Path(sysconfig.get_path("scripts")) / "cmmctl"
    if not script.exists():
        sys.exit("install the package first: python -m pip install .")
    here = str(Path(__file__).parent)
    floor = [sys.executable, "-c", f"import sys; sys.path.insert(0, {here!r}); from floor import main; main()"]
    add = ["add-ce", "Coding Update", "--provider", "State Chapter", "--date", str(TODAY), "--hours", "6"]
    complete = {"_CMMCTL_COMPLETE": "complete_bash", "COMP_WORDS": "cmmctl sta", "COMP_CWORD": "1"}
    files = {size: folder / str(size) / "portfolio.toml" for size in SIZES}
    for size, file in files.items():
        file.parent.mkdir()
        file.write_text(portfolio(size), encoding="utf-8")
        shutil.copy(file, _original(file))
    small = files[SIZES[0]]
    rows = folder / "rows.csv"
    named = (f"Session {number},State Chapter,2026-03-02,1\n" for number in range(5000))
    rows.write_text("Title,Provider,Date,Hours\n" + "".join(named), encoding="utf-8")
    return [
        Case("floor, 100 entries", [*floor, str(small)], small),
        *(Case(f"status, {size} entries", [str(script), "status"], file) for size, file in files.items()),
        Case("status --short", [str(script), "status", "--short"], small),
        Case("complete a command name", [str(script)], small, complete),
        Case("list, 10000 entries", [str(script), "list", "ce", "--plain", "--sort", "-hours"], files[SIZES[-1]]),
        Case("import of 5000 rows", [str(script), "import", str(rows), "--no-input"], small),
        *(Case(f"add-ce, {size} entries", [str(script), *add], files[size]) for size in SIZES[:2]),
    ]


def _original(file: Path) -> Path:
    return file.with_suffix(".original")


def run(case: Case, into: Measured) -> None:
    """Run a command once, from a fresh copy of its portfolio, and note what it took."""
    shutil.copy(_original(case.file), case.file)
    given = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    pinned = {"COLUMNS": "80", "CMMCTL_FILE": str(case.file), "CMMCTL_TODAY": str(TODAY)}
    environment = given | pinned | case.environment
    with Path(os.devnull).open("wb") as nowhere:
        quiet = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), descriptor) for descriptor in (1, 2)]
        began = perf_counter()
        child = os.posix_spawn(case.command[0], case.command, environment, file_actions=quiet)
        _, status, used = os.wait4(child, 0)
        took = perf_counter() - began
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"{case.name}: exit code {code}")
    into.cpu.append((used.ru_utime + used.ru_stime) * 1000)
    into.wall.append(took * 1000)
    into.memory.append(used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024))


def measure(runs: int) -> dict[str, Measured]:
    """Run every case in turn, that many times; one round before warms the caches."""
    with tempfile.TemporaryDirectory() as name:
        todo = cases(Path(name))
        measured = {case.name: Measured() for case in todo}
        for case in todo:
            run(case, Measured())
        for _ in range(runs):
            for case in todo:
                run(case, measured[case.name])
    return measured


def report(measured: dict[str, Measured]) -> None:
    """Print what was measured, then the ratios."""
    print(f"{platform.system()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
          f"{len(next(iter(measured.values())).cpu)} runs each, medians\n")  # fmt: skip
    print(f"{'':26}{'CPU ms':>8}{'wall ms':>9}{'peak MiB':>10}")
    for name, one in measured.items():
        print(f"{name:26}{median(one.cpu):8.0f}{median(one.wall):9.0f}{median(one.memory):10.0f}")
    print(f"\n{'':26}{'ratio':>8}{'limit':>9}   against")
    for ratio in RATIOS:
        value = median(measured[ratio.case].cpu) / median(measured[ratio.against].cpu)
        limit = "" if ratio.limit is None else f"{ratio.limit:.2f}"
        print(f"{ratio.case:26}{value:8.2f}{limit:>9}   {ratio.against}")


def main() -> None:
    """Measure and report; a figure over its limit is shown, not an error."""
    parser = argparse.ArgumentParser(description="Measure cmmctl against the least a command of its kind costs.")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"runs of each command (default {RUNS})")
    parser.add_argument("--smoke", action="store_true", help="run everything once, to see that it runs")
    options = parser.parse_args()
    report(measure(1 if options.smoke else max(1, options.runs)))


if __name__ == "__main__":
    main()
