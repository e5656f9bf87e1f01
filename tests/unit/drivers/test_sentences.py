# SPDX-License-Identifier: Apache-2.0
"""A driver, and the cost of a unit, in one sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.domain.drivers.effects.unit_effects import UnitEffects
from cost_slo.domain.drivers.inflection import ChangeShape, Inflection
from cost_slo.domain.drivers.sentences import inflection_in_words, unit_cost_sentence
from cost_slo.domain.drivers.unit_split import UnitSplit

DOCS = Path(__file__).parents[3] / "docs"
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


NOTHING = dict.fromkeys(("usage", "mix", "price"), Decimal(0))


def told(effects: UnitEffects, unit: str = "request") -> str:
    return unit_cost_sentence(UnitSplit(unit, "tokens", Decimal(7), Decimal(7), effects), "USD")


def test_a_unit_cost_is_told_in_points_that_add_up() -> None:
    sentence = told(DEARER)

    assert sentence == (
        "$0.0138 per request, $0.010 before: +38% = +21% mix, +12% tokens per request, +5% price."
    )
    assert f"\n{sentence}\n" in (DOCS / "drivers.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("spread", "expected"),
    [("0.002", "+20% = +20% fewer queries."), ("-0.0005", "-5% = -5% more queries.")],
)
def test_fees_shared_by_fewer_units_weigh_more(spread: str, expected: str) -> None:
    shared = Decimal(spread)
    split = replace(DEARER, after=DEARER.before + shared, units=shared, **NOTHING)

    assert told(split, unit="query").endswith(expected)


def test_a_unit_that_was_free_has_no_percentages() -> None:
    free = replace(DEARER, before=Decimal(0))

    assert told(free) == "$0.0138 per request, $0.00 before."


def test_a_unit_cost_that_did_not_change_says_so() -> None:
    split = replace(DEARER, after=DEARER.before, **NOTHING)

    assert told(split) == "$0.010 per request, $0.010 before: no change."


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (
            Inflection(date(2026, 11, 12), ChangeShape.STEP, 0.97),
            "started 12 Nov 2026 in one step (97% confidence)",
        ),
        (
            Inflection(date(2026, 11, 12), ChangeShape.RUNAWAY, 0.6),
            "likely started 12 Nov 2026 and still growing (60% confidence)",
        ),
    ],
)
def test_the_day_is_named_without_doubt_only_where_there_is_little(
    found: Inflection, expected: str
) -> None:
    assert inflection_in_words(found) == expected
