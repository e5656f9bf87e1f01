# SPDX-License-Identifier: Apache-2.0
"""The metrics that a deployment writes."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

METRIC_NAMESPACE = "CostSLO"
EVERY_SLO = "all"


def metric(
    name: str,
    *,
    deployment: str,
    statistic: str,
    period: Duration,
    slo: str = EVERY_SLO,
    label: str | None = None,
) -> cloudwatch.Metric:
    """A metric of one SLO, or of the whole run."""
    return cloudwatch.Metric(
        namespace=METRIC_NAMESPACE,
        metric_name=name,
        dimensions_map={"service": deployment, "slo": slo},
        statistic=statistic,
        period=period,
        label=label,
    )
