# SPDX-License-Identifier: Apache-2.0
"""What the import floors cannot see: calls that reach the world, and what importing costs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "cost_slo"
USE_CASES = (
    "anomalies",
    "backtest",
    "dashboard",
    "demo",
    "details",
    "doctor",
    "drafting",
    "explain",
    "gate",
    "known",
    "monitor",
    "narratives",
    "outbox",
    "outcomes",
    "rituals",
    "synthetic",
)
WORLDLY_CALLS = {"breakpoint", "input", "open", "print"}
WORLDLY_METHODS = {"now", "read_bytes", "read_text", "today", "utcnow", "write_bytes", "write_text"}


def worldly_calls(source: str) -> list[str]:
    """Name the calls in a source text that read the clock, a file or a terminal."""
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if (isinstance(call, ast.Name) and call.id in WORLDLY_CALLS)
        or (isinstance(call, ast.Attribute) and call.attr in WORLDLY_METHODS)
    ]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("datetime.now(UTC)", ["datetime.now"]),
        ("dt.date.today()", ["dt.date.today"]),
        ("with open(path) as f: pass", ["open"]),
        ("Path(name).read_text()", ["Path(name).read_text"]),
        ("datetime(2025, 1, 31, tzinfo=UTC)", []),
        ("incident.opened_at", []),
    ],
)
def test_worldly_calls_are_recognised(source: str, found: list[str]) -> None:
    assert worldly_calls(source) == found


@pytest.mark.parametrize(
    "module", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda module: module.stem
)
def test_the_domain_never_asks_the_world(module: Path) -> None:
    assert worldly_calls(module.read_text("utf-8")) == []


def imported_roots(source: str) -> set[str]:
    """Name the top-level packages that a source text imports, wherever it does."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    given = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in plain | given}


def use_case_modules() -> list[Path]:
    files = [PACKAGE / f"{name}.py" for name in USE_CASES]
    folders = [module for name in USE_CASES for module in (PACKAGE / name).rglob("*.py")]
    return [module for module in (*files, *folders) if module.exists()]


@pytest.mark.parametrize(
    "module", use_case_modules(), ids=lambda module: module.relative_to(PACKAGE).as_posix()
)
def test_use_cases_reach_the_outside_through_ports_only(module: Path) -> None:
    outside = imported_roots(module.read_text("utf-8")) - sys.stdlib_module_names - {"cost_slo"}

    assert outside == set()


def test_importing_the_package_loads_no_laptop_library() -> None:
    heavy = "{'boto3', 'duckdb', 'numpy', 'pandas', 'pydantic', 'rich', 'typer'}"

    loaded = subprocess.run(
        [sys.executable, "-c", f"import cost_slo, sys; print({heavy} & set(sys.modules))"],
        capture_output=True,
        check=True,
        text=True,
    )

    assert loaded.stdout.strip() == "set()"
