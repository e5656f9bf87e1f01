# SPDX-License-Identifier: Apache-2.0
"""What a source read: readings with only what a test wants to vary, in September 2026."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from cost_slo.domain.period import DAY
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.spend.reading import (
    ChargeCount,
    CostReading,
    DailySpend,
    ScopeCount,
    UnitReading,
)

Days = Mapping[date, Decimal]


def morning(day: int, month: int = 9) -> datetime:
    """Six o'clock of a day, when evaluations run."""
    return datetime(2026, month, day, 6, tzinfo=UTC)


def each_day(first: date, last: date, usd: int) -> dict[date, Decimal]:
    """The same amount on every day from the first to the last, both included."""
    return {first + number * DAY: Decimal(usd) for number in range((last - first).days + 1)}


def september(last: int, usd: int = 5, **others: int) -> dict[date, Decimal]:
    """`september(9, d9=400)`: 5 a day to the 9th, and 400 on the 9th itself."""
    days = each_day(date(2026, 9, 1), date(2026, 9, last), usd)
    return days | {date(2026, 9, int(day[1:])): Decimal(usd) for day, usd in others.items()}


def reading(
    spend: Mapping[str, Days], through: date | None = None, description: str = "a bill"
) -> CostReading:
    """Spend of each SLO by day; the bill ends after its last charge unless `through` says when."""
    last = max((day for days in spend.values() for day in days), default=None)
    rows = sum(len(days) for days in spend.values())
    total = sum((usd for days in spend.values() for usd in days.values()), Decimal(0))
    return CostReading(
        charges=ChargeCount(rows, {"USD": total}, rows),
        spend={
            name: tuple(
                DailySpend(usd, day=day, service="Amazon EC2", rows=1) for day, usd in days.items()
            )
            for name, days in spend.items()
        },
        scopes={
            name: ScopeCount(len(days), rows - len(days), 0, 0) for name, days in spend.items()
        },
        charged_through=through or (last + DAY if last else None),
        description=description,
    )


def units(days: Days) -> UnitReading:
    """Units by day."""
    return UnitReading(days, "a list of units")


def monthly(name: str = "web", objective: int = 300, **more: object) -> dict[str, Any]:
    """One SLO of a spec: a monthly objective without a plan."""
    slo = {
        "name": name,
        "product": name,
        "owner": "platform",
        "objective": {"monthly": objective},
        "plan": "none",
    }
    return slo | more


def per_request(name: str = "api", objective: Decimal = Decimal("0.01")) -> dict[str, Any]:
    """One SLO of a spec: the cost of a request."""
    return monthly(name) | {
        "objective": {"per_unit": objective, "unit": "request", "minimum_units": 100},
        "units": {"csv": "units.csv"},
    }


def spec(*slos: Mapping[str, Any]) -> Spec:
    """A whole document in USD."""
    return Spec.model_validate({"apiVersion": "cost-slo/v1", "slos": list(slos or (monthly(),))})
