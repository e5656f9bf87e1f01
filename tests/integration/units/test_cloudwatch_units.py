# SPDX-License-Identifier: Apache-2.0
"""How CloudWatch's answers become units by day, and which answers are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from cost_slo.adapters.units.cloudwatch_units import READ_ATTEMPTS, CloudWatchUnitSource
from cost_slo.adapters.units.unit_router import UnitRouter
from cost_slo.domain.errors import CostDataError, SettingsError, SourceError
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spec.units import CloudWatchUnits, Units
from cost_slo.domain.spend.reading import UnitReading
from tests.fakes.ports import FakeUnitSource

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

AS_OF = datetime(2026, 11, 16, 6, tzinfo=UTC)
FIRST, SECOND = date(2026, 11, 14), date(2026, 11, 15)
COUNT = {"namespace": "AWS/ApiGateway", "metric": "Count", "dimensions": {"ApiName": "search"}}
DENIED = {"StatusCode": "Forbidden"}


def slo(**cloudwatch: object) -> Slo:
    return Slo(
        name="search-cost",
        product="search",
        owner="platform",
        objective=UnitObjective(per_unit=Decimal("0.002")),
        units=Units(cloudwatch=CloudWatchUnits.model_validate(cloudwatch or COUNT)),
    )


def cloudwatch(region: str = "us-east-1") -> CloudWatchClient:
    return boto3.client(
        "cloudwatch", region_name=region, aws_access_key_id="a", aws_secret_access_key="b"
    )


def result(*points: tuple[datetime, float], **more: object) -> dict[str, Any]:
    """One series of an answer; complete, unless it says otherwise."""
    series = {
        "Id": "unitsADay",
        "Label": "Count",
        "Timestamps": [at for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }
    return series | more


def on(day: date, value: float) -> tuple[datetime, float]:
    return datetime(day.year, day.month, day.day, tzinfo=UTC), value


def read(*pages: Mapping[str, Any], as_of: datetime = AS_OF, **counted: object) -> UnitReading:
    """What the source makes of these answers, one a call."""
    client = cloudwatch()
    with Stubber(client) as stub:
        for page in pages:
            stub.add_response("get_metric_data", {"MetricDataResults": [], **page})
        reading = CloudWatchUnitSource(lambda _: client).fetch_units(slo(**counted), as_of)
        stub.assert_no_pending_responses()
    return reading


def of(*results: Mapping[str, Any], token: str = "") -> dict[str, Any]:
    return {"MetricDataResults": list(results)} | ({"NextToken": token} if token else {})


@pytest.fixture(name="live")
def live_cloudwatch() -> Iterator[CloudWatchClient]:
    with mock_aws():
        yield cloudwatch()


def publish(client: CloudWatchClient, metric: str, values: Mapping[datetime, float]) -> None:
    client.put_metric_data(
        Namespace="AWS/ApiGateway",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": [{"Name": "ApiName", "Value": "search"}],
                "Timestamp": at,
                "Value": value,
            }
            for at, value in values.items()
        ],
    )


def test_hours_of_one_utc_day_are_summed_and_a_running_day_is_left_out(
    live: CloudWatchClient,
) -> None:
    hours = {datetime(2026, 11, 14, hour, tzinfo=UTC): 10.0 for hour in (0, 12, 23)}
    publish(live, "Count", {**hours, datetime(2026, 11, 16, 1, tzinfo=UTC): 7.0})

    reading = CloudWatchUnitSource(lambda _: live).fetch_units(slo(), AS_OF)

    assert reading.units == {FIRST: 30}
    assert reading.description == (
        "search-cost: units from CloudWatch, a day: Sum of AWS/ApiGateway Count (ApiName=search)"
    )


def test_samples_are_counted_where_the_spec_says_so(live: CloudWatchClient) -> None:
    hours = {datetime(2026, 11, 14, hour, tzinfo=UTC): 10.0 for hour in (0, 12, 23)}
    publish(live, "Latency", hours)

    reading = CloudWatchUnitSource(lambda _: live).fetch_units(
        slo(**COUNT | {"metric": "Latency", "statistic": "SampleCount"}), AS_OF
    )

    assert reading.units == {FIRST: 3}


def test_an_expression_is_asked_with_its_metrics_and_only_its_own_answer_counts() -> None:
    client = cloudwatch()
    stat = {
        "Metric": {"Namespace": "AWS/Bedrock", "MetricName": ANY, "Dimensions": []},
        "Period": 86400,
        "Stat": "Sum",
    }
    metrics = {
        "tokens_in": {"namespace": "AWS/Bedrock", "metric": "InputTokenCount"},
        "tokens_out": {"namespace": "AWS/Bedrock", "metric": "OutputTokenCount"},
    }
    asked = {
        "MetricDataQueries": [
            {"Id": "tokens_in", "MetricStat": stat, "ReturnData": False},
            {"Id": "tokens_out", "MetricStat": stat, "ReturnData": False},
            {"Id": "unitsADay", "Expression": "tokens_in + tokens_out", "Period": 86400},
        ],
        "StartTime": datetime(2026, 7, 11, tzinfo=UTC),
        "EndTime": datetime(2026, 11, 16, tzinfo=UTC),
        "ScanBy": "TimestampAscending",
    }
    regions = []

    def client_for(region: str | None) -> CloudWatchClient:
        regions.append(region)
        return client

    with Stubber(client) as stub:
        stub.add_response("get_metric_data", of(result(on(FIRST, 3e6))), asked)
        reading = CloudWatchUnitSource(client_for).fetch_units(
            slo(region="eu-west-1", expression="tokens_in + tokens_out", metrics=metrics), AS_OF
        )

    assert reading.units == {FIRST: 3_000_000}
    assert regions == ["eu-west-1"]
    assert reading.description == (
        "search-cost: units from CloudWatch in eu-west-1, a day: tokens_in + tokens_out where "
        "tokens_in = Sum of AWS/Bedrock InputTokenCount, "
        "tokens_out = Sum of AWS/Bedrock OutputTokenCount"
    )


def test_all_pages_count_once() -> None:
    part = result(on(FIRST, 5.0), StatusCode="PartialData")

    reading = read(of(part, token="more"), of(result(on(SECOND, 6.0))))

    assert reading.units == {FIRST: 5, SECOND: 6}


@pytest.mark.parametrize("status", ["PartialData", "InternalError"])
def test_an_incomplete_answer_is_asked_for_again(status: str) -> None:
    part = result(on(FIRST, 5.0), StatusCode=status)

    reading = read(of(part), of(result(on(FIRST, 5.0), on(SECOND, 6.0))))

    assert reading.units == {FIRST: 5, SECOND: 6}


@pytest.mark.parametrize("status", ["PartialData", "InternalError"])
def test_an_answer_that_stays_incomplete_is_refused_and_may_be_tried_later(status: str) -> None:
    part = result(on(FIRST, 5.0), StatusCode=status)

    with pytest.raises(SourceError, match="only a part of the units") as refused:
        read(*[of(part)] * READ_ATTEMPTS)

    assert refused.value.retryable


def test_a_failed_page_fails_the_whole_answer_whatever_follows() -> None:
    failed = result(on(FIRST, 5.0), StatusCode="InternalError")
    pages = (of(failed, token="more"), of(result(on(SECOND, 6.0))))

    with pytest.raises(SourceError, match="InternalError"):
        read(*pages * READ_ATTEMPTS)


def test_no_answer_at_all_is_not_zero_units() -> None:
    with pytest.raises(SourceError, match="only a part"):
        read(*[of()] * READ_ATTEMPTS)


def test_a_denied_metric_says_which_permission_it_needs() -> None:
    with pytest.raises(SourceError, match="allow cloudwatch:GetMetricData"):
        read(of(result(**DENIED)))


def test_what_cloudwatch_could_not_answer_is_refused_and_names_nobody() -> None:
    message = {"Code": "MaxMetricsExceeded", "Value": "asked by ann@example.com"}

    with pytest.raises(SourceError, match="MaxMetricsExceeded") as refused:
        read({"Messages": [message]})

    assert "ann@" not in str(refused.value)


def test_what_cloudwatch_says_of_a_series_stands_beside_it() -> None:
    message = {"Code": "ArithmeticError", "Value": "One or more divisions by zero"}

    reading = read(of(result(on(FIRST, 5.0), Messages=[message])))

    assert reading.description.endswith("; ArithmeticError: One or more divisions by zero")


def test_a_day_without_a_datapoint_is_unknown() -> None:
    reading = read(of(result(on(date(2026, 11, 12), 5.0), on(SECOND, 0.0))))

    assert reading.units == {date(2026, 11, 12): 5, SECOND: 0}


def test_several_series_are_never_mistaken_for_one() -> None:
    with pytest.raises(CostDataError, match="several series"):
        read(of(result(on(FIRST, 5.0)), result(on(FIRST, 6.0), Label="other")))


@pytest.mark.parametrize(
    ("value", "units"),
    [
        (1000.0, Decimal(1000)),
        (0.1 + 0.2, Decimal("0.3")),  # 0.30000000000000004
        (3_000_000.0000000005, Decimal(3_000_000)),
        (1e14, Decimal(10**14)),
        (12.5, Decimal("12.5")),
    ],
)
def test_a_float_becomes_the_number_that_was_meant(value: float, units: Decimal) -> None:
    assert read(of(result(on(FIRST, value)))).units == {FIRST: units}


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), 1e15])
def test_what_is_no_count_is_refused(value: float) -> None:
    with pytest.raises(CostDataError, match="expected 0 or more units a day"):
        read(of(result(on(FIRST, value))))


def test_a_datapoint_that_is_no_utc_day_is_refused() -> None:
    with pytest.raises(CostDataError, match="whole UTC days"):
        read(of(result((datetime(2026, 11, 14, 5, 45, tzinfo=UTC), 1.0))))


def test_a_call_that_is_denied_is_an_error_of_the_source() -> None:
    client = cloudwatch()
    with Stubber(client) as stub:
        stub.add_client_error("get_metric_data", "AccessDenied")
        with pytest.raises(SourceError, match="allow cloudwatch:GetMetricData"):
            CloudWatchUnitSource(lambda _: client).fetch_units(slo(), AS_OF)


def test_without_credentials_it_says_what_to_set_up_or_to_give() -> None:
    source = CloudWatchUnitSource(lambda _: boto3.client("cloudwatch"))

    with pytest.raises(SettingsError, match=r"search-cost: .* region, or give .* --units FILE"):
        source.fetch_units(slo(), AS_OF)


def test_units_of_another_source_are_not_looked_for() -> None:
    from_file = slo().model_copy(update={"units": Units(csv="units.csv")})

    with pytest.raises(SourceError, match="not counted by CloudWatch"):
        CloudWatchUnitSource(lambda _: cloudwatch()).fetch_units(from_file, AS_OF)


OFFSETS = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
SECONDS = st.integers(0, 366 * 86_400)


@given(SECONDS, OFFSETS)
def test_whatever_the_hour_whole_utc_days_that_ended_are_asked_for(
    seconds: int, offset: timezone
) -> None:
    as_of = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(offset)
    asked: dict[str, Any] = {}

    class Client:
        def get_metric_data(self, **request: object) -> dict[str, Any]:
            asked.update(request)
            return of(result())

    CloudWatchUnitSource(lambda _: Client()).fetch_units(slo(), as_of)  # type: ignore[arg-type,return-value]

    start, end = asked["StartTime"], asked["EndTime"]
    assert timedelta(0) <= as_of - end < timedelta(days=1)
    assert end - start == timedelta(days=128)
    assert all(edge.utcoffset() == timedelta(0) for edge in (start, end))
    assert all((edge.hour, edge.minute, edge.second) == (0, 0, 0) for edge in (start, end))


def test_each_slo_is_counted_by_the_source_its_spec_names() -> None:
    files, metrics = UnitReading({}, "files"), UnitReading({}, "metrics")
    router = UnitRouter(
        files=FakeUnitSource({"search-cost": files}),
        metrics=lambda: FakeUnitSource({"search-cost": metrics}),
    )
    from_file = slo().model_copy(update={"units": Units(csv="units.csv")})

    assert router.fetch_units(slo(), AS_OF) is metrics
    assert router.fetch_units(from_file, AS_OF) is files
