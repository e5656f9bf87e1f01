# SPDX-License-Identifier: Apache-2.0
"""The object `cost-slo/doctor/v1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cost_slo.domain.doctor.finding import CheckResult, verdict, worst
from cost_slo.domain.doctor.run import NextRun
from cost_slo.domain.doctor.running_cost import RunningCost
from cost_slo.domain.money import plain
from cost_slo.domain.wording import iso

_SCHEMA = "cost-slo/doctor/v1"


def checkup_document(
    findings: Sequence[CheckResult],
    as_of: datetime,
    run: NextRun | None,
    costs: Sequence[RunningCost],
) -> dict[str, Any]:
    """The documented object; unknown values are null."""
    return {
        "schema": _SCHEMA,
        "as_of": iso(as_of),
        "state": worst(findings).word,
        "summary": verdict(findings),
        "findings": [
            {
                "check": each.check,
                "state": each.state.word,
                "says": each.says,
                "remedy": each.remedy or None,
            }
            for each in findings
        ],
        "next_run": _next_run(run) if run else None,
        "self_cost": [_self_cost(each) for each in costs],
    }


def _next_run(run: NextRun) -> dict[str, Any]:
    return {
        "requests": run.requests,
        "price": plain(run.price),
        "requests_month": run.made,
        "requests_cap": run.cap,
    }


def _self_cost(cost: RunningCost) -> dict[str, Any]:
    return {
        "scope": cost.scope,
        "deployments": cost.deployments,
        "requests_month": cost.requests,
        "currency": "USD",
        "total": plain(cost.total),
        "items": {name: plain(amount) for name, amount in cost.items.items()},
    }
