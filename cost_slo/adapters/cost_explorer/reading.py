# SPDX-License-Identifier: Apache-2.0
"""The reading that the answers of a plan make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from cost_slo.adapters.cost_explorer.answers import Answered
from cost_slo.adapters.cost_explorer.attributes import SINCE
from cost_slo.adapters.cost_explorer.paid import dollars
from cost_slo.adapters.cost_explorer.plan import RequestPlan
from cost_slo.adapters.cost_explorer.scope_notes import scope_notes
from cost_slo.adapters.cost_explorer.spending import (
    charge_count,
    charged_through,
    daily_spend,
    guesses,
    in_share,
)
from cost_slo.domain.errors import CostDataError, CostSloError
from cost_slo.domain.missing import Extras
from cost_slo.domain.request_price import REQUEST_PRICE
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading, DailySpend
from cost_slo.domain.wording import count


@dataclass(frozen=True, slots=True)
class Answers:
    """The answer or error of each query of a plan, by its place; `made` counts paid requests."""

    plan: RequestPlan
    answers: Mapping[int, Answered]
    failed: Mapping[int, CostSloError]
    made: int

    @property
    def whole(self) -> tuple[Answered, ...]:
        """The answers about the whole account."""
        return tuple(each for each in self.answers.values() if not each.query.filter)


@dataclass(slots=True)
class _Spending:
    spend: dict[str, tuple[DailySpend, ...]] = field(default_factory=dict)
    failures: dict[str, CostSloError] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    counted: int = 0


def cost_reading(
    slos: Sequence[Slo], currency: str, read: Answers, open_from: Mapping[str, date]
) -> CostReading:
    """Daily spend of each SLO; an SLO whose query failed or cannot be asked is in `failures`."""
    found = _spending(slos, currency, read)
    rows = sum(len(answer.charged) for answer in read.answers.values())
    estimated = [each.estimated_from for each in read.whole if each.estimated_from]
    made = read.made
    return CostReading(
        charges=charge_count(read.whole[0], rows, found.counted),
        spend=found.spend,
        scopes={},
        charged_through=charged_through(read.whole),
        description=f"Cost Explorer, {count(made, 'request')} ({dollars(made)})",
        estimated_from=min(estimated, default=None),
        notes=(*_notes(slos, read.plan), *guesses(read.whole[0])),
        requests=made,
        request_cost=REQUEST_PRICE * made,
        covers_from={name: read.plan.starts(name) for name in open_from},
        by_service=False,
        failures=found.failures,
        scope_notes=found.notes,
    )


def _spending(slos: Sequence[Slo], currency: str, read: Answers) -> _Spending:
    found = _Spending(failures=dict(read.plan.refused))
    for slo in slos:
        share = read.plan.shares.get(slo.name)
        if share is None:
            if slo.name not in read.plan.refused:
                found.spend[slo.name] = ()
        elif share.query in read.failed:
            found.failures[slo.name] = read.failed[share.query]
        else:
            answer = read.answers[share.query]
            try:
                found.spend[slo.name] = daily_spend(slo, share, answer, currency)
            except CostDataError as error:
                found.failures[slo.name] = error
            else:
                found.counted += sum(1 for _ in in_share(slo, share, answer))
                said = partial(scope_notes, slo, share, answer)
                found.notes[slo.name] = Extras().get("what AWS has instead", said, ())
    return found


def _notes(slos: Sequence[Slo], plan: RequestPlan) -> list[str]:
    elsewhere = [
        f"{slo.name} counts no charge of AWS, and Cost Explorer knows no other."
        for slo in slos
        if slo.name not in plan.shares and slo.name not in plan.refused
    ]
    later = [
        f"{name} is not known before: {SINCE}."
        for name in plan.shares
        if plan.starts(name) > plan.period.start
    ]
    return elsewhere + later
