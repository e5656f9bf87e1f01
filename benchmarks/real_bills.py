# SPDX-License-Identifier: Apache-2.0
"""Which bills of other people are there, and which SLOs suit them?

The files are read in place, beside the checkout (`../shared/data`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.spend.cube import TAG, CubeQuestion

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BILLS = (
    "cur_legacy_nise_generated",
    "focus_1_0_sample/focus_sample.csv",
    "focus_1_0_sample/focus_sample_all_varchar.parquet",
    "ce_daily_by_service_real",
    "ce_daily_by_tag_with_oracle/*.json",
    "ce_monthly_by_service_real",
    "focus_spec_examples/**/*.csv",
)
END = datetime(2100, 1, 1, tzinfo=UTC)
LEAST = Decimal("0.000001")
# An objective is the least month, times this: so that something burns.
TIGHT = Decimal("1.02")

Daily = Mapping[date, Decimal]
Key = TypeVar("Key")


@dataclass(frozen=True)
class Known:
    """What is known of a bill before it is judged: its days, services and largest tags."""

    currency: str
    services: Mapping[str, Daily]
    tags: Sequence[tuple[str, str]]

    @property
    def days(self) -> list[date]:
        """Those with a charge."""
        return sorted({day for daily in self.services.values() for day in daily})


def places() -> Iterator[Path]:
    """Files and folders with a bill; none without the data."""
    for pattern in BILLS:
        yield from sorted(DATA.glob(pattern))


def look(source: BillSource) -> Known:
    """What is in a bill, in the currency of most of it."""
    totals = source.fetch_costs((), "USD", END).charges.cost_total
    currency = max(totals, key=lambda code: abs(totals[code]))
    slos = _spec(currency, [("whole", {}, Decimal(1))]).slos
    services: defaultdict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in source.fetch_costs(slos, currency, END).spend["whole"]:
        services[row.service][row.day] = row.total
    known = Known(currency, services, ())
    return Known(currency, services, _largest_tags(source, known.days))


def slos_of(known: Known) -> Spec:
    """SLOs on the whole bill, on each service and on the two largest tags, some of which burn."""
    whole = _summed(pair for daily in known.services.values() for pair in daily.items())
    services = enumerate(sorted(filter(None, known.services)))
    return _spec(
        known.currency,
        [
            ("whole", {}, _objective(whole)),
            *(
                (f"service-{at}", {"services": [name]}, _objective(known.services[name]))
                for at, name in services
            ),
            *(
                (f"tag-{at}", {"tags": {key: [value]}}, _objective(whole) / 20)
                for at, (key, value) in enumerate(known.tags)
            ),
        ],
    )


def _largest_tags(source: BillSource, days: Sequence[date]) -> list[tuple[str, str]]:
    """Two of them at most, by what they cost in the second half of the days."""
    if not days[1:]:
        return []
    middle = days[len(days) // 2]
    window, baseline = Period(middle, days[-1] + DAY), Period(days[0], middle)
    try:
        cube = source.fetch_cube(CubeQuestion(window, baseline))
    except CostSloError:
        return []
    spent = _summed(
        ((dimension.removeprefix(TAG), cell.values[at]), abs(cell.after))
        for at, dimension in enumerate(cube.dimensions)
        for cell in cube.cells
        if dimension.startswith(TAG) and cell.values[at]
    )
    return sorted(spent, key=lambda tag: -spent[tag])[:2]


def _objective(daily: Daily) -> Decimal:
    """A little more than its least month."""
    months = _summed((day.replace(day=1), amount) for day, amount in daily.items())
    least = min((spent for spent in months.values() if spent > 0), default=LEAST)
    return max(round(least * TIGHT, 6), LEAST)


def _summed(pairs: Iterable[tuple[Key, Decimal]]) -> dict[Key, Decimal]:
    sums: defaultdict[Key, Decimal] = defaultdict(Decimal)
    for key, amount in pairs:
        sums[key] += amount
    return dict(sums)


def _spec(currency: str, scopes: Iterable[tuple[str, Mapping[str, Any], Decimal]]) -> Spec:
    slos = [
        {
            "name": name,
            "product": "bill",
            "owner": "finops",
            "scope": scope,
            "objective": {"monthly": amount},
        }
        for name, scope, amount in scopes
    ]
    return Spec.model_validate({"apiVersion": "cost-slo/v1", "currency": currency, "slos": slos})
