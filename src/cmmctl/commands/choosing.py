"""Which records `list` shows, and in what order: conditions and sort keys as people write them.

Every key of a fact is one to sort and choose by. `date` is the day a record is filed under, whatever its own key
for that is called; `hours` of a CE entry are its hours, however its certificate prints them.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from cmmctl import keys
from cmmctl.amounts import shown_input
from cmmctl.commands.session import Session
from cmmctl.dates import first_day, is_stated, last_day
from cmmctl.described import Key, keys_of
from cmmctl.errors import UsageError, misuse, nearest
from cmmctl.model import CE, KINDS, Claim, Course, Expense, Fact, Payment, Portfolio, Profile, Proof
from cmmctl.schema import references
from cmmctl.typed import typed_keys, values

Test = Callable[[Fact], bool]

DAYS = ("date", "completed", "filed", "earned", "letter", "paid", "requested", "added", "start")
_CONDITION = re.compile(r"([A-Za-z0-9_-]+)=(.*)", re.DOTALL)
_FOLLOWED = (Claim, Expense, Payment, Proof)  # they concern what the records they name concern


class Order(NamedTuple):
    """What to sort by; `back`: the highest first."""

    key: str
    back: bool


def day_of(fact: Fact) -> date | None:
    """Give the day a record is filed under."""
    for name in DAYS:
        if (day := getattr(fact, name, None)) is not None:
            return last_day(day)
    return None


def kind_meant(session: Session, word: str) -> str:
    """Find the kind a word means, its plural too. Raises `bad-value` with the nearest."""
    kinds = [*KINDS, Profile.kind]
    wanted = word if word in kinds else word.removesuffix("s")
    if wanted not in kinds:
        from cmmctl.kinds import kind  # noqa: PLC0415 - only on failure

        found = kind(word, kinds)
        hint = f"did you mean `{found}`?" if found else session.mended(word) or f"kinds: {', '.join(kinds)}"
        raise misuse(f"{shown_input(word)} is no kind of record", hint, code="bad-value")
    return wanted


def order(word: str, kinds: Sequence[str]) -> Order:
    """Understand a sort key; `-` before it turns the order round. Raises where no such kind has that key."""
    name = word.removeprefix("-")
    if name not in {"id", "kind"}:
        name = _name(name, kinds, ("id", "kind"))
    return Order(name, word.startswith("-"))


def sorted_by(facts: Iterable[Fact], by: Order) -> list[Fact]:
    """Sort records; equals keep the order of the file, and those that do not say it come last either way."""
    placed = [(_place(fact, by.key), fact) for fact in facts]
    said = [(place, fact) for place, fact in placed if place is not None]
    said.sort(key=lambda one: one[0], reverse=by.back)
    return [fact for _, fact in said] + [fact for place, fact in placed if place is None]


def _place(fact: Fact, name: str) -> tuple[int, object] | None:
    """Give what to compare a record by: figures before days before words; None where it does not say."""
    value = _value(fact, name)
    if value is None or value == ():
        return None
    if isinstance(value, str) and name in fact.keys and fact.keys[name].value is keys.STATED:
        value = first_day(value) if name == "start" else last_day(value)
    if isinstance(value, date):
        return 1, value
    if isinstance(value, str | tuple):
        words = value if isinstance(value, str) else "; ".join(map(str, value))
        return 2, _natural(words)
    return 0, value


def _natural(words: str) -> tuple[tuple[int, int, str], ...]:
    """Let ce-10 come after ce-2."""
    parts = re.findall("[0-9]{1,9}|[^0-9]+", words.casefold())
    return tuple((0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts)


def _value(fact: Fact, name: str) -> object:
    if name == "hours" and isinstance(fact, CE):
        return fact.amount
    if name == "date" and name not in fact.keys:
        return day_of(fact)
    return getattr(fact, name, None) if name in fact.keys or name in {"id", "kind"} else None


def condition(session: Session, word: str, kinds: Sequence[str]) -> Test:
    """Understand `key=value` as `edit` does; a month or a year holds all its days, and nothing means not said."""
    found = _CONDITION.fullmatch(word)
    if not found:
        such = "such as `cmmctl list ce status=planned`; `--find TEXT` looks for a text anywhere"
        raise misuse(f"{shown_input(word)} is no `key=value`", session.mended(word) or such)
    name, wanted = _name(found[1], kinds), found[2].strip()
    tests: dict[str, Callable[[object], bool]] = {}
    refused: list[UsageError] = []
    for kind in kinds:
        if (key := _key(kind, name)) is not None:
            try:
                tests[kind] = _test(session, kind, key, wanted)
            except UsageError as error:
                refused.append(error)
    if not tests:
        raise refused[0]
    return lambda fact: fact.kind in tests and tests[fact.kind](_value(fact, name))


def _key(kind: str, name: str) -> Key | None:
    known = keys_of(_class(kind))
    return known.get(name) or (_DATE if name == "date" else None)


_DATE = keys_of(CE)["date"]


def _class(kind: str) -> type[Fact]:
    return KINDS.get(kind, Profile)


def _name(word: str, kinds: Sequence[str], more: Sequence[str] = ()) -> str:
    """Find the key that a word means among those of some kinds. Raises with the nearest."""
    name = word.replace("-", "_")
    known = list(dict.fromkeys([*more, *(name for kind in kinds for name in keys_of(_class(kind))), "date"]))
    if name not in known:
        who = f"a {kinds[0]}" if len(kinds) == 1 else "a record"
        meant = nearest(name, known)
        hint = f"did you mean `{meant}`?" if meant else f"keys: {', '.join(known)}"
        raise misuse(f"{who} has no key {shown_input(word)}", hint, code="bad-value")
    return name


def _test(session: Session, kind: str, key: Key, wanted: str) -> Callable[[object], bool]:
    """Make the test of one key's value."""
    if not wanted:
        return lambda value: value is None or value == ()
    if key.value in {keys.DAY, keys.STATED} and is_stated(wanted):
        return lambda value: value is not None and str(value).startswith(wanted)
    if key.sealed or (key.value.name.removeprefix("list of ") == keys.TEXT.name and key.name != "domains"):
        words = _bare(wanted)
        return lambda value: any(_bare(str(each)) == words for each in _each(value))
    meant = _meant(session, kind, key, wanted)
    return lambda value: any(each == meant for each in _each(value))


def _meant(session: Session, kind: str, key: Key, wanted: str) -> object:
    """Read a value as `edit` does."""
    if key is _DATE and key.name not in typed_keys(kind):
        kind = CE.kind
    from cmmctl.commands.changes import context  # noqa: PLC0415 - only where a value must be understood

    known = replace(context(session), named=lambda each: f"`{each.name}`")
    read = values(kind, {key.name: [wanted] if key.value.many else wanted}, known)
    if key.name not in read:  # hours that were said in minutes
        return Fraction(read["minutes"], 60)
    return read[key.name][0] if key.value.many else read[key.name]


def _each(value: object) -> Iterable[object]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _bare(text: str) -> str:
    return " ".join(text.split()).casefold()


def concerning(portfolio: Portfolio, credential: str) -> Test:
    """Choose what concerns a credential: what names it, CE that is for all, and the proofs and money of those."""
    chosen = {fact.id for fact in portfolio if _concerns(fact, credential)}
    followed = {fact.id: {name for _, name in references(fact)} for fact in portfolio if isinstance(fact, _FOLLOWED)}
    while more := {name for name, named in followed.items() if name not in chosen and named & chosen}:
        chosen |= more
    return lambda fact: fact.id in chosen


def _concerns(fact: Fact, credential: str) -> bool:
    if isinstance(fact, CE | Course):
        return not fact.credentials or credential in fact.credentials
    return credential in {fact.id, getattr(fact, "credential", None)}


def holding(text: str, tables: Mapping[str, Mapping[str, object]]) -> Test:
    """Choose the records that hold a text anywhere."""
    folded = text.casefold()
    return lambda fact: folded in _words(tables[fact.id])


def _words(table: Mapping[str, object]) -> str:
    """Put everything a record holds in one text to search in."""
    held = (item for value in table.values() for item in (value if isinstance(value, list) else [value]))
    return "\n".join(map(str, held)).casefold()
