# SPDX-License-Identifier: Apache-2.0
"""Saved Cost Explorer responses: one group of one period is one charge."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError, CostSloError
from tests.builders.bills import a_period, a_response, an_slo, outcome, read_bill, total, write_json

SERVICE = ("DIMENSION", "SERVICE")
PRODUCT = ("TAG", "product")
FIRST = ("2026-09-01", "2026-09-02")
SECOND = ("2026-09-02", "2026-09-03")


def test_services_and_tags_are_told_apart(tmp_path: Path) -> None:
    groups = {
        ("Amazon EC2", "product$metalabs"): "1.10",
        ("Amazon S3", "product$"): "2.20",
        ("Tax", "product$"): "0.30",
    }
    bill = write_json(tmp_path / "ce", a_response(a_period(*FIRST, groups), by=[SERVICE, PRODUCT]))

    reading = read_bill(
        bill,
        an_slo("metalabs", tags={"product": ["metalabs"]}),
        an_slo("untagged", tags={"product": [""]}, charge_categories=["Usage"]),
        an_slo("s3", services=["Amazon S3"]),
        an_slo("tax", charge_categories=["Tax"]),
    )

    totals = {name: total(reading, name) for name in reading.spend}
    assert totals == {"metalabs": "1.1", "untagged": "2.2", "s3": "2.2", "tax": "0.3"}
    assert reading.spend["tax"][0].lumps == Decimal("0.3")
    assert reading.charges.cost_total == {"USD": Decimal("3.6")}


def test_a_group_that_is_absent_cost_nothing_that_day(tmp_path: Path) -> None:
    bill = write_json(
        tmp_path / "ce",
        a_response(
            a_period(*FIRST, {("Amazon EC2",): "1"}),
            a_period(*SECOND, {}, estimated=True),
            by=[SERVICE],
        ),
    )

    reading = read_bill(bill)

    assert [each.day for each in reading.spend["all"]] == [date(2026, 9, 1)]
    assert reading.charged_through == date(2026, 9, 2)
    assert reading.estimated_from == date(2026, 9, 2)


def test_a_month_is_charged_through_its_end_or_now(tmp_path: Path) -> None:
    month = a_period("2026-09-01", "2026-10-01", {("Amazon EC2",): "30"})
    bill = write_json(tmp_path / "ce", a_response(month, by=[SERVICE]))

    assert read_bill(bill).charged_through == date(2026, 10, 1)
    middle = datetime(2026, 9, 12, 8, tzinfo=UTC)
    assert read_bill(bill, as_of=middle).charged_through == date(2026, 9, 12)


def test_hours_and_ungrouped_totals_are_read_too(tmp_path: Path) -> None:
    hour = a_period("2026-09-01T05:00:00Z", "2026-09-01T06:00:00Z", {})
    hour["Total"] = {"UnblendedCost": {"Amount": "0.25", "Unit": "USD"}}
    bill = write_json(tmp_path / "ce", a_response(hour, by=[]))

    reading = read_bill(bill)

    assert total(reading) == "0.25"
    assert "tax and credits in it are counted as usage" in reading.notes[0]


def test_accounts_and_record_types_are_read_when_grouped_by(tmp_path: Path) -> None:
    groups = {
        ("111122223333", "Usage"): "5",
        ("111122223333", "Credit"): "-2",
        ("444455556666", "Tax"): "1",
        ("444455556666", "Refund"): "-1",
    }
    by = [("DIMENSION", "LINKED_ACCOUNT"), ("DIMENSION", "RECORD_TYPE")]
    bill = write_json(tmp_path / "ce", a_response(a_period(*FIRST, groups), by=by))

    reading = read_bill(bill, an_slo("one", accounts=["111122223333"]), an_slo())

    (one,) = reading.spend["one"]
    assert (one.usage, one.credits) == (Decimal(5), Decimal(-2))
    assert reading.spend["all"][0].lumps == Decimal(1)
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({"tags": {"product": ["x"]}}, "save one with --group-by Type=TAG,Key=<the tag key>"),
        ({"regions": ["x"]}, "save one with --group-by Type=DIMENSION,Key=REGION"),
        ({"accounts": ["x"]}, "Type=DIMENSION,Key=LINKED_ACCOUNT"),
    ],
)
def test_a_scope_the_groups_cannot_answer_says_how_to_save_one_that_can(
    tmp_path: Path, scope: dict[str, Any], words: str
) -> None:
    groups = {("Amazon EC2",): "1"}
    bill = write_json(tmp_path / "ce", a_response(a_period(*FIRST, groups), by=[SERVICE]))

    with pytest.raises(CostDataError, match=words):
        read_bill(bill, an_slo(**scope))


def test_another_tag_than_the_one_grouped_by_is_named(tmp_path: Path) -> None:
    response = a_response(a_period(*FIRST, {("product$x",): "1"}), by=[PRODUCT])
    bill = write_json(tmp_path / "ce", response)

    with pytest.raises(CostDataError, match=r"no tag `team` \(it has product\)"):
        read_bill(bill, an_slo(tags={"team": ["x"]}))


@pytest.mark.parametrize(
    ("metric", "saved", "words"),
    [
        ("EffectiveCost", "UnblendedCost", "--metrics AmortizedCost"),
        ("BilledCost", "AmortizedCost", "--metrics UnblendedCost"),
        ("BilledCost", "UsageQuantity", "--metrics UnblendedCost AmortizedCost"),
    ],
)
def test_a_metric_the_response_has_not_says_how_to_save_it(
    tmp_path: Path, metric: str, saved: str, words: str
) -> None:
    period = a_period(*FIRST, {("Amazon EC2",): "1"})
    period["Groups"][0]["Metrics"] = {saved: {"Amount": "1", "Unit": "USD"}}
    bill = write_json(tmp_path / "ce", a_response(period, by=[SERVICE]))

    with pytest.raises(CostDataError, match=words):
        read_bill(bill, an_slo(metric=metric))


def test_amortized_cost_is_the_effective_cost(tmp_path: Path) -> None:
    period = a_period(*FIRST, {("Amazon EC2",): "1"})
    period["Groups"][0]["Metrics"]["AmortizedCost"] = {"Amount": "0.75", "Unit": "USD"}
    bill = write_json(tmp_path / "ce", a_response(period, by=[SERVICE]))

    assert total(read_bill(bill, an_slo(metric="EffectiveCost"))) == "0.75"


def test_pages_are_one_response(tmp_path: Path) -> None:
    first = a_response(a_period(*FIRST, {("Amazon EC2",): "1"}), by=[SERVICE])
    second = a_response(a_period(*FIRST, {("Amazon S3",): "2"}), by=[SERVICE])
    pages = write_json(tmp_path / "pages.json", [first | {"NextPageToken": "t"}, second])

    assert total(read_bill(pages)) == "3"


def test_a_response_with_pages_to_come_is_no_smaller_bill(tmp_path: Path) -> None:
    first = a_response(a_period(*FIRST, {("Amazon EC2",): "1"}), by=[SERVICE])
    bill = write_json(tmp_path / "ce.json", first | {"NextPageToken": "t"})

    with pytest.raises(CostDataError, match="NextPageToken: has a NextPageToken, so more pages"):
        read_bill(bill)


def test_two_responses_about_one_day_are_not_added_up(tmp_path: Path) -> None:
    response = a_response(a_period(*FIRST, {("Amazon EC2",): "1"}), by=[SERVICE])
    write_json(tmp_path / "a.json", response)
    write_json(tmp_path / "b.json", response)

    with pytest.raises(CostDataError, match=r"2026-09-01 Amazon EC2 is in .*a.json already"):
        read_bill(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        {"ResultsByTime": [{}]},
        {"ResultsByTime": None},
        {"ResultsByTime": [{"TimePeriod": {"Start": "soon", "End": "later"}, "Groups": []}]},
        {"ResultsByTime": [{"TimePeriod": 3, "Groups": 4}]},
        {"GroupDefinitions": [{}]},
        {"GroupDefinitions": []},
    ],
)
def test_a_response_of_another_shape_is_refused(tmp_path: Path, damage: dict[str, Any]) -> None:
    response = a_response(a_period(*FIRST, {("Amazon EC2",): "1"}), by=[SERVICE])
    bill = write_json(tmp_path / "ce.json", response | damage)

    result = outcome(bill)

    assert bill.name in str(result)
    assert isinstance(result, CostSloError) or result.charges.rows == 0


def test_an_amount_that_is_no_number_is_named(tmp_path: Path) -> None:
    response = a_response(a_period(*FIRST, {("Amazon EC2",): "much"}), by=[SERVICE])
    bill = write_json(tmp_path / "ce.json", response)

    with pytest.raises(CostDataError, match=r"row 1: UnblendedCost.Amount: `much` cannot be read"):
        read_bill(bill)
