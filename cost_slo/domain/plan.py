# SPDX-License-Identifier: Apache-2.0
"""What spend do we expect on each day of the window?

With no plan every day's expectation is zero: then the error budget is the whole objective and
the burn rate since the 1st is the pace.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cost_slo.domain.money import ZERO


@dataclass(frozen=True, slots=True)
class Plan:
    """Planned usage of the whole window, in the spec's currency, and where it came from."""

    month: Decimal
    basis: Literal["none"]


NO_PLAN = Plan(month=ZERO, basis="none")
