# SPDX-License-Identifier: Apache-2.0
"""May each function do what it does, and nothing else?"""

import re
from pathlib import Path

import pytest

from infra.components.permissions import EXPLAINED
from tests.checks.synthesis import Synthesise, Synthesised, listed

KEY = "AWS::KMS::Key"
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READS = {"dynamodb:GetItem", "dynamodb:Query"}
TABLE = READS | {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
SPEAKS = LOGS | TABLE | {"sns:Publish"}
EVALUATE = SPEAKS | {
    "ce:GetCostAndUsage",
    "cloudformation:DescribeStackEvents",
    "cloudformation:DescribeStacks",
    "cloudformation:ListStacks",
    "cloudtrail:LookupEvents",
    "s3:GetObject",
    "s3:ListBucket",
    "s3:PutObject",
}
QUEUE = {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"}
STARTS = {"lambda:InvokeFunction", "sqs:SendMessage"}
OPTIONAL = {"secretsmanager:GetSecretValue", "kms:Decrypt", "kms:GenerateDataKey"}

ROLES = {
    "EvaluateRole": EVALUATE,
    "AnomalyRole": SPEAKS | QUEUE,
    "RitualsRole": SPEAKS | {"ce:ProvideAnomalyFeedback"},
    "WidgetRole": LOGS | READS | {"s3:GetObject", "s3:ListBucket"},
    "SchedulesEvaluateRole": STARTS,
    "SchedulesRitualsRole": STARTS,
}

CLOUDWATCH_UNITS = """\
apiVersion: cost-slo/v1
slos:
  - name: requests
    product: weel
    owner: ai
    objective: {per_unit: 0.002}
    units: {cloudwatch: {namespace: AWS/ApiGateway, metric: Count, dimensions: {ApiName: weel}}}
"""


@pytest.mark.parametrize(("role", "actions"), ROLES.items(), ids=list(ROLES))
def test_a_role_allows_exactly_what_its_function_calls(
    plain: Synthesised, role: str, actions: set[str]
) -> None:
    assert plain.actions(role) == actions


@pytest.mark.parametrize("role", ["EvaluateRole", "AnomalyRole", "RitualsRole"])
def test_a_secret_and_a_key_are_allowed_where_they_are_used(full: Synthesised, role: str) -> None:
    assert full.actions(role) == ROLES[role] | OPTIONAL


def test_no_other_role_and_no_policy_beside_the_roles_is_there(full: Synthesised) -> None:
    roles = full.of("AWS::IAM::Role")

    assert len(roles) == len(ROLES)
    assert all("ManagedPolicyArns" not in role for role in roles.values())
    assert full.of("AWS::IAM::Policy") == full.of("AWS::IAM::ManagedPolicy") == {}


def test_no_action_is_a_pattern(full: Synthesised) -> None:
    actions = {action for _, each in full.policies() for action in each["Action"]}

    assert not [action for action in actions if "*" in action]


def test_a_resource_is_a_pattern_only_where_the_reason_is_written_down(full: Synthesised) -> None:
    patterns = [each for _, each in full.policies() if re.search(r"[*?]", str(each["Resource"]))]

    used = {action for each in patterns for action in each["Action"]}
    assert used == EXPLAINED.keys() - {"cloudwatch:GetMetricData"}  # where an SLO counts units


def test_the_runbook_tells_every_pattern_and_its_reason() -> None:
    runbook = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
    told = re.findall(
        r"^\| `(\w+:\w+)` \| .+ \| (.+) \|$", runbook.read_text("utf-8"), re.MULTILINE
    )

    assert dict(told) == EXPLAINED


def test_metrics_are_read_only_where_an_slo_counts_them(
    synthesise: Synthesise, tmp_path_factory: pytest.TempPathFactory
) -> None:
    spec = tmp_path_factory.mktemp("units") / "spec.yaml"
    spec.write_text(CLOUDWATCH_UNITS)

    allowed = synthesise(spec=spec).actions("EvaluateRole")

    assert allowed - EVALUATE == {"cloudwatch:GetMetricData"}


def test_a_secret_may_be_named_by_its_arn(synthesise: Synthesise) -> None:
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:channels-AbCdEf"
    rituals = synthesise(channels_secret_id=arn).statements("RitualsRole")

    (reads,) = [each for each in rituals if each["Action"] == ["secretsmanager:GetSecretValue"]]

    assert reads["Resource"] == [arn]


def test_who_starts_a_function_is_of_this_account(plain: Synthesised) -> None:
    trusted = plain.one("AWS::IAM::Role", "SchedulesEvaluateRole")["AssumeRolePolicyDocument"]

    assert trusted["Statement"][0]["Condition"] == {
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    }


@pytest.mark.parametrize(
    ("topic", "services"),
    [
        ("TopicsAlerts", {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}),
        ("TopicsChat", set()),
        ("TopicsAnomalies", {"costalerts.amazonaws.com"}),
    ],
)
def test_a_topic_is_open_to_its_account_and_to_the_services_that_need_it_over_tls(
    full: Synthesised, topic: str, services: set[str]
) -> None:
    policy = full.one("AWS::SNS::TopicPolicy", topic)["PolicyDocument"]["Statement"]
    owner, *others = [each for each in policy if each["Effect"] == "Allow"]
    (denied,) = [each for each in policy if each["Effect"] == "Deny"]
    of_this_account = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}

    assert str(owner["Principal"]).endswith(":root']]}}")
    assert {each["Principal"]["Service"] for each in others} == services
    assert all(each["Action"] == "sns:Publish" for each in others)
    assert all(each["Condition"] == of_this_account for each in others)
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_key_of_the_topics_is_open_to_the_services_that_publish(full: Synthesised) -> None:
    key = full.one(KEY)["KeyPolicy"]["Statement"]
    services = {each["Principal"].get("Service"): listed(each["Action"]) for each in key}

    assert services.pop(None) == ["kms:*"]
    assert set(services) == {
        f"{it}.amazonaws.com" for it in ("budgets", "cloudwatch", "costalerts")
    }
    assert set(map(tuple, services.values())) == {("kms:Decrypt", "kms:GenerateDataKey")}


def test_services_use_the_key_for_topics_of_this_account_alone(synthesise: Synthesise) -> None:
    root, *services = synthesise("eu-central-1", customer_key=True).one(KEY)["KeyPolicy"][
        "Statement"
    ]
    ours = ["arn:", {"Ref": "AWS::Partition"}, ":sns:eu-central-1:111122223333:*"]

    assert "Condition" not in root
    for each in services:
        assert each["Condition"] == {
            "ArnLike": {"kms:EncryptionContext:aws:sns:topicArn": {"Fn::Join": ["", ours]}}
        }


def test_every_topic_is_under_the_key_where_there_is_one_and_unencrypted_where_not(
    full: Synthesised, plain: Synthesised
) -> None:
    (key,) = full.of(KEY)
    encrypted = [each["KmsMasterKeyId"] for each in full.of("AWS::SNS::Topic").values()]

    assert encrypted == [{"Fn::GetAtt": [key, "Arn"]}] * 3
    assert plain.of(KEY) == {}
    assert not any("KmsMasterKeyId" in each for each in plain.of("AWS::SNS::Topic").values())
