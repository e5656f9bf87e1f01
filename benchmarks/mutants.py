# SPDX-License-Identifier: Apache-2.0
"""Do the tests notice when the code that decides an alarm is changed?

    python -m benchmarks.mutants [--record]

mutmut changes one number, operator, name or argument of a function at a time, and runs the unit
tests that reach it; the change is killed when one of them fails. Modules and tests are those of
`[tool.mutmut]` in pyproject.toml. A module below the goal ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.results import heading, record, table

GOAL = 0.90
MUTATED = Path("mutants")
RESULT = re.compile(r"^ *(cost_slo\.domain\.(\w+)\.\S+): (.+)$", re.MULTILINE)
KILLED = ("killed", "timeout")
METHOD = (
    "Functions and methods are changed; constants, defaults of fields and properties are not. A "
    f"change that never ends is killed too. Goal for each module: {100 * GOAL:.0f} %."
)


def mutmut(*arguments: str) -> str:
    """What mutmut prints; `CI` lets hypothesis draw the same examples for each mutant."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    env = {**os.environ, "CI": "1"}
    return subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout


def lines(modules: Mapping[str, Counter[bool]], survivors: Mapping[str, str]) -> list[str]:
    rows = [
        (
            f"`{module}`",
            found.total(),
            found[True],
            found[False],
            f"{found[True] / found.total():.1%}",
        )
        for module, found in sorted(modules.items())
    ]
    return [
        *table(("module", "mutants", "killed", "survived", "share killed"), rows),
        METHOD,
        *(f"\n`{name}` survives:\n\n```diff\n{diff}```" for name, diff in survivors.items()),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--record", action="store_true", help="write it to RESULTS.md")
    chosen = parser.parse_args()
    shutil.rmtree(MUTATED, ignore_errors=True)
    mutmut("run")
    modules = defaultdict[str, Counter[bool]](Counter)
    survivors = {}
    for name, module, status in RESULT.findall(mutmut("results", "--all", "true")):
        modules[module][status in KILLED] += 1
        if status not in KILLED:
            survivors[name] = mutmut("show", name)
    found = lines(modules, survivors)
    print("\n".join(found))
    if chosen.record:
        record("mutants", [*heading("mutants", "Mutants"), *found])
    return int(any(each[True] < GOAL * each.total() for each in modules.values()))


if __name__ == "__main__":
    sys.exit(main())
