# SPDX-License-Identifier: Apache-2.0
"""Costs that stopped arriving are told once, and once more when they are back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.wording import SUBJECT_LENGTH
from tests.builders.readings import (
    each_day,
    monthly,
    morning,
    per_request,
    reading,
    september,
    units,
)
from tests.checks.golden_files import assert_golden
from tests.worlds.rig import Rig

QUIET = september(9)
OVER = september(9, d9=400)


def about_data(rig: Rig) -> list[str]:
    """The keys of what was sent about data, oldest first."""
    return [message.key for message in rig.notifier.sent if message.incident is None]


def text_of(message: Notification) -> str:
    return f"Subject: {message.subject}\n\n{message.body}"


def test_costs_that_stopped_arriving_are_told_once_and_open_no_incident() -> None:
    rig = Rig()

    for day in range(10, 20):
        rig.run({"web": QUIET}, day)

    assert about_data(rig) == ["web/data_missing/2026-09-09"]
    assert rig.notifier.sent[0].severity is Severity.INVESTIGATE
    assert rig.incidents == ()


def test_costs_that_are_back_are_told_once() -> None:
    rig = Rig()
    rig.run({"web": QUIET}, 15)

    for day in range(16, 20):
        rig.run({"web": september(day - 1)}, day)

    assert about_data(rig) == ["web/data_missing/2026-09-09", "web/data_back/2026-09-15"]


def test_costs_that_stop_again_are_told_again() -> None:
    rig = Rig()
    for last, day in ((9, 15), (15, 16), (15, 20)):
        rig.run({"web": september(last)}, day)

    assert about_data(rig) == [
        "web/data_missing/2026-09-09",
        "web/data_back/2026-09-15",
        "web/data_missing/2026-09-15",
    ]


def test_costs_that_trickle_in_late_are_still_the_same_gap() -> None:
    rig = Rig()

    for last, day in ((5, 15), (7, 16), (9, 17)):
        rig.run({"web": september(last)}, day)

    assert about_data(rig) == ["web/data_missing/2026-09-05"]


def test_the_same_evaluation_again_sends_nothing_more() -> None:
    rig = Rig()
    rig.run({"web": QUIET}, 15)
    before = (dict(rig.store.events), dict(rig.store.outbox))

    result = rig.again(morning(15))

    assert result.delivered == ()
    assert (rig.store.events, rig.store.outbox) == before


def test_an_instant_before_the_last_one_sends_nothing() -> None:
    rig = Rig()
    rig.run({"web": september(15)}, 16)

    rig.again(morning(15))

    assert rig.store.outbox == {}


def test_an_slo_nothing_was_charged_for_is_told_once_and_when_it_is() -> None:
    rig = Rig()
    rig.run({"web": {}}, 10)
    rig.run({"web": {}}, 11)

    rig.run({"web": september(11)}, 12)

    assert about_data(rig) == ["web/data_missing/never", "web/data_back/2026-09-11"]


def test_a_gap_that_could_not_be_sent_is_an_error_and_sent_by_the_next_run() -> None:
    rig = Rig()
    rig.notifier.fail_next = 1

    result = rig.run({"web": QUIET}, 15)
    rig.again(morning(15).replace(hour=7))

    assert result.document["errors"] == [
        {
            "slo": "web",
            "error": "an alert about the data of web waits for the next run: the notifier is down",
        }
    ]
    assert about_data(rig) == ["web/data_missing/2026-09-09"]


def test_charges_without_units_are_told_and_units_that_are_merely_few_are_not() -> None:
    rig = Rig(per_request("api"))
    requests = each_day(date(2026, 9, 1), date(2026, 9, 9), 1000)
    few = dict.fromkeys(requests, requests[date(2026, 9, 1)] / 100000)

    rig.units.readings = {"api": units(few)}
    rig.run({"api": QUIET}, 10)
    rig = Rig(per_request("api"))
    assert about_data(rig) == []
    rig.units.readings = {"api": units({})}
    rig.run({"api": QUIET}, 10)
    rig.run({"api": QUIET}, 10)

    assert about_data(rig) == ["api/data_missing/2026-09-09"]


def told(rig: Rig) -> str:
    (message,) = [it for it in rig.notifier.sent[-1:] if it.incident is None]
    assert len(message.subject) <= SUBJECT_LENGTH
    return text_of(message)


def test_the_texts_are_golden() -> None:
    rig = Rig(monthly("web"))
    rig.run({"web": OVER}, 10)
    rig.run({"web": OVER}, 15)
    assert_golden("data_stale.txt", told(rig))
    rig.run({"web": september(15)}, 16)
    (back,) = [it for it in rig.notifier.sent if "/data_back/" in it.key]
    assert_golden("data_back.txt", text_of(back))


@pytest.mark.parametrize(("rows", "name"), [(0, "data_none_empty_bill"), (12, "data_none")])
def test_a_bill_without_a_charge_in_scope_says_what_to_check(rows: int, name: str) -> None:
    rig = Rig(monthly("web"))
    empty = reading({"web": {}})
    rig.costs.reading = replace(empty, charges=replace(empty.charges, rows=rows))

    rig.again(morning(10))

    assert_golden(f"{name}.txt", told(rig))


def test_missing_units_say_what_to_check() -> None:
    rig = Rig(per_request("api"))
    rig.units.readings = {"api": units({})}

    rig.run({"api": QUIET}, 10)

    assert_golden("data_no_units.txt", told(rig))
