# SPDX-License-Identifier: Apache-2.0
"""What tests over whole bills share."""

from datetime import date
from pathlib import Path

import pytest

from cost_slo.adapters.bill_writer import write_parquet
from cost_slo.synthetic import Story, charges


@pytest.fixture(scope="session")
def two_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's bill of August and September 2026; nobody writes to it."""
    path = tmp_path_factory.mktemp("bill") / "two-months.parquet"
    write_parquet(charges(Story(start=date(2026, 8, 1), days=61)), path)
    return path
