# SPDX-License-Identifier: Apache-2.0
"""Which Cost Explorer filter means a scope?

A filter has exactly one root. `EVERYTHING` is no filter at all, and `NOTHING` says that no charge
of AWS can match, so that no request is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cost_slo.adapter_kit.aws_record_types import records_of
from cost_slo.adapters.cost_explorer.attributes import refuse_mixed
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.scope import ChargeCategory, Scope, Selector

Expression = dict[str, Any]

EVERYTHING: Expression = {}
NOTHING = None

# Cost Explorer takes no more filter values than this in one request (management limits).
MOST_VALUES = 100

PROVIDER = "AWS"
DIMENSIONS = {"services": "SERVICE", "accounts": "LINKED_ACCOUNT", "regions": "REGION"}
_CATEGORIES = tuple(ChargeCategory)
# How a person names the keys of each kind of condition.
_KINDS = {"Dimensions": "", "Tags": "tag", "ProductAttributes": "product attribute"}


def scope_filter(scope: Scope) -> Expression | None:
    """The filter of a scope, its charge categories not considered; EVERYTHING or NOTHING.

    CostDataError for one that Cost Explorer cannot answer.
    """
    _refuse_insensitive(scope)
    refuse_mixed(scope)
    wanted = _terms(scope)
    if wanted is NOTHING:
        return NOTHING
    excluded = NOTHING if scope.not_ is None else _terms(scope.not_)
    if excluded is NOTHING:
        return all_of(wanted)
    return all_of([*wanted, {"Not": all_of(excluded)}]) if excluded else NOTHING


def _refuse_insensitive(scope: Scope) -> None:
    """Raise CostDataError for an insensitive scope: AWS filters costs by exact text."""
    if scope.is_insensitive:
        raise CostDataError(
            "Cost Explorer compares letter case (CASE_INSENSITIVE is for cost categories only), so "
            "it cannot answer `match: insensitive`; name each spelling in the scope, or read a "
            "bill in files",
            column="match",
        )


def category_filter(categories: Sequence[ChargeCategory]) -> Expression:
    """The filter that keeps charges of these categories; EVERYTHING if all are wanted."""
    if ChargeCategory.USAGE not in categories:
        return _dimension("RECORD_TYPE", [r for each in categories for r in records_of(each)])
    unwanted = [each for each in _CATEGORIES if each not in categories]
    records = [record for each in unwanted for record in records_of(each)]
    return {"Not": _dimension("RECORD_TYPE", records)} if records else EVERYTHING


def all_of(terms: Sequence[Expression]) -> Expression:
    """One root above all terms; EVERYTHING is left out."""
    saying = [term for term in terms if term != EVERYTHING]
    if len(saying) > 1:
        return {"And": saying}
    return saying[0] if saying else EVERYTHING


def tag_key(key: str) -> str:
    """A tag's key as Cost Explorer knows it: `user:team` and `team` are one."""
    return key.removeprefix("user:")


def value_count(expression: Expression) -> int:
    """How many values a filter names."""
    return sum(max(1, len(leaf.get("Values", ()))) for _, leaf in _leaves(expression))


def filter_in_words(expression: Expression) -> str:
    """The filter as a person reads it.

    >>> in_words({"Not": {"Dimensions": {"Key": "REGION", "Values": ["eu-west-1", "us-east-1"]}}})
    'not (REGION is eu-west-1 or us-east-1)'
    """
    if expression == EVERYTHING:
        return "no filter"
    ((root, body),) = expression.items()
    if root == "Not":
        return f"not ({filter_in_words(body)})"
    if root in ("And", "Or"):
        return f" {root.lower()} ".join(_bracketed(term) for term in body)
    name = f"{_KINDS[root]} {body['Key']}".strip()
    return f"{name} is {' or '.join(body['Values'])}" if "Values" in body else f"no {name}"


def _bracketed(term: Expression) -> str:
    return f"({filter_in_words(term)})" if {"And", "Or"} & set(term) else filter_in_words(term)


def _terms(selector: Selector) -> list[Expression] | None:
    """Terms that must all match; an empty list matches everything of AWS."""
    if selector.providers is not None and PROVIDER not in selector.providers:
        return NOTHING
    named = ((key, getattr(selector, field)) for field, key in DIMENSIONS.items())
    terms = [_dimension(key, values) for key, values in named if values is not None]
    terms += [_label("Tags", tag_key(key), each) for key, each in sorted(selector.tags.items())]
    attributes = selector.product_attributes
    named_attributes = attributes.named if attributes else {}
    return terms + [
        _label("ProductAttributes", key, each) for key, each in sorted(named_attributes.items())
    ]


def _dimension(key: str, values: Sequence[str]) -> Expression:
    return {"Dimensions": {"Key": key, "Values": sorted(set(values))}}


def _label(kind: str, key: str, values: Sequence[str]) -> Expression:
    """A tag or product attribute; the empty value means that a charge has none."""
    named = sorted({value for value in values if value})
    among = {kind: {"Key": key, "Values": named, "MatchOptions": ["EQUALS"]}}
    absent = {kind: {"Key": key, "MatchOptions": ["ABSENT"]}}
    if "" not in values:
        return among
    return {"Or": [among, absent]} if named else absent


def _leaves(expression: Expression) -> Iterator[tuple[str, Expression]]:
    for root, body in expression.items():
        if root == "Not":
            yield from _leaves(body)
        elif root in ("And", "Or"):
            for term in body:
                yield from _leaves(term)
        else:
            yield root, body
