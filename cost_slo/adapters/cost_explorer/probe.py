# SPDX-License-Identifier: Apache-2.0
"""Does Cost Explorer answer? One request, paid for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from cost_slo.adapters.cost_explorer.faults import translated
from cost_slo.adapters.cost_explorer.paid import PaidRequests, dollars
from cost_slo.domain.period import DAY

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

_OPERATION = "ce:GetCostAndUsage"


def try_costs(client: CostExplorerClient, paid: PaidRequests, as_of: datetime) -> str:
    """Request the cost of the day before; a sentence that it answered.

    Raises SourceError, and CapReachedError if no request is left.
    """
    end = as_of.date()
    request = {
        "TimePeriod": {"Start": f"{end - DAY}", "End": f"{end}"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
    }
    made = paid.made
    try:
        paid.send(client.get_cost_and_usage, request, end)
    except (ClientError, BotoCoreError) as error:
        raise translated(error, _OPERATION, f"{end - DAY}") from None
    return f"it answers ({dollars(paid.made - made)}, counted)"
