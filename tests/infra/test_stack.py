# SPDX-License-Identifier: Apache-2.0
"""Does one deployment consist of what the runbook says, wherever it stands?"""

import json
import re

import pytest

from cost_slo.settings import PREFIX, Settings
from tests.checks.golden_files import assert_golden
from tests.checks.synthesis import Synthesise, Synthesised

FUNCTION, QUEUE = "AWS::Lambda::Function", "AWS::SQS::Queue"
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
        "DoctorCommand", "EvaluateFunction", "MonitorArn", "NarrativesBucket", "NarrativesLink",
        "RitualsFunction", "State", "TableName",
    }  # fmt: skip


def test_tags_tell_the_deployment_where_they_replace_nothing(full: Synthesised) -> None:
    tag = [{"Key": "cost-slo", "Value": "cost-slo"}]

    assert full.one("AWS::DynamoDB::Table")["Tags"] == tag
    assert "ResourceTags" not in json.dumps(full.template)
