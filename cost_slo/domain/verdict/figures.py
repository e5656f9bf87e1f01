# SPDX-License-Identifier: Apache-2.0
"""Which numbers stand behind a verdict?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost_slo.domain.burn.budget import ErrorBudget
from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.burn.rates import Burn
from cost_slo.domain.burn.unit_cost import UnitCosts
from cost_slo.domain.period import Period


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers behind a verdict; amounts in the spec's currency, days UTC.

    `spend_to_date` counts every visible charge of the window, also of days still incomplete;
    pace and burn look at complete days. `budget`, `pace` and `burns` are None or empty where they
    cannot be told. `near_miss` is the loudest rule that only the noise gates held back. `monthly`
    figures come from one amount a month.
    """

    window: Period
    data_through: date
    estimated_through: date
    spend_to_date: Decimal
    plan_month: Decimal
    plan_basis: str
    budget: ErrorBudget | None
    pace: float | None
    burns: tuple[Burn, ...]
    forecast: Forecast
    exhausts_on: date | None
    near_miss: str | None = None
    unit: UnitCosts | None = None
    monthly: bool = False
