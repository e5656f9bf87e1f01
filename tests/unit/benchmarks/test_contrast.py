# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from decimal import Decimal

from benchmarks.contrast import dearest
from tests.builders.cubes import cube


def test_the_part_whose_ratio_is_above_the_rest_is_named_not_the_part_that_has_most() -> None:
    """1,000 requests for 150 in all: 0.15 each are expected of every cell."""
    found = dearest(
        cube(("big 1 eu", "90", "70"), ("big 2 eu", "45", "40"), ("small 1 eu", "15", "40"))
    )

    assert found
    assert found.where == (("service", "small"),)
    assert found.change == Decimal(25)


def test_a_combination_is_named_where_it_alone_is_dear() -> None:
    found = dearest(
        cube(
            ("A 1 eu", "40", "100"),
            ("A 2 eu", "40", "20"),
            ("B 1 eu", "40", "20"),
            ("B 2 eu", "40", "20"),
        )
    )

    assert found
    assert found.where == (("service", "A"), ("account", "1"))


def test_parts_that_cost_nothing_are_cheap() -> None:
    found = dearest(cube(("free 1 eu", "50", "0"), ("paid 1 us", "50", "100")))

    assert found
    assert found.where == (("service", "paid"),)


def test_equal_ratios_have_no_dearest_part() -> None:
    assert dearest(cube(("A 1 eu", "40", "40"), ("B 1 eu", "60", "60"))) is None
