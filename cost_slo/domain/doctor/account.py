# SPDX-License-Identifier: Apache-2.0
"""What can be seen of an account that cost-slo runs in, or is to run in?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 1
DIGITS_SHOWN = 2


class Membership(StrEnum):
    """What an account is in its organization."""

    ALONE = "alone"
    PAYER = "payer"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose credentials these are: twelve digits, and the region where one is set up."""

    account: str
    region: str | None


@dataclass(frozen=True, slots=True)
class AnomalyMonitor:
    """A monitor of Cost Anomaly Detection; a custom one watches no dimension."""

    arn: str
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class AnomalySubscription:
    """Which monitors are told to which topics, and how often; mail addresses are not kept."""

    arn: str
    frequency: str
    monitors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a topic's policy that allows to publish.

    `accounts` publish themselves, "*" being anybody; `services` publish on behalf of
    `source_accounts`, of anybody where that is empty and nothing else is asked (`is_bounded`).
    """

    services: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    source_accounts: frozenset[str] = frozenset()
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who hears of what is published; `address` is masked."""

    protocol: str
    address: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic, who may publish to it and who hears of it; `key` encrypts it.

    `key_services` are the services that the key's policy lets encrypt, None where it is not told.
    """

    arn: str
    owner: str
    publishers: tuple[Statement, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    key: str | None = None
    key_services: frozenset[str] | None = None


def masked(address: str) -> str:
    """An address that can be told from others by whoever knows it, and by nobody else.

    >>> masked("paula@example.com"), masked("https://hooks.example.com/T0/secret?key=1")
    ('p…@example.com', 'https://hooks.example.com/…')
    >>> masked("+4915112345678"), masked("arn:aws:sqs:eu-west-1:123456789012:anomalies")
    ('…78', 'arn:aws:sqs:eu-west-1:123456789012:anomalies')
    """
    if address.startswith("arn:"):
        return address
    scheme, is_url, rest = address.partition("://")
    if is_url:
        host = rest.partition("/")[0].rpartition("@")[2]
        return f"{scheme}://{host}/…"
    name, is_mail, domain = address.rpartition("@")
    if is_mail:
        return f"{name[:_SHOWN]}…@{domain}"
    return f"…{address[-DIGITS_SHOWN:]}"
