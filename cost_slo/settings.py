# SPDX-License-Identifier: Apache-2.0
"""The settings in the environment.

Every setting is an environment variable with the prefix `COST_SLO_`; a flag of the command line
wins over it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from cost_slo.domain.errors import SettingsError

PREFIX = "COST_SLO_"
# Prefix of a state that is a deployment's table.
DYNAMODB_PREFIX = "dynamodb:"


TOPIC_ARN = r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(\.fifo)?$"
TopicArn = Annotated[str, Field(pattern=TOPIC_ARN)]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, LookupError) as error:
        raise ValueError(f"{name!r} is no time zone") from error
    return name


ZoneName = Annotated[str, AfterValidator(_known_zone)]


class Settings(BaseSettings):
    """The deployment's own values, frozen."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore"
    )

    state: Path = Path("cost-slo-state")
    """Folder of the embedded store, the alerts and the narratives; `dynamodb:` and a deployment's
    table for who answers its alerts from elsewhere."""

    alert_topic_arn: TopicArn | None = None
    """SNS topic of the alerts: mail, phones, queues, functions, webhooks."""

    chat_topic_arn: TopicArn | None = None
    """SNS topic of the chat channels of Amazon Q Developer; not the one of the alerts."""

    channels_secret_id: str | None = None
    """Secret with the URLs of Slack, Teams, PagerDuty and the rest, one a line."""

    spec: Path = Path("cost-slo.yaml")
    """The spec that a deployment carries."""

    costs: str = "ce:"
    """Where a deployment reads its bill."""

    ce_monthly_cap: Annotated[int, Field(ge=0)] = 300
    """Most paid requests of Cost Explorer in a calendar month, $0.01 each."""

    table_name: str | None = None
    """DynamoDB table of a deployment's state."""

    narratives_bucket: str | None = None
    """S3 bucket of a deployment's narratives."""

    dashboard_url: str | None = None
    """Where people look at a deployment; messages say it."""

    time_zone: ZoneName = "UTC"
    """Time zone of the dates in rituals, such as Europe/Berlin."""

    deployment: str = "cost-slo"
    """Tells the metrics of two deployments in one account apart."""


def load_settings(state: Path | None = None) -> Settings:
    """The environment's values; `state` replaces the state folder.

    Raises SettingsError that names each variable that is wrong, and not what it holds.
    """
    found = _found()
    if isinstance(found, SettingsError):
        raise found
    return found.model_copy(update={"state": state}) if state else found


def _found() -> Settings | SettingsError:
    """The error is returned: raised here it would carry pydantic's, which is never collected."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [f"{PREFIX}{fault['loc'][0]}".upper() for fault in error.errors()]
        return SettingsError(f"{', '.join(wrong)}: not of the form that is expected")
