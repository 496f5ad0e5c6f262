"""Facts: made once, never changed, and refused where their keys contradict each other."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from cmmctl.described import keys_of
from cmmctl.model import CE, Audit, Credential, Fact, Portfolio, Profile, Renewal, number_of
from cmmctl.rules import marks

DAY = dt.date(2026, 11, 23)
BEFORE = DAY - dt.timedelta(days=1)


def ce(**values: Any) -> CE:
    return CE(id="ce-1", title="Coding", provider="State Chapter", date=DAY, **values)


def test_a_fact_does_not_change() -> None:
    fact = ce(hours=Decimal(2))
    with pytest.raises(AttributeError, match="`hours` cannot be changed; `but` makes another one"):
        fact.hours = Decimal(3)
    assert fact.but(hours=Decimal(3)).amount == 3
    assert fact.amount == 2


def test_facts_with_the_same_values_are_equal() -> None:
    assert ce(hours=Decimal(2)) == ce(hours=Decimal(2)) != ce(hours=Decimal(3))
    assert len({ce(hours=Decimal(2)), ce(hours=Decimal(2))}) == 1
    assert ce(hours=Decimal(2)) != Profile(id="ce-1", name="Coding")


def test_a_fact_shows_what_it_was_made_of() -> None:
    assert repr(Profile(id="profile", name="Office Manager")) == "Profile(id='profile', name='Office Manager')"


def test_what_is_left_out_has_its_default() -> None:
    fact = ce()
    assert (fact.status, fact.tags, fact.activity, fact.note) == ("completed", (), None, None)
    assert next(iter(keys_of(CE))) == "title"
    assert list(keys_of(CE))[-1] == "note"


def test_a_required_key_has_no_default() -> None:
    with pytest.raises(AttributeError, match="title"):
        _ = CE(id="ce-1").title


@pytest.mark.parametrize(
    ("printed", "hours"),
    [
        ({"hours": Decimal("1.5")}, Fraction(3, 2)),
        ({"minutes": 80}, Fraction(4, 3)),
        ({"iacet_ceus": Decimal("0.15")}, Fraction(3, 2)),
        ({}, Fraction()),
    ],
)
def test_hours_are_exact(printed: dict[str, Any], hours: Fraction) -> None:
    assert ce(**printed).amount == hours


def test_an_index_number_belongs_to_one_issuer() -> None:
    entry = ce(approvals=("pahcom:12", "aapc:"), tags=("live",))
    assert marks(entry, "pahcom") == (True, ("live",))
    assert marks(entry, "aapc").approved
    assert not marks(entry, "pah").approved
    assert not marks(ce(), "pahcom").approved


@pytest.mark.parametrize(
    ("fact", "key"),
    [
        (Renewal(id="renewal-1", credential="pahcom.cmm", due=DAY, filed=DAY, accepted=BEFORE), "accepted"),
        (Audit(id="audit-1", credential="pahcom.cmm", letter=DAY, reply_by=BEFORE), "reply_by"),
        (Audit(id="audit-1", credential="pahcom.cmm", letter=DAY, reply_by=DAY, sent=BEFORE), "sent"),
        (Audit(id="audit-1", credential="pahcom.cmm", letter=DAY, reply_by=DAY, closed=BEFORE), "closed"),
        (Credential(id="pahcom.cmm", earned=DAY, due=BEFORE), "due"),
        (Credential(id="pahcom.cmm", earned=DAY, ended=BEFORE), "ended"),
        (ce(hours=Decimal(2), start=DAY + dt.timedelta(days=1)), "date"),
    ],
)
def test_a_day_before_the_one_it_follows_is_a_contradiction(fact: Fact, key: str) -> None:
    ((named, message),) = fact.contradictions()
    assert named == key
    assert f"`{key}`" in message
    assert "is before" in message


def test_the_same_day_is_no_contradiction() -> None:
    assert not list(Renewal(id="renewal-1", credential="a.b", due=DAY, filed=DAY, accepted=DAY).contradictions())
    assert not list(ce(hours=Decimal(2), start=DAY).contradictions())


def test_ids_are_ordered_by_their_numbers() -> None:
    assert sorted(["ce-10", "ce-9", "ce-2"], key=number_of) == ["ce-2", "ce-9", "ce-10"]


def test_a_portfolio_gives_its_facts_by_kind_and_all_of_them() -> None:
    owner, entry = Profile(id="profile", name="Office Manager"), ce(hours=Decimal(2))
    full = Portfolio(owner, {"ce": (entry,)})
    assert list(full) == [owner, entry]
    assert full.all(CE) == (entry,)
    assert full.all(Audit) == ()
    assert list(Portfolio(facts={"ce": (entry,)})) == [entry]
