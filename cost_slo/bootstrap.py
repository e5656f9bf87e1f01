# SPDX-License-Identifier: Apache-2.0
"""Which adapters make a ready monitor?

The composition root: the only place that names every adapter. Heavy ones load where used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cost_slo.adapters.csv_units import CsvUnitSource
from cost_slo.adapters.dry_run_store import DryRunStore
from cost_slo.adapters.file_notifier import FileNotifier
from cost_slo.adapters.sqlite_store import SqliteStore
from cost_slo.adapters.templates import JinjaRenderer
from cost_slo.adapters.yaml_playbooks import shipped_playbooks
from cost_slo.adapters.yaml_policy import load_policy, shipped_policies
from cost_slo.adapters.yaml_rulebook import shipped_rulebook
from cost_slo.adapters.yaml_spec import YamlSpecSource
from cost_slo.domain.errors import SettingsError
from cost_slo.domain.grouping import Grouping, Leaves, PlainGrouping
from cost_slo.domain.lint import Rulebook
from cost_slo.drafting import Drafter
from cost_slo.known import Monitor
from cost_slo.outbox import ONLY, FanOut
from cost_slo.ports import CostSource, Notifier, Renderer, SpecSource, Store
from cost_slo.rituals import Desk
from cost_slo.settings import Settings, load_settings

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

FILE_NAME = "state.sqlite3"
ALERTS = "alerts"
MANY_CELLS = 5_000
"""From here on loading numpy costs less time than it saves."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the command line names; `costs` is a file, a folder or a glob."""

    spec: Path
    costs: str
    state: Path
    units: Path | None = None
    format_hint: str | None = None
    on_bad_row: Literal["stop", "report"] = "stop"
    dry_run: bool = False


def local_monitor(inputs: Inputs, progress: Callable[[float], None] | None = None) -> Monitor:
    """The monitor over files, with its state in a folder; no account needed."""
    store = local_store(inputs.state)
    return Monitor(
        specs=spec_source(inputs.spec),
        costs=bills(inputs, progress),
        units=CsvUnitSource(inputs.spec.parent, override=inputs.units),
        policy=lambda name: load_policy(name, base=inputs.spec.parent),
        store=DryRunStore(store) if inputs.dry_run else store,
        notifier=FileNotifier(inputs.state / ALERTS),
    )


def fan_out(settings: Settings) -> FanOut:
    """Every channel the settings name; where they name none, text files in the state folder.

    Raises SettingsError where chat and alerts share a topic: Amazon Q drops what is not its own.
    """
    topics, secret = _topics(settings), settings.channels_secret_id
    if secret is None:
        files = {ONLY: FileNotifier(settings.state / ALERTS)}
        return FanOut(lambda: topics or files)
    chat = _chat(secret)
    return FanOut(lambda: {**topics, **chat()})


def _topics(settings: Settings) -> Mapping[str, Notifier]:
    alerts, chat = settings.alert_topic_arn, settings.chat_topic_arn
    if alerts and alerts == chat:
        raise SettingsError("COST_SLO_CHAT_TOPIC_ARN is the alerts' topic; chat needs its own")
    topics: dict[str, Notifier] = {}
    if alerts:
        from cost_slo.adapters.sns_notifier import SnsNotifier  # noqa: PLC0415  botocore is heavy

        topics["alert-topic"] = SnsNotifier(_sns(alerts), alerts)
    if chat:
        from cost_slo.adapters.chatbot_notifier import ChatbotNotifier  # noqa: PLC0415  as above

        topics["chat-topic"] = ChatbotNotifier(_sns(chat), chat)
    return topics


def _sns(topic_arn: str) -> SNSClient:
    from cost_slo.aws import client  # noqa: PLC0415  as above

    sns: SNSClient = client("sns", region=topic_arn.split(":")[3])
    return sns


def _chat(secret: str) -> Callable[[], Mapping[str, Notifier]]:
    from cost_slo.adapters.apprise_notifier import chat_channels  # noqa: PLC0415  as above
    from cost_slo.adapters.retrying_notifier import RetryingNotifier  # noqa: PLC0415
    from cost_slo.adapters.secret_urls import secret_urls  # noqa: PLC0415
    from cost_slo.aws import calling, client  # noqa: PLC0415

    with calling("secretsmanager:GetSecretValue"):
        urls = secret_urls(client("secretsmanager"), secret)
    return lambda: {name: RetryingNotifier(it) for name, it in chat_channels(urls).items()}


def local_desk(spec: Path, state: Path) -> Desk:
    """What a ritual needs, with its state in a folder; no bill."""
    return Desk(
        specs=spec_source(spec),
        policy=lambda name: load_policy(name, base=spec.parent),
        store=local_store(state),
        notifier=fan_out(load_settings(state)),
    )


def spec_source(spec: Path) -> SpecSource:
    """The YAML file, checked against the shipped ladders' names."""
    return YamlSpecSource(spec, known_policies=shipped_policies())


def local_store(state: Path) -> Store:
    """The SQLite file in a state folder, made by the first write."""
    return SqliteStore(state / FILE_NAME)


def has_state(state: Path) -> bool:
    """Whether anything was ever written to a state folder."""
    return (state / FILE_NAME).exists()


def renderer() -> Renderer:
    """The shipped templates."""
    return JinjaRenderer()


def drafter(store: Store) -> Drafter:
    """What drafts narratives from a store."""
    return Drafter(store, renderer(), shipped_playbooks())


def rulebook() -> Rulebook:
    """The shipped rules of the postmortem lint."""
    return shipped_rulebook()


def bills(inputs: Inputs, progress: Callable[[float], None] | None) -> CostSource:
    """The bill the inputs name."""
    from cost_slo.adapters.bills.source import BillSource  # noqa: PLC0415  duckdb is heavy

    return BillSource(
        inputs.costs,
        format_hint=inputs.format_hint,
        on_bad_row=inputs.on_bad_row,
        progress=progress,
    )


def grouping(leaves: Leaves) -> Grouping:
    """How the cells of a change are grouped: as arrays where there are many."""
    if len(leaves.before) < MANY_CELLS:
        return PlainGrouping(leaves)
    from cost_slo.adapters.array_grouping import ArrayGrouping  # noqa: PLC0415  numpy is heavy

    return ArrayGrouping(leaves)
