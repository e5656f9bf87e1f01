# SPDX-License-Identifier: Apache-2.0
"""Which alerts would have rung, seeing at each evaluation only what was known by then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cost_slo.domain.backtest.replay import Alert, Case, Observed, calls_standing, replay
from cost_slo.domain.burn.hourly_rule import HourlyRule
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, midnight
from tests.builders.days import SEPTEMBER, ladder_of, rule
from tests.builders.hours import rows as hours_of

HOURLY = replace(
    ladder_of(rule(Severity.INVESTIGATE, 2, 1)),
    hourly_rules=(HourlyRule(Severity.PAGE, 5, 24, 4), HourlyRule(Severity.EMERGENCY, 14, 6, 1)),
)
POLICY = ladder_of(rule(Severity.PAGE, 5, 1), rule(Severity.INVESTIGATE, 2, 1))
SIX = timedelta(hours=6)


def usage(day: date, amount: str, at: datetime | None = None, kind: str = "usage") -> Observed:
    """A row, observed the morning after unless told otherwise."""
    return Observed(at or midnight(day + DAY) + SIX, day, kind, Decimal(amount))


def summer(through: date = date(2026, 8, 31)) -> list[Observed]:
    """100 a day from July on."""
    first = date(2026, 7, 1)
    return [usage(first + n * DAY, "100") for n in range((through - first).days + 1)]


def alerts(rows: list[Observed], *days: int, objective: str = "3300") -> list[Alert]:
    """The alerts of mornings in September; 3,000 are planned, so 10 a day is a burn of 1."""
    case = Case(
        name="web",
        objective=Decimal(objective),
        window=SEPTEMBER,
        rows=sorted(rows, key=lambda row: row.at),
        evaluations=tuple(datetime(2026, 9, day, 7, tzinfo=UTC) for day in days),
    )
    return list(replay(case, POLICY))


def september(**amounts: str) -> list[Observed]:
    """`september(d2="130")`: that day's usage."""
    return [usage(date(2026, 9, int(day[1:])), amount) for day, amount in amounts.items()]


def test_an_alert_rings_when_its_day_is_first_seen() -> None:
    rows = [*summer(), *september(d1="100", d2="150", d3="100", d4="100")]

    told = alerts(rows, 1, 2, 3, 4, 5)

    # The 2nd is seen on the 3rd while it still arrives, is complete on the 4th, and is past on
    # the 5th.
    assert [(alert.at.day, alert.severity) for alert in told] == [
        (3, Severity.PAGE),
        (4, Severity.PAGE),
    ]
    assert told[0].case == "web"
    assert told[0].text.startswith("burning 5.0x (the rule is 5x over 1 day): $50.00 above plan")


def test_a_call_stands_for_a_day_as_a_page_and_for_a_week_as_an_investigation() -> None:
    looks = [datetime(2026, 9, 1, tzinfo=UTC) + hours * timedelta(hours=8) for hours in range(24)]
    call = Alert("web", looks[1], Severity.EMERGENCY, "burning 20x")

    told = list(calls_standing([call], looks))

    # The call at eight o'clock; a page for 24 hours after it; then an investigation to the 8th.
    assert [alert.severity.value for alert in told] == [
        "emergency",
        *["page"] * 3,
        *["investigate"] * 18,
    ]
    assert (told[0].at, told[-1].at) == (looks[1], looks[1] + 7 * DAY)
    assert {alert.text for alert in told} == {"burning 20x"}


def test_a_louder_or_newer_call_is_heard_over_one_that_stands() -> None:
    looks = [datetime(2026, 9, day, 7, tzinfo=UTC) for day in (2, 3, 4, 6)]
    calls = [
        Alert("web", looks[0], Severity.INVESTIGATE, "first"),
        Alert("web", looks[1], Severity.PAGE, "second"),
        Alert("web", looks[3], Severity.INVESTIGATE, "third"),
    ]

    told = list(calls_standing(calls, looks))

    assert [(alert.severity.value, alert.text) for alert in told] == [
        ("investigate", "first"),
        ("page", "second"),
        ("page", "second"),
        ("investigate", "third"),
    ]


def test_where_nothing_called_nothing_stands() -> None:
    assert list(calls_standing([], [datetime(2026, 9, 2, tzinfo=UTC)])) == []


def test_what_was_observed_later_is_not_known_yet() -> None:
    late = usage(date(2026, 9, 2), "150", at=datetime(2026, 9, 4, 7, 0, 1, tzinfo=UTC))
    rows = [*summer(), *september(d1="100"), late, *september(d3="100")]

    assert [alert.at.day for alert in alerts(rows, 3, 4)] == []


def test_an_observation_at_the_very_instant_is_known() -> None:
    late = usage(date(2026, 9, 2), "150", at=datetime(2026, 9, 4, 7, tzinfo=UTC))

    assert [alert.at.day for alert in alerts([*summer(), *september(d1="100"), late], 4)] == [4]


def test_a_restatement_that_takes_the_excess_back_ends_the_alerts() -> None:
    second = date(2026, 9, 2)
    back = usage(second, "100", at=datetime(2026, 9, 4, tzinfo=UTC))
    rows = [*summer(), *september(d1="100", d2="150"), back, *september(d3="100")]

    assert [alert.at.day for alert in alerts(rows, 3, 4)] == [3]


def test_a_restatement_of_history_after_the_month_began_leaves_the_plan_frozen() -> None:
    began = datetime(2026, 9, 1, 0, 0, 1, tzinfo=UTC)
    restated = [usage(row.day, "150", at=began) for row in summer()]
    rows = [*summer(), *restated, *september(d1="150")]

    assert [alert.severity for alert in alerts(rows, 2)] == [Severity.PAGE]


def test_a_history_restated_before_the_month_began_is_the_plan() -> None:
    restated = [
        usage(row.day, "150", at=datetime(2026, 9, 1, tzinfo=UTC))
        for row in summer(date(2026, 8, 30))
    ]
    rows = [*summer(date(2026, 8, 30)), *restated, *september(d1="150")]

    # On the 2nd the 1st is no older than the summer's days were when they showed 100 of 150, so 150
    # may yet grow; it is on plan once it is complete.
    assert [alert.at.day for alert in alerts(rows, 2, 3, objective="4800")] == [2]


def halves(last: int, **odd: str) -> list[Observed]:
    """Days that show 60 after 30 hours and 100 after 54, and from September on what is odd.

    `halves(14, d14="120")`: to the 14th, which shows 120 after 30 hours.
    """
    days = [date(2026, 7, 1) + n * DAY for n in range(62 + last)]
    first_looks = {date(2026, 9, int(day[1:])): amount for day, amount in odd.items()}
    return [
        row
        for day in days
        for row in (
            usage(day, first_looks.get(day, "60")),
            usage(day, first_looks.get(day, "100"), at=midnight(day + 2 * DAY) + SIX),
        )
    ]


def test_a_day_still_arriving_that_shows_its_usual_share_is_quiet() -> None:
    assert alerts(halves(14), 15) == []


def test_a_day_still_arriving_that_shows_twice_its_usual_share_rings() -> None:
    (told,) = alerts(halves(14, d14="120"), 15)

    # 120 is 60 above 0.6 x 100: a burn of 6, where the whole plan would have told 2.
    assert told.severity is Severity.PAGE
    assert told.text.startswith(
        "burning 6.0x (the rule is 5x over 1 day): $60.00 above plan on 14 Sep 2026, a day still "
        "arriving, held against what can be there by now;"
    )


def test_a_day_still_arriving_ends_no_alarm_whatever_it_shows() -> None:
    told = alerts(halves(14, d13="160", d14="20"), 15)

    # The 13th, complete, is 60 above its plan.
    assert [(alert.at.day, alert.severity) for alert in told] == [(15, Severity.PAGE)]
    assert "$60.00 above plan on 13 Sep 2026;" in told[0].text


def test_a_day_of_weeks_ago_that_is_first_seen_now_is_no_news() -> None:
    late = usage(date(2026, 8, 10), "9000", at=datetime(2026, 9, 2, 6, 30, tzinfo=UTC))
    known = [row for row in summer() if row.day != late.day]

    assert alerts([*known, *september(d1="100"), late], 2) == []


def test_lumps_and_credits_never_burn() -> None:
    first = date(2026, 9, 1)
    kinds = [usage(first, "500", kind="lumps"), usage(first, "-90", kind="credits")]

    assert alerts([*summer(), *september(d1="100"), *kinds], 2, 3) == []


def test_the_lumps_of_a_day_shrink_the_budget_its_usage_burns() -> None:
    # 120 is a burn of 2 of a budget of 300, and of 5 of the 120 that a fee of 180 leaves.
    first = date(2026, 9, 1)
    fee = usage(first, "180", kind="lumps")

    quiet = alerts([*summer(), *september(d1="120")], 2)
    loud = alerts([*summer(), *september(d1="120"), fee], 2)

    assert [alert.severity for alert in quiet] == [Severity.INVESTIGATE]
    assert [alert.severity for alert in loud] == [Severity.PAGE]


def test_evaluations_before_the_month_see_nothing_to_judge() -> None:
    case = Case(
        name="web",
        objective=Decimal(3300),
        window=SEPTEMBER,
        rows=[*summer(date(2026, 8, 29)), usage(date(2026, 8, 30), "900")],
        evaluations=(datetime(2026, 8, 31, 7, tzinfo=UTC),),
    )

    assert list(replay(case, POLICY)) == []


def test_a_ledger_that_is_still_empty_or_has_only_fees_is_quiet() -> None:
    fee = usage(date(2026, 9, 1), "20", kind="lumps")

    assert alerts([], 2, 3) == []
    assert alerts([fee], 2, 3) == []


def test_too_little_history_leaves_the_whole_objective_to_burn() -> None:
    # No plan: 600 of 3,000 in a day of thirty is a burn of 6.
    assert [alert.severity for alert in alerts(september(d1="600"), 2, objective="3000")] == [
        Severity.PAGE
    ]


def hourly_alerts(
    *hours: float, looks: Sequence[datetime], lumps: Sequence[Observed] = ()
) -> list[Alert]:
    """The alerts on 240 a day since July, and those hours of September, each seen as it ends.

    7,200 are planned and 720 are left to burn: one an hour is a burn of 1.
    """
    july = date(2026, 7, 1)
    usage = [10.0] * 62 * 24 + list(hours)
    seen = hours_of(july, usage)
    days = [
        usage_of(july + number * DAY, sum(usage[24 * number : 24 * number + 24]), seen[-1].at)
        for number in range(len(usage) // 24 + 1)
    ]
    case = Case(
        name="web",
        objective=Decimal(7920),
        window=SEPTEMBER,
        rows=sorted([*days, *lumps], key=lambda row: row.at),
        evaluations=looks,
        hours=seen,
    )
    return list(replay(case, HOURLY))


def usage_of(day: date, amount: float, newest: datetime) -> Observed:
    """A day's sum, observed at the end of the day or, if it is still arriving, just now."""
    return usage(day, str(amount), at=min(midnight(day + DAY), newest))


def first(hour: int, day: int = 1) -> datetime:
    """An instant of the first days of September."""
    return datetime(2026, 9, day, hour, tzinfo=UTC)


def test_hours_call_before_their_day_would() -> None:
    # 25 an hour from six o'clock on is 15 above: a burn of 15 over six hours at noon. By then the
    # day has 60 + 150, still below its 240.
    told = hourly_alerts(*[10.0] * 6, *[25.0] * 6, looks=[first(11), first(12)])

    assert [(alert.at, alert.severity) for alert in told] == [(first(12), Severity.EMERGENCY)]
    assert told[0].text == (
        "burning 15.0x (the rule is 14x over 6 hours and the last 1): "
        "$90.00 above plan in 6 hours to 2026-09-01 12:00 UTC; "
        "an error budget of $720.00 lasts 2 days at that rate"
    )


def test_hours_that_are_back_on_plan_leave_the_call_to_their_day() -> None:
    # 130 above in one hour is 5.4 over 24 h. An hour later the last four still carry it, though the
    # last one does not; five hours later they do not either.
    day = [*[10.0] * 12, 140.0, *[10.0] * 11]

    told = hourly_alerts(*day, looks=[first(14), first(18), first(0, 2)])

    assert [(alert.at, alert.severity) for alert in told] == [
        (first(14), Severity.PAGE),
        (first(0, 2), Severity.INVESTIGATE),
    ]
    assert "(the rule is 2x over 1 day): $130.00 above plan on 1 Sep 2026" in told[1].text


def test_of_a_day_and_hours_as_loud_the_day_is_told() -> None:
    loud = replace(HOURLY, rules=(rule(Severity.PAGE, 2, 1),), hourly_rules=HOURLY.hourly_rules[:1])
    usage_by_hour = [10.0] * 62 * 24 + [20.0] * 24
    july = date(2026, 7, 1)
    case = Case(
        name="web",
        objective=Decimal(7920),
        window=SEPTEMBER,
        rows=[
            usage_of(july + n * DAY, sum(usage_by_hour[24 * n : 24 * n + 24]), first(0, 2))
            for n in range(63)
        ],
        evaluations=[first(0, 2)],
        hours=hours_of(july, usage_by_hour),
    )

    (told,) = replay(case, loud)

    assert told.severity is Severity.PAGE
    assert told.text.startswith("burning 10.0x (the rule is 2x over 1 day)")


def test_a_fee_shrinks_the_budget_that_hours_burn() -> None:
    # 12 above over six hours is a burn of 12 of 720, and of 17 of the 520 a fee of 200 leaves.
    fee = usage(date(2026, 9, 1), "200", kind="lumps", at=first(1))
    hours = [*[10.0] * 6, *[22.0] * 6]

    assert hourly_alerts(*hours, looks=[first(12)]) == []
    assert [alert.severity for alert in hourly_alerts(*hours, looks=[first(12)], lumps=[fee])] == [
        Severity.EMERGENCY
    ]


def test_hourly_rules_are_silent_where_only_days_are_known() -> None:
    case = Case(
        name="web",
        objective=Decimal(3300),
        window=SEPTEMBER,
        rows=[*summer(), *september(d1="130")],
        evaluations=[first(7, 2)],
    )

    assert [alert.severity for alert in replay(case, HOURLY)] == [Severity.INVESTIGATE]


def test_hours_after_the_month_wait_until_their_own_is_judged() -> None:
    month = [10.0] * 30 * 24

    told = hourly_alerts(*month, *[1000.0] * 6, looks=[datetime(2026, 10, 1, 6, tzinfo=UTC)])

    assert told == []
