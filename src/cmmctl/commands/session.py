"""What every command shares: the portfolio, the rules, the day, and how an answer is given."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cmmctl.amounts import shown_input
from cmmctl.dates import Stated, plain, read_day, read_stated
from cmmctl.errors import CmmctlError, UsageError, failure, misuse, nearest, refused
from cmmctl.model import Credential, Fact, Portfolio
from cmmctl.outlook import short
from cmmctl.places import Where, where
from cmmctl.render.aside import say
from cmmctl.render.text import json_text, safe, tsv
from cmmctl.renewal import assumed_due
from cmmctl.rulebook import PREPARED_FOR, Rulebook
from cmmctl.rules import Edition, RuleSet
from cmmctl.screen import Screen
from cmmctl.store import Document, load, real

if TYPE_CHECKING:
    from cmmctl.data import Columns
    from cmmctl.history import Occasion

CONTRACT = 1
TODAY = "CMMCTL_TODAY"
Notes = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What a command says, before anybody decides how: as data, as rows, as a screen."""

    data: object
    screen: Callable[[], Screen]
    columns: "Columns" = ()
    rows: Iterable[Mapping[str, object]] = ()
    notes: Notes = ()


class Session:
    """One run of one command. `context` is what Typer made of the command line."""

    def __init__(
        self,
        command: str,
        *,
        file: str | None = None,
        as_json: bool = False,
        as_plain: bool = False,
        as_of: str | None = None,
        no_input: bool = False,
        context: Any = None,  # noqa: ANN401 - Typer is not loaded for `status --short`
    ) -> None:
        self.command = command
        self.file = file
        self.as_json = as_json
        self.as_plain = as_plain
        self.as_of = as_of
        self.no_input = no_input
        self.context = context

    def anew(self, *, file: str | None = None, as_of: str | None = None) -> "Session":
        """Give the same run, which reads the portfolio again, perhaps another one or as of another day."""
        return Session(
            self.command, file=file or self.file, as_json=self.as_json, as_plain=self.as_plain,
            as_of=as_of or self.as_of, no_input=self.no_input, context=self.context,
        )  # fmt: skip

    @cached_property
    def today(self) -> date:
        """Give today, which `CMMCTL_TODAY` replaces everywhere."""
        given = os.environ.get(TODAY)
        return option_day(given, date.today(), TODAY) if given else date.today()  # noqa: DTZ011 - the person's own calendar day

    @property
    def occasion(self) -> "Occasion":
        """Give when and by which command a change is made, for the history."""
        from cmmctl.history import Occasion  # noqa: PLC0415 - reading commands know nothing of it

        now = datetime.now().astimezone()
        return Occasion(f"{self.today.isoformat()}T{now:%H:%M:%S%z}", self.command)

    @cached_property
    def on(self) -> date:
        """Give the day a report is about."""
        return option_day(self.as_of, self.today, "--as-of") if self.as_of else self.today

    @cached_property
    def where(self) -> Where:
        """Give the portfolio's place and what decided it."""
        return where(self.file)

    @cached_property
    def rulebook(self) -> Rulebook:
        """Give the packaged rule sets and those beside the portfolio."""
        return Rulebook(real(self.where.path).parent)

    @cached_property
    def document(self) -> Document:
        """Read the portfolio; what is odd in it is said on standard error."""
        document = load(self.where.path, self.rulebook)
        for warning in document.warnings:
            self.warn(str(warning), warning.hint)
        return document

    @property
    def portfolio(self) -> Portfolio:
        """Give the facts."""
        return self.document.portfolio

    @property
    def interactive(self) -> bool:
        """Tell whether somebody can be asked: at a terminal, and not where `CI` says that a machine sits there."""
        terminals = [stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)]
        unattended = os.environ.get("CI", "").lower() not in {"", "0", "false"}
        return all(terminals) and not (self.no_input or self.as_json or unattended)

    def rules(self, word: str | None = None) -> list[RuleSet]:
        """Give the rule sets of the credentials on record, or of the one that is named."""
        if word is not None:
            return [self.rules_of(self.credential(word))]
        recorded = [credential.id for credential in self.portfolio.all(Credential)]
        return [self.rules_of(name) for name in recorded or [PREPARED_FOR]]

    def rules_of(self, credential: str, portfolio: Portfolio | None = None) -> RuleSet:
        """Give the rule set of a credential, made from the person's own figures where no source is known."""
        if (found := self.rulebook.find(credential)) is not None:
            return found
        recorded = (portfolio or self.portfolio).all(Credential)
        return self.rulebook.of(next(own for own in recorded if own.id == credential))

    def credential(self, word: str) -> str:
        """Find the credential that is meant by its full id or its last part. Raises `not-found`."""
        recorded = [credential.id for credential in self.portfolio.all(Credential)]
        return resolve_credential(word, recorded, self.rulebook.names(), self.mended)

    def mended(self, stray: str) -> str | None:
        """Give the command that was typed with quotes where this word shows that they were missing."""
        from cmmctl.commands.quoting import mended  # noqa: PLC0415 - only on failure

        return mended(self.context, stray) if self.context else None

    def fact(self, word: str) -> Fact:
        """Find a record by its id; a credential also by its last part. Raises `not-found` with the nearest."""
        facts = {fact.id: fact for fact in self.portfolio}
        credentials = [credential.id for credential in self.portfolio.all(Credential)]
        name = word.lower()
        meant = [name] if name in facts else [each for each in credentials if short(each) == name]
        if len(meant) > 1:
            raise ambiguous(word, meant)
        if not meant:
            close = nearest(word, [*facts, *map(short, credentials)])
            hint = f"did you mean `{close}`?" if close else self.mended(word) or "`cmmctl list` shows every id"
            raise failure(f"there is no record {shown_input(word)}", "not-found", hint)
        return facts[meant[0]]

    def wanted(self, name: str, example: str) -> str:
        """Ask for a word the command cannot do without, where somebody can be asked. Raises `usage` elsewhere."""
        from cmmctl.ask import Question, Script, ask  # noqa: PLC0415 - only where something is missing
        from cmmctl.typed import refuse_missing  # noqa: PLC0415 - as above

        if not self.interactive:
            raise refuse_missing(self.command, [f"`{name}`"], example)

        def script() -> Script[str]:
            return str((yield Question(text=name, read=str, required=True, explain=f"for example: {example}")))

        return ask(script)

    def wanted_ids(self, example: str) -> list[str]:
        """Ask for one or several ids, with commas or spaces between them."""
        return self.wanted("ID...", example).replace(",", " ").split()

    def notes(self, rules: Iterable[RuleSet] = ()) -> list[tuple[str, str]]:
        """Collect what every report says about its rules."""
        notes = []
        for known in rules:
            if not known.known:
                notes.append(("no-source", f"{known.id}: your own figures; no source is known for its rules"))
            elif known.own:
                place = " in place of the packaged one" if known.replaces else ""
                notes.append(("own-rules", f"{known.id}: your own rule set{place}"))
            if known.stale(self.on):
                text = f"{known.id}: its rules were last read on {plain(known.read_on)}, more than a year before"
                notes.append(("rules-old", f"{text}; they may have changed"))
        return notes

    def dated_notes(self, rules: Iterable[RuleSet]) -> list[tuple[str, str]]:
        """Collect what a report that names due dates says: of its rules, and of dates that nobody confirmed."""
        meant = list(rules)
        held = {credential.id: credential for credential in self.portfolio.all(Credential)}
        notes = self.notes(meant)
        for known in meant:
            due = assumed_due(held[known.id], known, self.portfolio, self.on) if known.id in held else None
            if due is not None:
                notes.append(("due-assumed", f"{known.id}: the due date {due} was computed and nobody confirmed it"))
        return notes

    def give(self, answer: Answer) -> None:
        """Write an answer in the form that was asked for; beside rows, notes are said on standard error."""
        if self.as_json:
            notes = [{"code": code, "text": text} for code, text in answer.notes]
            envelope = {
                "cmmctl": CONTRACT,
                "command": self.command,
                "as_of": self.on,
                "data": answer.data,
                "notes": notes,
            }
            self.write(json_text(envelope))
        elif self.as_plain:
            self.write(tsv(answer.columns, answer.rows))
            for _, text in answer.notes:
                say(f"note: {safe(text)}")
        else:
            self.draw([*answer.screen(), *_noted(answer.notes)])

    def draw(self, screen: Screen) -> None:
        """Draw a screen on standard output."""
        from cmmctl.render.terminal import draw  # noqa: PLC0415 - Rich is a third of the start-up

        draw(screen)
        sys.stdout.flush()

    def write(self, text: str) -> None:
        """Write text on standard output."""
        print(text, flush=True)  # noqa: T201 - the one place that prints

    def text(self, text: str) -> None:
        """Write a text of the portfolio's own, with nothing a terminal obeys; as JSON where that was asked for."""
        if self.as_json:
            self.give(Answer(data={"text": text}, screen=list))
        else:
            self.write("\n".join(map(safe, text.removesuffix("\n").split("\n"))))

    def content(self, content: bytes) -> None:
        """Write an earlier version, byte for byte where no terminal reads it."""
        if self.as_json or sys.stdout.isatty():
            text = content.decode(errors="replace")
            self.text(text if self.as_json else text.replace("\r\n", "\n"))
        else:
            sys.stdout.buffer.write(content)
            sys.stdout.flush()

    def warn(self, text: str, hint: str | None = None) -> None:
        """Say something odd on standard error."""
        say(f"warning: {safe(text)}" + (f"\nhint: {safe(hint)}" if hint else ""))


def _noted(notes: Notes) -> Screen:
    from cmmctl.screen import Cell, Text  # noqa: PLC0415 - only where a screen is drawn

    return [Text(Cell(f"Note: {text}", "dim")) for _, text in notes]


def resolve_credential(
    word: str,
    recorded: Sequence[str],
    known: Sequence[str],
    otherwise: Callable[[str], str | None] = lambda _: None,
) -> str:
    """Find a credential by its full id or its last part, those on record first. Raises `not-found`.

    `otherwise` gives the hint where no name is near.
    """
    name = word.lower()
    for names in (recorded, known):
        meant = [name] if name in names else [each for each in names if short(each) == name]
        if len(meant) > 1:
            raise ambiguous(word, meant)
        if meant:
            return meant[0]
    everything = [*recorded, *known]
    close = nearest(word, [*everything, *map(short, everything)])
    hint = f"did you mean `{close}`?" if close else otherwise(word) or f"known: {', '.join(sorted(set(everything)))}"
    raise failure(f"{shown_input(word)} is no known credential", "not-found", hint)


def ambiguous(word: str, meant: Iterable[str]) -> CmmctlError:
    """Refuse a last part that several credentials share."""
    return failure(f"{shown_input(word)} may be {' or '.join(meant)}", "not-found", "write the full id")


def edition_of(rules: RuleSet, word: str) -> Edition:
    """Find a published reading by its name. Raises `bad-value` with the nearest."""
    names = [edition.name for edition in rules.editions]
    if word not in names:
        meant = nearest(word, names)
        hint = f"did you mean `{meant}`?" if meant else f"readings of {rules.id}: {', '.join(names)}"
        raise misuse(f"{shown_input(word)} is no edition of {rules.id}", hint, code="bad-value")
    return rules.edition(word)


def record_data(kind: str, name: str, table: Mapping[str, object]) -> dict[str, object]:
    """Give a record for programs: its kind, its id, and its keys as they stand in the file."""
    return {"kind": kind, "id": name, **{key: value for key, value in table.items() if key not in {"kind", "id"}}}


def option_day(text: str, today: date, name: str) -> date:
    """Read the day an option or a variable gives. Raises `bad-value` under its name."""
    with _named(name):
        return read_day(text, today)


def option_span(text: str, today: date, name: str) -> Stated:
    """Read the day, month or year an option gives. Raises `bad-value` under its name."""
    with _named(name):
        return read_stated(text, today)


@contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise UsageError(refused(name, error)) from None
