# SPDX-License-Identifier: Apache-2.0
"""Within, burning, exhausted, stale or without data; and how loudly."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import Firing
from cost_slo.domain.burn.unit_cost import UnitCost, UnitCosts, UnitState
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.verdict.decision import (
    Decision,
    Verdict,
    decide_spend,
    decide_unit_cost,
    no_data,
    staleness,
)
from tests.builders.days import rule

POLICY = Policy("test", (), {}, stale_after_hours=48)


def firing(severity: Severity) -> Firing:
    return Firing(rule(severity, 5, 1), 1, 100.0, 6.0, 0.0)


def on_spend(spend: str, found: Firing | None = None) -> Decision:
    return decide_spend(
        found,
        "why",
        spend=Decimal(spend),
        objective=Decimal(4500),
        currency="USD",
        is_calm=False,
    )


def on_units(
    trailing: str | None,
    found: Firing | None = None,
    state: UnitState = UnitState.OK,
    odd_day: str = "0",
) -> Decision:
    ratio = None if trailing is None else Decimal(trailing)
    costs = UnitCosts(
        month=UnitCost(state, Decimal(10), Decimal(1000), Decimal("0.01")),
        trailing=UnitCost(UnitState.OK, (ratio or 0) * Decimal(1000), Decimal(1000), ratio),
        odd_day=Decimal(odd_day),
    )
    return decide_unit_cost(
        found, "why", costs, objective=Decimal("0.02"), currency="USD", is_calm=False
    )


def test_a_document_says_in_a_word_what_the_verdict_is() -> None:
    assert list(Verdict) == ["within", "burning", "exhausted", "no_data", "stale_data"]


def test_nothing_to_judge_calls_nobody() -> None:
    assert no_data("nothing") == Decision(Verdict.NO_DATA, Severity.NONE, "nothing", is_calm=True)


def test_spend_on_its_objective_is_within() -> None:
    assert on_spend("4500") == Decision(Verdict.WITHIN, Severity.NONE, "why", is_calm=False)


def test_a_cent_over_the_objective_is_a_page_whatever_the_burn() -> None:
    reason = "spend is $0.01 over $4,500.00"

    assert on_spend("4500.01") == Decision(Verdict.EXHAUSTED, Severity.PAGE, reason, is_calm=False)


@pytest.mark.parametrize(
    ("fired", "called"),
    [
        (Severity.INVESTIGATE, Severity.PAGE),
        (Severity.PAGE, Severity.PAGE),
        (Severity.EMERGENCY, Severity.EMERGENCY),
    ],
)
def test_over_the_objective_a_rule_raises_the_page_and_says_why(
    fired: Severity, called: Severity
) -> None:
    decision = on_spend("4600", firing(fired))

    assert (decision.verdict, decision.severity) == (Verdict.EXHAUSTED, called)
    assert decision.reason == "spend is $100.00 over $4,500.00; why"


@pytest.mark.parametrize("severity", [Severity.INVESTIGATE, Severity.PAGE, Severity.EMERGENCY])
def test_a_rule_that_fires_calls_at_its_severity(severity: Severity) -> None:
    assert on_spend("10", firing(severity)) == Decision(
        Verdict.BURNING, severity, "why", is_calm=False
    )


@pytest.mark.parametrize(
    ("as_of", "is_stale"),
    [
        (datetime(2026, 9, 12, tzinfo=UTC), False),
        (datetime(2026, 9, 12, 0, 0, 1, tzinfo=UTC), True),
        (datetime(2026, 9, 10, tzinfo=UTC), False),
    ],
)
def test_costs_older_than_48_hours_are_stale(as_of: datetime, *, is_stale: bool) -> None:
    assert bool(staleness(date(2026, 9, 10), as_of, POLICY)) is is_stale


def test_a_stale_verdict_says_where_the_costs_end_and_calls_nobody() -> None:
    decision = staleness(date(2026, 9, 10), datetime(2026, 9, 13, 6, tzinfo=UTC), POLICY)

    assert decision == Decision(
        Verdict.STALE_DATA,
        Severity.NONE,
        "the costs end at 2026-09-10 00:00 UTC, 78 h before 2026-09-13 06:00 UTC; newer ones were "
        "expected within 48 h",
    )


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (UnitState.NO_UNITS, "no units were counted in the window, so a unit cost is undefined"),
        (
            UnitState.TOO_FEW_UNITS,
            "fewer units than `minimum_units` were counted in the window",
        ),
        (
            UnitState.UNITS_WITHOUT_COST,
            "units were counted, but nothing was charged for them",
        ),
        (
            UnitState.COST_WITHOUT_UNITS,
            "charges were found, but no units are known for their days",
        ),
    ],
)
def test_a_unit_cost_that_cannot_be_told_is_no_data_even_where_a_rule_fires(
    state: UnitState, reason: str
) -> None:
    decision = on_units("0.05", firing(Severity.PAGE), state)

    assert decision == Decision(Verdict.NO_DATA, Severity.NONE, reason)


def test_a_unit_cost_that_burns_calls_at_its_rule() -> None:
    assert on_units("0.05", firing(Severity.PAGE)) == Decision(
        Verdict.BURNING, Severity.PAGE, "why", is_calm=False
    )


def test_seven_days_above_the_objective_are_to_be_investigated() -> None:
    assert on_units("0.0201") == Decision(
        Verdict.BURNING,
        Severity.INVESTIGATE,
        "the last 7 days cost $0.0201 a unit, above $0.020",
        is_calm=False,
    )


@pytest.mark.parametrize(("odd_day", "verdict"), [("1.99", "burning"), ("2", "within")])
def test_seven_days_above_the_objective_by_one_odd_day_are_within(
    odd_day: str, verdict: str
) -> None:
    # They cost 22 for 1000 units, 2 more than the objective allows.
    assert on_units("0.022", odd_day=odd_day).verdict == verdict


@pytest.mark.parametrize("trailing", ["0.02", "0.01", None])
def test_seven_days_on_the_objective_or_unknown_are_within(trailing: str | None) -> None:
    assert on_units(trailing) == Decision(Verdict.WITHIN, Severity.NONE, "why", is_calm=False)
