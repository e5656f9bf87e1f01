# SPDX-License-Identifier: Apache-2.0
"""What a decision rests on, and when a running incident may be called over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.domain.evidence.recovery import resolution
from cost_slo.domain.incidents.incident import Incident, Severity
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.decision import Decision, Verdict
from cost_slo.domain.verdict.figures import Figures
from cost_slo.use_cases.evaluate import judge
from cost_slo.use_cases.reading import Known
from tests.builders.readings import (
    each_day,
    monthly,
    morning,
    per_request,
    reading,
    september,
    spec,
    units,
)
from tests.worlds.rig import Rig

REQUESTS = each_day(date(2026, 9, 1), date(2026, 9, 30), 1000)
WITHIN = Decision(Verdict.WITHIN, Severity.NONE, "")


def running() -> Incident:
    """An incident of September."""
    rig = Rig()
    rig.run({"web": september(2, d2=400)}, 3)
    return rig.incidents[0]


def assessed(month: int = 9, **slo: object) -> tuple[Assessment, Figures]:
    """What an SLO came to on the tenth, taken to be within its objective."""
    document = spec(monthly() | slo)
    start = date(2026, month, 1)
    known = Known(
        slo=document.slos[0],
        policy=load_policy("default", base=Path()),
        reading=reading({"web": each_day(start, date(2026, month, 9), 5)}),
        units=units(REQUESTS),
        ledger=(),
        incidents=(),
        events=0,
        told=(),
        is_past=False,
    )
    assessment = judge(known, "USD", morning(10, month)).report.assessment
    assert assessment.figures is not None
    return replace(assessment, decision=WITHIN), assessment.figures


def ending(figures: Figures, usd: int) -> Figures:
    return replace(figures, forecast=replace(figures.forecast, month_end=Decimal(usd)))


@pytest.mark.parametrize(
    ("month_end", "reason"),
    [(300, "the month is projected to end within its objective"), (301, None)],
)
def test_a_quiet_month_is_over_once_it_is_projected_to_end_within_its_objective(
    month_end: int, reason: str | None
) -> None:
    assessment, figures = assessed()

    assert resolution(assessment, ending(figures, month_end), running(), (), "USD") == reason


def test_a_unit_cost_is_over_once_it_is_back_within() -> None:
    objective = {key: per_request()[key] for key in ("objective", "units")}
    assessment, figures = assessed(**objective)

    said = resolution(assessment, ending(figures, 10**6), running(), (), "USD")

    assert said == "the unit cost is back within its objective"


def test_a_new_month_within_is_a_reason_of_its_own() -> None:
    assessment, figures = assessed(month=10)

    said = resolution(assessment, ending(figures, 10**6), running(), (), "USD")

    assert said == "a new month began within its objective (October 2026)"


def test_nothing_is_over_that_never_began_or_still_calls() -> None:
    assessment, figures = assessed()
    calling = replace(assessment, decision=replace(WITHIN, verdict=Verdict.BURNING))

    assert resolution(assessment, ending(figures, 0), None, (), "USD") is None
    assert resolution(calling, ending(figures, 0), running(), (), "USD") is None


def test_a_claim_about_units_cites_the_units_and_one_about_money_the_charges() -> None:
    rig = Rig(per_request("unit-cost"))
    rig.units.readings = {"unit-cost": units(each_day(date(2026, 9, 1), date(2026, 9, 9), 100))}
    rig.run({"unit-cost": september(9)}, 10)

    facts = narrative_facts(rig.incidents[0], owner="platform")

    charges, counted = facts["evidence"]
    assert (charges.id, charges.what) == ("E1", "daily BilledCost in the scope of unit-cost")
    assert (counted.id, counted.what, counted.rows) == ("E2", "units by day", 9)
    assert counted.query == "a list of units, days 2026-09-01 to 2026-09-30"
    cited = {claim.text.split(":")[0]: str(claim) for claim in facts["customer_impact"]}
    assert cited["Scale"].endswith("_[measured E2]_")


def test_an_slo_without_units_has_no_evidence_of_any() -> None:
    assert [item["id"] for item in running().last_snapshot["evidence"]] == ["E1"]
