# SPDX-License-Identifier: Apache-2.0
"""Progress of a long scan."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

PERIOD_SECONDS = 0.2
PERCENT = 100


@contextmanager
def watched(
    connection: duckdb.DuckDBPyConnection, progress: Callable[[float], None] | None
) -> Iterator[None]:
    """Call `progress` with the share done while the body runs, and with 1 at its end."""
    if progress is None:
        yield
        return
    done = Event()

    def watch() -> None:
        while not done.wait(PERIOD_SECONDS):
            share = connection.query_progress() / PERCENT
            if 0 <= share <= 1:
                progress(share)

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
    progress(1.0)
