"""`status --short`: one line for a shell's start-up file, which must not be slow.

It is said without Typer and Rich, which take longer to import than everything else takes together.
"""

import sys
from collections.abc import Sequence

from cmmctl.commands.session import Session
from cmmctl.errors import CmmctlError
from cmmctl.outlook import Outlook, outlook
from cmmctl.render.text import safe
from cmmctl.store import load
from cmmctl.views.brief import brief

_FILE = ("-f", "--file")


def said(arguments: Sequence[str]) -> bool:
    """Answer a plain `status --short`; False leaves other options, and whatever goes wrong, to the command line."""
    if sys.stdout is None:  # it is closed, which the command line says
        return False
    match arguments:
        case ["status", "--short"]:
            session = Session("status")
        case ["status", "--short", option, file] | [option, file, "status", "--short"] if option in _FILE:
            session = Session("status", file=file)
        case _:
            return False
    try:
        say(session)
        sys.stdout.flush()
    except (CmmctlError, OSError, UnicodeError):
        return False
    return True


def say(session: Session, credential: str | None = None) -> Outlook | None:
    """Say it in one line; nothing where there is no portfolio. What is odd in the file is for `status` to say."""
    if not session.where.path.exists():
        return None
    session.document = load(session.where.path, session.rulebook)
    view = outlook(session.portfolio, session.rules(credential), session.on)
    if line := brief(view):
        session.write(safe(line))
    return view
