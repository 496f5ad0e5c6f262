"""Results for programs: JSON with ASCII only, and one tab-separated table."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

PLACES = 4
# Characters a terminal obeys, or that would tear a line apart: C0, C1, bidirectional controls, separators.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def safe(text: str) -> str:
    """Make every character that a terminal would obey visible as an escape."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def json_text(value: object) -> str:
    """Write a value as JSON: numbers with at most four decimals, dates ISO, absent keys absent."""
    return json.dumps(_plain(value), indent=2, allow_nan=False)


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items() if item is not None or key in _NULLABLE}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction | Decimal):
        number = round(float(value), PLACES)
        return int(number) if number.is_integer() else number
    if isinstance(value, date):
        return value.isoformat()
    return value


# Keys whose null says "that cannot be known", which is not the same as absent.
_NULLABLE = frozenset({"eligible_on", "eligible_on_if_planned", "hours_per_month"})


def tsv(columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, object]]) -> str:
    """Write one tab-separated table with a header line; a path such as `cycle.due` reaches into a row."""
    lines = ["\t".join(name for name, _ in columns)]
    lines += ["\t".join(_field(_reach(row, path)) for _, path in columns) for row in rows]
    return "\n".join(lines)


def _reach(row: object, path: str) -> object:
    for step in path.split("."):
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


def _field(value: object) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, bool):
        return "true" if plain else "false"
    if isinstance(plain, list):
        return " ".join(map(_field, plain))
    return safe(str(plain))
