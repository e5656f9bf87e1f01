# SPDX-License-Identifier: Apache-2.0
"""What a run reads, writes and sends; and what it never does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from cost_slo.adapters.stores.dry_run_store import DryRunStore
from cost_slo.domain.errors import (
    CapReachedError,
    CostDataError,
    CostSloError,
    SourceError,
    StateConflictError,
)
from cost_slo.domain.evidence.snapshot import read_snapshot
from cost_slo.domain.incidents.incident import EventKind, Severity, Status
from cost_slo.domain.incidents.verbs import acknowledge
from cost_slo.domain.period import Month, Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading
from cost_slo.ports import StateChange
from cost_slo.use_cases.evaluate import rehearse, run
from tests.builders.changes import cell, cube
from tests.builders.days import ladder_of, rule
from tests.builders.readings import (
    each_day,
    monthly,
    morning,
    per_request,
    reading,
    september,
    units,
)
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden
from tests.fakes.ports import FakeCostSource, FakeStore
from tests.worlds.rig import Rig

QUIET = september(9)
OVER = september(9, d9=400)


def verdicts(document: object) -> dict[str, str]:
    assert isinstance(document, dict)
    assert_documented("evaluation", document)
    return {slo["name"]: slo["verdict"] for slo in document["slos"]}


def test_spend_over_the_objective_opens_one_incident_and_sends_one_alert() -> None:
    rig = Rig()

    result = rig.run({"web": OVER}, 10)

    (slo,) = result.document["slos"]
    assert (slo["verdict"], slo["incident_change"]) == ("exhausted", "opened")
    assert [incident.id for incident in rig.incidents] == [slo["incident"]] == ["web-2026-09"]
    assert list(result.delivered) == rig.notifier.sent
    assert [message.incident for message in rig.notifier.sent] == ["web-2026-09"]


def test_spend_within_the_objective_opens_and_sends_nothing() -> None:
    rig = Rig()

    result = rig.run({"web": QUIET}, 10)

    assert verdicts(result.document) == {"web": "within"}
    assert rig.incidents == ()
    assert rig.notifier.sent == []


def test_the_same_evaluation_again_changes_nothing() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    store = (rig.revisions, dict(rig.store.events), dict(rig.store.outbox))

    result = rig.again(morning(10))

    assert (rig.revisions, rig.store.events, rig.store.outbox) == store
    assert result.delivered == ()
    (slo,) = result.document["slos"]
    assert (slo["incident"], slo["incident_change"]) == ("web-2026-09", "none")


def test_the_same_bill_an_hour_later_changes_nothing() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    store = (rig.revisions, dict(rig.store.events))

    rig.again(morning(10).replace(hour=7))

    assert (rig.revisions, rig.store.events) == store


def test_a_newer_bill_adds_days_and_revises_the_ones_it_restates() -> None:
    rig = Rig()
    rig.run({"web": september(2)}, 3)

    rig.run({"web": september(3, d2=7)}, 4)

    assert [row for row in rig.revisions if row[0] > 1] == [(2, 1, "5"), (2, 2, "7"), (3, 1, "5")]


def test_an_older_bill_never_rolls_the_state_back() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    before = rig.revisions

    result = rig.run({"web": september(5)}, 11)

    assert rig.revisions == before
    assert verdicts(result.document) == {"web": "exhausted"}
    assert [incident.status for incident in rig.incidents] == [Status.OPEN]


def test_an_instant_before_the_last_one_is_told_but_writes_and_sends_nothing() -> None:
    rig = Rig()
    rig.run({"web": QUIET}, 10)
    before = (rig.revisions, dict(rig.store.events), dict(rig.store.evaluated))

    result = rig.run({"web": september(7, d7=400)}, 8)

    assert verdicts(result.document) == {"web": "exhausted"}
    assert (rig.revisions, rig.store.events, rig.store.evaluated) == before
    assert rig.notifier.sent == []


def test_an_slo_that_goes_on_calling_keeps_its_one_incident() -> None:
    rig = Rig()

    for last in range(9, 20):
        rig.run({"web": september(last, d9=400)}, last + 1)

    assert [incident.id for incident in rig.incidents] == ["web-2026-09"]


def test_a_page_nobody_takes_on_is_repeated_once_a_day() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)

    rig.run({"web": september(10, d9=400)}, 11)
    rig.run({"web": september(10, d9=401)}, 11)

    kinds = [message.key.rsplit("/", 1)[1] for message in rig.notifier.sent]
    assert kinds == ["opened", "updated"]


def test_a_page_that_somebody_took_on_is_not_repeated() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    taken = acknowledge(rig.incidents[0], "looking into it", morning(10))
    rig.store.save(StateChange(events=(taken,)))

    rig.run({"web": september(10, d9=400)}, 11)

    assert len(rig.notifier.sent) == 1


def test_money_that_the_source_takes_back_resolves_the_incident_and_says_so() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)

    rig.run({"web": september(10)}, 11)

    (incident,) = rig.incidents
    assert incident.status is Status.RESOLVED
    resolved = next(event for event in incident.events if event.kind is EventKind.RESOLVED)
    assert resolved.text.startswith("restated: the source now bills $395.00 less")


def test_two_slos_over_have_an_incident_each() -> None:
    rig = Rig(monthly("web"), monthly("shop"))

    rig.run({"web": OVER, "shop": OVER}, 10)

    assert sorted(incident.id for incident in rig.incidents) == ["shop-2026-09", "web-2026-09"]


def test_a_new_month_within_its_objective_resolves_the_incident() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)

    for last in range(1, 11):
        october = each_day(date(2026, 10, 1), date(2026, 10, last), 5)
        rig.run({"web": september(30, d9=400) | october}, last + 1, 10)

    (incident,) = rig.incidents
    assert incident.status is Status.RESOLVED
    assert [message.incident for message in rig.notifier.sent] == ["web-2026-09"] * 2


def test_a_new_month_that_is_over_too_keeps_the_incident_open() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)

    for last in range(1, 11):
        october = each_day(date(2026, 10, 1), date(2026, 10, last), 400)
        rig.run({"web": september(30, usd=400) | october}, last + 1, 10)

    (incident,) = rig.incidents
    assert (incident.id, incident.is_running) == ("web-2026-09", True)


def test_units_that_fail_for_one_slo_do_not_silence_the_others() -> None:
    rig = Rig(per_request("api"), monthly("web"))
    rig.fail_units("api")

    document = rig.run({"web": OVER, "api": QUIET}, 10).document

    assert verdicts(document) == {"web": "exhausted"}
    assert document["errors"] == [{"slo": "api", "error": "the units are out of reach"}]
    assert {name.partition("/")[0] for name in rig.store.evaluated} == {"web"}
    assert len(rig.notifier.sent) == 1


@pytest.mark.parametrize("bad", ["web", "shop"])
def test_a_scope_the_bill_cannot_answer_does_not_silence_the_others(bad: str) -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.costs.unanswerable = {bad}
    good = ({"web", "shop"} - {bad}).pop()

    document = rig.run({"web": OVER, "shop": OVER}, 10).document

    assert verdicts(document) == {good: "exhausted"}
    assert [failure["slo"] for failure in document["errors"]] == [bad]


def test_a_bill_no_slo_can_be_judged_on_is_an_error() -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.costs.unanswerable = {"web", "shop"}

    with pytest.raises(CostDataError, match="cannot answer the scope"):
        rig.run({"web": OVER, "shop": OVER}, 10)

    assert rig.store == Rig().store


@pytest.mark.parametrize("error", [CostDataError("a torn file"), SourceError("out of reach")])
def test_a_bill_that_cannot_be_read_is_an_error_and_leaves_no_trace(error: CostSloError) -> None:
    rig = Rig()
    rig.costs.error = error

    with pytest.raises(type(error), match=str(error)):
        rig.again(morning(10))

    assert rig.store == Rig().store


def test_units_that_fail_for_the_only_slo_are_an_error() -> None:
    rig = Rig(per_request("api"))
    rig.fail_units("api")

    with pytest.raises(SourceError, match="out of reach"):
        rig.run({"api": QUIET}, 10)


def test_the_bill_is_read_once_for_all_slos() -> None:
    rig = Rig(monthly("web"), monthly("shop"))

    rig.run({"web": QUIET, "shop": QUIET}, 10)

    assert rig.costs.asked == [morning(10)]


def test_a_dry_run_tells_the_same_but_writes_and_sends_nothing() -> None:
    rig, dry = Rig(), Rig()
    dry.monitor = replace(dry.monitor, store=DryRunStore(dry.store))

    told = dry.run({"web": OVER}, 10)

    assert told.document == rig.run({"web": OVER}, 10).document
    assert told.delivered == ()
    assert dry.notifier.sent == []
    assert dry.store == Rig().store


def test_a_store_that_fails_leaves_nothing_behind_and_nobody_called() -> None:
    rig = Rig()
    rig.store.fail_next_save = True

    with pytest.raises(SourceError, match="the store is down"):
        rig.run({"web": OVER}, 10)

    assert rig.store == Rig().store
    assert rig.notifier.sent == []


def test_an_alert_that_could_not_be_sent_is_delivered_by_the_next_run_exactly_once() -> None:
    rig = Rig()
    rig.notifier.fail_next = 1
    rig.run({"web": OVER}, 10)
    (pending,) = rig.store.load_pending()

    delivered = [rig.again(morning(10).replace(hour=hour)).delivered for hour in (7, 8)]

    assert delivered == [(pending,), ()]
    assert rig.notifier.sent == [pending]
    assert len(rig.incidents) == 1


def test_an_alert_that_could_not_be_sent_is_an_error_of_the_evaluation_that_is_told_whole() -> None:
    rig = Rig()
    rig.notifier.fail_next = 1

    result = rig.run({"web": OVER}, 10)

    assert verdicts(result.document) == {"web": "exhausted"}
    assert result.document["errors"] == [
        {
            "slo": "web",
            "error": "an alert about web-2026-09 waits for the next run: the notifier is down",
        }
    ]
    assert list(result.undelivered) == rig.store.load_pending()
    assert [event.kind for event in rig.incidents[0].events] == [EventKind.OPENED]


def test_an_alert_that_could_not_be_sent_does_not_hold_up_the_next() -> None:
    rig = Rig(monthly("web"), monthly("shop"))
    rig.notifier.fail_next = 1

    result = rig.run({"web": OVER, "shop": OVER}, 10)

    assert [message.slo for message in result.undelivered] == ["web"]
    assert [message.slo for message in result.delivered] == ["shop"]
    assert rig.notifier.sent == list(result.delivered)


def test_a_run_that_dies_once_an_alert_is_out_leaves_it_on_the_timeline_once() -> None:
    rig = Rig()
    rig.store.fail_next_mark = True

    with pytest.raises(SourceError, match="the store is down"):
        rig.run({"web": OVER}, 10)
    rig.again(morning(10).replace(hour=7))

    kinds = [event.kind for event in rig.incidents[0].events]
    assert kinds == [EventKind.OPENED, EventKind.ALERTED]
    assert rig.store.load_pending() == []


def test_the_timeline_says_when_somebody_was_told() -> None:
    rig = Rig()

    rig.run({"web": OVER}, 10)

    kinds = [event.kind for event in rig.incidents[0].events]
    assert kinds == [EventKind.OPENED, EventKind.ALERTED]


def test_an_slo_nothing_was_ever_charged_for_is_no_data_and_no_incident() -> None:
    rig = Rig()

    result = rig.run({"web": {}}, 10)

    assert verdicts(result.document) == {"web": "no_data"}
    assert rig.incidents == ()


def test_a_bill_without_a_charge_in_scope_is_judged_on_the_ledger() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    before = rig.revisions

    result = rig.run({"web": {}}, 11)

    assert verdicts(result.document) == {"web": "exhausted"}
    assert rig.revisions == before
    assert [incident.status for incident in rig.incidents] == [Status.OPEN]


def test_a_stale_bill_leaves_the_running_incident_as_it_is() -> None:
    rig = Rig()
    rig.run({"web": OVER}, 10)
    before = dict(rig.store.events)

    result = rig.again(morning(20))

    assert verdicts(result.document) == {"web": "stale_data"}
    assert result.document["slos"][0]["incident"] == "web-2026-09"
    assert rig.store.events == before


def test_a_unit_cost_that_cannot_be_told_opens_nothing() -> None:
    rig = Rig(per_request("api"))
    rig.units.readings = {"api": units({})}

    result = rig.run({"api": OVER}, 10)

    assert verdicts(result.document) == {"api": "no_data"}
    assert rig.incidents == ()


def test_a_unit_cost_above_its_objective_opens_an_incident() -> None:
    rig = Rig(per_request("api"))
    requests = each_day(date(2026, 9, 1), date(2026, 9, 9), 100)
    rig.units.readings = {"api": units(requests)}

    result = rig.run({"api": QUIET}, 10)

    assert verdicts(result.document) == {"api": "burning"}
    assert Decimal(result.document["slos"][0]["unit_cost"]["to_date"]) == Decimal("0.05")
    assert [incident.id for incident in rig.incidents] == ["api-2026-09"]


def test_gates_are_calibrated_for_an_slo_that_states_a_rate_and_stay_for_the_month() -> None:
    rate = {"at_most": 1, "per": "quarter"}
    rig = Rig(
        monthly("web", 3500, plan="learned", tolerated_false_pages=rate),
        monthly("api", 3500, plan="learned"),
    )
    ladder = ladder_of(rule(Severity.PAGE, 5, 1, allowance=0.9))
    rig.monitor = replace(rig.monitor, policy=lambda _: ladder)
    days = each_day(date(2026, 1, 1), date(2026, 8, 4), 100)
    odd = {date(2026, 3, 24): 205, date(2026, 4, 20): 205, date(2026, 6, 9): 205}
    spend = days | {day: Decimal(usd) for day, usd in odd.items()}
    rig.run({"web": spend, "api": spend}, 31, 7)

    early = rig.run({"web": spend, "api": spend}, 5, 8)
    restated = spend | {date(2026, 4, 20): Decimal(100)}
    late = rig.run({"web": restated, "api": restated}, 6, 8)

    web, api = early.document["slos"]
    verdicts(early.document)
    assert api["calibration"] is None
    # 105 in a day is more than the 0.9 planned days of 100 that are allowed, less than 1.25 x 90.
    assert web["calibration"]["strictness"] == 1.25
    assert web["calibration"] == late.document["slos"][0]["calibration"]


def test_a_rehearsal_says_what_an_evaluation_would_choose_and_writes_nothing() -> None:
    rate = {"at_most": 1, "per": "quarter"}
    rig = Rig(
        monthly("web", 3500, plan="learned", tolerated_false_pages=rate),
        per_request("api") | {"plan": "learned"},
        monthly("idle"),
    )
    days = each_day(date(2026, 6, 1), date(2026, 8, 4), 100)
    rig.costs.reading = reading({"web": days, "idle": {}})
    rig.fail_units("api")

    found, failures = rehearse(rig.monitor, morning(5, 8))

    chosen = {facts.slo.name: told and told.chosen.strictness for facts, told in found}
    assert chosen == {"web": 1, "idle": None}
    assert list(failures) == ["api"]
    assert (rig.revisions, rig.incidents) == ([], ())


def two_months(**september_days: int) -> dict[date, Decimal]:
    """Five a day since August, and what a test says of days of September."""
    return each_day(date(2026, 8, 1), date(2026, 8, 31), 5) | september(9, **september_days)


def test_what_calls_is_told_by_segment_and_the_bill_is_read_closer_for_it_alone() -> None:
    rig = Rig(monthly("web"), monthly("quiet"))
    nat = ("NatGateway-Bytes", "us-east-1")
    rig.costs.cube = cube(cell(nat, "0", "395"), dimensions=("meter", "region"))

    rig.run({"web": two_months(d9=400), "quiet": two_months()}, 10)

    # The 9th raised it: it has ended, though it is not complete yet.
    so_far, before = (Period(date(2026, month, 1), date(2026, month, 10)) for month in (9, 8))
    lately = Period(date(2026, 9, 6), date(2026, 9, 9)), Month(date(2026, 8, 1), date(2026, 9, 1))
    assert rig.costs.compared == [(so_far, before), lately]
    (incident,) = rig.incidents
    kept = read_snapshot(incident.last_snapshot)
    assert kept.segments is not None
    assert [(mover.service, mover.where) for mover in kept.segments.movers] == [
        ("NatGateway-Bytes in us-east-1", (("meter", nat[0]), ("region", nat[1])))
    ]
    (alert,) = rig.notifier.sent
    assert "look at NatGateway-Bytes in us-east-1 first (+$395.00)" in alert.body
    assert "+$395.00 NatGateway-Bytes in us-east-1 (new: $0.00 before, $395.00 now)" in alert.body


def test_a_call_goes_out_with_its_services_where_the_detail_cannot_be_read() -> None:
    rig = Rig()
    rig.costs.cube_error = CostDataError("the bill has two currencies")

    rig.run({"web": two_months(d8=400)}, 10)

    assert rig.incidents[0].last_snapshot["segments"] is None
    assert "look at Amazon EC2 first" in rig.notifier.sent[0].body


def test_a_call_without_an_earlier_period_asks_for_no_detail() -> None:
    rig = Rig()

    rig.run({"web": OVER}, 10)

    assert rig.costs.compared == []
    assert "What changed: not known yet" in rig.notifier.sent[0].body


def test_a_decision_is_made_again_where_somebody_else_wrote_first() -> None:
    rig = Rig(monthly())
    rig.run({"web": september(1)}, 2)
    calls = iter([True, False])

    class Overtaken(FakeStore):
        def save(self, change: StateChange) -> None:
            if next(calls, False):
                run(replace(rig.monitor, store=rig.store), morning(3))
            rig.store.save(change)

    overtaken = Overtaken(**vars(rig.store))
    rig.costs.reading = reading({"web": september(2, d2=400)})
    result = run(replace(rig.monitor, store=overtaken), morning(3))

    assert [incident.id for incident in rig.incidents] == ["web-2026-09"]
    assert [event.kind for event in rig.incidents[0].events] == ["opened", "alerted"]
    assert result.document["slos"][0]["incident"] == "web-2026-09"


def test_a_store_that_is_always_overtaken_is_an_error_in_the_end() -> None:
    rig = Rig(monthly())
    rig.costs.reading = reading({"web": september(2, d2=400)})

    class Hopeless(FakeStore):
        def save(self, change: StateChange) -> None:
            del change
            raise StateConflictError("web has other events than were read")

    with pytest.raises(StateConflictError):
        run(replace(rig.monitor, store=Hopeless()), morning(3))


def test_days_that_were_settled_when_last_read_are_not_asked_for_again() -> None:
    rig = Rig(monthly())
    asked: list[object] = []

    class Noting(FakeCostSource):
        def fetch_costs(
            self,
            slos: Sequence[Slo],
            currency: str,
            as_of: datetime,
            open_from: Mapping[str, date] | None = None,
        ) -> CostReading:
            asked.append(dict(open_from or {}))
            return super().fetch_costs(slos, currency, as_of, open_from)

    monitor = replace(rig.monitor, costs=Noting(reading({"web": september(9)})))
    for day in (9, 12, 13):
        run(monitor, morning(day))

    assert asked == [{}, {"web": date(2026, 8, 1)}, {"web": date(2026, 9, 1)}]


def test_what_changed_is_asked_for_news_alone_where_each_question_is_paid_for() -> None:
    rig = Rig(monthly())
    days = each_day(date(2026, 7, 1), date(2026, 8, 31), 5)
    for last, usd in ((9, 400), (10, 410), (11, 420)):
        spend = days | september(last, **{f"d{last}": usd, "d9": 400})
        rig.costs.reading = replace(reading({"web": spend}), requests=1, by_service=False)
        rig.again(morning(last + 1))

    kinds = [event.kind for event in rig.incidents[0].events if event.is_decision]
    assert len(kinds) > 1
    assert len(rig.costs.compared) == 2 * sum(kind in ("opened", "escalated") for kind in kinds)
    assert rig.incidents[0].last_snapshot["segments"] is not None


def test_an_slo_a_source_could_not_read_silences_no_other() -> None:
    rig = Rig(monthly("web"), monthly("api"))
    rig.costs.reading = replace(
        reading({"web": september(9)}), failures={"api": SourceError("its own request failed")}
    )

    document = rig.again(morning(10)).document

    assert [slo["name"] for slo in document["slos"]] == ["web"]
    assert document["errors"] == [{"slo": "api", "error": "its own request failed"}]


def test_a_reading_that_has_to_be_complete_raises_what_is_missing() -> None:
    whole = reading({"web": september(9)})

    assert whole.complete() is whole
    with pytest.raises(SourceError, match="its own request failed"):
        replace(whole, failures={"api": SourceError("its own request failed")}).complete()


def test_a_cap_that_is_reached_is_told_once_a_month_and_raised() -> None:
    rig = Rig(monthly("web"), monthly("api"))
    rig.costs.error = CapReachedError(
        "the cap of 300 paid requests ($3.00) for September 2026 is reached"
    )

    for day in (10, 11):
        with pytest.raises(CapReachedError):
            rig.again(morning(day))

    (told,) = rig.notifier.sent
    assert (told.key, told.slo, told.incident) == ("cap_reached/2026-09", "", None)
    assert_golden("data_cap_reached.txt", f"{told.subject}\n\n{told.body}")
    assert len(told.subject) < 100
