# SPDX-License-Identifier: Apache-2.0
"""What would be asked of Cost Explorer, and for how much?"""

from __future__ import annotations

from typing import Any

from cost_slo.cli.tables import console
from cost_slo.domain.money import plain
from cost_slo.domain.wording import count, money
from cost_slo.wiring.request_plan import Planned

_SCHEMA = "cost-slo/plan/v1"


def print_plan(planned: Planned) -> None:
    """A line a request, whom it serves, and the price of all."""
    say, plan = console().print, planned.plan
    say("A dry run asks Cost Explorer nothing. An evaluation would ask:")
    for number, query in enumerate(plan.queries, start=1):
        say(f"{number}. {query.words}", soft_wrap=True)
        served = ", ".join(plan.served_by(query))
        say(f"   for {served or 'how far the charges of the account reach'}", soft_wrap=True)
    for name, error in plan.refused.items():
        say(f"{name} is not asked for: {error}", soft_wrap=True)
    if planned.forecasts:
        say(f"And {count(planned.forecasts, 'forecast')} of AWS's, one for each monthly objective.")
    asked = f"{count(planned.requests, 'request')}, {money(planned.price, 'USD')}"
    say(f"{asked}; each further page of an answer is one more.")
    say("An SLO that calls asks two more at most, for what changed.")
    made = f"{planned.made} made in {planned.month:%B %Y}"
    say(f"{made}, of a cap of {planned.cap}.")


def plan_document(planned: Planned) -> dict[str, Any]:
    """The same for a machine: `cost-slo/plan/v1`."""
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
