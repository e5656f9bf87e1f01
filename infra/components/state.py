# SPDX-License-Identifier: Apache-2.0
"""The state of a deployment: one table, one bucket; both outlive the stack."""

from __future__ import annotations

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.components.findings import accept_finding


class State(Construct):
    """The `table` of the ledger, the incidents and the outbox; the `bucket` of the narratives."""

    def __init__(self, scope: Construct, name: str) -> None:
        super().__init__(scope, name)
        self.table = dynamodb.Table(
            self,
            "Table",
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.bucket = s3.Bucket(
            self,
            "Narratives",
            versioned=True,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=RemovalPolicy.RETAIN,
        )
        accept_finding(
            self.table,
            "CKV_AWS_119",
            because="It is encrypted under a key of DynamoDB's own. It holds amounts and names, no "
            "secret, and must outlive the stack: a key of the account that is deleted takes the "
            "incidents with it.",
        )
        accept_finding(
            self.bucket,
            "AwsSolutions-S1",
            "CKV_AWS_18",
            because="Two roles read or write a few drafts a day, every version is kept; an access "
            "log would need a second bucket that grows for ever. CloudTrail data events are the "
            "account's choice.",
        )


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
