# SPDX-License-Identifier: Apache-2.0
"""Who may publish to a topic, and who subscribes to it?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.adapters.account.policies import listed
from cost_slo.domain.doctor.account import Statement, Subscriber, Topic, masked
from cost_slo.domain.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

PUBLISH = "sns:publish"
_ABSENT = frozenset({"NotFound", "NotFoundException"})
DELETED = "Deleted"
PENDING = frozenset({"PendingConfirmation", "Pending Confirmation"})
# Condition keys that name the account for which a service publishes.
SOURCES = frozenset({"aws:sourceaccount", "aws:sourceowner"})


def fetch_topic(client: SNSClient, arn: str) -> Topic:
    """A topic. Raises SettingsError if there is none, and SourceError.

    Of a policy, statements that deny are left out.
    """
    with calling("sns:GetTopicAttributes"):
        try:
            found = client.get_topic_attributes(TopicArn=arn)["Attributes"]
        except ClientError as error:
            if error.response["Error"]["Code"] in _ABSENT:
                raise SettingsError(
                    f"there is no topic {arn}; deploy it, or name another"
                ) from None
            raise
    return Topic(
        arn,
        found.get("Owner", ""),
        tuple(_publishers(arn, found.get("Policy", "{}"))),
        tuple(_subscribers(client, arn)),
        found.get("KmsMasterKeyId") or None,
    )


def _subscribers(client: SNSClient, arn: str) -> Iterator[Subscriber]:
    with calling("sns:ListSubscriptionsByTopic"):
        paginator = client.get_paginator("list_subscriptions_by_topic")
        for page in paginator.paginate(TopicArn=arn):
            for each in page["Subscriptions"]:
                if each.get("SubscriptionArn") == DELETED:
                    continue
                yield Subscriber(
                    each.get("Protocol", ""),
                    masked(each.get("Endpoint", "")),
                    each.get("SubscriptionArn") not in PENDING,
                )


def _publishers(arn: str, policy: str) -> Iterator[Statement]:
    try:
        statements = listed(json.loads(policy).get("Statement"))
        yield from (_statement(each) for each in statements if _lets_publish(each))
    except (ValueError, TypeError, AttributeError):
        raise SourceError(f"{arn}: its policy cannot be read; write it anew") from None


def _lets_publish(statement: Mapping[str, Any]) -> bool:
    actions = [str(action).lower() for action in listed(statement.get("Action"))]
    is_allowed = statement.get("Effect") == "Allow"
    return is_allowed and any(fnmatchcase(PUBLISH, action) for action in actions)


def _statement(statement: Mapping[str, Any]) -> Statement:
    principal = statement.get("Principal", {})
    named = {"AWS": principal} if isinstance(principal, str) else principal
    conditions = statement.get("Condition", {})
    sources = [
        account
        for tested in conditions.values()
        for key, accounts in tested.items()
        if key.lower() in SOURCES
        for account in listed(accounts)
    ]
    return Statement(
        services=frozenset(listed(named.get("Service"))),
        accounts=frozenset(map(_account, listed(named.get("AWS")))),
        source_accounts=frozenset(sources),
        is_bounded=bool(conditions),
    )


def _account(principal: str) -> str:
    """The account of an ARN, a bare account, or `*`; of a role or user, the whole ARN."""
    return principal.split(":")[4] if principal.endswith(":root") else principal
