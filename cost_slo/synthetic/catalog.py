# SPDX-License-Identifier: Apache-2.0
"""What runs, for whom, where, and what does it cost on a working day?

Names and prices follow AWS public price lists (us-east-1, 2025); amounts are invented. Weekdays
sum to 130 for metalabs and 4.7 for promptlib; the quieter weekends bring the averages to about
124 and 4.5 a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SampleAccount:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Meter:
    """A kind of usage and the public price of one unit."""

    service: str
    category: str
    name: str
    unit: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Fleet:
    """Resources of one kind: `daily_cost` for all of them together on a working day."""

    meter: Meter
    account: SampleAccount
    region: str
    tags: Mapping[str, str]
    resource: str
    resources: int
    daily_cost: Decimal
    weekend: Decimal = Decimal(1)
    provider: str = "AWS"

    def resource_id(self, number: int) -> str:
        return f"{self.resource}-{number:02d}"


PAYER = SampleAccount("111122223333", "billing")
METALABS = SampleAccount("222233334444", "metalabs-prod")
PROMPTLIB = SampleAccount("333344445555", "promptlib-prod")
DATADOG = SampleAccount("dd-org-0042", "observability")
WEEL = SampleAccount("444455556666", "weel-prod")

EAST, WEST = "us-east-1", "us-west-2"

METALABS_TAGS = MappingProxyType({"product": "metalabs", "env": "prod"})
PROMPTLIB_TAGS = MappingProxyType({"product": "promptlib", "env": "prod"})
WEEL_AI_TAGS = MappingProxyType({"product": "weel", "feature": "weel-ai", "env": "prod"})
WEEL_WEB_TAGS = MappingProxyType({"product": "weel", "feature": "weel-web", "env": "prod"})
NO_TAGS: Mapping[str, str] = MappingProxyType({})

EC2 = "Amazon Elastic Compute Cloud"
VPC = "Amazon Virtual Private Cloud"
RDS = "Amazon Relational Database Service"
S3 = "Amazon Simple Storage Service"
CLOUDWATCH = "AmazonCloudWatch"
BEDROCK = "Amazon Bedrock"
AI = "AI and Machine Learning"


def _meter(service: str, category: str, name: str, unit: str, price: str) -> Meter:
    return Meter(service, category, name, unit, Decimal(price))


INSTANCE = _meter(EC2, "Compute", "BoxUsage:m6i.large", "Hours", "0.096")
WORKER = _meter(EC2, "Compute", "BoxUsage:c6i.2xlarge", "Hours", "0.34")
VOLUME = _meter(EC2, "Storage", "EBS:VolumeUsage.gp3", "GB-Mo", "0.08")
NAT_HOURS = _meter(VPC, "Networking", "NatGateway-Hours", "Hours", "0.045")
NAT_BYTES = _meter(VPC, "Networking", "NatGateway-Bytes", "GB", "0.045")
DATABASE = _meter(RDS, "Databases", "InstanceUsage:db.r6g.xl", "Hours", "0.43")
DATABASE_DISK = _meter(RDS, "Databases", "RDS:GP3-Storage", "GB-Mo", "0.115")
OBJECTS = _meter(S3, "Storage", "TimedStorage-ByteHrs", "GB-Mo", "0.023")
OBJECT_CALLS = _meter(S3, "Storage", "Requests-Tier1", "Requests", "0.000005")
LOGS = _meter(CLOUDWATCH, "Management and Governance", "DataProcessing-Bytes", "GB", "0.5")

FUNCTION = _meter("AWS Lambda", "Compute", "Lambda-GB-Second", "GB-Seconds", "0.0000166667")
INVOCATIONS = _meter("AWS Lambda", "Compute", "Request", "Requests", "0.0000002")
API = _meter("Amazon API Gateway", "Web", "ApiGatewayHttpRequest", "Requests", "0.000001")
READING = _meter("Amazon DynamoDB", "Databases", "ReadRequestUnits", "Requests", "0.000000125")
WRITING = _meter("Amazon DynamoDB", "Databases", "WriteRequestUnits", "Requests", "0.000000625")

CONTENT = _meter("Amazon CloudFront", "Networking", "DataTransfer-Out-Bytes", "GB", "0.085")
CONTAINERS = _meter("AWS Fargate", "Compute", "Fargate-vCPU-Hours", "Hours", "0.04048")

_KEYS = _meter("AWS Key Management Service", "Security", "KMS-Requests", "Requests", "0.000003")
CONFIG = _meter("AWS Config", "Management and Governance", "ConfigItem", "Items", "0.003")
TRAIL = _meter("AWS CloudTrail", "Management and Governance", "DataEvents", "Events", "0.000001")
THREATS = _meter("Amazon GuardDuty", "Security", "PaidEventsAnalyzed", "Events", "0.000004")
HOSTS = _meter("Datadog Infrastructure", "Management and Governance", "Hosts", "Hours", "0.0208")


def _metalabs() -> tuple[Fleet, ...]:
    kinds = (
        (INSTANCE, EAST, "i-metalabs-app", 26, "60", "0.75"),
        (VOLUME, EAST, "vol-metalabs-app", 26, "9", "1"),
        (NAT_HOURS, EAST, "nat-metalabs", 3, "3.24", "1"),
        (NAT_BYTES, EAST, "nat-metalabs", 3, "9.5", "0.8"),
        (DATABASE, EAST, "db-metalabs", 3, "27", "1"),
        (DATABASE_DISK, EAST, "db-metalabs", 3, "3", "1"),
        (OBJECTS, WEST, "metalabs-data", 8, "6", "1"),
        (OBJECT_CALLS, WEST, "metalabs-data", 8, "3", "0.8"),
        (LOGS, EAST, "/metalabs/app", 6, "9.5", "0.85"),
    )
    return tuple(
        Fleet(meter, METALABS, region, METALABS_TAGS, name, count, Decimal(cost), Decimal(weekend))
        for meter, region, name, count, cost, weekend in kinds
    )


def _promptlib() -> tuple[Fleet, ...]:
    kinds = (
        (FUNCTION, "promptlib-api", 8, "1.6"),
        (INVOCATIONS, "promptlib-api", 8, "0.4"),
        (API, "promptlib-http", 2, "1.3"),
        (READING, "promptlib-table", 4, "0.8"),
        (WRITING, "promptlib-table", 4, "0.6"),
    )
    weekend = Decimal("0.85")
    return tuple(
        Fleet(meter, PROMPTLIB, EAST, PROMPTLIB_TAGS, name, count, Decimal(cost), weekend)
        for meter, name, count, cost in kinds
    )


def _rest() -> tuple[Fleet, ...]:
    web = (
        Fleet(CONTENT, WEEL, EAST, WEEL_WEB_TAGS, "weel-cdn", 2, Decimal(7), Decimal("0.6")),
        Fleet(CONTAINERS, WEEL, EAST, WEEL_WEB_TAGS, "weel-web", 6, Decimal(11), Decimal("0.7")),
    )
    shared = tuple(
        Fleet(meter, account, EAST, NO_TAGS, f"{account.name}-{name}", 2, Decimal(cost))
        for account in (PAYER, METALABS, PROMPTLIB, WEEL)
        for meter, name, cost in (
            (_KEYS, "key", "0.5"),
            (CONFIG, "recorder", "0.9"),
            (TRAIL, "trail", "0.7"),
            (THREATS, "detector", "1.1"),
        )
    )
    hosts = Fleet(HOSTS, DATADOG, EAST, NO_TAGS, "host", 6, Decimal("7.5"), provider="Datadog")
    return (*web, *shared, hosts)


FLEETS = {"metalabs": _metalabs(), "promptlib": _promptlib(), "rest": _rest()}

# Instances that a Savings Plan of 0.42 an hour pays for: nothing billed, all of it effective.
COVERED = Fleet(INSTANCE, METALABS, EAST, METALABS_TAGS, "i-metalabs-base", 8, Decimal("10.08"))

ESCAPED = Fleet(WORKER, METALABS, EAST, METALABS_TAGS, "i-metalabs-worker", 1, Decimal("8.16"))
# Autoscaled workers, and the gateway they retry their downloads through.
LEAKING = Fleet(NAT_BYTES, METALABS, EAST, METALABS_TAGS, "nat-metalabs", 1, Decimal(0))
