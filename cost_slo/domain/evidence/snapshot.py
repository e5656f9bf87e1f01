# SPDX-License-Identifier: Apache-2.0
"""What was known when a decision was taken?

The typed reading of `IncidentEvent.snapshot`, which is stored as JSON values with amounts as
decimal strings. What was not known is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.account_changes.before_the_rise import ChangedBefore, changes_from_json
from cost_slo.domain.drivers.movers import Mover, Movers, movers_from_json, notable_movers
from cost_slo.domain.drivers.unit_split import UnitSplit, unit_split_from_json
from cost_slo.domain.period import Period, midnight
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
class Evidence:
    """A query a reader can run again, and what it returned; `series` where the ledger has it."""

    id: str
    what: str
    query: str
    rows: int | None
    revision: str
    series: str = ""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the charges were read, and which rows were left out."""

    description: str
    rows: int | None
    in_scope: int | None
    excluded: Mapping[str, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One decision's figures; amounts in `currency`, `per` is `month` or the unit's name.

    `recent` are the movers of the last few complete days, where they can be compared. `planned`
    is the plan of the complete days, None unless more than that was used.
    """

    slo: str
    product: str
    owner: str
    verdict: str
    currency: str
    objective: Decimal
    per: str
    reason: str
    asks: str
    as_of: datetime
    data_through: datetime | None
    covered_through: date | None
    window: Period | None
    spent: Decimal | None
    budget_size: Decimal | None
    budget_used: Decimal | None
    planned: Decimal | None
    burn: tuple[tuple[str, float], ...]
    month_end: Decimal | None
    low: Decimal | None
    high: Decimal | None
    exhausts_on: date | None
    unit: UnitFacts | None
    movers: Movers | None
    recent: Movers | None
    origin: _Origin
    evidence: tuple[Evidence, ...]
    event: str = ""
    """The key of the event that recorded it."""

    @property
    def above_plan(self) -> Decimal | None:
        """Usage above the plan of the complete days; None where no more than that was used."""
        return None if self.planned is None else self.budget_used

    segments: Movers | None = None
    """What changed by segment; None in a snapshot that knows services only."""
    unit_split: UnitSplit | None = None
    """Why a unit costs more or less; None where that is not known, or not asked."""
    changed: ChangedBefore | None = None
    """What was done to the account before; None where nobody was asked."""
    missing: tuple[str, ...] = ()
    """What could not be made of all this, and why: sentences without a stop."""

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
    slo, drivers, recent = written["slo"], written.get("drivers"), written.get("recent")
    segments = written.get("segments")
    spend, budget, forecast = (slo.get(key) or {} for key in ("spend", "budget", "forecast"))
    return Snapshot(
        slo=slo["name"],
        product=slo["product"],
        owner=slo["owner"],
        verdict=slo["verdict"],
        currency=slo["objective"]["currency"],
        objective=Decimal(slo["objective"]["amount"]),
        per=slo["objective"]["per"],
        reason=slo.get("reason") or "",
        asks=slo.get("asks") or "",
        as_of=datetime.fromisoformat(written["as_of"]),
        data_through=_instant(written.get("data_through")),
        covered_through=_day(spend.get("estimated_through") or written.get("data_through")),
        window=_window(slo.get("window")),
        spent=_amount(spend.get("to_date")),
        budget_size=_amount(budget.get("size")),
        budget_used=_amount(budget.get("used")),
        planned=_amount(written.get("planned_to_date")),
        burn=tuple((burn["window"], burn["rate"]) for burn in slo.get("burn") or ()),
        month_end=_amount(forecast.get("month_end")),
        low=_amount(forecast.get("low")),
        high=_amount(forecast.get("high")),
        exhausts_on=_day(slo.get("exhausts_on")),
        unit=_unit(slo.get("unit_cost"), written.get("recent_units")),
        movers=notable_movers(movers_from_json(drivers)) if drivers else None,
        recent=notable_movers(movers_from_json(recent)) if recent else None,
        origin=_origin(written.get("source") or {}),
        evidence=tuple(_evidence(item) for item in written.get("evidence") or ()),
        segments=notable_movers(movers_from_json(segments)) if segments else None,
        unit_split=unit_split_from_json(split) if (split := written.get("unit_split")) else None,
        changed=changes_from_json(written["changes"]) if written.get("changes") else None,
        missing=tuple(written.get("missing") or ()),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else midnight(at.date())


def _day(text: str | None) -> date | None:
    return None if text is None else datetime.fromisoformat(text).date()


def _window(written: Mapping[str, str] | None) -> Period | None:
    if not written:
        return None
    start, end = (datetime.fromisoformat(written[edge]).date() for edge in ("start", "end"))
    return Period(start, end)


def _unit(written: Mapping[str, Any] | None, recent: str | None) -> UnitFacts | None:
    if written is None:
        return None
    return UnitFacts(
        state=written["state"],
        ratio=_amount(written.get("to_date")),
        units=_amount(written.get("units")),
        trailing=_amount(written.get("trailing_7d")),
        recent=_amount(recent),
    )


def _origin(written: Mapping[str, Any]) -> _Origin:
    return _Origin(
        description=written.get("description") or "",
        rows=written.get("rows"),
        in_scope=written.get("in_scope"),
        excluded=dict(written.get("excluded") or {}),
        notes=tuple(written.get("notes") or ()),
    )


def _evidence(written: Mapping[str, Any]) -> Evidence:
    return Evidence(
        id=written["id"],
        what=written["what"],
        query=written.get("query") or "",
        rows=written.get("rows"),
        revision=written.get("revision") or "",
        series=written.get("series") or "",
    )
