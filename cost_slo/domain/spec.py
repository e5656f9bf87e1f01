# SPDX-License-Identifier: Apache-2.0
"""What did we promise to spend, on what, and who answers for it?

The spec is one YAML document, `apiVersion: cost-slo/v1`. These models are the contract; the
published JSON Schema is made from them. Unknown keys are refused; nothing is mutable.
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

API_VERSION = "cost-slo/v1"

PositiveAmount = Annotated[Decimal, Field(gt=0, allow_inf_nan=False)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$", max_length=63)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Values = Annotated[tuple[Text, ...], Field(min_length=1)]


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Metric(StrEnum):
    """Which FOCUS cost column an SLO counts."""

    BILLED = "BilledCost"
    EFFECTIVE = "EffectiveCost"


class ChargeCategory(StrEnum):
    """FOCUS ChargeCategory."""

    USAGE = "Usage"
    PURCHASE = "Purchase"
    TAX = "Tax"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


DEFAULT_CATEGORIES = (ChargeCategory.USAGE, ChargeCategory.PURCHASE, ChargeCategory.ADJUSTMENT)


class Selector(_Document):
    """Which charges match: all given keys must match, each by any of its values."""

    tags: dict[Text, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Tag key to accepted values; the empty value means untagged.",
    )
    services: Values | None = Field(default=None, description="FOCUS ServiceName values.")
    accounts: Values | None = Field(default=None, description="FOCUS SubAccountId values.")
    regions: Values | None = Field(default=None, description="FOCUS RegionId values.")
    providers: Values | None = Field(default=None, description="FOCUS ProviderName values.")


class Scope(Selector):
    """The charges an SLO counts; an empty scope counts everything in the default categories."""

    not_: Selector | None = Field(
        default=None, alias="not", description="Charges that match this are left out."
    )
    charge_categories: Annotated[tuple[ChargeCategory, ...], Field(min_length=1)] = Field(
        default=DEFAULT_CATEGORIES,
        description="FOCUS ChargeCategory values; by default neither Tax nor Credit.",
    )

    @model_validator(mode="after")
    def _exclusion_says_something(self) -> Self:
        if self.not_ is not None and self.not_ == Selector():
            message = "`not:` is empty, which would leave out every charge; name what to leave out"
            raise ValueError(message)
        return self


class MonthlyObjective(_Document):
    """Spend in a UTC calendar month stays at or under this amount."""

    monthly: PositiveAmount = Field(description="Amount a month, in the spec's currency.")


class UnitObjective(_Document):
    """Spend for each unit stays at or under this amount over a UTC calendar month."""

    per_unit: PositiveAmount = Field(description="Amount a unit, in the spec's currency.")
    unit: Text = Field(default="request", description="What one unit is, in the singular.")
    minimum_units: Annotated[Decimal, Field(ge=0, allow_inf_nan=False)] = Field(
        default=Decimal(0), description="Below this many units a ratio says nothing."
    )


class CloudWatchUnits(_Document):
    """A CloudWatch metric that counts the units."""

    namespace: Text
    metric: Text
    dimensions: dict[Text, Text] = Field(default_factory=dict)
    statistic: Literal["Sum", "SampleCount"] = "Sum"


class Units(_Document):
    """Where the units are counted: exactly one source."""

    cloudwatch: CloudWatchUnits | None = None
    csv: Text | None = Field(
        default=None, description="File `date,amount[,label]`, relative to the spec."
    )

    @model_validator(mode="after")
    def _exactly_one_source(self) -> Self:
        if (self.cloudwatch is None) == (self.csv is None):
            message = "name exactly one of `cloudwatch` and `csv`"
            raise ValueError(message)
        return self


class Slo(_Document):
    """One cost SLO."""

    name: Name
    product: Text
    owner: Text = Field(description="A team or rotation, never a person.")
    description: str = ""
    objective: MonthlyObjective | UnitObjective
    metric: Metric = Metric.BILLED
    scope: Scope = Scope()
    plan: Literal["learned", "none"] | PositiveAmount = "learned"
    policy: Text = Field(default="default", description="A shipped burn ladder, or a file.")
    units: Units | None = None

    @model_validator(mode="after")
    def _units_go_with_unit_objectives(self) -> Self:
        if isinstance(self.objective, UnitObjective) and self.units is None:
            message = "a `per_unit` objective needs `units:` (cloudwatch or csv)"
            raise ValueError(message)
        if isinstance(self.objective, MonthlyObjective) and self.units is not None:
            message = "`units:` goes with a `per_unit` objective, not with `monthly`"
            raise ValueError(message)
        return self

    @property
    def series(self) -> str:
        """Ledger key of what is counted: a changed scope or metric starts a new series."""
        counted = {"scope": self.scope.model_dump(mode="json"), "metric": self.metric}
        digest = hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()
        return f"{self.name}/{digest[:12]}"


class Spec(_Document):
    """A whole document: one currency, one or more SLOs with names of their own."""

    api_version: Literal["cost-slo/v1"] = Field(alias="apiVersion")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    slos: Annotated[tuple[Slo, ...], Field(min_length=1)]
