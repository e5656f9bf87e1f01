# SPDX-License-Identifier: Apache-2.0
"""What does the burn ladder say of series that are not money at all?

    python -m benchmarks.nab [--record]

The 41 labelled series of the Numenta Anomaly Benchmark, read in place, without a target: they are
CPU loads, temperatures, tweets and traffic, half of them last two weeks, and many labels mark a
drop, which a cost SLO does not call. Each series is cut into buckets that stand for days, and a
bucket's mean stands for its cost: UTC days where there are at least 42, else sevenths of a day, so
that the seven weekdays of a plan are one day. The first and last day are left out. A bucket is seen
a bucket after its end, all at once. The plan is learned anew every 28 buckets from those seen by
then, as a month's is; the first 29 only teach. The objective is 1.2 times the plan of the 28.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from statistics import fmean, median

import duckdb

from benchmarks.results import heading, record, table
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.backtest.replay import Case, Observed, replay
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.plan.plan import LEAST_HISTORY, History, learned_plan

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "nab" / "nab.parquet"
FIRST = date(2001, 1, 1)
MONTH, LEAST_DAYS, WEEK = 28, 42, 7
SECONDS = 86_400
HEADROOM = Decimal("1.2")
SEEN_AFTER = 2 * DAY
# Buckets without a call after which the next call is a new alarm.
QUIET = 2
ROWS = "SELECT category, series, timestamp, value, in_window FROM read_parquet(?) ORDER BY 1, 2, 3"


@dataclass(frozen=True)
class Buckets:
    """A series cut into "days": their means, and which of them touch a labelled window."""

    category: str
    name: str
    are_days: bool
    means: Sequence[float]
    labelled: Sequence[bool]

    @property
    def incidents(self) -> list[range]:
        """Runs of labelled buckets that are judged from their first bucket on."""
        marks = enumerate(self.labelled)
        runs = [
            [index for index, _ in run] for known, run in groupby(marks, itemgetter(1)) if known
        ]
        return [range(run[0], run[-1] + 1) for run in runs if run[0] > LEAST_HISTORY]


@dataclass(frozen=True)
class Outcome:
    """What became of one series; delays are in buckets from a window's start to being seen."""

    series: Buckets
    judged: int
    false_alarms: int
    delays: Sequence[int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write RESULTS.md")
    chosen = parser.parse_args()
    if not DATA.exists():
        print("skipped: the series are not beside the checkout (../shared/data/nab)")
        return
    policy = load_policy("default", base=Path())
    found = [judge(series, policy) for series in load()]
    lines = [*heading("nab", "Series that are not money"), *_report(found)]
    print("\n".join(lines))
    if chosen.record:
        record("nab", lines)


def load() -> Iterator[Buckets]:
    """Every series of the benchmark, in buckets."""
    with duckdb.connect() as connection:
        rows = connection.execute(ROWS, [str(DATA)]).fetchall()
    for (category, name), samples in groupby(rows, key=itemgetter(0, 1)):
        yield _bucketed(category, name, [row[2:] for row in samples])


def _bucketed(category: str, name: str, samples: Sequence[tuple[datetime, float, bool]]) -> Buckets:
    days = sorted({when.date() for when, _, _ in samples})[1:-1]
    parts = 1 if len(days) >= LEAST_DAYS else WEEK
    values: defaultdict[tuple[date, int], list[float]] = defaultdict(list)
    marks: set[tuple[date, int]] = set()
    for when, value, in_window in samples:
        if days[0] <= when.date() <= days[-1]:
            second = when.hour * 3600 + when.minute * 60 + when.second
            key = when.date(), second * parts // SECONDS
            values[key].append(value)
            marks |= {key} if in_window else set()
    order = sorted(values)
    means = [fmean(values[key]) for key in order]
    return Buckets(category, name, parts == 1, means, [key in marks for key in order])


def judge(series: Buckets, policy: Policy) -> Outcome:
    """Replay a series 28 buckets at a time; a call belongs to the newest bucket seen by then."""
    calls = [call for start in _starts(series) for call in _calls(series, start, policy)]
    edges = [
        now for before, now in zip([-MONTH, *calls], calls, strict=False) if now - before > QUIET
    ]
    inside = {n for run in series.incidents for n in range(run.start, run.stop + QUIET)}
    false_alarms = sum(edge not in inside and not series.labelled[edge] for edge in edges)
    delays = []
    for run in series.incidents:
        heard = [call for call in calls if run.start <= call < run.stop + QUIET]
        delays += [heard[0] - run.start + SEEN_AFTER.days] if heard else []
    return Outcome(series, len(series.means) - LEAST_HISTORY - 1, false_alarms, delays)


def _starts(series: Buckets) -> range:
    return range(LEAST_HISTORY + 1, len(series.means), MONTH)


def _calls(series: Buckets, start: int, policy: Policy) -> list[int]:
    """The buckets at which a rule fired, in the 28 that begin at `start`."""
    window = Period(FIRST + start * DAY, FIRST + (start + MONTH) * DAY)
    plan = learned_plan(History(FIRST, tuple(series.means[: start - 1])), window)
    objective = max(Decimal(f"{plan.month:.6f}") * HEADROOM, Decimal(1))
    end = min(start + MONTH, len(series.means))
    rows = [
        Observed(_seen(n), FIRST + n * DAY, "usage", Decimal(f"{series.means[n]:.6f}"))
        for n in range(end)
    ]
    looks = [_seen(n) for n in range(start, end)]
    case = Case(series.name, objective, window, rows, looks)
    loud = [alert for alert in replay(case, policy) if alert.severity is not Severity.NONE]
    return [(alert.at - SEEN_AFTER).date().toordinal() - FIRST.toordinal() for alert in loud]


def _seen(number: int) -> datetime:
    return midnight(FIRST + number * DAY) + SEEN_AFTER


def _report(found: Sequence[Outcome]) -> list[str]:
    days = sum(one.series.are_days for one in found)
    text = (__doc__ or "").split("\n\n")[2].rstrip().split("\n")
    groups = groupby(found, key=lambda one: one.series.category)
    rows = [_row(name, list(members)) for name, members in groups]
    return [
        *text,
        "",
        (
            f"{days} of {len(found)} series are in days. A delay counts buckets from the start of "
            "a label's window to the evaluation that called, at least 2 for the lag."
        ),
        "",
        *table(
            (
                "group",
                "series",
                "buckets judged",
                "false alarms",
                "per 28 buckets",
                "labelled windows",
                "called",
                "delay p50, buckets",
            ),
            [*rows, _row("all", found)],
        ),
    ]


def _row(name: str, found: Sequence[Outcome]) -> tuple[object, ...]:
    judged = sum(one.judged for one in found)
    alarms = sum(one.false_alarms for one in found)
    delays = [delay for one in found for delay in one.delays]
    return (
        name,
        len(found),
        judged,
        alarms,
        f"{alarms * MONTH / judged:.2f}",
        sum(len(one.series.incidents) for one in found),
        len(delays),
        f"{median(delays):g}" if delays else "none",
    )


if __name__ == "__main__":
    main()
