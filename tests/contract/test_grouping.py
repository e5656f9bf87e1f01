# SPDX-License-Identifier: Apache-2.0
"""What does every Grouping promise? One suite over all, and the same breakdown from each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings

from benchmarks.contrast import dearest
from benchmarks.costrca import generate
from benchmarks.driver_cases import generated
from cost_slo.adapters.array_grouping import ArrayGrouping
from cost_slo.domain.drivers.segments.grouping import Element, Grouping, Leaves, PlainGrouping
from cost_slo.domain.drivers.segments.segments import breakdown
from cost_slo.domain.spend.cube import Cube
from tests.builders.cubes import cubes

Maker = Callable[[Leaves], Grouping]

LEAVES = Leaves(
    codes=([0, 0, 1, 1, 1], [0, 1, 0, 1, 1]),
    before=[100, 50, 0, 10, 0],
    after=[200, 100, 30, 5, 0],
    standing=[1, 0, 1, -1, 0],
)


@pytest.fixture(params=[PlainGrouping, ArrayGrouping])
def maker(request: pytest.FixtureRequest) -> Maker:
    found: Maker = request.param
    return found


def test_an_element_is_told_with_its_misfits_and_its_leaves_of_any_spend(maker: Maker) -> None:
    doubled, mixed = maker(LEAVES).tallies((0,), 1.0)

    assert (doubled.before, doubled.after, doubled.gross) == (150, 300, 150)
    assert (doubled.misfit, doubled.still_misfit) == (0, 0)
    assert (doubled.leaves, doubled.standing) == (2, 1)
    assert (mixed.before, mixed.after, mixed.gross) == (10, 35, 35)
    assert mixed.misfit == 30 + 30  # the new leaf fits no ratio; 5 is 30 short of 10 x 3.5
    assert mixed.still_misfit == 30
    assert (mixed.leaves, mixed.standing) == (2, 1)


def test_only_elements_that_moved_enough_are_told(maker: Maker) -> None:
    told = [tally.element for tally in maker(LEAVES).tallies((0, 1), 50)]

    assert told == [Element((0, 1), (0, 0)), Element((0, 1), (0, 1))]


def test_leaves_that_were_taken_are_told_no_more(maker: Maker) -> None:
    grouping = maker(LEAVES)
    before = list(grouping.tallies((0,), 1.0)), list(grouping.tallies((1,), 1.0))

    taken = grouping.take(Element((0, 1), (0, 0)))

    assert [len(told) for told in before] == [2, 2]
    assert list(taken) == [0]
    assert [tally.gross for tally in grouping.tallies((0,), 1.0)] == [50, 35]
    assert [tally.gross for tally in grouping.tallies((1,), 1.0)] == [30, 55]
    assert list(grouping.take(Element((0,), (0,)))) == [1]
    assert [tally.element.codes for tally in grouping.tallies((0,), 1.0)] == [(1,)]


def test_children_divide_an_element_by_one_more_dimension(maker: Maker) -> None:
    children = maker(LEAVES).children(Element((1,), (1,)), 0)

    assert [(child.element.cuboid, child.element.codes, child.gross) for child in children] == [
        ((0, 1), (0, 1), 50),
        ((0, 1), (1, 1), 5),
    ]


def test_nothing_is_told_of_no_leaves(maker: Maker) -> None:
    assert list(maker(Leaves(([], []), [], [], [])).tallies((0, 1), 1.0)) == []


@given(cubes())
@settings(deadline=None)
def test_all_groupings_give_the_same_breakdown(drawn: Cube) -> None:
    plain, arrays = (breakdown(drawn, grouping=made) for made in (PlainGrouping, ArrayGrouping))

    assert plain == arrays
    assert dearest(drawn) == dearest(drawn, grouping=ArrayGrouping)


@pytest.mark.parametrize("seed", [1, 2])
def test_all_groupings_break_a_bill_of_thousands_of_cells_down_alike(seed: int) -> None:
    bill = generated(seed, leaves=3_000).cube

    assert breakdown(bill, grouping=PlainGrouping) == breakdown(bill, grouping=ArrayGrouping)


def test_codes_too_sparse_to_be_counted_are_sorted() -> None:
    sparse = Leaves(([0, 9_999], [9_999, 0]), [1, 1], [11, 21], [0, 0])

    assert [list(made(sparse).tallies((0, 1), 1.0)) for made in (PlainGrouping, ArrayGrouping)] == [
        list(ArrayGrouping(sparse).tallies((0, 1), 1.0))
    ] * 2
    assert generate(1, 100).codes.shape == (100, 6)
