# SPDX-License-Identifier: Apache-2.0
"""Explains refused values of a spec.

Every message says what was expected, what was found and, if it is known, what to write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cost_slo.adapters.documents.yaml_spec.document import NUMBER, Path, Problem, YamlTree
from cost_slo.domain.spec import document as spec
from cost_slo.domain.spec import scope
from cost_slo.domain.spec import units as spec_units

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

_EXPECTED = {
    "": "a mapping that starts with `apiVersion: cost-slo/v1`",
    "apiVersion": "cost-slo/v1",
    "currency": "a three-letter code in capitals, such as USD",
    "slos": "a list of SLOs, each starting with `- name:`",
    "slo": "an SLO: a mapping with name, product, owner and objective",
    "name": "1 to 63 lower-case letters, digits and inner hyphens, such as search-api",
    "product": "one line of text: the product",
    "owner": "one line of text: a team or rotation",
    "description": "text",
    "objective": "exactly one of {monthly: 4500} and {per_unit: 0.002, unit: request}",
    "monthly": "a number above 0, below 10^15, with at most 12 decimals, such as 4500",
    "per_unit": "a number above 0, below 10^15, with at most 12 decimals, such as 0.002",
    "unit": "one line of text: what one unit is, such as request",
    "minimum_units": "a number, 0 or more, below 10^15, such as 1000",
    "metric": "BilledCost or EffectiveCost",
    "scope": "a mapping such as {services: [Amazon S3]}, or {} for everything",
    "not": "a mapping of what to exclude, such as {regions: [us-east-1]}",
    "tags": "a mapping of tag key to a list of values, such as {product: [search]}",
    "services": "a list of one or more names, such as [Amazon S3]",
    "accounts": 'a list of one or more account ids in quotes, such as ["111122223333"]',
    "regions": "a list of one or more region ids, such as [us-east-1]",
    "providers": "a list of one or more names, such as [AWS]",
    "product_attributes": "a mapping such as {model: [Claude Sonnet 5]}",
    "provider": "a list of one or more names, such as [Anthropic]",
    "model": "a list of one or more names, such as [Claude Sonnet 5]",
    "inferenceType": "a list of one or more names, such as [Input tokens]",
    "feature": "a list of one or more names, such as [On-demand Inference]",
    "charge_categories": "a list out of Usage, Purchase, Tax, Credit, Adjustment",
    "plan": "learned, none, or an amount a month above 0, such as 4000",
    "policy": "the name of a policy, or the path of a file",
    "tolerated_false_pages": "a mapping such as {at_most: 1, per: quarter}",
    "at_most": "a whole number from 1 to 1000, such as 1",
    "per": "month, quarter or year",
    "units": "exactly one of {csv: units.csv} and {cloudwatch: {namespace: ..., metric: ...}}",
    "csv": "the path of a file, relative to the spec",
    "cloudwatch": "a mapping with namespace, metric, dimensions and statistic",
    "region": "a region id, such as eu-west-1",
    "expression": "metric math over the ids of `metrics`, such as tokens_in + tokens_out",
    "metrics": "a mapping of id to metric, the id in lower-case letters, digits and _",
    "metrics.id": "a mapping with namespace, metric, dimensions and statistic",
    "namespace": "one line of text, such as AWS/ApiGateway",
    "cloudwatch.metric": "one line of text, such as Count",
    "dimensions": "a mapping of dimension to value, such as {ApiName: search}",
    "statistic": "Sum or SampleCount",
}
MODELS: Mapping[str, type[BaseModel]] = {
    "": spec.Spec,
    "slo": spec.Slo,
    "<monthly>": spec.MonthlyObjective,
    "<per_unit>": spec.UnitObjective,
    "scope": scope.Scope,
    "not": scope.Selector,
    "product_attributes": scope.ProductAttributes,
    "tolerated_false_pages": spec.ToleratedFalsePages,
    "units": spec_units.Units,
    "cloudwatch": spec_units.CloudWatchUnits,
    "metrics": spec_units.CloudWatchMetric,
}
CHOICES = {
    "metric": tuple(spec.Metric),
    "charge_categories": tuple(scope.ChargeCategory),
    "plan": ("learned", "none"),
    "statistic": ("Sum", "SampleCount"),
    "per": ("month", "quarter", "year"),
    "apiVersion": (spec.API_VERSION,),
}
_KINDS = ("monthly", "per_unit")
# Its keys are ids chosen in the spec.
_METRICS = "metrics"
THOUSANDS = re.compile(r"[0-9]{1,3}(?:[,_][0-9]{3})+(?:\.[0-9]+)?")
MAX_SHOWN = 60


def problems_of(error: ValidationError, document: YamlTree) -> list[Problem]:
    """Every value that the models refused, in the order of the document."""
    details = error.errors(include_url=False)
    problems = [_problem(detail, document) for detail in details if not _follows(detail)]
    return sorted(problems, key=lambda problem: problem.line or 0)


def _follows(detail: ErrorDetails) -> bool:
    """Whether a list is too short only because its items were refused."""
    return detail["type"] == "too_short" and bool(detail["input"])


def dotted(path: Path) -> str:
    """A path as text.

    >>> dotted(("slos", 0, "scope", "tags", "cost center"))
    'slos[0].scope.tags["cost center"]'
    """
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r"[A-Za-z0-9_-]+", step):
            text += f".{step}"
        else:
            text += f"[{json.dumps(_short(step))}]"
    return text.removeprefix(".")


def _problem(detail: ErrorDetails, document: YamlTree) -> Problem:
    path = detail.get("ctx", {}).get("path", _keys(detail))
    return Problem(_message(detail, path, document), path, document.line_of(path))


def _keys(detail: ErrorDetails) -> Path:
    """The steps of a path that are keys of the document, including an unknown key."""
    known, last = detail["loc"][:-1], detail["loc"][-1:]
    named = known if detail["type"] == "extra_forbidden" else known + last
    keys = tuple(step for step in named if step not in spec.TAGS and step != "[key]")
    return keys + last if named is known else keys


def _message(detail: ErrorDetails, path: Path, document: YamlTree) -> str:
    kind = detail["type"]
    if kind in ("value_error", "duplicate_name"):
        return detail["msg"].removeprefix("Value error, ")
    if kind == "extra_forbidden":
        return _unknown_key(str(path[-1]), detail["loc"][:-1])
    subject = _subject(path[:-1] if detail["loc"][-1:] == ("[key]",) else path)
    expected = f"expected {_EXPECTED[subject]}"
    if kind == "missing":
        return f"is missing; {expected}"
    found = document.written.get(path)
    value = detail["input"]
    if found is None:
        return f"{expected}; got {_collection(value)}{_meant(value) if kind == 'objective' else ''}"
    return f"{expected}; got {_shown(kind, found)}{_advice(kind, found, subject)}"


def _shown(kind: str, found: str) -> str:
    return found if kind == "string_type" else _quoted(found)


def _unknown_key(key: str, parent: tuple[str | int, ...]) -> str:
    owner = "slo" if parent and isinstance(parent[-1], int) else str(parent[-1] if parent else "")
    owner = _METRICS if _METRICS in parent else owner
    fields = MODELS[owner].model_fields
    known = [field.alias or name for name, field in fields.items()]
    return f"unknown key{_did_you_mean(key, known)}; expected {', '.join(known)}"


def _subject(path: Path) -> str:
    names = [step for step in path if isinstance(step, str)]
    for free in ("tags", "dimensions"):
        if free in names:
            return free
    if names == ["slos"] and path[-1] != "slos":
        return "slo"
    if _METRICS in names[:-1] and names[-2] == _METRICS:
        return "metrics.id"
    if names[-1:] == ["metric"] and "cloudwatch" in names:
        return "cloudwatch.metric"
    return names[-1] if names else ""


def _advice(kind: str, found: str, subject: str) -> str:
    amount = re.sub(r"[\s$€£¥]|[A-Z]{3}", "", found)
    if THOUSANDS.fullmatch(amount):
        amount = re.sub("[,_]", "", amount)
    if kind in ("amount", "literal_error") and NUMBER.fullmatch(amount):
        return f"; write {amount}"
    if kind == "string_type":
        kind = "number" if NUMBER.fullmatch(found) else "boolean"
        return f', which YAML reads as a {kind}; put it in quotes: "{_short(found)}"'
    if kind == "tuple_type":
        return f"; write [{_short(found)}]"
    return _did_you_mean(found, CHOICES.get(subject, ()))


def _did_you_mean(word: str, known: list[str] | tuple[str, ...]) -> str:
    spelled = {str(name).lower(): str(name) for name in known}
    close = get_close_matches(_short(word).lower(), spelled, n=1)
    return f"; did you mean {spelled[close[0]]}?" if close else ""


def _meant(objective: object) -> str:
    if not isinstance(objective, dict) or not objective or objective.keys() & set(_KINDS):
        return ""
    return _did_you_mean(next(iter(objective)), _KINDS)


def _collection(value: object) -> str:
    if isinstance(value, dict):
        keys = ", ".join(map(_quoted, list(value)[:5]))
        return f"a mapping with {keys}" if keys else "an empty mapping"
    if isinstance(value, list):
        return "an empty list" if not value else f"a list of {len(value)}"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    return json.dumps(_short(text), ensure_ascii=True)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
