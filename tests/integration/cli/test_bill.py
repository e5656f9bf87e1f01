# SPDX-License-Identifier: Apache-2.0
"""`cost-slo bill show` says what is in a bill, in every format."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.bills import (
    a_period,
    a_response,
    csv_text,
    cur_row,
    focus_row,
    write_csv,
    write_json,
)
from tests.checks.command_line import cost_slo
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden


def charge(cost: str, day: int, service: str, **changes: str) -> dict[str, str]:
    """A charge of a day in September 2026."""
    days = {
        "ChargePeriodStart": f"2026-09-{day:02}T00:00:00Z",
        "ChargePeriodEnd": f"2026-09-{day + 1:02}T00:00:00Z",
        "BillingAccountId": "999988887777",
        "SubAccountName": "",
        "x_ServiceCode": "",
    }
    return focus_row(BilledCost=cost, ServiceName=service, **days) | changes


@pytest.fixture(name="bill")
def of_two_currencies(tmp_path: Path) -> Path:
    """Five charges; a credit, a purchase, tags on two, two currencies; and a licence beside."""
    write_csv(
        tmp_path / "bill" / "part-0.csv",
        charge("30.00", 1, "Amazon EC2", Tags='{"team": "search", "Team": "ads"}')
        | {"SubAccountName": "prod", "x_ServiceCode": "AmazonEC2"},
        charge("20", 2, "Amazon S3", Tags='{"team": "search"}', RegionId=""),
        charge("-10", 2, "Amazon S3", ChargeCategory="Credit", ChargeFrequency="One-Time"),
        charge("60", 1, "Support", ChargeCategory="Purchase", ChargeFrequency="Recurring"),
        charge("500", 3, "Compute", BillingCurrency="JPY", ProviderName="Acme"),
    )
    (tmp_path / "bill" / "LICENSE").write_text("\nAll rights.\n")
    return tmp_path / "bill"


def shown(location: Path, *options: object) -> dict[str, Any]:
    ran = cost_slo("bill", "show", location, "--format", "json", *options)
    assert (ran.code, ran.err) == (0, "")
    assert_documented("bill", ran.document)
    return ran.document


def test_the_text_is_what_a_person_reads(bill: Path) -> None:
    ran = cost_slo("bill", "show", bill, "--top", 2)

    assert ran.code == 0
    assert_golden("bill_show.txt", ran.out)


def test_the_object_has_every_value_with_its_cost_and_rows(bill: Path) -> None:
    document = shown(bill, "--top", 1)

    assert document["format"] == {"name": "FOCUS", "version": "1.0"}
    assert document["rows"] == 5
    assert document["totals"] == [
        {"amount": "500", "currency": "JPY"},
        {"amount": "100", "currency": "USD"},
    ]
    assert (document["first_day"], document["last_day"]) == ("2026-09-01", "2026-09-03")
    assert document["data_through"] == "2026-09-04T00:00:00Z"
    assert document["granularity"] == "daily"
    services = {each["value"]: each["costs"][0]["amount"] for each in document["services"]}
    assert services == {"Compute": "500", "Support": "60", "Amazon EC2": "30", "Amazon S3": "10"}
    assert document["notes"] == ["Skipped (not a bill): LICENSE."]


def test_a_tag_key_says_how_much_it_covers_and_what_is_largest(bill: Path) -> None:
    team, other = shown(bill)["tags"]

    assert (team["key"], team["rows"], team["row_share"], team["values"]) == ("team", 2, 0.4, 1)
    assert team["largest"]["value"] == "search"
    assert team["costs"] == [{"amount": "50", "currency": "USD"}]
    assert other["key"] == "Team"


@pytest.mark.parametrize("is_hourly", [True, False])
def test_usage_says_how_fine_a_bill_is_and_through_when(tmp_path: Path, *, is_hourly: bool) -> None:
    start, end = "2026-09-01T13:00:00Z", "2026-09-01T14:00:00Z"
    hour = {"lineItem/UsageStartDate": start, "lineItem/UsageEndDate": end}
    day = {"lineItem/UsageStartDate": "2026-09-01", "lineItem/UsageEndDate": "2026-09-02"}
    fee = {"lineItem/LineItemType": "Fee", "lineItem/UsageEndDate": "2026-10-01"}
    bill = write_csv(
        tmp_path / "cur.csv", cur_row(hour if is_hourly else day), cur_row(fee), cur_row(fee)
    )

    document = shown(bill)

    assert document["format"] == {"name": "AWS Cost and Usage Report", "version": "legacy"}
    assert document["granularity"] == ("hourly" if is_hourly else "daily")
    # The hour that was charged last leaves its day open.
    through = "2026-09-01T00:00:00Z" if is_hourly else "2026-09-02T00:00:00Z"
    assert document["data_through"] == through
    assert document["services"][0]["also"] == ["AmazonEC2"]


def test_charges_without_an_end_last_as_long_as_their_start_shows(tmp_path: Path) -> None:
    row = {name: value for name, value in focus_row().items() if name != "ChargePeriodEnd"}
    later = row | {"ChargePeriodStart": "2026-09-02T05:00:00Z"}

    assert shown(write_csv(tmp_path / "a.csv", row))["granularity"] == "daily"
    assert shown(write_csv(tmp_path / "b.csv", later))["granularity"] == "hourly"
    assert shown(write_csv(tmp_path / "a.csv", row))["data_through"] == "2026-09-02T00:00:00Z"


def test_a_month_is_a_granularity(tmp_path: Path) -> None:
    month = focus_row(ChargePeriodEnd="2026-10-01T00:00:00Z")
    groups = {("Amazon EC2",): "5"}
    answer = a_response(a_period("2026-09-01", "2026-10-01", groups), by=[("DIMENSION", "SERVICE")])

    assert shown(write_csv(tmp_path / "bill.csv", month))["granularity"] == "monthly"
    document = shown(write_json(tmp_path / "answer.json", answer))
    assert document["granularity"] == "monthly"
    assert document["format"] == {"name": "Cost Explorer", "version": None}
    assert document["files"] == [{"path": "answer.json", "encoding": "json"}]


@pytest.mark.parametrize(
    ("columns", "version"), [({}, "legacy, as Athena spells it"), ({"resource_tags": "{}"}, "2.0")]
)
def test_versions_of_a_cur_are_told_apart(
    tmp_path: Path, columns: dict[str, str], version: str
) -> None:
    row = {
        "line_item_usage_start_date": "2026-09-01T00:00:00Z",
        "line_item_line_item_type": "Usage",
        "line_item_unblended_cost": "1.00",
    }

    document = shown(write_csv(tmp_path / "cur.csv", row | columns))

    assert document["format"]["version"] == version
    assert document["totals"] == [{"amount": "1", "currency": None}]


def test_a_file_says_how_it_is_encoded(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv.gz"
    path.write_bytes(gzip.compress(csv_text([focus_row(Tags="")], delimiter=";").encode()))

    assert shown(path)["files"][0]["encoding"] == "csv, semicolons, gzip"


def test_tags_that_cannot_be_read_are_counted_and_stop_nothing(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(Tags="team=a"), focus_row())

    document = shown(bill)

    assert document["notes"] == ["Tags of 1 row cannot be read."]
    assert "No charges have tags." in cost_slo("bill", "show", bill).out


def test_a_bill_without_tags_or_rows_is_shown(tmp_path: Path) -> None:
    needed = ("ChargePeriodStart", "ChargeCategory", "BilledCost")
    row = {name: value for name, value in focus_row().items() if name in needed}
    bare = write_csv(tmp_path / "bare.csv", row)
    empty = tmp_path / "empty.csv"
    empty.write_text(",".join(needed) + "\n")

    assert shown(bare)["tags"] == []
    assert shown(empty)["rows"] == 0
    assert "No charge" in cost_slo("bill", "show", empty).out


def test_a_bill_that_cannot_be_trusted_is_refused_as_evaluate_refuses_it(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", focus_row(), focus_row(BilledCost="$1,000"))

    ran = cost_slo("bill", "show", bill)
    reported = shown(bill, "--on-bad-row", "report")

    assert ran.code == 3
    assert "row 2: BilledCost: `$1,000` cannot be read" in ran.err
    assert reported["rows"] == 1
    assert "Not counted: bill.csv: row 2" in json.dumps(reported["notes"])


def test_cost_explorer_itself_is_no_file() -> None:
    ran = cost_slo("bill", "show", "ce:")

    assert ran.code == 2
    assert "bill show reads files" in ran.err


def test_validate_on_a_bill_says_what_the_bill_has_instead_and_what_was_left_out(
    bill: Path, tmp_path: Path
) -> None:
    spec = tmp_path / "slos.yaml"
    spec.write_text(
        "apiVersion: cost-slo/v1\ncurrency: USD\nslos:\n"
        "  - {name: web, product: web, owner: platform, objective: {monthly: 9}, "
        "scope: {services: [AmazonEC2]}}\n"
    )

    ran = cost_slo("validate", spec, "--costs", bill, "--as-of", "2026-10-01")

    assert ran.code == 0
    assert "did you mean `Amazon EC2` (AmazonEC2, $30.00)?" in " ".join(ran.out.split())
    assert "Skipped (not a bill): LICENSE." in ran.out
