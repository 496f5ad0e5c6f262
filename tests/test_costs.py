"""`costs`: every figure computed from facts, exact to the cent. Expected figures are worked out by hand."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.costs import allotted
from conftest import Cli, Write

CONFERENCE = """
    [[ce]]
    id = "ce-1"
    title = "Annual Conference"
    provider = "Sample Association"
    date = 2026-03-12
    hours = 12

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 349.00
    paid = 2026-01-20

    [[expense]]
    id = "expense-2"
    records = ["ce-1"]
    what = "lodging"
    amount = 378.00
    paid = 2026-03-12
    paid_by = "employer"
"""
COURSE = """
    [[course]]
    id = "course-1"
    title = "Healthcare Finance"
    institution = "State College"
    credits = 3
    subject = "business"
    completed = 2026-05-04

    [[expense]]
    id = "expense-3"
    records = ["course-1"]
    what = "tuition"
    amount = 1200.00
    paid = 2026-01-05
"""


def claim(entries: str = '"ce-1"', number: str = "1", **keys: str) -> str:
    written = "\n".join(f"    {key} = {value}" for key, value in keys.items())
    return f'\n    [[claim]]\n    id = "claim-{number}"\n    entries = [{entries}]\n{written}\n'


def payment(amount: str, number: int = 1, day: str = "2026-10-01", of: int = 1) -> str:
    return (
        f'\n    [[payment]]\n    id = "payment-{number}"\n    claim = "claim-{of}"\n'
        f"    date = {day}\n    amount = {amount}\n"
    )


def items(cli: Cli, *arguments: str) -> dict[str, Any]:
    return {item["id"]: item for item in cli("costs", "--json", *arguments).data["items"]}


def test_an_item_is_said_in_the_words_of_the_contract(cli: Cli, write: Write) -> None:
    write(CONFERENCE + claim(filed="2026-04-01", asked="349.00", approved="2026-04-10") + payment("100.00"))
    assert items(cli)["ce-1"] == {
        "id": "ce-1", "date": "2026-03-12", "title": "Annual Conference", "planned": False, "total": 727,
        "by_self": 349, "by_employer": 378, "claim": "claim-1", "state": "part-reimbursed", "asked": 349,
        "reimbursed": 100, "outstanding": 249, "paid": "2026-01-20", "expenses": ["expense-1", "expense-2"],
    }  # fmt: skip


FILED = {"filed": "2026-04-01"}
APPROVED = {**FILED, "approved": "2026-04-10"}
REQUESTED = {"requested": "2025-12-14"}


@pytest.mark.parametrize(
    ("keys", "paid", "state", "asked", "reimbursed", "outstanding"),
    [
        (None, (), "unclaimed", None, 0, 349),
        ({}, (), "unclaimed", None, 0, 349),  # a claim without a day has not been made
        (REQUESTED, (), "requested", None, 0, 349),
        ({**REQUESTED, "request_approved": "2026-01-04"}, (), "approved-in-advance", None, 0, 349),
        (
            {**REQUESTED, "request_approved": "2026-01-04", "request_amount": "300"},
            (),
            "approved-in-advance",
            None,
            0,
            300,
        ),
        (FILED, (), "filed", 349, 0, 349),
        ({**FILED, "asked": "340.50"}, (), "filed", 340.5, 0, 340.5),
        (APPROVED, (), "approved", 349, 0, 349),
        ({**APPROVED, "approved_amount": "300"}, (), "approved", 349, 0, 300),
        (APPROVED, ("348.99",), "part-reimbursed", 349, 348.99, 0.01),
        (APPROVED, ("200.00", "149.00"), "reimbursed", 349, 349, 0),
        ({**APPROVED, "approved_amount": "300"}, ("300",), "reimbursed", 349, 300, 0),
        (APPROVED, ("360.00",), "reimbursed", 349, 360, 0),
        ({**FILED, "denied": "2026-04-20"}, (), "denied", 349, 0, 0),
        ({**FILED, "denied": "2026-04-20"}, ("50.00",), "reimbursed", 349, 50, 0),  # money came all the same
        ({**REQUESTED, "denied": "2026-01-04"}, (), "denied", None, 0, 0),
    ],
)
def test_states(
    cli: Cli, write: Write, keys: dict[str, str] | None, paid: tuple[str, ...], state: str, asked: float | None,
    reimbursed: float, outstanding: float,
) -> None:  # fmt: skip
    made = "" if keys is None else claim(**keys)
    write(CONFERENCE + made + "".join(payment(amount, number) for number, amount in enumerate(paid, 1)))
    item = items(cli)["ce-1"]
    said = (item["state"], item.get("asked"), item["reimbursed"], item["outstanding"])
    assert said == (state, asked, reimbursed, outstanding)


def test_a_payment_fills_the_items_of_a_claim_in_the_order_of_its_entries(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE + claim('"course-1", "ce-1"', filed="2026-05-14") + payment("1250.00"))
    found = items(cli)
    assert {name: (i["state"], i["reimbursed"], i["outstanding"]) for name, i in found.items()} == {
        "course-1": ("reimbursed", 1200, 0),
        "ce-1": ("part-reimbursed", 50, 299),
    }


def test_an_amount_below_what_was_paid_is_asked_in_order_too_and_said(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE + claim('"ce-1", "course-1"', filed="2026-05-14", asked="1500.00"))
    answer = cli("costs", "--json").json
    assert {i["id"]: (i["asked"], i["outstanding"]) for i in answer["data"]["items"]} == {
        "ce-1": (349, 349),
        "course-1": (1151, 1151),
    }
    assert "course-1: claim-1 asked for $1,151.00 of $1,200.00 paid" in [note["text"] for note in answer["notes"]]


def test_approved_in_part_and_paid_in_full_is_settled_for_every_item(cli: Cli, write: Write) -> None:
    keys = {"filed": "2026-05-14", "approved": "2026-05-20", "approved_amount": "300"}
    write(CONFERENCE + COURSE + claim('"ce-1", "course-1"', **keys) + payment("300"))
    found = items(cli)
    assert [(i["state"], i["reimbursed"], i["outstanding"]) for i in found.values()] == [
        ("reimbursed", 300, 0),
        ("reimbursed", 0, 0),
    ]


def test_an_expense_of_two_records_counts_once_under_the_first(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE.replace('["course-1"]', '["course-1", "ce-1"]'))
    answer = cli("costs", "--json").data
    assert {i["id"]: i["total"] for i in answer["items"]} == {"ce-1": 727, "course-1": 1200}
    assert answer["totals"]["total"] == 1927


def test_a_claim_that_names_the_second_record_covers_the_expense(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE.replace('["course-1"]', '["course-1", "ce-1"]') + claim(filed="2026-05-14"))
    assert {name: i["state"] for name, i in items(cli).items()} == {"ce-1": "filed", "course-1": "filed"}


def test_a_claim_may_name_an_expense_and_leave_the_rest_unclaimed(cli: Cli, write: Write) -> None:
    more = '\n[[expense]]\nid = "expense-4"\nrecords = ["ce-1"]\nwhat = "meals"\namount = 51.25\npaid = 2026-03-11\n'
    write(CONFERENCE + more.replace("\n", "\n    ") + claim('"expense-1"', filed="2026-04-01") + payment("349"))
    item = items(cli)["ce-1"]
    assert (item["state"], item["reimbursed"], item["outstanding"]) == ("unclaimed", 349, 51.25)


def test_what_was_paid_after_a_claim_was_filed_is_not_in_it(cli: Cli, write: Write) -> None:
    more = '\n[[expense]]\nid = "expense-4"\nrecords = ["ce-1"]\nwhat = "exam"\namount = 75\npaid = 2026-06-01\n'
    write(CONFERENCE + more.replace("\n", "\n    ") + claim(**FILED) + payment("349"))
    item = items(cli)["ce-1"]
    assert (item["state"], item["asked"], item["outstanding"]) == ("unclaimed", 349, 75)


def test_an_estimate_is_shown_and_in_no_total(cli: Cli, write: Write) -> None:
    planned = CONFERENCE.replace("hours = 12", 'hours = 12\n    status = "planned"').replace("2026-03-12", "2027-03-12")
    planned = planned.replace("paid = 2026-01-20\n", "").replace("paid = 2027-03-12\n", "")
    write(planned)
    answer = cli("costs", "--json").data
    item = answer["items"][0]
    assert (item["planned"], item["total"], item["estimated"], item["outstanding"]) == (True, 0, 727, 0)
    assert item["state"] == "unclaimed"
    assert (answer["totals"]["total"], answer["totals"]["by_year"]) == (0, {})
    assert "$727.00 estimated" in cli("costs").out.replace("\n", " ")


def test_a_planned_item_that_was_paid_for_counts(cli: Cli, write: Write) -> None:
    write(CONFERENCE.replace("hours = 12", 'hours = 12\n    status = "planned"').replace("2026-03-12", "2027-03-12", 1))
    assert items(cli)["ce-1"]["total"] == 727


@pytest.mark.parametrize(
    ("day", "state", "total", "reimbursed"),
    [
        ("2026-01-19", None, None, None),
        ("2026-01-20", "requested", 349, 0),
        ("2026-02-01", "approved-in-advance", 349, 0),
        ("2026-03-31", "approved-in-advance", 727, 0),
        ("2026-04-01", "filed", 727, 0),
        ("2026-04-10", "approved", 727, 0),
        ("2026-10-01", "part-reimbursed", 727, 100),
    ],
)
def test_facts_of_a_later_day_are_not_there_yet(
    cli: Cli, write: Write, day: str, state: str | None, total: float | None, reimbursed: float | None
) -> None:
    keys = {
        **REQUESTED,
        "request_approved": "2026-02-01",
        "filed": "2026-04-01",
        "asked": "349",
        "approved": "2026-04-10",
    }
    write(CONFERENCE + claim(**keys) + payment("100.00"))
    item = items(cli, "--as-of", day).get("ce-1", {})
    assert (item.get("state"), item.get("total"), item.get("reimbursed")) == (state, total, reimbursed)


def test_an_expense_without_a_day_is_there_from_the_day_of_its_record(cli: Cli, write: Write) -> None:
    write(CONFERENCE.replace("paid = 2026-01-20\n", ""))
    assert "ce-1" not in items(cli, "--as-of", "2026-03-11")
    assert items(cli, "--as-of", "2026-03-12")["ce-1"]["by_self"] == 349
    answer = cli("costs", "--json").json
    assert answer["data"]["totals"]["by_year"]["unknown"]["by_self"] == 349
    assert "paid-unknown" in {note["code"] for note in answer["notes"]}


def test_what_was_denied_can_be_claimed_again(cli: Cli, write: Write) -> None:
    first = claim(filed="2026-04-01", denied="2026-04-20")
    write(CONFERENCE + first + claim(number="2", filed="2026-05-01", asked="300"))
    assert (items(cli)["ce-1"]["claim"], items(cli)["ce-1"]["asked"]) == ("claim-2", 300)
    assert items(cli, "--as-of", "2026-04-25")["ce-1"]["state"] == "denied"


def test_of_two_claims_for_one_expense_the_first_decides(cli: Cli, write: Write) -> None:
    write(CONFERENCE + claim(**FILED) + claim(number="2", filed="2026-05-01", asked="1"))
    item = items(cli)["ce-1"]
    assert (item["claim"], item["asked"]) == ("claim-1", 349)


def test_a_claim_for_nothing_on_record_changes_no_figure(cli: Cli, write: Write) -> None:
    write(CONFERENCE + claim('"ce-9"', filed="2026-04-01") + payment("10"))
    assert items(cli)["ce-1"]["state"] == "unclaimed"


def test_what_the_employer_paid_is_shown_and_not_outstanding(cli: Cli, write: Write) -> None:
    write(CONFERENCE.replace("amount = 349.00\n", 'amount = 349.00\n    paid_by = "employer"\n'))
    item = items(cli)["ce-1"]
    assert (item["state"], item["by_employer"], item["outstanding"]) == ("employer-paid", 727, 0)
    assert item["paid"] == "2026-01-20"


def test_totals_by_year_keep_travel_apart_and_stand_beside_the_figure(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE.replace("paid = 2026-01-05", "paid = 2025-12-30"))
    answer = cli("costs", "--json").json
    totals = answer["data"]["totals"]
    y25, y26 = totals["by_year"]["2025"], totals["by_year"]["2026"]
    assert (y25["total"], y25["education"], y25["travel_lodging_meals"]) == (1200, 1200, 0)
    assert (y26["total"], y26["education"], y26["travel_lodging_meals"]) == (727, 349, 378)
    assert "section_127" not in y25
    assert y26["section_127"]["amount"] == 5250
    assert y26["section_127"]["source"].startswith("https://irs.gov/")
    assert y26["section_127"]["checked"] == "2026-11-23"
    assert totals["by_state"] == {
        "unclaimed": {
            "items": 2,
            "total": 1927,
            "by_self": 1549,
            "by_employer": 378,
            "reimbursed": 0,
            "outstanding": 1549,
        }
    }
    notes = {note["text"] for note in answer["notes"] if note["code"] == "section-127"}
    assert any(text.startswith("paid in 2025: $1,200.00; section 127 figure: indexed, see IRS") for text in notes)
    assert any(text.startswith("paid in 2026: $349.00, and $378.00 travel, lodging and meals") for text in notes)


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        ("2026-03-21", {"employer-deadline"}),  # the 60th day
        ("2026-03-22", {"employer-deadline", "paid-60-days"}),
        ("2027-01-01", {"employer-deadline", "paid-60-days", "earlier-year"}),
    ],
)
def test_notes_on_time_are_given_until_a_claim_is_filed(cli: Cli, write: Write, day: str, codes: set[str]) -> None:
    profile = '[profile]\n    name = "Office Manager"\n    claim_days = 90\n'
    write(f"    {profile}{CONFERENCE}")
    found = {note["code"] for note in cli("costs", "--json", "--as-of", day).json["notes"]} - {"section-127"}
    assert found == codes
    write(f"    {profile}{CONFERENCE}" + claim(filed="2026-03-20"))
    found = {note["code"] for note in cli("costs", "--json", "--as-of", day).json["notes"]} - {"section-127"}
    assert found == set()


def test_the_employers_deadline_counts_from_the_day_paid(cli: Cli, write: Write) -> None:
    write(f'    [profile]\n    name = "Office Manager"\n    claim_days = 30\n{CONFERENCE}')
    said = {
        day: cli("costs", "--json", "--as-of", day).json["notes"][0]["text"] for day in ("2026-02-19", "2026-02-20")
    }
    assert said["2026-02-19"] == "ce-1: the employer wants a claim within 30 days, by Feb 19 2026"
    assert said["2026-02-20"] == "ce-1: the employer wants a claim within 30 days, passed on Feb 19 2026"


def test_only_one_year_and_only_what_is_unclaimed(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE.replace("paid = 2026-01-05", "paid = 2025-12-30") + claim(**FILED))
    assert list(items(cli, "--year", "2025")) == ["course-1"]
    assert list(cli("costs", "--year", "2025", "--json").data["totals"]["by_year"]) == ["2025"]
    assert list(items(cli, "--unclaimed")) == ["course-1"]
    assert items(cli, "--year", "2024") == {}


@pytest.mark.parametrize("year", ["26", "next", "1899", "2201", "٢٠٢٦"])
def test_a_year_that_is_none(cli: Cli, write: Write, year: str) -> None:
    write(CONFERENCE)
    outcome = cli("costs", "--year", year)
    assert outcome.code == 2
    assert "is not a year" in outcome.err


RECORDS = """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23

    [[renewal]]
    id = "renewal-1"
    credential = "pahcom.cmm"
    due = 2027-04-23
    filed = 2026-10-01

    [[membership]]
    id = "membership-1"
    body = "PAHCOM"
    start = 2026-02-01

    [[job]]
    id = "job-1"
    employer = "Sample Clinic"
    title = "Office Manager"
    start = "2024-02"

    [[degree]]
    id = "degree-1"
    institution = "State College"
    degree = "Associate of Science"
    completed = 2019

    [[training]]
    id = "training-1"
    title = "Front desk courtesy"
    date = 2026-09-15
""".replace("completed = 2019", 'completed = "2019"')


@pytest.mark.parametrize(
    ("record", "title", "date"),
    [
        ("pahcom.cmm", "CMM certification", "2025-04-23"),
        ("renewal-1", "CMM recertification", "2026-10-01"),
        ("membership-1", "PAHCOM membership", "2026-02-01"),
        ("job-1", "Office Manager, Sample Clinic", "2024-02"),
        ("degree-1", "Associate of Science", "2019"),
        ("training-1", "Front desk courtesy", "2026-09-15"),
        ("ce-77", "ce-77", None),
    ],
)
def test_everything_can_cost_something(cli: Cli, write: Write, record: str, title: str, date: str | None) -> None:
    expense = f'\n[[expense]]\nid = "expense-1"\nrecords = ["{record}"]\nwhat = "other"\namount = 10\n'
    write(RECORDS + expense.replace("\n", "\n    "))
    item = items(cli)[record]
    assert (item["title"], item.get("date"), item["total"]) == (title, date, 10)


def test_the_screen_says_what_it_cost_and_what_to_do(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    write(CONFERENCE + COURSE + claim(**FILED))
    said = " ".join(cli("costs").out.split())
    for words in (
        "Annual Conference", "claim handed in, claim-1: $349.00 to come", "not claimed: $1,200.00 to come",
        "307 days ago", "By year paid", "By state", "cmmctl export reimbursement",
    ):  # fmt: skip
        assert words in said, words


def test_the_screen_without_costs_says_how_to_record_one(cli: Cli, write: Write) -> None:
    write("")
    outcome = cli("costs")
    assert outcome.code == 0
    assert "cmmctl add-expense" in outcome.out


def test_days_are_said_as_people_say_them(cli: Cli, write: Write) -> None:
    write(CONFERENCE.replace("paid = 2026-01-20\n", "") + COURSE.replace("paid = 2026-01-05", "paid = 2026-11-23"))
    said = cli("costs").out
    assert "today" in said
    assert "no day" in said


def test_plain_has_one_row_for_every_item(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE)
    header, *rows = (line.split("\t") for line in cli("costs", "--plain").out.splitlines())
    assert [dict(zip(header, row, strict=True))["total"] for row in rows] == ["727", "1200"]


def test_json_is_exact_to_the_cent(cli: Cli, write: Write) -> None:
    cents = "".join(
        f'\n[[expense]]\nid = "expense-{n}"\nrecords = ["ce-1"]\nwhat = "meals"\namount = 0.10\npaid = 2026-03-11\n'
        for n in range(10, 13)
    )
    write(CONFERENCE + cents.replace("\n", "\n    "))
    text = cli("costs", "--json").out
    assert json.loads(text, parse_float=Decimal)["data"]["totals"]["by_self"] == Decimal("349.3")


MONEY = st.decimals(min_value=0, max_value=10_000, places=2)


@given(MONEY, st.lists(MONEY, min_size=1, max_size=6))
def test_shares_add_up_to_the_amount_and_each_is_filled_before_the_next(amount: Decimal, wanted: list[Decimal]) -> None:
    shares = list(allotted(amount, {str(n): want for n, want in enumerate(wanted)}).values())
    assert sum(shares) == amount
    for n, share in enumerate(shares[:-1]):
        assert share <= wanted[n]
        assert share == wanted[n] or not any(shares[n + 1 :])


def told(cli: Cli, *arguments: str) -> dict[str, tuple[str, str]]:
    found = cli("status", "--json", *arguments).data["attention"]
    return {a["code"]: (a["text"], a["command"]) for a in found if a["code"] in {"unclaimed", "unrequested"}}


def test_status_says_what_the_employer_was_not_asked_for(cli: Cli, write: Write) -> None:
    write(CONFERENCE + COURSE + claim('"course-1"', filed="2026-05-14"))
    assert told(cli) == {"unclaimed": ("$349.00 not yet claimed (ce-1)", "cmmctl export reimbursement")}
    assert "Employer $349.00 not yet claimed (ce-1)" in " ".join(cli("status").out.split())
    assert cli("status", "--check").code == cli("status", "--check", "--as-of", "2025-12-31").code


def test_status_says_only_the_part_that_is_in_no_claim(cli: Cli, write: Write) -> None:
    more = '\n[[expense]]\nid = "expense-4"\nrecords = ["ce-1"]\nwhat = "meals"\namount = 51.25\npaid = 2026-03-11\n'
    write(CONFERENCE + more.replace("\n", "\n    ") + claim('"expense-1"', filed="2026-04-01"))
    assert told(cli)["unclaimed"][0] == "$51.25 not yet claimed (ce-1)"


def test_status_says_what_could_be_approved_beforehand(cli: Cli, write: Write) -> None:
    planned = CONFERENCE.replace("hours = 12", 'hours = 12\n    status = "planned"').replace("2026-03-12", "2027-03-12")
    write(planned.replace("paid = 2026-01-20\n", ""))
    said = ("$349.00 estimated, approval not asked for (ce-1)", "cmmctl export reimbursement --request")
    assert told(cli) == {"unrequested": said}
    write(planned)  # paid for already, and still to take place
    assert told(cli) == {}


def test_status_names_two_items_and_counts_the_others(cli: Cli, write: Write) -> None:
    every = "".join(CONFERENCE.replace("ce-1", f"ce-{n}").replace('"expense-', f'"expense-{n}') for n in range(1, 5))
    write(every)
    assert told(cli)["unclaimed"][0] == "$1,396.00 not yet claimed (ce-1, ce-2 and 2 more)"


def test_the_next_step_is_the_document(cli: Cli, write: Write) -> None:
    write(
        """
        [[credential]]
        id = "pahcom.cmm"
        earned = 2026-10-01

        [[membership]]
        id = "membership-1"
        body = "PAHCOM"
        start = 2026-02-01
    """
        + CONFERENCE.replace("\n", "\n    ")
    )
    steps = [step["command"] for step in cli("status", "--json").data["next"]]
    assert "cmmctl export reimbursement" in steps
