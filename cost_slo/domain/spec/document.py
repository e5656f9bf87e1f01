# SPDX-License-Identifier: Apache-2.0
"""Targets: which charges count, how much they may cost, and the owner.

The spec is one YAML document, `apiVersion: cost-slo/v1`. These models are the contract; the
published JSON Schema is made from them. Unknown keys are refused; nothing is mutable.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from cost_slo.domain.spec.scope import Scope
from cost_slo.domain.spec.units import Units
from cost_slo.domain.spec.values import Count, Name, PositiveAmount, SpecMapping, Text, number

API_VERSION = "cost-slo/v1"


class Metric(StrEnum):
    """Which FOCUS cost column an SLO counts."""

    BILLED = "BilledCost"
    EFFECTIVE = "EffectiveCost"


class MonthlyObjective(SpecMapping):
    """Spend in a UTC calendar month stays at or under this amount."""

    monthly: PositiveAmount = Field(description="Amount a month, in the spec's currency.")


class UnitObjective(SpecMapping):
    """Spend for each unit stays at or under this amount over a UTC calendar month."""

    per_unit: PositiveAmount = Field(description="Amount a unit, in the spec's currency.")
    unit: Text = Field(default="request", description="What one unit is, in the singular.")
    minimum_units: Count = Field(
        default_factory=Decimal, description="Below this many units a ratio says nothing."
    )


class ToleratedFalsePages(SpecMapping):
    """How many false pages are tolerated."""

    at_most: Annotated[int, Field(ge=1, le=1000), BeforeValidator(number)] = Field(
        description="False pages tolerated in each period."
    )
    per: Literal["month", "quarter", "year"]


def _kind_of_objective(value: object) -> str | None:
    if isinstance(value, MonthlyObjective | UnitObjective):
        return OBJECTIVE_TAGS[type(value)]
    kinds = {"monthly", "per_unit"} & set(value) if isinstance(value, dict) else set()
    return f"<{kinds.pop()}>" if len(kinds) == 1 else None


def _kind_of_plan(value: object) -> str:
    return "<word>" if isinstance(value, str) else "<amount>"


OBJECTIVE_TAGS = {MonthlyObjective: "<monthly>", UnitObjective: "<per_unit>"}
# Steps of an error's location that name a kind, not a key of the document.
TAGS = frozenset({*OBJECTIVE_TAGS.values(), "<word>", "<amount>"})

Objective = Annotated[
    Annotated[MonthlyObjective, Tag("<monthly>")] | Annotated[UnitObjective, Tag("<per_unit>")],
    Discriminator(
        _kind_of_objective,
        custom_error_type="objective",
        custom_error_message=(
            "expected exactly one of {monthly: AMOUNT} and {per_unit: AMOUNT, unit: NAME}"
        ),
    ),
]
_Plan = Annotated[
    Annotated[Literal["learned", "none"], Tag("<word>")]
    | Annotated[PositiveAmount, Tag("<amount>")],
    Discriminator(_kind_of_plan),
]


class Slo(SpecMapping):
    """One cost SLO."""

    name: Name
    product: Text
    owner: Text = Field(description="A team or rotation, never a person.")
    description: str = ""
    objective: Objective
    metric: Metric = Metric.BILLED
    scope: Scope = Field(default_factory=Scope)
    plan: _Plan = Field(
        default="learned", description="Expected spend: learned, none, or an amount a month."
    )
    policy: Text = Field(default="default", description="A shipped burn ladder, or a file.")
    tolerated_false_pages: ToleratedFalsePages | None = Field(
        default=None,
        description="The ladder's gates are chosen so that the SLO's history stays within it.",
    )
    units: Units | None = None

    @model_validator(mode="after")
    def _false_pages_are_told_by_a_plan(self) -> Self:
        if self.tolerated_false_pages is not None and self.plan == "none":
            message = (
                "`tolerated_false_pages` needs a plan: without one, noise looks like a rise; "
                "use `plan: learned` or an amount, or leave it out"
            )
            raise ValueError(message)
        return self

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
        counted = {"scope": self.scope.counted, "metric": self.metric}
        digest = hashlib.sha256(json.dumps(counted, sort_keys=True).encode()).hexdigest()
        return f"{self.name}/{digest[:12]}"


class Spec(SpecMapping):
    """A whole document: one currency, and one or more SLOs with different names."""

    api_version: Literal["cost-slo/v1"] = Field(alias="apiVersion")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "USD"
    slos: Annotated[tuple[Slo, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _every_slo_has_a_name_of_its_own(self) -> Self:
        names = [slo.name for slo in self.slos]
        for name, uses in Counter(names).items():
            if uses > 1:
                again = names.index(name, names.index(name) + 1)
                raise PydanticCustomError(
                    "duplicate_name",
                    "another SLO is already named {name}; every SLO needs a different name",
                    {"name": name, "path": ("slos", again, "name")},
                )
        return self


def spec_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the document, as an editor reads it."""
    schema = Spec.model_json_schema(by_alias=True)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:cost-slo:spec:v1",
    }
    return head | schema | {"title": "cost-slo spec"}
