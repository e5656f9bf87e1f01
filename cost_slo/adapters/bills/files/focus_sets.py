# SPDX-License-Identifier: Apache-2.0
"""Which FOCUS data sets lie beside the bill, and what does its metadata say of completeness?

FOCUS 1.3 and 1.4 have data sets beside Cost and Usage. Invoice Detail has BilledCost, too, of the
same charges by invoice: counted as a bill, it would double it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cost_slo.adapters.bills.columns.shape import squeezed

OTHER_SETS = {
    "invoicedetailid": "FOCUS Invoice Detail",
    "invoicedetailgrain": "FOCUS Invoice Detail",
    "contractcommitmentid": "FOCUS Contract Commitment",
    "billingperiodstatus": "FOCUS Billing Period",
}
METADATA = ("Recency", "TimeSectors", "DatasetInstance", "ColumnDefinition", "DataGenerator")


def other_set(names: Sequence[str]) -> str | None:
    """The FOCUS data set with these columns, None if it is Cost and Usage or none at all."""
    have = {squeezed(name) for name in names}
    if "chargeperiodstart" in have:
        return None
    return next((title for mark, title in OTHER_SETS.items() if mark in have), None)


def is_metadata(document: object) -> bool:
    """Whether a JSON document is metadata of a FOCUS data set."""
    return any(key in each for each in _objects(document) for key in METADATA)


@dataclass(frozen=True, slots=True)
class Recency:
    """The first incomplete day in the metadata, and whether the metadata is by day."""

    incomplete_from: date
    by_day: bool


def recency(document: object) -> Recency | None:
    """The first incomplete part of the bill by its metadata; None if all of it is complete."""
    found = []
    for each in _objects(document):
        if each.get("TimeSectorComplete") is not False:
            continue
        start, end = _time(each.get("TimeSectorStart")), _time(each.get("TimeSectorEnd"))
        if start is not None:
            by_day = end is not None and end - start <= timedelta(days=1)
            found.append(Recency(start.date(), by_day))
    return min(found, key=lambda each: (each.incomplete_from, each.by_day), default=None)


def _objects(document: object) -> Iterator[dict[str, object]]:
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            yield each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each


def _time(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
