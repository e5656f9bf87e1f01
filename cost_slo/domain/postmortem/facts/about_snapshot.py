# SPDX-License-Identifier: Apache-2.0
"""How is a fact about one snapshot made?

By the part its snapshot plays, which begins the ids of its facts: recorded by the decision, summed
from the ledger, or computed from others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from cost_slo.domain.evidence.snapshot import Snapshot
from cost_slo.domain.exact import rounded
from cost_slo.domain.money import plain
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.postmortem.facts.fact import Fact, FactUnit, Formula, LedgerQuery, RecordQuery
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.facts.formula import STEP


@dataclass(frozen=True, slots=True)
class Sheet:
    """The facts of a snapshot that plays a part in the narrative."""

    known: Snapshot
    part: str

    def recorded(
        self, name: str, path: str, value: Decimal | float | str, unit: FactUnit = FactUnit.MONEY
    ) -> Fact:
        """A value as the decision recorded it."""
        written = plain(value) if isinstance(value, Decimal) else str(value)
        return Fact(f"{self.part}_{name}", written, unit, RecordQuery(self.known.event, path))

    def query(
        self, field: str, days: Period | None, at: datetime | None = None
    ) -> LedgerQuery | None:
        """A sum over days of the ledger; None where the snapshot does not name its series."""
        series = next((item.series for item in self.known.evidence if item.series), "")
        if not series or days is None:
            return None
        return LedgerQuery(series, days.start, days.end - DAY, field, at or self.known.as_of)

    def summed(self, fact: Fact, field: str, days: Period | None) -> Fact:
        """A recorded fact, summed from the ledger instead where that can be."""
        query = self.query(field, days)
        return fact if query is None else replace(fact, query=query)

    def computed(
        self,
        name: str,
        text: str,
        value: Decimal,
        needs: list[Fact],
        unit: FactUnit = FactUnit.MONEY,
    ) -> Fact:
        """A value computed from others, which stand in the text as {0}, {1} and so on."""
        query = Formula(text.format(*(need.id for need in needs)))
        written = plain(rounded(value, STEP))
        return Fact(f"{self.part}_{name}", written, unit, query, tuple(needs))


def sheet(facts: Findings, known: Snapshot) -> Sheet:
    """The sheet of a quoted snapshot, under the first part it plays."""
    part = next(name for name, quoted in facts.quoted.items() if quoted == known)
    return Sheet(known, part)
