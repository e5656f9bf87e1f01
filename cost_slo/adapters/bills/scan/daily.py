# SPDX-License-Identifier: Apache-2.0
"""What did parts of a bill cost on each day?"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cost_slo.adapters.bills.scan.cells import exact
from cost_slo.adapters.bills.scan.coverage import coverage
from cost_slo.adapters.bills.scan.cube import cost_column, in_scope, within
from cost_slo.adapters.bills.scan.dimensions import column_of
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import Where


def daily_costs(
    charges: Charges,
    slo: Slo | None,
    currency: str | None,
    period: Period,
    segments: Sequence[Where],
) -> tuple[tuple[Decimal, ...], ...]:
    """One amount a day for each segment, zero where nothing was charged; in one scan.

    A charge counts for the first segment it matches. Each is empty where the bill has no days,
    only months.
    """
    if coverage(charges).monthly:
        return ((),) * len(segments)
    parameters = Parameters()
    first = " ".join(
        f"WHEN {_matches(where, charges, parameters)} THEN {index}"
        for index, where in enumerate(segments)
    )
    counted = [within(period), in_scope(slo, charges, parameters)]
    if charges.has_currency and currency is not None:
        counted.append(f"currency = {parameters.add(currency)}")
    found = charges.connection.execute(
        f"SELECT charge_day, CASE {first} END AS segment, sum({cost_column(slo)}) FROM charges "  # noqa: S608
        f"WHERE {' AND '.join(counted)} GROUP BY charge_day, segment",
        parameters.values,
    ).fetchall()
    by_day = {(on, segment): cost for on, segment, cost in found}
    return tuple(
        tuple(exact(by_day.get((on, index)) or ZERO) for on in period.dates)
        for index in range(len(segments))
    )


def _matches(where: Where, charges: Charges, parameters: Parameters) -> str:
    conditions = (
        f"{column_of(dimension, charges.answerable, parameters)} = {parameters.add(value)}"
        for dimension, value in where
    )
    return " AND ".join(conditions) or "TRUE"
