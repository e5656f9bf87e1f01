# SPDX-License-Identifier: Apache-2.0
"""What was known when a decision was taken?

A decision's event keeps it as JSON values (`domain/stored.py`). What was not known is None, never
zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.account_changes.before_the_rise import ChangedBefore
from cost_slo.domain.drivers.movers import Mover, Movers, notable_movers
from cost_slo.domain.drivers.unit_split import (
    UnitSplit,
    unit_split_from_json,
    unit_split_to_json,
)
from cost_slo.domain.incidents.judged import Evidence, JudgedSlo
from cost_slo.domain.period import Period
from cost_slo.domain.stored import from_json
from cost_slo.domain.wording import money, unit_price


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """Cost for each unit over the window; `ratio` is None unless the state is `ok`.

    `trailing` is the same over the last seven complete days, `recent` their units.
    """

    state: str
    ratio: Decimal | None
    units: Decimal | None
    trailing: Decimal | None
    recent: Decimal | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the charges were read, and which rows were left out."""

    description: str = field(default="", kw_only=True)
    rows: int | None
    in_scope: int | None
    excluded: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One decision's figures; amounts in `currency`, `per` is `month` or the unit's name.

    `planned` is the plan of the complete days, None unless more than that was used. `by_service`,
    `lately` and `by_segment` are what changed, `lately` in the last few complete days. `missing`
    is what could not be made, and why: sentences without a stop.
    """

    judged: JudgedSlo = field(metadata={"key": "slo"})
    as_of: datetime
    data_through: datetime | None
    planned: Decimal | None = field(metadata={"key": "planned_to_date"})
    recent_units: Decimal | None
    by_service: Movers | None = field(metadata={"key": "drivers"})
    lately: Movers | None = field(metadata={"key": "recent"})
    by_segment: Movers | None = field(metadata={"key": "segments"})
    origin: Origin = field(metadata={"key": "source"})
    evidence: tuple[Evidence, ...]
    unit_split: UnitSplit | None = field(
        default=None, metadata={"codec": (unit_split_to_json, unit_split_from_json)}
    )
    """Why a unit costs more or less; None if that is not known, or not asked."""
    missing: tuple[str, ...] = ()
    changed: ChangedBefore | None = field(default=None, metadata={"key": "changes"})
    """What was done to the account before; None if nobody was asked."""
    event: str = ""
    """The key of the event that recorded it."""

    @property
    def slo(self) -> str:
        return self.judged.name

    @property
    def product(self) -> str:
        return self.judged.product

    @property
    def owner(self) -> str:
        return self.judged.owner

    @property
    def verdict(self) -> str:
        return self.judged.verdict

    @property
    def reason(self) -> str:
        return self.judged.reason or ""

    @property
    def asks(self) -> str:
        return self.judged.asks or ""

    @property
    def currency(self) -> str:
        return self.judged.objective.currency

    @property
    def objective(self) -> Decimal:
        return self.judged.objective.amount

    @property
    def per(self) -> str:
        return self.judged.objective.per

    @property
    def window(self) -> Period | None:
        window = self.judged.window
        return Period(window.start.date(), window.end.date()) if window else None

    @property
    def covered_through(self) -> date | None:
        """The exclusive end of the days with charges, complete or not."""
        through = self.judged.figures.spend.estimated_through or self.data_through
        return through.date() if through else None

    @property
    def spent(self) -> Decimal | None:
        return self.judged.figures.spend.to_date

    @property
    def budget_size(self) -> Decimal | None:
        return self.judged.figures.budget.size

    @property
    def budget_used(self) -> Decimal | None:
        return self.judged.figures.budget.used

    @property
    def burn(self) -> tuple[tuple[str, float], ...]:
        """Each window and its rate."""
        return tuple((burn.window, burn.rate) for burn in self.judged.figures.burn)

    @property
    def month_end(self) -> Decimal | None:
        return self.judged.figures.forecast.month_end

    @property
    def low(self) -> Decimal | None:
        return self.judged.figures.forecast.low

    @property
    def high(self) -> Decimal | None:
        return self.judged.figures.forecast.high

    @property
    def exhausts_on(self) -> date | None:
        return self.judged.figures.exhausts_on

    @property
    def unit(self) -> UnitFacts | None:
        unit = self.judged.figures.unit_cost
        if unit is None:
            return None
        return UnitFacts(unit.state, unit.to_date, unit.units, unit.trailing_7d, self.recent_units)

    @property
    def movers(self) -> Movers | None:
        """What changed notably by service."""
        return _notable(self.by_service)

    @property
    def recent(self) -> Movers | None:
        """What changed notably in the last few complete days."""
        return _notable(self.lately)

    @property
    def segments(self) -> Movers | None:
        """What changed notably by segment."""
        return _notable(self.by_segment)

    @property
    def above_plan(self) -> Decimal | None:
        """Usage above the plan of the complete days; None if no more than that was used."""
        return None if self.planned is None else self.budget_used

    @property
    def age_hours(self) -> float | None:
        """How old the last complete day of charges was; None without one."""
        if self.data_through is None:
            return None
        return (self.as_of - self.data_through).total_seconds() / 3600

    @property
    def rises(self) -> list[Mover]:
        """What rose, by segment or else by service, the largest rise first."""
        return [mover for mover in self.parts.movers if mover.change > 0] if self.parts else []

    @property
    def parts(self) -> Movers | None:
        """What changed, as finely as it is known: by segment, else by service."""
        return self.segments or self.movers

    @property
    def is_over(self) -> bool:
        """Whether the spend of the window is already above a monthly objective."""
        return self.per == "month" and self.spent is not None and self.spent > self.objective

    def money(self, amount: Decimal) -> str:
        """An amount in this snapshot's currency, as text."""
        return money(amount, self.currency)

    def price(self, amount: Decimal) -> str:
        """What a month or a unit costs, or may cost, as text."""
        written = money if self.per == "month" else unit_price
        return written(amount, self.currency)


def read_snapshot(written: Mapping[str, Any]) -> Snapshot:
    """The snapshot of a decision event."""
    return from_json(Snapshot, written)


def _notable(movers: Movers | None) -> Movers | None:
    return notable_movers(movers) if movers else None
