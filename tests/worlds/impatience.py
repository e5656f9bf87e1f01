# SPDX-License-Identifier: Apache-2.0
"""A deployment that tries again at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from cost_slo.adapters.cost_explorer.paid import PaidRequests, Patience
from cost_slo.adapters.notifiers.retrying_notifier import RetryingNotifier
from cost_slo.wiring import channels
from cost_slo.wiring import deployed as live


@contextmanager
def without_pauses() -> Iterator[None]:
    """Until the block ends, no deployment waits between two tries."""
    notifier = partial(RetryingNotifier, pause=lambda _: None)
    paid = partial(PaidRequests, patience=Patience(sleep=lambda _: None))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(channels, "RetryingNotifier", notifier)
        patch.setattr(live, "PaidRequests", paid)
        yield
