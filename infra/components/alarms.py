# SPDX-License-Identifier: Apache-2.0
"""Alarms about the deployment itself; docs/operations.md says what each means and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.components.measured import metric

# Three failed runs in a row, and two hours.
SILENT_HOURS = 26

# The verdict is stale after 48 hours; another day later the operator is alarmed.
STALE_HOURS = 72

METRICS_IN_ONE_ALARM = 10
# A day that spends a tenth of the month's paid requests.
CAP_USED_UP_IN_DAYS = 10

BETWEEN_RUNS = Duration.hours(8)
_Missing = cloudwatch.TreatMissingData
Compared = cloudwatch.ComparisonOperator


class Alarms(Construct):
    """The alarms on the alert topic; `by_name` has them by the end of their name."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        deployment: str,
        topic: sns.ITopic,
        functions: Mapping[str, lambda_.IFunction],
        dead_letters: Mapping[str, sqs.IQueue],
        slos: Sequence[str],
        monthly_cap: int,
    ) -> None:
        super().__init__(scope, name)
        self._deployment, self._action = deployment, actions.SnsAction(topic)
        self.by_name: dict[str, cloudwatch.Alarm] = {}
        for function_name, function in functions.items():
            self._failed(function_name, function)
        for queue_name, queue in dead_letters.items():
            self._left_over(queue_name, queue)
        self._silent()
        for first in range(0, len(slos), METRICS_IN_ONE_ALARM):
            self._stale(slos[first : first + METRICS_IN_ONE_ALARM], after=first)
        self._spending_requests(monthly_cap)

    def _failed(self, name: str, function: lambda_.IFunction) -> None:
        self._alarm(
            f"{name}-failed",
            f"A run of {name} failed; its log says why.",
            function.metric_errors(period=Duration.minutes(15), statistic="Sum"),
            threshold=1,
        )

    def _left_over(self, name: str, queue: sqs.IQueue) -> None:
        self._alarm(
            f"{name}-left-over",
            f"Messages of {name} that could not be handled are in its dead-letter queue.",
            queue.metric_approximate_number_of_messages_visible(
                period=Duration.minutes(5), statistic="Maximum"
            ),
            threshold=1,
        )

    def _silent(self) -> None:
        self._alarm(
            "no-evaluation",
            f"No SLO was evaluated for {SILENT_HOURS} hours: a cost increase would go unnoticed.",
            metric(
                "EvaluationSucceeded",
                deployment=self._deployment,
                statistic="Maximum",
                period=Duration.hours(1),
            ),
            threshold=1,
            compared=Compared.LESS_THAN_THRESHOLD,
            periods=SILENT_HOURS,
            missing=_Missing.BREACHING,
        )

    def _stale(self, slos: Sequence[str], *, after: int) -> None:
        ages = {
            f"age{index}": metric(
                "DataAge",
                deployment=self._deployment,
                slo=slo,
                statistic="Maximum",
                period=BETWEEN_RUNS,
            )
            for index, slo in enumerate(slos)
        }
        oldest = cloudwatch.MathExpression(
            expression=f"MAX([{', '.join(ages)}])",
            using_metrics={**ages},
            label="oldest data in seconds",
            period=BETWEEN_RUNS,
        )
        self._alarm(
            f"stale-data-after-{after}" if after else "stale-data",
            f"Cost data is more than {STALE_HOURS} hours old.",
            oldest,
            threshold=STALE_HOURS * 3600,
        )

    def _spending_requests(self, cap: int) -> None:
        self._alarm(
            "paid-requests",
            f"At this day's rate the month's cap of {cap} Cost Explorer requests is used up in "
            f"{CAP_USED_UP_IN_DAYS} days; evaluations then stop.",
            metric(
                "RequestsSpent",
                deployment=self._deployment,
                statistic="Sum",
                period=Duration.days(1),
            ),
            threshold=max(1, ceil(cap / CAP_USED_UP_IN_DAYS)),
        )

    def _alarm(
        self,
        name: str,
        says: str,
        watched: cloudwatch.IMetric,
        *,
        threshold: int,
        compared: Compared = Compared.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        periods: int = 1,
        missing: _Missing = _Missing.NOT_BREACHING,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name.title().replace("-", ""),
            alarm_name=f"{self._deployment}-{name}",
            alarm_description=f"{says} See docs/operations.md.",
            metric=watched,
            threshold=threshold,
            comparison_operator=compared,
            evaluation_periods=periods,
            treat_missing_data=missing,
        )
        alarm.add_alarm_action(self._action)
        alarm.add_ok_action(self._action)
        self.by_name[name] = alarm
