"""What TAB offers: words from the facts, the rule sets and the portfolio.

Some shells run what they are offered, so only plain words are given, and explanations of letters, digits, spaces
and `.,()-`. Nothing is printed or written here, and where the portfolio cannot be read nothing is offered.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import typer

from cmmctl import keys
from cmmctl.commands.offered import harmless
from cmmctl.commands.options import file_of
from cmmctl.commands.session import Session
from cmmctl.described import Key, keys_of
from cmmctl.model import KINDS, PLANNABLE, STATUSES, Claim, Credential, Fact, Profile
from cmmctl.outlook import short
from cmmctl.store import load

Word = tuple[str, str]  # what is typed, and what it stands for
Offer = Callable[..., Sequence[Word | str]]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]*([+-]?=[A-Za-z0-9.:-]*)?")


def _session(context: typer.Context) -> Session:
    """Read the portfolio that the line names, without a word about what is odd in it."""
    session = Session("complete", file=file_of(context))
    session.document = load(session.where.path, session.rulebook)
    return session


def _plain(words: Callable[[], Iterable[Word]]) -> list[Word]:
    try:
        return [(word, harmless(means)) for word, means in words() if _PLAIN.fullmatch(word)]
    except Exception:  # noqa: BLE001 - an error in the middle of somebody's typing helps nobody
        return []


def _offered(words: Callable[[Session], Iterable[Word]]) -> Offer:
    """Make what Typer calls at TAB from what finds the words."""

    def offer(context: typer.Context) -> list[Word]:
        return _plain(lambda: words(_session(context)))

    return offer


def _records(session: Session, kinds: Iterable[type[Fact]]) -> Iterator[Word]:
    from cmmctl.views.records import heading  # noqa: PLC0415 - only where records are offered

    for kind in kinds:
        yield from ((fact.id, heading(fact)) for fact in session.portfolio.all(kind))


def _known(session: Session) -> Iterator[Word]:
    for name in session.rulebook.names():
        rules = session.rulebook.find(name)
        for word in (short(name), name):
            yield word, rules.name if rules else ""


def _editions(session: Session) -> Iterator[Word]:
    recorded = [credential.id for credential in session.portfolio.all(Credential)]
    for name in recorded or session.rulebook.names():
        yield from ((edition.name, edition.label) for edition in session.rules_of(name).editions)


def _constant(*words: str) -> Offer:
    return lambda: list(words)


records = _offered(lambda session: [("profile", Profile.means), *_records(session, KINDS.values())])
planned = _offered(
    lambda session: [
        word for word in _records(session, PLANNABLE) if getattr(session.fact(word[0]), "status", "") != "completed"
    ]
)
credentials = _offered(_known)
explained = _offered(lambda session: [*_records(session, KINDS.values()), *_known(session)])
editions = _offered(_editions)
kinds = _constant(*KINDS, Profile.kind)
statuses = _constant(*STATUSES)
cycles = _constant("current", "previous", "all")
one_cycle = _constant("current", "previous")


def of(kind: str) -> Offer:
    """Offer the records of one kind."""
    return _offered(lambda session: _records(session, [KINDS[kind]]))


def values_of(key: Key) -> Offer | None:
    """Find what can be offered for a key; None where a person's own words are wanted."""
    if key.value.choices:
        return _constant(*key.value.choices)
    if key.value is keys.FLAG:
        return _constant("yes", "no")
    if key.name in {"claim", "edition"}:
        return {"claim": of(Claim.kind), "edition": editions}[key.name]
    return {keys.CREDENTIAL.name: credentials, keys.ID.name: records}.get(key.value.name.removeprefix("list of "))


def assignments(context: typer.Context, incomplete: str) -> list[Word]:
    """Offer `key=` for the keys of the record on the line, and behind it the words the key may hold."""
    return _plain(lambda: _pairs(context, incomplete, _own_keys(context)[1], "assignments"))


def conditions(context: typer.Context, incomplete: str) -> list[Word]:
    """Offer `key=` for the keys of the kind on the line, and behind it the words the key may hold."""
    return _plain(lambda: _pairs(context, incomplete, _kind_keys(context), "conditions"))


def sort_keys(context: typer.Context) -> list[Word]:
    """Offer the keys of the kind on the line, or of every kind."""
    return _plain(
        lambda: [("id", "as they are numbered"), *((name, key.help) for name, key in _kind_keys(context).items())]
    )


def _pairs(context: typer.Context, incomplete: str, known: Mapping[str, Key], parameter: str) -> Iterator[Word]:
    typed = [word for word in context.params.get(parameter) or () if word != "="]  # bash hands it over by itself
    name, sign, _ = incomplete.rpartition("=")
    last = typed[-1] if typed and not sign else name
    if (key := known.get(last.rstrip("+-").replace("-", "_"))) is not None:
        yield from ((f"{name}{sign}{word}", means) for word, means in _values(context, key))
    else:
        yield from ((f"{name}=", key.help) for name, key in known.items())


def _kind_keys(context: typer.Context) -> dict[str, Key]:
    """Give the keys of the kind on the line, or of all kinds where none is named."""
    word = context.params.get("kind") or next(iter(context.args), "")  # not read yet behind an option
    kinds = {**KINDS, Profile.kind: Profile}
    meant = kinds.get(word) or kinds.get(word.removesuffix("s"))
    return {name: key for each in ([meant] if meant else kinds.values()) for name, key in keys_of(each).items()}


def _values(context: typer.Context, key: Key) -> Iterator[Word]:
    offer = values_of(key)
    fixed = bool(key.value.choices) or key.value is keys.FLAG
    for word in (offer() if fixed else offer(context)) if offer else ():
        yield (word, "") if isinstance(word, str) else word


def removable(context: typer.Context) -> list[Word]:
    """Offer the keys that the record on the line has and can do without."""

    def found() -> Iterator[Word]:
        fact, known = _own_keys(context)
        table = _session(context).portfolio.tables[fact]
        return ((name, key.help) for name, key in known.items() if name in table and not key.required)

    return _plain(found)


def _own_keys(context: typer.Context) -> tuple[str, dict[str, Key]]:
    """Give the id of the record on the line, and the keys of it that can be typed."""
    fact = _session(context).fact(context.params.get("record") or context.args[0])  # not read yet behind `--unset`
    return fact.id, {name: key for name, key in keys_of(type(fact)).items() if not key.sealed}
