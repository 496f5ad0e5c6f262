"""An edit changes one block, proves it, and leaves every other byte alone."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cmmctl.blocks import (
    Block,
    Value,
    append,
    block_text,
    blocks,
    remove,
    replace,
    set_key,
    unset_key,
)
from cmmctl.errors import CmmctlError
from cmmctl.parsing import BOM, TomlError, parse

PORTFOLIO = '''\
# Kept by hand.
schema = 1

[profile]
name = "Dana Ortiz"  # as on the certificate

# A comment of its own.

# Webinar, live
[[ce]]
id = "ce-1"
hours = 1.5    # counted once
notes = """
[[ce]]
id = "not a record"
"""
topics = [
  "[[ce]]", # ] not the end
  'x]',
]
# certificate asked for

[[ce]]
  id = "ce-2"
  hours = 2
# belongs to the job below
[[job]]
id = "job-1"
'''

FIRST = PORTFOLIO[PORTFOLIO.index("# Webinar") : PORTFOLIO.index("\n[[ce]]\n  id")]
SECOND = '[[ce]]\n  id = "ce-2"\n  hours = 2\n'


def refused(edit: Callable[..., str], *args: object) -> str:
    """Say how an edit was refused: its message, then its hint."""
    with pytest.raises(CmmctlError) as caught:
        edit(*args)
    (problem,) = caught.value.problems
    assert problem.code == "unsafe-edit"
    return f"{problem.message}; {problem.hint}"


def strictly(data: object) -> object:
    """Make data comparable so that 2, 2.0 and true differ, whatever the order of keys."""
    if isinstance(data, dict):
        return {key: strictly(value) for key, value in data.items()}
    if isinstance(data, list):
        return [strictly(value) for value in data]
    return type(data), repr(data)


# Finding


def test_every_table_is_found_with_its_lines_and_its_comments() -> None:
    found = blocks(PORTFOLIO)
    assert [(each.kind, each.array, each.index, each.line) for each in found] == [
        ("profile", False, 0, 4),
        ("ce", True, 0, 10),
        ("ce", True, 1, 23),
        ("job", True, 0, 27),
    ]
    assert [PORTFOLIO[each.lead : each.end] for each in found] == [
        '[profile]\nname = "Dana Ortiz"  # as on the certificate\n',
        FIRST,
        SECOND,
        '# belongs to the job below\n[[job]]\nid = "job-1"\n',
    ]
    assert PORTFOLIO.startswith("[[ce]]\nid", found[1].header)
    keys = {name: (key.line, PORTFOLIO[slice(*key.value)]) for name, key in found[1].keys.items()}
    assert keys == {
        "id": (11, '"ce-1"'),
        "hours": (12, "1.5"),
        "notes": (13, '"""\n[[ce]]\nid = "not a record"\n"""'),
        "topics": (17, "[\n  \"[[ce]]\", # ] not the end\n  'x]',\n]"),
    }
    hours = found[1].keys["hours"]
    assert PORTFOLIO[hours.start : hours.end] == "hours = 1.5    # counted once"


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("# a\n\n# b\n# c\n[[ce]]\n# d\nx = 1\n\n# e\ny = 1\n# f\n\n# g\n", "# b…# f\n"),
        ("[[ce]]\n# a\n\n# b\n", "[[ce]]…# a\n"),
        ("[[ce]]\n# a\n# b\n[x]\n", "[[ce]]…[[ce]]\n"),
        ("[[ce]]\n# a\n# b", "[[ce]]…# b"),
        ("# a\n  \n \t# b\n  [[ce]] # c\nx = 1\n \n", " \t# b…x = 1\n"),
        (f"{BOM}# a\r\n[[ce]]\r\nx = 1 # b\r\n# c\r\n\r\n", "# a…# c\r\n"),
        ('[[ce]]\nx = """\\"""\n[[ce]]"""""\ny = \'\'\'\n[x]\'\'\'\'\nz = 1', "[[ce]]…z = 1"),
        ('[[ce]]\nx = """"a""b"""\ny = "#" # [\nz = {a = [\n"}"], b = 1}\n', "[[ce]]…b = 1}\n"),
    ],
)
def test_comments_belong_to_the_block_they_touch(text: str, own: str) -> None:
    block = next(each for each in blocks(text) if each.kind == "ce")
    first, last = own.split("…")
    assert text.find(first) == block.lead
    assert text[: block.end].endswith(last)
    assert text.find(last) + len(last) == block.end
    assert parse(text)["ce"][0].keys() == block.keys.keys()


def test_names_are_read_as_the_parser_reads_them() -> None:
    text = '[["c\\u0065"]]\n"id" = 1\n\'odd key\'= 2\na . b = 3\n[ ce . "x.y" ]\n[[ ce ]]\n'
    first, sub, second = blocks(text)
    assert (first.kind, list(first.keys)) == ("ce", ["id", "odd key", "a"])
    assert (sub.kind, sub.array, sub.index) == ("ce.x.y", False, 0)
    assert (second.kind, second.index) == ("ce", 1)


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("[[ce\nx =\ny\n= 1\n[x]]] 1\n", ["ce", "x"]),
        ('[["\\q"]]\n', ['"\\q"']),
        ("[a]\nx = [1, {\n[b]\n", ["a"]),
        ('[a]\nx = """\n[b]\n', ["a"]),
        ("[a]\nx = \"\n[b]\nx = '\n[c]", ["a", "b", "c"]),
        ("[a]\r[b]\n", ["a"]),
    ],
)
def test_a_broken_text_gives_what_can_be_found(text: str, kinds: list[str]) -> None:
    with pytest.raises(TomlError):
        parse(text)
    assert [each.kind for each in blocks(text)] == kinds


def test_decimals_are_read_as_written() -> None:
    assert strictly(parse(f"{BOM}a = 1.50\nb = 2")) == strictly({"a": Decimal("1.50"), "b": 2})


@pytest.mark.parametrize("text", ["a = 1e99999999999999999999", "a = " + "9" * 5_000, "a = " + "[" * 2_000])
def test_what_no_portfolio_holds_is_not_toml(text: str) -> None:
    with pytest.raises(TomlError):
        parse(text)


# Adding and taking out


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("", "[[ce]]\nx = 1\n"),
        (BOM, f"{BOM}[[ce]]\nx = 1\n"),
        ("\n", "\n\n[[ce]]\nx = 1\n"),
        ("a = 1\n", "a = 1\n\n[[ce]]\nx = 1\n"),
        ("a = 1", "a = 1\n\n[[ce]]\nx = 1"),
        ("a = 1\r\n", "a = 1\r\n\r\n[[ce]]\r\nx = 1\r\n"),
        ("a = 1\r\n# end", "a = 1\r\n# end\r\n\r\n[[ce]]\r\nx = 1"),
        ("a = 1\r\nb = 1\n", "a = 1\r\nb = 1\n\r\n[[ce]]\r\nx = 1\r\n"),
        ("a = 1\nb = 1\r\n", "a = 1\nb = 1\r\n\n[[ce]]\nx = 1\n"),
        ("# end\n\n\n", "# end\n\n\n\n[[ce]]\nx = 1\n"),
        ("a = 1\n  ", "a = 1\n  \n\n[[ce]]\nx = 1"),
        (f"# a{BOM}\n", f"# a{BOM}\n\n[[ce]]\nx = 1\n"),
        ("[[ce]]", "[[ce]]\n\n[[ce]]\nx = 1"),
    ],
)
def test_a_record_is_added_at_the_end_and_taken_out_again(text: str, new: str) -> None:
    assert append(text, "ce", {"x": 1}) == new
    assert remove(new, "ce", len(parse(new)["ce"]) - 1) == text


def test_values_are_written_plainly() -> None:
    record: dict[str, Value] = {
        "title": 'a "b"\nc\\',
        "whole": Decimal("2.00"),
        "large": Decimal("1E+3"),
        "half": Decimal("1.50"),
        "small": Decimal("1E-7"),
        "done": True,
        "on": date(2026, 3, 1),
        "topics": ["a", "b"],
        "none": (),
        "odd key": 1,
    }
    new = append("", "ce", record)
    assert new.splitlines() == [
        "[[ce]]",
        r'title = "a \"b\"\nc\\"',
        "whole = 2",
        "large = 1000",
        "half = 1.50",
        "small = 0.0000001",
        "done = true",
        "on = 2026-03-01",
        'topics = ["a", "b"]',
        "none = []",
        '"odd key" = 1',
    ]
    assert parse(new)["ce"][0]["title"] == record["title"]


def test_a_removed_block_takes_its_own_comments_and_one_empty_line() -> None:
    assert remove(PORTFOLIO, "ce", 0) == PORTFOLIO.replace("\n" + FIRST, "")
    assert remove(PORTFOLIO, "job", 0) == PORTFOLIO[: PORTFOLIO.index("# belongs")]
    assert remove("[[ce]]\n\n[[job]]", "job", 0) == "[[ce]]"
    assert remove("[[ce]]\n[[job]]", "job", 0) == "[[ce]]"
    assert remove(f"{BOM}\n[[ce]]", "ce", 0) == BOM
    assert remove("[profile]\nname = 'a'\n\n[[ce]]\n", "profile", 0) == "\n[[ce]]\n"


def test_a_comment_of_its_own_never_becomes_a_neighbour_s() -> None:
    text = "[[ce]]\nx = 1\n# of the first\n\n[[ce]]\nx = 2\n[[ce]]\nx = 3\n"
    new = remove(text, "ce", 1)
    assert new == "[[ce]]\nx = 1\n# of the first\n\n[[ce]]\nx = 3\n"
    assert block_text(new, "ce", 1) == block_text(text, "ce", 2)


# One key


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        ("hours", Decimal("2.5"), "hours = 1.5    #", "hours = 2.5    #"),
        ("hours", Decimal(2), "hours = 1.5    #", "hours = 2    #"),
        ("id", "ce-9", '"ce-1"', '"ce-9"'),
        ("paid", False, "]\n# cert", "]\npaid = false\n# cert"),
        ("notes", '[[ce]]\nid = "not a record"\n', "", ""),
        ("topics", ["[[ce]]", "x]"], "", ""),
    ],
)
def test_only_the_value_of_a_key_changes(key: str, value: Value, old: str, new: str) -> None:
    assert set_key(PORTFOLIO, "ce", 0, key, value) == PORTFOLIO.replace(old, new, 1)


def test_the_same_value_changes_nothing_however_it_is_written() -> None:
    text = "[[ce]]\na = 0x10\nb = 'x'\nc=1.50\nd = [ 'x' ,]\n"
    values: dict[str, Value] = {"a": 16, "b": "x", "c": Decimal("1.5"), "d": ("x",)}
    for key, value in values.items():
        assert set_key(text, "ce", 0, key, value) == text
    assert set_key("[[ce]]\na = 2.0\n", "ce", 0, "a", Decimal("2.0")) == "[[ce]]\na = 2\n"
    assert set_key("[[ce]]\na = 1\n", "ce", 0, "a", value=True) == "[[ce]]\na = true\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("[[ce]]", "[[ce]]\nx = 1"),
        ("[[ce]] # a\n# b\n", "[[ce]] # a\nx = 1\n# b\n"),
        ("[[ce]]\r\n\ty=2 # a\r\n", "[[ce]]\r\n\ty=2 # a\r\n\tx = 1\r\n"),
        ("[[ce]]\ny = 2\n# a\n[[ce]]", "[[ce]]\ny = 2\nx = 1\n# a\n[[ce]]"),
        ("[[ce]]\ny = [\n2]\n[ce2]\n", "[[ce]]\ny = [\n2]\nx = 1\n[ce2]\n"),
        ("[[ce]]\ny = 2", "[[ce]]\ny = 2\nx = 1"),
    ],
)
def test_a_new_key_follows_the_last_statement_and_can_be_taken_out(text: str, new: str) -> None:
    assert set_key(text, "ce", 0, "x", 1) == new
    assert unset_key(new, "ce", 0, "x") == text


def test_odd_keys_are_changed_where_they_stand() -> None:
    assert set_key('[[ce]]\n"x"=1\n', "ce", 0, "x", 2) == '[[ce]]\n"x"=2\n'


def test_the_profile_is_made_when_it_is_missing() -> None:
    text = set_key("schema = 1\n", "profile", 0, "name", "Dana")
    assert text == 'schema = 1\n\n[profile]\nname = "Dana"\n'
    assert set_key(text, "profile", 0, "name", "D") == 'schema = 1\n\n[profile]\nname = "D"\n'
    assert unset_key(text, "profile", 0, "name") == "schema = 1\n\n[profile]\n"
    assert remove(text, "profile", 0) == "schema = 1\n"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("[[ce]]\n  x = 1\ny = 2\n", "[[ce]]\ny = 2\n"),
        ("[[ce]]\r\nx = 1", "[[ce]]"),
        ("[[ce]]\n  x = '#' # why\ny = 2\n", "[[ce]]\n  # why\ny = 2\n"),
        ("[[ce]]\nx = 1\t# why \r\n", "[[ce]]\n# why \r\n"),
        ("[[ce]]\nx = 1 # why", "[[ce]]\n# why"),
        ("[[ce]]\nx = 1 \n\ny = 2", "[[ce]]\n\ny = 2"),
        ("[[ce]]\ny = 2\n", "[[ce]]\ny = 2\n"),
    ],
)
def test_an_unset_key_leaves_its_comment(text: str, new: str) -> None:
    assert unset_key(text, "ce", 0, "x") == new


# By hand


def test_a_block_is_cut_out_and_put_back() -> None:
    assert block_text(PORTFOLIO, "ce", 0) == FIRST
    assert replace(PORTFOLIO, "ce", 0, FIRST) == PORTFOLIO
    new = replace(PORTFOLIO, "ce", 1, "# new\n[[ce]]\nid = 'x'")
    assert new == PORTFOLIO.replace(SECOND, "# new\n[[ce]]\nid = 'x'\n")


@pytest.mark.parametrize(
    ("text", "given", "new"),
    [
        ("[[ce]]\r\nx = 1\r\n", "[[ce]]\nx = 2\n", "[[ce]]\r\nx = 2\r\n"),
        ("[[ce]]\nx = 1\n", f"{BOM}[[ce]]\r\nx = 2\r\n", "[[ce]]\nx = 2\n"),
        ("[[ce]]\nx = 1", "[[ce]]\nx = 2\n", "[[ce]]\nx = 2"),
        (f"{BOM}[[ce]]\nx = 1\n", "[[ce]]\nx = {a = 1}\n\n", f"{BOM}[[ce]]\nx = {{a = 1}}\n\n"),
        ("[[ce]]\r\nx = 1\n", "[[ce]]\r\nx = 1\n", "[[ce]]\r\nx = 1\n"),
    ],
)
def test_a_replaced_block_takes_the_line_ends_of_the_file(text: str, given: str, new: str) -> None:
    assert replace(text, "ce", 0, given) == new


@pytest.mark.parametrize(
    "given",
    [
        "",
        "# only a comment\n",
        "x = 1\n[[ce]]\n",
        "[[ce]]\n[[ce]]\n",
        "[[ce]]\n[ce.sub]\n",
        "[[job]]\n",
        "[ce]\n",
        "[[ce]]\nid = '''\n[[job]]\nid = '''\n[[job]]\n",
    ],
)
def test_a_replaced_block_stays_one_block(given: str) -> None:
    text = "a = 1\n[[ce]]\nid = 'ce-1'\n[[job]]\nid = 'job-1'\n"
    assert refused(replace, text, "ce", 0, given) == (
        "the text must stay one `[[ce]]` block and change nothing else; "
        "run `cmmctl edit` to change more than one record by hand"
    )


def test_a_broken_replacement_says_where() -> None:
    with pytest.raises(TomlError) as caught:
        replace(PORTFOLIO, "ce", 1, "[[ce]]\nid = \n")
    assert caught.value.line == 24


# Refusals

INLINE = 'ce = [{id = "ce-7", x = 1}]\n'


@pytest.mark.parametrize(
    ("edit", "args"),
    [
        (append, (INLINE, "ce", {"x": 1})),
        (append, ("ce = 1\n", "ce", {"x": 1})),
        (append, ("ce = [1]\n", "ce", {"x": 1})),
        (append, ("[ce]\n", "ce", {"x": 1})),
        (remove, (INLINE, "ce", 0)),
        (set_key, (INLINE, "ce", 0, "x", 2)),
        (unset_key, (INLINE, "ce", 0, "x")),
        (replace, (INLINE, "ce", 0, "[[ce]]")),
        (block_text, (INLINE, "ce", 0)),
        (remove, ("[[ce]]\n", "ce", 1)),
        (remove, ("[[ce]]\n", "ce", -1)),
    ],
)
def test_what_is_not_written_as_blocks_is_refused(edit: Callable[..., str], args: tuple[object, ...]) -> None:
    assert refused(edit, *args) == (
        "cannot change `ce` in place: it is not under a plain `[[ce]]`; run `cmmctl edit` to edit it by hand"
    )


@pytest.mark.parametrize("text", ["profile.name = 'a'\n", "profile = {name = 'a'}\n", "[profile.sub]\n"])
def test_an_odd_profile_is_refused(text: str) -> None:
    assert "plain `[profile]`; run `cmmctl edit` to" in refused(set_key, text, "profile", 0, "name", "b")
    assert refused(append, text, "profile", {"b": 1})


@pytest.mark.parametrize("value", ["{a = 1}", "[{a = 1}]", "{}", "1\n[ce.y]", "1\n[[ce.y]]", "1\ny.z = 1"])
def test_a_record_that_holds_tables_is_refused(value: str) -> None:
    text = f"[[ce]]\nid = 'ce-7'\nx = {value}\n"
    why = "in it is a table; run `cmmctl edit ce-7` to edit it by hand"
    assert why in refused(set_key, text, "ce", 0, "z", 2)
    assert why in refused(unset_key, text, "ce", 0, "id")
    assert why in refused(remove, text, "ce", 0)


@pytest.mark.parametrize("value", ["'''\n1'''", '"""a\\\n b"""', "[\n]", "[1, # a\n2]"])
def test_a_value_over_several_lines_is_refused(value: str) -> None:
    text = f"[profile]\nx = {value}\n"
    why = "cannot change `profile` in place: its `x` runs over several lines; run `cmmctl edit profile` to"
    assert why in refused(set_key, text, "profile", 0, "x", 2)
    assert why in refused(unset_key, text, "profile", 0, "x")
    assert remove(text, "profile", 0) == ""


def test_what_does_not_come_back_as_meant_is_refused() -> None:
    assert "run `cmmctl edit` to" in refused(append, "", "ce", {"x": 1.5})
    assert "run `cmmctl edit` to" in refused(set_key, "[[ce]]\nid = 1\n", "ce", 0, "x", 1.5)
    assert "run `cmmctl edit a` to" in refused(set_key, "[[ce]]\nid = 'a'\n", "ce", 0, "x", 1.5)


def test_an_odd_id_never_becomes_part_of_a_command() -> None:
    text = "[[ce]]\nid = 'a; b'\nx = [\n]\n"
    assert refused(set_key, text, "ce", 0, "x", 1) == (
        "cannot change `ce` in place: its `x` runs over several lines; run `cmmctl edit` to edit it by hand"
    )


def test_not_a_number_does_not_stand_in_the_way() -> None:
    assert set_key("[[ce]]\na = nan\n", "ce", 0, "b", 1) == "[[ce]]\na = nan\nb = 1\n"


# Whatever the text

often = settings(max_examples=60, deadline=None)  # a slow machine is no failure
KINDS = ("ce", "job", "profile")
KEYS = ("id", "hours", "title", "odd key")
WRITTEN = (
    "1",
    "1.50",
    "2.0",
    "true",
    "0x1f",
    "nan",
    "2026-03-01",
    "2026-03-01 10:00:00Z",
    '"ce-7"',
    "'#[[ce]]'",
    r'"a \"]# \\"',
    '""',
    '["a", \'[[ce]]\', "#"]',
    "[1, [2, 3]]",
    "[ # ]\n  \"a\",\n'[[ce]]'\n]",
    '"""\n[[ce]]\nid = 1\n""""',
    '"""a ""\\""" \\\n   b"""',
    "'''\n[[job]]\n# '' \\'''",
    "{}",
    "{a = 1, \"b]\" = '}'}",
    "[{a = 1}]",
)
values = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["ce-7", "a\nb", '"""\n[[ce]]', "# [x]"]),
    st.booleans(),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**6), max_value=10**6),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=3),
)
comment = st.sampled_from(["#", "# [[ce]]", "  # x = 1", '# """', f"# {BOM}'''"])
filler = st.lists(st.one_of(comment, st.sampled_from(["", "", "  ", "\t"])), max_size=3)


@st.composite
def statements(draw: st.DrawFn, keys: tuple[str, ...]) -> list[str]:
    lines = []
    for key in draw(st.lists(st.sampled_from(keys), unique=True, max_size=3)):
        lines += draw(filler)
        plain = key.replace(".", "").isidentifier()
        name = key if plain and draw(st.booleans()) else f'"{key}"' if draw(st.booleans()) else f"'{key}'"
        equals = draw(st.sampled_from([" = ", "=", "\t=  "]))
        after = draw(st.sampled_from(["", "", " ", " # [[ce]]", "# '''"]))
        indent = draw(st.sampled_from(["", "", "  ", "\t"]))
        lines.append(indent + name + equals + draw(st.sampled_from(WRITTEN)) + after)
    return lines


@st.composite
def portfolios(draw: st.DrawFn) -> str:
    """Write a valid file the way people do, and the way they should not."""
    lines = [*draw(filler), *draw(statements(("schema", "other", "dotted.key", "a.b.c")))]
    many = st.sampled_from(["[[ce]]", "[[ce]]", '[[ "ce" ]]', "[[job]]# [[ce]]", "  [[job]]"])
    once = st.sampled_from(["[profile]", "[ profile ] # a", "['profile']", '[profile."x.y"]', "[more.sub]"])
    heads = draw(st.lists(many, min_size=1, max_size=4)) + draw(st.lists(once, max_size=1))
    for head in draw(st.permutations(heads)):
        lines += [*draw(filler), head, *draw(statements(KEYS))]
    lines += draw(filler)
    text = "\n".join(lines) + draw(st.sampled_from(["", "\n", "\n\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\n", "\r\n"])))
    return draw(st.sampled_from(["", "", BOM])) + text


def held(data: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """List the records of a kind, for a model of what an edit means."""
    records = data.get(kind, [])
    return records if isinstance(records, list) else [records]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, str, int]:
    """Choose one record of a portfolio."""
    text = draw(portfolios())
    data = parse(text)
    return (
        text,
        *draw(st.sampled_from([(kind, at) for kind in KINDS for at in range(len(held(data, kind)))])),
    )


def meant(value: Value) -> Value:
    return int(value) if isinstance(value, Decimal) and value == int(value) else value


def attempt(edit: Callable[..., str], *args: object) -> str | None:
    """Edit, or give nothing where the edit is refused, as it may be."""
    try:
        return edit(*args)
    except CmmctlError as error:
        if any(problem.code != "unsafe-edit" for problem in error.problems):
            raise
        return None


def own(text: str, kind: str, index: int) -> Block:
    return next(each for each in blocks(text) if (each.kind, each.index) == (kind, index))


@often
@given(portfolios())
def test_the_blocks_are_those_of_the_parser(text: str) -> None:
    data = parse(text)
    for kind in ("ce", "job"):
        found = [each for each in blocks(text) if each.kind == kind]
        assert [each.keys.keys() for each in found] == [record.keys() for record in held(data, kind)]
        assert [each.index for each in found] == list(range(len(found)))
        assert all(text.count("\n", 0, each.header) + 1 == each.line for each in found)


@often
@given(portfolios(), st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), values))
def test_add_then_remove_gives_the_file_back(text: str, kind: str, record: dict[str, Value]) -> None:
    data = parse(text)
    if kind == "profile" and kind in data:
        assert attempt(append, text, kind, record) is None or '"x.y"' in text
        return
    new = append(text, kind, record)
    records = [*held(data, kind), {key: meant(value) for key, value in record.items()}]
    data[kind] = records[0] if kind == "profile" else records
    assert new.startswith(text)
    assert strictly(parse(new)) == strictly(data)
    assert remove(new, kind, len(records) - 1) == text


@often
@given(places())
def test_a_removal_takes_one_record_and_no_other_line(place: tuple[str, str, int]) -> None:
    text, kind, index = place
    new = attempt(remove, text, kind, index)
    if new is None:
        return
    block = own(text, kind, index)
    gone = len(text) - len(new) - (block.end - block.lead)
    assert new == text[: block.lead - gone] + text[block.end :]
    assert text[block.lead - gone : block.lead] in ("", "\n", "\r\n", "\n\n", "\r\n\r\n")
    others = [text[each.lead : each.end].rstrip() for each in blocks(text) if each != block]
    assert [new[each.lead : each.end].rstrip() for each in blocks(new)] == others
    data = parse(text)
    records = held(data, kind)
    del records[index]
    if kind == "profile" or not records:
        del data[kind]
    assert strictly(parse(new)) == strictly(data)


@often
@given(places(), st.sampled_from(KEYS), values)
def test_a_changed_key_is_all_that_changes(place: tuple[str, str, int], key: str, value: Value) -> None:
    text, kind, index = place
    new = attempt(set_key, *place, key, value)
    if new is None:
        return
    block = own(text, kind, index)
    assert new.startswith(text[: block.header])
    assert new.endswith(text[block.end :])
    data = parse(text)
    record = held(data, kind)[index]
    if key not in record:
        assert unset_key(new, kind, index, key) == text
    record[key] = meant(value)
    assert strictly(parse(new)) == strictly(data)


@often
@given(places(), st.sampled_from(KEYS))
def test_an_unset_key_is_all_that_goes(place: tuple[str, str, int], key: str) -> None:
    text, kind, index = place
    new = attempt(unset_key, *place, key)
    if new is None:
        return
    block = own(text, kind, index)
    assert new.startswith(text[: block.header])
    assert new.endswith(text[block.end :])
    data = parse(text)
    held(data, kind)[index].pop(key, None)
    assert strictly(parse(new)) == strictly(data)


@often
@given(places(), st.sampled_from(KEYS), values, values)
def test_a_value_set_back_gives_the_file_back(place: tuple[str, str, int], key: str, old: Value, new: Value) -> None:
    _, kind, index = place
    if cleared := attempt(unset_key, *place, key):
        first = set_key(cleared, kind, index, key, old)
        second = set_key(first, kind, index, key, new)
        assert set_key(second, kind, index, key, old) == first or meant(old) == meant(new)


@often
@given(places(), st.one_of(portfolios(), statements(KEYS).map(lambda lines: "\n".join(["[[ce]]", *lines]))))
def test_a_replacement_changes_one_record_or_is_refused(place: tuple[str, str, int], given: str) -> None:
    text, kind, index = place
    try:
        new = attempt(replace, *place, given)
    except TomlError:
        return
    if new is None:
        return
    block = own(text, kind, index)
    assert new.startswith(text[: block.lead])
    assert new.endswith(text[block.end :])
    data, now = parse(text), parse(new)
    held(now, kind)[index].clear()
    held(data, kind)[index].clear()
    assert strictly(now) == strictly(data)


@often
@given(st.one_of(st.text(), st.text("[]{}\"'\\#=.a\n\r \t" + BOM), portfolios()))
@example('a="""\\')
@example("a='''''")
@example("[" * 2_000)
@example("x=" + "[" * 2_000)
@example("a" + ".a" * 2_000 + " = 1")
def test_no_text_is_too_odd_to_look_for_blocks(text: str) -> None:
    edge = 0
    for block in blocks(text):
        assert edge <= block.lead <= block.header < block.end <= len(text)
        assert all(block.header < key.start <= key.end <= block.end for key in block.keys.values())
        edge = block.end
