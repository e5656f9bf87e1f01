# SPDX-License-Identifier: Apache-2.0
"""Which changes may have set off a rise, in which order, and what is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.account_changes.change import Change, Place, likely

SINCE = datetime(2026, 11, 12, tzinfo=UTC)
HERE = Place("111122223333", "AWS Lambda", "us-east-1")


def change(hours: float = -2, action: str = "CreateFunction", **more: object) -> Change:
    """A change so many hours after the rise began, in the same account, service and region."""
    made = Change(
        at=SINCE + timedelta(hours=hours),
        account=HERE.account,
        region=HERE.region,
        service=HERE.service,
        action=action,
        resource="weel-api",
        made_by="role ci-deploy",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def ranked(*changes: Change) -> list[Change]:
    return [found.change for found in likely(changes, HERE, SINCE)]


@pytest.mark.parametrize(
    ("likelier", "other"),
    [
        pytest.param(change(-2), change(-3), id="the closer in time"),
        pytest.param(change(-20), change(-2, service="Amazon S3"), id="the one in the service"),
        pytest.param(change(-20), change(-2, account="4"), id="the one in the account"),
        pytest.param(change(-20), change(-2, region="eu-west-1"), id="the one in the region"),
        pytest.param(change(-20), change(-2, "TagResource"), id="the one that may cost"),
        pytest.param(
            change(-20, "ExecuteIt", service="AWS CloudFormation", is_deploy=True),
            change(-2, "DeleteFunction"),
            id="a deployment before a deletion",
        ),
    ],
)
def test_the_likelier_change_comes_first(likelier: Change, other: Change) -> None:
    assert ranked(other, likelier) == [likelier, other]


def test_what_came_after_the_first_day_set_off_nothing() -> None:
    on_the_day, after = change(23.9), change(24)

    assert ranked(after, on_the_day) == [on_the_day]


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (
            change(-2),
            (
                "CreateFunction of weel-api (AWS Lambda) by role ci-deploy, "
                "2 hours before the day the rise began, in the same account, service and region"
            ),
        ),
        (
            change(14.5, service="Amazon S3", region=""),
            (
                "CreateFunction of weel-api (Amazon S3) by role ci-deploy, "
                "at 14:30 UTC of the day the rise began, in the same account"
            ),
        ),
        (
            change(-30, resource="", account="4", region="eu-west-1", service="Amazon S3"),
            (
                "CreateFunction (Amazon S3) by role ci-deploy, "
                "1 day 6 hours before the day the rise began"
            ),
        ),
        (
            change(-1, region="eu-west-1"),
            (
                "CreateFunction of weel-api (AWS Lambda) by role ci-deploy, "
                "1 hour before the day the rise began, in the same account and service"
            ),
        ),
    ],
)
def test_what_is_said_of_a_change_is_why_it_is_thought_of(made: Change, says: str) -> None:
    (found,) = likely([made], HERE, SINCE)

    assert found.says == says


def test_an_unknown_place_is_shared_with_nothing() -> None:
    nowhere = change(account="", region="", service="")

    assert Place().shared_with(nowhere) == ()


ACTIONS = st.sampled_from(["CreateFunction", "TagResource", "DeleteFunction"])
CHANGES = st.lists(st.builds(change, st.integers(-48, 48), ACTIONS), unique=True, max_size=8)


@given(CHANGES, st.randoms(use_true_random=False))
def test_the_order_they_were_found_in_is_irrelevant(changes: list[Change], random: Random) -> None:
    shuffled = changes.copy()
    random.shuffle(shuffled)

    assert ranked(*shuffled) == ranked(*changes)
