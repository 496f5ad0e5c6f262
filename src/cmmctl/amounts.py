"""Read hours, money and counts as people write them, and show figures that never flatter.

Everything is exact: `Decimal` in, `Decimal` or `Fraction` through, rounded once, when shown. What cannot be
read is a `ValueError` whose message says how to write it.
"""

import re
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple, TypeAlias

Number: TypeAlias = Decimal | Fraction | int

MOST_HOURS = 9999
MOST_MONEY = 10_000_000

_WIDTH = 40  # characters of somebody's text that a message repeats
_DIGITS = "[0-9]{0,12}"  # more is a slip of the hand, whatever it counts
_H = "(?:h|hrs?|hours?)"
_M = "(?:m|mins?|minutes?)"


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


def read_hours(text: str) -> Decimal | Minutes:
    """Read hours as a certificate states them: `1.5` and `2 h` in hours, `1h20m` and `80m` in minutes.

    More than 0, at most 9,999 hours, at most 4 decimals.
    """
    clean = text.strip().lower()
    read = _decimal(re.sub(rf" ?{_H}$", "", clean), places=4) or _minutes(clean)
    hours = Fraction(read.minutes, 60) if isinstance(read, Minutes) else read
    if not 0 < hours <= MOST_HOURS:
        kind = f"a number of hours above 0 and at most {MOST_HOURS}"
        raise _refused(text, kind, "`1.5`, `1h20m` or `80m`")
    return read


def read_amount(text: str, *, symbols: bool = False) -> Decimal:
    """Read money in dollars, to the cent: `349`, `349.5`, and where `symbols` are safe, `$1,349.00`.

    On a command line they are not: a shell turns `$1,349.00` into `,349.00`, so both are refused there.
    """
    clean = text.strip()
    if symbols:
        clean = clean.removeprefix("$").lstrip()
        if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\..*)?", clean):
            clean = clean.replace(",", "")
    elif re.search("[$,]", clean):
        raise ValueError(f"{shown_input(text)} has a `$` or `,`, which shells eat; write it as `1349.00`")
    amount = _decimal(clean, places=2)
    if amount is None:
        raise _refused(text, "an amount", "dollars and cents as `349.00`")
    if amount >= MOST_MONEY:
        raise ValueError(f"{shown_input(text)} is not below {MOST_MONEY:,} dollars; write it as `349.00`")
    return amount.quantize(Decimal("0.01"))


def read_number(text: str) -> Decimal:
    """Read credits or IACET CEUs: more than 0, at most 9,999, at most 4 decimals."""
    number = _decimal(text.strip(), places=4)
    if number is None or not 0 < number <= MOST_HOURS:
        raise _refused(text, f"a number above 0 and at most {MOST_HOURS}", "it as `3` or `0.15`")
    return number


def read_count(text: str) -> int:
    """Read a whole number, 0 or more."""
    if not re.fullmatch("[0-9]{1,9}", text.strip()):
        raise ValueError(f"{shown_input(text)} is not a whole number; write it as `12`")
    return int(text)


def shown(value: Number) -> str:
    """Show a figure with at most 2 decimals, half rounded up: `20.5`, `3`, `1.33`."""
    return _plain(_nearest(value))


def shown_down(value: Number) -> str:
    """Show what is on record, rounded down, so that 11.999 hours never look like 12."""
    return _plain(floor(Fraction(value) * 100))


def shown_up(value: Number) -> str:
    """Show what is still to go, rounded up, so that a gap never looks closed."""
    return _plain(ceil(Fraction(value) * 100))


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


def _minutes(text: str) -> Minutes:
    """Read `80m` or `1h20m`, after hours up to 59; everything else is no time at all."""
    found = re.fullmatch(rf"(?:([0-9]{{1,6}}) ?{_H} ?(?=[0-5]?[0-9]\D))?([0-9]{{1,6}}) ?{_M}", text)
    return Minutes(60 * int(found[1] or 0) + int(found[2]) if found else 0)


def _refused(text: str, kind: str, example: str) -> ValueError:
    if re.fullmatch("[0-9]+,[0-9]+", text.strip()):
        return ValueError(f"{shown_input(text)} has a comma; write a decimal point, as in `1.5`")
    return ValueError(f"{shown_input(text)} is not {kind}; write {example}")


def _nearest(value: Number) -> int:
    return floor(Fraction(value) * 100 + Fraction(1, 2))


def _plain(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    decimals = f".{rest:02}".rstrip("0").rstrip(".")
    return f"{'-' if hundredths < 0 else ''}{whole}{decimals}"
