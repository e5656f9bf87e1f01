# SPDX-License-Identifier: Apache-2.0
"""The spend in answers, by SLO and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal, localcontext

from cost_slo.adapter_kit.aws_record_types import category_of, is_known
from cost_slo.adapters.cost_explorer.answers import Answered, GroupAmount
from cost_slo.adapters.cost_explorer.plan import Share
from cost_slo.adapters.cost_explorer.queries import COST_METRICS
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import EXACT
from cost_slo.domain.money import ZERO, plain
from cost_slo.domain.period import DAY
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spec.scope import ChargeCategory
from cost_slo.domain.spend.reading import ChargeCount, DailySpend
from cost_slo.domain.wording import counted_as_usage, money

_BILLED = COST_METRICS[Metric.BILLED]


def daily_spend(slo: Slo, share: Share, answer: Answered, currency: str) -> tuple[DailySpend, ...]:
    """The spend in an SLO's share of an answer. Raises CostDataError for other currencies."""
    sums: defaultdict[date, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO, ZERO])
    rows: defaultdict[date, int] = defaultdict(int)
    with localcontext(EXACT):
        for group in in_share(slo, share, answer):
            amount = cost(group, COST_METRICS[slo.metric], currency, slo.name)
            sums[group.day][_kind(group, amount)] += amount
            rows[group.day] += 1
    return tuple(_on(day, sums[day], rows[day]) for day in sorted(sums))


def _on(day: date, sums: Sequence[Decimal], rows: int) -> DailySpend:
    amounts = (Decimal(plain(amount)) for amount in sums)
    return DailySpend(*amounts, day=day, service="", rows=rows)


def in_share(slo: Slo, share: Share, answer: Answered) -> Iterator[GroupAmount]:
    """The groups of an answer that an SLO counts."""
    for group in answer.charged:
        is_counted = _category(group) in slo.scope.charge_categories
        if is_counted and (share.values is None or group.values[0] in share.values):
            yield group


def cost(group: GroupAmount, metric: str, currency: str, counted_by: str) -> Decimal:
    """A group's cost. Raises CostDataError if its currency is not the spec's."""
    amount, unit = group.amounts[metric]
    if amount and unit != currency:
        raise CostDataError(
            f"Cost Explorer answers {counted_by} in {unit or 'no currency'} on {group.day}, and "
            f"the spec is in {currency}; write one spec a currency",
            column=metric,
        )
    return amount


def charged_through(answers: Iterable[Answered]) -> date | None:
    """The exclusive end of the last day with usage in any of the answers; or with any charge."""
    groups = [group for answer in answers for group in answer.charged]
    used = [group.day for group in groups if _category(group) is ChargeCategory.USAGE]
    last = max(used or [group.day for group in groups], default=None)
    return last + DAY if last else None


def charge_count(whole: Answered, rows: int, counted: int) -> ChargeCount:
    """The number of rows read, and what the whole account was billed."""
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    with localcontext(EXACT):
        for group in whole.charged:
            amount, unit = group.amounts[_BILLED]
            totals[unit] += amount
    exact = {unit: Decimal(plain(total)) for unit, total in sorted(totals.items())}
    return ChargeCount(rows, exact, counted)


def guesses(whole: Answered) -> Iterator[str]:
    """A note for each record type that counts as usage although its kind is not known."""
    unknown: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for group in whole.charged:
        amount, unit = group.amounts[_BILLED]
        if not is_known(group.values[-1]):
            unknown[group.values[-1], unit].append(amount)
    for (record, unit), amounts in sorted(unknown.items()):
        with localcontext(EXACT):
            total = sum(amounts, ZERO)
        yield counted_as_usage(f"RECORD_TYPE `{record}`", len(amounts), money(total, unit))


def _category(group: GroupAmount) -> ChargeCategory:
    """The record type is always the last group."""
    return ChargeCategory(category_of(group.values[-1]))


def _kind(group: GroupAmount, amount: Decimal) -> int:
    """Usage, a lump or a credit: the place of its sum."""
    if _category(group) is ChargeCategory.USAGE:
        return 0
    return 1 if amount >= 0 else 2
