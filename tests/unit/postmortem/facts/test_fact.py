# SPDX-License-Identifier: Apache-2.0
"""Is a number computed again as it was?"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent
from cost_slo.domain.postmortem.facts.fact import (
    Fact,
    FactQuery,
    FactUnit,
    Formula,
    LedgerQuery,
    RecordQuery,
    Records,
    recompute,
    same,
    shown,
)
from cost_slo.domain.postmortem.facts.formula import evaluate_formula
from cost_slo.domain.postmortem.facts.numerals import numbers, wording
from tests.builders.days import seen

FOURTH = datetime(2026, 9, 4, 6, tzinfo=UTC)
TENTH = datetime(2026, 9, 10, 6, tzinfo=UTC)
ROWS = [
    seen(date(2026, 9, 1), 10, units=100),
    seen(date(2026, 9, 2), 20, lumps=5, credits=-1, units=50),
    seen(date(2026, 9, 2), 12, units=50, revision=2, at=TENTH),
    seen(date(2026, 9, 3), 7),
]


def ledger(field: str = "total", known_at: datetime = FOURTH, last: int = 3) -> LedgerQuery:
    return LedgerQuery("web", date(2026, 9, 1), date(2026, 9, last), field, known_at)


def event(snapshot: Mapping[str, Any]) -> IncidentEvent:
    return IncidentEvent("i", "web", "k", FOURTH, EventKind.OPENED, "", snapshot=snapshot)


def value(query: FactQuery, snapshot: Mapping[str, Any] | None = None, **more: Any) -> str | None:
    records = Records({"web": ROWS}, {"k": event(snapshot or {})})
    return recompute([Fact("f", "", FactUnit.MONEY, query)], records, **more)["f"]


@pytest.mark.parametrize(
    ("field", "amount"),
    [
        ("total", "41"),  # 10 + 24 + 7
        ("usage", "37"),
        ("lumps", "5"),
        ("credits", "-1"),
        ("units", "150"),
        ("unit_cost", "0.2266666667"),  # 34 / 150: the day without units is in neither sum
    ],
)
def test_a_sum_of_the_ledger_is_as_it_was_known(field: str, amount: str) -> None:
    assert value(ledger(field)) == amount


def test_a_later_instant_sees_the_restatement() -> None:
    assert value(ledger(known_at=TENTH)) == "29"  # 10 + 12 + 7
    assert value(ledger(), known_at=TENTH) == "29"


def test_what_the_ledger_does_not_have_is_none_not_zero() -> None:
    assert value(LedgerQuery("web", date(2027, 1, 1), date(2027, 1, 2), "total", TENTH)) is None
    assert value(LedgerQuery("api", date(2026, 9, 1), date(2026, 9, 2), "total", TENTH)) is None
    nothing_counted = LedgerQuery("web", date(2026, 9, 3), date(2026, 9, 3), "unit_cost", TENTH)
    assert value(nothing_counted) is None


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("slo.spend", "3.50"),
        ("slo.burn.1.rate", "2.5"),
        ("slo.burn.7.rate", None),
        ("slo.burn.first", None),
        ("slo.spend.to_date", None),
        ("slo.none", None),
        ("slo.missing", None),
        ("at", "1788501600"),
    ],
)
def test_a_recorded_value_is_found_by_its_path(path: str, found: str | None) -> None:
    known = {"slo": {"spend": "3.50", "burn": [{"rate": 1}, {"rate": 2.5}], "none": None}}

    assert value(RecordQuery("k", path), known) == found
    assert value(RecordQuery("other", path), known) is None


def test_a_formula_is_computed_from_the_facts_before_it() -> None:
    spent = Fact("spent", "41", FactUnit.MONEY, ledger())
    left = Fact("left", "", FactUnit.MONEY, Formula("spent - 100 / 4"), (spent,))

    found = recompute(left.with_needs, Records({"web": ROWS}, {}))

    assert found == {"spent": "41", "left": "16.0000000000"}


def test_a_formula_over_what_is_not_known_is_none() -> None:
    assert value(Formula("spent - 1")) is None


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1 +", "cannot be computed"),
        ("1 / 0", "cannot be computed"),
        ("a", "cannot be computed"),
        ("1.5 + 2", "names, whole numbers"),
        ("2 ** 3", "names, whole numbers"),
        ("__import__('os')", "names, whole numbers"),
    ],
)
def test_a_formula_is_arithmetic_and_nothing_else(formula: str, said: str) -> None:
    with pytest.raises(CostDataError, match=said):
        evaluate_formula(formula, {})


@pytest.mark.parametrize(
    ("unit", "amount", "text"),
    [
        (FactUnit.MONEY, "-13.791", "$13.79"),
        (FactUnit.CHANGE, "12.3", "+$12.30"),
        (FactUnit.RATIO, "0.2027", "20%"),
        (FactUnit.TIMES, "4.14", "4.1x"),
        (FactUnit.COUNT, "182000", "182,000"),
        (FactUnit.SECONDS, "87600", "1 day 20 minutes"),
        (FactUnit.TEXT, "burning", ""),
    ],
)
def test_a_value_is_shown_as_its_sentence_shows_it(unit: FactUnit, amount: str, text: str) -> None:
    assert shown(amount, unit, "USD") == text


def test_values_are_the_same_however_they_are_written() -> None:
    assert same("12.30", "12.3")
    assert same("text", "text")
    assert same(None, None)
    assert not same("12.30", "12.31")
    assert not same("text", "12")
    assert not same(None, "0")


def test_numbers_are_amounts_dates_shares_and_counts_but_no_part_of_a_name() -> None:
    line = (
        "- 8 to 14 Nov 2026: Amazon EC2 -$1,362.40 (69%), EUR 3, 6.2x `a-2026-09`. _[measured E1]_"
    )

    assert numbers(line) == ["8", "14 Nov 2026", "-$1,362.40", "69%", "EUR 3", "6.2x"]
    assert wording("- It was $3. _[measured E1]_") == wording("# It was $14.") == "It was #."


def test_the_value_of_a_money_fact_is_exact() -> None:
    assert Decimal(value(ledger()) or "") == Decimal(41)
