# SPDX-License-Identifier: Apache-2.0
"""What a CloudWatch dashboard sends is read leniently: a widget always shows something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cost_slo.adapters.custom_widget import read_request
from cost_slo.domain.dashboard.page import PageRequest, Theme

NOW = datetime(2026, 9, 10, 6, 30, tzinfo=UTC)
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:widget"


def milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000) + 17


def context(**more: Any) -> dict[str, Any]:
    """What a dashboard sends with every call, but for what a test wants to vary."""
    known = {
        "dashboardName": "costs",
        "widgetId": "widget-16",
        "accountId": "123456789012",
        "timeRange": {"mode": "relative", "end": milliseconds(NOW)},
        "theme": "light",
        "forms": {"all": {}},
        "params": {},
    }
    return {"widgetContext": known | more}


def asked(event: dict[str, Any]) -> PageRequest:
    return read_request(event, endpoint=ARN, now=NOW)


def test_a_dashboard_asks_for_every_slo_as_of_the_end_of_its_time_range() -> None:
    assert asked(context()) == PageRequest(NOW, Theme.LIGHT, None, ARN)
    earlier = NOW - timedelta(days=3)
    past = {"mode": "absolute", "end": milliseconds(earlier)}
    assert asked(context(timeRange=past)).as_of == earlier


def test_what_a_reader_zoomed_into_counts_before_the_whole_range() -> None:
    earlier = NOW - timedelta(days=3)
    zoomed = {"end": milliseconds(NOW), "zoom": {"end": milliseconds(earlier)}}

    assert asked(context(timeRange=zoomed)).as_of == earlier


def test_a_click_names_the_incident() -> None:
    event = {"incident": "web-2026-09", **context(theme="dark")}

    assert asked(event) == PageRequest(NOW, Theme.DARK, "web-2026-09", ARN)


def test_an_editor_asks_what_the_widget_is() -> None:
    assert asked({"describe": True}).is_description
    assert not asked(context()).is_description


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"widgetContext": None, "incident": None},
        {"widgetContext": ["light"], "incident": 7, "describe": "yes"},
        {"widgetContext": {"theme": 3, "timeRange": "today"}, "incident": ""},
        {"widgetContext": {"timeRange": {"end": 10**30}}},
        {"widgetContext": {"timeRange": {"end": "now", "zoom": {"end": None}}}},
        {"widgetContext": {"timeRange": {"end": milliseconds(NOW + timedelta(days=400))}}},
    ],
)
def test_what_has_another_form_counts_as_absent(event: dict[str, Any]) -> None:
    assert asked(event) == PageRequest(NOW, Theme.LIGHT, None, ARN)
