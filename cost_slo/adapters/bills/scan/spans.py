# SPDX-License-Identifier: Apache-2.0
"""How many days is one row of usage for?

A row counts on the day its charge period starts. That is a false spike if the period is longer, so
usage of whole months is separate: alone it is one amount a month, beside daily usage a lump.
"""

from __future__ import annotations

from cost_slo.adapters.bills.scan.relation import Charges

# A day or less; several days; several days from the first of a month on; a month or more.
DAYS, SEVERAL, FROM_THE_FIRST, MONTH = range(4)

IS_USAGE = (
    "(charge_category = 'Usage' AND coalesce(charge_frequency, 'Usage-Based') = 'Usage-Based')"
)
SHORTEST_MONTH = 28
LONGEST_DAY = 1


def span(charges: Charges) -> str:
    """SQL for the span of a charge."""
    if charges.monthly:
        return f"CAST(CASE WHEN {IS_USAGE} THEN {MONTH} ELSE {DAYS} END AS UTINYINT)"
    days = "date_diff('day', charge_day, CAST(charge_end AS DATE))"
    return (
        f"CAST(CASE WHEN NOT {IS_USAGE} OR charge_end IS NULL OR {days} <= {LONGEST_DAY} "
        f"THEN {DAYS} WHEN {days} >= {SHORTEST_MONTH} THEN {MONTH} "
        f"WHEN day(charge_day) = 1 THEN {FROM_THE_FIRST} ELSE {SEVERAL} END AS UTINYINT)"
    )


def all_months(usage: str, spans: str) -> str:
    """SQL for whether all usage, an amount that is not zero, is of months; False without any."""
    is_longer = f"{spans} >= {FROM_THE_FIRST}"
    return f"coalesce(bool_and({is_longer}) FILTER (WHERE {usage} <> 0), FALSE)"
