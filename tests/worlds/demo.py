# SPDX-License-Identifier: Apache-2.0
"""The demo, played once for all the tests of a run that look at it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.checks.command_line import cost_slo


def played(factory: pytest.TempPathFactory) -> Path:
    """A folder with `demo/`, as `make demo` leaves it, and `said.txt`, what it printed.

    Workers of one run share it: the second waits for the first. Nobody writes to it.
    """
    own = factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "played"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = folder / "said.txt"
        if not said.exists():
            ran = cost_slo("demo", "--out", folder / "demo")
            assert (ran.code, ran.err) == (0, "")
            said.write_text(ran.out, encoding="utf-8")
    return folder
