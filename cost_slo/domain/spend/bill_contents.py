# SPDX-License-Identifier: Apache-2.0
"""What is in a bill?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.spec.scope_notes import BillValue
from cost_slo.domain.wording import iso

_SCHEMA = "cost-slo/bill/v1"

# Columns that each version of FOCUS added, the newest version first.
FOCUS_MARKS = (
    ("1.3", ("serviceprovidername", "hostprovidername", "allocatedtags")),
    ("1.2", ("invoiceid", "pricingcurrency", "subaccounttype", "billingaccounttype")),
    ("1.1", ("skumeter", "skupricedetails", "servicesubcategory", "capacityreservationid")),
)

# What distinguishes charges, and its name in a table.
KINDS = {
    "providers": "Provider",
    "billing_accounts": "Billing account",
    "accounts": "Account",
    "services": "Service",
    "regions": "Region",
    "charge_categories": "Charge category",
    "charge_frequencies": "Charge frequency",
}


@dataclass(frozen=True, slots=True)
class BillFormat:
    """How a bill is written: format, version (None if unknown), and how each file is encoded."""

    name: str
    version: str | None
    encodings: tuple[str, ...]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagKey:
    """A tag key: its charges, and its values. `largest` is the value that cost most."""

    found: BillValue
    values: int
    largest: BillValue


@dataclass(frozen=True, slots=True)
class BillContents:
    """What is known of a bill without a spec.

    `first` and `last` are the first and last day with a charge, `data_through` the exclusive end of
    the last day that the usage charges cover; all three are None for a bill without charges.
    `kinds` are the values of each of `KINDS`, the largest first, "" for none. A currency is "" if
    the bill names none. `notes` are sentences: what was left out and why.
    """

    source: str
    format: BillFormat
    rows: int
    totals: Mapping[str, Decimal]
    first: date | None
    last: date | None
    data_through: date | None
    granularity: str | None
    periods: tuple[BillValue, ...]
    kinds: Mapping[str, tuple[BillValue, ...]]
    tags: tuple[TagKey, ...]
    notes: tuple[str, ...] = ()

    def share(self, found: BillValue) -> float | None:
        """Its share of its currency's total; None for several currencies, or a total of 0."""
        if len(found.costs) != 1:
            return None
        ((currency, cost),) = found.costs.items()
        total = self.totals.get(currency, ZERO)
        return float(cost / total) if total else None

    def row_share(self, found: BillValue) -> float:
        return found.rows / self.rows if self.rows else 0.0


def focus_version(columns: Sequence[str]) -> str:
    """The newest version of FOCUS that has added any of these columns; a guess.

    >>> focus_version(["BilledCost", "SkuMeter"]), focus_version(["BilledCost"])
    ('1.1', '1.0')
    >>> focus_version(["service_provider_name"])
    '1.4'
    """
    names = {name.lower().replace("_", "") for name in columns}
    found = next((version for version, marks in FOCUS_MARKS if names & set(marks)), "1.0")
    is_newest = found == "1.3" and not names & {"providername", "publishername"}
    return "1.4" if is_newest else found


def bill_document(bill: BillContents) -> dict[str, Any]:
    """The documented object; amounts are decimal strings, times ISO 8601 in UTC."""
    return {
        "schema": _SCHEMA,
        "source": bill.source,
        "format": {"name": bill.format.name, "version": bill.format.version},
        "files": [
            {"path": path, "encoding": encoding}
            for path, encoding in zip(bill.format.files, bill.format.encodings, strict=True)
        ],
        "rows": bill.rows,
        "totals": _amounts(bill.totals),
        "first_day": bill.first.isoformat() if bill.first else None,
        "last_day": bill.last.isoformat() if bill.last else None,
        "data_through": iso(bill.data_through) if bill.data_through else None,
        "granularity": bill.granularity,
        "billing_periods": [_entry(bill, each) for each in bill.periods],
        **{kind: [_entry(bill, each) for each in bill.kinds[kind]] for kind in KINDS},
        "tags": [_tag(bill, each) for each in bill.tags],
        "notes": list(bill.notes),
    }


def _entry(bill: BillContents, found: BillValue) -> dict[str, Any]:
    return {
        "value": found.value,
        "also": list(found.also),
        "costs": _amounts(found.costs),
        "cost_share": bill.share(found),
        "rows": found.rows,
    }


def _tag(bill: BillContents, tag: TagKey) -> dict[str, Any]:
    return {
        "key": tag.found.value,
        "costs": _amounts(tag.found.costs),
        "cost_share": bill.share(tag.found),
        "rows": tag.found.rows,
        "row_share": bill.row_share(tag.found),
        "values": tag.values,
        "largest": _entry(bill, tag.largest),
    }


def _amounts(costs: Mapping[str, Decimal]) -> list[dict[str, str | None]]:
    return [
        {"amount": plain(cost), "currency": currency or None}
        for currency, cost in sorted(costs.items())
    ]
