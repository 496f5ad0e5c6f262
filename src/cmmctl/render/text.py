"""Results for programs: JSON with ASCII only, and one tab-separated table."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from math import isfinite

PLACES = 4
# What a terminal obeys, hides, or lets tear a line apart: C0, C1, bidirectional and invisible controls, separators.
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
# Keys whose null says "that cannot be known", which is not the same as absent.
_NULLABLE = frozenset({"eligible_on", "eligible_on_if_planned", "hours", "hours_per_month"})


def safe(text: str) -> str:
    """Make every character that a terminal would obey visible as an escape."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape", "surrogatepass").decode("ascii"), text)


def json_text(value: object) -> str:
    """Write a value as JSON: numbers with at most four decimals, dates ISO, absent keys absent."""
    import json  # noqa: PLC0415 - only where JSON is asked for

    return json.dumps(_plain(value), indent=2, allow_nan=False)


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return {key: _plain(item) for key, item in value.items() if item is not None or key in _NULLABLE}
        case list() | tuple():
            return [_plain(item) for item in value]
        case Fraction() | Decimal():
            return _number(value)
        case date() | time():
            return value.isoformat()
        case _:
            return value


def _number(value: Fraction | Decimal) -> object:
    """Give a number of JSON, which knows nothing of infinity; an odd key of the file may hold that."""
    number = float(value)
    if not isfinite(number):
        return str(value)
    number = round(number, PLACES)
    return int(number) if number.is_integer() else number


def tsv(columns: Sequence[tuple[str, str]], rows: Iterable[Mapping[str, object]]) -> str:
    """Write one tab-separated table with a header line; a path such as `cycle.due` reaches into a row."""
    lines = ["\t".join(safe(name) for name, _ in columns)]
    lines += ["\t".join(_field(_reach(row, path)) for _, path in columns) for row in rows]
    return "\n".join(lines)


def _reach(row: Mapping[str, object], path: str) -> object:
    if path in row:
        return row[path]
    head, _, rest = path.partition(".")
    inner = row.get(head)
    return _reach(inner, rest) if isinstance(inner, Mapping) else None


def _field(value: object) -> str:
    plain = _plain(value)
    match plain:
        case None:
            return ""
        case bool() | dict():
            import json  # noqa: PLC0415 - as above

            return json.dumps(plain)
        case list():
            return "; ".join(map(_field, plain))
        case _:
            return safe(str(plain))
