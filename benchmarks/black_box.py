# SPDX-License-Identifier: Apache-2.0
"""What can a black box learn of the ledgers that detection is scored on?

Series are made by the generator's own functions, and what is visible of them at each evaluation is
turned into figures: the excess, noise and headroom that our ladder is climbed with, unjudged, and
some that it does not use. Gradient-boosted trees learn from them where an incident has been on for
8 hours or more (of a spike: within 72 hours of its onset). Class D, which no goal asks for, and the
other hours of an incident teach nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import product
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.ledgers import Ledger, generator
from cost_slo.domain.burn.budget import LEAST_BUDGET_SHARE
from cost_slo.domain.burn.excess import ADAPTATION, TRAILING_DAYS
from cost_slo.domain.burn.noise_gate import LONGEST_RUN_DAYS, noise_of
from cost_slo.domain.period import DAY, Month
from cost_slo.domain.plan.plan import History, learned_plan

WINDOW = Month.containing(date(2026, 4, 1))
EVERY = timedelta(hours=8)
LOOKS_A_DAY = DAY // EVERY
WINDOWS = (1, 2, 3, 4, 5, 7)
# Neighbouring evaluations are alike: some of them teach as much in less time.
TAUGHT_SHARE = 0.6
# The generator numbers the series of its kinds of incident so far from each other.
APART = 10**6

Incident = tuple[str, float] | None
Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Days = NDArray[np.int64]


@dataclass(frozen=True)
class Seen:
    """One SLO: what can be known at each evaluation, where something is wrong, and what teaches."""

    name: str
    """Not a number alone: the scorer would read one, and find no series of that name."""
    truth: dict[str, Any]
    at: tuple[str, ...]
    features: NDArray[np.float32]
    wrong: Flags
    taught: Flags


def see(job: tuple[Incident, int], regime: str) -> Seen:
    """Make one series of the generator, and what is visible of it at each evaluation."""
    (incident, seed), bench = job, generator()
    rng = np.random.default_rng(seed)
    objective, evaluations, visible, truth = bench.series(rng, regime, incident)
    looks = [visible(at) for at in (bench.T0, *evaluations)]
    usage = np.array([used.reshape(-1, 24).sum(1) for used, _ in looks])
    lumps = np.array([lump.clip(0).reshape(-1, 24).sum(1) for _, lump in looks])
    hours = evaluations - bench.T0
    columns = _columns(bench.H, hours, usage, lumps, objective)
    at = tuple(np.datetime_as_string(bench.stamp(evaluations)).tolist())
    known = truth | {"evaluations": hours.tolist()}
    features = np.stack([np.broadcast_to(column, hours.shape) for column in columns], axis=1)
    return Seen(f"slo-{seed}", known, at, features.astype(np.float32), *labels(truth, hours))


def labels(truth: dict[str, Any], hours: Values) -> tuple[Flags, Flags]:
    """Where something is wrong, and which evaluations teach."""
    onset = truth["onset"]
    if onset is None:
        return np.zeros(hours.shape, bool), np.ones(hours.shape, bool)
    last = 72 if truth["kind"].startswith("spike") else np.inf
    wrong = (hours >= onset + 8) & (hours <= onset + last)
    return wrong, ((hours < onset) | wrong) & (truth["class"] != "D")


def _columns(
    past: int, hours: Values, usage: Values, lumps: Values, objective: float
) -> Iterator[Any]:
    """What the trees may split on: our own evidence, unjudged, and some that we do not use."""
    start = WINDOW.start - past * DAY
    plan = learned_plan(History(start, tuple(usage[0, : past - 1].tolist())), WINDOW)
    noise = noise_of(plan)
    planned = np.array([plan.day(start + number * DAY) for number in range(usage.shape[1])])
    day, spread, usage = plan.month / WINDOW.days, max(noise.spread, 1e-9), usage[1:]
    due = np.maximum(lumps[1:, past:].sum(1), lumps[0, past - 31 : past].sum())
    free = objective - due - plan.month
    budget = np.maximum(free, float(LEAST_BUDGET_SHARE) * objective)
    newest = usage.shape[1] - np.argmax(usage[:, ::-1] > 0, axis=1)
    complete = np.minimum(past + np.floor(hours / 24 - 1).astype(np.int64), newest)
    excess = usage - planned
    relative = excess / np.maximum(planned, 1e-9)
    expected = np.broadcast_to(planned, usage.shape)
    for days, ahead in product(WINDOWS, (0, 1)):
        end = complete + ahead
        known = np.where(end <= newest, 1.0, np.nan)
        before = _last(relative, end - max(days, ahead), TRAILING_DAYS)
        level = ADAPTATION * np.median(before, axis=1).clip(0)
        recent = _last(excess, end, days)
        surprise = recent - level[:, None] * _last(expected, end, days)
        yield known * surprise.sum(1) / day
        yield known * surprise.sum(1) / (spread * sqrt(days))
        yield known * surprise.min(1) * days / day
        yield known * recent.sum(1) / budget * WINDOW.days / days
    for days in (1, 2, 4, LONGEST_RUN_DAYS):
        yield noise.largest(days, "total") / day
        yield noise.largest(days, "sustained") / day
    yield from (spread / day, budget / day, free / day, hours % 24, hours / 24)
    assert plan.cleaned is not None, "the generator's history always teaches"
    history = np.array(plan.cleaned.usage) / planned[: past - 1].clip(1e-9)
    for days in (7, 28, 56):
        yield from (np.median(history[-days:]), history[-days:].std())
    yield np.diff(usage[:, past - 30 :].sum(1), prepend=np.nan) / day
    for days in (10, 14):
        yield _last(excess, complete, days).sum(1) / day
    for ahead in (1, 2):
        yield _beyond_its_age(relative, complete + ahead)


def _last(amounts: Values, end: Days, days: int) -> Values:
    """The days before `end` (clipped to what there is), a row an evaluation."""
    chosen = np.minimum(end, amounts.shape[1])[:, None] - days + np.arange(days)
    taken: Values = np.take_along_axis(amounts, chosen, axis=1)
    return taken


def _beyond_its_age(relative: Values, end: Days) -> Values:
    """The newest day's excess against what the days before it showed when they were as old."""
    now: Values = _last(relative, end, 1)[:, 0]
    looks = range(LOOKS_A_DAY, 8 * LOOKS_A_DAY, LOOKS_A_DAY)
    earlier = [np.append([now[0]] * back, now[:-back]) for back in looks]
    usual: Values = np.median(earlier, axis=0)
    return now - usual


def examples(pool: ProcessPoolExecutor, ledger: Ledger) -> list[Seen]:
    """The series of a ledger, in the generator's order; much faster than by way of its file."""
    jobs = [(None, ledger.seed + one) for one in range(ledger.clean)]
    for number, incident in enumerate(generator().INCIDENTS, start=1):
        first = ledger.seed + number * APART
        jobs += [(incident, first + one) for one in range(ledger.incidents)]
    return list(pool.map(partial(see, regime=ledger.regime), jobs, chunksize=20))


def train(taught: Sequence[Seen]) -> Any:  # noqa: ANN401  scikit-learn has no types
    """Trees that say how probable it is that something is wrong."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  only `make bench-ceiling` has it

    chosen = np.random.default_rng(1).random((len(taught), len(taught[0].wrong))) < TAUGHT_SHARE
    uses = [seen.taught & row for seen, row in zip(taught, chosen, strict=True)]
    both = list(zip(taught, uses, strict=True))
    features = np.concatenate([seen.features[use] for seen, use in both])
    wrong = np.concatenate([seen.wrong[use] for seen, use in both])
    trees = HistGradientBoostingClassifier(
        max_iter=300,
        max_leaf_nodes=31,
        learning_rate=0.06,
        min_samples_leaf=400,
        l2_regularization=5,
        random_state=1,
    )
    return trees.fit(features, wrong)


def probability(trees: Any, exam: Sequence[Seen]) -> Values:  # noqa: ANN401  scikit-learn has no types
    """What they say at each evaluation, a row for each series."""
    features = np.stack([seen.features for seen in exam])
    said: Values = trees.predict_proba(features.reshape(-1, features.shape[2]))[:, 1]
    return said.reshape(features.shape[:2])
