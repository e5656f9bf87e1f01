# SPDX-License-Identifier: Apache-2.0
"""Which plan follows when a person accepts a level as the new normal?

From 28 days of the new level on, the plan is learned from these alone. Until then the older days
lend it the shape of their week:

    ratio = median over the new days of (usage / the plan that the older days alone teach)

and the plan is learned from the older days x ratio, and the new ones that the history holds. Days
of the window before the new level keep the plan that the month began with.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from cost_slo.domain.period import Period
from cost_slo.domain.plan.learning import Level
from cost_slo.domain.plan.plan import LEAST_HISTORY, History, Plan, learned_plan
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.statistics import median, relative_to


def relevelled(plan: Plan, series: SpendSeries) -> Plan:
    """The plan from the accepted level on; unchanged without a level that can be measured."""
    level = series.learning.level
    history = history_of(series, level) if level else None
    if level is None or history is None:
        return plan
    new = learned_plan(history, series.window)
    return _from(level.since, new, plan) if new.basis == "learned" else plan


def history_of(series: SpendSeries, level: Level) -> History | None:
    """The days that teach the new level; None if there are none yet."""
    older, new = _split(series, level)
    if len(new.usage) >= LEAST_HISTORY:
        return new
    usual = learned_plan(older, series.window)
    if usual.basis == "none" or not new.usage:
        return None
    ratio = median(relative_to([usual.day(day) for day in new.period.dates], new.usage))
    inside = series.history.usage[len(older.usage) :]
    return History(older.start, (*(ratio * usage for usage in older.usage), *inside))


def _split(series: SpendSeries, level: Level) -> tuple[History, History]:
    """The history before the accepted level, and the days that measure it."""
    history = series.history
    since, until = max(level.since, history.start), min(level.until, series.data_through)
    before = max(0, min((since - history.start).days, len(history.usage)))
    later = max(since, history.end)
    measured = series.usage_by_day(Period(later, max(later, until)))
    older = History(history.start, history.usage[:before])
    return older, History(since, (*history.usage[before:], *measured))


def _from(since: date, new: Plan, old: Plan) -> Plan:
    """The new plan from a day on, the old one for the days of the window before it."""
    begun = Period(new.window.start, max(new.window.start, min(since, new.window.end)))
    before = {day: old.day(day) - new.week[day.weekday()] for day in begun.dates}
    return replace(new, extra=new.extra | before)
