"""Copying certificates and receipts into `proofs/` under a portable name, and recording what they prove.

The original is never touched, and no copy is ever deleted once a record names it. A copy is on the disk before
its record is written.
"""

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from itertools import chain, count
from pathlib import Path
from typing import NamedTuple

from cmmctl.blocks import append, set_key
from cmmctl.disk import beside, make_folder, on_disk
from cmmctl.errors import CmmctlError, Problem, failure
from cmmctl.model import Proof
from cmmctl.proofs import FOLDER, digest, inside, intact
from cmmctl.schema import next_id
from cmmctl.store import Document, read_bytes
from cmmctl.systems import sync_folder
from cmmctl.writing import locked

SHOWN = frozenset({".pdf", ".png", ".jpg", ".jpeg"})  # what a document can show later
LONGEST, LONGEST_ENDING = 80, 10


class Copy(NamedTuple):
    """A proof in the folder: what it is, its path from there, its SHA-256, and whether it is copied just now."""

    role: str
    path: str
    sha256: str
    new: bool


@contextmanager
def copied(document: Document, files: Sequence[tuple[str, Path]], record: str) -> Iterator[list[Copy]]:
    """Copy files into the folder, durable before the block begins; where it fails, take away the unnamed copies.

    It begins while the portfolio is locked and ends when it is not. Raises every file that is not there.
    """
    if problems := [problem for _, source in files for problem in not_there(source)]:
        raise CmmctlError(*problems)
    copies: list[Copy] = []
    try:
        for role, source in files:
            with _explained(source):
                copies.append(_planned(document, role, source, record))
                if copies[-1].new:
                    _copy(source, document.path.parent / copies[-1].path, copies[-1].sha256)
    except BaseException:
        _take_away(document.path, copies)
        raise
    try:
        yield copies
    except BaseException:
        with suppress(CmmctlError), locked(document.path):
            _take_away(document.path, copies)
        raise


def not_there(source: Path) -> Iterator[Problem]:
    """Say why a file cannot be copied."""
    if not os.path.isfile(source):  # noqa: PTH113 - that of `Path` raises where a name is too long
        what = "is a folder" if os.path.isdir(source) else "is not there"  # noqa: PTH112 - as above
        hint = "give the path of a PDF or picture; quotes around spaces"
        yield Problem(message=f"{source} {what}", code="not-found", hint=hint)


@contextmanager
def _explained(source: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise failure(f"cannot copy {source}: {error.strerror}; nothing was changed", "io") from error


def _planned(document: Document, role: str, source: Path, record: str) -> Copy:
    """Choose where a file goes; one that is in the folder already is not copied again."""
    folder = document.path.parent
    sha256 = digest(source)
    for proof in document.portfolio.all(Proof):
        if proof.sha256 == sha256 and intact(folder, proof):
            return Copy(role, proof.path, sha256, new=False)
    make_folder(folder / FOLDER)
    target = inside(folder, FOLDER)
    if (own := Path(os.path.realpath(source))).is_relative_to(target):
        return Copy(role, f"{FOLDER}/{own.relative_to(target).as_posix()}", sha256, new=False)
    taken = {path.name.lower(): path for path in target.iterdir()}
    name = next(name for name in _names(portable(source.name, record)) if _usable(taken.get(name), sha256))
    there = taken.get(name)
    return Copy(role, f"{FOLDER}/{there.name if there else name}", sha256, new=there is None)


def _names(name: str) -> Iterator[str]:
    """Give a name, and then others like it, which never end."""
    return chain([name], (f"{Path(name).stem}-{number}{Path(name).suffix}" for number in count(2)))


def _usable(there: Path | None, sha256: str) -> bool:
    """Tell whether a name is free, or is that of the same file."""
    return there is None or (there.is_file() and not there.is_symlink() and digest(there) == sha256)


def portable(name: str, record: str) -> str:
    """Make a file name that every system accepts: it begins with the record it proves, in letters and digits."""
    stem, suffix = Path(name).stem, Path(name).suffix
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).lower()[:LONGEST].strip("-")
    prefix = record.replace(".", "-")
    own = plain.removeprefix(prefix).removeprefix("-") if re.match(rf"{prefix}(?![0-9])", plain) else plain
    ending = re.sub(r"[^a-z0-9]", "", suffix.lower())[:LONGEST_ENDING]
    return "-".join(filter(None, (prefix, own))) + (f".{ending}" if ending else "")


def _copy(source: Path, place: Path, sha256: str) -> None:
    with source.open("rb") as original, beside(place) as copy:
        shutil.copyfileobj(original, copy)
        on_disk(copy)
        if digest(Path(copy.name)) != sha256:
            raise failure(f"{source} changed while it was copied; nothing was changed", "changed-meanwhile")
    sync_folder(place.parent)


def _take_away(portfolio: Path, copies: Sequence[Copy]) -> None:
    """Delete copies that were made just now, unless the portfolio names them, for this or another command."""
    written = read_bytes(portfolio) or b""
    for copy in copies:
        if copy.new and copy.path.encode() not in written:
            with suppress(OSError):
                (portfolio.parent / copy.path).unlink()


def dropped(path: str) -> Path:
    """Read a path as it was typed, or as terminals write one that is dropped on them.

    They put quotes or backslashes round its spaces; PowerShell begins with `& ` and doubles quotes inside.
    """
    bare = path.strip()
    unquoted = bare.removeprefix("& ").strip().strip("\"'")
    forms = (path, unquoted, unquoted.replace("''", "'"), re.sub(r"\\(.)", r"\1", bare), *_as_words(bare))
    # Those of `Path` raise where a name is too long, or nobody's.
    places = [os.path.expanduser(form) for form in forms]  # noqa: PTH111
    return Path(next(filter(os.path.exists, places), unquoted or path))


def _as_words(path: str) -> list[str]:
    """Read a path as a shell would, where it is one word: with quotes inside quotes."""
    import shlex  # noqa: PLC0415 - only where a file was dropped

    with suppress(ValueError):
        words = shlex.split(path)
        return words if len(words) == 1 else []
    return []


def recorded(text: str, document: Document, copies: Sequence[Copy], record: str, added: date) -> tuple[str, list[str]]:
    """Write into a portfolio's text what the copies prove; give it with the ids of the proofs it touched.

    A file that is recorded in the same role proves one more record.
    """
    known = list(document.portfolio.all(Proof))
    touched = []
    for copy in copies:
        same = [index for index, proof in enumerate(known) if (proof.path, proof.role) == (copy.path, copy.role)]
        if same:
            index, proof = same[0], known[same[0]]
            text = set_key(text, Proof.kind, index, "records", list(dict.fromkeys([*proof.records, record])))
        else:
            name = next_id(Proof.kind, [*(proof.id for proof in known), *document.given_ids])
            proof = Proof(id=name, records=(record,), role=copy.role, path=copy.path, sha256=copy.sha256, added=added)
            known.append(proof)
            table = {key: getattr(proof, key) for key in ("id", "records", "role", "path", "sha256", "added")}
            text = append(text, Proof.kind, table)
        touched.append(proof.id)
    return text, touched
