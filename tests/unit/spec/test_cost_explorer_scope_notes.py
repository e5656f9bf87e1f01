# SPDX-License-Identifier: Apache-2.0
"""What Cost Explorer has instead of what a scope asks for is named without another request."""

from typing import Any

from cost_slo.domain.spec.document import Slo
from tests.builders.readings import monthly
from tests.unit.adapters.cost_explorer.test_cost_explorer_answers import NOW, page, source


def notes(scope: dict[str, Any], *groups: tuple[str, str]) -> tuple[str, ...]:
    """What is said of a scope whose one request is answered with these groups and amounts."""
    charged = ((1, (key, "Usage"), amount, "USD") for key, amount in groups)
    reading = source(page(*charged)).fetch_costs(
        [Slo.model_validate(monthly("web", scope=scope))], "USD", NOW
    )
    return reading.scope_notes.get("web", ())


def test_a_service_by_its_code_is_answered_with_its_name() -> None:
    (said,) = notes({"services": ["AmazonRDS"]}, ("Amazon Relational Database Service", "7"))

    assert said.endswith("; did you mean `Amazon Relational Database Service` ($7.00)?")


def test_a_tag_value_that_no_charge_has_is_answered_with_the_largest() -> None:
    said = notes({"tags": {"team": ["x"]}}, ("team$ads", "1"), ("team$search", "7"), ("team$", "9"))

    assert said == ("no charge has tag `team: x`; the bill has `search` ($7.00), `ads` ($1.00)",)


def test_other_spellings_of_a_value_are_named_with_their_amounts() -> None:
    (said,) = notes({"tags": {"team": ["ads"]}}, ("team$ads", "1"), ("team$ADS", "7"))

    assert "are not counted: `ADS` ($7.00); name each spelling in the scope" in said


def test_a_scope_that_finds_what_it_asks_for_is_told_nothing() -> None:
    assert notes({"tags": {"team": ["ads"]}}, ("team$ads", "1"), ("team$x", "1")) == ()
