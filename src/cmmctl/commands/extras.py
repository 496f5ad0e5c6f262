"""What an `add-` command writes beside its record, in the same write: certificates, receipts and costs."""

import inspect
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import typer

from cmmctl import proofs
from cmmctl.blocks import append
from cmmctl.errors import Problem, UsageError
from cmmctl.model import CE, EXPENSES, ROLES, Course, Credential, Expense, Membership, Renewal
from cmmctl.schema import next_id
from cmmctl.store import Document
from cmmctl.typed import Context, Record, validate, values

COSTLY = frozenset({CE.kind, Course.kind, Membership.kind, Credential.kind, Renewal.kind})
_FILES = tuple(role for role in ROLES if role != "other")
# The option of each kind of cost, where it is not the kind's own name.
_OPTIONS = {"exam": "exam_fee", "other": "other_cost"}
COSTS = {_OPTIONS.get(what, what): what for what in EXPENSES if what != "filing"}


class Extras(NamedTuple):
    """Files to copy with the role of each, and expenses without their record yet."""

    files: tuple[tuple[str, Path], ...] = ()
    expenses: tuple[Record, ...] = ()


def parameters(kind: str) -> list[inspect.Parameter]:
    """Make the options of what comes with a record."""
    made = [
        _parameter(role, list[str] | None, f"A {role} to copy beside the record.", "FILE", f"--{role}")
        for role in _FILES
    ]
    if kind in COSTLY:
        made += [
            _parameter(name, str | None, f"What was paid for {what}.", "AMOUNT", f"--{name.replace('_', '-')}")
            for name, what in COSTS.items()
        ]
        made.append(_parameter("paid", str | None, "The day the costs were paid.", "DATE", "--paid"))
        made.append(_parameter("paid_by", str | None, "Who paid them (self, employer).", "WHO", "--paid-by"))
    return made


def _parameter(name: str, annotation: Any, explanation: str, metavar: str, option: str) -> inspect.Parameter:  # noqa: ANN401 - a type
    default = typer.Option(
        None, option, metavar=metavar, help=explanation, show_default=False, rich_help_panel="With it"
    )
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def taken(kind: str, words: dict[str, Any], context: Context) -> Extras:
    """Take what comes with a record out of the words that were typed. Raises every amount that is none."""
    files = tuple((role, proofs.dropped(file)) for role in _FILES for file in words.pop(role, None) or ())
    if kind not in COSTLY:
        return Extras(files)
    shared: Record = {name: words.pop(name) for name in ("paid", "paid_by") if name in words}
    expenses: list[Record] = []
    problems: list[Problem] = []
    for name, what in COSTS.items():
        if name in words:
            of = "filing" if (kind, what) == (Renewal.kind, "fee") else what
            try:
                record = values(Expense.kind, {"what": of, "amount": words.pop(name), **shared}, context)
                validate(Expense.kind, "the expense", {"records": ["ce-1"], **record}, context.today)
                expenses.append(record)
            except UsageError as error:
                problems += error.problems
    if problems:
        raise UsageError(*problems)
    return Extras(files, tuple(expenses))


def written(
    text: str, document: Document, record: str, extras: Extras, context: Context, stack: ExitStack
) -> tuple[str, list[str]]:
    """Add expenses and proofs of a new record to a portfolio's text; give it with their ids.

    Copies are made now and stay if the change succeeds before `stack` is closed.
    """
    names: list[str] = []
    for expense in extras.expenses:
        names.append(next_id(Expense.kind, [*document.given_ids, *names]))
        text = append(text, Expense.kind, _ordered({"id": names[-1], "records": [record], **expense}))
    if extras.files:
        copies = stack.enter_context(proofs.staged(document.path, extras.files, record))
        text, touched = proofs.recorded(text, document, copies, record, context.today)
        names += touched
    return text, names


def _ordered(expense: Mapping[str, Any]) -> Record:
    return {name: expense[name] for name in ("id", "records", "what", "amount", "paid", "paid_by") if name in expense}
