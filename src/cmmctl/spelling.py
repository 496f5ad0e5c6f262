"""Find the word that was meant by one that is not known: how far apart two words are, in slips of the hand.

A slip is a letter too few, too many, swapped with its neighbour, or another one; the key beside it is the likeliest.
Case, and `_`, a space or a long dash in place of a hyphen, are no difference at all.
"""

from collections.abc import Iterable, Mapping
from math import inf

_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_STAGGER = 0.5  # of a key, by which each row stands further right than the one above
_BESIDE = 0.8  # of a slip: the key beside the right one
_KEYS = {letter: (x + _STAGGER * y, y) for y, row in enumerate(_ROWS) for x, letter in enumerate(row)}
_DASHES = str.maketrans(dict.fromkeys("_ \u2010\u2011\u2012\u2013\u2014", "-"))
_BEGINNING = 3  # letters at least
_BEGUN = 1.5  # slips that a word which was only begun counts as


def meant(word: str, known: Iterable[str]) -> str | None:
    """Find the known word that is nearest; of equals the one that begins most alike. None where nothing is near.

    A word of up to three letters may differ by one slip, one of up to eight by two, a longer one by three; the
    beginning of a word is nearer to it than two slips, and further away than one.
    """
    typed = _bare(word)
    near: list[tuple[tuple[float, int, int], str]] = []
    for name in known:
        bare = _bare(name)
        unlike = abs(len(typed) - len(bare)) > _most(bare)  # so many slips at least
        far = inf if unlike else slips(typed, bare)
        if bare.startswith(typed) and len(typed) >= _BEGINNING:
            far = min(far, _BEGUN)
        if far <= _most(bare) and far < max(len(typed), 2):
            near.append(((far, -_alike(typed, bare), abs(len(typed) - len(bare))), name))
    return min(near, key=lambda one: one[0])[1] if near else None


def synonyms(words: Mapping[str, str]) -> dict[str, str]:
    """Turn the other words for each thing, with blanks between them, into a table from word to thing."""
    return {word: thing for thing, several in words.items() for word in several.split()}


def called(word: str, known: Iterable[str], others: Mapping[str, str]) -> str | None:
    """Find what a word means: a known word that is near, or what one of the other words for it stands for."""
    name = word.lower()
    found = name if name in others else meant(word, [*known, *others])
    return others.get(found, found) if found else None


def slips(typed: str, right: str) -> float:
    """Count the slips between two words: insertions, deletions, substitutions, and swaps of neighbours."""
    above: list[float] = []
    row: list[float] = list(range(len(right) + 1))
    for i, letter in enumerate(typed, 1):
        before, above, row = above, row, [i]
        for j, other in enumerate(right, 1):
            far = min(above[j] + 1, row[-1] + 1, above[j - 1] + _apart(letter, other))
            if i > 1 and j > 1 and (typed[i - 2], letter) == (other, right[j - 2]):
                far = min(far, before[j - 2] + 1)
            row.append(far)
    return row[-1]


def _apart(letter: str, other: str) -> float:
    if letter == other:
        return 0
    (x, y), (u, v) = (_KEYS.get(key, (-9.0, -9)) for key in (letter, other))
    return _BESIDE if abs(x - u) <= 1 and abs(y - v) <= 1 else 1


def _alike(typed: str, right: str) -> int:
    """Count the letters both begin with: the first ones are seldom wrong."""
    return next((i for i, (a, b) in enumerate(zip(typed, right, strict=False)) if a != b), min(len(typed), len(right)))


def _most(name: str) -> int:
    short, long = 3, 8
    return 1 + (len(name) > short) + (len(name) > long)


def _bare(word: str) -> str:
    return word.strip().lower().translate(_DASHES).lstrip("-")
