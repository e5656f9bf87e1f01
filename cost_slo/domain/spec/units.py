# SPDX-License-Identifier: Apache-2.0
"""The source of the units of a unit-cost SLO."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cost_slo.domain.spec.values import SpecMapping, Text

MetricId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=255)]
Region = Annotated[str, Field(pattern=r"^[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}$", max_length=63)]
# CloudWatch answers 500 queries a call, the expression itself among them.
MOST_METRICS = 499
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_IDS = re.compile(r"\b[a-z]\w*")


class CloudWatchMetric(SpecMapping):
    """One metric, as a metric math expression refers to it by its id."""

    namespace: Text
    metric: Text
    dimensions: dict[Text, Text] = Field(default_factory=dict)
    statistic: Literal["Sum", "SampleCount"] = "Sum"


class CloudWatchUnits(SpecMapping):
    """A CloudWatch metric that counts the units, or an expression over several."""

    namespace: Text | None = None
    metric: Text | None = None
    dimensions: dict[Text, Text] = Field(default_factory=dict)
    statistic: Literal["Sum", "SampleCount"] = "Sum"
    expression: Text | None = Field(
        default=None, description="Metric math over the ids of `metrics`, such as tokens_in + out."
    )
    metrics: Annotated[dict[MetricId, CloudWatchMetric], Field(max_length=MOST_METRICS)] = Field(
        default_factory=dict, description="Id to metric, as the expression uses them."
    )
    region: Region | None = Field(
        default=None, description="The metric's region; by default the monitor's own."
    )

    @model_validator(mode="after")
    def _metric_or_expression(self) -> Self:
        single, math = self.metric is not None, self.expression is not None
        if single == math or math != bool(self.metrics) or single != (self.namespace is not None):
            message = (
                "name exactly one of `metric` (with its `namespace`) and `expression` (with its "
                "`metrics`)"
            )
            raise ValueError(message)
        if math and (self.dimensions or self.statistic != "Sum"):
            message = "`dimensions` and `statistic` belong to each of the `metrics`"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _expression_uses_its_metrics(self) -> Self:
        said = _QUOTED.sub("", self.expression or "")
        used, named = set(_IDS.findall(said)), set(self.metrics)
        if unknown := sorted(used - named):
            message = f"`expression` uses {', '.join(unknown)}, which `metrics` does not name"
            raise ValueError(message)
        if unused := sorted(named - used):
            message = f"`expression` does not use {', '.join(unused)} of `metrics`; use all of them"
            raise ValueError(message)
        return self


class Units(SpecMapping):
    """Exactly one source of units."""

    cloudwatch: CloudWatchUnits | None = None
    csv: Text | None = Field(
        default=None, description="File `date,amount[,label]`, relative to the spec."
    )

    @model_validator(mode="after")
    def _exactly_one_source(self) -> Self:
        if (self.cloudwatch is None) == (self.csv is None):
            message = "name exactly one of `cloudwatch` and `csv`"
            raise ValueError(message)
        return self
