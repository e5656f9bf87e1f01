# SPDX-License-Identifier: Apache-2.0
"""Which number is claimed, and how is it computed again?

A fact is read from the ledger as it was known at an instant, from a decision the incident recorded,
or computed from other facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import rounded, total
from cost_slo.domain.incidents.incident import IncidentEvent
from cost_slo.domain.money import ZERO
from cost_slo.domain.postmortem.facts.formula import evaluate_formula
from cost_slo.domain.spend.ledger import as_known_at, latest
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.wording import change, count, duration, money, percent, times, unit_price

RATIO_STEP = Decimal("1E-10")
# The path of an event's own instant, in seconds.
AT = "at"


class FactUnit(StrEnum):
    """What a fact's value counts, and so how it is written for people."""

    MONEY = "money"
    """The amount without its sign: the words around it say which side."""
    PRICE = "price"
    """The same, of one unit."""
    CHANGE = "change"
    RATIO = "ratio"
    TIMES = "times"
    COUNT = "count"
    SECONDS = "seconds"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """A sum over the days of a ledger series, both included, as known at an instant.

    `field` is usage, lumps, credits, total, units or unit_cost (cost over units, to ten decimals).
    """

    series: str
    first: date
    last: date
    field: str
    known_at: datetime


@dataclass(frozen=True, slots=True)
class RecordQuery:
    """A value that an event of the incident recorded, by the path to it in the snapshot."""

    event: str
    path: str


@dataclass(frozen=True, slots=True)
class Formula:
    """An arithmetic expression over the ids of other facts."""

    text: str


FactQuery = LedgerQuery | RecordQuery | Formula


@dataclass(frozen=True, slots=True)
class Fact:
    """A named value, exact as text, and the query that gives it again."""

    id: str
    value: str
    unit: FactUnit
    query: FactQuery
    needs: tuple[Fact, ...] = ()

    @property
    def with_needs(self) -> tuple[Fact, ...]:
        """What it is computed from, then itself."""
        return (*(fact for need in self.needs for fact in need.with_needs), self)


@dataclass(frozen=True, slots=True)
class Records:
    """The state that facts are computed from again: ledger rows by series, events by key."""

    ledgers: Mapping[str, Sequence[Observation]]
    events: Mapping[str, IncidentEvent]


def shown(value: str, unit: FactUnit, currency: str) -> str:
    """How the value stands in a sentence, as far as its number goes; nothing for text."""
    writers: dict[FactUnit, Callable[[], str]] = {
        FactUnit.MONEY: lambda: money(abs(Decimal(value)), currency),
        FactUnit.PRICE: lambda: unit_price(abs(Decimal(value)), currency),
        FactUnit.CHANGE: lambda: change(Decimal(value), currency),
        FactUnit.RATIO: lambda: percent(float(value)),
        FactUnit.TIMES: lambda: times(float(value)),
        FactUnit.COUNT: lambda: count(Decimal(value), "unit").split()[0],
        FactUnit.SECONDS: lambda: duration(float(value) / 3600),
    }
    return writers[unit]() if unit in writers else ""


def recompute(
    facts: Sequence[Fact], records: Records, known_at: datetime | None = None
) -> dict[str, str | None]:
    """Every fact's value by its id, None where the state cannot give it.

    The ledger is read as each query says, or as known at one instant for all. Facts stand after
    those they need.
    """
    found: dict[str, str | None] = {}
    for fact in facts:
        found[fact.id] = _value(fact.query, records, found, known_at)
    return found


def same(one: str | None, other: str | None) -> bool:
    """Whether two values are equal, however many zeros they are written with."""
    number = _number(one)
    return one == other or (number is not None and number == _number(other))


def _value(
    query: FactQuery, records: Records, found: Mapping[str, str | None], known_at: datetime | None
) -> str | None:
    if isinstance(query, Formula):
        return _computed(query, found)
    if isinstance(query, LedgerQuery):
        return _summed(query, records, known_at or query.known_at)
    event = records.events.get(query.event)
    return None if event is None else _recorded(event, query.path)


def _computed(query: Formula, found: Mapping[str, str | None]) -> str | None:
    known = {
        name: number for name, value in found.items() if (number := _number(value)) is not None
    }
    try:
        return f"{evaluate_formula(query.text, known):f}"
    except CostDataError:
        return None


def _number(value: str | None) -> Decimal | None:
    try:
        return None if value is None else Decimal(value)
    except ArithmeticError:
        return None


def _summed(query: LedgerQuery, records: Records, known_at: datetime) -> str | None:
    known = as_known_at(records.ledgers.get(query.series, ()), known_at)
    days = [row for row in latest(known).values() if query.first <= row.day <= query.last]
    if not days:
        return None
    if query.field != "unit_cost":
        return f"{total(getattr(row, query.field) or ZERO for row in days):f}"
    counted = [row for row in days if row.units is not None]
    units = Fraction(total(row.units for row in counted if row.units is not None))
    cost = Fraction(total(row.total for row in counted))
    return f"{rounded(cost / units, RATIO_STEP):f}" if units else None


def _recorded(event: IncidentEvent, path: str) -> str | None:
    if path == AT:
        return str(int(event.at.timestamp()))
    value: Any = event.snapshot
    for step in path.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return None if value is None else str(value)
