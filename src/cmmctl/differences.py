"""What is kept of a version: the whole text, or how it differs from the one before, in few bytes."""

import base64
import zlib
from collections.abc import Mapping
from typing import Any, TypeAlias

Change: TypeAlias = Mapping[str, Any]  # as it stands in the history


def whole(text: bytes) -> Change:
    """Keep a text by itself."""
    return {"whole": _packed(text)}


def is_whole(change: Change) -> bool:
    """Tell whether a version can be brought back without the one before."""
    return "whole" in change


def difference(before: bytes, after: bytes) -> Change:
    """Keep how two texts differ: how many bytes they begin and end with alike, and the new ones between."""
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    return {"head": head, "tail": tail, "text": _packed(after[head : len(after) - tail])}


def applied(before: bytes, change: Change) -> bytes:
    """Bring a text back from the one before."""
    if is_whole(change):
        return _unpacked(change["whole"])
    return before[: change["head"]] + _unpacked(change["text"]) + before[len(before) - change["tail"] :]


def _packed(text: bytes) -> str:
    return base64.b64encode(zlib.compress(text, 9)).decode("ascii")


def _unpacked(packed: str) -> bytes:
    return zlib.decompress(base64.b64decode(packed))


def _alike(one: bytes, other: bytes) -> int:
    """Count the bytes two texts begin with alike, by halving."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
