"""`docs/commands.md`: every command and every key of the file, for people who look something up."""

from collections.abc import Iterable, Iterator, Sequence

from cmmctl.described import Key, keys_of
from cmmctl.keys import APPROVAL, CREDENTIAL, DAY, FLAG, MONEY, PATH, STATED
from cmmctl.model import Fact
from reference import (
    EXIT_CODES,
    PROGRAM,
    VARIABLES,
    Told,
    Word,
    command_of,
    commands,
    documents,
    header_of,
    id_of,
    kinds,
    needed,
    of_documents,
    of_program,
    optional,
    rule_of,
    shared,
)

# Values whose form is not plain from their name, and those of them that stand without quotes.
_SHOWN = {value.name for value in (APPROVAL, CREDENTIAL, DAY, MONEY, PATH, STATED)}
_UNQUOTED = {DAY.name, MONEY.name}
_INTRODUCTION = """\
# Commands and keys, to look up

This page is made from the program itself. For what to type in which situation, see [the other pages](README.md);
for one command, `cmmctl COMMAND --help`. A word in capitals stands for something of yours.

What you do is a verb (`add-ce`, `attach`, `undo`); what you look at is a noun (`status`, `hours`, `costs`). `cmmctl`
alone shows `status`, or how to begin. A mistyped command, option or id is answered with the one you probably meant.
"""
_FORMS = """\
## How values are typed

| what | forms |
|---|---|
| date | `2026-03-02`, `3/2/2026` (month first), `"Mar 2 2026"`, `2-Mar-2026`, `today`, `yesterday`, a weekday such as `monday` (the last one) |
| date, month or year | the same, or `2024-02`, or `2009` |
| hours | `1.5`; `1h20m` or `80m` writes `minutes = 80` |
| amount | `349` or `349.00`, in dollars |
| id | as `cmmctl list` shows it, such as `ce-7`; a credential also by its last part: `cmm` |
| text of several words | in quotes: `"Coding Update"` |
"""  # noqa: E501 - a table has one line for each row
_FILE = """\
## The file

`portfolio.toml` is plain text that you may edit by hand: `schema = 1`, one `[profile]` block, and one block for each
record. Text and months stand in quotes (`title = "Coding Update"`, `start = "2024-02"`), dates and numbers do not
(`date = 2026-03-02`, `hours = 1.5`), a list stands in brackets (`duties = ["billing", "coding"]`), yes and no are
`true` and `false`. Lines that begin with `#` are your remarks, and stay. `cmmctl check` names everything that is wrong,
with its line. The tool gives the ids; an id is never used again.
"""


def page() -> str:
    """Write the whole page."""
    return "\n".join(_parts()).rstrip("\n") + "\n"


def _parts() -> Iterator[str]:
    yield _INTRODUCTION
    groups = list(commands())
    yield from _table(
        ("to", "commands"),
        ((group, " ".join(f"[{one.name}](#{one.name})" for one in told)) for group, told in groups),
    )
    yield "## Options of every command\n"
    yield f"Before the command, as in `{PROGRAM} --file PATH status`:\n"
    yield from _words(of_program())
    yield "After the command, where its entry below names them:\n"
    yield from _words(shared())
    yield _FORMS
    for group, told in groups:
        yield f"## {group}\n"
        for one in told:
            yield from _command(one)
            if one.name == "export":
                yield from _documents()
    yield _FILE
    yield from _overview()
    for fact in kinds():
        yield from _kind(fact)
    yield "## Exit codes\n"
    yield from _table(("code", "means"), ((str(code), means) for code, means in EXIT_CODES.items()))
    yield "## Environment variables\n"
    yield from _table(("variable", "means"), ((f"`{name}`", means) for name, means in VARIABLES.items()))


def _command(one: Told, level: str = "###", also: str = "") -> Iterator[str]:
    yield f"{level} {one.name}\n"
    yield f"{one.does}{also}\n"
    yield "\n".join(["```text", *(one.examples or (one.usage,)), "```\n"])
    yield from _words((*one.arguments, *one.options))
    if one.shared:
        yield f"Also: {_listed(word.names[0] for word in one.shared)}.\n"


def _documents() -> Iterator[str]:
    yield "Every document takes:\n"
    yield from _words(of_documents())
    for one, formats in documents():
        yield from _command(one, "####", f" Formats: {formats}.")


def _words(words: Sequence[Word]) -> Iterator[str]:
    if words:
        yield from _table(("", "means"), ((f"`{word.typed}`", _cell(word.means)) for word in words))


def _overview() -> Iterator[str]:
    yield from _table(
        ("block", "id", "what it is", "required", "optional"),
        (
            (
                f"[`{header_of(fact)}`](#the-keys-of-{fact.kind})", f"`{id_of(fact)}`", fact.means,
                _listed(key.name for key in needed(fact)), _listed(key.name for key in optional(fact)),
            )
            for fact in kinds()
        ),
    )  # fmt: skip


def _kind(fact: type[Fact]) -> Iterator[str]:
    yield f"### The keys of {fact.kind}\n"
    rule = rule_of(fact)
    yield f"{fact.__doc__}{' ' + rule if rule else ''} Written by `{PROGRAM} {command_of(fact)}`.\n"
    yield from _table(
        ("key", "what stands there", "option", "means"),
        ((_name(key), _value(key), _option(fact, key), _cell(_meaning(key))) for key in keys_of(fact).values()),
    )


def _name(key: Key) -> str:
    return f"`{key.name}`" + (", required" if key.required else "")


def _value(key: Key) -> str:
    word = key.value.name.removeprefix("list of ")
    if key.value.choices:
        return f"{'list of' if key.value.many else 'one of'} {_listed(key.value.choices)}"
    if key.value is FLAG:
        return "`true` or `false`"
    if word not in _SHOWN:
        return key.value.name
    quoted = f'"{key.value.example}"' if word not in _UNQUOTED else key.value.example
    return f"{key.value.name}, such as `{f'[{quoted}]' if key.value.many else quoted}`"


def _option(fact: type[Fact], key: Key) -> str:
    if key.sealed or (command_of(fact) == "attach" and key.name != "role"):
        return ""
    if key.positional:
        return f"`{key.positional}`"
    return f"`{key.option}`" + (" (repeatable)" if key.value.many else "")


def _meaning(key: Key) -> str:
    means = key.help
    if isinstance(key.default, str):
        means += f" (`{key.default}` without it)"
    if key.default is True:
        means += " (`true` without it)"
    return means + ("; written by cmmctl alone" if key.sealed else "")


def _listed(names: Iterable[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [header, ["---"] * len(header), *rows]
    yield "\n".join(f"| {' | '.join(row)} |" for row in lines) + "\n"
