# SPDX-License-Identifier: Apache-2.0
"""What may each function do? Exactly the calls its code makes, on what it makes them on."""

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
# A transaction is authorised through the actions of what it holds.
WRITES = ("dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem")

# Actions that are allowed on more than one named resource, and why.
EXPLAINED = {
    "ce:GetCostAndUsage": "Cost Explorer answers for the account as a whole.",
    "ce:ProvideAnomalyFeedback": "The monitor of an anomaly may be adopted, not this stack's.",
    "cloudformation:DescribeStackEvents": "Any stack of the account may have raised its spend.",
    "cloudformation:DescribeStacks": "All stacks are asked for at once, which names none.",
    "cloudformation:ListStacks": "DescribeStacks without a name asks for it, too.",
    "cloudtrail:LookupEvents": "The history of events has no resource of its own.",
    "cloudwatch:GetMetricData": "A metric is no resource.",
    "s3:GetObject": "A narrative is named after its incident.",
    "s3:PutObject": "A narrative is named after its incident.",
    "secretsmanager:GetSecretValue": "AWS adds six letters to a secret's name.",
}


def table(actions: Sequence[str], it: dynamodb.ITable) -> iam.PolicyStatement:
    """Use of the state's table, which has no index."""
    return iam.PolicyStatement(actions=list(actions), resources=[it.table_arn])


def publishing(topics: Sequence[sns.ITopic], key: kms.IKey | None) -> list[iam.PolicyStatement]:
    """Sending on the topics, and the use of their key where there is one."""
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
    """Objects of the narratives; with the list, a missing one is told from a forbidden one."""
    return [
        iam.PolicyStatement(
            actions=list(objects), resources=[bucket.arn_for_objects("narratives/*")]
        ),
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[bucket.bucket_arn]),
    ]


def queue(it: sqs.IQueue) -> iam.PolicyStatement:
    """What Lambda does with a queue in the name of the function that it feeds."""
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    return iam.PolicyStatement(actions=actions, resources=[it.queue_arn])


def changes(stack: Stack) -> list[iam.PolicyStatement]:
    """Reading which stacks of the account were deployed.

    DescribeStacks without a name is asked for on no stack, and asks for ListStacks, too.
    """
    any_stack = stack.format_arn(service="cloudformation", resource="stack", resource_name="*")
    return [
        undivided("cloudformation:DescribeStacks", "cloudformation:ListStacks"),
        iam.PolicyStatement(actions=["cloudformation:DescribeStackEvents"], resources=[any_stack]),
    ]


def undivided(*actions: str) -> iam.PolicyStatement:
    """Actions that no resource narrows."""
    return iam.PolicyStatement(actions=list(actions), resources=["*"])


def counts_units(spec: Spec) -> bool:
    """Whether an SLO's units come from CloudWatch."""
    return any(slo.units is not None and slo.units.cloudwatch is not None for slo in spec.slos)
