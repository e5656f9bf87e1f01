# SPDX-License-Identifier: Apache-2.0
"""Does damaged input ever end in anything but our own clear error, or in a wrong sum?

    python -m benchmarks.fuzz [--cases 20000] [--bills 20000] [--seed N] [--save DIR]

Good specs, unit files and bills are damaged at random, the same way for the same seed, and read.
Each case must be accepted or refused with a `CostSloError`; any other exception is reported with
the input, which is saved, and ends the run with exit code 1. So does any fault that
`benchmarks.bill_fuzz` finds in so many generated bills.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import yaml

from benchmarks import bill_fuzz
from benchmarks.mutations import damaged_bytes, damaged_tree
from cost_slo.adapters.documents.yaml_spec.source import YamlSpecSource
from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.domain.errors import CostSloError

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
SPECS = tuple(path.read_bytes() for path in sorted(EXAMPLES.glob("*.yaml")))
TREES = tuple(yaml.safe_load(spec) for spec in SPECS)
SLOS = YamlSpecSource(EXAMPLES / "quickstart.yaml").load_spec().slos
UNIT_SLO = next(slo for slo in SLOS if slo.units)
UNITS = (EXAMPLES / "units.csv").read_bytes()
AS_OF = datetime(2026, 11, 3, tzinfo=UTC)
BILL = b"""\
BillingAccountId,SubAccountId,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,\
BillingPeriodEnd,BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargeClass,\
ChargeFrequency,ServiceName,RegionId,ProviderName,Tags
1,2,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,\
12.345,12.345,13,USD,Usage,,Usage-Based,AWS Lambda,us-east-1,AWS,"{""product"": ""metalabs""}"
1,2,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,\
100,0,100,USD,Purchase,,Recurring,AWS Support (Business),,AWS,{}
1,2,2026-11-02T00:00:00Z,2026-11-03T00:00:00Z,2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,\
-1.5,-1.5,0,USD,Credit,,One-Time,Amazon S3,eu-west-1,AWS,NULL
"""


@dataclass(frozen=True)
class Kind:
    """A kind of input: how a case is damaged and how it is read."""

    file_name: str
    make: Callable[[Random], bytes]
    read: Callable[[Path], object]


def _spec_text(random: Random) -> bytes:
    return damaged_bytes(random, random.choice(SPECS))


def _spec_tree(random: Random) -> bytes:
    tree = damaged_tree(random, random.choice(TREES))
    return yaml.safe_dump(tree, allow_unicode=random.random() < 0.5).encode()


def _units(random: Random) -> bytes:
    return damaged_bytes(random, UNITS)


def _bill(random: Random) -> bytes:
    return damaged_bytes(random, BILL)


def _read_units(path: Path) -> object:
    return CsvUnitSource(path.parent, override=path).fetch_units(UNIT_SLO, AS_OF)


def _read_bill(path: Path) -> object:
    from cost_slo.adapters.bills.source import BillSource  # noqa: PLC0415  duckdb only when read

    return BillSource(str(path)).fetch_costs(SLOS, "USD", AS_OF)


KINDS = {
    "spec text": Kind("spec.yaml", _spec_text, lambda path: YamlSpecSource(path).load_spec()),
    "spec tree": Kind("spec.yaml", _spec_tree, lambda path: YamlSpecSource(path).load_spec()),
    "units": Kind("units.csv", _units, _read_units),
    "bill": Kind("bill.csv", _bill, _read_bill),
}
SHARES = {"spec text": 4, "spec tree": 4, "units": 4, "bill": 8}
BATCH = 250


def attempt(kind: Kind, content: bytes, folder: Path) -> tuple[str, str]:
    """Read one case; the outcome, and the traceback of an exception that is not ours."""
    path = folder / kind.file_name
    path.write_bytes(content)
    try:
        kind.read(path)
    except CostSloError as error:
        return ("refused", "") if str(error) else ("uncaught", "an error without words")
    except Exception:  # noqa: BLE001  finding them is the point
        return "uncaught", traceback.format_exc()
    return "accepted", ""


def run(name: str, *, numbers: range, seed: int, save: Path) -> Counter[str]:
    """Damage and read the numbered inputs of one kind; count what became of them."""
    kind, outcomes = KINDS[name], Counter[str]()
    with TemporaryDirectory() as folder:
        for number in numbers:
            content = kind.make(Random(f"{seed}/{name}/{number}"))
            outcome, trace = attempt(kind, content, Path(folder))
            outcomes[outcome] += 1
            if trace:
                path = _saved(save, f"{seed}-{number}-{kind.file_name}", content)
                print(f"uncaught: {path}\n{trace}", file=sys.stderr)
    return outcomes


def _run_batch(name: str, seed: int, save: Path, numbers: range) -> Counter[str]:
    return run(name, numbers=numbers, seed=seed, save=save)


def _saved(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--bills", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save", type=Path, default=Path("fuzz-findings"))
    chosen = parser.parse_args()
    total = Counter[str]()
    with ProcessPoolExecutor() as pool:
        for name, share in SHARES.items():
            start = time.monotonic()
            cases = range(chosen.cases * share // sum(SHARES.values()))
            batches = [cases[first : first + BATCH] for first in range(0, len(cases), BATCH)]
            read = partial(_run_batch, name, chosen.seed, chosen.save)
            outcomes = sum(pool.map(read, batches), Counter[str]())
            print(_line(name, outcomes), f"{time.monotonic() - start:7.1f} s", flush=True)
            total += outcomes
    print(_line("all", total), f"  seed {chosen.seed}")
    return 1 if total["uncaught"] or bill_fuzz.report(chosen.bills, chosen.seed) else 0


def _line(name: str, outcomes: Counter[str]) -> str:
    counts = (f"{outcomes[word]:6d} {word}" for word in ("accepted", "refused", "uncaught"))
    return f"{name:9}  {outcomes.total():6d} cases  {'  '.join(counts)}"


if __name__ == "__main__":
    sys.exit(main())
