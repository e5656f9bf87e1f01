# SPDX-License-Identifier: Apache-2.0
"""Cost Anomaly Detection of the fake Cost Explorer: anomalies, monitors, subscriptions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import focus_row, write_csv
from tests.checks.cost_explorer_calls import client, raw

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

CLOCK = datetime(2026, 9, 20, 9, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
NOBODY = "arn:aws:ce::123456789012:anomalymonitor/none"


@pytest.fixture(name="fake")
def a_fake(tmp_path: Path) -> Iterator[FakeCostExplorer]:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    with FakeCostExplorer(bill, clock=CLOCK) as fake:
        yield fake


@pytest.fixture(name="ce")
def a_client(fake: FakeCostExplorer) -> "CostExplorerClient":
    return client(fake)


def anomaly(name: str, ended: str, impact: float = 100.0, **more: Any) -> dict[str, Any]:
    """An anomaly as AWS answers it."""
    return {
        "AnomalyId": name,
        "AnomalyStartDate": ended,
        "AnomalyEndDate": ended,
        "DimensionValue": "Amazon EC2",
        "RootCauses": [],
        "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.5},
        "Impact": {"MaxImpact": impact, "TotalImpact": impact},
        "MonitorArn": NOBODY,
        **more,
    }


def names(ce: "CostExplorerClient", start: str, end: str, **more: Any) -> list[str]:
    """The anomalies that ended in an interval."""
    asked: Any = {"StartDate": start, "EndDate": end}
    return [each["AnomalyId"] for each in ce.get_anomalies(DateInterval=asked, **more)["Anomalies"]]


def refused(fake: FakeCostExplorer, operation: str, **request: Any) -> tuple[str, str]:
    """The code and text that a request is refused with."""
    status, answer = raw(fake, operation, request)
    assert status == 400, answer
    return answer["__type"], str(answer.get("message", answer.get("Message")))


def a_monitor(**changes: Any) -> Any:
    return {
        "MonitorName": "services",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
        **changes,
    }


def a_subscription(*monitors: str, **changes: Any) -> Any:
    subscription = {
        "SubscriptionName": "alerts",
        "MonitorArnList": list(monitors),
        "Subscribers": [{"Type": "SNS", "Address": TOPIC}],
        "Frequency": "IMMEDIATE",
        "Threshold": 100.0,
        **changes,
    }
    return {name: value for name, value in subscription.items() if value is not None}


def test_anomalies_are_those_that_ended_in_the_interval_its_last_day_included(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    days = ("2026-09-09", "2026-09-10", "2026-09-12", "2026-09-13")
    fake.anomalies = [anomaly(day, day) for day in days]

    assert names(ce, "2026-09-10", "2026-09-12") == ["2026-09-10", "2026-09-12"]


def test_an_anomaly_is_kept_for_90_days(fake: FakeCostExplorer, ce: "CostExplorerClient") -> None:
    fake.anomalies = [anomaly("old", "2026-06-21"), anomaly("kept", "2026-06-22")]

    assert names(ce, "2026-06-01", "2026-09-20") == ["kept"]


def test_an_anomaly_that_goes_on_ends_today(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    going_on = anomaly("now", "")
    del going_on["AnomalyEndDate"]
    fake.anomalies.append(going_on)

    assert names(ce, "2026-09-20", "2026-09-20") == ["now"]
    assert names(ce, "2026-09-01", "2026-09-19") == []


@pytest.mark.parametrize(
    ("operator", "values", "found"),
    [
        ("EQUAL", (100,), ["b"]),
        ("GREATER_THAN", (100,), ["c"]),
        ("GREATER_THAN_OR_EQUAL", (100,), ["b", "c"]),
        ("LESS_THAN", (100,), ["a"]),
        ("LESS_THAN_OR_EQUAL", (100,), ["a", "b"]),
        ("BETWEEN", (100, 200), ["b", "c"]),
    ],
)
def test_anomalies_are_found_by_their_impact(
    fake: FakeCostExplorer,
    ce: "CostExplorerClient",
    operator: str,
    values: tuple[float, ...],
    found: list[str],
) -> None:
    impacts = {"a": 50.0, "b": 100.0, "c": 200.0}
    fake.anomalies = [anomaly(name, "2026-09-10", impact) for name, impact in impacts.items()]
    asked = dict(zip(("StartValue", "EndValue"), values, strict=False))

    wanted = {"NumericOperator": operator, **asked}

    assert names(ce, "2026-09-01", "2026-09-20", TotalImpact=wanted) == found


def test_feedback_is_kept_and_found(fake: FakeCostExplorer, ce: "CostExplorerClient") -> None:
    fake.anomalies = [anomaly("a", "2026-09-10"), anomaly("b", "2026-09-10", MonitorArn="x")]

    ce.provide_anomaly_feedback(AnomalyId="a", Feedback="PLANNED_ACTIVITY")

    assert fake.anomalies[0]["Feedback"] == "PLANNED_ACTIVITY"
    assert names(ce, "2026-09-01", "2026-09-20", Feedback="PLANNED_ACTIVITY") == ["a"]
    assert names(ce, "2026-09-01", "2026-09-20", MonitorArn="x") == ["b"]
    assert fake.requests == 0


def test_anomalies_come_in_pages(fake: FakeCostExplorer, ce: "CostExplorerClient") -> None:
    fake.anomalies = [anomaly(f"{number}", "2026-09-10") for number in range(5)]

    pages = ce.get_paginator("get_anomalies").paginate(
        DateInterval={"StartDate": "2026-09-01"}, PaginationConfig={"PageSize": 2}
    )

    assert [len(page["Anomalies"]) for page in pages] == [2, 2, 1]


def test_a_monitor_is_made_read_renamed_and_deleted(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    arn = ce.create_anomaly_monitor(AnomalyMonitor=a_monitor())["MonitorArn"]
    ce.update_anomaly_monitor(MonitorArn=arn, MonitorName="renamed")

    (made,) = ce.get_anomaly_monitors()["AnomalyMonitors"]
    assert made == {
        "MonitorArn": arn,
        "MonitorName": "renamed",
        "MonitorType": "DIMENSIONAL",
        "MonitorDimension": "SERVICE",
        "CreationDate": "2026-09-20",
        "LastUpdatedDate": "2026-09-20",
        "LastEvaluatedDate": "NOT_EVALUATED_YET",
    }
    ce.delete_anomaly_monitor(MonitorArn=arn)
    assert fake.monitors == {}


def test_there_is_one_managed_monitor_of_a_dimension(fake: FakeCostExplorer) -> None:
    raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": a_monitor()})

    code_and_text = refused(fake, "CreateAnomalyMonitor", AnomalyMonitor=a_monitor())

    assert code_and_text == (
        "ValidationException",
        "Limit exceeded on dimensional spend monitor creation",
    )
    by_tag = a_monitor(MonitorDimension="TAG", MonitorSpecification={"Tags": {"Key": "team"}})
    assert raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": by_tag})[0] == 200


def test_an_account_has_501_monitors_at_most(fake: FakeCostExplorer) -> None:
    custom = a_monitor(
        MonitorType="CUSTOM",
        MonitorSpecification={"Tags": {"Key": "team", "Values": ["red"]}},
    )
    del custom["MonitorDimension"]
    fake._account.monitors.update({f"{number}": custom for number in range(500)})
    assert raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": custom})[0] == 200

    _, text = refused(fake, "CreateAnomalyMonitor", AnomalyMonitor=custom)

    assert text == "Limit exceeded on custom spend monitor creation"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"MonitorType": "CUSTOM"},
         "A CUSTOM monitor needs MonitorSpecification and no MonitorDimension"),
        ({"MonitorDimension": None}, "A DIMENSIONAL monitor needs MonitorDimension"),
        ({"MonitorDimension": "TAG"},
         ("MonitorSpecification is for the dimensions TAG and COST_CATEGORY, which need it")),
        ({"MonitorType": "CUSTOM", "MonitorDimension": None,
          "MonitorSpecification": {"Tags": {"Key": "a", "Values": ["b"] * 11}}},
         "MonitorSpecification is limited to 10 values"),
    ],
)  # fmt: skip
def test_a_monitor_that_cannot_be_is_refused(
    fake: FakeCostExplorer, changes: dict[str, Any], text: str
) -> None:
    assert refused(fake, "CreateAnomalyMonitor", AnomalyMonitor=a_monitor(**changes))[1] == text


def test_a_subscription_is_made_read_changed_and_deleted(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    monitor = ce.create_anomaly_monitor(AnomalyMonitor=a_monitor())["MonitorArn"]
    arn = ce.create_anomaly_subscription(AnomalySubscription=a_subscription(monitor))[
        "SubscriptionArn"
    ]
    above: Any = {
        "Dimensions": {
            "Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": ["50"],
        }
    }
    ce.update_anomaly_subscription(SubscriptionArn=arn, ThresholdExpression=above)

    (made,) = ce.get_anomaly_subscriptions(MonitorArn=monitor)["AnomalySubscriptions"]
    assert made == {
        "SubscriptionArn": arn,
        "AccountId": "123456789012",
        "SubscriptionName": "alerts",
        "MonitorArnList": [monitor],
        "Subscribers": [{"Type": "SNS", "Address": TOPIC, "Status": "CONFIRMED"}],
        "Frequency": "IMMEDIATE",
        "ThresholdExpression": above,
    }
    assert ce.get_anomaly_subscriptions(MonitorArn=NOBODY)["AnomalySubscriptions"] == []
    ce.delete_anomaly_subscription(SubscriptionArn=arn)
    assert fake.subscriptions == {}


def test_an_account_has_100_subscriptions_at_most(fake: FakeCostExplorer) -> None:
    monitor = raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": a_monitor()})[1]["MonitorArn"]
    asked = {"AnomalySubscription": a_subscription(monitor)}
    for _ in range(100):
        assert raw(fake, "CreateAnomalySubscription", asked)[0] == 200

    _, text = refused(fake, "CreateAnomalySubscription", **asked)

    assert text == "Limit exceeded on spend subscription creation"


MAIL = {"Type": "EMAIL", "Address": "team@example.com"}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"Threshold": None}, "Threshold and ThresholdExpression cannot both be null"),
        ({"ThresholdExpression": {"Dimensions": {"Key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE"}}},
         "Threshold and ThresholdExpression cannot both be specified"),
        ({"Subscribers": [MAIL]}, "IMMEDIATE frequency only supports SNS subscribers"),
        ({"Frequency": "DAILY"}, "DAILY frequency only supports EMAIL subscribers"),
        ({"Frequency": "WEEKLY", "Subscribers": [MAIL] * 11},
         "A subscription has 1 to 10 EMAIL subscribers"),
        ({"Subscribers": [{"Type": "SNS", "Address": TOPIC}] * 2},
         "A subscription has 1 to 1 SNS subscribers"),
    ],
)  # fmt: skip
def test_a_subscription_that_cannot_be_is_refused(
    fake: FakeCostExplorer, changes: dict[str, Any], text: str
) -> None:
    monitor = raw(fake, "CreateAnomalyMonitor", {"AnomalyMonitor": a_monitor()})[1]["MonitorArn"]
    asked = a_subscription(monitor, **changes)

    found = refused(fake, "CreateAnomalySubscription", AnomalySubscription=asked)

    assert found == ("ValidationException", text)
    assert fake.subscriptions == {}


@pytest.mark.parametrize(
    ("operation", "request_", "code"),
    [
        ("UpdateAnomalyMonitor", {"MonitorArn": NOBODY}, "UnknownMonitorException"),
        ("DeleteAnomalyMonitor", {"MonitorArn": NOBODY}, "UnknownMonitorException"),
        ("GetAnomalyMonitors", {"MonitorArnList": [NOBODY]}, "UnknownMonitorException"),
        ("CreateAnomalySubscription", {"AnomalySubscription": a_subscription(NOBODY)},
         "UnknownMonitorException"),
        ("DeleteAnomalySubscription", {"SubscriptionArn": "x"}, "UnknownSubscriptionException"),
        ("ProvideAnomalyFeedback", {"AnomalyId": "x", "Feedback": "NO"}, "ValidationException"),
        ("GetAnomalies", {"DateInterval": {"StartDate": "2026-09-02", "EndDate": "2026-09-01"}},
         "ValidationException"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_refused(
    fake: FakeCostExplorer, operation: str, request_: dict[str, Any], code: str
) -> None:
    assert refused(fake, operation, **request_)[0] == code


def test_between_needs_both_ends(fake: FakeCostExplorer) -> None:
    fake.anomalies = [anomaly("a", "2026-09-10")]

    _, text = refused(
        fake,
        "GetAnomalies",
        DateInterval={"StartDate": "2026-09-01"},
        TotalImpact={"NumericOperator": "BETWEEN", "StartValue": 1.0},
    )

    assert text == "EndValue is required with the operator BETWEEN"
