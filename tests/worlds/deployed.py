# SPDX-License-Identifier: Apache-2.0
"""A deployment in this process: AWS by moto, a fake Cost Explorer, and who reads what it says."""

from __future__ import annotations

import io
import json
import logging
import traceback
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.sns.models import sns_backends

from cost_slo.adapter_kit.aws_calls import client
from cost_slo.settings import load_settings
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from cost_slo.wiring.deployed import Deployment, deployment
from tests.builders.bills import focus_row, write_csv
from tests.builders.readings import morning
from tests.worlds.dynamodb import Around, create_table
from tests.worlds.serialising import serialising_sooner

EVENTS = Path(__file__).parents[1] / "events"
REGION = "us-east-1"
# Moto's.
ACCOUNT = "123456789012"
SERVICES = (
    *("ce", "cloudformation", "cloudwatch", "dynamodb", "s3", "secretsmanager"),
    *("sns", "sqs"),
)
SPEC = """\
apiVersion: cost-slo/v1
currency: USD
slos:
  - name: web
    product: web
    owner: platform
    objective: {monthly: 600}
    scope: {tags: {product: [web]}}
"""
# The day of September on which $10 a day become $200.
RUNAWAY_FROM = 12


def stored_event(name: str, **changes: Any) -> dict[str, Any]:
    """An event of `tests/events`, with changes."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text("utf-8"))
    return event | changes


def scheduled(at: datetime) -> dict[str, Any]:
    """The event of a schedule that was due at an instant."""
    return stored_event("eventbridge_rule", time=f"{at:%Y-%m-%dT%H:%M:%SZ}")


def write_bill(path: Path) -> Path:
    """From 15 July to 20 September 2026, a charge a day."""
    first = datetime(2026, 7, 15)  # noqa: DTZ001  a day
    days = [first + timedelta(days=number) for number in range(68)]
    return write_csv(path, *(_charge(day, day >= datetime(2026, 9, RUNAWAY_FROM)) for day in days))  # noqa: DTZ001


def _charge(day: datetime, is_runaway: bool) -> dict[str, str]:  # noqa: FBT001
    return focus_row(
        ChargePeriodStart=f"{day:%Y-%m-%dT00:00:00Z}",
        ChargePeriodEnd=f"{day + timedelta(days=1):%Y-%m-%dT00:00:00Z}",
        ServiceName="Amazon Elastic Compute Cloud - Compute",
        BilledCost="200.00" if is_runaway else "10.00",
        Tags='{"product": "web"}',
        SkuMeter="BoxUsage",
        ConsumedQuantity="1",
        ConsumedUnit="Hours",
    )


def refusal(operation: str, code: str, message: str = "no", status: int = 400) -> ClientError:
    """What the SDK raises where AWS refuses."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, operation)


class NoTrail:
    """CloudTrail, which moto has not got: answers `events`."""

    def __init__(self, events: list[dict[str, Any]]) -> None:
        self.events = events
        self.meta = SimpleNamespace(region_name=REGION)

    def lookup_events(self, **_: Any) -> dict[str, Any]:
        return {"Events": self.events}


@dataclass
class Context:
    """What Lambda says of an invocation."""

    function_name: str = "cost-slo"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"arn:aws:lambda:{REGION}:111122223333:function:cost-slo"
    aws_request_id: str = "6f7f0961-f83e-4f0c-a4b1-1b3d5c5b2f3e"


@dataclass
class Called:
    """What a handler answered or raised, and all that a log has of it."""

    answer: Any
    error: BaseException | None
    said: str

    @property
    def metrics(self) -> dict[tuple[str, str], Any]:
        """The EMF values by SLO ("all": the run) and name."""
        found = {}
        for line in self.said.splitlines():
            if '"_aws"' not in line:
                continue
            emf = json.loads(line)
            for metric in emf["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                (found[emf["slo"], metric["Name"]],) = emf[metric["Name"]]
        return found


class Cloud:
    """One AWS for a module of tests, and clients of it that are made once."""

    def __init__(self, fake: FakeCostExplorer) -> None:
        self.fake = fake
        self.clients = {service: client(service, region=REGION) for service in SERVICES}
        self._names = count(1)

    def new_name(self) -> str:
        """Of a table, a topic, a queue, a secret."""
        return f"cost-slo-{next(self._names)}"


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """An AWS that is empty, beside a Cost Explorer with a bill."""
    start = FakeCostExplorer(write_bill(folder / "bill.csv"), clock=morning(1))
    patch = pytest.MonkeyPatch.context()
    with serialising_sooner(), mock_aws(), start as fake, patch as environment:
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_ENDPOINT_URL_COST_EXPLORER", fake.url)
        yield Cloud(fake)


@dataclass
class World:
    """A deployment, its subscribers, and errors by `service:method` or `service:*`."""

    cloud: Cloud
    folder: Path
    environment: pytest.MonkeyPatch
    refusals: dict[str, BaseException] = field(default_factory=dict)
    trail: NoTrail = field(default_factory=lambda: NoTrail([]))
    called: set[str] = field(default_factory=set)
    clock: datetime = field(default_factory=lambda: morning(1))
    _made: Deployment | None = None

    def __post_init__(self) -> None:
        """Set the environment of the Lambdas up, as infrastructure would."""
        self.name = self.cloud.new_name()
        aws = self.cloud.clients
        create_table(aws["dynamodb"], self.name)
        self.topic = aws["sns"].create_topic(Name=self.name)["TopicArn"]
        self.queue = aws["sqs"].create_queue(QueueName=self.name)["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"
        aws["sns"].subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn)
        self.spec = self.folder / "cost-slo.yaml"
        self.spec.write_text(SPEC)
        aws["s3"].create_bucket(Bucket=self.name)
        self.set(SPEC=str(self.spec), TABLE_NAME=self.name, ALERT_TOPIC_ARN=self.topic)
        self.set(NARRATIVES_BUCKET=self.name)

    def set(self, **settings: str) -> None:
        """Change the environment; the next call is a cold start."""
        for setting, value in settings.items():
            self.environment.setenv(f"COST_SLO_{setting}", value)
        self._made = None

    def deployed(self) -> Deployment:
        """What the handlers work with, made by the first that asks."""
        if self._made is None:
            self._made = deployment(
                load_settings(), self.client, now=lambda: self.clock, sleep=lambda _: None
            )
        return self._made

    def client(self, service: str, *, region: str | None = None) -> Any:
        """A client whose calls fail where `refusals` says so."""
        del region
        real = self.trail if service == "cloudtrail" else self.cloud.clients[service]

        def around(method: str, call: Callable[[], Any]) -> Any:
            self.called.add(f"{service}:{method}")
            for refused in (f"{service}:{method}", f"{service}:*"):
                if refused in self.refusals:
                    raise self.refusals[refused]
            return call()

        return Around(real, around)

    def secret(self, text: str) -> None:
        """Put the channels' URLs where the settings say."""
        name = self.cloud.new_name()
        self.cloud.clients["secretsmanager"].create_secret(Name=name, SecretString=text)
        self.set(CHANNELS_SECRET_ID=name)

    def call(self, module: ModuleType, event: Mapping[str, Any]) -> Called:
        """Invoke a handler; all it prints and logs is kept, and what it raises."""
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said), _logged(module, said):
            try:
                return Called(
                    module.handler(event, Context(), deployed=self.deployed), None, said.getvalue()
                )
            except Exception as error:  # noqa: BLE001  whatever it is, a test looks at it
                told = "".join(traceback.format_exception(error))
                return Called(None, error, f"{said.getvalue()}\n{told}\n{error!r}")

    def at(self, instant: datetime) -> dict[str, Any]:
        """It is then; the event of a schedule that is due."""
        self.clock = self.cloud.fake.clock = instant
        return scheduled(instant)

    def received(self) -> list[dict[str, Any]]:
        """The machine objects that arrived at the queue since it was looked at."""
        found = []
        sqs = self.cloud.clients["sqs"]
        while got := sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            for message in got:
                sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(json.loads(message["Body"])["Message"]))
        return found

    @property
    def published(self) -> list[dict[str, str]]:
        """The texts by protocol that were published, oldest first."""
        topic = sns_backends[ACCOUNT][REGION].topics[self.topic]
        return [json.loads(message) for _, message, *_ in topic.sent_notifications]

    @property
    def objects(self) -> list[str]:
        """What is in the bucket of the narratives."""
        s3 = self.cloud.clients["s3"]
        keys = [it["Key"] for it in s3.list_objects_v2(Bucket=self.name).get("Contents", ())]
        return [s3.get_object(Bucket=self.name, Key=key)["Body"].read().decode() for key in keys]

    @property
    def state(self) -> list[str]:
        """Every item of the table as text, what is packed unpacked."""
        pages = self.cloud.clients["dynamodb"].get_paginator("scan").paginate(TableName=self.name)
        items = [item for page in pages for item in page["Items"]]
        return sorted(json.dumps(item, sort_keys=True, default=_unpacked) for item in items)


def _unpacked(value: Any) -> str:
    return zlib.decompress(bytes(value)).decode()


@contextmanager
def _logged(module: ModuleType, said: io.StringIO) -> Iterator[None]:
    """Every logger of the process writes there, and the handler's own as JSON, as in Lambda."""
    plain, own = logging.StreamHandler(said), logging.StreamHandler(said)
    own.setFormatter(module.logger.registered_formatter)
    root, powertools = logging.getLogger(), logging.getLogger(module.logger.name)
    level = root.level
    root.addHandler(plain)
    root.setLevel(logging.INFO)
    powertools.addHandler(own)
    try:
        yield
    finally:
        root.removeHandler(plain)
        root.setLevel(level)
        powertools.removeHandler(own)
