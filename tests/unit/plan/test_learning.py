# SPDX-License-Identifier: Apache-2.0
"""Days of incidents do not teach the plan, unless a person planned them or too few remain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.evidence.notes import notes
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity, fold
from cost_slo.domain.incidents.verbs import note, resolve, resolve_as_planned
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.learning import Learning, learning, learning_note, taught
from cost_slo.domain.plan.plan import learned_plan
from cost_slo.domain.plan.series import SpendSeries, series_of
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.verdict.assessment import assess
from tests.builders.days import (
    HISTORY_END,
    SEPTEMBER,
    ladder_of,
    observed,
    rule,
    seen,
    slo,
    usage_history,
)
from tests.builders.readings import each_day, monthly, morning, per_request, spec
from tests.builders.stories import monthly as judged_slo
from tests.worlds.rig import Rig

MONDAY = date(2026, 8, 17)


def decided(
    through: date | None, rates: Mapping[str, float], *, at: datetime | None = None
) -> IncidentEvent:
    """A decision on complete days before `through`, with these burn rates by window."""
    burn = [{"window": window, "rate": rate} for window, rate in rates.items()]
    written = None if through is None else f"{through}T00:00:00Z"
    judged = {"slo": judged_slo(burn=burn), "data_through": written}
    at = at or midnight((through or MONDAY) + DAY)
    key = f"{at}"
    return IncidentEvent("i", "web", key, at, EventKind.UPDATED, "", Severity.PAGE, judged)


def left_out(*events: IncidentEvent) -> list[int]:
    """Days of August that do not teach September's plan."""
    found = learning([fold(events)], SEPTEMBER).left_out
    assert all(day.month == 8 for day in found)
    return sorted(day.day for day in found)


@pytest.mark.parametrize(
    ("rates", "days"),
    [
        ({"1d": 1.0}, [16]),
        ({"1d": 0.99}, []),
        # 3 on the last day, (2 x 2 - 3) = 1 on the one before.
        ({"1d": 3.0, "2d": 2.0}, [15, 16]),
        ({"1d": 3.0, "2d": 1.9}, [16]),
        # 5 x 2 - 2 x 3 = 4 on the three days before the last two: 1.33 each.
        ({"2d": 3.0, "5d": 2.0}, [12, 13, 14, 15, 16]),
        ({}, []),
    ],
)
def test_the_burning_days_are_those_up_to_the_last_complete_one_that_the_evidence_tells(
    rates: Mapping[str, float], days: list[int]
) -> None:
    assert left_out(decided(MONDAY, rates)) == days


def test_an_evaluation_without_a_complete_day_tells_of_none() -> None:
    assert left_out(decided(None, {"1d": 9.0})) == []


def test_each_decision_adds_its_day_and_a_lone_calm_day_between_two_is_left_out_too() -> None:
    burned = [decided(MONDAY + number * DAY, {"1d": 2.0}) for number in (0, 2, 6)]

    assert left_out(*burned) == [16, 17, 18, 22]


def test_a_call_that_only_says_the_objective_is_exceeded_leaves_no_day_out() -> None:
    assert left_out(decided(MONDAY, {"1d": 0.2, "2d": 0.1})) == []


def test_what_became_known_after_the_month_began_changes_nothing_of_its_plan() -> None:
    late = decided(MONDAY, {"1d": 2.0}, at=midnight(SEPTEMBER.start) + DAY)

    assert left_out(late) == []


def test_days_that_a_person_called_planned_teach() -> None:
    burned = decided(MONDAY, {"1d": 2.0})
    incident = fold([burned])

    assert left_out(burned, resolve(incident, "fixed", morning(20, 8))) == [16]
    assert left_out(burned, resolve_as_planned(incident, "load test", morning(20, 8))) == []
    assert left_out(burned, note(incident, "planned", morning(20, 8))) == [16]


def test_a_left_out_day_is_taken_for_the_median_of_its_three_nearest_fellows() -> None:
    # Mondays, oldest first: 10, 20, 30, 40, 90 (left out), 60, 70, 80; all else 0.
    mondays = [10.0, 20, 30, 40, 90, 60, 70, 80]
    history = usage_history([usage for monday in mondays for usage in (monday, *[0.0] * 6)])
    fifth = history.start + 28 * DAY

    found = taught(history, frozenset({fifth}))

    # The nearest are 40 and 60, a week away, and 30, the earlier of those two weeks away.
    assert found.usage[28] == 40
    assert (found.usage[:28], found.usage[29:]) == (history.usage[:28], history.usage[29:])
    assert found.start == history.start


@pytest.mark.parametrize(("known", "learned"), [(36, 900.0), (37, 100.0), (80, 100.0)])
def test_28_days_must_remain_to_leave_nine_out(known: int, learned: float) -> None:
    history = usage_history([100.0] * (known - 9) + [900.0] * 9)
    gone = frozenset(HISTORY_END - number * DAY for number in range(1, 10))

    assert taught(history, gone).usage[-9:] == (learned,) * 9


def test_28_days_must_remain_among_the_last_56() -> None:
    history = usage_history([100.0] * 60 + [900.0] * 29)
    gone = frozenset(HISTORY_END - number * DAY for number in range(1, 30))

    assert taught(history, gone) == history


def test_a_weekday_that_always_belongs_to_incidents_teaches_its_own_usage() -> None:
    history = usage_history(([900.0] + [100.0] * 6) * 8)
    mondays = frozenset(history.start + number * 7 * DAY for number in range(8))

    assert taught(history, mondays) == history


@given(
    st.lists(st.floats(0, 1e6), max_size=90),
    st.sets(st.integers(1, 100)),
)
def test_whatever_is_left_out_the_days_stay_the_same_and_only_left_out_ones_change(
    usage: list[float], numbers: set[int]
) -> None:
    history = usage_history(usage)
    gone = frozenset(HISTORY_END - number * DAY for number in numbers)

    found = taught(history, gone)

    assert (found.start, len(found.usage)) == (history.start, len(history.usage))
    for day, before, after in zip(history.period.dates, history.usage, found.usage, strict=True):
        assert before == after or day in gone
        assert min(usage) <= after <= max(usage)


def runaway() -> dict[date, Decimal]:
    """Ten weeks of 100 a day, of which 900 on 4 to 24 August: half of the weeks a plan uses."""
    quiet = each_day(date(2026, 6, 22), date(2026, 9, 9), 100)
    return quiet | each_day(date(2026, 8, 4), date(2026, 8, 24), 900)


def series(gone: Period | None = None) -> SpendSeries:
    known = series_of(observed(runaway()), date(2026, 9, 10), date(2026, 9, 10))
    return replace(known, learning=Learning(frozenset(gone.dates if gone else ())))


def noted(judged: Slo, known: SpendSeries) -> tuple[str, ...]:
    policy = ladder_of(rule(Severity.PAGE, 5, 1))
    told = assess(judged, known, policy, currency="USD", as_of=morning(11))
    return notes(told, known, (), currency="USD", as_of=morning(11))


AUGUST_RUN = Period(date(2026, 8, 4), date(2026, 8, 25))


def test_a_plan_is_as_it_was_before_the_incident() -> None:
    whole = learned_plan(series().history, SEPTEMBER)
    without = learned_plan(series(AUGUST_RUN).history, SEPTEMBER)

    assert without.month == pytest.approx(3000)
    assert whole.month > 3600


def test_the_note_names_the_days_that_did_not_teach() -> None:
    found = noted(slo(plan="learned"), series(AUGUST_RUN))

    assert found == ("21 incident days (4 to 24 Aug 2026) were left out of the plan",)


def test_the_note_says_where_too_few_days_remained() -> None:
    long = Period(date(2026, 7, 25), date(2026, 8, 25))

    found = noted(slo(plan="learned"), series(long))

    (told,) = found
    assert told == (
        "31 incident days (25 Jul 2026 to 24 Aug 2026) were kept in the plan: "
        "fewer than 28 other days are known"
    )


def test_there_is_nothing_to_note_without_incidents_a_plan_or_recent_days() -> None:
    long_ago = Period(date(2026, 5, 1), date(2026, 6, 20))

    assert noted(slo(plan="learned"), series()) == ()
    assert noted(slo(plan="none"), series(AUGUST_RUN)) == ()
    assert noted(slo(plan="learned"), series(long_ago)) == ()


def test_runs_of_days_are_named_one_by_one() -> None:
    gone = [date(2026, 8, day) for day in (20, 4, 5, 21, 30)]

    assert learning_note(gone, is_obeyed=True) == (
        "5 incident days (4 to 5 Aug 2026, 20 to 21 Aug 2026, 30 Aug 2026) "
        "were left out of the plan"
    )


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (AUGUST_RUN, "21 incident days (4 to 24 Aug 2026) were left out of the plan"),
        (
            Period(date(2026, 7, 5), date(2026, 8, 25)),
            "51 incident days (5 Jul 2026 to 24 Aug 2026) were kept in the plan",
        ),
    ],
)
def test_a_unit_cost_does_not_learn_from_incidents_either(gone: Period, said: str) -> None:
    rows = [seen(day, usage, units=100) for day, usage in runaway().items()]
    known = series_of(rows, date(2026, 9, 10), date(2026, 9, 10))
    known = replace(known, learning=Learning(frozenset(gone.dates)))

    (told,) = noted(spec(per_request()).slos[0], known)

    assert told.startswith(said)
    assert (len(known.teachers) < len(known.before)) is ("left out" in said)


def test_next_months_plan_forgets_this_months_incident() -> None:
    rig = Rig(monthly(objective=4000, plan="learned"))
    days = each_day(date(2026, 7, 1), date(2026, 8, 31), 100)
    runaway = each_day(date(2026, 9, 7), date(2026, 9, 27), 400)
    whole = days | each_day(date(2026, 9, 1), date(2026, 9, 30), 100) | runaway

    for day in range(2, 31):
        rig.run({"web": {on: usd for on, usd in whole.items() if on < date(2026, 9, day)}}, day)
    october = whole | each_day(date(2026, 10, 1), date(2026, 10, 2), 100)
    (told,) = rig.run({"web": october}, 3, 10).document["slos"]

    assert [incident.id for incident in rig.incidents] == ["web-2026-09"]
    assert Decimal(told["plan"]["month"]) == pytest.approx(Decimal(3100))
    assert told["notes"] == ["21 incident days (7 to 27 Sep 2026) were left out of the plan"]
