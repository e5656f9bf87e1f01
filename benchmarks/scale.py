# SPDX-License-Identifier: Apache-2.0
"""How long does judging many SLOs take, and how much memory?

    python -m benchmarks.scale [--slos 100 1000 10000] [--record]

Each SLO has 128 days of a noisy week in the ledger (98 before the month, 30 in it), all held in
memory at once, and is judged once by `assess()`: plan, noise, budget, burn, forecast, decision.
Seconds are of the processor, one core; making the data is not
timed; `series` is the reading of the ledger's rows into a series. Each
size runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from benchmarks.results import heading, record, table
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.plan.series import series_of
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import assess

HISTORY, MONTH = 98, 30
END = date(2026, 5, 1)
DAYS = tuple(END - (HISTORY + MONTH - number) * DAY for number in range(HISTORY + MONTH))
AS_OF = midnight(END) + timedelta(hours=30)
WEEK = (1.0, 1.0, 1.0, 1.0, 1.0, 0.7, 0.7)
GOAL_SECONDS, GOAL_MB = 5.0, 1000.0


@dataclass(frozen=True)
class Measured:
    """What judging so many SLOs took; memory is the peak of the whole process."""

    slos: int
    series_seconds: float
    assess_seconds: float
    peak_mb: float
    alarms: int

    @property
    def row(self) -> tuple[str, ...]:
        total = self.series_seconds + self.assess_seconds
        return (
            f"{self.slos:,}",
            f"{self.series_seconds:.2f}",
            f"{self.assess_seconds:.2f}",
            f"{total:.2f}",
            f"{1000 * total / self.slos:.3f}",
            f"{self.peak_mb:.0f}",
            f"{self.alarms:,}",
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slos", type=int, nargs="+", default=[100, 1_000, 10_000])
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    with ProcessPoolExecutor(1, max_tasks_per_child=1) as pool:
        found = list(pool.map(measure, chosen.slos))
    lines = [*heading("scale", "Scale"), *_report(found)]
    print("\n".join(lines))
    if chosen.record:
        record("scale", lines)


def measure(count: int) -> Measured:
    """Judge so many SLOs once."""
    policy = load_policy("default", base=Path())
    ledgers = [(_slo(number), _ledger(number)) for number in range(count)]
    start = time.process_time()
    through = END, END - DAY
    known = [(slo, series_of(rows, *through)) for slo, rows in ledgers]
    read = time.process_time()
    said = [assess(slo, days, policy, currency="USD", as_of=AS_OF) for slo, days in known]
    judged = time.process_time()
    assert all(found.figures and found.figures.plan_basis == "learned" for found in said)
    return Measured(
        slos=count,
        series_seconds=read - start,
        assess_seconds=judged - read,
        peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        alarms=sum(found.decision.severity.rank > 0 for found in said),
    )


def _slo(number: int) -> Slo:
    return Slo(
        name=f"slo-{number}",
        product="product",
        owner="platform",
        objective=MonthlyObjective(monthly=Decimal(30_000)),
    )


def _ledger(number: int) -> Sequence[Observation]:
    random = Random(number)
    noise = random.uniform(0.015, 0.06)
    return tuple(
        Observation(
            series=f"slo-{number}",
            day=day,
            usage=Decimal(f"{1000 * WEEK[day.weekday()] * random.gauss(1, noise):.6f}"),
            lumps=Decimal(2_000) if day.day == 1 else ZERO,
            credits=ZERO,
            units=None,
            estimated=False,
            observed_at=midnight(day) + timedelta(hours=42),
            revision=1,
        )
        for day in DAYS
    )


def _report(found: Sequence[Measured]) -> list[str]:
    largest, smallest = found[-1], found[0]
    seconds = largest.series_seconds + largest.assess_seconds
    each = [(one.series_seconds + one.assess_seconds) / one.slos for one in (largest, smallest)]
    goal = f"Goal for 10,000 SLOs: {GOAL_SECONDS:g} s and {GOAL_MB:g} MB"
    return [
        *table(
            ("SLOs", "series s", "assess s", "total s", "ms an SLO", "peak MB", "alarms"),
            (one.row for one in found),
        ),
        (
            f"{goal}; {largest.slos:,} took {seconds:.2f} s and {largest.peak_mb:.0f} MB. An SLO "
            f"of {largest.slos:,} costs {each[0] / each[1]:.2f} times one of {smallest.slos:,}."
        ),
        "",
    ]


if __name__ == "__main__":
    main()
