# SPDX-License-Identifier: Apache-2.0
"""Cost allocation tags, and the monitors and subscriptions of Cost Anomaly Detection.

Cost Anomaly Detection is free. For ListCostAllocationTags AWS documents no price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.doctor.account import AnomalyMonitor, AnomalySubscription

if TYPE_CHECKING:
    from mypy_boto3_ce import CostExplorerClient

MOST_KEYS = 100


def fetch_tags(client: CostExplorerClient, keys: Sequence[str]) -> Mapping[str, str]:
    """The status of each key that is a cost allocation tag. Raises SourceError."""
    paginator = client.get_paginator("list_cost_allocation_tags")
    found: dict[str, str] = {}
    with calling("ce:ListCostAllocationTags"):
        for some in batched(keys, MOST_KEYS, strict=False):
            for page in paginator.paginate(TagKeys=list(some)):
                found |= {
                    each["TagKey"]: str(each["Status"]) for each in page["CostAllocationTags"]
                }
    return found


def fetch_monitors(client: CostExplorerClient) -> Iterator[AnomalyMonitor]:
    """Every monitor of the account. Raises SourceError."""
    with calling("ce:GetAnomalyMonitors"):
        for page in client.get_paginator("get_anomaly_monitors").paginate():
            for each in page["AnomalyMonitors"]:
                yield AnomalyMonitor(each.get("MonitorArn", ""), each.get("MonitorDimension"))


def fetch_subscriptions(client: CostExplorerClient) -> Iterator[AnomalySubscription]:
    """Every subscription of the account. Raises SourceError."""
    with calling("ce:GetAnomalySubscriptions"):
        for page in client.get_paginator("get_anomaly_subscriptions").paginate():
            for each in page["AnomalySubscriptions"]:
                subscribers = each["Subscribers"]
                topics = [it.get("Address", "") for it in subscribers if it.get("Type") == "SNS"]
                yield AnomalySubscription(
                    each.get("SubscriptionArn", ""),
                    each.get("Frequency", ""),
                    tuple(each["MonitorArnList"]),
                    tuple(topics),
                )
