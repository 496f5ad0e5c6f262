"""What TAB offers: words from the facts, the rule sets and the portfolio.

Some shells run what they are offered, so only plain words are given, and explanations of letters, digits, spaces
and `.,()-`. Nothing is printed or written here, and where the portfolio cannot be read nothing is offered.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import typer

from cmmctl import keys
from cmmctl.commands.offered import harmless
from cmmctl.commands.session import Session
from cmmctl.model import KINDS, PLANNABLE, Claim, Credential, Fact, Key, Profile
from cmmctl.outlook import short
from cmmctl.store import load

Word = tuple[str, str]  # what is typed, and what it stands for
Offer = Callable[..., Sequence[Word | str]]
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:-]*")


def _offered(words: Callable[[Session], Iterable[Word]]) -> Offer:
    """Make what Typer calls at TAB from what finds the words."""

    def offer(context: typer.Context) -> list[Word]:
        session = Session("complete", file=context.params.get("file") or context.find_root().params.get("file"))
        try:
            session.document = load(session.where.path, session.rulebook)
            return [(word, harmless(means)) for word, means in words(session) if _PLAIN.fullmatch(word)]
        except Exception:  # noqa: BLE001 - an error in the middle of somebody's typing helps nobody
            return []

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
editions = _offered(_editions)
kinds = _constant(*KINDS, Profile.kind)
cycles = _constant("current", "previous", "all")


def of(kind: str) -> Offer:
    """Offer the records of one kind."""
    return _offered(lambda session: _records(session, [KINDS[kind]]))


def values_of(key: Key) -> Offer | None:
    """Find what can be offered for a key; None where a person's own words are wanted."""
    if key.value.choices:
        return _constant(*key.value.choices)
    if key.name in {"claim", "edition"}:
        return {"claim": of(Claim.kind), "edition": editions}[key.name]
    return {keys.CREDENTIAL.name: credentials, keys.ID.name: records}.get(key.value.name.removeprefix("list of "))
