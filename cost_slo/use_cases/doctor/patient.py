# SPDX-License-Identifier: Apache-2.0
"""What the doctor examines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from cost_slo.domain.doctor.account import (
    AnomalyMonitor,
    AnomalySubscription,
    Identity,
    Membership,
    Topic,
)
from cost_slo.domain.spec.document import Slo
from cost_slo.ports import SpecSource, Store


class Account(Protocol):
    """Free AWS calls about an account. Each raises SettingsError or SourceError."""

    def fetch_identity(self) -> Identity:
        """The account and region of the credentials."""
        ...

    def fetch_membership(self, account: str) -> Membership:
        """The account's role in its organization."""
        ...

    def fetch_tags(self, keys: Collection[str]) -> Mapping[str, str]:
        """Status by key, `Active` or `Inactive`, of the cost allocation tags among the keys."""
        ...

    def fetch_monitors(self) -> Sequence[AnomalyMonitor]:
        """The account's anomaly monitors."""
        ...

    def fetch_subscriptions(self) -> Sequence[AnomalySubscription]:
        """The account's anomaly subscriptions."""
        ...

    def fetch_topic(self, arn: str) -> Topic:
        """A topic, its policy and its subscribers."""
        ...


@dataclass(frozen=True, slots=True)
class Patient:
    """The account, deployment and state to check; a part that is None is not set up.

    `requests_of` counts the Cost Explorer requests of a run, with open days as in
    `CostSource.fetch_costs`. `probes` try the services of a deployment, by check name; each
    returns its finding in words. `costs` sends one paid request.
    """

    specs: SpecSource
    account: Account
    store: Callable[[], Store]
    requests_of: Callable[[Sequence[Slo], datetime, Mapping[str, date]], int]
    cap: int
    runs: int
    alert_topic: str | None = None
    chat_topic: str | None = None
    anomaly_topic: str | None = None
    probes: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    costs: Callable[[datetime], str] | None = None
