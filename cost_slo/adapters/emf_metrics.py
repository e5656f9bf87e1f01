# SPDX-License-Identifier: Apache-2.0
"""How do measurements reach CloudWatch? As log lines in its embedded metric format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from cost_slo.domain.verdict.metrics import Measurement, MeasurementUnit

NAMESPACE = "CostSLO"
WHOLE_RUN = "all"
_UNITS = {
    MeasurementUnit.COUNT: MetricUnit.Count,
    MeasurementUnit.NONE: MetricUnit.NoUnit,
    MeasurementUnit.SECONDS: MetricUnit.Seconds,
}
_SLO = attrgetter("slo")


def emit(measurements: Iterable[Measurement], deployment: str) -> None:
    """Print one line for each SLO, and one for the run; `deployment` tells two stacks apart."""
    for slo, found in groupby(sorted(measurements, key=_SLO), key=_SLO):
        metrics = EphemeralMetrics(namespace=NAMESPACE, service=deployment)
        metrics.add_dimension("slo", slo or WHOLE_RUN)
        for each in found:
            metrics.add_metric(each.name, _UNITS[each.unit], each.value)
        metrics.flush_metrics()


@contextmanager
def counting_failures(failure: Measurement, deployment: str) -> Iterator[None]:
    """Emit a measurement where the work inside fails."""
    try:
        yield
    except Exception:
        emit([failure], deployment)
        raise
