# SPDX-License-Identifier: Apache-2.0
"""The anomaly monitors: made, read, renamed and deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cost_slo.testing.fake_cost_explorer.look import FakeAnswer, FakeRequest, Look, with_token
from cost_slo.testing.fake_cost_explorer.paging import page_size
from cost_slo.testing.fake_cost_explorer.refusal import RefusedError, invalid

_PAGE_SIZE = 100
_QUOTA = 501
_MOST_VALUES = 10
BY_KEY = {"TAG": "Tags", "COST_CATEGORY": "CostCategories"}
_NEVER = "NOT_EVALUATED_YET"

_Monitor = Mapping[str, Any]


def create_anomaly_monitor(look: Look, request: FakeRequest) -> FakeAnswer:
    asked = request["AnomalyMonitor"]
    _check(asked)
    with look.account.lock:
        monitors = look.account.monitors
        if len(monitors) >= _QUOTA:
            raise invalid("Limit exceeded on custom spend monitor creation")
        if _watched(asked) and any(_watched(each) == _watched(asked) for each in monitors.values()):
            raise invalid("Limit exceeded on dimensional spend monitor creation")
        arn, today = look.account.arn("anomalymonitor"), f"{look.now:%Y-%m-%d}"
        monitors[arn] = {
            **asked,
            "MonitorArn": arn,
            "CreationDate": today,
            "LastUpdatedDate": today,
            "LastEvaluatedDate": _NEVER,
        }
    return {"MonitorArn": arn}


def get_anomaly_monitors(look: Look, request: FakeRequest) -> FakeAnswer:
    wanted = request.get("MonitorArnList") or list(look.account.monitors)
    page = look.pages.page(
        request, page_size(request, _PAGE_SIZE), lambda: [monitor(look, arn) for arn in wanted]
    )
    return with_token({"AnomalyMonitors": [dict(each) for each in page.items]}, page.token)


def update_anomaly_monitor(look: Look, request: FakeRequest) -> FakeAnswer:
    """Only the name can change."""
    with look.account.lock:
        changed = monitor(look, request["MonitorArn"])
        changed["MonitorName"] = request.get("MonitorName", changed["MonitorName"])
        changed["LastUpdatedDate"] = f"{look.now:%Y-%m-%d}"
    return {"MonitorArn": request["MonitorArn"]}


def delete_anomaly_monitor(look: Look, request: FakeRequest) -> FakeAnswer:
    with look.account.lock:
        monitor(look, request["MonitorArn"])
        del look.account.monitors[request["MonitorArn"]]
    return {}


def monitor(look: Look, arn: str) -> dict[str, Any]:
    """The monitor of that name. Raises RefusedError if there is none."""
    if arn not in look.account.monitors:
        raise RefusedError("UnknownMonitorException", f"Monitor {arn} does not exist")
    return look.account.monitors[arn]


def _check(asked: _Monitor) -> None:
    dimension, specification = asked.get("MonitorDimension"), asked.get("MonitorSpecification")
    if asked["MonitorType"] == "CUSTOM":
        if specification is None or dimension is not None:
            raise invalid("A CUSTOM monitor needs MonitorSpecification and no MonitorDimension")
        for filtered in specification.values():
            if isinstance(filtered, Mapping) and len(filtered.get("Values") or ()) > _MOST_VALUES:
                raise invalid(f"MonitorSpecification is limited to {_MOST_VALUES} values")
    elif dimension is None:
        raise invalid("A DIMENSIONAL monitor needs MonitorDimension")
    elif (dimension in BY_KEY) is not (specification is not None):
        raise invalid(
            "MonitorSpecification is for the dimensions TAG and COST_CATEGORY, which need it"
        )


def _watched(asked: _Monitor) -> tuple[str, str] | None:
    """The dimension, and key, of a managed monitor: there is one of each."""
    dimension = asked.get("MonitorDimension")
    if asked["MonitorType"] != "DIMENSIONAL" or dimension is None:
        return None
    filtered = (asked.get("MonitorSpecification") or {}).get(BY_KEY.get(dimension, ""), {})
    return dimension, filtered.get("Key", "")
