"""`check --repair`: what can be mended without a guess, shown before it is done."""

import difflib

from cmmctl.ask import yes
from cmmctl.commands.session import Session, say
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.history import read
from cmmctl.repair import Mending, newest_good, with_ids
from cmmctl.store import Document, read_bytes, real, understand
from cmmctl.writing import rewrite


def mend(session: Session, *, sure: bool) -> bool:
    """Mend the portfolio after a yes; tell whether there was anything to mend. Raises where only a person can."""
    path = real(session.where.path)
    journal = read(path.parent)
    old = read_bytes(path)
    text = (old or b"").decode(errors="replace")

    def understood(text: str) -> Document:
        return understand(path, text, session.rulebook)

    def good(mending: Mending | None) -> Mending | None:
        try:
            return mending if mending and understood(mending.text) else None
        except CmmctlError:
            return None

    if old is not None and good(Mending(text, "")) and text.encode() == old:
        return False
    mending = good(with_ids(text, journal)) or newest_good(journal, understood)
    if mending is None:
        hint = "`cmmctl check` lists what to mend; `cmmctl edit` opens the file"
        raise failure(f"nothing in {path.name} can be mended without a guess", "file-broken", hint)
    for line in difflib.unified_diff(text.splitlines(), mending.text.splitlines(), "now", "mended", lineterm=""):
        say(line)
    if not sure:
        if not session.interactive:
            raise misuse("mending needs a yes", "cmmctl check --repair --yes")
        if not yes("Write this?", default=False):
            return True
    rewrite(path, mending.text.encode(), expected=old, occasion=session.occasion, summary=f"repaired: {mending.said}")
    say(f"Mended: {mending.said}. Take it back: cmmctl undo")
    return True
