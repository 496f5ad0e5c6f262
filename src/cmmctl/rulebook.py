"""Find rule sets: the packaged ones, and a person's own in `rulesets/` beside the portfolio.

A rule set that cannot be understood is a located error; an own one with the id of a packaged one takes its
place, and reports say so. A table that does not say its grade, source and day takes those of the table it
stands in.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cmmctl.described import Described, keys_of
from cmmctl.errors import CmmctlError, Problem
from cmmctl.keys import choice
from cmmctl.model import Credential
from cmmctl.parsing import TomlError, parse
from cmmctl.rules import NEEDS, Condition, Edition, Requirement, RuleSet, Statement, unsourced
from cmmctl.tables import Findings, Flaw, Place, Table, decode, unknown, unknown_key

PACKAGED = Path(__file__).parent / "rulesets"
FOLDER = "rulesets"
PREPARED_FOR = "pahcom.cmm"  # what one prepares for where nothing else is on record
FORMAT = 1
CODE = "rules-broken"

_INHERITED = ("grade", "source", "checked")
_NESTED: Mapping[type[Described], Sequence[str]] = {
    RuleSet: ("need", "condition", "statement", "edition"),
    Edition: ("requirement", "condition", "statement"),
}


class Rulebook:
    """All rule sets a portfolio can use. `folder` is where the portfolio lies, None for the packaged ones alone."""

    def __init__(self, folder: Path | None = None, broken: list[Problem] | None = None) -> None:
        """Read a person's own rule sets. What is wrong with them goes to `broken`; without it, it is raised."""
        self._packaged = {path.name.removesuffix(".toml"): path for path in sorted(PACKAGED.glob("*.toml"))}
        self._read: dict[str, RuleSet] = {}
        problems: list[Problem] = []
        files: dict[str, str] = {}  # of every own rule set by its id
        for path in _own_files(folder):
            try:
                rules = load(path, own=True)
            except CmmctlError as error:
                problems += error.problems
                continue
            if rules.id in files:
                problems.append(_second(path.name, rules.id, files[rules.id]))
            files[rules.id] = path.name
            self._read[rules.id] = rules.but(replaces=rules.id in self._packaged)
        if broken is not None:
            broken += problems
        elif problems:
            raise CmmctlError(*problems)

    def names(self) -> Sequence[str]:
        """List the ids of all rule sets."""
        return sorted({*self._packaged, *self._read})

    def find(self, credential: str) -> RuleSet | None:
        """Give one rule set, or None where there is none of that id. A packaged one is read when it is asked for."""
        if credential not in self._read and credential in self._packaged:
            self._read[credential] = load(self._packaged[credential])
        return self._read.get(credential)

    def of(self, credential: Credential) -> RuleSet:
        """Give the rules of a credential on record, made from the person's own figures where no source is known."""
        found = self.find(credential.id)
        if found is None:
            assert credential.required is not None  # noqa: S101 - the schema refuses a credential of unknown rules
            assert credential.cycle_months is not None  # noqa: S101 - as above
            return unsourced(credential.id, credential.required, credential.cycle_months)
        return found


def _second(name: str, rules: str, first: str) -> Problem:
    message = f"the rule set {rules} stands in {FOLDER}/{first} too"
    return Problem(message=message, code=CODE, hint="keep one of the two files", file=f"{FOLDER}/{name}")


def _own_files(folder: Path | None) -> Sequence[Path]:
    """List a person's own rule sets, without what systems hide beside them."""
    found = (folder / FOLDER).glob("*.toml") if folder else ()
    return sorted(path for path in found if not path.name.startswith("."))


def load(path: Path, *, own: bool = False) -> RuleSet:
    """Read one rule set. Raises every problem of it at once, with file and line, as `rules-broken`."""
    name = f"{FOLDER}/{path.name}"
    text = ""
    try:
        text = path.read_bytes().decode("utf-8")
        data = parse(text)
    except OSError as error:
        raise CmmctlError(Problem(message=f"cannot be read: {error.strerror}", code=CODE, file=name)) from error
    except UnicodeDecodeError as error:
        from cmmctl.locate import encoding_problem  # noqa: PLC0415 - only where something is wrong

        raise CmmctlError(encoding_problem(error, name, CODE)) from error
    except TomlError as error:
        from cmmctl.locate import syntax_problem  # noqa: PLC0415 - as above

        raise CmmctlError(syntax_problem(error, text, name, CODE)) from error
    findings = Findings()
    rules = read(data, findings)
    flaws = [*findings.flaws, *_unknown_keys(findings), *(_inconsistent(rules) if rules else ())]
    if flaws or rules is None:
        from cmmctl.locate import located  # noqa: PLC0415 - as above

        raise CmmctlError(*located((flaw._replace(code=CODE) for flaw in flaws), text, name))
    return rules.but(own=own)


def read(data: Table, findings: Findings) -> RuleSet | None:
    """Read a rule set from its tables; None where something is wrong, which `findings` then says."""
    if type(data.get("ruleset")) is not int or data["ruleset"] != FORMAT:
        hint = f"write `ruleset = {FORMAT}` as the first line"
        findings.flaws.append(Flaw(Place("ruleset"), f"the rule set does not say `ruleset = {FORMAT}`", hint))
    plain = {name: value for name, value in data.items() if name != "ruleset"}
    before = len(findings.flaws)
    rules: RuleSet | None = _rule(RuleSet, plain, Place(), {}, findings)
    return rules if len(findings.flaws) == before else None


def _rule(cls: type[Described], table: Table, place: Place, given: Table, findings: Findings) -> Any:  # noqa: ANN401 - what `cls` makes
    """Read one table and those in it. `given` is what it need not say itself; that is judged where it stands."""
    inherited = {**given, **{name: table[name] for name in _INHERITED if name in table}}
    nested = _NESTED.get(cls, ())
    inner = {f"{name}s": tuple(_rules(name, table, place, inherited, findings)) for name in nested}
    plain = {name: value for name, value in table.items() if name not in nested}
    before = len(findings.flaws)
    rule = decode(cls, {**given, **plain}, place, _called(place), findings, **inner)
    findings.flaws[before:] = [
        flaw for flaw in findings.flaws[before:] if flaw.place == place or flaw.place[-1] in table
    ]
    return rule


def _rules(name: str, table: Table, place: Place, given: Table, findings: Findings) -> Iterator[Any]:
    """Read the tables of one name that stand in a table; give those without a flaw."""
    tables = table.get(name, [])
    place = place.at(name)
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        header = f"[[{_name(place)}]]"
        findings.flaws.append(Flaw(place, f"`{name}` must be written as `{header}` tables", f"write `{header}`"))
        return
    for number, each in enumerate(tables):
        where = place.at(number)
        if name == "need":
            rule = _need(each, where, given, findings)
        else:
            rule = _rule(_RULES[name], each, where, given, findings)
        if rule is not None:
            yield rule


def _need(table: Table, place: Place, given: Table, findings: Findings) -> Any:  # noqa: ANN401 - a need
    """Read a need, whose kind says what it holds."""
    who = _called(place)
    if "kind" not in table:
        findings.flaws.append(Flaw(place, f"{who} has no `kind`", f"it is one of {', '.join(NEEDS)}"))
        return None
    try:
        kind = str(_KIND.from_file(table["kind"]))
    except ValueError as error:
        findings.flaws.append(Flaw(place.at("kind"), f"`kind` of {who} {error}"))
        return None
    plain = {name: value for name, value in table.items() if name != "kind"}
    return _rule(NEEDS[kind], plain, place, given, findings)


def _name(place: Place) -> str:
    return ".".join(step for step in place if isinstance(step, str))


def _called(place: Place) -> str:
    return f"[[{_name(place)}]] number {int(place[-1]) + 1}" if place else "the rule set"


def _unknown_keys(findings: Findings) -> Iterator[Flaw]:
    """Find the keys that nobody knows: in a rule set they are errors, because every one changes what counts."""
    for (cls, name), found in findings.unknown.items():
        for place, who in found:
            yield unknown_key(name, place, who, (*keys_of(cls), *_NESTED.get(cls, ())))


def _inconsistent(rules: RuleSet) -> Iterator[Flaw]:
    """Find what cannot be, although every table by itself can."""
    names = [edition.name for edition in rules.editions]
    if not names:
        yield Flaw(Place(), f"{rules.id} has no [[edition]]", "add the rules of recertification as an `[[edition]]`")
    elif rules.default not in names:
        yield Flaw(Place("default"), *unknown(rules.default, names, "edition"))
    yield from _twice([need.name for need in rules.needs], Place("need"))
    yield from _twice(names, Place("edition"))
    for number, edition in enumerate(rules.editions):
        yield from _inconsistent_edition(edition, Place("edition", number))


def _twice(names: Sequence[str], place: Place) -> Iterator[Flaw]:
    for number, name in enumerate(names):
        if name in names[:number]:
            message = f"the name {name} stands twice in [[{_name(place)}]]"
            yield Flaw(place.at(number, "name"), message, "give each a name of its own")


def _inconsistent_edition(edition: Edition, place: Place) -> Iterator[Flaw]:
    requirements = edition.requirements
    if not requirements or requirements[0].within or requirements[0].min is None:
        message = f"the first [[edition.requirement]] of {edition.name} must be its total"
        yield Flaw(place, message, "it has `min` and no `within`")
        return
    place = place.at("requirement")
    names = [requirement.name for requirement in requirements]
    yield from _twice(names, place)
    for number, requirement in enumerate(requirements):
        for key, message, hint in _inconsistent_requirement(requirement, names, names[:number]):
            yield Flaw(place.at(number, key), message, hint)


def _inconsistent_requirement(
    requirement: Requirement, names: Sequence[str], above: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    name, most, least = requirement.name, requirement.max, requirement.min
    if above and requirement.within not in above:
        yield "within", f"`within` of {name} must name a requirement above it", f"one of: {', '.join(above)}"
    if (requirement.select == "tagged") != bool(requirement.tags):
        yield "tags", f'{name}: `tags` and `select = "tagged"` go together', "write both, or neither"
    if most is None and least is None:
        yield "min", f"{name} has neither `min` nor `max`", "add a line such as `min = 12`"
    if most is not None and least is not None and most < least:
        yield "max", f"`max` of {name} is less than its `min`", "correct one of the two"
    for other in requirement.excludes:
        if other not in names:
            yield "excludes", *unknown(other, names, "requirement")


_RULES: Mapping[str, type[Described]] = {
    "condition": Condition,
    "statement": Statement,
    "edition": Edition,
    "requirement": Requirement,
}
_KIND = choice(*NEEDS)
