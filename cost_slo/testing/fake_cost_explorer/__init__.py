# SPDX-License-Identifier: Apache-2.0
"""A Cost Explorer to test against: an HTTP server that answers from a bill, as AWS would.

with FakeCostExplorer("bill.parquet", clock=datetime(2026, 9, 16, 9, tzinfo=UTC)) as fake:
    client = boto3.client("ce", endpoint_url=fake.url)
"""

from __future__ import annotations

from cost_slo.testing.fake_cost_explorer.arrival import Arrival
from cost_slo.testing.fake_cost_explorer.fake import FakeCostExplorer, ReceivedCall

__all__ = ["Arrival", "FakeCostExplorer", "ReceivedCall"]
