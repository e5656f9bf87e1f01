# SPDX-License-Identifier: Apache-2.0
"""GetAnomalies and ProvideAnomalyFeedback: which of the anomalies that were set?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from operator import eq, ge, gt, le, lt
from typing import Any

from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.paging import page_size
from cost_slo.testing.fake_cost_explorer.refusal import invalid

_PAGE_SIZE = 100
KEPT = timedelta(days=90)
_OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "EQUAL": eq,
    "GREATER_THAN_OR_EQUAL": ge,
    "LESS_THAN_OR_EQUAL": le,
    "GREATER_THAN": gt,
    "LESS_THAN": lt,
}


def get_anomalies(look: Look, request: FakeRequest) -> FakeAnswer:
    """Anomalies that ended in the interval, its last day included."""
    page = look.pages.page(
        request, page_size(request, _PAGE_SIZE), lambda: _anomalies(look, request)
    )
    return with_token({"Anomalies": list(page.items)}, page.token)


def provide_anomaly_feedback(look: Look, request: FakeRequest) -> FakeAnswer:
    name = request["AnomalyId"]
    with look.account.lock:
        for anomaly in look.account.anomalies:
            if anomaly["AnomalyId"] == name:
                anomaly["Feedback"] = request["Feedback"]
                return {"AnomalyId": name}
    raise invalid(f"Anomaly {name} does not exist")


def _anomalies(look: Look, request: FakeRequest) -> list[FakeAnswer]:
    interval = request["DateInterval"]
    today = f"{look.now:%Y-%m-%d}"
    first = max(interval["StartDate"][:10], f"{look.now - KEPT:%Y-%m-%d}")
    last = interval.get("EndDate", today)[:10]
    if interval["StartDate"][:10] > last:
        raise invalid("Start date should be before end date")
    with look.account.lock:
        return [
            dict(anomaly)
            for anomaly in look.account.anomalies
            if first <= anomaly.get("AnomalyEndDate", today)[:10] <= last
            and request.get("MonitorArn", anomaly["MonitorArn"]) == anomaly["MonitorArn"]
            and request.get("Feedback", anomaly.get("Feedback")) == anomaly.get("Feedback")
            and _has_impact(anomaly, request.get("TotalImpact"))
        ]


def _has_impact(anomaly: Mapping[str, Any], asked: Mapping[str, Any] | None) -> bool:
    if asked is None:
        return True
    impact = anomaly["Impact"].get("TotalImpact", anomaly["Impact"]["MaxImpact"])
    operator, start = asked["NumericOperator"], asked["StartValue"]
    if operator == "BETWEEN":
        if "EndValue" not in asked:
            raise invalid("EndValue is required with the operator BETWEEN")
        return bool(start <= impact <= asked["EndValue"])
    return _OPERATORS[operator](impact, start)
