"""Every published rule, and every definition of ours, on one small portfolio with a result worked out by hand.

A row of `vectors/*.toml` holds the rule, its source, how the expected figures follow, the as-of day, records by kind,
and what is expected at paths into what `status --json` would say. A path's segment names a key, a position, every
element (`*`) or the element with that credential, need, edition, name, id, code or subject; `~` at its end asks for a
part of a text, "null" stands for nothing; numbers are compared as JSON shows them, to 4 decimals. `rules/` looks into
the rule sets, `fails` is what `--check` goes by. Keys that make no difference are filled in; where a row says nothing
of membership, there is one of PAHCOM. `lines.toml` lists every line of the rules with the rows that prove it.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from cmmctl import data
from cmmctl.described import Described, keys_of
from cmmctl.model import KINDS, Credential
from cmmctl.outlook import outlook
from cmmctl.rules import Edition, RuleSet
from making import VECTORS, portfolio, rulebook

LINES = VECTORS / "lines.toml"
ROWS: list[dict[str, Any]] = [
    row
    for file in sorted(VECTORS.glob("*.toml"))
    if file != LINES
    for row in tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)["row"]
]


def test_every_row_is_one_rule_with_its_source() -> None:
    rules = [row["rule"] for row in ROWS]
    assert sorted(set(rules)) == sorted(rules)
    assert all(row["source"].strip() and row["derivation"].strip() and row["expect"] for row in ROWS)


def test_every_line_of_the_rules_has_its_rows_and_every_row_its_line() -> None:
    rules = [row["rule"] for row in ROWS]
    proved = set()
    for line, names in (each for lines in tomllib.loads(LINES.read_text("utf-8")).values() for each in lines.items()):
        if isinstance(names, str):
            file, _, words = names.partition(": ")
            assert words in (VECTORS.parent / file).read_text("utf-8"), line
            continue
        for name in names:
            found = [rule for rule in rules if rule.startswith(name)]
            assert found, f"{line}: {name}"
            proved.update(found)
    assert set(rules) == proved


@pytest.mark.parametrize("row", ROWS, ids=[row["rule"] for row in ROWS])
def test_rule(row: dict[str, Any]) -> None:
    said = status(row)
    for path, expected in row["expect"].items():
        found = at(said, path.removesuffix("~").split("/"))
        if path.endswith("~"):
            assert expected in found, path
        else:
            assert plain(found) == plain(expected), path


def status(row: Mapping[str, Any]) -> dict[str, Any]:
    book = rulebook()
    facts = portfolio({"membership": [{}], **{kind: row[kind] for kind in row if kind in KINDS}})
    known = [rules for name in book.names() if (rules := book.find(name))]
    prepared_for = [rules for rules in known if rules.id == "pahcom.cmm"]
    view = outlook(facts, [book.of(credential) for credential in facts.all(Credential)] or prepared_for, row["on"])
    return {**data.status({}, view), "fails": view.fails, "rules": [published(rules) for rules in known]}


def published(rules: Described) -> dict[str, Any]:
    """A rule set or a part of one, as data."""
    nested = {
        RuleSet: ("needs", "conditions", "statements", "editions"),
        Edition: ("requirements", "conditions", "statements"),
    }.get(type(rules), ())
    return {
        **{name: getattr(rules, name) for name in keys_of(type(rules))},
        **{name: [published(part) for part in getattr(rules, name)] for name in nested},
    }


def at(found: Any, path: Sequence[str]) -> Any:
    for position, segment in enumerate(path):
        if segment == "*":
            return [at(each, path[position + 1 :]) for each in found]
        found = found[segment] if isinstance(found, Mapping) else one(found, segment)
    return found


def one(items: Sequence[Mapping[str, Any]], wanted: str) -> Any:
    if wanted.isdecimal():
        return items[int(wanted)]
    names = ("credential", "need", "edition", "name", "id", "code", "about")
    (only,) = [
        item
        for item in items
        if any(str(item.get(n)) in {wanted, f"pahcom.{wanted}", f"sample.{wanted}"} for n in names)
    ]
    return only


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(each) for each in value]
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        return round(Fraction(value), 4)
    return None if value == "null" else value
