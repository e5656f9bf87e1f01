# SPDX-License-Identifier: Apache-2.0
"""One message of each kind: an alert, the end of its incident, missing data."""

from datetime import timedelta

from cost_slo.domain.alerts.alert import Notification, alert
from cost_slo.domain.incidents.incident import EventKind, Severity
from tests.builders.readings import september
from tests.builders.stories import OPENED, event, opened, recovered
from tests.worlds.rig import Rig

# A value that no text of ours may show.
MARK = "M4RK3Ds3cr3t"

REASON = "the month is projected to end within its objective"


def paged() -> Notification:
    """The alert that opens an incident."""
    return alert(opened(), opened_at=OPENED)


def resolved() -> Notification:
    """Its incident is over."""
    over = event(EventKind.RESOLVED, REASON, hours=192, severity=Severity.NONE, known=recovered())
    return alert(over, opened_at=OPENED)


def data_missing() -> Notification:
    """Charges stopped arriving; about no incident."""
    rig = Rig()
    rig.run({"web": september(9)}, 15)
    return rig.notifier.sent[0]


def plain(key: str = "k", *, incident: str | None = "web-2026-09", hours: int = 0) -> Notification:
    """A message with nothing in it that matters but its key and its incident."""
    at = OPENED + timedelta(hours=hours)
    return Notification(key, incident, "web", Severity.PAGE, at, "[page] web", "Look now.\n")


KINDS = {"alert": paged, "resolution": resolved, "data": data_missing}
