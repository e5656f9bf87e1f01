# SPDX-License-Identifier: Apache-2.0
"""The account that cost-slo runs in, as the doctor sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 1
DIGITS_SHOWN = 2


class Membership(StrEnum):
    """The account's role in its organization."""

    ALONE = "alone"
    PAYER = "payer"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Identity:
    """The account of the credentials, twelve digits, and the region if one is set."""

    account: str
    region: str | None


@dataclass(frozen=True, slots=True)
class AnomalyMonitor:
    """A monitor of Cost Anomaly Detection; `dimension` is None for a custom one."""

    arn: str
    dimension: str | None = None


@dataclass(frozen=True, slots=True)
class AnomalySubscription:
    """A subscription of topics to monitors; e-mail addresses are not kept."""

    arn: str
    frequency: str
    monitors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement of a topic's policy that allows publishing.

    `accounts` may publish, "*" meaning any; `services` may publish for `source_accounts`. If that
    is empty they publish for any account, unless another condition applies (`is_bounded`).
    """

    services: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    source_accounts: frozenset[str] = frozenset()
    is_bounded: bool = False


@dataclass(frozen=True, slots=True)
class Subscriber:
    """A subscriber of a topic; `address` is masked."""

    protocol: str
    address: str
    is_confirmed: bool = True


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its publishers and subscribers; `key` encrypts it.

    `key_services` may encrypt by the key's policy; None if that policy cannot be read.
    """

    arn: str
    owner: str
    publishers: tuple[Statement, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    key: str | None = None
    key_services: frozenset[str] | None = None


def masked(address: str) -> str:
    """An address masked so that only those who know it recognise it.

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
