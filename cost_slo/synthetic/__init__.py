# SPDX-License-Identifier: Apache-2.0
"""What would a believable bill look like? Seeded, exact, and with known incidents in it."""

from __future__ import annotations

from cost_slo.synthetic.bill import charges
from cost_slo.synthetic.publishing import as_published
from cost_slo.synthetic.story import Story, demo_spec
from cost_slo.synthetic.tokens import units

__all__ = ["Story", "as_published", "charges", "demo_spec", "units"]
