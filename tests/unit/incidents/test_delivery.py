# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest

from cost_slo.domain.incidents.delivery import LONGEST_TRY, MOST_TRIES, Delivery, DeliveryState

NOON = datetime(2026, 9, 5, 12, tzinfo=UTC)
NEW = Delivery("k", "slack-1")


def after(tries: int, *, retryable: bool, every: timedelta) -> Delivery:
    """A delivery that failed so often, so far apart."""
    delivery = NEW
    for number in range(tries):
        delivery = delivery.failed(NOON + number * every, retryable=retryable)
    return delivery


def test_a_delivery_waits_until_the_channel_takes_it() -> None:
    assert not NEW.is_over
    assert NEW.delivered(NOON) == Delivery("k", "slack-1", DeliveryState.DELIVERED, at=NOON)
    assert NEW.delivered(NOON).is_over


@pytest.mark.parametrize(
    ("tries", "retryable", "every", "state"),
    [
        (MOST_TRIES - 1, False, timedelta(hours=1), DeliveryState.WAITING),
        (MOST_TRIES, False, timedelta(hours=1), DeliveryState.DEAD),
        (47, True, timedelta(hours=1), DeliveryState.WAITING),
        (49, True, timedelta(hours=1), DeliveryState.DEAD),
        (2, False, LONGEST_TRY, DeliveryState.DEAD),
        (1, False, LONGEST_TRY, DeliveryState.WAITING),
    ],
)
def test_what_is_refused_for_good_is_tried_ten_times_what_may_pass_for_two_days(
    tries: int, *, retryable: bool, every: timedelta, state: DeliveryState
) -> None:
    delivery = after(tries, retryable=retryable, every=every)

    assert (delivery.state, delivery.failures, delivery.failed_since) == (state, tries, NOON)
