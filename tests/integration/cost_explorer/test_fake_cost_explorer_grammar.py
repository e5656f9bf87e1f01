# SPDX-License-Identifier: Apache-2.0
"""Expressions of the fake Cost Explorer obey the laws of sets, and groups add up to their total."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.testing.fake_cost_explorer import Arrival
from cost_slo.testing.fake_cost_explorer.account import AccountState
from cost_slo.testing.fake_cost_explorer.bill import VISIBLE, Bill
from cost_slo.testing.fake_cost_explorer.cost_and_usage import get_cost_and_usage
from cost_slo.testing.fake_cost_explorer.expression import WORDED
from cost_slo.testing.fake_cost_explorer.look import Look
from cost_slo.testing.fake_cost_explorer.paging import Pages
from tests.builders.bills import focus_row, write_csv
from tests.checks.cost_explorer_calls import SEPTEMBER, amounts

SERVICES = ("Amazon EC2", "Amazon S3", "Amazon Bedrock")
REGIONS = ("us-east-1", "eu-west-1", "")
TEAMS = ("red", "blue", "")
TAGS = ('{{"team": "{team}"}}', '{{"user:team": "{team}", "stage": "live"}}', "{{}}")

Expression = dict[str, Any]


def some_rows() -> Iterator[dict[str, str]]:
    """Every service, region and team, each at a price of its own."""
    number = 0
    for service in SERVICES:
        for region in REGIONS:
            for team in TEAMS:
                for tags in TAGS:
                    number += 1
                    yield focus_row(
                        ServiceName=service,
                        RegionId=region,
                        Tags=tags.format(team=team),
                        BilledCost=f"{number}.{number:03}",
                        ChargePeriodStart=f"2026-09-{1 + number % 7:02}T00:00:00Z",
                        ChargePeriodEnd=f"2026-09-{2 + number % 7:02}T00:00:00Z",
                        ChargeCategory=("Usage", "Tax", "Credit")[number % 3],
                    )


@pytest.fixture(name="look", scope="module")
def a_look(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Look]:
    bill = Bill(
        str(write_csv(tmp_path_factory.mktemp("bill") / "focus.csv", *some_rows())), Arrival()
    )
    now = datetime(2026, 9, 20, tzinfo=UTC)
    yield Look(bill, now, Pages(), 10_000, AccountState())
    bill.close()


def leaf(root: str, key: str, values: tuple[str, ...]) -> st.SearchStrategy[Expression]:
    chosen = st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
    return chosen.map(lambda wanted: {root: {"Key": key, "Values": wanted}})


LEAVES = st.one_of(
    leaf("Dimensions", "SERVICE", SERVICES),
    leaf("Dimensions", "REGION", ("us-east-1", "eu-west-1", "NoRegion", "none")),
    leaf("Dimensions", "RECORD_TYPE", ("Usage", "Tax", "Credit")),
    leaf("Tags", "team", TEAMS),
    st.just({"Tags": {"Key": "team", "MatchOptions": ["ABSENT"]}}),
    st.just({"Tags": {"Key": "stage"}}),
    leaf("CostCategories", "Unit", ("a", "b")),
)


def compounds(below: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(below, min_size=2, max_size=3)
    return st.one_of(
        below.map(lambda each: {"Not": each}),
        several.map(lambda each: {"And": each}),
        several.map(lambda each: {"Or": each}),
    )


EXPRESSIONS = st.recursive(LEAVES, compounds, max_leaves=6)
GROUPS = st.lists(
    st.sampled_from(
        [
            {"Type": "DIMENSION", "Key": "SERVICE"},
            {"Type": "DIMENSION", "Key": "REGION"},
            {"Type": "DIMENSION", "Key": "RECORD_TYPE"},
            {"Type": "DIMENSION", "Key": "INSTANCE_TYPE"},
            {"Type": "TAG", "Key": "team"},
            {"Type": "COST_CATEGORY", "Key": "Unit"},
        ]
    ),
    min_size=1,
    max_size=2,
)


def total(look: Look, expression: Expression | None) -> Decimal:
    """What the charges cost that an expression selects."""
    asked: dict[str, Any] = {
        "TimePeriod": SEPTEMBER,
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
    }
    if expression is not None:
        asked["Filter"] = expression
    return Decimal(amounts(get_cost_and_usage(look, asked))["2026-09-01"])


@settings(max_examples=40)
@given(expression=EXPRESSIONS)
def test_what_is_selected_and_what_is_not_are_everything(
    look: Look, expression: Expression
) -> None:
    assert total(look, expression) + total(look, {"Not": expression}) == total(look, None)


@settings(max_examples=40)
@given(one=EXPRESSIONS, other=EXPRESSIONS)
def test_either_and_both_count_as_much_as_one_and_the_other(
    look: Look, one: Expression, other: Expression
) -> None:
    either, both = total(look, {"Or": [one, other]}), total(look, {"And": [one, other]})

    assert either + both == total(look, one) + total(look, other)


@settings(max_examples=40)
@given(one=EXPRESSIONS, other=EXPRESSIONS)
def test_not_of_either_is_neither(look: Look, one: Expression, other: Expression) -> None:
    neither = {"And": [{"Not": one}, {"Not": other}]}

    assert total(look, {"Not": {"Or": [one, other]}}) == total(look, neither)


@settings(max_examples=40)
@given(expression=EXPRESSIONS, groups=GROUPS, granularity=st.sampled_from(["DAILY", "MONTHLY"]))
def test_groups_add_up_to_the_total_of_their_filter(
    look: Look, expression: Expression, groups: list[dict[str, str]], granularity: str
) -> None:
    grouped = get_cost_and_usage(
        look,
        {
            "TimePeriod": SEPTEMBER,
            "Granularity": granularity,
            "Metrics": ["UnblendedCost"],
            "Filter": expression,
            "GroupBy": groups,
        },
    )

    assert sum(map(Decimal, amounts(grouped).values())) == total(look, expression)


@pytest.mark.parametrize(
    ("options", "values", "selected"),
    [
        (["STARTS_WITH"], ["Amazon"], {"Amazon EC2", "Amazon S3", "Amazon Bedrock"}),
        (["ENDS_WITH"], ["S3", "EC2"], {"Amazon EC2", "Amazon S3"}),
        (["CONTAINS"], ["on B"], {"Amazon Bedrock"}),
        (["CONTAINS", "CASE_INSENSITIVE"], ["ON b"], {"Amazon Bedrock"}),
        (["EQUALS", "CASE_INSENSITIVE"], ["amazon s3"], {"Amazon S3"}),
        (["EQUALS", "CASE_SENSITIVE"], ["amazon s3"], set()),
    ],
)
def test_words_match_as_the_options_say(
    look: Look, options: list[str], values: list[str], selected: set[str]
) -> None:
    grammar = look.grammar(dimension_options=WORDED)
    condition = grammar.condition(
        {"Dimensions": {"Key": "SERVICE", "Values": values, "MatchOptions": options}}
    )

    found = look.ask(f"SELECT DISTINCT service_name FROM {VISIBLE} WHERE {condition}", grammar)

    assert {name for (name,) in found} == selected


@settings(max_examples=20)
@given(size=st.integers(1, 30), groups=GROUPS)
def test_the_pages_make_the_whole_whatever_their_size(
    look: Look, size: int, groups: list[dict[str, str]]
) -> None:
    asked: dict[str, Any] = {
        "TimePeriod": SEPTEMBER,
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": groups,
    }
    whole, found = amounts(get_cost_and_usage(look, asked)), dict[Any, str]()
    page = get_cost_and_usage(replace(look, page_size=size), asked)
    while True:
        part = amounts(page)
        assert len(part) <= size
        assert not part.keys() & found.keys()
        found |= part
        if "NextPageToken" not in page:
            break
        following = {**asked, "NextPageToken": page["NextPageToken"]}
        page = get_cost_and_usage(replace(look, page_size=size), following)

    assert found == whole
