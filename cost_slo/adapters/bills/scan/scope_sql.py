# SPDX-License-Identifier: Apache-2.0
"""The SQL condition of a scope; every value of the spec is a parameter, never SQL text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cost_slo.adapters.bills.scan.answerable import Answerable
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.scope import Scope, Selector

SCOPE_COLUMNS = {
    "services": "service_name",
    "accounts": "sub_account_id",
    "regions": "region_id",
    "providers": "provider_name",
}


@dataclass(slots=True)
class Parameters:
    """The parameters of a query, each value once.

    `shared` are expressions that the query computes once a row, and their names there; None if it
    cannot.
    """

    values: dict[str, object] = field(default_factory=dict)
    shared: dict[str, str] | None = None
    _texts: dict[str, str] = field(default_factory=dict)

    def add(self, value: object) -> str:
        if isinstance(value, str) and value in self._texts:
            return self._texts[value]
        name = f"p{len(self.values)}"
        self.values[name] = value
        if isinstance(value, str):
            self._texts[value] = f"${name}"
        return f"${name}"

    def share(self, expression: str) -> str:
        """The name of an expression that is computed once a row, or the expression itself."""
        if self.shared is None:
            return expression
        return self.shared.setdefault(expression, f"shared{len(self.shared)}")

    @property
    def charges(self) -> str:
        """The relation `charges` with what is shared in it."""
        named = (f", {expression} AS {name}" for expression, name in (self.shared or {}).items())
        # The offset keeps the planner from copying an expression to each place that names it.
        return f"(SELECT *{''.join(named)} FROM charges OFFSET 0)"  # noqa: S608


@dataclass(frozen=True, slots=True)
class SelectorPart:
    """One key of a selector in SQL: its name, its conditions, and how a charge spells it.

    `similar` is `exact` with letter case and outer spaces not considered.
    """

    name: str
    exact: str
    similar: str
    spelled: str


def scope_condition(scope: Scope, bill: Answerable, parameters: Parameters) -> str:
    """The condition that a charge is in the scope, without its categories.

    Raises CostDataError if the bill lacks something that the scope names.
    """
    if scope.by_product_attributes:
        raise CostDataError(
            "a bill in files has no product attributes; read this SLO with --costs ce:, or "
            "scope it by service or tag",
            column="product_attributes",
        )
    is_exact = not scope.is_insensitive
    condition = _all(selector_parts(scope, bill, parameters, is_exact=is_exact), is_exact=is_exact)
    if scope.not_ is None:
        return condition
    left_out = _all(
        selector_parts(scope.not_, bill, parameters, is_exact=is_exact), is_exact=is_exact
    )
    return f"({condition}) AND NOT ({left_out})"


def spelled_otherwise(scope: Scope, bill: Answerable, parameters: Parameters) -> str | None:
    """How a charge spells what decides otherwise if letter case and outer spaces do not matter.

    SQL for `-` and the spelling if the charge would be counted then, `+` and the spelling if it is
    counted and would be left out; NULL for any other charge. None for a scope that is compared so
    already, or that names nothing.
    """
    if scope.is_insensitive:
        return None
    wanted = selector_parts(scope, bill, parameters)
    excluded = selector_parts(scope.not_, bill, parameters) if scope.not_ else []
    if not (wanted or excluded):
        return None
    exact, similar = _all(wanted), _all(wanted, is_exact=False)
    if not excluded:
        return f"CASE WHEN ({exact}) THEN NULL WHEN ({similar}) THEN '-' || {_said(wanted)} END"
    out, alike = _all(excluded), _all(excluded, is_exact=False)
    return (
        f"CASE WHEN ({exact}) AND ({out}) THEN NULL "
        f"WHEN ({exact}) AND ({alike}) THEN '+' || {_said(excluded)} WHEN ({exact}) THEN NULL "
        f"WHEN ({similar}) AND NOT ({alike}) THEN '-' || {_said(wanted)} END"
    )


def category_condition(scope: Scope, parameters: Parameters) -> str:
    """The condition that the scope counts a charge's category."""
    marks = ", ".join(parameters.add(str(each)) for each in scope.charge_categories)
    return f"charge_category IN ({marks})"


def uses_tags(scope: Scope) -> bool:
    return bool(scope.tags or (scope.not_ and scope.not_.tags))


def selector_parts(
    selector: Selector, bill: Answerable, parameters: Parameters, *, is_exact: bool = True
) -> list[SelectorPart]:
    """Each key of a selector.

    Raises CostDataError if the bill lacks it; unless `is_exact`, a similar tag key is enough.
    """
    found = []
    for key, column in SCOPE_COLUMNS.items():
        values = getattr(selector, key)
        if values is not None:
            text = f"coalesce({bill.need(column)}, '')"
            found.append(_part(key, (text, text, text), values, parameters))
    for tag, values in selector.tags.items():
        spellings = bill.need_tag(tag) if is_exact else bill.spellings(tag)
        marks = [parameters.add(name) for name in spellings]
        exact = parameters.share(f"coalesce({', '.join(f'tags[{each}]' for each in marks)}, '')")
        places = [(marks[0], _filled(exact)), *_similar_places(tag, bill, parameters)]
        similar = f"coalesce({', '.join(value for _, value in places)}, '')"
        spelled = " ".join(
            f"WHEN {value} <> '' THEN {key} || ': ' || {value}" for key, value in places
        )
        named = (exact, similar, f"CASE {spelled} ELSE '' END")
        found.append(_part(f"tags.{tag}", named, values, parameters))
    return found


def _fold(text: str) -> str:
    """SQL for a text of which letter case and outer spaces do not matter."""
    return f"lower(trim({text}))"


def _part(
    name: str, texts: tuple[str, str, str], values: Sequence[str], parameters: Parameters
) -> SelectorPart:
    exact, similar, spelled = texts
    marks = [parameters.add(value) for value in values]
    alike = ", ".join(_fold(mark) for mark in marks)
    return SelectorPart(
        name, f"{exact} IN ({', '.join(marks)})", f"{_fold(similar)} IN ({alike})", spelled
    )


def _similar_places(
    tag: str, bill: Answerable, parameters: Parameters
) -> Iterator[tuple[str, str]]:
    """Where else a tag may be, in order: SQL for the key as it is spelled there, and its value."""
    similar = bill.similar(tag)
    for key in similar or ():
        mark = parameters.add(key)
        yield mark, _filled(f"tags[{mark}]")
    if similar is None:
        marks = [_fold(parameters.add(key)) for key in bill.spellings(tag)]
        entries = (
            f"list_sort(list_filter(map_entries(tags), lambda t: {_fold('t.key')} IN "
            f"({', '.join(marks)}) AND t.value <> ''))[1]"
        )
        # Most charges have no such key, and looking for it in their text is cheaper.
        keys = _fold("array_to_string(map_keys(tags), ' ')")
        entry = f"CASE WHEN contains({keys}, {_fold(parameters.add(tag))}) THEN {entries} END"
        yield f"({entry}).key", f"({entry}).value"


def _filled(text: str) -> str:
    return f"nullif({text}, '')"


def _all(each: Sequence[SelectorPart], *, is_exact: bool = True) -> str:
    return " AND ".join(part.exact if is_exact else part.similar for part in each) or "TRUE"


def _said(each: Sequence[SelectorPart]) -> str:
    """SQL for how a charge spells the parts that it does not match exactly."""
    odd = ", ".join(f"CASE WHEN NOT ({part.exact}) THEN {part.spelled} END" for part in each)
    return f"concat_ws(', ', {odd or 'NULL'})"
