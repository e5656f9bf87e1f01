# SPDX-License-Identifier: Apache-2.0
"""Forty days of a deployment, played once; what they left behind is each test's to look at."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.bill_writer import write_parquet
from cost_slo.domain.incidents.incident import Incident
from cost_slo.synthetic import Story, charges, demo_spec, units
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer, ReceivedCall
from cost_slo.use_cases.demo import RUNAWAY
from tests.e2e.account import REGION, ROOT, Account, Mail, Question, account
from tests.e2e.deployment import BIN, Cdk, CdkError, Stack
from tests.e2e.functions import running
from tests.e2e.gaps import fill
from tests.e2e.life import Life, Run
from tests.e2e.state import Items, remembered
from tests.worlds.webhook import Webhook, webhook

STORY = Story(start=date(2026, 7, 1), days=92, mitigated_day=24, calm_days=8)
DEPLOYED = datetime(2026, 8, 29, tzinfo=UTC)
UPDATED = datetime(2026, 9, 11, 9, tzinfo=UTC)
SOMEBODY_DEPLOYS = datetime(2026, 9, 12, 8, tzinfo=UTC)
FIRST_SIGN = datetime(2026, 9, 13, tzinfo=UTC)
TOLD = datetime(2026, 9, 14, 10, tzinfo=UTC)
TOLD_AGAIN = datetime(2026, 9, 15, 10, tzinfo=UTC)
FOUND_ELSEWHERE = datetime(2026, 9, 16, 10, tzinfo=UTC)
PLANNED = datetime(2026, 9, 16, 12, tzinfo=UTC)
OVER = datetime(2026, 10, 8, tzinfo=UTC)

OBJECTIVE, RAISED = "objective: {monthly: 4500}", "objective: {monthly: 4600}"
SECRET, MAILBOX = "channels", "team@example.com"
COUNTED = {"Namespace": "AWS/ApiGateway", "Name": "ApiName", "Value": "weel"}
CONTEXT = {
    "architecture": "x86_64",
    "chat": "true",
    "alert_emails": MAILBOX,
    "channels_secret_id": SECRET,
}
# A stack of somebody else's, deployed on the day on which the spend rises.
TRAINING = "model-training"
ELSEWHERE = "0e0e0e0e-0000-4000-8000-000000000002"


@dataclass
class Played:
    """The forty days, and how the table was at some instants of them."""

    life: Life
    filled: list[str]
    table: str
    runs: list[Run]
    questions: list[Question]
    incidents: tuple[Incident, ...]
    narratives: dict[str, str]
    mail: list[Mail]
    chat: list[dict[str, Any]]
    hook: list[dict[str, Any]]
    calls: list[ReceivedCall]
    before_update: Items
    after_update: Items
    at: Mapping[datetime, Items]
    replaced: list[str]
    """Resources that the update gave another physical id, or took away."""
    no_change: str
    """What `cdk diff` says when nothing is new."""

    @property
    def runaway(self) -> Incident:
        """The incident of the story."""
        return next(each for each in self.incidents if each.slo == RUNAWAY)


def spec(objective: str = OBJECTIVE) -> str:
    """Three SLOs; the units of the third are counted by CloudWatch."""
    counted = "cloudwatch: {namespace: AWS/ApiGateway, metric: Count, dimensions: {ApiName: weel}}"
    return demo_spec().replace("csv: units.csv", counted).replace(OBJECTIVE, objective)


def anomaly(total: int, last: str, *, id_: str, service: str, usage: str) -> dict[str, Any]:
    """A message of Cost Anomaly Detection, as it publishes it."""
    return {
        "accountId": "123456789012",
        "anomalyId": id_,
        "anomalyStartDate": "2026-09-12T00:00:00Z",
        "anomalyEndDate": f"{last}T00:00:00Z",
        "anomalyDetailsLink": "https://console.aws.amazon.com/cost-management/home#/anomaly",
        "anomalyScore": {"currentScore": 0.5, "maxScore": 0.5},
        "dimensionalValue": service,
        "impact": {
            "maxImpact": total,
            "totalActualSpend": total + 300,
            "totalExpectedSpend": 300,
            "totalImpact": total,
            "totalImpactPercentage": total / 3,
        },
        "monitorArn": "arn:aws:ce::123456789012:anomalymonitor/services",
        "rootCauses": [{"service": service, "region": "us-east-1", "usageType": usage}],
        "subscriptionId": "subscription",
        "subscriptionName": "cost-slo",
    }


def runaway(total: int, last: str) -> dict[str, Any]:
    """The detector's word on the runaway."""
    service = "Amazon Elastic Compute Cloud - Compute"
    return anomaly(total, last, id_="anomaly-1", service=service, usage="BoxUsage:c6i.2xlarge")


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    _skip_where_nothing_can_be_deployed()
    folder = tmp_path_factory.mktemp("e2e")
    write_parquet(charges(STORY), folder / "bill.parquet")
    with ExitStack() as stack:
        costs = stack.enter_context(FakeCostExplorer(folder / "bill.parquet", clock=DEPLOYED))
        hook = stack.enter_context(webhook())
        opened = stack.enter_context(account(folder, costs.url, DEPLOYED))
        _furnish(opened, hook)
        yield _play(folder, opened, costs, hook, stack)


def _play(
    folder: Path, opened: Account, costs: FakeCostExplorer, hook: Webhook, stack: ExitStack
) -> Played:
    cdk = Cdk(opened, ROOT, {"spec": str(folder / "spec.yaml"), **CONTEXT})
    (folder / "spec.yaml").write_text(spec())
    _deploy(cdk)
    deployed = Stack(opened, "cost-slo")
    filled = fill(opened, deployed)
    schedulers = _schedulers(deployed)
    at: dict[datetime, Items] = {}
    with running(opened, deployed, folder) as functions:
        life = Life(opened, deployed, costs, functions, schedulers)
        chat = life.queue_behind(functions["evaluate"].environment["COST_SLO_CHAT_TOPIC_ARN"], "q")
        with opened.enforced():
            life.play(DEPLOYED, UPDATED)
        table = functions["evaluate"].environment["COST_SLO_TABLE_NAME"]
        before_update, runs = remembered(opened, table), life.runs

    (folder / "spec.yaml").write_text(spec(RAISED))
    opened.set_clock(UPDATED)
    cdk.deploy()
    updated = Stack(opened, "cost-slo", deployed.filled)
    after_update = remembered(opened, table)
    functions = stack.enter_context(running(opened, updated, folder))
    life = Life(opened, updated, costs, functions, schedulers, runs)
    with opened.enforced():
        _live(life, at, table)
    return Played(
        life=life,
        filled=filled,
        table=table,
        runs=list(life.runs),
        questions=opened.questions(),
        incidents=life.incidents,
        narratives=life.narratives(),
        mail=opened.mail(),
        chat=life.received(chat),
        hook=list(hook.told),
        calls=list(costs.calls),
        before_update=before_update,
        after_update=after_update,
        at=at,
        replaced=[
            name for name, id_ in deployed.physical.items() if updated.physical.get(name) != id_
        ],
        no_change=cdk.diff(),
    )


def _live(life: Life, at: dict[datetime, Items], table: str) -> None:
    """From the update on: the runaway, what the detector says, what a person says."""
    life.play(UPDATED, SOMEBODY_DEPLOYS)
    life.account.set_clock(SOMEBODY_DEPLOYS)
    topic = {"Resources": {"Done": {"Type": "AWS::SNS::Topic"}}}
    cloudformation = life.account.client("cloudformation")
    cloudformation.create_stack(StackName=TRAINING, TemplateBody=json.dumps(topic))
    life.play(SOMEBODY_DEPLOYS, FIRST_SIGN)
    at[FIRST_SIGN] = remembered(life.account, table)
    life.play(FIRST_SIGN, TOLD)
    at[TOLD] = remembered(life.account, table)
    life.publish_anomaly(runaway(600, "2026-09-13"), TOLD)
    life.play(TOLD, TOLD_AGAIN)
    life.publish_anomaly(runaway(1100, "2026-09-14"), TOLD_AGAIN)
    life.play(TOLD_AGAIN, FOUND_ELSEWHERE)
    life.costs.anomalies = [known_elsewhere()]
    elsewhere = anomaly(
        400, "2026-09-15", id_=ELSEWHERE, service="Amazon Redshift", usage="Node:ra3.xlplus"
    )
    life.publish_anomaly(elsewhere, FOUND_ELSEWHERE)
    (found,) = [each for each in life.incidents if each.slo == "anomaly/amazon-redshift"]
    _say("resolve", found.id, "--planned", "--text", "a migration", at=PLANNED, life=life)
    at[PLANNED] = remembered(life.account, table)
    life.play(PLANNED, OVER)


def _say(*words: str, at: datetime, life: Life) -> None:
    """What a person does with the deployment's table, from the command line."""
    table = life.functions["evaluate"].environment["COST_SLO_TABLE_NAME"]
    state = ("--state", f"dynamodb:{table}", "--as-of", f"{at:%Y-%m-%dT%H:%M}")
    keys = {**life.account.administrator, "AWS_ENDPOINT_URL": life.account.url}
    subprocess.run(
        [str(BIN / "cost-slo"), "incidents", *words, *state],
        env={**os.environ, **keys, "AWS_DEFAULT_REGION": REGION, "PYTHONPATH": str(ROOT)},
        check=True,
    )


def known_elsewhere() -> dict[str, Any]:
    """An anomaly that the detector takes feedback on."""
    return {
        "AnomalyId": ELSEWHERE,
        "AnomalyStartDate": "2026-09-12",
        "AnomalyEndDate": "2026-09-15",
        "AnomalyScore": {"MaxScore": 0.5, "CurrentScore": 0.5},
        "Impact": {"MaxImpact": 400.0, "TotalImpact": 400.0},
        "MonitorArn": "arn:aws:ce::123456789012:anomalymonitor/services",
    }


def _furnish(opened: Account, hook: Webhook) -> None:
    """What is in the account before anything is deployed: a secret, and requests to count."""
    opened.client("secretsmanager").create_secret(Name=SECRET, SecretString=hook.url())
    cloudwatch = opened.client("cloudwatch")
    dimension = {"Name": COUNTED["Name"], "Value": COUNTED["Value"]}
    counted = [
        {
            "MetricName": "Count",
            "Dimensions": [dimension],
            "Timestamp": datetime(day.year, day.month, day.day, 12, tzinfo=UTC),
            "Value": float(number),
        }
        for day, number in units(STORY)
    ]
    cloudwatch.put_metric_data(Namespace=COUNTED["Namespace"], MetricData=counted)


def _schedulers(deployed: Stack) -> dict[str, dict[str, str]]:
    """The credentials of each schedule's role, by its ARN."""
    schedules = deployed.of_type("AWS::Scheduler::Schedule").values()
    roles = {deployed.resolved(each["Properties"]["Target"]["RoleArn"]) for each in schedules}
    return {role: deployed.account.credentials(role) for role in roles}


def _deploy(cdk: Cdk) -> None:
    cdk.bootstrap()
    try:
        cdk.deploy()
    except CdkError as error:
        if "uv failed" in str(error) and "CI" not in os.environ:
            pytest.skip(f"the bundle cannot be built, as without a package index: {error}")
        raise


def _skip_where_nothing_can_be_deployed() -> None:
    for tool in ("cdk", "node"):
        if not (BIN / tool).exists():
            pytest.skip(f"{tool} is not among the project's tools; `make sync` brings it")
    uv = os.environ.get("UV") or str(ROOT / ".tools" / "bin" / "uv")
    if shutil.which(uv) is None:
        pytest.skip(f"{uv} is not there; `make sync` fetches it")
