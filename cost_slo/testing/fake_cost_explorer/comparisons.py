# SPDX-License-Identifier: Apache-2.0
"""GetCostAndUsageComparisons and GetCostComparisonDrivers: what changed from month to month?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.period import Month, midnight
from cost_slo.testing.fake_cost_explorer import metrics
from cost_slo.testing.fake_cost_explorer.bill import VISIBLE
from cost_slo.testing.fake_cost_explorer.expression import WORDED
from cost_slo.testing.fake_cost_explorer.groups import group_keys
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.paging import page_size
from cost_slo.testing.fake_cost_explorer.periods import MONTHS_BEFORE, interval, months_before
from cost_slo.testing.fake_cost_explorer.refusal import invalid, unavailable

MOST_COMPARISONS = 2000
_MOST_DRIVERS = 10
ALWAYS = ({"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "DIMENSION", "Key": "USAGE_TYPE"})
BY_RECORD_TYPE = {"Type": "DIMENSION", "Key": "RECORD_TYPE"}
# Of each record type; of any other it is USAGE_CHANGE.
DRIVER_TYPES = {
    "Credit": "CREDIT",
    "Refund": "REFUND",
    "Tax": "TAX",
    "Support fee": "SUPPORT_FEE",
    "Recurring reservation fee": "RECURRING_RESERVATION_FEE",
    "Upfront reservation fee": "UPFRONT_RESERVATION_FEE",
    "Savings Plan Recurring Fee": "SAVINGS_PLAN_RECURRING_FEE",
    "Savings Plan Upfront Fee": "COMMITMENT",
}

Definition = Mapping[str, str]
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Change:
    baseline: Decimal = ZERO
    comparison: Decimal = ZERO

    @property
    def difference(self) -> Decimal:
        return self.comparison - self.baseline

    def __add__(self, other: _Change) -> _Change:
        return _Change(self.baseline + other.baseline, self.comparison + other.comparison)

    def answered(self, metric: str, unit: str) -> FakeAnswer:
        value = {
            "BaselineTimePeriodAmount": plain(self.baseline),
            "ComparisonTimePeriodAmount": plain(self.comparison),
            "Difference": plain(self.difference),
            "Unit": unit,
        }
        return {metric: value}


def get_cost_and_usage_comparisons(look: Look, request: FakeRequest) -> FakeAnswer:
    """The groups, the largest change first."""
    size = page_size(request, MOST_COMPARISONS, MOST_COMPARISONS)
    definitions = request.get("GroupBy") or []
    metric, unit = _metric(look, request)
    changes = _changes(look, request, definitions)
    total = sum(changes.values(), _Change())
    page = look.pages.page(request, size, lambda: _by_size(changes) if definitions else [])
    answer = {
        "CostAndUsageComparisons": [
            {
                "CostAndUsageSelector": _selector(definitions, keys),
                "Metrics": change.answered(metric, unit),
            }
            for keys, change in page.items
        ],
        "TotalCostAndUsage": total.answered(metric, unit),
    }
    return with_token(answer, page.token)


def get_cost_comparison_drivers(look: Look, request: FakeRequest) -> FakeAnswer:
    """The changes by service, usage type and the groups of the request."""
    size = page_size(request, _MOST_DRIVERS, _MOST_DRIVERS)
    definitions = [*ALWAYS, *(each for each in request.get("GroupBy") or [] if each not in ALWAYS)]
    page = look.pages.page(request, size, lambda: _drivers(look, request, definitions))
    return with_token({"CostComparisonDrivers": list(page.items)}, page.token)


def _drivers(
    look: Look, request: FakeRequest, definitions: Sequence[Definition]
) -> list[FakeAnswer]:
    metric, unit = _metric(look, request)
    parts: defaultdict[Keys, dict[Keys, _Change]] = defaultdict(dict)
    for keys, change in _changes(look, request, [*definitions, BY_RECORD_TYPE]).items():
        parts[keys[:-1]][keys[-1:]] = change
    totals = {keys: sum(found.values(), _Change()) for keys, found in parts.items()}
    return [
        {
            "CostSelector": _selector(definitions, keys),
            "Metrics": change.answered(metric, unit),
            "CostDrivers": [
                {
                    "Type": DRIVER_TYPES.get(record, "USAGE_CHANGE"),
                    "Name": record,
                    "Metrics": part.answered(metric, unit),
                }
                for (record,), part in _by_size(parts[keys])
            ],
        }
        for keys, change in _by_size(totals)
    ]


def _changes(
    look: Look, request: FakeRequest, definitions: Sequence[Definition]
) -> dict[Keys, _Change]:
    baseline = _month(request["BaselineTimePeriod"], look.now)
    comparison = _month(request["ComparisonTimePeriod"], look.now)
    (metric,) = metrics.known([request["MetricForComparison"]])
    grammar = look.grammar(dimension_options=WORDED, product_attributes=False)
    keys = group_keys(definitions, grammar, most=len(ALWAYS) + 3)
    condition = grammar.condition(request.get("Filter"))
    columns = "".join(f"{key}, " for key in keys)
    cost = metrics.METRIC_COLUMNS[metric]
    rows = look.ask(
        f"SELECT {columns}"  # noqa: S608
        f"{_sum(cost, 'base')}, {_sum(cost, 'next')} FROM {VISIBLE} "
        f"WHERE ({_within('base')} OR {_within('next')}) AND {condition} "
        f"GROUP BY {', '.join(str(n + 1) for n in range(len(keys))) or 'ALL'}",
        grammar,
        base_start=midnight(baseline.start),
        base_end=midnight(baseline.end),
        next_start=midnight(comparison.start),
        next_end=midnight(comparison.end),
    )
    return {
        tuple(str(key) for key in row[:-2]): _Change(Decimal(str(row[-2])), Decimal(str(row[-1])))
        for row in rows
    }


def _sum(cost: str, month: str) -> str:
    return f"coalesce(sum({cost}) FILTER (WHERE {_within(month)}), 0)"


def _within(month: str) -> str:
    return f"(charge_start >= ${month}_start AND charge_start < ${month}_end)"


def _month(period: Mapping[str, str], now: datetime) -> Month:
    asked = interval(period)
    month = Month.containing(asked.start.date())
    if (asked.start, asked.end) != (midnight(month.start), midnight(month.end)):
        raise invalid(
            "The time period must start and end on the first day of a month, with a duration of "
            "exactly one month"
        )
    current = Month.containing(now.date())
    if not months_before(current, MONTHS_BEFORE).start <= month.start <= current.start:
        raise unavailable()
    return month


def _metric(look: Look, request: FakeRequest) -> tuple[str, str]:
    (metric,) = metrics.known([request["MetricForComparison"]])
    return metric, look.bill.currency if metric in metrics.COST_COLUMNS else metrics.NO_UNIT


def _by_size(changes: Mapping[Keys, _Change]) -> list[tuple[Keys, _Change]]:
    return sorted(changes.items(), key=lambda each: (-abs(each[1].difference), each[0]))


def _selector(definitions: Iterable[Definition], keys: Keys) -> FakeAnswer:
    """The Expression that selects a group."""
    parts = [_selected(each, key) for each, key in zip(definitions, keys, strict=True)]
    return parts[0] if len(parts) == 1 else {"And": parts}


def _selected(definition: Definition, key: str) -> FakeAnswer:
    if definition["Type"] == "DIMENSION":
        return {
            "Dimensions": {
                "Key": definition["Key"],
                "Values": [key],
                "MatchOptions": ["EQUALS"],
            }
        }
    root = "Tags" if definition["Type"] == "TAG" else "CostCategories"
    value = key.removeprefix(f"{definition['Key']}$")
    if not value:
        return {root: {"Key": definition["Key"], "MatchOptions": ["ABSENT"]}}
    return {root: {"Key": definition["Key"], "Values": [value], "MatchOptions": ["EQUALS"]}}
