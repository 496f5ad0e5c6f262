"""What one key of a fact may hold.

Each `Value` reads a TOML value (`from_file`) and a word typed on the command line or at a prompt
(`from_text`, which needs the day that `today` means). Both raise `ValueError` with a message that fits
behind the key's name ("`hours` must be ..."). The text reader returns what would stand in the file, so the
file's reader is the only validator.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from cmmctl.amounts import MOST_HOURS, MOST_MONEY, read_amount, read_count, read_hours, read_number, shown_input
from cmmctl.dates import FIRST_YEAR, LAST_YEAR, is_stated, read_day, read_stated
from cmmctl.errors import nearest

MOST_COUNT = 9999  # months, days: more would lead beyond the calendar
MOST_PEOPLE = 999_999
PLACES = 4
CREDENTIAL_ID = r"[a-z0-9-]+(\.[a-z0-9-]+)+"
NUMBER_OF_ID = "[1-9][0-9]{0,8}"  # more than anybody can have, and short enough to be counted on


class Value(NamedTuple):
    """One kind of value: its name in the documents, an example to copy, and its two readers."""

    name: str
    example: str
    from_file: Callable[[object], object]
    from_text: Callable[[str, date], object]
    choices: tuple[str, ...] = ()
    many: bool = False


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f"must be text in quotes, not {_named(value)}")  # noqa: TRY004 - one error type for readers
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _day(value: object) -> object:
    if type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    if isinstance(value, datetime):
        raise ValueError("must be a date without a time, such as 2026-03-02")  # noqa: TRY004
    if not isinstance(value, date):
        raise ValueError(f"must be a date without quotes, such as 2026-03-02, not {_named(value)}")  # noqa: TRY004
    raise ValueError(f"has a year outside {FIRST_YEAR} to {LAST_YEAR}, {value}")


def _stated(value: object) -> object:
    if isinstance(value, str):
        if not is_stated(value):
            raise ValueError(
                f'must be a date such as 2024-02-19, a month "2024-02" or a year "2024", not {_named(value)}'
            )
        return value
    return _day(value)


def _number(value: object, *, zero: bool = False, places: int = PLACES, most: int = MOST_HOURS) -> Decimal:
    if type(value) is int or type(value) is Decimal:
        return _figure(value, zero, places, most)
    raise ValueError(f"must be a number, not {_named(value)}")


@lru_cache(maxsize=512)
def _figure(value: int | Decimal, zero: bool, places: int, most: int) -> Decimal:  # noqa: FBT001 - what a cache is asked by
    """Judge a figure once: a long record has few different ones."""
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"must be a number, not {_named(value)}")
    if number < 0 or (number == 0 and not zero):
        raise ValueError(f"must be {'zero or more' if zero else 'more than zero'}, not {_named(number)}")
    if number > most:
        raise ValueError(f"must be at most {most}")
    if number != round(number, places):
        raise ValueError(f"must not have more than {places} decimals")
    return number


def _rate(value: object) -> object:
    return _number(value, zero=True)


def _money(value: object) -> object:
    return _number(value, zero=True, places=2, most=MOST_MONEY)


def _count(least: int, most: int) -> Callable[[object], object]:
    def read(value: object) -> object:
        if type(value) is not int:
            raise ValueError(f"must be a whole number, not {_named(value)}")
        if not least <= value <= most:
            raise ValueError(f"must be from {least} to {most}")
        return value

    return read


def _flag(value: object) -> object:
    if not isinstance(value, bool):
        raise ValueError(f"must be true or false, not {_named(value)}")  # noqa: TRY004
    return value


def _yes_or_no(text: str, _today: date) -> object:
    words = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}
    if text.strip().lower() not in words:
        raise ValueError(f"{shown_input(text)} is not yes or no")
    return words[text.strip().lower()]


def _named(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a table"
    return shown_input(str(value)) if not isinstance(value, str) else f"the text {shown_input(value)}"


def _matching(pattern: str, meaning: str) -> Callable[[object], object]:
    compiled = re.compile(pattern)

    def read(value: object) -> object:
        if isinstance(value, str) and compiled.fullmatch(value):
            return value
        raise ValueError(f"must be {meaning}, not {_named(_text(value))}")

    return read


def _inside(value: object) -> object:
    text = str(_text(value))
    parts = re.split(r"[/\\]", text)
    if text.startswith(("/", "\\", "~")) or ".." in parts or ":" in parts[0]:
        raise ValueError(f"must be a path inside the portfolio's folder, not {_named(text)}")
    return "/".join(parts)


def _plain(text: str, _today: date) -> object:
    return text


TEXT = Value("text", "Sample Clinic", _text, _plain)
DAY = Value("date", "2026-03-02", _day, read_day)
STATED = Value("date, month or year", "2024-02", _stated, read_stated)
HOURS = Value("hours", "1.5", _number, lambda text, _today: read_hours(text))
NUMBER = Value("number", "3", _number, lambda text, _today: read_number(text))
RATE = Value(
    "number from zero",
    "2",
    _rate,
    lambda text, _today: read_number(text, zero=True),
)
MONEY = Value("amount", "349.00", _money, lambda text, _today: read_amount(text))
WHOLE = Value("whole number", "12", _count(0, MOST_PEOPLE), lambda text, _today: read_count(text))
SOME = Value("whole number over zero", "60", _count(1, MOST_COUNT), lambda text, _today: read_count(text))
MINUTES = Value("minutes", "80", _count(1, MOST_HOURS * 60), lambda text, _today: read_count(text))
FLAG = Value("yes or no", "yes", _flag, _yes_or_no)
CREDENTIAL = Value("credential", "pahcom.cmm", _matching(CREDENTIAL_ID, "an id such as `pahcom.cmm`"), _plain)
ID = Value("id", "ce-7", _matching(f"[a-z]+-{NUMBER_OF_ID}|{CREDENTIAL_ID}", "an id such as `ce-7`"), _plain)
APPROVAL = Value(
    "issuer:index",
    "pahcom:12345",
    _matching(r"[a-z0-9-]+:.*", "`issuer:index` such as `pahcom:12345`"),
    _plain,
)


def is_index(index: str) -> bool:
    """Tell whether an approval's index number can be one: it has a digit, or is empty where none is shown."""
    return not index or any(letter.isdigit() for letter in index)


PATH = Value("path in the folder", "proofs/ce-7.pdf", _inside, _plain)
DIGEST = Value(
    "SHA-256",
    "64 hexadecimal digits",
    _matching(r"[0-9a-f]{64}", "a SHA-256 of 64 hexadecimal digits"),
    _plain,
)


def choice(*choices: str) -> Value:
    """One word of a closed list; a wrong one is answered with the nearest."""

    def read(value: object) -> object:
        if value not in choices:
            text = str(_text(value))
            close = nearest(text, choices)
            meant = f"; did you mean `{close}`?" if close else ""
            raise ValueError(f"must be one of {', '.join(choices)}, not {_named(text)}{meant}")
        return value

    def typed(text: str, _today: date) -> object:
        return text.strip().lower().replace(" ", "-").replace("_", "-")

    return Value("choice", choices[0], read, typed, choices)


def several(value: Value) -> Value:
    """Make an array of such values, not empty."""

    def read(values: object) -> object:
        if not isinstance(values, list):
            raise ValueError(f'must be a list such as ["{value.example}"], not {_named(values)}')  # noqa: TRY004
        if not values:
            raise ValueError("must not be an empty list; leave the key out instead")
        try:
            return tuple(map(value.from_file, values))
        except ValueError:
            raise ValueError(*wrong(values)) from None

    def wrong(values: list[object]) -> Iterator[object]:
        for each in values:
            try:
                value.from_file(each)
            except ValueError as error:
                yield from error.args

    return Value(f"list of {value.name}", value.example, read, value.from_text, value.choices, many=True)
