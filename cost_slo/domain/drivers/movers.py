# SPDX-License-Identifier: Apache-2.0
"""What changed, in dollars?

Spend by service in a window against a baseline. A baseline of another length is scaled to the
window's days. The listed movers and *everything else* add up to the whole change, exactly.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from cost_slo.domain.exact import difference, total
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import Period
from cost_slo.domain.scale import scaled
from cost_slo.domain.spend.cube import Where
from cost_slo.domain.spend.reading import DailySpend

MOST_MOVERS = 5
_NOTABLE_SHARE = Decimal("0.01")


class MoverKind(StrEnum):
    NEW = "new"
    GONE = "gone"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Mover:
    """What one service, or one segment, cost in the baseline and in the window.

    A segment's name is in `service`, and `where` gives its dimensions and values.
    """

    service: str
    before: Decimal
    after: Decimal
    change: Decimal
    kind: MoverKind
    where: Where = ()


@dataclass(frozen=True, slots=True)
class Movers:
    """The largest changes first; `change` = sum of the movers' changes + `rest`."""

    window: Period
    baseline: Period
    total_before: Decimal
    total_after: Decimal
    change: Decimal
    movers: tuple[Mover, ...]
    rest: Decimal


def top_movers(
    current: Sequence[DailySpend], window: Period, *, baseline: Period, limit: int = MOST_MOVERS
) -> Movers:
    """The services whose spend changed most; equal changes are ordered by name."""
    after = _by_service(current, window)
    before = _by_service(current, baseline)
    before = dict(zip(before, scaled([*before.values()], window.days, baseline.days), strict=True))
    moved = sorted(_moves(before, after), key=lambda mover: (-abs(mover.change), mover.service))
    listed = tuple(moved[:limit])
    total_before, total_after = total(before.values()), total(after.values())
    change = difference(total_after, total_before)
    rest = difference(change, total(mover.change for mover in listed))
    return Movers(window, baseline, total_before, total_after, change, listed, rest)


def notable_movers(movers: Movers) -> Movers:
    """The same change, with movers too small to matter counted in `rest`."""
    gross = total(abs(mover.change) for mover in movers.movers)
    kept = tuple(mover for mover in movers.movers if abs(mover.change) >= gross * _NOTABLE_SHARE)
    rest = difference(movers.change, total(mover.change for mover in kept))
    return replace(movers, movers=kept, rest=rest)


def _by_service(spend: Iterable[DailySpend], period: Period) -> dict[str, Decimal]:
    charged: defaultdict[str, list[Decimal]] = defaultdict(list)
    for row in spend:
        if row.day in period:
            charged[row.service].append(row.total)
    return {service: total(amounts) for service, amounts in charged.items()}


def _moves(before: Mapping[str, Decimal], after: Mapping[str, Decimal]) -> list[Mover]:
    services = sorted({*before, *after})
    pairs = ((service, before.get(service, ZERO), after.get(service, ZERO)) for service in services)
    return [
        Mover(name, old, new, difference(new, old), _kind(old, new))
        for name, old, new in pairs
        if old != new
    ]


def _kind(before: Decimal, after: Decimal) -> MoverKind:
    if before == 0:
        return MoverKind.NEW
    if after == 0:
        return MoverKind.GONE
    return MoverKind.UP if after > before else MoverKind.DOWN
