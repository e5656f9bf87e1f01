# SPDX-License-Identifier: Apache-2.0
"""GetCostAndUsage of the fake Cost Explorer: periods, groups, filters, and what is refused."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import cur_row, focus_row, write_csv
from tests.checks.cost_explorer_calls import SEPTEMBER, amounts, costs, raw, refusal

NOON = datetime(2026, 9, 16, 12, tzinfo=UTC)
BY_SERVICE = [{"Type": "DIMENSION", "Key": "SERVICE"}]
BY_TEAM = [{"Type": "TAG", "Key": "team"}]
EC2, BEDROCK = "Amazon EC2", "Amazon Bedrock"


def day(number: int, **changes: str) -> dict[str, str]:
    """A dollar of September the n-th."""
    times = {
        "ChargePeriodStart": f"2026-09-{number:02}T00:00:00Z",
        "ChargePeriodEnd": f"2026-09-{number + 1:02}T00:00:00Z",
    }
    extra = {
        "ChargeDescription": "",
        "SkuMeter": "BoxUsage",
        "SubAccountName": "prod",
        "ConsumedQuantity": "2",
        "ConsumedUnit": "Hours",
    }
    return focus_row(**{**extra, **times, **changes})


BILL = (
    day(1, Tags='{"team": "red"}', BilledCost="1.000000000000000000000001"),
    day(1, ServiceName="Amazon S3", EffectiveCost="0.5", Tags='{"user:team": "blue"}'),
    day(2, Tags="{}", RegionId=""),
    day(3, ServiceName=BEDROCK, SkuMeter="claude-haiku-input-tokens", ConsumedUnit="Tokens"),
    day(3, ServiceName=BEDROCK, SkuMeter="nova-pro-output-tokens", ConsumedUnit="Tokens"),
    day(3, ServiceName=BEDROCK, SkuMeter="storage", BilledCost="0.25"),
    day(4, ChargeCategory="Tax", ChargeFrequency="Recurring"),
    day(4, ChargeCategory="Credit", ChargeFrequency="One-Time", BilledCost="-3"),
    day(4, ChargeCategory="Adjustment", ChargeFrequency="One-Time", BilledCost="-0.1"),
    day(5, ChargeCategory="Purchase", ChargeFrequency="Recurring", ServiceName="AWS Support"),
    day(5, ChargeCategory="Purchase", ChargeFrequency="Recurring",
        ChargeDescription="Savings Plan fee"),
    day(5, ChargeCategory="Purchase", ChargeFrequency="One-Time",
        ChargeDescription="Savings Plans upfront"),
    day(5, ChargeCategory="Purchase", ChargeFrequency="One-Time"),
    day(5, ChargeCategory="Purchase", ChargeFrequency="Recurring"),
    day(5, ChargeCategory="Usage", ChargeFrequency="Recurring", ConsumedUnit="GB"),
)  # fmt: skip


@pytest.fixture(name="fake", scope="module")
def a_fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeCostExplorer]:
    bill = write_csv(tmp_path_factory.mktemp("bill") / "focus.csv", *BILL)
    with FakeCostExplorer(bill, clock=NOON) as fake:
        yield fake


def filtered(fake: FakeCostExplorer, expression: dict[str, Any]) -> dict[Any, str]:
    """The amounts that an expression leaves, days without a charge left out."""
    found = amounts(costs(fake, Filter=expression))
    return {start[-2:]: amount for start, amount in found.items() if amount != "0"}


def test_every_day_is_answered_also_those_without_a_charge(fake: FakeCostExplorer) -> None:
    answer = costs(fake)

    assert len(answer["ResultsByTime"]) == 30
    assert answer["ResultsByTime"][1] == {
        "TimePeriod": {"Start": "2026-09-02", "End": "2026-09-03"},
        "Total": {"UnblendedCost": {"Amount": "1", "Unit": "USD"}},
        "Groups": [],
        "Estimated": True,
    }
    assert amounts(answer)["2026-09-30"] == "0"


def test_amounts_have_every_digit(fake: FakeCostExplorer) -> None:
    assert amounts(costs(fake))["2026-09-01"] == "2.000000000000000000000001"


def test_a_grouped_answer_has_no_total_and_no_group_that_is_absent(fake: FakeCostExplorer) -> None:
    answer = costs(fake, GroupBy=BY_SERVICE)

    first, second = answer["ResultsByTime"][0], answer["ResultsByTime"][5]
    assert first["Total"] == second["Total"] == {}
    assert [group["Keys"] for group in first["Groups"]] == [["Amazon EC2"], ["Amazon S3"]]
    assert second["Groups"] == []
    assert answer["GroupDefinitions"] == BY_SERVICE


def test_tags_are_grouped_with_their_key_and_untagged_costs_have_it_alone(
    fake: FakeCostExplorer,
) -> None:
    found = amounts(costs(fake, GroupBy=BY_TEAM))

    assert found["2026-09-01", "team$red"] == "1.000000000000000000000001"
    assert found["2026-09-01", "team$blue"] == "1"
    assert found["2026-09-02", "team$"] == "1"


def test_two_groups_make_pairs_of_keys(fake: FakeCostExplorer) -> None:
    found = amounts(costs(fake, GroupBy=[*BY_SERVICE, *BY_TEAM]))

    assert found["2026-09-01", "Amazon S3", "team$blue"] == "1"


def test_accounts_are_named_beside_the_groups(fake: FakeCostExplorer) -> None:
    answer = costs(fake, GroupBy=[{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}])

    named = {"Value": "111122223333", "Attributes": {"description": "prod"}}
    assert answer["DimensionValueAttributes"] == [named]


def test_each_kind_of_charge_has_its_record_type(fake: FakeCostExplorer) -> None:
    by_record = [{"Type": "DIMENSION", "Key": "RECORD_TYPE"}]
    answer = costs(fake, Granularity="MONTHLY", GroupBy=by_record)

    assert amounts(answer) == {
        ("2026-09-01", "Credit"): "-3",
        ("2026-09-01", "Recurring reservation fee"): "2",
        ("2026-09-01", "Refund"): "-0.1",
        ("2026-09-01", "Savings Plan Recurring Fee"): "1",
        ("2026-09-01", "Savings Plan Upfront Fee"): "1",
        ("2026-09-01", "Support fee"): "1",
        ("2026-09-01", "Tax"): "1",
        ("2026-09-01", "Upfront reservation fee"): "1",
        ("2026-09-01", "Usage"): "5.250000000000000000000001",
    }


def test_several_metrics_come_in_one_answer(fake: FakeCostExplorer) -> None:
    wanted = ["AmortizedCost", "UsageQuantity", "NormalizedUsageAmount", "NetUnblendedCost"]

    first = costs(fake, Metrics=wanted)["ResultsByTime"][0]["Total"]

    assert first["AmortizedCost"] == {"Amount": "1.5", "Unit": "USD"}
    assert first["UsageQuantity"] == {"Amount": "4", "Unit": "Hours"}
    assert first["NormalizedUsageAmount"] == {"Amount": "0", "Unit": "N/A"}


def test_a_quantity_over_several_units_has_none(fake: FakeCostExplorer) -> None:
    fifth = costs(fake, Metrics=["UsageQuantity"])["ResultsByTime"][4]["Total"]

    assert fifth["UsageQuantity"]["Unit"] == "N/A"


def test_months_asked_for_in_part_are_answered_in_part(fake: FakeCostExplorer) -> None:
    answer = costs(
        fake, Granularity="MONTHLY", TimePeriod={"Start": "2026-08-20", "End": "2026-09-03"}
    )

    periods = [period["TimePeriod"] for period in answer["ResultsByTime"]]
    assert periods == [
        {"Start": "2026-08-20", "End": "2026-09-01"},
        {"Start": "2026-09-01", "End": "2026-09-03"},
    ]
    assert list(amounts(answer).values()) == ["0", "3.000000000000000000000001"]


def test_hours_are_answered_with_their_times(fake: FakeCostExplorer) -> None:
    hours = {"Start": "2026-09-03T00:00:00Z", "End": "2026-09-03T02:00:00Z"}

    answer = costs(fake, Granularity="HOURLY", TimePeriod=hours)

    assert amounts(answer) == {"2026-09-03T00:00:00Z": "2.25", "2026-09-03T01:00:00Z": "0"}
    assert answer["ResultsByTime"][1]["TimePeriod"]["End"] == "2026-09-03T02:00:00Z"


@pytest.mark.parametrize(
    ("clock", "estimated"),
    [
        (datetime(2026, 10, 10, 23, tzinfo=UTC), [False, True]),
        (datetime(2026, 10, 11, tzinfo=UTC), [False, False]),
        (datetime(2026, 9, 10, tzinfo=UTC), [True, True]),
    ],
)
def test_a_closed_month_is_an_estimate_through_the_10th(
    fake: FakeCostExplorer,
    monkeypatch: pytest.MonkeyPatch,
    clock: datetime,
    estimated: list[bool],
) -> None:
    monkeypatch.setattr(fake, "clock", clock)
    answer = costs(
        fake, Granularity="MONTHLY", TimePeriod={"Start": "2026-08-01", "End": "2026-10-01"}
    )

    assert [period["Estimated"] for period in answer["ResultsByTime"]] == estimated


@pytest.mark.parametrize(
    ("expression", "left"),
    [
        ({"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}, {"01": "1"}),
        ({"Dimensions": {"Key": "REGION", "Values": ["NoRegion"]}}, {"02": "1"}),
        ({"Dimensions": {"Key": "USAGE_TYPE", "Values": ["storage"]}}, {"03": "0.25"}),
        ({"Tags": {"Key": "team", "Values": ["blue"]}}, {"01": "1"}),
        ({"Tags": {"Key": "user:team", "Values": ["blue"]}}, {"01": "1"}),
        ({"Tags": {"Key": "team", "Values": ["Blue"]}}, {}),
        ({"Not": {"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}},
         {"01": "2.000000000000000000000001"}),
        ({"Not": {"Tags": {"Key": "team"}}}, {"01": "2.000000000000000000000001"}),
        ({"Not": {"Tags": {"MatchOptions": ["ABSENT"]}}}, {"01": "2.000000000000000000000001"}),
        ({"CostCategories": {"Key": "Unit", "Values": ["a"]}}, {}),
        ({"And": [
            {"CostCategories": {"Key": "Unit", "MatchOptions": ["ABSENT"]}},
            {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}},
        ]}, {"01": "1"}),
        ({"ProductAttributes": {"Key": "model", "Values": ["claude-haiku"]}}, {"03": "1"}),
        ({"ProductAttributes": {"Key": "provider", "Values": ["Amazon"]}}, {"03": "1"}),
        ({"ProductAttributes": {"Key": "model", "MatchOptions": ["ABSENT"]}}, {"03": "0.25"}),
        ({"Not": {"ProductAttributes": {"Key": "model", "Values": ["nova-pro"]}}}, {"03": "1.25"}),
        ({"ProductAttributes": {"Key": "Model", "Values": ["nova-pro"]}}, {}),
        ({"ProductAttributes": {"Key": "Model", "MatchOptions": ["ABSENT"]}}, {"03": "2.25"}),
    ],
)  # fmt: skip
def test_an_expression_selects_charges(
    fake: FakeCostExplorer, expression: dict[str, Any], left: dict[str, str]
) -> None:
    assert filtered(fake, expression) == left


def test_product_attributes_are_grouped_over_the_costs_of_bedrock(fake: FakeCostExplorer) -> None:
    by_type = [{"Type": "PRODUCT_ATTRIBUTE", "Key": "inferenceType"}]

    assert amounts(costs(fake, Granularity="MONTHLY", GroupBy=by_type)) == {
        ("2026-09-01", "inferenceType$"): "0.25",
        ("2026-09-01", "inferenceType$Input tokens"): "1",
        ("2026-09-01", "inferenceType$Output tokens"): "1",
    }


def test_all_costs_lie_outside_a_cost_category_that_is_not_there(fake: FakeCostExplorer) -> None:
    by_category = [{"Type": "COST_CATEGORY", "Key": "Unit"}]

    found = amounts(costs(fake, Granularity="MONTHLY", GroupBy=by_category))

    assert list(found) == [("2026-09-01", "Unit$")]


SERVICE_S3 = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon S3"]}}
SERVICE_BEDROCK = {"Dimensions": {"Key": "SERVICE", "Values": [BEDROCK]}}
ANY_MODEL = {"ProductAttributes": {"Key": "model", "Values": ["nova-pro"]}}


@pytest.mark.parametrize(
    ("changes", "code", "text"),
    [
        ({"TimePeriod": {"Start": "2026-09-01", "End": "2026-09-01"}}, "ValidationException",
         "Start date (and hour) should be before end date (and hour)"),
        ({"TimePeriod": {"Start": "2026-09-01", "End": "2026-10-02"}}, "ValidationException",
         "end date past the beginning of next month"),
        ({"TimePeriod": {"Start": "2025-07-02", "End": "2026-09-02"}}, "ValidationException",
         ("To retrieve data beyond the past 14 months, your start date needs to be the first day "
         "of the month.")),
        ({"TimePeriod": {"Start": "2025-07-01", "End": "2026-09-02"}}, "ValidationException",
         "You haven't enabled historical data beyond 14 months."),
        ({"TimePeriod": {"Start": "2026-09-02T11:00:00Z", "End": "2026-09-03T00:00:00Z"},
          "Granularity": "HOURLY"}, "ValidationException",
         "Start date is more than 14 days ago for hourly granularity"),
        ({"TimePeriod": {"Start": "2026-9-1", "End": "2026-10-01"}}, "ValidationException",
         ("1 validation error detected: Value '2026-9-1' at 'timePeriod.start' failed to satisfy "
         r"constraint: Member must satisfy regular expression pattern: (\d{4}-\d{2}-\d{2})"
         r"(T\d{2}:\d{2}:\d{2}Z)?")),
        ({"TimePeriod": {"Start": "2026-02-30", "End": "2026-10-01"}}, "ValidationException",
         "2026-02-30 is not a valid date"),
        ({"Granularity": "WEEKLY"}, "ValidationException",
         ("1 validation error detected: Value 'WEEKLY' at 'granularity' failed to satisfy "
         "constraint: Member must satisfy enum value set: [DAILY, MONTHLY, HOURLY]")),
        ({"Filter": {**SERVICE_S3, "Not": SERVICE_S3}}, "ValidationException",
         ("Expression has more than one roots. Only one root operator is allowed for each "
         "expression: And, Or, Not, Dimensions, Tags, CostCategories")),
        ({"Filter": {}}, "ValidationException",
         ("Expression has zero roots. Only one root operator is allowed for each expression: "
         "And, Or, Not, Dimensions, Tags, CostCategories")),
        ({"Filter": {"And": [SERVICE_S3]}}, "ValidationException",
         "And expression must have at least 2 operands"),
        ({"Filter": {"Or": [SERVICE_S3] * 101}}, "ValidationException",
         "Filter has more than 100 expressions"),
        ({"Filter": {"Dimensions": {"Key": "SERVICE", "Values": ["a"],
                                    "MatchOptions": ["STARTS_WITH"]}}}, "ValidationException",
         ("Match options [STARTS_WITH] are not supported. Supported match options are "
         "[CASE_SENSITIVE, EQUALS]")),
        ({"Filter": {"Dimensions": {"Key": "SERVICE"}}}, "ValidationException",
         "Dimensions expression must have a key and at least one value"),
        ({"Filter": {"Dimensions": {"Key": "SERVICE_CODE", "Values": ["a"]}}},
         "ValidationException", "Dimension SERVICE_CODE is not supported for this operation"),
        ({"Filter": {"Tags": {"Values": ["a"]}}}, "ValidationException",
         "Tags expression must have a key"),
        ({"Filter": {"Tags": {"Key": "a", "Values": ["a"], "MatchOptions": ["ABSENT"]}}},
         "ValidationException", "Tag expression with match option ABSENT must not have values"),
        ({"Filter": {"ProductAttributes": {"Key": "model"}}}, "ValidationException",
         "ProductAttributes expression must have at least one value"),
        ({"Filter": {"And": [ANY_MODEL, SERVICE_S3]}}, "ValidationException",
         "A SERVICE filter beside ProductAttributes must contain only supported services"),
        ({"Filter": {"And": [ANY_MODEL, {"Not": SERVICE_BEDROCK}]}}, "ValidationException",
         "A SERVICE filter beside ProductAttributes must apply to the whole request"),
        ({"Filter": {"Or": [ANY_MODEL, SERVICE_BEDROCK]}}, "ValidationException",
         "A SERVICE filter beside ProductAttributes must apply to the whole request"),
        ({"Filter": ANY_MODEL, "TimePeriod": {"Start": "2026-08-31", "End": "2026-09-02"}},
         "DataUnavailableException",
         ("Data is not available. Please try to adjust the time period. If just enabled Cost "
         "Explorer, data might not be ingested yet")),
        ({"Metrics": ["Cost"]}, "ValidationException",
         ("Metric Cost is invalid. Valid values are AmortizedCost, BlendedCost, NetAmortizedCost, "
         "NetUnblendedCost, UnblendedCost, UsageQuantity, NormalizedUsageAmount")),
        ({"Metrics": []}, "ValidationException",
         "Metrics is empty. At least one metric is required"),
        ({"GroupBy": [*BY_SERVICE, *BY_TEAM, *BY_TEAM]}, "ValidationException",
         "Group definitions are limited to 2, 3 were given"),
        ({"GroupBy": [{"Type": "LINKED_ACCOUNT", "Key": "a"}]}, "ValidationException",
         "Group Definition type is invalid."),
        ({"GroupBy": [{"Type": "TAG", "Key": ""}]}, "ValidationException",
         "Group Definition is invalid. Both type an key need to be set to a non-empty value."),
        ({"GroupBy": [{"Type": "DIMENSION", "Key": "RESOURCE_ID"}]}, "ValidationException",
         ("Group Definition dimension is invalid. Valid values are AZ, INSTANCE_TYPE, "
         "LINKED_ACCOUNT, OPERATION, PURCHASE_TYPE, SERVICE, USAGE_TYPE, PLATFORM, TENANCY, "
         "RECORD_TYPE, LEGAL_ENTITY_NAME, INVOICING_ENTITY, DEPLOYMENT_OPTION, DATABASE_ENGINE, "
         "CACHE_ENGINE, INSTANCE_TYPE_FAMILY, REGION, BILLING_ENTITY, RESERVATION_ID, "
         "SAVINGS_PLANS_TYPE, SAVINGS_PLAN_ARN, OPERATING_SYSTEM")),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused(
    fake: FakeCostExplorer, changes: dict[str, Any], code: str, text: str
) -> None:
    before = fake.requests

    assert refusal(fake, **changes) == (code, text)
    assert fake.requests == before


@pytest.mark.parametrize(
    "period",
    [
        {"Start": "2025-08-01", "End": "2026-09-02"},
        {"Start": "2026-09-20", "End": "2026-10-01"},
    ],
)
def test_the_edges_of_what_may_be_asked_are_answered(
    fake: FakeCostExplorer, period: dict[str, str]
) -> None:
    assert costs(fake, TimePeriod=period, Granularity="MONTHLY")["ResultsByTime"]


def test_a_request_without_what_it_needs_is_refused_as_aws_words_it(fake: FakeCostExplorer) -> None:
    status, answer = raw(fake, "GetCostAndUsage", {"TimePeriod": SEPTEMBER, "Metrics": ["a"]})

    assert status == 400
    assert answer == {
        "__type": "ValidationException",
        "message": "1 validation error detected: Value null at 'granularity' failed to satisfy "
        "constraint: Member must not be null",
    }


def test_a_billing_view_is_not_found(fake: FakeCostExplorer) -> None:
    view = "arn:aws:billing::123456789012:billingview/custom"

    assert refusal(fake, BillingViewArn=view) == (
        "ResourceNotFoundException",
        f"There is no billing view {view}",
    )


@pytest.mark.parametrize("body", ["text", ["a list"], {"TimePeriod": "September"}])
def test_a_body_that_is_no_request_is_refused(fake: FakeCostExplorer, body: object) -> None:
    assert raw(fake, "GetCostAndUsage", body)[1]["__type"] == "SerializationException"


def test_an_operation_that_is_not_faked_is_refused(fake: FakeCostExplorer) -> None:
    assert raw(fake, "GetUsageForecast", {}) == (
        400,
        {"__type": "UnknownOperationException", "message": "GetUsageForecast is not faked"},
    )


def test_pages_hold_so_many_groups_and_each_is_paid_for(
    fake: FakeCostExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "page_size", 4)
    whole: dict[Any, str] = {}
    before, pages, token = fake.requests, 0, None
    while token is not None or pages == 0:
        answer = costs(fake, GroupBy=BY_SERVICE, **({"NextPageToken": token} if token else {}))
        found = amounts(answer)
        assert not whole.keys() & found.keys()
        whole |= found
        pages, token = pages + 1, answer.get("NextPageToken")

    monkeypatch.setattr(fake, "page_size", 1000)
    assert whole == amounts(costs(fake, GroupBy=BY_SERVICE))
    assert pages == 8  # 32 lines: two groups on two days, one on 28
    assert fake.requests == before + pages + 1


def test_the_pages_of_an_answer_are_of_one_instant(
    fake: FakeCostExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "page_size", 2)
    first = costs(fake)
    monkeypatch.setattr(fake, "clock", datetime(2026, 9, 1, tzinfo=UTC))

    second = costs(fake, NextPageToken=first["NextPageToken"])

    assert amounts(second)["2026-09-03"] == "2.25"


def test_a_token_is_good_for_the_request_it_was_given_to(
    fake: FakeCostExplorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fake, "page_size", 2)
    token = costs(fake)["NextPageToken"]

    changed = refusal(fake, NextPageToken=token, Metrics=["AmortizedCost"])
    unknown = refusal(fake, NextPageToken="abc")

    assert changed[0] == "RequestChangedException"
    assert unknown == ("InvalidNextTokenException", "Invalid NextPageToken: abc")


def test_a_bill_in_two_currencies_is_no_bill_of_cost_explorer(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "focus.csv", day(1), day(2, BillingCurrency="EUR"))

    with pytest.raises(CostDataError, match="charges in EUR, USD; Cost Explorer answers in one"):
        FakeCostExplorer(bill, clock=NOON)


def test_a_bill_with_an_unreadable_row_is_refused(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "focus.csv", day(1), day(2, BilledCost="a lot"))

    with pytest.raises(CostDataError, match="1 rows have no readable date, category or cost"):
        FakeCostExplorer(bill, clock=NOON)


def test_a_clock_without_a_time_zone_is_refused(fake: FakeCostExplorer) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        fake.clock = datetime(2026, 9, 1)  # noqa: DTZ001 - what is tested


def test_a_cost_and_usage_report_is_a_bill_too(tmp_path: Path) -> None:
    row = cur_row({"resourceTags/user:costCenter": "red", "product/ProductName": EC2})
    bill = write_csv(tmp_path / "cur.csv", row)

    with FakeCostExplorer(bill, clock=NOON) as fake:
        by_tag = [{"Type": "TAG", "Key": "costCenter"}]
        found = amounts(costs(fake, Granularity="MONTHLY", GroupBy=by_tag))

    assert found == {("2026-09-01", "costCenter$red"): "1"}
