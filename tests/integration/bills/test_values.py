# SPDX-License-Identifier: Apache-2.0
"""ChargeCategory, ChargeFrequency and ChargeClass as real bills spell them."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.bills.columns.charge_values import CATEGORIES, CLASSES, FREQUENCIES, meaning
from cost_slo.adapters.bills.engine import connect
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spend.reading import CostReading
from tests.builders.bills import (
    CUR_ROW,
    FOCUS_ROW,
    a_period,
    a_response,
    an_slo,
    read_bill,
    write_csv,
    write_json,
)

USAGE, LUMPS, CREDITS = range(3)
ENGINE = connect()
NO_CLASS = {"ChargeClass": ""}


def focus(folder: Path, *rows: dict[str, str]) -> Path:
    return write_csv(folder / "bill.csv", *(FOCUS_ROW | NO_CLASS | row for row in rows))


def cur(folder: Path, *rows: dict[str, str]) -> Path:
    return write_csv(folder / "bill.csv", *(CUR_ROW | row for row in rows))


def kinds(reading: CostReading) -> tuple[Decimal | int, ...]:
    spend = reading.spend["all"]
    return (
        sum((day.usage for day in spend), Decimal(0)),
        sum((day.lumps for day in spend), Decimal(0)),
        sum((day.credits for day in spend), Decimal(0)),
    )


@pytest.mark.parametrize(
    "frequency",
    [
        *(
            "Usage-Based",
            "UsageBased",
            "usage based",
            "Usage-based",
            "USAGE_BASED",
            " usage-based ",
        ),
        *("Usage", "metered", "", "NULL"),
    ],
)
def test_usage_is_usage_however_its_frequency_is_spelled(tmp_path: Path, frequency: str) -> None:
    reading = read_bill(focus(tmp_path, {"ChargeFrequency": frequency, "BilledCost": "20"}))
    assert kinds(reading) == (20, 0, 0)
    assert not reading.notes


@pytest.mark.parametrize("frequency", ["One-time", "OneTime", "once", "recurring", "Monthly"])
def test_a_fee_is_a_lump_however_its_frequency_is_spelled(tmp_path: Path, frequency: str) -> None:
    reading = read_bill(focus(tmp_path, {"ChargeFrequency": frequency, "BilledCost": "20"}))
    assert kinds(reading) == (0, 20, 0)
    assert not reading.notes


@pytest.mark.parametrize(
    ("category", "cost", "kind"),
    [
        ("usage", "5", USAGE),
        (" Usage ", "5", USAGE),
        ("regular", "5", USAGE),
        ("Unused Reservation", "5", USAGE),
        ("PURCHASE", "5", LUMPS),
        ("Purchases", "5", LUMPS),
        ("tax", "5", LUMPS),
        ("credits", "-5", CREDITS),
        ("Refund", "-5", CREDITS),
        ("rounding_error", "-5", CREDITS),
        ("RoundingAdjustment", "5", LUMPS),
    ],
)
def test_every_spelling_of_a_category_counts(
    tmp_path: Path, category: str, cost: str, kind: int
) -> None:
    reading = read_bill(focus(tmp_path, {"ChargeCategory": category, "BilledCost": cost}))
    assert kinds(reading)[kind] == Decimal(cost)
    assert not reading.notes


def test_a_scope_by_category_finds_the_other_spellings(tmp_path: Path) -> None:
    bill = focus(
        tmp_path, {"ChargeCategory": "refund", "BilledCost": "-2"}, {"ChargeCategory": "USAGE"}
    )
    reading = read_bill(bill, an_slo(charge_categories=["Adjustment"]))
    assert kinds(reading) == (0, 0, -2)


@pytest.mark.parametrize("category", ["Support", "Usages?", "0"])
def test_an_unknown_category_is_refused_with_its_row(tmp_path: Path, category: str) -> None:
    bill = focus(tmp_path, {}, {"ChargeCategory": category})
    with pytest.raises(CostDataError, match="expected Usage, Purchase") as refused:
        read_bill(bill)
    assert (refused.value.row, refused.value.column) == (2, "ChargeCategory")
    assert f"`{category}`" in str(refused.value)


def test_an_unknown_frequency_or_class_counts_as_usage_and_is_named_once(tmp_path: Path) -> None:
    bill = focus(
        tmp_path,
        {"ChargeFrequency": "Other", "BilledCost": "20"},
        {"ChargeFrequency": "Other", "BilledCost": "30.5"},
        {"ChargeClass": "Restated", "BilledCost": "1"},
        {"ChargeFrequency": "Other", "ChargeClass": "Correction", "ChargeCategory": "Tax"},
        {"ChargeClass": "correction"},
    )
    reading = read_bill(bill)
    assert kinds(reading) == (Decimal("52.5"), 1, 0)
    assert reading.notes == (
        "ChargeFrequency `Other` is not a known value: 2 rows with it ($50.50) count as usage.",
        "ChargeClass `Restated` is not a known value: 1 row with it ($1.00) counts as usage.",
    )


def test_many_unknown_values_are_named_a_few_and_counted(tmp_path: Path) -> None:
    bill = focus(tmp_path, *({"ChargeFrequency": f"F{number}"} for number in range(9)))
    reading = read_bill(bill)
    assert kinds(reading) == (9, 0, 0)
    assert len(reading.notes) == 6
    assert reading.notes[-1] == "4 more unknown values count as usage (4 rows)."


def test_an_unknown_value_cannot_break_a_line(tmp_path: Path) -> None:
    reading = read_bill(focus(tmp_path, {"ChargeFrequency": "a\nb"}))
    assert reading.notes[0].startswith("ChargeFrequency `a b` is not")


@pytest.mark.parametrize("spelled", ["tax", "TAX", " Tax "])
def test_a_line_item_type_counts_whatever_its_letter_case(tmp_path: Path, spelled: str) -> None:
    reading = read_bill(cur(tmp_path, {"lineItem/LineItemType": spelled}))
    assert kinds(reading) == (0, 1, 0)
    assert not reading.notes


@pytest.mark.parametrize("discount", ["EdpDiscount", "PrivateRateDiscount", "Bundled Discount"])
def test_every_discount_of_a_report_is_known(tmp_path: Path, discount: str) -> None:
    line = {"lineItem/LineItemType": discount, "lineItem/UnblendedCost": "-1"}
    reading = read_bill(cur(tmp_path, line))
    assert kinds(reading) == (-1, 0, 0)
    assert not reading.notes


def test_an_unknown_line_item_type_counts_as_usage_and_is_named(tmp_path: Path) -> None:
    reading = read_bill(cur(tmp_path, {"lineItem/LineItemType": "FlatFee"}, {}))
    assert kinds(reading) == (2, 0, 0)
    (note,) = reading.notes
    assert note.startswith("lineItem/LineItemType `FlatFee` is not a known value: 1 row with it")


def test_an_unknown_record_type_of_a_response_is_named(tmp_path: Path) -> None:
    groups = {("Usage",): "3", ("Levy",): "2", ("Enterprise Discount",): "-1"}
    day = a_period("2026-09-01", "2026-09-02", groups)
    by = [("DIMENSION", "RECORD_TYPE")]
    reading = read_bill(write_json(tmp_path / "ce.json", a_response(day, by=by)))
    assert kinds(reading)[USAGE] == 4
    assert reading.notes == (
        "RECORD_TYPE `Levy` is not a known value: 1 row with it ($2.00) counts as usage.",
    )


@given(
    value=st.sampled_from([*CATEGORIES, *FREQUENCIES, *CLASSES]),
    cases=st.lists(st.booleans(), min_size=12, max_size=12),
    between=st.sampled_from(["", " ", "-", "_", "\u00a0", "  "]),
)
def test_letter_case_and_separators_never_matter(
    value: str, cases: list[bool], between: str
) -> None:
    spelled = "".join(
        letter.upper() if upper else letter.lower()
        for letter, upper in zip(value.replace("-", between), cases, strict=False)
    )
    every = {**CATEGORIES, **FREQUENCIES, **CLASSES}
    query = f"SELECT {meaning('x', every)} FROM (SELECT $1 AS x)"
    assert ENGINE.execute(query, [spelled]).fetchall() == [(value,)]
