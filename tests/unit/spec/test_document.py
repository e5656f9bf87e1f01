# SPDX-License-Identifier: Apache-2.0
"""The spec's models: what they accept, what they derive, what they publish."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from cost_slo.domain.spec.document import MonthlyObjective, Slo, Spec, UnitObjective, spec_schema
from cost_slo.domain.spec.scope import DEFAULT_CATEGORIES, Scope, Selector
from cost_slo.domain.spec.units import CloudWatchUnits, Units
from cost_slo.domain.spec.values import AMOUNT_LIMIT

AMOUNTS = st.decimals(
    min_value=0, max_value=AMOUNT_LIMIT - 1, places=12, allow_nan=False, allow_infinity=False
)


def slo(**changes: object) -> dict[str, Any]:
    return {
        "name": "search",
        "product": "search",
        "owner": "platform",
        "objective": {"monthly": 4500},
        **changes,
    }


def spec(*slos: dict[str, Any]) -> Spec:
    return Spec.model_validate({"apiVersion": "cost-slo/v1", "slos": slos or [slo()]})


def test_a_short_slo_counts_every_default_category_of_billed_cost() -> None:
    (only,) = spec().slos

    assert only.metric == "BilledCost"
    assert only.scope.charge_categories == DEFAULT_CATEGORIES
    assert only.plan == "learned"
    assert only.policy == "default"


def test_an_objective_is_what_its_key_says() -> None:
    monthly, per_unit = spec(
        slo(name="a"),
        slo(name="b", objective={"per_unit": Decimal("0.002")}, units={"csv": "u.csv"}),
    ).slos

    assert monthly.objective == MonthlyObjective(monthly=Decimal(4500))
    assert per_unit.objective == UnitObjective(per_unit=Decimal("0.002"), unit="request")
    assert per_unit.objective.minimum_units == 0


def test_models_built_in_python_are_accepted_as_they_are() -> None:
    units = Units(csv="u.csv")
    objective = UnitObjective(per_unit=Decimal("0.1"))

    built = Slo.model_validate(slo(objective=objective, units=units, plan=Decimal(10)))

    assert built.objective is objective
    assert built.plan == 10


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"objective": {}}, "exactly one of"),
        ({"objective": 4500}, "exactly one of"),
        ({"objective": {"monthly": 1, "per_unit": 1}}, "exactly one of"),
        ({"objective": {"monthly": "4500"}}, "expected a number"),
        ({"objective": {"monthly": True}}, "expected a number"),
        ({"objective": {"monthly": 0}}, "greater than 0"),
        ({"objective": {"monthly": Decimal("NaN")}}, "finite"),
        ({"objective": {"per_unit": 1}}, "needs `units:`"),
        ({"units": {"csv": "u.csv"}}, "goes with a `per_unit` objective"),
        ({"units": {}}, "exactly one of"),
        ({"plan": "guess"}, "'learned' or 'none'"),
        ({"plan": -1}, "greater than 0"),
        ({"scope": {"not": {}}}, "would leave out every charge"),
        ({"scope": {"product_attributes": {}}}, "`product_attributes:` is empty"),
        ({"scope": {"product_attributes": {"Model": ["a"]}}}, "Extra inputs"),
        ({"scope": {"product_attributes": {"model": []}}}, "at least 1 item"),
        ({"owner": " "}, "match"),
        ({"owner": "a\nb"}, "match"),
        ({"name": "-a"}, "match"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        spec(slo(**changes))


def test_two_slos_never_share_a_name() -> None:
    with pytest.raises(ValidationError, match="already named search") as caught:
        spec(slo(name="other"), slo(), slo())

    assert caught.value.errors()[0]["ctx"]["path"] == ("slos", 2, "name")


def test_a_series_is_the_same_whatever_the_order_of_the_scope() -> None:
    one = Slo.model_validate(slo(scope={"regions": ["b", "a"], "tags": {"x": ["1"], "y": ["2"]}}))
    two = Slo.model_validate(slo(scope={"tags": {"y": ["2"], "x": ["1"]}, "regions": ["a", "b"]}))

    assert one.series == two.series


@pytest.mark.parametrize(
    "changes",
    [
        {"scope": {"regions": ["a"]}},
        {"scope": {"not": {"regions": ["a"]}}},
        {"scope": {"charge_categories": ["Usage"]}},
        {"scope": {"product_attributes": {"model": ["nova-pro"]}}},
        {"metric": "EffectiveCost"},
        {"name": "renamed"},
    ],
)
def test_a_series_starts_anew_when_what_is_counted_changes(changes: dict[str, Any]) -> None:
    assert Slo.model_validate(slo(**changes)).series != Slo.model_validate(slo()).series


def test_a_series_outlives_what_does_not_change_the_count() -> None:
    retargeted = Slo.model_validate(slo(owner="other", objective={"monthly": 9}, plan="none"))

    assert retargeted.series == Slo.model_validate(slo()).series


def test_a_series_that_is_in_ledgers_keeps_its_key() -> None:
    scope = {"tags": {"team": ["red", ""]}, "not": {"services": ["Tax"]}}

    assert Slo.model_validate(slo(scope=scope)).series == "search/abca99ee213d"


def test_product_attributes_are_told_by_their_keys_at_aws() -> None:
    named = {"inferenceType": ["Output tokens"], "model": ["nova-pro", ""]}

    counted = Scope.model_validate({"product_attributes": named})
    left_out = Scope.model_validate({"not": {"product_attributes": named}})

    assert counted.product_attributes is not None
    assert counted.product_attributes.named == {
        "model": ("nova-pro", ""),
        "inferenceType": ("Output tokens",),
    }
    assert counted.by_product_attributes
    assert left_out.by_product_attributes
    assert not Scope.model_validate({"not": {"services": ["Tax"]}}).by_product_attributes


def test_an_empty_scope_excludes_nothing() -> None:
    assert Scope().not_ is None
    assert Selector().tags == {}


@given(AMOUNTS)
def test_an_amount_is_kept_to_the_last_digit(amount: Decimal) -> None:
    kept = UnitObjective(per_unit=Decimal(1), minimum_units=amount).minimum_units

    assert kept == amount


def test_the_schema_is_a_schema_and_says_amounts_are_numbers() -> None:
    schema = spec_schema()

    Draft202012Validator.check_schema(schema)
    monthly = schema["$defs"]["MonthlyObjective"]["properties"]["monthly"]
    assert (monthly["type"], monthly["exclusiveMinimum"]) == ("number", 0)


def test_the_schema_has_no_null_and_every_object_is_closed() -> None:
    schema = spec_schema()

    assert "null" not in str(schema)
    assert all(
        definition.get("additionalProperties", True) is False
        for definition in schema["$defs"].values()
        if definition["type"] == "object"
    )


def test_a_tolerated_rate_of_false_pages_needs_a_plan() -> None:
    rate = {"at_most": Decimal(1), "per": "quarter"}

    stated = spec(slo(tolerated_false_pages=rate)).slos[0].tolerated_false_pages

    assert stated is not None
    assert (stated.at_most, stated.per) == (1, "quarter")
    with pytest.raises(ValidationError, match="`tolerated_false_pages` needs a plan"):
        spec(slo(tolerated_false_pages=rate, plan="none"))


def test_how_a_scope_matches_belongs_to_its_series_and_exact_is_what_it_always_was() -> None:
    plain, exact, insensitive = (
        Slo.model_validate(slo(scope={"tags": {"team": ["a"]}, **match}))
        for match in ({}, {"match": "exact"}, {"match": "insensitive"})
    )

    assert plain.series == exact.series
    assert insensitive.series != exact.series


TOKENS_IN = {"namespace": "AWS/Bedrock", "metric": "InputTokenCount"}


def test_units_are_one_metric_or_an_expression_over_its_metrics() -> None:
    one = CloudWatchUnits.model_validate(TOKENS_IN)
    several = CloudWatchUnits.model_validate({"expression": "a + 'b'", "metrics": {"a": TOKENS_IN}})

    assert Units(cloudwatch=one).csv is None
    assert list(several.metrics) == ["a"]


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ({"metric": "InputTokenCount"}, "name exactly one of `metric`"),
        ({"expression": "a"}, "name exactly one of `metric`"),
        (
            {"expression": "a", "metrics": {"a": TOKENS_IN}, "statistic": "SampleCount"},
            "belong to each of the `metrics`",
        ),
        ({"expression": "a + b", "metrics": {"a": TOKENS_IN}}, "uses b, which `metrics`"),
        (
            {"expression": "a", "metrics": {"a": TOKENS_IN, "b": TOKENS_IN}},
            "does not use b of `metrics`",
        ),
    ],
)
def test_units_that_contradict_themselves_are_refused(units: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CloudWatchUnits.model_validate(units)


def test_units_have_one_source() -> None:
    with pytest.raises(ValidationError, match="exactly one of `cloudwatch` and `csv`"):
        Units()
