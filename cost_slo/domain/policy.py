# SPDX-License-Identifier: Apache-2.0
"""How fast may the error budget burn before somebody is called?

A policy is data (`cost_slo/policies/*.yaml`): rules, what each severity asks for, and how old
the costs may be. A rule fires when the burn rate over its window reaches its factor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cost_slo.domain.incident import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """Call at `severity` when burn over `window` is at least `factor` (compared unrounded)."""

    severity: Severity
    factor: float
    window: str


@dataclass(frozen=True, slots=True)
class Policy:
    """A burn ladder. `stale_after_hours` counts from the end of the last charged day."""

    name: str
    rules: tuple[Rule, ...]
    asks: Mapping[Severity, str]
    stale_after_hours: int = 48
