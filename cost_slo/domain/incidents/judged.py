# SPDX-License-Identifier: Apache-2.0
"""What did an evaluation say of an SLO, and what does an event keep?

`JudgedSlo` is an entry of `slos` in `cost-slo/evaluation/v1`, and in the snapshot of a decision.
What was not known is None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.stored import INLINE


@dataclass(frozen=True, slots=True)
class CalibratedGates:
    strictness: float
    reason: str


@dataclass(frozen=True, slots=True)
class JudgedObjective:
    """`per` is `month` or the unit's name."""

    amount: Decimal
    currency: str
    per: str


@dataclass(frozen=True, slots=True)
class JudgedWindow:
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class SpendFigures:
    to_date: Decimal | None
    estimated_through: datetime | None


@dataclass(frozen=True, slots=True)
class BudgetFigures:
    size: Decimal | None
    used: Decimal | None
    remaining: Decimal | None
    remaining_ratio: float | None
    state: str | None


@dataclass(frozen=True, slots=True)
class PlanFigures:
    month: Decimal | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class BurnFigure:
    window: str
    rate: float


@dataclass(frozen=True, slots=True)
class ForecastFigures:
    month_end: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class UnitCostFigures:
    state: str
    to_date: Decimal | None
    units: Decimal | None
    trailing_7d: Decimal | None
    trailing_state: str | None


@dataclass(frozen=True, slots=True)
class MeasuredFigures:
    """What was measured of an SLO's window."""

    spend: SpendFigures
    budget: BudgetFigures
    plan: PlanFigures
    pace: float | None
    burn: tuple[BurnFigure, ...]
    forecast: ForecastFigures
    exhausts_on: date | None
    unit_cost: UnitCostFigures | None
    near_miss: str | None


@dataclass(frozen=True, slots=True)
class JudgedSlo:
    """One SLO's evaluation."""

    name: str
    product: str
    owner: str
    metric: str | None
    charge_categories: tuple[str, ...]
    verdict: str
    severity: str | None
    reason: str | None
    asks: str | None
    calibration: CalibratedGates | None
    objective: JudgedObjective
    window: JudgedWindow | None
    data_through: datetime | None
    data_complete: bool | None
    figures: MeasuredFigures = field(metadata=INLINE)
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A query a reader can run again, and what it returned; `series` if the ledger has it."""

    id: str
    what: str
    query: str
    series: str = field(default="", kw_only=True)
    rows: int | None
    revision: str


@dataclass(frozen=True, slots=True)
class Decided:
    """The part of a decision's snapshot that the fold and the plan read; None without one."""

    slo: JudgedSlo | None = None
    data_through: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnomalyMark:
    id: str
    last: date


@dataclass(frozen=True, slots=True)
class EventRecord:
    """What an event keeps beside its text: of an anomaly (`by`), or of a person."""

    by: str = ""
    planned: bool = False
    level_from: date | None = None
    anomaly: AnomalyMark | None = None
