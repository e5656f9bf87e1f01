# SPDX-License-Identifier: Apache-2.0
"""Some mornings and pairs of periods of other people's bills; `make bench-mornings` tries them all.

No exception but our own, the same incidents and messages as with the details switched off, and
parts that add up to the last digit.
"""

from __future__ import annotations

import pytest

from benchmarks.mornings import measure
from tests.checks.third_party import third_party


@pytest.mark.parametrize(
    ("folder", "file", "mornings", "pairs"),
    [
        ("cur_legacy_nise_generated", "", slice(34, 35), 1),
        ("ce_daily_by_service_real", "get_cost_and_usage.json", slice(12, 16), 8),
        ("ce_daily_by_tag_with_oracle", "byUser.json", slice(-4, None), 8),
    ],
)
def test_no_morning_and_no_pair_of_periods_of_a_real_bill_ends_in_an_exception(
    folder: str, file: str, mornings: slice, pairs: int
) -> None:
    measured = measure(third_party(folder) / file, pairs=pairs, mornings=mornings)

    assert measured.failures == []
    assert measured.mornings >= 1
    assert measured.pairs >= 1
