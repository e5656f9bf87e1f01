# SPDX-License-Identifier: Apache-2.0
"""What the ladder would have told of a bill, and what a static budget alert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from cost_slo.domain.backtest.hindsight import calls, static_calls
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import DailySpend
from tests.builders.days import ladder_of, rule, slo
from tests.builders.readings import each_day, per_request, reading

# 4,500 a month; 120 a day, and 400 more from the 5th on.
STORY = each_day(date(2026, 9, 1), date(2026, 9, 4), 120) | each_day(
    date(2026, 9, 5), date(2026, 9, 14), 520
)
TARGET = slo(objective=4500)
POLICY = ladder_of(rule(Severity.INVESTIGATE, 2, 1), rule(Severity.PAGE, 4, 1))


def rows(days: Mapping[date, Decimal]) -> tuple[DailySpend, ...]:
    return reading({"web": days}).spend["web"]


def test_each_severity_is_told_once_a_month_when_it_first_calls() -> None:
    days = (
        STORY
        | {date(2026, 9, 7): Decimal(700)}
        | each_day(date(2026, 9, 15), date(2026, 9, 30), 0)
        | {date(2026, 10, 1): Decimal(400)}
    )

    told = list(calls(TARGET, rows(days), POLICY, currency="USD"))

    # 520 burns at 3.5 and 700 at 4.7; October is told anew, at 2.7.
    assert [(call.at.date(), call.severity, int(call.spent)) for call in told] == [
        (date(2026, 9, 6), Severity.INVESTIGATE, 1000),
        (date(2026, 9, 8), Severity.PAGE, 2220),
        (date(2026, 10, 2), Severity.INVESTIGATE, 400),
    ]
    assert [call.month for call in told][-1] == date(2026, 10, 1)


def test_a_bill_without_a_charge_tells_nothing() -> None:
    assert list(calls(TARGET, (), POLICY, currency="USD")) == []
    assert list(static_calls(TARGET, ())) == []


def test_a_static_alert_rings_the_morning_after_a_share_is_reached() -> None:
    told = list(static_calls(TARGET, rows(STORY)))

    # 480 and 520 a day: 3,600, exactly 80 %, after the 10th; 4,640 after the 12th.
    assert [(call.share, call.at.date(), int(call.spent)) for call in told] == [
        (Decimal("0.8"), date(2026, 9, 11), 3600),
        (Decimal(1), date(2026, 9, 13), 4640),
    ]


def test_each_month_has_its_own_static_alerts() -> None:
    days = {date(2026, 9, 30): Decimal(5000), date(2026, 10, 1): Decimal(3600)}

    told = list(static_calls(TARGET, rows(days)))

    assert [(call.month.month, call.share) for call in told] == [
        (9, Decimal("0.8")),
        (9, Decimal(1)),
        (10, Decimal("0.8")),
    ]


def test_a_unit_cost_has_no_static_alert() -> None:
    assert list(static_calls(Slo.model_validate(per_request()), rows(STORY))) == []


def test_a_calibrated_ladder_is_replayed_without_a_look_ahead() -> None:
    rate = {"at_most": 1, "per": "quarter"}
    web = slo(objective=3700, plan="learned", tolerated_false_pages=rate)
    ladder = ladder_of(rule(Severity.PAGE, 3, 1, precedent=1))
    odd = {date(2026, 2, 10): 200, date(2026, 3, 24): 210, date(2026, 4, 20): 225}
    days = each_day(date(2026, 1, 1), date(2026, 4, 30), 100)
    spend = rows(days | {day: Decimal(usd) for day, usd in odd.items()})

    plain = calls(slo(objective=3700, plan="learned"), spend, ladder, currency="USD")
    told = calls(web, spend, ladder, currency="USD")

    # In March no gate would have spared the one page before; in April x1.25 would have spared one
    # of two, and asks for 1.25 x 110 = 137.50.
    assert [call.at.date() for call in plain] == [day + DAY for day in odd]
    assert [call.at.date() for call in told] == [day + DAY for day in list(odd)[:2]]
