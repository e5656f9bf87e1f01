# SPDX-License-Identifier: Apache-2.0
"""An AWS account in this process: what a deployment of ours calls, and who hears of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
from moto import mock_aws

from cost_slo.domain.period import DAY
from cost_slo.settings import Settings
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from cost_slo.wiring.channels import Clients
from cost_slo.wiring.deployed import Deployment, deployment
from tests.builders.bills import focus_row, write_csv
from tests.worlds.dynamodb import create_table
from tests.worlds.serialising import serialising_sooner
from tests.worlds.webhook import Webhook, webhook

TABLE, SECRET = "state", "channels"
NARRATIVES = "narratives"
FIRST = date(2026, 8, 20)
RUNAWAY = date(2026, 9, 10)
# A quiet morning: the runaway's day has hardly arrived.
BEFORE = datetime(2026, 9, 11, 6, tzinfo=UTC)
# The morning that opens the incident.
AFTER = BEFORE + timedelta(days=1)

SPEC = """
apiVersion: cost-slo/v1
slos:
  - name: web
    product: web
    owner: platform
    objective: {monthly: 400}
    scope: {tags: {product: [web]}}
    plan: 300
  - name: api
    product: api
    owner: api
    objective: {per_unit: 0.01, minimum_units: 10}
    scope: {tags: {product: [api]}}
    units:
      cloudwatch: {namespace: AWS/Lambda, metric: Invocations, dimensions: {FunctionName: api}}
"""


class Recorder:
    """A CloudTrail that knows one event; moto has no LookupEvents."""

    def __init__(self) -> None:
        operations = {"lookup_events": "LookupEvents"}
        self.meta = SimpleNamespace(method_to_api_mapping=operations, region_name="us-east-1")
        self.events: list[dict[str, Any]] = []

    def lookup_events(self, **asked: Any) -> dict[str, Any]:
        del asked
        return {"Events": self.events}


@dataclass
class Account:
    """Clients of everything, and what reached whom."""

    settings: Settings
    costs: FakeCostExplorer
    hook: Webhook
    queues: Mapping[str, str]
    recorder: Recorder = field(default_factory=Recorder)
    made: dict[tuple[str, str | None], Any] = field(default_factory=dict)

    def client(self, service: str, *, region: str | None = None) -> Any:
        """A client of a service of this account."""
        if service == "cloudtrail":
            return self.recorder
        if (service, region) not in self.made:
            endpoint = self.costs.url if service == "ce" else None
            self.made[service, region] = _client(service, region, endpoint)
        return self.made[service, region]

    def deployment(self, at: datetime, clients: Clients | None = None) -> Deployment:
        """A new process of the deployment at an instant; it waits for nothing."""
        clients = clients or self.client
        return deployment(self.settings, clients, now=lambda: at, sleep=lambda _: None)

    def heard(self) -> dict[str, Counter[str]]:
        """How often each message reached each subscriber since the last time, by its key."""
        told = {name: Counter(_keys(self.client("sqs"), url)) for name, url in self.queues.items()}
        told["hook"] = Counter(
            each["message"].rpartition("Message: ")[2].strip() for each in self.hook.told
        )
        self.hook.told.clear()
        return told


@contextmanager
def account(folder: Path) -> Iterator[Account]:
    """An account with a table, a bucket, topics with subscribers, a secret, units and a bill."""
    spec, bill = folder / "cost-slo.yaml", _bill(folder / "bill.csv")
    spec.write_text(SPEC)
    costs = FakeCostExplorer(bill, clock=BEFORE)
    with serialising_sooner(), mock_aws(), webhook() as hook, costs:
        topics, queues = _topics()
        _client("secretsmanager").create_secret(Name=SECRET, SecretString=hook.url())
        _client("s3").create_bucket(Bucket=NARRATIVES)
        create_table(_client("dynamodb"), TABLE)
        _count_units()
        settings = Settings(
            spec=spec,
            table_name=TABLE,
            narratives_bucket=NARRATIVES,
            alert_topic_arn=topics["alerts"],
            chat_topic_arn=topics["chat"],
            channels_secret_id=SECRET,
        )
        yield Account(settings, costs, hook, queues)


def _client(service: str, region: str | None = None, endpoint: str | None = None) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        region_name=region or "us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )


def _bill(path: Path) -> Path:
    days = [FIRST + number * DAY for number in range((AFTER.date() - FIRST).days + 1)]
    rows = [
        focus_row(
            ChargePeriodStart=f"{day}T00:00:00Z",
            ChargePeriodEnd=f"{day + DAY}T00:00:00Z",
            BilledCost="200" if product == "web" and day >= RUNAWAY else "9.50",
            Tags=json.dumps({"product": product}),
        )
        for day in days
        for product in ("web", "api")
    ]
    return write_csv(path, *rows)


def _topics() -> tuple[dict[str, str], dict[str, str]]:
    sns, sqs = _client("sns"), _client("sqs")
    topics, queues = {}, {}
    for name in ("alerts", "chat"):
        topics[name] = sns.create_topic(Name=name)["TopicArn"]
        queues[name] = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        sns.subscribe(TopicArn=topics[name], Protocol="sqs", Endpoint=arn)
    return topics, queues


def _count_units() -> None:
    cloudwatch = _client("cloudwatch")
    for number in range((AFTER.date() - FIRST).days):
        noon = datetime(2026, 8, 20, 12, tzinfo=UTC) + timedelta(days=number)
        counted = {
            "MetricName": "Invocations",
            "Dimensions": [{"Name": "FunctionName", "Value": "api"}],
            "Timestamp": noon,
            "Value": 5000.0,
        }
        cloudwatch.put_metric_data(Namespace="AWS/Lambda", MetricData=[counted])


def _keys(sqs: Any, url: str) -> Iterator[str]:
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            told = json.loads(json.loads(message["Body"])["Message"])
            yield told.get("key") or told["id"]
