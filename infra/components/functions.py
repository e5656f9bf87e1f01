# SPDX-License-Identifier: Apache-2.0
"""A Lambda function with its role and logs; all functions share one bundle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components.findings import accept_finding, accept_patterns
from infra.components.permissions import EXPLAINED

RUNTIME = lambda_.Runtime.PYTHON_3_13
LOGS_KEPT = logs.RetentionDays.THREE_MONTHS
# Retries of a failed run, within an hour.
RUN_AGAIN = 2

DEAD_LETTERS = "CKV_AWS_116"
# What checkov asks of every function, and why we do without.
CHOSEN = {
    "CKV_AWS_115": "Writes are conditional, so two runs at once are only wasteful, and the initial "
    "limit of a young account leaves no concurrency to reserve.",
    "CKV_AWS_117": "It calls AWS and public chat services, nothing in a VPC. There it would need "
    "a NAT gateway, which costs more than all the rest.",
    "CKV_AWS_173": "The variables hold names and no secret, which is read from Secrets Manager; "
    "they are encrypted under a key of Lambda's own.",
}


class Handler(Construct):
    """A `function` with its own `role` and `logs`."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        module: str,
        says: str,
        code: lambda_.Code,
        architecture: lambda_.Architecture,
        environment: Mapping[str, str],
        statements: Sequence[iam.PolicyStatement],
        timeout: Duration,
        memory_mb: int = 512,
    ) -> None:
        super().__init__(scope, name)
        self.logs = logs.LogGroup(
            self, "Logs", retention=LOGS_KEPT, removal_policy=RemovalPolicy.DESTROY
        )
        writes_logs = iam.PolicyStatement(
            actions=["logs:CreateLogStream", "logs:PutLogEvents"],
            resources=[self.logs.log_group_arn],
        )
        policy = iam.PolicyDocument(statements=[*statements, writes_logs])
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"cost-slo: {says}",
            inline_policies={"Exactly": policy},
        )
        self.function = lambda_.Function(
            self,
            "Function",
            runtime=RUNTIME,
            architecture=architecture,
            handler=f"lambdas.{module}.handler",
            code=code,
            description=f"cost-slo: {says}",
            environment=dict(environment),
            memory_size=memory_mb,
            timeout=timeout,
            log_group=self.logs,
            role=self.role,
        )
        accept_patterns(self.role, statements, EXPLAINED)
        for rule, because in CHOSEN.items():
            accept_finding(self.function, rule, because=because)
        accept_finding(
            self.logs,
            "CKV_AWS_158",
            because="It is encrypted under a key of CloudWatch's own, and holds counts, names of "
            "SLOs and what failed: no secret.",
        )
        accept_finding(
            self.function,
            "AwsSolutions-L1",
            because="The bundle holds wheels for Python 3.13, which AWS supports until 2029; the "
            "runtime changes with the bundle.",
        )

    def run_again(self) -> None:
        """Let Lambda repeat a failed run; every run may be repeated."""
        self.function.configure_async_invoke(
            retry_attempts=RUN_AGAIN, max_event_age=Duration.hours(1)
        )
        accept_finding(
            self.function,
            DEAD_LETTERS,
            because="An alarm reports a failed run, and the next run catches up: a dead letter "
            "would add nothing. Failed starts have a dead-letter queue.",
        )

    def fed_by(self, queue: sqs.IQueue) -> None:
        """Process the messages of a queue; only failed ones return to it."""
        lambda_.EventSourceMapping(
            self,
            "Feed",
            target=self.function,
            event_source_arn=queue.queue_arn,
            batch_size=10,
            report_batch_item_failures=True,
        )
        accept_finding(self.function, DEAD_LETTERS, because="Its queue has a dead-letter queue.")

    def answers(self) -> None:
        """Only synchronous calls: the caller sees a failure."""
        accept_finding(
            self.function,
            DEAD_LETTERS,
            because="It is called synchronously: the caller sees a failure.",
        )
