"""`export DOCUMENT`: a document as Markdown, HTML, PDF, CSV, JSON or whatever it offers, whole or not at all.

To add one: write its command with `@document(*formats)` in a module beside this one, under the document's own
name, and name that module in `DOCUMENTS`. The function receives a `Session`, its own options, and the format where
it has a parameter `form`. It gives a `Paper`, or, for other forms, the maker of each (`Forms`; a `folder` is what
`-o NAME/` asks for), or None where it has said everything itself. It is called once the output has been understood
and before anything is written.
"""

import inspect
import os
import shutil
import sys
import tempfile
from codecs import lookup
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from typer.main import get_command

from cmmctl.amounts import shown_input
from cmmctl.commands.offered import Command as OneCommand
from cmmctl.commands.offered import Group, harmlessly
from cmmctl.commands.options import Command, command
from cmmctl.commands.session import CONTRACT, Answer, Session
from cmmctl.disk import rename
from cmmctl.documents.paper import Paper
from cmmctl.errors import failure, misuse
from cmmctl.places import expanded
from cmmctl.render.pdf import installed
from cmmctl.render.text import json_text
from cmmctl.screen import Cell, Text
from cmmctl.systems import held_open

DOCUMENTS = {
    "reimbursement": "papers",
    "summary": "papers",
    "data": "papers",
    "audit": "packets",
    "filing": "packets",
    "training": "packets",
    "calendar": "packets",
}
FOLDER = "folder"
_SUFFIXES = {"markdown": "md", "htm": "html"}
_BYTES = {"pdf"}  # forms that no terminal can show

Content = bytes | Mapping[str, bytes]
Forms = Mapping[str, Callable[[], Content]]


class Target(NamedTuple):
    """Where a document goes, and as what; without a path to standard output."""

    form: str
    path: Path | None
    opened: bool


def document(*formats: str) -> Callable[[Callable[..., Paper | Forms | None]], Command]:
    """Make the command of a document. The first format is what goes to standard output unless told otherwise."""

    def decorate(build: Callable[..., Paper | Forms | None]) -> Command:
        def export(session: Session, output: str | None, form: str | None, **own: Any) -> None:  # noqa: ANN401 - what the options' own types say
            force = own.pop("force")
            target = _target(session, build.__name__, formats, output, form, opened=own.pop("open_"))
            _room(session, target, force=force)
            made = build(session, **own, **({"form": target.form} if wants_form else {}))
            if made is not None:
                _give(session, build.__name__, target, made, force=force)

        parameters = inspect.signature(build).parameters
        wants_form = "form" in parameters
        export.__doc__ = build.__doc__
        own = [p for p in parameters.values() if p.name not in {"session", "form"}]
        return command("document", name="export", parameters=[*own, *_shared(formats)])(export)

    return decorate


def _shared(formats: tuple[str, ...]) -> list[inspect.Parameter]:
    def parameter(name: str, annotation: Any, *option: Any, **more: Any) -> inspect.Parameter:  # noqa: ANN401 - Typer's own form
        default = typer.Option(*option, **more)
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)

    names = [name for name in formats if name != FOLDER]
    where = "Write to this file, whose suffix decides the format; - for standard output"
    where += "; NAME/ for a folder." if FOLDER in formats else "."
    return [
        parameter("output", str | None, None, "--output", "-o", metavar="FILE", help=where, show_default=False),
        parameter("form", str | None, None, "--format", metavar="FORMAT", help=f"{', '.join(names)}.",
                  show_default=False, autocompletion=lambda: names),
        parameter("force", bool, False, "--force", help="Overwrite what is there."),  # noqa: FBT003 - Typer's own form
        parameter("open_", bool, False, "--open", help="Open it once it is written."),  # noqa: FBT003 - Typer's own form
    ]  # fmt: skip


def _target(
    session: Session, name: str, formats: tuple[str, ...], output: str | None, form: str | None, *, opened: bool
) -> Target:
    """Understand where a document goes and as what. Raises what cannot be."""
    if form is not None and form.lower() not in formats:
        raise _no_format(name, form, formats)
    form = form and form.lower()
    if session.as_json and "json" in formats and form is None and output in (None, "-"):
        form = "json"
    if output in (None, "-"):
        if not opened:
            return Target(form or formats[0], None, opened=False)
        form = form or _opened_as(formats)
        return Target(form, Path(tempfile.mkdtemp(prefix="cmmctl-")) / f"{name}.{form}", opened=True)
    assert output is not None  # noqa: S101 - the branch above
    path = expanded(output)
    if output.endswith(("/", os.sep)) or path.is_dir():
        if FOLDER not in formats:
            raise misuse(
                f"{output} is a folder, and this document is one file", f"write `-o {path / name}.{formats[0]}`"
            )
        return Target(FOLDER, path, opened)
    suffix = path.suffix[1:].lower()
    suffix = _SUFFIXES.get(suffix, suffix)
    if form is None and suffix not in formats:
        raise _no_format(name, suffix or output, formats)
    if form is not None and suffix in formats and suffix != form:
        raise misuse(f"`-o {output}` says {suffix} and `--format` says {form}", "choose one of them")
    return Target(form or suffix, path, opened)


def _no_format(name: str, word: str, formats: tuple[str, ...]) -> Exception:
    listed = ", ".join(f"`-o {name}.{each}`" if each != FOLDER else f"`-o {name}/`" for each in formats)
    return misuse(f"`{word}` is no format of {name}", f"write {listed}", code="bad-value")


def _opened_as(formats: tuple[str, ...]) -> str:
    """Choose what a person opens: a PDF where it can be made, else a page for the browser, else what there is."""
    if "pdf" in formats and installed():
        return "pdf"
    return "html" if "html" in formats else formats[0]


def _room(session: Session, target: Target, *, force: bool) -> None:
    """Refuse to overwrite, before any work is done. Raises `exists`; asks where somebody can be asked."""
    path = target.path
    if path and target.form != FOLDER and os.path.lexists(path) and not force:
        _overwritten(session, path)


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _overwritten(session: Session, path: Path) -> None:
    from cmmctl.ask import yes  # noqa: PLC0415 - only where something is there already

    if not session.interactive:
        raise failure(f"{path} is already there; it was kept", "exists", "overwrite it with `--force`, or name another")
    if not yes(f"{path} is already there. Overwrite it?", default=False):
        raise typer.Exit


def _give(session: Session, name: str, target: Target, made: Paper | Forms, *, force: bool) -> None:
    if target.path is None and target.form in _BYTES and _is_terminal():
        raise misuse(f"a {target.form} cannot be shown on a terminal", f"write it to a file: `-o {name}.{target.form}`")
    forms = _forms(session, made) if isinstance(made, Paper) else made
    content = forms[target.form]()
    if target.path is None:
        assert isinstance(content, bytes)  # noqa: S101 - a folder has a path
        _out(session, target.form, content)
        return
    if isinstance(content, bytes):
        _write(target.path, content)
    else:
        _write_folder(target.path, content, force=force)
    facts = {"path": str(target.path), "format": target.form}
    session.give(Answer(data=facts, screen=lambda: [Text(Cell(f"Written: {target.path}"))]))
    if target.opened:
        typer.launch(str(target.path))


def _forms(session: Session, paper: Paper) -> Forms:
    """Name every renderer; each is imported when it is used."""

    def markdown() -> bytes:
        from cmmctl.render.markdown import markdown as rendered  # noqa: PLC0415 - only the form that is made

        return rendered(paper).encode()

    def html() -> bytes:
        from cmmctl.render.html import html as rendered  # noqa: PLC0415 - only the form that is made

        return rendered(paper).encode()

    def pdf() -> bytes:
        from cmmctl.render.pdf import pdf as rendered  # noqa: PLC0415 - only the form that is made
        from cmmctl.render.pdf import unshown  # noqa: PLC0415 - as above

        if letters := unshown(paper):
            session.warn(f"the fonts of the PDF do not hold: {' '.join(letters)}", "`--format html` shows every letter")
        return rendered(paper)

    def csv() -> bytes:
        from cmmctl.render.sheet import sheet  # noqa: PLC0415 - only the form that is made

        return sheet(paper.sheet).encode("utf-8-sig")

    def json() -> bytes:
        return (envelope(session, paper.figures) + "\n").encode()

    return {"md": markdown, "html": html, "pdf": pdf, "csv": csv, "json": json}


def envelope(session: Session, data: object) -> str:
    """Write a document's data as the JSON of the contract."""
    return json_text({"cmmctl": CONTRACT, "command": session.command, "as_of": session.on, "data": data, "notes": []})


def _out(session: Session, form: str, content: bytes) -> None:
    if session.as_json and form != "json":
        text = content.decode() if form not in _BYTES else None
        session.give(Answer(data={"format": form, "text": text}, screen=list))
    elif form in _BYTES:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        session.write(_in_letters_of_the_output(session, form, content.decode("utf-8-sig").removesuffix("\n")))


def _in_letters_of_the_output(session: Session, form: str, text: str) -> str:
    """Keep HTML whole in any encoding; say what another document loses."""
    encoding = sys.stdout.encoding
    lost = [letter for letter in dict.fromkeys(text) if not letter.encode(encoding, "ignore")]
    if form == "html":  # it says that it is UTF-8
        return text if lookup(encoding).name == "utf-8" else text.encode("ascii", "xmlcharrefreplace").decode()
    if lost:
        said = f"this output has no form for {len(lost)} of the characters, which are lost"
        session.warn(said, f"`-o FILE.{form}` keeps every one")
    return text


def _write(path: Path, content: bytes) -> None:
    """Put a finished file in its place: it is there whole, or not at all."""
    temporary = path.with_name(f".cmmctl-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        rename(temporary, path)
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def _unwritten(path: Path, error: OSError) -> Exception:
    hint = "name a file in a folder that is there and yours" if not path.parent.is_dir() else None
    if held_open(error):
        hint = "close the program that has it open, and run it again"
    return failure(f"cannot write {path}: {error.strerror}; nothing was written", "io", hint)


def _write_folder(path: Path, content: Mapping[str, bytes], *, force: bool) -> None:
    """Put finished files in a folder: all of them are made before the first is moved to its place.

    What an earlier one left there, and this one no longer has, is taken away; nobody else's file is touched.
    """
    from cmmctl.commands.stale import stale  # noqa: PLC0415 - only for a folder

    there = [name for name in content if os.path.lexists(path / name)]
    if there and not force:
        hint = "overwrite them with `--force`, or name another folder"
        raise failure(f"{path} already holds {', '.join(there)}; nothing was written", "exists", hint)
    made = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".cmmctl-", dir=path.parent))
        for name, one in content.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(one)
        path.mkdir(exist_ok=True)
        old = stale(path, content)
        for name in content:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            rename(made / name, path / name)
        for left in old if there else ():
            left.unlink()
    except OSError as error:
        raise _unwritten(path, error) from error
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


@cache
def build(name: str) -> Any:  # noqa: ANN401 - Typer's command has no public type
    """Make the command of one document."""
    function = getattr(import_module(f"cmmctl.commands.{DOCUMENTS[name]}"), name)
    app_ = typer.Typer(add_completion=False, context_settings=_SETTINGS)
    app_.command(name, cls=OneCommand)(function)
    return get_command(app_)


class Documents(Group):
    """The group that knows every document and builds the one that is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - Typer's own signature
        """Give every name."""
        return list(DOCUMENTS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - Typer's own signature
        """Build one command."""
        return build(cmd_name) if cmd_name in DOCUMENTS else None

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:  # noqa: ANN401 - Typer's own signature
        """Offer the documents."""
        return harmlessly(super().shell_complete(ctx, incomplete))

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # noqa: ANN401 - Typer's own signature
        """Find a document; for an unknown one, the word that was probably meant."""
        name = args[0]
        if name in DOCUMENTS or ctx.resilient_parsing:
            return name, self.get_command(ctx, name), args[1:]
        from cmmctl.commands import meant  # noqa: PLC0415 - only on failure

        found = meant.document(name, args[1:], DOCUMENTS)
        hint = f"did you mean `cmmctl {found}`?" if found else _LISTED
        raise misuse(f"there is no document {shown_input(name)}", hint)


_LISTED = f"documents: {', '.join(DOCUMENTS)}"
_SETTINGS = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    name="export", cls=Documents, add_completion=False, invoke_without_command=True, context_settings=_SETTINGS,
    rich_help_panel="Documents",
)  # fmt: skip


@app.callback()
def export(
    context: typer.Context,
    file: Annotated[  # noqa: ARG001 - the document's command reads it
        str | None, typer.Option("--file", "-f", metavar="PATH", help="The portfolio, instead of your own.")
    ] = None,
) -> None:
    """Make a document: a claim for reimbursement, a summary, all data, and others.

    Example: cmmctl export reimbursement -o claim.pdf
    """
    if context.invoked_subcommand is None:
        raise misuse("export needs the name of a document", _LISTED)
