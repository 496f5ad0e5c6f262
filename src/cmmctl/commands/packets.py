"""The documents of a recertification: what to copy into the issuer's log, the audit packet, training, dates."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cmmctl import proofs
from cmmctl.attaching import SHOWN
from cmmctl.commands import completing
from cmmctl.commands.export import Forms, document
from cmmctl.commands.report import chosen_cycles
from cmmctl.commands.session import Answer, Session
from cmmctl.documents import audit as packets
from cmmctl.documents.paper import Paper
from cmmctl.errors import CmmctlError, failure, misuse
from cmmctl.model import Audit, Credential, Proof, Training
from cmmctl.outlook import outlook, short
from cmmctl.render.aside import say
from cmmctl.renewal import standing
from cmmctl.rules import RuleSet
from cmmctl.sealing import Sealed, seals
from cmmctl.store import real
from cmmctl.tally import Reading, reading

OneCredential = Annotated[
    str | None,
    typer.Argument(
        metavar="[CREDENTIAL]", help="One of yours; the only one without it.", show_default=False,
        autocompletion=completing.credentials,
    ),
]  # fmt: skip


def _held(session: Session, word: str | None) -> tuple[Credential, RuleSet]:
    """Find the credential that is meant; without a word the only one that is held."""
    held = [c for c in session.portfolio.all(Credential) if c.held(session.on)]
    if word is not None:
        name = session.credential(word)
        held = [c for c in held if c.id == name]
    if not held:
        what = f"{word} is not held" if word else "no credential is held"
        raise failure(what, "not-found", f"cmmctl add-credential {word or 'cmm'} --earned DATE")
    if len(held) > 1:
        names = ", ".join(short(c.id) for c in held)
        hint = f"name one: `cmmctl export {session.context.info_name} {short(held[0].id)}`"
        raise misuse(f"there are several credentials: {names}", hint)
    rules = session.rules_of(held[0].id)
    if text := dict(session.dated_notes([rules])).get("due-assumed"):
        session.warn(text, f"`cmmctl edit {short(held[0].id)} due=DATE`, once you know it")
    return held[0], rules


@document("md", "csv")
def filing(session: Session, credential: OneCredential = None) -> Paper:
    """What to copy from into the issuer's own log: counted entries that are not entered there yet.

    Example: cmmctl export filing cmm
    """
    from cmmctl.documents.filing import paper  # noqa: PLC0415 - only the document that is made

    held, rules = _held(session, credential)
    return paper(rules, standing(held, rules, session.portfolio, session.on).own, session.on)


@document("md", "html", "pdf", "csv")
def training(session: Session) -> Paper:
    """The training log, with a sheet to sign for every session.

    Example: cmmctl export training -o training.pdf
    """
    from cmmctl.documents.training import paper  # noqa: PLC0415 - only the document that is made

    return paper(session.portfolio, session.portfolio.all(Training), session.on)


@document("ics")
def calendar(session: Session) -> Forms:
    """Every date that matters, for a calendar, with alarms 90, 60, 30 and 7 days ahead.

    Example: cmmctl export calendar -o certification.ics
    """
    from cmmctl.documents.calendar import events  # noqa: PLC0415 - only the document that is made
    from cmmctl.render.ics import ics  # noqa: PLC0415 - as above

    view = outlook(session.portfolio, session.rules(), session.on)
    return {"ics": lambda: ics(events(session.portfolio, view), session.on)}


@document("pdf", "folder")
def audit(
    session: Session,
    credential: OneCredential = None,
    cycle: Annotated[
        str | None,
        typer.Option(
            "--cycle", metavar="CYCLE", show_default=False,
            help="The newest filed one without it; current, previous, or a date or year inside it.",
            autocompletion=completing.one_cycle,
        ),
    ] = None,
    no_cover: Annotated[bool, typer.Option("--no-cover", help="The entries and certificates alone.")] = False,  # noqa: FBT002 - Typer's own form
    worklist: Annotated[bool, typer.Option("--worklist", help="Only list what is missing.")] = False,  # noqa: FBT002 - Typer's own form
) -> Forms | None:  # fmt: skip
    """The packet an auditor asks for: figures and sources, then every certificate of one cycle.

    Example: cmmctl export audit cmm -o audit.pdf
    """
    held, rules = _held(session, credential)
    judged, sealed = _cycle(session, held, rules, cycle)
    letters = [
        one for one in session.portfolio.all(Audit) if one.credential == held.id and not (one.sent or one.closed)
    ]

    def collected(*, shown: bool) -> packets.Packet:
        probe = _probe(session, shown=shown)
        made = packets.packet(held, rules, judged, sealed, session.portfolio, probe, session.on)
        if not worklist:
            _tell(made)
            if letters and not made.missing:
                say(f"Once it is sent, note that: cmmctl edit {letters[0].id} sent=today")
        return made

    if worklist:
        _give_worklist(session, collected(shown=False))
        return None
    return {
        "pdf": lambda: _pdf(collected(shown=True), cover=not no_cover),
        "folder": lambda: _folder(collected(shown=False), cover=not no_cover),
    }


def _cycle(session: Session, held: Credential, rules: RuleSet, word: str | None) -> tuple[Reading, Sealed | None]:
    """Find the cycle that is asked for, as it was filed, or the newest that was; else the current one as it stands."""
    edition = rules.edition(held.edition)
    filed = sorted(seals(held, rules, session.portfolio, session.on), key=lambda one: one.cycle.due)
    if word is None and filed:
        one = filed[-1]
    else:
        found = chosen_cycles(session, held, edition, word or "current")
        if len(found) != 1:
            listed = ", ".join(str(cycle.due) for cycle in found) or "none"
            raise misuse(f"`--cycle {word}` means {len(found)} cycles, due {listed}", "name one by its due date")
        matching = [one for one in filed if one.cycle.due == found[0].due]
        if not matching:
            return reading(held, rules, edition, session.portfolio, found[0], session.on), None
        one = matching[-1]
    if one.now is not None:
        return one.now, one
    until = min(one.renewal.filed, one.cycle.due)
    return reading(held, rules, one.edition, session.portfolio, one.cycle, until), one


def _probe(session: Session, *, shown: bool) -> packets.Probe:
    """Look at certificates: are they there, are they what was recorded, and, for a PDF, can they be shown?"""
    folder = real(session.where.path).parent

    def look(found: Sequence[Proof]) -> list[packets.Certificate]:
        looked = [_looked(folder, proof) for proof in found]
        if not shown:
            return looked
        from cmmctl.render.pdf import counted  # noqa: PLC0415 - only for a PDF

        whole = [c.path for c in looked if c.path and not c.trouble and c.path.suffix.lower() in SHOWN]
        pages = dict(zip(whole, counted(whole), strict=True))
        return [_paged(c, pages.get(c.path)) if c.path else c for c in looked]

    return look


def _looked(folder: Path, proof: Proof) -> packets.Certificate:
    try:
        path = proofs.inside(folder, proof.path)
    except CmmctlError as error:
        return packets.Certificate(proof, None, 0, str(error))
    if not path.is_file():
        return packets.Certificate(proof, None, 0, "the file is not there")
    if not proofs.intact(folder, proof):
        return packets.Certificate(proof, None, 0, "not the file that was recorded")
    return packets.Certificate(proof, path, 0)


def _paged(certificate: packets.Certificate, pages: int | None) -> packets.Certificate:
    """Note the pages of a certificate; None for a format that is sent beside the packet."""
    trouble = "damaged or encrypted; attach a good copy and take this one away" if pages == 0 else certificate.trouble
    return certificate._replace(pages=pages or 0, trouble=trouble)


def _pdf(p: packets.Packet, *, cover: bool) -> bytes:
    """Set the packet once the pages of its summary are counted, so that every row can name a page."""
    from cmmctl.render.pdf import length, pdf  # noqa: PLC0415 - only for a PDF

    def made(first: int) -> Paper:
        return packets.paper(p, packets.page_numbers(p, first), place="Page", cover=cover)

    return pdf(made(1 + length(made(100))))


def _folder(p: packets.Packet, *, cover: bool) -> Mapping[str, bytes]:
    """Lay out the packet as files: the summary for a browser and a spreadsheet, and every certificate as it is."""
    from cmmctl.render.html import html  # noqa: PLC0415 - only where it is made
    from cmmctl.render.sheet import sheet  # noqa: PLC0415 - as above

    names = packets.file_names(p)
    paper = packets.paper(p, names, place="File", cover=cover)
    certificates = {names[c.proof.path]: c.path.read_bytes() for c in p.certificates if c.path}
    return {"summary.html": html(paper).encode(), "summary.csv": sheet(paper.sheet).encode("utf-8-sig"), **certificates}


def _tell(p: packets.Packet) -> None:
    """Say on standard error what is missing; the packet itself only says that it is a draft."""
    if p.missing:
        say(f"DRAFT: {len(p.missing)} to mend before it is sent")
        for missing in p.missing:
            say(_line(missing))


def _line(missing: packets.Missing) -> str:
    from cmmctl.render.text import safe  # noqa: PLC0415 - only where something is missing

    return "  " + safe(missing.text) + (f": {missing.command}" if missing.command else "")


def _give_worklist(session: Session, p: packets.Packet) -> None:
    facts = [missing._asdict() for missing in p.missing]
    if session.as_json:
        session.give(Answer(data=facts, screen=list))
        return
    for missing in p.missing:
        session.write(_line(missing).strip())
    if not p.missing:
        session.write("Nothing is missing by these records.")
