# SPDX-License-Identifier: Apache-2.0
"""A burn-rate ladder explained, for people."""

from __future__ import annotations

from rich import box
from rich.table import Table
from rich.text import Text

from cost_slo.cli.tables import console
from cost_slo.domain.burn.ladder import Ladder
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.sentences import (
    gates_in_words,
    hourly_rule_in_words,
    ladder_in_words,
    rule_in_words,
)
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.verdict.calibration import (
    Calibration,
    calibration_in_words,
    rate_in_words,
    true_pages_in_words,
)
from cost_slo.domain.wording import count, day

_MONTH_DAYS = 30


def print_ladder(policy: Policy) -> None:
    """Print each rule: factor, share of the budget used when it fires, time to exhaustion."""
    out = console()
    out.print(Text(f"Policy {policy.name}, in a month of {_MONTH_DAYS} days:", style="bold"))
    for rule in policy.rules:
        out.print(Text(f"  {rule_in_words(rule, _MONTH_DAYS)}"))
    for hourly in policy.hourly_rules:
        out.print(Text(f"  {hourly_rule_in_words(hourly, _MONTH_DAYS)}"))


def print_budget(slo: Slo, ladder: Ladder | None, currency: str) -> None:
    """Print the SLO's error budget and noise, from the bill's history."""
    words = (
        ladder_in_words(ladder.headroom, ladder.noise, currency)
        if ladder
        else "no charges in scope, or too little history to compute the error budget"
    )
    console().print(Text.assemble((slo.name, "bold"), f": {words}"))


def print_calibration(slo: Slo, found: Calibration | None, policy: Policy) -> None:
    """Print the pages of the SLO's past months at each strictness, and the chosen gates."""
    out = console()
    rate = slo.tolerated_false_pages
    stated = rate_in_words(rate) if rate else "not set (`tolerated_false_pages`)"
    out.print(Text.assemble((slo.name, "bold"), f": tolerated false pages: {stated}"))
    if found is None:
        out.print("  no charges match this scope, so there is nothing to replay")
        return
    if found.months:
        out.print(_trials(found))
    for line in filter(None, (true_pages_in_words(found), calibration_in_words(found))):
        out.print(Text(f"  {line}"))
    if found.chosen.strictness > 1:
        for rule in policy.stricter(found.chosen.strictness).rules:
            if rule.severity >= Severity.PAGE:
                out.print(Text(f"  {gates_in_words(rule)}"))


def _trials(found: Calibration) -> Table:
    months = count(len(found.months), "month")
    rows = Table(
        "Gates", f"False pages in {months}", "First days", box=box.SIMPLE_HEAD, show_edge=False
    )
    for trial in found.trials:
        chosen = " (chosen)" if found.tolerated and trial is found.chosen else ""
        first_days = ", ".join(map(day, trial.pages)) or "-"
        rows.add_row(f"x{trial.strictness:g}{chosen}", str(len(trial.pages)), first_days)
    return rows
