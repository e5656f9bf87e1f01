# SPDX-License-Identifier: Apache-2.0
"""What holds of every spend: more never calls less, and how the bill is written does not matter."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.burn.rates import burn_rate
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.plan.series import observe
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading, DailySpend, Observation
from cost_slo.domain.verdict.assessment import Assessment, assess
from tests.builders.days import slo
from tests.builders.readings import reading

FIRST = date(2026, 6, 20)
LADDERS = {name: load_policy(name, base=Path()) for name in ("default", "conservative")}
PLANS = ("learned", "none", Decimal(2900))

amounts = st.integers(0, 40_000).map(lambda cents: Decimal(cents) / 100)
calm = st.integers(9_000, 11_000).map(lambda cents: Decimal(cents) / 100)
histories = st.one_of(
    st.lists(calm, min_size=60, max_size=110), st.lists(amounts, min_size=1, max_size=110)
)
ladders = pytest.mark.parametrize("ladder", LADDERS)
# Each example judges a whole series, twice over.
some = settings(max_examples=25, deadline=None)

plans = pytest.mark.parametrize("plan", PLANS, ids=str)


def on_days(usage: Sequence[Decimal]) -> dict[date, Decimal]:
    return {FIRST + number * DAY: amount for number, amount in enumerate(usage)}


def bill(days: Mapping[date, Decimal]) -> CostReading:
    return reading({"web": days}, through=max(days) + DAY)


def evening(days: Mapping[date, Decimal]) -> datetime:
    """Six hours after the newest day ended: it is still arriving."""
    return midnight(max(days) + DAY) + timedelta(hours=6)


def judge(
    read: CostReading,
    as_of: datetime,
    target: Slo,
    ladder: str,
    known: Sequence[Observation] = (),
) -> tuple[Assessment | None, tuple[Observation, ...]]:
    series, added = observe(target, read, None, ledger=known, as_of=as_of)
    if series is None:
        return None, added
    told = assess(target, series, LADDERS[ladder], currency="USD", as_of=as_of)
    return told, added


def severity(days: Mapping[date, Decimal], target: Slo, ladder: str) -> Severity:
    told, _ = judge(bill(days), evening(days), target, ladder)
    return told.decision.severity if told else Severity.NONE


def objective(plan: object, amount: int = 3300) -> Slo:
    return slo(objective=amount, plan=plan)


@some
@ladders
@plans
@given(usage=histories, more=amounts)
def test_more_on_the_newest_day_never_calls_less(
    ladder: str, plan: object, usage: list[Decimal], more: Decimal
) -> None:
    days = on_days(usage)
    newest = max(days)

    before = severity(days, objective(plan), ladder)
    after = severity(days | {newest: days[newest] + more}, objective(plan), ladder)

    assert after >= before


@some
@ladders
@given(usage=histories, parts=st.integers(2, 5), seed=st.integers(0, 99))
def test_how_a_day_is_split_into_rows_and_in_which_order_changes_nothing(
    ladder: str, usage: list[Decimal], parts: int, seed: int
) -> None:
    days = on_days(usage)
    rows = [
        DailySpend(amount / parts if part else amount - rest, day=day, service=f"service {part}")
        for day, amount in days.items()
        for rest in [(amount / parts) * (parts - 1)]
        for part in range(parts)
    ]
    random.Random(seed).shuffle(rows)
    split = replace(bill(days), spend={"web": tuple(rows)})

    whole, _ = judge(bill(days), evening(days), objective("learned"), ladder)
    apart, _ = judge(split, evening(days), objective("learned"), ladder)

    assert (apart and apart.decision) == (whole and whole.decision)


@some
@ladders
@plans
@given(usage=histories)
def test_evaluating_twice_changes_nothing(ladder: str, plan: object, usage: list[Decimal]) -> None:
    days = on_days(usage)
    first, ledger = judge(bill(days), evening(days), objective(plan), ladder)

    again, added = judge(bill(days), evening(days), objective(plan), ladder, ledger)

    assert added == ()
    assert again == first


@some
@ladders
@given(usage=st.lists(calm, min_size=60, max_size=110), more=st.integers(50, 5000))
def test_a_restatement_that_undoes_an_excess_leaves_no_trace_of_it(
    ladder: str, usage: list[Decimal], more: int
) -> None:
    days = on_days(usage)
    newest = max(days)
    later = evening(days) + timedelta(hours=1)
    raised = bill(days | {newest: days[newest] + more})

    _, ledger = judge(raised, evening(days), objective("learned"), ladder)
    restated, _ = judge(bill(days), later, objective("learned"), ladder, ledger)
    untouched, _ = judge(bill(days), later, objective("learned"), ladder)

    assert restated is not None
    assert untouched is not None
    assert restated.decision == untouched.decision
    assert restated.figures == untouched.figures


@some
@ladders
@plans
@given(usage=st.lists(calm, min_size=60, max_size=110), odd=amounts, power=st.integers(1, 6))
def test_scaling_all_money_changes_no_verdict(
    ladder: str, plan: object, usage: list[Decimal], odd: Decimal, power: int
) -> None:
    days = on_days([*usage, odd])
    times = 2**power
    larger = {day: amount * times for day, amount in days.items()}
    scaled = plan * times if isinstance(plan, Decimal) else plan

    before = severity(days, objective(plan), ladder)

    assert severity(larger, objective(scaled, 3300 * times), ladder) is before


@given(
    excess=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=7),
    budget=st.floats(1, 1e6),
    window=st.integers(28, 31),
)
def test_a_burn_is_the_mean_of_the_burns_of_its_days(
    excess: list[float], budget: float, window: int
) -> None:
    whole = burn_rate(excess=sum(excess), budget=budget, days=len(excess), window_days=window)

    each = [burn_rate(excess=day, budget=budget, days=1, window_days=window) for day in excess]

    assert whole == pytest.approx(sum(each) / len(each), abs=1e-6)
    assert min(each) - 1e-6 <= whole <= max(each) + 1e-6


@given(
    excess=st.floats(0.01, 1e6),
    budget=st.floats(1, 1e6),
    days=st.integers(1, 7),
    window=st.integers(28, 31),
)
def test_a_burn_goes_on_for_the_window_over_itself(
    excess: float, budget: float, days: int, window: int
) -> None:
    rate = burn_rate(excess=excess, budget=budget, days=days, window_days=window)

    # Days until the budget is gone x excess a day = the budget.
    assert window / rate * excess / days == pytest.approx(budget)
