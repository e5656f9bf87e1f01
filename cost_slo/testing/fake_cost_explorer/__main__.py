# SPDX-License-Identifier: Apache-2.0
"""Serves a bill as Cost Explorer would: `python -m cost_slo.testing.fake_cost_explorer BILL`."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Event

from cost_slo.domain.errors import CostSloError
from cost_slo.testing.fake_cost_explorer.fake import PAGE_SIZE, FakeCostExplorer


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted or terminated; the exit code."""
    asked = _parsed(arguments)
    try:
        fake = FakeCostExplorer(
            asked.bill, clock=asked.clock, page_size=asked.page_size, port=asked.port
        )
    except CostSloError as error:
        print(f"fake Cost Explorer: {error}", file=sys.stderr)  # noqa: T201 - the shell's voice
        return 1
    with fake:
        stop = Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        print(f"AWS_ENDPOINT_URL_COST_EXPLORER={fake.url}", flush=True)  # noqa: T201 - same
        stop.wait()
    return 0


def _parsed(arguments: Sequence[str] | None) -> Namespace:
    parser = ArgumentParser("python -m cost_slo.testing.fake_cost_explorer", description=__doc__)
    parser.add_argument("bill", help="file, folder or glob of a bill in FOCUS or CUR")
    parser.add_argument("--port", type=int, default=0, help="any free one if not given")
    parser.add_argument(
        "--clock",
        type=_instant,
        default=datetime.now(UTC),
        help="what it takes for now, such as 2026-09-16T09:00:00Z; the real time if not given",
    )
    parser.add_argument("--page-size", type=int, default=PAGE_SIZE, help="groups on a page")
    return parser.parse_args(arguments)


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
