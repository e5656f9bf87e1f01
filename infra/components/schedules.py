# SPDX-License-Identifier: Apache-2.0
"""The schedules of the functions."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra.components.topics import dead_letters

# AWS updates a bill up to three times a day at unpublished hours, so every eight hours; 05:30 is
# after the night's update and before working hours.
EVALUATE = "cron(30 5,13,21 * * ? *)"

# Rituals with their hours, in the readers' time zone.
RITUALS = {"digest": "cron(0 {hour} * * ? *)"}

# The event of a run: a repeat evaluates as of the same instant.
_DUE = {"time": "<aws.scheduler.scheduled-time>"}

_TRIES = 3
SECONDS_TO_TRY = 3600


class Schedules(Construct):
    """The schedules of two functions; `dead_letters` receives failed starts."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        evaluate: lambda_.IFunction,
        rituals: lambda_.IFunction,
        time_zone: str,
        digest_hour: int,
        hours: Mapping[str, str] = RITUALS,
    ) -> None:
        super().__init__(scope, name)
        self.dead_letters = dead_letters(self, "DeadLetters")
        starts_evaluate = self._role("EvaluateRole", evaluate)
        starts_rituals = self._role("RitualsRole", rituals)
        self._schedule("Evaluate", EVALUATE, "UTC", evaluate, starts_evaluate, _DUE)
        for ritual, cron in hours.items():
            at, event = cron.format(hour=digest_hour), {**_DUE, "ritual": ritual}
            self._schedule(ritual.title(), at, time_zone, rituals, starts_rituals, event)

    def _role(self, name: str, function: lambda_.IFunction) -> iam.Role:
        starts = iam.PolicyStatement(
            actions=["lambda:InvokeFunction"], resources=[function.function_arn]
        )
        gives_up = iam.PolicyStatement(
            actions=["sqs:SendMessage"], resources=[self.dead_letters.queue_arn]
        )
        return iam.Role(
            self,
            name,
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
            inline_policies={"Exactly": iam.PolicyDocument(statements=[starts, gives_up])},
        )

    def _schedule(
        self,
        name: str,
        cron: str,
        zone: str,
        function: lambda_.IFunction,
        role: iam.Role,
        event: Mapping[str, str],
    ) -> None:
        scheduler.CfnSchedule(
            self,
            name,
            schedule_expression=cron,
            schedule_expression_timezone=zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=function.function_arn,
                role_arn=role.role_arn,
                input=json.dumps(event),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_retry_attempts=_TRIES, maximum_event_age_in_seconds=SECONDS_TO_TRY
                ),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self.dead_letters.queue_arn
                ),
            ),
        )
