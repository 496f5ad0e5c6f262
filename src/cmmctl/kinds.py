"""What people call a kind of record, on the command line and in the file. Looked up only when a word is not known."""

from collections.abc import Collection, Mapping

from cmmctl.spelling import called, synonyms

WORDS: Mapping[str, str] = synonyms({
    "ce": "seminar seminars workshop workshops webinar webinars conference ceu ceus hours activity activities entry",
    "course": "class classes college",
    "job": "work employment employer employers experience",
    "degree": "diploma school",
    "credential": "certification certifications cmm license",
    "renewal": "recertification recertifications",
    "proof": "certificate certificates receipt receipts file transcript",
    "expense": "cost costs fee fees",
    "claim": "reimbursement reimbursements",
    "membership": "member",
    "training": "session sessions",
})  # fmt: skip


def kind(word: str, known: Collection[str]) -> str | None:
    """Give the kind of record a word means."""
    return called(word, known, {**{f"{name}s": name for name in known}, **WORDS})
