"""A bar on standard error, for a person who waits: only on a terminal, and only once it takes long."""

import os
import sys
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 0.5  # seconds after which people wonder
EVERY = 50  # rows between two looks at the clock


def watched(rows: Sequence[T], said: str) -> Iterator[T]:
    """Give the rows one by one, and show how far this is."""
    if not sys.stderr.isatty() or os.environ.get("TERM") in {"dumb", "unknown"}:
        yield from rows
        return
    began, first = monotonic(), 0
    for first, row in enumerate(rows, start=1):
        yield row
        if first % EVERY == 0 and monotonic() - began > PATIENCE:
            break
    if first < len(rows):
        yield from _with_bar(rows, first, said)


def _with_bar(rows: Sequence[T], first: int, said: str) -> Iterator[T]:
    from rich.console import Console  # noqa: PLC0415 - a third of the start-up, for what is seldom shown
    from rich.progress import Progress  # noqa: PLC0415 - as above

    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task(said, total=len(rows), completed=first)
        for number, row in enumerate(rows[first:], start=first + 1):
            yield row
            if number % EVERY == 0:
                bar.update(task, completed=number, refresh=True)
