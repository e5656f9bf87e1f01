# SPDX-License-Identifier: Apache-2.0
"""Fifty-eight real days, evaluated each midnight: one forgotten instance, and nothing else, calls.

The objective is 10 a month for everything. A quiet month of that account costs 4.90: 0.055 a day
and 3.30 of tax. A twice as dear month is worth a look; a single odd half dollar is not. The bill
begins with the first evaluation, so no plan can be learned before March: until then all spend
counts against the whole objective.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cost_slo.domain.incidents.incident import EventKind, Incident
from cost_slo.use_cases.evaluate import run
from tests.builders.readings import monthly
from tests.checks.third_party import third_party
from tests.integration.bills.test_real_bills import CATEGORIES, mornings, rewound
from tests.worlds.rig import Rig

OBJECTIVE = 10
FIRST, LAST = date(2024, 2, 1), date(2024, 3, 29)
FORGOTTEN = date(2024, 2, 12)
STOPPED = date(2024, 2, 20)
EC2 = "Amazon Elastic Compute Cloud - Compute"


@dataclass(frozen=True)
class Replayed:
    """What each midnight said, by date, and the incidents that came of it."""

    said: dict[date, dict[str, Any]]
    incidents: tuple[Incident, ...]

    def notes(self, day: date) -> list[str]:
        notes: list[str] = self.said[day]["notes"]
        return notes

    def changes(self, first: date, last: date) -> set[str]:
        return {slo["incident_change"] for day, slo in self.said.items() if first <= day <= last}


@pytest.fixture(scope="module", name="replayed")
def whole_bill() -> Replayed:
    bill = third_party("ce_daily_by_service_real") / "get_cost_and_usage.json"
    scope = {"charge_categories": CATEGORIES}
    rig = Rig(monthly("account", OBJECTIVE, plan="learned", scope=scope))
    end = datetime(2024, 3, 30, tzinfo=UTC)
    source = rewound(bill, rig, end)
    rig.monitor = replace(rig.monitor, costs=source)
    looks = mornings(date(2024, 2, 2), date(2024, 3, 31))
    said = {as_of.date(): run(rig.monitor, as_of).document["slos"][0] for as_of in looks}
    return Replayed(said, rig.incidents)


def test_a_forgotten_instance_opens_one_incident_the_midnight_after_its_first_whole_day(
    replayed: Replayed,
) -> None:
    (incident,) = replayed.incidents

    opened = [event for event in incident.events if event.kind is EventKind.OPENED]

    assert [event.at.date() for event in opened] == [date(2024, 2, 13)]
    assert replayed.changes(date(2024, 2, 14), STOPPED) <= {"escalated", "updated", "none"}


def test_the_incident_names_the_service_that_was_forgotten(replayed: Replayed) -> None:
    (incident,) = replayed.incidents
    known = [event.snapshot.get("drivers") for event in incident.events if event.snapshot]

    drivers = next(drivers for drivers in known if drivers)

    assert drivers["movers"][0]["service"] == EC2
    assert (drivers["movers"][0]["kind"], drivers["movers"][0]["before"]) == ("new", "0")


def test_neither_a_tax_nor_an_odd_half_dollar_calls_before_it(replayed: Replayed) -> None:
    assert replayed.changes(FIRST, FORGOTTEN) == {"none"}
    assert {replayed.said[day]["verdict"] for day in replayed.said if day <= FORGOTTEN} == {
        "within"
    }


def test_a_new_month_with_its_tax_ends_the_incident_and_opens_none(replayed: Replayed) -> None:
    (incident,) = replayed.incidents

    resolved = [event.at.date() for event in incident.events if event.kind is EventKind.RESOLVED]

    assert resolved == [date(2024, 3, 3)]
    assert replayed.changes(date(2024, 3, 4), LAST) == {"none"}


def test_a_month_of_history_is_too_short_to_do_without_the_incident_and_march_says_so(
    replayed: Replayed,
) -> None:
    assert replayed.notes(FORGOTTEN) == []
    said = {
        note for day in replayed.said if day >= date(2024, 3, 3) for note in replayed.notes(day)
    }
    assert said == {
        (
            "11 incident days (11 to 20 Feb 2024, 28 Feb 2024) were kept in the plan: "
            "fewer than 28 other days are known"
        )
    }
