# SPDX-License-Identifier: Apache-2.0
"""A deployment's life, played: what starts its functions, and what reaches the people around it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from cost_slo.adapters.stores.dynamodb.store import DynamoStore
from cost_slo.domain.incidents.incident import Incident, incidents
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.e2e.account import ACCOUNT, REGION, Account
from tests.e2e.deployment import Stack
from tests.e2e.functions import Answer, Function

CRON = re.compile(r"cron\((\d+) ([\d,]+) \* \* \? \*\)")
DAY = timedelta(days=1)
DUE = "<aws.scheduler.scheduled-time>"


class Run(NamedTuple):
    """One invocation."""

    function: str
    at: datetime
    answer: Answer


class Schedule(NamedTuple):
    """When a function is due, as the template says."""

    function: str
    minute: int
    hours: tuple[int, ...]
    zone: ZoneInfo
    template: str
    role: str
    dead_letters: str

    def due(self, day: date) -> Iterator[datetime]:
        """The instants of a day of its own calendar."""
        for hour in self.hours:
            yield datetime(day.year, day.month, day.day, hour, self.minute, tzinfo=self.zone)

    def event(self, at: datetime) -> dict[str, Any]:
        """What the scheduler sends at an instant."""
        told = self.template.replace(DUE, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}")
        return dict(json.loads(told))


@dataclass
class Life:
    """A deployment and the world around it; `runs` is what was invoked so far."""

    account: Account
    stack: Stack
    costs: FakeCostExplorer
    functions: Mapping[str, Function]
    schedulers: Mapping[str, Mapping[str, str]]
    runs: list[Run] = field(default_factory=list)

    @cached_property
    def schedules(self) -> list[Schedule]:
        """Those of the template."""
        found = self.stack.of_type("AWS::Scheduler::Schedule").values()
        return [self._schedule(each["Properties"]) for each in found]

    @property
    def store(self) -> DynamoStore:
        """The deployment's state, to an administrator."""
        table = self.functions["evaluate"].environment["COST_SLO_TABLE_NAME"]
        return DynamoStore(table, self.account.client("dynamodb"))

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """All that are in the state."""
        return incidents(self.store.load_events())

    def play(self, start: datetime, end: datetime) -> None:
        """Whatever is due from the start on and before the end, in the order of instants."""
        day, due = start.date() - DAY, []
        while day <= end.date():
            due += [(at, each) for each in self.schedules for at in each.due(day)]
            day += DAY
        for at, schedule in sorted(due, key=lambda item: item[0]):
            if start <= at < end:
                self.start(schedule, at)

    def start(self, schedule: Schedule, at: datetime) -> Answer:
        """What the scheduler does, as the schedule's own role."""
        self.ask_to_start(schedule)
        return self.invoke(schedule.function, schedule.event(at), at)

    def ask_to_start(self, schedule: Schedule) -> None:
        """The scheduler's own call; moto answers it without running anything."""
        scheduler = self.account.client("lambda", self.schedulers[schedule.role])
        name = self.functions[schedule.function].name
        scheduler.invoke(FunctionName=name, InvocationType="Event")

    def give_up(self, schedule: Schedule) -> None:
        """What the scheduler does with a start that came to nothing, as the schedule's own role."""
        sqs = self.account.client("sqs", self.schedulers[schedule.role])
        sqs.send_message(QueueUrl=self._queue_url(schedule.dead_letters), MessageBody="{}")

    def invoke(self, function: str, event: Mapping[str, Any], at: datetime) -> Answer:
        """Run a function at an instant; the bill is as far as it is by then."""
        self.costs.clock = at
        self.account.set_clock(at)
        answer = self.functions[function](event, at)
        self.runs.append(Run(function, at, answer))
        return answer

    def publish_anomaly(self, message: object, at: datetime) -> Answer | None:
        """What Cost Anomaly Detection does, and what Lambda does for the queue behind the topic."""
        self.account.client("sns").publish(
            TopicArn=self.anomaly_topic, Message=json.dumps(message), Subject="AWS Cost Management"
        )
        return self.poll(at)

    @property
    def anomaly_topic(self) -> str:
        """The topic that the anomaly subscription names."""
        (subscription,) = self.stack.of_type("AWS::CE::AnomalySubscription").values()
        (subscriber,) = subscription["Properties"]["Subscribers"]
        return str(self.stack.resolved(subscriber["Address"]))

    def poll(self, at: datetime) -> Answer | None:
        """One batch of the queue, taken as the function's role, as an event source mapping does."""
        (feed,) = self.stack.of_type("AWS::Lambda::EventSourceMapping").values()
        properties = self.stack.resolved(feed["Properties"])
        arn = properties["EventSourceArn"]
        sqs = self.functions["anomaly"].client("sqs")
        url = self._queue_url(arn)
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        batch = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        if not batch:
            return None
        answer = self.invoke("anomaly", {"Records": [_record(each, arn) for each in batch]}, at)
        failures = (answer.returned or {}).get("batchItemFailures", [])
        failed = {each["itemIdentifier"] for each in failures}
        for each in batch if answer.raised is None else []:
            if each["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return answer

    def _queue_url(self, arn: str) -> str:
        return f"{self.account.url}/{ACCOUNT}/{arn.rpartition(':')[2]}"

    def queue_behind(self, topic: str, name: str) -> str:
        """A subscriber of ours: the URL of a queue behind a topic."""
        sqs = self.account.client("sqs")
        url = str(sqs.create_queue(QueueName=name)["QueueUrl"])
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        self.account.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
        return url

    def received(self, url: str) -> list[dict[str, Any]]:
        """What reached a queue, as SNS wraps it."""
        sqs, told = self.account.client("sqs"), []
        while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            told += [json.loads(message["Body"]) for message in batch]
            for message in batch:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return told

    def narratives(self) -> dict[str, str]:
        """The text of each object of the bucket, by key."""
        s3 = self.account.client("s3")
        held = s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            each["Key"]: s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read().decode()
            for each in held
        }

    def forget_narratives(self) -> None:
        """The bucket is empty."""
        s3 = self.account.client("s3")
        for key in self.narratives():
            s3.delete_object(Bucket=self.bucket, Key=key)

    def put_narratives(self, texts: Mapping[str, str]) -> None:
        """The bucket has these."""
        s3 = self.account.client("s3")
        for key, text in texts.items():
            s3.put_object(Bucket=self.bucket, Key=key, Body=text.encode())

    def empty_queue(self) -> None:
        """No anomaly waits; one that is being handled comes back minutes later."""
        (feed,) = self.stack.of_type("AWS::Lambda::EventSourceMapping").values()
        arn = self.stack.resolved(feed["Properties"]["EventSourceArn"])
        self.received(self._queue_url(arn))

    @property
    def bucket(self) -> str:
        """Where the narratives are."""
        return str(self.functions["evaluate"].environment["COST_SLO_NARRATIVES_BUCKET"])

    def _schedule(self, properties: Mapping[str, Any]) -> Schedule:
        found = CRON.fullmatch(properties["ScheduleExpression"])
        assert found, f"the test does not understand {properties['ScheduleExpression']}"
        target = properties["Target"]
        logical = target["Arn"]["Fn::GetAtt"][0]
        handler = self.stack.resources[logical]["Properties"]["Handler"]
        return Schedule(
            function=handler.split(".")[1],
            minute=int(found[1]),
            hours=tuple(map(int, found[2].split(","))),
            zone=ZoneInfo(properties["ScheduleExpressionTimezone"]),
            template=target["Input"],
            role=self.stack.resolved(target["RoleArn"]),
            dead_letters=self.stack.resolved(target["DeadLetterConfig"]["Arn"]),
        )


def _record(message: Mapping[str, Any], arn: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": arn,
        "awsRegion": REGION,
    }
