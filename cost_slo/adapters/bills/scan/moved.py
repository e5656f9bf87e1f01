# SPDX-License-Identifier: Apache-2.0
"""How much of an AWS report's UnblendedCost is in no charge?"""

from __future__ import annotations

from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.domain.money import plain


def moved_notes(charges: Charges) -> tuple[str, ...]:
    """A note for each currency in which a cent or more of UnblendedCost is in no charge."""
    found = charges.connection.execute(
        "SELECT currency, sum(moved) AS rest FROM cells WHERE NOT unreadable "
        "GROUP BY currency HAVING abs(rest) >= 0.01 ORDER BY currency"
    ).fetchall()
    return tuple(
        f"Usage covered by savings plans is not cancelled by its negation lines, or net costs do "
        f"not add up: {plain(rest)} {currency} of UnblendedCost is in the total and in no SLO."
        for currency, rest in found
    )
