# SPDX-License-Identifier: Apache-2.0
"""What is there to choose about a deployment? Every value of `cdk -c NAME=VALUE` that we know."""

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
    """A value of the context, or the spec it names, is wrong."""


def _words(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (OSError, LookupError) as error:
        raise ValueError(f"{name!r} is no time zone") from error
    return name


Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
MonitorArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:ce::\d{12}:anomalymonitor/[\w-]+$")]


class Context(BaseModel):
    """The values of one deployment, frozen; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    spec: Path = Path("cost-slo.yaml")
    """The SLOs; the bundle carries the file and what it names."""

    deployment: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = "cost-slo"
    """Name of the stack, and prefix of whatever has a name that people read."""

    scope: Literal["account", "organization"] = "account"
    """One product account, or the payer's (or its delegate's) that sees every account's bill."""

    monitor_arn: MonitorArn | None = None
    """The account's one monitor of AWS services where it has one already: adopted, not owned."""

    monitor_create: bool | None = None
    """Create the monitor of AWS services; by default, where none is adopted."""

    tag_monitors: bool | None = None
    """A monitor for each tag value of the spec; by default with the scope `organization` only."""

    anomaly_percentage: Annotated[int, Field(ge=0)] = 20
    """Anomalies are told from this share of the expected spend on, in percent."""

    anomaly_absolute: Annotated[int, Field(gt=0)] | None = None
    """And, where set, from this amount on, in the bill's currency."""

    alert_emails: Annotated[tuple[Email, ...], BeforeValidator(_words)] = ()
    """Who gets the alerts by mail, separated by commas; each confirms once."""

    chat: bool = False
    """A topic for Amazon Q Developer in chat applications."""

    channels_secret_id: str | None = None
    """Name or ARN of the secret with the URLs of the other channels."""

    time_zone: Annotated[str, AfterValidator(_known_zone)] = "UTC"
    """Whose morning the digest is for, such as Europe/Berlin."""

    digest_hour: Annotated[int, Field(ge=0, le=23)] = 8
    """Hour of that morning."""

    ce_monthly_cap: Annotated[int, Field(ge=0)] = 300
    """Most paid requests of Cost Explorer in a calendar month, $0.01 each."""

    budgets: bool = False
    """A budget of AWS for each monthly SLO, as a second opinion."""

    widget: bool = True
    """The dashboard's table of SLOs, burn-down and narratives."""

    customer_key: bool = False
    """Encrypt the topics with a key of the account, $1 a month."""

    architecture: Literal["arm64", "x86_64"] = "arm64"
    """What the functions run on."""

    bundle: Path | None = None
    """A bundle that is built already; by default it is built on the way."""

    @model_validator(mode="after")
    def _adopted_or_created(self) -> Self:
        if self.monitor_arn and self.monitor_create:
            raise ValueError("monitor_arn adopts a monitor, monitor_create makes one; give one")
        return self

    @property
    def creates_monitor(self) -> bool:
        """Whether the stack owns the monitor of AWS services."""
        return self.monitor_arn is None and self.monitor_create is not False

    @property
    def monitors_tags(self) -> bool:
        """Whether the stack has monitors of tag values."""
        wanted = self.tag_monitors
        return self.scope == "organization" if wanted is None else wanted


def read_context(given: Mapping[str, Any]) -> Context:
    """The context out of everything CDK knows, whose own keys have a colon or a slash in them.

    Raises ContextError that names each wrong value and what was expected.
    """
    ours = {name: value for name, value in given.items() if not {":", "/"} & set(name)}
    try:
        return Context.model_validate(ours)
    except ValidationError as error:
        raise ContextError("\n".join(map(_told, error.errors()))) from None


def _told(fault: ErrorDetails) -> str:
    name = ".".join(map(str, fault["loc"])) or "monitor_arn"
    if fault["type"] != "extra_forbidden":
        return f"-c {name}: {fault['msg']}"
    near = get_close_matches(name, Context.model_fields)
    return f"-c {name}: not a value of this stack{f'; there is {near[0]}' if near else ''}"


def read_spec(path: Path) -> Spec:
    """The SLOs of a file. Raises ContextError."""
    try:
        return Spec.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ContextError(
            f"-c spec={path}: no spec ({type(error).__name__}); `cost-slo validate {path}` says why"
        ) from error
