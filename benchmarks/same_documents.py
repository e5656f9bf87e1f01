# SPDX-License-Identifier: Apache-2.0
"""Do two checkouts print the same JSON, but for the sentences in it?

    python -m benchmarks.same_documents OLD NEW [--mornings 8] [--only NAME] [--texts]

Both command lines (each checkout has its `.venv/`) make the demo and evaluate it and other people's
bills (`../shared/data`) on some mornings, each into a state of its own; then `incidents`, `digest`
and `explain` are asked. A value that differs is printed with its path, unless it is a sentence:
`--texts` prints these, too. The exit status is 1 if anything but sentences differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.real_bills import DATA, look, places, slos_of
from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY

SHOWN = 40


@dataclass
class Compared:
    """What was compared, and what differed: sentences counted, other values by their paths."""

    documents: int = 0
    texts: Counter[tuple[str, str]] = field(default_factory=Counter)
    others: list[str] = field(default_factory=list)

    def add(self, name: str, old: str, new: str) -> None:
        """Compare what two commands printed, as JSON if both are."""
        self.documents += 1
        for path, before, after in differences(_parsed(old), _parsed(new)):
            if _is_sentence(before) and _is_sentence(after):
                self.texts[before, after] += 1
            else:
                self.others.append(f"{name}: {path}: {before!r:.200} -> {after!r:.200}")


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401  JSON
    """The paths at which two documents differ, with both values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from differences(old.get(key), new.get(key), f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for at, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, f"{path}[{at}]")
    elif old != new:
        yield path, old, new


def _parsed(text: str) -> Any:  # noqa: ANN401  JSON, or the text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_sentence(value: object) -> bool:
    return isinstance(value, str) and " " in value


def both(checkouts: Sequence[Path], folder: Path, *words: str) -> tuple[str, str]:
    """What each checkout's command line printed, in a folder of its own, with its exit code."""
    printed = []
    for name, checkout in zip(("old", "new"), checkouts, strict=True):
        (folder / name).mkdir(exist_ok=True)
        run = subprocess.run(
            [str(checkout / ".venv/bin/cost-slo"), *words],
            cwd=folder / name, capture_output=True, text=True, check=False,
        )  # fmt: skip
        printed.append(run.stdout or f"exit code {run.returncode}: {run.stderr}")
    return printed[0], printed[1]


@dataclass(frozen=True)
class Question:
    """A bill with its spec, as options of a command, and the mornings to evaluate."""

    name: str
    spec: str
    costs: str
    mornings: Sequence[date]
    units: Sequence[str] = ()


DEMO = Question(
    "demo",
    "demo/slos.yaml",
    "demo/bill",
    [date(2026, 9, day) for day in (11, 13, 14, 17, 18, 20, 25, 30)],
    ("--units", "demo/units.csv"),
)


def compare(compared: Compared, checkouts: Sequence[Path], folder: Path, asked: Question) -> None:
    """Evaluate a bill on some mornings, then ask what is known of it and what changed."""
    spec, costs, mornings = ("--spec", asked.spec), ("--costs", asked.costs), asked.mornings

    def ask(*words: str) -> str:
        old, new = both(checkouts, folder, *words, "--format", "json")
        compared.add(f"{asked.name}, {' '.join(words)}", old, new)
        return old

    for day in mornings:
        ask("evaluate", *spec, *costs, *asked.units, "--as-of", f"{day}T09:00:00Z")
    ask("digest", *spec, "--as-of", f"{mornings[-1]}T10:00:00Z")
    for incident in json.loads(ask("incidents", "list"))["incidents"]:
        ask("incidents", "show", incident["id"])
    middle, end = mornings[len(mornings) // 2], mornings[-1]
    days = f"{mornings[0]}..{middle - DAY}", f"{middle}..{end - DAY}"
    ask("explain", *costs, "--from", days[0], "--to", days[1])
    ask("explain", *costs, "--to", f"{end - 3 * DAY}..{end - DAY}")


def _of_people(compared: Compared, checkouts: Sequence[Path], place: Path, count: int) -> None:
    known = look(BillSource(str(place)))
    days = known.days[1:]
    mornings = sorted({days[at * (len(days) - 1) // (count - 1)] + DAY for at in range(count)})
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        spec = slos_of(known).model_dump(mode="json", by_alias=True, exclude_unset=True)
        (folder / "spec.yaml").write_text(json.dumps(spec))
        name = str(place.relative_to(DATA))
        asked = Question(name, str(folder / "spec.yaml"), str(place), mornings)
        compare(compared, checkouts, folder, asked)


def _of_demo(compared: Compared, checkouts: Sequence[Path]) -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        both(checkouts, folder, "demo", "--out", "demo")
        compare(compared, checkouts, folder, DEMO)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_documents")
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--mornings", type=int, default=8)
    parser.add_argument("--only", default="", help="bills whose path contains this")
    parser.add_argument("--texts", action="store_true")
    asked = parser.parse_args()
    checkouts, compared = [asked.old.resolve(), asked.new.resolve()], Compared()
    if asked.only in "demo":
        _of_demo(compared, checkouts)
    for place in places():
        if asked.only in str(place):
            try:
                _of_people(compared, checkouts, place, asked.mornings)
            except CostDataError as error:
                print(f"{place.relative_to(DATA)}: refused: {error}")
            except (IndexError, ValueError) as error:
                print(f"{place.relative_to(DATA)}: not compared, too few days ({error!r})")
    for (before, after), times in compared.texts.items() if asked.texts else ():
        print(f"{times} x - {before}\n{' ' * len(str(times))}   + {after}")
    print(*compared.others[:SHOWN], sep="\n")
    print(
        f"{compared.documents} documents: {len(compared.others)} values differ, and "
        f"{len(compared.texts)} sentences in {compared.texts.total()} places"
    )
    return 1 if compared.others else 0


if __name__ == "__main__":
    sys.exit(main())
