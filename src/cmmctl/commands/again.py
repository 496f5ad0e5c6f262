"""A command as it could be typed again, for hints: with quotes where a shell asks for them."""

from collections.abc import Iterator, Mapping
from typing import Any

from cmmctl.commands.extras import Extras
from cmmctl.commands.quoting import quoted
from cmmctl.commands.session import Session
from cmmctl.model import CE, Expense, Plannable, Portfolio
from cmmctl.tally import folded
from cmmctl.typed import Record, typed_keys


def program(session: Session) -> list[str]:
    """Begin a command about the same portfolio."""
    return ["cmmctl", *(["--file", quoted([session.file])] if session.file else [])]


def again(session: Session, kind: str, words: Mapping[str, Any], *more: str) -> str:
    """Write an `add-` command with the words it was given, and more options."""
    known = typed_keys(kind)
    arguments: list[str] = []
    options: list[str] = []
    for name, given in words.items():
        key = known.get(name)
        typed: list[str] = given if isinstance(given, list) else [given]
        option = key.option if key else f"--{name.replace('_', '-')}"
        if isinstance(given, bool):
            options += [option if given else f"--no-{name}"] if given or key else []
        elif key and key.positional:
            arguments.append(quoted(typed))
        else:
            options += [part for word in typed for part in (option, quoted([word]))]
    return " ".join([*program(session), session.command, *arguments, *options, *more])


def carrying(session: Session, portfolio: Portfolio, plan: Plannable, record: Record, beside: Extras) -> Iterator[str]:
    """Write the commands that complete a plan with everything that was given for a new record, and comes with it."""
    begun = program(session)
    day = "date" if isinstance(plan, CE) else "completed"
    hours = record.get("hours") or (f"{record['minutes']}m" if "minutes" in record else None)
    words = {"completed": record[day], "hours": hours, "grade": record.get("grade")}
    given = [f"--{name} {quoted([str(word)])}" for name, word in words.items() if word is not None]
    yield " ".join([*begun, "done", plan.id, *given])
    rest = record.keys() - {day, "status", "minutes", *(name for name, word in words.items() if word is not None)}
    if changed := quoted(_assigned(plan.kind, portfolio.tables[plan.id], {name: record[name] for name in rest})):
        yield " ".join([*begun, "edit", plan.id, changed])
    for role, path in beside.files:
        yield " ".join([*begun, "attach", plan.id, quoted([str(path), "--role", role])])
    for expense in beside.expenses:
        costs = [
            word
            for name, key in typed_keys(Expense.kind).items()
            if name in expense
            for word in (key.option, str(expense[name]))
        ]
        yield " ".join([*begun, "add-expense", plan.id, quoted(costs)])


def _assigned(kind: str, now: Mapping[str, Any], record: Record) -> Iterator[str]:
    """Write what a record on file does not say yet as assignments; spaces and capitals of texts aside."""
    for name in typed_keys(kind):
        value, old = record.get(name), now.get(name)
        if isinstance(value, list):
            yield from (f"{name}+={each}" for each in value if each not in (old or ()))
        elif value is not None and value != old and folded(str(value)) != folded(str(old)):
            yield f"{name}={value}"
