# SPDX-License-Identifier: Apache-2.0
"""Which alerts would have fired, and when?

Replays a bitemporal ledger through the very functions that judge live spend. At each evaluation
only what had been observed by then is seen, and the plan is frozen as the month began. Where the
ledger's hours are known, hourly rules fire beside the daily ones, and the more severe counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.burn.hourly_excess import (
    HourlyPlan,
    HourlyUsage,
    ObservedHour,
    hourly_excess,
    hourly_noise,
    hourly_plan,
)
from cost_slo.domain.burn.hourly_rates import HourlyFiring, loudest_hourly
from cost_slo.domain.burn.ladder import fired, spend_ladder
from cost_slo.domain.burn.noise_gate import Noise, noise_of
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import Headroom
from cost_slo.domain.burn.sentences import explain_hours, why_it_fired
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.incidents.transitions import RELAPSE
from cost_slo.domain.period import DAY, Period, complete_through, midnight
from cost_slo.domain.plan.plan import Plan, learned_plan
from cost_slo.domain.plan.series import SpendSeries, in_order_of_days
from cost_slo.domain.spend.arrival import arrived
from cost_slo.domain.spend.reading import Observation


@dataclass(frozen=True, slots=True)
class Observed:
    """A ledger row: what one kind of charge of a day amounted to, from `at` on.

    `kind` is `usage`, `lumps` or `credits`.
    """

    at: datetime
    day: date
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Case:
    """One SLO to replay: its objective for a window, its ledger by `at`, and when to look.

    `hours` is the same ledger's usage by hour, also by `at`; empty where only days are judged.
    """

    name: str
    objective: Decimal
    window: Period
    rows: Sequence[Observed]
    evaluations: Sequence[datetime]
    hours: Sequence[ObservedHour] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired at an evaluation."""

    case: str
    at: datetime
    severity: Severity
    text: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What has been observed so far."""

    days: dict[date, Observation] = field(default_factory=dict)
    revisions: list[Observation] = field(default_factory=list)
    hours: HourlyUsage = field(default_factory=HourlyUsage)

    def learn(self, row: Observed) -> None:
        """A row replaces what was known of its kind on its day."""
        known = self.days.get(row.day)
        seen = known or Observation(
            series="", day=row.day, estimated=False, observed_at=row.at, revision=0
        )
        amount: dict[str, Any] = {row.kind: row.amount}
        self.days[row.day] = replace(seen, observed_at=row.at, revision=seen.revision + 1, **amount)
        self.revisions.append(self.days[row.day])


@dataclass(frozen=True, slots=True)
class _Frozen:
    """What was known, planned and usual when the window began."""

    before: Mapping[date, Observation]
    plan: Plan
    noise: Noise
    hourly: HourlyPlan
    hourly_noise: Mapping[int, float]


def calls_standing(calls: Iterable[Alert], evaluations: Sequence[datetime]) -> Iterator[Alert]:
    """What one case's calls, oldest first, amount to at each evaluation.

    As an incident does, a call outlasts its rule: for a day it stands as a page, and for as long
    as another would be its relapse it stands as an investigation.
    """
    coming, stands = deque(calls), list[Alert]()
    for at in evaluations:
        while coming and coming[0].at <= at:
            stands.append(coming.popleft())
        stands = [call for call in stands if at - call.at <= RELAPSE]
        if stands:
            loudest = max(stands, key=lambda call: (_stands_as(call, at).rank, call.at))
            yield replace(loudest, at=at, severity=_stands_as(loudest, at))


def _stands_as(call: Alert, at: datetime) -> Severity:
    if call.at == at:
        return call.severity
    return min(call.severity, Severity.PAGE if at - call.at <= DAY else Severity.INVESTIGATE)


def replay(case: Case, policy: Policy, *, currency: str = "USD") -> Iterator[Alert]:
    """The alerts of one case: the most severe rule's, at each evaluation at which one fires."""
    known, frozen = _Known(), None
    rows, hours = deque(case.rows), deque(case.hours)
    for at in sorted({midnight(case.window.start), *case.evaluations}):
        while rows and rows[0].at <= at:
            known.learn(rows.popleft())
        while hours and hours[0].at <= at:
            known.hours.learn(hours.popleft())
        if frozen is None and at >= midnight(case.window.start):
            frozen = _freeze(known, case.window, policy)
        if frozen is None or at not in case.evaluations:
            continue
        call = _judge(case, known, frozen, at, policy=policy, currency=currency)
        if call:
            yield call


def _freeze(known: _Known, window: Period, policy: Policy) -> _Frozen:
    before = in_order_of_days({day: seen for day, seen in known.days.items() if day < window.start})
    history = SpendSeries(before, before, window.start, window.start, window).history
    plan = learned_plan(history, window)
    hourly = hourly_plan(plan, history, known.hours)
    windows = {rule.hours for rule in policy.hourly_rules}
    return _Frozen(before, plan, noise_of(plan), hourly, hourly_noise(hourly, known.hours, windows))


def _judge(
    case: Case,
    known: _Known,
    frozen: _Frozen,
    at: datetime,
    *,
    policy: Policy,
    currency: str,
) -> Alert | None:
    used = [day for day, seen in known.days.items() if seen.usage]
    if not used:
        return None
    charged_through = max(used) + DAY
    data_through = complete_through(charged_through, at)
    days = in_order_of_days(known.days)
    shares = arrived(known.revisions, Period(data_through, charged_through), at)
    series = SpendSeries(
        days, frozen.before, charged_through, data_through, case.window, arrived=shares
    )
    ladder = spend_ladder(case.objective, series, frozen.plan, frozen.noise)
    daily, _ = fired(policy, ladder)
    hourly = _fired_hourly(case.window, known.hours, frozen, policy, ladder.headroom)
    if hourly and (daily is None or hourly.rule.severity > daily.rule.severity):
        text = explain_hours(hourly, ladder.headroom, currency)
        return Alert(case.name, at, hourly.rule.severity, text)
    if daily is None:
        return None
    text = why_it_fired(daily, ladder.excess, ladder.noise, ladder.headroom, currency)
    return Alert(case.name, at, daily.rule.severity, text)


def _fired_hourly(
    window: Period, usage: HourlyUsage, frozen: _Frozen, policy: Policy, headroom: Headroom
) -> HourlyFiring | None:
    """The loudest hourly rule at the newest visible hour; the next month waits to be judged."""
    longest = max((rule.hours for rule in policy.hourly_rules), default=0)
    end = min(usage.through, midnight(window.end))
    excess = hourly_excess(frozen.hourly, usage, hours=longest, end=end) if longest else None
    if excess is None:
        return None
    return loudest_hourly(policy.hourly_rules, excess, frozen.hourly_noise, headroom)
