# SPDX-License-Identifier: Apache-2.0
"""What tests over whole bills share."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cost_slo.adapters.bill_writer import write_parquet
from cost_slo.synthetic import Story, charges
from tests.worlds.deployed import Cloud, cloud


@pytest.fixture(name="clouds", scope="module")
def one_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An AWS of the module's own, in which each test deploys under another name."""
    with cloud(tmp_path_factory.mktemp("cloud")) as made:
        yield made


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's bill of August and September 2026; nobody writes to it."""
    path = tmp_path_factory.mktemp("bill") / "two-months.parquet"
    write_parquet(charges(Story(start=date(2026, 8, 1), days=61)), path)
    return path
