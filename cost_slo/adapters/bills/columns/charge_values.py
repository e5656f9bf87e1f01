# SPDX-License-Identifier: Apache-2.0
"""Which FOCUS value does each spelling of ChargeCategory, ChargeFrequency and ChargeClass mean?

A spelling is compared without letter case, spaces, hyphens and underscores. What is in no table is
unknown: an unknown category is unreadable, and an unknown frequency or class is named.

Sources of the spellings: the supporting content of the FOCUS specification (chargecategory.md,
chargefrequency.md: Azure's OneTime, Monthly and UsageBased, GCP's regular and rounding_error), its
drafts (`Usage Based`, `One-time`), and the field list of Azure Cost Management (UnusedReservation,
UnusedSavingsPlan, RoundingAdjustment).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cost_slo.adapter_kit.aws_record_types import (
    AFTERWARDS,
    DISCOUNT,
    IGNORED,
    PURCHASES,
    USAGE,
    spelling_key,
)
from cost_slo.adapters.bills.engine import literal

CATEGORIES = {
    "Usage": ("usage", "regular", "unusedreservation", "unusedsavingsplan"),
    "Purchase": ("purchase", "purchases"),
    "Tax": ("tax", "taxes"),
    "Credit": ("credit", "credits"),
    "Adjustment": (
        "adjustment",
        "adjustments",
        "refund",
        "refunds",
        "rounding",
        "roundingadjustment",
        "roundingerror",
    ),
}
FREQUENCIES = {
    "Usage-Based": ("usagebased", "usage", "consumption", "consumptionbased", "metered"),
    "One-Time": ("onetime", "once", "oneoff", "upfront"),
    "Recurring": ("recurring", "monthly", "quarterly", "annual", "annually", "yearly"),
}
CLASSES = {"Correction": ("correction", "corrections")}
LINE_TYPES: dict[str, tuple[str, ...]] = dict.fromkeys((*USAGE, *PURCHASES, *AFTERWARDS), ())

Spellings = Mapping[str, Iterable[str]]


def meaning(text: str, values: Spellings) -> str:
    """SQL for the value that a text means, NULL for an unknown text.

    The exact values are tried first: most rows have one, and folding a text is slow.
    """
    exact = ", ".join(literal(value) for value in values)
    meant: dict[str, str] = {}
    for value, spellings in values.items():
        for spelling in (spelling_key(value), *spellings):
            meant.setdefault(spelling, value)
    keys, meanings = (", ".join(map(literal, each)) for each in (meant, meant.values()))
    # A map, because the engine repeats the text in every branch of a CASE: that is slow to plan.
    folded = f"MAP([{keys}], [{meanings}])[{_key(text)}]"
    return f"CASE WHEN {text} IN ({exact}) THEN {text} ELSE {folded} END"


def unknown_text(label: str, text: str, values: Spellings) -> str:
    """SQL that names a text that means no value of a column, NULL for a known or absent one.

    It says no more than whether the text is known: the engine plans this for every file of a
    bill, and planning `meaning` takes it a hundred times as long.
    """
    exact = ", ".join(literal(value) for value in values)
    folded = ", ".join(
        literal(spelling)
        for value, spellings in values.items()
        for spelling in dict.fromkeys((spelling_key(value), *spellings))
    )
    return (
        f"CASE WHEN {text} NOT IN ({exact}) AND {_key(text)} NOT IN ({folded}) "
        f"THEN {literal(f'{label} `')} || trim({text}) || '`' END"
    )


def line_type(text: str) -> str:
    """SQL for a line item type in AWS's own spelling; a type that is not known as it is."""
    return f"coalesce({meaning(text, LINE_TYPES)}, trim({text}))"


def unknown_line_type(text: str) -> str:
    """SQL that names a line item type of which only a guess makes usage."""
    named = unknown_text("lineItem/LineItemType", text, LINE_TYPES)
    return f"CASE WHEN NOT lower(trim({text})) LIKE '%{DISCOUNT}' THEN {named} END"


def _key(text: str) -> str:
    """SQL for what `spelling_key` makes of a text."""
    return f"translate(lower({text}), {literal(IGNORED)}, '')"
