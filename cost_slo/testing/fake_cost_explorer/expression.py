# SPDX-License-Identifier: Apache-2.0
"""Which charges does an Expression select?

It becomes an SQL condition that is true or false of every charge, never unknown, so that Not,
And and Or obey the laws of sets.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cost_slo.adapters.bills.scan.scope_sql import Parameters
from cost_slo.testing.fake_cost_explorer.dimensions import dimension, product_attribute
from cost_slo.testing.fake_cost_explorer.refusal import invalid

ROOTS = ("And", "Or", "Not", "Dimensions", "Tags", "CostCategories", "ProductAttributes")
_NAMED = "And, Or, Not, Dimensions, Tags, CostCategories"
FEWEST_OPERANDS = 2
MOST_FILTERS = 100

_EXACT = frozenset({"EQUALS", "CASE_SENSITIVE"})
EXACT_OR_ABSENT = _EXACT | {"ABSENT"}
WORDED = _EXACT | {"STARTS_WITH", "ENDS_WITH", "CONTAINS", "CASE_INSENSITIVE"}
TESTS = {
    "STARTS_WITH": "starts_with({text}, {value})",
    "ENDS_WITH": "ends_with({text}, {value})",
    "CONTAINS": "contains({text}, {value})",
}

_Expression = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grammar:
    """What an operation lets an Expression say, and where tags of a key may stand."""

    spellings: Callable[[str], Sequence[str]]
    dimension_options: frozenset[str] = _EXACT
    other_options: frozenset[str] = EXACT_OR_ABSENT
    product_attributes: bool = True
    parameters: Parameters = field(default_factory=Parameters)

    def condition(self, expression: _Expression | None) -> str:
        """The SQL of an expression. Raises RefusedError as AWS refuses its form."""
        if expression is None:
            return "true"
        if len(list(_leaves(expression))) > MOST_FILTERS:
            raise invalid(f"Filter has more than {MOST_FILTERS} expressions")
        self._refuse_services_beside_attributes(expression)
        return self._condition(expression)

    def tag(self, key: str) -> str:
        """The value of a tag, '' if a charge has none."""
        places = [f"tags[{self.parameters.add(each)}]" for each in self.spellings(key)]
        return f"coalesce({', '.join(places)}, '')"

    def _condition(self, expression: _Expression) -> str:
        root = _root(expression)
        below = expression[root]
        match root:
            case "And" | "Or":
                if len(below) < FEWEST_OPERANDS:
                    raise invalid(f"{root} expression must have at least 2 operands")
                parts = [self._condition(each) for each in below]
                return "(" + f" {root.upper()} ".join(parts) + ")"
            case "Not":
                return f"(NOT {self._condition(below)})"
            case "Dimensions":
                return self._dimension(below)
            case "Tags":
                return self._tag(below)
            case "CostCategories":
                return self._labelled("''", below, "Cost category")
        return self._product_attribute(below)

    def _dimension(self, filtered: _Expression) -> str:
        options = self._options(filtered, self.dimension_options)
        if "Key" not in filtered or not filtered.get("Values"):
            raise invalid("Dimensions expression must have a key and at least one value")
        return self._matches(dimension(filtered["Key"]), filtered["Values"], options)

    def _tag(self, filtered: _Expression) -> str:
        if "Key" not in filtered:
            self._options(filtered, self.other_options)
            if filtered.get("Values"):
                raise invalid("Tags expression must have a key")
            return "(coalesce(cardinality(tags), 0) = 0)"
        return self._labelled(self.tag(filtered["Key"]), filtered, "Tag")

    def _product_attribute(self, filtered: _Expression) -> str:
        if not self.product_attributes:
            raise invalid("ProductAttributes is not supported for this operation")
        if not filtered.get("Values") and "ABSENT" not in filtered.get("MatchOptions", ()):
            raise invalid("ProductAttributes expression must have at least one value")
        value = product_attribute(filtered["Key"])
        return self._labelled(value, filtered, "Product attribute")

    def _labelled(self, text: str, filtered: _Expression, what: str) -> str:
        options = self._options(filtered, self.other_options)
        wanted = filtered.get("Values") or ()
        if "ABSENT" in options and wanted:
            raise invalid(f"{what} expression with match option ABSENT must not have values")
        if not wanted:
            return f"({text} = '')"
        return self._matches(text, wanted, options)

    def _options(self, filtered: _Expression, allowed: frozenset[str]) -> frozenset[str]:
        options = frozenset(filtered.get("MatchOptions") or ("EQUALS", "CASE_SENSITIVE"))
        if options - allowed:
            raise invalid(
                f"Match options [{', '.join(sorted(options - allowed))}] are not supported. "
                f"Supported match options are [{', '.join(sorted(allowed))}]"
            )
        return options

    def _matches(self, text: str, wanted: Sequence[str], options: frozenset[str]) -> str:
        if "CASE_INSENSITIVE" in options:
            text, wanted = f"lower({text})", [value.lower() for value in wanted]
        marks = [self.parameters.add(value) for value in wanted]
        test = next((TESTS[option] for option in TESTS if option in options), None)
        if test is None:
            return f"({text} IN ({', '.join(marks)}))"
        return "(" + " OR ".join(test.format(text=text, value=mark) for mark in marks) + ")"

    def _refuse_services_beside_attributes(self, expression: _Expression) -> None:
        if not any(root == "ProductAttributes" for root, _ in _leaves(expression)):
            return
        services = services_named(expression)
        if any("bedrock" not in value.lower() for value in services):
            raise invalid(
                "A SERVICE filter beside ProductAttributes must contain only supported services"
            )
        if services and not is_by_service(expression):
            raise invalid(
                "A SERVICE filter beside ProductAttributes must apply to the whole request"
            )


def uses_product_attributes(expression: _Expression | None) -> bool:
    """Whether it filters by a product attribute."""
    return expression is not None and any(
        root == "ProductAttributes" for root, _ in _leaves(expression)
    )


def _root(expression: _Expression) -> str:
    roots = [name for name in ROOTS if expression.get(name) is not None]
    if len(roots) == 1:
        return roots[0]
    count = "more than one roots" if roots else "zero roots"
    raise invalid(
        f"Expression has {count}. Only one root operator is allowed for each expression: {_NAMED}"
    )


def _leaves(expression: _Expression) -> list[tuple[str, _Expression]]:
    root = _root(expression)
    if root in ("And", "Or"):
        return [leaf for each in expression[root] for leaf in _leaves(each)]
    if root == "Not":
        return _leaves(expression["Not"])
    return [(root, expression[root])]


def is_by_service(expression: _Expression) -> bool:
    """Whether a SERVICE filter applies to the whole of it."""
    root = _root(expression)
    if root == "And":
        return any(is_by_service(each) for each in expression["And"])
    if root == "Or":
        return all(is_by_service(each) for each in expression["Or"])
    return root == "Dimensions" and expression["Dimensions"].get("Key") == "SERVICE"


def services_named(expression: _Expression) -> list[str]:
    """The values of all of its SERVICE filters."""
    return [
        value
        for root, filtered in _leaves(expression)
        if root == "Dimensions" and filtered.get("Key") == "SERVICE"
        for value in filtered.get("Values") or ()
    ]
