# SPDX-License-Identifier: Apache-2.0
"""What each combination cost in two periods: one scan, exact, and nothing left out silently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.money import plain
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import Cell, Cube, CubeQuestion
from tests.builders.bills import (
    a_period,
    a_response,
    an_slo,
    cur_row,
    focus_row,
    write_csv,
    write_json,
)
from tests.checks.third_party import third_party

FIRST_WEEK = Period(date(2026, 9, 1), date(2026, 9, 8))
SECOND_WEEK = Period(date(2026, 9, 8), date(2026, 9, 15))


def charge(day: int, cost: str = "1.00", **changes: str) -> dict[str, str]:
    """A charge of September with the columns that a cube may ask for."""
    columns = {
        "SkuMeter": "BoxUsage",
        "ResourceId": "i-1",
        "ConsumedQuantity": "2",
        "ConsumedUnit": "Hours",
        "ListCost": cost,
    }
    start = f"2026-09-{day:02}T00:00:00Z"
    return focus_row(**{"ChargePeriodStart": start, "BilledCost": cost} | columns | changes)


def cube(
    bill: Path,
    *dimensions: str,
    slo: Slo | None = None,
    currency: str | None = None,
    window: Period = SECOND_WEEK,
    baseline: Period | None = FIRST_WEEK,
) -> Cube:
    return BillSource(str(bill)).fetch_cube(
        CubeQuestion(window, baseline, slo, currency, dimensions)
    )


def costs(found: Cube) -> dict[tuple[str, ...], tuple[str, str]]:
    return {cell.values: (plain(cell.before), plain(cell.after)) for cell in found.cells}


def test_each_combination_has_what_it_cost_before_and_after(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "0.10", ServiceName="EC2"),
        charge(7, "0.20", ServiceName="EC2"),
        charge(8, "0.40", ServiceName="EC2"),
        charge(14, "0.80", ServiceName="S3", SkuMeter=""),
        charge(15, "100", ServiceName="S3"),
    )

    found = cube(bill, "service", "meter")

    assert found.dimensions == ("service", "meter")
    assert found.currency == "USD"
    assert costs(found) == {("EC2", "BoxUsage"): ("0.3", "0.4"), ("S3", ""): ("0", "0.8")}


def test_the_baseline_is_scaled_to_the_days_of_the_window(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1, "1.05"), charge(8, "0.40"))

    found = cube(bill, "service", window=Period(date(2026, 9, 8), date(2026, 9, 10)))

    # 1 Sep 2026 is a Tuesday, as is 8 Sep: a week against its Tuesday and Wednesday.
    (cell,) = found.cells
    assert (str(cell.before), str(cell.quantity_before)) == ("1.05", "2")


def test_without_a_baseline_the_same_weekdays_of_the_weeks_before_are_it(tmp_path: Path) -> None:
    august = {"ChargePeriodStart": "2026-08-25T00:00:00Z"}
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "100", **august),
        charge(1, "50"),
        charge(7, "7"),
        charge(8, "80"),
    )

    found = cube(bill, "service", window=Period(date(2026, 9, 8), date(2026, 9, 9)), baseline=None)

    assert found.baseline == Period(date(2026, 8, 25), date(2026, 9, 8))
    assert costs(found) == {("Amazon EC2",): (str((100 + 50) // 2), "80")}


@pytest.mark.parametrize(
    ("dimension", "column", "value"),
    [
        ("service", "ServiceName", "S3"),
        ("meter", "SkuMeter", "NatGateway-Bytes"),
        ("account", "SubAccountId", "222233334444"),
        ("region", "RegionId", "eu-west-1"),
        ("category", "ChargeCategory", "Tax"),
        ("resource", "ResourceId", "i-2"),
    ],
)
def test_a_dimension_is_a_column_of_the_bill(
    tmp_path: Path, dimension: str, column: str, value: str
) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1, "2"), charge(8, "3", **{column: value}))

    assert costs(cube(bill, dimension))[(value,)] == ("0", "3")


def test_a_tag_is_a_dimension_under_any_of_its_spellings(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "2", Tags=json.dumps({"team": "a"})),
        charge(8, "3", Tags=json.dumps({"user:team": "a"})),
        charge(8, "5", Tags=json.dumps({"env": "prod"})),
    )

    assert costs(cube(bill, "tag:team")) == {("a",): ("2", "3"), ("",): ("0", "5")}


def test_an_slo_counts_its_scope_categories_and_metric(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "9", EffectiveCost="1"),
        charge(8, "9", EffectiveCost="2"),
        charge(8, "9", EffectiveCost="4", ServiceName="S3"),
        charge(8, "9", EffectiveCost="8", ChargeCategory="Tax"),
    )
    slo = an_slo(metric="EffectiveCost", services=["Amazon EC2"], charge_categories=["Usage"])

    assert costs(cube(bill, "service", slo=slo)) == {("Amazon EC2",): ("1", "2")}


def test_quantities_are_told_apart_by_unit_and_only_usage_has_them(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "2"),
        charge(8, "3", ConsumedQuantity="5"),
        charge(8, "4", ConsumedQuantity="7", ConsumedUnit="GB"),
        charge(8, "1", ChargeCategory="Tax", ConsumedQuantity="9"),
    )

    cells = {cell.unit: cell for cell in cube(bill, "service").cells}

    assert cells["Hours"] == _cell(("2", "3"), quantity=("2", "5"), unit="Hours", listed=("2", "3"))
    assert cells["GB"].quantity_before == 0
    assert cells[""] == _cell(("0", "1"))


def test_a_list_cost_that_some_rows_lack_is_not_known(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1, "2"), charge(8, "3", ListCost=""))

    (cell,) = cube(bill, "service").cells

    assert (cell.list_before, cell.list_after) == (None, None)
    assert (str(cell.quantity_before), str(cell.quantity_after)) == ("2", "2")


def test_the_usage_behind_a_discount_line_is_not_counted_twice(tmp_path: Path) -> None:
    def line(kind: str, cost: str) -> dict[str, str]:
        return cur_row(
            {
                "lineItem/UsageStartDate": "2026-09-08T00:00:00Z",
                "lineItem/LineItemType": kind,
                "lineItem/UnblendedCost": cost,
                "lineItem/UsageType": "BoxUsage",
                "lineItem/UsageAmount": "10",
                "pricing/unit": "Hrs",
                "pricing/publicOnDemandCost": "4",
            }
        )

    bill = write_csv(
        tmp_path / "bill.csv",
        line("Usage", "2") | {"lineItem/UsageStartDate": "2026-09-01T00:00:00Z"},
        line("SavingsPlanCoveredUsage", "4"),
        line("SavingsPlanNegation", "-4"),
        line("EdpDiscount", "-1"),
        line("Usage", "4"),
    )

    (cell,) = cube(bill, "meter").cells

    assert (cell.after, cell.quantity_after, cell.list_after) == (
        Decimal(3),
        Decimal(20),
        Decimal(8),
    )


def test_without_dimensions_those_that_vary_are_chosen_with_the_two_commonest_tags(
    tmp_path: Path,
) -> None:
    tags = {"team": "a", "env": "prod", "rare": "x"}
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, Tags=json.dumps(tags)),
        charge(8, Tags=json.dumps(tags)),
        charge(8, Tags=json.dumps({"team": "b", "env": "dev"}), SkuMeter="NatGateway-Bytes"),
    )

    assert cube(bill).dimensions == ("meter", "tag:env", "tag:team")


def test_a_bill_in_which_nothing_varies_has_one_dimension(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8))

    assert cube(bill).dimensions == ("service",)


def test_resources_are_proposed_where_little_else_is(tmp_path: Path) -> None:
    rows = [charge(1), charge(8), charge(8, ResourceId="i-2")]
    columns = ("SkuMeter", "SubAccountId", "RegionId", "Tags")
    short = [{key: row[key] for key in row if key not in columns} for row in rows]

    assert cube(write_csv(tmp_path / "short.csv", *short)).dimensions == ("resource",)
    assert cube(write_csv(tmp_path / "long.csv", *rows)).dimensions == ("service",)


def test_a_dimension_the_bill_has_not_got_is_left_out_with_a_note(tmp_path: Path) -> None:
    bill = write_json(
        tmp_path / "ce.json",
        a_response(
            a_period("2026-09-01", "2026-09-02", {("EC2",): "1"}),
            a_period("2026-09-08", "2026-09-09", {("EC2",): "3"}),
            by=[("DIMENSION", "SERVICE")],
        ),
    )

    found = cube(bill, "service", "meter", "resource", "tag:team")

    assert costs(found) == {("EC2",): ("1", "3")}
    assert found.notes[1:] == tuple(
        f"The bill cannot be grouped by {name}: it is left out."
        for name in ("meter", "resource", "tag:team")
    )
    with pytest.raises(CostDataError, match="cannot be grouped by region, meter"):
        cube(bill, "region", "meter")


def test_a_tag_without_a_value_in_the_periods_is_noted(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8))

    note = "No charge of the two periods has a value for tag:nobody."

    assert note in cube(bill, "tag:nobody").notes
    assert note not in cube(bill).notes


def test_a_period_the_bill_has_not_got_is_an_error_that_names_what_it_has(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8))
    october = Period(date(2026, 10, 1), date(2026, 10, 8))
    august = Period(date(2026, 8, 1), date(2026, 8, 8))

    with pytest.raises(CostDataError, match=r"window, 1 to 7 Oct.*covers 1 to 8 Sep 2026"):
        cube(bill, "service", window=october)
    with pytest.raises(CostDataError, match=r"baseline, 1 to 7 Aug.*covers 1 to 8 Sep 2026"):
        cube(bill, "service", baseline=august)


def test_periods_that_share_days_are_refused(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8))

    with pytest.raises(CostDataError, match="share days"):
        cube(bill, "service", baseline=SECOND_WEEK)


def test_a_period_the_bill_has_in_part_is_noted(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(2), charge(8))

    assert cube(bill, "service").notes == (
        "The bill ends with 8 Sep 2026, so the window is not complete.",
        "The bill begins with 2 Sep 2026, so the baseline is not complete.",
    )


def test_two_periods_without_a_charge_in_scope_are_an_error(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(14))

    with pytest.raises(CostDataError, match="no charge in the scope of all in either period"):
        cube(bill, "service", slo=an_slo(services=["Amazon S3"]))


def test_a_bill_without_a_charge_is_an_error(tmp_path: Path) -> None:
    bill = write_json(tmp_path / "ce.json", a_response(by=[("DIMENSION", "SERVICE")]))

    with pytest.raises(CostDataError, match="the bill has no charge"):
        cube(bill, "service")


def test_two_currencies_do_not_add_up(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8, BillingCurrency="EUR"))

    with pytest.raises(CostDataError, match=r"are in EUR \(1 rows\), USD \(1 rows\)"):
        cube(bill, "service")
    with pytest.raises(CostDataError, match="are in EUR"):
        cube(bill, "service", slo=an_slo(), currency="USD")


def test_a_row_that_cannot_be_read_stops_or_is_noted(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", charge(1), charge(8), charge(8, "a lot"))
    lenient = BillSource(str(bill), on_bad_row="report")

    with pytest.raises(CostDataError, match="row 3: BilledCost: `a lot` cannot be read"):
        cube(bill, "service")
    found = lenient.fetch_cube(CubeQuestion(SECOND_WEEK, FIRST_WEEK, dimensions=("service",)))

    assert costs(found) == {("Amazon EC2",): ("1", "1")}
    assert "row 3" in " ".join(found.notes)


def test_months_of_a_monthly_response_are_compared_and_days_refused(tmp_path: Path) -> None:
    bill = write_json(
        tmp_path / "ce.json",
        a_response(
            a_period("2026-08-01", "2026-09-01", {("EC2",): "31"}),
            a_period("2026-09-01", "2026-10-01", {("EC2",): "40"}),
            by=[("DIMENSION", "SERVICE")],
        ),
    )
    september = Period(date(2026, 9, 1), date(2026, 10, 1))

    found = cube(bill, window=september, baseline=None)

    assert costs(found) == {("EC2",): ("31", "40")}
    assert found.notes == ()
    with pytest.raises(CostDataError, match="one amount a month, so the window"):
        cube(bill)
    assert BillSource(str(bill)).fetch_series(CubeQuestion(september), [(), ()]) == ((), ())


def test_a_charge_is_of_the_first_segment_it_matches_on_its_day(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        charge(1, "1"),
        charge(1, "2", RegionId="eu-west-1"),
        charge(3, "4", RegionId="eu-west-1", BillingCurrency="EUR"),
        charge(4, "8", ServiceName="S3"),
    )
    segments: list[tuple[tuple[str, str], ...]] = [
        (("service", "Amazon EC2"), ("region", "eu-west-1")),
        (("service", "Amazon EC2"),),
        (),
    ]

    found = BillSource(str(bill)).fetch_series(
        CubeQuestion(Period(date(2026, 9, 1), date(2026, 9, 5)), currency="USD"), segments
    )

    assert [[str(cost) for cost in series] for series in found] == [
        ["2", "0", "0", "0"],
        ["1", "0", "0", "0"],
        ["0", "0", "0", "8"],
    ]


def _cell(
    cost: tuple[str, str],
    quantity: tuple[str, str] | None = None,
    unit: str = "",
    listed: tuple[str, str] | None = None,
) -> Cell:
    amounts: Mapping[str, Decimal] = dict(
        zip(
            ("quantity_before", "quantity_after", "list_before", "list_after"),
            map(Decimal, (*(quantity or ()), *(listed or ()))),
            strict=False,
        )
    )
    return Cell(("Amazon EC2",), Decimal(cost[0]), Decimal(cost[1]), unit=unit, **amounts)


def test_a_folder_may_hold_a_licence_too_and_the_sum_is_the_bills() -> None:
    folder = third_party("ce_monthly_by_service_real")
    august, september = (date(2023, month, 1) for month in (8, 9))

    found = cube(
        folder,
        window=Period(september, september + 30 * DAY),
        baseline=Period(august, september),
    )

    change = sum((cell.after - cell.before for cell in found.cells), Decimal(0))
    assert round(change, 2) == Decimal("99.41")
    assert found.notes == ("Skipped (not a bill): LICENSE, README.",)
