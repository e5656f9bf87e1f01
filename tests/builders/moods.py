# SPDX-License-Identifier: Apache-2.0
"""Six SLOs in all moods, evaluated to 10 September 2026, and the digests of those mornings."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from cost_slo.domain.digest.digest import Digest
from cost_slo.use_cases.digest import Desk, Sent, daily_digest, send_digest
from tests.builders.readings import Days, each_day, monthly, morning, per_request, units
from tests.worlds.rig import Rig

AUGUST = date(2026, 8, 1)
SLOS = (
    monthly("calm", plan="learned"),
    monthly("uneasy", plan="learned"),
    monthly("runaway", 1000, plan="learned"),
    monthly("spent", 200, plan="learned"),
    monthly("misspelt"),
    monthly("halted"),
    per_request("api"),
)
LAST_OF_THE_HALTED = 7


def spend(last: int) -> dict[str, Days]:
    """What each SLO was charged to a day of September: some rise from the 7th or 8th on."""
    first, usual = AUGUST, each_day(AUGUST, date(2026, 9, last), 5)
    rising = {day: usd * (1 if day < date(2026, 9, 8) else 3) for day, usd in usual.items()}
    runaway = {day: usd * (4 if day < date(2026, 9, 7) else 30) for day, usd in usual.items()}
    spent = usual | {date(2026, 9, 5): Decimal(190)}
    return {
        "calm": usual,
        "uneasy": rising,
        "runaway": runaway,
        "spent": spent,
        "misspelt": {},
        "halted": each_day(first, date(2026, 9, last), 7),
        "api": usual,
    }


def rig_to(day: int) -> Rig:
    """A rig in which every morning from the 5th to a day was evaluated.

    The bill of the one halted is refused from the 8th on.
    """
    rig = Rig(*SLOS)
    for last in range(4, day):
        if last >= LAST_OF_THE_HALTED:
            rig.costs.unanswerable = {"halted"}
        counted = dict.fromkeys(each_day(AUGUST, date(2026, 9, last), 1), Decimal(1000))
        rig.units.readings = {"api": units(counted)}
        rig.run(spend(last), last + 1)
    return rig


def desk(rig: Rig) -> Desk:
    """The rig's own, without its bill."""
    monitor = rig.monitor
    return Desk(monitor.specs, monitor.policy, monitor.store, monitor.notifier)


def later(day: int) -> datetime:
    """When digests are made: half past six."""
    return morning(day).replace(minute=30)


def digest(rig: Rig, day: int) -> Digest:
    """The digest of a morning."""
    return daily_digest(desk(rig), later(day))


def sent(rig: Rig, days: Iterable[int]) -> list[Sent]:
    """The digests of some mornings, each made and sent."""
    return [send_digest(desk(rig), digest(rig, day)) for day in days]
