# SPDX-License-Identifier: Apache-2.0
"""The stack of one deployment: composes the components, grants permissions, sets outputs.

A table, a bucket, three topics, four functions with one bundle, schedules, Cost Anomaly Detection,
alarms and a dashboard. It costs a few dollars a month, see docs/operations.md.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aws_cdk import Duration, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cost_slo.settings import DYNAMODB_PREFIX
from infra.components import permissions as may
from infra.components.alarms import Alarms
from infra.components.anomaly_detection import AnomalyDetection, tag_values
from infra.components.budgets import Budgets
from infra.components.dashboard import Dashboard
from infra.components.environment import environment
from infra.components.functions import Handler
from infra.components.outputs import Console, Outputs
from infra.components.schedules import Schedules
from infra.components.state import State
from infra.components.topics import Queue, Topics
from infra.context import Context, read_spec

ANOMALY_TIMEOUT = Duration.minutes(1)
# A changed tag would replace these, and a new monitor has to learn again.
UNTAGGED = ("AWS::CE::AnomalyMonitor", "AWS::CE::AnomalySubscription", "AWS::Budgets::Budget")


class CostSloStack(Stack):
    """One deployment; `evaluate`, `anomaly`, `rituals` and `widget` are its functions."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        context: Context,
        bundle: Path,
        **stack_properties: Any,  # noqa: ANN401  CDK's own: `env`, mostly
    ) -> None:
        super().__init__(
            scope, name, description="cost-slo: cost SLOs of this account", **stack_properties
        )
        self.context, self.spec = context, read_spec(context.spec)
        self._console = Console(self, "Console")
        self._code = lambda_.Code.from_asset(str(bundle))
        self.state = State(self, "State")
        self.topics = Topics(
            self,
            "Topics",
            deployment=context.deployment,
            emails=context.alert_emails,
            chat=context.chat,
            budgets=context.budgets,
            customer_key=context.customer_key,
        )
        self.queue = Queue(
            self,
            "AnomalyQueue",
            topic=self.topics.anomalies.topic,
            visibility=Duration.minutes(6 * ANOMALY_TIMEOUT.to_minutes()),
        )
        self._functions()
        self.schedules = Schedules(
            self,
            "Schedules",
            evaluate=self.evaluate,
            rituals=self.rituals,
            time_zone=context.time_zone,
            digest_hour=context.digest_hour,
        )
        self._anomaly_detection()
        self._watch()
        if context.budgets:
            self.budgets = Budgets(
                self,
                "Budgets",
                deployment=context.deployment,
                spec=self.spec,
                topic=self.topics.alerts.topic,
            )
        self._outputs()
        Tags.of(self).add("cost-slo", context.deployment, exclude_resource_types=[*UNTAGGED])

    def _functions(self) -> None:
        table, bucket = self.state.table, self.state.bucket
        speaks = [
            may.table([*may.READS, *may.WRITES], table),
            *may.publishing(self.topics.published, self.topics.key),
            *may.secret(self, self.context.channels_secret_id),
        ]
        units = ["cloudwatch:GetMetricData"] if may.counts_units(self.spec) else []
        evaluate = self._handler(
            "Evaluate",
            "evaluates every SLO three times a day",
            timeout=Duration.minutes(10),
            memory_mb=1024,
            statements=[
                *speaks,
                may.undivided("ce:GetCostAndUsage", "cloudtrail:LookupEvents", *units),
                *may.changes(self),
                *may.narratives(bucket, "s3:GetObject", "s3:PutObject"),
            ],
        )
        anomaly = self._handler(
            "Anomaly",
            "handles messages of Cost Anomaly Detection",
            timeout=ANOMALY_TIMEOUT,
            statements=[*speaks, may.queue(self.queue.queue)],
        )
        rituals = self._handler(
            "Rituals",
            "sends the digest each morning",
            timeout=Duration.minutes(5),
            statements=[*speaks, may.undivided("ce:ProvideAnomalyFeedback")],
        )
        evaluate.run_again()
        rituals.run_again()
        anomaly.fed_by(self.queue.queue)
        self.evaluate, self.anomaly = evaluate.function, anomaly.function
        self.rituals, self.widget = rituals.function, self._widget()

    def _anomaly_detection(self) -> None:
        context = self.context
        self.anomaly_detection = AnomalyDetection(
            self,
            "AnomalyDetection",
            deployment=context.deployment,
            topic=self.topics.anomalies,
            monitor_arn=context.monitor_arn,
            creates_monitor=context.creates_monitor,
            tag_values=tag_values(self.spec) if context.monitors_tags else [],
            percentage=context.anomaly_percentage,
            absolute=context.anomaly_absolute,
        )

    def _watch(self) -> None:
        slos = [slo.name for slo in self.spec.slos]
        self.alarms = Alarms(
            self,
            "Alarms",
            deployment=self.context.deployment,
            topic=self.topics.alerts.topic,
            functions={
                "evaluate": self.evaluate,
                "anomaly": self.anomaly,
                "rituals": self.rituals,
            },
            dead_letters={
                "schedules": self.schedules.dead_letters,
                "anomalies": self.queue.dead_letters,
            },
            slos=slos,
            monthly_cap=self.context.ce_monthly_cap,
        )
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            deployment=self.context.deployment,
            slos=slos,
            unit_slos=[slo.name for slo in self.spec.slos if slo.units is not None],
            widget=self.widget,
            alarms=list(self.alarms.by_name.values()),
        )

    def _outputs(self) -> None:
        link, topics = self._console.link, self.topics
        chat = {"ChatTopicArn": topics.chat.topic.topic_arn} if topics.chat else {}
        created = self.anomaly_detection.created
        monitor = {"MonitorArn": created.attr_monitor_arn} if created else {}
        Outputs(
            self,
            "Outputs",
            {
                "TableName": self.state.table.table_name,
                "State": f"{DYNAMODB_PREFIX}{self.state.table.table_name}",
                "NarrativesBucket": self.state.bucket.bucket_name,
                "AlertTopicArn": topics.alerts.topic.topic_arn,
                "AnomalyTopicArn": topics.anomalies.topic.topic_arn,
                "EvaluateFunction": self.evaluate.function_name,
                "RitualsFunction": self.rituals.function_name,
                "DoctorCommand": "cost-slo doctor --anomaly-topic "
                f"{topics.anomalies.topic.topic_arn}",
                **chat,
                **monitor,
                "DashboardLink": self._dashboard_link(),
                "AnomaliesLink": link("cost-management/home#/anomaly-detection/overview"),
                "NarrativesLink": link(
                    f"s3/buckets/{self.state.bucket.bucket_name}?prefix=narratives/"
                ),
            },
        )

    def _dashboard_link(self) -> str:
        name = self.context.deployment
        return self._console.link(f"cloudwatch/home?region={self.region}#dashboards:name={name}")

    def _widget(self) -> lambda_.Function | None:
        if not self.context.widget:
            return None
        reads = [
            may.table(may.READS, self.state.table),
            *may.narratives(self.state.bucket, "s3:GetObject"),
        ]
        widget = self._handler(
            "Widget",
            "draws the dashboard's table and narratives",
            timeout=Duration.seconds(30),
            statements=reads,
        )
        widget.answers()
        return widget.function

    def _handler(
        self,
        name: str,
        says: str,
        *,
        statements: list[iam.PolicyStatement],
        timeout: Duration,
        memory_mb: int = 512,
    ) -> Handler:
        return Handler(
            self,
            name,
            module=name.lower(),
            says=says,
            code=self._code,
            architecture=(
                lambda_.Architecture.ARM_64
                if self.context.architecture == "arm64"
                else lambda_.Architecture.X86_64
            ),
            environment=environment(
                self.context, self.state, self.topics, dashboard_url=self._dashboard_link()
            ),
            statements=statements,
            timeout=timeout,
            memory_mb=memory_mb,
        )
