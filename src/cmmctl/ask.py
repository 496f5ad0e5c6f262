"""The one door for questions to a person: one a line, a default in brackets, asked again until it is understood.

`?` explains, `<` goes back, Enter takes what is in brackets or skips, `-` leaves empty what is in brackets; Ctrl-C
and the end of input leave everything as it was. Who goes back finds the earlier answers in the brackets. What a
command asks is a script: a generator that yields questions and is sent the answers, so that what is asked next can
depend on what was said. A script says nothing itself, because going back runs it again.
"""

import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

from cmmctl.amounts import shown_input
from cmmctl.errors import Cancelled, nearest
from cmmctl.interrupts import wait_for
from cmmctl.render.text import safe

BACK = "<"
EXPLAIN = "?"
NOTHING = "-"
COLON = 48  # column of the colon, where the terminal is wide enough
WIDE = 72
ROOM = 20  # columns that a question leaves to its answer; a third of a narrow terminal
_YES_OR_NO = {"y": True, "yes": True, "n": False, "no": False}
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Question:
    """Something to ask. `read` understands an answer or raises `ValueError`; `echo` says how it was understood.

    `lead` is said before the question, `offer` is the default as people see it, `kept` what Enter gives where that
    is understood already. The choices of a `verbatim` question are shown as they are typed; `yes_no` are those
    that yes and no mean.
    """

    text: str
    read: Callable[[str], Any]
    default: str = ""
    offer: str = ""
    kept: Any = None
    required: bool = False
    choices: tuple[str, ...] = ()
    verbatim: bool = False
    yes_no: tuple[str, str] | None = None
    many: bool = False
    explain: str = ""
    lead: str = ""
    echo: Callable[[Any], str] = lambda _value: ""


Script: TypeAlias = Generator[Question, Any, T]


class _Back(Exception):  # noqa: N818 - not an error: the person goes back
    """The answer was `<`."""


def ask(script: Callable[[], Script[T]]) -> T:
    """Ask what a script asks, and give what it returns; a skipped question is answered with None.

    Raises `Cancelled` on Ctrl-C and at the end of input.
    """
    answers: list[Any] = []
    typed: dict[tuple[int, str], str] = {}  # the words of every answer, by their place and question

    def answer(question: Question) -> Any:  # noqa: ANN401 - what the question reads
        place = (len(answers), question.text)
        if before := typed.get(place):
            question = replace(question, default=before, offer=before, kept=None)
        words, value = _answer(question)
        typed[place] = words or before or ""
        answers.append(value)
        return value

    while True:
        talk = script()
        try:
            question = next(talk)
            for earlier in answers:
                question = talk.send(earlier)
            while True:
                question = talk.send(answer(question))
        except StopIteration as end:
            said: T = end.value
            return said
        except _Back:
            if answers:
                answers.pop()
            else:
                tell("  This is the first question.")


def one(question: Question) -> Any:  # noqa: ANN401 - what the question reads
    """Ask until the answer is understood; None where it was skipped."""
    return _answer(question)[1]


def _answer(question: Question) -> tuple[str, Any]:
    """Ask until the answer is understood; give its words, none where Enter was pressed, and what they mean."""
    if question.lead:
        tell(question.lead)
    if question.choices:
        tell(listed(question.choices, verbatim=question.verbatim, width=_width() - 1))
    offer = question.offer or question.default
    prompt = f" {question.text}" + (f" [{offer}]" if offer else "")
    while True:
        try:
            words = read_line(prompt).strip()
            value = _value(question, words)
        except ValueError as error:
            tell(f"  {error}")
            continue
        if value is not None and (said := question.echo(value)):
            tell(f"    -> {said}")
        return words, value


def _value(question: Question, words: str) -> Any:  # noqa: ANN401 - what the question reads
    if words == BACK:
        raise _Back
    if not words and question.kept is not None:
        return question.kept
    text = words or question.default
    return None if text in {"", NOTHING} and not question.required else _understood(question, text)


def yes_or_no(text: str, *, default: bool, lead: str = "", means: str = "y for yes, n for no") -> Question:
    """Make a question that is answered with y or n; `means` explains what becomes of both."""

    def read(answer: str) -> bool:
        if answer.lower() not in _YES_OR_NO:
            raise ValueError(f"{shown_input(answer)} is not y or n")
        return _YES_OR_NO[answer.lower()]

    return Question(
        text=text, read=read, default="y" if default else "n", offer="Y/n" if default else "y/N", lead=lead,
        explain=means, required=True,
    )  # fmt: skip


def yes(text: str, *, default: bool, lead: str = "") -> bool:
    """Ask one question for yes or no."""

    def script() -> Script[bool]:
        return bool((yield yes_or_no(text, default=default, lead=lead)))

    return ask(script)


def listed(choices: Iterable[str], *, verbatim: bool = False, width: int = WIDE + 2) -> str:
    """Number the choices, several on a line, in columns where they are many and short."""
    room = min(WIDE, width - 2)
    words = [choice if verbatim else choice.replace("-", " ") for choice in choices]
    digits = len(str(len(words)))
    cells = [f"  {number:>{digits}} {word}" for number, word in enumerate(words, start=1)]
    widest = max(map(len, cells))
    if widest <= WIDE // 3 < room < sum(map(len, cells)):
        cells = [cell.ljust(widest) for cell in cells]
    lines = [""]
    for cell in cells:
        if lines[-1] and len(lines[-1]) + len(cell.rstrip()) > room:
            lines.append("")
        lines[-1] += cell
    return "\n".join(f"  {line}".rstrip() for line in lines)


def _understood(question: Question, text: str) -> Any:  # noqa: ANN401 - what the question reads
    if not text:
        raise ValueError("This one is needed; Ctrl-C stops, and nothing is saved.")
    if text == EXPLAIN:
        raise ValueError(question.explain or question.text)
    if not question.choices:
        return question.read(text)
    if question.yes_no and text.lower() in _YES_OR_NO:
        yes, no = question.yes_no
        return question.read(yes if _YES_OR_NO[text.lower()] else no)
    if question.many:
        return question.read(",".join(_several(question.choices, text) or [_chosen(question.choices, text)]))
    return question.read(_chosen(question.choices, text))


def _several(choices: Sequence[str], text: str) -> list[str]:
    """Find choices that are separated by commas or blanks, or both; the words of one may be apart as well."""
    if _meant(choices, text):
        return [_chosen(choices, text)]
    words = [word.strip() for word in text.split(",")] if "," in text else text.split()
    if words == [text]:
        return [_chosen(choices, text)]
    return [choice for word in words if word for choice in _several(choices, word)]


def _meant(choices: Sequence[str], text: str) -> str | None:
    """Find a choice by its number, its word, or the beginning of its word."""
    if text.isdecimal() and 1 <= int(text) <= len(choices):
        return choices[int(text) - 1]
    known = {choice.lower().replace(" ", "-"): choice for choice in choices}
    word = text.lower().replace(" ", "-")
    begun = [choice for name, choice in known.items() if name.startswith(word)]
    return known.get(word) or (begun[0] if len(begun) == 1 else None)


def _chosen(choices: Sequence[str], text: str) -> str:
    """Find the choice that is meant. Raises where there is none, with the nearest."""
    if choice := _meant(choices, text):
        return choice
    meant = nearest(text, choices)
    rest = f"; did you mean {meant}?" if meant else f": answer with a number from 1 to {len(choices)}"
    raise ValueError(f"{shown_input(text)} is none of these{rest}")


def read_line(prompt: str) -> str:
    """Read one line from the person. Raises `Cancelled` on Ctrl-C and at the end of input."""
    width = _width()
    *above, last = _laid(prompt, width - min(ROOM, width // 3) - len(" : "))
    print(*above, f"{last.ljust(COLON if width >= WIDE else 0)} : ", sep="\n", end="", flush=True)  # noqa: T201 - the one door for questions
    try:
        if sys.stdin.isatty():
            wait_for(sys.stdin)
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        raise Cancelled from None
    except UnicodeDecodeError:
        raise ValueError("These characters cannot be read here; try plain letters.") from None
    if not line.endswith("\n"):  # a line without its end is one that was broken off
        raise Cancelled
    return line


def tell(text: str) -> None:
    """Say something between two questions, broken between words; nothing in it is obeyed by the terminal."""
    width = _width()
    print("\n".join(part for line in text.split("\n") for part in _laid(line, width)), flush=True)  # noqa: T201 - the one door for questions


def beside(label: str, text: str) -> str:
    """Put a text behind its label, and the lines it is broken into under its first."""
    head, *others = _laid(" " * len(label) + text, _width())
    return "\n".join([label + head[len(label) :], *others])


def _laid(line: str, width: int) -> list[str]:
    from cmmctl.render.terminal import laid  # noqa: PLC0415 - Rich is a third of the start-up

    return laid(safe(line), width)


def _width() -> int:
    from cmmctl.render.terminal import width_of  # noqa: PLC0415 - as above

    return width_of(sys.stdout)
