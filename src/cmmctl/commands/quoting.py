"""A command line with quotes where they were missing: what was typed, ready to be pasted.

A shell cuts `add-ce Coding Update --provider State Chapter` into words; what belongs together is found again by
what the command expects where.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

PROGRAM = "cmmctl"
_TEXTS = {"TITLE", "FOLDER", "FILE"}  # arguments that may be of several words
_BARE = re.compile(r"[A-Za-z0-9_@+=:,./-]+")
_ASSIGNED = re.compile(r"((?:--)?[A-Za-z][A-Za-z_-]*?(?:\+=|-=|=))(.+)", re.DOTALL)
_SIGN = r"(\+=|-=|=)"
_LONG_DASH = re.compile("^[\u2010-\u2015]+(?=[A-Za-z])")  # what e-mail and word processors make of `--`
_CURLY = "\u201c\u201d\u201e"


def quoted(words: Iterable[str]) -> str:
    """Write words so that a shell gives them back: double quotes, which every shell knows, where they will do."""
    return " ".join(map(_quoted, words))


def _quoted(word: str) -> str:
    if _BARE.fullmatch(word):
        return word
    if assigned := _ASSIGNED.fullmatch(word):
        return assigned[1] + _in_quotes(assigned[2])
    return _in_quotes(word)


def _in_quotes(text: str) -> str:
    if not re.search(r'["$`\\!]', text):
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    if "!" not in text:
        return '"' + re.sub(r'(["$`\\])', r"\\\1", text) + '"'
    from shlex import quote  # noqa: PLC0415 - seldom

    return quote(text)


@dataclass
class _Piece:
    """Words that stand together: a command, an option, an option's value or an argument with what follows it."""

    role: str
    words: list[str]
    text: bool = False  # a value that may be any text

    @property
    def joined(self) -> list[str]:
        return [" ".join(self.words).strip(_CURLY)] if len(self.words) > 1 else self.words


def mended(context: Any, stray: str | None = None) -> str | None:  # noqa: ANN401 - Typer's context
    """Give the command line with quotes where they were missing; None where nothing can be told.

    `stray` is a word that was taken for an argument and is none; without it there are more than the command takes.
    """
    typed: Sequence[str] = context.obj
    pieces = list(_pieces(context, typed))
    words = _without(pieces, stray) if stray is not None else _with_arguments(pieces, context)
    return quoted([PROGRAM, *words]) if words and words != list(typed) else None


def assigned(context: Any, keys: Collection[str]) -> str | None:  # noqa: ANN401 - as above
    """Give an `edit` with its values in quotes, and `=` where it was missing; None where it is no other one."""
    words: list[str] = []
    record = False
    for piece in _pieces(context, [_assignment(word, keys) for word in context.obj]):
        own = 0 if piece.role == "word" else 1
        if not record and len(piece.words) > own:
            own, record = own + 1, True
        words += piece.words[:own]
        words += _assignments(" ".join(piece.words[own:]).translate(dict.fromkeys(map(ord, _CURLY))), keys)
    return quoted([PROGRAM, *words]) if words != list(context.obj) else None


def _assignment(word: str, keys: Collection[str]) -> str:
    """Turn a key that was written as an option, as `add-` commands take it, into the beginning of an assignment."""
    name, _, value = word.removeprefix("--").partition("=")
    key = name.replace("-", "_")
    return f"{key}={value}" if word.startswith("--") and key in keys else word


def _assignments(text: str, keys: Collection[str]) -> Iterator[str]:
    text = re.sub(rf"\s*{_SIGN}\s*", r"\1", text)
    first, _, rest = text.partition(" ")
    if rest and first.replace("-", "_") in keys:
        text = f"{first}={rest}"
    yield from filter(None, re.split(r"\s+(?=[A-Za-z_-]+?(?:\+=|-=|=))", text))


def _pieces(context: Any, typed: Sequence[str]) -> Iterator[_Piece]:  # noqa: ANN401 - as above
    """Read a command line as the command does, without judging it."""
    commands = context.command_path.split()[1:]
    options = {name: p for of in (context.find_root(), context) for p in of.command.params for name in p.opts}
    piece: _Piece | None = None
    words = iter(typed)
    for word in words:
        option = _LONG_DASH.sub("--", word)
        if option.startswith("-"):
            if piece:
                yield piece
            yield _Piece("option", [option])
            piece = None
            taking = options.get(option)
            if taking is not None and not taking.is_flag and (value := next(words, None)) is not None:
                piece = _Piece("value", [value], text=taking.metavar == "TEXT")
        elif commands and word == commands[0]:
            if piece:
                yield piece
            yield _Piece("command", [commands.pop(0)])
            piece = None
        elif piece:
            piece.words.append(word)
        else:
            piece = _Piece("word", [word])
    if piece:
        yield piece


def _without(pieces: Sequence[_Piece], stray: str) -> list[str]:
    """Put a word that is no argument to the value before it."""
    return [
        word
        for piece in pieces
        for word in (piece.joined if piece.role == "value" and stray in piece.words[1:] else piece.words)
    ]


def _with_arguments(pieces: Sequence[_Piece], context: Any) -> list[str]:  # noqa: ANN401 - as above
    """Put together what follows the values of options, and what is left over as the command's own argument.

    That one most likely stands by itself, or behind a value that takes no text. Empty where words are left over.
    """
    arguments = [p for p in context.command.params if p.param_type_name == "argument"]
    text = bool(arguments) and arguments[-1].metavar in _TEXTS
    alone = [piece for piece in pieces if piece.role == "word"]
    behind = [piece for piece in pieces if piece.role == "value" and len(piece.words) > 1]
    if behind and text and not alone:
        its = min(behind, key=lambda piece: piece.text)
        at = pieces.index(its)
        alone = [_Piece("word", its.words[1:])]
        pieces = [*pieces[:at], _Piece("value", its.words[:1]), *alone, *pieces[at + 1 :]]
    left = _Piece("word", [word for piece in alone for word in piece.words])
    if len(left.words) > len(arguments) and not text:
        return []
    words: list[str] = []
    for piece in pieces:
        if piece.role != "word":
            words += piece.joined
        elif piece is alone[0]:
            words += left.joined
    return words
