"""Two parsers, one language: what the quick one reads, the careful one reads alike, and neither falls over."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
import toml_rs
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from cmmctl.parsing import BOM, TomlError, parse

TEXT = """\
schema = 1  # the edition of this layout

[profile]
name = "Office Manager"
notes = '''She said:
"fine"'''

[[ce]]
id = "ce-1"
title = "Coding\\tUpdate \\u00e9"
date = 2026-03-18
hours = 1.50
domains = ["Finance", 'Risk']

[[ce]]
id = "ce-2"
at = 2026-03-18T10:00:00-05:00
x = {a = 1, "b c".d = [0x1F, -0.0, 1e3, inf, true]}
"""
BITS = (
    *'[]{}="\'\\.,#\n\r\t 0-+_:TZeé\u2028\x00\x7f', '"""', "'''", "\r\n", "07:32", "07:32:00.1234567", "0000-01-01",
    "9999-12-31T23:59:60Z", "0x", "nan", "\\e", "\\U0001F600", "\\ud800", "[[ce]]", "[ce]", "a.b", "{}", "[]",
    "= 1", "1e99999999999999999999", "9" * 30, "a = {b = 1,\n}", "\ud800", BOM,
)  # fmt: skip


def shape(value: object) -> object:
    """What is read, told apart where `==` would not: 1 from true, 1.50 from 1.5, the order of keys."""
    if isinstance(value, dict):
        return [(key, shape(each)) for key, each in value.items()]
    if isinstance(value, list):
        return [None, *map(shape, value)]
    return type(value), str(value), value.tzinfo if isinstance(value, dt.datetime) else None


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = TEXT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from([0, 0, 1, 2, 20]))
        text = text[:start] + draw(st.sampled_from([*BITS, ""])) + text[end:]
    return text


@settings(max_examples=1000)
@given(damaged())
def test_what_the_quick_parser_reads_the_careful_one_reads_alike(text: str) -> None:
    plain = text.removeprefix(BOM)
    quick: dict[str, Any] | None = None
    with suppress(ArithmeticError, ValueError):
        quick = toml_rs.loads(plain, parse_float=Decimal, toml_version="1.0.0")
    try:
        careful = tomli.loads(plain, parse_float=Decimal)
    except (ArithmeticError, ValueError):
        assert quick is None or plain.startswith(BOM)
        with pytest.raises(TomlError):
            parse(text)
        return
    assert quick is None or shape(quick) == shape(careful)
    assert shape(parse(text)) == shape(careful)


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (TEXT.replace("\n", "\r\n"), tomli.loads(TEXT, parse_float=Decimal)),
        (f"{BOM}a = 1.50", {"a": Decimal("1.50")}),
        ("a = {b = 1,\n}", {"a": {"b": 1}}),
        ("a = 07:32", {"a": dt.time(7, 32)}),
        ('a = "\\e"', {"a": "\x1b"}),
        ('a = "' + "[" * 9999 + '"', {"a": "[" * 9999}),
        ('a = "' + "{ a = [" * 99 + '"', {"a": "{ a = [" * 99}),
        ("a = " + "9" * 1000, {"a": int("9" * 1000)}),
        ("a = -" + "9" * 1000, {"a": -int("9" * 1000)}),
    ],
)  # fmt: skip
def test_what_is_read(text: str, data: dict[str, object]) -> None:
    assert shape(parse(text)) == shape(data)


def nested(depth: int) -> dict[str, Any]:
    data: Any = 1
    for _ in range(depth):
        data = {"a": data}
    return data  # type: ignore[no-any-return]


@pytest.mark.parametrize("depth", [1, 49, 50])
def test_what_is_nested_is_read(depth: int) -> None:
    assert parse(".".join("a" * depth) + " = 1") == nested(depth)
    assert parse("a = " + "{a = " * (depth - 1) + "1" + "}" * (depth - 1)) == nested(depth)


@pytest.mark.parametrize("depth", [51, 60, 200, 1000, 5000, 300_000])
@pytest.mark.parametrize(
    ("before", "begin", "inner", "end"),
    [
        ("x = ", "[", "", "]"),
        ("x = ", "[\n", "", "]\n"),
        ("x = ", "[[], ", "1", "]"),
        ("x = ", "[{}, 1, ", "1", ", [1]]"),
        ("x = ", '["]", ', "1", "]"),
        ("x = ", "{a = ", "1", "}"),
        ("x = [", "{a = [", "1", "]}"),
        ("", "a.", "a = 1", ""),
        ("[a.", "a.", "a]", ""),
        ("[[a.", "a.", "a]]", ""),
        ("x = ", "[", "", ""),
    ],
)
def test_what_is_nested_too_deep_is_refused(before: str, begin: str, inner: str, end: str, depth: int) -> None:
    with pytest.raises(TomlError) as caught:
        parse(before + begin * depth + inner + end * depth + ("]" if before == "x = [" else ""))
    assert caught.value.at is None or not end


@pytest.mark.parametrize(
    "number", ["9" * 1001, "-" + "9" * 5000, "0x" + "f" * 5000, "0b" + "1" * 50_000, "1e" + "9" * 30]
)
@pytest.mark.parametrize("text", ["a = {}", "a = [1, {}]", "[[ce]]\nid = {}", "a.b.c = {}", "a = {{b = {}}}"])
def test_a_number_too_long_to_be_shown_is_refused(text: str, number: str) -> None:
    with pytest.raises(TomlError) as caught:
        parse(text.format(number))
    assert caught.value.at is None
