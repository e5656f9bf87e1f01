# SPDX-License-Identifier: Apache-2.0
"""Small bills in every format, with only the columns that matter on the line."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostSloError
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spec.scope import ChargeCategory
from cost_slo.domain.spend.reading import CostReading

ALL = tuple(ChargeCategory)
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)

FOCUS_ROW = {
    "ChargePeriodStart": "2026-09-01T00:00:00Z",
    "ChargePeriodEnd": "2026-09-02T00:00:00Z",
    "ChargeCategory": "Usage",
    "ChargeFrequency": "Usage-Based",
    "BilledCost": "1.00",
    "EffectiveCost": "1.00",
    "BillingCurrency": "USD",
    "ServiceName": "Amazon EC2",
    "SubAccountId": "111122223333",
    "RegionId": "us-east-1",
    "ProviderName": "AWS",
    "Tags": "{}",
}

CUR_ROW = {
    "lineItem/UsageStartDate": "2026-09-01T00:00:00Z",
    "lineItem/UsageEndDate": "2026-09-01T01:00:00Z",
    "lineItem/LineItemType": "Usage",
    "lineItem/UnblendedCost": "1.00",
    "lineItem/CurrencyCode": "USD",
    "lineItem/ProductCode": "AmazonEC2",
    "lineItem/UsageAccountId": "111122223333",
    "product/ProductName": "Amazon Elastic Compute Cloud",
    "product/region": "us-east-1",
}


def an_slo(name: str = "all", *, metric: str = "BilledCost", **scope: Any) -> Slo:
    """An SLO whose scope matters; every category counts unless it says otherwise."""
    document = {
        "name": name,
        "product": "metalabs",
        "owner": "platform",
        "objective": {"monthly": 100},
        "metric": metric,
        "scope": {"charge_categories": ALL, **scope},
    }
    return Slo.model_validate(document)


def focus_row(**changes: str) -> dict[str, str]:
    """A dollar of EC2 on 2026-09-01, with changes."""
    return FOCUS_ROW | changes


def cur_row(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """A dollar of EC2 on 2026-09-01, with changes."""
    return CUR_ROW | dict(changes or {})


def csv_text(rows: Iterable[Mapping[str, str]], *, delimiter: str = ",") -> str:
    """The rows as csv, with the columns of the first."""
    rows = list(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_csv(path: Path, *rows: Mapping[str, str]) -> Path:
    """A csv file with these rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(csv_text(rows))
    return path


def a_period(
    start: str, end: str, groups: Mapping[Any, str], *, estimated: bool = False
) -> dict[str, Any]:
    """One period of a Cost Explorer response: the amount of each group's keys."""
    return {
        "TimePeriod": {"Start": start, "End": end},
        "Estimated": estimated,
        "Total": {},
        "Groups": [
            {"Keys": list(keys), "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
            for keys, amount in groups.items()
        ],
    }


def a_response(*periods: Mapping[str, Any], by: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A GetCostAndUsage response grouped by (type, key) pairs."""
    definitions = [{"Type": kind, "Key": key} for kind, key in by]
    return {"GroupDefinitions": definitions, "ResultsByTime": list(periods)}


def write_json(path: Path, document: object) -> Path:
    """A JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document))
    return path


def read_bill(
    location: Path | str,
    *slos: Slo,
    as_of: datetime = OCTOBER,
    currency: str = "USD",
    **how: Any,
) -> CostReading:
    """What the bill says; of everything, when no SLO is given."""
    return BillSource(str(location), **how).fetch_costs(slos or (an_slo(),), currency, as_of)


def outcome(location: Path | str, **how: Any) -> CostReading | CostSloError:
    """What the bill says, or why it says nothing; any other failure is not caught."""
    try:
        return read_bill(location, **how)
    except CostSloError as error:
        return error


def total(reading: CostReading, name: str = "all") -> str:
    """The spend of one SLO, as text."""
    return str(sum((each.total for each in reading.spend[name]), start=0))
