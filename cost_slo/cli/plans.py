# SPDX-License-Identifier: Apache-2.0
"""The Cost Explorer requests of a run and their price, for a dry run."""

from __future__ import annotations

from typing import Any

from cost_slo.cli.tables import console
from cost_slo.domain.money import plain
from cost_slo.domain.wording import count, money
from cost_slo.wiring.request_plan import Planned

_SCHEMA = "cost-slo/plan/v1"


def print_plan(planned: Planned) -> None:
    """Print each request with the SLOs that need it, and the price of all."""
    say, plan = console().print, planned.plan
    say("Dry run: no requests made. A real run would send:")
    for number, query in enumerate(plan.queries, start=1):
        say(f"{number}. {query.words}", soft_wrap=True)
        served = ", ".join(plan.served_by(query))
        say(f"   for {served or 'the last charge day of the account'}", soft_wrap=True)
    for name, error in plan.refused.items():
        say(f"{name} is skipped: {error}", soft_wrap=True)
    if planned.forecasts:
        say(f"plus {count(planned.forecasts, 'AWS forecast')}, one per monthly objective")
    asked = f"{count(planned.requests, 'request')}, {money(planned.price, 'USD')}"
    say(f"In all {asked}, plus up to two per alerting SLO for drivers, and one per further page.")
    say(f"{planned.made} of {planned.cap} allowed requests made in {planned.month:%B %Y}.")


def plan_document(planned: Planned) -> dict[str, Any]:
    """The object `cost-slo/plan/v1`."""
    plan = planned.plan
    return {
        "schema": _SCHEMA,
        "requests": [
            {"request": query.request, "says": query.words, "slos": list(plan.served_by(query))}
            for query in plan.queries
        ],
        "forecasts": planned.forecasts,
        "price": plain(planned.price),
        "requests_month": planned.made,
        "requests_cap": planned.cap,
        "errors": [{"slo": name, "error": str(error)} for name, error in plan.refused.items()],
    }
