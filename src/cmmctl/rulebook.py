"""Find rule sets: the packaged ones, and a person's own in `rulesets/` beside the portfolio.

A rule set is read when it is asked for. One that cannot be understood is a located error; one with the id of
a packaged rule set takes its place, and reports say so.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli

from cmmctl import schema
from cmmctl.blocks import parse
from cmmctl.errors import CmmctlError, Problem, nearest
from cmmctl.locate import located, syntax_problem
from cmmctl.rules import NEEDS, Condition, Edition, Need, Requirement, RuleSet, Statement
from cmmctl.schema import Findings, Flaw, Place, decode

PACKAGED = Path(__file__).parent / "rulesets"
FORMAT = 1
_INHERITED = ("grade", "source", "checked")
_NESTED = {"need": "needs", "condition": "conditions", "statement": "statements", "edition": "editions"}


class Rulebook:
    """All rule sets a portfolio can use. `folder` is where the portfolio lies, None for the packaged ones alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._packaged = {path.name.removesuffix(".toml"): path for path in sorted(PACKAGED.glob("*.toml"))}
        own = sorted((folder / "rulesets").glob("*.toml")) if folder else []
        self._read: dict[str, RuleSet] = {}
        for path in own:
            rules = load(path, own=True)
            self._read[rules.id] = _replacing(rules) if rules.id in self._packaged else rules

    def names(self) -> Sequence[str]:
        """List the ids of all rule sets."""
        return sorted({*self._packaged, *self._read})

    def find(self, credential: str) -> RuleSet | None:
        """Give one rule set, or None where there is none of that id."""
        if credential not in self._read and credential in self._packaged:
            self._read[credential] = load(self._packaged[credential])
        return self._read.get(credential)


def _replacing(rules: RuleSet) -> RuleSet:
    from dataclasses import replace  # noqa: PLC0415

    return replace(rules, replaces=True)


def load(path: Path, *, own: bool = False) -> RuleSet:
    """Read one rule set. Raises every problem of it at once, with file and line, as `rules-broken`."""
    try:
        text = path.read_bytes().decode("utf-8")
        data = parse(text)
    except OSError as error:
        raise CmmctlError(Problem(message=f"{error.strerror}", code="rules-broken", file=str(path))) from error
    except UnicodeDecodeError as error:
        raise CmmctlError(Problem(message="the file is not UTF-8 text", code="rules-broken", file=str(path))) from error
    except tomli.TOMLDecodeError as error:
        raise CmmctlError(syntax_problem(error, text, path.name, "rules-broken")) from error
    findings = Findings()
    rules = read(data, findings, own=own)
    if findings.flaws or findings.warnings or rules is None:
        flaws = [flaw._replace(code="rules-broken") for flaw in (*findings.flaws, *findings.warnings)]
        raise CmmctlError(*located(flaws, text, f"rulesets/{path.name}" if own else path.name))
    return rules


def read(data: Mapping[str, Any], findings: Findings, *, own: bool = False) -> RuleSet | None:
    """Read a rule set from its tables; what is wrong goes to `findings`, unknown keys as warnings."""
    if data.get("ruleset") != FORMAT:
        findings.flaws.append(
            Flaw(Place(), f"the rule set does not say `ruleset = {FORMAT}`", f"add `ruleset = {FORMAT}`")
        )
    given = {name: data[name] for name in _INHERITED if name in data}
    edition_tables, counters = _tables(data, "edition", findings), _Counters()
    rest = {
        "needs": tuple(_needs(data, given, findings)),
        "conditions": tuple(_several(Condition, data, "condition", given, findings, counters, "")),
        "statements": tuple(_several(Statement, data, "statement", given, findings, counters, "")),
        "editions": tuple(
            edition
            for index, table in enumerate(edition_tables)
            if (edition := _edition(table, index, given, findings, counters)) is not None
        ),
    }
    plain = {name: value for name, value in data.items() if name not in {"ruleset", *_INHERITED, *_NESTED}}
    if findings.flaws:
        return None
    rules = decode(RuleSet, plain, Place(), findings, own=own, **rest)
    if rules is not None:
        findings.flaws.extend(_inconsistent(rules))
    return rules


class _Counters(dict[str, int]):
    """How many tables of a name were met so far, which is how a place names them."""

    def next(self, table: str) -> int:
        self[table] = self.get(table, -1) + 1
        return self[table]


def _tables(data: Mapping[str, Any], name: str, findings: Findings) -> list[Mapping[str, Any]]:
    tables = data.get(name, [])
    if isinstance(tables, list) and all(isinstance(table, dict) for table in tables):
        return tables
    findings.flaws.append(Flaw(Place(name), f"`{name}` must be written as `[[{name}]]` tables"))
    return []


def _several(
    cls: type[Any],
    data: Mapping[str, Any],
    name: str,
    given: Mapping[str, Any],
    findings: Findings,
    counters: _Counters,
    parent: str,
) -> list[Any]:
    table_name = f"{parent}{name}"
    read = [
        decode(cls, {**given, **table}, Place(table_name, counters.next(table_name)), findings)
        for table in _tables(data, name, findings)
    ]
    return [rule for rule in read if rule is not None]


def _needs(data: Mapping[str, Any], given: Mapping[str, Any], findings: Findings) -> list[Need]:
    needs: list[Need] = []
    for index, table in enumerate(_tables(data, "need", findings)):
        kind = str(table.get("kind"))
        place = Place("need", index, "kind")
        if kind not in NEEDS:
            meant = nearest(kind, NEEDS)
            hint = f"did you mean `{meant}`?" if meant else None
            findings.flaws.append(Flaw(place, f"`kind` of [[need]] must be one of {', '.join(NEEDS)}", hint))
            continue
        body = {name: value for name, value in table.items() if name != "kind"}
        need = decode(NEEDS[kind], {**given, **body}, place._replace(key=None), findings)
        if need is not None:
            needs.append(need)
    return needs


def _edition(
    table: Mapping[str, Any], index: int, given: Mapping[str, Any], findings: Findings, counters: _Counters
) -> Edition | None:
    inherited = {**given, **{name: table[name] for name in _INHERITED if name in table}}
    rest = {
        "requirements": tuple(_several(Requirement, table, "requirement", inherited, findings, counters, "edition.")),
        "conditions": tuple(_several(Condition, table, "condition", inherited, findings, counters, "edition.")),
        "statements": tuple(_several(Statement, table, "statement", inherited, findings, counters, "edition.")),
    }
    plain = {name: value for name, value in table.items() if name not in {"requirement", "condition", "statement"}}
    return decode(Edition, {**given, **plain}, Place("edition", index), findings, **rest)


def _inconsistent(rules: RuleSet) -> list[Flaw]:
    """Find what cannot be, although every table by itself can."""
    flaws: list[Flaw] = []
    names = [edition.name for edition in rules.editions]
    if not names:
        flaws.append(Flaw(Place(), f"{rules.id} has no [[edition]]"))
    elif rules.default not in names:
        flaws.append(Flaw(Place(key="default"), *schema.unknown(rules.default, names, "edition")))
    flaws += [
        Flaw(Place("edition", index, "name"), f"the edition {name} stands twice")
        for index, name in enumerate(names)
        if name in names[:index]
    ]
    first = 0
    for index, edition in enumerate(rules.editions):
        flaws.extend(_inconsistent_edition(edition, index, first))
        first += len(edition.requirements)
    return flaws


def _inconsistent_edition(edition: Edition, index: int, first: int) -> list[Flaw]:
    if not edition.requirements or edition.requirements[0].within or edition.requirements[0].min is None:
        message = (
            f"the first [[edition.requirement]] of {edition.name} must be its total, with `min` and without `within`"
        )
        return [Flaw(Place("edition", index), message)]
    flaws: list[Flaw] = []
    earlier: list[str] = []
    for position, requirement in enumerate(edition.requirements, start=first):
        place = Place("edition.requirement", position)
        if requirement.name in earlier:
            flaws.append(Flaw(place._replace(key="name"), f"the requirement {requirement.name} stands twice"))
        if earlier and requirement.within not in earlier:
            message = f"`within` of {requirement.name} must name a requirement above it: {', '.join(earlier)}"
            flaws.append(Flaw(place._replace(key="within"), message))
        if (requirement.select == "tagged") != bool(requirement.tags):
            flaws.append(
                Flaw(
                    place._replace(key="tags"),
                    f'{requirement.name}: `tags` and `select = "tagged"` go together',
                )
            )
        if requirement.min is None and requirement.max is None:
            flaws.append(Flaw(place, f"{requirement.name} has neither `min` nor `max`"))
        others = [other.name for other in edition.requirements]
        flaws.extend(
            Flaw(place._replace(key="excludes"), *schema.unknown(name, others, "requirement"))
            for name in requirement.excludes
            if name not in others
        )
        earlier.append(requirement.name)
    return flaws
