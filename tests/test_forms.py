"""Dates, hours and money as people type and paste them: the table of `forms.toml`, read by the tool's own readers.

Every refused form goes through the command line too: exit 2, what is wrong, and an example to copy.
"""

import csv
import datetime as dt
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cmmctl.amounts import Minutes, read_amount, read_hours, shown_input
from cmmctl.dates import Stated, is_stated, read_day, read_stated
from cmmctl.errors import Unread
from conftest import Cli, Write

TODAY = dt.date(2026, 11, 23)
FORMS: dict[str, Mapping[str, Any]] = tomllib.loads(
    Path(__file__).with_name("forms.toml").read_text(encoding="utf-8"), parse_float=Decimal
)


def every(*tables: str) -> pytest.MarkDecorator:
    """One test for each form of these tables."""
    rows = [row for table in tables for row in FORMS[table].items()]
    return pytest.mark.parametrize(("text", "expected"), rows, ids=[ascii(text) for text, _ in rows])


def refuses(read: Callable[[str], object], text: str, expected: list[str]) -> None:
    with pytest.raises(Unread) as refused:
        read(text)
    assert refused.value.message.startswith(expected[0])
    assert expected[1] in refused.value.hint
    assert str(refused.value) == f"{refused.value.message}; {refused.value.hint}"


def test_the_table_is_long_enough() -> None:
    good = sum(len(FORMS[table]) for table in FORMS if not table.startswith("no_"))
    bad = sum(len(FORMS[table]) for table in FORMS if table.startswith("no_"))
    assert good >= 60
    assert bad >= 60


@every("day")
def test_a_day(text: str, expected: dt.date) -> None:
    assert read_day(text, TODAY) == expected
    assert read_stated(text, TODAY) == expected


@every("no_day")
def test_no_day(text: str, expected: list[str]) -> None:
    refuses(lambda text: read_day(text, TODAY), text, expected)
    refuses(lambda text: read_stated(text, TODAY), text, expected)


@every("month")
def test_a_month_or_a_year_is_kept_as_far_as_it_is_known(text: str, expected: Stated) -> None:
    assert read_stated(text, TODAY) == expected
    assert is_stated(str(expected))
    refuses(lambda text: read_day(text, TODAY), text, [f"{shown_input(text)} is not a date", "`2026-03-02`"])


@every("no_month")
def test_no_month(text: str, expected: list[str]) -> None:
    refuses(lambda text: read_stated(text, TODAY), text, expected)


@every("hours")
def test_hours_in_the_unit_they_are_stated_in(text: str, expected: Decimal | int | str) -> None:
    read = read_hours(text)
    assert read == (Minutes(int(expected)) if isinstance(expected, str) else expected)
    assert isinstance(read, Minutes) == isinstance(expected, str)


@every("no_hours")
def test_no_hours(text: str, expected: list[str]) -> None:
    refuses(read_hours, text, expected)


@every("money")
def test_money_to_the_cent(text: str, expected: str) -> None:
    assert str(read_amount(text)) == str(read_amount(text, symbols=True)) == expected


@every("symbols")
def test_money_with_symbols_only_where_no_shell_eats_them(text: str, expected: str) -> None:
    assert str(read_amount(text, symbols=True)) == expected
    refuses(read_amount, text, [f"{shown_input(text)} has a `$` or `,`, which shells eat", "`1349.00`"])


@every("no_money")
def test_no_money(text: str, expected: list[str]) -> None:
    refuses(lambda text: read_amount(text, symbols=True), text, expected)
    refuses(read_amount, text, expected)


@every("no_symbols")
def test_no_money_with_symbols(text: str, expected: list[str]) -> None:
    refuses(lambda text: read_amount(text, symbols=True), text, expected)
    refuses(read_amount, text, ["", "write it as `1349.00`"])


ENTRY = ("add-ce", "Coding Update", "--provider=State Chapter")


@pytest.mark.parametrize(
    ("option", "tables"), [("date", ("no_day",)), ("hours", ("no_hours",)), ("fee", ("no_money", "no_symbols"))]
)
def test_a_command_refuses_every_bad_form_with_an_example(
    cli: Cli, write: Write, option: str, tables: tuple[str, ...]
) -> None:
    path = write("")
    before = path.read_bytes()
    given = {"date": "today", "hours": "1"}
    for text in (text for table in tables for text in FORMS[table]):
        ended = cli(*ENTRY, *(f"--{name}={word}" for name, word in {**given, option: text}.items()))
        said, hint = ended.err.splitlines()
        assert ended.code == 2, text
        assert said.startswith(f"error: `--{option}`: "), text
        assert hint.startswith("hint: "), text
        assert "`" in hint, text
    assert path.read_bytes() == before


def test_a_command_understands_what_people_type(cli: Cli, write: Write) -> None:
    write("")
    for text in ("3/2/2026", "Mar 2nd, 2026", "2-Mar-2026", "02MAR2026", "3/2/2026 0:00", "Mon, 02 Mar 2026"):
        ended = cli(*ENTRY, f"--date={text}", "--hours=1:20", "--force", "--json")
        assert ended.data["record"]["date"] == "2026-03-02", text
        assert ended.data["record"]["minutes"] == 80
    for text, hours in (("1 1/2", 1.5), ("6 hrs.", 6), ("\u00bd", 0.5)):
        ended = cli(*ENTRY, "--date=yesterday", f"--hours={text}", "--force", "--json")
        assert ended.data["record"]["hours"] == hours, text
    ended = cli("add-expense", "ce-1", "--what=fee", "--amount=349 USD", "--paid=fri", "--json")
    assert (ended.data["record"]["amount"], ended.data["record"]["paid"]) == (349, "2026-11-20")


def test_what_has_happened_cannot_lie_ahead(cli: Cli, write: Write) -> None:
    write("")
    ended = cli(*ENTRY, "--date=12/24/2026", "--hours=1")
    assert ended.code == 2
    assert ended.err.startswith("error: `date` of the new ce, Thu Dec 24 2026, is after today\nhint: ")
    assert "--planned" in ended.err
    assert cli(*ENTRY, "--date=12/24/2026", "--hours=1", "--planned").code == 0


def test_a_table_of_a_spreadsheet_may_hold_every_good_form(cli: Cli, folder: Path, write: Write) -> None:
    write("")
    past = {text: day for text, day in FORMS["day"].items() if day <= TODAY}
    with (folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["Title", "Provider", "Date", "Hours"])
        table.writerows([f"Session {n}", "State Chapter", text, "1 1/2"] for n, text in enumerate(past))
    ended = cli("import", str(folder / "in.csv"))
    assert ended.code == 0, ended.err
    found = {record["title"]: record["date"] for record in cli("list", "ce", "--json").data}
    assert found == {f"Session {n}": day.isoformat() for n, day in enumerate(past.values())}


def test_what_is_wrong_in_the_same_way_is_explained_once(cli: Cli, folder: Path, write: Write) -> None:
    write("")
    (folder / "in.csv").write_text("Title,Provider,Date,Hours\na,b,3/2/26,1\nc,d,3/3/26,1\ne,f,3/4/26,one\n", "utf-8")
    assert cli("import", str(folder / "in.csv")).err.splitlines() == [
        "error: in.csv:2: `Date`: `3/2/26` is not a date",
        "error: in.csv:3: `Date`: `3/3/26` is not a date",
        "error: in.csv:4: `Date`: `3/4/26` is not a date",
        "hint: write the year with four digits, such as `3/2/2026`",
        "error: in.csv:4: `Hours`: `one` is not a number of hours above 0 and at most 9999",
        "hint: write `1.5`, `1h20m` or `80m`",
    ]
