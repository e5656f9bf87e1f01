# SPDX-License-Identifier: Apache-2.0
"""Third-party data is read in place, beside the checkout; without it a test skips and says so."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


def third_party(folder: str) -> Path:
    """The folder of that name, or a skip."""
    path = DATA / folder
    if not path.exists():
        pytest.skip(f"third-party data `{folder}` is not beside the checkout (../shared/data)")
    return path
