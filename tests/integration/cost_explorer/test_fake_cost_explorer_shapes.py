# SPDX-License-Identifier: Apache-2.0
"""Whatever the fake Cost Explorer answers has the form of the API's published model."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from cost_slo.testing.fake_cost_explorer.constraints import model
from cost_slo.testing.fake_cost_explorer.operations import FREE, PAID
from tests.checks.cost_explorer_calls import SEPTEMBER, raw

MONITOR = "arn:aws:ce::123456789012:anomalymonitor/14c91d7c-91b0-5ee4-b6cb-7c1de5a5a0b9"
MONTHS = {
    "BaselineTimePeriod": {"Start": "2026-08-01", "End": "2026-09-01"},
    "ComparisonTimePeriod": SEPTEMBER,
    "MetricForComparison": "UnblendedCost",
    "GroupBy": [{"Type": "TAG", "Key": "product"}, {"Type": "COST_CATEGORY", "Key": "Unit"}],
    "MaxResults": 2,
}
COSTS = {"TimePeriod": SEPTEMBER, "Granularity": "DAILY", "Metrics": ["UnblendedCost"]}
GROUPED = {
    **COSTS,
    "Metrics": ["AmortizedCost", "UsageQuantity"],
    "GroupBy": [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}, {"Type": "TAG", "Key": "product"}],
}
FORECAST = {
    "TimePeriod": {"Start": "2026-09-28", "End": "2026-10-01"},
    "Metric": "UNBLENDED_COST",
    "Granularity": "DAILY",
    "PredictionIntervalLevel": 80,
}
ANOMALY = {
    "AnomalyId": "a",
    "AnomalyStartDate": "2026-09-10",
    "AnomalyEndDate": "2026-09-12",
    "RootCauses": [{"Service": "Amazon EC2", "Impact": {"Contribution": 80.0}}],
    "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.5},
    "Impact": {"MaxImpact": 80.0, "TotalImpact": 100.0},
    "MonitorArn": MONITOR,
}
SUBSCRIPTION = {
    "SubscriptionName": "alerts",
    "Subscribers": [{"Type": "EMAIL", "Address": "team@example.com"}],
    "Frequency": "DAILY",
    "Threshold": 100.0,
}


@pytest.fixture(name="fake", scope="module")
def a_fake(two_months: Path) -> Iterator[FakeCostExplorer]:
    clock = datetime(2026, 9, 28, 9, tzinfo=UTC)
    with FakeCostExplorer(two_months, clock=clock, page_size=50) as fake:
        fake.anomalies = [ANOMALY]
        yield fake


def calls(fake: FakeCostExplorer) -> Iterator[tuple[str, dict[str, Any]]]:
    """A call of every operation, some in several forms; each is answered."""
    monitor = {"MonitorName": "all", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    yield "GetCostAndUsage", COSTS
    yield "GetCostAndUsage", GROUPED
    yield "GetCostAndUsageComparisons", MONTHS
    yield "GetCostComparisonDrivers", MONTHS
    yield "GetCostForecast", FORECAST
    yield "GetDimensionValues", {"TimePeriod": SEPTEMBER, "Dimension": "LINKED_ACCOUNT"}
    yield "GetDimensionValues", {"TimePeriod": SEPTEMBER, "Dimension": "PRODUCT_ATTRIBUTE"}
    yield "GetTags", {"TimePeriod": SEPTEMBER, "TagKey": "product"}
    yield "ListCostAllocationTags", {"MaxResults": 1}
    yield "GetAnomalies", {"DateInterval": {"StartDate": "2026-09-01"}}
    yield "ProvideAnomalyFeedback", {"AnomalyId": "a", "Feedback": "YES"}
    yield "GetAnomalies", {"DateInterval": {"StartDate": "2026-09-01"}, "Feedback": "YES"}
    yield "CreateAnomalyMonitor", {"AnomalyMonitor": monitor}
    (arn,) = fake.monitors
    yield "GetAnomalyMonitors", {}
    yield "UpdateAnomalyMonitor", {"MonitorArn": arn, "MonitorName": "every"}
    yield (
        "CreateAnomalySubscription",
        {"AnomalySubscription": {**SUBSCRIPTION, "MonitorArnList": [arn]}},
    )
    (subscription,) = fake.subscriptions
    yield "GetAnomalySubscriptions", {"SubscriptionArnList": [subscription]}
    yield "UpdateAnomalySubscription", {"SubscriptionArn": subscription, "Threshold": 5.0}
    yield "DeleteAnomalySubscription", {"SubscriptionArn": subscription}
    yield "DeleteAnomalyMonitor", {"MonitorArn": arn}


def test_every_answer_has_the_form_of_the_published_model(fake: FakeCostExplorer) -> None:
    answered = set()
    for operation, request in calls(fake):
        status, answer = raw(fake, operation, request)
        assert status == 200, answer
        shape = model().operation_model(operation).output_shape
        assert shape is not None
        report = ParamValidator().validate(answer, shape)
        assert not report.has_errors(), f"{operation}: {report.generate_report()}"
        assert list(_unknown_words(shape, answer)) == []
        answered.add(operation)

    assert answered == {*PAID, *FREE}


def _unknown_words(shape: Shape, value: Any) -> Iterator[str]:
    """The texts that are none of those the model lists."""
    if isinstance(shape, StructureShape):
        for name, below in value.items():
            yield from _unknown_words(shape.members[name], below)
    elif isinstance(shape, MapShape):
        for below in value.values():
            yield from _unknown_words(shape.value, below)
    elif isinstance(shape, ListShape):
        for below in value:
            yield from _unknown_words(shape.member, below)
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield value
