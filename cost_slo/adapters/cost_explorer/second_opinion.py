# SPDX-License-Identifier: Apache-2.0
"""What does AWS forecast for the month, and what changed between two months?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from cost_slo.adapters.cost_explorer.detail import GROUPS, counted_filter
from cost_slo.adapters.cost_explorer.expression import EVERYTHING
from cost_slo.adapters.cost_explorer.faults import NOT_YET, code_of, text_of, translated
from cost_slo.adapters.cost_explorer.pages import CalledOperation, fetch_pages
from cost_slo.adapters.cost_explorer.paid import Answer, PaidRequests
from cost_slo.adapters.cost_explorer.queries import COST_METRICS
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spend.second_opinion import MonthChange, MonthsCompared, NoOpinion, RestOfMonth
from cost_slo.domain.wording import days

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

# The same metrics, as forecasts spell them.
FORECAST_METRICS = {"UnblendedCost": "UNBLENDED_COST", "AmortizedCost": "AMORTIZED_COST"}

FOUR_IN_FIVE = 80
_MOST_DRIVERS = 10
_DIMENSIONS = {group.key: name for name, group in GROUPS.items()}


class CostExplorerOpinions:
    """Requests AWS's forecast and comparison; each page of an answer is paid."""

    def __init__(self, client: CostExplorerClient, paid: PaidRequests) -> None:
        self._client = client
        self._paid = paid

    def second_opinion(self, slo: Slo, as_of: datetime) -> RestOfMonth | NoOpinion:
        """What AWS expects from the day of `as_of` to the end of its month, in an SLO's scope.

        Raises SourceError, and CostDataError for a scope outside AWS.
        """
        if slo.scope.by_product_attributes:
            return NoOpinion("AWS has no forecast by product attributes")
        today = as_of.date()
        period = Period(today, Month.containing(today).end)
        if period.days == 1:
            return NoOpinion("on the last day of a month no day is left to forecast")
        metric = FORECAST_METRICS[COST_METRICS[slo.metric]]
        request = _with_filter(slo, _interval(period), Granularity="MONTHLY", Metric=metric)
        request |= {"PredictionIntervalLevel": FOUR_IN_FIVE}
        try:
            answer = self._paid.send(self._client.get_cost_forecast, request, today)
        except (ClientError, BotoCoreError) as error:
            if code_of(error) == NOT_YET:
                return NoOpinion(text_of(error) or NOT_YET)
            asked = days(period.start, period.end - DAY)
            raise translated(error, "ce:GetCostForecast", asked) from None
        return _rest_of_month(period, answer)

    def compare_months(self, slo: Slo | None, before: Month, after: Month) -> MonthsCompared:
        """What AWS reports as changed between two months, by service, and the drivers.

        Raises SourceError, and CostDataError for a scope outside AWS or by product attributes.
        """
        if slo is not None and slo.scope.by_product_attributes:
            raise CostDataError(
                "AWS compares no months by product attributes; explain the SLO with --costs ce:",
                column="product_attributes",
            )
        metric = COST_METRICS[slo.metric if slo else Metric.BILLED]
        request = _with_filter(
            slo,
            {
                "BaselineTimePeriod": _dates(before),
                "ComparisonTimePeriod": _dates(after),
                "MetricForComparison": metric,
                "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
            },
        )
        by_service = self._pages("GetCostAndUsageComparisons", request, after)
        by_driver = self._pages(
            "GetCostComparisonDrivers", request | {"MaxResults": _MOST_DRIVERS}, after
        )
        found = [
            (_change(each, metric, each["CostAndUsageSelector"]), each)
            for page in by_service
            for each in page["CostAndUsageComparisons"]
        ]
        units = {each["Metrics"][metric]["Unit"] for _, each in found}
        if len(units) > 1:
            raise CostDataError(f"AWS compares months in {', '.join(sorted(units))}", column=metric)
        drivers = [driver for page in by_driver for driver in _drivers(page, metric)]
        parts = tuple(part for part, _ in found)
        return MonthsCompared(before, after, next(iter(units), ""), parts, tuple(drivers))

    def _pages(self, operation: str, request: Mapping[str, Any], month: Month) -> list[Answer]:
        send = {
            "GetCostAndUsageComparisons": self._client.get_cost_and_usage_comparisons,
            "GetCostComparisonDrivers": self._client.get_cost_comparison_drivers,
        }[operation]
        asked = f"{month.start:%B %Y}"
        return fetch_pages(
            self._paid, CalledOperation(f"ce:{operation}", send, request, asked), month.start
        )


def _with_filter(slo: Slo | None, *given: Mapping[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    request = {name: value for each in given for name, value in each.items()} | more
    counted = counted_filter(slo)
    return request if counted == EVERYTHING else request | {"Filter": counted}


def _interval(period: Period) -> dict[str, Any]:
    return {"TimePeriod": _dates(period)}


def _dates(period: Period) -> dict[str, str]:
    return {"Start": f"{period.start}", "End": f"{period.end}"}


def _rest_of_month(period: Period, answer: Answer) -> RestOfMonth:
    (month,) = answer["ForecastResultsByTime"]
    return RestOfMonth(
        period=period,
        mean=Decimal(month["MeanValue"]),
        low=Decimal(month["PredictionIntervalLowerBound"]),
        high=Decimal(month["PredictionIntervalUpperBound"]),
        currency=answer["Total"]["Unit"],
        requests=1,
        request_cost=REQUEST_PRICE,
    )


def _drivers(page: Answer, metric: str) -> Iterator[MonthChange]:
    for selected in page["CostComparisonDrivers"]:
        for driver in selected["CostDrivers"]:
            yield _change(driver, metric, selected["CostSelector"])


def _change(each: Mapping[str, Any], metric: str, selector: Mapping[str, Any]) -> MonthChange:
    amounts = each["Metrics"][metric]
    return MonthChange(
        tuple(_where([selector])),
        Decimal(amounts["BaselineTimePeriodAmount"]),
        Decimal(amounts["ComparisonTimePeriodAmount"]),
        kind=each.get("Type", ""),
        name=each.get("Name", ""),
    )


def _where(selectors: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for selector in selectors:
        yield from _where(selector.get("And", ()))
        leaf = selector.get("Dimensions")
        if leaf:
            yield _DIMENSIONS.get(leaf["Key"], leaf["Key"]), leaf["Values"][0]
