# SPDX-License-Identifier: Apache-2.0
"""What is known of an SLO's days: observations, histories and ladders to judge by hand."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.burn.policy import Policy, Rule
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, Month, complete_through, midnight
from cost_slo.domain.plan.plan import History
from cost_slo.domain.plan.series import SpendSeries, series_of
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import Observation
from tests.builders.readings import monthly

SEPTEMBER = Month.containing(date(2026, 9, 1))
# A plan for September is learned from the days before the last of August.
HISTORY_END = date(2026, 8, 31)


def usage_history(usage: Iterable[float], end: date = HISTORY_END) -> History:
    """Usage of consecutive days, the last of them just before `end`."""
    amounts = tuple(usage)
    return History(end - len(amounts) * DAY, amounts)


def seen(day: date, usage: object = 0, **more: Any) -> Observation:
    """A day as observed the morning after, unless `at` or `revision` say otherwise."""
    at: datetime = more.pop("at", midnight(day + DAY) + timedelta(hours=6))
    amounts = {"lumps": more.pop("lumps", 0), "credits": more.pop("credits", 0)}
    units = more.pop("units", None)
    return Observation(
        series="web",
        day=day,
        usage=Decimal(str(usage)),
        lumps=Decimal(str(amounts["lumps"])),
        credits=Decimal(str(amounts["credits"])),
        units=None if units is None else Decimal(str(units)),
        estimated=False,
        observed_at=at,
        revision=more.pop("revision", 1),
    )


def observed(days: Mapping[date, object]) -> list[Observation]:
    """Each day's usage, observed the morning after."""
    return [seen(day, usage) for day, usage in days.items()]


def series(observations: Sequence[Observation], as_of: datetime) -> SpendSeries:
    """What is known at an instant, of charges that reach to the last observed day."""
    through = max(row.day for row in observations) + DAY
    return series_of(observations, through, complete_through(through, as_of))


def slo(**changes: object) -> Slo:
    """A monthly objective of 300 without a plan, unless told otherwise."""
    return Slo.model_validate(monthly(**changes))  # type: ignore[arg-type]


def rule(severity: Severity, factor: float, days: int, **gates: Any) -> Rule:
    """A rule without gates, unless told otherwise."""
    return Rule(severity, factor, days, **gates)


def ladder_of(*rules: Rule) -> Policy:
    """A policy of these rules, which asks for little."""
    return Policy("test", rules, {Severity.PAGE: "Look now."})


def excess(*amounts: float, complete: int | None = None, planned: float = 100.0) -> Excess:
    """Daily excess to the 10th of September, all of it complete unless told otherwise."""
    start = date(2026, 9, 11) - len(amounts) * DAY
    known = len(amounts) if complete is None else complete
    return Excess(start, amounts, (planned,) * len(amounts), known)
