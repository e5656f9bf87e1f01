# SPDX-License-Identifier: Apache-2.0
"""Which SQL condition means a scope? Every value of the spec is a parameter, never SQL text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cost_slo.adapters.bills.cur import athena_name
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec import Scope, Selector

SCOPE_COLUMNS = {
    "services": "service_name",
    "accounts": "sub_account_id",
    "regions": "region_id",
    "providers": "provider_name",
}


@dataclass(slots=True)
class Parameters:
    """Values that travel beside a query."""

    values: dict[str, object] = field(default_factory=dict)

    def add(self, value: object) -> str:
        """Keep a value; its placeholder."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f"${name}"


@dataclass(frozen=True, slots=True)
class Answerable:
    """What a bill can be asked.

    `missing` gives, for a column of the relation the bill has not, the error to raise.
    `tag_keys` are the only tag keys there are, None when any may be. `spelled_by_athena` says
    that tag keys came through a spelling that forgets letter case.
    """

    missing: Mapping[str, CostDataError] = field(default_factory=dict)
    tag_keys: frozenset[str] | None = None
    spelled_by_athena: bool = False

    def need(self, column: str) -> str:
        """The column, or the error that it is not there."""
        if column in self.missing:
            raise self.missing[column]
        return column

    def need_tag(self, key: str) -> list[str]:
        """Every spelling of a tag key to look under, or the error that it is not there."""
        self.need("tags")
        spellings = [key, f"user:{key}"]
        if self.spelled_by_athena:
            spellings.append(athena_name(f"/{key}").lstrip("_"))
        if self.tag_keys is not None and not self.tag_keys.intersection(spellings):
            known = ", ".join(sorted(self.tag_keys)) or "none"
            raise CostDataError(
                f"the bill has no tag `{key}` (it has {known}); activate it as a cost allocation "
                "tag, or take it out of the scope",
                column=f"tags.{key}",
            )
        return spellings


def scope_condition(scope: Scope, bill: Answerable, parameters: Parameters) -> str:
    """The condition that a charge lies in the scope, its categories not considered.

    CostDataError where the bill does not have what the scope asks for.
    """
    if scope.by_product_attributes:
        raise CostDataError(
            "a bill in files does not tell product attributes; read this SLO with --costs ce:, or "
            "scope it by service or tag",
            column="product_attributes",
        )
    condition = _selector_condition(scope, bill, parameters)
    if scope.not_ is None:
        return condition
    return f"({condition}) AND NOT ({_selector_condition(scope.not_, bill, parameters)})"


def category_condition(scope: Scope, parameters: Parameters) -> str:
    """The condition that a charge is of a category the scope counts."""
    marks = ", ".join(parameters.add(str(each)) for each in scope.charge_categories)
    return f"charge_category IN ({marks})"


def uses_tags(scope: Scope) -> bool:
    """Whether the scope asks for any tag."""
    return bool(scope.tags or (scope.not_ and scope.not_.tags))


def _selector_condition(selector: Selector, bill: Answerable, parameters: Parameters) -> str:
    conditions = []
    for key, column in SCOPE_COLUMNS.items():
        values = getattr(selector, key)
        if values is not None:
            marks = ", ".join(parameters.add(value) for value in values)
            conditions.append(f"coalesce({bill.need(column)}, '') IN ({marks})")
    for tag, values in selector.tags.items():
        looked_up = ", ".join(f"tags[{parameters.add(name)}]" for name in bill.need_tag(tag))
        marks = ", ".join(parameters.add(value) for value in values)
        conditions.append(f"coalesce({looked_up}, '') IN ({marks})")
    return " AND ".join(conditions) if conditions else "TRUE"
