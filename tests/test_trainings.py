"""Training given: last session by topic, what is due again, policy changes nobody was taught."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.model import Training
from cmmctl.trainings import trainings
from conftest import Cli, Golden, Write

LOG = """
    [[training]]
    id = "training-1"
    title = "Front desk courtesy"
    date = 2025-09-15
    topics = ["customer-service"]
    attendees = 9
    hours = 1
    every_months = 12

    [[training]]
    id = "training-2"
    title = "Privacy for all"
    date = 2026-01-31
    topics = ["privacy", "procedures"]
    attendees = 12
    hours = 1.5
    every_months = 13

    [[training]]
    id = "training-3"
    title = "No-show policy"
    date = 2026-10-01
    topics = ["policy-change"]
    policy = "No-show fee"
    effective = 2026-11-01

    [[training]]
    id = "training-4"
    title = "Phones"
    date = 2026-10-05
    topics = ["customer-service"]
    hours = 2

    [[training]]
    id = "training-5"
    title = "Records"
    date = 2026-02-01
    policy = "Records retention"

    [[training]]
    id = "training-6"
    title = "Records explained"
    date = 2026-03-01
    policy = "records  Retention"
    hours = 1

    [[training]]
    id = "training-7"
    title = "Next year"
    date = 2027-01-10
    topics = ["privacy"]
    hours = 1
"""


def test_the_log(cli: Cli, write: Write, golden: Golden) -> None:
    write(LOG)
    data = cli("training", "--json").data
    # training-7 lies ahead and is not there yet; training-4 has the topic of training-1, which is not due again.
    assert [(t["topic"], t["last"], t["id"], t["sessions"], t["hours"], t["attendees"]) for t in data["topics"]] == [
        ("customer-service", "2026-10-05", "training-4", 2, 3, 9),
        ("procedures", "2026-01-31", "training-2", 1, 1.5, 12),
        ("privacy", "2026-01-31", "training-2", 1, 1.5, 12),
    ]
    # 31 January and 13 months is the last day of February.
    assert [(a["id"], a["due"], a["days_left"]) for a in data["due_again"]] == [("training-2", "2027-02-28", 97)]
    assert [(p["policy"], p.get("effective"), p["notices"], p["sessions"], p["taught"]) for p in data["policies"]] == [
        ("records  Retention", None, ["training-5"], ["training-6"], True),
        ("No-show fee", "2026-11-01", ["training-3"], [], False),
    ]
    assert [n["id"] for n in data["notices"]] == ["training-5", "training-3"]
    golden("training", cli("training").out)


def test_plain_has_one_row_for_each_record(cli: Cli, write: Write) -> None:
    write(LOG)
    header, *rows = [row.split("\t") for row in cli("training", "--plain").out.splitlines()]
    assert header == [
        "id", "date", "title", "topics", "hours", "attendees", "notice", "due_again", "days_left",
    ]  # fmt: skip
    assert rows[0][:3] == ["training-1", "2025-09-15", "Front desk courtesy"]
    assert [row[0] for row in rows] == [
        "training-1",
        "training-2",
        "training-5",
        "training-6",
        "training-3",
        "training-4",
    ]
    assert next(row for row in rows if row[0] == "training-2")[6:] == ["false", "2027-02-28", "97"]


def test_what_is_overdue_and_what_is_soon(cli: Cli, write: Write) -> None:
    write(LOG)
    assert "Sun Feb 28 2027, 2 days ago" in cli("training", "--as-of", "2027-03-02").out
    assert "Sun Feb 28 2027, in 27 days" in cli("training", "--as-of", "2027-02-01").out


def test_nothing_recorded_says_how_to_begin(cli: Cli, write: Write) -> None:
    write("")
    told = cli("training")
    assert (told.code, "cmmctl add-training" in told.out) == (0, True)
    assert cli("training", "--json").data == {"topics": [], "due_again": [], "policies": [], "notices": []}


def test_a_notice_alone(cli: Cli, write: Write) -> None:
    write('[[training]]\nid = "training-1"\ntitle = "Closed on Friday"\ndate = 2026-11-02\n')
    assert "Closed on Friday" in cli("training").out
    write('[[training]]\nid = "training-1"\ntitle = "Once"\ndate = 2026-11-02\nhours = 1\ntopics = ["privacy"]\n')
    assert "Due again" not in cli("training").out


DAY = date(2025, 1, 1)


def session(number: int, **more: object) -> Training:
    """A session every year."""
    known = {"title": f"S{number}", "topics": (), "hours": 1, "date": DAY + timedelta(days=number)}
    return Training(id=f"training-{number}", **(known | more))


@pytest.mark.parametrize(
    ("first", "second", "again"),
    [
        ({"topics": ("privacy",)}, {"topics": ("privacy",)}, False),
        ({"topics": ("privacy", "procedures")}, {"topics": ("privacy",)}, True),
        ({"topics": ("privacy",)}, {"topics": ("privacy", "procedures")}, False),
        ({"topics": ("other",)}, {"topics": ("other",)}, True),  # two sessions on other things are not one series
        ({}, {}, True),
        ({"title": "Fire drill"}, {"title": "fire  DRILL"}, False),
        ({"title": "Fire drill"}, {"title": "fire drill", "hours": None}, True),  # a notice is no session
    ],
)
def test_a_session_is_due_again_unless_it_was_repeated(
    first: dict[str, object],
    second: dict[str, object],
    again: bool,  # noqa: FBT001
) -> None:
    log = trainings([session(1, every_months=12, **first), session(2, **second)], date(2025, 6, 1))
    assert [a.session.id for a in log.again] == (["training-1"] if again else [])


def test_a_session_before_the_newest_change_does_not_teach_it() -> None:
    taught = session(1, policy="Fees", effective=date(2025, 1, 2))
    changed = session(9, policy="fees", hours=None, effective=date(2025, 3, 1))
    [policy] = trainings([changed, taught], date(2025, 6, 1)).policies
    assert (policy.effective, policy.sessions) == (date(2025, 3, 1), ())


@given(st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.integers(0, 30)), max_size=10), st.integers(0, 400))
def test_nothing_of_a_later_day_is_there(records: list[tuple[int, bool, int]], on: int) -> None:
    made = [
        Training(id=f"training-{n}", title=f"T{n}", date=DAY + timedelta(days=day), topics=("privacy",),
                 hours=1 if held else None, every_months=months or None)
        for n, (day, held, months) in enumerate(records, start=1)
    ]  # fmt: skip
    log = trainings(made, DAY + timedelta(days=on))
    there = [r for r in records if r[0] <= on]
    assert len(log.held) == sum(held for _, held, _ in there)
    assert len(log.notices) == sum(not held for _, held, _ in there)
    assert all(a.session.date <= log.on for a in log.again)
    assert len(log.again) <= 1  # one topic is one series
