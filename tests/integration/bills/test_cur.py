# SPDX-License-Identifier: Apache-2.0
"""AWS Cost and Usage Reports: every spelling, and what each line item type means."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from cost_slo.adapters.bills.columns.cur import athena_name
from cost_slo.domain.errors import CostDataError
from tests.builders.bills import an_slo, cur_row, read_bill, total, write_csv


def in_athena_spelling(row: dict[str, str]) -> dict[str, str]:
    return {athena_name(key): value for key, value in row.items()}


def test_both_spellings_read_alike(tmp_path: Path) -> None:
    row = cur_row({"resourceTags/user:product": "metalabs"})
    legacy = write_csv(tmp_path / "legacy.csv", row)
    athena_row = in_athena_spelling(cur_row()) | {"resource_tags_user_product": "metalabs"}
    athena = write_csv(tmp_path / "athena.csv", athena_row)
    metalabs = an_slo(
        tags={"product": ["metalabs"]},
        services=["Amazon Elastic Compute Cloud"],
        accounts=["111122223333"],
        regions=["us-east-1"],
        providers=["AWS"],
    )

    first, second = read_bill(legacy, metalabs), read_bill(athena, metalabs)

    assert first.spend == second.spend
    assert first.spend["all"][0].usage == Decimal(1)


@pytest.mark.parametrize("as_map", [True, False])
def test_cur_2_maps_hold_tags_and_products(tmp_path: Path, as_map: bool) -> None:  # noqa: FBT001
    columns = (
        "'2026-09-01 00:00:00'::TIMESTAMP AS line_item_usage_start_date, "
        "1.5::DOUBLE AS line_item_unblended_cost, 'Usage' AS line_item_line_item_type, "
        "'USD' AS line_item_currency_code, 'AmazonEC2' AS line_item_product_code, "
        "{tags} AS resource_tags, {product} AS product"
    )
    query = (
        columns.format(
            tags="MAP {'user_cost_center': 'cc1', 'aws_created_by': 'x'}",
            product="MAP {'product_name': 'Amazon EC2', 'region': 'us-east-1'}",
        )
        if as_map
        else columns.format(
            tags='\'{"user_cost_center": "cc1"}\'',
            product='\'{"product_name": "Amazon EC2", "region": "us-east-1"}\'',
        )
    )
    bill = tmp_path / "bill.parquet"
    duckdb.execute(f"COPY (SELECT {query}) TO '{bill}' (FORMAT parquet)")

    reading = read_bill(bill, an_slo(tags={"CostCenter": ["cc1"]}, regions=["us-east-1"]))

    assert [(each.service, each.usage) for each in reading.spend["all"]] == [
        ("Amazon EC2", Decimal("1.5"))
    ]


@pytest.mark.parametrize(
    ("kind", "cost", "usage", "lumps", "credits"),
    [
        ("Usage", "1", "1", "0", "0"),
        ("DiscountedUsage", "0", "0", "0", "0"),
        ("SavingsPlanCoveredUsage", "2", "0", "0", "0"),
        ("SavingsPlanNegation", "-2", "0", "0", "0"),
        ("EdpDiscount", "-1", "-1", "0", "0"),
        ("Fee", "9", "0", "9", "0"),
        ("RIFee", "9", "0", "9", "0"),
        ("SavingsPlanRecurringFee", "9", "0", "9", "0"),
        ("SavingsPlanUpfrontFee", "9", "0", "9", "0"),
        ("Tax", "3", "0", "3", "0"),
        ("Credit", "-3", "0", "0", "-3"),
        ("Refund", "-3", "0", "0", "-3"),
    ],
)
def test_each_line_item_type_is_usage_or_a_lump(
    tmp_path: Path,
    kind: str,
    cost: str,
    usage: str,
    lumps: str,
    credits: str,  # noqa: A002
) -> None:
    row = cur_row({"lineItem/LineItemType": kind, "lineItem/UnblendedCost": cost})
    bill = write_csv(tmp_path / "bill.csv", row)

    (spend,) = read_bill(bill).spend["all"]

    assert (spend.usage, spend.lumps, spend.credits) == (
        Decimal(usage),
        Decimal(lumps),
        Decimal(credits),
    )


def test_by_default_neither_tax_nor_credits_count_and_refunds_do(tmp_path: Path) -> None:
    kinds = ("Usage", "Tax", "Credit", "Refund", "Fee")
    bill = write_csv(
        tmp_path / "bill.csv", *(cur_row({"lineItem/LineItemType": kind}) for kind in kinds)
    )
    default = an_slo(charge_categories=("Usage", "Purchase", "Adjustment"))

    assert total(read_bill(bill, default)) == "3"


@pytest.mark.parametrize(
    ("kind", "effective"),
    [
        ("Usage", "10"),
        ("SavingsPlanCoveredUsage", "6"),
        ("SavingsPlanNegation", "0"),
        ("SavingsPlanUpfrontFee", "0"),
        ("SavingsPlanRecurringFee", "1.5"),
        ("DiscountedUsage", "4"),
        ("RIFee", "0.75"),
    ],
)
def test_effective_cost_spreads_commitments(tmp_path: Path, kind: str, effective: str) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        cur_row(
            {
                "lineItem/LineItemType": kind,
                "lineItem/UnblendedCost": "10",
                "savingsPlan/SavingsPlanEffectiveCost": "6",
                "savingsPlan/TotalCommitmentToDate": "5",
                "savingsPlan/UsedCommitment": "3.5",
                "reservation/EffectiveCost": "4",
                "reservation/UnusedRecurringFee": "0.75",
                "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod": "",
            }
        ),
    )

    assert total(read_bill(bill, an_slo(metric="EffectiveCost"))) == effective


@pytest.mark.parametrize(("arn", "effective"), [("arn:aws:ec2:x", "0"), ("", "10")])
def test_the_upfront_fee_of_a_reservation_is_spread_and_another_fee_is_not(
    tmp_path: Path, arn: str, effective: str
) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        cur_row(
            {
                "lineItem/LineItemType": "Fee",
                "lineItem/UnblendedCost": "10",
                "reservation/ReservationARN": arn,
            }
        ),
    )

    assert total(read_bill(bill, an_slo(metric="EffectiveCost"))) == effective


def test_a_tag_that_was_never_activated_is_named(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", cur_row({"resourceTags/user:team": "x"}))

    with pytest.raises(CostDataError, match=r"no tag `product` \(it has team\); activate it"):
        read_bill(bill, an_slo(tags={"product": ["metalabs"]}))


def test_tag_columns_that_differ_in_letter_case_only_are_two_tags(tmp_path: Path) -> None:
    row = cur_row({"resourceTags/user:Team": "a", "resourceTags/user:team": "b"})
    bill = write_csv(tmp_path / "bill.csv", row)

    reading = read_bill(bill, an_slo("upper", tags={"Team": ["a"]}), an_slo(tags={"team": ["a"]}))

    assert (reading.scopes["upper"].in_scope, reading.scopes["all"].in_scope) == (1, 0)


def test_months_with_different_columns_are_one_bill(tmp_path: Path) -> None:
    write_csv(tmp_path / "august.csv", cur_row({"lineItem/UsageStartDate": "2026-08-01T00:00:00Z"}))
    write_csv(tmp_path / "september.csv", cur_row({"resourceTags/user:team": "x"}))

    reading = read_bill(tmp_path, an_slo(), an_slo("team", tags={"team": ["x"]}))

    assert [each.day for each in reading.spend["all"]] == [date(2026, 8, 1), date(2026, 9, 1)]
    assert reading.scopes["team"].in_scope == 1


def test_the_product_code_stands_in_for_a_missing_product_name(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", cur_row({"product/ProductName": ""}))

    assert read_bill(bill).spend["all"][0].service == "AmazonEC2"
