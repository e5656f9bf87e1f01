# SPDX-License-Identifier: Apache-2.0
"""What AWS reports about an account, by calls that are free of charge and change nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

from cost_slo.adapters.account import detection, identity, keys, topics
from cost_slo.domain.doctor.account import (
    AnomalyMonitor,
    AnomalySubscription,
    Identity,
    Membership,
    Topic,
)


class AwsAccount:
    """The account of the credentials; a client is made when it is first needed."""

    def __init__(self, clients: Callable[..., Any]) -> None:
        """`clients` makes a client of a service, optionally of a `region`."""
        self._clients = clients

    def fetch_identity(self) -> Identity:
        return identity.fetch_identity(self._clients("sts"))

    def fetch_membership(self, account: str) -> Membership:
        return identity.fetch_membership(self._clients("organizations"), account)

    def fetch_tags(self, keys: Collection[str]) -> Mapping[str, str]:
        """The status of those keys that are cost allocation tags."""
        return detection.fetch_tags(self._clients("ce"), sorted(keys))

    def fetch_monitors(self) -> tuple[AnomalyMonitor, ...]:
        return tuple(detection.fetch_monitors(self._clients("ce")))

    def fetch_subscriptions(self) -> tuple[AnomalySubscription, ...]:
        return tuple(detection.fetch_subscriptions(self._clients("ce")))

    def fetch_topic(self, arn: str) -> Topic:
        """A topic, its policy, its subscribers, and whom the policy of its key lets encrypt."""
        region = arn.split(":")[3]
        topic = topics.fetch_topic(self._clients("sns", region=region), arn)
        if topic.key is None:
            return topic
        services = keys.fetch_key_services(self._clients("kms", region=region), topic.key)
        return replace(topic, key_services=services)
