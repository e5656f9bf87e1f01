# SPDX-License-Identifier: Apache-2.0
"""The permissions of the functions: exactly the calls of their code, on their resources."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from cost_slo.domain.spec.document import Spec

READS = ("dynamodb:GetItem", "dynamodb:Query")
# A transaction needs the actions of its items.
WRITES = ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")

# Actions that are allowed on more than one resource, and why.
EXPLAINED = {
    "ce:GetCostAndUsage": "Cost Explorer answers for the account as a whole.",
    "ce:ProvideAnomalyFeedback": "An anomaly's monitor may be adopted, not created by this stack.",
    "cloudformation:DescribeStackEvents": "Any stack of the account may have raised its spend.",
    "cloudformation:DescribeStacks": "It reads all stacks at once, without a name.",
    "cloudformation:ListStacks": "DescribeStacks without a name requires it, too.",
    "cloudtrail:LookupEvents": "The event history is not a resource.",
    "cloudwatch:GetMetricData": "A metric is not a resource.",
    "s3:GetObject": "A narrative is named after its incident.",
    "s3:PutObject": "A narrative is named after its incident.",
    "secretsmanager:GetSecretValue": "AWS adds six letters to a secret's name.",
}


def table(actions: Sequence[str], it: dynamodb.ITable) -> iam.PolicyStatement:
    """Actions on the state's table, which has no index."""
    return iam.PolicyStatement(actions=list(actions), resources=[it.table_arn])


def publishing(topics: Sequence[sns.ITopic], key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Publishing to the topics, with the use of their key if there is one."""
    arns = [topic.topic_arn for topic in topics]
    sending = iam.PolicyStatement(actions=["sns:Publish"], resources=arns)
    if key is None:
        return [sending]
    actions = ["kms:Decrypt", "kms:GenerateDataKey"]
    return [sending, iam.PolicyStatement(actions=actions, resources=[key.key_arn])]


def secret(stack: Stack, secret_id: str | None) -> list[iam.PolicyStatement]:
    """Reading the channels' secret: by its ARN, or by its name and the six letters AWS adds."""
    if secret_id is None:
        return []
    arn = (
        secret_id
        if secret_id.startswith("arn:")
        else stack.format_arn(
            service="secretsmanager",
            resource="secret",
            resource_name=f"{secret_id}-??????",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
    )
    return [iam.PolicyStatement(actions=["secretsmanager:GetSecretValue"], resources=[arn])]


def narratives(bucket: s3.IBucket, *objects: str) -> list[iam.PolicyStatement]:
    """Narrative objects; without ListBucket, S3 reports a missing object as forbidden."""
    return [
        iam.PolicyStatement(
            actions=list(objects), resources=[bucket.arn_for_objects("narratives/*")]
        ),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]


def queue(it: sqs.IQueue) -> iam.PolicyStatement:
    """What Lambda does with a queue on behalf of its function."""
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    return iam.PolicyStatement(actions=actions, resources=[it.queue_arn])


def changes(stack: Stack) -> list[iam.PolicyStatement]:
    """Reading the deployments of the account's stacks.

    DescribeStacks without a name has no resource, and requires ListStacks, too.
    """
    any_stack = stack.format_arn(service="cloudformation", resource="stack", resource_name="*")
    return [
        undivided("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
        iam.PolicyStatement(actions=["cloudformation:DescribeStackEvents"], resources=[any_stack]),
    ]


def undivided(*actions: str) -> iam.PolicyStatement:
    """Actions that cannot be limited to a resource."""
    return iam.PolicyStatement(actions=list(actions), resources=["*"])


def counts_units(spec: Spec) -> bool:
    """Whether an SLO's units come from CloudWatch."""
    return any(slo.units is not None and slo.units.cloudwatch is not None for slo in spec.slos)
