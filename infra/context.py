# SPDX-License-Identifier: Apache-2.0
"""The context values of a deployment, `cdk -c NAME=VALUE`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from cost_slo.domain.spec.document import Spec


class ContextError(Exception):
    """A context value, or the spec that it names, is wrong."""


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, LookupError) as error:
        raise ValueError(
            f"{name!r} is not a time zone; write a name such as Europe/Berlin"
        ) from error
    return name


Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
MonitorArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[\w-]+$")]


class Context(BaseModel):
    """The context values of one deployment; unknown names are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spec: Path = Path("cost-slo.yaml")
    """The spec; the bundle contains it and the files it names."""

    deployment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = "cost-slo"
    """Name of the stack, and prefix of alarm, dashboard and monitor names."""

    scope: Literal["account", "organization"] = "account"
    """One product account, or the payer (or its delegate) that sees every account's bill."""

    monitor_arn: MonitorArn | None = None
    """An existing monitor of AWS services to use: adopted, not owned."""

    monitor_create: bool | None = None
    """Create the monitor of AWS services; by default, if none is adopted."""

    tag_monitors: bool | None = None
    """Create a monitor for each tag value of the spec; default: if scope is `organization`."""

    anomaly_percentage: Annotated[int, Field(ge=0)] = 20
    """Minimum impact, in percent of expected spend, before an anomaly is reported."""

    anomaly_absolute: Annotated[int, Field(gt=0)] | None = None
    """If set, also the minimum impact in the bill's currency."""

    alert_emails: Annotated[tuple[Email, ...], BeforeValidator(_words)] = ()
    """E-mail addresses for alerts, comma-separated; each reader confirms once."""

    chat: bool = False
    """A topic for Amazon Q Developer in chat applications."""

    channels_secret_id: str | None = None
    """Name or ARN of the secret with the URLs of the other channels."""

    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """Time zone of the digest, such as Europe/Berlin."""

    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8
    """Hour of the digest in that time zone."""

    ce_monthly_cap: Annotated[int, Field(ge=0)] = 300
    """Most paid Cost Explorer requests in a calendar month, $0.01 each."""

    budgets: bool = False
    """Create an AWS budget for each monthly SLO, as a second opinion."""

    widget: bool = True
    """Create the dashboard's widget: SLOs, burn-down and narratives."""

    customer_key: bool = False
    """Encrypt the topics with a customer-managed key, $1 a month."""

    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Processor architecture of the functions."""

    bundle: Path | None = None
    """A bundle that is built already; by default synthesis builds one."""

    @model_validator(mode="after")
    def _adopted_or_created(self) -> Self:
        if self.monitor_arn and self.monitor_create:
            raise ValueError(
                "monitor_arn adopts a monitor, monitor_create creates one; set only one of them"
            )
        return self

    @property
    def creates_monitor(self) -> bool:
        """Whether the stack creates the monitor of AWS services."""
        return self.monitor_arn is None and self.monitor_create is not False

    @property
    def monitors_tags(self) -> bool:
        """Whether the stack creates monitors of tag values."""
        wanted = self.tag_monitors
        return self.scope == "organization" if wanted is None else wanted


def read_context(given: Mapping[str, Any]) -> Context:
    """Our values of the CDK context; CDK's own keys contain a colon or a slash.

    Raises ContextError naming each wrong value and the expected one.
    """
    ours = {name: value for name, value in given.items() if not {":", "/"} & set(name)}
    try:
        return Context.model_validate(ours)
    except ValidationError as error:
        raise ContextError("\n".join(map(_message, error.errors()))) from None


def _message(fault: ErrorDetails) -> str:
    name = ".".join(map(str, fault["loc"])) or "monitor_arn"
    if fault["type"] != "extra_forbidden":
        return f"-c {name}: {fault['msg']}"
    near = get_close_matches(name, Context.model_fields)
    return f"-c {name}: unknown context value{f'; did you mean {near[0]}?' if near else ''}"


def read_spec(path: Path) -> Spec:
    """The SLOs of a file. Raises ContextError."""
    try:
        return Spec.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContextError(
            f"-c spec={path}: not a valid spec; run `cost-slo validate {path}`"
        ) from error
