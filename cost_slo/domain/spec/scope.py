# SPDX-License-Identifier: Apache-2.0
"""Which charges does an SLO count?"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from cost_slo.domain.spec.values import SpecMapping, Text, Values


class ChargeCategory(StrEnum):
    """FOCUS ChargeCategory."""

    USAGE = "Usage"
    PURCHASE = "Purchase"
    TAX = "Tax"
    CREDIT = "Credit"
    ADJUSTMENT = "Adjustment"


# Values of which one may be empty.
LabelValues = Annotated[tuple[str, ...], Field(min_length=1)]

DEFAULT_CATEGORIES = (ChargeCategory.USAGE, ChargeCategory.PURCHASE, ChargeCategory.ADJUSTMENT)


class ProductAttributes(SpecMapping):
    """Attributes of a charge of Amazon Bedrock; all given ones must match."""

    provider: LabelValues | None = Field(default=None, description="Such as Anthropic.")
    model: LabelValues | None = Field(default=None, description="Such as Claude Sonnet 5.")
    inference_type: LabelValues | None = Field(
        default=None, alias="inferenceType", description="Such as Input tokens."
    )
    feature: LabelValues | None = Field(default=None, description="Such as On-demand Inference.")

    @model_validator(mode="after")
    def _something_is_named(self) -> Self:
        if not self.named:
            message = "`product_attributes:` is empty; name one, such as {model: [Claude Sonnet 5]}"
            raise ValueError(message)
        return self

    @property
    def named(self) -> dict[str, tuple[str, ...]]:
        """Each given attribute by its key at AWS, and its values; "" means without one."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Selector(SpecMapping):
    """Which charges match: all given keys must match, each by any of its values."""

    tags: dict[Text, LabelValues] = Field(
        default_factory=dict,
        description="Tag key to accepted values; the empty value means untagged.",
    )
    services: Values | None = Field(default=None, description="FOCUS ServiceName values.")
    accounts: Values | None = Field(default=None, description="FOCUS SubAccountId values.")
    regions: Values | None = Field(default=None, description="FOCUS RegionId values.")
    providers: Values | None = Field(default=None, description="FOCUS ProviderName values.")
    product_attributes: ProductAttributes | None = Field(
        default=None,
        description="Attributes of Amazon Bedrock in Cost Explorer; the empty value means "
        "without one.",
    )


class Scope(Selector):
    """The charges an SLO counts; an empty scope counts everything in the default categories."""

    not_: Selector | None = Field(
        default=None, alias="not", description="Charges that match this are left out."
    )
    charge_categories: Annotated[tuple[ChargeCategory, ...], Field(min_length=1)] = Field(
        default=DEFAULT_CATEGORIES,
        description="FOCUS ChargeCategory values; by default neither Tax nor Credit.",
    )
    match: Literal["exact", "insensitive"] = Field(
        default="exact",
        description="Insensitive: letter case and surrounding spaces do not matter, in tag keys "
        "and in all values, also under `not`.",
    )

    @model_validator(mode="after")
    def _exclusion_says_something(self) -> Self:
        if self.not_ is not None and self.not_ == Selector():
            message = "`not:` is empty, which would leave out every charge; name what to leave out"
            raise ValueError(message)
        return self

    @property
    def is_insensitive(self) -> bool:
        """Whether letter case and surrounding spaces do not matter."""
        return self.match == "insensitive"

    @property
    def counted(self) -> Any:  # noqa: ANN401  JSON values
        """What the scope counts, as JSON that does not depend on the order of values."""
        exact = set() if self.is_insensitive else {"match"}
        return _unordered(self.model_dump(mode="json", exclude_none=True, exclude=exact))

    @property
    def by_product_attributes(self) -> bool:
        """Whether a charge's product attributes decide if it is counted."""
        selectors = [self] if self.not_ is None else [self, self.not_]
        return any(each.product_attributes is not None for each in selectors)


def _unordered(scope: Any) -> Any:  # noqa: ANN401  JSON values
    if isinstance(scope, dict):
        return {key: _unordered(value) for key, value in scope.items()}
    return sorted(set(scope)) if isinstance(scope, list) else scope
