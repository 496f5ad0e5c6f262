"""Measure what the audit packet of 40 one-page certificates takes: time, and the most memory in use.

Beside it stands the same packet as a folder, which sets no pages, so that what the PDF costs can be told apart.

    python benchmarks/audit.py [--runs N] [--smoke]
"""

import argparse
import hashlib
import os
import platform
import shutil
import sys
import sysconfig
import tempfile
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pypdf
import typst

CERTIFICATES = 40
RUNS = 5
FIRST = date(2025, 5, 1)
PAGE = '#set page("us-letter")\n#align(center + horizon)[#text(24pt)[Certificate of attendance {number}]\\ 1 hour]'


def portfolio(folder: Path) -> Path:
    """Lay out a filed cycle with as many entries, each with its own certificate of one page."""
    (folder / "proofs").mkdir()
    text = [
        'schema = 1\n\n[profile]\nname = "Office Manager"\n',
        '[[credential]]\nid = "pahcom.cmm"\nearned = 2023-04-23\ndue = 2027-04-23\n',
    ]
    names = [f"ce-{number}" for number in range(1, CERTIFICATES + 1)]
    for number, name in enumerate(names, start=1):
        path = folder / "proofs" / f"{name}.pdf"
        source = folder / "page.typ"
        source.write_text(PAGE.replace("{number}", str(number)), encoding="utf-8")
        typst.compile(source, output=path)
        assert len(pypdf.PdfReader(path).pages) == 1
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        text.append(
            f'[[ce]]\nid = "{name}"\ntitle = "Running a Medical Office, Part {number}"\nprovider = "State Chapter"\n'
            f'date = {FIRST + timedelta(days=7 * number)}\nhours = 1\nsubject = "business"\n'
        )
        text.append(
            f'[[proof]]\nid = "proof-{number}"\nrecords = ["{name}"]\nrole = "certificate"\n'
            f'path = "proofs/{name}.pdf"\nsha256 = "{digest}"\n'
        )
    listed = ", ".join(f'"{name}"' for name in names)
    text.append(
        '[[renewal]]\nid = "renewal-1"\ncredential = "pahcom.cmm"\ndue = 2027-04-23\nfiled = 2026-11-20\n'
        f'edition = "two-year"\nhours = {CERTIFICATES}\nentries = [{listed}]\n'
    )
    file = folder / "portfolio.toml"
    file.write_text("\n".join(text), encoding="utf-8")
    return file


def measured(file: Path, output: str) -> tuple[float, float, float]:
    """Make the packet once; give CPU and wall time in milliseconds and the peak memory in MiB."""
    script = Path(sysconfig.get_path("scripts")) / "cmmctl"
    command = [str(script), "export", "audit", "cmm", "-o", output, "--force"]
    environment = {**os.environ, "CMMCTL_FILE": str(file), "CMMCTL_TODAY": "2026-11-23"}
    with Path(os.devnull).open("wb") as nowhere:
        quiet = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        began = perf_counter()
        child = os.posix_spawn(command[0], command, environment, file_actions=quiet)
        _, status, used = os.wait4(child, 0)
        took = perf_counter() - began
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(f"export audit: exit code {code}")
    memory = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return (used.ru_utime + used.ru_stime) * 1000, took * 1000, memory


def main() -> None:
    """Measure and report medians."""
    parser = argparse.ArgumentParser(description=f"Measure `export audit` of {CERTIFICATES} one-page certificates.")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"runs of each (default {RUNS})")
    parser.add_argument("--smoke", action="store_true", help="run everything once, to see that it runs")
    options = parser.parse_args()
    runs = 1 if options.smoke else max(1, options.runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = portfolio(folder)
        outputs = {"packet as PDF": str(folder / "audit.pdf"), "packet as a folder": f"{folder / 'packet'}/"}
        found = {case: [measured(file, output) for _ in range(runs)] for case, output in outputs.items()}
        pages = len(pypdf.PdfReader(folder / "audit.pdf").pages)
        shutil.rmtree(folder / "packet")
    print(f"{platform.system()}, Python {platform.python_version()}, {CERTIFICATES} certificates, {pages} pages, "
          f"{runs} runs each, medians\n")  # fmt: skip
    print(f"{'':22}{'CPU ms':>8}{'wall ms':>9}{'peak MiB':>10}")
    for case, each in found.items():
        cpu, wall, memory = (median(values) for values in zip(*each, strict=True))
        print(f"{case:22}{cpu:8.0f}{wall:9.0f}{memory:10.0f}")


if __name__ == "__main__":
    main()
