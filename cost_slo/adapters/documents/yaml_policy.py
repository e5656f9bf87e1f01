# SPDX-License-Identifier: Apache-2.0
"""Reads and checks burn-rate ladders.

Shipped ladders are package data; your own ladder is a file beside the spec. It may extend a shipped
one, whose values it then inherits.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import yaml

from cost_slo.domain.burn.hourly_rule import DAY_HOURS, HourlyRule
from cost_slo.domain.burn.policy import GATES, Policy, Rule, factor_of_share
from cost_slo.domain.errors import SpecError
from cost_slo.domain.incidents.incident import Severity

_SHIPPED = resources.files("cost_slo") / "policies"
_FIELDS = {"name", "stale_after_hours", "rules", "hourly_rules", "asks"}
RULE_FIELDS = {"severity", "factor", "budget_percent", "days", "shape", *GATES, "tight"}
HOURLY_FIELDS = {"severity", "factor", "budget_percent", "hours", "short_hours", "noise"}
# `budget_percent` is converted to a factor for a month of this length.
_MONTH_DAYS = 30


def shipped_policies() -> frozenset[str]:
    """The names of the shipped ladders."""
    return frozenset(
        entry.name.removesuffix(".yaml") for entry in _SHIPPED.iterdir() if ".yaml" in entry.name
    )


def load_policy(name: str, *, base: Path, granularity: Literal["day", "hour"] = "day") -> Policy:
    """The shipped ladder of that name, else the file at that path relative to `base`.

    Raises SpecError naming file and field; also for hourly rules if `granularity` is "day".
    """
    file = _file(name, base)
    document = _read(file)
    try:
        policy = _policy(document)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"not a policy: {error!s}; see the shipped `default` ladder for the shape"
        raise SpecError(message, file=str(file), field="policy") from error
    if granularity == "day" and policy.hourly_rules:
        shortest = min(rule.short_hours for rule in policy.hourly_rules)
        message = (
            f"no {shortest}-hour window on daily data: a bill has only daily costs; use a ladder "
            "without hourly rules, such as `policy: default`, or replay an hourly ledger with "
            "`cost-slo backtest --ledger DIR --alerts OUT.csv --hourly`"
        )
        raise SpecError(message, file=str(file), field="hourly_rules")
    return policy


def _file(name: str, base: Path) -> Traversable:
    return _SHIPPED / f"{name}.yaml" if name in shipped_policies() else base / name


def _read(file: Traversable) -> Any:  # noqa: ANN401  what YAML holds
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        message = f"the policy cannot be read: {error}"
        raise SpecError(message, file=str(file)) from error


def _policy(written: Mapping[str, Any]) -> Policy:
    document = _extended(written)
    unknown = set(document) - _FIELDS
    if unknown:
        message = f"unknown key {min(unknown)!r}"
        raise ValueError(message)
    return Policy(
        name=str(document["name"]),
        rules=tuple(_rule(rule) for rule in document["rules"]),
        asks={Severity(key): str(text) for key, text in document["asks"].items()},
        stale_after_hours=int(document["stale_after_hours"]),
        hourly_rules=tuple(_hourly_rule(rule) for rule in document.get("hourly_rules", ())),
    )


def _extended(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document, with the values of the shipped ladder that it extends."""
    if "extends" not in document:
        return document
    base = document["extends"]
    if base not in shipped_policies():
        message = f"cannot extend {base!r}, only a shipped ladder: {sorted(shipped_policies())}"
        raise ValueError(message)
    own = {key: value for key, value in document.items() if key != "extends"}
    return {**_extended(_read(_SHIPPED / f"{base}.yaml")), **own}


def _rule(rule: Mapping[str, Any]) -> Rule:
    unknown = set(rule) - RULE_FIELDS
    if unknown:
        message = f"unknown key {min(unknown)!r} in a rule"
        raise ValueError(message)
    days = _whole(rule["days"])
    return Rule(
        severity=Severity(rule["severity"]),
        factor=_factor(rule, days),
        days=days,
        shape=rule.get("shape", "total"),
        **{gate: float(rule[gate]) for gate in (*GATES, "tight") if gate in rule},
    )


def _hourly_rule(rule: Mapping[str, Any]) -> HourlyRule:
    unknown = set(rule) - HOURLY_FIELDS
    if unknown:
        message = f"unknown key {min(unknown)!r} in an hourly rule"
        raise ValueError(message)
    hours = _whole(rule["hours"], "hours")
    return HourlyRule(
        severity=Severity(rule["severity"]),
        factor=_factor(rule, hours / DAY_HOURS),
        hours=hours,
        short_hours=_whole(rule.get("short_hours", hours), "short_hours"),
        noise=float(rule.get("noise", 0)),
    )


def _factor(rule: Mapping[str, Any], days: float) -> float:
    """`factor`, or the factor that uses `budget_percent` of the error budget in `days`."""
    if ("factor" in rule) == ("budget_percent" in rule):
        raise ValueError("a rule needs exactly one of `factor` and `budget_percent`")
    if "factor" in rule:
        return float(rule["factor"])
    return factor_of_share(float(rule["budget_percent"]) / 100, days, _MONTH_DAYS)


def _whole(number: float, name: str = "days") -> int:
    """A whole number of days or hours. Raises ValueError for a fraction."""
    if not float(number).is_integer():
        message = f"{name} {number} is not a whole number"
        raise ValueError(message)
    return int(number)
