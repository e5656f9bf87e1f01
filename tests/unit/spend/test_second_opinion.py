# SPDX-License-Identifier: Apache-2.0
"""What somebody else expects is told beside our own estimate, or why it is not."""

from datetime import date
from decimal import Decimal

from cost_slo.domain.period import Month, Period
from cost_slo.domain.spend.second_opinion import MonthChange, MonthsCompared, NoOpinion, RestOfMonth

REST = RestOfMonth(
    Period(date(2026, 9, 16), date(2026, 10, 1)), Decimal(30), Decimal(25), Decimal(35), "USD"
)


def test_a_forecast_is_added_to_what_was_spent() -> None:
    assert REST.said(Decimal(28), Decimal(60)) == (
        "AWS expects the month to end at $58.00 ($53.00 to $63.00), with what has arrived of the "
        "days before 16 Sep 2026; we estimate $60.00"
    )


def test_where_we_estimate_nothing_nothing_is_said_of_it() -> None:
    assert REST.said(Decimal(28), None).endswith("of the days before 16 Sep 2026")


def test_no_forecast_says_why() -> None:
    assert NoOpinion("too short a history").said(Decimal(1), None) == (
        "AWS gives no forecast: too short a history"
    )


def test_months_differ_by_the_sum_of_their_parts() -> None:
    parts = tuple(
        MonthChange((("service", name),), Decimal(10), Decimal(after))
        for name, after in (("a", 12), ("b", 7))
    )
    august, september = (Month.containing(date(2026, month, 1)) for month in (8, 9))

    assert MonthsCompared(august, september, "USD", parts, ()).difference == Decimal(-1)
