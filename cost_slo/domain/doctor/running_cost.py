# SPDX-License-Identifier: Apache-2.0
"""The monthly cost of a deployment at list prices of us-east-1, without free tier.

docs/doctor.md has the source and date of each price.

>>> once = running_cost("organization", requests=1, runs=3, slos=20, deployments=1)
>>> once.items["Cost Explorer"]
Decimal('0.90')
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_UP, Decimal

from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import Slo, Spec

_CENT = Decimal("0.01")
DAYS = 30
# A second of 1 GB on arm64, the largest of our functions.
LAMBDA_SECOND = Decimal("0.0000133334")

# Upper estimate of a run, with a cold start.
SECONDS = 30

# The digest and anomalies, per day.
OTHER_RUNS = 4

# A DynamoDB request unit on demand.
WRITE, READ = Decimal("0.000000625"), Decimal("0.000000125")

# Request units per SLO and run: its open days and state; its ledger.
WRITES, READS = 60, 400

MAIL = Decimal("0.00002")
# E-mails per day.
MAILS = 5

METRIC, ALARM = Decimal("0.30"), Decimal("0.10")
# Metrics of each SLO, and of each deployment; paid for each hour with data.
METRICS, RUN_METRICS = 7, 3

# Metrics with alarms per deployment, besides the data age of each SLO.
ALARMS = 7

_HOURS = 24

SECRET = Decimal("0.40")


@dataclass(frozen=True, slots=True)
class RunningCost:
    """The monthly cost in USD of all deployments of one scope; `items` by AWS service."""

    scope: str
    deployments: int
    requests: int
    items: Mapping[str, Decimal]

    @property
    def total(self) -> Decimal:
        """In USD."""
        return sum(self.items.values(), Decimal(0))


def running_cost(
    scope: str, *, requests: int, runs: int, slos: int, deployments: int
) -> RunningCost:
    """The cost of `deployments` that together evaluate `slos` SLOs.

    `requests` are those of one run of all deployments, `runs` the evaluations per day.
    """
    units = runs * DAYS * slos * (WRITES * WRITE + READS * READ)
    metrics = slos * METRICS + deployments * RUN_METRICS
    watched = slos + deployments * ALARMS
    items = {
        "Cost Explorer": requests * runs * DAYS * REQUEST_PRICE,
        "Lambda": deployments * (runs + OTHER_RUNS) * DAYS * SECONDS * LAMBDA_SECOND,
        "DynamoDB": units,
        "SNS": deployments * MAILS * DAYS * MAIL,
        "CloudWatch": metrics * METRIC * min(runs, _HOURS) / _HOURS + watched * ALARM,
        "Secrets Manager": deployments * SECRET,
    }
    rounded = {name: cost.quantize(_CENT, ROUND_UP) for name, cost in items.items()}
    return RunningCost(scope, deployments, requests * runs * DAYS, rounded)


def how(runs: int) -> str:
    return (
        f"{runs} evaluations and {OTHER_RUNS} other runs a day, {DAYS} days; "
        f"${REQUEST_PRICE} a Cost Explorer request; {SECONDS} s at 1 GB a run; {WRITES} writes and "
        f"{READS} reads an SLO and evaluation; {MAILS} mails a day; {METRICS} metrics an SLO "
        f"and {RUN_METRICS} a deployment at ${METRIC}, for the hours of evaluations; alarms on a "
        f"metric an SLO and {ALARMS} a deployment at ${ALARM} each; a secret at ${SECRET}; list "
        "prices of us-east-1, no free tier"
    )


def by_account(spec: Spec) -> tuple[Sequence[Slo], ...]:
    """The SLOs of each product account's deployment; one deployment if no account is named.

    Scopes drop the account in its own deployment; SLOs without an account are in each.
    """
    accounts = sorted({account for slo in spec.slos for account in slo.scope.accounts or ()})
    return tuple(_of_account(spec, account) for account in accounts) or (spec.slos,)


def _of_account(spec: Spec, account: str) -> tuple[Slo, ...]:
    return tuple(
        slo.model_copy(update={"scope": slo.scope.model_copy(update={"accounts": None})})
        for slo in spec.slos
        if slo.scope.accounts is None or account in slo.scope.accounts
    )
