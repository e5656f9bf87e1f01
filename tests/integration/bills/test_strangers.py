# SPDX-License-Identifier: Apache-2.0
"""Bills of strangers: columns that only some files have, names that differ in case, odd texts."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from cost_slo.domain.spend.cube import CubeQuestion
from tests.builders.bills import (
    a_period,
    a_response,
    an_slo,
    cur_row,
    focus_row,
    read_bill,
    total,
    write_csv,
    write_json,
)

SEARCH = an_slo("search", tags={"product": ["search"]})
ALL_BUT: dict[str, Any] = {"not": {"tags": {"product": ["search"]}}}
OTHERS = an_slo("others", **ALL_BUT)
SERVICE = ("DIMENSION", "SERVICE")
ACCOUNT = ("DIMENSION", "LINKED_ACCOUNT")


def without(row: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in names}


def second(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """A line of the second day."""
    times = {
        "lineItem/UsageStartDate": "2026-09-02T00:00:00Z",
        "lineItem/UsageEndDate": "2026-09-02T01:00:00Z",
    }
    return cur_row(times | dict(changes or {}))


def arrow(path: Path, row: Mapping[str, str], **columns: pa.Array) -> Path:
    pq.write_table(
        pa.table({name: pa.array([value]) for name, value in row.items()} | columns), path
    )
    return path


@pytest.mark.parametrize("scope", [{"regions": ["us-east-1"]}, {"not": {"regions": ["eu"]}}])
@pytest.mark.parametrize("beside", [True, False])
def test_a_report_without_regions_cannot_answer_a_region(
    tmp_path: Path,
    scope: dict[str, Any],
    beside: bool,  # noqa: FBT001
) -> None:
    write_csv(tmp_path / "a.csv", without(cur_row(), "product/region"))
    if beside:
        write_csv(tmp_path / "b.csv", second())

    assert total(read_bill(tmp_path)) == ("2" if beside else "1")
    with pytest.raises(CostDataError, match=r"a\.csv: product/region: an SLO needs this column"):
        read_bill(tmp_path, an_slo(**scope))


def test_a_part_whose_map_alone_can_name_a_region_is_named(tmp_path: Path) -> None:
    mapped = without(second({"product": '{"product_name": "Amazon EC2"}'}), "product/region")
    write_csv(tmp_path / "a.csv", cur_row({"product": "{}"}))
    write_csv(tmp_path / "b.csv", mapped)
    note = "No column for regions in b.csv: only the map `product` can name them."

    assert read_bill(tmp_path, an_slo(regions=["us-east-1"])).notes == (note,)
    assert read_bill(tmp_path, an_slo(services=["Amazon EC2"])).notes == ()


def test_a_report_without_products_cannot_answer_a_service(tmp_path: Path) -> None:
    row = without(cur_row(), "product/ProductName", "lineItem/ProductCode")

    with pytest.raises(CostDataError, match="product/ProductName: an SLO needs this column"):
        read_bill(write_csv(tmp_path / "a.csv", row), an_slo(services=["Amazon EC2"]))


@pytest.mark.parametrize("changes", [{}, {"resourceTags/user:team": "x"}])
def test_a_part_without_the_column_of_a_tag_is_named(
    tmp_path: Path, changes: dict[str, str]
) -> None:
    write_csv(tmp_path / "a.csv", cur_row({"resourceTags/user:product": "search"}))
    write_csv(tmp_path / "b.csv", second(changes))
    note = "No column for tag `product` in b.csv: the charges in it count as untagged."

    reading = read_bill(tmp_path, SEARCH, OTHERS)

    assert (total(reading, "search"), total(reading, "others")) == ("1", "1")
    assert reading.notes == (note,)
    first, after = date(2026, 9, 1), date(2026, 9, 2)
    window, baseline = Period(after, date(2026, 9, 3)), Period(first, after)
    question = CubeQuestion(window, baseline, OTHERS, "USD")
    assert note in BillSource(str(tmp_path)).fetch_cube(question).notes
    assert read_bill(tmp_path).notes == ()


def test_a_part_of_cur_2_without_its_tags_is_named(tmp_path: Path) -> None:
    row = {
        "line_item_usage_start_date": "2026-09-01",
        "line_item_unblended_cost": "1",
        "line_item_line_item_type": "Usage",
        "line_item_currency_code": "USD",
    }
    write_csv(tmp_path / "a.csv", row | {"resource_tags": '{"user_product": "search"}'})
    write_csv(tmp_path / "b.csv", row | {"line_item_usage_start_date": "2026-09-02"})

    reading = read_bill(tmp_path, SEARCH)

    assert total(reading, "search") == "1"
    assert "No column for tag `product` in b.csv" in reading.notes[0]


def test_a_column_of_the_tag_in_another_letter_case_is_no_missing_column(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", cur_row({"resourceTags/user:product": "search"}))
    write_csv(tmp_path / "b.csv", second({"resourceTags/user:Product": "search"}))

    reading = read_bill(tmp_path, SEARCH)

    assert reading.notes == ()
    assert "`Product: search` ($1.00)" in reading.scope_notes["search"][0]


@pytest.mark.parametrize("prefix", ["resourceTags/user:", "resource_tags_user_"])
def test_tags_of_parquet_that_differ_in_letter_case_keep_their_names(
    tmp_path: Path, prefix: str
) -> None:
    tags = {f"{prefix}Env": pa.array(["prod"]), f"{prefix}env": pa.array(["dev"])}
    bill = arrow(tmp_path / "a.parquet", cur_row(), **tags)
    both = [an_slo("upper", tags={"Env": ["prod"]}), an_slo("lower", tags={"env": ["dev"]})]

    reading = read_bill(bill, *both)

    assert (total(reading, "upper"), total(reading, "lower")) == ("1", "1")
    with pytest.raises(CostDataError, match=r"it has Env, env\)"):
        read_bill(bill, an_slo(tags={"env_1": ["dev"]}))


def test_a_cost_column_of_parquet_in_two_letter_cases_is_refused(tmp_path: Path) -> None:
    nested = pa.array([{"billedcost": "1", "deep": {"x": "2"}}])
    bill = arrow(tmp_path / "a.parquet", focus_row(), x_Usage=nested, billedcost=pa.array(["3"]))

    with pytest.raises(CostDataError, match="twice \\(`BilledCost` and `billedcost`\\)"):
        read_bill(bill)


def test_a_key_that_a_map_of_parquet_names_twice_is_named(tmp_path: Path) -> None:
    entries = [("env", "a=b"), ("product", "search"), ("product", "x")]
    tags = pa.array([entries], pa.map_(pa.string(), pa.string()))

    with pytest.raises(CostDataError, match="the key `product` is written twice"):
        read_bill(arrow(tmp_path / "a.parquet", focus_row(), Tags=tags), SEARCH)


@pytest.mark.parametrize(
    "tags",
    [
        pa.array(['[["product", "search", "x"]]']),
        pa.array(["[[]]"]),
        pa.array([[[("product", "search")]]], pa.list_(pa.map_(pa.string(), pa.string()))),
    ],
)
def test_tags_in_a_shape_that_nobody_knows_are_refused_by_row(
    tmp_path: Path, tags: pa.Array
) -> None:
    with pytest.raises(CostDataError, match=r"row 1: Tags: .* cannot be read"):
        read_bill(arrow(tmp_path / "a.parquet", focus_row(), Tags=tags), SEARCH)


@pytest.mark.parametrize("currency", ["usd", "USD ", " Usd"])
def test_a_currency_is_the_same_in_any_letter_case(tmp_path: Path, currency: str) -> None:
    focus = write_csv(tmp_path / "focus.csv", focus_row(BillingCurrency=currency))
    report = write_csv(tmp_path / "cur.csv", cur_row({"lineItem/CurrencyCode": currency}))

    assert total(read_bill(focus)) == total(read_bill(report)) == "1"


@pytest.mark.parametrize("kind", ["RIFee", "SavingsPlanCoveredUsage", "DiscountedUsage"])
def test_a_report_without_commitment_columns_has_no_effective_cost(
    tmp_path: Path, kind: str
) -> None:
    bill = write_csv(tmp_path / "a.csv", cur_row({"lineItem/LineItemType": kind}))

    with pytest.raises(CostDataError, match="export the report with its savings plan and"):
        read_bill(bill, an_slo(metric="EffectiveCost"))


def test_a_folder_without_a_bill_names_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "bill.csv").write_text("sep=;\nChargePeriodStart;BilledCost\n2026-09-01;1\n")

    with pytest.raises(CostDataError, match=r"no bill here.*Skipped \(not a bill\): bill\.csv\."):
        read_bill(tmp_path)


DAILY = a_response(a_period("2026-09-01", "2026-09-02", {("EC2",): "1"}), by=[SERVICE])


@pytest.mark.parametrize(
    "other",
    [
        a_response(a_period("2026-09-01", "2026-09-02", {("1",): "1"}), by=[ACCOUNT]),
        a_response(a_period("2026-08-15", "2026-09-03", {("EC2",): "9"}), by=[SERVICE]),
        a_response(a_period("2026-09-01T00:00:00Z", "2026-09-01T01:00:00Z", {}), by=[SERVICE]),
    ],
)
def test_two_responses_about_a_day_are_refused_whatever_they_are_grouped_by(
    tmp_path: Path, other: dict[str, object]
) -> None:
    write_json(tmp_path / "a.json", DAILY)
    write_json(tmp_path / "b.json", other)

    with pytest.raises(CostDataError, match="in another period or grouping"):
        read_bill(tmp_path)


def test_days_that_are_grouped_otherwise_cannot_answer_a_service(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", DAILY)
    other = a_response(a_period("2026-09-02", "2026-09-03", {("1",): "1"}), by=[ACCOUNT])
    write_json(tmp_path / "b.json", other)

    assert total(read_bill(tmp_path)) == "2"
    with pytest.raises(CostDataError, match="Type=DIMENSION,Key=SERVICE"):
        read_bill(tmp_path, an_slo(services=["EC2"]))


def test_a_month_beside_daily_responses_is_a_lump(tmp_path: Path) -> None:
    month = a_response(a_period("2026-08-01", "2026-09-01", {("EC2",): "9"}), by=[SERVICE])
    days = [a_period(f"2026-09-0{n}", f"2026-09-0{n + 1}", {("EC2",): "1"}) for n in (1, 2)]
    write_json(tmp_path / "a.json", month)
    write_json(tmp_path / "b.json", a_response(*days, by=[SERVICE]))

    reading = read_bill(tmp_path)

    assert total(reading) == "11"
    assert reading.monthly == {}
    assert "beside daily usage: a lump" in reading.notes[0]


def test_a_map_without_quotes_loses_the_backslashes_of_its_writer(tmp_path: Path) -> None:
    row = without(cur_row(), "product/ProductName", "product/region") | {
        "product": r"{\"product_name\": \"Amazon \\\"EC2\\\"\"}",
        "x_note": r'"a \"b\", c"',
    }
    bill = tmp_path / "a.csv"
    bill.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")

    assert total(read_bill(bill, an_slo(services=['Amazon "EC2"']))) == "1"


def test_a_byte_order_mark_before_a_quoted_currency_is_no_part_of_it(tmp_path: Path) -> None:
    row = {"BillingCurrency": '\ufeff"USD"', **focus_row()}
    row["BillingCurrency"] = '\ufeff"USD"'
    bill = tmp_path / "a.csv"
    bill.write_text(f"{','.join(row)}\n{','.join(row.values())}\n")

    assert read_bill(bill).charges.cost_total.keys() == {"USD"}
