# SPDX-License-Identifier: Apache-2.0
"""Many SLOs, few requests: which, for which days, at which price."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.adapter_kit.aws_record_types import category_of, records_of
from cost_slo.adapters.cost_explorer.dates import asked_period
from cost_slo.adapters.cost_explorer.plan import RequestPlan, Share, plan_queries
from cost_slo.domain.period import Period
from cost_slo.domain.spec.scope import ChargeCategory
from tests.builders.readings import monthly, spec

AS_OF = datetime(2026, 9, 16, 9, tzinfo=UTC)
METRIC = {"metric": "EffectiveCost"}


def planned(*scopes: dict[str, Any], **first: Any) -> RequestPlan:
    """The plan of SLOs s0, s1, … with these scopes."""
    slos = [monthly(f"s{place}", scope=scope) for place, scope in enumerate(scopes)]
    slos[0] |= first
    return plan_queries(spec(*slos).slos, AS_OF)


def asked(plan: RequestPlan) -> list[str]:
    """What each query says after its days."""
    return [query.words.split(" ", 2)[2] for query in plan.queries]


def test_values_of_one_tag_share_a_request() -> None:
    plan = planned(*({"tags": {"team": [f"t{number}"]}} for number in range(50)))

    assert asked(plan) == ["by tag team and RECORD_TYPE; no filter; UnblendedCost"]
    assert plan.shares["s7"] == Share(0, frozenset({"t7"}))
    assert plan.price == Decimal("0.01")
    assert plan.served_by(plan.queries[0])[:2] == ("s0", "s1")


def test_each_groupable_dimension_has_a_request_of_its_own() -> None:
    plan = planned(
        {"tags": {"team": ["red"]}},
        {"services": ["Amazon EC2"]},
        {"accounts": ["111122223333"]},
        {"tags": {"user:team": ["blue", ""]}, "providers": ["AWS"]},
    )

    assert asked(plan) == [
        "by tag team and RECORD_TYPE; no filter; UnblendedCost",
        "by SERVICE and RECORD_TYPE; no filter; UnblendedCost",
        "by LINKED_ACCOUNT and RECORD_TYPE; no filter; UnblendedCost",
    ]
    assert plan.shares["s3"] == Share(0, frozenset({"blue", ""}))


def test_everything_is_served_by_any_request_without_a_filter() -> None:
    plan = planned({}, {"tags": {"team": ["red"]}}, **METRIC)

    assert asked(plan) == ["by tag team and RECORD_TYPE; no filter; UnblendedCost, AmortizedCost"]
    assert plan.shares["s0"] == Share(0)


def test_other_scopes_are_filtered_and_equal_ones_are_one() -> None:
    narrow = {"tags": {"team": ["red", ""]}, "regions": ["us-east-1"]}
    plan = planned(narrow, narrow, {"not": {"services": ["Tax"]}}, **METRIC)

    assert asked(plan) == [
        "by RECORD_TYPE; no filter; UnblendedCost",
        (
            "by RECORD_TYPE; REGION is us-east-1 and (tag team is red or no tag team); "
            "UnblendedCost, AmortizedCost"
        ),
        "by RECORD_TYPE; not (SERVICE is Tax); UnblendedCost",
    ]
    assert plan.shares["s0"] == plan.shares["s1"] == Share(1)
    assert plan.served_by(plan.queries[0]) == ()


NOVA: dict[str, Any] = {
    "product_attributes": {"model": ["nova-pro", ""], "inferenceType": ["Input tokens"]}
}


def test_product_attributes_are_filtered_by_since_aws_tells_them() -> None:
    plan = planned(NOVA, NOVA | {"services": ["Amazon Bedrock"]}, {})

    assert [query.words for query in plan.queries] == [
        "days 2026-04-01..2026-09-16 by RECORD_TYPE; no filter; UnblendedCost",
        (
            "days 2026-09-01..2026-09-16 by RECORD_TYPE; product attribute inferenceType is Input "
            "tokens and (product attribute model is nova-pro or no product attribute model); "
            "UnblendedCost"
        ),
        (
            "days 2026-09-01..2026-09-16 by RECORD_TYPE; SERVICE is Amazon Bedrock and product "
            "attribute inferenceType is Input tokens and (product attribute model is nova-pro or "
            "no product attribute model); UnblendedCost"
        ),
    ]
    assert plan.queries[1].filter["And"][0] == {
        "ProductAttributes": {
            "Key": "inferenceType",
            "Values": ["Input tokens"],
            "MatchOptions": ["EQUALS"],
        }
    }
    assert plan.starts("s0") == date(2026, 9, 1)
    assert plan.starts("s2") == plan.period.start == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (
            NOVA | {"not": {"services": ["Amazon S3"]}},
            (
                "Cost Explorer takes no service that is left out beside product attributes; take "
                "`services` out of `not`"
            ),
        ),
        (
            {"not": NOVA, "tags": {"team": ["red"]}},
            (
                "Cost Explorer answers a request with product attributes of Amazon Bedrock only, "
                "so it cannot leave them out of anything more; add `services: [Amazon Bedrock]` to "
                "the scope, or name under `product_attributes` what is counted"
            ),
        ),
    ],
)
def test_attributes_that_aws_would_answer_wrongly_are_refused(
    scope: dict[str, Any], said: str
) -> None:
    plan = planned(scope, {})

    assert said in str(plan.refused["s0"])
    assert asked(plan) == ["by RECORD_TYPE; no filter; UnblendedCost"]


@pytest.mark.parametrize(
    ("scope", "is_asked"),
    [
        ({"providers": ["AWS", "Datadog"]}, True),
        ({"providers": ["Datadog"]}, False),
        ({"not": {"providers": ["AWS"]}}, False),
        ({"not": {"providers": ["Datadog"]}}, True),
        ({"not": {"providers": ["AWS"], "services": ["AWS Support"]}}, True),
    ],
)
def test_a_provider_is_aws_or_nothing(scope: dict[str, Any], is_asked: bool) -> None:  # noqa: FBT001
    assert ("s0" in planned(scope).shares) == is_asked


@pytest.mark.parametrize(
    ("as_of", "since", "first", "end"),
    [
        ("2026-11-01T00:00", "2026-10-01", "2026-10-01", "2026-11-01"),
        ("2026-11-01T06:00", "2026-10-01", "2026-10-01", "2026-11-02"),
        ("2026-11-30T23:59", "2026-11-01", "2026-11-01", "2026-12-01"),
        ("2028-02-29T09:00", "2028-02-01", "2028-02-01", "2028-03-01"),
        ("2026-12-31T09:00", "2026-12-01", "2026-12-01", "2027-01-01"),
        ("2027-01-05T09:00", "2026-12-01", "2026-12-01", "2027-01-06"),
        ("2026-11-20T09:00", "2024-01-01", "2025-10-01", "2026-11-21"),
        ("2026-11-20T09:00", None, "2026-06-01", "2026-11-21"),
        ("2026-11-01T00:00", "2026-11-01", "2026-10-31", "2026-11-01"),
    ],
    ids=[
        "the first instant of a month",
        "the first day of a month",
        "the last day of a month",
        "a leap day",
        "the last day of a year",
        "the month before is open until the 10th",
        "not before the 14 months there are",
        "a new SLO is read five months back",
        "a day is never empty",
    ],
)
def test_the_days_asked_for_are_days_that_may_be(
    as_of: str, since: str | None, first: str, end: str
) -> None:
    known = {"web": date.fromisoformat(since)} if since else {}
    instant = datetime.fromisoformat(as_of).replace(tzinfo=UTC)

    found = asked_period(["web"], instant, known)

    assert found == Period(date.fromisoformat(first), date.fromisoformat(end))


def test_record_types_of_each_category_are_told_apart() -> None:
    assert category_of("EDP Discount") == category_of("Savings Plan Covered Usage") == "Usage"
    for category in ChargeCategory:
        assert {category_of(record) for record in records_of(category)} <= {category}
    assert records_of("Usage") == ()


def test_letter_case_is_not_ignored_by_cost_explorer() -> None:
    plan = planned({"match": "insensitive", "tags": {"team": ["a"]}}, {"tags": {"team": ["a"]}})

    (refused,) = plan.refused.values()
    assert "Cost Explorer compares letter case" in str(refused)
    assert len(plan.shares) == 1
