# SPDX-License-Identifier: Apache-2.0
"""Which alerts would have rung, and when?

Replays a bitemporal ledger through the very functions that judge live spend. At each evaluation
only what had been observed by then is seen, and the plan is frozen as the month began.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.explanation import explain
from cost_slo.domain.incident import Severity
from cost_slo.domain.ladder import fired, spend_ladder
from cost_slo.domain.money import ZERO
from cost_slo.domain.noise import Noise, noise_of
from cost_slo.domain.period import DAY, Period, complete_through, midnight
from cost_slo.domain.plan import Plan, learned_plan
from cost_slo.domain.policy import Policy
from cost_slo.domain.series import SpendSeries, in_order_of_days
from cost_slo.domain.spend import Observation


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
    """One SLO to replay: its objective for a window, its ledger by `at`, and when to look."""

    name: str
    objective: Decimal
    window: Period
    rows: Sequence[Observed]
    evaluations: Sequence[datetime]


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that fired at an evaluation."""

    case: str
    at: datetime
    severity: Severity
    text: str


def replay(case: Case, policy: Policy, *, currency: str = "USD") -> Iterator[Alert]:
    """The alerts of one case: the burn ladder's, at each evaluation where a rule fires."""
    days: dict[date, Observation] = {}
    rows = iter([*case.rows, None])
    pending = next(rows)
    frozen: tuple[Mapping[date, Observation], Plan, Noise] | None = None
    for at in sorted({midnight(case.window.start), *case.evaluations}):
        while pending is not None and pending.at <= at:
            _learn(days, pending)
            pending = next(rows)
        if frozen is None and at >= midnight(case.window.start):
            frozen = _freeze(days, case.window)
        if frozen is None or not days or at not in case.evaluations:
            continue
        alert = _judge(case, days, frozen, at, policy=policy, currency=currency)
        if alert:
            yield alert


def _learn(days: dict[date, Observation], row: Observed) -> None:
    known = days.get(row.day)
    amounts = {"usage": ZERO, "lumps": ZERO, "credits": ZERO}
    if known:
        amounts |= {"usage": known.usage, "lumps": known.lumps, "credits": known.credits}
    amounts[row.kind] = row.amount
    revision = known.revision + 1 if known else 1
    days[row.day] = Observation(
        series="",
        day=row.day,
        units=None,
        estimated=False,
        observed_at=row.at,
        revision=revision,
        **amounts,
    )


def _freeze(
    days: Mapping[date, Observation], window: Period
) -> tuple[Mapping[date, Observation], Plan, Noise]:
    before = in_order_of_days({day: seen for day, seen in days.items() if day < window.start})
    series = SpendSeries(before, before, window.start, window.start, window)
    plan = learned_plan(series.history, window)
    return before, plan, noise_of(plan)


def _judge(
    case: Case,
    days: Mapping[date, Observation],
    frozen: tuple[Mapping[date, Observation], Plan, Noise],
    at: datetime,
    *,
    policy: Policy,
    currency: str,
) -> Alert | None:
    before, plan, noise = frozen
    used = [day for day, seen in days.items() if seen.usage]
    if not used:
        return None
    charged_through = max(used) + DAY
    data_through = complete_through(charged_through, at)
    known = in_order_of_days(days)
    series = SpendSeries(known, before, charged_through, data_through, case.window)
    ladder = spend_ladder(case.objective, series, plan, noise)
    firing, _ = fired(policy, ladder)
    if firing is None:
        return None
    text = explain(firing, ladder.excess, ladder.noise, ladder.headroom, currency)
    return Alert(case.name, at, firing.rule.severity, text)
