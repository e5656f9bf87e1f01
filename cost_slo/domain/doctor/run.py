# SPDX-License-Identifier: Apache-2.0
"""How fresh is what is known, and what does the next evaluation cost?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from cost_slo.domain.doctor.finding import CheckResult, fail, not_checked, ok, warn
from cost_slo.domain.doctor.running_cost import DAYS, RunningCost, how
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.wording import count, day, money, month

# So long after its last charged day a bill is expected to go on, as in the default policy.
FRESH = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class NextRun:
    """What an evaluation would ask of Cost Explorer, and its month's requests so far."""

    requests: int
    month: date
    made: int
    cap: int

    @property
    def price(self) -> Decimal:
        """Where each answer fits on one page, USD."""
        return self.requests * REQUEST_PRICE


def freshness(
    check: str, newest: Mapping[str, date | None], as_of: datetime
) -> Iterator[CheckResult]:
    """How far the ledger reaches, by SLO: its newest charged day."""
    known = [on for on in newest.values() if on is not None]
    if not known:
        yield not_checked(check, "no charged day is known yet", "evaluate once: cost-slo evaluate")
        return
    last = max(known)
    if as_of - midnight(last + DAY) > FRESH:
        yield warn(
            check,
            f"the newest charged day in the ledger is {day(last)}, as of {day(as_of.date())}",
            "is the evaluation still run? look at its alarms and its log",
        )
    else:
        yield ok(check, f"the newest charged day in the ledger is {day(last)}")
    if missing := [name for name, on in newest.items() if on is None]:
        yield warn(
            check,
            f"nothing was ever charged to {', '.join(missing)}",
            "is it new, or is its scope spelled otherwise than in the bill? "
            "`cost-slo explain --costs ce:` tells the values",
        )


def next_run(check: str, run: NextRun) -> CheckResult:
    """The price of the next evaluation, against the month's cap."""
    asked = f"{count(run.requests, 'request')}, {money(run.price, 'USD')}"
    month_so_far = f"{run.made} made in {month(run.month)}, of a cap of {run.cap}"
    says = f"the next evaluation asks {asked}; {month_so_far}"
    if run.made + run.requests > run.cap:
        remedy = "raise COST_SLO_CE_MONTHLY_CAP (context ce_monthly_cap), or evaluate an export"
        return fail(check, says, remedy)
    return ok(check, f"{says}; an SLO that calls asks two more at most")


def self_cost(
    check: str, costs: Sequence[RunningCost], runs: int, cap: int
) -> Iterator[CheckResult]:
    """What each way to deploy costs in a month; `cap` is of each deployment's paid requests."""
    for cost in costs:
        parts = ", ".join(f"{name} ${amount}" for name, amount in cost.items.items())
        where = count(cost.deployments, "deployment")
        daily = count(cost.requests // DAYS, "paid request")
        says = f"scope {cost.scope}, {where}, {daily} a day: about ${cost.total} a month ({parts})"
        if cost.requests > cap * cost.deployments:
            remedy = "evaluate less often, or raise the cap: COST_SLO_CE_MONTHLY_CAP"
            yield warn(check, f"{says}; more requests than the cap of {cap} allows", remedy)
        else:
            yield ok(check, says)
    yield ok(check, f"how that is computed: {how(runs)}")
