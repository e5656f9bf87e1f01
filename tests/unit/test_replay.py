# SPDX-License-Identifier: Apache-2.0
"""Which alerts would have rung, seeing at each evaluation only what was known by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from cost_slo.domain.incident import Severity
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.replay import Alert, Case, Observed, replay
from tests.days import SEPTEMBER, ladder_of, rule

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

    assert alerts(rows, 2, objective="4800") == []


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
