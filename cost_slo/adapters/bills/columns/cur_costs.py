# SPDX-License-Identifier: Apache-2.0
"""What does a line of an AWS Cost and Usage Report cost, billed and effective?"""

from __future__ import annotations

from cost_slo.adapters.bills.columns.shape import Column, FileColumns
from cost_slo.adapters.bills.engine import MONEY, literal

# A plan's usage costs its share of the fee, so these lines have no effective cost.
_PAID_BY_COMMITMENT = ("SavingsPlanNegation", "SavingsPlanUpfrontFee")
_COVERED = ("SavingsPlanCoveredUsage", "SavingsPlanNegation")


def billed_cost(net: Column | None) -> str:
    """SQL for what is to be paid for a line; `net` is the column after private discounts.

    A savings plan is paid by its fee: the usage that it covers and the line that takes this usage
    back cost nothing. The net column has each discount on the line it is for.
    """
    covered = ", ".join(literal(line) for line in _COVERED)
    nothing = f"WHEN step_cost IS NULL THEN NULL WHEN step_kind IN ({covered}) THEN 0"
    if net is None:
        return f"CAST(CASE {nothing} ELSE step_cost END AS {MONEY})"
    return (
        f"CAST(CASE WHEN ({net.text}) IS NOT NULL AND step_net IS NULL THEN NULL {nothing} "
        "WHEN step_kind LIKE '%Discount' THEN coalesce(step_net, 0) "
        f"ELSE coalesce(step_net, step_cost) END AS {MONEY})"
    )


def stated_cost(cost: Column, net: Column) -> str:
    return f"CASE WHEN step_cost IS NULL THEN {cost.text} ELSE {net.text} END"


def effective_cost(own: FileColumns, kind: Column, billed: str) -> str:
    covered = _net_money(own, "savings_plan_{}savings_plan_effective_cost")
    reserved = _net_money(own, "reservation_{}effective_cost")
    committed = _money(own, "savings_plan_total_commitment_to_date")
    unused_plan = f"{committed} - {_money(own, 'savings_plan_used_commitment')}"
    unused_reservation = _unused_reservation(own)
    nothing = " ".join(f"WHEN '{line}' THEN 0" for line in _PAID_BY_COMMITMENT)
    arn = own.find("reservation_reservation_arn")
    fee = billed if arn is None else f"CASE WHEN ({arn.text}) IS NOT NULL THEN 0 ELSE {billed} END"
    return (
        f"CAST(CASE {kind.ref} {nothing} WHEN 'SavingsPlanCoveredUsage' THEN {covered} "
        f"WHEN 'SavingsPlanRecurringFee' THEN {unused_plan} "
        f"WHEN 'DiscountedUsage' THEN {reserved} "
        f"WHEN 'RIFee' THEN {unused_reservation} WHEN 'Fee' THEN {fee} "
        f"ELSE {billed} END AS {MONEY})"
    )


def _unused_reservation(own: FileColumns) -> str:
    """The part of a reservation that nothing used, NULL if the report has no column for it."""
    names = (
        "reservation_{}unused_amortized_upfront_fee_for_billing_period",
        "reservation_{}unused_recurring_fee",
    )
    if own.find(*(name.format(net) for name in names for net in ("", "net_"))) is None:
        return f"CAST(NULL AS {MONEY})"
    return " + ".join(f"coalesce({_net_money(own, name)}, 0)" for name in names)


def _net_money(own: FileColumns, name: str) -> str:
    """The amount after private discounts, else the one before them."""
    return f"coalesce({_money(own, name.format('net_'))}, {_money(own, name.format(''))})"


def _money(own: FileColumns, name: str) -> str:
    column = own.find(name)
    return f"CAST(NULL AS {MONEY})" if column is None else column.money
