"""The audit packet: one cycle's figures with their sources, its counted entries, and every certificate in that order.

Pure. It holds what the issuer asks for and nothing else: no refused entry, no receipt, no other cycle. What is
missing is a list for its owner; the packet itself only says DRAFT.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

from cmmctl.amounts import shown, shown_down, shown_up, units
from cmmctl.asking import page_of
from cmmctl.cycles import Cycle
from cmmctl.dates import plain
from cmmctl.documents.paper import Attachment, Facts, Heading, Ledger, Paper, Paragraph, Part
from cmmctl.filenames import accepted, alike
from cmmctl.model import CE, Credential, Portfolio, Proof
from cmmctl.rules import Rule, RuleSet
from cmmctl.sealing import Sealed
from cmmctl.tally import Counted, Reading

STAMP = "DRAFT - not complete, not for sending"
PROVING = frozenset({"certificate", "transcript"})


class Missing(NamedTuple):
    """What keeps a packet from being complete, and the command that mends it."""

    text: str
    command: str | None = None


class Certificate(NamedTuple):
    """A proof of one or several entries. `pages` 0: it cannot be shown; `trouble` says why it is no proof as it is."""

    proof: Proof
    path: Path | None
    pages: int
    trouble: str | None = None


class Row(NamedTuple):
    """One counted entry, with its number in the packet and its certificates."""

    number: int
    counted: Counted
    certificates: tuple[Certificate, ...]


@dataclass(frozen=True, kw_only=True)
class Packet:
    """Everything the issuer asks about one cycle. `sealed` None: the cycle was not filed."""

    portfolio: Portfolio
    credential: Credential
    rules: RuleSet
    judged: Reading
    sealed: Sealed | None
    rows: tuple[Row, ...]
    on: dt.date

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """Give every certificate once, in the order of the rows."""
        return tuple({c.proof.path: c for row in self.rows for c in row.certificates}.values())

    @property
    def hours(self) -> Fraction:
        """Give the hours of the cycle: as sealed where it was filed."""
        sealed = self.sealed.hours if self.sealed else None
        return self.judged.counted if sealed is None else sealed

    @property
    def missing(self) -> tuple[Missing, ...]:
        """List what keeps the packet from being complete."""
        return tuple(_missing(self))


Probe = Callable[[Sequence[Proof]], Sequence[Certificate]]


def packet(
    credential: Credential, rules: RuleSet, judged: Reading, sealed: Sealed | None, portfolio: Portfolio, probe: Probe,
    on: dt.date,
) -> Packet:  # fmt: skip
    """Collect a cycle's counted entries and their certificates, each looked at once."""
    proving = [proof for proof in portfolio.all(Proof) if proof.role in PROVING]
    own = {c.entry.id: [proof for proof in proving if c.entry.id in proof.records] for c in judged.counted_entries}
    once = {proof.path: proof for proofs in own.values() for proof in proofs}
    looked = dict(zip(once, probe(list(once.values())), strict=True))
    rows = tuple(
        Row(number, c, tuple(looked[path] for path in dict.fromkeys(proof.path for proof in own[c.entry.id])))
        for number, c in enumerate(judged.counted_entries, start=1)
    )
    return Packet(
        portfolio=portfolio, credential=credential, rules=rules, judged=judged, sealed=sealed, rows=rows, on=on
    )


def _missing(p: Packet) -> Iterator[Missing]:
    for row in p.rows:
        name = row.counted.entry.id
        for evidence in row.counted.missing:
            yield Missing(f"{name}, {row.counted.entry.title}: no {evidence}", _mending(name, evidence, p.rules))
    for certificate in p.certificates:
        if certificate.trouble:
            names = ", ".join(certificate.proof.records)
            command = f"cmmctl remove {certificate.proof.id}" if certificate.path else "cmmctl check"
            yield Missing(f"{certificate.proof.path} ({names}): {certificate.trouble}", command)
    if p.judged.remaining and not (p.sealed and p.sealed.renewal.by == "exam"):
        yield Missing(f"{p.judged.edition.label}: {shown_up(p.judged.remaining)} h short by the entries on record")
    if p.sealed and p.hours != round(p.judged.counted, 4):
        now = shown_down(p.judged.counted)
        command = f"cmmctl explain {p.sealed.renewal.id}"
        yield Missing(f"{shown(p.hours)} h were sealed; the entries on record now count {now} h", command)


def _mending(name: str, evidence: str, rules: RuleSet) -> str:
    return {
        "certificate": f"cmmctl attach {name} FILE",
        "index": f"cmmctl edit {name} approvals+={rules.slug}:INDEX",
        "domain": f"cmmctl edit {name} domains+=DOMAIN",
    }[evidence]


def page_numbers(p: Packet, first: int) -> dict[str, str]:
    """Give the page or pages of every certificate that can be shown, where the first begins on that page."""
    found: dict[str, str] = {}
    for certificate in p.certificates:
        if certificate.pages:
            last = first + certificate.pages - 1
            found[certificate.proof.path] = str(first) if last == first else f"{first}-{last}"
            first = last + 1
    return found


def file_names(p: Packet) -> dict[str, str]:
    """Give the name of every certificate in a folder: the number of its first row, then its own name.

    Every system accepts it, and no two are one to a system that does not tell capitals.
    """
    names: dict[str, str] = {}
    for row in p.rows:
        for certificate in row.certificates:
            if certificate.path is not None and certificate.proof.path not in names:
                own = Path(accepted(f"{row.number:02}-{certificate.path.name}"))
                likely = chain([own.name], (f"{own.stem}-{number}{own.suffix}" for number in count(2)))
                taken = set(map(alike, names.values()))
                names[certificate.proof.path] = next(name for name in likely if alike(name) not in taken)
    return names


def paper(p: Packet, places: Mapping[str, str], *, place: str, cover: bool) -> Paper:
    """Write the packet. `places` says where each certificate is found, by path; `place` names that column."""
    parts: list[Part] = [*(_cover(p) if cover else ()), Heading("Entries counted"), _entries(p, places, place)]
    if beside := [c for c in p.certificates if not c.pages and not c.trouble and c.proof.path not in places]:
        names = ", ".join(Path(c.proof.path).name for c in beside)
        parts.append(Paragraph(f"Sent beside this document, because they are in another format: {names}"))
    attachments = [Attachment(_label(p, c), c.path, c.pages) for c in p.certificates if c.path and c.pages]
    return Paper(
        title=f"{p.rules.short}: continuing education, {plain(p.judged.cycle.start)} to {plain(p.judged.cycle.due)}",
        parts=parts, stamp=STAMP if p.missing else None, attachments=attachments,
        footer=f"{_who(p)}. From the holder's own records of {plain(p.on)}; {p.rules.issuer} decides.",
        figures=figures(p, places), sheet=_sheet(p, places),
    )  # fmt: skip


def _who(p: Packet) -> str:
    name = p.portfolio.profile.name if p.portfolio.profile else ""
    number = f" no. {p.credential.number}" if p.credential.number else ""
    return f"{'DRAFT. ' if p.missing else ''}{name}, {p.rules.short}{number}"


def _cover(p: Packet) -> Iterator[Part]:
    profile, cycle = p.portfolio.profile, p.judged.cycle
    rows = [("Name", profile.name if profile else "")]
    if profile and profile.other_names:
        rows.append(("Other names on certificates", ", ".join(profile.other_names)))
    number = f", no. {p.credential.number}" if p.credential.number else ""
    rows += [
        ("Credential", f"{p.rules.name} ({p.rules.short}), {p.rules.issuer}{number}"),
        ("Cycle", f"{plain(cycle.start)} to {plain(cycle.due)}, both days included"),
        ("Filed", _filed(p)),
        ("Rules", f"{p.judged.edition.label}{_source(p.judged.edition)}"),
    ]
    yield Facts([row for row in rows if row[1]])
    header = ("Requirement", "Asked", "Counted", "Source")
    asked = [
        (
            t.requirement.label, "" if t.requirement.min is None else shown(t.requirement.min), shown_down(t.counted),
            _source(t.requirement).removeprefix("; "),
        )
        for t in p.judged.tallies
    ]  # fmt: skip
    yield Heading("Hours")
    yield Ledger(header, asked, frozenset({1, 2}))


def _source(rule: Rule) -> str:
    """Name the page a rule stands on and the day it was read, as somebody at the issuer can check it."""
    page = page_of(rule)
    return f"; {page}, read {plain(rule.checked)}" if page else ""


def _filed(p: Packet) -> str:
    if p.sealed is None:
        return "not yet"
    renewal = p.sealed.renewal
    how = "by exam" if renewal.by == "exam" else f"with {units(shown(p.hours), 'hour')}"
    accepted = f", accepted {plain(renewal.accepted)}" if renewal.accepted else ""
    return f"{plain(renewal.filed)} {how}{accepted}"


def _entries(p: Packet, places: Mapping[str, str], place: str) -> Ledger:
    rows = [
        (
            str(row.number), plain(row.counted.entry.day), row.counted.entry.title, row.counted.entry.provider,
            shown(row.counted.hours), _kind(row.counted, p), _place(row, places),
        )
        for row in p.rows
    ]  # fmt: skip
    header = ("#", "Date", "Title", "Provider", "Hours", "Index or domain", place)
    total = ("", "", "Total", "", shown_down(p.judged.counted), "", "")
    return Ledger(header, rows, frozenset({0, 4}), total)


def _kind(counted: Counted, p: Packet) -> str:
    """Name the issuer's index number of an entry, or the domains it belongs to."""
    record = counted.entry.record
    own = [
        index for issuer, _, index in (a.partition(":") for a in record.approvals) if issuer == p.rules.slug and index
    ]
    if own:
        return ", ".join(f"no. {index}" for index in own)
    return ", ".join(record.domains) if isinstance(record, CE) else ""


def _place(row: Row, places: Mapping[str, str]) -> str:
    found = [places.get(c.proof.path) or ("-" if c.trouble else "beside") for c in row.certificates]
    return ", ".join(found) or "-"


def _label(p: Packet, certificate: Certificate) -> str:
    """Tie a certificate's page to its rows."""
    rows = [row for row in p.rows if certificate in row.certificates]
    numbers = ", ".join(str(row.number) for row in rows)
    return f"Entry {numbers}: {rows[0].counted.entry.title}"


def _sheet(p: Packet, places: Mapping[str, str]) -> Sequence[Sequence[object]]:
    header = ("number", "id", "date", "title", "provider", "hours", "index_or_domain", "place")
    rows = [
        (row.number, row.counted.entry.id, row.counted.entry.day, row.counted.entry.title, row.counted.entry.provider,
         row.counted.hours, _kind(row.counted, p), _place(row, places))
        for row in p.rows
    ]  # fmt: skip
    return [header, *rows]


def figures(p: Packet, places: Mapping[str, str]) -> dict[str, Any]:
    """Give the packet's figures for programs."""
    cycle: Cycle = p.judged.cycle
    return {
        "credential": p.rules.id, "edition": p.judged.edition.name, "cycle": {"start": cycle.start, "due": cycle.due},
        "filed": p.sealed and p.sealed.renewal.filed, "sealed": p.sealed and p.sealed.hours,
        "counted": p.judged.counted, "draft": bool(p.missing),
        "entries": [
            {"number": row.number, "id": row.counted.entry.id, "hours": row.counted.hours, "place": _place(row, places)}
            for row in p.rows
        ],
        "missing": [m._asdict() for m in p.missing],
    }  # fmt: skip
