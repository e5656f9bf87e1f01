# SPDX-License-Identifier: Apache-2.0
"""How many units does a CloudWatch metric, or an expression over several, count on each day?

One datapoint a UTC day is requested, of complete days only. A day without one is unknown, not
zero: in CloudWatch, no traffic and no published metric look alike. If no data means
none, an expression says so: `FILL(requests, 0)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from cost_slo.adapter_kit.aws_calls import calling, impersonal
from cost_slo.domain.errors import CostDataError, SettingsError, SourceError
from cost_slo.domain.period import Period, midnight
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spec.units import CloudWatchMetric, CloudWatchUnits
from cost_slo.domain.spec.values import AMOUNT_LIMIT
from cost_slo.domain.spend.reading import UnitReading

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef

# As far back as a plan looks; CloudWatch keeps daily sums for 455 days.
_HISTORY = timedelta(days=128)
SECONDS_A_DAY = 86_400
# How often an incomplete answer is requested.
READ_ATTEMPTS = 3
# The id of the query whose answer counts; ids in a spec have no capitals.
ANSWER = "unitsADay"
_WHOLE = Decimal("1E-9")
_STEP = Decimal("1E-12")
COMPLETE, FAILED, DENIED = "Complete", "InternalError", "Forbidden"


class CloudWatchUnitSource:
    """Units from a spec's metric, with a client for each region it names."""

    def __init__(self, client_for: Callable[[str | None], CloudWatchClient]) -> None:
        """`client_for` makes the client of a region, of the usual one for None."""
        self._client_for = client_for

    def fetch_units(self, slo: Slo, as_of: datetime) -> UnitReading:
        """Units of each day that ended by `as_of`, of the last 128."""
        counted = slo.units.cloudwatch if slo.units else None
        if counted is None:
            raise SourceError(f"{slo.name}: its units are not counted by CloudWatch")
        end = as_of.astimezone(UTC).date()
        period = Period(end - _HISTORY, end)
        try:
            with calling("cloudwatch:GetMetricData"):
                client = self._client_for(counted.region)
                answer = _complete_answer(client, counted, period, slo.name)
        except SettingsError as error:
            hint = "or give the units in a file with --units FILE"
            raise SettingsError(f"{slo.name}: {error}, {hint}") from None
        units = {_day(at, slo.name): _count(n, slo.name) for at, n in answer.points.items()}
        within = {day: count for day, count in sorted(units.items()) if day in period}
        return UnitReading(within, "; ".join([_described(slo.name, counted), *answer.notes]))


@dataclass(slots=True)
class _Answer:
    """The datapoints of all pages, their status, and CloudWatch's messages.

    A part is followed by more; what failed inside stays failed, whatever follows.
    """

    points: dict[datetime, float] = field(default_factory=dict)
    status: str = ""
    labels: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, result: Mapping[str, Any]) -> None:
        """Add the result of one page."""
        self.points.update(zip(result["Timestamps"], result["Values"], strict=True))
        self.labels.add(result.get("Label", ""))
        self.notes.extend(_messages(result))
        if self.status != FAILED:
            self.status = result["StatusCode"]


def _complete_answer(
    client: CloudWatchClient, counted: CloudWatchUnits, period: Period, name: str
) -> _Answer:
    answer = _Answer()
    for _ in range(READ_ATTEMPTS):
        answer = _answer(client, counted, period, name)
        if answer.status in {COMPLETE, DENIED}:
            break
    if answer.status == DENIED:
        raise SourceError(f"{name}: CloudWatch denies its units; allow cloudwatch:GetMetricData")
    if answer.status != COMPLETE:
        said = answer.status or "none"
        raise SourceError(
            f"{name}: CloudWatch gave only a part of the units ({said}); they are not counted, "
            "try again later",
            retryable=True,
        )
    return answer


def _answer(
    client: CloudWatchClient, counted: CloudWatchUnits, period: Period, name: str
) -> _Answer:
    answer = _Answer()
    for page in _pages(client, _queries(counted), period):
        if page.get("Messages"):
            said = "; ".join(_messages(page))
            raise SourceError(f"{name}: CloudWatch did not answer all of it: {said}")
        for result in page["MetricDataResults"]:
            answer.add(result)
    if len(answer.labels) > 1:
        message = f"{name}: the expression gives several series; SUM() makes one of them"
        raise CostDataError(message)
    return answer


def _pages(
    client: CloudWatchClient, queries: list[MetricDataQueryTypeDef], period: Period
) -> Iterator[Mapping[str, Any]]:
    asked: dict[str, Any] = {
        "MetricDataQueries": queries,
        "StartTime": midnight(period.start),
        "EndTime": midnight(period.end),
        "ScanBy": "TimestampAscending",
    }
    page: Mapping[str, Any] = client.get_metric_data(**asked)
    yield page
    while page.get("NextToken"):
        page = client.get_metric_data(**asked, NextToken=page["NextToken"])
        yield page


def _queries(counted: CloudWatchUnits) -> list[MetricDataQueryTypeDef]:
    if counted.expression is None:
        return [_query(ANSWER, counted, is_answer=True)]
    return [
        *(_query(id_, metric, is_answer=False) for id_, metric in counted.metrics.items()),
        {"Id": ANSWER, "Expression": counted.expression, "Period": SECONDS_A_DAY},
    ]


def _query(
    id_: str, metric: CloudWatchMetric | CloudWatchUnits, *, is_answer: bool
) -> MetricDataQueryTypeDef:
    return {
        "Id": id_,
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace or "",
                "MetricName": metric.metric or "",
                "Dimensions": [{"Name": k, "Value": v} for k, v in metric.dimensions.items()],
            },
            "Period": SECONDS_A_DAY,
            "Stat": metric.statistic,
        },
        "ReturnData": is_answer,
    }


def _messages(said: Mapping[str, Any]) -> list[str]:
    messages = said.get("Messages") or ()
    return [impersonal(f"{it.get('Code', '')}: {it.get('Value', '')}") for it in messages]


def _day(at: datetime, name: str) -> date:
    start = at.astimezone(UTC)
    if start != midnight(start.date()):
        raise CostDataError(f"{name}: expected datapoints of whole UTC days, got one of {start}")
    return start.date()


def _count(value: float, name: str) -> Decimal:
    """The number as printed, or the whole number within a billionth of it."""
    count = Decimal(repr(float(value)))
    if not count.is_finite() or not 0 <= count < AMOUNT_LIMIT:
        message = f"{name}: expected 0 or more units a day, below 10^15; CloudWatch says {value!r}"
        raise CostDataError(message)
    whole = count.to_integral_value()
    return whole if abs(count - whole) <= _WHOLE else count.quantize(_STEP).normalize()


def _described(name: str, counted: CloudWatchUnits) -> str:
    where = f" in {counted.region}" if counted.region else ""
    return f"{name}: units from CloudWatch{where}, a day: {_series(counted)}"


def _series(counted: CloudWatchUnits) -> str:
    if counted.expression is None:
        return _metric(counted)
    metrics = (f"{id_} = {_metric(metric)}" for id_, metric in counted.metrics.items())
    return f"{counted.expression} where {', '.join(metrics)}"


def _metric(metric: CloudWatchMetric | CloudWatchUnits) -> str:
    dimensions = ", ".join(f"{k}={v}" for k, v in metric.dimensions.items())
    named = f"{metric.statistic} of {metric.namespace} {metric.metric}"
    return f"{named} ({dimensions})" if dimensions else named


__all__ = ["CloudWatchUnitSource"]
