# SPDX-License-Identifier: Apache-2.0
"""The composition root of the Lambdas."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

from cost_slo.adapter_kit.aws_calls import client
from cost_slo.adapters.aws_changes.all_sources import AllChangeSources
from cost_slo.adapters.aws_changes.cloudformation import CloudFormationChangeSource
from cost_slo.adapters.aws_changes.cloudtrail import CloudTrailChangeSource
from cost_slo.adapters.cost_anomalies.source import CostAnomalySource
from cost_slo.adapters.cost_explorer.paid import PaidRequests, Patience
from cost_slo.adapters.cost_explorer.source import CostExplorerSource
from cost_slo.adapters.documents.s3_narratives import S3Narratives
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.adapters.stores.dynamodb.store import DynamoStore
from cost_slo.adapters.units.cloudwatch_units import CloudWatchUnitSource
from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.adapters.units.unit_router import UnitRouter
from cost_slo.domain.account_changes.change import Changes
from cost_slo.domain.errors import SettingsError
from cost_slo.ports import AnomalyFeedback, Narratives
from cost_slo.settings import DYNAMODB_PREFIX, Settings, load_settings
from cost_slo.use_cases.anomalies import AnomalyDesk
from cost_slo.use_cases.dashboard import Dashboard
from cost_slo.use_cases.digest import Desk, Ritual
from cost_slo.use_cases.draft import Drafter
from cost_slo.use_cases.outbox import FanOut
from cost_slo.use_cases.reading import Monitor
from cost_slo.wiring.channels import Clients, Sleep, live_channels
from cost_slo.wiring.local import drafter, renderer, spec_source


@dataclass(frozen=True, slots=True)
class Deployment:
    """What the Lambdas of one deployment use."""

    settings: Settings
    monitor: Monitor
    desk: Desk
    anomalies: AnomalyDesk
    detector: AnomalyFeedback
    drafter: Drafter
    now: Callable[[], datetime]
    narratives: Narratives


class ChangesWhenAsked:
    """Changes from CloudTrail and CloudFormation; their clients are made at the first call."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def fetch_changes(self, start: datetime, end: datetime, services: Sequence[str]) -> Changes:
        both = AllChangeSources(
            CloudTrailChangeSource(self._clients("cloudtrail")),
            CloudFormationChangeSource(self._clients("cloudformation")),
        )
        return both.fetch_changes(start, end, services)


# A handler's way to what it works with; a test hands in a deployment of its own.
Deployed = Callable[[], Deployment]


@cache
def deployed() -> Deployment:
    """The deployment that the environment describes, made once per process."""
    return deployment(load_settings())


def deployment(
    settings: Settings,
    clients: Clients = client,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Sleep = time.sleep,
) -> Deployment:
    """A deployment over AWS clients. Raises SettingsError naming the missing variable."""
    specs, base = spec_source(settings.spec), settings.spec.parent
    store = _store(settings, clients)
    notifier = live_channels(settings, clients, sleep)
    narratives = _narratives(settings, clients)
    shown = f", shown at {settings.dashboard_url}" if settings.dashboard_url else ""
    state = f"--state {DYNAMODB_PREFIX}{settings.table_name}"
    pointers = (
        f"Acknowledge: cost-slo incidents acknowledge {{incident}} {state}\n"
        f"Narrative draft: {narratives.place('{incident}')}{shown}"
    )
    costs, patience = clients("ce"), Patience(sleep=sleep)
    paid = PaidRequests(store, monthly_cap=settings.ce_monthly_cap, patience=patience)
    monitor = Monitor(
        specs=specs,
        costs=CostExplorerSource(costs, paid, now=now),
        units=UnitRouter(
            files=CsvUnitSource(base),
            metrics=lambda: CloudWatchUnitSource(
                lambda region: clients("cloudwatch", region=region)
            ),
        ),
        policy=cache(partial(load_policy, base=base)),
        store=store,
        notifier=notifier,
        changes=ChangesWhenAsked(clients),
        pointers=pointers,
    )
    return Deployment(
        settings=settings,
        monitor=monitor,
        desk=Desk(
            specs,
            monitor.policy,
            store,
            notifier,
            dashboard_url=settings.dashboard_url,
            cap=settings.ce_monthly_cap,
        ),
        anomalies=AnomalyDesk(specs, store, notifier, pointers=pointers),
        detector=CostAnomalySource(costs, store),
        drafter=drafter(store),
        now=now,
        narratives=narratives,
    )


@cache
def deployed_dashboard() -> Dashboard:
    """The dashboard of the deployment that the environment describes."""
    return dashboard(load_settings())


def dashboard(settings: Settings, clients: Clients = client) -> Dashboard:
    """A dashboard over the state, without a bill or a channel. Raises as `deployment`."""
    return Dashboard(
        desk=Desk(
            specs=spec_source(settings.spec),
            policy=cache(partial(load_policy, base=settings.spec.parent)),
            store=_store(settings, clients),
            notifier=FanOut(dict),
            cap=settings.ce_monthly_cap,
        ),
        narratives=_narratives(settings, clients),
        renderer=renderer(),
        zone=ZoneInfo(settings.time_zone),
    )


def instant_of(event: Mapping[str, Any]) -> datetime:
    """The instant at which a scheduled event was due, so that a retry uses the same instant.

    Now, if the event has no `time` because a person sent it.
    """
    due = event.get("time")
    if due is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(due)
    except (TypeError, ValueError):
        raise SettingsError(
            "the event's `time` is not an instant; write it as 2026-11-02T06:00:00Z"
        ) from None
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)


def ritual_of(event: Mapping[str, Any]) -> Ritual:
    """The ritual of a scheduled event; the digest if it names none."""
    named = event.get("ritual", Ritual.DIGEST)
    try:
        return Ritual(named)
    except ValueError:
        raise SettingsError(
            f"the event's `ritual` is unknown; known: {', '.join(Ritual)}"
        ) from None


def _store(settings: Settings, clients: Clients) -> DynamoStore:
    return DynamoStore(_named(settings.table_name, "COST_SLO_TABLE_NAME"), clients("dynamodb"))


def _narratives(settings: Settings, clients: Clients) -> S3Narratives:
    bucket = _named(settings.narratives_bucket, "COST_SLO_NARRATIVES_BUCKET")
    return S3Narratives(bucket, clients("s3"))


def _named(value: str | None, variable: str) -> str:
    if value is None:
        raise SettingsError(f"{variable} is not set; set it in the deployment's environment")
    return value


def log_causes(logger: Any, causes: Iterable[tuple[str, Exception]]) -> None:  # noqa: ANN401  Powertools' or a test's
    """Log each error with its traceback and its subject."""
    for about, error in causes:
        logger.error(about, exc_info=error)
