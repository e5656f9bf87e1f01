# SPDX-License-Identifier: Apache-2.0
"""How do the SLOs stand, on a page?

Pages are made from the state alone: no bill is read, no request paid for, nothing written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from cost_slo.domain.dashboard.page import (
    PALETTES,
    PageRequest,
    Theme,
    dashboard_facts,
    incident_facts,
)
from cost_slo.domain.digest.digest import Digest
from cost_slo.domain.incidents.incident import Incident, fold
from cost_slo.ports import Narratives, Renderer
from cost_slo.use_cases.digest import Desk, daily_digest

DESCRIPTION = """\
# Cost SLOs

Every SLO, worst first: its verdict, pace and burn, what is left of its error budget and how it came
to that, and the incidents that are not over. A click on an incident shows its narrative.

It needs no parameters. The end of the dashboard's time range says as of when; it reads the state of
the last evaluation, and pays for no request.
"""


@dataclass(frozen=True, slots=True)
class Dashboard:
    """What the pages are made from; `zone` says which date it is."""

    desk: Desk
    narratives: Narratives
    renderer: Renderer
    zone: tzinfo = UTC


def dashboard_page(dashboard: Dashboard, asked: PageRequest) -> str:
    """The page that was asked for, as HTML without a script; the description as Markdown.

    Raises SourceError where the state cannot be read.
    """
    if asked.is_description:
        return DESCRIPTION
    facts = {"palettes": [PALETTES[asked.theme]], "endpoint": asked.endpoint}
    if asked.incident is not None:
        return dashboard.renderer.render(
            "incident.html.j2", facts | _chosen(dashboard, asked.incident, asked.as_of)
        )
    return dashboard.renderer.render(
        "dashboard.html.j2", facts | dashboard_facts(_digest(dashboard, asked.as_of))
    )


def report_page(dashboard: Dashboard, as_of: datetime) -> str:
    """One page that stands alone, narratives included, in light or dark as its reader prefers."""
    digest = _digest(dashboard, as_of)
    facts = dashboard_facts(digest) | {
        "palettes": [PALETTES[Theme.LIGHT], PALETTES[Theme.DARK]],
        "endpoint": None,
        "chosen": [_told(dashboard, incident, as_of) for incident in digest.running],
    }
    return dashboard.renderer.render("report.html.j2", facts)


def _digest(dashboard: Dashboard, as_of: datetime) -> Digest:
    return daily_digest(dashboard.desk, as_of, zone=dashboard.zone)


def _chosen(dashboard: Dashboard, name: str, as_of: datetime) -> dict[str, object]:
    """What is known of an incident by that name; only a known one's narrative is ever read."""
    events = dashboard.desk.store.load_events(incident=name)
    if not events:
        return {"incident": None, "name": name}
    return {"incident": _told(dashboard, fold(events), as_of)}


def _told(dashboard: Dashboard, incident: Incident, as_of: datetime) -> dict[str, object]:
    found = dashboard.narratives.load_narrative(incident.id)
    return incident_facts(incident, found.text if found else None, as_of)
