# SPDX-License-Identifier: Apache-2.0
"""The sums of a bill's rows, for every SLO at once.

The scan makes a small table, `cells`: one line for each day, service, currency and standing.
A row's standing for an SLO is one of the four figures of `ScopeCount`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cost_slo.adapters.bills.engine import in_any_order
from cost_slo.adapters.bills.scan.bad_rows import Checks
from cost_slo.adapters.bills.scan.moved import moved_notes
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_notes import ScopeNotes
from cost_slo.adapters.bills.scan.scope_sql import (
    Parameters,
    category_condition,
    scope_condition,
    spelled_otherwise,
)
from cost_slo.adapters.bills.scan.spans import FROM_THE_FIRST, IS_USAGE, MONTH, all_months, span
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.money import plain
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spend.reading import ChargeCount, CostReading, DailySpend, ScopeCount

OUTSIDE, OTHER_CATEGORY, AFTER, INSIDE = range(4)
COSTS = {Metric.BILLED: "billed_cost", Metric.EFFECTIVE: "effective_cost"}
NO_CURRENCY = "(none)"


@dataclass(frozen=True, slots=True)
class CellQuestion:
    """The question of a reading; `as_of` is UTC without a zone, as in the engine."""

    slos: tuple[Slo, ...]
    currency: str
    as_of: datetime


def build_cells(charges: Charges, asked: CellQuestion, checks: Checks) -> None:
    """Scan the bill once into the table `cells`."""
    parameters = Parameters(shared={})
    metrics = sorted({Metric.BILLED, *(slo.metric for slo in asked.slos)})
    for slo in asked.slos:
        charges.answerable.need(COSTS[slo.metric])
    standings = [
        f"{_standing(slo, charges, parameters)} AS s{index}" for index, slo in enumerate(asked.slos)
    ]
    spellings = list(_spellings(charges, asked, parameters))
    currency = parameters.add(NO_CURRENCY if charges.has_currency else asked.currency)
    rows = ", ".join(
        [
            "charge_day AS day",
            "coalesce(service_name, '') AS service",
            f"coalesce(currency, {currency}) AS currency",
            f"charge_start < {parameters.add(asked.as_of)} AS past",
            f"{IS_USAGE} AS is_usage",
            f"{span(charges)} AS span",
            f"({checks.problem}) IS NOT NULL AS unreadable",
            "unknown_value",
            *standings,
            *spellings,
            "charge_end",
            "moved_cost",
            *(COSTS[metric] for metric in metrics),
        ]
    )
    sums = ", ".join(part for metric in metrics for part in _sums(COSTS[metric]))
    marks = [f"s{index}" for index in range(len(asked.slos))]
    marks += [f"spelled{index}" for index in range(len(asked.slos))]
    keys = ", ".join(["day, service, currency, past, unreadable, unknown_value, span", *marks])
    with in_any_order(charges.connection):
        charges.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE cells AS SELECT {keys}, {sums}, "  # noqa: S608
            "coalesce(sum(moved_cost), 0) AS moved, "
            "bool_or(is_usage) AS has_usage, max(charge_end) AS ended, count(*) AS n "
            f"FROM (SELECT {rows} FROM {parameters.charges}) GROUP BY {keys}",
            parameters.values,
        )


def _standing(slo: Slo, charges: Charges, parameters: Parameters) -> str:
    scope = scope_condition(slo.scope, charges.answerable, parameters)
    category = category_condition(slo.scope, parameters)
    return (
        f"CAST(CASE WHEN NOT ({scope}) THEN {OUTSIDE} WHEN NOT ({category}) THEN {OTHER_CATEGORY} "
        f"WHEN NOT past THEN {AFTER} ELSE {INSIDE} END AS UTINYINT)"
    )


def _spellings(charges: Charges, asked: CellQuestion, parameters: Parameters) -> Iterator[str]:
    """SQL for each SLO's spelling of a charge that would count in another spelling."""
    for index, slo in enumerate(asked.slos):
        spelled = spelled_otherwise(slo.scope, charges.answerable, parameters)
        category = category_condition(slo.scope, parameters)
        counted = f"CASE WHEN past AND ({category}) THEN {spelled} END" if spelled else "NULL"
        yield f"CAST({counted} AS VARCHAR) AS spelled{index}"


def _sums(cost: str) -> tuple[str, str, str]:
    return (
        f"coalesce(sum({cost}) FILTER (WHERE is_usage), 0) AS {cost}_usage",
        f"coalesce(sum({cost}) FILTER (WHERE NOT is_usage AND {cost} >= 0), 0) AS {cost}_lumps",
        f"coalesce(sum({cost}) FILTER (WHERE NOT is_usage AND {cost} < 0), 0) AS {cost}_credits",
    )


def read_cells(
    charges: Charges, asked: CellQuestion, unreadable: int, notes: tuple[str, ...]
) -> CostReading:
    """The reading from the cells. Raises CostDataError for a foreign currency in a scope."""
    _refuse_other_currencies(charges, asked)
    rows, totals = _totals(charges)
    scopes = {slo.name: _scope_count(charges, index) for index, slo in enumerate(asked.slos)}
    monthly = _monthly(charges, asked)
    if not charges.has_currency:
        notes = (f"The bill names no currency: {asked.currency} is assumed.", *notes)
    return CostReading(
        charges=ChargeCount(rows, totals, _in_some_scope(charges, asked), unreadable),
        spend={
            slo.name: _spend(charges, index, slo, by_month=slo.name in monthly)
            for index, slo in enumerate(asked.slos)
        },
        scopes=scopes,
        charged_through=_charged_through(charges, asked),
        description=charges.description,
        estimated_from=charges.estimated_from,
        notes=(*charges.notes, *moved_notes(charges), *notes),
        scope_notes=_scope_notes(charges, asked, scopes),
        monthly=monthly,
    )


def _scope_notes(
    charges: Charges, asked: CellQuestion, scopes: Mapping[str, ScopeCount]
) -> Mapping[str, tuple[str, ...]]:
    notes = ScopeNotes(charges, asked.currency)
    return {
        slo.name: notes.of(slo, index, is_empty=not scopes[slo.name].in_scope)
        for index, slo in enumerate(asked.slos)
    }


def _totals(charges: Charges) -> tuple[int, Mapping[str, Decimal]]:
    found = charges.connection.execute(
        "SELECT currency, sum(n)::BIGINT, "
        "sum(billed_cost_usage + billed_cost_lumps + billed_cost_credits + moved) "
        "FROM cells WHERE NOT unreadable GROUP BY currency ORDER BY currency"
    ).fetchall()
    return sum(n for _, n, _ in found), {name: exact(total) for name, _, total in found}


def _refuse_other_currencies(charges: Charges, asked: CellQuestion) -> None:
    for index, slo in enumerate(asked.slos):
        found = charges.connection.execute(
            f"SELECT currency, sum(n)::BIGINT FROM cells WHERE s{index} = {INSIDE} "  # noqa: S608
            "AND NOT unreadable AND currency <> $currency GROUP BY currency ORDER BY currency",
            {"currency": asked.currency},
        ).fetchall()
        if found:
            which = ", ".join(f"{name} ({n} rows)" for name, n in found)
            raise CostDataError(
                f"SLO `{slo.name}` has charges in {which} in its scope and the spec is in "
                f"{asked.currency}; narrow the scope, for example by provider, and write one spec "
                "a currency",
                file=charges.location,
                column=charges.labels.get("currency", "Unit"),
            )


def _scope_count(charges: Charges, index: int) -> ScopeCount:
    counts = dict(
        charges.connection.execute(
            f"SELECT s{index}, sum(n)::BIGINT FROM cells "  # noqa: S608
            f"WHERE NOT unreadable GROUP BY s{index}"
        ).fetchall()
    )
    return ScopeCount(
        in_scope=counts.get(INSIDE, 0),
        outside_scope=counts.get(OUTSIDE, 0),
        other_category=counts.get(OTHER_CATEGORY, 0),
        after_as_of=counts.get(AFTER, 0),
    )


def _in_some_scope(charges: Charges, asked: CellQuestion) -> int:
    anywhere = " OR ".join(f"s{index} = {INSIDE}" for index in range(len(asked.slos))) or "FALSE"
    query = f"SELECT coalesce(sum(n), 0)::BIGINT FROM cells WHERE NOT unreadable AND ({anywhere})"  # noqa: S608
    return int(charges.connection.execute(query).fetchall()[0][0])


def _monthly(charges: Charges, asked: CellQuestion) -> dict[str, date]:
    """The SLOs whose usage is of months, and the exclusive end of the newest period of each."""
    found: dict[str, date] = {}
    for index, slo in enumerate(asked.slos):
        usage = f"{COSTS[slo.metric]}_usage"
        by_month, ended, last = charges.connection.execute(
            f"SELECT {all_months(usage, 'span')}, max(ended) FILTER (WHERE {usage} <> 0), "  # noqa: S608
            f"max(day) FROM cells WHERE s{index} = {INSIDE} AND NOT unreadable"
        ).fetchall()[0]
        if by_month:
            found[slo.name] = ended.date() if ended else last + timedelta(days=1)
    return found


def _spend(charges: Charges, index: int, slo: Slo, *, by_month: bool) -> tuple[DailySpend, ...]:
    cost = COSTS[slo.metric]
    usage = f"{cost}_usage"
    is_lump = "FALSE" if by_month else f"span = {MONTH}"
    found = charges.connection.execute(
        f"SELECT day, service, sum(CASE WHEN {is_lump} THEN 0 ELSE {usage} END), "  # noqa: S608
        f"sum({cost}_lumps + CASE WHEN {is_lump} THEN greatest({usage}, 0) ELSE 0 END), "
        f"sum({cost}_credits + CASE WHEN {is_lump} THEN least({usage}, 0) ELSE 0 END), "
        f"sum(n)::BIGINT FROM cells WHERE s{index} = {INSIDE} AND NOT unreadable "
        "GROUP BY day, service ORDER BY day, service"
    ).fetchall()
    return tuple(
        DailySpend(*map(exact, amounts), day=day, service=service, rows=rows)
        for day, service, *amounts, rows in found
    )


def _charged_through(charges: Charges, asked: CellQuestion) -> date | None:
    by_day, any_day, ended = charges.connection.execute(
        f"SELECT max(day) FILTER (WHERE has_usage AND span < {FROM_THE_FIRST}), max(day), "  # noqa: S608
        f"max(ended) FILTER (WHERE span >= {FROM_THE_FIRST}) FROM cells "
        "WHERE past AND NOT unreadable"
    ).fetchall()[0]
    last: date | None = by_day or any_day
    if last is None:
        return None
    next_day = last + timedelta(days=1)
    if by_day is None and ended is not None:
        end: datetime = min(ended, asked.as_of)
        return max(end.date(), next_day)
    return min(next_day, charges.complete_until or next_day)


def exact(amount: Decimal) -> Decimal:
    """The engine's amount without the zeros of its type."""
    return Decimal(plain(amount))
