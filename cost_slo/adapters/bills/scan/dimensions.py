# SPDX-License-Identifier: Apache-2.0
"""The dimensions by which a bill can be grouped."""

from __future__ import annotations

from collections.abc import Sequence

from cost_slo.adapters.bills.scan.answerable import Answerable
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spend.cube import TAG

_COLUMNS = {
    "service": "service_name",
    "meter": "sku_meter",
    "account": "sub_account_id",
    "region": "region_id",
    "category": "charge_category",
    "resource": "resource_id",
}
PROPOSED = ("service", "meter", "account", "region")
PROPOSED_TAGS = 2
FEW = 4


def column_of(dimension: str, bill: Answerable, parameters: Parameters) -> str:
    """SQL for a dimension's value, "" for none. Raises CostDataError if the bill lacks it."""
    if not dimension.startswith(TAG):
        return f"coalesce({bill.need(_COLUMNS[dimension])}, '')"
    spellings = bill.need_tag(dimension.removeprefix(TAG))
    return f"coalesce({', '.join(f'tags[{parameters.add(each)}]' for each in spellings)}, '')"


def answered(dimensions: Sequence[str], bill: Answerable) -> tuple[tuple[str, ...], list[str]]:
    """The dimensions that the bill has, and a note for each of the others."""
    kept, notes = [], []
    for dimension in dict.fromkeys(dimensions):
        try:
            column_of(dimension, bill, Parameters())
        except CostDataError:
            notes.append(f"The bill cannot be grouped by {dimension}: it is left out.")
        else:
            kept.append(dimension)
    return tuple(kept), notes


def proposed(charges: Charges, condition: str, parameters: Parameters) -> tuple[str, ...]:
    """The default dimensions: those of the bill, with the two tags on most of its rows.

    Resources are too fine a dimension to be useful beside many others, so they are
    proposed only if the bill has little else.
    """
    kept, _ = answered(PROPOSED, charges.answerable)
    tags = _tag_keys(charges, condition, parameters)
    chosen = (*kept, *(f"{TAG}{key}" for key in tags), "category")
    if len(chosen) < FEW:
        chosen += answered(["resource"], charges.answerable)[0]
    return chosen


def _tag_keys(charges: Charges, condition: str, parameters: Parameters) -> list[str]:
    if "tags" in charges.answerable.missing:
        return []
    found = charges.connection.execute(
        "SELECT key FROM (SELECT unnest(map_entries(tags), recursive := true) "  # noqa: S608
        f"FROM charges WHERE {condition}) WHERE coalesce(value, '') <> '' "
        f"GROUP BY key ORDER BY count(*) DESC, key LIMIT {PROPOSED_TAGS}",
        parameters.values,
    ).fetchall()
    return [key for (key,) in found]
