# SPDX-License-Identifier: Apache-2.0
"""Does each function run when it is due, and know what for?"""

import json

from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda import Function

from cost_slo.use_cases.digest import TELLING, Ritual
from infra.components.schedules import RITUALS, Schedules
from tests.checks.synthesis import Synthesised

SCHEDULE = "AWS::Scheduler::Schedule"


def test_the_bill_is_judged_three_times_a_day_and_the_digest_told_in_the_peoples_morning(
    full: Synthesised,
) -> None:
    schedules = full.of(SCHEDULE).values()

    assert {
        (each["ScheduleExpression"], each["ScheduleExpressionTimezone"]) for each in schedules
    } == {
        ("cron(30 5,13,21 * * ? *)", "UTC"),
        ("cron(0 7 * * ? *)", "Europe/Berlin"),
    }
    for each in schedules:
        target = each["Target"]
        assert json.loads(target["Input"])["time"] == "<aws.scheduler.scheduled-time>"
        assert target["RetryPolicy"]["MaximumRetryAttempts"] == 3
        assert "SchedulesDeadLetters" in str(target["DeadLetterConfig"])
        assert each["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_every_ritual_has_a_schedule_that_names_it() -> None:
    assert RITUALS.keys() == {*Ritual} == TELLING.keys()


def test_another_ritual_is_one_line_more() -> None:
    stack = Stack(App(), "stack")
    evaluate, rituals = (
        Function.from_function_arn(
            stack, it, f"arn:aws:lambda:us-east-1:111122223333:function:{it}"
        )
        for it in ("evaluate", "rituals")
    )
    weekly = {"weekly-review": "cron(0 {hour} ? * MON *)"}

    Schedules(
        stack, "Schedules", evaluate=evaluate, rituals=rituals,
        time_zone="Europe/Berlin", digest_hour=7, hours=RITUALS | weekly,
    )  # fmt: skip

    made = Synthesised(dict(Template.from_stack(stack).to_json()))
    assert {
        json.loads(each["Target"]["Input"]).get("ritual"): each["ScheduleExpression"]
        for each in made.of(SCHEDULE).values()
    } == {
        None: "cron(30 5,13,21 * * ? *)",
        "digest": "cron(0 7 * * ? *)",
        "weekly-review": "cron(0 7 ? * MON *)",
    }
    assert len(made.of("AWS::IAM::Role")) == 2
