"""`check --repair`: what can be mended without a guess, shown before it is done."""

from contextlib import suppress
from pathlib import Path

from cmmctl.ask import yes
from cmmctl.commands.keep import difference
from cmmctl.commands.session import Session
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.history import Journal, read
from cmmctl.render.aside import say
from cmmctl.render.text import safe
from cmmctl.repair import Mending, newest_good, with_ids
from cmmctl.store import Document, missing, read_bytes, real, understand
from cmmctl.writing import rewrite


def mend(session: Session, *, sure: bool) -> None:
    """Mend the portfolio after a yes, where there is anything to mend. Raises where only a person can."""
    path = real(session.where.path)
    old = read_bytes(path)
    journal = read(path, old)
    if old is None and not journal.entries:
        raise missing(path)
    mending = _mending(session, path, old, journal)
    if mending is None:
        return
    new = mending.text.encode()
    for line in difference(old, new, "now", "mended"):
        say(safe(line))
    if not sure and not session.interactive:
        raise misuse("mending needs a yes", "cmmctl check --repair --yes")
    if not sure and not yes("Write this?", default=False):
        say("Nothing was changed.")
        return
    rewrite(path, new, expected=old, occasion=session.occasion, summary=f"repaired: {mending.said}")
    say(f"Mended: {mending.said}. Take it back: cmmctl undo")


def _mending(session: Session, path: Path, old: bytes | None, journal: Journal) -> Mending | None:
    """Choose the smallest mending; None where nothing is wrong."""

    def understood(text: str) -> Document:
        return understand(path, text, session.rulebook)

    found = None
    with suppress(UnicodeDecodeError):
        text = (old or b"").decode("utf-8")
        try:
            understood(text)
        except CmmctlError as error:
            if any(problem.code == "schema-newer" for problem in error.problems):
                raise
            found = with_ids(text, journal)
        else:
            return None
    found = found or newest_good(journal, understood)
    if found is None:
        hint = "`cmmctl check` lists what to mend; `cmmctl edit` opens the file"
        raise failure(f"nothing in {path.name} can be mended without a guess", "file-broken", hint)
    return found
