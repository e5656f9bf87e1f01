# SPDX-License-Identifier: Apache-2.0
"""Why one unit costs more: fewer units, more usage for each, price, mix or fees."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.effects.unit_effects import FINEST, UnitEffects, points, unit_effects
from cost_slo.domain.spend.cube import Cell

UNCHANGED = UnitEffects(*[Decimal(0)] * 8)
amount = st.decimals(0, 100_000, places=6)
units = st.decimals(Decimal("0.01"), 1_000_000, places=2)
some_cells = st.lists(
    st.builds(
        Cell,
        values=st.just(("x",)),
        before=amount,
        after=amount,
        quantity_before=st.none() | amount,
        quantity_after=st.none() | amount,
        unit=st.sampled_from(["", "tokens", "Hours"]),
        list_before=st.none() | amount,
        list_after=st.none() | amount,
    ),
    max_size=5,
)


def tokens(costs: tuple[int, int], quantities: tuple[int, int]) -> Cell:
    (before, after), (first, second) = map(Decimal, costs), map(Decimal, quantities)
    return Cell(("model",), before, after, first, second, "tokens")


def split_of(cells: list[Cell], units_before: int, units_after: int) -> UnitEffects:
    split = unit_effects(cells, Decimal(units_before), Decimal(units_after))
    assert split is not None
    return split


@given(some_cells, units, units)
def test_the_effects_sum_exactly_to_the_change_of_the_cost_of_a_unit(
    cells: list[Cell], units_before: Decimal, units_after: Decimal
) -> None:
    split = unit_effects(cells, units_before, units_after)

    assert split is not None
    with localcontext(prec=80):
        assert sum(split.effects.values()) == split.after - split.before
    cost_after = sum((cell.after for cell in cells), Decimal(0))
    assert abs(split.after * units_after - cost_after) <= FINEST * units_after


@given(some_cells, units, units)
def test_percentage_points_sum_to_the_rounded_percentage(
    cells: list[Cell], units_before: Decimal, units_after: Decimal
) -> None:
    split = unit_effects(cells, units_before, units_after)

    assert split is not None
    told = points(split)

    if told is None:
        assert split.before == 0
    else:
        exact = 100 * (split.after - split.before) / split.before
        assert abs(sum(told.values()) - exact) <= Decimal("0.5") * (1 + Decimal("1E-9"))


@pytest.mark.parametrize(
    ("cells", "units", "expected"),
    [
        # Twice the tokens for the same requests: 10 to 20 each, at a price of 1.
        ([tokens((100, 200), (100, 200))], (10, 10), {"usage": 10}),
        # Twice the requests take twice the tokens: nothing changed for one of them.
        ([tokens((100, 200), (100, 200))], (10, 20), {}),
        ([tokens((100, 150), (100, 100))], (10, 10), {"price": 5}),
        # Half the tokens go to a model at 3 instead of 1: 10 x 0.5 x 2.
        ([tokens((100, 50), (100, 50)), tokens((0, 150), (0, 50))], (10, 10), {"mix": 10}),
        # The first tokens ever: usage, not mix.
        ([tokens((0, 100), (0, 50))], (10, 10), {"usage": 10}),
        # A fee of 100 shared by 5 instead of 10.
        ([Cell(("fee",), Decimal(100), Decimal(100))], (10, 5), {"units": 10}),
        ([Cell(("fee",), Decimal(100), Decimal(200))], (10, 10), {"unmetered": 10}),
        ([], (10, 10), {}),
    ],
)
def test_the_cost_of_a_unit_is_told_by_what_moved(
    cells: list[Cell], units: tuple[int, int], expected: dict[str, int]
) -> None:
    split = split_of(cells, *units)

    assert {name: part for name, part in split.effects.items() if part} == expected


def test_a_discount_is_not_a_price() -> None:
    cell = replace(tokens((100, 50), (100, 100)), list_before=Decimal(100), list_after=Decimal(100))

    split = split_of([cell], 10, 10)

    assert [split.price, split.discount] == [0, -5]


@pytest.mark.parametrize("units", [(0, 10), (10, 0)])
def test_without_units_there_is_no_cost_of_one(units: tuple[int, int]) -> None:
    assert unit_effects([], *map(Decimal, units)) is None


def test_there_are_no_percentages_of_nothing() -> None:
    assert points(UNCHANGED) is None


def test_small_changes_are_told_in_tenths_of_a_point() -> None:
    split = replace(UNCHANGED, before=Decimal(300), after=Decimal(310), price=Decimal(10))

    told = points(split)

    assert told is not None
    assert told["price"] == Decimal("3.3")
