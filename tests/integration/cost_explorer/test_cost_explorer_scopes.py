# SPDX-License-Identifier: Apache-2.0
"""Any scope counts the same charges, whether as a filter of Cost Explorer's or on the bill."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cost_slo.adapters.bills.source import BillSource
from cost_slo.adapters.cost_explorer.expression import (
    EVERYTHING,
    category_filter,
    filter_in_words,
    scope_filter,
)
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Period
from cost_slo.domain.spec.document import Metric, Slo
from cost_slo.domain.spec.scope import ChargeCategory, Scope
from cost_slo.domain.spend.cube import Cube, CubeQuestion
from cost_slo.domain.spend.reading import by_day
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import focus_row, write_csv
from tests.builders.readings import monthly
from tests.worlds.cost_explorer_rig import FakeLedger, live

NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)
ROOTS = {"And", "Or", "Not", "Dimensions", "Tags"}
TEAMS, APPS = ("", "red", "blue"), ("", "web")
SERVICES = ("Amazon EC2", "Amazon S3", "AWS Support")
ACCOUNTS = ("111122223333", "444455556666")
REGIONS = ("us-east-1", "eu-west-1")
KINDS = (
    ("Usage", "Usage-Based", "1.25"),
    ("Purchase", "Recurring", "7"),
    ("Tax", "Recurring", "0.4"),
    ("Credit", "One-Time", "-3"),
    ("Adjustment", "One-Time", "-0.1"),
)


def tags(team: str, app: str) -> str:
    found = {key: value for key, value in (("team", team), ("user:app", app)) if value}
    return str(found).replace("'", '"')


def rows() -> Iterator[dict[str, str]]:
    """Every combination of values once, spread over a few days."""
    combinations = [
        (team, app, service, account, region)
        for team in TEAMS
        for app in APPS
        for service in SERVICES
        for account in ACCOUNTS
        for region in REGIONS
    ]
    for number, (team, app, service, account, region) in enumerate(combinations):
        category, frequency, cost = KINDS[number % len(KINDS)]
        start = date(2026, 9, 1) + number % 7 * DAY
        yield focus_row(
            ChargePeriodStart=f"{start}T00:00:00Z",
            ChargePeriodEnd=f"{start + DAY}T00:00:00Z",
            ChargeCategory=category,
            ChargeFrequency=frequency,
            BilledCost=cost,
            EffectiveCost=f"{number}.000000000001",
            Tags=tags(team, app),
            ServiceName=service,
            SubAccountId=account,
            RegionId=region,
            SkuMeter=f"meter-{number % 3}",
            ConsumedQuantity="2",
            ConsumedUnit="Hours",
        )


@pytest.fixture(name="bill", scope="module")
def a_bill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("bill") / "focus.csv", *rows())


@pytest.fixture(name="fake", scope="module")
def a_fake(bill: Path) -> Iterator[FakeCostExplorer]:
    with FakeCostExplorer(bill, clock=NOW) as fake:
        yield fake


def some(values: tuple[str, ...]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


SELECTORS = st.fixed_dictionaries(
    {},
    optional={
        "tags": st.fixed_dictionaries({}, optional={"team": some(TEAMS), "app": some(APPS)}),
        "services": some(SERVICES),
        "accounts": some(ACCOUNTS),
        "regions": some(REGIONS),
    },
)
SCOPES = st.builds(
    lambda wanted, excluded, categories: wanted | excluded | categories,
    SELECTORS,
    st.one_of(
        st.just({}),
        SELECTORS.filter(lambda selector: any(selector.values())).map(lambda each: {"not": each}),
    ),
    st.one_of(
        st.just({}),
        st.lists(st.sampled_from(list(ChargeCategory)), min_size=1, unique=True).map(
            lambda each: {"charge_categories": each}
        ),
    ),
)


@given(scopes=st.lists(SCOPES, min_size=1, max_size=3), metric=st.sampled_from(list(Metric)))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_scopes_count_what_the_bill_counts(
    fake: FakeCostExplorer, bill: Path, scopes: list[dict[str, Any]], metric: str
) -> None:
    slos = [
        Slo.model_validate(monthly(f"s{number}", scope=scope, metric=metric))
        for number, scope in enumerate(scopes)
    ]

    found = live(fake, FakeLedger()).fetch_costs(slos, "USD", NOW)
    expected = BillSource(str(bill)).fetch_costs(slos, "USD", NOW)

    for slo in slos:
        assert by_day(found.spend[slo.name]) == by_day(expected.spend[slo.name])
    assert found.charged_through == expected.charged_through
    assert found.charges.cost_total == expected.charges.cost_total


@given(scope=SCOPES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_cube_of_a_scope_is_the_bill_s(
    fake: FakeCostExplorer, bill: Path, scope: dict[str, Any]
) -> None:
    slo = Slo.model_validate(monthly("s", scope=scope))
    window, baseline = (Period(date(2026, 9, day), date(2026, 9, day + 3)) for day in (4, 1))
    asked = CubeQuestion(window, baseline, slo, "USD", ("service", "account"))
    try:
        expected = BillSource(str(bill)).fetch_cube(asked)
    except CostDataError:
        with pytest.raises(CostDataError):
            live(fake, FakeLedger()).fetch_cube(asked)
        return

    cube = live(fake, FakeLedger()).fetch_cube(asked)

    assert costs_of(cube) == costs_of(expected)


def costs_of(cube: Cube) -> dict[tuple[str, ...], tuple[Decimal, Decimal]]:
    """What each combination cost, whatever it was metered in."""
    sums: dict[tuple[str, ...], tuple[Decimal, Decimal]] = {}
    for cell in cube.cells:
        before, after = sums.get(cell.values, (Decimal(0), Decimal(0)))
        sums[cell.values] = (before + cell.before, after + cell.after)
    return {values: costs for values, costs in sums.items() if any(costs)}


@given(scope=SCOPES)
def test_a_filter_has_one_root_everywhere(scope: dict[str, Any]) -> None:
    slo = Scope.model_validate(scope)
    for expression in (scope_filter(slo), category_filter(slo.charge_categories)):
        assert expression is not None
        assert expression == EVERYTHING or roots(expression) <= {1}
        assert filter_in_words(expression)


def roots(expression: dict[str, Any]) -> set[int]:
    """How many roots the expression and each within it has."""
    counts = {len(expression.keys() & ROOTS)}
    for name, body in expression.items():
        within = body if name in ("And", "Or") else [body] if name == "Not" else []
        for each in within:
            counts |= roots(each)
    return counts
