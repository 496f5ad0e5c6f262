"""Certificates and receipts: copied into `proofs/` under a portable name, recorded with their SHA-256.

The original is never touched, and no copy is ever deleted once a record names it. A copy is on the disk before
the record is written.
"""

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cmmctl.blocks import append, set_key
from cmmctl.errors import CmmctlError, failure
from cmmctl.history import sync_folder
from cmmctl.model import Portfolio, Proof
from cmmctl.schema import Flaw, Place, next_id
from cmmctl.store import Document, read_bytes

FOLDER = "proofs"
SHOWN = frozenset({".pdf", ".png", ".jpg", ".jpeg"})  # what a document can show later
LONGEST = 80
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE
)  # names Windows keeps for itself


class Staged(NamedTuple):
    """A proof in the folder: what it is, its path from there, its digest, and whether this copy was made just now."""

    role: str
    path: str
    sha256: str
    new: bool

    @property
    def shown(self) -> bool:
        """Tell whether a document can show it."""
        return Path(self.path).suffix.lower() in SHOWN


def stage(folder: Path, role: str, source: Path, record: str) -> Staged:
    """Copy a file into the folder's `proofs/`, durable before this returns. The same file is not copied twice."""
    try:
        if not source.is_file():
            what = "is a folder" if source.is_dir() else "is not there"
            raise failure(f"{source} {what}", "not-found", "give the path of a PDF or picture; quotes around spaces")
        sha256 = digest(source)
        target = folder / FOLDER
        target.mkdir(exist_ok=True)
        inside(folder, FOLDER)
        for name in _names(portable(source.name, record)):
            place = target / name
            if not os.path.lexists(place):
                _copy(source, place, sha256)
                return Staged(role, f"{FOLDER}/{name}", sha256, new=True)
            if place.is_file() and digest(place) == sha256:
                return Staged(role, f"{FOLDER}/{name}", sha256, new=False)
        raise AssertionError  # pragma: no cover - the names never end
    except OSError as error:
        raise failure(f"cannot copy {source}: {error.strerror}; nothing was changed", "io") from error


@contextmanager
def staged(portfolio: Path, files: Sequence[tuple[str, Path]], record: str) -> Iterator[list[Staged]]:
    """Copy files for as long as a change takes; where it fails, copies that the portfolio does not name go away."""
    copies: list[Staged] = []
    try:
        copies += (stage(portfolio.parent, role, file, record) for role, file in files)
        yield copies
    except BaseException:
        written = read_bytes(portfolio) or b""
        for copy in copies:
            if copy.new and copy.path.encode() not in written:
                with suppress(OSError):
                    (portfolio.parent / copy.path).unlink()
        raise


def dropped(path: str) -> Path:
    """Read a path as it was typed or dropped on a terminal, quotes and all."""
    return Path(path.strip().strip("\"'")).expanduser()


def digest(path: Path) -> str:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def portable(name: str, record: str) -> str:
    """Make a file name that every system accepts, beginning with the record it proves."""
    stem, suffix = Path(name).stem, Path(name).suffix
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii")
    plain = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:LONGEST].strip("-")
    ending = re.sub(r"[^a-z0-9.]", "", suffix.lower())[:10]
    prefix = record.replace(".", "-")
    whole = f"{plain}{ending}" if plain.startswith(prefix) else f"{prefix}-{plain or 'proof'}{ending}"
    return f"proof-{whole}" if _RESERVED.fullmatch(whole) else whole


def _names(name: str) -> Iterator[str]:
    stem, suffix = Path(name).stem, Path(name).suffix
    yield name
    number = 2
    while True:
        yield f"{stem}-{number}{suffix}"
        number += 1


def _copy(source: Path, place: Path, sha256: str) -> None:
    temporary = place.with_name(f".cmmctl-{os.getpid()}.tmp")
    try:
        with source.open("rb") as original, temporary.open("xb") as copy:
            shutil.copyfileobj(original, copy)
            copy.flush()
            os.fsync(copy.fileno())
        if digest(temporary) != sha256:
            raise failure(f"{source} changed while it was copied; nothing was recorded", "changed-meanwhile")
        temporary.replace(place)
        sync_folder(place.parent)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def inside(folder: Path, path: str) -> Path:
    """Give the place of a proof. Raises `unsafe-edit` where a link leads out of the portfolio's folder."""
    place = Path(os.path.realpath(folder / path))
    if not place.is_relative_to(os.path.realpath(folder)):
        raise failure(f"{path} leads out of the portfolio's folder", "unsafe-edit", "keep proofs in the folder itself")
    return place


def recorded(
    text: str, document: Document, copies: Sequence[Staged], record: str, added: date
) -> tuple[str, list[str]]:
    """Write into a portfolio's text what the copies prove; give it with the ids of the proofs it touched.

    A file that is there already proves one more record.
    """
    known = list(document.portfolio.all(Proof))
    touched = []
    for copy in copies:
        same = next(
            (index for index, proof in enumerate(known) if (proof.path, proof.role) == (copy.path, copy.role)), None
        )
        if same is None:
            name = next_id(Proof.kind, [*(proof.id for proof in known), *document.given_ids])
            proof = Proof(id=name, records=(record,), role=copy.role, path=copy.path, sha256=copy.sha256, added=added)
            known.append(proof)
            table = {key: getattr(proof, key) for key in ("id", "records", "role", "path", "sha256", "added")}
            text = append(text, Proof.kind, table)
        else:
            name = known[same].id
            text = set_key(text, Proof.kind, same, "records", list(dict.fromkeys([*known[same].records, record])))
        touched.append(name)
    return text, touched


def trouble(portfolio: Portfolio, folder: Path) -> Iterator[Flaw]:
    """Find proofs that are missing or altered, and files in `proofs/` that no record names."""
    named = set()
    for number, proof in enumerate(portfolio.all(Proof)):
        place = Place(Proof.kind, number, "path")
        named.add(proof.path.replace("\\", "/"))
        try:
            path = inside(folder, proof.path)
            there = path.is_file()
            same = there and digest(path) == proof.sha256
        except (CmmctlError, OSError) as error:
            yield Flaw(place, f"{proof.id}: {error}")
            continue
        if not there:
            yield Flaw(place, f"{proof.path}, which {proof.id} names, is not there", "put it back, or `cmmctl undo`")
        elif not same:
            yield Flaw(place, f"{proof.path} is not the file that {proof.id} recorded", "put back the original file")
    with suppress(OSError):
        for path in sorted((folder / FOLDER).iterdir()):
            if f"{FOLDER}/{path.name}" not in named and not path.name.startswith("."):
                yield Flaw(
                    Place(), f"{FOLDER}/{path.name} is named by no record", f"cmmctl attach ID {FOLDER}/{path.name}"
                )
