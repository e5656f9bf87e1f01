# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: an environment of its own, and the way to other people's data."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from botocore.loaders import Loader, create_loader
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

# Typer would ask which shell started the tests, and a runner may have been started by none. It asks
# once, when the commands are built: before any test.
os.environ["_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION"] = "1"

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


@pytest.fixture(scope="session", autouse=True)
def models_of_aws_read_once() -> Iterator[None]:
    """Let all clients of a process share what botocore reads of a service: most of their cost."""
    loader = create_loader()
    own = len(loader.search_paths)

    def shared(_: str | None = None) -> Loader:
        del loader.search_paths[own:]  # boto3 adds a folder of its own each time
        return loader

    with pytest.MonkeyPatch.context() as botocore:
        botocore.setattr("botocore.session.create_loader", shared)
        yield


@pytest.fixture(name="third_party")
def third_party_root() -> Path:
    """Return the folder of other people's published data, or skip where it is not laid out."""
    return third_party(".")


@pytest.fixture(scope="session", name="played")
def played_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the demo and of what it said; nobody writes to it."""
    return played(tmp_path_factory)


# Coverage of the domain is asked of the unit tests alone; tracing doubles a test's time.
TRACED = "tests/unit/"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Run every other test, and the fixtures made for it, without coverage."""
    coverage = item.config.pluginmanager.getplugin("_cov")
    if coverage is None or item.nodeid.startswith(TRACED):
        return (yield)
    coverage.cov_controller.pause()
    try:
        return (yield)
    finally:
        coverage.cov_controller.resume()
