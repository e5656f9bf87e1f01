# SPDX-License-Identifier: Apache-2.0
"""How far off is the month-end forecast, and how often does its interval hold?

    python -m benchmarks.forecast [--months 120] [--seeds 2 3 4] [--record]

Each case has 91 days of history and a month; the forecast is that of `assess()` after 1, 5, 10,
15, 20 and 25 elapsed days, held against the month's total. Two generators make the months: the
detection benchmark's, where it is at hand (`../shared/bench/detection.py`), and a plain one of
our own. `usage` leaves fees out, on both sides; `bill` has them, labelled as fees are.
Constants were chosen on seeds 101 and 102.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from random import Random
from statistics import fmean
from typing import Any

from benchmarks.results import heading, record, table
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.money import ZERO
from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import MonthlyObjective, Slo
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import assess

HISTORY = 91
ORIGINS = (1, 5, 10, 15, 20, 25)
MONTH = Month.containing(date(2026, 4, 1))
FIRST = MONTH.start - HISTORY * DAY
GENERATOR = Path(__file__).resolve().parents[2] / "shared/bench/detection.py"
SLO = Slo(
    name="all",
    product="all",
    owner="team",
    objective=MonthlyObjective(monthly=Decimal(10**9)),
)
HEADER = (
    "months, forecast",
    "error",
    f"after {' '.join(map(str, ORIGINS))} days, %",
    "80 % interval holds",
    "its width",
)
GOALS = (
    "Goals, on the usage of the std months: at most 2.0 %, 3.2 % after one day; the interval "
    "holds 77 to 87 %."
)
POLICY = load_policy("default", base=Path())


@dataclass(frozen=True)
class Case:
    """Usage and fees of each day from FIRST to the month's end."""

    usage: tuple[float, ...]
    fees: tuple[float, ...]

    @property
    def without_fees(self) -> Case:
        return replace(self, fees=(0.0,) * len(self.usage))

    def total(self, first: int, end: int) -> float:
        return sum(self.usage[first:end]) + sum(self.fees[first:end])


def shared_cases(module: Any, months: int, seed: int, regime: str) -> Iterator[Case]:  # noqa: ANN401
    """The detection benchmark's clean months, once everything has arrived."""
    import numpy as np  # noqa: PLC0415  only where the shared generator is

    for trial in range(months):
        rng = np.random.default_rng(seed * 1_000_000 + trial)
        _, _, visible, _ = module.series(rng, regime, None)
        usage, lumps = (hours.reshape(-1, 24).sum(1) for hours in visible(2e9))
        days = HISTORY + MONTH.days
        yield Case(tuple(map(float, usage[-days:])), tuple(map(float, lumps[-days:].clip(0))))


def own_cases(months: int, seed: int) -> Iterator[Case]:
    for trial in range(months):
        yield _own_case(Random(f"forecast {seed} {trial}"))


def _own_case(random: Random) -> Case:
    """A level that grows and wanders, quiet weekends, noise with a memory, fees on the 1st."""
    weekend, growth = random.uniform(0.4, 1.0), random.gauss(0.02, 0.03) / 30
    wander, noise = random.uniform(0, 0.006), random.uniform(0.01, 0.06)
    monthly_batch = random.uniform(0.5, 3.0) if random.random() < 0.2 else 0.0
    fee = random.uniform(1, 9)
    level, memory = 0.0, 0.0
    usage, fees = [], []
    for offset in range(HISTORY + MONTH.days):
        day = FIRST + offset * DAY
        level += growth + random.gauss(0, wander)
        memory = 0.4 * memory + random.gauss(0, noise)
        week = weekend if day.weekday() >= 5 else 1.0
        batch = monthly_batch if day.day == 1 else 0.0
        usage.append(1000 * (week * math.exp(level + memory) + batch))
        fees.append(1000 * fee if day.day == 1 else 0.0)
    return Case(tuple(usage), tuple(fees))


def ours(case: Case, elapsed: int) -> Forecast:
    """The production forecast, from all that was charged by then."""
    observed = {}
    for offset in range(HISTORY + elapsed):
        day = FIRST + offset * DAY
        observed[day] = Observation(
            series="",
            day=day,
            usage=Decimal(f"{case.usage[offset]:.6f}"),
            lumps=Decimal(f"{case.fees[offset]:.6f}"),
            credits=ZERO,
            units=None,
            estimated=False,
            observed_at=midnight(day + DAY),
            revision=1,
        )
    before = {day: seen for day, seen in observed.items() if day < MONTH.start}
    end = MONTH.start + elapsed * DAY
    series = SpendSeries(observed, before, end, end, MONTH)
    judged = assess(SLO, series, POLICY, currency="USD", as_of=midnight(end + DAY))
    assert judged.figures is not None
    return judged.figures.forecast


def run_rate(case: Case, elapsed: int) -> float:
    return case.total(HISTORY, HISTORY + elapsed) * MONTH.days / elapsed


def mean_of_28_days(case: Case, elapsed: int) -> float:
    now = HISTORY + elapsed
    return case.total(HISTORY, now) + case.total(now - 28, now) / 28 * (MONTH.days - elapsed)


NAIVE: Mapping[str, Callable[[Case, int], float]] = {
    "run rate": run_rate,
    "mean of 28 days": mean_of_28_days,
}


def measure(name: str, cases: Sequence[Case]) -> Iterator[list[str]]:
    for method, forecast in NAIVE.items():
        errors = [[_error(forecast(case, elapsed), case) for case in cases] for elapsed in ORIGINS]
        yield [f"{name}, {method}", *_means(errors), "", ""]
    seen = [[(ours(case, elapsed), case) for case in cases] for elapsed in ORIGINS]
    errors = [[_error(float(outlook.month_end), case) for outlook, case in row] for row in seen]
    held = [fmean(_holds(*pair) for pair in pairs) for pairs in seen]
    width = fmean(_width(*pair) for pairs in seen for pair in pairs)
    by_origin = " ".join(f"{100 * share:.0f}" for share in held)
    coverage = f"{fmean(held):.1%}: {by_origin}"
    yield [f"{name}, **cost-slo**", *_means(errors), coverage, f"{width:.1%}"]


def _error(forecast: float, case: Case) -> float:
    actual = case.total(HISTORY, len(case.usage))
    return abs(forecast - actual) / actual


def _holds(outlook: Forecast, case: Case) -> bool:
    if outlook.low is None or outlook.high is None:
        return False
    return float(outlook.low) <= case.total(HISTORY, len(case.usage)) <= float(outlook.high)


def _width(outlook: Forecast, case: Case) -> float:
    if outlook.low is None or outlook.high is None:
        return 0.0
    return float(outlook.high - outlook.low) / case.total(HISTORY, len(case.usage))


def _means(errors: Sequence[Sequence[float]]) -> list[str]:
    means = [fmean(row) for row in errors]
    return [f"{fmean(means):.2%}", " ".join(f"{100 * mean:.2f}" for mean in means)]


def generators(months: int, seeds: Sequence[int]) -> Iterator[tuple[str, list[Case]]]:
    """Named collections of cases, those of all seeds together."""
    yield "own", [case for seed in seeds for case in own_cases(months, seed)]
    if not GENERATOR.exists():
        return
    found = importlib.util.spec_from_file_location("shared_detection", GENERATOR)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    for regime in ("std", "hard"):
        cases = (shared_cases(module, months, seed, regime) for seed in seeds)
        yield regime, list(chain.from_iterable(cases))


def main() -> None:
    chosen = _chosen()
    rows: list[list[str]] = []
    for name, cases in generators(chosen.months, chosen.seeds):
        rows += measure(f"{name}, usage", [case.without_fees for case in cases])
        rows += measure(f"{name}, bill", cases)
    lines = [
        *heading("forecast", "Forecast"),
        f"{chosen.months} months a seed. Mean absolute percentage error of the month's total.",
        "",
        *table(HEADER, rows),
        GOALS,
    ]
    print("\n".join(lines))
    if chosen.record:
        record("forecast", lines)


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--months", type=int, default=120)
    parser.add_argument("--seeds", type=int, nargs="+", default=[2, 3, 4])
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
