# SPDX-License-Identifier: Apache-2.0
"""What holds of every ledger of hours: more never calls less, and the currency does not matter."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.backtest.replay import Case, Observed, replay
from cost_slo.domain.burn.hourly_excess import HOUR, HourlyPlan, hourly_excess
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, midnight
from tests.builders.days import SEPTEMBER
from tests.builders.hours import PLANNED, at, learned, rows

HOURLY = load_policy("hourly", base=Path(), granularity="hour")
ONLY_HOURS = replace(HOURLY, rules=())
FIRST = date(2026, 7, 20)
HISTORY_HOURS = (SEPTEMBER.start - FIRST).days * 24
TENTH = date(2026, 9, 10)

cents = st.integers(0, 20_000).map(lambda amount: Decimal(amount) / 100)
recent = st.lists(cents, min_size=1, max_size=96)
more = st.lists(cents, min_size=96, max_size=96)
# Each example replays a whole ledger, twice over.
some = settings(max_examples=25, deadline=None)


def history() -> list[Decimal]:
    """About 10 an hour, more in the afternoon, with some noise; always the same."""
    dice = random.Random(7)
    return [
        Decimal(dice.randint(800, 1200) + 300 * (n % 24 > 12)) / 100 for n in range(HISTORY_HOURS)
    ]


def case(window: Sequence[Decimal], *, scale: Decimal = Decimal(1)) -> Case:
    """History and the first hours of September, each seen as it ends, and looked at each 8 h."""
    usage = [amount * scale for amount in (*history(), *window)]
    hours = rows(FIRST, usage)
    days = [sum(usage[start : start + 24]) for start in range(0, len(usage), 24)]
    ends = [FIRST + (n + 1) * DAY for n in range(len(days))]
    newest = midnight(FIRST) + len(usage) * HOUR
    return Case(
        name="web",
        objective=8800 * scale,
        window=SEPTEMBER,
        rows=tuple(
            Observed(min(midnight(end), newest), end - DAY, "usage", Decimal(amount))
            for end, amount in zip(ends, days, strict=True)
        ),
        evaluations=tuple(looks(newest)),
        hours=hours,
    )


def looks(newest: datetime) -> Iterator[datetime]:
    at = midnight(SEPTEMBER.start)
    while at < newest:
        at += min(8 * HOUR, newest - at)
        yield at


def severities(replayed: Case, policy: Policy) -> Mapping[datetime, Severity]:
    return {alert.at: alert.severity for alert in replay(replayed, policy)}


@some
@given(recent, more)
def test_more_spend_in_the_month_never_calls_less(
    window: list[Decimal], added: list[Decimal]
) -> None:
    higher = [used + extra for used, extra in zip(window, added, strict=False)]

    before, after = (severities(case(hours), ONLY_HOURS) for hours in (window, higher))

    assert all(after.get(look, Severity.NONE) >= said for look, said in before.items())


@some
@given(recent, st.sampled_from([Decimal(4), Decimal(64), Decimal("0.25")]))
def test_the_same_spend_in_another_currency_calls_the_same(
    window: list[Decimal], scale: Decimal
) -> None:
    told = severities(case(window), HOURLY)

    assert severities(case(window, scale=scale), HOURLY) == told


@given(st.lists(cents, min_size=24, max_size=24), cents, st.integers(0, 23))
def test_more_in_any_hour_lowers_no_hour_s_excess_whatever_lump_is_planned(
    day: list[Decimal], added: Decimal, hour: int
) -> None:
    plan = replace(PLANNED, extra={TENTH: 70.0})
    hourly = HourlyPlan(plan, lumps=plan.extra)
    higher = [used + (added if n == hour else 0) for n, used in enumerate(day)]

    low, high = (list(hourly.excess(TENTH, list(map(float, hours)))) for hours in (day, higher))

    assert all(above >= below - 1e-9 for below, above in zip(low, high, strict=True))


@given(recent)
def test_running_sums_are_the_sums_of_the_hours(window: list[Decimal]) -> None:
    usage = learned(rows(TENTH, map(float, window)))

    found = hourly_excess(HourlyPlan(PLANNED), usage, hours=96, end=usage.through)

    assert found is not None
    each = [after - before for before, after in pairwise(found.sums)]
    assert each == pytest.approx([float(used) - 10 for used in window], abs=1e-6)
    assert found.end == at(0) + len(window) * HOUR
