# SPDX-License-Identifier: Apache-2.0
"""Why a unit costs more, from a cube and the units of each day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.drivers.document import explanation
from cost_slo.domain.drivers.sentences import unit_cost_sentence
from cost_slo.domain.drivers.unit_split import (
    unit_split,
    unit_split_from_json,
    unit_split_to_json,
)
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import difference, total
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.cube import Cell, Cube
from tests.builders.changes import changed

AUGUST = Period(date(2026, 8, 1), date(2026, 9, 1))
WEEK = Period(date(2026, 9, 7), date(2026, 9, 14))
WEEK_BEFORE = Period(date(2026, 8, 31), date(2026, 9, 7))
MONDAY = Period(WEEK.start, WEEK.start + DAY)
ALWAYS = Period(date.min, date.max)
# 700 tokens for $700, then 1400 for $2100; and a fee of $70.
TOKENS = Cell(("haiku",), Decimal(700), Decimal(2100), Decimal(700), Decimal(1400), "Tokens")
FEE = Cell(("support",), Decimal(70), Decimal(70))


def cube(window: Period = WEEK, baseline: Period = WEEK_BEFORE, *cells: Cell) -> Cube:
    return Cube(("meter",), cells or (TOKENS, FEE), window, baseline, "USD", "a bill")


def each_day(amount: int, *periods: Period) -> dict[date, Decimal]:
    return {day: Decimal(amount) for period in periods for day in period.dates}


def test_the_parts_sum_exactly_to_the_change_of_the_cost_of_a_unit() -> None:
    counted = each_day(11, WEEK_BEFORE) | each_day(13, WEEK)

    split = unit_split(cube(), "request", counted, ALWAYS)

    effects = split.effects
    assert (split.unit, split.usage) == ("request", "tokens")
    assert [split.units_before, split.units_after] == [77, 91]
    assert total(effects.effects.values()) == difference(effects.after, effects.before)
    # $770 for 77 requests and $2170 for 91.
    assert [effects.before, round(effects.after, 6)] == [10, Decimal("23.846154")]
    # The same fee is shared by more requests: 70/91 - 70/77.
    assert round(effects.units, 6) == Decimal("-0.139860")


def test_an_explanation_holds_the_split_and_its_sentence() -> None:
    counted = each_day(11, WEEK_BEFORE) | each_day(13, WEEK)
    split = unit_split(cube(), "request", counted, ALWAYS)

    told = explanation(replace(changed(), unit_cost=split))["unit_cost"]

    assert told == unit_split_to_json(split) | {"text": unit_cost_sentence(split, "USD")}


def test_a_split_is_read_back_as_it_was_written() -> None:
    counted = each_day(11, WEEK_BEFORE) | each_day(13, WEEK)
    split = unit_split(cube(), "request", counted, ALWAYS)

    assert unit_split_from_json(json.loads(json.dumps(unit_split_to_json(split)))) == split


def test_units_before_are_scaled_as_the_costs_are() -> None:
    counted = each_day(62, AUGUST) | each_day(1, WEEK)

    split = unit_split(cube(WEEK, AUGUST), "request", counted, ALWAYS)

    # 31 days of 62, scaled to 7.
    assert split.units_before == 7 * 62


def test_only_the_weekdays_that_a_baseline_counts_need_units() -> None:
    weeks_before = Period(WEEK.start - 28 * DAY, WEEK.start)
    mondays = {day: Decimal(8) for day in weeks_before.dates if day.isoweekday() == 1}

    split = unit_split(cube(MONDAY, weeks_before), "request", mondays | each_day(9, MONDAY), ALWAYS)

    assert [split.units_before, split.units_after] == [8, 9]


def test_units_of_days_without_charges_do_not_count() -> None:
    counted = each_day(1, WEEK_BEFORE, WEEK)

    split = unit_split(cube(), "request", counted, Period(WEEK_BEFORE.start, WEEK.end - 2 * DAY))

    assert [split.units_before, split.units_after] == [7, 5]


def test_a_day_without_known_units_leaves_it_open() -> None:
    counted = each_day(1, WEEK_BEFORE, WEEK)
    del counted[date(2026, 9, 9)], counted[date(2026, 9, 10)]

    with pytest.raises(
        CostDataError, match=r"^query counts are known for 5 of 7 days of 7 to 13 Sep"
    ):
        unit_split(cube(), "query", counted, ALWAYS)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [(0, 5, "in 31 Aug 2026 to 6 Sep 2026$"), (5, 0, "in 7 to 13 Sep 2026$")],
)
def test_without_any_unit_there_is_no_cost_of_one(before: int, after: int, said: str) -> None:
    counted = each_day(before, WEEK_BEFORE) | each_day(after, WEEK)

    with pytest.raises(CostDataError, match=f"^no requests were counted {said}"):
        unit_split(cube(), "request", counted, ALWAYS)


@pytest.mark.parametrize(
    ("units", "expected"),
    [(["GB-Hours"], "GB-Hours"), (["Hours", "Tokens"], "usage"), ([""], "usage"), ([], "usage")],
)
def test_what_a_unit_takes_has_a_name_if_all_is_metered_alike(
    units: list[str], expected: str
) -> None:
    cells = [FEE, *(replace(TOKENS, unit=unit) for unit in units)]
    counted = each_day(1, WEEK_BEFORE, WEEK)

    assert unit_split(cube(WEEK, WEEK_BEFORE, *cells), "request", counted, ALWAYS).usage == expected
