# SPDX-License-Identifier: Apache-2.0
"""What holds for every bill: exact sums, and no failure but ours."""

import tempfile
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from cost_slo.domain.errors import CostSloError
from tests.builders.bills import csv_text, focus_row, outcome, read_bill, write_csv

amounts = st.decimals(
    min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=18
)
SOUND = csv_text([focus_row(BilledCost=f"{number}.5") for number in range(4)]).encode()
places = st.integers(0, len(SOUND) - 1)
splices = st.lists(
    st.tuples(
        places,
        st.integers(0, 12),
        st.binary(max_size=6)
        | st.sampled_from(
            [
                b'"',
                b",",
                b"\n",
                b"\r\n",
                b"\r",
                b"\x00",
                b"\xff",
                b"NULL",
                b"1e999",
                b"-",
                b"{",
                b";",
            ]
        ),
    ),
    min_size=1,
    max_size=4,
)


@examples(max_examples=20)
@given(costs=st.lists(amounts, min_size=1, max_size=8))
def test_the_sum_is_the_sum_of_the_file_to_the_last_digit(costs: list[Decimal]) -> None:
    with tempfile.TemporaryDirectory() as folder, localcontext(prec=60):
        rows = [focus_row(BilledCost=f"{cost:f}") for cost in costs]
        reading = read_bill(write_csv(Path(folder) / "bill.csv", *rows))

        spent = sum(each.total for each in reading.spend["all"])

        assert reading.charges.cost_total == {"USD": sum(costs)}
        assert spent == sum(costs)


@examples(max_examples=25)
@example(cuts=[(len(SOUND) - 1, 1, b"\r")], on_bad_row="stop")
@given(cuts=splices, on_bad_row=st.sampled_from(["stop", "report"]))
def test_no_damage_to_a_csv_file_fails_in_another_way_than_ours(
    cuts: list[tuple[int, int, bytes]], on_bad_row: str
) -> None:
    content = SOUND
    for place, length, inserted in cuts:
        content = content[:place] + inserted + content[place + length :]
    with tempfile.TemporaryDirectory() as folder:
        bill = Path(folder) / "bill.csv"
        bill.write_bytes(content)

        assert str(outcome(bill, on_bad_row=on_bad_row))


@examples(max_examples=25)
@given(content=st.binary(max_size=300))
def test_no_bytes_at_all_fail_in_another_way_than_ours(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bill = Path(folder) / "bill"
        bill.write_bytes(content)

        with pytest.raises(CostSloError):
            read_bill(bill)
