# SPDX-License-Identifier: Apache-2.0
"""Is a bill in any shape read to the last digit, refused at its fault, or noted?

    python -m benchmarks.bill_fuzz [--bills 20000] [--seed N] [--one NUMBER] [--keep DIR]

Small bills are generated in the shapes that people have, most of them with one trouble, and read.
What is read is compared with a sum that knows nothing of the product. A silent difference, a
refusal that does not say where, a sound bill refused or an exception ends the run with exit code 1;
`--one NUMBER` reads that bill again and says everything about it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.bills.layouts import lay_out
from benchmarks.bills.mutations import MUTATIONS, RARE, UNCHANGED
from benchmarks.bills.shapes import Bill, a_bill
from benchmarks.bills.verdicts import FAULTS, OUTCOMES, Expected, Reader, Verdict, judged, read_bill

BATCH = 20
SOUND = 0.25
BY_COMMAND = 200
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One bill, what was done to it and what became of it."""

    number: int
    mutation: str
    shape: str
    verdict: Verdict


def make(seed: int, number: int) -> tuple[Bill, str, Expected]:
    """The numbered bill, its mutation's name and what may become of it."""
    random = Random(f"{seed}/{number}")
    bill = a_bill(random)
    lay_out(bill, random)
    if random.random() > SOUND:
        for name in sorted(MUTATIONS, key=lambda name: random.random() ** RARE.get(name, 1)):
            expected = MUTATIONS[name](bill, random)
            if expected is not None:
                return bill, name, expected
    return bill, UNCHANGED, Expected((bill.sums(),), sound=True)


def write(bill: Bill, folder: Path) -> None:
    """Write the bill's files below a folder."""
    for name, content in bill.contents().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for name, target in bill.links.items():
        (folder / name).symlink_to(target)
    for name, stamp in bill.stamps.items():
        os.utime(folder / name, (stamp, stamp))


def try_one(seed: int, number: int, folder: Path, read: Reader = read_bill) -> Case:
    """Make, write and read one bill below an empty folder."""
    bill, mutation, expected = make(seed, number)
    write(bill, folder)
    verdict = judged(bill, expected, folder, read)
    if number % BY_COMMAND == 0 and verdict.outcome not in FAULTS:
        verdict = by_command(bill, verdict, folder)
    return Case(number, mutation, f"{bill.family}, {bill.layout}", verdict)


def by_command(bill: Bill, verdict: Verdict, folder: Path) -> Verdict:
    """The verdict, unless the command line has another one."""
    spec = {"apiVersion": "cost-slo/v1", "currency": "USD"}
    slos = [question.document() for question in bill.questions]
    (folder / "spec.yaml").write_text(json.dumps({**spec, "slos": slos}))
    words = ["evaluate", "--spec", "spec.yaml", "--costs", bill.location, "--state", "state"]
    words += ["--as-of", f"{bill.as_of:%Y-%m-%dT%H:%M:%SZ}", "--format", "json"]
    run = subprocess.run(
        [sys.executable, "-c", "from cost_slo.cli.main import main; main()", *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if "Traceback" in run.stderr or run.returncode not in (0, 1, 3):
        return Verdict("crash", f"exit code {run.returncode}: {run.stderr}")
    said = json.loads(run.stdout) if run.stdout else {"errors": [run.stderr]}
    if (verdict.outcome == "refused") != bool(said["errors"]):
        return Verdict("silent", f"{verdict} in process, exit code {run.returncode}: {run.stderr}")
    return verdict


def run(seed: int, numbers: Sequence[int], read: Reader = read_bill) -> list[Case]:
    """Try the numbered bills."""
    cases = []
    for number in numbers:
        with TemporaryDirectory() as folder:
            cases.append(try_one(seed, number, Path(folder), read))
    return cases


def table(cases: Sequence[Case], of: str) -> Iterator[str]:
    """How many of what became of what: a line each, and the sum."""
    rows: dict[str, Counter[str]] = {}
    for case in cases:
        rows.setdefault(getattr(case, of), Counter())[case.verdict.outcome] += 1
    total = sum(rows.values(), Counter[str]())
    seen = [outcome for outcome in OUTCOMES if total[outcome] or outcome in ("silent", "crash")]
    width = max(map(len, (*rows, of)), default=0)
    yield f"{of:{width}}  " + "  ".join(f"{outcome:>9}" for outcome in seen)
    for name, counts in (*sorted(rows.items()), ("all", total)):
        numbers = (f"{counts[outcome]:{max(9, len(outcome))}d}" for outcome in seen)
        yield f"{name:{width}}  " + "  ".join(numbers)


def faults(cases: Sequence[Case], seed: int, shown: Counter[str]) -> Iterator[str]:
    """The first few faults of each mutation and kind, with what reads them again."""
    for case in cases:
        kind = f"{case.verdict.outcome}: {case.mutation}"
        shown[kind] += case.verdict.outcome in FAULTS
        if case.verdict.outcome in FAULTS and shown[kind] <= SHOWN:
            yield f"--seed {seed} --one {case.number}: {case.shape}; {kind}; {case.verdict.reason}"


def _one(seed: int, number: int, keep: Path | None) -> int:
    with TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        case = try_one(seed, number, folder)
        bill, _, expected = make(seed, number)
        for path in bill.contents():
            print(path)
        print(bill.questions, bill.as_of, bill.location, sep="\n")
        print(expected)
    print(case.mutation, case.shape, case.verdict.outcome, case.verdict.reason, sep="\n")
    return 1 if case.verdict.outcome in FAULTS else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", type=int)
    parser.add_argument("--keep", type=Path, help="with --one: write the bill here")
    chosen = parser.parse_args()
    if chosen.one is not None:
        return _one(chosen.seed, chosen.one, chosen.keep)
    return report(chosen.bills, chosen.seed)


def report(bills: int, seed: int) -> int:
    """Try so many bills on every core and print what became of them; 1 if there is a fault."""
    start, cases, shown = time.monotonic(), list[Case](), Counter[str]()
    batches = [range(n, min(n + BATCH, bills)) for n in range(0, bills, BATCH)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        for batch in pool.map(partial(run, seed), batches):
            cases += batch
            for line in faults(batch, seed, shown):
                print(line, flush=True)
    print("", *table(cases, "mutation"), "", *table(cases, "shape"), "", sep="\n")
    print(f"{len(cases)} bills, seed {seed}, {time.monotonic() - start:.0f} s")
    return 1 if any(case.verdict.outcome in FAULTS for case in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
