"""From what was typed to what would stand in the file: words in, one record out, every problem at once.

The file's own readers validate, so a command and a hand edit are equals. Pure: the day and what names mean are
given.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cmmctl import keys
from cmmctl.amounts import Minutes, read_amount, shown_input
from cmmctl.dates import first_day, is_stated, weekday
from cmmctl.described import Key, keys_of
from cmmctl.errors import Problem, Unread, UsageError, misuse, refused
from cmmctl.model import CE, KINDS, Credential, Fact, Profile
from cmmctl.tables import Findings, Place, decode_fact

Record = dict[str, Any]
PRINTED = ("hours", "minutes", "iacet_ceus")  # a certificate prints one of them
CREDENTIAL = Key(
    "id", keys.CREDENTIAL, "the credential, such as cmm", required=True, positional="CREDENTIAL", once=True
)
# Days on which something has happened: they cannot lie ahead, unless the record is planned.
HAPPENED = {
    "ce": ("date",), "course": ("completed",), "degree": ("completed",), "credential": ("earned", "applied"),
    "renewal": ("filed", "accepted"), "audit": ("letter", "sent", "closed"), "payment": ("date",),
    "expense": ("paid",), "claim": ("requested", "request_approved", "filed", "approved", "denied"),
    "answer": ("date",),
}  # fmt: skip
_PLANNED = "what is still to come is planned"
_PREDICATE = re.compile(r"(must|has|is|cannot) ")


def option(key: Key) -> str:
    """Name a key as it is typed on the command line."""
    return f"`{key.positional or key.option}`"


@dataclass(frozen=True, kw_only=True)
class Context:
    """What words are understood with.

    `issuers` and `domains` are those of the credentials on record; `credential` and `record` find full ids and
    raise `not-found`; `named` says how a key is called in a message; `symbols`: no shell has eaten `$` and commas.
    """

    today: date
    issuers: Sequence[str] = ()
    domains: Sequence[str] = ()
    credential: Callable[[str], str] = str
    record: Callable[[str], str] = str
    named: Callable[[Key], str] = option
    symbols: bool = False


def kind_of(kind: str) -> type[Fact]:
    """Give the fact a kind of block is read into."""
    return Profile if kind == Profile.kind else KINDS[kind]


def typed_keys(kind: str) -> Mapping[str, Key]:
    """Give what can be typed for a kind: its keys but those only the tool writes, and a credential's id."""
    own = {CREDENTIAL.name: CREDENTIAL} if kind == Credential.kind else {}
    return {**own, **{name: key for name, key in keys_of(kind_of(kind)).items() if not key.sealed}}


def values(kind: str, words: Mapping[str, Any], context: Context) -> Record:
    """Read the words given for keys. Raises every one that cannot be understood, named as it was typed.

    A credential or record that is not there raises `not-found` at once.
    """
    known = typed_keys(kind)
    record: Record = {}
    problems: list[Problem] = []
    for name, given in words.items():
        key = known[name]
        try:
            record.update(_value(kind, key, given, context))
        except ValueError as error:
            problem = refused("", error)
            problems.append(problem._replace(message=_worded(context.named(key), problem.message)))
        except UsageError as error:
            problems.extend(error.problems)
    if problems:
        raise UsageError(*problems)
    return record


def _worded(name: str, message: str) -> str:
    """Put a key's name before what is wrong with it: some messages are predicates, some are sentences."""
    if _PREDICATE.match(message):
        return f"{name or 'it'} {message}"
    return f"{name}: {message}" if name else message


def _value(kind: str, key: Key, given: Any, context: Context) -> Record:  # noqa: ANN401 - a word, several, or yes and no
    if isinstance(given, bool):
        return {key.name: given}
    if key.value.many:
        read = list(dict.fromkeys(_word(kind, key, word, context) for word in given))
        key.value.from_file(read)
        return {key.name: read}
    value = _word(kind, key, given, context)
    if isinstance(value, Minutes):
        return _minutes(kind, key, value)
    key.value.from_file(value)
    return {key.name: value}


def _minutes(kind: str, key: Key, value: Minutes) -> Record:
    """Keep minutes where a certificate may print them; elsewhere write them as hours if that is exact."""
    if kind == CE.kind:
        return {"minutes": value.minutes}
    hours = Decimal(value.minutes) / 60
    if Fraction(round(hours, keys.PLACES)) != Fraction(value.minutes, 60):
        raise Unread(f"cannot be {value.minutes} minutes, which is no decimal number of hours", "write it as `1.25`")
    return {key.name: round(hours, keys.PLACES).normalize()}


def _word(kind: str, key: Key, word: str, context: Context) -> object:
    """Read one word as what the key holds."""
    try:
        word.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{shown_input(word)} has characters that cannot be written as UTF-8") from None
    match key.value.name.removeprefix("list of "):
        case keys.CREDENTIAL.name:
            return context.credential(word.strip())
        case keys.ID.name:
            return context.record(word.strip())
        case keys.APPROVAL.name:
            return _approval(key, word.strip(), context)
        case keys.MONEY.name:
            return read_amount(word, symbols=context.symbols)
    if key.name == "domains":
        return domain(word, context.domains)
    if key.positional == "TITLE" and re.fullmatch(r"[\W\d]*\d[\W\d]*", word):
        message = f"is only a number, {shown_input(word)}: shells eat `$` and commas"
        kept = f"in single quotes they stay: cmmctl add-{kind} 'Budgets for $1,349.00'"
        raise Unread(message, "write the title with its words" if context.symbols else kept)
    return key.value.from_text(word, context.today)


def _approval(key: Key, word: str, context: Context) -> str:
    """Complete an index number with its issuer, while only one is on record."""
    issuer, given, index = word.rpartition(":")
    if not (index or given) or not keys.is_index(index):
        none = f"`{issuer or next(iter(context.issuers), 'pahcom')}:` says that it was approved and shows none"
        raise Unread(f"{shown_input(word)} is no index number", f"leave it out where there is none; {none}")
    if given:
        return word
    if len(set(context.issuers)) != 1:
        example = f"{next(iter(context.issuers), 'pahcom')}:{word}"
        raise misuse(
            _worded(context.named(key), f"{shown_input(word)} does not say which issuer gave it"),
            f"write `{example}`",
            code="bad-value",
        )
    return f"{context.issuers[0]}:{word}"


def domain(word: str, domains: Sequence[str]) -> str:
    """Find the issuer's domain that a number or the beginning of its name means; other words stay as typed."""
    word = word.strip()
    if word.isdecimal() and 1 <= int(word) <= len(domains):
        return domains[int(word) - 1]
    begun = [name for name in domains if name.casefold().startswith(word.casefold())]
    return begun[0] if word and len(begun) == 1 else word


def missing(kind: str, record: Mapping[str, object]) -> list[Key]:
    """List the keys that are still needed."""
    known = typed_keys(kind)
    needed = [key for key in known.values() if key.required and key.name not in record]
    if kind == CE.kind and not any(name in record for name in PRINTED):
        needed.append(known["hours"])
    finished = "status" in known and record.get("status", "completed") == "completed"
    if finished and "completed" in known and "completed" not in record:
        needed.append(known["completed"])
    return needed


def refuse_missing(command: str, needed: Sequence[str], example: str) -> UsageError:
    """Name everything that is missing, in one error with a line to paste. `needed` as it is typed, in backticks."""
    listed = " and ".join(filter(None, [", ".join(needed[:-1]), needed[-1]]))
    return misuse(f"{command} needs {listed}", f"for example: {example}")


def validate(kind: str, name: str, record: Mapping[str, object], today: date) -> Fact:
    """Read a record exactly as the file would be read. Raises everything that cannot be."""
    findings = Findings()
    fact = decode_fact(kind_of(kind), record, Place(kind), name, findings)
    problems = [Problem(message=flaw.message, hint=flaw.hint) for flaw in findings.flaws]
    problems += _ahead(kind, name, record, today)
    if problems or fact is None:
        raise UsageError(*problems)
    return fact


def wrong(kind: str, key: Key, record: Mapping[str, object], today: date) -> list[str]:
    """Say what is wrong with one key of a record that is not finished yet, to a person who is asked for it."""
    findings = Findings()
    name = f"the new {kind}"
    decode_fact(kind_of(kind), record, Place(kind), name, findings)
    messages = [flaw.message for flaw in findings.flaws if flaw.place[-1] == key.name and key.name in record]
    return messages + [
        f"{p.message}; {_PLANNED if 'status' in typed_keys(kind) else p.hint}"
        for p in _ahead(kind, name, record, today)
        if f"`{key.name}`" in p.message
    ]


def _ahead(kind: str, name: str, record: Mapping[str, object], today: date) -> Iterator[Problem]:
    """What has happened cannot lie ahead; of a month or a year, its first day."""
    if record.get("status", "completed") != "completed":
        return
    planned = f"{_PLANNED}: `--planned`, or `status=planned` where it is on record"
    hint = planned if "status" in typed_keys(kind) else f"today is {weekday(today)}"
    for key in (*HAPPENED.get(kind, ()), "logged"):
        day = record.get(key)
        if isinstance(day, str) and not is_stated(day):
            continue
        if isinstance(day, date | str) and first_day(day) > today:
            yield Problem(message=f"`{key}` of {name}, {weekday(first_day(day))}, is after today", hint=hint)
