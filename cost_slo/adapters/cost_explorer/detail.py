# SPDX-License-Identifier: Apache-2.0
"""By which dimensions can Cost Explorer group the charges of one scope?

An answer is grouped by two keys at most. Region is no key of a group, and resources are unknown.
"""

from __future__ import annotations

from collections.abc import Sequence

from cost_slo.adapter_kit.aws_record_types import category_of
from cost_slo.adapters.cost_explorer.expression import (
    EVERYTHING,
    MOST_VALUES,
    NOTHING,
    Expression,
    all_of,
    category_filter,
    scope_filter,
    tag_key,
    value_count,
)
from cost_slo.adapters.cost_explorer.queries import COST_METRICS, RECORD_TYPE, CostQuery, Group
from cost_slo.domain.errors import CostDataError, SpecError
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import TAG, CubeQuestion

QUANTITY = "UsageQuantity"
MOST_GROUPS = 2
GROUPS = {
    "service": Group("DIMENSION", "SERVICE"),
    "meter": Group("DIMENSION", "USAGE_TYPE"),
    "account": Group("DIMENSION", "LINKED_ACCOUNT"),
    "category": RECORD_TYPE,
}
USUAL = ("service", "meter")
# What Cost Explorer answers for a charge that has no value.
_VALUELESS = {"NoUsageType", "NoService", "NoLinkedAccount"}


def metric_of(asked: CubeQuestion) -> str:
    return COST_METRICS[asked.metric]


def told_apart(dimensions: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """The dimensions to group by, and a note for each other. Raises CostDataError without one."""
    if not dimensions:
        return USUAL, []
    known = [name for name in dict.fromkeys(dimensions) if _group(name) is not None]
    chosen = tuple(known[:MOST_GROUPS])
    left_out = [name for name in dict.fromkeys(dimensions) if name not in chosen]
    if not chosen:
        raise CostDataError(
            f"Cost Explorer cannot group by {', '.join(left_out)}; group by "
            f"{', '.join(GROUPS)} or {TAG}KEY, two of them at most"
        )
    why = dict.fromkeys(left_out, "it is no group of its answers")
    why |= dict.fromkeys(known, f"it takes {MOST_GROUPS} at a time")
    return chosen, [f"Cost Explorer is not asked by {name}: {why[name]}." for name in left_out]


def detail_query(asked: CubeQuestion, period: Period) -> CostQuery:
    """The query for each day of a period, grouped by at most two dimensions."""
    metrics = (metric_of(asked), *([QUANTITY] if "meter" in asked.dimensions else []))
    groups = tuple(group for name in asked.dimensions if (group := _group(name)))
    return CostQuery(groups, metrics, period, counted_filter(asked.slo))


def counted_filter(slo: Slo | None) -> Expression:
    """The filter of what an SLO counts, if any. Raises CostDataError if nothing can match."""
    if slo is None:
        return EVERYTHING
    scope = scope_filter(slo.scope)
    if scope is NOTHING:
        raise CostDataError(
            f"{slo.name} counts no charge of AWS, and Cost Explorer knows no other; name a bill "
            "with --costs FILE"
        )
    counted = all_of([scope, category_filter(slo.scope.charge_categories)])
    if value_count(counted) > MOST_VALUES:
        raise SpecError(
            f"the scope of {slo.name} names {value_count(counted)} values with its charge "
            f"categories, and Cost Explorer filters by {MOST_VALUES} at most"
        )
    return counted


def value_of(dimension: str, answered: str) -> str:
    if dimension == "category":
        return category_of(answered)
    return "" if answered in _VALUELESS else answered


def _group(dimension: str) -> Group | None:
    if dimension.startswith(TAG):
        return Group("TAG", tag_key(dimension.removeprefix(TAG)))
    return GROUPS.get(dimension)
