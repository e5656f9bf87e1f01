# SPDX-License-Identifier: Apache-2.0
"""A person accepts a level: the plan follows from that day on, and the incident ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.incidents.incident import EventKind, Incident, Status, fold
from cost_slo.domain.incidents.verbs import accept
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.plan.learning import Learning, Level, learning
from cost_slo.domain.plan.new_level import relevelled
from cost_slo.domain.plan.plan import Plan, learned_plan, no_plan
from cost_slo.domain.plan.series import SpendSeries, series_of
from cost_slo.ports import StateChange
from tests.builders.days import SEPTEMBER, observed
from tests.builders.readings import each_day, monthly, morning
from tests.builders.stories import monthly as entry
from tests.builders.stories import opened, per_unit
from tests.worlds.rig import Rig

SUMMER = each_day(date(2026, 7, 1), date(2026, 8, 31), 100)
ELEVENTH = date(2026, 9, 11)


def known(days: Mapping[date, object], level: Level | None, through: date) -> SpendSeries:
    seen = observed({day: usd for day, usd in days.items() if day < through})
    return replace(series_of(seen, through, through), learning=Learning(level=level))


def stepped(on: date, usd: int, last: date = date(2026, 9, 30)) -> dict[date, Decimal]:
    """100 a day from July on, and another amount from a day on."""
    return each_day(date(2026, 7, 1), on - DAY, 100) | each_day(on, last, usd)


def planned(series: SpendSeries) -> Plan:
    return relevelled(learned_plan(series.history, series.window), series)


def level(since: date, until: date) -> Level:
    return Level(since, morning(1), until)


def test_the_plan_follows_from_the_accepted_day_on_and_stays_as_it_was_before_it() -> None:
    raised = stepped(ELEVENTH, 150)

    plan = planned(known(raised, level(ELEVENTH, date(2026, 9, 14)), date(2026, 9, 15)))

    assert [plan.day(date(2026, 9, day)) for day in (1, 10, 11, 30)] == [100, 100, 150, 150]
    # Ten days of 100 and twenty of 150.
    assert plan.month == pytest.approx(10 * 100 + 20 * 150)


def test_the_shape_of_the_week_is_kept() -> None:
    # Weekends at half; 1.5 times as much from Friday the 11th on.
    days = {
        day: usd * (Decimal("0.5") if day.weekday() >= 5 else 1)
        for day, usd in stepped(ELEVENTH, 150).items()
    }

    plan = planned(known(days, level(ELEVENTH, date(2026, 9, 14)), date(2026, 9, 15)))

    assert [plan.day(date(2026, 9, day)) for day in (11, 12, 13, 14)] == [150, 75, 75, 150]


def test_what_happens_after_the_acceptance_does_not_move_the_plan() -> None:
    again = stepped(ELEVENTH, 150) | each_day(date(2026, 9, 14), date(2026, 9, 29), 900)

    plan = planned(known(again, level(ELEVENTH, date(2026, 9, 14)), date(2026, 9, 30)))

    assert plan.day(date(2026, 9, 20)) == 150


def test_28_days_of_a_level_teach_without_the_older_ones() -> None:
    # 21 days to the 30th of August, and 10 more until it was accepted.
    began = date(2026, 8, 10)

    plan = planned(known(stepped(began, 200), level(began, date(2026, 9, 10)), date(2026, 9, 12)))

    assert [plan.day(day) for day in (date(2026, 9, 1), date(2026, 9, 20))] == [200, 200]
    assert plan.cleaned is not None
    assert plan.cleaned.start == began


def test_fewer_than_28_days_of_a_level_from_before_the_month_borrow_the_older_ones() -> None:
    began = date(2026, 8, 24)

    plan = planned(known(stepped(began, 200), level(began, date(2026, 9, 3)), date(2026, 9, 12)))

    assert plan.month == pytest.approx(30 * 200)
    assert plan.cleaned is not None
    assert (plan.cleaned.start, set(plan.cleaned.usage)) == (date(2026, 7, 1), {200})


@pytest.mark.parametrize(
    ("since", "through"),
    [
        (ELEVENTH, ELEVENTH),  # no day of it is complete
        (date(2026, 7, 20), date(2026, 7, 28)),  # nothing is planned before or after
    ],
)
def test_a_level_that_cannot_be_told_yet_leaves_the_plan(since: date, through: date) -> None:
    series = known(stepped(since, 150), level(since, since + 3 * DAY), through)
    before = learned_plan(series.history, series.window)

    assert planned(series) == before


def test_a_level_of_nothing_leaves_the_plan() -> None:
    series = known(stepped(ELEVENTH, 0), level(ELEVENTH, date(2026, 9, 14)), date(2026, 9, 20))

    assert planned(series).month == pytest.approx(3000)


def test_without_an_accepted_level_the_plan_is_the_plan() -> None:
    series = known(SUMMER, None, date(2026, 9, 1))

    assert relevelled(no_plan(SEPTEMBER), series) == no_plan(SEPTEMBER)


def accepted(since: date, at: datetime, known: Incident | None = None) -> Incident:
    incident = known or fold([opened()])
    return fold([*incident.events, accept(incident, "", at, since=since)])


@pytest.mark.parametrize(
    ("since", "at", "until"),
    [
        # Complete are the days that ended 24 hours before: to the 17th, for 06:00 of the 19th.
        (date(2026, 9, 11), morning(19), date(2026, 9, 18)),
        # At least three days are waited for.
        (date(2026, 9, 18), morning(19), date(2026, 9, 21)),
        # What was accepted in August is measured as September begins.
        (date(2026, 8, 11), morning(19, 8), date(2026, 8, 31)),
    ],
)
def test_a_level_is_measured_on_the_days_complete_when_it_was_accepted(
    since: date, at: datetime, until: date
) -> None:
    found = learning([accepted(since, at)], SEPTEMBER).level

    assert found == Level(since, at, until)


def test_the_level_accepted_last_holds() -> None:
    twice = accepted(date(2026, 9, 3), morning(5), accepted(ELEVENTH, morning(19)))

    found = learning([twice], SEPTEMBER).level

    assert found is not None
    assert found.since == ELEVENTH


def test_a_level_whose_first_day_has_not_come_is_refused() -> None:
    with pytest.raises(CostSloError, match=r"20 Sep 2026 has not come yet"):
        accepted(date(2026, 9, 20), morning(19))


@pytest.mark.parametrize(
    ("judged", "instead"),
    [
        (per_unit(), "raise the objective in the spec"),
        (entry(plan={"month": "3600", "basis": "amount"}), "change `plan` in the spec"),
    ],
)
def test_what_learns_no_plan_from_spend_says_what_to_change_instead(
    judged: dict[str, Any], instead: str
) -> None:
    with pytest.raises(CostSloError, match=instead):
        accepted(ELEVENTH, morning(19), fold([opened(slo=judged)]))


MEASURED = "accepted as the new level from 11 Sep 2026, measured to 15 Sep 2026"
# Leaves an error budget of 1,400 over the 3,000 planned for September.
OBJECTIVE = 4400


def run(rig: Rig, day: int, days: Mapping[date, Decimal], month: int = 9) -> dict[str, Any]:
    until = date(2026, month, day)
    told = rig.run({"web": {on: usd for on, usd in days.items() if on < until}}, day, month)
    (slo,) = told.document["slos"]
    assert isinstance(slo, dict)
    return slo


def raised_to(usd: int, last: int = 17) -> tuple[Rig, dict[date, Decimal]]:
    """A month that runs at 100 a day until the 10th, looked at each morning to a day."""
    rig = Rig(monthly(objective=OBJECTIVE, plan="learned"))
    spend = stepped(ELEVENTH, usd)
    for day in range(2, last + 1):
        run(rig, day, spend)
    return rig, spend


def accept_it(rig: Rig, since: date = ELEVENTH) -> None:
    event = accept(rig.incidents[-1], "the new region is live", morning(17), since=since)
    rig.store.save(StateChange(events=(event,)))


def test_an_accepted_level_ends_its_incident_at_the_next_evaluation() -> None:
    rig, spend = raised_to(160)
    assert [incident.status for incident in rig.incidents] == [Status.OPEN]
    accept_it(rig)

    told = run(rig, 18, spend)

    (incident,) = rig.incidents
    assert (told["verdict"], told["severity"]) == ("within", "none")
    assert incident.status is Status.RESOLVED
    assert incident.events[-2].text == "accepted as the new level from 11 Sep 2026"
    assert "Why it ended: Accepted as the new level from 11 Sep 2026." in rig.notifier.sent[-1].body


def test_the_error_budget_is_what_the_accepted_level_leaves() -> None:
    rig, spend = raised_to(160)
    accept_it(rig)

    told = run(rig, 18, spend)

    # 4,400 less ten days of 100 and twenty of 160; nothing is used of it.
    assert Decimal(told["budget"]["size"]) == pytest.approx(Decimal(200))
    assert (told["budget"]["used"], told["budget"]["state"]) == ("0", "ok")
    assert told["notes"] == [f"{MEASURED}: the month is planned at $4,200.00"]


def test_what_was_overspent_before_the_accepted_day_stays_used() -> None:
    rig, spend = raised_to(160)
    accept_it(rig, since=date(2026, 9, 13))

    told = run(rig, 18, spend)

    # 60 too much on the 11th and on the 12th.
    assert Decimal(told["budget"]["used"]) == pytest.approx(Decimal(120))


def test_nothing_rings_again_for_that_level_this_month_or_the_next() -> None:
    rig, _ = raised_to(160)
    accept_it(rig)
    spend = stepped(ELEVENTH, 160, date(2026, 10, 20))

    said = [run(rig, day, spend) for day in range(18, 31)]
    said += [run(rig, day, spend, month=10) for day in range(3, 20)]

    assert {told["severity"] for told in said if told["verdict"] != "exhausted"} == {"none"}
    assert Decimal(said[-1]["plan"]["month"]) == pytest.approx(Decimal(31 * 160))
    assert len(rig.incidents) == 1


def test_more_than_the_accepted_level_rings_as_before() -> None:
    rig, spend = raised_to(160)
    accept_it(rig)
    run(rig, 18, spend)
    more = spend | each_day(date(2026, 9, 18), date(2026, 9, 30), 800)

    told = [run(rig, day, more) for day in (19, 20)]

    assert told[0]["incident_change"] == "reopened"
    assert rig.incidents[0].is_running


def test_a_level_that_cannot_keep_the_objective_says_so() -> None:
    rig, spend = raised_to(200)
    accept_it(rig)

    told = run(rig, 18, spend)

    # Ten days of 100 and twenty of 200 are 5,000.
    cannot = "at this level the objective cannot hold: lower the usage, or raise it in the spec"
    assert (told["budget"]["state"], told["incident_change"]) == ("infeasible", "resolved")
    (note,) = told["notes"]
    assert note == f"{MEASURED}: the month is planned at $5,000.00; {cannot}"
    assert rig.incidents[0].events[-2].text.endswith(cannot)


def test_an_accepted_level_never_hides_that_the_objective_is_exceeded() -> None:
    rig, spend = raised_to(300)
    accept_it(rig)

    said = [run(rig, day, spend) for day in range(18, 24)]

    # 1,000 to the 10th and 300 a day: 4,600 are spent by the end of the 22nd.
    assert [told["verdict"] for told in said] == ["within"] * 5 + ["exhausted"]
    assert said[-1]["severity"] == "page"


def test_an_evaluation_as_of_before_the_acceptance_does_not_know_it() -> None:
    rig, spend = raised_to(160)
    before = rig.again(morning(17)).document
    later = accept(rig.incidents[0], "", morning(17) + timedelta(hours=1), since=ELEVENTH)
    rig.store.save(StateChange(events=(later,)))

    assert rig.again(morning(17)).document == before
    assert run(rig, 18, spend)["incident_change"] == "resolved"


def test_a_level_accepted_today_waits_for_its_first_complete_day() -> None:
    rig, spend = raised_to(160, last=14)
    event = accept(rig.incidents[0], "", morning(14), since=date(2026, 9, 14))
    rig.store.save(StateChange(events=(event,)))

    told = run(rig, 15, spend)

    assert told["incident_change"] != "resolved"
    (note,) = told["notes"]
    assert note == (
        "accepted as the new level from 14 Sep 2026: "
        "the plan waits for a complete day of it, and 28 days before"
    )


def test_the_days_of_an_accepted_level_teach_and_those_before_it_do_not() -> None:
    rig, _ = raised_to(160)
    accept_it(rig, since=date(2026, 9, 14))

    found = learning(rig.incidents, Month.containing(date(2026, 10, 1)))

    assert found.left_out == set(Period(ELEVENTH, date(2026, 9, 14)).dates)


def test_a_person_who_reopens_takes_the_acceptance_back() -> None:
    rig, _ = raised_to(160)
    accept_it(rig)
    incident = rig.incidents[0]
    again = replace(opened(), incident=incident.id, kind=EventKind.REOPENED, key="again")

    assert incident.accepted_from == ELEVENTH
    assert fold([*incident.events, again]).accepted_from is None
