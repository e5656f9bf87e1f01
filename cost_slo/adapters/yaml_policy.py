# SPDX-License-Identifier: Apache-2.0
"""Where is a burn ladder written?

Shipped ladders are package data; a ladder of one's own is a file beside the spec.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from cost_slo.domain.errors import SpecError
from cost_slo.domain.incident import Severity
from cost_slo.domain.policy import GATES, Policy, Rule, factor_of_share

SHIPPED = resources.files("cost_slo") / "policies"
FIELDS = {"name", "stale_after_hours", "rules", "asks"}
RULE_FIELDS = {"severity", "factor", "budget_percent", "days", "shape", *GATES}
MONTH_DAYS = 30
"""A share of the budget becomes a factor in a month of this length."""


def shipped_policies() -> frozenset[str]:
    """Names a spec may give without a file."""
    return frozenset(
        entry.name.removesuffix(".yaml") for entry in SHIPPED.iterdir() if ".yaml" in entry.name
    )


def load_policy(name: str, *, base: Path) -> Policy:
    """A shipped ladder by its name, else the file at that path relative to `base`.

    Raises SpecError naming file and field.
    """
    shipped = name in shipped_policies()
    file = SHIPPED / f"{name}.yaml" if shipped else base / name
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"the policy cannot be read: {error}"
        raise SpecError(message, file=str(file)) from error
    try:
        return _policy(document)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"not a policy: {error!s}; see the shipped `default` ladder for the shape"
        raise SpecError(message, file=str(file), field="policy") from error


def _policy(document: Mapping[str, Any]) -> Policy:
    unknown = set(document) - FIELDS
    if unknown:
        message = f"unknown key {min(unknown)!r}"
        raise ValueError(message)
    return Policy(
        name=str(document["name"]),
        rules=tuple(_rule(rule) for rule in document["rules"]),
        asks={Severity(key): str(text) for key, text in document["asks"].items()},
        stale_after_hours=int(document["stale_after_hours"]),
    )


def _rule(rule: Mapping[str, Any]) -> Rule:
    unknown = set(rule) - RULE_FIELDS
    if unknown:
        message = f"unknown key {min(unknown)!r} in a rule"
        raise ValueError(message)
    return Rule(
        severity=Severity(rule["severity"]),
        factor=_factor(rule),
        days=_whole(rule["days"]),
        shape=rule.get("shape", "total"),
        **{gate: float(rule.get(gate, 0)) for gate in GATES},
    )


def _factor(rule: Mapping[str, Any]) -> float:
    """As written, or derived from the percentage of the error budget that the days use up."""
    if ("factor" in rule) == ("budget_percent" in rule):
        raise ValueError("a rule needs exactly one of `factor` and `budget_percent`")
    if "factor" in rule:
        return float(rule["factor"])
    return factor_of_share(float(rule["budget_percent"]) / 100, _whole(rule["days"]), MONTH_DAYS)


def _whole(days: float) -> int:
    """A number of days; one and a half would be judged as one."""
    if not float(days).is_integer():
        message = f"days {days} is not a whole number"
        raise ValueError(message)
    return int(days)
