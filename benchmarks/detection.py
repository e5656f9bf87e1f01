# SPDX-License-Identifier: Apache-2.0
"""Does the burn ladder find the incidents of a ledger, and how often does it call for nothing?

    python -m benchmarks.detection [--policy NAME] [--granularity hour] [--record]

Ledgers with known incidents are generated, replayed through the functions of `cost-slo backtest`
and scored, beside the alerts people usually write. Goals are held against the mean over seeds.
With `--granularity hour` the ledgers are of hours, and the `hourly` ladder stands beside the daily
one on the same ledgers, held against the same goals. `--record` writes the tables to RESULTS.md.
Series are numbered from the seed on, so seeds closer than a ledger has clean series would score
some of them twice: that is refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import fmean

from benchmarks.ledgers import BENCH, Ledger, Score, alert, pooled
from benchmarks.results import heading, record, table

WORKERS = 2


@dataclass(frozen=True)
class Measure:
    """A figure of the scorer, how it is shown, and its goal in each regime (None: no goal)."""

    name: str
    read: Callable[[Score], float | None]
    shown: Callable[[float], str]
    std: float | None = None
    hard: float | None = None
    more_is_better: bool = True

    def goal(self, regime: str) -> float | None:
        return self.std if regime == "std" else self.hard

    def aim(self, regime: str) -> str:
        """The goal in words, empty where there is none."""
        goal = self.goal(regime)
        return "" if goal is None else f"{'≥' if self.more_is_better else '≤'} {self.shown(goal)}"

    def verdict(self, regime: str, found: float | None) -> str:
        """Met or missed, and by how much."""
        goal = self.goal(regime)
        if goal is None or found is None:
            return ""
        ahead = found - goal if self.more_is_better else goal - found
        return f"{'met' if ahead >= 0 else 'MISSED'} by {self.shown(abs(ahead))}"


def _rate(value: float) -> str:
    return f"{value:.3f}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _hours(value: float) -> str:
    return "never" if value >= 720 else f"{value:.1f} h"


def _of(kind: str, figure: str) -> Callable[[Score], float | None]:
    return lambda score: score[kind][figure] if kind in score else None


def _plain(figure: str) -> Callable[[Score], float | None]:
    return lambda score: score[figure]


MEASURES = (
    Measure(
        "false pages per clean SLO-month",
        _plain("false_pages_per_slo_month"),
        _rate,
        *(0.02, 0.12),
        more_is_better=False,
    ),
    Measure(
        "any false alert per clean SLO-month",
        _plain("false_alerts_per_slo_month"),
        _rate,
        *(0.12, 0.45),
        more_is_better=False,
    ),
    Measure("A paged", _of("A", "page_recall"), _share, 0.99, 0.93),
    Measure("A page p50", _of("A", "page_p50_h"), _hours, 26, 34, more_is_better=False),
    Measure("A page p90", _of("A", "page_p90_h"), _hours),
    Measure("B paged", _of("B", "page_recall"), _share, 0.92, 0.86),
    Measure("B page p50", _of("B", "page_p50_h"), _hours, 44, 70, more_is_better=False),
    Measure("B page p90", _of("B", "page_p90_h"), _hours),
    Measure("C any alert", _of("C", "any_recall"), _share, 0.96, 0.91),
    Measure("breach warned 48 h ahead", _plain("breach_warned_48h"), _share, 0.86, 0.80),
    Measure("A and B: spent before an alert, p50", _plain("AB_spent_before_alert_p50"), _share),
)
COMPARED = [measure for measure in MEASURES if measure.name[-3:] != "p90"]

# By granularity: the section of RESULTS.md, and its title.
SECTIONS = {
    "day": ("detection", "Detection"),
    "hour": ("detection-hourly", "Detection on ledgers of hours"),
}

# By policy: the score of each seed, and of all seeds as one ledger.
Scores = Mapping[str, tuple[Sequence[Score], Score]]


def main() -> int:
    chosen = _chosen()
    if not BENCH.exists():
        print("skipped: the generator is not beside the checkout (../shared/bench/detection.py)")
        return 0
    start = time.monotonic()
    name, title = SECTIONS[chosen.granularity]
    lines = heading("detection", title)
    with ProcessPoolExecutor(WORKERS) as pool:
        for regime in chosen.regimes:
            ledgers = [
                Ledger(
                    *(regime, seed, chosen.clean, chosen.incidents, chosen.work),
                    granularity=chosen.granularity,
                )
                for seed in chosen.seeds
            ]
            files = list(pool.map(partial(_alerts, policies=chosen.policies), ledgers))
            lines += _section(ledgers, _scores(pool, ledgers, files), chosen.policies[0])
    print("\n".join(lines))
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    if chosen.record:
        record(name, lines)
    return 0


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=[101_000, 102_000, 103_000])
    parser.add_argument("--regimes", nargs="+", default=["std", "hard"], choices=["std", "hard"])
    parser.add_argument("--clean", type=int, default=300)
    parser.add_argument("--incidents", type=int, default=30)
    parser.add_argument("--policy", help="a shipped burn ladder, or a file")
    parser.add_argument("--granularity", default="day", choices=list(SECTIONS))
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="where ledgers are kept")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    chosen.policies = _policies(chosen.policy, chosen.granularity)
    apart = max(chosen.clean, chosen.incidents)
    if any(later - seed < apart for seed, later in pairwise(sorted(chosen.seeds))):
        parser.error(f"seeds less than {apart} apart make some series twice, so they tell less")
    return chosen


def _policies(policy: str | None, granularity: str) -> tuple[str, ...]:
    """The ladder in question, and on hours the daily one to hold it against."""
    if granularity == "day":
        return (policy or "default",)
    return tuple(dict.fromkeys((policy or "hourly", "default")))


def _alerts(ledger: Ledger, policies: Sequence[str]) -> dict[str, Path]:
    ledger.generate()
    return alert(ledger, policies)


def _scores(
    pool: ProcessPoolExecutor, ledgers: Sequence[Ledger], files: Sequence[Mapping[str, Path]]
) -> Scores:
    names = list(files[0])
    sets = [([ledger], [found[name]]) for name in names for ledger, found in _both(ledgers, files)]
    sets += [(list(ledgers), [found[name] for found in files]) for name in names]
    scored = list(pool.map(pooled, *zip(*sets, strict=True)))
    count = len(ledgers)
    return {
        name: (scored[number * count : (number + 1) * count], scored[len(names) * count + number])
        for number, name in enumerate(names)
    }


def _both(
    ledgers: Sequence[Ledger], files: Sequence[Mapping[str, Path]]
) -> list[tuple[Ledger, Mapping[str, Path]]]:
    return list(zip(ledgers, files, strict=True))


def _section(ledgers: Sequence[Ledger], scores: Scores, policy: str) -> list[str]:
    regime = ledgers[0].regime
    seeds, pool = scores[policy]
    counts = ", ".join(f"{pool[kind]['n']} {kind}" for kind in "ABCD" if kind in pool)
    return [
        f"### {regime} regime, `{policy}` ladder",
        "",
        (
            f"{pool['slo_months_clean']:.0f} clean SLO-months and incidents of class {counts}; "
            f"{pool['n_breach']} breach the objective."
        ),
        "",
        *table(
            ("", "goal", "mean over seeds", "", "pooled", *(f"seed {led.seed}" for led in ledgers)),
            [_row(measure, regime, seeds, pool) for measure in MEASURES],
        ),
        f"All policies, {len(seeds)} seeds as one ledger:",
        "",
        *table(
            ("", *(measure.name for measure in COMPARED)),
            [
                (name, *(shown(measure, score) for measure in COMPARED))
                for name, (_, score) in scores.items()
            ],
        ),
    ]


def _row(measure: Measure, regime: str, seeds: Sequence[Score], pool: Score) -> tuple[str, ...]:
    found = [value for score in seeds if (value := measure.read(score)) is not None]
    mean = fmean(found) if found else None
    return (
        measure.name,
        measure.aim(regime),
        "none" if mean is None else measure.shown(mean),
        measure.verdict(regime, mean),
        *(shown(measure, score) for score in (pool, *seeds)),
    )


def shown(measure: Measure, score: Score) -> str:
    value = measure.read(score)
    return "none" if value is None else measure.shown(value)


if __name__ == "__main__":
    sys.exit(main())
