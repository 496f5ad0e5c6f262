"""What people type for a command, a document or a key, and what it is called here.

Looked up only when a word is not known; what is nearly one of these words means the same.
"""

from collections.abc import Collection, Mapping, Sequence

from cmmctl.commands.quoting import quoted
from cmmctl.spelling import called, synonyms

COMMANDS: Mapping[str, str] = synonyms({
    "--help": "help usage man manual commands quit exit",
    "--version": "version about",
    "init": "new start begin setup create register install",
    "demo": "sample example tutorial tour",
    "status": "dashboard overview summary-screen standing progress today next todo report",
    "eligibility": "eligible exam sit qualify qualified prerequisites",
    "recert": "due recertify recertification deadline deadlines expires expiry expiration expire cycle when",
    "hours": "credits credit ce remaining left missing total totals tally count balance",
    "explain": "why reason reasons",
    "explain cmm --ask": "ask question email letter",
    "training": "trainings sessions",
    "list": "ls ll dir all records entries ids",
    "list --find": "find search grep lookup",
    "show": "view display cat print-record details detail info get",
    "show profile": "profile whoami me name",
    "add-ce": "add seminar seminars workshop workshops webinar webinars conference lecture activity event ceu ceus cme"
    " cpe record attended enter insert",
    "add-ce --planned": "plan register-for schedule",
    "add-course": "course courses class classes college",
    "add-job": "job jobs work employment employer position experience",
    "add-degree": "degree degrees diploma school university",
    "add-credential": "certify credential credentials certified certification license licence cmm",
    "add-membership": "membership member join association",
    "add-renewal": "renew renewal renewals refile submit",
    "add-audit": "audited audit-letter",
    "add-answer": "answer answers reply",
    "import": "load read excel spreadsheet xlsx bulk upload",
    "costs": "money spent budget spending fees",
    "add-expense": "expense expenses fee tuition bill invoice",
    "add-claim": "claim claims",
    "add-payment": "payment payments paid refund reimbursed",
    "export": "print document documents write save-as download",
    "export reimbursement": "reimburse reimbursement",
    "export summary -o summary.pdf": "pdf",
    "export summary": "summary resume cv portfolio markdown html",
    "export audit": "audit packet",
    "export filing": "filing portal",
    "export calendar -o certification.ics": "calendar ics reminder reminders remind alarm outlook",
    "export data -o data/": "csv",
    "export data -o data.json": "data json",
    "attach": "receipt receipts certificate certificates transcript proof proofs file scan",
    "done": "complete completed finish finished passed took",
    "logged": "log posted",
    "edit": "modify change update set fix correct amend rename edit-file",
    "remove": "delete rm del erase drop discard cancel",
    "undo": "revert back rollback restore oops",
    "redo": "again",
    "history": "changes versions journal",
    "rules": "rule requirements requirement sources readings editions",
    "check": "validate verify lint doctor test repair problems",
    "path": "where folder location directory open",
    "backup": "save copy archive sync",
    "edit profile": "config configure settings preferences options",
})  # fmt: skip
DOCUMENTS: Mapping[str, str] = synonyms({
    "reimbursement": "claim claims reimburse expenses expense request approval receipt receipts costs employer",
    "summary": "portfolio resume cv report record records application profile",
    "summary -o summary.pdf": "pdf",
    "summary -o summary.html": "html",
    "data": "everything all",
    "data -o data.json": "json",
    "data -o data/": "csv excel spreadsheet",
    "audit": "packet certificates certificate proofs auditor",
    "filing": "portal log renewal recertification worksheet",
    "training": "trainings sign-in attendance",
    "calendar": "dates reminders alarms deadlines",
    "calendar -o certification.ics": "ics outlook ical",
})  # fmt: skip


def command(name: str, rest: Sequence[str], known: Collection[str]) -> str | None:
    """Give the rest of the command line that was meant by an unknown command; None where nothing is near."""
    if rest and (two := f"{name}-{rest[0]}".lower()) in known:
        return quoted([two, *rest[1:]])
    meant = called(name, known, COMMANDS)
    if meant == "--help" and rest and rest[0] in known:
        return quoted([rest[0], meant])
    if meant == "list --find":
        words = [word for word in rest if not word.startswith("-")]
        return quoted([*meant.split(), " ".join(words) or "TEXT", *(word for word in rest if word not in words)])
    return meant and (meant if " -" in meant or meant.startswith("-") else quoted([*meant.split(), *rest]))


def document(name: str, rest: Sequence[str], known: Collection[str]) -> str | None:
    """Give the rest of the command line that was meant by an unknown document."""
    meant = called(name, known, DOCUMENTS)
    return meant and quoted(["export", *meant.split(), *rest])


def key(word: str, known: Collection[str]) -> str | None:
    """Give the key of a record a word means, by what spreadsheets call it too."""
    from cmmctl.columns import SYNONYMS  # noqa: PLC0415 - only on failure

    words = {name.replace(" ", "-"): meant for meant, names in SYNONYMS.items() if meant in known for name in names}
    return called(word, known, words)
