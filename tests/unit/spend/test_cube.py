# SPDX-License-Identifier: Apache-2.0
"""A question to a cube, and the dimensions in which its cells differ."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Metric
from cost_slo.domain.spend.cube import MOST_DIMENSIONS, Cell, Cube, CubeQuestion
from tests.builders.bills import an_slo

FIRST_WEEK, SECOND_WEEK = (Period(date(2026, 9, day), date(2026, 9, day + 7)) for day in (1, 8))
ONE = Decimal(1)


def test_periods_that_share_days_are_refused() -> None:
    with pytest.raises(CostDataError, match="share days"):
        CubeQuestion(SECOND_WEEK, Period(date(2026, 9, 1), date(2026, 9, 9)))


def test_without_an_slo_what_was_billed_counts() -> None:
    assert CubeQuestion(SECOND_WEEK).metric is Metric.BILLED
    assert CubeQuestion(SECOND_WEEK, slo=an_slo(metric="EffectiveCost")).metric is Metric.EFFECTIVE


def test_dimensions_in_which_all_cells_agree_are_left_out() -> None:
    cells = (Cell(("EC2", "a", "x"), ONE, ONE), Cell(("EC2", "b", "x"), ONE, ONE))

    found = Cube(("service", "meter", "region"), cells, SECOND_WEEK, FIRST_WEEK).varying

    assert found.dimensions == ("meter",)
    assert [cell.values for cell in found.cells] == [("a",), ("b",)]


def test_one_dimension_is_kept_and_six_at_most() -> None:
    names = tuple(f"tag:{number}" for number in range(MOST_DIMENSIONS + 1))
    same = Cube(names, (Cell(names, ONE, ONE),), SECOND_WEEK, FIRST_WEEK)
    other = Cell(tuple(name.upper() for name in names), ONE, ONE)

    assert same.varying.dimensions == names[:1]
    assert (
        Cube(names, (*same.cells, other), SECOND_WEEK, FIRST_WEEK).varying.dimensions
        == (names[:MOST_DIMENSIONS])
    )
