"""If one entry is not accepted, do I still meet it?"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmmctl.cycles import Cycle
from cmmctl.margin import Margins, margins
from cmmctl.model import CE, Credential, Portfolio, Proof
from cmmctl.rulebook import Rulebook
from cmmctl.rules import Requirement, RuleSet
from cmmctl.tally import reading
from conftest import Cli, Write

CMM = Rulebook().find("pahcom.cmm")
HELD = Credential(id="pahcom.cmm", earned=date(2023, 4, 23))
CYCLE = Cycle(date(2025, 4, 24), date(2027, 4, 23))
ON = date(2026, 11, 23)


def entry(number: int, hours: str, index: str = "", day: int = 1) -> CE:
    """A counted entry of the cycle."""
    approvals = (f"pahcom:{index}",) if index else ()
    return CE(
        id=f"ce-{number}", title=f"T{number}", provider="P", date=date(2026, 1, day), hours=Decimal(hours),
        approvals=approvals, subject="business",
    )  # fmt: skip


def proof(*records: str) -> Proof:
    """A certificate."""
    return Proof(
        id=f"proof-{records[0][3:]}", records=records, role="certificate", path="proofs/x.pdf", sha256="0" * 64
    )


def rests(
    entries: Sequence[CE], proofs: Sequence[Proof] = (), *, rules: RuleSet | None = CMM, edition: str = "two-year"
) -> Margins:
    """What these entries rest on."""
    assert rules is not None
    portfolio = Portfolio(facts={"ce": tuple(entries), "proof": tuple(proofs)})
    judged = reading(HELD, rules, rules.edition(edition), portfolio, CYCLE, ON)
    return margins(HELD, rules, judged, portfolio, ON)


@pytest.mark.parametrize(
    ("hours", "spare", "hangs"),
    [
        # 24 h are required. An entry is needed where it has more hours than there are to spare.
        (["12", "12"], 0, ("ce-1", "ce-2")),
        (["24", "24"], 24, ()),
        (["20", "4", "3"], 3, ("ce-1", "ce-2")),
        (["20", "4", "4"], 4, ("ce-1",)),
        (["8", "8", "8", "8"], 8, ()),
        (["20"], -4, ()),  # short already: it hangs on nothing
        ([], -24, ()),
    ],
)
def test_the_margin_of_the_total(hours: list[str], spare: int, hangs: tuple[str, ...]) -> None:
    found = rests([entry(n, each) for n, each in enumerate(hours, start=1)])
    [total] = found.each
    assert (total.spare, total.hangs_on, found.hangs_on) == (Fraction(spare), hangs, hangs)


def test_the_margin_of_each_part() -> None:
    found = rests([entry(1, "7", "A1"), entry(2, "6", "A2"), entry(3, "12"), entry(4, "12")], edition="handbook-2015")
    assert [(m.requirement.name, m.spare, m.hangs_on) for m in found.each] == [
        ("total", Fraction(13), ()),
        ("approved", Fraction(1), ("ce-1", "ce-2")),
        ("recognized", Fraction(12), ()),
    ]
    assert found.hangs_on == ("ce-1", "ce-2")


def test_what_is_left_without_proofs() -> None:
    found = rests([entry(1, "10"), entry(2, "10"), entry(3, "10")], [proof("ce-1", "ce-2")])
    assert [found.each[0].counted, found.each[0].documented, found.without_proof] == [30, 20, 4]
    assert rests([entry(1, "24")], [proof("ce-1")]).without_proof == 0


def test_a_duplicate_does_not_take_the_place_of_what_is_not_accepted() -> None:
    twice = entry(1, "24").but(id="ce-2")
    found = rests([entry(1, "24"), twice])
    assert found.each[0].hangs_on == ("ce-1",)
    assert found.without_proof == 24


def test_what_stood_back_under_a_maximum_takes_the_place_of_what_is_not_accepted() -> None:
    assert CMM is not None
    edition = CMM.edition("two-year")
    rule = {"grade": "own", "source": "s", "checked": ON}
    capped = Requirement(
        name="other", label="other hours", max=Decimal(10), within="total", select="tagged", tags=("o",), **rule
    )
    rules = CMM.but(editions=(edition.but(requirements=(edition.total.but(min=Decimal(10)), capped)),))
    found = rests([entry(1, "10").but(tags=("o",)), entry(2, "10", day=2).but(tags=("o",))], rules=rules)
    assert [(m.requirement.name, m.spare, m.hangs_on) for m in found.each] == [("total", Fraction(0), ())]


@given(st.lists(st.integers(1, 30), max_size=8), st.sets(st.integers(0, 7)))
def test_a_requirement_hangs_on_what_is_larger_than_its_margin(hours: list[int], proven: set[int]) -> None:
    entries = [entry(n, str(each)) for n, each in enumerate(hours, start=1)]
    proofs = [proof(f"ce-{n + 1}") for n in proven if n < len(hours)]
    found = rests(entries, proofs)
    spare = sum(hours) - 24
    needed = [f"ce-{n}" for n, each in enumerate(hours, start=1) if 0 <= spare < each]
    assert list(found.hangs_on) == needed
    kept = sum(each for n, each in enumerate(hours) if n in proven)
    assert found.each[0].documented == kept
    assert found.without_proof == max(Fraction(24 - kept), 0)


def test_json_and_screen(cli: Cli, write: Write) -> None:
    """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23
    edition = "two-year"

    [[ce]]
    id = "ce-1"
    title = "A"
    provider = "P"
    date = 2026-01-01
    hours = 20
    subject = "business"

    [[ce]]
    id = "ce-2"
    title = "B"
    provider = "P"
    date = 2026-01-02
    hours = 5.5
    subject = "business"

    [[proof]]
    id = "proof-1"
    records = ["ce-1"]
    role = "certificate"
    path = "proofs/ce-1.pdf"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
    """
    write(test_json_and_screen.__doc__ or "")
    own = cli("explain", "cmm", "--json").data[0]["margins"]
    assert own == {
        "requirements": [
            {"name": "total", "counted": 25.5, "documented": 20, "spare": 1.5, "hangs_on": ["ce-1", "ce-2"]}
        ],
        "without_proof": 4,
    }
    out = cli("explain", "cmm").out
    assert "CE hours: 1.5 h to spare; each of these is needed: ce-1, ce-2" in out
    assert "20 of 25.5 counted hours; 4 h to go with these alone" in out


def test_a_safe_and_documented_cycle_says_so(cli: Cli, write: Write) -> None:
    """
    [[credential]]
    id = "pahcom.cmm"
    earned = 2025-04-23
    edition = "two-year"

    [[ce]]
    id = "ce-1"
    title = "A"
    provider = "P"
    date = 2026-01-01
    hours = 24
    subject = "business"

    [[ce]]
    id = "ce-2"
    title = "B"
    provider = "P"
    date = 2026-01-02
    hours = 24
    subject = "business"

    [[proof]]
    id = "proof-1"
    records = ["ce-1"]
    role = "certificate"
    path = "proofs/ce-1.pdf"
    sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
    """
    write(test_a_safe_and_documented_cycle_says_so.__doc__ or "")
    out = cli("explain", "cmm").out
    assert "CE hours: 24 h to spare; no single entry is needed" in out
    assert "24 of 48 counted hours; nothing to go with these alone" in out
