"""Measure what a claim of 40 items with 40 receipts costs, in every format, and how many pages it makes.

The claim is made as people make it: the installed console script, in an interpreter of its own. Needs the extra
`documents`.

    python benchmarks/documents.py [--runs N] [--smoke]
"""

import argparse
import hashlib
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ITEMS = 40
RUNS = 10
FORMATS = ("md", "html", "csv", "json", "pdf")
HEAD = 'schema = 1\n\n[profile]\nname = "Office Manager"\nemployer = "Sample Clinic"\n'


def lay_out(folder: Path) -> Path:
    """Write the portfolio, and a receipt of one page for every item."""
    import typst  # noqa: PLC0415 - only here, and only to make the receipts

    (folder / "proofs").mkdir()
    blocks = [HEAD]
    for n in range(1, ITEMS + 1):
        (folder / "receipt.typ").write_text(f'#set page(paper: "us-letter")\nReceipt {n}: USD {n}.00', encoding="utf-8")
        receipt = typst.compile(folder / "receipt.typ")
        assert isinstance(receipt, bytes)
        (folder / "proofs" / f"receipt-{n}.pdf").write_bytes(receipt)
        blocks.append(_item(n, hashlib.sha256(receipt).hexdigest()))
    portfolio = folder / "portfolio.toml"
    portfolio.write_text("\n".join(blocks), encoding="utf-8")
    return portfolio


def _item(n: int, digest: str) -> str:
    return f"""\
[[ce]]
id = "ce-{n}"
title = "Evening session {n}"
provider = "State Chapter"
date = 2026-03-{n % 28 + 1:02}
hours = 1

[[expense]]
id = "expense-{n}"
records = ["ce-{n}"]
what = "fee"
amount = {n}.00
paid = 2026-02-{n % 28 + 1:02}

[[proof]]
id = "proof-{n}"
records = ["expense-{n}"]
role = "receipt"
path = "proofs/receipt-{n}.pdf"
sha256 = "{digest}"
"""


def claim(portfolio: Path, out: Path) -> float:
    """Make the claim once; give the milliseconds it took."""
    script = Path(sysconfig.get_path("scripts")) / "cmmctl"
    command = [str(script), "-f", str(portfolio), "export", "reimbursement", "--as-of", "2026-11-23", "--force"]
    began = perf_counter()
    ended = subprocess.run([*command, "-o", str(out)], capture_output=True, check=False)
    if ended.returncode:
        sys.exit(ended.stderr.decode())
    return (perf_counter() - began) * 1000


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=f"Measure a claim of {ITEMS} items with {ITEMS} receipts.")
    parser.add_argument("--runs", type=int, default=RUNS, metavar="N", help=f"runs of each format (default {RUNS})")
    parser.add_argument("--smoke", action="store_true", help="run everything once, to see that it runs")
    options = parser.parse_args()
    runs = 1 if options.smoke else max(1, options.runs)
    with tempfile.TemporaryDirectory() as name:
        portfolio = lay_out(Path(name))
        print(f"{ITEMS} items, {ITEMS} receipts, {runs} runs each, medians of wall time\n")
        for form in FORMATS:
            out = Path(name) / f"claim.{form}"
            took = median(claim(portfolio, out) for _ in range(runs))
            print(f"{form:6}{took:8.0f} ms{out.stat().st_size / 1024:10.0f} KiB")


if __name__ == "__main__":
    main()
