# SPDX-License-Identifier: Apache-2.0
"""Bills published by others: the sums their readmes give, to the last digit."""

import csv
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest

from cost_slo.domain.errors import CostSloError
from tests.builders.bills import an_slo, outcome, read_bill, total
from tests.checks.third_party import DATA, third_party

LATER = datetime(2026, 12, 1, tzinfo=UTC)
FOREIGN = ("focus_spec_examples", "focus_validator_rules/samples", "finops_toolkit_open_data")


@pytest.mark.parametrize("name", ["focus_sample.csv", "focus_sample_all_varchar.parquet"])
def test_the_focus_sample_adds_up_in_both_forms(name: str) -> None:
    folder = third_party("focus_1_0_sample")
    with (folder / "focus_sample.csv").open(newline="") as file:
        expected = sum(Decimal(row["BilledCost"]) for row in csv.DictReader(file))
    providers = [an_slo(each.lower(), providers=[each]) for each in ("AWS", "Microsoft", "Oracle")]

    reading = read_bill(folder / name, *providers, as_of=datetime(2024, 10, 2, tzinfo=UTC))

    assert reading.charges.rows == 1000
    assert reading.charges.cost_total == {"USD": expected}
    assert {each: total(reading, each) for each in reading.spend} == {
        "aws": "18.0066386184",
        "microsoft": "1.97651418586",
        "oracle": "0.53707392473",
    }


def test_the_generated_report_adds_up_to_its_last_digit() -> None:
    bill = third_party("cur_legacy_nise_generated") / "aws_cur_2026-08_2026-10.parquet"
    rds = an_slo("rds", services=["Amazon Relational Database Service"])

    reading = read_bill(bill, rds, as_of=LATER)

    months: Counter[int] = Counter()
    with localcontext(prec=60):
        for spend in reading.spend["rds"]:
            months[spend.day.month] += spend.total  # type: ignore[assignment]
    assert reading.charges.rows == 63_336
    assert reading.charges.cost_total == {"USD": Decimal("33269.0414211809815522474801")}
    assert {month: f"{amount:.2f}" for month, amount in months.items()} == {
        8: "269.81",
        9: "725.07",
        10: "109.33",
    }


def test_a_real_daily_response_reads_with_its_tax_apart() -> None:
    bill = third_party("ce_daily_by_service_real") / "get_cost_and_usage.json"

    reading = read_bill(bill, an_slo("tax", charge_categories=["Tax"]), as_of=LATER)

    tax = {str(each.day): str(each.lumps) for each in reading.spend["tax"] if each.lumps}
    assert tax == {"2024-02-01": "3.3", "2024-03-01": "0.99"}


def test_a_real_monthly_response_reads_with_its_growth() -> None:
    bill = third_party("ce_monthly_by_service_real") / "get_cost_and_usage.json"

    months: Counter[int] = Counter()
    for spend in read_bill(bill, as_of=LATER).spend["all"]:
        months[spend.day.month] += spend.total  # type: ignore[assignment]

    assert f"{months[9] - months[8]:.2f}" == "99.41"


def test_a_real_response_by_tag_reads_by_user() -> None:
    bill = third_party("ce_daily_by_tag_with_oracle") / "byUser.json"
    users = [an_slo(user, tags={"CreatedBy": [user]}) for user in ("user-1", "user-2", "user-6")]

    reading = read_bill(bill, *users, as_of=LATER)

    assert {each: f"{Decimal(total(reading, each)):.4f}" for each in reading.spend} == {
        "user-1": "2.0375",
        "user-2": "1.6364",
        "user-6": "1.2533",
    }


@pytest.mark.parametrize("folder", FOREIGN)
def test_every_other_file_reads_or_says_what_is_wrong(folder: str) -> None:
    files = sorted(third_party(folder).rglob("*.csv"))

    assert files
    for file in files:
        result = outcome(file, as_of=LATER)
        if isinstance(result, CostSloError):
            assert str(file.relative_to(DATA)) in str(result)
            assert "column" in str(result) or "expected" in str(result)
        else:
            assert sum(result.charges.cost_total.values()) >= 0
