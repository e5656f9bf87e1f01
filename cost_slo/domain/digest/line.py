# SPDX-License-Identifier: Apache-2.0
"""One SLO of the daily digest, in a line.

>>> burn_ends([Burn("1d", 6.84), Burn("3d", 4.0), Burn("7d", 1.75)])
'6.8x (1d) 1.8x (7d)'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cost_slo.domain.burn.budget import BudgetState, ErrorBudget
from cost_slo.domain.burn.rates import Burn
from cost_slo.domain.digest.digest import BLIND, Digest, DigestEntry
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.spec.document import UnitObjective
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import day, money, month_name, one_line, percent, times, unit_price

# A no-break space.
UNBROKEN = "\u00a0"


def slo_line(entry: DigestEntry, digest: Digest) -> str:
    """Movement, name, and the figures or why there are none; `UNBROKEN` within a figure."""
    decision, figures = entry.now.decision, entry.now.figures
    known = f"{entry.movement}  {entry.now.slo.name}"
    if entry.is_blind or figures is None:
        verdict = decision.verdict.replace("_", " ")
        return f"{known}: {verdict}: {one_line(decision.reason)}{_was(entry)}"
    over = "over its objective" if decision.verdict is Verdict.EXHAUSTED else ""
    said = (
        over,
        _unit(entry, figures, digest.currency),
        f"pace {times(figures.pace)}" if figures.pace is not None else "pace not known",
        f"burn {burn_ends(figures.burns)}",
        *_budget(figures, digest.currency, is_calm=not entry.is_alarming),
        _own_age(figures, digest),
    )
    kept = (part.replace(" ", UNBROKEN) for part in said if part)
    return f"{known}: {', '.join(kept)}"


def _was(entry: DigestEntry) -> str:
    """The last verdict of an SLO that can no longer be judged, so that silence is not calm."""
    before = entry.before.decision if entry.before else None
    if before is None or before.verdict in BLIND:
        return ""
    said = before.verdict if before.severity is Severity.NONE else before.severity
    return f" (was {said})"


def _unit(entry: DigestEntry, figures: Figures, currency: str) -> str:
    objective, units = entry.now.slo.objective, figures.unit
    if units is None or units.month.ratio is None or not isinstance(objective, UnitObjective):
        return ""
    ratio, allowed = (unit_price(it, currency) for it in (units.month.ratio, objective.per_unit))
    return f"{ratio} of {allowed} a {one_line(objective.unit)}"


def burn_ends(burns: Sequence[Burn]) -> str:
    """The burn over the shortest and the longest look-back."""
    if not burns:
        return "not known"
    ends = dict.fromkeys((burns[0], burns[-1]))
    return " ".join(f"{times(it.rate)} ({it.window})" for it in ends)


def _budget(figures: Figures, currency: str, *, is_calm: bool) -> Iterable[str]:
    """What is left and until when; `lasts the month` is not said of a calm SLO."""
    budget = figures.budget
    if budget is None:
        yield "budget not known"
        return
    yield left_of(budget, currency)
    if budget.state is BudgetState.INFEASIBLE:
        yield "normal spend already exceeds the objective"
    if figures.exhausts_on:
        yield f"runs out on {figures.exhausts_on.day} {month_name(figures.exhausts_on)}"
    elif figures.unit is None and budget.remaining > 0 and not is_calm:
        yield "lasts the month"


def left_of(budget: ErrorBudget, currency: str) -> str:
    """The remaining budget in money and percent, or the overspend."""
    left = budget.remaining
    if left < 0:
        used = percent(1 - budget.remaining_ratio)
        return f"overspent by {money(-left, currency)} ({used} used)"
    return f"{money(left, currency)} ({percent(budget.remaining_ratio)}) left"


def _own_age(figures: Figures, digest: Digest) -> str:
    """The last day of the data, if it is older than that of other SLOs."""
    if figures.data_through == digest.data_through:
        return ""
    return f"data only through {day(figures.data_through - DAY)}"
