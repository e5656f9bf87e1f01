# SPDX-License-Identifier: Apache-2.0
"""How long do two checkouts take to evaluate the demo's month, with calibration on?

    python benchmarks/side_by_side.py OLD NEW [--times 3] [--calm]

Each evaluates every morning of the demo's month, by turns and each time from an empty state, in a
process of its own; starting the process is not counted. Prints the seconds of
each and the ratio of their medians. With `--calm` calibration is off.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

CALIBRATED = "    tolerated_false_pages: {at_most: 1, per: quarter}\n"
MORNINGS = [datetime(2026, 9, day, 9, tzinfo=UTC) for day in range(2, 31)]


def month(demo: Path) -> float:
    """The seconds that evaluating each morning takes, by the checkout on the path."""
    from cost_slo.use_cases.evaluate import run  # noqa: PLC0415  of the checkout on the path
    from cost_slo.wiring.local import Inputs, local_monitor  # noqa: PLC0415  of the checkout on the path

    with TemporaryDirectory() as state:
        told = Inputs(spec=demo / "slos.yaml", costs=str(demo / "bill"), state=Path(state))
        start = perf_counter()
        for morning in MORNINGS:
            run(local_monitor(told), morning)
        return perf_counter() - start


def taken(checkout: Path, demo: Path) -> float:
    """The seconds that the month takes a checkout."""
    ran = subprocess.run(
        [sys.executable, __file__, str(demo)],
        env={**os.environ, "PYTHONPATH": str(checkout.resolve())},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(ran.stdout)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--calm", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        demo = Path(folder) / "demo"
        subprocess.run(
            [asked.new / ".venv/bin/cost-slo", "demo", "--out", str(demo)],
            stdout=subprocess.DEVNULL, check=True,
        )  # fmt: skip
        spec = demo / "slos.yaml"
        if not asked.calm:
            spec.write_text(spec.read_text().replace("    scope:\n", CALIBRATED + "    scope:\n"))
        seconds = [(taken(asked.old, demo), taken(asked.new, demo)) for _ in range(asked.times)]
    for before, after in seconds:
        print(f"{before:7.2f} s {after:7.2f} s")
    old, new = (median(each) for each in zip(*seconds, strict=True))
    print(f"{new / old:.2f} x, medians of {len(seconds)}")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(month(Path(sys.argv[1])))
    else:
        main()
