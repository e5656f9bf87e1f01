# SPDX-License-Identifier: Apache-2.0
import pytest

from cost_slo.adapters.notifiers.retrying_notifier import RetryingNotifier, jittered_pause
from cost_slo.domain.errors import SourceError
from tests.builders.messages import plain
from tests.fakes.ports import FakeNotifier
from tests.unit.use_cases.test_outbox import Refusing


def test_a_channel_that_stumbles_is_tried_again_after_a_pause() -> None:
    channel, pauses = FakeNotifier(fail_next=2), list[int]()

    RetryingNotifier(channel, pause=pauses.append).send_notification(plain())

    assert channel.sent == [plain()]
    assert pauses == [1, 2]


def test_a_channel_that_stays_down_is_left_to_the_next_run() -> None:
    channel, pauses = FakeNotifier(fail_next=3), list[int]()

    with pytest.raises(SourceError, match="the notifier is down"):
        RetryingNotifier(channel, pause=pauses.append).send_notification(plain())

    assert (channel.fail_next, pauses) == (0, [1, 2])


def test_what_is_refused_for_good_is_not_tried_again() -> None:
    channel = Refusing()

    with pytest.raises(SourceError, match="no such channel"):
        RetryingNotifier(channel, pause=lambda _: None).send_notification(plain())

    assert channel.tries == ["k"]


@pytest.mark.parametrize(
    ("tried", "share", "seconds"), [(1, 0.0, 0.5), (1, 1.0, 1.0), (2, 0.5, 1.5), (3, 0.0, 2.0)]
)
def test_pauses_double_and_are_never_all_the_same(tried: int, share: float, seconds: float) -> None:
    slept: list[float] = []

    jittered_pause(tried, sleep=slept.append, share=lambda: share)

    assert slept == [seconds]
