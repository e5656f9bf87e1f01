# SPDX-License-Identifier: Apache-2.0
"""The fake Cost Explorer's other answers about costs: values, tags, forecasts, comparisons."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.checks.cost_explorer_calls import SEPTEMBER, amounts, client, code_and_text, costs, raw

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

AUGUST: Any = {"Start": "2026-08-01", "End": "2026-09-01"}
CLOCK = datetime(2026, 9, 28, 9, tzinfo=UTC)
TO_COME: Any = {"Start": "2026-09-28", "End": "2026-10-01"}


@pytest.fixture(name="fake", scope="module")
def a_fake(two_months: Path) -> Iterator[FakeCostExplorer]:
    with FakeCostExplorer(two_months, clock=CLOCK) as fake:
        yield fake


@pytest.fixture(name="ce", scope="module")
def a_client(fake: FakeCostExplorer) -> "CostExplorerClient":
    return client(fake)


def refused(fake: FakeCostExplorer, operation: str, **request: Any) -> str:
    """The text that a request is refused with."""
    status, answer = raw(fake, operation, request)
    assert status == 400, answer
    return str(answer.get("message", answer.get("Message")))


def test_the_values_of_a_dimension_are_listed(ce: "CostExplorerClient") -> None:
    answer = ce.get_dimension_values(TimePeriod=SEPTEMBER, Dimension="LINKED_ACCOUNT")

    assert answer["DimensionValues"][1] == {
        "Value": "222233334444",
        "Attributes": {"description": "metalabs-prod"},
    }
    assert answer["ReturnSize"] == answer["TotalSize"] == 5


def test_values_are_searched_filtered_and_sorted_by_what_they_cost(
    ce: "CostExplorerClient",
) -> None:
    found = ce.get_dimension_values(
        TimePeriod=SEPTEMBER, Dimension="SERVICE", SearchString="bedrock"
    )
    sorted_ = ce.get_dimension_values(
        TimePeriod=SEPTEMBER,
        Dimension="RECORD_TYPE",
        SortBy=[{"Key": "UnblendedCost", "SortOrder": "DESCENDING"}],
        Filter={"Dimensions": {"Key": "LINKED_ACCOUNT", "Values": ["111122223333"]}},
        MaxResults=2,
    )

    assert [each["Value"] for each in found["DimensionValues"]] == ["Amazon Bedrock"]
    assert [each["Value"] for each in sorted_["DimensionValues"]] == [
        "Savings Plan Recurring Fee",
        "Support fee",
    ]
    assert (sorted_["ReturnSize"], sorted_["TotalSize"]) == (2, 4)


def test_product_attributes_list_their_keys_and_values(ce: "CostExplorerClient") -> None:
    keys = ce.get_dimension_values(TimePeriod=SEPTEMBER, Dimension="PRODUCT_ATTRIBUTE")
    models = ce.get_dimension_values(
        TimePeriod=SEPTEMBER, Dimension="PRODUCT_ATTRIBUTE", DimensionKey="model"
    )

    assert [each["Value"] for each in keys["DimensionValues"]] == [
        "feature",
        "inferenceType",
        "model",
        "provider",
    ]
    assert [each["Value"] for each in models["DimensionValues"]] == ["claude-3-5-haiku", "nova-pro"]


def test_values_are_filtered_by_product_attributes_of_a_service(ce: "CostExplorerClient") -> None:
    haiku: Any = {"ProductAttributes": {"Key": "model", "Values": ["claude-3-5-haiku"]}}
    bedrock: Any = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon Bedrock"]}}

    answer = ce.get_tags(TimePeriod=SEPTEMBER, TagKey="product", Filter={"And": [haiku, bedrock]})

    assert answer["Tags"] == ["weel"]


def test_tags_are_listed_and_their_values_with_nothing_for_untagged_costs(
    ce: "CostExplorerClient",
) -> None:
    keys = ce.get_tags(TimePeriod=SEPTEMBER)["Tags"]
    values = ce.get_tags(TimePeriod=SEPTEMBER, TagKey="product")["Tags"]

    assert "product" in keys
    assert values == ["", "metalabs", "promptlib", "weel"]


def test_values_come_in_pages_too(fake: FakeCostExplorer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fake, "page_size", 3)
    first = client(fake).get_tags(TimePeriod=SEPTEMBER, TagKey="product")
    second = client(fake).get_tags(
        TimePeriod=SEPTEMBER, TagKey="product", NextPageToken=first["NextPageToken"]
    )

    assert (first["ReturnSize"], first["TotalSize"]) == (3, 4)
    assert second["Tags"] == ["weel"]
    assert "NextPageToken" not in second


def test_cost_allocation_tags_are_active(fake: FakeCostExplorer, ce: "CostExplorerClient") -> None:
    before = fake.requests

    answer = ce.list_cost_allocation_tags(TagKeys=["product"])
    none = ce.list_cost_allocation_tags(Status="Inactive")

    (tag,) = answer["CostAllocationTags"]
    assert (tag["TagKey"], tag["Status"], tag["Type"]) == ("product", "Active", "UserDefined")
    assert tag["LastUsedDate"] == "2026-09-01T00:00:00Z"
    assert none["CostAllocationTags"] == []
    assert fake.requests == before


@pytest.mark.parametrize(
    ("operation", "request_", "text"),
    [
        (
            "GetDimensionValues",
            {"Dimension": "SERVICE", "DimensionKey": "model"},
            "DimensionKey is only supported when Dimension is PRODUCT_ATTRIBUTE",
        ),
        (
            "GetDimensionValues",
            {"Dimension": "SERVICE", "Context": "RESERVATIONS"},
            "Context RESERVATIONS is not faked",
        ),
        (
            "GetDimensionValues",
            {"Dimension": "PRODUCT_ATTRIBUTE", "SortBy": [{"Key": "UnblendedCost"}]},
            "DimensionKey is required when SortBy is specified",
        ),
        (
            "GetTags",
            {"SearchString": "a", "SortBy": [{"Key": "UnblendedCost"}]},
            "NextPageToken and SearchString are not supported with SortBy",
        ),
        (
            "GetTags",
            {"MaxResults": 1001, "SortBy": [{"Key": "UnblendedCost"}]},
            (
                "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy "
                "constraint: Member must have value less than or equal to 1000"
            ),
        ),
        (
            "GetTags",
            {"Filter": {"ProductAttributes": {"Key": "model", "Values": ["nova-pro"]}}},
            "A SERVICE filter is required beside ProductAttributes",
        ),
    ],
)
def test_values_that_aws_does_not_list_are_refused(
    fake: FakeCostExplorer, operation: str, request_: dict[str, Any], text: str
) -> None:
    assert refused(fake, operation, TimePeriod=SEPTEMBER, **request_) == text


def test_a_forecast_is_around_what_the_weekdays_cost(ce: "CostExplorerClient") -> None:
    answer = ce.get_cost_forecast(
        TimePeriod=TO_COME, Metric="UNBLENDED_COST", Granularity="DAILY", PredictionIntervalLevel=80
    )

    days = answer["ForecastResultsByTime"]
    assert [each["TimePeriod"]["Start"] for each in days] == [
        "2026-09-28",
        "2026-09-29",
        "2026-09-30",
    ]
    for each in days:
        low, mean, high = (
            Decimal(each[name])
            for name in (
                "PredictionIntervalLowerBound",
                "MeanValue",
                "PredictionIntervalUpperBound",
            )
        )
        assert low < mean < high
    means = [Decimal(each["MeanValue"]) for each in days]
    assert Decimal(answer["Total"]["Amount"]) == sum(means)


def test_a_forecast_of_months_is_wider_at_a_higher_level(
    ce: "CostExplorerClient",
) -> None:
    widths = []
    for level in (51, 80, 99):
        answer = ce.get_cost_forecast(
            TimePeriod={"Start": "2026-09-28", "End": "2026-12-01"},
            Metric="AMORTIZED_COST",
            Granularity="MONTHLY",
            PredictionIntervalLevel=level,
        )
        september, october, november = answer["ForecastResultsByTime"]
        assert september["TimePeriod"] == {"Start": "2026-09-28", "End": "2026-10-01"}
        assert november["TimePeriod"] == {"Start": "2026-11-01", "End": "2026-12-01"}
        widths.append(
            Decimal(october["PredictionIntervalUpperBound"])
            - Decimal(october["PredictionIntervalLowerBound"])
        )
    assert widths[0] < widths[1] < widths[2]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"TimePeriod": {"Start": "2026-09-28", "End": "2026-09-28"}},
            "Requested Start: 2026-09-28 must be before requested End: 2026-09-28",
        ),
        (
            {"TimePeriod": {"Start": "2026-09-29", "End": "2026-10-01"}},
            "Requested Start: 2026-09-29 must not be after the current date: 2026-09-28",
        ),
        (
            {"TimePeriod": {"Start": "2026-09-28", "End": "2027-01-02"}},
            "DAILY forecasts are limited to 3 months",
        ),
        ({"Granularity": "HOURLY"}, "Granularity HOURLY is not supported for this operation"),
        (
            {"Metric": "USAGE_QUANTITY"},
            (
                "Metric USAGE_QUANTITY is invalid. Valid values are AMORTIZED_COST, BLENDED_COST, "
                "NET_AMORTIZED_COST, NET_UNBLENDED_COST, UNBLENDED_COST"
            ),
        ),
        ({"PredictionIntervalLevel": 50}, "PredictionIntervalLevel: 50 is not between 51 and 99"),
        (
            {"Filter": {"ProductAttributes": {"Key": "model", "Values": ["a"]}}},
            "ProductAttributes is not supported for this operation",
        ),
        (
            {"Filter": {"Dimensions": {"Key": "SERVICE", "Values": ["none"]}}},
            "Insufficient amount of historical data.",
        ),
    ],
)
def test_a_forecast_that_aws_does_not_make_is_refused(
    fake: FakeCostExplorer, changes: dict[str, Any], text: str
) -> None:
    asked = {"TimePeriod": TO_COME, "Metric": "UNBLENDED_COST", "Granularity": "DAILY"}

    assert refused(fake, "GetCostForecast", **{**asked, **changes}) == text


COMPARED: dict[str, Any] = {
    "BaselineTimePeriod": AUGUST,
    "ComparisonTimePeriod": SEPTEMBER,
    "MetricForComparison": "UnblendedCost",
}


def test_months_are_compared_by_group_and_add_up(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    answer = ce.get_cost_and_usage_comparisons(
        **COMPARED, GroupBy=[{"Type": "TAG", "Key": "product"}]
    )

    months = costs(
        fake, Granularity="MONTHLY", TimePeriod={"Start": "2026-08-01", "End": "2026-10-01"}
    )
    total = answer["TotalCostAndUsage"]["UnblendedCost"]
    assert [total["BaselineTimePeriodAmount"], total["ComparisonTimePeriodAmount"]] == list(
        amounts(months).values()
    )
    differences = [
        Decimal(each["Metrics"]["UnblendedCost"]["Difference"])
        for each in answer["CostAndUsageComparisons"]
    ]
    assert sum(differences) == Decimal(total["Difference"])
    assert all(abs(one) >= abs(next_) for one, next_ in pairwise(differences))
    selectors = [each["CostAndUsageSelector"] for each in answer["CostAndUsageComparisons"]]
    assert {"Tags": {"Key": "product", "MatchOptions": ["ABSENT"]}} in selectors
    assert {
        "Tags": {"Key": "product", "Values": ["metalabs"], "MatchOptions": ["EQUALS"]}
    } in selectors


def test_a_selector_selects_its_group(fake: FakeCostExplorer, ce: "CostExplorerClient") -> None:
    answer = ce.get_cost_and_usage_comparisons(
        **COMPARED,
        GroupBy=[
            {"Type": "TAG", "Key": "product"},
            {"Type": "DIMENSION", "Key": "RECORD_TYPE"},
        ],
    )

    for each in answer["CostAndUsageComparisons"]:
        found = costs(fake, Granularity="MONTHLY", Filter=each["CostAndUsageSelector"])
        assert each["Metrics"]["UnblendedCost"]["ComparisonTimePeriodAmount"] in (
            amounts(found).values()
        )


def test_without_groups_only_the_total_is_compared(ce: "CostExplorerClient") -> None:
    answer = ce.get_cost_and_usage_comparisons(**COMPARED)

    assert answer["CostAndUsageComparisons"] == []
    assert answer["TotalCostAndUsage"]["UnblendedCost"]["Unit"] == "USD"


def test_drivers_come_ten_to_a_page_with_their_types(
    fake: FakeCostExplorer, ce: "CostExplorerClient"
) -> None:
    before = fake.requests

    pages = list(ce.get_paginator("get_cost_comparison_drivers").paginate(**COMPARED))

    drivers = [each for page in pages for each in page["CostComparisonDrivers"]]
    assert all(len(page["CostComparisonDrivers"]) == 10 for page in pages[:-1])
    assert fake.requests == before + len(pages)
    types = {part["Type"] for each in drivers for part in each["CostDrivers"]}
    assert {"USAGE_CHANGE", "CREDIT", "TAX", "SUPPORT_FEE", "REFUND"} <= types
    for each in drivers:
        parts = [
            Decimal(part["Metrics"]["UnblendedCost"]["Difference"]) for part in each["CostDrivers"]
        ]
        assert sum(parts) == Decimal(each["Metrics"]["UnblendedCost"]["Difference"])
        service, usage_type = each["CostSelector"]["And"]
        assert (service["Dimensions"]["Key"], usage_type["Dimensions"]["Key"]) == (
            "SERVICE",
            "USAGE_TYPE",
        )


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"BaselineTimePeriod": {"Start": "2026-08-01", "End": "2026-08-31"}},
            (
                "The time period must start and end on the first day of a month, with a duration "
                "of exactly one month"
            ),
        ),
        (
            {"BaselineTimePeriod": {"Start": "2025-07-01", "End": "2025-08-01"}},
            (
                "Data is not available. Please try to adjust the time period. If just enabled Cost "
                "Explorer, data might not be ingested yet"
            ),
        ),
        (
            {"MaxResults": 11},
            (
                "1 validation error detected: Value '11' at 'maxResults' failed to satisfy "
                "constraint: Member must have value less than or equal to 10"
            ),
        ),
        (
            {"MaxResults": 0},
            (
                "1 validation error detected: Value '0' at 'maxResults' failed to satisfy "
                "constraint: Member must have value greater than or equal to 1"
            ),
        ),
        (
            {"GroupBy": [{"Type": "PRODUCT_ATTRIBUTE", "Key": "model"}]},
            "Group Definition type is invalid.",
        ),
    ],
)
def test_a_comparison_that_aws_does_not_make_is_refused(
    fake: FakeCostExplorer, changes: dict[str, Any], text: str
) -> None:
    assert refused(fake, "GetCostComparisonDrivers", **{**COMPARED, **changes}) == text


def test_the_sdk_reads_the_text_of_a_modelled_error(ce: "CostExplorerClient") -> None:
    with pytest.raises(ClientError) as error:
        ce.get_cost_forecast(
            TimePeriod=TO_COME,
            Metric="UNBLENDED_COST",
            Granularity="DAILY",
            Filter={"Dimensions": {"Key": "SERVICE", "Values": ["none"]}},
        )

    assert isinstance(error.value, ce.exceptions.DataUnavailableException)
    assert code_and_text(error.value)[1] == "Insufficient amount of historical data."
