"""`add-claim` and `add-payment`: what may be claimed, once, and for how much."""

import pytest

from cmmctl.writing import update
from conftest import TODAY, Cli, Write

CE = """
    [[ce]]
    id = "ce-1"
    title = "Annual Conference"
    provider = "Sample Association"
    date = 2026-03-12
    hours = 12

    [[ce]]
    id = "ce-2"
    title = "Spring Meeting"
    provider = "Sample Association"
    date = 2027-04-12
    status = "planned"
    hours = 6

    [[ce]]
    id = "ce-3"
    title = "Paid by the clinic"
    provider = "Sample Association"
    date = 2026-04-12
    hours = 6

    [[expense]]
    id = "expense-1"
    records = ["ce-1"]
    what = "fee"
    amount = 349.00
    paid = 2026-01-20

    [[expense]]
    id = "expense-2"
    records = ["ce-1"]
    what = "materials"
    amount = 20.50
    paid = 2026-03-12

    [[expense]]
    id = "expense-3"
    records = ["ce-2"]
    what = "fee"
    amount = 199.00

    [[expense]]
    id = "expense-4"
    records = ["ce-3"]
    what = "fee"
    amount = 250.00
    paid = 2026-04-01
    paid_by = "employer"
"""


def test_without_an_amount_a_claim_asks_for_everything_paid_by_then_and_keeps_it(cli: Cli, write: Write) -> None:
    path = write(CE)
    outcome = cli("add-claim", "ce-1", "--filed", "2026-04-01", "--json")
    assert outcome.data["record"] == {
        "kind": "claim", "id": "claim-1", "entries": ["ce-1"], "filed": "2026-04-01", "asked": 369.5,
    }  # fmt: skip
    assert "asked = 369.50" in path.read_text()
    cli("add-expense", "ce-1", "--what", "meals", "--amount", "30", "--paid", "2026-03-11")
    assert cli("costs", "--json").data["items"][0]["asked"] == 369.5


def test_what_was_paid_after_the_day_of_filing_is_not_asked(cli: Cli, write: Write) -> None:
    write(CE)
    assert cli("add-claim", "ce-1", "--filed", "2026-02-01", "--json").data["record"]["asked"] == 349


def test_an_amount_that_is_given_is_kept(cli: Cli, write: Write) -> None:
    write(CE)
    assert cli("add-claim", "ce-1", "--filed", "2026-04-01", "--asked", "300", "--json").data["record"]["asked"] == 300


def test_a_request_asks_for_estimates_and_writes_no_amount(cli: Cli, write: Write) -> None:
    write(CE)
    outcome = cli("add-claim", "ce-2", "--requested", "2026-11-20", "--json")
    assert (outcome.code, "asked" in outcome.data["record"]) == (0, False)
    assert cli("costs", "--json").data["items"][-1]["state"] == "requested"


def test_from_the_request_to_the_money(cli: Cli, write: Write) -> None:
    """The way a claim goes: asked before, approved, filed, paid in two parts."""
    write(CE)

    def state() -> tuple[str, float]:
        item = cli("costs", "--json").data["items"][0]
        return item["state"], item["outstanding"]

    assert state() == ("unclaimed", 369.5)
    assert cli("add-claim", "ce-1", "--requested", "2025-12-14").code == 0
    assert state() == ("requested", 369.5)
    assert cli("edit", "claim-1", "request_approved=2026-01-04", "request_amount=369.50").code == 0
    assert state() == ("approved-in-advance", 369.5)
    assert cli("edit", "claim-1", "filed=2026-04-01", "asked=369.50").code == 0
    assert state() == ("filed", 369.5)
    assert cli("edit", "claim-1", "approved=2026-04-10").code == 0
    assert state() == ("approved", 369.5)
    assert cli("add-payment", "claim-1", "--date", "2026-05-01", "--amount", "169.49").code == 0
    assert state() == ("part-reimbursed", 200.01)
    assert cli("add-payment", "claim-1", "--date", "2026-06-01", "--amount", "200.01").code == 0
    assert state() == ("reimbursed", 0)


@pytest.mark.parametrize(
    ("before", "arguments", "code", "message", "hint"),
    [
        ((), ("ce-1",), 2, "needs `--requested` or `--filed`", "cmmctl add-claim ce-1 --filed today"),
        ((), ("ce-2", "--filed", "today"), 1, "ce-2 has not taken place yet", "--request"),
        ((), ("ce-3", "--filed", "today"), 1, "nothing that you paid by 2026-11-23 is on record", "cmmctl costs"),
        ((), ("ce-3", "--requested", "today"), 1, "nothing that you paid is on record for ce-3", "cmmctl costs"),
        ((), ("ce-99", "--filed", "today"), 1, "ce-99", None),
        (
            ("ce-1", "--filed", "2026-04-01"), ("ce-1", "--filed", "today"), 1, "ce-1 is already in claim-1",
            "cmmctl edit claim-1 denied=today",
        ),
        (
            ("ce-1", "--filed", "2026-04-01"), ("expense-1", "--filed", "today"), 1, "ce-1 is already in claim-1",
            "denied=today",
        ),
        (
            ("ce-1", "--requested", "2026-01-01"), ("expense-2", "--filed", "2026-04-01"), 1,
            "ce-1 is already in claim-1",
            "cmmctl edit claim-1 filed=2026-04-01 asked=369.50",
        ),
        (
            ("ce-1", "--requested", "2026-01-01"), ("ce-1", "--requested", "today"), 1, "ce-1 is already in claim-1",
            "denied=today",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_claimed(
    cli: Cli, write: Write, before: tuple[str, ...], arguments: tuple[str, ...], code: int, message: str,
    hint: str | None,
) -> None:  # fmt: skip
    path = write(CE)
    if before:
        assert cli("add-claim", *before).code == 0
    untouched = path.read_bytes()
    outcome = cli("add-claim", *arguments)
    assert (outcome.code, message in outcome.err, (hint or "") in outcome.err) == (code, True, True), outcome.err
    assert path.read_bytes() == untouched


def test_claiming_twice_is_refused_with_the_code_of_what_exists(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    assert cli("add-claim", "ce-1", "--filed", "today", "--json").json["errors"][0]["code"] == "exists"


def test_all_that_cannot_be_claimed_is_said_at_once(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    outcome = cli("add-claim", "ce-1", "ce-2", "--filed", "today")
    assert "ce-1 is already in claim-1" in outcome.err
    assert "ce-2 has not taken place yet" in outcome.err


def test_what_was_denied_can_be_claimed_again(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    cli("edit", "claim-1", "denied=2026-04-20")
    assert cli("add-claim", "ce-1", "--filed", "2026-05-01").code == 0
    item = cli("costs", "--json").data["items"][0]
    assert (item["claim"], item["state"]) == ("claim-2", "filed")


@pytest.mark.parametrize(
    ("words", "edit", "message"),
    [
        (("ce-2", "--requested", "today"), "filed=today", "ce-2 has not taken place yet, so it cannot be claimed"),
        (("ce-2", "--requested", "today"), "entries=ce-3", "nothing that you paid is on record for ce-3"),
        (("ce-2", "--requested", "today"), "entries+=ce-1", "ce-1 is already in claim-1"),
        (("ce-2", "--requested", "today"), "filed=today entries+=ce-1", "ce-2 has not taken place yet"),
    ],
)
def test_a_claim_that_is_edited_is_checked_as_a_new_one(
    cli: Cli, write: Write, words: tuple[str, ...], edit: str, message: str
) -> None:
    path = write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    cli("add-claim", *words)
    before = path.read_bytes()
    outcome = cli("edit", "claim-2", *edit.split())
    assert (outcome.code, message in outcome.err) == (1, True), outcome.err
    assert path.read_bytes() == before


def test_a_claim_that_was_denied_and_claimed_again_stays_denied(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    assert cli("edit", "claim-1", "filed=2026-04-02").code == 0
    assert cli("edit", "claim-1", "denied=2026-04-20").code == 0
    cli("add-claim", "ce-1", "--filed", "2026-05-01")
    assert "ce-1 is already in claim-2" in cli("edit", "claim-1", "--unset", "denied").err
    assert cli("edit", "claim-1", "filed=2026-04-03", "note=x").code == 0


@pytest.mark.parametrize(
    ("words", "meanwhile", "message"),
    [
        ("add-claim|ce-1|--filed|today", "add-claim|ce-1|--filed|2026-04-01", "ce-1 is already in claim-1"),
        ("edit|claim-9|entries+=ce-1", "add-claim|ce-1|--filed|2026-04-01", "ce-1 is already in claim-10"),
        ("done|ce-4", "done|ce-4", "ce-4 was changed meanwhile by another command"),
    ],
)
def test_what_another_command_did_at_the_same_moment_is_seen(
    cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch, words: str, meanwhile: str, message: str
) -> None:
    planned = CE.partition("[[expense]]")[0].replace("ce-2", "ce-4").split("[[ce]]")[2].replace("2027", "2026")
    own = '\n[[expense]]\nid = "expense-9"\nrecords = ["ce-4"]\nwhat = "fee"\namount = 5\n'
    claim = '\n[[claim]]\nid = "claim-9"\nentries = ["ce-4"]\nrequested = 2026-03-01\n'
    path = write(CE + "\n    [[ce]]" + planned + own + (claim if "claim-9" in words else ""))

    def late(*arguments: object, **options: object) -> object:
        monkeypatch.undo()
        monkeypatch.setenv("CMMCTL_FILE", str(path))
        monkeypatch.setenv("CMMCTL_TODAY", TODAY)
        assert cli(*meanwhile.split("|")).code == 0
        return update(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("cmmctl.commands.changes.update", late)
    told = cli(*words.split("|"), "--json")
    assert (told.code, told.json["errors"][0]["message"]) == (1, message)


def test_two_payments_at_the_same_moment_are_two(cli: Cli, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    words = ("add-payment", "claim-1", "--date", "today", "--amount")

    def late(*arguments: object, **options: object) -> object:
        monkeypatch.undo()
        monkeypatch.setenv("CMMCTL_FILE", str(path))
        monkeypatch.setenv("CMMCTL_TODAY", TODAY)
        assert cli(*words, "10").code == 0
        return update(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("cmmctl.commands.changes.update", late)
    assert cli(*words, "9", "--json").data["id"] == "payment-2"


CAME_BACK = "came back for claim-1, more than the $369.50 that was asked for or approved"


@pytest.mark.parametrize(
    ("amounts", "message", "hint"),
    [
        (("369.50",), "", ""),
        (("100", "269.50"), "", ""),
        (
            ("3695",), f"with payment-1, $3,695.00 {CAME_BACK}",
            "if the decimal point slipped: `cmmctl edit payment-1 amount=369.50`",
        ),
        (
            ("300", "6950"), f"with payment-2, $7,250.00 {CAME_BACK}",
            "if the decimal point slipped: `cmmctl edit payment-2 amount=69.50`",
        ),
        (
            ("369.50", "369.5"), f"with payment-2, $739.00 {CAME_BACK}",
            "if it was entered twice: `cmmctl remove payment-2`",
        ),
    ],
)  # fmt: skip
def test_more_than_was_asked_is_a_likely_slip(
    cli: Cli, write: Write, amounts: tuple[str, ...], message: str, hint: str
) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    for number, amount in enumerate(amounts):
        ended = cli("add-payment", "claim-1", "--date", f"2026-05-0{number + 1}", "--amount", amount)
        assert ended.code == 0
    assert ended.err == (f"warning: {message}\nhint: {hint}\n" if message else "")
    assert [(one["message"], one["hint"]) for one in cli("check", "--json").data if "came back" in one["message"]] == (
        [(message, hint)] if message else []
    )
    if message:
        mend = hint.partition("`cmmctl ")[2].strip("`").split()
        assert cli(*mend, *(["--yes"] if mend[0] == "remove" else [])).err == ""
        assert "came back" not in cli("check").out


def test_only_what_a_change_touched_is_warned_of(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-1", "--filed", "2026-04-01")
    cli("add-payment", "claim-1", "--date", "2026-05-01", "--amount", "3695")
    assert cli("edit", "ce-3", "note=Seen").err == ""
    assert "that was asked for" in cli("edit", "payment-1", "date=2026-05-02").err
    assert cli("edit", "claim-1", "approved=2026-04-20", "approved_amount=3695").err == ""


def test_without_an_amount_what_was_requested_or_is_covered_is_the_measure(cli: Cli, write: Write) -> None:
    write(CE)
    cli("add-claim", "ce-2", "--requested", "2026-11-20")
    said = cli("add-payment", "claim-1", "--date", "2026-11-22", "--amount", "1990").err
    assert "more than the $199.00 that was asked for or approved" in said
    assert cli("edit", "claim-1", "request_approved=2026-11-21", "request_amount=1990").err == ""


def test_money_for_something_that_is_no_claim_is_held_against_none(cli: Cli, write: Write) -> None:
    write(
        f'{CE}\n    [[payment]]\n    id = "payment-1"\n    claim = "ce-1"\n    date = 2026-05-01\n    amount = 20.00\n'
    )
    assert "came back" not in cli("check").out
