# SPDX-License-Identifier: Apache-2.0
"""When does a charge show up, and when does it have its final amount?

Each row's delay is drawn from its identity: the same bill arrives the same way in every
test. Whatever the delay, a month is final at the first instant of the 10th of the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from cost_slo.domain.spend.settlement import LAST_RESTATED

IDENTITY = (
    "charge_start",
    "charge_end",
    "charge_category",
    "charge_description",
    "service_name",
    "sub_account_id",
    "region_id",
    "resource_id",
    "sku_meter",
)
RESTATED_COLUMNS = ("billed_cost", "effective_cost", "list_cost", "consumed_quantity")
# What an amount is cut to before it is multiplied: the product still fits the exact type.
NARROW = "DECIMAL(30,12)"


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a bill arrives.

    Usage shows up `least` to `most` (exclusive) after its charge period ended, any other charge
    that long after its period started: a recurring fee covers a month. One usage row in
    `restated_one_in` (None: none) is first seen at `first_part` of its amounts, and in full one
    to three days later. Charges whose record type is in `late` show up on day `late_day` of the
    next month.
    """

    least: timedelta = timedelta(hours=8)
    most: timedelta = timedelta(hours=24)
    restated_one_in: int | None = None
    first_part: Decimal = Decimal("0.9")
    late: frozenset[str] = frozenset()
    late_day: int = 6

    def __post_init__(self) -> None:
        if not timedelta(0) <= self.least <= self.most:
            raise ValueError(
                f"least and most: {self.least} to {self.most}, expected 0 <= least <= most"
            )
        if not 1 <= self.late_day < LAST_RESTATED:
            raise ValueError(f"late_day: {self.late_day}, expected 1 to {LAST_RESTATED - 1}")
        if self.restated_one_in is not None and self.restated_one_in < 1:
            raise ValueError(f"restated_one_in: {self.restated_one_in}, expected 1 or more")

    def columns(self, charges: str, money: Mapping[str, str]) -> str:
        """The SELECT that adds `visible_at`, `corrected_at` and the first amounts to charges.

        `charges` is a relation with the columns of a charge and `record_type`; `money` gives
        the type of each amount.
        """
        spread = max(1, int((self.most - self.least).total_seconds()))
        lag = f"to_seconds({int(self.least.total_seconds())} + lag_draw % {spread})"
        firsts = ", ".join(
            f"CASE WHEN restated THEN CAST(CAST({name} AS {NARROW}) * {self.first_part:f} "
            f"AS {money[name]}) ELSE {name} END AS first_{name}"
            for name in RESTATED_COLUMNS
        )
        return (
            f"WITH thrown AS (SELECT *, {_draw(1)} AS lag_draw, {_draw(9)} AS restated_draw, "  # noqa: S608
            f"record_type = 'Usage' AS accrues, "
            f"date_trunc('month', charge_day) + INTERVAL 1 MONTH AS next_month FROM {charges}), "
            f"arrived AS (SELECT *, {self._is_restated} AS restated, "
            f"least({self._late(lag)}, {_final()}) AS visible_at FROM thrown) "
            f"SELECT * EXCLUDE (lag_draw, restated_draw, accrues, next_month, restated), {firsts}, "
            f"CASE WHEN restated THEN least(visible_at + to_hours(24 + restated_draw // 7 % 49), "
            f"{_final()}) ELSE visible_at END AS corrected_at FROM arrived"
        )

    @property
    def _is_restated(self) -> str:
        if self.restated_one_in is None:
            return "false"
        return f"accrues AND restated_draw % {self.restated_one_in} = 0"

    def _late(self, lag: str) -> str:
        arrived = f"CASE WHEN accrues THEN charge_end ELSE charge_start END + {lag}"
        if not self.late:
            return arrived
        late = f"next_month + INTERVAL {self.late_day - 1} DAY + INTERVAL 6 HOUR"
        return (
            f"CASE WHEN record_type IN ({_texts(sorted(self.late))}) THEN {late} ELSE {arrived} END"
        )


def _final() -> str:
    return f"next_month + INTERVAL {LAST_RESTATED - 1} DAY"


def _draw(first: int) -> str:
    """A whole number of 32 bits from eight digits of the row's fingerprint."""
    identity = ", ".join(IDENTITY)
    return f"CAST('0x' || substr(md5(concat_ws('|', {identity})), {first}, 8) AS BIGINT)"


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)
