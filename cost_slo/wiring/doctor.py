# SPDX-License-Identifier: Apache-2.0
"""Which account, deployment and state does the doctor look at? Its composition root."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from cost_slo.adapter_kit.aws_calls import client
from cost_slo.adapters.account.changes import try_changes
from cost_slo.adapters.account.look import AwsAccount
from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.plan import plan_queries
from cost_slo.adapters.cost_explorer.probe import try_costs
from cost_slo.adapters.documents.s3_narratives import S3Narratives
from cost_slo.adapters.notifiers.secret_urls import secret_urls
from cost_slo.adapters.stores.dynamodb.store import DynamoStore
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.wording import count
from cost_slo.ports import Store
from cost_slo.settings import Settings
from cost_slo.use_cases.doctor.patient import Patient
from cost_slo.wiring.channels import Clients
from cost_slo.wiring.local import spec_source, store_of

# Evaluations on a day: as often as AWS brings a bill up to date.
_RUNS = 3

# No incident: its narrative is not there, which only a bucket that can be read says.
NOBODY = "cost-slo-doctor"


@dataclass(frozen=True, slots=True)
class Named:
    """What the command line names; `paid` says whether a request may be paid for.

    The state is in `state` where that is given, else in the deployment's table, else in the
    default folder.
    """

    spec: Path
    state: Path | None = None
    anomaly_topic: str | None = None
    paid: bool = False
    runs: int = _RUNS


def patient(settings: Settings, named: Named, clients: Clients = client) -> Patient:
    """What the settings and the command line name; no client is made yet."""
    clients = cache(clients)
    store = _store(settings, named.state, clients)

    def costs(at: datetime) -> str:
        requests = PaidRequests(store(), monthly_cap=settings.ce_monthly_cap)
        return try_costs(clients("ce"), requests, at)

    return Patient(
        specs=spec_source(named.spec),
        account=AwsAccount(clients),
        store=store,
        requests_of=requests_of,
        cap=settings.ce_monthly_cap,
        runs=named.runs,
        alert_topic=settings.alert_topic_arn,
        chat_topic=settings.chat_topic_arn,
        anomaly_topic=named.anomaly_topic,
        probes=_probes(settings, clients),
        costs=costs if named.paid else None,
    )


def requests_of(slos: Sequence[Slo], as_of: datetime, open_from: Mapping[str, date]) -> int:
    """How many requests an evaluation of the SLOs asks, each answer being one page."""
    return len(plan_queries(slos, as_of, open_from).queries)


def _store(settings: Settings, state: Path | None, clients: Clients) -> Callable[[], Store]:
    table = settings.table_name
    if state is not None or table is None:
        return lambda: store_of(state or settings.state)
    return cache(lambda: DynamoStore(table, clients("dynamodb")))


def _probes(settings: Settings, clients: Clients) -> Mapping[str, Callable[[], str]]:
    """What a deployment calls, of what is set up."""
    probes: dict[str, Callable[[], str]] = {}
    if secret := settings.channels_secret_id:
        probes["channels-secret"] = lambda: _secret(clients, secret)
    if table := settings.table_name:
        probes["table"] = lambda: _table(clients, table)
    if bucket := settings.narratives_bucket:
        probes["bucket"] = lambda: _bucket(clients, bucket)
    probes["changes"] = lambda: try_changes(clients)
    return probes


def _secret(clients: Clients, secret: str) -> str:
    """How many URLs it holds; none of them is shown."""
    urls = secret_urls(clients("secretsmanager"), secret)()
    return f"{secret} is readable: {count(len(urls), 'channel')}, none of them shown"


def _table(clients: Clients, table: str) -> str:
    DynamoStore(table, clients("dynamodb")).load_evaluated()
    return f"{table} is readable"


def _bucket(clients: Clients, bucket: str) -> str:
    S3Narratives(bucket, clients("s3")).load_narrative(NOBODY)
    return f"{bucket} is readable"
