# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.drivers.segments.segments import Breakdown, breakdown
from cost_slo.domain.spend.cube import Cell, Cube
from tests.builders.cubes import AMOUNTS, BASELINE, DIMENSIONS, WINDOW, cube, cubes


def told(found: Breakdown) -> list[tuple[str, str]]:
    return [
        (" ".join(f"{name}={value}" for name, value in one.where), f"{one.change:+}")
        for one in found.segments
    ]


def grid(moves: dict[str, str] | None = None) -> Cube:
    """Three services in three accounts and two regions at 10 each, but for those that moved."""
    names = [f"{s} {a} {r}" for s in ("S3", "EC2", "RDS") for a in "123" for r in ("eu", "us")]
    return cube(*((name, "10", (moves or {}).get(name, "10")) for name in names))


def test_all_children_of_one_parent_are_told_as_the_parent() -> None:
    moves = {f"EC2 {account} {region}": "15" for account in "123" for region in ("eu", "us")}

    assert told(breakdown(grid(moves))) == [("service=EC2", "+30")]


def test_one_child_alone_is_told_as_the_combination_not_as_its_parent() -> None:
    moves = {"EC2 2 eu": "40", "EC2 2 us": "40"}

    assert told(breakdown(grid(moves))) == [("service=EC2 account=2", "+60")]


def test_moves_that_cancel_out_are_two_segments() -> None:
    bill = cube(("A 1 eu", "100", "600"), ("B 1 eu", "500", "20"), ("C 1 eu", "50", "50"))

    found = breakdown(bill)

    assert told(found) == [("service=A", "+500"), ("service=B", "-480")]
    assert found.rest.change == 0


def test_a_single_change_is_told_by_the_earliest_dimension_that_names_it() -> None:
    bill = cube(("A 1 eu", "5", "9"), ("B 2 us", "5", "5"))

    assert told(breakdown(bill)) == [("service=A", "+4")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("0", "9", MoverKind.NEW),
        ("9", "0", MoverKind.GONE),
        ("4", "9", MoverKind.UP),
        ("9", "4", MoverKind.DOWN),
    ],
)
def test_a_segment_is_new_gone_up_or_down(before: str, after: str, kind: MoverKind) -> None:
    (found,) = breakdown(cube(("A 1 eu", before, after), ("B 1 eu", "1", "1"))).segments

    assert found.kind is kind


def test_cells_that_rose_by_amounts_of_their_own_are_one_segment_if_they_stand_out() -> None:
    quiet = [(f"Q{n} {n % 3} eu", str(100 + n), str(100 + n + n % 2)) for n in range(40)]
    loud = [(f"L {n} us", str(100 + n), str(300 + 400 * n)) for n in range(6)]

    found = breakdown(cube(*quiet, *loud))

    assert [one.where for one in found.segments] == [(("service", "L"),)]


def test_what_does_not_stand_out_from_ordinary_scatter_is_everything_else() -> None:
    random = Random(3)
    noisy = [
        (f"S{n % 7} {n % 5} R{n % 3}", "100", f"{random.gauss(100, 10):.2f}") for n in range(105)
    ]

    found = breakdown(cube(*noisy))

    assert found.segments == ()
    assert found.rest.before == 10_500


def test_what_rose_like_all_the_rest_is_no_segment() -> None:
    """A tenth more everywhere, give or take 2 %; the largest service alone explains most of it."""
    random = Random(4)
    sizes = [1000] * 40 + [10] * 80
    rows = [
        (
            f"{'Big' if size > 10 else 'Small'} {n} eu",
            str(size),
            f"{size * random.gauss(1.1, 0.02):.4f}",
        )
        for n, size in enumerate(sizes)
    ]

    assert breakdown(cube(*rows)).segments == ()


def test_a_common_ratio_is_narrowed_below_three_dimensions_where_one_child_did_it() -> None:
    names = [f"{a}{b}{c}{d}" for a in "xy" for b in "xy" for c in "xy" for d in "xy"]
    bill = cube(
        *((" ".join(name), "10", "90" if name == "xxxx" else "10") for name in names),
        dimensions=("service", "meter", "account", "region"),
    )

    assert told(breakdown(bill)) == [("service=x meter=x account=x region=x", "+80")]


def test_no_more_segments_are_named_than_asked_for() -> None:
    moves = {"S3 1 eu": "90", "EC2 2 us": "80", "RDS 3 eu": "70"}

    found = breakdown(grid(moves), most=2)

    assert [change for _, change in told(found)] == ["+80", "+70"]
    assert found.rest.change == 60


def test_credits_that_turn_into_charges_are_told() -> None:
    bill = cube(("A 1 eu", "-50", "70"), ("A 2 eu", "-10", "15"), ("B 1 eu", "5", "5"))

    assert told(breakdown(bill)) == [("service=A", "+145")]


@pytest.mark.parametrize("rows", [[], [("A 1 eu", "0", "0")], [("A 1 eu", "7.5", "7.5")]])
def test_nothing_moved_is_everything_else(rows: list[tuple[str, str, str]]) -> None:
    found = breakdown(cube(*rows))

    assert found.segments == ()
    assert len(found.rest.cells) == len(rows)


@given(cubes())
@settings(deadline=None)
def test_segments_and_rest_are_disjoint_and_add_up_to_the_last_digit(drawn: Cube) -> None:
    found = breakdown(drawn)

    parts = [*found.segments, found.rest]
    values = [cell.values for part in parts for cell in part.cells]
    assert sorted(values) == sorted(cell.values for cell in drawn.cells)
    for part in parts:
        assert part.before == sum(cell.before for cell in part.cells)
        assert part.after == sum(cell.after for cell in part.cells)
    assert sum(part.change for part in parts) == sum(
        cell.after - cell.before for cell in drawn.cells
    )


@given(cubes())
@settings(deadline=None)
def test_the_cells_of_a_segment_match_its_name_and_the_largest_change_is_first(drawn: Cube) -> None:
    found = breakdown(drawn)

    for one in found.segments:
        for name, value in one.where:
            place = drawn.dimensions.index(name)
            assert {cell.values[place] for cell in one.cells} == {value}
    sizes = [abs(one.change) for one in found.segments]
    assert sizes == sorted(sizes, reverse=True)


@given(cubes(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_of_rows_changes_nothing(drawn: Cube, random: Random) -> None:
    shuffled = replace(drawn, cells=tuple(random.sample(drawn.cells, len(drawn.cells))))

    assert ids(breakdown(shuffled)) == ids(breakdown(drawn))


def ids(found: Breakdown) -> list[tuple[object, ...]]:
    return [
        (one.where, one.before, one.after, frozenset(cell.values for cell in one.cells))
        for one in (*found.segments, found.rest)
    ]


@given(cubes())
@settings(deadline=None)
def test_renaming_values_in_their_order_renames_the_segments_and_nothing_else(drawn: Cube) -> None:
    renamed = replace(
        drawn,
        cells=tuple(
            replace(cell, values=tuple(f"new {value}" for value in cell.values))
            for cell in drawn.cells
        ),
    )

    assert told(breakdown(renamed)) == [
        (name.replace("=", "=new "), change) for name, change in told(breakdown(drawn))
    ]


DISTINCT = st.lists(
    st.tuples(st.integers(1, 10_000), st.integers(1, 10_000)), min_size=1, max_size=30, unique=True
)


@given(DISTINCT, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_any_other_names_give_the_same_parts(
    amounts: list[tuple[int, int]], random: Random
) -> None:
    """Irrational weights make ties unlikely; a tie is decided by name, and may fall otherwise."""
    names = [f"{number:02}" for number in range(len(amounts))]
    other = random.sample(names, len(names))
    bills = [
        Cube(
            ("service",),
            tuple(
                Cell((name,), Decimal(before) + Decimal(n).sqrt(), Decimal(after))
                for n, (name, (before, after)) in enumerate(zip(chosen, amounts, strict=True))
            ),
            WINDOW,
            BASELINE,
        )
        for chosen in (names, other)
    ]

    first, second = (breakdown(bill) for bill in bills)

    assert [one.change for one in first.segments] == [one.change for one in second.segments]


@given(cubes())
@settings(deadline=None)
def test_swapped_periods_give_the_same_segments_with_the_other_sign(drawn: Cube) -> None:
    swapped = replace(
        drawn,
        cells=tuple(replace(cell, before=cell.after, after=cell.before) for cell in drawn.cells),
    )

    there, back = breakdown(drawn), breakdown(swapped)

    assert [(one.where, one.before, one.after) for one in there.segments] == [
        (one.where, one.after, one.before) for one in back.segments
    ]


def test_a_dimension_with_one_value_alone_names_nothing() -> None:
    """All that rose is in one account, and so is what did not: the account tells neither."""
    rises = [("A 1 eu", "50", "90"), ("B 1 eu", "50", "85"), ("C 1 eu", "50", "50")]
    elsewhere = ("D 2 us", "0", "0")

    for bill in (cube(*rises), cube(*rises, elsewhere)):
        assert told(breakdown(bill)) == [("service=A", "+40"), ("service=B", "+35")]


@given(st.lists(AMOUNTS, min_size=2, max_size=12), st.decimals(1, 1000, places=2))
@settings(deadline=None)
def test_a_service_that_rises_further_never_ranks_lower(
    rises: list[Decimal], further: Decimal
) -> None:
    def rank(extra: Decimal) -> int:
        cells = tuple(
            Cell((f"{n:02}", "1", "eu"), Decimal(50), 50 + abs(rise) + (extra if n == 0 else 0))
            for n, rise in enumerate(rises)
        )
        found = breakdown(Cube(DIMENSIONS, cells, WINDOW, BASELINE)).segments
        places = [place for place, one in enumerate(found) if one.where == (("service", "00"),)]
        return places[0] if places else len(rises)

    assert rank(further) <= rank(Decimal(0))


ACCOUNTS = st.sampled_from("123")


@given(
    st.lists(st.tuples(AMOUNTS, ACCOUNTS), min_size=2, max_size=12),
    st.decimals(1, 1000, places=2),
)
@settings(deadline=None)
def test_a_service_among_accounts_that_rises_further_is_told_no_later_if_perhaps_with_others(
    rises: list[tuple[Decimal, str]], further: Decimal
) -> None:
    before, after = (services_told(rises, extra) for extra in (Decimal(0), further))

    if ["00"] in before:
        assert any("00" in services for services in after[: before.index(["00"]) + 1])


def test_a_service_that_rises_further_may_join_the_others_of_its_account_that_rose() -> None:
    """6, 5 and 9 more is enough alike for the account to explain most; 1, 5 and 9 is not."""
    rises = [(Decimal(rise), account) for rise, account in zip("15909", "11112", strict=True)]

    assert services_told(rises, Decimal(0)) == [["02"], ["04"], ["01"], ["00"]]
    assert services_told(rises, Decimal(5)) == [["00", "01", "02", "03"], ["04"]]


def services_told(rises: list[tuple[Decimal, str]], further: Decimal) -> list[list[str]]:
    """The services of each segment; each went up from 50 in its account, the first one further."""
    cells = tuple(
        Cell((f"{n:02}", account, "eu"), Decimal(50), 50 + abs(rise) + (0 if n else further))
        for n, (rise, account) in enumerate(rises)
    )
    found = breakdown(Cube(DIMENSIONS, cells, WINDOW, BASELINE)).segments
    return [[cell.values[0] for cell in segment.cells] for segment in found]
