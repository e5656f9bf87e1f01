# SPDX-License-Identifier: Apache-2.0
"""Which facts stand behind the numbers of a snapshot?

Each function gives those of one kind of sentence, and nothing where they are not known.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from cost_slo.domain.burn.unit_cost import TRAILING
from cost_slo.domain.drivers.effects.unit_effects import UnitEffects
from cost_slo.domain.evidence.overspend import elapsed_days, excess, mean_rate, recent_excess
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.money import plain
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.postmortem.facts.about_snapshot import sheet
from cost_slo.domain.postmortem.facts.fact import (
    AT,
    Fact,
    FactUnit,
    Formula,
    RecordQuery,
    Records,
    recompute,
)
from cost_slo.domain.postmortem.facts.findings import Findings


def reason(facts: Findings, known: Snapshot) -> Fact:
    """Why it called, in the words of the decision."""
    return sheet(facts, known).recorded("reason", "slo.reason", known.reason, FactUnit.TEXT)


def spend_claim(facts: Findings, known: Snapshot) -> list[Fact]:
    """What was spent, or what a unit cost, of what is allowed."""
    if known.per == "month":
        return [*spend(facts, known), _objective(facts, known), *over_or_left(facts, known)]
    return [*unit_costs(facts, known), *units_of_window(facts, known), _objective(facts, known)]


def spend(facts: Findings, known: Snapshot) -> list[Fact]:
    """What was spent in the window."""
    if known.spent is None:
        return []
    of = sheet(facts, known)
    fact = of.recorded("spend", "slo.spend.to_date", known.spent)
    return [of.summed(fact, "total", spent_days(known))]


def spend_at_drafting(facts: Findings, known: Snapshot) -> Fact | None:
    """What the same days come to as known at the drafting; None where the ledger is not known."""
    of = sheet(facts, known)
    query = of.query("total", spent_days(known), facts.drafted_at)
    if query is None:
        return None
    fact = Fact(f"{of.part}_spend_at_drafting", "", FactUnit.MONEY, query)
    value = recompute([fact], Records({query.series: facts.ledger}, {}))[fact.id]
    return None if value is None else replace(fact, value=plain(Decimal(value)))


def over_or_left(facts: Findings, known: Snapshot) -> list[Fact]:
    """How far the spend is from a monthly objective."""
    if known.spent is None or known.per != "month":
        return []
    both = [*spend(facts, known), _objective(facts, known)]
    beyond = known.spent - known.objective
    return [sheet(facts, known).computed("beyond_objective", "{0} - {1}", beyond, both)]


def above_plan(facts: Findings, known: Snapshot) -> list[Fact]:
    """Usage above plan."""
    if known.above_plan is None or known.planned is None:
        return []
    of = sheet(facts, known)
    query = of.query("usage", complete_days(known))
    if query is None:
        return [of.recorded("above_plan", "slo.budget.used", known.above_plan)]
    usage = plain(known.planned + known.above_plan)
    used = Fact(f"{of.part}_usage", usage, FactUnit.MONEY, query)
    planned = of.recorded("planned", "planned_to_date", known.planned)
    return [of.computed("above_plan", "{0} - {1}", known.above_plan, [used, planned])]


def over_pace(facts: Findings, known: Snapshot) -> list[Fact]:
    """The excess over an even pace, or over what the units allow."""
    over, of = excess(known), sheet(facts, known)
    if over is None or known.window is None:
        return []
    if known.per != "month":
        needs = [
            unit_costs(facts, known)[0],
            _objective(facts, known),
            *units_of_window(facts, known),
        ]
        return [of.computed("excess", "({0} - {1}) * {2}", over, needs)]
    text = f"{{0}} - {{1}} * {elapsed_days(known)} / {known.window.days}"
    needs = [*spend(facts, known), _objective(facts, known)]
    return [of.computed("excess", text, over, needs)]


def over_recently(facts: Findings, known: Snapshot) -> list[Fact]:
    """What the units of the last seven days cost above the objective, and how many they were."""
    over, of = recent_excess(known), sheet(facts, known)
    if over is None or known.unit is None or known.unit.recent is None:
        return []
    recent = of.recorded("recent_units", "recent_units", known.unit.recent, FactUnit.COUNT)
    recent = of.summed(recent, "units", last_week(known))
    needs = [unit_costs(facts, known)[-1], _objective(facts, known), recent]
    return [of.computed("recent_excess", "({0} - {1}) * {2}", over, needs), recent]


def daily_mean(facts: Findings, known: Snapshot) -> list[Fact]:
    """Spend a day."""
    mean = mean_rate(known)
    if mean is None:
        return []
    text = f"{{0}} / {elapsed_days(known)}"
    return [sheet(facts, known).computed("daily_mean", text, mean, spend(facts, known))]


def budget(facts: Findings, known: Snapshot) -> list[Fact]:
    """How much of the error budget there was and was used, and its share."""
    if known.budget_used is None or not known.budget_size:
        return []
    of, share = sheet(facts, known), known.budget_used / known.budget_size
    used = of.recorded("budget_used", "slo.budget.used", known.budget_used)
    size = of.recorded("budget_size", "slo.budget.size", known.budget_size)
    ratio = of.computed("budget_share", "{0} / {1}", share, [used, size], FactUnit.RATIO)
    return [used, size, ratio]


def burn_rates(facts: Findings, known: Snapshot) -> list[Fact]:
    """Each burn rate."""
    of = sheet(facts, known)
    return [
        of.recorded(f"burn_{window}", f"slo.burn.{place}.rate", rate, FactUnit.TIMES)
        for place, (window, rate) in enumerate(known.burn)
    ]


def units_of_window(facts: Findings, known: Snapshot) -> list[Fact]:
    """The units of the window."""
    if known.unit is None or known.unit.units is None:
        return []
    of = sheet(facts, known)
    fact = of.recorded("units", "slo.unit_cost.units", known.unit.units, FactUnit.COUNT)
    return [of.summed(fact, "units", complete_days(known))]


def unit_costs(facts: Findings, known: Snapshot) -> list[Fact]:
    """What a unit cost over the window, and over the last seven complete days."""
    if known.unit is None:
        return []
    of = sheet(facts, known)
    parts = (
        ("unit_cost", "to_date", known.unit.ratio, complete_days(known)),
        ("recent_unit_cost", "trailing_7d", known.unit.trailing, last_week(known)),
    )
    return [
        of.summed(
            of.recorded(name, f"slo.unit_cost.{path}", ratio, FactUnit.PRICE), "unit_cost", days
        )
        for name, path, ratio, days in parts
        if ratio is not None
    ]


def unit_split_facts(facts: Findings, known: Snapshot, effects: UnitEffects) -> list[Fact]:
    """What a unit cost before and after, and its change as a part of what it cost before."""
    of = sheet(facts, known)
    both = [
        of.recorded(f"unit_cost_{name}", f"unit_split.{name}", amount, FactUnit.PRICE)
        for name, amount in (("before", effects.before), ("after", effects.after))
    ]
    if effects.before <= 0:
        return both
    part = effects.after / effects.before - 1
    text = "{1} / {0} - 1"
    return [*both, of.computed("unit_cost_change", text, part, both, FactUnit.RATIO)]


def between(first: IncidentEvent, last: IncidentEvent) -> Fact:
    """The time from one event to another."""
    start, end = (_instant(event) for event in (first, last))
    query = Formula(f"{end.id} - {start.id}")
    seconds = str(int(end.value) - int(start.value))
    return Fact(f"{first.kind}_to_{last.kind}", seconds, FactUnit.SECONDS, query, (start, end))


def spent_days(known: Snapshot) -> Period | None:
    """The days of the window that the charges cover, complete or not."""
    days = elapsed_days(known)
    if known.window is None or not days:
        return None
    return Period(known.window.start, known.window.start + days * DAY)


def complete_days(known: Snapshot) -> Period | None:
    """The complete days of the window."""
    if known.window is None or known.data_through is None:
        return None
    end = min(known.data_through.date(), known.window.end)
    return Period(known.window.start, end) if end > known.window.start else None


def last_week(known: Snapshot) -> Period | None:
    """The last seven complete days."""
    if known.data_through is None:
        return None
    end = known.data_through.date()
    return Period(end - TRAILING, end)


def _objective(facts: Findings, known: Snapshot) -> Fact:
    unit = FactUnit.MONEY if known.per == "month" else FactUnit.PRICE
    return sheet(facts, known).recorded("objective", "slo.objective.amount", known.objective, unit)


def _instant(event: IncidentEvent) -> Fact:
    seconds = str(int(event.at.timestamp()))
    return Fact(f"{event.kind}_at", seconds, FactUnit.TEXT, RecordQuery(event.key, AT))
