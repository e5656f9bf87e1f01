# SPDX-License-Identifier: Apache-2.0
"""The Cost Explorer requests of an evaluation and their price."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cost_slo.adapters.cost_explorer.plan import RequestPlan, plan_queries
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.settings import load_settings
from cost_slo.use_cases.reading import first_open_days
from cost_slo.wiring.local import Inputs, spec_source, store_of


@dataclass(frozen=True, slots=True)
class Planned:
    """Planned requests; `made` and `cap` count the paid requests of the month."""

    plan: RequestPlan
    month: date
    made: int
    cap: int
    forecasts: int = 0

    @property
    def requests(self) -> int:
        """The number of requests, if each answer has one page."""
        return len(self.plan.queries) + self.forecasts

    @property
    def price(self) -> Decimal:
        """Their price in USD."""
        return REQUEST_PRICE * self.requests


def request_plan(inputs: Inputs) -> Planned:
    """The requests that evaluating the inputs would make; none is made."""
    spec, store = spec_source(inputs.spec).load_spec(), store_of(inputs.state)
    since = first_open_days(store, spec, inputs.instant)
    month = inputs.instant.date()
    return Planned(
        plan_queries(spec.slos, inputs.instant, since),
        month,
        store.load_requests(month),
        load_settings().ce_monthly_cap,
        sum(map(_has_forecast, spec.slos)) if inputs.second_opinion else 0,
    )


def _has_forecast(slo: Slo) -> bool:
    is_monthly = isinstance(slo.objective, MonthlyObjective)
    return is_monthly and not slo.scope.by_product_attributes
