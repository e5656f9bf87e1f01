# SPDX-License-Identifier: Apache-2.0
"""The old name of `cost_slo.wiring.deployed`, kept until issue H is done."""

from cost_slo.wiring.deployed import deployed, deployment

__all__ = ["deployed", "deployment"]
