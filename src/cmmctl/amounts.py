"""Read hours, money and counts as people write them, and show figures that never flatter.

Everything is exact: `Decimal` in, `Decimal` or `Fraction` through, rounded once, when shown. What cannot be
read is `Unread`, a `ValueError` that says how to write it.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeAlias

from cmmctl.errors import Unread

Number: TypeAlias = Decimal | Fraction | int

MOST_HOURS = 9999
MOST_MONEY = 10_000_000

_WIDTH = 40  # characters of somebody's text that a message repeats
_DIGITS = "[0-9]{0,12}"  # more is a slip of the hand, whatever it counts
_H = r"(?:h|hrs?|hours?)\.?"
_M = r"(?:m|mins?|minutes?)\.?"
_QUARTERS = {"1/4": "0.25", "1/2": "0.5", "3/4": "0.75"}
# What web pages, word processors and phones put in the place of a hyphen, of a fraction, and of nothing at all.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        **dict.fromkeys("\u200b\u200e\u200f\u2060\ufeff"),
        "\u00bc": " 1/4",
        "\u00bd": " 1/2",
        "\u00be": " 3/4",
    }
)


class Minutes(NamedTuple):
    """A duration that was stated in minutes, kept apart because issuers differ in minutes per hour."""

    minutes: int


def shown_input(text: str) -> str:
    """Repeat somebody's text in a message: in backticks, at most 40 characters, nothing a terminal obeys."""
    text = text.strip()
    safe = "".join(c if c.isprintable() else repr(c)[1:-1] for c in text[: _WIDTH + 1])
    if len(safe) > _WIDTH:
        safe = safe[: _WIDTH - 3] + "..."
    return f"`{safe}`" if safe else "an empty text"


def tidy(text: str) -> str:
    """Put what was typed or pasted into lower case, with plain hyphens and single blanks."""
    return " ".join(text.translate(_PLAIN).lower().split())


def read_hours(text: str) -> Decimal | Minutes:
    """Read hours as a certificate states them: `1.5`, `2 h` and `1 1/2` in hours, `80m`, `1h20m` and `1:20` in minutes.

    More than 0, at most 9,999 hours, at most 4 decimals.
    """
    clean = tidy(text)
    bare = re.sub(rf" ?{_H}$", "", clean)
    read = _decimal(bare, places=4) or _quarters(bare) or _minutes(clean)
    hours = Fraction(read.minutes, 60) if isinstance(read, Minutes) else read
    if not 0 < hours <= MOST_HOURS:
        kind = f"a number of hours above 0 and at most {MOST_HOURS}"
        raise _refused(text, kind, "`1.5`, `1h20m` or `80m`", places=4)
    return read


def read_amount(text: str, *, symbols: bool = False) -> Decimal:
    """Read money in dollars, to the cent: `349`, `349.5`, `349 USD`, and where `symbols` are safe, `$1,349.00`.

    On a command line they are not: a shell turns `$1,349.00` into `,349.00`, so both are refused there.
    """
    clean = tidy(text)
    if not symbols and re.search("[$,]", clean):
        raise Unread(f"{shown_input(text)} has a `$` or `,`, which shells eat", "write it as `1349.00`")
    found = re.fullmatch(r"(?:(?:us ?)?\$|usd)? ?([0-9.,]+)(?: ?(?:\$|usd|dollars?))?", clean)
    figure = found[1] if found else ""
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\..*)?", figure):
        figure = figure.replace(",", "")
    amount = _decimal(figure, places=2)
    if amount is None:
        raise _refused(text, "an amount", "dollars and cents as `1349.00`", places=2)
    if amount >= MOST_MONEY:
        raise Unread(f"{shown_input(text)} is not below {MOST_MONEY:,} dollars", "write it as `349.00`")
    return amount.quantize(Decimal("0.01"))


def read_number(text: str, *, zero: bool = False) -> Decimal:
    """Read credits or IACET CEUs: more than 0, or from 0 on, at most 9,999, at most 4 decimals."""
    number = _decimal(tidy(text), places=4)
    if number is None or not (zero or number) or number > MOST_HOURS:
        kind = f"a number {'from' if zero else 'above'} 0 {'to' if zero else 'and at most'} {MOST_HOURS}"
        raise _refused(text, kind, "it as `3` or `0.15`", places=4)
    return number


def read_count(text: str) -> int:
    """Read a whole number, 0 or more."""
    if not re.fullmatch("[0-9]{1,9}", tidy(text)):
        raise Unread(f"{shown_input(text)} is not a whole number", "write it as `12`")
    return int(tidy(text))


def shown(value: Number) -> str:
    """Show a figure with at most 2 decimals, half rounded up: `20.5`, `3`, `1.33`."""
    return _plain(_nearest(value))


def shown_down(value: Number) -> str:
    """Show what is on record, rounded down, so that 11.999 hours never look like 12."""
    return _plain(floor(Fraction(value) * 100))


def shown_up(value: Number) -> str:
    """Show what is still to go, rounded up, so that a gap never looks closed."""
    return _plain(ceil(Fraction(value) * 100))


def units(figure: str, one: str) -> str:
    """Say a figure that is shown with its unit, which is given as for one: `1 CE hour`, `1.5 CE hours`."""
    return f"{figure} {one}{'' if figure == '1' else 's'}"


def dollars(value: Decimal) -> str:
    """Show money: `$1,349.00`, `-$5.00`."""
    cents = _nearest(value)
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}${whole:,}.{rest:02}"


def bar(have: Number, want: Number, cells: int = 20) -> int:
    """Count the full cells of a progress bar, rounded down: all of them only when `want` is met."""
    part, whole = Fraction(have), Fraction(want)
    if whole <= 0 or part >= whole:
        return cells
    return max(0, floor(part / whole * cells))


def _decimal(text: str, *, places: int) -> Decimal | None:
    """Read plain digits with at most so many decimals; None for everything else, signs and exponents too."""
    found = re.fullmatch(rf"(?=\.?[0-9]){_DIGITS}(?:\.[0-9]{{1,{places}}})?", text)
    return Decimal(text) if found else None


def _quarters(text: str) -> Decimal | None:
    """Read `1 1/2` or `3/4`; other parts of an hour are no decimals."""
    found = re.fullmatch("(?:([0-9]{1,4})[ -])?([13]/[24])", text)
    part = _QUARTERS.get(found[2]) if found else None
    return Decimal(found[1] or 0) + Decimal(part) if found and part else None


def _minutes(text: str) -> Minutes:
    """Read `80m`, or after hours up to 59: `1h20m`, `1h20`, `1:20`; everything else is no time at all."""
    forms = (
        rf"(?:([0-9]{{1,6}}) ?{_H},? ?(?:and )?(?=[0-5]?[0-9]\D))?([0-9]{{1,6}}) ?{_M}",
        "([0-9]{1,6})h([0-5][0-9])",
        rf"([0-9]{{1,6}}):([0-5][0-9])(?::00)?(?: ?{_H})?",
    )
    found = next(filter(None, (re.fullmatch(form, text) for form in forms)), None)
    return Minutes(60 * int(found[1] or 0) + int(found[2]) if found else 0)


def _refused(text: str, kind: str, example: str, *, places: int) -> Unread:
    given = shown_input(text)
    if re.fullmatch("[0-9]+,[0-9]+", text.strip()):
        return Unread(f"{given} has a comma", "write a decimal point, as in `1.5`")
    if re.fullmatch(rf"[0-9]*\.[0-9]{{{places + 1},}}", text.strip()):
        return Unread(f"{given} has more than {places} decimals", f"write {example}")
    return Unread(f"{given} is not {kind}", f"write {example}")


def _nearest(value: Number) -> int:
    return floor(Fraction(value) * 100 + Fraction(1, 2))


def _plain(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    decimals = f".{rest:02}".rstrip("0").rstrip(".")
    return f"{'-' if hundredths < 0 else ''}{whole}{decimals}"
