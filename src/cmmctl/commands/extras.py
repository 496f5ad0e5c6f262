"""What an `add-` command writes beside its record, in the same write: certificates, receipts and costs."""

import inspect
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import typer

from cmmctl.attaching import SHOWN, copied, dropped, recorded
from cmmctl.blocks import append
from cmmctl.commands.completing import values_of
from cmmctl.commands.session import Session
from cmmctl.described import Key, keys_of
from cmmctl.errors import Problem, UsageError, misuse
from cmmctl.model import EXPENSES, KINDS, ROLES, Expense, Renewal
from cmmctl.proofs import unlike
from cmmctl.schema import next_id
from cmmctl.store import Document
from cmmctl.typed import Context, Record, validate, values

COSTLY = frozenset(kind for kind, fact in KINDS.items() if fact.cost)
_FILES = tuple(role for role in ROLES if role != "other")
# The option of each kind of cost, where it is not the kind's own name.
_OPTIONS = {"exam": "exam_fee", "other": "other_cost"}
COSTS = {_OPTIONS.get(what, what): what for what in EXPENSES if what != "filing"}
_FOR = {"fee": "taking part or filing", "exam": "the exam", "other": "anything else"}
PAID_BY = keys_of(Expense)["paid_by"]
_SHARED = ("paid", PAID_BY.name)


class Extras(NamedTuple):
    """Files to copy with the role of each, and expenses without their record yet."""

    files: tuple[tuple[str, Path], ...] = ()
    expenses: tuple[Record, ...] = ()


def parameters(kind: str) -> list[inspect.Parameter]:
    """Make the options of what comes with a record."""
    copying = "to copy beside the record; repeat it for several"
    made = [
        _parameter(role, list[str] | None, f"A {role} {copying}.", "FILE", _option(role), "Proofs") for role in _FILES
    ]
    if kind in COSTLY:
        made += [
            _parameter(name, str | None, f"Paid for {_FOR.get(what, what)}.", "AMOUNT", _option(name), "Costs")
            for name, what in COSTS.items()
        ]
        made.append(_parameter("paid", str | None, "The day the costs were paid.", "DATE", "--paid", "Costs"))
        explanation = f"Who paid them ({', '.join(PAID_BY.value.choices)})."
        made.append(_parameter(PAID_BY.name, str | None, explanation, "WHO", PAID_BY.option, "Costs"))
    return made


def _parameter(
    name: str,
    annotation: Any,  # noqa: ANN401 - a type
    explanation: str,
    metavar: str,
    option: str,
    panel: str,
) -> inspect.Parameter:
    offered = values_of(PAID_BY) if name == PAID_BY.name else None
    default = typer.Option(
        None, option, metavar=metavar, help=explanation, show_default=False, rich_help_panel=panel,
        autocompletion=offered,
    )  # fmt: skip
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def taken(kind: str, words: dict[str, Any], context: Context) -> Extras:
    """Take what comes with a record out of the words that were typed. Raises everything that cannot be."""
    files = tuple((role, dropped(file)) for role in _FILES for file in words.pop(role, None) or ())
    if kind not in COSTLY:
        return Extras(files)
    shared = {name: words.pop(name) for name in _SHARED if name in words}
    amounts = {name: words.pop(name) for name in COSTS if name in words}
    if shared and not amounts:
        options = " and ".join(f"`{_option(name)}`" for name in shared)
        raise misuse(f"{options} without a cost", "add the amount, such as `--fee 199.00`")
    expenses: list[Record] = []
    problems: list[Problem] = []
    for name, amount in amounts.items():
        try:
            expenses.append(_expense(kind, name, {"amount": amount, **shared}, context))
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(*dict.fromkeys(problems))
    return Extras(files, tuple(expenses))


def what(kind: str, name: str) -> str:
    """Give the kind of cost that an option of a command stands for."""
    return "filing" if (kind, name) == (Renewal.kind, "fee") else COSTS[name]


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _expense(kind: str, name: str, words: Mapping[str, Any], context: Context) -> Record:
    """Read one cost; what is wrong with it is named as the option that was typed."""

    def named(key: Key) -> str:
        return f"`{_option(name) if key.name == 'amount' else key.option}`"

    expense = values(Expense.kind, {"what": what(kind, name), **words}, replace(context, named=named))
    validate(Expense.kind, "the expense", {"records": ["ce-1"], **expense}, context.today)
    return expense


def written(
    text: str, document: Document, record: str, extras: Extras, context: Context, stack: ExitStack
) -> tuple[str, list[str]]:
    """Add expenses and proofs of a new record to a portfolio's text; give it with their ids.

    Copies are made now and stay if the change succeeds before `stack` is closed.
    """
    names: list[str] = []
    for expense in extras.expenses:
        names.append(next_id(Expense.kind, [*document.given_ids, *names]))
        table = {"id": names[-1], "records": [record], **expense}
        text = append(text, Expense.kind, {name: table[name] for name in ("id", *keys_of(Expense)) if name in table})
    if extras.files:
        copies = stack.enter_context(copied(document, extras.files, record))
        text, touched = recorded(text, document, copies, record, context.today)
        names += dict.fromkeys(touched)
    return text, names


def warn_unshown(session: Session, files: Sequence[Path]) -> None:
    """Say at once which files no document can show later."""
    for file in files:
        if file.suffix.lower() not in SHOWN:
            session.warn(f"{file.name} is kept, but no document can show it", "attach a PDF, PNG or JPEG of it as well")
        elif why := unlike(file):
            session.warn(f"{file.name} is kept, but {why}", "look at it, and attach a good copy")
