"""Of a hundred words mistyped by one or two letters, at least 95 get the right suggestion; counted over every name.

The mistakes are those of hands: a letter dropped, doubled, swapped with its neighbour or hit beside, a wrong case, a
hyphen too few or an underscore for it, a plural for a singular. Where a mistake ends in another word that is valid,
nothing is suggested, and it does not count. Words of up to three letters are mistyped by one letter only.
"""

import os
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import pytest

from cmmctl.cli import PROGRAM, TABLE, build
from cmmctl.commands import export, meant, usage
from cmmctl.commands.session import Session, edition_of, resolve_credential
from cmmctl.described import Key
from cmmctl.errors import CmmctlError
from cmmctl.kinds import kind as kind_meant
from cmmctl.model import KINDS, Profile
from cmmctl.rulebook import Rulebook
from cmmctl.spelling import slips
from cmmctl.store import load
from cmmctl.typed import typed_keys
from conftest import Cli
from making import TODAY

ONE, TWO = (12, 5) if os.environ.get("CMMCTL_MISTAKES") == "all" else (4, 2)  # of one and of two letters a word
RIGHT, LEAST = 0.95, 0.90  # over all, and of each sort
SAMPLED = 12  # words of each sort that are typed as a whole command line
SHORT = 3  # letters of a word in which two mistakes would leave nothing to go by
ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")
SAMPLE = Path(str(resources.files("cmmctl"))) / "samples"

Suggest = Callable[[str], str | None]  # from what was typed, the hint; `KeyError` where it is valid


class Sort(NamedTuple):
    """Names of one sort that are valid in one place, how a hint is given there, and the command line for it."""

    sort: str
    names: Sequence[str]
    suggest: Suggest
    line: Callable[[str], Sequence[str]]


def beside(letter: str) -> str:
    """The keys beside one on a keyboard."""
    for row, keys in enumerate(ROWS):
        if letter in keys:
            at = keys.index(letter)
            above, below = (ROWS[other] if 0 <= other < len(ROWS) else "" for other in (row - 1, row + 1))
            return (
                keys[max(at - 1, 0) : at] + keys[at + 1 : at + 2] + above[at : at + 2] + below[max(at - 1, 0) : at + 1]
            )
    return ""


def mistakes(name: str) -> Iterator[str]:
    """Every way to mistype a name once."""
    for at, letter in enumerate(name):
        yield name[:at] + name[at + 1 :]
        yield name[:at] + letter + name[at:]
        yield name[:at] + name[at + 1 : at + 2] + letter + name[at + 2 :]
        yield name[:at] + letter.upper() + name[at + 1 :]
        yield from (name[:at] + key + name[at + 1 :] for key in beside(letter))
    yield from (name.replace("-", "", 1), name.replace("-", "_"), name.replace("_", "-"), name.upper())
    yield name.removesuffix("s") if name.endswith("s") else f"{name}s"


def mistyped(name: str) -> Iterator[str]:
    """Some mistakes of one letter, and for a longer name some of two; always the same ones."""
    rng = random.Random(name)  # the same at every run
    stem = name.lstrip("-")
    start = name.removesuffix(stem)
    once = sorted({word for word in mistakes(stem) if word and word != stem})
    yield from (start + word for word in rng.sample(once, min(ONE, len(once))))
    if len(stem) > SHORT:
        twice = (rng.choice(list(mistakes(rng.choice(once)))) for _ in range(TWO))
        yield from (start + word for word in twice if word not in {"", stem})


def of_error(raised: Callable[[str], object]) -> Suggest:
    """Take the hint from the failure."""

    def suggest(word: str) -> str | None:
        try:
            raised(word)
        except CmmctlError as error:
            found = re.search("did you mean `(.*?)`", error.problems[0].hint or "")
        except ValueError as error:
            found = re.search("did you mean `(.*?)`", str(error))
        else:
            raise KeyError(word)
        return found[1] if found else None

    return suggest


def of_words(names: Sequence[str], find: Callable[[str], str | None]) -> Suggest:
    def suggest(word: str) -> str | None:
        if word in names:
            raise KeyError(word)
        return find(word)

    return suggest


def options(words: Sequence[str]) -> Sort:
    """The long options of a command; its own parser finds what is wrong."""
    command = export.build(words[1]) if words[1:] else build(words[0])
    with command.make_context(words[-1], [], resilient_parsing=True) as context:
        names = [o for p in command.get_params(context) for o in (*p.opts, *p.secondary_opts) if o.startswith("--")]

    def suggest(word: str) -> str | None:
        hint: str | None = None
        try:
            command.make_context(" ".join([PROGRAM, *words]), [word], obj=[word]).close()
        except CmmctlError as error:
            hint = error.problems[0].hint
        except Exception as error:  # noqa: BLE001 - Typer's errors have no public base
            hint = usage.problem(error, words[0]).hint if hasattr(error, "possibilities") else None
        if hint is None:
            raise KeyError(word)
        found = re.search("did you mean `(.*?)`", hint or "")
        return found[1] if found else None

    return Sort("options", names, suggest, lambda word: [*words, word])


def choices(kind: str, key: Key) -> Sort:
    def read(word: str) -> object:
        typed = key.value.from_text(word, TODAY)
        return key.value.from_file([typed] if key.value.many else typed)

    line = [f"add-{kind}"] if f"add-{kind}" in TABLE else ["attach", "ce-7", "certificate.pdf"]
    return Sort("choices", key.value.choices, of_error(read), lambda word: [*line, key.option, word])


@cache
def sorts() -> list[Sort]:
    """Every name there is, by what it is and where it stands."""
    book = Rulebook()
    known = list(book.names())
    kinds = [*KINDS, Profile.kind]
    credentials = [*known, *(name.rpartition(".")[2] for name in known)]
    made = [
        Sort(
            "commands", list(TABLE), of_words([*TABLE], lambda word: meant.command(word, [], TABLE)),
            lambda word: [word],
        ),
        Sort(
            "documents",
            list(export.DOCUMENTS),
            of_words(
                [*export.DOCUMENTS],
                lambda word: (meant.document(word, [], export.DOCUMENTS) or "").removeprefix("export "),
            ),
            lambda word: ["export", word],
        ),
        Sort("kinds", kinds, of_words(kinds, lambda word: kind_meant(word, kinds)), lambda word: ["list", word]),
        Sort(
            "credentials", credentials, of_error(lambda word: resolve_credential(word, [], known)),
            lambda word: ["status", word],
        ),
    ]  # fmt: skip
    for name in ("holder", "candidate"):
        session = Session("show")
        session.document = load(SAMPLE / f"{name}.toml", book)
        names = [fact.id for fact in session.portfolio]
        made.append(Sort(f"ids of the {name}", names, of_error(session.fact), lambda word: ["show", word]))
    for name in known:
        rules = book.find(name)
        assert rules
        names = [edition.name for edition in rules.editions]
        suggest = of_error(lambda word, rules=rules: edition_of(rules, word))  # type: ignore[misc]
        made.append(Sort("editions", names, suggest, lambda word: ["hours", "--edition", word]))
    made += [options([name]) for name in TABLE if name != "export"]
    made += [options(["export", name]) for name in export.DOCUMENTS]
    for kind in kinds:
        keys = typed_keys(kind)
        find = of_words([*keys], lambda word, keys=keys: meant.key(word, [*keys]))  # type: ignore[misc]
        made.append(Sort("keys", list(keys), find, lambda word, kind=kind: ["edit", f"{kind}-1", f"{word}=x"]))  # type: ignore[misc]
        made += [choices(kind, key) for key in keys.values() if key.value.choices]
    return made


@pytest.fixture
def untraced() -> Iterator[None]:
    """Thousands of words, once not measured line by line: other tests cover every line they run through."""
    tracing = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracing)


@pytest.mark.usefixtures("untraced")
def test_95_of_100_mistakes_get_the_right_suggestion() -> None:
    wrong: list[tuple[str, str, str, str | None]] = []
    tried: dict[str, int] = {}
    for sort, names, suggest, _ in sorts():
        for name in names:
            for word in mistyped(name):
                try:
                    found = suggest(word)
                except KeyError:
                    continue
                tried[sort] = tried.get(sort, 0) + 1
                if found != name:
                    wrong.append((sort, name, word, found))
    share = {sort: 1 - sum(one[0] == sort for one in wrong) / number for sort, number in tried.items()}
    print(f"{sum(tried.values())} mistakes,", *(f"{sort} {part:.3f}" for sort, part in share.items()))  # noqa: T201 - what was measured
    assert sum(tried.values()) > 4000
    assert 1 - len(wrong) / sum(tried.values()) >= RIGHT, wrong
    assert {sort: part for sort, part in share.items() if part < LEAST} == {}, wrong


def sampled() -> Mapping[str, list[tuple[Sort, str, str]]]:
    """Some mistakes of each sort that can stand on a command line by themselves."""
    found: dict[str, list[tuple[Sort, str, str]]] = {}
    for one in sorts():
        for name in one.names:
            words = [word for word in mistyped(name) if re.fullmatch(r"(--)?[a-z]+[a-z.-]*", word)]
            found.setdefault(one.sort, []).extend((one, name, word) for word in words[:1])
    rng = random.Random(1)  # the same at every run
    return {sort: rng.sample(some, min(SAMPLED, len(some))) for sort, some in found.items()}


@pytest.mark.parametrize(
    "sort", ["commands", "documents", "kinds", "credentials", "ids of the holder", "editions", "options", "choices"]
)
def test_the_command_line_gives_the_same_suggestion(cli: Cli, folder: Path, sort: str) -> None:
    (folder / "portfolio.toml").write_bytes((SAMPLE / "holder.toml").read_bytes())
    tried = 0
    for one, _, word in sampled()[sort]:
        try:
            expected = one.suggest(word)
        except KeyError:
            continue
        ended = cli(*one.line(word))
        assert ended.code in {1, 2}
        assert ended.err.startswith("error: ")
        found = re.search(r"did you mean `(?:cmmctl (?:export )?)?(.*?)`\?", ended.err)
        assert (found[1] if found else None) == expected, ended.err
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    ("typed", "keys"),
    [("hours", "hour=3"), ("provider", "provder=x"), ("iacet_ceus", "iacet-ceu=1"), ("note", "n0te=x")],
)
def test_a_mistyped_key_gets_the_right_one(cli: Cli, folder: Path, typed: str, keys: str) -> None:
    (folder / "portfolio.toml").write_bytes((SAMPLE / "holder.toml").read_bytes())
    assert cli("edit", "ce-7", keys).err.endswith(f"hint: did you mean `{typed}`?\n")


@pytest.mark.parametrize(
    ("typed", "right", "far"),
    [
        ("status", "status", 0), ("staus", "status", 1), ("statsu", "status", 1), ("statuss", "status", 1),
        ("statud", "status", 0.8), ("statuq", "status", 1), ("", "abc", 3), ("abc", "", 3), ("éa", "ea", 1),
    ],
)  # fmt: skip
def test_slips(typed: str, right: str, far: float) -> None:
    assert slips(typed, right) == pytest.approx(far)
    assert slips(right, typed) == pytest.approx(far)


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("elig", "eligibility"), ("HISTRY", "history"), ("add_ce", "add-ce"), ("add ce", "add-ce"), ("exp", "export"),
        ("\u2013hours", "hours"), ("xyzzy", None), ("foo", None), ("q", None), ("", None), ("colour", None),
    ],
)  # fmt: skip
def test_what_is_near_and_what_is_not(word: str, found: str | None) -> None:
    from cmmctl.errors import nearest  # noqa: PLC0415 - as every caller has it

    assert nearest(word, TABLE) == found
