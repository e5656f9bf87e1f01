# SPDX-License-Identifier: Apache-2.0
"""Which operations are answered, and which of them are paid for?"""

from __future__ import annotations

from collections.abc import Mapping

from cost_slo.testing.fake_cost_explorer.cost_and_usage import get_cost_and_usage
from cost_slo.testing.fake_cost_explorer.look import Operation

PAID: Mapping[str, Operation] = {
    "GetCostAndUsage": get_cost_and_usage,
}
"""Each page costs a request."""
