# SPDX-License-Identifier: Apache-2.0
"""The composition root of the doctor: account, deployment and state."""

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

# Evaluations a day: as often as AWS updates a bill.
_RUNS = 3

# An incident id that never exists. Reading its narrative says "not found" only if the bucket is
# readable, which is what the probe tests.
NOBODY = "cost-slo-doctor"


@dataclass(frozen=True, slots=True)
class Named:
    """Options of the command line; `paid` allows one paid request.

    The state is `state` if given, else the deployment's table, else the default folder.
    """

    spec: Path
    state: Path | None = None
    anomaly_topic: str | None = None
    paid: bool = False
    runs: int = _RUNS


def patient(settings: Settings, named: Named, clients: Clients = client) -> Patient:
    """What the settings and the command line name; clients are made at the first call."""
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
    """Requests of an evaluation of the SLOs, one page each."""
    return len(plan_queries(slos, as_of, open_from).queries)


def _store(settings: Settings, state: Path | None, clients: Clients) -> Callable[[], Store]:
    table = settings.table_name
    if state is not None or table is None:
        return lambda: store_of(state or settings.state)
    return cache(lambda: DynamoStore(table, clients("dynamodb")))


def _probes(settings: Settings, clients: Clients) -> Mapping[str, Callable[[], str]]:
    """Tries each service that the settings configure; by check name."""
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
    urls = secret_urls(clients("secretsmanager"), secret)()
    return f"{secret} is readable: {count(len(urls), 'channel')} (URLs not shown)"


def _table(clients: Clients, table: str) -> str:
    DynamoStore(table, clients("dynamodb")).load_evaluated()
    return f"{table} is readable"


def _bucket(clients: Clients, bucket: str) -> str:
    S3Narratives(bucket, clients("s3")).load_narrative(NOBODY)
    return f"{bucket} is readable"
