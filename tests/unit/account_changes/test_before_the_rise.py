# SPDX-License-Identifier: Apache-2.0
"""What an alert and a narrative say of changes that came before a rise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from cost_slo.adapters.aws_changes.cloudtrail import change_of
from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.account_changes.before_the_rise import (
    RECORDED,
    Lookup,
    changed_before,
    changes_evidence,
    place_of,
    rise_began,
)
from cost_slo.domain.account_changes.change import Change, Changes, Place
from cost_slo.domain.alerts.alert import alert
from cost_slo.domain.drivers.movers import Mover, MoverKind
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import EventKind, Incident
from cost_slo.domain.period import DAY
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.stored import to_json
from tests.builders.readings import each_day, morning, september
from tests.builders.stories import OPENED, event, opened, recovered, snapshot, story
from tests.checks.golden_files import assert_golden
from tests.fakes.ports import FakeChangeSource
from tests.worlds.rig import Rig

RISE = date(2026, 11, 12)
AT = datetime(2026, 11, 11, 21, 30, tzinfo=UTC)
DEPLOYED = Change(
    AT,
    "111122223333",
    "us-east-1",
    "AWS Lambda",
    "UpdateFunctionCode",
    "weel-api",
    "role ci-deploy",
    is_deploy=True,
)
ENABLED = replace(
    DEPLOYED,
    at=AT - timedelta(hours=20),
    service="Amazon Bedrock",
    action="PutModelInvocationLoggingConfiguration",
    resource="",
    made_by="SSO role PowerUser",
    is_deploy=False,
)
TAGGED = replace(DEPLOYED, action="TagResource", is_deploy=False, made_by="an IAM user")
BEDROCK = Place("111122223333", "Amazon Bedrock", "")


def lookup(*changes: Change, notes: tuple[str, ...] = ()) -> Lookup:
    read = Changes(changes, "CloudTrail LookupEvents ReadOnly=false in us-east-1", notes)
    return Lookup(RISE, OPENED, BEDROCK, read)


def incident(found: Lookup) -> Incident:
    """One that opened with these changes known."""
    rows = [*snapshot()["evidence"], {**to_json(changes_evidence(found)), "id": "E2"}]
    return story(opened(changes=to_json(changed_before(found)), evidence=rows))


def told(incident: Incident) -> str:
    facts = narrative_facts(incident, owner="platform")
    return JinjaRenderer().render("narrative.md.j2", facts)


def body(found: Lookup) -> str:
    (decision,) = incident(found).events
    return alert(decision, opened_at=OPENED).body


def test_an_alert_with_changes_reads_as_it_should() -> None:
    assert_golden("alert_changes.txt", body(lookup(TAGGED, ENABLED, DEPLOYED)))


def test_a_narrative_with_changes_reads_as_it_should() -> None:
    assert_golden("narrative_changes.md", told(incident(lookup(TAGGED, ENABLED, DEPLOYED))))


def test_the_likeliest_three_are_kept_and_two_are_told() -> None:
    found = lookup(TAGGED, ENABLED, DEPLOYED, replace(TAGGED, resource="other"))

    kept = to_json(changed_before(found))["likely"]

    assert [change["action"] for change in kept] == [
        "PutModelInvocationLoggingConfiguration",
        "UpdateFunctionCode",
        "TagResource",
    ]
    assert body(found).count("(inferred)") == 2
    json.dumps(kept)


def test_changes_that_could_not_be_read_are_said_to_be_unknown() -> None:
    text = body(lookup(notes=("cloudtrail:LookupEvents: AWS denied it",)))

    said = "Changed shortly before: not known (cloudtrail:LookupEvents: AWS denied it)."
    assert said in text


def test_nothing_is_said_where_nothing_was_changed() -> None:
    assert "shortly before" not in body(lookup())
    assert "shortly before" not in told(incident(lookup()))


def test_one_change_leaves_nothing_for_the_contributing_factors() -> None:
    text = told(incident(lookup(DEPLOYED)))

    assert text.count("hanged shortly before") == 1


def test_what_ended_is_not_explained_by_changes() -> None:
    known = recovered() | {"changes": to_json(changed_before(lookup(DEPLOYED)))}
    ended = event(EventKind.RESOLVED, "over", hours=99, known=known)

    assert "shortly before" not in alert(ended, opened_at=OPENED).body


def test_changes_are_inferred_from_the_row_that_says_source_and_hours() -> None:
    text = told(incident(lookup(DEPLOYED)))

    (line,) = [line for line in text.splitlines() if "Changed shortly before" in line]
    assert line.endswith("_[inferred from E2, closeness in time and place]_")
    (row,) = [line for line in text.splitlines() if line.startswith("| E2 ")]
    assert RECORDED in row
    assert "2026-11-10 00:00 UTC to 2026-11-13 00:00 UTC" in row


def observed(*amounts: float) -> tuple[Observation, ...]:
    """Usage of each day from 1 October on."""
    start = date(2026, 10, 1)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return tuple(
        Observation(
            Decimal(str(usd)),
            series="s",
            day=start + n * DAY,
            estimated=False,
            observed_at=at,
            revision=1,
        )
        for n, usd in enumerate(amounts)
    )


def began(*amounts: float, arriving: int = 0) -> date | None:
    end = date(2026, 10, 1) + len(amounts) * DAY
    return rise_began(observed(*amounts), data_through=end - arriving * DAY, end=end)


@pytest.mark.parametrize(
    ("amounts", "arriving", "first"),
    [
        pytest.param([100.0] * 20 + [160.0] * 4, 0, date(2026, 10, 21), id="a step"),
        pytest.param([100.0] * 20 + [160.0] * 4 + [9.0], 1, date(2026, 10, 21), id="arriving"),
        pytest.param([100.0] * 20 + [900.0], 1, date(2026, 10, 21), id="arriving, and more"),
        pytest.param([100.0] * 24, 0, None, id="nothing"),
        pytest.param([100.0] * 20 + [40.0] * 4, 0, None, id="a fall"),
        pytest.param([100.0] * 5 + [160.0] * 4, 0, None, id="too short"),
        pytest.param([], 0, None, id="no day"),
    ],
)
def test_a_rise_is_dated_from_the_days_themselves(
    amounts: list[float], arriving: int, first: date | None
) -> None:
    assert began(*amounts, arriving=arriving) == first


def test_a_day_without_an_observation_had_no_usage() -> None:
    days = [row for row in observed(*[100.0] * 20, *[300.0] * 4) if row.day.day != 9]

    assert rise_began(days, data_through=date(2026, 10, 25), end=date(2026, 10, 25)) == date(
        2026, 10, 21
    )


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ((), Place("", "Amazon S3", "")),
        ((("service", "Amazon EC2"), ("region", "r")), Place("", "Amazon EC2", "r")),
        ((("account", "1"),), Place("1", "", "")),
    ],
)
def test_a_mover_lies_where_its_dimensions_say(
    where: tuple[tuple[str, str], ...], place: Place
) -> None:
    mover = Mover("Amazon S3", Decimal(0), Decimal(1), Decimal(1), MoverKind.NEW, where)

    assert place_of(mover) == place


SPEND = each_day(date(2026, 8, 1), date(2026, 8, 31), 5) | september(9, d7=100, d8=100, d9=100)


def rig(changes: FakeChangeSource) -> Rig:
    made = Rig()
    made.monitor = replace(made.monitor, changes=changes)
    return made


def before_september() -> FakeChangeSource:
    at = datetime(2026, 9, 6, 22, tzinfo=UTC)
    made = replace(DEPLOYED, at=at, service="Amazon EC2")
    return FakeChangeSource(Changes((made,), "a trail"))


def test_news_asks_once_for_the_hours_around_the_first_day_of_the_rise() -> None:
    source = before_september()
    monitored = rig(source)

    monitored.run({"web": SPEND}, 10)
    monitored.run({"web": SPEND}, 11)

    ((start, end, services),) = source.asked
    assert (start, end) == (
        datetime(2026, 9, 5, tzinfo=UTC),
        datetime(2026, 9, 8, tzinfo=UTC),
    )
    assert services == ("Amazon EC2",)
    said = (
        "Changed shortly before (inferred): UpdateFunctionCode of weel-api (Amazon EC2) by role "
        "ci-deploy, 2 hours before the day the rise began, in the same service."
    )
    assert [said in message.body for message in monitored.notifier.sent] == [True, True]


def test_the_changes_stay_with_the_incident_while_it_runs() -> None:
    monitored = rig(before_september())
    monitored.run({"web": SPEND}, 10)

    monitored.run({"web": SPEND | {date(2026, 9, 10): Decimal(100)}}, 11)

    (incident_,) = monitored.incidents
    decisions = [event for event in incident_.events if "slo" in event.snapshot]
    assert len({str(event.snapshot["changes"]) for event in decisions}) == 1
    assert all(
        [row["what"] for row in event.snapshot["evidence"]].count(RECORDED) == 1
        for event in decisions
    )


def test_a_record_that_cannot_be_read_never_holds_up_the_alert() -> None:
    monitored = rig(FakeChangeSource(error=SourceError("the trail is down")))

    result = monitored.run({"web": SPEND}, 10)

    assert [slo["incident_change"] for slo in result.document["slos"]] == ["opened"]
    (message,) = monitored.notifier.sent
    assert "Changed shortly before: not known (the trail is down)." in message.body


def test_what_came_after_the_decision_is_not_asked_for() -> None:
    source = before_september()
    today = september(9) | {date(2026, 9, 10): Decimal(400)}

    rig(source).run({"web": SPEND | today}, 10)

    ((start, end, _),) = source.asked
    assert (start, end) == (datetime(2026, 9, 8, tzinfo=UTC), morning(10))


def test_a_rise_that_cannot_be_dated_is_not_looked_for() -> None:
    source = before_september()

    rig(source).run({"web": september(9, d9=400)}, 10)

    assert source.asked == []


MARK = "zqxann"


def marked() -> Iterator[Change]:
    """Changes from records in which every name of a person carries a mark."""
    for kind in ("AssumedRole", "IAMUser", "Root", "FederatedUser", "Other"):
        identity = {
            "type": kind,
            "principalId": f"AROAEXAMPLE:{MARK}1",
            "userName": f"{MARK}2",
            "arn": f"arn:aws:sts::111122223333:assumed-role/ci/{MARK}3@example.com",
            "accessKeyId": "AKIAEXAMPLEZQXANN000",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "ci"}},
        }
        record = {
            "eventName": "RunInstances",
            "eventSource": "ec2.amazonaws.com",
            "userIdentity": identity,
            "requestParameters": {"keyName": f"{MARK}4"},
        }
        names = [f"{MARK}2-box", f"{MARK}3@example.com", "AKIAEXAMPLEZQXANN000", f"{MARK}3"]
        change = change_of(
            {
                "EventTime": morning(6),
                "Username": f"{MARK}2",
                "AccessKeyId": "AKIAEXAMPLEZQXANN000",
                "Resources": [{"ResourceType": "X", "ResourceName": name} for name in names],
                "CloudTrailEvent": json.dumps(record),
            },
            (),
        )
        assert change is not None
        yield change


def test_no_name_of_a_person_reaches_a_record_an_alert_or_a_narrative() -> None:
    monitored = rig(FakeChangeSource(Changes(tuple(marked()), "a trail")))

    monitored.run({"web": SPEND}, 10)

    (incident_,) = monitored.incidents
    (message,) = monitored.notifier.sent
    everything = f"{incident_} {message} {told(incident_)}"
    assert "RunInstances" in message.body
    assert MARK not in everything.lower()
