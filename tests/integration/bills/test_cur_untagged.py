# SPDX-License-Identifier: Apache-2.0
"""Lines of a report that carry no tags: a tag's cost and the whole bill's agree."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.builders.bills import an_slo, cur_row, read_bill, total, write_csv

SEARCH = "resourceTags/user:product"
NET = "lineItem/NetUnblendedCost"


def a_line(kind: str, cost: str, tag: str = "", **more: str) -> dict[str, str]:
    named = {NET: more.pop("net")} if "net" in more else {}
    return cur_row(
        {"lineItem/LineItemType": kind, "lineItem/UnblendedCost": cost, SEARCH: tag, **named}
    )


def both(bill: Path) -> tuple[str, str]:
    reading = read_bill(bill, an_slo(), an_slo("search", tags={"product": ["search"]}))
    return total(reading), total(reading, "search")


def test_usage_covered_by_a_savings_plan_costs_its_tag_nothing(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("SavingsPlanCoveredUsage", "10.00", "search"),
        a_line("SavingsPlanNegation", "-10.00"),
        a_line("SavingsPlanRecurringFee", "6.00"),
        a_line("Usage", "1.00", "search"),
    )

    assert both(bill) == ("7", "1")


def test_a_private_discount_lies_on_the_lines_it_is_for(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("Usage", "10.00", "search", net="9.00"),
        a_line("Usage", "5.00", net="4.50"),
        a_line("EdpDiscount", "-1.00", net="0"),
        a_line("PrivateRateDiscount", "-0.50", net=""),
    )

    assert both(bill) == ("13.5", "9")


def test_without_the_net_column_a_discount_is_the_untagged_usage_it_is_written_as(
    tmp_path: Path,
) -> None:
    bill = write_csv(
        tmp_path / "bill.csv", a_line("Usage", "10.00", "search"), a_line("EdpDiscount", "-1.00")
    )

    assert both(bill) == ("9", "10")


def test_a_line_without_a_net_cost_keeps_its_unblended_cost(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("Usage", "10.00", "search", net=""),
        a_line("Tax", "2.00", net=""),
    )

    assert both(bill) == ("12", "10")


@pytest.mark.parametrize(("negation", "rest"), [("-9.97", "0.03"), ("-10.03", "-0.03")])
def test_what_negations_leave_over_stays_in_the_total_and_is_noted(
    tmp_path: Path, negation: str, rest: str
) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("SavingsPlanCoveredUsage", "10.00", "search"),
        a_line("SavingsPlanNegation", negation),
    )

    reading = read_bill(bill)

    assert reading.charges.cost_total == {"USD": Decimal(rest)}
    assert total(reading) == "0"
    assert f"{rest} USD of UnblendedCost is in the total and in no SLO" in reading.notes[0]


def test_the_rounding_of_negations_is_no_note(tmp_path: Path) -> None:
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("SavingsPlanCoveredUsage", "10.0000000001"),
        a_line("SavingsPlanNegation", "-10"),
    )

    reading = read_bill(bill)

    assert reading.notes == ()
    assert reading.charges.cost_total == {"USD": Decimal("0.0000000001")}


def test_a_net_cost_that_is_no_number_is_named(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "bill.csv", a_line("Usage", "10.00", net="$9"))

    with pytest.raises(Exception, match=r"row 1: lineItem/UnblendedCost: `\$9` cannot be read"):
        read_bill(bill)


def test_split_rows_cost_nothing_and_their_instance_keeps_its_cost(tmp_path: Path) -> None:
    split = {"splitLineItem/ParentResourceId": "i-1", "splitLineItem/SplitCost": "2.00"}
    nothing = dict.fromkeys(split, "")
    bill = write_csv(
        tmp_path / "bill.csv",
        a_line("Usage", "3.00") | nothing,
        a_line("Usage", "0", "search") | split,
    )

    assert both(bill) == ("3", "0")


def test_effective_cost_is_after_private_discounts(tmp_path: Path) -> None:
    row = cur_row(
        {
            "lineItem/LineItemType": "SavingsPlanCoveredUsage",
            "lineItem/UnblendedCost": "10",
            "savingsPlan/SavingsPlanEffectiveCost": "6",
            "savingsPlan/NetSavingsPlanEffectiveCost": "5.4",
        }
    )
    bill = write_csv(tmp_path / "bill.csv", row)

    assert total(read_bill(bill, an_slo(metric="EffectiveCost"))) == "5.4"
