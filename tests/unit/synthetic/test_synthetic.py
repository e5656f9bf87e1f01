# SPDX-License-Identifier: Apache-2.0
"""The generated bill has the shape, the incidents and the lateness it says it has."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest
import yaml

from cost_slo.domain.period import Month, midnight
from cost_slo.domain.spec.document import Spec
from cost_slo.domain.spec.scope import DEFAULT_CATEGORIES, ChargeCategory
from cost_slo.domain.spend.charge import Charge
from cost_slo.synthetic import Story, as_published, charges, demo_spec, units
from cost_slo.synthetic.bill import product_charges

SHORT = Story(start=date(2026, 8, 1), days=61)
QUIET = Story(start=date(2026, 8, 1), days=61, runaway_day=None, regression_day=None)


@cache
def bill(story: Story) -> tuple[Charge, ...]:
    return tuple(charges(story))


def total(rows: Iterable[Charge]) -> Decimal:
    return sum((row.billed_cost for row in rows), Decimal(0))


def tagged(rows: Iterable[Charge], **tags: str) -> list[Charge]:
    return [
        row
        for row in rows
        if row.charge_category in DEFAULT_CATEGORIES and tags.items() <= row.tags.items()
    ]


def by_month(rows: Iterable[Charge]) -> dict[date, Decimal]:
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[Month.containing(row.charge_period_start.date()).start] += row.billed_cost
    return dict(sums)


def by_day(rows: Iterable[Charge]) -> dict[date, Decimal]:
    sums: defaultdict[date, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row.charge_period_start.date()] += row.billed_cost
    return dict(sums)


def test_the_same_seed_makes_the_same_bill() -> None:
    story = Story(days=5)

    assert list(charges(story)) == list(charges(story))
    assert units(story) == units(story)


def test_another_seed_makes_another_bill() -> None:
    assert list(charges(Story(seed=1, days=2))) != list(charges(Story(seed=2, days=2)))


def test_the_default_story_has_three_months_of_history_and_a_story_month() -> None:
    story = Story()

    assert story.month == Month(date(2026, 9, 1), date(2026, 10, 1))
    assert (story.month.start - story.start).days == 92
    assert 20_000 <= len(bill(story)) <= 40_000


def test_a_story_without_a_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one day, not 0"):
        Story(days=0)


def test_amounts_have_at_most_ten_digits_after_the_point() -> None:
    amounts = [
        amount
        for row in bill(SHORT)
        for amount in (row.billed_cost, row.effective_cost, row.list_cost)
    ]

    assert all(amount == round(amount, 10) for amount in amounts)


def test_a_charge_lies_in_its_billing_month() -> None:
    assert all(
        row.billing_period_start
        <= row.charge_period_start
        < row.charge_period_end
        <= row.billing_period_end
        for row in bill(SHORT)
    )


def test_a_price_times_a_quantity_is_the_cost() -> None:
    rows = [row for row in bill(SHORT) if row.consumed_quantity is not None]

    for row in rows[::50]:
        price = Decimal(row.charge_description.split(" per ")[0])
        assert row.consumed_quantity is not None
        assert abs(row.consumed_quantity * price - row.list_cost) < Decimal("1E-9")


def test_every_charge_category_and_a_second_provider_appear_in_every_month() -> None:
    august = [row for row in bill(SHORT) if row.charge_period_start.month == 8]

    assert {row.charge_category for row in august} == set(ChargeCategory)
    assert {row.provider_name for row in august} == {"AWS", "Datadog"}
    assert Counter(row.charge_class for row in august)["Correction"] == 1
    assert any(not row.tags for row in august)


def test_a_savings_plan_costs_the_same_in_cash_and_amortised() -> None:
    august = [row for row in bill(SHORT) if row.charge_period_start.month == 8]

    assert sum(row.effective_cost for row in august) == total(august)
    assert any(row.billed_cost == 0 < row.effective_cost for row in august)


def test_weekends_are_quieter() -> None:
    days = by_day(
        row
        for row in tagged(bill(QUIET), product="metalabs")
        if row.charge_category is ChargeCategory.USAGE
    )
    weekend = [cost for day, cost in days.items() if day.weekday() >= 5]
    working = [cost for day, cost in days.items() if day.weekday() < 5]

    assert max(weekend) < min(working)


@pytest.mark.parametrize("seed", range(20))
def test_the_healthy_product_stays_under_its_objective(seed: int) -> None:
    story = Story(seed=seed)

    months = by_month(
        row for day in story.each_day() for row in product_charges(story, day, "promptlib")
    )

    assert len(months) == 4
    assert all(Decimal(120) < spend < Decimal(150) for spend in months.values())


def test_nothing_else_is_charged_to_the_healthy_product() -> None:
    days = list(SHORT.each_day())

    rows = [row for day in days for row in product_charges(SHORT, day, "promptlib")]

    assert tagged(bill(SHORT), product="promptlib") == rows


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_metalabs_is_comfortable_in_normal_months(seed: int) -> None:
    story = Story(seed=seed, start=date(2026, 8, 1), days=31, runaway_day=None)

    (spend,) = by_month(tagged(charges(story), product="metalabs")).values()

    assert Decimal(3700) < spend < Decimal(4100)


def test_the_runaway_takes_metalabs_far_over_its_objective() -> None:
    months = by_month(tagged(bill(SHORT), product="metalabs"))

    assert months[date(2026, 8, 1)] < 4500
    assert months[date(2026, 9, 1)] > 9000


def test_the_runaway_is_the_only_difference_it_makes() -> None:
    calm = Story(start=SHORT.start, days=SHORT.days, runaway_day=None)

    extra = total(bill(SHORT)) - total(bill(calm))

    # 40 + 80 + 160 + 320, then 480 on each of the 15 days to the 30th
    assert extra == 600 + 15 * 480
    assert {row.resource_id for row in bill(calm)} <= {row.resource_id for row in bill(SHORT)}


def test_a_mitigated_runaway_stops() -> None:
    story = Story(mitigated_day=15)

    excess = [story.runaway_excess(date(2026, 9, day)) for day in range(11, 17)]

    assert excess == [0, 40, 80, 160, 0, 0]


def test_the_unit_cost_is_under_its_objective_until_the_model_changes() -> None:
    cost = by_day(tagged(bill(SHORT), feature="weel-ai"))
    ratios = {day: cost[day] / amount for day, amount in units(SHORT)}
    onset = date(2026, 9, 16)

    assert all(ratio < Decimal("0.00165") for day, ratio in ratios.items() if day < onset)
    assert all(ratio > Decimal("0.0029") for day, ratio in ratios.items() if day >= onset)


def test_units_are_whole_requests_on_every_day() -> None:
    counted = units(SHORT)

    assert [day for day, _ in counted] == list(SHORT.each_day())
    assert all(amount == int(amount) and amount > 10_000 for _, amount in counted)


def test_the_export_ends_up_equal_to_the_bill() -> None:
    four_days_later = midnight(date(2026, 10, 5))

    assert tuple(as_published(bill(SHORT), four_days_later)) == bill(SHORT)


def test_the_export_only_grows() -> None:
    story = Story(start=date(2026, 9, 1), days=4)
    usage = [row for row in charges(story) if row.charge_category is ChargeCategory.USAGE]
    instants = [midnight(story.start) + timedelta(hours=6 * step) for step in range(32)]

    published = [list(as_published(usage, at)) for at in instants]

    counts, totals = [len(rows) for rows in published], [total(rows) for rows in published]
    assert counts == sorted(counts)
    assert totals == sorted(totals)
    assert counts[0] == 0
    assert counts[-1] == len(usage)


def test_a_day_is_partly_there_when_it_ends_and_nearly_whole_a_day_later() -> None:
    day = [
        row
        for row in charges(Story(start=date(2026, 9, 2), days=1))
        if row.charge_category is ChargeCategory.USAGE
    ]
    whole = total(day)

    at_its_end = total(as_published(day, datetime(2026, 9, 3, tzinfo=UTC)))
    a_day_later = total(as_published(day, datetime(2026, 9, 4, tzinfo=UTC)))

    assert Decimal("0.2") < at_its_end / whole < Decimal("0.8")
    assert Decimal("0.95") < a_day_later / whole < 1


def test_a_charge_that_does_not_accrue_appears_whole() -> None:
    support = next(row for row in bill(SHORT) if row.service_name.startswith("AWS Support"))

    assert list(as_published([support], midnight(date(2026, 8, 1)))) == []
    assert list(as_published([support], midnight(date(2026, 8, 2)))) == [support]


def test_the_demo_spec_is_a_valid_spec_about_this_bill() -> None:
    spec = Spec.model_validate(yaml.safe_load(demo_spec()))

    assert [slo.name for slo in spec.slos] == [
        "metalabs-infrastructure",
        "promptlib-api",
        "weel-ai-unit-cost",
    ]
    for slo in spec.slos:
        wanted = {key: values[0] for key, values in slo.scope.tags.items()}
        assert tagged(bill(SHORT), **wanted)
