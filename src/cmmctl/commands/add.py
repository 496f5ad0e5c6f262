"""Every `add-` command, built from the facts: options, prompts and validation come from one description."""

import inspect
from collections.abc import Mapping
from typing import Any

import typer

from cmmctl import keys
from cmmctl.ask import yes
from cmmctl.commands import extras
from cmmctl.commands.completing import of, values_of
from cmmctl.commands.options import Command, command
from cmmctl.commands.recording import record
from cmmctl.commands.session import Session
from cmmctl.described import Key
from cmmctl.errors import misuse
from cmmctl.model import CE, KINDS, Course, Degree, Renewal
from cmmctl.typed import CREDENTIAL, Record, typed_keys

_PLANNED = {CE.kind, Course.kind, Degree.kind}
_EXAMPLES = {
    "credential": "cmmctl add-credential cmm --earned 2025-04-23",
    "renewal": "cmmctl add-renewal cmm --filed 2027-03-02",
    "audit": "cmmctl add-audit cmm --letter 2027-05-03 --reply-by 2027-06-02",
    "membership": "cmmctl add-membership --body PAHCOM --start 2025-02-01 --end 2027-01-31",
    "job": 'cmmctl add-job --employer "Sample Clinic" --title "Office Manager" --start 2024-02 --duty billing',
    "degree": 'cmmctl add-degree --institution "State College" --degree "Associate of Science" --completed 2019',
    "course": (
        'cmmctl add-course "Healthcare Finance" --institution "State College" --credits 3'
        " --subject business --completed 2026-05-04"
    ),
    "ce": 'cmmctl add-ce "Coding Update" --provider "State Chapter" --date 2026-11-20 --hours 6',
    "training": 'cmmctl add-training "Front desk courtesy" --date 2026-11-20 --topic customer-service --attendees 9',
    "expense": "cmmctl add-expense ce-7 --what fee --amount 199.00 --paid 2026-11-20",
    "claim": "cmmctl add-claim ce-12 --filed 2026-11-23 --asked 199.00",
    "payment": "cmmctl add-payment claim-1 --date 2026-12-15 --amount 199.00",
    "answer": 'cmmctl add-answer cmm --source "e-mail from PAHCOM" --credits-required 9',
}  # fmt: skip
_SAME = ("credits", "subject", "completed", "unit")  # what the next course of a college has likely in common
_METAVARS = {
    keys.DAY.name: "DATE", keys.STATED.name: "DATE", keys.WHOLE.name: "N", keys.SOME.name: "N",
    keys.RATE.name: "NUMBER", "choice": "WORD",
}  # fmt: skip


def adder(kind: str) -> Command:
    """Make the `add-` command of a kind.

    Where everything that is required is given, nothing is asked and it is written at once. Where something is
    missing and somebody sits at the terminal, everything that usually stands on the paper and was not given is asked
    for, and one yes at the end writes it. What looks like something that is on record is never written unasked.
    """

    def add(session: Session, **words: Any) -> None:  # noqa: ANN401 - what the options' own types say
        typed = given(words, session)
        entry = record(session, kind, typed, _EXAMPLES[kind])
        while kind == Course.kind and entry.asked:
            if not yes(f"Another course from {entry.record['institution']}?", default=False):
                return
            session = session.anew()
            same: Record = {name: entry.record[name] for name in ("institution", "status") if name in entry.record}
            offered = {name: entry.record[name] for name in _SAME if name in entry.record}
            entry = record(session, kind, same, _EXAMPLES[kind], offered)

    parameters = [parameter for key in typed_keys(kind).values() for parameter in parameters_of(key)]
    if kind in _PLANNED:
        parameters.append(_flag("planned", "It has not taken place yet."))
    if kind == Renewal.kind:
        parameters.append(_flag("force", "Note it although hours are short."))
    elif any(key.telling for key in typed_keys(kind).values()):
        parameters.append(_flag("force", "Add it although one on record looks the same."))
    parameters.append(_like(kind))
    parameters += extras.parameters(kind)
    parameters.sort(key=lambda parameter: not parameter.name.endswith("_argument"))
    add.__doc__ = f"Record {KINDS[kind].means}.\n\nExample: {_EXAMPLES[kind]}"
    return command("change", name=f"add-{kind}", parameters=parameters)(add)


def _like(kind: str) -> inspect.Parameter:
    shown = typer.Option(
        None, "--like", metavar="ID", help="Copy what is not given from this one; not its dates and results.",
        show_default=False, autocompletion=of(kind),
    )  # fmt: skip
    return inspect.Parameter("like", inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=str | None)


def _flag(name: str, explanation: str) -> inspect.Parameter:
    shown = typer.Option(False, f"--{name}", help=explanation)  # noqa: FBT003 - Typer's own form
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=shown, annotation=bool)


def parameters_of(key: Key) -> list[inspect.Parameter]:
    """Make the option of a key, and its argument where it has one."""
    value = key.value
    choices = f" ({', '.join(value.choices)})" if value.choices and value.choices[0] not in key.help else ""
    several = "; repeat it for several" if value.many and not key.positional else ""
    shown: dict[str, Any] = {"help": f"{key.help[:1].upper()}{key.help[1:]}{choices}{several}.", "show_default": False}
    if offered := values_of(key):
        shown["autocompletion"] = offered
    annotation: Any = (list[str] if value.many else str) | None
    word = value.name.removeprefix("list of ")
    metavar = _METAVARS.get(word, word.upper())
    made = []
    if key.positional:
        made.append((f"{key.name}_argument", typer.Argument(None, metavar=key.positional, **shown), annotation))
    if value is keys.FLAG:
        name = key.option.removeprefix("--")
        made.append((key.name, typer.Option(None, f"--{name}/--no-{name}", **shown), bool | None))
    elif key is not CREDENTIAL:
        names = key.options or (key.option,)
        made.append((key.name, typer.Option(None, *names, metavar=metavar, **shown), annotation))
    return [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, default, kind in made
    ]


def given(words: Mapping[str, Any], session: Session) -> dict[str, Any]:
    """Keep the words that were typed; an argument and its option are one."""
    typed: dict[str, Any] = {}
    for name, word in words.items():
        if word is None or word == []:
            continue
        key = name.removesuffix("_argument")
        if key in typed and not isinstance(word, list):
            stray = words.get(f"{key}_argument")
            once = "give it once, with or without its option"
            raise misuse(f"`{key}` is given twice", (session.mended(stray) if stray else None) or once)
        typed[key] = [*typed[key], *word] if isinstance(word, list) and key in typed else word
    return typed
