# SPDX-License-Identifier: Apache-2.0
"""What is visible of a bill at an instant?

The bill is read once into a table; every question opens a cursor of its own, so that many may be
asked at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from cost_slo.adapters.bills.columns.cur import athena_name
from cost_slo.adapters.bills.engine import engine_errors, path_literal
from cost_slo.adapters.bills.scan.relation import CHARGES, Charges, open_charges
from cost_slo.domain.errors import CostDataError
from cost_slo.testing.fake_cost_explorer.arrival import RESTATED_COLUMNS, Arrival
from cost_slo.testing.fake_cost_explorer.dimensions import RECORD_TYPE_SQL

_AMOUNTS = ", ".join(
    f"CASE WHEN corrected_at <= $now THEN {name} ELSE first_{name} END AS {name}"
    for name in RESTATED_COLUMNS
)
# The relation of charges visible at `$now`, each with the amounts known by then.
VISIBLE = f"(SELECT * REPLACE ({_AMOUNTS}) FROM bill WHERE visible_at <= $now)"  # noqa: S608

FOCUS = {
    "BillingPeriodStart": "billing_period",
    "ChargePeriodStart": "charge_start",
    "ChargePeriodEnd": "charge_end",
    "ChargeCategory": "charge_category",
    "ChargeClass": "charge_class",
    "ChargeFrequency": "charge_frequency",
    "ChargeDescription": "charge_description",
    "ServiceName": "service_name",
    "SubAccountId": "sub_account_id",
    "SubAccountName": "sub_account_name",
    "RegionId": "region_id",
    "ResourceId": "resource_id",
    "SkuMeter": "sku_meter",
    "ProviderName": "provider_name",
    "ConsumedQuantity": "consumed_quantity",
    "ConsumedUnit": "consumed_unit",
    "BillingCurrency": "currency",
    "BilledCost": "billed_cost",
    "EffectiveCost": "effective_cost",
    "ListCost": "list_cost",
    "Tags": "tags",
}


class Bill:
    """A bill in the engine's memory, asked at an instant."""

    def __init__(self, location: str, arrival: Arrival) -> None:
        """Raises CostDataError for an unreadable row or two currencies."""
        self._charges = open_charges(location)
        try:
            with engine_errors(location):
                self._load(self._charges, arrival)
            self.currency = self._only_currency(location)
        except BaseException:
            self.close()
            raise

    def _load(self, charges: Charges, arrival: Arrival) -> None:
        columns = ", ".join(
            f"coalesce({name}, billed_cost) AS {name}" if name == "effective_cost" else name
            for name in CHARGES
        )
        record_type = f"{RECORD_TYPE_SQL} AS record_type"
        typed = f"(SELECT {columns}, charge_day, source_row, {record_type} FROM charges)"  # noqa: S608
        charges.connection.execute(f"CREATE TABLE bill AS {arrival.columns(typed, CHARGES)}")

    def _only_currency(self, location: str) -> str:
        unreadable = (
            "SELECT count(*) FROM bill WHERE charge_start IS NULL OR billed_cost IS NULL "
            "OR charge_category IS NULL"
        )
        if count := self.query(unreadable)[0][0]:
            raise CostDataError(
                f"{count} rows have no readable date, category or cost; "
                "`cost-slo evaluate --costs` names them",
                file=location,
            )
        currencies = self.query("SELECT DISTINCT coalesce(currency, 'USD') FROM bill ORDER BY 1")
        if len(currencies) > 1:
            which = ", ".join(str(name) for (name,) in currencies)
            raise CostDataError(
                f"has charges in {which}; Cost Explorer answers in one currency", file=location
            )
        return str(currencies[0][0]) if currencies else "USD"

    def close(self) -> None:
        self._charges.connection.close()

    def query(
        self, sql: str, parameters: Mapping[str, object] | None = None
    ) -> list[tuple[object, ...]]:
        """The rows of a question; `VISIBLE` in it needs the parameter `now`."""
        with closing(self._charges.connection.cursor()) as cursor:
            return cursor.execute(sql, dict(parameters or {})).fetchall()

    def spellings(self, tag_key: str) -> list[str]:
        """The spellings of a tag key: `user:x` and `x` are one key."""
        key = tag_key.removeprefix("user:")
        spellings = [key, f"user:{key}"]
        if self._charges.answerable.spelled_by_athena:
            spellings += [athena_name(f"/{each}").lstrip("_") for each in spellings]
        return spellings

    def write(self, path: Path, now: datetime) -> None:
        """Write what is visible as FOCUS Parquet, with every digit."""
        columns = ", ".join(f'{source} AS "{name}"' for name, source in FOCUS.items())
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._charges.connection.cursor()) as cursor, engine_errors(str(path)):
            cursor.execute(
                f"CREATE OR REPLACE TEMP TABLE shown AS SELECT {columns} FROM {VISIBLE} "  # noqa: S608
                "ORDER BY charge_start, source_row",
                {"now": engine_time(now)},
            )
            cursor.execute(f"COPY shown TO {path_literal(str(path))} (FORMAT parquet)")


def engine_time(instant: datetime) -> datetime:
    """The instant as the engine has it: UTC without a zone."""
    return instant.astimezone(UTC).replace(tzinfo=None)
