# SPDX-License-Identifier: Apache-2.0
"""Units of an SLO from the source that its spec names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import UnitReading
from cost_slo.ports import UnitSource


class UnitRouter:
    """Units from files or from metrics, as each SLO says."""

    def __init__(self, *, files: UnitSource, metrics: Callable[[], UnitSource]) -> None:
        """`metrics` makes the source for `units.cloudwatch`; it is asked when first needed."""
        self._files = files
        self._metrics = metrics
        self._made: UnitSource | None = None

    def fetch_units(self, slo: Slo, as_of: datetime) -> UnitReading:
        """Units of each day that ended by `as_of`."""
        if slo.units is None or slo.units.cloudwatch is None:
            return self._files.fetch_units(slo, as_of)
        self._made = self._made or self._metrics()
        return self._made.fetch_units(slo, as_of)
