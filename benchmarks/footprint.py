# SPDX-License-Identifier: Apache-2.0
"""How long does a Lambda of ours take to wake up, and how much memory?

    python -m benchmarks.footprint [--rounds 7] [--record]

Imports each handler module in a fresh process, `rounds` times, in turn with `boto3` alone: the
machine is noisy, so the ratio of the two says more than the seconds. `first` is the slowest round,
`resident` the peak memory of the process. None of the laptop's libraries may be loaded.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.results import heading, record, table

BASELINE = "boto3"
HANDLERS = ("lambdas.evaluate", "lambdas.anomaly", "lambdas.rituals")
FORBIDDEN = ("duckdb", "numpy", "pandas", "pyarrow", "rich", "typer")
GOAL_SECONDS, GOAL_MB = 0.6, 110
PROBE = """
import json, resource, sys, time
start = time.perf_counter()
import {module}
print(json.dumps({{
    "seconds": time.perf_counter() - start,
    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "loaded": sorted(set({forbidden}) & set(sys.modules)),
}}))
"""


@dataclass(frozen=True)
class Woken:
    """What importing a module once took."""

    seconds: float
    mb: float
    loaded: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    modules = (BASELINE, *HANDLERS)
    rounds = [{module: wake(module) for module in modules} for _ in range(chosen.rounds)]
    seen = {module: [each[module] for each in rounds] for module in modules}
    lines = [*heading("footprint", "Waking a Lambda"), *report(seen)]
    print("\n".join(lines))
    if chosen.record:
        record("footprint", lines)


def wake(module: str) -> Woken:
    """Import a module in a process of its own, as a cold start does."""
    probe = PROBE.format(module=module, forbidden=FORBIDDEN)
    told = subprocess.run(
        [sys.executable, "-c", probe],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1"},
    ).stdout
    found = json.loads(told.splitlines()[-1])
    return Woken(found["seconds"], found["mb"], tuple(found["loaded"]))


def report(seen: dict[str, list[Woken]]) -> list[str]:
    """The table, the goal beside it."""
    base = statistics.median(each.seconds for each in seen[BASELINE])
    header = ("module", "median s", "first s", "times boto3", "resident MB", "laptop's libraries")
    rows = [_row(module, found, base) for module, found in seen.items()]
    goal = f"Goal: {GOAL_SECONDS} s and {GOAL_MB} MB, and none of {', '.join(FORBIDDEN)}."
    return [*table(header, rows), goal]


def _row(module: str, found: Sequence[Woken], base: float) -> tuple[str, ...]:
    median = statistics.median(each.seconds for each in found)
    return (
        f"`{module}`",
        f"{median:.2f}",
        f"{max(each.seconds for each in found):.2f}",
        f"{median / base:.1f}",
        f"{max(each.mb for each in found):.0f}",
        ", ".join(sorted({name for each in found for name in each.loaded})) or "none",
    )


if __name__ == "__main__":
    main()
