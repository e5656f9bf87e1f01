# SPDX-License-Identifier: Apache-2.0
"""Does one deployment consist of what the runbook says, wherever it stands?"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from aws_cdk.aws_lambda import Function

from cost_slo.adapters import emf_metrics
from cost_slo.domain.measurements import FAILED, measurements
from cost_slo.domain.running_cost import ALARMS, METRICS, RUN_METRICS, running_cost
from cost_slo.rituals import TELLING, Ritual
from cost_slo.settings import PREFIX, Settings
from infra.components import measured
from infra.components.schedules import RITUALS, Schedules
from tests.golden_files import assert_golden
from tests.synthesis import Synthesise, Synthesised

FUNCTION, QUEUE, SCHEDULE = "AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::Scheduler::Schedule"
ALARM = "AWS::CloudWatch::Alarm"
SLOS = ["metalabs-infrastructure", "promptlib-api", "weel-ai-unit-cost"]
LAPTOP_ONLY = {"state"}
PARTITIONS = {
    "us-east-1": "aws",
    "eu-central-1": "aws",
    "cn-north-1": "aws-cn",
    "us-gov-west-1": "aws-us-gov",
}


@pytest.mark.parametrize("scope", ["account", "organization"])
@pytest.mark.parametrize("region", PARTITIONS)
def test_both_scopes_stand_in_any_region_without_asking_the_account(
    synthesise: Synthesise, scope: str, region: str
) -> None:
    somewhere = synthesise(region, scope=scope)

    assert set(somewhere.template) <= {
        "Description", "Mappings", "Outputs", "Parameters", "Resources", "Rules",
    }  # fmt: skip
    assert list(somewhere.template["Parameters"]) == ["BootstrapVersion"]
    assert len(somewhere.of(FUNCTION)) == 4
    assert "arn:aws:" not in json.dumps(somewhere.template).replace(
        f"arn:{PARTITIONS[region]}:", ""
    )


def test_the_whole_template_is_the_one_that_was_read(plain: Synthesised) -> None:
    text = json.dumps(plain.template, indent=1, sort_keys=True)

    assert_golden("template.json", re.sub(r"[0-9a-f]{64}\.zip", "ASSET.zip", text) + "\n")


def test_functions_enter_the_bundle_where_it_is_entered(plain: Synthesised) -> None:
    functions = plain.of(FUNCTION).values()

    assert {each["Handler"] for each in functions} == {
        f"lambdas.{name}.handler" for name in ("anomaly", "evaluate", "rituals", "widget")
    }
    assert len({each["Code"]["S3Key"] for each in functions}) == 1
    assert {each["Runtime"] for each in functions} == {"python3.13"}
    assert {str(each["Architectures"]) for each in functions} == {"['arm64']"}


def test_a_deployment_names_every_setting_but_a_laptops(full: Synthesised) -> None:
    settings = {f"{PREFIX}{name}".upper() for name in Settings.model_fields.keys() - LAPTOP_ONLY}

    for function in full.of(FUNCTION).values():
        variables = function["Environment"]["Variables"]
        assert {name for name in variables if name.startswith(PREFIX)} == settings


def test_settings_read_what_the_stack_writes(
    full: Synthesised, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = full.one(FUNCTION, "Evaluate")
    arn = "arn:aws:sns:eu-central-1:111122223333:topic"
    for name, value in function["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value if isinstance(value, str) else arn)

    settings = Settings()

    assert (settings.time_zone, settings.deployment) == ("Europe/Berlin", "cost-slo")
    assert settings.channels_secret_id == "cost-slo/channels"
    assert settings.chat_topic_arn == arn


def test_what_is_not_chosen_is_not_named(plain: Synthesised) -> None:
    variables = plain.one(FUNCTION, "Evaluate")["Environment"]["Variables"]

    assert not {"COST_SLO_CHAT_TOPIC_ARN", "COST_SLO_CHANNELS_SECRET_ID"} & set(variables)


def test_removing_the_stack_keeps_the_state(plain: Synthesised) -> None:
    kept = {
        each["Type"]
        for each in plain.template["Resources"].values()
        if each.get("DeletionPolicy") == each.get("UpdateReplacePolicy") == "Retain"
    }

    assert kept == {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}


def test_the_table_is_the_stores_own_and_can_be_restored(plain: Synthesised) -> None:
    table = plain.one("AWS::DynamoDB::Table")

    assert [(each["AttributeName"], each["KeyType"]) for each in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True


def test_the_bucket_is_versioned_closed_and_spoken_to_over_tls(plain: Synthesised) -> None:
    bucket = plain.one("AWS::S3::Bucket")
    (statement,) = plain.one("AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert "BucketEncryption" in bucket
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_logs_are_the_functions_own_and_end(plain: Synthesised) -> None:
    groups = plain.of("AWS::Logs::LogGroup")
    used = {each["LoggingConfig"]["LogGroup"]["Ref"] for each in plain.of(FUNCTION).values()}

    assert used == set(groups)
    assert {each["RetentionInDays"] for each in groups.values()} == {90}


def test_anomalies_reach_their_function_through_a_queue_that_gives_back_what_failed(
    plain: Synthesised,
) -> None:
    feed = plain.one("AWS::Lambda::EventSourceMapping")
    queue = plain.one(QUEUE, "AnomalyQueueF")
    subscription = plain.one("AWS::SNS::Subscription", "AnomalyQueue")
    timeout = plain.one(FUNCTION, "Anomaly")["Timeout"]

    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert subscription["Protocol"] == "sqs"
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 3
    assert queue["VisibilityTimeout"] == 6 * timeout


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
        time_zone="Europe/Berlin", digest_hour=7, told=RITUALS | weekly,
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


def alarms(stack: Synthesised) -> dict[str, dict[str, Any]]:
    found = stack.of(ALARM).values()
    return {each["AlarmName"].removeprefix("cost-slo-"): each for each in found}


def test_every_alarm_of_the_runbook_exists_and_every_alarm_is_in_it(plain: Synthesised) -> None:
    runbook = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
    told = {
        line.split("`")[1]
        for line in runbook.read_text("utf-8").splitlines()
        if line.startswith("| `…-")
    }

    assert {f"…-{name}" for name in alarms(plain)} == told


def test_every_alarm_is_told_and_so_is_its_end(plain: Synthesised) -> None:
    for alarm in plain.of(ALARM).values():
        assert "TopicsAlerts" in str(alarm["AlarmActions"])
        assert alarm["OKActions"] == alarm["AlarmActions"]


def test_twenty_six_hours_without_an_evaluation_are_an_alarm_and_so_is_silence(
    plain: Synthesised,
) -> None:
    silent = alarms(plain)["no-evaluation"]

    assert silent["MetricName"] == FAILED.name == "EvaluationSucceeded"
    assert silent["Period"] * silent["EvaluationPeriods"] == 26 * 3600
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)
    assert silent["TreatMissingData"] == "breaching"


def test_stale_data_is_the_oldest_of_all_slos(plain: Synthesised) -> None:
    stale = alarms(plain)["stale-data"]
    *ages, oldest = sorted(stale["Metrics"], key=lambda each: "Expression" in each)
    dimensions = [each["MetricStat"]["Metric"]["Dimensions"] for each in ages]

    assert [each[1]["Value"] for each in dimensions] == SLOS
    assert oldest["Expression"] == "MAX([age0, age1, age2])"
    assert stale["Threshold"] == 3 * 24 * 3600


def test_more_slos_than_an_alarm_can_read_are_several_alarms(
    synthesise: Synthesise, tmp_path_factory: pytest.TempPathFactory
) -> None:
    slos = "".join(
        f"\n  - {{name: slo-{number}, product: p, owner: o, objective: {{monthly: 1}}}}"
        for number in range(21)
    )
    spec = tmp_path_factory.mktemp("many") / "spec.yaml"
    spec.write_text(f"apiVersion: cost-slo/v1\nslos:{slos}\n")

    stale = {
        name: sum("MetricStat" in each for each in alarm["Metrics"])
        for name, alarm in alarms(synthesise(spec=spec)).items()
        if name.startswith("stale")
    }

    assert stale == {"stale-data": 10, "stale-data-after-10": 10, "stale-data-after-20": 1}


def test_a_day_that_spends_a_tenth_of_the_cap_is_an_alarm(synthesise: Synthesise) -> None:
    daily = alarms(synthesise(ce_monthly_cap=45))["paid-requests"]

    assert (daily["MetricName"], daily["Period"], daily["Statistic"]) == (
        "RequestsSpent", 86400, "Sum",
    )  # fmt: skip
    assert daily["Threshold"] == 5  # 45 / 10, rounded up


def test_alarms_and_graphs_read_what_a_run_writes(plain: Synthesised) -> None:
    entry = {
        "name": "a",
        "burn": [{"rate": 1}],
        "budget": {"remaining": "1", "remaining_ratio": 1},
        "pace": 1,
        "spend": {"to_date": "1"},
        "unit_cost": {"to_date": "1"},
        "verdict": "within",
        "data_through": "2026-11-01T00:00:00+00:00",
    }
    document = {
        "as_of": "2026-11-02T00:00:00+00:00",
        "slos": [entry],
        "source": {"requests": 1},
        "errors": [],
    }
    written = {each.name for each in measurements(document)}
    assert len(written) == METRICS + RUN_METRICS
    shown = json.dumps(plain.one("AWS::CloudWatch::Dashboard")).replace("\\", "")
    watched = json.dumps(plain.of(ALARM))

    assert (measured.NAMESPACE, measured.WHOLE_RUN) == (
        emf_metrics.NAMESPACE,
        emf_metrics.WHOLE_RUN,
    )
    drawn = {name for name in written if f'"CostSLO","{name}"' in shown}
    assert drawn == {
        "BudgetRemainingRatio", "BurnRate", "RequestsSpent", "SpendToDate", "UnitCost",
    }  # fmt: skip
    assert {"DataAge", "EvaluationSucceeded", "RequestsSpent"} == {
        name for name in written if f'"MetricName": "{name}"' in watched
    }


def test_the_doctors_estimate_counts_the_metrics_that_alarms_and_the_dashboard_read(
    plain: Synthesised,
) -> None:
    watched = [
        each.get("MetricName", "") or [it for it in each["Metrics"] if "MetricStat" in it]
        for each in plain.of(ALARM).values()
    ]
    shown = json.dumps(plain.one("AWS::CloudWatch::Dashboard")).count('\\"CostSLO\\"')

    assert sum(1 if isinstance(each, str) else len(each) for each in watched) == ALARMS + len(SLOS)
    assert shown == 3 * len(SLOS) + 2  # the one unit cost, and the requests


def test_the_runbook_tells_the_doctors_prices() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")]
    told = {row[0].strip("| *").split(":")[0]: [it.strip("|* ") for it in row[1:]] for row in rows}
    account, organization = (
        running_cost(scope, requests=1, runs=3, slos=slos, deployments=1)
        for scope, slos in (("account", 3), ("organization", 20))
    )

    for item in account.items:
        assert told[item] == [f"${account.items[item]}", f"${organization.items[item]}"]
    assert told["together"] == [f"${account.total}", f"${organization.total}"]


def test_the_dashboard_shows_every_slo_and_the_widget(plain: Synthesised) -> None:
    shown = json.dumps(plain.one("AWS::CloudWatch::Dashboard"))

    assert all(slo in shown for slo in SLOS)
    assert '\\"type\\":\\"custom\\"' in shown


def test_a_dashboard_without_a_widget_has_no_fourth_function(synthesise: Synthesise) -> None:
    without = synthesise(widget=False)

    assert len(without.of(FUNCTION)) == 3
    assert "custom" not in json.dumps(without.one("AWS::CloudWatch::Dashboard"))


def test_a_budget_follows_each_monthly_slo_by_its_scope(full: Synthesised) -> None:
    budgets = {
        each["Budget"]["BudgetName"]: each["Budget"]
        for each in full.of("AWS::Budgets::Budget").values()
    }
    product = {"Tags": {"Key": "product", "Values": ["promptlib"]}}
    support = {"Dimensions": {"Key": "SERVICE", "Values": ["AWS Support (Business)"]}}
    taxes = {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Tax", "Credit"]}}

    assert set(budgets) == {f"cost-slo-{name}" for name in SLOS[:2]}
    promptlib = budgets["cost-slo-promptlib-api"]
    assert promptlib["BudgetLimit"] == {"Amount": 200, "Unit": "USD"}
    assert promptlib["FilterExpression"] == {"And": [product, {"Not": support}, {"Not": taxes}]}


def test_two_deployments_in_one_account_share_no_name(synthesise: Synthesise) -> None:
    def names(stack: Synthesised) -> set[str]:
        return {
            value
            for each in stack.template["Resources"].values()
            for key, value in each["Properties"].items()
            if key.endswith("Name") and isinstance(value, str) and key != "MetricName"
        }

    one, other = (synthesise(deployment=each, tag_monitors=True) for each in ("one", "other"))

    assert len(names(one)) > 10
    assert not names(one) & names(other)


def test_mail_goes_to_the_alerts_topic(full: Synthesised) -> None:
    mails = [
        each for each in full.of("AWS::SNS::Subscription").values() if each["Protocol"] == "email"
    ]

    assert [each["Endpoint"] for each in mails] == ["oncall@example.com", "finops@example.com"]
    assert {str(each["TopicArn"]).startswith("{'Ref': 'TopicsAlerts") for each in mails} == {True}


def test_outputs_say_where_things_are(full: Synthesised) -> None:
    outputs = full.template["Outputs"]

    assert set(outputs) == {
        "AlertTopicArn", "AnomaliesLink", "AnomalyTopicArn", "ChatTopicArn", "DashboardLink",
        "DoctorCommand",
        "EvaluateFunction", "NarrativesBucket", "NarrativesLink", "RitualsFunction", "TableName",
    }  # fmt: skip


def test_tags_tell_the_deployment_where_they_replace_nothing(full: Synthesised) -> None:
    tag = [{"Key": "cost-slo", "Value": "cost-slo"}]

    assert full.one("AWS::DynamoDB::Table")["Tags"] == tag
    assert "ResourceTags" not in json.dumps(full.template)
