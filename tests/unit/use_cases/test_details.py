# SPDX-License-Identifier: Apache-2.0
"""A detail that fails costs the detail; an SLO that fails costs that SLO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.alerts.alert import alert
from cost_slo.domain.alerts.alert_of import alert_of
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.drivers.sentences import unit_cost_sentence
from cost_slo.domain.errors import CostDataError, SourceError, in_words
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import EventKind, IncidentEvent, Severity
from cost_slo.domain.missing import Extras
from cost_slo.domain.period import Period
from cost_slo.ports import StateChange
from cost_slo.use_cases.evaluate import rehearse
from cost_slo.use_cases.outbox import FanOut
from cost_slo.use_cases.result import Evaluation
from tests.builders.changes import cell, cube
from tests.builders.readings import each_day, monthly, morning, per_request, september, units
from tests.builders.stories import snapshot
from tests.fakes.ports import FakeChangeSource, FakeNotifier, FakeStore
from tests.worlds.rig import Rig

BURNING = each_day(date(2026, 8, 1), date(2026, 8, 31), 5) | september(9, d8=400)
QUIET = each_day(date(2026, 8, 1), date(2026, 8, 31), 5) | september(9)
OVERFLOW = OverflowError("put in from outside")


def entry(result: Evaluation, name: str = "web") -> Mapping[str, Any]:
    found: Mapping[str, Any] = next(it for it in result.document["slos"] if it["name"] == name)
    return found


def errors(result: Evaluation) -> dict[str, str]:
    return {it["slo"]: it["error"] for it in result.document["errors"]}


@pytest.mark.parametrize("error", [OVERFLOW, MemoryError(), CostDataError("two currencies")])
def test_a_detail_that_cannot_be_read_is_named_and_the_alert_leaves(error: Exception) -> None:
    rig = Rig(monthly("web"), monthly("quiet"))
    rig.costs.cube_error = error

    result = rig.run({"web": BURNING, "quiet": QUIET}, 10)

    (alert,) = rig.notifier.sent
    assert "look at Amazon EC2 first" in alert.body
    assert f"What changed in detail: not known ({in_words(error)})" in alert.body
    assert any("what changed in detail: not known" in note for note in entry(result)["notes"])
    assert result.causes == (("web: what changed in detail", error),)
    assert errors(result) == {}


def test_a_detail_that_was_missing_is_there_with_the_next_run() -> None:
    rig = Rig()
    rig.costs.cube_error = OVERFLOW
    rig.run({"web": BURNING}, 10)
    rig.costs.cube_error = None

    result = rig.again(morning(10).replace(hour=9))

    known = rig.incidents[0].last_snapshot
    assert known["segments"] is not None
    assert "missing" not in known
    assert not any("not known" in note for note in entry(result)["notes"])


def test_a_detail_that_is_missing_again_and_again_adds_nothing_to_the_timeline() -> None:
    rig = Rig()
    rig.costs.cube_error = OVERFLOW
    first = rig.run({"web": BURNING}, 10)
    kinds = [event.kind for event in rig.incidents[0].events]

    again = rig.again(morning(10).replace(hour=9))

    assert [event.kind for event in rig.incidents[0].events] == kinds
    assert again.causes == first.causes
    assert (first.refused, again.refused) == ((OVERFLOW,), ())


def test_changes_that_cannot_be_looked_up_by_a_fault_are_named() -> None:
    rig = Rig()
    rig.monitor = replace(rig.monitor, changes=FakeChangeSource(error=OVERFLOW))

    result = rig.run({"web": BURNING}, 10)

    assert len(rig.notifier.sent) == 1
    assert result.causes == (("web: what was changed before", OVERFLOW),)


def test_changes_that_were_looked_up_are_kept_with_their_evidence() -> None:
    rig = Rig()
    rig.monitor = replace(rig.monitor, changes=FakeChangeSource())

    rig.run({"web": BURNING}, 10)

    known = rig.incidents[0].last_snapshot
    assert known["changes"]["likely"] == []
    assert [row["id"] for row in known["evidence"]] == ["E1", "E2"]


def test_without_a_comparison_the_alert_names_what_else_is_missing() -> None:
    known = snapshot(drivers=None, missing=["what changed by service: not known (no idea)"])

    told = alert(replace(OPENED, snapshot=known), opened_at=OPENED.at)

    assert "What changed by service: not known (no idea)." in told.body
    assert "was not compared" not in told.body


def unit_cost(*counted: date) -> Rig:
    """An SLO of $0.02 a request that costs more from the 8th, with the requests of some days."""
    rig = Rig(per_request("api"))
    rig.units.readings = {"api": units(dict.fromkeys(counted, Decimal(1000)))}
    rig.run({"api": BURNING}, 10)
    return rig


def test_of_a_unit_cost_the_alert_says_why_a_unit_costs_more_and_the_incident_keeps_it() -> None:
    rig = unit_cost(*Period(date(2026, 8, 1), date(2026, 9, 10)).dates)

    (sent,) = rig.notifier.sent
    split = read_snapshot(rig.incidents[0].last_snapshot).unit_split
    assert split is not None
    # $5 for 1000 requests a day; then $440 for those of nine days.
    assert [split.effects.before, round(split.effects.after, 6)] == [
        Decimal("0.005"),
        Decimal("0.048889"),
    ]
    assert unit_cost_sentence(split, "USD") in sent.body


def test_units_that_are_not_known_cost_the_alert_one_line() -> None:
    rig = unit_cost(*Period(date(2026, 9, 1), date(2026, 9, 10)).dates)

    (sent,) = rig.notifier.sent
    assert "look at Amazon EC2 first" in sent.body
    assert (
        "Why the cost of a unit changed: not known "
        "(request counts are known for 0 of 9 days of 1 to 9 Aug 2026)" in sent.body
    )
    assert "unit_split" not in rig.incidents[0].last_snapshot


OPENED = IncidentEvent(
    "wéb-2026-09", "wéb", "k", morning(10), EventKind.OPENED, "burning 4x", Severity.PAGE, {}
)


def test_an_alert_that_cannot_be_written_says_what_the_decision_says() -> None:
    extras = Extras()

    told = alert_of(OPENED, opened_at=OPENED.at, pointers="Draft: {incident}", extras=extras)

    assert (told.key, told.subject) == ("k", "[page] w?b: opened")
    first, missing, *rest = told.body.splitlines()
    assert first == "PAGE opened: burning 4x."
    assert missing.startswith("Missing: what else the alert should say: not known (internal error")
    assert rest == ["Incident: wéb-2026-09", "Draft: wéb-2026-09"]
    assert [type(each.error) for each in extras.missing] == [KeyError, KeyError]


class Blind(FakeStore):
    """Cannot read the events of one SLO, by a fault."""

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        if slo == "shop":
            raise ZeroDivisionError
        return super().load_events(slo=slo, incident=incident)


def raising(error: Exception) -> Any:
    """Raise it whenever it is asked."""

    def asked(*_: object, **__: object) -> Any:
        raise error

    return asked


def failing(rig: Rig, where: str) -> None:
    """Let one step fail for `shop`, by a fault."""
    policy = rig.monitor.policy

    def no_policy(name: str) -> Policy:
        if name == "fast":
            raise OVERFLOW
        return policy("default")

    if where == "events":
        rig.store = Blind()
        rig.monitor = replace(rig.monitor, store=rig.store)
    elif where == "units":
        rig.units.errors = {"shop": OVERFLOW}
    elif where == "policy":
        rig.monitor = replace(rig.monitor, policy=no_policy)
    else:
        rig.costs.faults = {"shop": OVERFLOW}


@pytest.mark.parametrize("where", ["events", "units", "policy", "costs"])
def test_a_fault_in_one_slo_is_its_entry_and_the_others_are_told(where: str) -> None:
    unit = {"objective": {"per_unit": 1, "unit": "order"}, "units": {"csv": "orders.csv"}}
    shop = monthly("shop", policy="fast" if where == "policy" else "default")
    shop |= unit if where == "units" else {}
    rig = Rig(monthly("web"), shop)
    failing(rig, where)

    result = rig.run({"web": BURNING, "shop": BURNING}, 10)

    assert [message.slo for message in rig.notifier.sent] == ["web"]
    assert set(errors(result)) == {"shop"}
    assert errors(result)["shop"].startswith("internal error")
    assert result.faults == ("shop",)
    assert "shop" not in rig.store.evaluated


def test_what_fails_for_every_slo_is_raised_a_fault_of_ours_first() -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.costs.faults = {"shop": OVERFLOW}
    rig.costs.unanswerable = {"web"}

    with pytest.raises(OverflowError) as caught:
        rig.run({"web": BURNING, "shop": BURNING}, 10)

    assert caught.value.__notes__ == ["web: the bill cannot answer the scope of web"]


def test_a_rehearsal_that_can_read_no_slo_raises_why() -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.costs.unanswerable = {"web", "shop"}

    with pytest.raises(CostDataError, match="cannot answer"):
        rehearse(rig.monitor, morning(10))


class Picky(FakeStore):
    """Refuses a change that holds what `refuses` says."""

    refuses = "segments"
    error: Exception = TypeError("not JSON")

    def save(self, change: StateChange) -> None:
        about = [event for event in change.events if event.slo == "web" and event.is_decision]
        if any(self.refuses == "all" or event.snapshot.get(self.refuses) for event in about):
            raise self.error
        super().save(change)


def on_a_picky_store(refuses: str, error: Exception) -> Rig:
    rig = Rig(monthly("web"), monthly("shop"))
    store = Picky()
    store.refuses, store.error = refuses, error
    rig.store, rig.monitor = store, replace(rig.monitor, store=store)
    rig.costs.cube = cube(cell(("NAT", "us"), "0", "395"), dimensions=("meter", "region"))
    return rig


@pytest.mark.parametrize("error", [TypeError("not JSON"), SourceError("too large")])
def test_a_detail_that_cannot_be_stored_is_left_out(error: Exception) -> None:
    rig = on_a_picky_store("segments", error)

    result = rig.run({"web": BURNING, "shop": BURNING}, 10)

    assert sorted(message.slo for message in rig.notifier.sent) == ["shop", "web"]
    assert ("web: what changed in detail", error) in result.causes
    assert {it.slo: bool(it.last_snapshot["segments"]) for it in rig.incidents} == {
        "web": False,
        "shop": True,
    }


def test_an_slo_that_cannot_be_stored_is_its_entry_and_the_others_are_told() -> None:
    rig = on_a_picky_store("all", TypeError("not JSON"))

    result = rig.run({"web": BURNING, "shop": BURNING}, 10)

    assert [message.slo for message in rig.notifier.sent] == ["shop"]
    assert set(errors(result)) == {"web"}


def test_a_state_that_can_store_nothing_is_an_error() -> None:
    rig = Rig()
    store = Picky()
    store.refuses = "all"
    rig.monitor = replace(rig.monitor, store=store)

    with pytest.raises(TypeError, match="not JSON"):
        rig.run({"web": BURNING}, 10)


def test_a_channel_with_a_fault_waits_and_the_others_are_told() -> None:
    rig = Rig()
    fine, broken = FakeNotifier(), FakeNotifier()
    broken.error = OVERFLOW
    channels = FanOut(lambda: {"broken": broken, "fine": fine})
    rig.monitor = replace(rig.monitor, notifier=channels)

    result = rig.run({"web": BURNING}, 10)

    assert [message.slo for message in fine.sent] == ["web"]
    assert [message.slo for message in result.undelivered] == ["web"]
    assert "broken: internal error" in errors(result)["web"]
    assert "put in from outside" not in errors(result)["web"], "it may quote a secret address"
    assert [error.__traceback__ is not None for _, error in result.causes] == [True]


class Forgetful(FakeStore):
    """Has a fault when it is asked about the deliveries of one message."""

    def load_deliveries(self, key: str) -> Any:
        if key.startswith("web"):
            raise OVERFLOW
        return super().load_deliveries(key)


def test_a_message_that_cannot_be_delivered_by_a_fault_holds_up_no_other() -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.store = Forgetful()
    rig.monitor = replace(rig.monitor, store=rig.store)

    result = rig.run({"web": BURNING, "shop": BURNING}, 10)

    assert [message.slo for message in rig.notifier.sent] == ["shop"]
    assert [message.slo for message in result.undelivered] == ["web"]


class Oracle:
    """Raises whenever it is asked."""

    second_opinion = staticmethod(raising(OVERFLOW))


def test_a_second_opinion_that_fails_costs_the_opinion() -> None:
    rig = Rig()
    rig.monitor = replace(rig.monitor, forecasts=Oracle())

    result = rig.run({"web": BURNING}, 10)

    assert len(rig.notifier.sent) == 1
    assert any("what AWS expects of the month" in note for note in entry(result)["notes"])


def test_what_went_wrong_is_one_line() -> None:
    assert in_words(SourceError("out of reach")) == "out of reach"
    assert in_words(RuntimeError("two\nlines")) == "internal error: RuntimeError: two lines"
    assert in_words(MemoryError()) == "internal error: MemoryError"
    assert in_words(FileNotFoundError(2, "No such file", "a.csv")) == "a.csv: No such file"
    assert in_words(OSError(28, "No space left")).startswith("internal error: OSError")
