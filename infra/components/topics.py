# SPDX-License-Identifier: Apache-2.0
"""The topics and the anomaly queue; each topic is open only to its publishing services."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components.findings import accept_finding

# The account's default rights on a topic, which a custom policy would remove.
OWNER = (
    "sns:AddPermission",
    "sns:DeleteTopic",
    "sns:GetTopicAttributes",
    "sns:ListSubscriptionsByTopic",
    "sns:Publish",
    "sns:RemovePermission",
    "sns:SetTopicAttributes",
    "sns:Subscribe",
)

ENCRYPTED_BY_SQS = "It is encrypted with a key of SQS; checkov accepts only KMS keys."

ALARMS, ANOMALIES, BUDGETS = (
    "cloudwatch.amazonaws.com",
    "costalerts.amazonaws.com",
    "budgets.amazonaws.com",
)


class Topic(Construct):
    """A `topic` with its `policy`: the account, the named services, TLS only."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        display_name: str,
        services: Sequence[str] = (),
        key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, name)
        account = Stack.of(self).account
        self.topic = sns.Topic(self, "Topic", display_name=display_name, master_key=key)
        statements = [
            iam.PolicyStatement(
                sid="TheAccountItself",
                principals=[iam.AccountRootPrincipal()],
                actions=list(OWNER),
                resources=[self.topic.topic_arn],
            ),
            *(_publishing(service, account, self.topic.topic_arn) for service in services),
        ]
        self.policy = sns.TopicPolicy(
            self,
            "Policy",
            topics=[self.topic],
            policy_document=iam.PolicyDocument(statements=statements),
            enforce_ssl=True,
        )
        if key is None:
            accept_finding(
                self.topic,
                "AwsSolutions-SNS2",
                "CKV_AWS_26",
                because="Services of AWS publish here, which the key alias/aws/sns does not allow; "
                "`-c customer_key=true` encrypts the topics with a key of the account. Messages "
                "hold amounts and names of services, no secret.",
            )


def _publishing(service: str, account: str, topic: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        sid=service.split(".", maxsplit=1)[0].capitalize() + "Publishes",
        principals=[iam.ServicePrincipal(service)],
        actions=["sns:Publish"],
        resources=[topic],
        conditions={"StringEquals": {"aws:SourceAccount": account}},
    )


class Topics(Construct):
    """The topics `alerts`, `chat` and `anomalies`, and their `key`, None without customer key."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: str,
        emails: Sequence[str],
        chat: bool,
        budgets: bool,
        customer_key: bool,
    ) -> None:
        super().__init__(scope, name)
        services = [ALARMS, *([BUDGETS] if budgets else [])]
        self.key = _key(self, [*services, ANOMALIES]) if customer_key else None
        self.alerts = Topic(
            self, "Alerts", display_name=f"{deployment} alerts", services=services, key=self.key
        )
        self.chat = (
            Topic(self, "Chat", display_name=f"{deployment} chat", key=self.key) if chat else None
        )
        self.anomalies = Topic(
            self,
            "Anomalies",
            display_name=f"{deployment} anomalies",
            services=[ANOMALIES],
            key=self.key,
        )
        for email in emails:
            self.alerts.topic.add_subscription(subscriptions.EmailSubscription(email))

    @property
    def published(self) -> list[sns.Topic]:
        """The topics that the functions publish to."""
        return [self.alerts.topic, *([self.chat.topic] if self.chat else [])]


def _key(scope: Construct, services: Sequence[str]) -> kms.Key:
    """A key that services may use for topics of this account.

    The condition is on the topic, which SNS passes to KMS: AWS does not document which services
    pass the account that they work for.
    """
    our_topics = Stack.of(scope).format_arn(service="sns", resource="*")
    key = kms.Key(
        scope,
        "Key",
        description="Messages about cost SLOs",
        enable_key_rotation=True,
        pending_window=Duration.days(7),
        removal_policy=RemovalPolicy.DESTROY,
    )
    for service in services:
        key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=service.split(".", maxsplit=1)[0].capitalize() + "Encrypts",
                principals=[iam.ServicePrincipal(service)],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
                conditions={"ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": our_topics}},
            )
        )
    return key


class Queue(Construct):
    """A `queue` subscribed to a topic; `dead_letters` has messages that failed three times."""

    def __init__(
        self, scope: Construct, name: str, *, topic: sns.Topic, visibility: Duration
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letters(self, "DeadLetters")
        self.queue = sqs.Queue(
            self,
            "Queue",
            visibility_timeout=visibility,
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=3),
        )
        accept_finding(self.queue, "CKV_AWS_27", because=ENCRYPTED_BY_SQS)
        topic.add_subscription(subscriptions.SqsSubscription(self.queue, raw_message_delivery=True))


def dead_letters(scope: Construct, name: str) -> sqs.Queue:
    """A dead-letter queue; it keeps messages for two weeks, and an alarm watches it."""
    queue = sqs.Queue(
        scope,
        name,
        retention_period=Duration.days(14),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
    accept_finding(queue, "AwsSolutions-SQS3", because="It is a dead-letter queue itself.")
    accept_finding(queue, "CKV_AWS_27", because=ENCRYPTED_BY_SQS)
    return queue
