"""The way back of `export data`: the same facts, from JSON, from its folder of tables, and from one of them."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmmctl.documents.everything import records as all_records
from cmmctl.documents.everything import sheets
from cmmctl.errors import Problem
from cmmctl.exported import kind_of_sheet, of_json, of_sheet, planned_back
from cmmctl.model import Portfolio
from cmmctl.render.sheet import sheet
from cmmctl.render.text import json_text
from cmmctl.spreadsheet import items_of, sheet_of, text_of, unescaped
from conftest import Cli, Write
from making import TODAY, portfolio

HOLDER = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23
"""


def table(folder: Path, text: str | bytes, name: str) -> str:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def kept(cli: Cli) -> list[dict[str, Any]]:
    return [record for record in cli("list", "--json").data if record["kind"] != "profile"]


WHOLE = """
[[credential]]
id = "pahcom.cmm"
earned = 2025-04-23

[[ce]]
id = "ce-2"
title = "Privacy"
provider = "State Chapter"
date = 2026-03-02
hours = 1.25
domains = ["Finance"]

[[job]]
id = "job-3"
employer = "Sample Clinic"
title = "Office Manager"
start = "2024-02"
manages = true

[[expense]]
id = "expense-1"
records = ["ce-2"]
what = "fee"
amount = 199.5

[[claim]]
id = "claim-1"
entries = ["ce-2"]
filed = 2026-03-10

[[payment]]
id = "payment-1"
claim = "claim-1"
date = 2026-04-01
amount = 100
"""


def test_export_data_comes_back_as_the_same_facts(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    before = kept(cli)
    exported = folder / "all.json"
    assert cli("export", "data", "-o", str(exported)).code == 0
    write("")
    assert cli("import", str(exported)).code == 0
    assert kept(cli) == before
    assert "7 are there already" in cli("import", str(exported)).out


def test_a_used_id_is_not_given_again_and_references_follow(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    exported = folder / "all.json"
    cli("export", "data", "-o", str(exported))
    other = '\n[[ce]]\nid = "ce-2"\ntitle = "Something else"\nprovider = "B"\ndate = 2026-03-02\nhours = 1\n'
    write(HOLDER + other + '\n[[claim]]\nid = "claim-4"\nentries = ["ce-2"]\nfiled = 2026-03-10\n')
    assert cli("import", str(exported)).code == 0
    by_id = {str(record["id"]): record for record in cli("list", "--json").data}
    assert by_id["ce-3"]["title"] == "Privacy"
    assert by_id["expense-1"]["records"] == ["ce-3"]
    assert by_id["claim-5"]["entries"] == ["ce-3"]
    assert by_id["payment-1"]["claim"] == "claim-5"


AGAIN = ("add-ce", "Privacy", "--provider", "State Chapter", "--date", "2026-03-02", "--hours", "1.25")


@pytest.mark.parametrize("name", ["all.json", "all/"])
def test_what_is_there_under_another_id_is_skipped_and_references_follow(
    cli: Cli, write: Write, folder: Path, name: str
) -> None:
    write(WHOLE)
    cli("export", "data", "-o", f"{folder}/{name}")
    for gone in ("payment-1", "claim-1", "expense-1", "ce-2"):
        assert cli("remove", gone, "--yes").code == 0
    assert cli(*AGAIN, "--domain", "Finance", "--fee", "199.50").code == 0
    cli("logged", "ce-3")
    dry = cli("import", f"{folder}/{name}", "--dry-run", "--json").data
    assert [record["kind"] for record in dry["records"]] == ["claim", "payment"]
    assert cli("import", f"{folder}/{name}").code == 0
    by_id = {str(record["id"]): record for record in kept(cli)}
    assert sorted(by_id) == ["ce-3", "claim-2", "expense-2", "job-3", "pahcom.cmm", "payment-2"]
    assert by_id["claim-2"]["entries"] == ["ce-3"]
    assert by_id["payment-2"]["claim"] == "claim-2"
    assert "nothing new" in cli("import", f"{folder}/{name}").out


def test_what_looks_the_same_and_says_something_else_is_written_and_named(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    cli("export", "data", "-o", str(folder / "all.json"))
    cli("edit", "ce-2", "hours=2")
    dry = cli("import", str(folder / "all.json"), "--dry-run", "--json").data
    assert ([record["id"] for record in dry["records"]], dry["alike"]) == (["ce-3"], [{"id": "ce-3", "like": "ce-2"}])
    told = cli("import", str(folder / "all.json")).out
    assert "ce-3 looks like ce-2, which says something else: both will be on record." in told
    assert [record["id"] for record in kept(cli) if record["kind"] == "expense"] == ["expense-1"]


def test_of_many_that_look_the_same_the_first_are_named(cli: Cli, write: Write, folder: Path) -> None:
    ce = '\n[[ce]]\nid = "ce-{0}"\ntitle = "Week {0}"\nprovider = "B"\ndate = 2026-03-02\nhours = {1}\n'
    write(HOLDER + "".join(ce.format(n, 1) for n in range(1, 9)))
    cli("export", "data", "-o", str(folder / "all.json"))
    write(HOLDER + "".join(ce.format(n, 2) for n in range(1, 9)))
    assert "and 2 more look like one on record" in cli("import", str(folder / "all.json"), "--dry-run").out


def test_what_stands_twice_comes_back_twice(cli: Cli, write: Write, folder: Path) -> None:
    ce = '\n[[ce]]\nid = "ce-{}"\ntitle = "Week"\nprovider = "B"\ndate = 2026-03-02\nhours = 1\n'
    write(HOLDER + ce.format(1) + ce.format(2))
    cli("export", "data", "-o", str(folder / "all.json"))
    write(HOLDER + ce.format(2))
    assert cli("import", str(folder / "all.json"), "--dry-run", "--json").data["present"] == 3  # with the profile
    assert cli("import", str(folder / "all.json")).code == 0
    assert len(kept(cli)) == 3


def test_records_that_name_each_other_are_read(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    items = [
        {"kind": "claim", "id": "claim-1", "entries": ["claim-2"], "filed": "2026-03-02"},
        {"kind": "claim", "id": "claim-2", "entries": ["claim-1"], "filed": "2026-03-02"},
    ]
    path = table(folder, json.dumps({"data": {"records": items}}), "x.json")
    assert cli("import", path).code == 0
    assert len(kept(cli)) == 3


def test_another_credential_of_the_same_day_is_another(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER.replace("pahcom.cmm", "x.y") + "required = 24\ncycle_months = 24\n")
    item = {"kind": "credential", "id": "pahcom.cmm", "earned": "2025-04-23"}
    assert cli("import", table(folder, json.dumps({"data": {"records": [item]}}), "x.json")).code == 0
    assert len(kept(cli)) == 2


def test_a_credential_that_says_something_else_is_not_replaced(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE)
    exported = folder / "all.json"
    cli("export", "data", "-o", str(exported))
    write(HOLDER.replace("2025-04-23", "2024-04-23"))
    outcome = cli("import", str(exported), "--json")
    assert (outcome.code, outcome.json["errors"][0]["code"]) == (1, "exists")


@pytest.mark.parametrize("text", ["{", "[]", '{"data": 3}', '{"data": {}}'])
def test_other_json_is_refused(cli: Cli, write: Write, folder: Path, text: str) -> None:
    write(HOLDER)
    outcome = cli("import", table(folder, text, "x.json"))
    assert (outcome.code, "not what `cmmctl export data` writes" in outcome.err) == (1, True)


def test_json_with_an_unknown_kind_is_refused(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = json.dumps({"data": {"records": [{"kind": "cee", "id": "cee-1"}]}})
    outcome = cli("import", table(folder, text, "x.json"))
    assert (outcome.code, "`cee` is no kind of record" in outcome.err) == (1, True)


def test_a_folder_of_tables_comes_back_as_the_same_facts(cli: Cli, write: Write, folder: Path) -> None:
    renewal = """
        [[renewal]]
        id = "renewal-1"
        credential = "pahcom.cmm"
        due = 2026-04-23
        filed = 2026-04-01
        edition = "two-year"
        hours = 1.3333
        entries = ["ce-2"]
    """
    odd = '["Risk; or not", "a, b", "=1+1", " x", "say \\"so\\"", "C:\\\\temp"]'
    write(
        WHOLE.replace('["Finance"]', odd).replace("199.5", "199.00").replace("amount = 100", "amount = 10.10") + renewal
    )
    before = kept(cli)
    assert cli("export", "data", "-o", f"{folder / 'all'}/").code == 0
    write("")
    first = cli("import", str(folder / "all"), "--dry-run")
    assert "7 to write" in first.out
    assert "│ ce " in first.out
    assert cli("import", str(folder / "all")).code == 0
    by_id = {record["id"]: record for record in kept(cli)}
    assert by_id == {record["id"]: record for record in before}
    assert "8 are there already" in cli("import", str(folder / "all")).out
    assert "1 is there already and is skipped." in cli("import", str(folder / "all" / "claim.csv")).out


def test_an_id_that_was_removed_does_not_come_back(cli: Cli, write: Write, folder: Path) -> None:
    ce = '\n[[ce]]\nid = "ce-{}"\ntitle = "Week {}"\nprovider = "B"\ndate = 2026-03-02\nhours = 1\n'
    write(HOLDER + ce.format(1, 1) + ce.format(2, 2))
    cli("export", "data", "-o", str(folder / "all.json"))
    cli("export", "data", "-o", f"{folder / 'all'}/")
    cli("remove", "ce-2", "--yes")
    assert cli("import", str(folder / "all.json")).code == 0
    assert [record["id"] for record in kept(cli)] == ["pahcom.cmm", "ce-1", "ce-3"]
    cli("remove", "ce-3", "--yes")
    assert cli("import", str(folder / "all" / "ce.csv")).code == 0
    assert [record["id"] for record in kept(cli)] == ["pahcom.cmm", "ce-1", "ce-4"]


def test_a_table_that_was_edited_in_a_spreadsheet_is_read(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    text = 'id;records;what;amount;paid\nexpense-4;pahcom.cmm;exam;"$1,385.00";3/2/2026\n'
    assert cli("import", table(folder, text, "x.csv")).code == 0
    only = kept(cli)[1]
    assert (only["id"], only["amount"], only["paid"]) == ("expense-4", 1385, "2026-03-02")


def test_all_problems_of_exported_tables_are_told_with_their_rows(cli: Cli, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    text = "id,title,provider,date,hours,minutes\nce-1,A,B,2026-02-30,x,\n"
    text += "ce-2,,B,2026-03-02,,80m\nce-3,A,B,2026-12-24,1,\n"
    ended = cli("import", table(folder, text, "ce.csv"))
    assert ended.code == 1
    for said in (
        "ce.csv:2: `date`: `2026-02-30` is not a day of the calendar", "ce.csv:2: `hours` of ce-1 must be a number",
        "ce.csv:3: ce-2 has no `title`", "ce.csv:3: `minutes` of ce-2 must be a whole number",
        "ce.csv:4: `date` of ce-3",
    ):  # fmt: skip
        assert said in ended.err
    assert path.read_bytes() == before


def test_one_table_names_only_what_is_on_record(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    expense = table(folder, "id,records,what,amount\nexpense-1,ce-9,fee,1\n", "expense.csv")
    ended = cli("import", expense, "--json")
    assert (ended.code, ended.json["errors"][0]["code"]) == (1, "not-found")
    assert ended.json["errors"][0]["message"] == "expense-1 names ce-9, which is not on record"
    payment = "id,claim,date,amount\npayment-1,claim-9,2026-03-02,1\n"
    assert "payment-1 names claim-9" in cli("import", table(folder, payment, "payment.csv")).err


def test_what_nobody_knows_is_left_out_and_named(cli: Cli, write: Write, folder: Path) -> None:
    write(WHOLE.replace('domains = ["Finance"]', '"my; own" = { a = "-x" }'))
    cli("export", "data", "-o", f"{folder / 'all'}/")
    cli("export", "data", "-o", str(folder / "all.json"))
    write("")
    for name in ("all", "all.json"):
        assert "Left out, because nothing is known of it: my; own" in cli("import", str(folder / name), "--dry-run").out


def test_a_folder_that_holds_something_else_is_refused(cli: Cli, write: Write, folder: Path) -> None:
    write(HOLDER)
    (folder / "empty").mkdir()
    assert "holds no table that" in cli("import", str(folder / "empty")).err
    (folder / "ce.csv").write_text("Title,Hours\nA,1\n", encoding="utf-8")
    assert "hint: import it by itself: `cmmctl import" in cli("import", str(folder)).err
    (folder / "empty" / "ce.csv").write_text("id,title\n", encoding="utf-8")
    assert "nothing new to record" in cli("import", str(folder / "empty")).out


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (
            {"kind": "ce", "id": "ce-1", "title": "A", "provider": "B", "date": "2026-02-30", "hours": 1},
            "must be a date",
        ),
        (
            {"kind": "ce", "id": "ce-1", "title": "A", "provider": "B", "date": "2026-03-02", "hours": float("nan")},
            "number",
        ),
        ({"kind": "claim", "id": "claim-1", "entries": [["x"]], "filed": "2026-03-02"}, "entries"),
        ({"kind": ["ce"], "id": "ce-1"}, "is no kind of record"),
    ],
)
def test_json_that_somebody_changed_is_refused_in_words(
    cli: Cli, write: Write, folder: Path, item: dict[str, object], said: str
) -> None:
    write(HOLDER)
    ended = cli("import", table(folder, json.dumps({"data": {"records": [item]}}), "x.json"))
    assert (ended.code, said in ended.err) == (1, True), ended.err


@pytest.mark.parametrize("name", ["x-1", "ce-x", "ce-01", "course-7"])
def test_an_id_that_is_none_of_its_kind_is_given_anew(cli: Cli, write: Write, folder: Path, name: str) -> None:
    write(HOLDER)
    item = {"kind": "ce", "id": name, "title": "A", "provider": "B", "date": "2026-03-02", "hours": 1}
    assert cli("import", table(folder, json.dumps({"data": {"records": [item]}}), "x.json")).code == 0
    assert kept(cli)[1]["id"] == "ce-1"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("id,title\nce-1,x\n", "ce"), ("id,x\npahcom.cmm,\n", "credential"), ("id,name\nprofile,x\n", "profile"),
        ("id,title\n", None), ("title,id\nx,ce-1\n", None), ("id,title\nce-1,x\njob-1,y\n", None),
        ("id,title\n17,x\n", None), ("id,title\nce-x,x\n", None), ("id,title\n-1,x\n", None),
    ],
)  # fmt: skip
def test_a_table_of_ours_is_known_by_its_ids(text: str, kind: str | None) -> None:
    assert kind_of_sheet(sheet_of(text)) == kind


@pytest.mark.parametrize(
    ("cell", "items"),
    [
        ("a", ["a"]), ("a, b", ["a", "b"]), ("a, b;", ["a, b"]), ("a;b|c", ["a", "b", "c"]),
        ('"a; b"; c', ["a; b", "c"]),
        ('12" ruler; x', ['12" ruler', "x"]), ('"a" b; c', ['"a" b', "c"]), ('"open; c', ['"open', "c"]), (";;", []),
    ],
)  # fmt: skip
def test_a_cell_is_taken_apart(cell: str, items: list[str]) -> None:
    assert items_of(cell) == items


def test_what_is_no_escape_stays() -> None:
    for text in (r"C:\docs", r"\ud800", r"\Uffffffff", "\\"):
        assert unescaped(text) == text


words = st.one_of(
    st.text(min_size=1, max_size=12),
    st.text(st.sampled_from(";|\"',=+-@\\ntrxu01 \n\t\r\x1b\ufeff"), min_size=1, max_size=12),
).filter(lambda text: bool(text.strip()))
lists = st.lists(words, min_size=1, max_size=4)
days = st.dates(dt.date(2000, 1, 1), TODAY)
stated = st.one_of(days, st.dates(dt.date(2000, 1, 1), dt.date(2025, 1, 1)).map(lambda day: day.isoformat()[:7]))
figures = st.decimals(Decimal("0.0001"), Decimal(99), places=4)
money = st.decimals(Decimal(0), Decimal(9999), places=2)
ces = st.fixed_dictionaries(
    {"title": words, "provider": words, "date": days, "hours": figures},
    optional={"domains": lists, "tags": lists, "note": words, "credentials": st.just(["pahcom.cmm"]), "logged": days},
)
jobs = st.fixed_dictionaries(
    {"start": stated}, optional={"title": words, "manages": st.booleans(), "staff": st.just(0)}
)
expenses = st.fixed_dictionaries({"records": st.just(["ce-1", "ce-2"]), "what": st.just("fee"), "amount": money})
claims = st.fixed_dictionaries({"entries": st.just(["ce-1"]), "filed": days}, optional={"asked": money, "note": words})
payments = st.fixed_dictionaries({"claim": st.just("claim-1"), "date": days, "amount": money})
portfolios = st.fixed_dictionaries(
    {
        "credential": st.just([{"earned": dt.date(2023, 4, 23)}]), "ce": st.lists(ces, min_size=1, max_size=4),
        "job": st.lists(jobs, max_size=2), "expense": st.lists(expenses, max_size=1),
        "claim": st.lists(claims, max_size=1),
        "payment": st.lists(payments, max_size=1),
    }
)  # fmt: skip


def facts(made: Portfolio) -> dict[str, dict[str, object]]:
    return {fact.id: {**made.tables[fact.id], "kind": fact.kind} for fact in made if fact.kind != "profile"}


@given(portfolios)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
def test_any_facts_come_back_the_same_from_tables_and_from_json(given_: dict[str, list[dict[str, object]]]) -> None:
    made = portfolio(given_)
    back = []
    for kind, rows in sheets(made).items():
        read = sheet_of(text_of(sheet(rows).encode("utf-8-sig")))
        assert kind_of_sheet(read) == kind
        back += list(of_sheet(kind, read, f"{kind}.csv", TODAY))
    text = json_text({"data": all_records(made)})
    for items in (back, of_json(text, "all.json")):
        assert not any(isinstance(item, Problem) for item in items)
        plan = planned_back(items, Portfolio(), (), TODAY, whole=True)
        assert {str(record["id"]): {**record, "kind": kind} for kind, record in plan.records} == facts(made)
        assert planned_back(items, made, list(made.tables), TODAY, whole=False).records == ()


def exported_json(folder: Path, *records: dict[str, object]) -> str:
    return table(folder, json.dumps({"data": {"records": records}}), "i.json")


def test_another_profile_is_named_and_left_out(cli: Cli, write: Write, folder: Path) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    other = exported_json(folder, {"kind": "profile", "id": "profile", "name": "Somebody Else", "title": "Manager"})
    told = " ".join(cli("import", other, "--yes").out.split())
    assert "The profile there says otherwise: `name`, `title`. Yours stays as it is" in told
    assert path.read_bytes() == before
    own = cli("show", "profile", "--json").data
    assert "says otherwise" not in cli("import", exported_json(folder, own)).out


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (
            {"kind": "credential", "id": "x y/..", "earned": "2024-02-29", "required": 24, "cycle_months": 24},
            "i.json: ",
        ),
        (
            {"kind": "ce", "id": "ce-5", "title": "a\ud800b", "provider": "P", "date": "2026-01-02", "hours": 1},
            "this is",
        ),
    ],
)
def test_a_dry_run_refuses_what_cannot_be_written(
    cli: Cli, write: Write, folder: Path, record: dict[str, object], said: str
) -> None:
    path = write(HOLDER)
    before = path.read_bytes()
    file = exported_json(folder, record)
    for words in (("--dry-run",), ("--yes",), ("--dry-run", "--json")):
        ended = cli("import", file, *words)
        assert ended.code == 1
        assert "--json" in words or ended.err.startswith(f"error: {said}")
    assert path.read_bytes() == before
