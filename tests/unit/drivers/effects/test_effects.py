# SPDX-License-Identifier: Apache-2.0
"""A change in dollars, split into usage, mix, price, discount, new, gone and unmetered."""

from __future__ import annotations

from dataclasses import astuple, replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.effects.effects import Effects, cents, effects, effects_by_cell
from cost_slo.domain.spend.cube import Cell

CENT = Decimal("0.01")
money = st.decimals(-100_000, 100_000, places=12)
quantity = st.none() | st.just(Decimal(0)) | st.decimals(-1000, 1000, places=6)


@st.composite
def any_cell(draw: st.DrawFn) -> Cell:
    cost = st.just(Decimal(0)) | money
    return Cell(
        values=(draw(st.sampled_from("abc")),),
        before=draw(cost),
        after=draw(cost),
        quantity_before=draw(quantity),
        quantity_after=draw(quantity),
        unit=draw(st.sampled_from(["", "GB", "Hours"])),
        list_before=draw(st.none() | cost),
        list_after=draw(st.none() | cost),
    )


any_cells = st.lists(any_cell(), max_size=6)


def metered(
    costs: tuple[int, int],
    quantities: tuple[int, int],
    lists: tuple[int, int] | None = None,
    unit: str = "GB",
) -> Cell:
    (before, after), (first, second) = map(Decimal, costs), map(Decimal, quantities)
    listed = tuple(map(Decimal, lists)) if lists else (None, None)
    return Cell(("x",), before, after, first, second, unit, *listed)


def swapped(cell: Cell) -> Cell:
    return replace(
        cell,
        before=cell.after,
        after=cell.before,
        quantity_before=cell.quantity_after,
        quantity_after=cell.quantity_before,
        list_before=cell.list_after,
        list_after=cell.list_before,
    )


# Additivity ---------------------------------------------------------------------------------------


@given(any_cells)
def test_the_effects_of_each_cell_sum_to_its_change_to_the_last_digit(cells: list[Cell]) -> None:
    for cell, split in zip(cells, effects_by_cell(cells), strict=True):
        assert split.change == cell.after - cell.before


@given(any_cells)
def test_the_effects_of_all_cells_sum_to_the_change_of_all(cells: list[Cell]) -> None:
    change = sum((cell.after - cell.before for cell in cells), Decimal(0))

    assert effects(cells).change == change


@given(any_cells)
def test_cents_sum_to_the_change_in_cents_each_within_a_cent(cells: list[Cell]) -> None:
    split = effects(cells)

    rounded = cents(split, "USD")

    assert rounded.change == split.change.quantize(CENT)
    pairs = zip(astuple(split), astuple(rounded), strict=True)
    assert all(abs(exact - told) < CENT for exact, told in pairs)


@given(any_cells)
def test_yen_sum_to_the_change_in_whole_yen(cells: list[Cell]) -> None:
    split = effects(cells)

    rounded = cents(split, "JPY")

    assert rounded.change == split.change.quantize(Decimal(1))
    assert all(part == int(part) for part in astuple(rounded))


@given(any_cells, st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(cells: list[Cell], random: Random) -> None:
    shuffled = list(cells)
    random.shuffle(shuffled)

    assert effects(shuffled) == effects(cells)


@given(any_cells)
def test_swapping_the_periods_turns_every_sign_and_new_into_gone(cells: list[Cell]) -> None:
    there = effects(cells)

    back = effects([swapped(cell) for cell in cells])

    mirrored = replace(there, new=there.gone, gone=there.new)
    assert astuple(back) == tuple(-amount for amount in astuple(mirrored))


def test_digits_finer_than_a_trillionth_are_kept() -> None:
    cell = replace(metered((0, 0), (2, 3)), after=Decimal("1E-20"))

    assert effects([cell]).change == Decimal("1E-20")


def test_nothing_changed_where_there_are_no_cells() -> None:
    assert effects([]) == Effects()


# What each effect is ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        # Rate 3, then 5. Usage (12 - 10) x (3 + 5) / 2, price (5 - 3) x (10 + 12) / 2.
        ([metered((30, 60), (10, 12))], Effects(usage=Decimal(8), price=Decimal(22))),
        # Without the name of a unit, quantities of two cells are not added: each is its own.
        ([metered((10, 20), (10, 20), unit="")] * 2, Effects(usage=Decimal(20))),
        # 10 GB at 1 and 10 at 3; then 5 and 15: the total stays, and 5 moved from 1 to 3.
        ([metered((10, 5), (10, 5)), metered((30, 45), (10, 15))], Effects(mix=Decimal(10))),
        # List rate 2, discount 0.5 then 0.25, of 10 GB.
        ([metered((10, 5), (10, 10), (20, 20))], Effects(discount=Decimal(-5))),
        # List rate 2 then 4, nothing off.
        ([metered((20, 40), (10, 10), (20, 40))], Effects(price=Decimal(20))),
        # Free of charge, then at list price.
        ([metered((0, 20), (10, 10), (20, 20))], Effects(discount=Decimal(20))),
        # A free tier without a list price: no discount is known before, so it is the price.
        ([metered((0, 20), (10, 10), (0, 20))], Effects(price=Decimal(20))),
        # Cost without a list cost on one side: the effective rate 1, then 2.
        ([metered((10, 20), (10, 10), (0, 20))], Effects(price=Decimal(10))),
        # Nothing charged nor listed on either side.
        ([metered((0, 0), (10, 12), (0, 0))], Effects()),
        # New and gone: what stayed keeps its mix.
        ([metered((10, 10), (10, 10)), metered((0, 9), (0, 3))], Effects(new=Decimal(9))),
        ([metered((10, 10), (10, 10)), metered((9, 0), (3, 0))], Effects(gone=Decimal(-9))),
        # A cost beside a quantity of zero comes of something else.
        ([metered((0, 7), (0, 0))], Effects(unmetered=Decimal(7))),
        ([metered((5, 7), (0, 3))], Effects(unmetered=Decimal(2))),
        # Quantities that cancel have no shares: each cell is its own total.
        ([metered((10, 20), (5, 10)), metered((-10, -10), (-5, -5))], Effects(usage=Decimal(10))),
    ],
)
def test_a_change_is_told_by_what_moved(cells: list[Cell], expected: Effects) -> None:
    assert effects(cells) == expected


def test_a_charge_without_a_quantity_is_unmetered_even_when_new() -> None:
    tax = Cell(("tax",), Decimal(0), Decimal(40))

    assert effects([tax]) == Effects(unmetered=Decimal(40))


def test_a_new_cell_may_have_no_quantity_before() -> None:
    fresh = replace(metered((0, 9), (0, 3)), quantity_before=None)

    assert effects([fresh]) == Effects(new=Decimal(9))


def test_hours_and_gigabytes_have_totals_of_their_own() -> None:
    hours = metered((10, 20), (10, 20), unit="Hours")
    stored = metered((10, 10), (10, 10))

    assert effects([hours, stored]) == Effects(usage=Decimal(10))


def test_an_unchanged_cell_beside_a_growing_one_moves_usage_and_mix_alone() -> None:
    cells = [metered((10, 10), (10, 10)), metered((30, 60), (10, 20))]

    split = effects(cells)

    # Total 20 -> 30 GB at a mean rate of 2, then 7/3; the rest of +30 is that the dearer half grew.
    assert split.price == split.discount == 0
    assert split.usage + split.mix == 30
    assert 20 < split.usage < split.usage + split.mix
