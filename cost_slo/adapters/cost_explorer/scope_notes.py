# SPDX-License-Identifier: Apache-2.0
"""What does an answer have instead of what a scope names? No further request is made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal, localcontext

from cost_slo.adapters.cost_explorer.answers import Answered
from cost_slo.adapters.cost_explorer.expression import DIMENSIONS
from cost_slo.adapters.cost_explorer.plan import Share
from cost_slo.adapters.cost_explorer.queries import COST_METRICS
from cost_slo.domain.exact import EXACT
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spec.near_values import folded
from cost_slo.domain.spec.scope_notes import (
    TAG_PREFIX,
    BillValue,
    Emptiness,
    ScopeKey,
    emptiness_notes,
    spelling_notes,
)

REMEDY = "name each spelling in the scope: Cost Explorer compares letter case"


def scope_notes(slo: Slo, share: Share, answer: Answered) -> tuple[str, ...]:
    """Notes about a scope that takes values of a group; empty for any other."""
    if share.values is None:
        return ()
    known = [each for each in _found(slo, answer) if each.value]
    wanted = {folded(value) for value in share.values}
    others = [each for each in known if each.value not in share.values]
    similar = [each for each in others if folded(each.value) in wanted]
    if similar:
        return spelling_notes(
            [BillValue(f"-{each.value}", each.costs, each.rows) for each in similar], REMEDY
        )
    if any(group.values[0] in share.values for group in answer.charged):
        return ()
    asked = ScopeKey(next(_keys(slo)), tuple(sorted(share.values)), 0, tuple(known))
    return emptiness_notes(slo.scope, Emptiness((asked,), 0, 0), None)


def _keys(slo: Slo) -> Iterator[str]:
    """The one key that the scope names, as in the spec."""
    yield from (f"{TAG_PREFIX}{key}" for key in slo.scope.tags)
    yield from (key for key in DIMENSIONS if getattr(slo.scope, key) is not None)


def _found(slo: Slo, answer: Answered) -> list[BillValue]:
    costs: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    rows: defaultdict[str, int] = defaultdict(int)
    with localcontext(EXACT):
        for group in answer.charged:
            amount, unit = group.amounts[COST_METRICS[slo.metric]]
            costs[group.values[0]][unit] += amount
            rows[group.values[0]] += 1
    return [BillValue(value, by_unit, rows[value]) for value, by_unit in costs.items()]
