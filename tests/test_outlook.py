"""What to do next: the steps, each a command to paste. What needs attention, with its sources: `vectors/`."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.model import Credential, Portfolio
from cmmctl.outlook import MOST_STEPS, Outlook, Step, outlook
from making import TODAY, portfolio, rulebook

EARNED = dt.date(2025, 4, 23)
LAST_YEAR, THIS_YEAR = dt.date(2025, 6, 1), dt.date(2026, 6, 1)
HELD: dict[str, Any] = {"earned": EARNED}
ENOUGH: list[dict[str, Any]] = [  # meets every reading by itself
    {"hours": 12, "date": dt.date(2026, 6, 1), "approvals": ["pahcom:1"]},
    {"hours": 12, "date": dt.date(2026, 6, 2)},
]
PROVEN = [{"records": ["ce-1", "ce-2"]}]
MEMBER: list[dict[str, Any]] = [{}]
COURSES: list[dict[str, Any]] = [
    {"credits": 6, "completed": dt.date(2020, 5, 8)},
    {"credits": 6, "subject": "business", "completed": dt.date(2020, 12, 11)},
]
YEARS: list[dict[str, Any]] = [{"start": dt.date(2015, 1, 1)}]
FIND = "cmmctl add-ce --planned"


def view(records: Mapping[str, Any], on: dt.date = TODAY) -> Outlook:
    return looked_at(portfolio(records), on)


def looked_at(facts: Portfolio, on: dt.date) -> Outlook:
    book = rulebook()
    known = book.find("pahcom.cmm")
    assert known
    return outlook(facts, [book.of(credential) for credential in facts.all(Credential)] or [known], on)


STEPS: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "everything there: file",
        {"credential": [HELD], "ce": ENOUGH, "proof": PROVEN, "membership": MEMBER},
        ["cmmctl add-renewal cmm --filed today"],
    ),
    (
        "a certificate is missing, the first one is named",
        {"credential": [HELD], "ce": ENOUGH, "membership": MEMBER},
        ["cmmctl attach ce-1", "cmmctl add-renewal cmm --filed today"],
    ),
    (
        "membership is missing: it comes first, and there is nothing to file",
        {"credential": [HELD], "ce": ENOUGH, "proof": PROVEN},
        ["cmmctl add-membership"],
    ),
    (
        "hours are missing; the pages differ on how many",
        {"credential": [HELD], "ce": ENOUGH[1:], "proof": PROVEN, "membership": MEMBER},
        [FIND, "cmmctl explain cmm --ask"],
    ),
    (
        "the own reading is met and another is not: nothing to file yet",
        {"credential": [HELD], "ce": [{"hours": 24, "date": THIS_YEAR}], "proof": PROVEN, "membership": MEMBER},
        [FIND, "cmmctl explain cmm --ask"],
    ),
    (
        "hours are missing in the reading that was pinned",
        {"credential": [{**HELD, "edition": "two-year"}], "membership": MEMBER},
        [FIND],
    ),
    (
        "the date was assumed",
        {
            "credential": [{**HELD, "due": dt.date(2027, 4, 23), "due_assumed": True, "edition": "two-year"}],
            "ce": ENOUGH, "proof": PROVEN, "membership": MEMBER,
        },
        ["cmmctl edit cmm due=2027-04-23", "cmmctl add-renewal cmm --filed today"],
    ),
    (
        "the date has passed: no hours are found any more",
        {"credential": [{"earned": dt.date(2023, 4, 23)}], "membership": MEMBER},
        ["cmmctl add-renewal cmm --due 2025-04-23"],
    ),
    (
        "filed: wait for the issuer",
        {
            "credential": [HELD], "membership": MEMBER,
            "renewal": [{"due": dt.date(2027, 4, 23), "filed": dt.date(2026, 11, 1)}],
        },
        ["cmmctl edit renewal-1 accepted=today"],
    ),
    (
        "accepted: nothing",
        {
            "credential": [HELD], "membership": MEMBER,
            "renewal": [
                {"due": dt.date(2027, 4, 23), "filed": dt.date(2026, 11, 1), "accepted": dt.date(2026, 11, 20)}
            ],
        },
        [],
    ),
    (
        "what is late comes before what is missing: letters, then plans that have passed",
        {
            "credential": [{**HELD, "edition": "two-year"}], "membership": MEMBER,
            "ce": [{"hours": 2, "date": dt.date(2026, 11, 1), "status": "planned"}],
            "audit": [
                {"letter": dt.date(2026, 10, 1), "reply_by": dt.date(2027, 3, 1), "due": dt.date(2025, 4, 23)},
                {"letter": dt.date(2026, 11, 1), "reply_by": dt.date(2026, 12, 1)},
            ],
        },
        [
            "cmmctl export audit cmm -o packet.pdf", "cmmctl export audit cmm --cycle 2025-04-23 -o packet.pdf",
            "cmmctl done ce-1",
        ],
    ),
    (
        "one command for two credentials stands where it is first needed",
        {
            "credential": [{**HELD, "edition": "two-year"}, {**HELD, "id": "pahcom.hitcm-pp"}],
            "ce": ENOUGH[:1],
        },
        [FIND, "cmmctl add-membership", "cmmctl attach ce-1"],
    ),
    ("a candidate with nothing on record", {"membership": MEMBER}, ["cmmctl add-job", "cmmctl add-course"]),
    (
        "a candidate who is no member",
        {"job": [{"start": dt.date(2025, 1, 1)}], "course": COURSES},
        ["cmmctl add-membership"],
    ),
    (
        "a candidate who meets the needs",
        {"job": YEARS, "course": COURSES, "membership": MEMBER},
        ["cmmctl add-credential cmm --earned today"],
    ),
    (
        "a candidate whom the issuer may let in with fewer credits",
        {"job": YEARS, "course": COURSES[:1], "membership": MEMBER},
        ["cmmctl add-course", "cmmctl add-answer cmm"],
    ),
    (
        "a candidate whose planned course will be enough",
        {
            "job": YEARS, "membership": MEMBER,
            "course": [{"credits": 12, "status": "planned", "completed": dt.date(2026, 12, 18)}],
        },
        ["cmmctl done course-1", "cmmctl add-answer cmm"],
    ),
    (
        "a candidate whose courses are planned, the next one first; one that has passed is asked about before",
        {
            "job": YEARS, "membership": MEMBER,
            "course": [
                {"credits": 4, "status": "planned", "completed": dt.date(2027, 5, 7)},
                {"credits": 4, "status": "planned", "completed": "2026-11"},
                {"credits": 4, "status": "planned", "completed": dt.date(2026, 11, 22)},
            ],
        },
        ["cmmctl done course-3", "cmmctl done course-2", "cmmctl done course-1"],
    ),
    (
        "a credential of which no need is known",
        {"credential": [{"id": "pahcom.hitcm-pp"}]},
        ["cmmctl add-credential hitcm-pp --earned today"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("records", "commands"), [row[1:] for row in STEPS], ids=[row[0] for row in STEPS])
def test_what_to_do_next(records: dict[str, Any], commands: list[str]) -> None:
    assert [step.command for step in view(records).steps] == commands


APPROVED = {"approvals": ["pahcom:1"]}


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([], "find 12 approved and 12 recognized hours"),
        ([{"hours": 20, "date": THIS_YEAR}], "find 12 approved hours"),
        ([{"hours": 20, "date": THIS_YEAR, **APPROVED}], "find 12 recognized hours"),
        # The handbook misses 2 recognized hours, the year to Apr 23 2027 all of its 12.
        (
            [{"hours": 12, "date": LAST_YEAR, **APPROVED}, {"hours": 10, "date": LAST_YEAR}],
            "find 12 hours, 2 recognized among them",
        ),
        # Both kinds are there; the year misses the last quarter of an hour.
        (
            [
                {"hours": 12, "date": LAST_YEAR, **APPROVED},
                {"hours": 12, "date": LAST_YEAR},
                {"minutes": 705, "date": THIS_YEAR},
            ],
            "find 0.25 hours",
        ),
    ],
)
def test_the_hours_to_find_are_said_by_kind(entries: list[dict[str, Any]], text: str) -> None:
    steps = view({"credential": [HELD], "ce": entries, "membership": MEMBER}).steps
    assert steps[0] == Step(text, FIND)


DAY = st.integers(0, 900).map(lambda day: EARNED + dt.timedelta(days=day))
RECORDS = st.fixed_dictionaries(
    {
        "ce": st.lists(
            st.fixed_dictionaries(
                {"hours": st.integers(1, 12), "date": DAY},
                optional={"status": st.just("planned"), "approvals": st.just(["pahcom:1"])},
            ),
            max_size=5,
        ),
        "course": st.lists(
            st.fixed_dictionaries(
                {"credits": st.integers(1, 9), "completed": DAY}, optional={"status": st.just("planned")}
            ),
            max_size=3,
        ),
        "job": st.lists(st.fixed_dictionaries({"start": DAY}), max_size=2),
        "membership": st.lists(st.fixed_dictionaries({"start": DAY}), max_size=2),
        "audit": st.lists(
            st.builds(
                lambda day, left: {"letter": day, "reply_by": day + dt.timedelta(days=left)}, DAY, st.integers(0, 60)
            ),
            max_size=3,
        ),
        "proof": st.lists(st.just({"records": ["ce-1"]}), max_size=1),
    }
)


@given(records=RECORDS, on=DAY, data=st.data())
def test_the_order_of_records_in_the_file_never_matters(
    records: dict[str, Any], on: dt.date, data: st.DataObject
) -> None:
    numbered = {
        kind: [{"id": f"{kind}-{n}", **one} for n, one in enumerate(listed, 9)] for kind, listed in records.items()
    }
    shuffled = {kind: data.draw(st.permutations(listed)) for kind, listed in numbered.items()}
    credential = {"credential": [HELD]}
    first, second = view({**credential, **numbered}, on), view({**shuffled, **credential}, on)
    assert (first.attention, first.steps, first.assessments) == (second.attention, second.steps, second.assessments)
    assert [s.readings for s in first.standings] == [s.readings for s in second.standings]


@given(records=RECORDS, on=DAY)
def test_there_are_a_few_steps_and_each_is_another_command(records: dict[str, Any], on: dt.date) -> None:
    commands = [step.command for step in view({"credential": [HELD], **records}, on).steps]
    assert len(commands) == len(set(commands)) <= MOST_STEPS
    assert all(command.startswith("cmmctl ") for command in commands)
