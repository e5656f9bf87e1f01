# SPDX-License-Identifier: Apache-2.0
"""A part that is nearly everything is looked into, and everything still adds up."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.breakdown import closer_breakdown
from cost_slo.domain.drivers.segments.segments import breakdown
from cost_slo.domain.spend.cube import Cell
from tests.builders.changes import cell, cube

HOME, ABROAD = "us-east-1", "eu-west-1"
METERS = ("BoxUsage", "NatGateway-Bytes", "Storage", "Requests", "Metrics")

SPEND = [
    *(cell((meter, HOME), "100", "102") for meter in METERS[2:]),
    cell(("BoxUsage", HOME), "100", "130"),
    cell(("NatGateway-Bytes", HOME), "20", "32"),
    *(cell((meter, ABROAD), "8", "8.01") for meter in METERS),
]


def test_a_region_that_is_nearly_all_spend_is_told_by_what_moved_in_it() -> None:
    whole = cube(*SPEND, dimensions=("meter", "region"))

    found = closer_breakdown(whole)

    told = [(dict(part.where)["meter"], part.change) for part in found.segments]
    assert told[:2] == [("BoxUsage", Decimal(30)), ("NatGateway-Bytes", Decimal(12))]


def test_a_part_that_cannot_be_told_finer_is_told_as_it_is() -> None:
    whole = cube(cell((HOME,), "100", "150"), cell((ABROAD,), "1", "1"), dimensions=("region",))

    assert closer_breakdown(whole) == breakdown(whole)


def test_a_part_in_which_everything_grew_alike_is_told_as_it_is() -> None:
    grown = [cell((meter, HOME), "100", "150") for meter in METERS]
    still = [cell((meter, ABROAD), "1", "1") for meter in METERS]
    whole = cube(*grown, *still, dimensions=("meter", "region"))

    (part,) = closer_breakdown(whole).segments

    assert part.where == (("region", HOME),)


def test_a_part_that_is_new_altogether_has_no_ratio_to_depart_from() -> None:
    new = [cell((meter, HOME), "0", usd) for meter, usd in zip(METERS, "98765", strict=True)]
    whole = cube(*new, cell(("Storage", ABROAD), "1", "1"), dimensions=("meter", "region"))

    assert closer_breakdown(whole) == breakdown(whole)


def test_a_part_that_is_one_thing_is_not_told_by_more_than_it_takes() -> None:
    whole = cube(cell(("NatGateway-Bytes", HOME), "0", "395"), dimensions=("meter", "region"))

    (part,) = closer_breakdown(whole).segments

    assert part.where == (("meter", "NatGateway-Bytes"),)


def test_no_more_parts_are_told_than_asked_and_the_others_are_of_the_rest() -> None:
    whole = cube(*SPEND, dimensions=("meter", "region"))

    found = closer_breakdown(whole, most=1)

    assert len(found.segments) == 1
    assert len(found.segments[0].cells) + len(found.rest.cells) == len(SPEND)


cells = st.builds(
    Cell,
    st.tuples(st.sampled_from("ab"), st.sampled_from("abcd"), st.sampled_from("xxxxy")),
    st.decimals(-100, 1000, places=4),
    st.decimals(-100, 1000, places=4),
)


@given(st.lists(cells, min_size=1, max_size=30))
def test_the_parts_and_the_rest_are_the_cells_each_once(found: list[Cell]) -> None:
    whole = cube(*found, dimensions=("service", "meter", "region"))

    told = closer_breakdown(whole)

    parts = [*told.segments, told.rest]
    assert Counter(each for part in parts for each in part.cells) == Counter(found)
    for part in parts:
        assert part.before == sum((each.before for each in part.cells), Decimal(0))
        assert part.after == sum((each.after for each in part.cells), Decimal(0))
    for part in told.segments:
        at = {name: index for index, name in enumerate(whole.dimensions)}
        assert all(
            each.values[at[name]] == value for each in part.cells for name, value in part.where
        )
