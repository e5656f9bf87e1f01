# SPDX-License-Identifier: Apache-2.0
"""What did each service and usage type cost in two periods, from one answer over both?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, localcontext

from cost_slo.adapters.cost_explorer.answers import Answered, GroupAmount
from cost_slo.adapters.cost_explorer.attributes import SINCE, first_readable
from cost_slo.adapters.cost_explorer.dates import end_of, first_known
from cost_slo.adapters.cost_explorer.detail import QUANTITY, metric_of, value_of
from cost_slo.domain.drivers.comparable_periods import Weights, usual_baseline, weights
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import EXACT
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spend.cube import Cell, Cube, CubeQuestion
from cost_slo.domain.wording import day

_NO_UNIT = {"", "N/A"}


def checked_baseline(asked: CubeQuestion, now: datetime) -> Period:
    """The baseline, usual or named. CostDataError if a period begins too early or too late."""
    first, end = first_readable(asked.slo, first_known(now)), end_of(now)
    baseline = asked.baseline or usual_baseline(asked.window, first)
    for name, period in (("window", asked.window), ("baseline", baseline)):
        if period.start < first:
            raise CostDataError(
                f"the {name} begins on {day(period.start)}, and {_limit(first, now)}"
            )
        if period.start >= end:
            raise CostDataError(f"the {name} begins on {day(period.start)}, which is to come")
    return baseline


def _limit(first: date, now: datetime) -> str:
    """Why there is no data before a day, and what to do."""
    if first > first_known(now):
        return f"{SINCE}; name a later one"
    return (
        f"Cost Explorer knows no day before {day(first)}; name a later one, or an export of the "
        "bill"
    )


def both(window: Period, baseline: Period, now: datetime) -> Period:
    """The days of one request about two periods."""
    start, end = min(window.start, baseline.start), max(window.end, baseline.end)
    return Period(start, min(end, end_of(now)))


@dataclass(slots=True)
class _Sums:
    """Costs and quantities of one combination, by part: 0 the window, else a weekday's level."""

    cost: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    quantity: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    units: set[str] = field(default_factory=set)


def read_cube(
    asked: CubeQuestion, baseline: Period, answer: Answered, notes: Iterable[str] = ()
) -> Cube:
    """The cube of one answer over both periods. CostDataError without a charge or in currencies."""
    currency = _currency(asked, answer)
    weighed = weights(asked.window, baseline)
    sums: defaultdict[tuple[str, ...], _Sums] = defaultdict(_Sums)
    with localcontext(EXACT):
        for group in answer.charged:
            part = 0 if group.day in asked.window else weighed.shares[group.day.isoweekday()]
            if group.day in asked.window or (part and group.day in baseline):
                _add(sums[_values(group, asked.dimensions)], part, group, metric_of(asked))
    cells = tuple(cell for cell in _cells(sums, weighed) if cell.has_cost)
    if not cells:
        of = f"in the scope of {asked.slo.name} " if asked.slo else ""
        raise CostDataError(
            f"Cost Explorer has no charge {of}in either period; nothing changed, and nothing is "
            "known"
        )
    said = (*_coverage(asked.window, baseline, answer), *notes)
    return Cube(asked.dimensions, cells, asked.window, baseline, currency, "Cost Explorer", said)


def _values(group: GroupAmount, dimensions: tuple[str, ...]) -> tuple[str, ...]:
    pairs = zip(dimensions, group.values, strict=True)
    return tuple(value_of(name, value) for name, value in pairs)


def _currency(asked: CubeQuestion, answer: Answered) -> str:
    metric = metric_of(asked)
    amounts = [group.amounts[metric] for group in answer.charged]
    found = sorted({unit for amount, unit in amounts if amount})
    wanted = asked.currency or next(iter(found), "")
    if set(found) <= {wanted}:
        return wanted
    raise CostDataError(
        f"Cost Explorer answers in {', '.join(found)}; {wanted} was requested, and amounts do not "
        "add up without a rate",
        column=metric,
    )


def _add(sums: _Sums, part: int, group: GroupAmount, metric: str) -> None:
    sums.cost[part] += group.amounts[metric][0]
    quantity, unit = group.amounts.get(QUANTITY, (ZERO, ""))
    if quantity:
        sums.quantity[part] += quantity
        sums.units.add(unit)


def _cells(sums: Mapping[tuple[str, ...], _Sums], weighed: Weights) -> Iterator[Cell]:
    in_order = [(values, sums[values]) for values in sorted(sums)]
    costs = _before_after([of.cost for _, of in in_order], weighed)
    quantities = _before_after([of.quantity for _, of in in_order], weighed)
    for (values, of), cost, quantity in zip(in_order, costs, quantities, strict=True):
        is_metered = len(of.units) == 1 and not of.units & _NO_UNIT
        yield Cell(values, *cost, *quantity, min(of.units)) if is_metered else Cell(values, *cost)


def _before_after(
    sums: Sequence[defaultdict[int, Decimal]], weighed: Weights
) -> list[tuple[Decimal, Decimal]]:
    before = weighed.scaled([[part[level] for level in weighed.levels] for part in sums])
    after = [part[0] for part in sums]
    return [
        (EXACT.normalize(old), EXACT.normalize(new)) for old, new in zip(before, after, strict=True)
    ]


def _coverage(window: Period, baseline: Period, answer: Answered) -> Iterator[str]:
    """Notes about a period that has not arrived completely, or is estimated."""
    end = max(group.day for group in answer.charged) + DAY
    for name, period in (("window", window), ("baseline", baseline)):
        if period.end > end:
            yield f"The charges end with {day(end - DAY)}, so the {name} is not complete."
    if answer.estimated_from is not None:
        yield f"Charges from {day(answer.estimated_from)} on are estimates of the source."
