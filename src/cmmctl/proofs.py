"""Certificates and receipts in `proofs/`: where they lie, and whether they are the files that were recorded."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cmmctl.errors import CmmctlError, failure
from cmmctl.filenames import alike
from cmmctl.model import Portfolio, Proof
from cmmctl.systems import CLUTTER, spelled
from cmmctl.tables import Flaw, Place

FOLDER = "proofs"
_BEGINNING = 1024  # bytes; programs look that far for the mark of a PDF
_BEGINS = {  # the marks of which one stands near the beginning of such a file
    ".pdf": ((b"%PDF-",), "PDF"),
    ".png": ((b"\x89PNG",), "PNG picture"),
    ".jpg": ((b"\xff\xd8\xff",), "JPEG picture"),
    ".jpeg": ((b"\xff\xd8\xff",), "JPEG picture"),
}


def digest(path: Path) -> str:
    """Give a file's SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def inside(folder: Path, path: str) -> Path:
    """Give the place of a proof. Raises `unsafe-edit` where a link leads out of the portfolio's folder."""
    place = Path(os.path.realpath(spelled(folder / path)))
    if not place.is_relative_to(os.path.realpath(folder)):
        hint = f"put the file itself into {FOLDER}/"
        raise failure(f"{path} is a link that leads out of the portfolio's folder", "unsafe-edit", hint)
    return place


def intact(folder: Path, proof: Proof) -> bool:
    """Tell whether the file of a proof is there, and is the one that was recorded."""
    with suppress(CmmctlError, OSError):
        place = inside(folder, proof.path)
        return place.is_file() and digest(place) == proof.sha256
    return False


def unlike(path: Path) -> str | None:
    """Say why a file cannot be what its name says: it does not begin as one."""
    marks, what = _BEGINS.get(path.suffix.lower(), ((b"",), ""))
    with path.open("rb") as file:
        begins = file.read(_BEGINNING)
    if not begins:
        return "is empty"
    return None if any(mark in begins for mark in marks) else f"is no {what}, whatever its name says"


def files(folder: Path) -> Iterator[Path]:
    """List what lies in `proofs/`, in any folder of it, but for hidden files."""
    for path in sorted((folder / FOLDER).rglob("*")):
        hidden = any(part.startswith(".") or part.lower() in CLUTTER for part in path.relative_to(folder).parts)
        if not hidden and (path.is_file() or path.is_symlink()):
            yield path


def trouble(portfolio: Portfolio, folder: Path) -> Iterator[Flaw]:
    """Find proofs that are missing or altered, and files in `proofs/` that no record names."""
    named = {alike(proof.path) for proof in portfolio.all(Proof)}
    for number, proof in enumerate(portfolio.all(Proof)):
        if not intact(folder, proof):
            yield Flaw(Place(Proof.kind, number, "path"), *_wrong(folder, proof))
        elif why := unlike(inside(folder, proof.path)):
            hint = f"attach a good copy, and `cmmctl remove {proof.id}`"
            yield Flaw(Place(Proof.kind, number, "path"), f"{proof.path} {why}", hint)
    for path in files(folder):
        name = path.relative_to(folder).as_posix()
        if alike(name) not in named:
            message = f"{name} is named by no record"
            yield Flaw(Place(), message, f'say what it proves: `cmmctl attach ID "{path}"`')


def _wrong(folder: Path, proof: Proof) -> tuple[str, str]:
    try:
        place = inside(folder, proof.path)
    except CmmctlError as error:
        return f"{proof.id}: {error}", f"put the file itself into {FOLDER}/"
    if place.is_file():
        hint = f"put the original file back, or attach a good copy and `cmmctl remove {proof.id}`"
        return f"{proof.path} is not the file that {proof.id} recorded", hint
    return f"{proof.path}, which {proof.id} names, is not there", f"put it back into {place.parent}"
