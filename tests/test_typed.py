"""What was typed becomes what would stand in the file: every value read, everything wrong said at once."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cmmctl.errors import CmmctlError, UsageError, failure
from cmmctl.model import KINDS
from cmmctl.typed import Context, domain, kind_of, missing, option, refuse_missing, typed_keys, validate, values, wrong

TODAY = date(2026, 11, 23)  # a Monday
DOMAINS = ("Revenue Management", "Risk Management", "Human Resources", "Finance")


def full(word: str) -> str:
    if word != "cmm":
        raise failure(f"`{word}` is no known credential", "not-found")
    return "pahcom.cmm"


def there(word: str) -> str:
    if word not in {"ce-7", "claim-1"}:
        raise failure(f"there is no record `{word}`", "not-found")
    return word


CONTEXT = Context(today=TODAY, issuers=["pahcom"], domains=DOMAINS, credential=full, record=there)


def read(kind: str, context: Context = CONTEXT, **words: Any) -> dict[str, Any]:
    return values(kind, words, context)


@pytest.mark.parametrize(
    ("kind", "words", "record"),
    [
        ("ce", {"date": "3/2/2026"}, {"date": date(2026, 3, 2)}),
        ("ce", {"date": "today"}, {"date": TODAY}),
        ("ce", {"date": "friday"}, {"date": date(2026, 11, 20)}),
        ("ce", {"hours": "1.5"}, {"hours": Decimal("1.5")}),
        ("ce", {"hours": "1h20m"}, {"minutes": 80}),
        ("ce", {"hours": "80m"}, {"minutes": 80}),
        ("course", {"hours": "1h15m"}, {"hours": Decimal("1.25")}),  # only a certificate prints minutes
        ("ce", {"minutes": "80"}, {"minutes": 80}),
        ("ce", {"status": "In Progress"}, {"status": "in-progress"}),
        ("ce", {"approvals": ["12345", "aapc:7"]}, {"approvals": ["pahcom:12345", "aapc:7"]}),
        ("ce", {"approvals": ["pahcom:", "x9"]}, {"approvals": ["pahcom:", "pahcom:x9"]}),
        ("ce", {"approvals": ["7", "7"]}, {"approvals": ["pahcom:7"]}),
        ("ce", {"domains": ["2", "fin", "Owls"]}, {"domains": ["Risk Management", "Finance", "Owls"]}),
        ("ce", {"credentials": ["cmm"]}, {"credentials": ["pahcom.cmm"]}),
        ("ce", {"title": "Coding Update 2027"}, {"title": "Coding Update 2027"}),
        ("job", {"start": "feb 2024"}, {"start": "2024-02"}),
        ("job", {"start": "2009"}, {"start": "2009"}),
        ("job", {"manages": False}, {"manages": False}),
        ("job", {"manages": "no"}, {"manages": False}),
        ("job", {"duties": ["billing", "Staff Scheduling"]}, {"duties": ["billing", "staff-scheduling"]}),
        ("training", {"attendees": "0"}, {"attendees": 0}),
        ("expense", {"amount": "349"}, {"amount": Decimal("349.00")}),
        ("expense", {"records": ["ce-7"]}, {"records": ["ce-7"]}),
        ("payment", {"claim": "claim-1"}, {"claim": "claim-1"}),
        ("renewal", {"credential": " cmm "}, {"credential": "pahcom.cmm"}),
        ("credential", {"id": "cmm", "number": "0042"}, {"id": "pahcom.cmm", "number": "0042"}),
        ("profile", {"other_names": ["A. Manager"]}, {"other_names": ["A. Manager"]}),
    ],
)
def test_words_become_what_stands_in_the_file(kind: str, words: dict[str, Any], record: dict[str, Any]) -> None:
    found = read(kind, **words)
    assert found == record
    assert list(map(type, found.values())) == list(map(type, record.values()))


@pytest.mark.parametrize(
    ("kind", "words", "message"),
    [
        ("ce", {"date": "3/2/26"}, "`--date`: `3/2/26` is not a date"),
        ("ce", {"hours": "0"}, "`--hours`: `0` is not a number of hours above 0"),
        ("ce", {"minutes": "0"}, "`--minutes` must be"),
        ("ce", {"iacet_ceus": "inf"}, "`--iacet-ceus`: `inf` is not a number"),
        ("course", {"hours": "1h20m"}, "`--hours` cannot be 80 minutes, which is no decimal number of hours"),
        ("ce", {"subject": "helthcare"}, "`--subject` must be one of healthcare, business, other"),
        ("ce", {"subject": "helthcare"}, "did you mean `healthcare`?"),
        ("ce", {"title": "349"}, "`TITLE` is only a number, `349`: shells eat `$` and commas"),
        ("ce", {"title": ",349.00"}, "`TITLE` is only a number, `,349.00`"),
        ("training", {"title": "2 026"}, "`TITLE` is only a number, `2 026`"),
        ("ce", {"title": "  "}, "`TITLE` must not be empty"),
        ("ce", {"provider": "caf\udce9"}, "has characters that cannot be written as UTF-8"),
        ("ce", {"approvals": [":7"]}, "`--approved` must be `issuer:index`"),
        ("ce", {"approvals": ["none"]}, "`--approved`: `none` is no index number"),
        ("ce", {"approvals": ["pahcom:none"]}, "`--approved`: `pahcom:none` is no index number"),
        ("expense", {"amount": "$349"}, "`--amount`: `$349` has a `$` or `,`, which shells eat"),
        ("answer", {"credits_per_extra_year": "-1"}, "`--credits-per-extra-year`: `-1` is not a number from 0 to"),
        ("training", {"attendees": "nine"}, "`--attendees`: `nine` is not a whole number"),
        ("job", {"manages": "perhaps"}, "`--manages`: `perhaps` is not yes or no"),
    ],
)
def test_what_cannot_be_read_is_refused_under_its_option(kind: str, words: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(kind, **words)
    assert len(refused.value.problems) == 1
    assert message in refused.value.problems[0].message
    assert refused.value.problems[0].code == "bad-value"


def test_everything_that_cannot_be_read_is_said_at_once() -> None:
    with pytest.raises(UsageError) as refused:
        read("ce", title="12", date="tomorow", hours="x", approvals=["1"], context=Context(today=TODAY))
    named = [problem.message.split("`")[1] for problem in refused.value.problems]
    assert named == ["TITLE", "--date", "--hours", "--approved"]


@pytest.mark.parametrize("issuers", [[], ["pahcom", "aapc"]])
def test_an_index_number_needs_its_issuer_unless_only_one_is_on_record(issuers: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        read("ce", Context(today=TODAY, issuers=issuers), approvals=["12345"])
    assert refused.value.problems[0].message == "`--approved`: `12345` does not say which issuer gave it"
    assert refused.value.problems[0].hint == "write `pahcom:12345`"
    assert read("ce", Context(today=TODAY, issuers=issuers), approvals=["aapc:1"]) == {"approvals": ["aapc:1"]}


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("ce", {"credentials": ["cppm"], "hours": "x"}),
        ("expense", {"records": ["ce-99"]}),
        ("audit", {"credential": "x"}),
    ],
)
def test_a_name_that_is_not_there_is_no_usage_error(kind: str, words: dict[str, Any]) -> None:
    with pytest.raises(CmmctlError) as refused:
        read(kind, **words)
    assert not isinstance(refused.value, UsageError)
    assert refused.value.problems[0].code == "not-found"


def test_where_no_shell_is_between_dollars_and_commas_are_read() -> None:
    prompt = Context(today=TODAY, symbols=True, named=lambda _key: "")
    assert read("expense", prompt, amount="$1,349.00") == {"amount": Decimal("1349.00")}
    with pytest.raises(UsageError) as refused:
        read("expense", prompt, amount="much", what="fea")
    amount, what = (problem.message for problem in refused.value.problems)
    assert amount.startswith("`much` is not an amount")
    assert what.startswith("it must be one of fee, tuition,")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("1", "Revenue Management"),
        ("4", "Finance"),
        ("5", "5"),
        ("human", "Human Resources"),
        ("r", "r"),  # two begin with it
        ("", ""),
    ],
)
def test_a_domain_is_its_number_or_the_beginning_of_its_name(word: str, meant: str) -> None:
    assert domain(word, DOMAINS) == meant


@pytest.mark.parametrize(
    ("kind", "record", "names"),
    [
        ("ce", {}, ["title", "provider", "date", "hours"]),
        ("ce", {"title": "x", "provider": "y", "date": TODAY, "iacet_ceus": Decimal("0.1")}, []),
        ("course", {}, ["title", "institution", "credits", "subject", "completed"]),
        ("course", {"status": "planned"}, ["title", "institution", "credits", "subject"]),
        ("degree", {"degree": "x"}, ["institution", "completed"]),
        ("credential", {}, ["id"]),
        ("credential", {"id": "pahcom.cmm"}, []),
        ("training", {"title": "x"}, ["date"]),
        ("profile", {}, ["name"]),
        ("expense", {"what": "fee"}, ["records", "amount"]),
    ],
)
def test_what_is_missing(kind: str, record: dict[str, Any], names: list[str]) -> None:
    assert [key.name for key in missing(kind, record)] == names


def test_everything_missing_is_named_in_one_error() -> None:
    needed = [option(key) for key in missing("ce", {"provider": "x"})]
    error = refuse_missing("add-ce", needed, "cmmctl add-ce ...")
    assert error.exit_code == 2
    assert error.problems[0].code == "usage"
    assert error.problems[0].message == "add-ce needs `TITLE`, `--date` and `--hours`"
    assert error.problems[0].hint == "for example: cmmctl add-ce ..."
    assert refuse_missing("show", ["`ID`"], "x").problems[0].message == "show needs `ID`"


CE = {"title": "x", "provider": "y", "date": TODAY, "hours": Decimal(1)}
COURSE = {"title": "x", "institution": "y", "credits": Decimal(3), "subject": "other", "completed": "2026-11"}


@pytest.mark.parametrize(
    ("kind", "record"),
    [
        ("ce", CE),
        ("course", COURSE),  # November has begun
        ("course", COURSE | {"completed": date(2027, 5, 1), "status": "planned"}),
        ("job", {"employer": "x", "title": "y", "start": date(2027, 1, 4)}),  # a job that begins in January
        ("credential", {"due": date(2027, 4, 23), "earned": date(2025, 4, 23)}),
    ],
)
def test_a_record_that_can_be(kind: str, record: dict[str, Any]) -> None:
    assert validate(kind, f"{kind}-1", record, TODAY).id == f"{kind}-1"


@pytest.mark.parametrize(
    ("kind", "record", "message"),
    [
        ("ce", CE | {"date": date(2026, 11, 24)}, "`date` of ce-1, Tue Nov 24 2026, is after today"),
        ("ce", CE | {"logged": date(2026, 11, 24)}, "`logged` of ce-1, Tue Nov 24 2026, is after today"),
        ("course", COURSE | {"completed": "2027"}, "`completed` of course-1, Fri Jan 1 2027, is after today"),
        ("credential", {"earned": date(2027, 1, 1)}, "`earned` of credential-1, Fri Jan 1 2027, is after today"),
        ("payment", {"claim": "claim-1", "date": date(2027, 1, 1), "amount": Decimal(1)}, "is after today"),
        ("answer", {"credential": "pahcom.cmm", "source": "x", "date": date(2027, 1, 1)}, "is after today"),
        ("ce", CE | {"minutes": 5}, "both `hours` and `minutes`"),
        ("audit", {"credential": "pahcom.cmm", "letter": TODAY, "reply_by": date(2026, 1, 1)}, "is before `letter`"),
        ("job", {"employer": "x", "title": "y", "start": "2024", "end": "2023"}, "is before `start`"),
    ],
)
def test_a_record_that_cannot_be(kind: str, record: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as refused:
        validate(kind, f"{kind}-1", record, TODAY)
    assert message in "\n".join(problem.message for problem in refused.value.problems)


def test_a_day_ahead_says_how_to_plan_it() -> None:
    with pytest.raises(UsageError) as refused:
        validate("ce", "the new ce", CE | {"date": date(2026, 12, 24)}, TODAY)
    assert "--planned" in (refused.value.problems[0].hint or "")
    with pytest.raises(UsageError) as refused:
        validate("credential", "pahcom.cmm", {"earned": date(2026, 12, 24)}, TODAY)
    assert refused.value.problems[0].hint == "today is Mon Nov 23 2026"


def test_one_key_of_an_unfinished_record_is_judged_by_what_is_there() -> None:
    keys = typed_keys("job")
    assert wrong("job", keys["end"], {"start": "2024", "end": "2023"}, TODAY) != []
    assert wrong("job", keys["start"], {"start": "2024"}, TODAY) == []  # what else is missing is asked for later
    assert wrong("ce", typed_keys("ce")["hours"], {}, TODAY) == []
    assert "after today" in wrong("ce", typed_keys("ce")["date"], {"date": date(2027, 1, 1)}, TODAY)[0]
    assert wrong("ce", typed_keys("ce")["date"], {"date": date(2027, 1, 1), "status": "planned"}, TODAY) == []


def test_only_what_a_person_may_write_can_be_typed() -> None:
    assert {"edition", "hours", "entries"}.isdisjoint(typed_keys("renewal"))
    assert "due_assumed" not in typed_keys("credential")
    assert next(iter(typed_keys("credential"))) == "id"


def test_every_kind_has_its_fact() -> None:
    assert all(kind_of(kind) is fact for kind, fact in KINDS.items())
    assert kind_of("profile").kind == "profile"
