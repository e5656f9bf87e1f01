# SPDX-License-Identifier: Apache-2.0
"""What changed by how much, as a table?"""

from __future__ import annotations

from collections.abc import Sequence

from cost_slo.domain.alerts.alert import compared
from cost_slo.domain.drivers.movers import Mover, Movers
from cost_slo.domain.postmortem.facts import drivers as movement
from cost_slo.domain.postmortem.facts.claim import MEASURED, Claim
from cost_slo.domain.postmortem.facts.fact import Fact
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.saying import measured
from cost_slo.domain.wording import change, markdown


def driver_table(facts: Findings) -> list[Claim]:
    """What is compared, then a row for each driver, the rest and the total; nothing without any."""
    known = facts.onset
    if known.parts is None:
        return []
    return [
        measured(facts, known, f"What changed, {compared(known.parts)}:"),
        *(_row(mover, facts) for mover in known.parts.movers),
        _rest(facts, known.parts),
        _total(facts, known.parts),
    ]


def _row(mover: Mover, facts: Findings) -> Claim:
    known = facts.onset
    amounts = (known.money(mover.before), known.money(mover.after))
    cells = (markdown(mover.service), *amounts, change(mover.change, known.currency), mover.kind)
    return _cells(cells, movement.moved(facts, known, mover))


def _rest(facts: Findings, movers: Movers) -> Claim:
    rest = change(movers.rest, facts.onset.currency)
    return _cells(("everything else", "", "", rest, ""), movement.rest(facts, facts.onset))


def _total(facts: Findings, movers: Movers) -> Claim:
    known = facts.onset
    amounts = (known.money(movers.total_before), known.money(movers.total_after))
    cells = ("**total**", *amounts, change(movers.change, known.currency), "")
    return _cells(cells, movement.total_change(facts, known))


def _cells(cells: Sequence[str], behind: Sequence[Fact]) -> Claim:
    row = f"| {' | '.join(cells)} |".replace("|  |", "| |").replace("|  |", "| |")
    return Claim(row, MEASURED, tuple(behind))
