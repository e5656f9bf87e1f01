# SPDX-License-Identifier: Apache-2.0
"""Does what is published to a topic reach somebody, and may who has to publish do so?"""

from __future__ import annotations

from collections.abc import Iterator

from cost_slo.domain.doctor.account import Topic
from cost_slo.domain.doctor.finding import CheckResult, fail, not_checked, ok, warn
from cost_slo.domain.wording import count

DETECTOR, ALARMS = "costalerts.amazonaws.com", "cloudwatch.amazonaws.com"
ANYBODY = "*"
# Where Amazon Q Developer in chat applications listens.
_CHAT = "sns-api.chatbot.amazonaws.com"

MANAGED_KEYS = "alias/aws/"
WHO_CONFIRMS = {
    "email": "its reader has to click the link in the mail 'AWS Notification - Subscription "
    "Confirmation'",
    "email-json": "its reader has to open the SubscribeURL in the mail it was sent",
    "http": "whoever runs it has to open the SubscribeURL that it was sent",
    "https": "whoever runs it has to open the SubscribeURL that it was sent",
}
LATE = "a link is good for two days; after that, subscribe again"


def alert_topic(check: str, topic: Topic) -> Iterator[CheckResult]:
    """The topic of the alerts, and of the alarms on the deployment itself."""
    yield from _publishers(check, topic)
    yield from _encrypts(check, topic, ALARMS, "CloudWatch's alarms")
    yield from _heard(check, topic)


def chat_topic(check: str, topic: Topic) -> Iterator[CheckResult]:
    """The topic of the chat channels: Amazon Q has to listen."""
    yield from _publishers(check, topic)
    if any(_CHAT in subscriber.address for subscriber in topic.subscribers):
        yield ok(check, f"{topic.arn}: Amazon Q Developer in chat applications listens")
        return
    yield warn(
        check,
        f"{topic.arn}: no chat channel of Amazon Q Developer listens",
        "in the console of Amazon Q Developer in chat applications, add this topic to a channel",
    )


def anomaly_topic(check: str, topic: Topic, account: str) -> Iterator[CheckResult]:
    """The topic of Cost Anomaly Detection, whose subscriptions are of that account."""
    yield from _publishers(check, topic)
    yield _detector(check, topic, account)
    yield from _encrypts(check, topic, DETECTOR, "Cost Anomaly Detection")
    yield from _heard(check, topic)


def _encrypts(check: str, topic: Topic, service: str, name: str) -> Iterator[CheckResult]:
    """A service that publishes to an encrypted topic has to be allowed the key."""
    if topic.key is None:
        return
    remedy = f"allow {service} kms:GenerateDataKey* and kms:Decrypt in the policy of its key"
    if topic.key.startswith(MANAGED_KEYS):
        remedy = f"encrypt it with a customer-managed key, and {remedy}"
    elif topic.key_services is None:
        says = f"{topic.arn}: whether {name} may use its key {topic.key} is not told"
        yield not_checked(check, says, f"look it up, or allow kms:GetKeyPolicy; {remedy}")
        return
    elif service in topic.key_services:
        yield ok(check, f"{topic.arn}: {name} may use its key {topic.key}")
        return
    says = f"{topic.arn}: encrypted with {topic.key}, which {name} may not use"
    yield fail(check, says, remedy)


def _detector(check: str, topic: Topic, account: str) -> CheckResult:
    stated = [each for each in topic.publishers if DETECTOR in each.services]
    remedy = (
        f"allow {DETECTOR} sns:Publish on it in its policy, where aws:SourceAccount is {account}; "
        "keep the owner's statement"
    )
    if any(account in each.source_accounts for each in stated):
        return ok(check, f"{topic.arn}: Cost Anomaly Detection of {account} may publish")
    if any(not each.source_accounts and each.is_bounded for each in stated):
        says = f"{topic.arn}: Cost Anomaly Detection may publish, under conditions"
        return warn(check, f"{says} other than aws:SourceAccount", remedy)
    if any(not each.source_accounts for each in stated):
        says = f"{topic.arn}: Cost Anomaly Detection may publish on anybody's behalf"
        return warn(check, says, remedy)
    says = f"{topic.arn}: Cost Anomaly Detection of {account} may not publish to it"
    return fail(check, says, remedy)


def _publishers(check: str, topic: Topic) -> Iterator[CheckResult]:
    """The owner may publish, and not everybody."""
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
            f"{topic.arn}: anybody may publish to it",
            f"bound the statement for * by aws:SourceAccount {topic.owner}, or name who may",
        )


def _heard(check: str, topic: Topic) -> Iterator[CheckResult]:
    confirmed = [each for each in topic.subscribers if each.is_confirmed]
    if not topic.subscribers:
        yield fail(check, f"{topic.arn}: nobody is subscribed", "subscribe a mail address or queue")
        return
    for each in topic.subscribers:
        if not each.is_confirmed:
            who = WHO_CONFIRMS.get(each.protocol, "it has to confirm")
            yield fail(check, f"{each.protocol} {each.address} is not confirmed", f"{who}; {LATE}")
    if confirmed:
        says = f"{topic.arn}: {count(len(confirmed), 'confirmed subscription')}: "
        yield ok(check, says + ", ".join(f"{each.protocol} {each.address}" for each in confirmed))
