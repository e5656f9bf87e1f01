# SPDX-License-Identifier: Apache-2.0
"""The alerts people usually write ring when their authors would expect them to."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from benchmarks.naive import (
    Known,
    Policy,
    forecast_over_objective,
    month_to_date_ratio,
    replay_naive,
    static_thresholds,
    week_over_week,
    week_over_week_usage,
)
from cost_slo.domain.backtest.replay import Case, Observed
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, Period

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
FIRST = date(2026, 3, 1)


def known(through: date, **lumps: int) -> Known:
    """10 a day of usage since March, and a lump on each April day of that name."""
    length = (through - FIRST).days
    days = {FIRST + n * DAY: {"usage": Decimal(10)} for n in range(length)}
    for name, usd in lumps.items():
        days[date(2026, 4, int(name[1:]))]["lumps"] = Decimal(usd)
    return Known(days, Decimal(330), APRIL, through)


@pytest.mark.parametrize(
    ("policy", "seen", "severity"),
    [
        (month_to_date_ratio, known(date(2026, 4, 1)), Severity.NONE),
        (month_to_date_ratio, known(date(2026, 4, 6)), Severity.NONE),
        (month_to_date_ratio, known(date(2026, 4, 2), d1=12), Severity.INVESTIGATE),
        (month_to_date_ratio, known(date(2026, 4, 2), d1=45), Severity.PAGE),
        (month_to_date_ratio, known(date(2026, 4, 2), d1=144), Severity.EMERGENCY),
        (static_thresholds, known(date(2026, 4, 27)), Severity.NONE),
        (static_thresholds, known(date(2026, 4, 28)), Severity.INVESTIGATE),
        (static_thresholds, known(date(2026, 4, 28), d1=60), Severity.PAGE),
        (forecast_over_objective, known(date(2026, 4, 6)), Severity.NONE),
        (forecast_over_objective, known(date(2026, 4, 6), d1=40), Severity.PAGE),
        (week_over_week, known(date(2026, 4, 6), d5=2), Severity.NONE),
        (week_over_week, known(date(2026, 4, 6), d5=3), Severity.PAGE),
        (week_over_week_usage, known(date(2026, 4, 6), d5=3), Severity.NONE),
    ],
)
def test_a_naive_policy_rings_at_its_threshold(
    policy: Policy, seen: Known, severity: Severity
) -> None:
    assert policy(seen) is severity


def test_a_naive_policy_sees_only_complete_days_observed_by_then() -> None:
    posted = datetime(2026, 4, 2, 6, tzinfo=UTC)
    corrected = datetime(2026, 4, 3, 6, tzinfo=UTC)
    rows = [
        Observed(posted, date(2026, 4, 1), "usage", Decimal(400)),
        Observed(corrected, date(2026, 4, 1), "usage", Decimal(10)),
        Observed(corrected, date(2026, 4, 2), "usage", Decimal(10)),
    ]
    looks = [datetime(2026, 4, day, 7, tzinfo=UTC) for day in (2, 3)]

    early = list(replay_naive(Case("web", Decimal(330), APRIL, rows, looks)))
    without = list(replay_naive(Case("web", Decimal(330), APRIL, rows[:1], looks)))

    assert [ring for ring in early if ring[0].startswith("static")] == []
    assert [ring for ring in without if ring[0].startswith("static")] == [
        ("static 80 % / 100 %", looks[1], Severity.PAGE)
    ]
