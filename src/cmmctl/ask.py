"""The one door for questions to a person: one line each, a default in brackets, asked again until it can be understood.

`?` explains, `<` goes back, Enter takes the default or skips, Ctrl-C and the end of input leave everything as it was.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cmmctl.amounts import shown_input
from cmmctl.errors import Cancelled, nearest

BACK = "<"
EXPLAIN = "?"


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something to ask. `read` understands an answer or raises `ValueError`; `echo` says how it was understood."""

    name: str
    text: str
    read: Callable[[str], Any]
    default: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    many: bool = False
    explain: str = ""
    echo: Callable[[Any], str] = lambda _value: ""
    unless: Callable[[Mapping[str, Any]], bool] = lambda _answers: False


def ask(questions: Sequence[Question], *, line: Callable[[str], str] | None = None) -> dict[str, Any]:
    """Ask one question after the other; `<` returns to the one before. Skipped ones are absent.

    Raises `Cancelled` on Ctrl-C and at the end of input.
    """
    answers: dict[str, Any] = {}
    asked: list[int] = []
    position = 0
    while position < len(questions):
        question = questions[position]
        if question.unless(answers):
            position += 1
            continue
        try:
            answer = one(question, line=line)
        except _Back:
            if asked:
                position = asked.pop()
                answers.pop(questions[position].name, None)
            else:
                tell("  This is the first question.")
            continue
        if answer is not None:
            answers[question.name] = answer
        asked.append(position)
        position += 1
    return answers


class _Back(Exception):  # noqa: N818 - not an error: the person goes back
    """The answer was `<`."""


def one(question: Question, *, line: Callable[[str], str] | None = None) -> Any:  # noqa: ANN401 - what the question reads
    """Ask until the answer is understood; None where it was skipped."""
    if question.choices:
        for number, choice in enumerate(question.choices, start=1):
            tell(f"    {number:>2}  {choice.replace('-', ' ')}")
    default = f" [{question.default}]" if question.default else ""
    while True:
        text = (line or read_line)(f" {question.text}{default}: ").strip() or question.default
        if text == BACK:
            raise _Back
        if not text and not question.required:
            return None
        try:
            value = _understood(question, text)
        except ValueError as error:
            tell(f"  {error}")
            continue
        if said := question.echo(value):
            tell(f"    -> {said}")
        return value


def _understood(question: Question, text: str) -> Any:  # noqa: ANN401 - what the question reads
    if not text:
        raise ValueError("This one is needed; Ctrl-C stops, and nothing is saved.")
    if text == EXPLAIN:
        raise ValueError(question.explain or question.text)
    if not question.choices:
        return question.read(text)
    if question.many:
        words = text.split(",") if "," in text else text.split()
        return question.read(",".join(_chosen(question.choices, word.strip()) for word in words))
    return question.read(_chosen(question.choices, text))


def _chosen(choices: Sequence[str], text: str) -> str:
    """Find a choice by its number, its word, or the beginning of its word."""
    if text.isdigit() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1]
    word = text.lower().replace(" ", "-")
    begun = [choice for choice in choices if choice.startswith(word)]
    if word in choices or len(begun) == 1:
        return word if word in choices else begun[0]
    meant = nearest(word, choices)
    raise ValueError(
        f"{shown_input(text)} is none of these" + (f"; did you mean {meant}?" if meant else f": 1 to {len(choices)}")
    )


def yes(text: str, *, default: bool, line: Callable[[str], str] | None = None) -> bool:
    """Ask for yes or no."""

    def read(answer: str) -> bool:
        if answer.lower() in {"y", "yes"}:
            return True
        if answer.lower() in {"n", "no"}:
            return False
        raise ValueError(f"{shown_input(answer)} is not y or n")

    question = Question(name="yes", text=f"{text} [{'Y/n' if default else 'y/N'}]", read=read)
    while True:
        try:
            answer = one(question, line=line)
        except _Back:
            continue
        return default if answer is None else bool(answer)


def read_line(prompt: str) -> str:
    """Read one line from the person. Raises `Cancelled` on Ctrl-C and at the end of input."""
    try:
        return input(prompt)
    except (KeyboardInterrupt, EOFError):
        raise Cancelled from None


def tell(text: str) -> None:
    """Say something between two questions."""
    print(text, file=sys.stdout, flush=True)  # noqa: T201 - the one door for questions
