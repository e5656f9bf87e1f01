# SPDX-License-Identifier: Apache-2.0
"""Writes a bill as a FOCUS 1.2 file, Parquet, and units as CSV.

A file appears whole or not at all, and its amounts are the charges' to the last digit.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.money import plain
from cost_slo.domain.spend.charge import Charge

_SCALE = 12
_AMOUNT = f"DECIMAL(38, {_SCALE})"

COLUMNS: tuple[tuple[str, str, Callable[[Charge], object]], ...] = (
    ("BillingAccountId", "VARCHAR", lambda charge: charge.billing_account_id),
    ("SubAccountId", "VARCHAR", lambda charge: charge.sub_account_id),
    ("SubAccountName", "VARCHAR", lambda charge: charge.sub_account_name),
    ("ProviderName", "VARCHAR", lambda charge: charge.provider_name),
    ("InvoiceId", "VARCHAR", lambda charge: charge.invoice_id),
    ("BillingPeriodStart", "TIMESTAMP", lambda charge: charge.billing_period_start),
    ("BillingPeriodEnd", "TIMESTAMP", lambda charge: charge.billing_period_end),
    ("ChargePeriodStart", "TIMESTAMP", lambda charge: charge.charge_period_start),
    ("ChargePeriodEnd", "TIMESTAMP", lambda charge: charge.charge_period_end),
    ("ChargeCategory", "VARCHAR", lambda charge: charge.charge_category),
    ("ChargeClass", "VARCHAR", lambda charge: charge.charge_class),
    ("ChargeFrequency", "VARCHAR", lambda charge: charge.charge_frequency),
    ("ChargeDescription", "VARCHAR", lambda charge: charge.charge_description),
    ("ServiceCategory", "VARCHAR", lambda charge: charge.service_category),
    ("ServiceName", "VARCHAR", lambda charge: charge.service_name),
    ("RegionId", "VARCHAR", lambda charge: charge.region_id),
    ("ResourceId", "VARCHAR", lambda charge: charge.resource_id),
    ("SkuId", "VARCHAR", lambda charge: charge.sku_id),
    ("SkuMeter", "VARCHAR", lambda charge: charge.sku_meter),
    ("ConsumedQuantity", _AMOUNT, lambda charge: charge.consumed_quantity),
    ("ConsumedUnit", "VARCHAR", lambda charge: charge.consumed_unit),
    ("BillingCurrency", "VARCHAR", lambda charge: charge.billing_currency),
    ("BilledCost", _AMOUNT, lambda charge: charge.billed_cost),
    ("EffectiveCost", _AMOUNT, lambda charge: charge.effective_cost),
    ("ContractedCost", _AMOUNT, lambda charge: charge.contracted_cost),
    ("ListCost", _AMOUNT, lambda charge: charge.list_cost),
    ("Tags", "MAP(VARCHAR, VARCHAR)", lambda charge: json.dumps(dict(charge.tags))),
)


def write_units_csv(
    rows: Iterable[tuple[date, Decimal]], path: Path, *, label: str = "request"
) -> None:
    """Units a day, as `date,amount,label`."""
    lines = ([day.isoformat(), plain(amount), label] for day, amount in rows)
    with _whole(path) as draft:
        _write_rows(draft, ["date", "amount", "label"], lines)


def write_parquet(charges: Iterable[Charge], path: Path) -> None:
    """One row a charge; costs are decimals, Tags is a map, times are UTC."""
    import duckdb  # noqa: PLC0415 - heavy, and only a laptop has it

    with _whole(path) as draft, duckdb.connect() as connection:
        rows = draft.with_name("rows.csv")
        _write_charges(rows, charges)
        try:
            connection.execute(_copy_statement(rows, draft))
        except duckdb.Error as error:
            raise SourceError(f"{path}: could not be written as Parquet: {error}") from error


def _copy_statement(rows: Path, draft: Path) -> str:
    read_as = {name: "VARCHAR" if name == "Tags" else kind for name, kind, _ in COLUMNS}
    source = (
        f"read_csv({_quoted(rows)}, header = true, delim = ',', quote = '\"', columns = {read_as})"
    )
    tags = 'CAST("Tags"::JSON AS MAP(VARCHAR, VARCHAR)) AS "Tags"'
    selected = f"SELECT * REPLACE ({tags}) FROM {source}"  # noqa: S608 - our own names and paths
    return f"COPY ({selected}) TO {_quoted(draft)} (FORMAT parquet)"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _row(number: int, charge: Charge) -> list[str]:
    return [_text(number, name, value(charge)) for name, _, value in COLUMNS]


def _text(number: int, column: str, value: object) -> str:
    match value:
        case str():
            return value
        case None:
            return ""
        case Decimal():
            return plain(_writable(number, column, value))
        case datetime():
            return _instant(value)
    return str(value)


@lru_cache
def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _writable(number: int, column: str, amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -_SCALE:
        message = f"{amount} is not a number of at most {_SCALE} decimals; round it first"
        raise CostDataError(message, row=number, column=column)
    return amount


def _write_charges(path: Path, charges: Iterable[Charge]) -> None:
    header = [name for name, _, _ in COLUMNS]
    _write_rows(path, header, (_row(number, charge) for number, charge in enumerate(charges, 1)))


def _write_rows(path: Path, header: list[str], rows: Iterable[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A draft beside the path, renamed to it once it is finished."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=path.parent, prefix=".draft-") as folder:
            draft = Path(folder) / path.name
            yield draft
            draft.replace(path)
    except OSError as error:
        raise SourceError(f"{path}: could not be written: {error}") from error
