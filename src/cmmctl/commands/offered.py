"""What a shell is offered at TAB, made so that no shell can take it for code: zsh evaluates what it is given."""

from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand, TyperGroup

from cmmctl.commands.helping import show

LONGEST = 40
_KEPT = frozenset(" .,()-")


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


class Command(TyperCommand):
    """A command whose options are offered with harmless explanations, and whose help is drawn like every screen."""

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - Typer's own signature
        """Offer its options."""
        return harmlessly(super().shell_complete(ctx, incomplete))

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - Typer's own signature
        """Draw its help."""
        show(self, ctx)


class Group(TyperGroup):
    """A group of commands whose help is drawn like every screen."""

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - Typer's own signature
        """Draw its help."""
        show(self, ctx)
