# SPDX-License-Identifier: Apache-2.0
import re
from datetime import UTC, datetime

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.incidents.incident import EventKind, Incident, Severity, Status
from cost_slo.domain.postmortem.facts import drivers as movement
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.findings import findings
from cost_slo.domain.postmortem.narrative.agenda import agenda
from cost_slo.domain.postmortem.narrative.impact import on_days
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.postmortem.narrative.timeline import level
from tests.builders.stories import (
    NO_FIGURES,
    drivers,
    event,
    exhausted,
    monthly,
    opened,
    per_unit,
    recovered,
    snapshot,
    story,
    unit_split,
)
from tests.checks.golden_files import assert_golden

RENDERER = JinjaRenderer()
SECTIONS = [
    "Summary",
    "Customer impact",
    "Cost impact",
    "Timeline",
    "Detection",
    "Trigger",
    "Root cause",
    "Contributing factors",
    "What went well",
    "Where we got lucky",
    "Action items",
    "Open questions",
    "Evidence",
]
UNITS = {
    "id": "E2",
    "what": "units by day",
    "query": "units.csv | request",
    "rows": 15,
    "revision": "9b1c",
}


def narrative(incident: Incident, owner: str = "platform") -> str:
    return RENDERER.render("narrative.md.j2", narrative_facts(incident, owner=owner))


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}\n\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    return found[1] if found else ""


def just_opened() -> Incident:
    return story(opened())


def whole_story() -> Incident:
    escalated = snapshot(
        slo=monthly(
            severity="emergency",
            spend={"to_date": "3640.00", "estimated_through": "2026-11-17T00:00:00Z"},
            forecast={"month_end": "10900.00", "low": None, "high": None},
            reason="burn 17x over 1d, at or above 14x",
            exhausts_on="2026-11-18",
        ),
        as_of="2026-11-17T00:00:00Z",
        data_through="2026-11-16T00:00:00Z",
        evidence=[snapshot()["evidence"][0] | {"revision": "observed 2026-11-17T00:00:00Z"}],
    )
    return story(
        opened(),
        event(EventKind.ALERTED, "alert sent", hours=0.25),
        event(
            EventKind.ESCALATED,
            "burn 17x over 1d, at or above 14x",
            hours=24,
            severity=Severity.EMERGENCY,
            known=escalated,
        ),
        event(EventKind.ACKNOWLEDGED, "looking", hours=25.5),
        event(EventKind.NOTED, "asked for a | quota\nof 10k tokens", hours=26),
        event(EventKind.CAUSE_IDENTIFIED, "a retry loop called the model on timeouts", hours=30),
        event(EventKind.MITIGATING, "retries capped at 2", hours=31),
        event(
            EventKind.RESOLVED,
            "the month is projected to end within its objective",
            hours=192,
            severity=Severity.NONE,
            known=recovered(),
        ),
    )


STORIES = {
    "just_opened": just_opened(),
    "resolved": whole_story(),
    "unit_cost": story(
        opened(slo=per_unit(), evidence=[*snapshot()["evidence"], UNITS]),
        event(EventKind.ALERTED, "alert sent", hours=0.25),
    ),
    "without_drivers": story(
        opened(
            Severity.INVESTIGATE,
            slo=monthly(severity="investigate"),
            drivers=None,
            source=None,
            evidence=None,
        )
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_narrative_reads_as_it_should(name: str) -> None:
    assert_golden(f"narrative_{name}.md", narrative(STORIES[name]))


@pytest.mark.parametrize("name", STORIES)
def test_a_narrative_has_every_section_and_something_in_each(name: str) -> None:
    text = narrative(STORIES[name])

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert all(section(text, title).strip() for title in SECTIONS)


@pytest.mark.parametrize("name", STORIES)
def test_every_claim_says_how_sure_it_is_and_what_is_unknown_is_a_question(name: str) -> None:
    text = narrative(STORIES[name])
    told = [section(text, title) for title in SECTIONS if title != "Evidence"]
    claims = [line for part in told for line in part.splitlines() if line.startswith("- ")]

    assert all(
        re.search(r"_\[(measured|inferred|unknown)[^]]*\]_$", line) or "**Do next:**" in line
        for line in claims
    )
    assert all("?" in line and "Question to" in line for line in claims if "[unknown]" in line)
    assert "TBD" not in text


def test_the_front_matter_is_for_machines() -> None:
    front = yaml.safe_load(narrative(whole_story()).split("---\n")[1])

    assert front == {
        "incident": "metalabs-infrastructure-2026-11",
        "slo": "metalabs-infrastructure",
        "product": "metalabs",
        "severity": "P1",
        "status": "resolved",
        "opened_at": "2026-11-16T00:00:00Z",
        "resolved_at": "2026-11-24T00:00:00Z",
        "known_at": "2026-11-24T00:00:00Z",
        "excess": "1240",
        "excess_above": "pace",
        "currency": "USD",
        "draft_due": "2026-11-18T00:00:00Z",
        "follow_up_due": "2026-11-30",
    }


@pytest.mark.parametrize("name", STORIES)
def test_the_same_events_make_the_same_bytes(name: str) -> None:
    first, second = narrative(STORIES[name]), narrative(STORIES[name])

    assert first.encode() == second.encode()


@pytest.mark.parametrize("name", STORIES)
def test_no_line_ends_in_white_space_and_no_two_blank_lines_follow(name: str) -> None:
    text = narrative(STORIES[name])

    assert not re.search(r"[ \t]$", text, re.MULTILINE)
    assert "\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@given(st.text(min_size=1), st.text())
def test_no_name_or_note_from_outside_breaks_the_tables_or_adds_a_line(
    service: str, note: str
) -> None:
    def told(name: str, text: str) -> list[str]:
        known = opened(drivers=drivers({name: ("1", "9")}))
        return narrative(story(known, event(EventKind.NOTED, text, hours=1))).split("\n")

    strange, plain = told(service, note), told("s3", "fine")

    assert [_cells(line) for line in strange] == [_cells(line) for line in plain]


def _cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) if line.startswith("|") else 0


def test_the_first_lines_say_what_since_when_and_what_to_do() -> None:
    lines = section(narrative(just_opened()), "Summary").splitlines()

    assert lines[0].startswith("- **metalabs spent $3,120.00 of its $4,500.00 objective")
    assert lines[1].startswith("- Since 2026-11-16 00:00 UTC, P2 (page).")
    assert lines[2].startswith(
        "- **Do next:** acknowledge, then look at Amazon Bedrock first (+$1,260.35)."
    )


def test_an_acknowledged_incident_asks_for_no_acknowledgement() -> None:
    text = narrative(story(opened(), event(EventKind.ACKNOWLEDGED, "mine", hours=1)))

    assert "**Do next:** look at Amazon Bedrock first (+$1,260.35)." in text
    assert "not acknowledged yet" not in text


@pytest.mark.parametrize(
    ("kind", "status", "next_step"),
    [
        (EventKind.MITIGATING, Status.MITIGATING, "check in tomorrow's charges"),
        (EventKind.RESOLVED, Status.RESOLVED, "answer the questions below"),
        (EventKind.CLOSED, Status.CLOSED, "complete the action items"),
    ],
)
def test_what_to_do_follows_where_the_incident_stands(
    kind: EventKind, status: Status, next_step: str
) -> None:
    incident = story(opened(), event(kind, hours=5))

    assert incident.status is status
    assert f"**Do next:** {next_step}" in narrative(incident)


def test_only_the_next_expected_step_is_listed_as_not_yet() -> None:
    steps = section(narrative(story(opened(), event(EventKind.ALERTED, hours=1))), "Timeline")

    assert [line for line in steps.splitlines() if "not yet" in line] == [
        "| not yet | acknowledged | - |"
    ]


def test_a_closed_incident_expects_nothing() -> None:
    incident = story(
        opened(), event(EventKind.RESOLVED, hours=9), event(EventKind.CLOSED, hours=10)
    )

    assert "not yet" not in section(narrative(incident), "Timeline")


def test_an_incident_that_came_back_expects_an_alert_again() -> None:
    incident = story(
        opened(),
        event(EventKind.RESOLVED, hours=9),
        event(EventKind.REOPENED, "again", hours=20, severity=Severity.PAGE, known=snapshot()),
    )

    steps = section(narrative(incident), "Timeline")

    assert "| 2026-11-16 20:00 UTC | back above the threshold | again |" in steps
    assert "| not yet | alert sent | - |" in steps


def test_the_timeline_is_in_order_of_time_and_skips_plain_updates() -> None:
    incident = story(
        opened(),
        event(EventKind.NOTED, "later", hours=9),
        event(EventKind.NOTED, "sooner", hours=3),
        event(EventKind.UPDATED, "same as before", hours=5, severity=Severity.PAGE),
    )

    steps = section(narrative(incident), "Timeline")

    assert steps.index("sooner") < steps.index("later")
    assert "same as before" not in steps


def test_causes_are_looked_for_where_the_change_shows_not_where_it_has_become_usual() -> None:
    flat = snapshot(drivers=drivers({"Amazon S3": ("30", "31")}))
    incident = story(
        opened(), event(EventKind.UPDATED, hours=200, severity=Severity.PAGE, known=flat)
    )

    assert "Amazon Bedrock went from $210.00 to $1,470.35" in narrative(incident)


def test_an_incident_keeps_the_loudest_severity_it_had() -> None:
    assert "**Severity:** P1 (emergency)" in narrative(whole_story())
    assert [level(severity) for severity in Severity] == ["P3", "P3", "P2", "P1"]


def test_evidence_of_each_quoted_decision_is_listed_once_and_cited_by_its_own_number() -> None:
    text = narrative(whole_story())

    assert re.findall(r"^\| (E\d) ", text, re.MULTILINE) == ["E1", "E2"]
    assert "of the objective left. _[measured E1]_" in text
    assert (
        "Excess: $1,240.00 above an even pace, as of 2026-11-17 00:00 UTC. _[measured E2]_" in text
    )


def test_claims_about_units_cite_the_count_of_units() -> None:
    text = narrative(STORIES["unit_cost"])

    assert "182,000 requests from 1 to 14 Nov 2026" in text
    assert re.search(r"Scale: .* _\[measured E2\]_", text)


def test_an_accepted_level_is_not_asked_about() -> None:
    said = event(EventKind.ACCEPTED, "new region", hours=2, known={"level_from": "2026-11-14"})

    text = narrative(story(opened(), said))

    assert "meant to stay, so that the plan must follow" not in text
    assert "| 2026-11-16 02:00 UTC | new level | new region |" in text


def test_an_action_item_names_owner_date_and_a_measurable_effect() -> None:
    actions = section(narrative(just_opened(), owner="platform | core"), "Action items")

    assert "| platform \\| core | 30 Nov 2026 | P2 |" in actions
    assert "Amazon Bedrock back under $30.00 a day by 30 Nov 2026" in actions
    assert "up to $180.05 a day less" in actions
    assert (
        "Decide by 30 Nov 2026 whether AWS Lambda stays: off, or planned at $12.59 a day" in actions
    )


def test_old_charges_are_a_contributing_factor() -> None:
    incident = story(opened(data_through="2026-11-13T12:00:00Z"))

    assert "The charges were 2 days 12 hours old when judged" in narrative(incident)


def test_an_objective_already_passed_has_no_days_to_spare() -> None:
    text = narrative(story(opened(Severity.EMERGENCY, slo=exhausted())))

    assert "Cost incident: metalabs $211.50 over its $4,500.00 in Nov 2026" in text
    assert "of the objective left" not in text
    assert "the budget is gone by" not in text


def test_an_incident_without_figures_asks_for_them() -> None:
    incident = story(opened(slo=monthly(**NO_FIGURES), data_through=None, drivers=None))

    text = narrative(incident)

    assert "# Cost incident: metalabs spend not known" in text
    assert "what was spent?" in text
    assert "No complete day of charges was found." in text
    assert yaml.safe_load(text.split("---\n")[1])["excess"] is None


def test_a_unit_cost_without_figures_asks_for_them() -> None:
    bare = per_unit(**NO_FIGURES | {"unit_cost": {"state": "no_units"}})

    text = narrative(story(opened(slo=bare, drivers=None)))

    assert "no units were counted" in text
    assert "Daily run-rate" not in text


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (
            "0.002",
            (
                "$0.0031 per request, $0.0020 before: +55% = +30% tokens per request, +20% mix, "
                "+3% fewer requests, +2% charges without a quantity."
            ),
        ),
        ("0", "$0.0031 per request, $0.00 before."),
    ],
)
def test_a_unit_cost_says_why_a_unit_costs_more(before: str, said: str) -> None:
    text = narrative(story(opened(slo=per_unit(), unit_split=unit_split(before))))

    cause = section(text, "Root cause")
    assert f"- {said} _[measured E1]_" in cause
    assert "why does each request cost more in Amazon Bedrock and AWS Lambda?" in cause
    assert ("peak_unit_cost_change" in text) == (before != "0")


def test_a_unit_cost_in_a_month_that_is_over_costs_no_further_day() -> None:
    slo = per_unit(spend={"to_date": "564.20", "estimated_through": "2026-12-01"})

    text = narrative(story(opened(slo=slo, data_through="2026-12-01")))

    assert "Each further day" not in text


def test_a_unit_cost_without_a_trailing_week_goes_by_the_month() -> None:
    unit = {"state": "ok", "to_date": "0.0031", "units": "140000", "trailing_7d": None}

    text = narrative(story(opened(slo=per_unit(unit_cost=unit))))

    assert "Each further day adds about $11.00 of excess." in text  # 0.0011 x 140,000 / 14 days


def test_a_month_that_is_over_costs_no_further_day() -> None:
    slo = monthly(spend={"to_date": "4400", "estimated_through": "2026-12-01T00:00:00Z"})

    assert "Each further day" not in narrative(story(opened(slo=slo)))


def test_figures_after_the_peak_are_told_beside_it() -> None:
    text = section(narrative(whole_story()), "Cost impact")

    assert "Projected month end, as seen 2026-11-17 00:00 UTC: $10,900.00" in text
    assert "At 2026-11-24 00:00 UTC metalabs spent $4,050.00" in text
    assert "The month is now projected to end at $4,470.00." in text
    assert "Each further day" not in text


def test_a_later_snapshot_without_figures_says_so() -> None:
    blind = snapshot(slo=monthly(**NO_FIGURES), drivers=None)

    text = narrative(story(opened(), event(EventKind.UPDATED, hours=48, known=blind)))

    assert "metalabs has no cost data to measure its $4,500.00 a month by." in text
    assert "now projected" not in text


def test_services_that_only_fell_are_no_cause() -> None:
    fallen = drivers({"Amazon S3": ("30", "3")})

    text = narrative(story(opened(drivers=fallen)))

    assert "What changed: Amazon S3 -$27.00; -$27.00 in all." in text
    assert "what raised the cost" in text
    assert "Find which services rose" in text


def test_a_comparison_without_any_change_names_no_mover() -> None:
    assert "What changed:" not in narrative(story(opened(drivers=drivers({}))))


def test_an_incident_without_an_evaluation_cannot_be_told() -> None:
    with pytest.raises(CostDataError, match="has no event with an evaluation"):
        narrative_facts(story(event(EventKind.OPENED, "by hand")), owner="platform")


def test_a_fact_the_template_misses_is_an_error_not_an_empty_place() -> None:
    facts = narrative_facts(just_opened(), owner="platform")
    del facts["title"]

    with pytest.raises(UndefinedError, match="title"):
        RENDERER.render("narrative.md.j2", facts)


def test_a_time_without_zone_in_a_snapshot_is_a_utc_day() -> None:
    text = narrative(story(opened(data_through="2026-11-15")))

    assert (
        datetime(2026, 11, 15, tzinfo=UTC).strftime("| %Y-%m-%d %H:%M UTC | data arrived") in text
    )


def test_what_is_not_known_has_no_facts() -> None:
    blind = story(opened(slo=monthly(**NO_FIGURES), data_through=None, drivers=None))
    facts = findings(blind, owner="platform")
    kinds = (
        *(figures.spend, figures.over_or_left, figures.above_plan, figures.over_pace),
        *(figures.over_recently, figures.daily_mean, figures.budget, figures.burn_rates),
        *(figures.units_of_window, figures.unit_costs, movement.total_change, movement.rest),
    )

    assert [kind for kind in kinds if kind(facts, facts.peak)] == []
    assert figures.spend_at_drafting(facts, facts.peak) is None
    assert figures.last_week(facts.peak) is None
    assert on_days(None) == "in the window"


def test_above_plan_is_as_recorded_where_the_ledger_is_not_named() -> None:
    text = narrative(story(opened(planned_to_date="1499.60")))

    assert "# Cost incident: metalabs $620.40 above plan in Nov 2026" in text
    assert '"id": "peak_above_plan", "value": "620.4", "unit": "money", "event": ' in text


def test_a_month_below_pace_without_a_plan_is_called_rising() -> None:
    low = monthly(spend={"to_date": "1000", "estimated_through": "2026-11-16T00:00:00Z"})

    assert "# Cost incident: metalabs rising in Nov 2026" in narrative(story(opened(slo=low)))


def test_a_last_day_alone_is_said_as_one_day() -> None:
    slo = monthly(spend={"to_date": "900", "estimated_through": "2026-11-02T00:00:00Z"})

    assert "on average on 1 Nov 2026" in narrative(story(opened(slo=slo)))


def test_an_agenda_without_a_cause_or_a_candidate_asks_for_them() -> None:
    facts = findings(just_opened(), owner="platform")
    blind = findings(story(opened(drivers=None)), owner="platform")

    asked = {row["topic"]: row["ask"] for row in agenda(facts)}

    assert asked["Causes"].startswith("What made Amazon Bedrock rise by $1,260.35")
    assert asked["Action items"].endswith("a number that shows it is done.")
    assert agenda(blind)[2]["ask"].startswith("What made the spend rise: use, price, mix?")


def test_an_alert_answered_after_more_than_a_day_contributed() -> None:
    text = narrative(story(opened(), event(EventKind.ACKNOWLEDGED, "late", hours=30)))

    late = "The alert of 2026-11-16 00:00 UTC was acknowledged after 1 day 6 hours."
    assert late in section(text, "Contributing factors")
    assert late not in section(text, "What went well")


def test_a_slow_burn_is_not_told_as_a_rate() -> None:
    slow = monthly(burn=[{"window": "1d", "rate": 0.4}])

    assert "Burn rate" not in narrative(story(opened(slo=slow)))
