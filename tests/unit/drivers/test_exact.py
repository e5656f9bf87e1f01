# SPDX-License-Identifier: Apache-2.0
"""Amounts of any size and precision, scaled and split: nothing runs out and all of it adds up."""

from __future__ import annotations

import json
from dataclasses import astuple
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.drivers.breakdown import closer_breakdown
from cost_slo.domain.drivers.document import explanation
from cost_slo.domain.drivers.effects.effects import cents, effects_by_cell
from cost_slo.domain.drivers.effects.unit_effects import points, unit_effects
from cost_slo.domain.drivers.movers import (
    Movers,
    notable_movers,
    top_movers,
)
from cost_slo.domain.drivers.segment_movers import segment_movers
from cost_slo.domain.drivers.what_changed import what_changed
from cost_slo.domain.exact import difference, places, rounded, total
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.postmortem.facts.formula import evaluate_formula
from cost_slo.domain.scale import scaled
from cost_slo.domain.spend.amounts import Amounts
from cost_slo.domain.spend.cube import Cell, Cube
from cost_slo.domain.spend.reading import DailySpend, by_day
from cost_slo.domain.stored import from_json, to_json

CENT = Decimal("0.01")
AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
LONGEST = st.integers(-(10**38) + 1, 10**38 - 1)


def _scaled_to(digits: int, magnitude: int) -> Decimal:
    """The digits, with the first one at this power of ten."""
    return Decimal(f"{digits}E{magnitude - len(str(abs(digits))) + 1}")


def between(smallest: int, largest: int) -> st.SearchStrategy[Decimal]:
    """Zero, or up to 38 digits of either sign that begin at a power of ten from one to another."""
    sized = st.builds(_scaled_to, LONGEST, st.integers(smallest, largest))
    short = st.builds(_scaled_to, st.integers(-99, 99), st.integers(smallest, largest))
    return st.just(Decimal(0)) | sized | short


money = between(-30, 15)
quantities = st.none() | between(-30, 18)
ratios = st.tuples(st.integers(1, 31), st.integers(28, 31))


@st.composite
def scaled_cubes(draw: st.DrawFn) -> Cube:
    """Any cells, against a month of 28 to 31 days that was scaled to some days."""
    times, by = draw(ratios)
    size = draw(st.integers(1, 12))
    befores, afters = (draw(st.lists(money, min_size=size, max_size=size)) for _ in range(2))
    used, use = (draw(st.lists(quantities, min_size=size, max_size=size)) for _ in range(2))
    listed, lists = (
        draw(st.lists(st.none() | money, min_size=size, max_size=size)) for _ in range(2)
    )
    before = scaled(befores, times, by)
    quantity = scaled([amount or Decimal(0) for amount in used], times, by)
    cells = tuple(
        Cell(
            (draw(st.sampled_from("ab")), str(at)),
            before[at],
            afters[at],
            None if used[at] is None else quantity[at],
            use[at],
            draw(st.sampled_from(["", "Tokens", "GB"])),
            listed[at],
            lists[at],
        )
        for at in range(size)
    )
    window = Period(AUGUST.end, AUGUST.end + times * DAY)
    return Cube(("service", "meter"), cells, window, AUGUST, "USD")


# Scale --------------------------------------------------------------------------------------------


@given(st.lists(money, max_size=20), ratios)
def test_scaled_parts_sum_to_the_total_scaled_once(
    amounts: list[Decimal], ratio: tuple[int, int]
) -> None:
    times, by = ratio

    parts = scaled(amounts, times, by)

    whole = Fraction(total(amounts)) * times / by
    step = Decimal(1).scaleb(-max([12, *map(places, amounts)]))
    assert abs(Fraction(total(parts)) - whole) <= Fraction(step) / 2
    for amount, part in zip(amounts, parts, strict=True):
        assert abs(Fraction(part) - Fraction(amount) * times / by) < Fraction(1, 10**12)


@given(st.lists(money, max_size=5), ratios)
def test_what_has_an_end_keeps_every_digit(amounts: list[Decimal], ratio: tuple[int, int]) -> None:
    times, by = ratio
    whole = [Decimal(f"{by * int(amount)}") for amount in amounts]

    assert scaled(whole, times, by) == tuple(Decimal(int(amount) * times) for amount in amounts)


@pytest.mark.parametrize("by", [2, 4, 5, 8, 16, 25, 28, 30, 32])
def test_a_quotient_that_ends_is_exact_however_long(by: int) -> None:
    finest = Decimal("0.00000000000000000007")  # twenty decimals, as some exports have

    [part] = scaled([finest], 1, by) if by not in {28, 30} else scaled([finest * 3], 1, by)

    expected = Fraction(finest) * (3 if by in {28, 30} else 1) / by
    assert Fraction(part) == expected


def test_a_quotient_without_an_end_has_twelve_decimals() -> None:
    assert scaled([Decimal(1)], 9, 31) == (Decimal("0.290322580645"),)


def test_a_finer_bill_keeps_its_own_decimals() -> None:
    assert scaled([Decimal("0.00000000000000000031")], 1, 31) == (Decimal("1E-20"),)


def test_as_billed_nothing_is_touched() -> None:
    amounts = (Decimal("1.230"), Decimal("1E-40"))

    assert scaled(amounts, 31, 31) == amounts


# Explanations -------------------------------------------------------------------------------------


@given(scaled_cubes())
def test_an_explanation_adds_up_to_the_last_digit_in_the_json_too(cube: Cube) -> None:
    found = closer_breakdown(cube)

    whole = what_changed(cube, found, [()] * len(found.segments), cube.baseline.start)

    assert whole.before == total(cell.before for cell in cube.cells)
    assert whole.after == total(cell.after for cell in cube.cells)
    told = json.loads(json.dumps(explanation(whole)))
    parts = [*told["drivers"], told["rest"]]
    for key in ("before", "after", "change"):
        assert total(Decimal(part[key]) for part in parts) == Decimal(told["total"][key])
    for part in parts:
        effects = total(Decimal(amount) for amount in part["effects"].values())
        assert effects == Decimal(part["change"])


@given(scaled_cubes())
def test_the_effects_of_a_cell_sum_to_its_change_whatever_its_digits(cube: Cube) -> None:
    for cell, split in zip(cube.cells, effects_by_cell(cube.cells), strict=True):
        assert split.change == difference(cell.after, cell.before)
        assert total(astuple(cents(split, "USD"))) == rounded(split.change, CENT)


@given(scaled_cubes())
def test_what_an_incident_keeps_of_a_change_adds_up_and_is_read_back(cube: Cube) -> None:
    movers = segment_movers(cube)

    assert total([movers.rest, *(mover.change for mover in movers.movers)]) == movers.change
    assert difference(movers.total_after, movers.total_before) == movers.change
    assert from_json(Movers, json.loads(json.dumps(to_json(movers)))) == movers


@given(
    st.lists(st.tuples(st.sampled_from("abcdefg"), money, money), max_size=12),
    st.integers(1, 31),
    st.integers(28, 31),
)
def test_services_and_the_rest_are_the_change_whatever_their_digits(
    spent: list[tuple[str, Decimal, Decimal]], days: int, of_days: int
) -> None:
    baseline = Period(date(2026, 8, 1), date(2026, 8, 1) + of_days * DAY)
    window = Period(baseline.end, baseline.end + days * DAY)
    rows = [
        DailySpend(amount, amount, day=on, service=service)
        for service, before, after in spent
        for on, amount in ((baseline.start, before), (window.start, after))
    ]

    movers = notable_movers(top_movers(rows, window, baseline=baseline))

    assert total([movers.rest, *(mover.change for mover in movers.movers)]) == movers.change
    assert movers.total_after == total(row.total for row in rows if row.day in window)


# Units --------------------------------------------------------------------------------------------


@given(scaled_cubes(), between(-12, 18), between(-12, 18))
def test_the_cost_of_one_of_many_units_is_split_exactly(
    cube: Cube, units_before: Decimal, units_after: Decimal
) -> None:
    split = unit_effects(cube.cells, units_before, units_after)

    if split is None:
        assert min(units_before, units_after) <= 0
        return
    assert total(split.effects.values()) == difference(split.after, split.before)
    told = points(split)
    assert told is None or all(part.is_finite() for part in told.values())


def test_one_of_a_quintillion_tokens_still_has_a_cost() -> None:
    cell = Cell(
        ("model",), Decimal(1000), Decimal(3000), Decimal("1E18"), Decimal("1E18"), "Tokens"
    )

    split = unit_effects([cell], Decimal("1E18"), Decimal("1E18"))

    assert split is not None
    assert (split.before, split.after, split.price) == (
        Decimal("1E-15"),
        Decimal("3E-15"),
        Decimal("2E-15"),
    )


# Sums ---------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(money, money, money), max_size=8))
def test_days_sum_to_the_last_digit(amounts: list[tuple[Decimal, Decimal, Decimal]]) -> None:
    on = date(2026, 9, 1)
    rows = [DailySpend(*parts, day=on, service="s") for parts in amounts]

    summed = by_day(rows)

    of_all = total(row.total for row in rows)
    assert Fraction(of_all) == sum((Fraction(part) for parts in amounts for part in parts), 0)
    assert summed.get(on, Amounts()).total == of_all


@given(money, st.sampled_from([CENT, Decimal(1), Decimal("1E-12")]))
def test_rounding_is_to_the_nearest_step_and_to_the_even_one_of_two(
    amount: Decimal, step: Decimal
) -> None:
    expected = round(Fraction(amount) / Fraction(step))

    assert Fraction(rounded(amount, step)) == expected * Fraction(step)
    assert rounded(Fraction(amount), step) == rounded(amount, step)


def test_a_formula_needs_no_precision_of_its_own() -> None:
    values = {"cost": Decimal("1E15"), "units": Decimal("1E-30")}

    assert evaluate_formula("cost / units", values) == Decimal("1E45")
    assert evaluate_formula("cost / 3 * 3", values) == Decimal("1E15")
