# SPDX-License-Identifier: Apache-2.0
"""What does one unit cost?

Always a ratio of sums, never a mean of daily ratios. Where a ratio says nothing there is a
named state instead of a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.series import SpendSeries

TRAILING = timedelta(days=7)


class UnitState(StrEnum):
    """Whether a unit cost can be told, and why not."""

    OK = "ok"
    NO_UNITS = "no_units"
    TOO_FEW_UNITS = "too_few_units"
    UNITS_WITHOUT_COST = "units_without_cost"
    COST_WITHOUT_UNITS = "cost_without_units"


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Cost for each unit over a period; `ratio` is None unless the state is ok."""

    state: UnitState
    cost: Decimal
    units: Decimal
    ratio: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitCosts:
    """The unit cost of the window so far, and of the last seven complete days."""

    month: UnitCost
    trailing: UnitCost


def unit_cost(series: SpendSeries, period: Period, minimum_units: Decimal) -> UnitCost:
    """The ratio of sums over the days of the period.

    Days whose units are unknown are left out of both sums; a period with cost whose units are
    all unknown is `cost_without_units`, one with units and no charge `units_without_cost`.
    """
    days = series.observed(period)
    counted = [day for day in days if day.units is not None]
    units = sum((day.units for day in counted if day.units is not None), ZERO)
    cost = sum((day.total for day in counted), ZERO)
    if not counted:
        known = sum((day.total for day in days), ZERO)
        return UnitCost(UnitState.COST_WITHOUT_UNITS, known, ZERO, None)
    state = _state(cost, units, minimum_units)
    return UnitCost(state, cost, units, cost / units if state is UnitState.OK else None)


def trailing(series: SpendSeries, minimum_units: Decimal) -> UnitCost:
    """The unit cost of the seven days that end at the last complete day."""
    end = series.data_through
    return unit_cost(series, Period(end - TRAILING, end), minimum_units)


def _state(cost: Decimal, units: Decimal, minimum_units: Decimal) -> UnitState:
    if units == 0:
        return UnitState.NO_UNITS
    if cost == 0:
        return UnitState.UNITS_WITHOUT_COST
    return UnitState.TOO_FEW_UNITS if units < minimum_units else UnitState.OK
