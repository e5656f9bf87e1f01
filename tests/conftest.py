# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: an environment of its own, and the way to other people's data."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.checks.third_party import third_party
from tests.worlds.demo import played

FOREIGN_PREFIXES = ("AWS_", "CLICOLOR", "COST_SLO_")
FOREIGN_NAMES = (
    "COLUMNS",
    "FORCE_COLOR",
    "GITHUB_ACTIONS",
    "LINES",
    "NO_COLOR",
    "PY_COLORS",
    "TERMINAL_WIDTH",
)

# A slow machine is no finding, and CI draws the same examples for the same code.
settings.register_profile("steady", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("steady")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the developer's settings, terminal or account."""
    for name in os.environ:
        if name in FOREIGN_NAMES or name.startswith(FOREIGN_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(name="third_party")
def third_party_root() -> Path:
    """Return the folder of other people's published data, or skip where it is not laid out."""
    return third_party(".")


@pytest.fixture(scope="session", name="played")
def played_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demo and of what it said; nobody writes to it."""
    return played(tmp_path_factory)


# Tracing doubles a test's time. These take every branch of the domain; others use it as a whole.
TRACED = (
    *("cost_slo", "tests/unit", "tests/contract"),
    *("tests/integration/cli/test_cli.py", "tests/integration/cli/test_report.py"),
    *(
        "tests/integration/stores/test_sqlite_store.py",
        "tests/integration/documents/test_yaml_spec.py",
    ),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Coverage measures what is written to measure it."""
    for item in items:
        if not item.nodeid.startswith(TRACED):
            item.add_marker("no_cover")
