# SPDX-License-Identifier: Apache-2.0
"""A split change in one sentence, for the command, the narrative and the alert alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cost_slo.domain.drivers.effects.effects import Effects
from cost_slo.domain.drivers.effects.sentences import (
    effects_in_words,
    inflection_in_words,
    unit_effects_in_words,
)
from cost_slo.domain.drivers.effects.unit_effects import UnitEffects
from cost_slo.domain.drivers.inflection import ChangeShape, Inflection
from cost_slo.domain.period import Period

WEEK = Period(date(2026, 11, 8), date(2026, 11, 15))
BEFORE = Period(date(2026, 11, 1), date(2026, 11, 8))
DAY_BEFORE = Period(date(2026, 11, 7), date(2026, 11, 8))
DEARER = UnitEffects(
    before=Decimal("0.0100"),
    after=Decimal("0.0138"),
    units=Decimal(0),
    usage=Decimal("0.0012"),
    mix=Decimal("0.0021"),
    price=Decimal("0.0005"),
    discount=Decimal(0),
    unmetered=Decimal(0),
)


def test_effects_are_told_with_money_and_periods_the_largest_first() -> None:
    split = Effects(
        usage=Decimal("8.004"),
        mix=Decimal("-0.001"),
        price=Decimal(22),
        discount=Decimal("-3.5"),
        new=Decimal(9),
    )

    told = effects_in_words(split, "USD", WEEK, BEFORE)

    assert told == (
        "+$35.50 in 8 to 14 Nov 2026 against 1 to 7 Nov 2026: +$22.00 from a higher price, "
        "+$9.00 from what is new, +$8.00 from more usage, -$3.50 from a larger discount."
    )


def test_a_baseline_of_another_length_is_said_to_be_scaled() -> None:
    told = effects_in_words(Effects(usage=Decimal(-5)), "EUR", WEEK, DAY_BEFORE)

    assert told == (
        "-EUR 5.00 in 8 to 14 Nov 2026 against 7 Nov 2026 scaled to 7 days: "
        "-EUR 5.00 from less usage."
    )


def test_no_change_has_no_reasons() -> None:
    told = effects_in_words(Effects(), "USD", WEEK, BEFORE)

    assert told == "$0.00 in 8 to 14 Nov 2026 against 1 to 7 Nov 2026."


def test_a_unit_cost_is_told_in_points_that_add_up() -> None:
    told = unit_effects_in_words(DEARER, "USD", WEEK, BEFORE, unit="request", usage="tokens")

    assert told == (
        "$0.0138 per request, $0.010 before (8 to 14 Nov 2026 against 1 to 7 Nov 2026): "
        "+38% = +21% mix, +12% tokens per request, +5% price."
    )


@pytest.mark.parametrize(
    ("spread", "expected"),
    [("0.002", "+20% = +20% fewer queries."), ("-0.0005", "-5% = -5% more queries.")],
)
def test_fees_shared_by_fewer_units_weigh_more(spread: str, expected: str) -> None:
    shared = Decimal(spread)
    nothing = dict.fromkeys(("usage", "mix", "price"), Decimal(0))
    split = replace(DEARER, after=DEARER.before + shared, units=shared, **nothing)

    told = unit_effects_in_words(split, "USD", WEEK, BEFORE, unit="query")

    assert told.endswith(expected)


def test_a_unit_that_was_free_has_no_percentages() -> None:
    free = replace(DEARER, before=Decimal(0))

    told = unit_effects_in_words(free, "USD", WEEK, BEFORE, unit="request")

    assert told == ("$0.0138 per request, $0.00 before (8 to 14 Nov 2026 against 1 to 7 Nov 2026).")


def test_a_unit_cost_that_did_not_change_says_so() -> None:
    nothing = dict.fromkeys(("usage", "mix", "price"), Decimal(0))
    split = replace(DEARER, after=DEARER.before, **nothing)

    told = unit_effects_in_words(split, "USD", WEEK, BEFORE, unit="request")

    assert told.endswith("1 to 7 Nov 2026): no change.")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            Inflection(date(2026, 11, 12), ChangeShape.STEP, 0.97),
            "since 12 Nov 2026, in one step (confidence 97%)",
        ),
        (
            Inflection(date(2026, 11, 12), ChangeShape.RUNAWAY, 0.6),
            "probably since 12 Nov 2026, as a runaway (confidence 60%)",
        ),
    ],
)
def test_the_day_is_named_without_doubt_only_where_there_is_little(
    found: Inflection, told: str
) -> None:
    assert inflection_in_words(found) == told
