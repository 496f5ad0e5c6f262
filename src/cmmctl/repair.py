"""Mending that needs no guess: a missing id, or the newest version that could be understood.

An id that stands twice is never renumbered: which of the two a reference means, only a person knows.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from cmmctl import blocks
from cmmctl.errors import CmmctlError
from cmmctl.history import Journal, ids
from cmmctl.model import KINDS, Credential
from cmmctl.parsing import TomlError, parse
from cmmctl.schema import next_id
from cmmctl.tables import Findings, Place, decode_fact


class Mending(NamedTuple):
    """A better text, and what was done to get it."""

    text: str
    said: str


def with_ids(text: str, journal: Journal) -> Mending | None:
    """Give every record that lacks only its id the next one of its kind; None where there is none, or it is not safe.

    No id that is named anywhere is given: what names it may mean another record.
    """
    taken = [*ids(text.encode()), *(f"{kind}-{number}" for kind, number in journal.highest.items())]
    given: list[str] = []
    try:
        for kind, records in parse(text).items():
            numbered = kind in KINDS and kind != Credential.kind and isinstance(records, list)
            for index, record in enumerate(records if numbered else ()):
                if isinstance(record, dict) and "id" not in record and _readable(kind, record):
                    given.append(next_id(kind, [*taken, *given]))
                    text = blocks.set_key(text, kind, index, "id", given[-1])
    except (CmmctlError, TomlError):
        return None
    return Mending(text, f"gave the id {', '.join(given)}") if given else None


def _readable(kind: str, record: Mapping[str, object]) -> bool:
    return decode_fact(KINDS[kind], record, Place(), kind, Findings()) is not None


def newest_good(journal: Journal, understood: Callable[[str], object]) -> Mending | None:
    """Find the newest version that can be understood; None where the history has none."""
    for entry in reversed(journal.entries):
        try:
            text = (journal.version(entry.number) or b"").decode("utf-8")
            understood(text)
        except (CmmctlError, UnicodeDecodeError):
            continue
        return Mending(text, f"version {entry.number} of {entry.when[:16].replace('T', ' ')} is restored")
    return None
