# SPDX-License-Identifier: Apache-2.0
"""Checks of topics: publishers, encryption and subscribers."""

from __future__ import annotations

from collections.abc import Iterator

from cost_slo.domain.doctor.account import Topic
from cost_slo.domain.doctor.finding import CheckResult, fail, not_checked, ok, warn
from cost_slo.domain.wording import count

DETECTOR, ALARMS = "costalerts.amazonaws.com", "cloudwatch.amazonaws.com"
ANYBODY = "*"
# The endpoint of Amazon Q Developer in chat applications.
_CHAT = "sns-api.chatbot.amazonaws.com"

MANAGED_KEYS = "alias/aws/"
WHO_CONFIRMS = {
    "email": "its reader has to click the link in the mail 'AWS Notification - Subscription "
    "Confirmation'",
    "email-json": "its reader has to open the SubscribeURL in the confirmation mail",
    "http": "its operator has to open the SubscribeURL that it received",
    "https": "its operator has to open the SubscribeURL that it received",
}
LATE = "the link is valid for two days; after that, subscribe again"


def alert_topic(check: str, topic: Topic) -> Iterator[CheckResult]:
    """The topic of the alerts and of the deployment's own alarms."""
    yield from _publishers(check, topic)
    yield from _encrypts(check, topic, ALARMS, "CloudWatch's alarms")
    yield from _subscribers(check, topic)


def chat_topic(check: str, topic: Topic) -> Iterator[CheckResult]:
    """The topic of the chat channels, to which Amazon Q must be subscribed."""
    yield from _publishers(check, topic)
    if any(_CHAT in subscriber.address for subscriber in topic.subscribers):
        yield ok(check, f"{topic.arn}: Amazon Q Developer in chat applications is subscribed")
        return
    yield warn(
        check,
        f"{topic.arn}: no chat channel of Amazon Q Developer is subscribed",
        "in the console of Amazon Q Developer in chat applications, add this topic to a channel",
    )


def anomaly_topic(check: str, topic: Topic, account: str) -> Iterator[CheckResult]:
    """The topic that Cost Anomaly Detection of `account` publishes to."""
    yield from _publishers(check, topic)
    yield _detector(check, topic, account)
    yield from _encrypts(check, topic, DETECTOR, "Cost Anomaly Detection")
    yield from _subscribers(check, topic)


def _encrypts(check: str, topic: Topic, service: str, name: str) -> Iterator[CheckResult]:
    """Whether a publishing service may use the key of an encrypted topic."""
    if topic.key is None:
        return
    remedy = f"allow {service} kms:GenerateDataKey* and kms:Decrypt in the policy of its key"
    if topic.key.startswith(MANAGED_KEYS):
        remedy = f"encrypt it with a customer-managed key, and {remedy}"
    elif topic.key_services is None:
        says = f"{topic.arn}: cannot tell whether {name} may use its key {topic.key}"
        yield not_checked(check, says, f"check it, or allow kms:GetKeyPolicy; {remedy}")
        return
    elif service in topic.key_services:
        yield ok(check, f"{topic.arn}: {name} may use its key {topic.key}")
        return
    says = f"{topic.arn}: encrypted with {topic.key}, which {name} may not use"
    yield fail(check, says, remedy)


def _detector(check: str, topic: Topic, account: str) -> CheckResult:
    stated = [each for each in topic.publishers if DETECTOR in each.services]
    remedy = (
        f"allow {DETECTOR} sns:Publish in its policy, with aws:SourceAccount {account}; "
        "keep the owner's statement"
    )
    if any(account in each.source_accounts for each in stated):
        return ok(check, f"{topic.arn}: Cost Anomaly Detection of {account} may publish")
    if any(not each.source_accounts and each.is_bounded for each in stated):
        says = f"{topic.arn}: Cost Anomaly Detection may publish, under conditions"
        return warn(check, f"{says} other than aws:SourceAccount", remedy)
    if any(not each.source_accounts for each in stated):
        says = f"{topic.arn}: Cost Anomaly Detection may publish for any account"
        return warn(check, says, remedy)
    says = f"{topic.arn}: Cost Anomaly Detection of {account} may not publish to it"
    return fail(check, says, remedy)


def _publishers(check: str, topic: Topic) -> Iterator[CheckResult]:
    """Whether the owner may publish, and not everybody."""
    owners = [
        each
        for each in topic.publishers
        if topic.owner in each.accounts
        or (ANYBODY in each.accounts and topic.owner in each.source_accounts)
    ]
    if not owners:
        yield warn(
            check,
            f"{topic.arn}: its policy has no statement for its owner",
            f"allow account {topic.owner} sns:Publish on it, as a topic's default policy does; "
            "without it only roles of the same account whose own policy says so may publish",
        )
    if any(ANYBODY in each.accounts and not each.is_bounded for each in topic.publishers):
        yield fail(
            check,
            f"{topic.arn}: anyone may publish to it",
            f"limit the statement for * to aws:SourceAccount {topic.owner}, or name the publishers",
        )


def _subscribers(check: str, topic: Topic) -> Iterator[CheckResult]:
    confirmed = [each for each in topic.subscribers if each.is_confirmed]
    if not topic.subscribers:
        yield fail(check, f"{topic.arn}: no subscribers", "subscribe a mail address or queue")
        return
    for each in topic.subscribers:
        if not each.is_confirmed:
            who = WHO_CONFIRMS.get(each.protocol, "it has to confirm")
            yield fail(check, f"{each.protocol} {each.address} is not confirmed", f"{who}; {LATE}")
    if confirmed:
        says = f"{topic.arn}: {count(len(confirmed), 'confirmed subscription')}: "
        yield ok(check, says + ", ".join(f"{each.protocol} {each.address}" for each in confirmed))
