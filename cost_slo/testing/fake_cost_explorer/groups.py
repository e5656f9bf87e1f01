# SPDX-License-Identifier: Apache-2.0
"""By what is a request grouped?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cost_slo.testing.fake_cost_explorer.dimensions import (
    GROUPABLE,
    dimension,
    product_attribute,
)
from cost_slo.testing.fake_cost_explorer.expression import Grammar
from cost_slo.testing.fake_cost_explorer.refusal import invalid

_MOST = 2


def group_keys(
    definitions: Sequence[Mapping[str, str]], grammar: Grammar, *, most: int = _MOST
) -> list[str]:
    """The SQL of each key. Raises RefusedError as AWS refuses a definition."""
    if len(definitions) > most:
        raise invalid(f"Group definitions are limited to {most}, {len(definitions)} were given")
    return [_key(definition, grammar) for definition in definitions]


def _key(definition: Mapping[str, str], grammar: Grammar) -> str:
    kind, key = definition.get("Type"), definition.get("Key")
    if not kind or not key:
        raise invalid(
            "Group Definition is invalid. Both type an key need to be set to a non-empty value."
        )
    match kind:
        case "DIMENSION":
            if key not in GROUPABLE:
                raise invalid(
                    "Group Definition dimension is invalid. Valid values are "
                    + ", ".join(GROUPABLE)
                )
            return dimension(key)
        case "TAG":
            value = grammar.tag(key)
        case "COST_CATEGORY":
            value = "''"
        case "PRODUCT_ATTRIBUTE" if grammar.product_attributes:
            value = product_attribute(key)
        case _:
            raise invalid("Group Definition type is invalid.")
    return f"{grammar.parameters.add(f'{key}$')} || {value}"
