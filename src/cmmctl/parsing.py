"""The text of a file -> its data, exactly as written."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import tomli

BOM = "\ufeff"  # what Windows editors put before the first character


def parse(text: str) -> dict[str, Any]:
    """Read the data exactly as written: decimals stay decimal. Raises `tomli.TOMLDecodeError`."""
    plain = text.removeprefix(BOM)
    try:
        return tomli.loads(plain, parse_float=Decimal)
    except tomli.TOMLDecodeError:
        raise
    except (ArithmeticError, RecursionError, ValueError) as error:  # absurd numbers, absurd nesting
        raise tomli.TOMLDecodeError(str(error), plain, 0) from error


@lru_cache(maxsize=2)
def parsed(text: str) -> Mapping[str, Any]:
    """Read the data once, however often a text is looked at; nobody may change what this gives."""
    return parse(text)
