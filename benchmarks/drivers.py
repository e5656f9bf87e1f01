# SPDX-License-Identifier: Apache-2.0
"""Are the segments that explain a change the right ones, and how soon are they found?

    python -m benchmarks.drivers [--additive DIR] [--ratio DIR] [--costrca N] [--json] [--record]

A folder holds `cases.parquet` and `labels.json`; its dimensions are read from the columns. Additive
cases are told twice: `easy` against what would have been, `realistic` against the week before.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.driver_cases import Case, additive, baselines, generated, ratio
from benchmarks.driver_methods import Method, adtributor, contrast, movers, segments
from benchmarks.driver_scores import scored
from benchmarks.results import heading, record, table

SHARED = Path(__file__).parents[2] / "shared" / "data"
FIRST_SEED = 5_000
MANY_LEAVES = 600_000
BESIDE: Mapping[str, Method] = {"movers": movers, "adtributor": adtributor}
COLUMNS = (
    "f1",
    "f1_alike",
    "f1_words",
    "f1_named",
    "exact_set",
    "top3_share",
    "jaccard",
    "seconds_per_case",
)

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--additive", type=Path, default=SHARED / "rca_additive_kpi_5dims")
    parser.add_argument("--ratio", type=Path, default=SHARED / "rca_robustspot_rs")
    parser.add_argument("--costrca", type=int, default=60, help="generated bills; 0 for none")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    found = measured(chosen.additive, chosen.ratio, chosen.costrca)
    if chosen.json:
        print(json.dumps(found, indent=2))
        return
    lines = [*heading("drivers", "Drivers"), *_report(found)]
    print("\n".join(lines))
    if chosen.record:
        record("drivers", lines)


def measured(additive_folder: Path, ratio_folder: Path, generated_cases: int) -> Figures:
    """Every part whose cases are there; the two folders are third-party and may not be."""
    found: Figures = {}
    if additive_folder.exists():
        found["additive"] = {
            name: _compared(segments, partial(additive, additive_folder, name))
            for name in baselines(additive_folder)
        }
    if ratio_folder.exists():
        found["ratio"] = _by_attribute(
            _compared(contrast, partial(ratio, ratio_folder), ["movers"])
        )
    if generated_cases:
        seeds = range(FIRST_SEED, FIRST_SEED + generated_cases)
        alike = _compared(segments, lambda: map(generated, seeds))
        found["costrca"] = _unnamed(alike)
        many = scored(segments, [generated(FIRST_SEED, MANY_LEAVES)])
        found["many_leaves"] = {"leaves": MANY_LEAVES, **many.figures()}
    return found


def _compared(
    ours: Method, cases: Callable[[], Iterable[Case]], beside: Iterable[str] = BESIDE
) -> Figures:
    others = {name: scored(BESIDE[name], cases()).figures() for name in beside}
    return {**scored(ours, cases()).figures(), "beside": others}


def _by_attribute(found: Figures) -> Figures:
    """A ratio's F1 is that of the pairs of dimension and value in its labels."""
    return {**found, "f1": found["f1_attributes"], "f1_same": found["f1"]}


def _unnamed(found: Figures) -> Figures:
    """Generated causes are cells, not names: a segment is right where it is alike."""
    beside = {name: _unnamed(figures) for name, figures in found.get("beside", {}).items()}
    named = {"f1_words", "f1_named", "f1_attributes", "shorter_names", "beside"}
    figures = {name: figure for name, figure in found.items() if name not in named}
    others = {"beside": beside} if beside else {}
    return {**figures, "f1": found["f1_alike"], "f1_same": found["f1"], **others}


def _report(found: Figures) -> list[str]:
    parts = {f"additive, {name}": part for name, part in found.get("additive", {}).items()}
    parts |= {name: found[name] for name in ("ratio", "costrca") if name in found}
    rows = [
        (f"{name}: {method}", *(figures.get(column, "") for column in COLUMNS))
        for name, part in parts.items()
        for method, figures in {"**segments**": part, **part["beside"]}.items()
    ]
    lines = table(("cases: method", *COLUMNS), rows)
    if "many_leaves" in found:
        many = found["many_leaves"]
        lines += [f"{many['leaves']:,} leaves took {many['seconds_per_case']:.1f} s.", ""]
    absent = sorted({"additive", "ratio"} - found.keys())
    return [*lines, *(f"Skipped: no folder for {name} cases." for name in absent)]


if __name__ == "__main__":
    main()
