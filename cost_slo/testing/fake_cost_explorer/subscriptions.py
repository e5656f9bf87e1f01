# SPDX-License-Identifier: Apache-2.0
"""The anomaly subscriptions: made, read, changed and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cost_slo.testing.fake_cost_explorer.account import ID
from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.monitors import monitor
from cost_slo.testing.fake_cost_explorer.paging import page_size
from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid

_PAGE_SIZE = 100
_QUOTA = 100
_MOST = {"EMAIL": 10, "SNS": 1}
# What carries the messages of each frequency.
CHANNELS = {"IMMEDIATE": "SNS", "DAILY": "EMAIL", "WEEKLY": "EMAIL"}

THRESHOLDS = ("Threshold", "ThresholdExpression")


def create_anomaly_subscription(look: Look, request: FakeRequest) -> FakeAnswer:
    asked = request["AnomalySubscription"]
    with look.account.lock:
        _check(look, asked)
        if len(look.account.subscriptions) >= _QUOTA:
            raise invalid("Limit exceeded on spend subscription creation")
        arn = look.account.arn("anomalysubscription")
        look.account.subscriptions[arn] = _kept({**asked, "SubscriptionArn": arn, "AccountId": ID})
    return {"SubscriptionArn": arn}


def get_anomaly_subscriptions(look: Look, request: FakeRequest) -> FakeAnswer:
    wanted = request.get("SubscriptionArnList") or list(look.account.subscriptions)
    of_monitor = request.get("MonitorArn")
    page = look.pages.page(
        request,
        page_size(request, _PAGE_SIZE),
        lambda: [
            found
            for found in (_subscription(look, arn) for arn in wanted)
            if of_monitor is None or of_monitor in found["MonitorArnList"]
        ],
    )
    return with_token({"AnomalySubscriptions": [dict(each) for each in page.items]}, page.token)


def update_anomaly_subscription(look: Look, request: FakeRequest) -> FakeAnswer:
    """What the request does not name stays as it is."""
    arn = request["SubscriptionArn"]
    with look.account.lock:
        kept = _subscription(look, arn)
        if any(name in request for name in THRESHOLDS):
            kept = {name: value for name, value in kept.items() if name not in THRESHOLDS}
        changed = {**kept, **request}
        _check(look, changed)
        look.account.subscriptions[arn] = _kept(changed)
    return {"SubscriptionArn": arn}


def delete_anomaly_subscription(look: Look, request: FakeRequest) -> FakeAnswer:
    with look.account.lock:
        _subscription(look, request["SubscriptionArn"])
        del look.account.subscriptions[request["SubscriptionArn"]]
    return {}


def _subscription(look: Look, arn: str) -> dict[str, Any]:
    if arn not in look.account.subscriptions:
        raise RefusedError("UnknownSubscriptionException", f"Subscription {arn} does not exist")
    return look.account.subscriptions[arn]


def _check(look: Look, asked: Mapping[str, Any]) -> None:
    given = [name for name in THRESHOLDS if asked.get(name) is not None]
    if not given:
        raise invalid("Threshold and ThresholdExpression cannot both be null")
    if len(given) == len(THRESHOLDS):
        raise invalid("Threshold and ThresholdExpression cannot both be specified")
    for arn in asked["MonitorArnList"]:
        monitor(look, arn)
    kinds = [each.get("Type") for each in asked["Subscribers"]]
    channel = CHANNELS[asked["Frequency"]]
    if any(kind != channel for kind in kinds):
        raise invalid(f"{asked['Frequency']} frequency only supports {channel} subscribers")
    if not 1 <= len(kinds) <= _MOST[channel]:
        raise invalid(f"A subscription has 1 to {_MOST[channel]} {channel} subscribers")


def _kept(asked: Mapping[str, Any]) -> dict[str, Any]:
    subscribers = [{"Status": "CONFIRMED", **each} for each in asked["Subscribers"]]
    return {**asked, "Subscribers": subscribers}
