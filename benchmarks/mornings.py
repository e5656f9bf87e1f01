# SPDX-License-Identifier: Apache-2.0
"""Does any morning of a bill, or any pair of its periods, end in an exception?

    python -m benchmarks.mornings [--pairs 500] [--mornings N] [--only NAME] [--record]

Other people's bills are evaluated each morning with SLOs on the whole bill, on each service and on
two tags: once as they are, and once with a source that refuses to tell what changed. Incidents and
messages must be the same. Then random pairs of periods, seeded, are explained, and the parts must
add up to the last digit. It all runs in one process. Anything but an error of our own is a failure,
and so is a difference: they are printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.real_bills import DATA, Known, look, places, slos_of
from benchmarks.results import heading, record, table
from cost_slo.adapters.bills.source import BillSource
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.adapters.stores.sqlite.store import SqliteStore
from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.drivers.document import explanation
from cost_slo.domain.errors import CostSloError, SourceError, is_fault
from cost_slo.domain.exact import total
from cost_slo.domain.incidents.incident import incidents
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.spec.document import Slo, Spec
from cost_slo.domain.spend.cube import Cube, CubeQuestion, Where
from cost_slo.domain.spend.reading import CostReading
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.explain import explain
from cost_slo.use_cases.reading import Monitor

SEED = 20261130
MORNING = timedelta(hours=9)
# Random periods have up to so many days.
LONGEST = 45
DIMENSIONS = ((), ("service",), ("service", "meter", "region"), ("account", "region"))
HEADER = ("bill", "mornings", "SLOs", "incidents", "messages", "pairs", "refused", "failures", "s")


@dataclass
class Kept:
    """A source whose readings are kept, and which may refuse to tell what changed."""

    source: BillSource
    readings: dict[datetime, CostReading] = field(default_factory=dict)
    has_details: bool = True

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        """The reading of an instant, read once."""
        del open_from
        if as_of not in self.readings:
            self.readings[as_of] = self.source.fetch_costs(slos, currency, as_of)
        return self.readings[as_of]

    def fetch_cube(self, asked: CubeQuestion) -> Cube:
        """What the bill says, or a refusal."""
        if not self.has_details:
            raise SourceError("what changed is switched off")
        return self.source.fetch_cube(asked)

    def fetch_series(
        self, asked: CubeQuestion, segments: Sequence[Where]
    ) -> tuple[tuple[Decimal, ...], ...]:
        """What the bill says."""
        return self.source.fetch_series(asked, segments)


@dataclass
class Recorder:
    """Keeps what was sent."""

    sent: list[Notification] = field(default_factory=list)

    def send_notification(self, notification: Notification) -> None:
        """Keep it."""
        self.sent.append(notification)


@dataclass
class Told:
    """What came of all the mornings of a bill."""

    incidents: Sequence[tuple[object, ...]]
    messages: Sequence[tuple[str, str]]


@dataclass
class Measured:
    """What became of a bill."""

    bill: str
    mornings: int = 0
    slos: int = 0
    incidents: int = 0
    messages: int = 0
    pairs: int = 0
    refused: int = 0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def row(self) -> tuple[object, ...]:
        """In the order of `HEADER`."""
        counts = (self.mornings, self.slos, self.incidents, self.messages, self.pairs, self.refused)
        return (self.bill, *counts, len(self.failures), round(self.seconds))

    def attempt(self, what: str, act: Callable[[], object]) -> bool:
        """Whether it went well; an error of our own is a refusal, any other is a failure."""
        try:
            act()
        except CostSloError:
            self.refused += 1
            return False
        except Exception:  # noqa: BLE001  it is what is looked for
            self.failures.append(f"{self.bill}: {what}\n{traceback.format_exc()}")
            return False
        return True


def measure(place: Path, *, pairs: int, mornings: slice = slice(None)) -> Measured:
    """Evaluate these mornings of a bill, and explain so many pairs of its periods."""
    begun, measured = time.monotonic(), Measured(str(place.relative_to(DATA)))
    source, known = BillSource(str(place)), list[Known]()
    if measured.attempt("reading", lambda: known.append(look(source))):
        _judge(measured, source, known[0], mornings)
        _explain(measured, source, known[0], pairs)
    measured.seconds = time.monotonic() - begun
    return measured


def _judge(measured: Measured, source: BillSource, known: Known, mornings: slice) -> None:
    days = known.days
    period = Period(days[0] + DAY, max(days[-1], days[0] + DAY) + DAY)
    instants = [midnight(day) + MORNING for day in period.dates][mornings]
    spec, kept = slos_of(known), Kept(source)
    measured.mornings, measured.slos = len(instants), len(spec.slos)
    told = _told(measured, kept, spec, instants)
    bare = _told(measured, replace(kept, has_details=False), spec, instants)
    measured.incidents, measured.messages = len(told.incidents), len(told.messages)
    if told != bare:
        measured.failures.append(f"{measured.bill}: with details {told}, without details {bare}")


def _told(measured: Measured, costs: Kept, spec: Spec, instants: Sequence[datetime]) -> Told:
    with TemporaryDirectory() as folder:
        base, recorder = Path(folder), Recorder()
        monitor = Monitor(
            specs=_Specs(spec),
            costs=costs,
            units=CsvUnitSource(base),
            policy=cache(partial(load_policy, base=base)),
            store=SqliteStore(base / "state.sqlite3"),
            notifier=recorder,
        )
        for as_of in instants:
            measured.attempt(f"evaluate {as_of}", partial(_evaluate, monitor, as_of))
        found = [
            (one.id, one.severity, one.opened_at, one.resolved_at, one.status)
            for one in incidents(monitor.store.load_events())
        ]
    return Told(found, [(message.key, message.severity) for message in recorder.sent])


@dataclass(frozen=True)
class _Specs:
    spec: Spec

    def load_spec(self) -> Spec:
        return self.spec


def _evaluate(monitor: Monitor, as_of: datetime) -> None:
    """Raise what an alert went without, or what an SLO was not judged for, if it is a fault."""
    evaluation = run(monitor, as_of)
    errors = [*evaluation.failures.values(), *(error for _, error in evaluation.causes)]
    for error in filter(is_fault, errors):
        raise error


def _explain(measured: Measured, source: BillSource, known: Known, pairs: int) -> None:
    random = Random(SEED)
    for _ in range(pairs):
        asked = _question(random, known.days)
        measured.pairs += measured.attempt(f"explain {asked}", partial(_add_up, source, asked))


def _question(random: Random, days: Sequence[date]) -> CubeQuestion:
    """Two periods apart, within the bill if it is long enough; the window is often the later."""
    bill = Period(days[0], days[-1] + DAY)
    middle = bill.start + random.randint(1, max(1, bill.days - 1)) * DAY
    before = random.randint(1, min(LONGEST, (middle - bill.start).days))
    after = random.randint(1, min(LONGEST, max(1, (bill.end - middle).days)))
    periods = [Period(middle, middle + after * DAY), Period(middle - before * DAY, middle)]
    if random.random() < 0.2:
        periods.reverse()
    return CubeQuestion(periods[0], periods[1], dimensions=random.choice(DIMENSIONS))


def _add_up(source: BillSource, asked: CubeQuestion) -> None:
    told = explanation(explain(source, asked))
    parts = [*told["drivers"], told["rest"]]
    for key in ("before", "after", "change"):
        assert total(Decimal(part[key]) for part in parts) == Decimal(told["total"][key])
    for part in parts:
        assert total(map(Decimal, part["effects"].values())) == Decimal(part["change"])


def main() -> int:
    """Print a line for each bill."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mornings")
    parser.add_argument("--pairs", type=int, default=500)
    parser.add_argument("--mornings", type=int, help="the first so many alone; all by default")
    parser.add_argument("--only", default="", help="bills whose path contains this")
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    chosen = [place for place in places() if asked.only in str(place)]
    if not chosen:
        print(f"skipped: there is no such bill in {DATA}")
        return 0
    mornings = slice(None) if asked.mornings is None else slice(0, asked.mornings)
    measured: list[Measured] = []
    for place in chosen:
        measured.append(measure(place, pairs=asked.pairs, mornings=mornings))
        named = zip(HEADER[1:], measured[-1].row[1:], strict=True)
        print(f"{measured[-1].bill}:", ", ".join(f"{count} {what}" for what, count in named))
        print(*measured[-1].failures, sep="\n", end="", flush=True)
    if asked.record:
        told = table(HEADER, [one.row for one in measured])
        record("mornings", [*heading("mornings", "Mornings and pairs of periods"), *told])
    return int(any(one.failures for one in measured))


if __name__ == "__main__":
    sys.exit(main())
