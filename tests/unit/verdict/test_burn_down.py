# SPDX-License-Identifier: Apache-2.0
"""A burn-down ends where the error budget is, and begins with all of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.period import midnight
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.burn_down import BurnDown, burn_down
from cost_slo.domain.verdict.decision import no_data
from tests.builders.days import ladder_of, observed, seen, series, slo
from tests.builders.moods import digest, rig_to
from tests.builders.readings import each_day, per_request

LADDER: Policy = ladder_of()
LOOKED = date(2026, 9, 8)
AS_OF = midnight(LOOKED)
amounts = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def of(wanted: Slo, days: Mapping[date, object], as_of: date = LOOKED) -> tuple[BurnDown, float]:
    """The burn-down of these days' usage, and the share that the budget itself says is left."""
    known = series(observed(days), midnight(as_of))
    assessment = assess(wanted, known, LADDER, currency="USD", as_of=midnight(as_of))
    found = burn_down(assessment, known)
    assert found is not None
    assert assessment.figures is not None
    assert assessment.figures.budget is not None
    return found, assessment.figures.budget.remaining_ratio


def test_without_a_plan_all_that_is_charged_uses_the_objective() -> None:
    days = {date(2026, 9, day): 30 for day in (1, 2, 3)}

    found, left = of(slo(objective=300), days, date(2026, 9, 5))

    assert found.shares == (0.9, 0.8, 0.7)
    assert left == 0.7
    assert found.is_spent_evenly


def test_what_is_above_the_plan_uses_the_budget_and_what_is_below_gives_it_back() -> None:
    usual = each_day(date(2026, 7, 1), date(2026, 9, 6), 5)
    days = usual | {date(2026, 9, 3): 35, date(2026, 9, 5): 0}

    found, left = of(slo(objective=300, plan="learned"), days)

    shares = [round(share, 4) for share in found.shares]
    assert shares == [1, 1, 0.8, 0.8, 0.8333, 0.8333]
    assert left == found.shares[-1]


@pytest.mark.parametrize("plan", ["none", "learned"])
@given(amounts)
def test_the_last_share_is_what_the_budget_says(plan: str, spent: list[int]) -> None:
    days: dict[date, object] = dict(each_day(date(2026, 7, 1), date(2026, 8, 31), 5))
    days |= {date(2026, 9, day): usd for day, usd in enumerate(spent, 1)}

    found, left = of(slo(objective=300, plan=plan), days, date(2026, 9, len(spent) + 1))

    assert found.shares[-1] == pytest.approx(left)
    assert len(found.shares) <= found.window.days


def test_a_unit_cost_is_held_against_the_units_so_far() -> None:
    wanted = Slo.model_validate(per_request(objective=Decimal("0.01")))
    days = [
        seen(date(2026, 9, 1), 0),
        seen(date(2026, 9, 3), 5, units=1000),
        seen(date(2026, 9, 4), 15, units=1000),
    ]
    known = series(days, AS_OF)

    found = burn_down(assess(wanted, known, LADDER, currency="USD", as_of=AS_OF), known)

    assert found == BurnDown(known.window, (1.0, 1.0, 0.5, 0.0), is_spent_evenly=False)


def test_without_a_budget_there_is_no_burn_down() -> None:
    known = series([seen(date(2026, 9, 3), 5)], AS_OF)

    assert burn_down(Assessment(slo(), no_data("nothing")), known) is None


def test_every_slo_of_a_digest_has_one_that_ends_where_its_budget_is() -> None:
    made = digest(rig_to(10), 10)

    found = {entry.now.slo.name: entry for entry in made.entries}
    assert found["misspelt"].burn_down is None
    for name in found.keys() - {"misspelt"}:
        entry = found[name]
        assert entry.burn_down is not None
        assert entry.now.figures is not None
        assert entry.now.figures.budget is not None
        left = entry.now.figures.budget.remaining_ratio
        assert entry.burn_down.shares[-1] == pytest.approx(left), name
