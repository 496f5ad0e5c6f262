"""`docs/screens/*.svg`: what the tool shows, as pictures; drawn by its own code, of its own samples.

They need no font from anywhere: every letter has its place, whatever monospaced font there is.
"""

import io
from collections.abc import Callable, Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path

from rich.console import Console, Group
from rich.markdown import Markdown
from typer.testing import CliRunner

from cmmctl.cli import app
from cmmctl.commands.report import give_eligibility, give_hours, give_status
from cmmctl.commands.session import TODAY, Session
from cmmctl.commands.setup import SAMPLE_DAY
from cmmctl.outlook import Outlook, outlook
from cmmctl.render.terminal import Drawing
from cmmctl.screen import Screen
from paperwork import receipt

RICH = version("rich")
WIDTH = 80
ASPECT = 0.602  # of the letters of most monospaced fonts
_FORMAT = f"""\
<svg class="rich-terminal" viewBox="0 0 {{width}} {{height}}" xmlns="http://www.w3.org/2000/svg">
    <!-- Rich {RICH} -->
    <style>
    .{{unique_id}}-matrix {{{{
        font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
        font-size: {{char_height}}px;
        line-height: {{line_height}}px;
    }}}}
    .{{unique_id}}-title {{{{
        font-size: 18px;
        font-weight: bold;
        font-family: sans-serif;
    }}}}
    {{styles}}
    </style>
    <defs>
    <clipPath id="{{unique_id}}-clip-terminal">
      <rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}" />
    </clipPath>
    {{lines}}
    </defs>
    {{chrome}}
    <g transform="translate({{terminal_x}}, {{terminal_y}})" clip-path="url(#{{unique_id}}-clip-terminal)">
    {{backgrounds}}
    <g class="{{unique_id}}-matrix" xml:space="preserve">
    {{matrix}}
    </g>
    </g>
</svg>
"""


class Watched(Session):
    """A session whose screens go to a console that remembers them."""

    def draw(self, screen: Screen) -> None:
        """Draw a screen as on a terminal."""
        CONSOLE.print(Group(*Drawing(CONSOLE).drawn(screen)))


def _console() -> Console:
    return Console(
        record=True, file=io.StringIO(), width=WIDTH, height=25, force_terminal=True, color_system="truecolor",
        legacy_windows=False, markup=False, highlight=False, emoji=False, _environ={},
    )  # fmt: skip


CONSOLE = _console()


def _report(command: str, sample: str, give: Callable[[Session, Outlook], None]) -> None:
    path = resources.files("cmmctl") / "samples" / f"{sample}.toml"
    session = Watched(command, file=str(path), as_of=SAMPLE_DAY.isoformat())
    give(session, outlook(session.portfolio, session.rules(), session.on))


def _claim(folder: Path) -> None:
    """Attach what the newest seminar of the sample lacks, and show the page for the employer."""
    portfolio = folder / "portfolio.toml"
    portfolio.write_bytes((resources.files("cmmctl") / "samples" / "holder.toml").read_bytes())
    paper = folder / "paper.pdf"
    for record in ("ce-12", "expense-1"):
        paper.write_bytes(receipt() + b"%" + record.encode())  # two different files
        _run("-f", str(portfolio), "attach", record, str(paper))
    CONSOLE.print(Markdown(_run("-f", str(portfolio), "export", "reimbursement")))


def _run(*words: str) -> str:
    ended = CliRunner().invoke(app, list(words), env={TODAY: SAMPLE_DAY.isoformat()})
    assert ended.exit_code == 0, ended.output  # noqa: S101 - the samples are right
    return ended.stdout


# Every picture: the command in its title, and what draws it.
SCREENS: Mapping[str, tuple[str, Callable[[Path], None]]] = {
    "status-holder": ("cmmctl status", lambda _: _report("status", "holder", give_status)),
    "status-candidate": ("cmmctl status", lambda _: _report("status", "candidate", give_status)),
    "eligibility": ("cmmctl eligibility", lambda _: _report("eligibility", "candidate", give_eligibility)),
    "hours": ("cmmctl hours", lambda _: _report("hours", "holder", give_hours)),
    "claim": ("cmmctl export reimbursement", _claim),
}


def picture(name: str, folder: Path) -> str:
    """Draw one picture; `folder` is empty, for what has to be written on the way."""
    title, draw = SCREENS[name]
    CONSOLE.export_text(clear=True)
    draw(folder)
    drawn = CONSOLE.export_svg(title=title, code_format=_FORMAT, unique_id=name, font_aspect_ratio=ASPECT)
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"
