# SPDX-License-Identifier: Apache-2.0
"""`cost-slo doctor`, over an account in this process: healthy, sick, and not there."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.organizations.models import organizations_backends
from moto.sns.models import sns_backends

from cost_slo.adapter_kit.aws_calls import client
from cost_slo.adapters.stores.dynamodb.store import DynamoStore
from cost_slo.domain.doctor.finding import CheckResult, State, worst
from cost_slo.domain.period import DAY
from cost_slo.domain.spend.reading import Observation
from cost_slo.ports import StateChange
from cost_slo.settings import Settings, load_settings
from cost_slo.use_cases.doctor.checkup import examine
from cost_slo.wiring.doctor import Named, patient
from cost_slo.wiring.local import spec_source, store_of
from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden
from tests.worlds.account import BEFORE, SECRET, TABLE, Account, account
from tests.worlds.webhook import webhook

CHATBOT = "https://global.sns-api.chatbot.amazonaws.com"
SICK_SPEC = """\
apiVersion: cost-slo/v1
slos:
  - {name: blue, product: shop, owner: web, objective: {monthly: 1000},
     scope: {tags: {produkt: [blue]}, accounts: ["111122223333"]}}
  - {name: green, product: shop, owner: web, objective: {monthly: 1000},
     scope: {tags: {product: [green]}, accounts: ["444455556666"]}}
"""
PERSON = "paula"


class Denying:
    """A client that says nothing to us."""

    def __init__(self, code: str = "AccessDeniedException") -> None:
        self._code = code

    def describe_organization(self) -> None:
        denied: Any = {"Error": {"Code": self._code, "Message": "no"}}
        raise ClientError(denied, "DescribeOrganization")

    get_caller_identity = describe_organization


@dataclass
class Ward:
    """An account whose deployment is in the environment."""

    account: Account
    anomaly_topic: str
    monkeypatch: pytest.MonkeyPatch

    def doctor(self, *more: object) -> Ran:
        """As a shell runs it."""
        return cost_slo("doctor", "--as-of", BEFORE.isoformat(), *more)

    def found(self, **named: Any) -> list[CheckResult]:
        """The same, over clients that are made already."""
        settings = load_settings()
        looked_at = patient(settings, Named(settings.spec, **named), self.account.client)
        return examine(looked_at, BEFORE).findings

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"COST_SLO_{name.upper()}", value)

    def client(self, service: str) -> Any:
        return self.account.client(service)


@pytest.fixture(name="ward")
def a_ward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    with account(tmp_path) as found, webhook() as answers_all:
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        monkeypatch.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", found.costs.url)
        # moto knows no LookupEvents
        url = f"http://127.0.0.1:{answers_all.server_port}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDTRAIL", url)
        ward = Ward(found, _anomaly_topic(found), monkeypatch)
        settings: Settings = found.settings
        named = settings.model_dump(exclude_defaults=True, exclude={"spec"})
        ward.set(spec=str(settings.spec), **{name: str(value) for name, value in named.items()})
        _evaluated(settings, found)
        yield ward


def _anomaly_topic(found: Account) -> str:
    sns, costs = found.client("sns"), found.client("ce")
    chat = found.settings.chat_topic_arn
    sns.subscribe(TopicArn=chat, Protocol="https", Endpoint=CHATBOT)
    alerts = found.settings.alert_topic_arn
    sns.subscribe(TopicArn=alerts, Protocol="email", Endpoint=f"{PERSON}@example.com")
    topic: str = sns.create_topic(Name="anomalies")["TopicArn"]
    queue = f"arn:aws:sqs:us-east-1:{DEFAULT_ACCOUNT_ID}:anomalies"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    sns.set_topic_attributes(
        TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(_policy(topic))
    )
    watched = {"MonitorName": "services", "MonitorType": "DIMENSIONAL"}
    monitor = costs.create_anomaly_monitor(
        AnomalyMonitor={**watched, "MonitorDimension": "SERVICE"}
    )["MonitorArn"]
    costs.create_anomaly_subscription(
        AnomalySubscription={
            "SubscriptionName": "at once",
            "MonitorArnList": [monitor],
            "Subscribers": [{"Address": topic, "Type": "SNS"}],
            "Frequency": "IMMEDIATE",
            "Threshold": 100.0,
        }
    )
    return topic


def _policy(topic: str) -> dict[str, Any]:
    def statement(principal: dict[str, str], condition: dict[str, Any]) -> dict[str, Any]:
        who = {"Effect": "Allow", "Principal": principal, "Action": "SNS:Publish"}
        return {**who, "Resource": topic, "Condition": condition}

    ours = {"StringEquals": {"aws:SourceAccount": [DEFAULT_ACCOUNT_ID]}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            statement({"Service": "costalerts.amazonaws.com"}, ours),
            statement({"AWS": f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:root"}, {}),
        ],
    }


def _evaluated(settings: Settings, found: Account) -> None:
    """What the evaluation of the day before left in the ledger."""
    store = DynamoStore(TABLE, found.client("dynamodb"))
    seen = tuple(
        Observation(
            series=slo.series,
            day=BEFORE.date() - DAY,
            usage=Decimal(9),
            lumps=Decimal(0),
            credits=Decimal(0),
            units=None,
            estimated=True,
            observed_at=BEFORE - DAY,
            revision=1,
        )
        for slo in spec_source(settings.spec).load_spec().slos
    )
    evaluated = {observation.series: BEFORE - DAY for observation in seen}
    store.save(StateChange(observations=seen, evaluated=evaluated))


def _made_sick(ward: Ward, folder: Path) -> None:
    spec = folder / "sick.yaml"
    spec.write_text(SICK_SPEC, encoding="utf-8")
    ward.set(spec=str(spec), ce_monthly_cap="0", table_name="gone", narratives_bucket="gone")
    ward.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString="hunter2")
    org = ward.client("organizations")
    org.create_organization(FeatureSet="ALL")
    made = organizations_backends[DEFAULT_ACCOUNT_ID]["aws"].org
    assert made is not None
    made.master_account_id = "999999999999"
    topics = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"]
    topics.subscriptions[_left(ward)].arn = "Deleted"
    for subscription in topics.subscriptions.values():
        if subscription.protocol == "email":
            subscription.arn = "PendingConfirmation"
    policy = _policy(ward.anomaly_topic)
    policy["Statement"] = [
        {**policy["Statement"][1], "Principal": "*"},
        {**policy["Statement"][0], "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}},
    ]
    sns = ward.client("sns")
    for name, value in (("Policy", json.dumps(policy)), ("KmsMasterKeyId", "alias/aws/sns")):
        sns.set_topic_attributes(
            TopicArn=ward.anomaly_topic, AttributeName=name, AttributeValue=value
        )
    ward.set(chat_topic_arn=str(ward.account.settings.alert_topic_arn))


def _left(ward: Ward) -> str:
    """A subscription whose reader has left."""
    arn: str = ward.client("sns").subscribe(
        TopicArn=ward.account.settings.alert_topic_arn, Protocol="email", Endpoint="q@example.com"
    )["SubscriptionArn"]
    return arn


def test_a_healthy_account_is_told_and_is_exit_0(ward: Ward) -> None:
    ran = ward.doctor("--paid", "--anomaly-topic", ward.anomaly_topic)

    assert ran.code == 0, ran.out
    assert_golden("doctor_healthy.txt", ran.out)
    assert ward.account.costs.requests == 1


def test_a_sick_account_is_told_with_remedies_and_is_exit_5(ward: Ward, tmp_path: Path) -> None:
    _made_sick(ward, tmp_path)

    ran = ward.doctor("--paid")

    assert ran.code == 5
    assert_golden("doctor_sick.txt", ran.out)
    assert ward.account.costs.requests == 0


def test_nobody_is_named_and_no_secret_is_shown(ward: Ward, tmp_path: Path) -> None:
    healthy = ward.found()
    _made_sick(ward, tmp_path)
    who = f"User: arn:aws:sts::{DEFAULT_ACCOUNT_ID}:assumed-role/dev/{PERSON} is not authorized"
    ward.account.costs.fail_next("GetAnomalyMonitors", "AccessDeniedException", who)

    said = f"{healthy} {ward.found()}"

    assert "p…@example.com" in said
    assert not any(text in said for text in (PERSON, "hunter2", ward.account.hook.url()))


def test_without_leave_nothing_is_paid_for(ward: Ward) -> None:
    found = ward.found()

    (asked,) = [each for each in found if each.check == "cost-explorer"]
    assert (asked.state, asked.remedy) == (State.UNKNOWN, "use --paid")
    assert ward.account.costs.requests == 0


def test_a_paid_request_is_counted_where_the_deployment_counts(ward: Ward) -> None:
    ward.found(paid=True)

    (run,) = [each for each in ward.found(paid=True) if each.check == "next-run"]

    assert "2 of 300 allowed requests made in Sep 2026" in run.says
    store = DynamoStore(TABLE, ward.client("dynamodb"))
    assert store.load_requests(BEFORE.date()) == 2


def test_the_object_is_as_published(ward: Ward, tmp_path: Path) -> None:
    assert_documented("doctor", ward.doctor("--format", "json").document)
    _made_sick(ward, tmp_path)
    assert_documented("doctor", ward.doctor("--format", "json").document)


def test_cost_explorer_that_does_not_answer_is_a_finding(ward: Ward) -> None:
    for code, says, told in (
        ("AccessDeniedException", "User not enabled for cost explorer access", "is not enabled"),
        ("DataUnavailableException", "Data is not yet available", "has no data for 2026-09-10"),
        ("AccessDeniedException", "You may not", "allow ce:GetCostAndUsage to this role"),
    ):
        ward.account.costs.fail_next("GetCostAndUsage", code, says)

        found = ward.found(paid=True)

        (asked,) = [each for each in found if each.check == "cost-explorer"]
        assert asked.state in {State.FAIL, State.UNKNOWN}
        assert told in f"{asked.says}; {asked.remedy}"
        assert {"tags", "anomaly-monitors", "self-cost"} <= {each.check for each in found}


def test_a_check_that_fails_stops_no_other(ward: Ward) -> None:
    healthy = {each.check for each in ward.found()}
    for operation in ("ListCostAllocationTags", "GetAnomalyMonitors", "GetAnomalySubscriptions"):
        ward.account.costs.fail_next(operation, "AccessDeniedException", "no")

        sick = ward.found()

        assert healthy - {each.check for each in sick} <= {"anomaly-topic"}
        (failed,) = [each for each in sick if each.state is State.FAIL]
        assert failed.remedy == f"allow ce:{operation} to this role"


def test_a_member_account_that_may_not_list_its_tags_is_sent_to_the_payer(
    ward: Ward, tmp_path: Path
) -> None:
    _made_sick(ward, tmp_path)
    ward.account.costs.fail_next("ListCostAllocationTags", "AccessDeniedException", "no")

    (tags,) = [each for each in ward.found() if each.check == "tags"]

    assert tags.state is State.UNKNOWN
    assert tags.remedy == "run the doctor with credentials of the payer account"


def test_a_payer_is_told_and_an_organization_that_may_not_be_seen_is_not_known(ward: Ward) -> None:
    ward.client("organizations").create_organization(FeatureSet="ALL")
    says = [each.says for each in ward.found() if each.check == "organization"]
    ward.account.made["organizations", None] = Denying()
    (denied,) = [each for each in ward.found() if each.check == "organization"]

    assert says == ["the organization's management account: it sees all accounts' costs"]
    assert denied.state is State.UNKNOWN
    assert denied.remedy == "allow organizations:DescribeOrganization to this role"


@pytest.mark.parametrize(
    ("code", "state", "remedy"),
    [
        ("ExpiredToken", State.FAIL, "set up AWS credentials that are valid today"),
        ("Throttling", State.UNKNOWN, "run the doctor again in a few minutes"),
    ],
)
def test_credentials_that_do_not_work_are_a_finding(
    ward: Ward, code: str, state: State, remedy: str
) -> None:
    ward.account.made["sts", None] = Denying(code)

    (denied,) = [each for each in ward.found() if each.check == "credentials"]

    assert (denied.state, denied.remedy) == (state, remedy)


def test_credentials_without_a_region_are_to_be_looked_at(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    ward.account.made["sts", None] = client("sts")

    (found,) = [each for each in ward.found() if each.check == "credentials"]

    assert (found.state, found.remedy) == (State.WARN, "set AWS_REGION to the deployment's region")


def test_a_services_monitor_that_is_there_is_to_be_adopted(ward: Ward) -> None:
    (arn,) = ward.account.costs.monitors

    remedies = {each.remedy for each in ward.found()}

    assert f"set context monitor_arn={arn}: the stack uses it and creates none" in remedies


def test_without_any_deployment_a_spec_and_credentials_are_enough(
    ward: Ward, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TABLE_NAME", "NARRATIVES_BUCKET", "ALERT_TOPIC_ARN", "CHAT_TOPIC_ARN"):
        monkeypatch.delenv(f"COST_SLO_{name}")
    monkeypatch.delenv("COST_SLO_CHANNELS_SECRET_ID")
    state = tmp_path / "state"

    found = ward.found(state=state, paid=True)

    assert worst(found) is State.WARN
    assert "no charge days recorded yet" in {each.says for each in found}
    assert store_of(state).load_requests(BEFORE.date()) == 1


def test_no_credentials_is_said_once_and_the_rest_is_still_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    spec = tmp_path / "slos.yaml"
    spec.write_text(SICK_SPEC, encoding="utf-8")

    ran = cost_slo("doctor", "--spec", spec, "--state", tmp_path / "state", "--format", "json")

    assert ran.code == 5
    (failed,) = [each for each in ran.document["findings"] if each["state"] == "fail"]
    assert failed["check"] == "credentials"
    assert failed["remedy"] == "set up AWS credentials and a region"
    scopes = {each["scope"]: each["deployments"] for each in ran.document["self_cost"]}
    assert scopes == {"account": 2, "organization": 1}
    assert ran.document["next_run"]["requests"] == 3
    assert not (tmp_path / "state").exists()


def test_a_spec_that_is_wrong_is_a_finding(ward: Ward, tmp_path: Path) -> None:
    ward.set(spec=str(tmp_path / "nowhere.yaml"))

    found = ward.found()

    assert [each.check for each in found if each.state is State.FAIL] == ["spec"]
    assert "anomaly-monitors" in {each.check for each in found}
    assert "tags" not in {each.check for each in found}


def test_a_topic_that_is_no_arn_is_a_wrong_use() -> None:
    ran = cost_slo("doctor", "--anomaly-topic", "anomalies")

    assert ran.code == 2
    assert "arn:aws:sns:REGION:ACCOUNT:NAME" in ran.err


def test_a_topic_that_is_gone_and_a_policy_nobody_can_read_are_findings(ward: Ward) -> None:
    gone = f"arn:aws:sns:us-east-1:{DEFAULT_ACCOUNT_ID}:gone"
    ward.set(alert_topic_arn=gone)
    topics: Any = sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].topics
    topics[ward.anomaly_topic]._policy_json = ["no", "policy"]

    says = {each.check: each.says for each in ward.found()}

    assert says["alert-topic"] == f"there is no topic {gone}"
    assert says["anomaly-topic"] == f"{ward.anomaly_topic}: its policy cannot be read"
