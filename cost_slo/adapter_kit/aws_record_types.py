# SPDX-License-Identifier: Apache-2.0
"""Which FOCUS charge category does AWS's record type mean?

AWS spells the same kinds twice: as a line item type in a Cost and Usage Report, and in words as a
RECORD_TYPE of Cost Explorer; letter case, spaces, hyphens and underscores do not matter. Usage,
what a commitment covers, and every kind of discount accrue with usage (FOCUS, chargecategory.md).
Anything else counts as usage, too, and `is_known` says that it is a guess.
"""

from __future__ import annotations

# Line item types that buy something, as a report spells them.
PURCHASES = ("Fee", "RIFee", "SavingsPlanRecurringFee", "SavingsPlanUpfrontFee")

# Both spellings of what is charged or given back after the usage.
AFTERWARDS = {"Tax": "Tax", "Credit": "Credit", "Refund": "Adjustment"}

# Record types that buy something, in both spellings.
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

# Line item types that accrue with usage, as a report spells them; discounts do so as well.
USAGE = ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "SavingsPlanNegation")

# How the key of every discount ends: BundledDiscount, Private Rate Discount, EdpDiscount.
DISCOUNT = "discount"

# Characters that do not matter in a spelling: spaces, hyphens and underscores.
IGNORED = " \t\r\n-_\u00a0\u2013"

_REMOVED = str.maketrans("", "", IGNORED)


def spelling_key(text: str) -> str:
    """What all spellings of a value have in common.

    >>> spelling_key("Savings Plan Negation"), spelling_key("usage_based")
    ('savingsplannegation', 'usagebased')
    """
    return text.lower().translate(_REMOVED)


_CATEGORY = {
    **{spelling_key(record): "Purchase" for record in PURCHASE_RECORDS},
    **{spelling_key(record): category for record, category in AFTERWARDS.items()},
    **{spelling_key(record): "Usage" for record in USAGE},
}


def category_of(record: str) -> str:
    """The FOCUS ChargeCategory of a record type.

    >>> category_of("Savings Plan Negation"), category_of("support fee"), category_of("Refund")
    ('Usage', 'Purchase', 'Adjustment')
    """
    return _CATEGORY.get(spelling_key(record), "Usage")


def is_known(record: str) -> bool:
    """Whether the category of a record type is known, and not a guess.

    >>> is_known("EdpDiscount"), is_known("Marketplace Levy")
    (True, False)
    """
    key = spelling_key(record)
    return key in _CATEGORY or key.endswith(DISCOUNT)


def records_of(category: str) -> tuple[str, ...]:
    """The record types of a category, in order; those of Usage have no end and are not listed."""
    named = sorted({*AFTERWARDS, *PURCHASE_RECORDS})
    return tuple(record for record in named if category_of(record) == category)
