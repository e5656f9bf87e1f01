# SPDX-License-Identifier: Apache-2.0
"""Words inside what an event keeps: a newer version may have written them, too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cost_slo.domain.actions.items import Agreed, Priority, actions
from cost_slo.domain.actions.transitions import add_action
from cost_slo.domain.anomalies.anomaly import Anomaly, anomaly_to_json
from cost_slo.domain.drivers.movers import Movers
from cost_slo.domain.errors import NewerStateError, SettingsError
from cost_slo.domain.incidents.incident import fold
from cost_slo.domain.incidents.state_words import reading
from cost_slo.domain.stored import from_json
from tests.builders.anomalies import anomaly
from tests.builders.stories import OPENED, drivers, opened


def test_an_unknown_kind_of_change_is_from_a_newer_version() -> None:
    written = drivers()
    written["movers"][0]["kind"] = "sideways"

    with pytest.raises(NewerStateError, match="unknown mover kind 'sideways': written by a newer"):
        from_json(Movers, written)


def test_an_unknown_feedback_is_from_a_newer_version() -> None:
    written = anomaly_to_json(anomaly()) | {"feedback": "maybe"}

    with pytest.raises(NewerStateError, match="unknown feedback 'maybe'"):
        from_json(Anomaly, written)


def test_an_unknown_priority_is_from_a_newer_version() -> None:
    incident = fold([opened()])
    agreed = Agreed("Add a limit", "platform", date(2026, 12, 1), Priority("P1"))
    added = add_action(incident, agreed, OPENED)
    item = {**added.snapshot["agreed"], "priority": "P9"}
    newer = replace(added, snapshot={**added.snapshot, "agreed": item})

    with pytest.raises(NewerStateError, match="unknown priority 'P9'"):
        actions(fold([*incident.events, newer]))


@pytest.mark.parametrize(
    ("raised", "kind", "said"),
    [
        (NewerStateError("unknown kind 'x'"), NewerStateError, "the state: unknown kind 'x'"),
        (SettingsError("no such table"), SettingsError, "the state: no such table"),
        (KeyError("slo"), SettingsError, r"the state: cannot be read \(KeyError: 'slo'\): damaged"),
    ],
)
def test_what_cannot_be_read_is_named_with_the_state(
    raised: Exception, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said), reading("the state"):
        raise raised
