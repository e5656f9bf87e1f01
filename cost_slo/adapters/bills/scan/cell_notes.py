# SPDX-License-Identifier: Apache-2.0
"""Notes about the rows behind a bill's figures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from cost_slo.adapters.bills.files.detect import short_path
from cost_slo.adapters.bills.files.listing import some
from cost_slo.adapters.bills.scan.bad_rows import NAMED
from cost_slo.adapters.bills.scan.cells import AFTER, INSIDE, NO_CURRENCY, CellQuestion
from cost_slo.adapters.bills.scan.relation import Charges
from cost_slo.adapters.bills.scan.scope_sql import SCOPE_COLUMNS
from cost_slo.adapters.bills.scan.spans import FROM_THE_FIRST, MONTH, SEVERAL
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.wording import count, counted_as_usage, money, month


def cell_notes(charges: Charges, asked: CellQuestion, monthly: Collection[str]) -> Iterator[str]:
    """Notes on unknown values and on long charge periods; `monthly` SLOs are judged by the month.

    They come from the table `cells`.
    """
    yield from lacking_notes(charges, asked.slos)
    yield from _guesses(charges)
    yield from _span_notes(charges, asked, monthly)


def lacking_notes(charges: Charges, slos: Iterable[Slo]) -> Iterator[str]:
    """The files without a column that a scope needs, if other files have it."""
    selectors = [each for slo in slos for each in (slo.scope, slo.scope.not_) if each]
    for key in dict.fromkeys(key for each in selectors for key in each.tags):
        if files := charges.answerable.files_without(key):
            yield (
                f"No column for tag `{key}` in {some(map(short_path, files))}: "
                "the charges in it count as untagged."
            )
    for part, column in SCOPE_COLUMNS.items():
        files = list(charges.answerable.in_map.get(column, ()))
        if files and any(getattr(each, part) for each in selectors):
            yield (
                f"No column for {part} in {some(map(short_path, files))}: "
                "only the map `product` can name them."
            )


def _guesses(charges: Charges) -> Iterator[str]:
    """Unknown kinds of charge that count as usage, most rows first."""
    found = charges.connection.execute(
        "SELECT unknown_value, currency, sum(n)::BIGINT, "
        "sum(billed_cost_usage + billed_cost_lumps + billed_cost_credits) FROM cells "
        "WHERE unknown_value IS NOT NULL AND NOT unreadable GROUP BY ALL "
        "ORDER BY 3 DESC, unknown_value, currency"
    ).fetchall()
    for value, currency, rows, cost in found[:NAMED]:
        amount = money(cost, "" if currency == NO_CURRENCY else currency)
        yield counted_as_usage(value[:80], rows, amount)
    if rest := found[NAMED:]:
        rows = count(sum(rows for _, _, rows, _ in rest), "row")
        yield f"{count(len(rest), 'more unknown value')} count as usage ({rows})."


def _span_notes(charges: Charges, asked: CellQuestion, monthly: Collection[str]) -> Iterator[str]:
    """Notes about charge periods of several days."""
    if monthly:
        yield (
            f"One amount a month in the scope of {', '.join(sorted(monthly))}: judged by the "
            "month, without daily burn rates."
        )
        yield from _whole_months(charges, asked, monthly)
    others = [index for index, slo in enumerate(asked.slos) if slo.name not in monthly]
    inside = " OR ".join(f"s{index} = {INSIDE}" for index in others) or "FALSE"
    for condition, meaning in (
        (f"span = {MONTH}", "a whole month, beside daily usage: a lump, without burn"),
        (f"span IN ({SEVERAL}, {FROM_THE_FIRST})", "several days: counted on the first of them"),
    ):
        (rows,) = charges.connection.execute(
            f"SELECT coalesce(sum(n), 0)::BIGINT FROM cells "  # noqa: S608
            f"WHERE {condition} AND NOT unreadable AND ({inside})"
        ).fetchall()[0]
        if rows:
            yield f"{count(rows, 'row')} of usage for {meaning}."


def _whole_months(charges: Charges, asked: CellQuestion, monthly: Collection[str]) -> Iterator[str]:
    """A note if a month is whole because the bill already has charges of the next."""
    after = [f"s{index} = {AFTER}" for index, slo in enumerate(asked.slos) if slo.name in monthly]
    (goes_on,) = charges.connection.execute(
        f"SELECT count(*) > 0 FROM cells WHERE NOT unreadable AND ({' OR '.join(after)})"  # noqa: S608
    ).fetchall()[0]
    if goes_on:
        yield (
            f"The bill goes on after {asked.as_of:%Y-%m-%d}, so the amount of {month(asked.as_of)} "
            "is the whole month's and not to date."
        )
