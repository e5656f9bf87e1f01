# SPDX-License-Identifier: Apache-2.0
"""What did each service and usage type cost in two periods, from one answer over both?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal, localcontext

from cost_slo.adapters.cost_explorer.answers import Answered, GroupAmount
from cost_slo.adapters.cost_explorer.attributes import SINCE, first_told
from cost_slo.adapters.cost_explorer.dates import end_of, first_known
from cost_slo.adapters.cost_explorer.detail import QUANTITY, metric_of, value_of
from cost_slo.domain.drivers.comparable_periods import Weights, usual_baseline, weights
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import EXACT
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Scope, Slo
from cost_slo.domain.spend.cube import Cell, Cube
from cost_slo.domain.wording import day

_NO_UNIT = {"", "N/A"}


def askable_periods(
    window: Period, baseline: Period | None, now: datetime, scope: Scope | None = None
) -> tuple[Period, Period]:
    """Window and baseline, within what can be asked of a scope. CostDataError where not."""
    first, end = first_told(scope, first_known(now)), end_of(now)
    held = baseline or usual_baseline(window, first)
    if held.start < window.end and window.start < held.end:
        raise CostDataError("window and baseline share days; a change is between periods apart")
    for name, period in (("window", window), ("baseline", held)):
        if period.start < first:
            raise CostDataError(
                f"the {name} begins on {day(period.start)}, and {_limit(first, now)}"
            )
        if period.start >= end:
            raise CostDataError(f"the {name} begins on {day(period.start)}, which is to come")
    return window, held


def _limit(first: date, now: datetime) -> str:
    """Why nothing is known before a day, and what to do."""
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


@dataclass(frozen=True, slots=True)
class CubeAsked:
    """What a cube is asked for, and by what the answer is told apart."""

    slo: Slo | None
    currency: str | None
    window: Period
    baseline: Period
    dimensions: tuple[str, ...]


@dataclass(slots=True)
class _Sums:
    """Costs and quantities of one combination, by part: 0 the window, else a weekday's level."""

    cost: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    quantity: defaultdict[int, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    units: set[str] = field(default_factory=set)


def read_cube(asked: CubeAsked, answer: Answered, notes: Iterable[str] = ()) -> Cube:
    """The cube of one answer over both periods. CostDataError without a charge or in currencies."""
    currency = _currency(asked, answer)
    weighed = weights(asked.window, asked.baseline)
    sums: defaultdict[tuple[str, ...], _Sums] = defaultdict(_Sums)
    with localcontext(EXACT):
        for group in answer.charged:
            part = _part(group.day, asked, weighed)
            if part is not None:
                _add(sums[_values(group, asked.dimensions)], part, group, asked)
    cells = tuple(cell for cell in _cells(sums, weighed) if cell.has_cost)
    if not cells:
        of = f"in the scope of {asked.slo.name} " if asked.slo else ""
        raise CostDataError(
            f"Cost Explorer has no charge {of}in either period; nothing changed, and nothing is "
            "known"
        )
    said = (*_coverage(asked, answer), *notes)
    return Cube(
        asked.dimensions, cells, asked.window, asked.baseline, currency, "Cost Explorer", said
    )


def _values(group: GroupAmount, dimensions: tuple[str, ...]) -> tuple[str, ...]:
    pairs = zip(dimensions, group.values, strict=True)
    return tuple(value_of(name, value) for name, value in pairs)


def varying(cube: Cube) -> Cube:
    """The cube without the dimensions in which all its cells agree; one at least is kept."""
    kept = [
        place
        for place in range(len(cube.dimensions))
        if len({cell.values[place] for cell in cube.cells}) > 1
    ] or [0]
    cells = (replace(each, values=tuple(each.values[at] for at in kept)) for each in cube.cells)
    return replace(cube, dimensions=tuple(cube.dimensions[at] for at in kept), cells=tuple(cells))


def _currency(asked: CubeAsked, answer: Answered) -> str:
    metric = metric_of(asked.slo)
    amounts = [group.amounts[metric] for group in answer.charged]
    found = sorted({unit for amount, unit in amounts if amount})
    wanted = asked.currency or next(iter(found), "")
    if set(found) <= {wanted}:
        return wanted
    raise CostDataError(
        f"Cost Explorer answers in {', '.join(found)}, and {wanted} was asked for; amounts do not "
        "add up without a rate",
        column=metric,
    )


def _part(on: date, asked: CubeAsked, weighed: Weights) -> int | None:
    if on in asked.window:
        return 0
    return (weighed.shares[on.isoweekday()] or None) if on in asked.baseline else None


def _add(sums: _Sums, part: int, group: GroupAmount, asked: CubeAsked) -> None:
    sums.cost[part] += group.amounts[metric_of(asked.slo)][0]
    quantity, unit = group.amounts.get(QUANTITY, (ZERO, ""))
    if quantity:
        sums.quantity[part] += quantity
        sums.units.add(unit)


def _cells(sums: Mapping[tuple[str, ...], _Sums], weighed: Weights) -> Iterator[Cell]:
    """In the order of their values."""
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


def _coverage(asked: CubeAsked, answer: Answered) -> Iterator[str]:
    """What a reader must know of a period that has not all arrived, or is estimated."""
    end = max(group.day for group in answer.charged) + DAY
    for name, period in (("window", asked.window), ("baseline", asked.baseline)):
        if period.end > end:
            yield f"The charges end with {day(end - DAY)}, so the {name} is not complete."
    if answer.estimated_from is not None:
        yield f"Charges from {day(answer.estimated_from)} on are estimates of the source."
