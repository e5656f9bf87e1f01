# SPDX-License-Identifier: Apache-2.0
"""An anomaly finds its incident, whatever came twice or in the wrong order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback, Impact, RootCause
from cost_slo.domain.anomalies.scope import MonitorTag
from cost_slo.domain.anomalies.sentences import anomaly_line, cause_text
from cost_slo.domain.errors import SourceError, StateConflictError
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Severity, Status
from cost_slo.domain.incidents.verbs import (
    mitigate,
    note,
    reopen,
    resolve,
    resolve_as_planned,
)
from cost_slo.domain.postmortem.narrative.anomaly_story import anomaly_facts
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.wording import SUBJECT_LENGTH
from cost_slo.ports import StateChange
from cost_slo.use_cases.anomalies import send_due_feedback
from tests.builders.anomalies import EC2, ID, S3, Desk, FakeDetector, anomaly
from tests.builders.readings import monthly, morning, september
from tests.checks.golden_files import assert_golden
from tests.fakes.ports import FakeStore
from tests.worlds.rig import Rig

IN_EC2 = monthly("web", 4000, scope={"services": ["Amazon EC2"]})
BY_TAG = monthly("api", 900, scope={"tags": {"product": ["api"]}})
OWN = "anomaly-0a1b2c3d"


def kinds(incident: Incident) -> list[str]:
    return [event.kind.value for event in incident.events]


def lines(incident: Incident) -> list[str]:
    return [event.text for event in incident.events if event.kind is EventKind.ANOMALY]


# Inside a scope ----------------------------------------------------------------------------------


def test_in_the_scope_of_an_slo_without_an_incident_it_opens_one_to_investigate() -> None:
    desk = Desk(IN_EC2)

    handled = desk.hear(anomaly())

    assert desk.outcomes == [("web-2026-09", "open", "investigate")]
    assert [found.outcome.value for _, found in handled.followed] == ["opened"]
    assert desk.incidents[0].opened_at == morning(6)
    assert kinds(desk.incidents[0]) == ["opened", "anomaly", "alerted"]
    assert_golden("anomaly_in_scope.txt", _text(desk))


def test_the_share_of_the_budget_that_it_ate_is_on_the_timeline() -> None:
    desk = Desk(IN_EC2)

    desk.hear(anomaly(1001))

    (line,) = lines(desk.incidents[0])
    assert line == (
        "$1,001.00 above the $300.00 expected (+334%), 3 to 5 Sep 2026; mostly $601.00 Amazon EC2, "
        "account 111122223333, us-east-1, usage type BoxUsage:m5.large; $1,001.00 of it in this "
        f"scope, 25% of the month's error budget of $4,000.00 (anomaly {ID})"
    )


def test_of_an_anomaly_partly_in_scope_the_root_causes_in_it_count() -> None:
    desk = Desk(IN_EC2)

    desk.hear(anomaly(1001, causes=(EC2, S3)))

    assert (
        "$601.00 of it in this scope, 15% of the month's error budget"
        in lines(desk.incidents[0])[0]
    )


def test_an_error_budget_that_no_evaluation_told_is_said_to_be_unknown() -> None:
    desk = Desk(IN_EC2 | {"plan": "learned"})

    desk.hear(anomaly())

    assert "its share of the error budget is not known before" in lines(desk.incidents[0])[0]


def running(desk_slo: dict[str, object]) -> tuple[Rig, Desk]:
    """A rig whose SLO pages on the 10th, and a desk over the same state."""
    rig = Rig(desk_slo)
    rig.run({"web": september(9, d9=900)}, 11)
    assert [incident.status for incident in rig.incidents] == [Status.OPEN]
    return rig, Desk(desk_slo, store=rig.store)


SMALL = monthly("web", 300, scope={"services": ["Amazon EC2"]})


def test_the_running_incident_of_the_slo_gets_a_line_and_nobody_is_called_again() -> None:
    rig, desk = running(SMALL)
    before = len(rig.notifier.sent)

    desk.hear(anomaly(200, last=9), at=morning(11))
    desk.hear(anomaly(200, last=9), at=morning(12))

    (incident,) = desk.incidents
    assert len(lines(incident)) == 1
    assert desk.notifier.sent == []
    assert len(rig.notifier.sent) == before
    assert incident.summary != lines(incident)[0]


def test_the_size_of_a_learned_budget_is_that_of_the_last_evaluation() -> None:
    rig, _ = running(SMALL)
    (incident,) = rig.incidents
    size = Decimal(incident.last_snapshot["slo"]["budget"]["size"])
    desk = Desk(SMALL | {"plan": "learned"}, store=rig.store)

    desk.hear(anomaly(150, last=9), at=morning(11))

    assert f"error budget of ${size:,.2f}" in lines(desk.incidents[0])[0]


def test_a_budget_of_another_month_is_not_taken_for_this_one() -> None:
    rig, _ = running(SMALL)
    desk = Desk(SMALL | {"plan": "learned"}, store=rig.store)
    august = replace(anomaly(150), first=date(2026, 8, 30), last=date(2026, 8, 31))

    desk.hear(august, at=morning(11))

    assert "not known before" in lines(desk.incidents[0])[0]


def test_the_next_evaluation_joins_the_incident_that_an_anomaly_opened() -> None:
    desk = Desk(SMALL)
    desk.hear(anomaly(200, last=9), at=morning(10))
    rig = _over(desk.store, SMALL)

    rig.run({"web": september(9, d9=900)}, 11)

    (incident,) = rig.incidents
    assert incident.id == "web-2026-09"
    assert kinds(incident)[:2] == ["opened", "anomaly"]
    assert {"escalated", "updated"} & set(kinds(incident))
    assert incident.last_snapshot["slo"]["name"] == "web"


def test_a_quiet_evaluation_resolves_it_only_with_a_reason() -> None:
    desk = Desk(SMALL)
    desk.hear(anomaly(200, last=9), at=morning(10))
    rig = _over(desk.store, SMALL)

    rig.run({"web": september(9)}, 11)

    (incident,) = rig.incidents
    assert incident.status is Status.RESOLVED
    assert incident.events[-2].text == "the month is projected to end within its objective"


def test_a_quiet_evaluation_without_a_reason_leaves_it_mitigating() -> None:
    slo = SMALL | {"objective": {"monthly": 152}}
    desk = Desk(slo)
    desk.hear(anomaly(200, last=9), at=morning(10))
    rig = _over(desk.store, slo)

    rig.run({"web": september(9, d3=8)}, 11)

    (incident,) = rig.incidents
    assert (incident.status, incident.severity) == (Status.MITIGATING, Severity.NONE)


def test_an_evaluation_in_the_next_month_does_not_stumble_over_an_incident_of_an_anomaly() -> None:
    desk = Desk(SMALL)
    desk.hear(anomaly(200, last=30), at=morning(30))
    rig = _over(desk.store, SMALL)

    rig.run({"web": september(30, 5)}, 3, month=10)

    assert len(rig.incidents) == 1


def test_an_evaluation_of_an_instant_before_it_was_heard_of_knows_nothing_of_it() -> None:
    desk = Desk(SMALL)
    desk.hear(anomaly(200, last=9), at=morning(12))
    rig = _over(desk.store, SMALL)

    rig.run({"web": september(9)}, 11)

    assert [kinds(it) for it in rig.incidents] == [["opened", "anomaly", "alerted"]]


def test_an_incident_that_an_anomaly_opened_and_evaluations_went_on_with_can_be_drafted() -> None:
    desk = Desk(SMALL)
    desk.hear(anomaly(200, last=9), at=morning(10))
    rig = _over(desk.store, SMALL)
    for day, last in ((11, 9), (12, 10), (30, 28)):
        rig.run({"web": september(last, d9=400)}, day)

    (incident,) = rig.incidents
    facts = narrative_facts(incident, owner="platform")
    text = JinjaRenderer().render("narrative.md.j2", facts)

    assert "| anomaly | $200.00 above the $300.00 expected" in text
    assert "an anomaly was detected in its scope" in text


def _over(store: FakeStore, *slos: dict[str, object]) -> Rig:
    rig = Rig(*slos)
    rig.store = store
    rig.monitor = type(rig.monitor)(
        rig.monitor.specs, rig.costs, rig.units, rig.monitor.policy, store, rig.notifier
    )
    return rig


def said(desk: Desk, verb: object, at: datetime) -> None:
    (incident,) = desk.incidents
    desk.store.save(StateChange(events=(verb(incident, "done", at),)))  # type: ignore[operator]


def test_a_new_anomaly_soon_after_the_end_reopens_and_an_older_one_does_not() -> None:
    desk = Desk(IN_EC2)
    desk.hear(anomaly())
    said(desk, resolve, morning(8))

    desk.hear(anomaly(50, last=6, id_="bbbbbbbb-old"), at=morning(9))
    assert desk.outcomes == [("web-2026-09", "resolved", "investigate")]

    desk.hear(anomaly(70, last=8, id_="cccccccc-new"), at=morning(9))
    assert desk.outcomes == [("web-2026-09", "open", "investigate")]
    assert len(lines(desk.incidents[0])) == 3


def test_a_known_anomaly_that_grows_does_not_reopen_what_a_person_ended() -> None:
    desk = Desk(IN_EC2)
    desk.hear(anomaly(100))
    said(desk, resolve, morning(8))

    desk.hear(anomaly(400, last=9), at=morning(10))

    assert [it.status for it in desk.incidents] == [Status.RESOLVED]
    assert lines(desk.incidents[0])[0].startswith("$400.00")


def test_an_anomaly_that_ended_long_ago_opens_nothing() -> None:
    for slo in (IN_EC2, BY_TAG):
        desk = Desk(slo)

        handled = desk.hear(anomaly(last=5), at=morning(20))

        assert [found.outcome.value for _, found in handled.followed] == ["over"]
        assert desk.incidents == ()


def test_an_anomaly_that_is_over_leaves_an_ended_incident_as_it_is() -> None:
    desk = Desk(IN_EC2)
    desk.hear(anomaly())
    said(desk, resolve, morning(8))

    desk.hear(anomaly(9, id_="bbbbbbbb-old"), at=morning(28))

    assert len(lines(desk.incidents[0])) == 1


def test_one_anomaly_in_two_scopes_is_on_both_incidents() -> None:
    desk = Desk(IN_EC2, monthly("everything", 9000), BY_TAG)

    desk.hear(anomaly())
    desk.hear(anomaly(2000))

    assert [it.slo for it in desk.incidents] == ["everything", "web"]
    assert all(lines(it)[0].startswith("$2,000.00") for it in desk.incidents)


def test_a_later_message_without_root_causes_stays_where_the_anomaly_is_known() -> None:
    desk = Desk(IN_EC2)
    desk.hear(anomaly(100))

    desk.hear(anomaly(200, causes=(), dimension=""))

    (incident,) = desk.incidents
    assert "its amount in this scope is not known" in lines(incident)[0]


def test_the_tag_of_a_monitor_decides_a_scope_by_tags() -> None:
    arn = anomaly().monitor
    desk = Desk(BY_TAG, monitors={arn: MonitorTag("product", "api")})

    desk.hear(anomaly())

    assert [it.slo for it in desk.incidents] == ["api"]


# Outside every scope -----------------------------------------------------------------------------


def test_outside_every_scope_it_opens_an_incident_of_its_own() -> None:
    desk = Desk(BY_TAG)

    desk.hear(anomaly(1001, causes=(S3, EC2)))

    assert desk.outcomes == [(OWN, "open", "investigate")]
    assert desk.incidents[0].slo == "anomaly/amazon-ec2"
    assert desk.incidents[0].summary == lines(desk.incidents[0])[0]
    assert_golden("anomaly_outside.txt", _text(desk))


def test_without_root_cause_and_expectation_the_message_says_so() -> None:
    desk = Desk(monthly(scope={"accounts": ["999900001111"]}))

    desk.hear(anomaly(80, causes=(), expected=0, dimension=""))

    assert desk.incidents[0].slo == "anomaly/spend"
    assert_golden("anomaly_new_service.txt", _text(desk))


def test_where_it_is_surely_in_no_scope_the_message_says_so() -> None:
    desk = Desk(monthly(scope={"services": ["Amazon RDS"]}))

    desk.hear(anomaly(causes=(EC2,) * 7))

    assert "It is outside the scope of every SLO." in desk.notifier.sent[0].body
    assert "  and 2 more" in desk.notifier.sent[0].body


def test_from_an_amount_on_it_pages_and_is_called_once_for_each_severity() -> None:
    desk = Desk(BY_TAG, page_from=500)

    for total in (100, 200, 500, 800, 100):
        desk.hear(anomaly(total))

    assert desk.outcomes == [(OWN, "open", "page")]
    assert [it.severity for it in desk.notifier.sent] == [Severity.INVESTIGATE, Severity.PAGE]


@pytest.mark.parametrize("feedback", [Feedback.NO, Feedback.PLANNED_ACTIVITY])
def test_feedback_that_it_is_none_resolves_it(feedback: Feedback) -> None:
    desk = Desk(BY_TAG)
    desk.hear(anomaly())

    handled = desk.hear(anomaly(feedback=feedback), at=morning(7))

    (incident,) = desk.incidents
    assert incident.status is Status.RESOLVED
    assert incident.resolved_at == morning(7)
    assert [found.outcome.value for _, found in handled.followed] == ["resolved"]
    assert len(desk.notifier.sent) == 1


def test_what_was_dismissed_before_it_was_heard_of_calls_nobody() -> None:
    desk = Desk(BY_TAG)

    desk.hear(anomaly(feedback=Feedback.NO))
    desk.hear(anomaly(2000), at=morning(7))

    assert [it.status for it in desk.incidents] == [Status.RESOLVED]
    assert desk.notifier.sent == []


def test_fourteen_days_without_a_further_day_resolve_it() -> None:
    desk = Desk(BY_TAG)
    desk.hear(anomaly(last=5))

    desk.hear(at=morning(19))
    assert desk.incidents[0].is_running

    desk.hear(at=morning(20))
    assert desk.incidents[0].status is Status.RESOLVED
    assert desk.incidents[0].events[-1].text == "14 days without a further day of it"

    said(desk, reopen, morning(20) + timedelta(hours=1))
    assert desk.incidents[0].is_running


# Twice, late, at once ----------------------------------------------------------------------------

MESSAGES = [
    anomaly(total, last=last, id_=id_, causes=causes)
    for id_, causes in ((ID, (EC2,)), ("ffff0000-1", (EC2, S3)), ("eeee0000-2", (S3,)))
    for total, last in ((100, 4), (250, 4), (250, 5), (1001, 5))
]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Anomaly], list[Anomaly]]:
    """Messages in order, and the same ones shuffled, each at least once."""
    sent = draw(st.lists(st.sampled_from(MESSAGES), min_size=1, max_size=8, unique=True))
    again = draw(st.lists(st.sampled_from(sent), max_size=6))
    return sent, draw(st.permutations([*sent, *again]))


def batches(desk: Desk, messages: Sequence[Anomaly], size: int) -> Desk:
    """One batch after another, the first at six in the morning; the queue is drained that day."""
    for start in range(0, len(messages), size):
        desk.hear(*messages[start : start + size])
    return desk


@pytest.mark.parametrize("slos", [(IN_EC2, BY_TAG), (BY_TAG,), (monthly("all", 500),)])
@given(deliveries(), st.integers(1, 14))
def test_any_order_and_duplication_comes_to_the_same_incidents_and_timelines(
    slos: tuple[dict[str, object], ...], delivery: tuple[list[Anomaly], list[Anomaly]], size: int
) -> None:
    sent, delivered = delivery

    once, shuffled = (
        batches(Desk(*slos), sent, 1).incidents,
        batches(Desk(*slos), delivered, size).incidents,
    )

    assert {it.id: it for it in shuffled} == {it.id: it for it in once}
    assert len({it.slo for it in once if not it.slo.startswith("anomaly/")}) == len(
        [it for it in once if not it.slo.startswith("anomaly/")]
    )


@given(deliveries(), st.sets(st.integers(0, 13)))
def test_order_does_not_matter_to_what_pages_or_was_dismissed_but_to_who_was_told_when(
    delivery: tuple[list[Anomaly], list[Anomaly]], dismissed: set[int]
) -> None:
    sent, delivered = delivery
    ended = {sent[n] for n in dismissed if n < len(sent)}

    def final(messages: Sequence[Anomaly]) -> dict[str, tuple[object, ...]]:
        desk = Desk(BY_TAG, page_from=500)
        for one in messages:
            said_of = Feedback.NO if one in ended else None
            desk.hear(replace(one, feedback=said_of))
        return {it.id: _story(it) for it in desk.incidents}

    assert final(delivered) == final(sent)


def _story(incident: Incident) -> tuple[object, ...]:
    events = [(it.kind, it.text) for it in incident.events if it.kind is not EventKind.ALERTED]
    return incident.status, incident.peak, incident.opened_at, incident.summary, events


def test_what_people_wrote_stays_where_it_is_around_the_line() -> None:
    desk = Desk(BY_TAG)
    desk.hear(anomaly(100, last=4))
    said(desk, note, morning(7))
    said(desk, mitigate, morning(8))
    desk.hear(anomaly(300, last=7), at=morning(9))

    assert kinds(desk.incidents[0]) == ["opened", "alerted", "anomaly", "noted", "mitigating"]


class RacedStore(FakeStore):
    """Somebody else writes first, the next so many times."""

    races = 0

    def save(self, change: StateChange) -> None:
        if self.races and change.expected:
            self.races -= 1
            raise StateConflictError("somebody else wrote")
        super().save(change)


def test_a_conflict_is_decided_again_and_too_many_are_an_error() -> None:
    store = RacedStore()
    desk = Desk(BY_TAG, store=store)
    store.races = 4

    desk.hear(anomaly())
    assert desk.outcomes == [(OWN, "open", "investigate")]

    store.races = 5
    with pytest.raises(StateConflictError):
        desk.hear(anomaly(2000))


def test_an_alert_that_did_not_leave_waits_and_leaves_once() -> None:
    desk = Desk(BY_TAG)
    desk.notifier.fail_next = 1

    assert len(desk.hear(anomaly()).undelivered) == 1
    desk.hear(anomaly())
    desk.hear(anomaly())

    assert len(desk.notifier.sent) == 1


def test_what_is_not_told_is_left_out_of_the_line() -> None:
    untold = replace(anomaly(50, causes=()), impact=Impact(Decimal(50)))
    plain = replace(untold, impact=Impact(Decimal(50), expected=Decimal(10)))

    assert anomaly_line(untold, "EUR") == (
        f"EUR 50.00 more than expected, 3 to 5 Sep 2026; in Amazon EC2 (anomaly {ID})"
    )
    assert anomaly_line(plain, "USD").startswith("$50.00 above the $10.00 expected, 3 to 5")
    assert cause_text(RootCause("", "1", "", ""), "USD") == "an unnamed service, account 1"


def test_every_subject_is_short_and_ascii() -> None:
    desk = Desk(BY_TAG)

    desk.hear(anomaly(10**12, dimension="Ünïcode " * 40, expected=10**11))

    (sent,) = desk.notifier.sent
    assert sent.subject.isascii()
    assert len(sent.subject) <= SUBJECT_LENGTH


# What people say goes back -----------------------------------------------------------------------


def test_resolved_as_planned_is_told_to_the_detector_once() -> None:
    desk, detector = Desk(BY_TAG), FakeDetector()
    desk.hear(anomaly())
    assert send_due_feedback(desk.store, detector, morning(7)) == ((), ())
    said(desk, resolve_as_planned, morning(8))

    first = send_due_feedback(desk.store, detector, morning(9))
    again = send_due_feedback(desk.store, detector, morning(10))

    assert (first, again) == (((ID,), ()), ((), ()))
    assert detector.told == [(ID, Feedback.PLANNED_ACTIVITY, morning(9).date())]
    assert (
        desk.incidents[0].events[-1].text
        == f"feedback sent to the detector: anomaly {ID} was planned"
    )


def test_feedback_that_failed_is_sent_by_the_next_run() -> None:
    desk, detector = Desk(BY_TAG), FakeDetector(fail_next=1)
    desk.hear(anomaly())
    said(desk, resolve_as_planned, morning(8))

    _, ((failed, error),) = send_due_feedback(desk.store, detector, morning(9))
    sent, _ = send_due_feedback(desk.store, detector, morning(10))

    assert (failed, sent) == (ID, (ID,))
    assert isinstance(error, SourceError)


def test_feedback_that_was_sent_but_not_noted_is_sent_again() -> None:
    desk, detector = Desk(BY_TAG), FakeDetector()
    desk.hear(anomaly())
    said(desk, resolve_as_planned, morning(8))
    desk.store.fail_next_save = True

    with pytest.raises(SourceError):
        send_due_feedback(desk.store, detector, morning(9))
    send_due_feedback(desk.store, detector, morning(10))

    assert len(detector.told) == 2


def test_what_was_not_planned_or_is_forgotten_by_the_detector_is_not_told() -> None:
    desk, detector = Desk(BY_TAG), FakeDetector()
    desk.hear(anomaly())
    said(desk, resolve_as_planned, morning(8))

    assert send_due_feedback(desk.store, detector, morning(5, 12)) == ((), ())
    assert detector.told == []


# The draft ---------------------------------------------------------------------------------------


def test_an_anomaly_s_own_incident_can_be_drafted() -> None:
    desk = Desk(BY_TAG)
    desk.hear(anomaly(causes=(S3, EC2)))

    text = JinjaRenderer().render("anomaly.md.j2", anomaly_facts(desk.incidents[0], morning(9)))

    assert_golden("narrative_anomaly.md", text)


def test_a_draft_without_root_cause_asks_for_it() -> None:
    desk = Desk(BY_TAG)
    desk.hear(anomaly(causes=(), dimension=""))
    said(desk, resolve, morning(8))

    text = JinjaRenderer().render("anomaly.md.j2", anomaly_facts(desk.incidents[0], morning(9)))

    assert "The detector named no root cause." in text


def _text(desk: Desk) -> str:
    (sent,) = desk.notifier.sent
    return f"Subject: {sent.subject}\n\n{sent.body}"


# Faults ------------------------------------------------------------------------------------------


class Blind(FakeStore):
    """Cannot read the incident of one anomaly's own."""

    def load_events(
        self, *, slo: str | None = None, incident: str | None = None
    ) -> Sequence[IncidentEvent]:
        if incident == "anomaly-broken":
            raise ZeroDivisionError
        return super().load_events(slo=slo, incident=incident)


def test_a_fault_in_one_anomaly_is_told_and_the_others_are_handled() -> None:
    desk = Desk(IN_EC2, store=Blind())
    broken = replace(anomaly(), id="broken")

    handled = desk.hear(broken, anomaly())

    assert [(it.id, type(error)) for it, error in handled.failed] == [("broken", ZeroDivisionError)]
    assert desk.outcomes == [("web-2026-09", "open", "investigate")]
    assert len(handled.delivered) == 1
