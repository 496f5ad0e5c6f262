"""The text of a file -> its data, exactly as written.

Two parsers read the same language: the quick one reads what is right, and the careful one has the last word on what
the quick one refuses, and says what is wrong with it and where.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from itertools import chain, compress
from typing import Any, Final

import toml_rs

BOM = "\ufeff"  # what Windows editors put before the first character
_DEEPEST: Final = 50  # levels; a portfolio has four
_LONGEST: Final = 10**1000  # no whole number reaches it; one of 4,300 digits cannot even be shown
_LOOKED_INTO: Final = {dict, list, int}
_OF_A_RECORD: Final = 3  # steps to a key: the kind, the number, the key
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


class TomlError(ValueError):
    """A text that is not TOML: what is said of it, and `at` which character of `text`.

    `at` is None where a number is too long or the nesting too deep: the parser does not say where. `way` is the way
    to it through the data, as far as there are any.
    """

    def __init__(self, said: str, text: str = "", at: int | None = None, way: Sequence[str | int] = ()) -> None:
        super().__init__(said)
        self.said, self.text, self.at, self.way = said, text, at, way

    @property
    def line(self) -> int:
        """Count the lines down to that character."""
        return self.text.count("\n", 0, self.at) + 1


def parse(text: str) -> dict[str, Any]:
    """Read the data exactly as written: decimals stay decimal. Raises `TomlError`."""
    plain = text.removeprefix(BOM)
    data = _quickly(plain)
    if data is None:
        data = _carefully(plain)
    if _absurd(data):
        raise TomlError("too long or nested too deep", way=_way(data))
    return data


@lru_cache(maxsize=2)
def parsed(text: str) -> Mapping[str, Any]:
    """Read the data once, however often a text is looked at; nobody may change what this gives."""
    return parse(text)


def _quickly(text: str) -> dict[str, Any] | None:
    """Read a text nothing is wrong with, by the older edition of the language, which both parsers read alike."""
    with suppress(ArithmeticError, ValueError):
        if not (text.startswith(BOM) or _brackets_pile_up(text)):
            return toml_rs.loads(text, parse_float=Decimal, toml_version="1.0.0")
    return None


def _brackets_pile_up(text: str) -> bool:
    """Tell whether a text may be nested too deep for the quick parser's stack; brackets in quotes count, too."""
    brackets = text.encode().translate(None, _NO_BRACKETS)
    for _ in range(_DEEPEST):
        if len(brackets) <= _DEEPEST:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return True


def _carefully(text: str) -> dict[str, Any]:
    import tomli  # noqa: PLC0415 - only where the quick parser would not have it

    try:
        return tomli.loads(text, parse_float=Decimal)
    except tomli.TOMLDecodeError as error:
        raise TomlError(error.msg, error.doc, error.pos) from error
    except (ArithmeticError, RecursionError, ValueError) as error:
        raise TomlError(str(error)) from error


def _absurd(data: dict[str, Any] | list[Any], deepest: int = _DEEPEST) -> bool:
    """Tell whether data has a number too long to be shown, or is nested too deep to be looked through."""
    level: list[Any] = [data]
    for _ in range(deepest):
        inside = list(chain.from_iterable(one.values() if type(one) is dict else one for one in level))
        further = list(compress(inside, map(_LOOKED_INTO.__contains__, map(type, inside))))
        level = [each for each in further if type(each) is not int]
        if any(type(each) is int and not -_LONGEST < each < _LONGEST for each in further):
            return True
    return bool(level)


def _way(data: dict[str, Any]) -> tuple[str | int, ...]:
    """Go down to what makes data absurd, as far as to the key of a record."""
    way: tuple[str | int, ...] = ()
    inside: Any = data
    while len(way) < _OF_A_RECORD and type(inside) in {dict, list}:
        steps = inside.items() if type(inside) is dict else enumerate(inside)
        step, inside = next((step, each) for step, each in steps if _absurd([each], _DEEPEST - len(way)))
        way = *way, step
    return way
