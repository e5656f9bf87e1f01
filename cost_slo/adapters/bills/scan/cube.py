# SPDX-License-Identifier: Apache-2.0
"""What did each combination of service, meter, account, region or tag cost in two periods?

One scan groups the rows of both periods; baseline and window are sums of the same groups.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cost_slo.adapters.bills.scan.bad_rows import Checks, uses_accounts
from cost_slo.adapters.bills.scan.cells import COSTS, NO_CURRENCY
from cost_slo.adapters.bills.scan.dimensions import column_of
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import (
    Parameters,
    category_condition,
    scope_condition,
    uses_tags,
)
from cost_slo.domain.drivers.comparable_periods import Weights, weights
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import EXACT
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spend.cube import TAG, Cell, CubeQuestion

SUMMED = ("cost", "quantity", "list_cost")
_METERED = "charge_category = 'Usage' AND coalesce(consumed_unit, '') <> ''"


@dataclass(frozen=True, slots=True)
class CubeScan(CubeQuestion):
    """A question in SQL, with a baseline and dimensions that the bill has."""

    baseline: Period

    @property
    def checks(self) -> Checks:
        scoped = self.slo is not None and uses_tags(self.slo.scope)
        return Checks(
            effective_cost=self.metric is Metric.EFFECTIVE,
            tags=scoped or any(name.startswith(TAG) for name in self.dimensions),
            accounts=self.slo is not None and uses_accounts(self.slo.scope),
        )

    @property
    def cost(self) -> str:
        return COSTS[self.metric]

    @property
    def weights(self) -> Weights:
        return weights(self.window, self.baseline)

    @property
    def both(self) -> str:
        return f"({within(self.window)} OR {within(self.baseline)})"

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns of the table `cube`: each amount in the window, and in the baseline."""
        parts = ("after", *(f"before_{level}" for level in self.weights.levels))
        return tuple(f"{column}_{part}" for column in SUMMED for part in parts)


def within(period: Period) -> str:
    """The condition that a charge is in a period."""
    return f"(charge_day >= DATE '{period.start}' AND charge_day < DATE '{period.end}')"


def in_scope(slo: Slo | None, charges: Charges, parameters: Parameters) -> str:
    """The condition that a charge counts; without an SLO every one does."""
    if slo is None:
        return "TRUE"
    scope = scope_condition(slo.scope, charges.answerable, parameters)
    return f"(({scope}) AND {category_condition(slo.scope, parameters)})"


def build_cube(charges: Charges, asked: CubeScan) -> None:
    """Scan the bill once into the table `cube`, a row for each combination, unit and currency."""
    parameters = Parameters()
    charges.answerable.need(asked.cost)
    keys = [f"d{index}" for index in range(len(asked.dimensions))]
    currency = parameters.add(NO_CURRENCY if charges.has_currency else asked.currency or "")
    selected = [
        *(
            f"{column_of(dimension, charges.answerable, parameters)} AS {key}"
            for key, dimension in zip(keys, asked.dimensions, strict=True)
        ),
        f"CASE WHEN {_METERED} THEN consumed_unit ELSE '' END AS unit",
        f"coalesce(currency, {currency}) AS currency",
        f"({asked.checks.problem}) IS NOT NULL AS unreadable",
        f"{_part(asked)} AS part",
        f"{asked.cost} AS cost",
        f"CASE WHEN {_METERED} THEN consumed_quantity END AS quantity",
        f"CASE WHEN {_METERED} THEN list_cost END AS list_cost",
    ]
    group = ", ".join([*keys, "unit", "currency", "unreadable"])
    sums = ", ".join(f"sum({column}) AS {column}" for column in SUMMED)
    parts = (
        f"SELECT {group}, part, {sums}, count(*) AS n, "  # noqa: S608
        "bool_or(quantity IS NOT NULL AND list_cost IS NULL) AS unlisted "
        f"FROM (SELECT {', '.join(selected)} FROM charges "
        f"WHERE ({asked.checks.problem}) IS NOT NULL "
        f"OR ({asked.both} AND {in_scope(asked.slo, charges, parameters)})) GROUP BY {group}, part"
    )
    charges.connection.execute(
        f"CREATE OR REPLACE TEMP TABLE cube AS SELECT {group}, {', '.join(_sums(asked))}, "  # noqa: S608
        f"bool_or(unlisted) AS unlisted, sum(n) AS n FROM ({parts}) GROUP BY {group}",
        parameters.values,
    )


def _part(asked: CubeScan) -> str:
    """SQL for the part of a charge: 0 in the window, the level of its weekday in the baseline."""
    levels = " ".join(
        f"WHEN isodow(charge_day) IN ({', '.join(map(str, asked.weights.weekdays(level)))}) "
        f"THEN {level}"
        for level in asked.weights.levels
    )
    return f"CASE WHEN {within(asked.window)} THEN 0 {levels} END"


def _sums(asked: CubeScan) -> Iterator[str]:
    for column in SUMMED:
        yield f"sum({column}) FILTER (WHERE part = 0) AS {column}_after"
        for level in asked.weights.levels:
            yield f"sum({column}) FILTER (WHERE part = {level}) AS {column}_before_{level}"


def cube_currency(charges: Charges, asked: CubeScan) -> str:
    """The currency of the cube. Raises CostDataError for two, or for another than requested."""
    found = dict(
        charges.connection.execute(
            "SELECT currency, sum(n)::BIGINT FROM cube WHERE NOT unreadable "
            "GROUP BY currency ORDER BY currency"
        ).fetchall()
    )
    wanted = asked.currency or next(iter(found), "")
    if set(found) <= {wanted}:
        return wanted
    which = ", ".join(f"{name} ({count} rows)" for name, count in found.items())
    raise CostDataError(
        f"the charges of the two periods are in {which}, which do not add up without a rate; "
        "narrow the scope with an SLO of one currency (--spec and --slo)",
        file=charges.location,
        column=charges.labels.get("currency", "Unit"),
    )


def cube_cells(charges: Charges, asked: CubeScan) -> tuple[Cell, ...]:
    """The cells with a cost, in the order of their values."""
    keys = ", ".join(f"d{index}" for index in range(len(asked.dimensions)))
    found = charges.connection.execute(
        f"SELECT {keys}, unit, unlisted, {', '.join(asked.sums)} FROM cube "  # noqa: S608
        f"WHERE NOT unreadable ORDER BY {keys}, unit"
    ).fetchall()
    width, size = len(asked.dimensions), 1 + len(asked.weights.levels)
    starts = range(width + 2, width + 2 + size * len(SUMMED), size)
    columns = [
        _before_after([row[start : start + size] for row in found], asked.weights)
        for start in starts
    ]
    cells = (
        _cell(row[:width], row[width], amounts, is_unlisted=row[width + 1])
        for row, *amounts in zip(found, *columns, strict=True)
    )
    return tuple(cell for cell in cells if cell.has_cost)


BeforeAfter = tuple[Decimal, Decimal]


def _cell(
    values: tuple[str, ...],
    unit: str,
    amounts: Sequence[BeforeAfter | None],
    *,
    is_unlisted: bool,
) -> Cell:
    cost, quantity, listed = amounts
    before, after = cost or (ZERO, ZERO)
    if quantity is None:
        return Cell(values, before, after)
    known = (listed or (None, None)) if not is_unlisted else (None, None)
    return Cell(values, before, after, *quantity, unit, *known)


def _before_after(
    rows: Sequence[Sequence[Decimal | None]], weighed: Weights
) -> list[BeforeAfter | None]:
    """Sums of one column in both periods; None for a row without an amount."""
    scaled = weighed.scaled([before for _, *before in rows])
    return [
        None
        if all(part is None for part in (after, *parts))
        else (EXACT.normalize(before), EXACT.normalize(after or ZERO))
        for before, (after, *parts) in zip(scaled, rows, strict=True)
    ]
