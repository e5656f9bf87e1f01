# SPDX-License-Identifier: Apache-2.0
"""Which month is judged when one ends, and what waits for the next."""

from __future__ import annotations

import doctest
from datetime import UTC, date, datetime

from cost_slo.domain import month_rollover
from cost_slo.domain.month_rollover import (
    charged_part,
    complete_part,
    ended_before,
    is_new_month,
    judged_month,
)
from cost_slo.domain.period import Period

SEPTEMBER = Period(date(2026, 9, 1), date(2026, 10, 1))
OCTOBER_1 = datetime(2026, 10, 1, tzinfo=UTC)


def test_the_examples_in_the_module_hold() -> None:
    assert doctest.testmod(month_rollover).failed == 0


def test_days_after_the_window_wait_until_their_month_is_judged() -> None:
    assert charged_part(SEPTEMBER, date(2026, 10, 3)) == SEPTEMBER
    assert charged_part(SEPTEMBER, date(2026, 9, 9)).days == 8
    assert charged_part(SEPTEMBER, date(2026, 8, 20)).days == 0


def test_nothing_of_a_window_is_complete_before_it_begins() -> None:
    assert complete_part(SEPTEMBER, date(2026, 8, 20)).days == 0
    assert complete_part(SEPTEMBER, date(2026, 9, 4)).days == 3


def test_a_month_is_new_to_what_opened_in_an_earlier_one() -> None:
    october = judged_month(date(2026, 10, 3))

    assert is_new_month(october, datetime(2026, 9, 1, tzinfo=UTC))
    assert not is_new_month(october, OCTOBER_1)


def test_what_ends_as_a_month_begins_ended_before_it() -> None:
    assert ended_before(OCTOBER_1.date(), OCTOBER_1)
    assert not ended_before(OCTOBER_1.date(), datetime(2026, 10, 1, 6, tzinfo=UTC))
