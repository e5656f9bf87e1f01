# SPDX-License-Identifier: Apache-2.0
"""The composition root of the command line; heavy adapters load on use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cost_slo.adapters.documents.narrative_file import NarrativeFiles
from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.adapters.documents.yaml_playbooks import shipped_playbooks
from cost_slo.adapters.documents.yaml_policy import load_policy, shipped_policies
from cost_slo.adapters.documents.yaml_rulebook import shipped_rulebook
from cost_slo.adapters.documents.yaml_spec.source import YamlSpecSource
from cost_slo.adapters.notifiers.file_notifier import FileNotifier
from cost_slo.adapters.stores.dry_run_store import DryRunStore
from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.adapters.units.unit_router import UnitRouter
from cost_slo.domain.anomalies.scope import MonitorTag
from cost_slo.domain.drivers.segments.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.postmortem.lint.lint import Rulebook
from cost_slo.ports import (
    AnomalyFeedback,
    CostSource,
    ForecastSource,
    Narratives,
    Renderer,
    RequestLedger,
    SpecSource,
    Store,
    UnitSource,
)
from cost_slo.settings import DYNAMODB_PREFIX, Settings, load_settings
from cost_slo.use_cases.anomalies import AnomalyDesk
from cost_slo.use_cases.dashboard import Dashboard
from cost_slo.use_cases.digest import Desk
from cost_slo.use_cases.draft import Drafter
from cost_slo.use_cases.outbox import ONLY, FanOut
from cost_slo.use_cases.reading import Monitor

if TYPE_CHECKING:
    from cost_slo.adapters.bills.source import BillSource

# As `--costs`: Cost Explorer itself instead of files.
LIVE = "ce:"
FILE_NAME = "state.sqlite3"
ALERTS = "alerts"
BUCKET = "s3://"
# From this many cells on, numpy saves more time than loading it takes.
MANY_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Inputs:
    """Options of the command line; `costs` is a file, a folder, a glob, or `ce:`."""

    spec: Path
    costs: str
    state: Path
    units: Path | None = None
    format_hint: str | None = None
    on_bad_row: Literal["stop", "report"] = "stop"
    dry_run: bool = False
    as_of: datetime | None = None
    second_opinion: bool = False

    @property
    def instant(self) -> datetime:
        return self.as_of or datetime.now(UTC)


def local_monitor(inputs: Inputs, progress: Callable[[float], None] | None = None) -> Monitor:
    """A monitor over files, with its state in a folder; needs no account."""
    store = store_of(inputs.state)
    return Monitor(
        specs=spec_source(inputs.spec),
        costs=bills(inputs, progress),
        units=unit_source(inputs),
        policy=cache(partial(load_policy, base=inputs.spec.parent)),
        store=DryRunStore(store) if inputs.dry_run else store,
        notifier=fan_out(load_settings(inputs.state)),
        forecasts=aws_forecasts(store) if inputs.second_opinion else None,
    )


def fan_out(settings: Settings) -> FanOut:
    """Every channel that the settings name; if none, text files in the state folder."""
    named = (settings.alert_topic_arn, settings.chat_topic_arn, settings.channels_secret_id)
    if not any(named):
        return FanOut(lambda: {ONLY: FileNotifier(settings.state / ALERTS)})
    from cost_slo.wiring.channels import live_channels  # noqa: PLC0415  botocore is heavy

    return live_channels(settings)


def ritual_desk(spec: Path, state: Path) -> Desk:
    """A ritual's stores and channels, with the state in a folder; reads no bill."""
    return Desk(
        specs=spec_source(spec),
        policy=cache(partial(load_policy, base=spec.parent)),
        store=store_of(state),
        notifier=fan_out(load_settings(state)),
    )


def local_dashboard(spec: Path, state: Path, narratives: str) -> Dashboard:
    """The sources of the report: the state, and the narratives in a folder or bucket."""
    return Dashboard(ritual_desk(spec, state), narratives_at(narratives), renderer())


def narratives_at(place: str) -> Narratives:
    """The narratives in a folder, or those of a deployment in `s3://BUCKET`."""
    if not place.startswith(BUCKET):
        return NarrativeFiles(Path(place))
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.adapters.documents.s3_narratives import S3Narratives  # noqa: PLC0415  botocore is heavy

    return S3Narratives(place.removeprefix(BUCKET).rstrip("/"), client("s3"))


def anomaly_desk(
    spec: Path, state: Path, *, monitors: Mapping[str, MonitorTag], page_from: Decimal | None
) -> AnomalyDesk:
    """An anomaly desk with its state in a folder."""
    return AnomalyDesk(
        specs=spec_source(spec),
        store=store_of(state),
        notifier=fan_out(load_settings(state)),
        monitors=monitors,
        page_from=page_from,
    )


def anomaly_feedback(store: Store) -> AnomalyFeedback:
    """Cost Anomaly Detection in the account of the environment."""
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.adapters.cost_anomalies.source import (  # noqa: PLC0415  botocore is heavy
        CostAnomalySource,
    )

    return CostAnomalySource(client("ce"), store)


def spec_source(spec: Path) -> SpecSource:
    """A YAML file whose policies are shipped names or files."""
    return YamlSpecSource(spec, known_policies=shipped_policies())


def unit_source(inputs: Inputs) -> UnitSource:
    """The units file of the inputs for all SLOs, else each SLO's own source."""
    files = CsvUnitSource(inputs.spec.parent, override=inputs.units)
    return files if inputs.units else UnitRouter(files=files, metrics=_metrics)


def _metrics() -> UnitSource:
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415  is heavy
    from cost_slo.adapters.units.cloudwatch_units import CloudWatchUnitSource  # noqa: PLC0415  botocore

    return CloudWatchUnitSource(lambda region: client("cloudwatch", region=region))


def store_of(state: Path) -> Store:
    """SQLite in a state folder, created by the first write; of `dynamodb:NAME`, that table."""
    if not is_table(state):
        return SqliteStore(state / FILE_NAME)
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.adapters.stores.dynamodb.store import DynamoStore  # noqa: PLC0415  botocore is heavy

    return DynamoStore(str(state).removeprefix(DYNAMODB_PREFIX), client("dynamodb"))


def is_table(state: Path) -> bool:
    """Whether the state is a deployment's table, in the account of the environment."""
    return str(state).startswith(DYNAMODB_PREFIX)


def has_state(state: Path) -> bool:
    """Whether the state folder was ever written to; always true of a deployment's table."""
    return is_table(state) or (state / FILE_NAME).exists()


def renderer() -> Renderer:
    return JinjaRenderer()


def drafter(store: Store) -> Drafter:
    return Drafter(store, renderer(), shipped_playbooks())


def rulebook() -> Rulebook:
    return shipped_rulebook()


def bills(inputs: Inputs, progress: Callable[[float], None] | None) -> CostSource:
    """The bill of the inputs."""
    if inputs.costs == LIVE:
        return cost_explorer(store_of(inputs.state), lambda: inputs.instant)
    return bill_source(inputs.costs, inputs.format_hint, inputs.on_bad_row, progress)


def bill_source(
    location: str,
    format_hint: str | None,
    on_bad_row: Literal["stop", "report"],
    progress: Callable[[float], None] | None,
) -> BillSource:
    """A bill in files: a file, a folder or a glob."""
    from cost_slo.adapters.bills.source import BillSource  # noqa: PLC0415  duckdb is heavy

    return BillSource(location, format_hint=format_hint, on_bad_row=on_bad_row, progress=progress)


def cost_explorer(ledger: RequestLedger, now: Callable[[], datetime]) -> CostSource:
    """The account's Cost Explorer; a ledger counts its requests."""
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.adapters.cost_explorer.paid import PaidRequests  # noqa: PLC0415  needs boto3
    from cost_slo.adapters.cost_explorer.source import CostExplorerSource  # noqa: PLC0415

    paid = PaidRequests(ledger, monthly_cap=load_settings().ce_monthly_cap)
    return CostExplorerSource(client("ce"), paid, now=now)


def aws_forecasts(ledger: RequestLedger) -> ForecastSource:
    """Cost Explorer's forecasts; the same ledger counts their requests."""
    from cost_slo.adapter_kit.aws_calls import client  # noqa: PLC0415
    from cost_slo.adapters.cost_explorer.paid import PaidRequests  # noqa: PLC0415  needs boto3
    from cost_slo.adapters.cost_explorer.second_opinion import (  # noqa: PLC0415
        CostExplorerOpinions,
    )

    paid = PaidRequests(ledger, monthly_cap=load_settings().ce_monthly_cap)
    return CostExplorerOpinions(client("ce"), paid)


def grouping(leaves: Leaves) -> Grouping:
    """Sums of a change's cells by group: arrays if there are many cells."""
    if len(leaves.before) < MANY_CELLS:
        return PlainGrouping(leaves)
    from cost_slo.adapters.array_grouping import ArrayGrouping  # noqa: PLC0415  numpy is heavy

    return ArrayGrouping(leaves)
