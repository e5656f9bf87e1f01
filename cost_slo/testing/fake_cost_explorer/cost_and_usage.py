# SPDX-License-Identifier: Apache-2.0
"""GetCostAndUsage: what was charged, by period and group?

A period without a charge is in the answer; a group without one is not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import cast

from cost_slo.domain.period import midnight
from cost_slo.domain.spend.settlement import open_from
from cost_slo.testing.fake_cost_explorer import metrics
from cost_slo.testing.fake_cost_explorer.bill import VISIBLE
from cost_slo.testing.fake_cost_explorer.dimensions import FROM_THE_BILL, IS_BEDROCK
from cost_slo.testing.fake_cost_explorer.expression import uses_product_attributes
from cost_slo.testing.fake_cost_explorer.groups import group_keys
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.periods import TRUNCATED, Interval, cost_interval
from cost_slo.testing.fake_cost_explorer.refusal import unavailable

# Product attributes have no data before.
ATTRIBUTES_SINCE = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Line:
    """One group of one period; a period without a group has one line without keys and values."""

    period: Interval
    keys: tuple[str, ...] = ()
    values: Mapping[str, Mapping[str, str]] | None = None


def get_cost_and_usage(look: Look, request: FakeRequest) -> FakeAnswer:
    definitions = request.get("GroupBy") or []
    page = look.pages.page(request, look.page_size, lambda: _lines(look, request))
    granularity = request["Granularity"]
    answer: FakeAnswer = {
        "ResultsByTime": [
            _result(look, period, granularity, list(group), grouped=bool(definitions))
            for period, group in groupby(page.items, key=lambda line: line.period)
        ],
        "DimensionValueAttributes": _accounts(look, definitions, page.items),
    }
    if definitions:
        answer["GroupDefinitions"] = definitions
    return with_token(answer, page.token)


def _lines(look: Look, request: FakeRequest) -> list[_Line]:
    wanted = metrics.known(request["Metrics"])
    granularity = request["Granularity"]
    asked = cost_interval(request["TimePeriod"], granularity, look.now)
    grammar = look.grammar()
    definitions = request.get("GroupBy") or []
    keys = group_keys(definitions, grammar)
    condition = grammar.condition(request.get("Filter"))
    if _asks_attributes(request):
        refuse_early_attributes(asked)
        condition = f"{condition} AND {IS_BEDROCK}"
    selected = ", ".join([TRUNCATED[granularity], *keys, metrics.sums(wanted)])
    columns = ", ".join(str(number + 1) for number in range(len(keys) + 1))
    rows = look.ask(
        f"SELECT {selected} FROM {VISIBLE} WHERE charge_start >= $start AND charge_start < $end "  # noqa: S608
        f"AND {condition} GROUP BY {columns} ORDER BY {columns}",
        grammar,
        start=asked.start,
        end=asked.end,
    )
    found: defaultdict[datetime, list[Sequence[object]]] = defaultdict(list)
    for start, *row in rows:
        found[_period_start(start, asked)].append(row)
    currency = look.bill.currency
    nothing = metrics.values(wanted, [metrics.NO_UNIT, *[0] * len(wanted)], currency)

    def lines_of(period: Interval) -> Iterator[_Line]:
        if not found[period.start]:
            yield _Line(period, values=None if keys else nothing)
        for row in found[period.start]:
            names = tuple(str(key) for key in row[: len(keys)])
            yield _Line(period, names, metrics.values(wanted, row[len(keys) :], currency))

    return [line for period in asked.each(granularity) for line in lines_of(period)]


def _period_start(start: object, asked: Interval) -> datetime:
    """A month that is requested in part starts with the request."""
    return max(cast("datetime", start).replace(tzinfo=UTC), asked.start)


def _result(
    look: Look, period: Interval, granularity: str, lines: Iterable[_Line], *, grouped: bool
) -> FakeAnswer:
    lines = list(lines)
    return {
        "TimePeriod": period.answered(granularity),
        "Total": {} if grouped else lines[0].values,
        "Groups": [
            {"Keys": list(line.keys), "Metrics": line.values} for line in lines if line.keys
        ],
        "Estimated": period.end > midnight(open_from(look.now)),
    }


def refuse_early_attributes(asked: Interval) -> None:
    """Raise DataUnavailableException for product attributes before there were any."""
    if asked.start < ATTRIBUTES_SINCE:
        raise unavailable()


def _asks_attributes(request: FakeRequest) -> bool:
    return uses_product_attributes(request.get("Filter")) or any(
        each.get("Type") == "PRODUCT_ATTRIBUTE" for each in request.get("GroupBy") or []
    )


def _accounts(
    look: Look, definitions: Sequence[Mapping[str, str]], lines: Sequence[_Line]
) -> list[FakeAnswer]:
    """The name of each account in the groups of the page."""
    places = [
        place
        for place, each in enumerate(definitions)
        if (each["Type"], each["Key"]) == ("DIMENSION", "LINKED_ACCOUNT")
    ]
    shown = sorted({line.keys[place] for line in lines if line.keys for place in places})
    if not shown:
        return []
    names = account_names(look)
    return [
        {"Value": account, "Attributes": {"description": names.get(account, account)}}
        for account in shown
    ]


def account_names(look: Look) -> dict[str, str]:
    rows = look.bill.query(
        f"SELECT {FROM_THE_BILL['LINKED_ACCOUNT']}, max(sub_account_name) FROM bill "  # noqa: S608
        "WHERE sub_account_name IS NOT NULL GROUP BY 1"
    )
    return {str(account): str(name) for account, name in rows}
