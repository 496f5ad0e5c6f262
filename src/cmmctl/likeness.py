"""What looks like something that is on record already: the same thing twice, or a plan that took place.

Pure. Texts are compared as the tally compares them, spaces and capitals aside; of a month or a year counts the day
that it counts from or to.
"""

from collections.abc import Iterable
from typing import Any

from cmmctl import keys
from cmmctl.dates import Stated, first_day, last_day
from cmmctl.described import Key, keys_of
from cmmctl.model import CE, PLANNABLE, Fact, Plannable, Portfolio
from cmmctl.tally import folded

NEAR_DAYS = 92  # an event that was put off is still the one that was planned; next year's is another


def twin(new: Fact, portfolio: Portfolio) -> Fact | None:
    """Find a record that agrees with a new one in all that tells two of their kind apart.

    What is planned looks like what took place under the same names, if that was then.
    """
    telling = [key for key in keys_of(type(new)).values() if key.telling]
    known = portfolio.all(type(new)) if telling else ()
    same = next((fact for fact in known if _agree(fact, new, telling)), None)
    if same or not isinstance(new, PLANNABLE) or new.status == "completed":
        return same
    took_place = [
        fact for fact in portfolio.all(type(new)) if fact.status == "completed" and _agree(fact, new, _names(new))
    ]
    return next((fact for fact in took_place if _then(fact, new)), None)


def plan(new: Plannable, portfolio: Portfolio) -> Plannable | None:
    """Find what is planned under the same names near the day of a record that is completed."""
    if new.status != "completed":
        return None
    plans = [fact for fact in portfolio.all(type(new)) if fact.status != "completed" and _agree(fact, new, _names(new))]
    near = [fact for fact in plans if _apart(fact, new) <= NEAR_DAYS]
    return min(near, key=lambda fact: _apart(fact, new), default=None)


def _names(fact: Plannable) -> list[Key]:
    return [key for key in keys_of(type(fact)).values() if key.telling and key.value is keys.TEXT]


def _then(took_place: Plannable, planned: Plannable) -> bool:
    """Tell whether one may be the other: the same day, any day of a month or year, unless it begins later."""
    was, will = day(took_place), day(planned)
    begins = will or planned.start
    if was is None or begins is None:
        return True
    return first_day(begins) <= last_day(was) and (will is None or first_day(was) <= last_day(will))


def _agree(one: Fact, other: Fact, telling: Iterable[Key]) -> bool:
    return all(_compared(key, getattr(one, key.name)) == _compared(key, getattr(other, key.name)) for key in telling)


def _compared(key: Key, value: Any) -> object:  # noqa: ANN401 - whatever a key of the file holds
    if value is None:
        return None
    if key.value is keys.DAY or key.value is keys.STATED:
        return first_day(value) if key.name == "start" else last_day(value)
    if key.value.many:
        return frozenset(value)
    return folded(value) if isinstance(value, str) else value


def _apart(one: Plannable, other: Plannable) -> int:
    """Count the days between two of a kind; none where a day is not known."""
    days = [last_day(stated) for stated in (day(one), day(other)) if stated]
    return abs((days[0] - days[-1]).days) if days else 0


def day(fact: Plannable) -> Stated | None:
    """Give the day on which something took place, or is planned to."""
    return fact.date if isinstance(fact, CE) else fact.completed
