"""Say when things were, and count the months between, the way a person with a calendar does.

Conventions, here and in everything built on this module:

- A day is a `date`; nothing here asks the clock, `today` is always given.
- `Stated` is what a record knows: a day, or a month `2024-02` or a year `2009` kept as a string. Its first
  day counts for a start, its last for an end.
- A `Span` is half-open: `stop` is the day after the last one.
- Months are added to the anchor, never to an earlier sum, and clamped to the month's end: 31 Jan + 1 is
  28 or 29 Feb, 31 Jan + 2 is 31 Mar.
- Years run from 1900 to 2200 where text is read; 3/2/2026 is the second of March. 3-2-2026 and 3.2.2026 are
  written month first by some and day first by others, so nobody guesses.
- Names are English, whatever the locale.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

from cmmctl.amounts import shown_input, tidy
from cmmctl.errors import Unread

Stated: TypeAlias = date | str

FIRST_YEAR, LAST_YEAR = 1900, 2200
DAYS_PER_MONTH = 30  # of days left over from whole calendar months

# fmt: off
_MONTHS = ("January", "February", "March", "April", "May", "June", "July",
           "August", "September", "October", "November", "December")
# fmt: on
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT = 3  # letters of a short name

_YEAR = "(?P<year>[0-9]{4}|[0-9]{2})"
_WHOLE_YEAR = "(?P<year>[0-9]{4})"
_MONTH = "(?P<month>[0-9]{1,2})"
_NAME = "(?P<month>[a-z]+)"
_DAY = "(?P<day>[0-9]{1,2})"
_NTH = f"{_DAY}(?:st|nd|rd|th)?"
_APART = "[ ,./-]{1,3}"  # between a month's name and figures, where nothing can be mistaken
_WEEKDAY = f"(?:(?P<weekday>[a-z]+){_APART})?"
_TIME = r"(?:(?:t|,? (?:at )?)(?:[01]?[0-9]|2[0-3])(?::[0-5][0-9]){1,2}(?:\.0+)?(?: ?[ap]\.?m\.?)?)?"  # of a place
_DAY_FORMS = (
    f"{_WHOLE_YEAR}(?P<_>[-/.]){_MONTH}(?P=_){_DAY}",
    f"{_MONTH} ?(?P<mark>[-/.]) ?{_DAY} ?(?P=mark) ?{_YEAR}",
    f"{_WEEKDAY}{_NAME}{_APART}{_NTH}{_APART}{_YEAR}",
    f"{_WEEKDAY}{_NTH}(?: of)?(?:{_APART})?{_NAME}(?:{_APART})?{_YEAR}",
    f"{_WHOLE_YEAR}(?:{_APART})?{_NAME}(?:{_APART})?{_NTH}",
    "(?P<year>(?:19|2[0-2])[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
)
_YEARLESS = (
    f"{_WEEKDAY}{_NAME}{_APART}{_NTH}",
    f"{_WEEKDAY}{_NTH}(?: of)?(?:{_APART})?{_NAME}",
    f"{_MONTH} ?/ ?{_DAY}",
)
_MONTH_FORMS = (
    f"{_YEAR}-{_MONTH}",
    f"{_WHOLE_YEAR}[/.]{_MONTH}",
    f"{_MONTH} ?[-/.] ?{_YEAR}",
    f"{_NAME}{_APART}{_YEAR}",
    f"{_WHOLE_YEAR}{_APART}{_NAME}",
    _YEAR,
)


class Span(NamedTuple):
    """The days from `start` up to, not including, `stop`."""

    start: date
    stop: date


def is_stated(text: str) -> bool:
    """Tell whether a record may keep this string as a month or a year."""
    return bool(re.fullmatch("(?:(?:19|20|21)[0-9]{2}|2200)(?:-(?:0[1-9]|1[0-2]))?", text))


def first_day(stated: Stated) -> date:
    """Find the day a start counts from; a string is one that `is_stated`."""
    return stated if isinstance(stated, date) else date(int(stated[:4]), int(stated[5:] or 1), 1)


def last_day(stated: Stated) -> date:
    """Find the day an end counts to, included."""
    if isinstance(stated, date):
        return stated
    return add_months(first_day(stated), 1 if "-" in stated else 12) - timedelta(days=1)


def read_day(text: str, today: date) -> date:
    """Read one day as people write it; a time of that day is passed over. Raises `Unread`, a `ValueError`."""
    return _read_day(text, today, "`2026-03-02`")


def read_stated(text: str, today: date) -> Stated:
    """Read a day, or keep a month or a year that is all one remembers as `2024-02` or `2009`."""
    found = _match(_MONTH_FORMS, text)
    if found and (day := _day(found, text)):
        return day.isoformat()[: 7 if "month" in found.groupdict() else 4]
    return _read_day(text, today, "`2026-03-02`, `2026-03` or `2026`")


def add_months(day: date, months: int) -> date:
    """Move an anchor by whole months, back too; ValueError or OverflowError outside the years 1 to 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    length = (31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month]
    return date(year, month + 1, min(day.day, length))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or touch, so that no day counts twice; sorted, without empty ones."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.stop):
        if joined and span.start <= joined[-1].stop:
            joined[-1] = Span(joined[-1].start, max(joined[-1].stop, span.stop))
        else:
            joined.append(span)
    return joined


def whole_months(spans: Iterable[Span]) -> int:
    """Count months of experience: whole calendar months of each span, then 30 pooled left-over days a month.

    A span alone completes a month on its calendar day, not on the 30th left-over day of a month of 31: at
    most 29 of each enter the pool.
    """
    months = pool = 0
    for start, stop in merged(spans):
        whole = (stop.year - start.year) * 12 + stop.month - start.month
        whole -= add_months(start, whole) > stop
        months += whole
        pool += min((stop - add_months(start, whole)).days, DAYS_PER_MONTH - 1)
    return months + pool // DAYS_PER_MONTH


def earliest(holds: Callable[[date], bool], low: date, high: date) -> date | None:
    """Find the first day from `low` to `high`, both included, on which something holds that then stays so."""
    days = range(low.toordinal(), high.toordinal() + 1)
    at = bisect_left(days, x=True, key=lambda day: holds(date.fromordinal(day)))
    return date.fromordinal(days[at]) if at < len(days) else None


def weekday(day: date) -> str:
    """Show a day so that a slip is noticed: `Mon Nov 23 2026`."""
    return f"{_WEEKDAYS[day.weekday()][:_SHORT]} {plain(day)}"


def plain(stated: Stated) -> str:
    """Show no more than is known: `Nov 23 2026`, `Feb 2024`, `2009`."""
    day = first_day(stated)
    month = _MONTHS[day.month - 1][:_SHORT]
    if isinstance(stated, date):
        return f"{month} {day.day} {day.year}"
    return f"{month} {day.year}" if "-" in stated else stated


def _read_day(text: str, today: date, example: str) -> date:
    word = tidy(text).rstrip(".")
    if word == "tomorrow":
        raise Unread(f"{shown_input(text)} is not a date", f"write the day itself, as in `{today + timedelta(days=1)}`")
    if word in {"today", "yesterday"}:
        return today - timedelta(days=word == "yesterday")
    if number := _number(word, _WEEKDAYS):
        return today - timedelta(days=(today.isoweekday() - number - 1) % 7 + 1)
    found = _match((form + time for time in ("", _TIME) for form in _DAY_FORMS), text)
    day = _day(found, text) if found else None
    if day is None:
        meant = _this_year(text, today)
        hint = f"write the year too, as in `{plain(meant)}`" if meant else f"write it as {example}"
        raise Unread(f"{shown_input(text)} is not a date", hint)
    return day


def _this_year(text: str, today: date) -> date | None:
    """Find the day of this year that a text without a year states."""
    found = _match(_YEARLESS, text)
    month = found and (int(found["month"]) if found["month"].isdecimal() else _number(found["month"], _MONTHS))
    return _calendar(today.year, month, int(found["day"])) if found and month else None


def _match(forms: Iterable[str], text: str) -> re.Match[str] | None:
    clean = tidy(text)
    return next((found for form in forms if (found := re.fullmatch(form, clean))), None)


def _day(found: re.Match[str], text: str) -> date | None:
    """Find the day, or the first of the month or year, that a form states; None where a month is no name."""
    parts: dict[str, str] = {"month": "1", "day": "1", "weekday": "", "mark": ""} | found.groupdict("")
    year, name = parts["year"], parts["month"]
    month = int(name) if name.isdecimal() else _number(name, _MONTHS)
    if month is None:
        return None
    given = shown_input(text)
    if len(year) < len("2026"):
        raise Unread(f"{given} is not a date", "write the year with four digits, such as `3/2/2026`")
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        raise Unread(f"{given} has a year outside {FIRST_YEAR} to {LAST_YEAR}", "write it as `2026-03-02`")
    day = _calendar(int(year), month, int(parts["day"]))
    swapped = _calendar(int(year), int(parts["day"]), month) if parts["mark"] else None
    if parts["mark"] in {"-", "."}:
        if day and swapped and day != swapped:
            raise Unread(f"{given} may be {plain(day)} or {plain(swapped)}", f"write it as `{day}` or `{swapped}`")
        day = day or swapped
    if day is None:
        hint = "check its month and day, as in `3/22/2026` or `2026-03-22`"
        if swapped:
            hint = f"the month comes first: `{swapped.month}/{swapped.day}/{swapped.year}` or `{swapped}`"
        raise Unread(f"{given} is not a day of the calendar", hint)
    if parts["weekday"] and _number(parts["weekday"], _WEEKDAYS) != day.isoweekday():
        raise Unread(f"{given} is a {_WEEKDAYS[day.weekday()]}", f"write it as `{plain(day)}`")
    return day


def _calendar(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(word: str, names: tuple[str, ...]) -> int | None:
    """Count from 1 to the name that begins with this word of three letters or more; None where none does."""
    known = (n for n, name in enumerate(names, 1) if name.lower().startswith(word))
    return next(known, None) if len(word) >= _SHORT else None
