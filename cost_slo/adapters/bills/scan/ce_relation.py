# SPDX-License-Identifier: Apache-2.0
"""A saved Cost Explorer response as the FOCUS-shaped relation."""

from __future__ import annotations

import duckdb

from cost_slo.adapters.bills.columns.shape import Column, FocusMapping, select
from cost_slo.adapters.bills.files.ce_response import CELL_DIMENSIONS, CeResponse
from cost_slo.adapters.bills.scan.answerable import Answerable
from cost_slo.adapters.bills.scan.scope_sql import SCOPE_COLUMNS
from cost_slo.domain.errors import CostDataError

LABELS = {
    "charge_start": "TimePeriod.Start",
    "charge_category": "Keys",
    "billed_cost": "UnblendedCost.Amount",
    "effective_cost": "AmortizedCost.Amount",
    "tags": "Keys",
}
_LISTS = {
    "source_file": "VARCHAR",
    "source_row": "BIGINT",
    "started": "TIMESTAMP",
    "ended": "TIMESTAMP",
    "service": "VARCHAR",
    "account": "VARCHAR",
    "region": "VARCHAR",
    "meter": "VARCHAR",
    "billed": "VARCHAR",
    "effective": "VARCHAR",
    "unit": "VARCHAR",
    "category": "VARCHAR",
    "unknown": "VARCHAR",
    "tag_keys": "VARCHAR[]",
    "tag_values": "VARCHAR[]",
}


def load_table(connection: duckdb.DuckDBPyConnection, response: CeResponse) -> str:
    """Load the charges into a table; the FOCUS-shaped SELECT over it."""
    columns = ", ".join(f"{name} {kind}" for name, kind in _LISTS.items())
    connection.execute(f"CREATE TEMP TABLE responses ({columns})")
    rows = _rows(response)
    if rows:
        lists = dict(zip(_LISTS, map(list, zip(*rows, strict=True)), strict=True))
        unnested = ", ".join(f"unnest(CAST(${name} AS {kind}[]))" for name, kind in _LISTS.items())
        connection.execute(f"INSERT INTO responses SELECT {unnested}", lists)
    return select(_mapping(), "responses")


def answerable(response: CeResponse, location: str) -> Answerable:
    """The dimensions and tags of the response's groups."""
    missing = {}
    by_column = {column: name for name, column in CELL_DIMENSIONS.items()}
    for column in SCOPE_COLUMNS.values():
        if column not in response.dimensions and column != "provider_name":
            missing[column] = _advice(location, f"DIMENSION,Key={by_column[column]}")
    if "sku_meter" not in response.dimensions:
        missing["sku_meter"] = _advice(location, "DIMENSION,Key=USAGE_TYPE")
    missing["resource_id"] = CostDataError("a response of Cost Explorer names none", file=location)
    if not response.tag_keys:
        missing["tags"] = _advice(location, "TAG,Key=<the tag key>")
    for column, names in (
        ("billed_cost", "UnblendedCost BlendedCost"),
        ("effective_cost", "AmortizedCost NetAmortizedCost"),
    ):
        if response.charges and not response.metrics.intersection(names.split()):
            missing[column] = CostDataError(
                f"the response has {', '.join(sorted(response.metrics))} only; save one with "
                f"--metrics {names.split()[0]}",
                file=location,
                column=names.split()[0],
            )
    return Answerable(missing, response.tag_keys, location=location)


def _advice(location: str, group: str) -> CostDataError:
    return CostDataError(
        f"a scope asks for it and the response is not grouped by it; save one with "
        f"--group-by Type={group}",
        file=location,
        column=group.partition("Key=")[2],
    )


def _rows(response: CeResponse) -> list[tuple[object, ...]]:
    return [
        (
            charge.file,
            charge.row,
            charge.start,
            charge.end,
            charge.keys.get("service_name"),
            charge.keys.get("sub_account_id"),
            charge.keys.get("region_id"),
            charge.keys.get("sku_meter"),
            charge.billed if charge.billed is not None else charge.effective,
            charge.effective,
            charge.currency,
            charge.category,
            charge.unknown,
            list(charge.tags),
            list(charge.tags.values()),
        )
        for charge in response.charges
    ]


def _mapping() -> FocusMapping:
    billed, effective = Column("billed", "billed"), Column("effective", "effective")
    expressions = {
        "charge_start": "started",
        "charge_end": "ended",
        "billing_period": "date_trunc('month', started)",
        "billed_cost": billed.money,
        "effective_cost": effective.money,
        "currency": "unit",
        "charge_category": "category",
        "unknown_value": "unknown",
        "service_name": "service",
        "sub_account_id": "account",
        "region_id": "region",
        "sku_meter": "meter",
        "provider_name": "'AWS'",
        "tags": "MAP(tag_keys, tag_values)",
    }
    raw = {"billed_cost": "billed", "effective_cost": "effective"}
    return FocusMapping(expressions, raw, LABELS)
