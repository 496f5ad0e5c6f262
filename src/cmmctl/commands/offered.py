"""What a person is offered: examples at `--help`, and words at TAB.

Those are made so that no shell can take them for code: zsh evaluates what it is given.
"""

import os
from collections.abc import Iterable, Sequence
from typing import Any

from typer import _completion_shared as scripts
from typer.core import TyperCommand, TyperGroup

from cmmctl.errors import misuse

LONGEST = 40
EXAMPLE = "Example: "
_KEPT = frozenset(" .,()-")


# What bash lists after a second TAB may have explanations beside it; what it fills in may not. It says which is wanted.
LISTING = frozenset("?!@")
scripts._completion_scripts["bash"] = scripts._completion_scripts["bash"].replace(  # noqa: SLF001 - Typer offers no public way
    "COMP_CWORD=$COMP_CWORD", "COMP_CWORD=$COMP_CWORD COMP_TYPE=$COMP_TYPE"
)


def harmless(text: str) -> str:
    """Keep of an explanation its letters, digits and `.,()-`, and no more than fits beside a word."""
    kept = "".join(letter if letter.isalnum() or letter in _KEPT else " " for letter in text)
    return " ".join(kept.split())[:LONGEST].strip()


def harmlessly(items: Iterable[Any]) -> list[Any]:
    """Offer the same words with harmless explanations."""
    offered = list(items)
    for item in offered:
        item.help = harmless(item.help or "") or None
    return offered


def in_whole_words(instruction: str) -> None:
    """Teach Typer `--option=value`: bash hands over three words, the other shells want the whole word back.

    And teach it explanations in bash, where several words are listed.
    """
    from typer._click import shell_completion  # noqa: PLC0415 - Typer offers no public way

    shell = instruction.rpartition("_")[2]
    known: Any = shell_completion.get_completion_class(shell) or object
    listed = shell == "bash" and chr(int(os.environ.get("COMP_TYPE") or 0)) in LISTING

    class Whole(known):  # type: ignore[misc] # one class for each shell
        def get_completion_args(self) -> tuple[list[str], str]:
            args, incomplete = super().get_completion_args()
            before = ["", *args]
            return [
                word for last, word in zip(before, args, strict=False) if (last[:2], word) != ("--", "=")
            ], incomplete

        def get_completions(self, args: list[str], incomplete: str) -> list[Any]:
            found: list[Any] = super().get_completions(args, incomplete)
            option, sign, _ = incomplete.partition("=")
            if sign and option.startswith("--") and shell != "bash":
                for item in found:
                    item.value = f"{option}={item.value}"
            if listed and len(found) > 1:
                for item in found:
                    item.value += f"  ({item.help})" if item.help else ""
            return found

    if known is not object:
        shell_completion.add_completion_class(Whole, shell)


def parted(text: str | None) -> tuple[str, list[str]]:
    """Part what a command is for from the examples that stand at its end."""
    lines = (text or "").split("\n")
    examples = [line.removeprefix(EXAMPLE) for line in lines if line.startswith(EXAMPLE)]
    return "\n".join(line for line in lines if not line.startswith(EXAMPLE)).strip(), examples


def refuse_one_hyphen(context: Any, command: Any, args: Sequence[str]) -> None:  # noqa: ANN401 - Typer's own
    """Refuse `-force`, which Typer would take for `-f orce`."""
    for word in args[: args.index("--")] if "--" in args else args:
        name = word.partition("=")[0]
        if name[:1] == "-" and name[1:2].isalpha() and len(name) > 2:  # noqa: PLR2004 - a hyphen and a letter
            known = {option for each in command.get_params(context) for option in each.opts}
            if f"-{name}" in known and not context.resilient_parsing:
                raise misuse(f"there is no option `{name}`", f"did you mean `-{name}`?")


class Command(TyperCommand):
    """A command whose help begins with an example, and whose options are offered with harmless explanations."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Typer's own signature
        super().__init__(*args, **more)
        self.help, self.examples = parted(self.help)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own signature
        """Read its words."""
        refuse_one_hyphen(ctx, self, args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - Typer's own signature
        """Draw its help, an example first."""
        from cmmctl.commands.helping import show  # noqa: PLC0415 - only where help is shown

        show(self, ctx)

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - Typer's own signature
        """Offer its options."""
        return harmlessly(super().shell_complete(ctx, incomplete))


class Group(TyperGroup):
    """Several commands under one name, whose help begins with examples."""

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - Typer's own signature
        super().__init__(*args, **more)
        self.help, self.examples = parted(self.help)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - Typer's own signature
        """Read its words."""
        refuse_one_hyphen(ctx, self, args)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - Typer's own signature
        """Draw its help, an example first."""
        from cmmctl.commands.helping import show  # noqa: PLC0415 - only where help is shown

        show(self, ctx)
