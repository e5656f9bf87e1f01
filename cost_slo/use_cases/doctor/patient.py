# SPDX-License-Identifier: Apache-2.0
"""What is to be looked at, and how does it answer?"""

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
    """What AWS tells of an account, free of charge. Each raises SettingsError or SourceError."""

    def fetch_identity(self) -> Identity:
        """Whose credentials these are."""
        ...

    def fetch_membership(self, account: str) -> Membership:
        """What an account is in its organization."""
        ...

    def fetch_tags(self, keys: Collection[str]) -> Mapping[str, str]:
        """The status, `Active` or `Inactive`, of those keys that are cost allocation tags."""
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
    """What is to be looked at; what is None is not set up, and is not looked at.

    `probes` try what a deployment calls, by name; each returns what it found, in words.
    """

    specs: SpecSource
    account: Account
    store: Callable[[], Store]
    requests_of: Callable[[Sequence[Slo], datetime, Mapping[str, date]], int]
    """Requests that a run asks; the days that are open as in `CostSource.fetch_costs`."""
    cap: int
    runs: int
    alert_topic: str | None = None
    chat_topic: str | None = None
    anomaly_topic: str | None = None
    probes: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    costs: Callable[[datetime], str] | None = None
    """Asks Cost Explorer, which is paid for."""
