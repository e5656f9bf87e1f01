# SPDX-License-Identifier: Apache-2.0
"""What do the charges of a generated bill add up to, for each question?

This is plain Python over the charges, with nothing of the product in it: a reading of the bill is
compared with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext

from benchmarks.bills.charges import (
    ACCOUNTS,
    EVERY_CATEGORY,
    PROVIDERS,
    REGIONS,
    SERVICES,
    ZERO,
    Charge,
)

USUAL_CATEGORIES = EVERY_CATEGORY[:3]


@dataclass(frozen=True, slots=True)
class Question:
    """One SLO: which charges it counts."""

    name: str
    metric: str = "BilledCost"
    key: str = ""
    value: str = ""
    categories: tuple[str, ...] = EVERY_CATEGORY

    def counts(self, charge: Charge) -> bool:
        found = {
            "": "",
            "services": charge.service,
            "accounts": charge.account,
            "regions": charge.region,
            "providers": charge.provider,
            "tags": charge.tags.get("product", ""),
        }
        return found[self.key] == self.value and charge.category in self.categories

    def document(self) -> dict[str, object]:
        """Itself as an SLO of a spec."""
        value = {"product": [self.value]} if self.key == "tags" else [self.value]
        scope = {self.key: value} if self.key else {}
        return {
            "name": self.name,
            "product": "fuzzed",
            "owner": "platform",
            "plan": "none",
            "objective": {"monthly": 100},
            "metric": self.metric,
            "scope": {"charge_categories": list(self.categories), **scope},
        }


QUESTIONS = (
    Question("whole"),
    Question("usual-categories", categories=USUAL_CATEGORIES),
    Question("effective", metric="EffectiveCost"),
    Question("tag", key="tags", value="search"),
    Question("tag-effective", metric="EffectiveCost", key="tags", value="search"),
    Question("service", key="services", value=SERVICES[0]),
    Question("account", key="accounts", value=ACCOUNTS[0]),
    Question("provider", key="providers", value=PROVIDERS[0]),
    Question("region", key="regions", value=REGIONS[0]),
)

Split = tuple[Decimal, Decimal, Decimal]  # usage, lumps and credits


@dataclass(frozen=True, slots=True)
class Sums:
    """What charges add up to: a day's split for each question, and everything by currency."""

    days: Mapping[str, Mapping[date, Split]] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    totals: Mapping[str, Decimal] = field(default_factory=dict)


def sums(charges: Sequence[Charge], questions: Iterable[Question], as_of: datetime) -> Sums:
    """Add up the charges; only those that start before `as_of` are spend."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with localcontext(prec=120):
        for charge in charges:
            stated = charge.billed if charge.unblended is None else charge.unblended
            totals[charge.currency] += stated
        counted = {
            each.name: [
                charge for charge in charges if charge.start < as_of and each.counts(charge)
            ]
            for each in questions
        }
        days = {each.name: _days(counted[each.name], each.metric) for each in questions}
    rows = {name: len(found) for name, found in counted.items()}
    return Sums(days, rows, {name: total for name, total in totals.items() if total})


def _days(charges: Sequence[Charge], metric: str) -> dict[date, Split]:
    found: defaultdict[date, list[Decimal]] = defaultdict(lambda: [ZERO] * 3)
    for charge in charges:
        cost = charge.billed if metric == "BilledCost" else charge.effective
        place = 0 if charge.is_usage else 1 if cost >= 0 else 2
        found[charge.start.date()][place] += cost
    return {day: (a, b, c) for day, (a, b, c) in found.items() if a or b or c}
