# SPDX-License-Identifier: Apache-2.0
"""What do alerts score on a ledger with known incidents?

Generator and scorer are third-party files beside the checkout (`../shared/bench/detection.py`).
A ledger is generated once and kept; alerts are made by the functions of `cost-slo backtest`.
"""

from __future__ import annotations

import csv
import importlib.util
import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any, Literal

from benchmarks.naive import POLICIES, replay_naive
from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.adapters.ledger_folder import LedgerFolder
from cost_slo.domain.backtest.replay import calls_standing, replay

BENCH = Path(__file__).resolve().parents[2] / "shared" / "bench" / "detection.py"

# What the scorer prints for one set of alerts, and `n_breach`, the incidents that breach.
Score = dict[str, Any]


@dataclass(frozen=True)
class Ledger:
    """A generated ledger: how it was made, and where it is."""

    regime: str
    seed: int
    clean: int
    incidents: int
    work: Path
    granularity: Literal["day", "hour"] = "day"

    @property
    def folder(self) -> Path:
        hourly = "-hour" if self.granularity == "hour" else ""
        return self.work / f"{self.regime}{hourly}-{self.clean}x{self.incidents}-seed{self.seed}"

    @property
    def truth(self) -> dict[str, Any]:
        """What is wrong with each series, for the scorer."""
        text = (self.folder / "truth.json").read_text(encoding="utf-8")
        return dict(json.loads(text))

    def generate(self) -> None:
        """Make the ledger unless it is there."""
        if (self.folder / "truth.json").exists():
            return
        sizes = ("--clean", self.clean, "--incidents", self.incidents, "--seed", self.seed)
        kind = ("--regime", self.regime, "--granularity", self.granularity)
        _run("generate", "--out", self.folder, *kind, *sizes)


def alert(ledger: Ledger, policies: Sequence[str]) -> dict[str, Path]:
    """Write the alerts of the burn ladders and of each naive policy; files by name."""
    base, kind = Path.cwd(), ledger.granularity
    ladders = {name: load_policy(name, base=base, granularity=kind) for name in policies}
    rows: dict[str, list[tuple[str, str, str]]] = {name: [] for name in (*ladders, *POLICIES)}
    for case in LedgerFolder(ledger.folder).load_cases(hourly=kind == "hour"):
        for name, ladder in ladders.items():
            for call in calls_standing(replay(case, ladder), case.evaluations):
                rows[name].append((case.name, call.at.isoformat(), call.severity.value))
        for name, at, severity in replay_naive(case):
            rows[name].append((case.name, at.isoformat(), severity.value))
    stem = f"alerts-{Path(policies[0]).stem}"
    files = {name: ledger.folder / f"{stem}-{number}.csv" for number, name in enumerate(rows)}
    for name, file in files.items():
        _write(file, rows[name])
    return files


def score(truth: dict[str, Any], alerts: Sequence[tuple[str, str, str]]) -> Score:
    """What the scorer says of alerts on a ledger with that truth."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "truth.json").write_text(json.dumps(truth), encoding="utf-8")
        file = Path(folder) / "alerts.csv"
        _write(file, alerts)
        said: Score = json.loads(_run("score", folder, file, "--json"))
    incidents = [series for series in truth.values() if series["onset"] is not None]
    return said | {"n_breach": sum(series["breach"] for series in incidents)}


def pooled(ledgers: Sequence[Ledger], files: Sequence[Path]) -> Score:
    """The score of several ledgers as one, each series named after its ledger too."""
    truth: dict[str, Any] = {}
    alerts: list[tuple[str, str, str]] = []
    for ledger, file in zip(ledgers, files, strict=True):
        truth |= {f"{ledger.seed}/{name}": series for name, series in ledger.truth.items()}
        with file.open(newline="", encoding="utf-8") as lines:
            alerts += [(f"{ledger.seed}/{name}", at, said) for name, at, said in _rows(lines)]
    return score(truth, alerts)


def _rows(lines: Any) -> list[list[str]]:  # noqa: ANN401  what csv reads
    return list(csv.reader(lines))[1:]


def _write(file: Path, rows: Sequence[tuple[str, str, str]]) -> None:
    with file.open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines)
        out.writerow(["series", "evaluated_at", "severity"])
        out.writerows(rows)


@cache
def generator() -> ModuleType:
    """The generator and scorer, loaded once."""
    spec = importlib.util.spec_from_file_location("detection_bench", BENCH)
    if spec is None or spec.loader is None:
        raise ImportError(f"{BENCH} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _run(*arguments: object) -> str:
    """What one of its two commands prints."""
    bench, printed = generator(), StringIO()
    chosen = bench.p.parse_args(list(map(str, arguments)))
    with redirect_stdout(printed):
        chosen.f(chosen)
    return printed.getvalue()
