# SPDX-License-Identifier: Apache-2.0
"""Which amounts does a GetCostAndUsage answer hold? Exact, and each of them once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from cost_slo.adapters.cost_explorer.paid import Answer
from cost_slo.adapters.cost_explorer.queries import CostQuery
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class GroupAmount:
    """The amounts of one group on one day; its values are those of the query's groups."""

    day: date
    values: tuple[str, ...]
    # By metric, with its unit.
    amounts: Mapping[str, tuple[Decimal, str]]


@dataclass(frozen=True, slots=True)
class Answered:
    """A query's whole answer; `estimated_from` is its first estimated day."""

    query: CostQuery
    charged: tuple[GroupAmount, ...]
    estimated_from: date | None


def read_answer(query: CostQuery, pages: Sequence[Answer]) -> Answered:
    """The amounts of all pages. Raises CostDataError for one that is none, SourceError."""
    charged: dict[tuple[date, tuple[str, ...]], GroupAmount] = {}
    estimated = []
    for page in pages:
        for result in page["ResultsByTime"]:
            day = date.fromisoformat(result["TimePeriod"]["Start"][:10])
            if result.get("Estimated"):
                estimated.append(day)
            for group in _groups(query, day, result):
                key = (group.day, group.values)
                if key in charged:
                    raise _twice(group)
                charged[key] = group
    return Answered(query, tuple(charged.values()), min(estimated, default=None))


def _groups(query: CostQuery, day: date, result: Mapping[str, Any]) -> Iterator[GroupAmount]:
    for answered in result.get("Groups") or ():
        keys = zip(query.groups, answered["Keys"], strict=True)
        values = tuple(group.value(key) for group, key in keys)
        amounts = {
            name: (_amount(amount, name, day), amount.get("Unit", ""))
            for name, amount in answered["Metrics"].items()
        }
        yield GroupAmount(day, values, amounts)


def _amount(answered: Mapping[str, Any], metric: str, day: date) -> Decimal:
    text = answered.get("Amount", "")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise CostDataError(f"Cost Explorer answers {text!r} for {day}: no amount", column=metric)
    return amount or ZERO


def _twice(group: GroupAmount) -> SourceError:
    which = ", ".join(value or "(none)" for value in group.values)
    return SourceError(
        f"Cost Explorer answers {group.day} {which} twice, and counting it twice would be wrong; "
        "the next run asks again",
        retryable=True,
    )
