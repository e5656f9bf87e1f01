# SPDX-License-Identifier: Apache-2.0
"""The monitors of Cost Anomaly Detection and their subscription.

Changing anything of a monitor but its name replaces it, and a new monitor has to learn again. So a
monitor contains no amount, owner or name of an SLO, and its id depends only on what it watches.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256

from aws_cdk import aws_ce as ce
from constructs import Construct

from cost_slo.domain.spec.document import Spec
from infra.components.topics import Topic

TagValue = tuple[str, str]


class AnomalyDetection(Construct):
    """The ARNs of the `monitors`, the one `created` for services, and their `subscription`.

    The subscription is None if there are no monitors.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: str,
        topic: Topic,
        monitor_arn: str | None,
        creates_monitor: bool,
        tag_values: Iterable[TagValue],
        percentage: int,
        absolute: int | None,
    ) -> None:
        super().__init__(scope, name)
        adopted = [monitor_arn] if monitor_arn else []
        self.created = self._services(deployment) if creates_monitor else None
        created = [self.created] if self.created else []
        tagged = [self._tagged(deployment, each) for each in tag_values]
        self.monitors = [*adopted, *(it.attr_monitor_arn for it in [*created, *tagged])]
        self.subscription = None
        if self.monitors:
            self.subscription = ce.CfnAnomalySubscription(
                self,
                "Subscription",
                subscription_name=f"{deployment}-anomalies",
                frequency="IMMEDIATE",
                monitor_arn_list=self.monitors,
                subscribers=[
                    ce.CfnAnomalySubscription.SubscriberProperty(
                        address=topic.topic.topic_arn, type="SNS"
                    )
                ],
                threshold_expression=threshold(percentage, absolute),
            )
            self.subscription.node.add_dependency(topic.policy)

    def _services(self, deployment: str) -> ce.CfnAnomalyMonitor:
        return ce.CfnAnomalyMonitor(
            self,
            "Services",
            monitor_name=f"{deployment}-services",
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
        )

    def _tagged(self, deployment: str, watched: TagValue) -> ce.CfnAnomalyMonitor:
        key, value = watched
        digest = sha256(json.dumps(watched).encode()).hexdigest()[:12]
        return ce.CfnAnomalyMonitor(
            self,
            f"Tag{digest}",
            monitor_name=f"{deployment}-{key}-{value}",
            monitor_type="CUSTOM",
            monitor_specification=json.dumps({"Tags": {"Key": key, "Values": [value]}}),
        )


def tag_values(spec: Spec) -> list[TagValue]:
    """Every tag value of the spec's scopes, once each, because one monitor would add them up.

    Untagged spend has no monitor.
    """
    return sorted(
        {
            (key.removeprefix("user:"), value)
            for slo in spec.slos
            for key, values in slo.scope.tags.items()
            for value in values
            if value
        }
    )


def threshold(percentage: int, absolute: int | None) -> str:
    """The minimum impact of a reported anomaly; it must reach both values if both are given."""
    relative = _at_least("ANOMALY_TOTAL_IMPACT_PERCENTAGE", percentage)
    if absolute is None:
        return json.dumps(relative)
    return json.dumps({"And": [_at_least("ANOMALY_TOTAL_IMPACT_ABSOLUTE", absolute), relative]})


def _at_least(dimension: str, value: int) -> dict[str, object]:
    return {
        "Dimensions": {
            "Key": dimension,
            "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
            "Values": [str(value)],
        }
    }
