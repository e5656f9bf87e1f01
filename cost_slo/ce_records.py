# SPDX-License-Identifier: Apache-2.0
"""Which FOCUS charge category does AWS's record type mean?

AWS spells the same kinds twice: as a line item type in a Cost and Usage Report, and in words as a
RECORD_TYPE of Cost Explorer. What is in neither table accrues with usage: Usage, Discounted Usage,
Savings Plan Covered Usage and Negation, and every kind of discount.
"""

from __future__ import annotations

PURCHASES = ("Fee", "RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee")
"""Line item types that buy something, as a report spells them."""

AFTERWARDS = {"Tax": "Tax", "Credit": "Credit", "Refund": "Adjustment"}
"""Both spellings of what is charged or given back after the usage."""

PURCHASE_RECORDS = frozenset(
    {
        "Upfront reservation fee",
        "Recurring reservation fee",
        "Savings Plan Upfront Fee",
        "Savings Plan Recurring Fee",
        "Support fee",
        "Out-of-cycle",
        "Other out-of-cycle charges",
        *PURCHASES,
    }
)
"""Record types that buy something, in both spellings."""


def category_of(record: str) -> str:
    """The FOCUS ChargeCategory of a record type.

    >>> category_of("Savings Plan Negation"), category_of("Support fee"), category_of("Refund")
    ('Usage', 'Purchase', 'Adjustment')
    """
    return AFTERWARDS.get(record, "Purchase" if record in PURCHASE_RECORDS else "Usage")


def records_of(category: str) -> tuple[str, ...]:
    """The record types of a category, in order; those of Usage have no end and are not listed."""
    named = sorted({*AFTERWARDS, *PURCHASE_RECORDS})
    return tuple(record for record in named if category_of(record) == category)
