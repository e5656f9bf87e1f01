# SPDX-License-Identifier: Apache-2.0
"""How fast the error budget is used, and which rule that breaks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.burn.excess import ExcessShape
from cost_slo.domain.burn.noise_gate import SILENT, Noise
from cost_slo.domain.burn.rates import (
    Firing,
    Headroom,
    burn_rate,
    is_news,
    is_tight,
    loudest,
    pace,
    reached,
)
from cost_slo.domain.incidents.incident import Severity
from tests.builders.days import excess, ladder_of, rule

PAGE, INVESTIGATE = Severity.PAGE, Severity.INVESTIGATE
# An even use of this budget is 100 a day: burn is the mean excess of a day / 100.
HEADROOM = Headroom(budget=3000.0, window_days=30, day_planned=100.0, is_tight=False)


def firing(surprise: float, *, known: float = 0, days: int = 1, **gates: Any) -> Firing:
    return Firing(rule(PAGE, 5, days, **gates), 1, surprise, 5.0, known)


@pytest.mark.parametrize(
    ("used", "budget", "days", "window", "rate"),
    [
        (3000, 3000, 30, 30, 1),  # the whole budget over the whole window
        (3000, 3000, 15, 30, 2),  # in half of it
        (1400, 3000, 1, 30, 14),
        (400, 3000, 2, 30, 2),
        (100, 3100, 1, 31, 1),
        (100, 2800, 1, 28, 1),
        (-150, 3000, 1, 30, -1.5),
    ],
)
def test_burn_is_the_share_of_the_budget_over_the_share_of_the_window(
    used: float, budget: float, days: int, window: int, rate: float
) -> None:
    assert burn_rate(excess=used, budget=budget, days=days, window_days=window) == rate


def test_a_goal_of_90_percent_measured_at_50_burns_at_5() -> None:
    # Errors are 0.5 of what happens; 0.1 of it is allowed.
    rate = burn_rate(excess=0.5, budget=0.1, days=7, window_days=7)

    assert rate == pytest.approx(5)


@pytest.mark.parametrize(
    ("spent", "days", "rate"), [(150, 1, 1.5), (150, 3, 0.5), (3000, 30, 1), (0, 2, 0)]
)
def test_pace_is_spend_over_an_even_use_of_the_objective(
    spent: int, days: int, rate: float
) -> None:
    assert pace(Decimal(spent), Decimal(3000), elapsed_days=days, window_days=30) == rate


def test_without_a_plan_burn_from_the_first_on_is_the_pace() -> None:
    burn = burn_rate(excess=700.0, budget=3000.0, days=4, window_days=30)

    assert burn == pace(Decimal(700), Decimal(3000), elapsed_days=4, window_days=30)


@pytest.mark.parametrize(
    ("rate", "is_reached"), [(8.96, False), (8.999999, False), (9, True), (9.04, True)]
)
def test_a_burn_is_compared_with_its_factor_unrounded(rate: float, *, is_reached: bool) -> None:
    found = reached(ladder_of(rule(PAGE, 9, 1)), excess(100 * rate), SILENT, HEADROOM)

    assert bool(found) is is_reached


def test_a_rule_is_judged_on_the_complete_days_and_on_each_one_still_arriving() -> None:
    days = excess(600, 700, 800, complete=1)

    found = reached(ladder_of(rule(PAGE, 5, 1)), days, SILENT, HEADROOM)

    assert [(it.end, it.rate) for it in found] == [(1, 6), (2, 7), (3, 8)]


def test_an_older_complete_day_no_longer_fires() -> None:
    found = reached(ladder_of(rule(PAGE, 5, 1)), excess(900, 0), SILENT, HEADROOM)

    assert found == []


def test_a_window_longer_than_the_days_known_is_not_judged() -> None:
    ladder = ladder_of(rule(PAGE, 1, 2), rule(PAGE, 1, 3))

    found = reached(ladder, excess(900, 900), SILENT, HEADROOM)

    assert [it.rule.days for it in found] == [2]


def test_a_rule_sums_its_days_or_leaves_out_the_largest_or_counts_each_as_the_smallest() -> None:
    noise = Noise(spread=7, residuals=(4, 5, 6, -100, 1))
    shapes: tuple[ExcessShape, ...] = ("total", "trimmed", "sustained")
    ladder = ladder_of(*(rule(PAGE, 1, 3, shape=shape) for shape in shapes))

    total, trimmed, sustained = reached(ladder, excess(500, 200, 600), noise, HEADROOM)

    assert (total.surprise, total.precedent) == (1300, 4 + 5 + 6)
    assert (trimmed.surprise, trimmed.precedent) == ((500 + 200) * 3 / 2, (4 + 5) * 3 / 2)
    assert (sustained.surprise, sustained.precedent) == (3 * 200, 3 * 4)
    # The burn of each is that of the sum.
    assert total.rate == trimmed.rate == sustained.rate == pytest.approx(1300 / 300)


def test_what_has_become_the_level_is_no_surprise_but_it_burns() -> None:
    # 14 days at 100 above a plan of 100: half of that is the level, so 550 of 600 surprise.
    (found,) = reached(ladder_of(rule(PAGE, 5, 1)), excess(*[100] * 14, 600), SILENT, HEADROOM)

    assert found.rate == 6
    assert found.surprise == pytest.approx(550)


@pytest.mark.parametrize(("surprise", "fires"), [(80, False), (80.01, True)])
def test_a_surprise_exceeds_the_noise_of_its_days(surprise: float, *, fires: bool) -> None:
    # Four spreads of 10 a day over four days: 4 x 10 x 2.
    found = firing(surprise, days=4, noise=4)

    assert is_news(found, Noise(spread=10), HEADROOM) is fires


@pytest.mark.parametrize(
    ("surprise", "is_tight", "fires"),
    [(130, False, False), (130.01, False, True), (195, True, False), (195.01, True, True)],
)
def test_a_surprise_exceeds_the_precedent_and_more_of_it_where_the_budget_is_tight(
    surprise: float, *, is_tight: bool, fires: bool
) -> None:
    headroom = Headroom(3000.0, 30, 100.0, is_tight)
    found = firing(surprise, known=100, precedent=1.3, tight=1.5)

    assert is_news(found, SILENT, headroom) is fires


def test_what_is_ordinary_adds_up_noise_precedent_and_an_allowance() -> None:
    # Two spreads of 10 over four days, half of a precedent of 50, 0.3 of a planned day of 100.
    ordinary = 2 * 10 * 2 + 0.5 * 50 + 0.3 * 100
    gates: dict[str, Any] = {"days": 4, "known": 50, "noise": 2, "precedent": 0.5, "allowance": 0.3}

    within, beyond = firing(ordinary, **gates), firing(ordinary + 0.01, **gates)

    assert not is_news(within, Noise(spread=10), HEADROOM)
    assert is_news(beyond, Noise(spread=10), HEADROOM)


@pytest.mark.parametrize(("surprise", "fires"), [(260, False), (260.01, True)])
def test_a_wild_precedent_excuses_no_more_than_two_planned_days(
    surprise: float, *, fires: bool
) -> None:
    # 1.3 x 2 planned days of 100, though history holds 1000.
    assert is_news(firing(surprise, known=1000, precedent=1.3), SILENT, HEADROOM) is fires


@pytest.mark.parametrize(("surprise", "fires"), [(-1, False), (0, False), (0.01, True)])
def test_without_noise_or_precedent_any_surprise_above_nothing_is_news(
    surprise: float, *, fires: bool
) -> None:
    found = firing(surprise, known=0, noise=4, precedent=1.3)

    assert is_news(found, SILENT, HEADROOM) is fires


@pytest.mark.parametrize(("headroom", "is_so"), [(99.99, True), (100, False), (-5, True)])
def test_a_budget_below_two_spreads_of_a_month_is_tight(headroom: float, *, is_so: bool) -> None:
    # 2 x 10 x sqrt(25)
    assert is_tight(headroom, Noise(spread=10), 25) is is_so


def test_no_noise_makes_no_budget_tight() -> None:
    assert is_tight(0.01, SILENT, 30) is False


def test_the_loudest_has_the_highest_severity_then_the_highest_burn() -> None:
    quiet = Firing(rule(INVESTIGATE, 2, 1), 1, 1, 99, 0)
    slow = Firing(rule(PAGE, 5, 1), 1, 1, 6, 0)
    fast = Firing(rule(PAGE, 5, 2), 1, 1, 7, 0)

    assert loudest([quiet, slow, fast]) is fast
    assert loudest([slow, quiet]) is slow
    assert loudest([]) is None
