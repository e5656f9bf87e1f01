# SPDX-License-Identifier: Apache-2.0
"""Checks of the data's age and of the next evaluation's cost."""

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

# Newer charges are expected within 48 hours of the last charge day, as in the default policy.
FRESH = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class NextRun:
    """Requests of the next evaluation; `made` and `cap` count those of its month."""

    requests: int
    month: date
    made: int
    cap: int

    @property
    def price(self) -> Decimal:
        """In USD, if each answer has one page."""
        return self.requests * REQUEST_PRICE


def freshness(
    check: str, newest: Mapping[str, date | None], as_of: datetime
) -> Iterator[CheckResult]:
    """Whether the ledger is up to date; `newest` is the last charge day by SLO."""
    known = [on for on in newest.values() if on is not None]
    if not known:
        yield not_checked(check, "no charge days recorded yet", "evaluate once: cost-slo evaluate")
        return
    last = max(known)
    if as_of - midnight(last + DAY) > FRESH:
        yield warn(
            check,
            f"the last charge day in the ledger is {day(last)}, as of {day(as_of.date())}",
            "check that evaluations still run: look at the alarms and the log",
        )
    else:
        yield ok(check, f"the last charge day in the ledger is {day(last)}")
    if missing := [name for name, on in newest.items() if on is None]:
        yield warn(
            check,
            f"no charges yet in the scope of {', '.join(missing)}",
            "unless it is new, compare the spelling of its scope with the bill's: "
            "`cost-slo explain --costs ce:` shows the values",
        )


def next_run(check: str, run: NextRun) -> CheckResult:
    """The price of the next evaluation, and whether the month's cap allows it."""
    planned = f"{count(run.requests, 'request')}, {money(run.price, 'USD')}"
    month_so_far = f"{run.made} of {run.cap} allowed requests made in {month(run.month)}"
    says = f"the next evaluation makes {planned}; {month_so_far}"
    if run.made + run.requests > run.cap:
        remedy = "raise COST_SLO_CE_MONTHLY_CAP (context ce_monthly_cap), or evaluate an export"
        return fail(check, says, remedy)
    return ok(check, f"{says}; plus up to two per alerting SLO for drivers")


def self_cost(
    check: str, costs: Sequence[RunningCost], runs: int, cap: int
) -> Iterator[CheckResult]:
    """The monthly cost of each kind of deployment; `cap` limits one deployment's requests."""
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
    yield ok(check, f"basis of the estimate: {how(runs)}")
