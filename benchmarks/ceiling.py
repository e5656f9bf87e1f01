# SPDX-License-Identifier: Apache-2.0
"""Which of the detection goals could be met together, and how far off is our ladder?

    python -m benchmarks.ceiling [--train SEEDS...] [--seeds SEEDS...] [--record]

A black box (gradient-boosted trees of scikit-learn, which `make bench-ceiling` brings along) is
trained on ledgers of the generator that examines it, and scored on those of other seeds, beside the
`default` ladder. It has what no user has: thousands of labelled incidents of the very kinds it is
asked about. Even its threshold to investigate is chosen on the ledgers it is scored on. Its calls
stand as those of a replay do. That is evidence of what is attainable, not a proof.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.black_box import (
    APART,
    EVERY,
    LOOKS_A_DAY,
    Days,
    Seen,
    Values,
    examples,
    probability,
    train,
)
from benchmarks.detection import COMPARED, WORKERS, Measure, shown
from benchmarks.ledgers import BENCH, Ledger, Score, alert, pooled, score
from benchmarks.results import heading, record, table
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.incidents.transitions import RELAPSE

REGIME = "hard"
# Probabilities from which it pages, a row each.
PAGES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
EMERGENCY = 0.97
SEVERITIES = (Severity.NONE, Severity.INVESTIGATE, Severity.PAGE, Severity.EMERGENCY)
FALSE_PAGES, ANY_FALSE, A_PAGED, A_P50 = COMPARED[:4]
WARNED = next(measure for measure in COMPARED if "warned" in measure.name)


def stands(levels: Days) -> Days:
    """Levels in which an alert outlasts its evaluation, as in `replay`."""
    heard = levels.copy()
    for back in range(1, RELAPSE // EVERY + 1):
        lasting = np.minimum(levels[:, :-back], 2 if back <= LOOKS_A_DAY else 1)
        heard[:, back:] = np.maximum(heard[:, back:], lasting)
    return heard


def scored(exam: Sequence[Seen], probable: Values, page: float, investigate: float) -> Score:
    """The scorer's word on the calls that these thresholds make."""
    levels = np.digitize(probable, [investigate, page, max(EMERGENCY, page)])
    alerts = [
        (seen.name, at, SEVERITIES[level].value)
        for seen, row in zip(exam, stands(levels), strict=True)
        for at, level in zip(seen.at, row, strict=True)
        if level
    ]
    return score({seen.name: seen.truth for seen in exam}, alerts)


def best(page: float, exam: Sequence[Seen], probable: Values) -> tuple[float, Score]:
    """The lowest threshold to investigate that keeps false alerts within their goal, peeking."""
    low, high = 0.05, page
    found = scored(exam, probable, page, high)
    for _ in range(8):
        middle = (low + high) / 2
        tried = scored(exam, probable, page, middle)
        if _meets(ANY_FALSE, tried):
            high, found = middle, tried
        else:
            low = middle
    return high, found


def _meets(measure: Measure, found: Score) -> bool:
    return measure.verdict(REGIME, measure.read(found)).startswith("met")


def main() -> int:
    chosen = _chosen()
    if not BENCH.exists():
        print("skipped: the generator is not beside the checkout (../shared/bench/detection.py)")
        return 0
    if find_spec("sklearn") is None:
        print("scikit-learn is not among what `make sync` installs: use `make bench-ceiling`")
        return 1
    start = time.monotonic()
    train_on, ledgers = (
        [Ledger(REGIME, seed, chosen.clean, chosen.incidents, chosen.work) for seed in seeds]
        for seeds in (chosen.train, chosen.seeds)
    )
    with ProcessPoolExecutor(WORKERS) as pool:
        trees = train([seen for ledger in train_on for seen in examples(pool, ledger)])
        exam = [seen for ledger in ledgers for seen in examples(pool, ledger)]
        judge = partial(best, exam=exam, probable=probability(trees, exam))
        boxes = list(pool.map(judge, PAGES))
        files = list(pool.map(_alerts, ledgers))
    lines = _section(chosen, boxes, pooled(ledgers, files))
    print("\n".join(lines))
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    if chosen.record:
        record("ceiling", lines)
    return 0


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    train = list(range(711_000, 723_000, 1000))
    parser.add_argument("--train", type=int, nargs="+", default=train)
    parser.add_argument("--seeds", type=int, nargs="+", default=[701_000, 702_000, 703_000])
    parser.add_argument("--clean", type=int, default=300)
    parser.add_argument("--incidents", type=int, default=30)
    parser.add_argument("--work", type=Path, default=Path(".bench"), help="where ledgers are kept")
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    apart = max(chosen.clean, chosen.incidents)
    pairs = combinations([*chosen.train, *chosen.seeds], 2)
    if any(min((one - other) % APART, (other - one) % APART) < apart for one, other in pairs):
        parser.error(f"seeds less than {apart} apart share series: the exam would be known")
    return chosen


def _alerts(ledger: Ledger) -> Path:
    """What the ladder says of a ledger, judged from its file as a user's is."""
    ledger.generate()
    return alert(ledger, ("default",))["default"]


def _section(
    chosen: argparse.Namespace, boxes: Sequence[tuple[float, Score]], ladder: Score
) -> list[str]:
    header = ("", "investigates from", *(measure.name for measure in COMPARED), "goals missed")
    rows = [("goal", "", *(measure.aim(REGIME) for measure in COMPARED), "")]
    for page, (investigate, said) in zip(PAGES, boxes, strict=True):
        rows.append((f"black box, pages from {page:.2f}", f"{investigate:.2f}", *_cells(said)))
    rows.append(("`default` ladder", "", *_cells(ladder)))
    return [
        *heading("ceiling", "What is attainable on the hard ledgers"),
        "Run by `make bench-ceiling`, which brings scikit-learn along. Trees taught by",
        f"{len(chosen.train)} ledgers of the generator are scored on {len(chosen.seeds)} others",
        "taken as one: a row for each probability from which they page. They investigate from the",
        "probability that, found on the scored ledgers themselves, uses up the allowance of false",
        "alerts of any kind. The last row is ours, on the same ledgers.",
        "",
        *table(header, rows),
        *_claims([said for _, said in boxes]),
        "",
    ]


def _cells(said: Score) -> tuple[str, ...]:
    aimed = [measure for measure in COMPARED if measure.aim(REGIME)]
    missed = sum(not _meets(measure, said) for measure in aimed)
    return (*(shown(measure, said) for measure in COMPARED), f"{missed} of {len(aimed)}")


def _claims(found: Sequence[Score]) -> Iterator[str]:
    """What the rows of the black box say together."""
    aimed = [measure for measure in COMPARED if measure.aim(REGIME)]
    whole = sum(all(_meets(measure, said) for measure in aimed) for said in found)
    yield f"Rows of the black box that meet every goal: {whole or 'none'}. Over its rows,"
    yield ""
    for limit, wanted in ((FALSE_PAGES, (A_PAGED, A_P50)), (ANY_FALSE, (WARNED,))):
        within = [said for said in found if _meets(limit, said)]
        for measure in wanted if within else ():
            top = max if measure.more_is_better else min
            reached = top(within, key=lambda said: measure.read(said) or 0)
            at_best = shown(measure, reached)
            yield f"- with {limit.name} {limit.aim(REGIME)}: {measure.name} {at_best} at best"


if __name__ == "__main__":
    sys.exit(main())
