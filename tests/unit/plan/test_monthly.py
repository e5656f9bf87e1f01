# SPDX-License-Identifier: Apache-2.0
"""Spend that comes as one amount a month: judged by the month, forecast by the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.backtest.hindsight import calls, static_calls
from cost_slo.domain.burn.ladder import known_budget
from cost_slo.domain.burn.unit_cost import UnitState
from cost_slo.domain.evidence.periods import compared_periods, recent_periods
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.plan.monthly import is_monthly, last_charged, reaches
from cost_slo.domain.plan.series import observe
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading, Observation, UnitReading
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.standing import standing
from tests.builders.days import SEPTEMBER, ladder_of, rule, seen, slo
from tests.builders.readings import each_day, morning, per_request, reading, units

JULY, AUGUST, FIRST = (date(2026, month, 1) for month in (7, 8, 9))
OCTOBER = date(2026, 10, 1)
USUAL = {JULY: Decimal(900), AUGUST: Decimal(1000)}
WEB = slo(objective=1100)
EVERY_DAY_FIRES = ladder_of(rule(Severity.EMERGENCY, 1, 1))


def of_months(
    months: Mapping[date, Decimal], end: date = OCTOBER, name: str = "web"
) -> CostReading:
    return replace(reading({name: months}), monthly={name: end})


def judged(
    months: Mapping[date, Decimal],
    as_of: datetime,
    target: Slo = WEB,
    *,
    end: date = OCTOBER,
    counted: UnitReading | None = None,
) -> Assessment:
    read = of_months(months, end, target.name)
    series, _ = observe(target, read, counted, ledger=(), as_of=as_of)
    assert series is not None
    return assess(target, series, EVERY_DAY_FIRES, currency="USD", as_of=as_of)


def test_a_running_month_is_forecast_by_the_calendar_and_has_no_burn() -> None:
    found = judged(USUAL | {FIRST: Decimal(600)}, datetime(2026, 9, 19, tzinfo=UTC))

    figures = found.figures
    assert figures is not None
    assert (found.decision.verdict, found.decision.severity) == (Verdict.WITHIN, Severity.NONE)
    assert (figures.window, figures.burns, figures.data_through) == (
        SEPTEMBER,
        (),
        date(2026, 9, 19),
    )
    assert figures.forecast.month_end == 1000  # 600 in 18 of 30 days
    assert figures.pace == pytest.approx(600 / (1100 * 18 / 30))
    assert found.decision.reason == (
        "one amount a month: $600.00 so far; at this pace Sep 2026 ends at $1,000.00"
    )


def test_a_pace_beyond_the_objective_is_said_and_calls_nobody() -> None:
    found = judged({FIRST: Decimal(900)}, morning(16))

    assert (found.decision.verdict, found.decision.severity) == (Verdict.WITHIN, Severity.NONE)
    assert found.decision.reason.endswith(
        "at this pace Sep 2026 ends at $1,687.50, $587.50 over the objective"
    )


@pytest.mark.parametrize("day", [1, 2, 3])
def test_the_first_days_of_a_month_call_nobody(day: int) -> None:
    found = judged(USUAL | {FIRST: Decimal(300)}, morning(day))

    assert (found.decision.verdict, found.decision.severity) == (Verdict.WITHIN, Severity.NONE)


def test_a_month_over_its_objective_pages_while_it_runs_and_not_after() -> None:
    over = USUAL | {FIRST: Decimal(1200)}

    running, ended = judged(over, morning(20)), judged(over, morning(2, month=10))

    assert running.decision.verdict is ended.decision.verdict is Verdict.EXHAUSTED
    assert running.decision.severity is Severity.PAGE
    assert ended.decision.severity is Severity.INVESTIGATE
    assert running.decision.reason == "spend is $100.00 over $1,100.00; one amount a month"


def test_a_month_that_ended_is_what_it_came_to() -> None:
    found = judged(USUAL, morning(20))

    assert found.figures is not None
    assert found.figures.window == Month.containing(AUGUST)
    assert found.figures.forecast.month_end == 1000
    assert found.decision.reason == "one amount a month: Aug 2026 came to $1,000.00"


def test_last_months_fees_are_still_expected_and_not_multiplied() -> None:
    read = of_months(USUAL | {FIRST: Decimal(600)})
    fee = replace(read.spend["web"][1], usage=Decimal(0), lumps=Decimal(50))
    read = replace(read, spend={"web": (*read.spend["web"], fee)})

    series, _ = observe(WEB, read, None, ledger=(), as_of=datetime(2026, 9, 19, tzinfo=UTC))

    assert series is not None
    found = assess(WEB, series, EVERY_DAY_FIRES, currency="USD", as_of=morning(19))
    assert found.figures is not None
    assert found.figures.forecast.month_end == 1050


@pytest.mark.parametrize(
    ("as_of", "is_stale"),
    [
        (morning(1), False),
        (morning(30), False),
        (morning(2, month=10), False),
        (morning(4, month=10), True),
    ],
)
def test_the_running_month_may_be_missing_and_the_one_before_may_not(
    as_of: datetime, *, is_stale: bool
) -> None:
    found = judged(USUAL, as_of)

    assert (found.decision.verdict is Verdict.STALE_DATA) is is_stale
    if is_stale:
        assert "the newest is that of Aug 2026; Sep 2026 was expected by" in found.decision.reason


def test_a_charge_period_that_ended_says_how_far_the_amount_reaches() -> None:
    found = judged({FIRST: Decimal(100)}, morning(20), end=date(2026, 9, 11))

    assert found.figures is not None
    assert found.figures.forecast.month_end == 300


def test_a_restated_month_is_one_more_revision_of_its_first_day_alone() -> None:
    read = of_months(USUAL | {FIRST: Decimal(300)})
    _, first = observe(WEB, read, None, ledger=(), as_of=morning(10))
    read = of_months(USUAL | {FIRST: Decimal(500)})
    series, again = observe(WEB, read, None, ledger=first, as_of=morning(15))

    assert [row.day for row in first] == [JULY, AUGUST, FIRST]
    assert [(row.day, int(row.usage), row.revision) for row in again] == [(FIRST, 500, 2)]
    assert [row.estimated for row in first] == [False, False, True]
    assert series is not None
    assert series.total(SEPTEMBER) == 500


def test_days_that_become_a_month_are_not_counted_twice() -> None:
    daily = reading({"web": each_day(FIRST, date(2026, 9, 9), 10)})
    _, ledger = observe(WEB, daily, None, ledger=(), as_of=morning(10))

    read = of_months({FIRST: Decimal(100)})
    series, _ = observe(WEB, read, None, ledger=ledger, as_of=morning(11))

    assert series is not None
    assert series.total(SEPTEMBER) == 100


def test_nothing_is_learned_from_the_days_of_months() -> None:
    series, _ = observe(WEB, of_months(USUAL), None, ledger=(), as_of=morning(10))

    assert series is not None
    assert series.history.usage == ()
    assert known_budget(WEB, of_months(USUAL), morning(10)) is None


API = Slo.model_validate(per_request())


@pytest.mark.parametrize(
    ("usd", "verdict", "said"),
    [
        ("50", Verdict.WITHIN, "Sep 2026 costs $0.0050 a unit so far"),
        ("200", Verdict.BURNING, "a unit so far, above $0.01"),
        ("0.01", Verdict.WITHIN, "one amount a month"),
    ],
)
def test_a_unit_cost_is_the_months_amount_over_its_units(
    usd: str, verdict: Verdict, said: str
) -> None:
    counted = units(each_day(date(2026, 9, 2), date(2026, 9, 11), 1000))

    found = judged({FIRST: Decimal(usd)}, morning(12), API, counted=counted)

    assert found.decision.verdict is verdict
    assert said in found.decision.reason
    assert found.figures is not None
    assert found.figures.unit is not None
    assert found.figures.unit.trailing.ratio is None


def test_a_month_without_units_has_no_unit_cost() -> None:
    found = judged({FIRST: Decimal(50)}, morning(12), API)

    assert found.decision.verdict is Verdict.NO_DATA
    assert found.figures is not None
    assert found.figures.unit is not None
    assert found.figures.unit.month.state is UnitState.COST_WITHOUT_UNITS
    assert found.figures.budget is None


def ledger(*rows: tuple[date, object], at: datetime) -> list[Observation]:
    return [seen(day, usage, at=at) for day, usage in rows]


@pytest.mark.parametrize(
    ("rows", "at", "expected"),
    [
        ([(JULY, 9), (AUGUST, 9), (FIRST, 4)], morning(9), True),
        ([(date(2026, 2, 1), 9), (date(2026, 3, 1), 9)], morning(9), True),
        ([(AUGUST, 9), (FIRST, 4), (date(2026, 9, 2), 0)], morning(9), False),
        ([(AUGUST, 9), (date(2026, 8, 15), 4)], morning(9), False),
        ([(FIRST, 9)], morning(9), True),
        ([(FIRST, 9)], morning(2), False),
        ([(date(2026, 9, 3), 9)], morning(9), False),
        ([], morning(9), False),
    ],
)
def test_a_ledger_of_months_has_no_rows_between_them(
    rows: list[tuple[date, object]], at: datetime, *, expected: bool
) -> None:
    assert is_monthly(ledger(*rows, at=at)) is expected


def test_units_and_fees_between_the_months_do_not_make_days_of_them() -> None:
    rows = ledger((AUGUST, 9), (FIRST, 4), at=morning(9))
    between = [seen(date(2026, 8, 9), units=5), seen(date(2026, 8, 10), lumps=3)]

    assert is_monthly([*rows, *between])


def test_the_last_charge_is_a_fee_or_usage_or_else_the_last_row() -> None:
    rows = [seen(FIRST, 4), seen(date(2026, 9, 5), lumps=3), seen(date(2026, 9, 9))]

    assert last_charged(rows) == date(2026, 9, 5)
    assert last_charged([seen(FIRST)]) == FIRST


def test_without_the_bill_a_ledger_of_months_is_judged_by_the_month() -> None:
    read = of_months(USUAL | {FIRST: Decimal(600)})
    _, rows = observe(WEB, read, None, ledger=(), as_of=datetime(2026, 9, 19, tzinfo=UTC))

    found, _ = standing(WEB, EVERY_DAY_FIRES, rows, (), currency="USD", as_of=morning(25))

    assert found.decision.reason.endswith("at this pace Sep 2026 ends at $1,000.00")


def test_a_month_is_compared_with_the_month_before_and_never_by_days() -> None:
    months = USUAL | {FIRST: Decimal(600)}
    running, whole = (judged(months, at).figures for at in (morning(20), morning(2, month=10)))
    assert running is not None
    assert whole is not None

    assert compared_periods(JULY, whole, morning(2)) == (SEPTEMBER, Month.containing(AUGUST))
    assert compared_periods(FIRST, whole, morning(2)) is None
    assert compared_periods(JULY, running, morning(20)) is None
    assert recent_periods(JULY, running) is None


def test_in_hindsight_a_month_is_judged_when_it_ended() -> None:
    spend = of_months(USUAL | {FIRST: Decimal(1200)}).spend["web"]

    told = list(calls(WEB, spend, EVERY_DAY_FIRES, currency="USD", monthly=True))
    static = list(static_calls(WEB, spend, monthly=True))

    assert [(call.month, call.severity, call.at) for call in told] == [
        (FIRST, Severity.INVESTIGATE, datetime(2026, 10, 1, 9, tzinfo=UTC))
    ]
    assert [(call.month, call.at.date()) for call in static] == [
        (JULY, AUGUST),
        (AUGUST, FIRST),
        (FIRST, OCTOBER),
        (FIRST, OCTOBER),
    ]


@given(
    usd=st.decimals(-(10**6), 10**9, places=4),
    hours=st.integers(1, 60 * 24),
)
def test_the_month_end_is_never_below_what_is_spent(usd: Decimal, hours: int) -> None:
    as_of = datetime(2026, 9, 1, tzinfo=UTC) + hours * (DAY / 24)

    figures = judged({FIRST: usd or Decimal(1)}, as_of).figures

    assert figures is not None
    assert figures.forecast.month_end >= figures.spend_to_date - Decimal("0.005")


@given(
    newest=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    end=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    as_of=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_an_amount_reaches_at_least_its_own_day(newest: date, end: date, as_of: datetime) -> None:
    through = reaches(newest, end, as_of)

    assert Period(newest, through).days >= 1
    assert through <= max(end, newest + DAY)
