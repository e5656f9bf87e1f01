# SPDX-License-Identifier: Apache-2.0
"""What a burn ladder means, for people."""

from __future__ import annotations

from rich.text import Text

from cost_slo.cli.tables import console
from cost_slo.domain.explanation import hourly_rule_in_words, ladder_in_words, rule_in_words
from cost_slo.domain.ladder import Ladder
from cost_slo.domain.policy import Policy
from cost_slo.domain.spec import Slo

MONTH_DAYS = 30


def print_ladder(policy: Policy) -> None:
    """Each rule: factor, share of the budget gone when it fires, time to exhaustion."""
    out = console()
    out.print(Text(f"Policy {policy.name}, in a month of {MONTH_DAYS} days:", style="bold"))
    for rule in policy.rules:
        out.print(Text(f"  {rule_in_words(rule, MONTH_DAYS)}"))
    for hourly in policy.hourly_rules:
        out.print(Text(f"  {hourly_rule_in_words(hourly, MONTH_DAYS)}"))


def print_budget(slo: Slo, ladder: Ladder | None, currency: str) -> None:
    """What the bill's history leaves the SLO to burn."""
    words = (
        ladder_in_words(ladder.headroom, ladder.noise, currency)
        if ladder
        else "no charge in scope, or too little history, to tell its error budget"
    )
    console().print(Text.assemble((slo.name, "bold"), f": {words}"))
