# SPDX-License-Identifier: Apache-2.0
"""The daily cost of parts of a bill."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cost_slo.adapters.bills.scan.cells import COSTS, exact
from cost_slo.adapters.bills.scan.coverage import coverage
from cost_slo.adapters.bills.scan.cube import in_scope, within
from cost_slo.adapters.bills.scan.dimensions import column_of
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.domain.money import ZERO
from cost_slo.domain.spend.cube import CubeQuestion, Where


def daily_costs(
    charges: Charges, asked: CubeQuestion, segments: Sequence[Where]
) -> tuple[tuple[Decimal, ...], ...]:
    """One amount a day for each segment, zero if nothing was charged; in one scan.

    A charge counts for the first segment it matches. Each is empty if the bill has months only.
    """
    if coverage(charges).monthly:
        return ((),) * len(segments)
    parameters = Parameters()
    first = " ".join(
        f"WHEN {_matches(where, charges, parameters)} THEN {index}"
        for index, where in enumerate(segments)
    )
    counted = [within(asked.window), in_scope(asked.slo, charges, parameters)]
    if charges.has_currency and asked.currency is not None:
        counted.append(f"currency = {parameters.add(asked.currency)}")
    found = charges.connection.execute(
        f"SELECT charge_day, CASE {first} END AS segment, "  # noqa: S608
        f"sum({COSTS[asked.metric]}) FROM charges "
        f"WHERE {' AND '.join(counted)} GROUP BY charge_day, segment",
        parameters.values,
    ).fetchall()
    by_day = {(on, segment): cost for on, segment, cost in found}
    return tuple(
        tuple(exact(by_day.get((on, index)) or ZERO) for on in asked.window.dates)
        for index in range(len(segments))
    )


def _matches(where: Where, charges: Charges, parameters: Parameters) -> str:
    conditions = (
        f"{column_of(dimension, charges.answerable, parameters)} = {parameters.add(value)}"
        for dimension, value in where
    )
    return " AND ".join(conditions) or "TRUE"
