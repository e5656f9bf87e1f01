# SPDX-License-Identifier: Apache-2.0
"""An SLO for one model: counted by what AWS tells of Amazon Bedrock, and only since it does."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.adapters.cost_explorer.paid import PaidRequests
from cost_slo.adapters.cost_explorer.second_opinion import CostExplorerOpinions
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.cube import CubeQuestion
from cost_slo.domain.spend.second_opinion import NoOpinion
from cost_slo.testing.fake_cost_explorer import FakeCostExplorer
from tests.builders.bills import focus_row, write_csv
from tests.builders.readings import monthly
from tests.checks.cost_explorer_calls import client
from tests.worlds.cost_explorer_rig import FakeLedger, Waits, live

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)
FIRST, TOLD = date(2026, 8, 25), date(2026, 9, 1)
DAYS = [FIRST + number * DAY for number in range(30)]
# What each costs on every day, in dollars.
METERS = {
    ("Amazon Bedrock", "nova-pro-input-tokens"): 1,
    ("Amazon Bedrock", "nova-pro-output-tokens"): 2,
    ("Amazon Bedrock", "claude-3-5-haiku-output-tokens"): 4,
    ("Amazon Bedrock", "guardrail-units"): 8,
    ("Amazon EC2", "BoxUsage"): 16,
}
NOVA: dict[str, Any] = {"product_attributes": {"model": ["nova-pro"]}}


@pytest.fixture(name="fake", scope="module")
def a_fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeCostExplorer]:
    rows = [
        focus_row(
            ChargePeriodStart=f"{on}T00:00:00Z",
            ChargePeriodEnd=f"{on + DAY}T00:00:00Z",
            ServiceName=service,
            SkuMeter=meter,
            BilledCost=f"{usd}",
            ConsumedQuantity="2",
            ConsumedUnit="1K tokens",
        )
        for on in DAYS
        for (service, meter), usd in METERS.items()
    ]
    bill = write_csv(tmp_path_factory.mktemp("bill") / "focus.csv", *rows)
    with FakeCostExplorer(bill, clock=NOW) as fake:
        yield fake


def slo(name: str = "nova", **scope: Any) -> Slo:
    return Slo.model_validate(monthly(name, scope=scope))


def opinions(fake: FakeCostExplorer) -> CostExplorerOpinions:
    return CostExplorerOpinions(client(fake), PaidRequests(FakeLedger(), patience=Waits().patience))


@pytest.mark.parametrize(
    ("scope", "usd"),
    [
        (NOVA, 3),
        ({"product_attributes": {"model": ["nova-pro", ""]}}, 11),
        ({"product_attributes": {"model": [""]}}, 8),
        ({"product_attributes": {"inferenceType": ["Output tokens"]}}, 6),
        ({"product_attributes": {"provider": ["Amazon"], "inferenceType": ["Input tokens"]}}, 1),
        (NOVA | {"services": ["Amazon Bedrock"], "regions": ["us-east-1"]}, 3),
        (NOVA | {"not": {"product_attributes": {"inferenceType": ["Input tokens"]}}}, 2),
        ({"services": ["Amazon Bedrock"], "not": NOVA}, 12),
    ],
)
def test_a_scope_counts_what_aws_tells_by_its_attributes(
    fake: FakeCostExplorer, scope: dict[str, Any], usd: int
) -> None:
    found = live(fake, FakeLedger()).fetch_costs([slo(**scope)], "USD", NOW)

    assert found.failures == {}
    days = found.spend["nova"]
    assert days[0].day == TOLD
    assert {(spend.usage, spend.lumps) for spend in days} == {(Decimal(usd), Decimal(0))}
    assert found.notes == (
        "nova is not known before: AWS has product attributes from 1 Sep 2026 on.",
    )


def test_the_other_slos_are_read_of_all_days(fake: FakeCostExplorer) -> None:
    since = {"nova": FIRST, "all": FIRST}

    found = live(fake, FakeLedger()).fetch_costs([slo("all"), slo(**NOVA)], "USD", NOW, since)

    assert found.spend["all"][0].day == FIRST
    assert found.covers_from == {"nova": TOLD, "all": FIRST}


def test_before_aws_told_attributes_the_slo_alone_is_an_error(fake: FakeCostExplorer) -> None:
    before = datetime(2026, 8, 31, 12, tzinfo=UTC)
    ledger = FakeLedger()

    found = live(fake, ledger).fetch_costs([slo("all"), slo(**NOVA)], "USD", before)

    assert str(found.failures["nova"]) == (
        "AWS has product attributes from 1 Sep 2026 on; no earlier day can be requested"
    )
    assert "all" in found.spend
    assert ledger.total == 1


def test_two_periods_of_a_model_are_compared(fake: FakeCostExplorer) -> None:
    window = Period(date(2026, 9, 15), date(2026, 9, 22))

    cube = live(fake, FakeLedger()).fetch_cube(
        CubeQuestion(window, slo=slo(**NOVA), currency="USD")
    )

    assert cube.baseline == Period(TOLD, date(2026, 9, 15))
    assert {cell.values: (cell.before, cell.after) for cell in cube.cells} == {
        ("nova-pro-input-tokens",): (Decimal(7), Decimal(7)),
        ("nova-pro-output-tokens",): (Decimal(14), Decimal(14)),
    }


def test_a_baseline_before_aws_told_attributes_is_refused(fake: FakeCostExplorer) -> None:
    window, baseline = Period(TOLD, TOLD + 7 * DAY), Period(TOLD - 7 * DAY, TOLD)

    with pytest.raises(CostDataError) as caught:
        live(fake, FakeLedger()).fetch_cube(CubeQuestion(window, baseline, slo(**NOVA)))

    assert str(caught.value) == (
        "the baseline begins on 25 Aug 2026, and AWS has product attributes from 1 Sep 2026 on; "
        "name a later one"
    )


def test_the_days_of_a_segment_are_told_where_all_of_them_are(fake: FakeCostExplorer) -> None:
    source = live(fake, FakeLedger())
    segments = [(("meter", "nova-pro-output-tokens"),)]
    later, earlier = (
        CubeQuestion(Period(start, TOLD + 3 * DAY), slo=slo(**NOVA)) for start in (TOLD, TOLD - DAY)
    )

    assert source.fetch_series(later, segments) == ((Decimal(2),) * 3,)
    assert source.fetch_series(earlier, segments) == ((),)


def test_aws_has_no_opinion_by_attributes_and_is_not_asked(fake: FakeCostExplorer) -> None:
    asked = len(fake.calls)
    months = [Month.containing(date(2026, month, 1)) for month in (8, 9)]

    found = opinions(fake).second_opinion(slo(**NOVA), NOW)

    assert found == NoOpinion("AWS has no forecast by product attributes")
    with pytest.raises(CostDataError, match="compares no months by product attributes"):
        opinions(fake).compare_months(slo(**NOVA), *months)
    assert len(fake.calls) == asked
