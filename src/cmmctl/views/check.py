"""The screen of `check`: everything that is wrong, each with its place and what mends it."""

from collections.abc import Sequence

from cmmctl.check import Finding
from cmmctl.screen import Cell, Part, Text

TONES = {"error": "bad", "warning": "warn"}


def check(found: Sequence[Finding], name: str) -> list[Part]:
    """Show what was found in a portfolio, in the words errors have everywhere."""
    if not found:
        return [Text(Cell(f"{name}: nothing is wrong.", "ok"))]
    return [part for finding in found for part in _finding(finding)]


def _finding(finding: Finding) -> list[Part]:
    said = f"{finding.severity}: {finding.where}: {finding.message}"
    hint = [Text(Cell(f"hint: {finding.hint}", "dim"))] if finding.hint else []
    return [Text(Cell(said, TONES[finding.severity])), *hint]
