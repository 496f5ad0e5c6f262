"""The least that any command of this kind costs: one Typer command, the same parser, one Rich table.

It reads the same file as `cmmctl status` and adds up its CE hours by year, without checking anything.
"""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import toml_rs
import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer()


@app.command()
def hours(file: Path) -> None:
    """Print the CE hours of a portfolio by year."""
    data = toml_rs.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    by_year: Counter[int] = Counter()
    for entry in data["ce"]:
        by_year[entry["date"].year] += entry.get("hours", 0)
    table = Table("Year", "Hours")
    for year, total in sorted(by_year.items()):
        table.add_row(str(year), str(total))
    Console().print(table)


def main() -> None:
    """Run the command line."""
    app()
