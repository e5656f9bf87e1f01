# SPDX-License-Identifier: Apache-2.0
"""What does a CloudWatch dashboard ask of the function behind its custom widget?

The event is the widget's parameters, or those of the element that was clicked on, with a
`widgetContext`: the theme, and the dashboard's time range in milliseconds since 1970. An editor
sends `describe: true` instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cost_slo.domain.dashboard.page import PageRequest, Theme


def read_request(event: Mapping[str, Any], *, endpoint: str, now: datetime) -> PageRequest:
    """What is asked; `endpoint` is the function's own ARN.

    As of the end of what the dashboard shows, if that is over by `now`. What has another form than
    expected counts as absent: a dashboard always shows something.
    """
    incident = event.get("incident")
    return PageRequest(
        as_of=min(now, _end(event) or now),
        theme=Theme.DARK if _at(event, "widgetContext", "theme") == Theme.DARK else Theme.LIGHT,
        incident=incident if isinstance(incident, str) and incident else None,
        endpoint=endpoint,
        is_description=event.get("describe") is True,
    )


def _end(event: Mapping[str, Any]) -> datetime | None:
    """Of the part a reader zoomed into, else of the whole range; to the second."""
    ranged = ("widgetContext", "timeRange")
    for place in ((*ranged, "zoom", "end"), (*ranged, "end")):
        found = _at(event, *place)
        if isinstance(found, int | float):
            try:
                return datetime.fromtimestamp(found // 1000, UTC)
            except (OverflowError, OSError, ValueError):
                return None
    return None


def _at(found: Any, *keys: str) -> Any:  # noqa: ANN401  JSON of CloudWatch
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
