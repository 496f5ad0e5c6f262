"""The documents made of one's own record: the claim for reimbursement, the summary, and all data."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cmmctl.commands import completing
from cmmctl.commands.export import Forms, document, envelope
from cmmctl.commands.session import Session
from cmmctl.documents.paper import Paper
from cmmctl.documents.reimbursement import Case, Shown, paper
from cmmctl.documents.relevance import reasons
from cmmctl.documents.selection import Exhibit, exhibits, lacking, selection
from cmmctl.errors import CmmctlError
from cmmctl.model import Proof
from cmmctl.proofs import inside
from cmmctl.render import pdf


@document("md", "html", "pdf", "csv", "json")
def reimbursement(
    session: Session,
    form: str,
    records: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[ID]...",
            help="Records, expenses or a claim; all unclaimed without.",
            autocompletion=completing.records,
        ),
    ] = None,
    request: Annotated[bool, typer.Option("--request", help="Ask for approval before the event.")] = False,  # noqa: FBT002 - Typer's own form
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT", help="Why it serves the employer.")] = None,
    coverage: Annotated[
        str | None, typer.Option("--coverage", metavar="TEXT", help="How the work is covered while you are away.")
    ] = None,
    tax_notes: Annotated[bool, typer.Option("--tax-notes", help="Add notes on tax, which are no advice.")] = False,  # noqa: FBT002 - Typer's own form
    no_proofs: Annotated[bool, typer.Option("--no-proofs", help="Leave out receipts and certificates.")] = False,  # noqa: FBT002 - Typer's own form
) -> Paper:
    """Ask the employer to pay: one page, then receipts and certificates.

    Example: cmmctl export reimbursement -o claim.pdf
    """
    names = [session.fact(word).id for word in records or ()]
    portfolio = session.portfolio
    asked = selection(portfolio, names, session.on, request=request)
    proofs = [proof for proof in portfolio.all(Proof) if proof.added is None or proof.added <= session.on]
    lacks = [] if request else lacking(asked.chosen, proofs)
    for lack in lacks:
        session.warn(lack.text, lack.command)
    shown = [] if request else _shown(session, exhibits(asked.chosen, proofs), attach=not no_proofs)
    if form == "pdf" and any(one.pages for one in shown):
        session.warn(
            "receipts and certificates follow as pages; they may show personal data", "`--no-proofs` leaves them out"
        )
    case = Case(
        asked=asked, portfolio=portfolio, on=session.on, lacks=lacks, why=why, coverage=coverage, tax_notes=tax_notes,
        reasons=list(reasons(asked, portfolio, session.rules(), session.on)), shown=shown,
    )  # fmt: skip
    return _numbered(case)


def _shown(session: Session, found: list[Exhibit], *, attach: bool) -> list[Shown]:
    """Find out which proofs can be shown, and name those that cannot. Without the extra nothing is attached."""
    folder = Path(os.path.realpath(session.where.path)).parent
    paths = [_place(folder, exhibit) for exhibit in found]
    pages: list[int | None] = [None] * len(found)
    if attach and pdf.installed():
        pages = [*pdf.counted(paths)]
    for exhibit, count in zip(found, pages, strict=True):
        if count == 0:
            text = f"{exhibit.proof.path} ({exhibit.proof.id}) is no readable PDF or picture: listed as not shown"
            session.warn(text, "`cmmctl check` looks at every file")
    return [Shown(exhibit=e, path=p, pages=n) for e, p, n in zip(found, paths, pages, strict=True)]


def _place(folder: Path, exhibit: Exhibit) -> Path:
    """Give the place of a proof; one that leads out of the folder is none that can be read."""
    try:
        return inside(folder, exhibit.proof.path)
    except CmmctlError:
        return folder / "."


def _numbered(case: Case) -> Paper:
    """Make the page, its attachments numbered after as many pages as it takes itself."""
    made = paper(case, first_page=2)
    if made.attachments and (own := pdf.length(made)) > 1:
        return paper(case, first_page=own + 1)
    return made


@document("md", "html", "pdf", "csv", "json")
def summary(
    session: Session,
    redact: Annotated[bool, typer.Option("--redact", help="Leave out numbers, e-mail and telephone.")] = False,  # noqa: FBT002 - Typer's own form
) -> Paper:
    """Your record as a document: credentials, work, study, CE hours, training, and what an application asks for.

    Example: cmmctl export summary -o summary.pdf
    """
    from cmmctl.documents.summary import paper as summarized  # noqa: PLC0415 - only the document that is made
    from cmmctl.outlook import outlook  # noqa: PLC0415 - as above

    return summarized(session.portfolio, outlook(session.portfolio, session.rules(), session.on), redact=redact)


@document("json", "folder")
def data(session: Session) -> Forms:
    """Everything that is recorded, for another program: JSON, or a folder with one CSV per kind.

    Example: cmmctl export data -o data.json
    """
    from cmmctl.documents.everything import records, sheets  # noqa: PLC0415 - only the document that is made
    from cmmctl.render.sheet import sheet  # noqa: PLC0415 - as above

    def one_file() -> bytes:
        return f"{envelope(session, records(session.portfolio))}\n".encode()

    def folder() -> dict[str, bytes]:
        return {f"{kind}.csv": sheet(rows).encode("utf-8-sig") for kind, rows in sheets(session.portfolio).items()}

    return {"json": one_file, "folder": folder}
