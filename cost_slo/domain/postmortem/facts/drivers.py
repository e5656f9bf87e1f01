# SPDX-License-Identifier: Apache-2.0
"""Which facts stand behind what the drivers say?

As the decision recorded them: the ledger knows days, not segments or services.
"""

from __future__ import annotations

from cost_slo.domain.drivers.movers import Mover
from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.postmortem.facts.about_snapshot import sheet
from cost_slo.domain.postmortem.facts.fact import Fact, FactUnit
from cost_slo.domain.postmortem.facts.findings import Findings


def moved(facts: Findings, known: Snapshot, mover: Mover) -> list[Fact]:
    """What a driver cost before and after, and its change."""
    place = known.parts.movers.index(mover) if known.parts else 0
    of, path = sheet(facts, known), f"{_kept(known)}.movers.{place}"
    return [
        of.recorded(f"driver_{place}_before", f"{path}.before", mover.before),
        of.recorded(f"driver_{place}_after", f"{path}.after", mover.after),
        of.recorded(f"driver_{place}_change", f"{path}.change", mover.change, FactUnit.CHANGE),
    ]


def total_change(facts: Findings, known: Snapshot) -> list[Fact]:
    """What everything cost before and after, and the change of it all."""
    if known.parts is None:
        return []
    of, all_of_it = sheet(facts, known), known.parts
    return [
        of.recorded("before", f"{_kept(known)}.total_before", all_of_it.total_before),
        of.recorded("after", f"{_kept(known)}.total_after", all_of_it.total_after),
        of.recorded("change", f"{_kept(known)}.change", all_of_it.change, FactUnit.CHANGE),
    ]


def rest(facts: Findings, known: Snapshot) -> list[Fact]:
    """What is left of the change after the listed drivers."""
    if known.parts is None:
        return []
    listed = [moved(facts, known, mover)[-1] for mover in known.parts.movers]
    text = " - ".join(f"{{{place}}}" for place in range(len(listed) + 1))
    needs = [total_change(facts, known)[-1], *listed]
    return [sheet(facts, known).computed("rest", text, known.parts.rest, needs, FactUnit.CHANGE)]


def _kept(known: Snapshot) -> str:
    """Where the decision's record has its `parts`."""
    return "segments" if known.segments else "drivers"
