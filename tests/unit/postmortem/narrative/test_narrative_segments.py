# SPDX-License-Identifier: Apache-2.0
"""A narrative names parts of the bill where its decisions know them, and their numbers hold."""

from dataclasses import replace
from datetime import date

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.adapters.documents.yaml_playbooks import shipped_playbooks
from cost_slo.domain.drivers.segment_movers import segment_movers
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.period import Period
from cost_slo.domain.postmortem.facts.fact import Records
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.postmortem.verification.check import verify
from cost_slo.domain.stored import to_json
from tests.builders.changes import cell, cube
from tests.builders.stories import BASELINE, SERVICES, WINDOW, opened, story
from tests.checks.golden_files import assert_golden

VPC, LOGS = "Amazon Virtual Private Cloud", "AmazonCloudWatch"
NAT = (VPC, "NatGateway-Bytes", "us-east-1")
INGESTED = (LOGS, "DataProcessing-Bytes", "eu-west-1")
HOURS = (VPC, "NatGateway-Hours", "us-east-1")
DIMENSIONS = ("service", "meter", "region")
LATELY = Period(date(2026, 11, 12), date(2026, 11, 15))
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


def by_segment() -> Incident:
    """Two parts rose; three days lately cost 90 + 900 and 12 + 96 where October's three did not."""
    week = cube(
        cell(NAT, "210", "1710"),
        cell(INGESTED, "28", "188"),
        cell(HOURS, "23.10", "23.10"),
        dimensions=DIMENSIONS,
    )
    days = cube(
        cell(NAT, "90", "990"),
        cell(INGESTED, "12", "108"),
        cell(HOURS, "9.90", "9.90"),
        dimensions=DIMENSIONS,
    )
    week = replace(week, window=WINDOW, baseline=BASELINE)
    days = replace(days, window=LATELY, baseline=OCTOBER)
    return story(
        opened(
            segments=to_json(segment_movers(week)),
            recent=to_json(segment_movers(days)),
        )
    )


def told(incident: Incident) -> str:
    facts = narrative_facts(incident, owner="platform", playbooks=shipped_playbooks())
    return JinjaRenderer().render("narrative.md.j2", facts)


def test_a_narrative_by_segment_reads_as_it_should() -> None:
    assert_golden("narrative_by_segment.md", told(by_segment()))


def test_what_rose_is_named_by_its_meter_and_region_and_never_by_its_service_alone() -> None:
    text = told(by_segment())

    assert "- NatGateway-Bytes" in text
    assert " in us-east-1 went from $210.00 to $1,710.00 (+$1,500.00)" in text
    assert not any(service in text for service in SERVICES if service != LOGS)


def test_a_candidate_of_a_known_usage_type_leaves_nothing_to_look_up() -> None:
    text = told(by_segment())

    # 900 more in three days; the endpoint saves all of what it carries.
    assert "up to $300.00 a day" in text
    assert "through gateway endpoints" in text
    assert "if its usage type is like" not in text
    assert "back under $30.00 a day by" in text  # 90 in three days of October


def test_amounts_by_segment_are_proved_from_the_decision_s_record() -> None:
    incident = by_segment()
    events = {event.key: event for event in incident.events}
    text = told(incident)

    found = verify(text, Records({}, events))
    forged = verify(text.replace("$1,710.00", "$1,711.00"), Records({}, events))

    assert found.mismatches == ()
    assert '"path": "segments.movers.0.after"' in text
    assert forged.mismatches
