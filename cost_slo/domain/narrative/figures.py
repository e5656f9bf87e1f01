# SPDX-License-Identifier: Apache-2.0
"""Which query gives a number of a snapshot again?

Amounts and units come from the ledger where the snapshot names its series, else from the decision
that recorded them; what follows from them is a formula.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.drivers import Mover
from cost_slo.domain.fact import (
    AT,
    Fact,
    Formula,
    LedgerQuery,
    Query,
    RecordQuery,
    Records,
    Unit,
    recompute,
)
from cost_slo.domain.incident import IncidentEvent
from cost_slo.domain.money import plain
from cost_slo.domain.narrative.findings import Findings
from cost_slo.domain.overspend import elapsed_days, excess, mean_rate
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.snapshot import Snapshot
from cost_slo.domain.unit_cost import TRAILING


def role(facts: Findings, known: Snapshot) -> str:
    """The part a snapshot plays, which begins the ids of its facts."""
    return next(name for name, quoted in facts.quoted.items() if quoted == known)


def recorded(
    facts: Findings, known: Snapshot, name: str, path: str, value: object, unit: Unit = Unit.MONEY
) -> Fact:
    """A value as the decision recorded it."""
    written = plain(value) if isinstance(value, Decimal) else str(value)
    query = RecordQuery(known.event, path)
    return Fact(f"{role(facts, known)}_{name}", written, unit, query)


def reason(facts: Findings, known: Snapshot) -> Fact:
    """Why it called, in the words of the decision."""
    return recorded(facts, known, "reason", "slo.reason", known.reason, Unit.TEXT)


def spend(facts: Findings, known: Snapshot) -> list[Fact]:
    """What was spent in the window; nothing where it is not known."""
    if known.spent is None:
        return []
    query = _ledger(known, "total", spent_days(known))
    path = "slo.spend.to_date"
    return [_asked(query, recorded(facts, known, "spend", path, known.spent))]


def spend_at_drafting(facts: Findings, known: Snapshot) -> Fact | None:
    """What the same days come to as known at the drafting; None where the ledger is not known."""
    query = _ledger(known, "total", spent_days(known), facts.drafted_at)
    if query is None or not facts.ledger:
        return None
    name = f"{role(facts, known)}_spend_at_drafting"
    fact = Fact(name, "", Unit.MONEY, query)
    value = recompute([fact], Records({query.series: facts.ledger}, {}))[name]
    return None if value is None else replace(fact, value=plain(Decimal(value)))


def objective(facts: Findings, known: Snapshot) -> Fact:
    """What the objective allows."""
    return recorded(facts, known, "objective", "slo.objective.amount", known.objective)


def headline(facts: Findings, known: Snapshot) -> list[Fact]:
    """The numbers of a headline: what was spent, or a unit cost, of what is allowed."""
    if known.per == "month":
        return [*spend(facts, known), objective(facts, known), *over_or_left(facts, known)]
    costs = [*unit_cost(facts, known), *recent_unit_cost(facts, known), *units(facts, known)]
    return [*costs, objective(facts, known)]


def over_or_left(facts: Findings, known: Snapshot) -> list[Fact]:
    """How far the spend is from a monthly objective."""
    both = [*spend(facts, known), objective(facts, known)]
    if known.spent is None or known.per != "month":
        return []
    beyond = known.spent - known.objective
    return [_formula(facts, known, "beyond_objective", "{0} - {1}", beyond, both)]


def above_plan(facts: Findings, known: Snapshot) -> list[Fact]:
    """Usage above plan; nothing where the plan was kept, or there is none."""
    if known.above_plan is None or known.planned is None or known.data_through is None:
        return []
    planned = recorded(facts, known, "planned", "planned_to_date", known.planned)
    query = _ledger(known, "usage", complete_days(known))
    above = recorded(facts, known, "above_plan", "slo.budget.used", known.above_plan)
    if query is None:
        return [above]
    used = Fact(
        f"{role(facts, known)}_usage", plain(known.planned + known.above_plan), Unit.MONEY, query
    )
    return [_formula(facts, known, "above_plan", "{0} - {1}", known.above_plan, [used, planned])]


def over_pace(facts: Findings, known: Snapshot) -> list[Fact]:
    """The excess over an even pace, or over what the units allow."""
    over, days = excess(known), elapsed_days(known)
    if over is None:
        return []
    if known.per != "month":
        parts = [*unit_cost(facts, known), objective(facts, known), *units(facts, known)]
        return [_formula(facts, known, "excess", "({0} - {1}) * {2}", over, parts)]
    parts = [*spend(facts, known), objective(facts, known)]
    month = known.window.days if known.window else 0
    return [_formula(facts, known, "excess", f"{{0}} - {{1}} * {days} / {month}", over, parts)]


def daily_mean(facts: Findings, known: Snapshot) -> list[Fact]:
    """Spend a day."""
    mean = mean_rate(known)
    if mean is None:
        return []
    text = f"{{0}} / {elapsed_days(known)}"
    return [_formula(facts, known, "daily_mean", text, mean, spend(facts, known))]


def budget(facts: Findings, known: Snapshot) -> list[Fact]:
    """How much of the error budget there was, was used, and the share; all of them recorded."""
    if known.budget_used is None or not known.budget_size:
        return []
    used = recorded(facts, known, "budget_used", "slo.budget.used", known.budget_used)
    size = recorded(facts, known, "budget_size", "slo.budget.size", known.budget_size)
    share = known.budget_used / known.budget_size
    ratio = _formula(facts, known, "budget_share", "{0} / {1}", share, [used, size], Unit.RATIO)
    return [used, size, ratio]


def burn_rates(facts: Findings, known: Snapshot) -> list[Fact]:
    """Each burn rate."""
    return [
        recorded(facts, known, f"burn_{window}", f"slo.burn.{place}.rate", rate, Unit.TIMES)
        for place, (window, rate) in enumerate(known.burn)
    ]


def units(facts: Findings, known: Snapshot) -> list[Fact]:
    """The units of the window."""
    if known.unit is None or known.unit.units is None:
        return []
    path, count = "slo.unit_cost.units", known.unit.units
    fact = recorded(facts, known, "units", path, count, Unit.COUNT)
    return [_asked(_ledger(known, "units", complete_days(known)), fact)]


def unit_cost(facts: Findings, known: Snapshot) -> list[Fact]:
    """The cost of a unit over the window."""
    if known.unit is None or known.unit.ratio is None:
        return []
    fact = recorded(facts, known, "unit_cost", "slo.unit_cost.to_date", known.unit.ratio)
    return [_asked(_ledger(known, "unit_cost", complete_days(known)), fact)]


def recent_unit_cost(facts: Findings, known: Snapshot) -> list[Fact]:
    """The cost of a unit over the last seven complete days."""
    if known.unit is None or known.unit.trailing is None:
        return []
    path = "slo.unit_cost.trailing_7d"
    fact = recorded(facts, known, "recent_unit_cost", path, known.unit.trailing)
    through = known.data_through
    days = Period(through.date() - TRAILING, through.date()) if through else None
    return [_asked(_ledger(known, "unit_cost", days), fact)]


def moved(facts: Findings, known: Snapshot, mover: Mover) -> list[Fact]:
    """What a driver cost before and after, and its change: as recorded, the ledger has no services."""
    place = known.movers.movers.index(mover) if known.movers else 0
    parts = (("before", mover.before), ("after", mover.after), ("change", mover.change))
    return [
        recorded(
            facts,
            known,
            f"driver_{place}_{name}",
            f"drivers.movers.{place}.{name}",
            value,
            Unit.CHANGE if name == "change" else Unit.MONEY,
        )
        for name, value in parts
    ]


def total_change(facts: Findings, known: Snapshot) -> list[Fact]:
    """What all drivers and the rest come to."""
    if known.movers is None:
        return []
    return [
        recorded(facts, known, "change", "drivers.change", known.movers.change, Unit.CHANGE),
    ]


def totals(facts: Findings, known: Snapshot) -> list[Fact]:
    """What everything cost before and after."""
    if known.movers is None:
        return []
    before, after = known.movers.total_before, known.movers.total_after
    return [
        recorded(facts, known, "before", "drivers.total_before", before),
        recorded(facts, known, "after", "drivers.total_after", after),
        *total_change(facts, known),
    ]


def rest(facts: Findings, known: Snapshot) -> list[Fact]:
    """What is left of the change after the listed drivers."""
    if known.movers is None:
        return []
    listed = [moved(facts, known, mover)[-1] for mover in known.movers.movers]
    text = " - ".join(f"{{{place}}}" for place in range(len(listed) + 1))
    needs = [*total_change(facts, known), *listed]
    return [_formula(facts, known, "rest", text, known.movers.rest, needs, Unit.CHANGE)]


def between(first: IncidentEvent, last: IncidentEvent) -> Fact:
    """The time from one event to another."""
    parts = [
        Fact(
            f"{event.kind}_at",
            str(int(event.at.timestamp())),
            Unit.TEXT,
            RecordQuery(event.key, AT),
        )
        for event in (first, last)
    ]
    start, end = parts
    seconds = int(last.at.timestamp()) - int(first.at.timestamp())
    query = Formula(f"{end.id} - {start.id}")
    return Fact(f"{first.kind}_to_{last.kind}", str(seconds), Unit.SECONDS, query, (start, end))


def spent_days(known: Snapshot) -> Period | None:
    """The days of the window that the charges cover, complete or not."""
    days = elapsed_days(known)
    return (
        Period(known.window.start, known.window.start + days * DAY)
        if known.window and days
        else None
    )


def complete_days(known: Snapshot) -> Period | None:
    """The complete days of the window."""
    if known.window is None or known.data_through is None:
        return None
    end = min(known.data_through.date(), known.window.end)
    return Period(known.window.start, end) if end > known.window.start else None


def _ledger(
    known: Snapshot, field: str, days: Period | None, at: datetime | None = None
) -> LedgerQuery | None:
    series = next((item.series for item in known.evidence if item.series), "")
    if not series or days is None:
        return None
    return LedgerQuery(series, days.start, days.end - DAY, field, at or known.as_of)


def _asked(query: Query | None, fact: Fact) -> Fact:
    return fact if query is None else Fact(fact.id, fact.value, fact.unit, query)


def _formula(
    facts: Findings,
    known: Snapshot,
    name: str,
    text: str,
    value: Decimal,
    needs: list[Fact],
    unit: Unit = Unit.MONEY,
) -> Fact:
    query = Formula(text.format(*(need.id for need in needs)))
    written = plain(value.quantize(Decimal("1E-10")))
    return Fact(f"{role(facts, known)}_{name}", written, unit, query, tuple(needs))
