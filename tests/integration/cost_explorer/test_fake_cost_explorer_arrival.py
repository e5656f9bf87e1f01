# SPDX-License-Identifier: Apache-2.0
"""What the fake Cost Explorer shows as its clock moves, and the bill behind it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.spend.settlement import open_from
from cost_slo.synthetic import Story, charges
from cost_slo.testing.fake_cost_explorer import Arrival, FakeCostExplorer
from tests.builders.bills import an_slo, focus_row, read_bill, write_csv
from tests.checks.cost_explorer_calls import amounts, costs

RESTATED = Arrival(restated_one_in=4, late=frozenset({"Support fee"}))
START = date(2026, 8, 1)
LAST = datetime(2026, 10, 20, tzinfo=UTC)


@pytest.fixture(name="fake", scope="module")
def a_fake(two_months: Path) -> Iterator[FakeCostExplorer]:
    with FakeCostExplorer(two_months, clock=LAST, arrival=RESTATED) as fake:
        yield fake


def daily(fake: FakeCostExplorer, now: datetime, **changes: object) -> dict[str, Decimal]:
    """The cost of each day since the bill began, as seen at an instant."""
    fake.clock = now
    end = min(now.date() + DAY, date(2026, 10, 1))
    answer = costs(fake, TimePeriod={"Start": f"{START}", "End": f"{end}"}, **changes)
    return {day: Decimal(amount) for day, amount in amounts(answer).items()}


USAGE = {"Filter": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}}}


def test_yesterday_is_there_in_part_and_completed_within_a_day(fake: FakeCostExplorer) -> None:
    seen = [
        daily(fake, datetime(2026, 9, 10, hour, tzinfo=UTC), **USAGE)["2026-09-09"]
        for hour in (1, 9, 12, 18)
    ]

    assert 0 <= seen[0] < seen[1] < seen[2] < seen[3]
    assert seen[3] < daily(fake, datetime(2026, 9, 11, tzinfo=UTC), **USAGE)["2026-09-09"]


def test_part_of_the_usage_is_first_seen_lower_and_corrected(fake: FakeCostExplorer) -> None:
    first = daily(fake, datetime(2026, 9, 11, tzinfo=UTC), **USAGE)["2026-09-09"]
    final = daily(fake, datetime(2026, 9, 15, tzinfo=UTC), **USAGE)["2026-09-09"]

    assert Decimal("0.9") * final < first < final


def test_what_is_settled_never_changes(fake: FakeCostExplorer) -> None:
    final = daily(fake, LAST)
    for number in range(0, 80, 3):
        now = midnight(START + number * DAY) + timedelta(hours=9)
        settled = f"{open_from(now)}"

        seen = daily(fake, now)

        assert {day: cost for day, cost in seen.items() if day < settled} == {
            day: cost for day, cost in final.items() if day < settled
        }


def test_a_closed_month_gets_its_support_fee_on_the_6th(fake: FakeCostExplorer) -> None:
    support = {"Filter": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Support fee"]}}}

    before = daily(fake, datetime(2026, 9, 6, 5, tzinfo=UTC), **support)["2026-08-01"]
    after = daily(fake, datetime(2026, 9, 6, 7, tzinfo=UTC), **support)["2026-08-01"]

    assert (before, after) == (Decimal(0), Decimal(100))


def test_a_fee_for_a_month_is_there_from_its_beginning(two_months: Path) -> None:
    with FakeCostExplorer(two_months, clock=datetime(2026, 9, 2, tzinfo=UTC)) as fake:
        fees = {"Filter": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Support fee"]}}}

        assert daily(fake, fake.clock, **fees)["2026-09-01"] == 100


def test_in_the_end_the_bill_is_there_to_the_digit(fake: FakeCostExplorer) -> None:
    billed = sum(each.billed_cost for each in charges(Story(start=START, days=61)))

    assert sum(daily(fake, LAST).values()) == billed


@pytest.mark.parametrize("hours", [9, 400, 800, 1233, 1700])
@pytest.mark.parametrize(
    ("scope", "expression"),
    [
        ({}, None),
        ({"tags": {"product": ["metalabs"]}}, {"Tags": {"Key": "product", "Values": ["metalabs"]}}),
        (
            {"not": {"regions": ["us-east-1"]}},
            {"Not": {"Dimensions": {"Key": "REGION", "Values": ["us-east-1"]}}},
        ),
    ],
)
def test_a_snapshot_is_the_bill_behind_the_answers(
    fake: FakeCostExplorer,
    tmp_path: Path,
    scope: dict[str, Any],
    expression: dict[str, Any] | None,
    hours: int,
) -> None:
    fake.clock = now = midnight(date(2026, 8, 3)) + timedelta(hours=hours)
    reading = read_bill(fake.snapshot(tmp_path / "bill.parquet"), an_slo("all", **scope), as_of=now)

    read = {
        (f"{each.day}", each.service): (each.usage, each.lumps, each.credits)
        for each in reading.spend["all"]
    }
    assert known(read) == known(answered(fake, expression))


Parts = tuple[Decimal, Decimal, Decimal]


def answered(
    fake: FakeCostExplorer, expression: dict[str, Any] | None
) -> dict[tuple[str, str], Parts]:
    """Usage, lumps and credits of each day and service, as Cost Explorer tells them apart."""
    end = min(fake.clock.date() + DAY, date(2026, 10, 1))
    found = defaultdict[tuple[str, str], list[Decimal]](lambda: [Decimal(), Decimal(), Decimal()])
    answer = costs(
        fake,
        TimePeriod={"Start": f"{START}", "End": f"{end}"},
        GroupBy=[
            {"Type": "DIMENSION", "Key": "SERVICE"},
            {"Type": "DIMENSION", "Key": "RECORD_TYPE"},
        ],
        **({"Filter": expression} if expression else {}),
    )
    for (day, service, record), amount in amounts(answer).items():
        cost = Decimal(amount)
        part = 0 if record == "Usage" else 1 if cost >= 0 else 2
        found[day, service][part] += cost
    return {each: (parts[0], parts[1], parts[2]) for each, parts in found.items()}


def known(parts: Mapping[tuple[str, str], Parts]) -> dict[tuple[str, str], Parts]:
    """Those that cost anything."""
    return {each: values for each, values in parts.items() if any(values)}


def test_a_snapshot_before_the_first_charge_has_none(two_months: Path, tmp_path: Path) -> None:
    with FakeCostExplorer(two_months, clock=midnight(START)) as fake:
        reading = read_bill(fake.snapshot(tmp_path / "new" / "bill.parquet"), as_of=fake.clock)

    assert reading.charges.rows == 0


def test_the_same_bill_arrives_the_same_way_whatever_the_order_of_its_rows(tmp_path: Path) -> None:
    rows = [focus_row(ResourceId=f"i-{number}") for number in range(40)]
    now = datetime(2026, 9, 2, 15, tzinfo=UTC)
    seen = []
    for name, ordered in (("a", rows), ("b", rows[::-1])):
        bill = write_csv(tmp_path / f"{name}.csv", *ordered)
        with FakeCostExplorer(bill, clock=now, arrival=RESTATED) as fake:
            seen.append(daily(fake, now))

    assert seen[0] == seen[1]
    assert 0 < sum(seen[0].values()) < 40


def test_without_a_lag_a_charge_is_there_once_its_period_ended(tmp_path: Path) -> None:
    bill = write_csv(tmp_path / "focus.csv", focus_row())
    at_once = Arrival(timedelta(0), timedelta(0))

    with FakeCostExplorer(bill, clock=LAST, arrival=at_once) as fake:
        before = daily(fake, datetime(2026, 9, 1, 23, 59, tzinfo=UTC))["2026-09-01"]
        after = daily(fake, datetime(2026, 9, 2, tzinfo=UTC))["2026-09-01"]

    assert (before, after) == (Decimal(0), Decimal(1))


@pytest.mark.parametrize(
    "wrong",
    [
        {"least": timedelta(hours=-1)},
        {"least": timedelta(hours=30)},
        {"late_day": 10},
        {"restated_one_in": 0},
    ],
)
def test_an_arrival_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="expected"):
        Arrival(**wrong)  # type: ignore[arg-type]  # one wrong field of any type
