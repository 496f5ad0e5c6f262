"""One change to the portfolio: what typed words are understood with, the write, and what is said afterwards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from types import MappingProxyType
from typing import Any

from cmmctl.claiming import overpaid
from cmmctl.commands.session import Answer, Session, record_data
from cmmctl.errors import Cancelled, failure
from cmmctl.model import Credential, Portfolio
from cmmctl.outlook import Outlook, outlook
from cmmctl.rulebook import PREPARED_FOR
from cmmctl.schema import references
from cmmctl.store import Document
from cmmctl.typed import Context
from cmmctl.writing import update

LISTED = 8  # records that are named one by one


def context(session: Session) -> Context:
    """Collect what typed words are understood with."""
    rules = session.rules()
    return Context(
        today=session.today,
        issuers=list(dict.fromkeys(known.slug for known in rules)),
        domains=next((edition.domains for known in rules for edition in known.editions if edition.domains), ()),
        credential=session.credential,
        record=lambda word: session.fact(word).id,
    )


def change(
    session: Session,
    edit: Callable[[Document], str],
    names: Callable[[], Sequence[str]],
    verb: str,
    said: str = "",
    first: Callable[[], object] = str,
    besides: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Make one change to the portfolio, and say what it did. `names`: the records it touched, known afterwards.

    `first` says what comes before, once the change is made; `besides` is more to tell a program.
    """
    known = session.document

    def told(before: Document, after: Document) -> str:
        _refuse_stale(known.portfolio, before.portfolio, after.portfolio)
        return _in_words(verb, names(), before, after)

    before, after = update(session.where.path, session.rulebook, edit, session.occasion, told, known)
    changed = before.text != after.text
    with saved(listed(names()), f"`cmmctl show {names()[0]}` shows it") if changed else nullcontext():
        first()
        _say(session, before.portfolio, after.portfolio, names(), verb if changed else "", said, besides)
        for one in overpaid(after.portfolio):
            if {one.payment.id, one.claim.id}.intersection(names()):
                session.warn(one.message, one.hint)


def unchanged(session: Session, name: str) -> None:
    """Say that a record stays as it is, without touching anything."""
    _say(session, session.portfolio, session.portfolio, [name], "")


def _refuse_stale(known: Portfolio, before: Portfolio, after: Portfolio) -> None:
    """Refuse to name a record that another command removed since this one looked, and the other way round."""
    for who, name in sorted(_torn(after) - _torn(before)):
        if name in known.tables:
            message = f"{who} would name {name}, which is not there: another command was faster"
            raise failure(message, "changed-meanwhile", "run the command again")


def _torn(portfolio: Portfolio) -> set[tuple[str, str]]:
    """List the names of records that are not there, with the record that names them."""
    return {(fact.id, name) for fact in portfolio for _, name in references(fact) if name not in portfolio.tables}


@contextmanager
def saved(what: str, hint: str) -> Iterator[None]:
    """Whatever happens after the write, what is said must not deny it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise failure(f"{what} is saved, but the output cannot be written: {error.strerror}", "io", hint) from error
    except KeyboardInterrupt:
        raise Cancelled(f"{what} is saved.") from None


def _say(
    session: Session, before: Portfolio, after: Portfolio, names: Sequence[str], verb: str, said: str = "",
    besides: Mapping[str, Any] = MappingProxyType({}),
) -> None:  # fmt: skip
    from cmmctl.views import changed  # noqa: PLC0415 - only where something was changed

    views = [view(session, portfolio) for portfolio in (before, after)]
    effect = changed.effect(*views)
    facts = {fact.id: fact for portfolio in (before, after) for fact in portfolio}
    touched = [changed.Touched(facts[name], before.tables.get(name), after.tables.get(name)) for name in names]
    records = [record_data(fact.kind, fact.id, (old if new is None else new) or {}) for fact, old, new in touched]
    data: dict[str, Any] = {"id": records[0]["id"], "kind": records[0]["kind"], "record": records[0], "effect": effect}
    session.give(
        Answer(
            data={**data, **({"records": records} if len(records) > 1 else {}), **besides},
            screen=lambda: changed.changed(verb, touched, effect, views[1], said) if verb else changed.same(names),
        )
    )


def _in_words(verb: str, names: Sequence[str], before: Document, after: Document) -> str:
    """Say for the history what a change did: to its record, and which others came with it."""
    from cmmctl.views.records import amount, heading  # noqa: PLC0415 - only where something was changed

    name, *others = names
    with_others = f", with {listed(others)}" if others else ""
    if verb == "Changed":
        old, new = before.portfolio.tables[name], after.portfolio.tables[name]
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return f"changed {name}: {', '.join(keys)}"
    fact = next(fact for document in (after, before) for fact in document.portfolio if fact.id == name)
    said = ", ".join(filter(None, (heading(fact), amount(fact))))
    return f"{verb.rstrip(':').lower()} {name}, {said}{with_others}"


def listed(names: Sequence[str]) -> str:
    """Name records, of many the first ones."""
    more = len(names) - LISTED
    return ", ".join(names[:LISTED]) + (f" and {more:,} more" if more > 0 else "")


def view(session: Session, portfolio: Portfolio) -> Outlook:
    """Judge a portfolio as it is, or was, today."""
    recorded = portfolio.all(Credential)
    rules = [session.rules_of(credential.id, portfolio) for credential in recorded] or [session.rules_of(PREPARED_FOR)]
    return outlook(portfolio, rules, session.today)
