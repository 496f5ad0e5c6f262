"""From what was typed to what would stand in the file: words in, one record out, every problem at once.

The file's own readers validate, so a command and a hand edit are equals. Pure: the day and the portfolio are
given.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cmmctl.amounts import Minutes, shown_input
from cmmctl.dates import last_day, weekday
from cmmctl.errors import CmmctlError, Problem, UsageError, misuse
from cmmctl.keys import PLACES
from cmmctl.model import CE, KINDS, Fact, Key, Profile, keys_of
from cmmctl.schema import Findings, Place, decode

Record = dict[str, Any]
PRINTED = ("hours", "minutes", "iacet_ceus")  # a certificate prints one of them
_HAPPENED = {"ce": "date", "course": "completed", "degree": "completed", "credential": "earned", "renewal": "filed",
             "payment": "date", "expense": "paid"}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Context:
    """What words are understood with: the day, the issuers on record, and the domains of their readings."""

    today: date
    issuers: Sequence[str] = ()
    domains: Sequence[str] = ()


def kind_of(kind: str) -> type[Fact]:
    """Give the fact a kind of block is read into."""
    return Profile if kind == Profile.kind else KINDS[kind]


def values(kind: str, words: Mapping[str, Any], context: Context) -> Record:
    """Read the words given for keys. Raises every one that cannot be understood, named as its option."""
    keys = keys_of(kind_of(kind))
    record: Record = {}
    problems: list[Problem] = []
    for name, given in words.items():
        try:
            record.update(_value(kind, keys[name], given, context))
        except ValueError as error:
            problems.append(Problem(message=f"{_said(keys[name])} {_joined(error)}"))
        except CmmctlError as error:
            problems.extend(error.problems)
    if problems:
        raise UsageError(*problems)
    return record


def _said(key: Key) -> str:
    return f"`{key.positional or key.option}`"


def _joined(error: ValueError) -> str:
    message = str(error)
    return message if message.startswith(("must", "has", "is")) else f"cannot be read: {message}"


def _value(kind: str, key: Key, given: Any, context: Context) -> Record:  # noqa: ANN401 - a word, several, or yes and no
    if isinstance(given, bool):
        return {key.name: given}
    if key.value.many:
        read = [_word(key, word, context) for word in given]
        return {key.name: list(dict.fromkeys(read))} if key.value.from_file(read) else {}
    value = key.value.from_text(given, context.today)
    if isinstance(value, Minutes):
        return _minutes(kind, key, value)
    if key.name == "title" and kind in {"ce", "course", "training"} and given.strip().replace(".", "").isdigit():
        raise ValueError(
            f"is only a number, {shown_input(given)}; a shell may have eaten a `$` or quotes: put it in quotes"
        )
    key.value.from_file(value)
    return {key.name: value}


def _minutes(kind: str, key: Key, value: Minutes) -> Record:
    """Keep minutes where a certificate may print them; elsewhere write them as hours if that is exact."""
    if kind == CE.kind:
        return {"minutes": value.minutes}
    hours = Decimal(value.minutes) / 60
    if Fraction(round(hours, PLACES)) != Fraction(value.minutes, 60):
        raise ValueError(f"cannot be {value.minutes} minutes, which is no decimal number of hours; write it as `1.25`")
    return {key.name: round(hours, PLACES).normalize()}


def _word(key: Key, word: str, context: Context) -> object:
    if key.name == "approvals" and ":" not in word:
        if len(set(context.issuers)) != 1:
            example = f"{context.issuers[0] if context.issuers else 'pahcom'}:{word.strip()}"
            raise misuse(
                f"{_said(key)} does not say which issuer gave {shown_input(word)}",
                f"write `{example}`",
                code="bad-value",
            )
        return f"{context.issuers[0]}:{word.strip()}"
    if key.name == "domains":
        return domain(word, context.domains)
    return key.value.from_text(word, context.today)


def domain(word: str, domains: Sequence[str]) -> str:
    """Find the issuer's domain that a number or the beginning of its name means; other words stay as typed."""
    word = word.strip()
    if word.isdigit() and 1 <= int(word) <= len(domains):
        return domains[int(word) - 1]
    begun = [name for name in domains if name.casefold().startswith(word.casefold())]
    return begun[0] if word and len(begun) == 1 else word


def missing(kind: str, record: Mapping[str, object]) -> list[Key]:
    """List the keys that are still needed."""
    keys = keys_of(kind_of(kind))
    needed = [key for key in keys.values() if key.required and key.name not in record]
    if kind == CE.kind and not any(name in record for name in PRINTED):
        needed.append(keys["hours"])
    if (
        record.get("status", "completed") == "completed"
        and "status" in keys
        and "completed" in keys
        and "completed" not in record
    ):
        needed.append(keys["completed"])
    return needed


def refuse_missing(command: str, needed: Sequence[Key]) -> UsageError:
    """Name everything that is missing, in one error with a line to paste."""
    names = [_said(key) for key in needed]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    example = " ".join(_example(key) for key in needed)
    return misuse(f"{command} needs {listed}", f"add for example: {example}")


def _example(key: Key) -> str:
    example = f'"{key.value.example}"' if " " in key.value.example else key.value.example
    return example if key.positional else f"{key.option} {example}"


def validate(kind: str, name: str, record: Mapping[str, object], today: date) -> Fact:
    """Read a record exactly as the file would be read. Raises everything that cannot be."""
    findings = Findings()
    fact = decode(kind_of(kind), dict(record), Place(kind), findings, id=name)
    problems = [Problem(message=flaw.message, hint=flaw.hint) for flaw in findings.flaws]
    if fact is not None:
        problems += [Problem(message=message) for _, message in fact.contradictions()]
        problems += _not_yet(fact, today)
    if problems or fact is None:
        raise UsageError(*problems)
    return fact


def _not_yet(fact: Fact, today: date) -> Iterator[Problem]:
    """What has happened cannot lie ahead."""
    name = _HAPPENED.get(fact.kind)
    if name is None or getattr(fact, "status", "completed") != "completed":
        return
    day = getattr(fact, name)
    if day is not None and (isinstance(day, date) and day > today):
        planned = "record it with `--planned` until then" if hasattr(fact, "status") else f"today is {weekday(today)}"
        yield Problem(message=f"`{name}` of {fact.id}, {weekday(last_day(day))}, is after today", hint=planned)
