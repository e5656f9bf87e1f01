# SPDX-License-Identifier: Apache-2.0
"""One SLO judged whole: spend, plan, budget, burn and decision on days known by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from cost_slo.domain.backtest.hindsight import static_calls
from cost_slo.domain.burn.budget import BudgetState, ErrorBudget
from cost_slo.domain.burn.excess import Excess
from cost_slo.domain.burn.ladder import Ladder, fired, known_budget
from cost_slo.domain.burn.noise_gate import SILENT, Noise
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.burn.rates import Headroom
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.series import series_of
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.verdict.figures import Figures
from tests.builders.days import SEPTEMBER, excess, ladder_of, observed, rule, seen, series, slo
from tests.builders.readings import each_day, morning, per_request, reading

INVESTIGATE, PAGE, EMERGENCY = Severity.INVESTIGATE, Severity.PAGE, Severity.EMERGENCY
POLICY = ladder_of(
    rule(EMERGENCY, 14, 1, noise=4, precedent=1.3, tight=1.5),
    rule(PAGE, 5, 1, noise=4, precedent=1.3, tight=1.5),
    rule(PAGE, 5, 2, noise=4, precedent=1.3, tight=1.5),
    rule(INVESTIGATE, 2, 1, noise=4, precedent=1.3, tight=1.5),
)
# 120 a day, and 400 more from the 5th on, against an objective of 4,500 without a plan.
STORY = each_day(date(2026, 9, 1), date(2026, 9, 4), 120) | each_day(
    date(2026, 9, 5), date(2026, 9, 30), 520
)
SUMMER = each_day(date(2026, 7, 1), date(2026, 8, 31), 100)
# 3,000 are planned for September: an error budget of 300, used evenly at 10 a day.
LEARNED = slo(objective=3300, plan="learned")


def judge(
    days: Mapping[date, object],
    as_of: datetime,
    target: Slo = LEARNED,
    *,
    policy: Policy = POLICY,
    others: tuple[Observation, ...] = (),
) -> Assessment:
    through = min(as_of.date(), max(days) + DAY)
    rows = [*observed({day: usd for day, usd in days.items() if day < through}), *others]
    return assess(target, series(rows, as_of), policy, currency="USD", as_of=as_of)


def september(last: int, usd: object = 100, **odd: object) -> dict[date, object]:
    """Summer and September to a day: `september(9, d9=400)`."""
    days = {date(2026, 9, day): usd for day in range(1, last + 1)}
    return SUMMER | days | {date(2026, 9, int(day[1:])): amount for day, amount in odd.items()}


def figures(assessment: Assessment) -> Figures:
    assert assessment.figures is not None
    return assessment.figures


def rates(told: Figures) -> dict[str, float]:
    return {burn.window: burn.rate for burn in told.burns}


def test_the_burn_calls_on_the_6th_at_1000_spent_and_the_static_alert_rings_past_3600() -> None:
    target = slo(objective=4500)
    twice = ladder_of(rule(INVESTIGATE, 2, 1))

    told = [judge(STORY, morning(day), target, policy=twice) for day in range(2, 13)]

    first = next(it for it in told if it.decision.severity is not Severity.NONE)
    assert figures(first).estimated_through == date(2026, 9, 6)
    assert figures(first).spend_to_date == 1000
    assert first.decision.verdict is Verdict.BURNING
    # 480 to the 4th and 520 a day are 3,600 at the end of the 10th.
    assert figures(told[9]).spend_to_date == 3600


def test_a_day_as_usual_is_within_and_nobody_is_called() -> None:
    told = judge(september(10), morning(11))

    assert (told.decision.verdict, told.decision.severity) == (Verdict.WITHIN, Severity.NONE)
    assert told.decision.reason == "spend is on or below its plan"
    assert told.decision.is_calm is True


def test_the_figures_of_a_learned_plan() -> None:
    # 100 a day to the 7th, 104 on the 8th and the 9th, which ended 24 hours and more before.
    told = figures(judge(september(9, d8=104, d9=104), morning(11)))

    assert (told.window, told.data_through) == (SEPTEMBER, date(2026, 9, 10))
    assert (told.plan_month, told.plan_basis) == (Decimal(3000), "learned")
    assert told.budget == ErrorBudget(size=Decimal(300), used=Decimal(8))
    assert told.spend_to_date == 908
    assert told.pace == pytest.approx(908 / (3300 * 9 / 30))
    # An even 10 a day: 4 on the last day, 8 on the last two and on any longer look-back.
    assert rates(told) == pytest.approx({"1d": 0.4} | {f"{n}d": 0.8 / n for n in range(2, 8)})
    assert told.near_miss is None
    # The last three days were 8/3 above plan: the 292 left last well beyond the month.
    assert told.exhausts_on is None
    # Half of the last ten days were on plan, so 21 days of 100.
    assert told.forecast.month_end == 3008


@pytest.mark.parametrize(
    ("usd", "severity"),
    # 10 a day is a burn of 1.
    [
        ("119.99", Severity.NONE),
        ("120", INVESTIGATE),
        ("149.99", INVESTIGATE),
        ("150", PAGE),
        ("239.99", PAGE),
        ("240", EMERGENCY),
    ],
)
def test_a_day_above_plan_calls_at_the_factor_it_reaches(usd: str, severity: Severity) -> None:
    told = judge(september(9, d9=usd), morning(11))

    assert told.decision.severity is severity


def test_a_budget_that_the_last_days_use_up_says_when() -> None:
    # 60 above plan on three days: 180 of 300 used, and 120 more last two days.
    told = figures(judge(september(9, d7=160, d8=160, d9=160), morning(11)))

    assert told.budget is not None
    assert told.budget.remaining == 120
    assert told.exhausts_on == date(2026, 9, 11)


def test_a_day_still_arriving_raises_and_never_clears() -> None:
    raised = judge(september(10, d10=900), morning(11))
    calm = judge(september(10, d10=0), morning(11))
    burning = judge(september(10, d9=900, d10=0), morning(11))

    assert figures(raised).data_through == date(2026, 9, 10)
    assert raised.decision.severity is EMERGENCY
    assert "a day still arriving" in raised.decision.reason
    assert calm.decision.severity is Severity.NONE
    assert burning.decision.severity is EMERGENCY
    assert burning.decision.is_calm is False


def test_a_day_still_arriving_is_no_fault_while_it_is_below_what_can_have_arrived() -> None:
    # At six in the morning of the next day all of its plan can have arrived.
    assert judge(september(10, d10=119), morning(11)).decision.severity is Severity.NONE
    assert judge(september(10, d10=121), morning(11)).decision.severity is INVESTIGATE


def test_what_history_has_seen_is_held_back_and_told_as_a_near_miss() -> None:
    noisy = september(9, d9=340) | {date(2026, 8, 10): 300}

    told = judge(noisy, morning(11))

    # 240 above plan reaches 14x, and 1.3 x the 200 of the 10th of August excuses it.
    assert told.decision.severity is Severity.NONE
    assert figures(told).near_miss == (
        "emergency at 14x over 1 day held back: $240.00 beyond the recent level is within what is "
        "usual (noise $0.00 a day, up to $200.00 before)"
    )
    assert told.decision.reason == (
        "$240.00 above plan on the last complete day (24.0x), which no rule calls for"
    )


def test_more_than_history_has_seen_is_called_and_no_near_miss() -> None:
    days = september(9, d9=361) | {date(2026, 8, 10): 300}

    told = judge(days, morning(11))

    assert told.decision.severity is EMERGENCY
    assert figures(told).near_miss is None


def test_a_page_that_calibrated_gates_held_back_says_why() -> None:
    days = september(9, d9=361) | {date(2026, 8, 10): 300}
    calm = POLICY.stricter(1.25, "gates x1.25, for its past")

    told = judge(days, morning(11), policy=calm)

    # 261 beats 1.3 x 200, but not 1.25 times as much; the investigation's gates are as they were.
    assert told.decision.severity is INVESTIGATE
    assert told.decision.reason.endswith("lasts 28 hours at that rate; gates x1.25, for its past")
    assert figures(told).near_miss is None


def test_a_near_miss_names_the_calibration_that_may_have_caused_it() -> None:
    days = september(9, d9=340) | {date(2026, 8, 10): 300}
    calm = POLICY.stricter(1.25, "gates x1.25, for its past")

    near_miss = figures(judge(days, morning(11), policy=calm)).near_miss

    assert near_miss is not None
    assert near_miss.endswith("up to $200.00 before); gates x1.25, for its past")


def test_a_plan_that_reaches_the_objective_is_infeasible_and_its_budget_is_the_least() -> None:
    told = figures(judge(september(9), morning(11), slo(objective=3000, plan="learned")))

    assert told.budget == ErrorBudget(Decimal(90), Decimal(0), BudgetState.INFEASIBLE)


def test_a_budget_smaller_than_the_noise_of_a_month_is_tight() -> None:
    # Weeks of 90 and 110 in turn: a spread of 14.8, times sqrt(30) and two, is 162 of a plan of
    # about 3,000.
    days = {date(2026, 7, 6) + number * DAY: 90 + 20 * (number // 7 % 2) for number in range(66)}
    roomy = figures(judge(days, morning(11), slo(objective=3300, plan="learned")))
    tight = figures(judge(days, morning(11), slo(objective=3100, plan="learned")))

    assert roomy.budget is not None
    assert tight.budget is not None
    assert (roomy.budget.state, tight.budget.state) == (BudgetState.OK, BudgetState.TIGHT)


def test_lumps_shrink_the_budget_and_never_burn() -> None:
    fee = seen(date(2026, 9, 2), 0, lumps=60)
    days = {day: usd for day, usd in september(9).items() if day != date(2026, 9, 2)}
    both = replace(fee, usage=Decimal(100))

    told = judge(days, morning(11), others=(both,))

    assert told.decision.severity is Severity.NONE
    assert figures(told).budget == ErrorBudget(Decimal(240), Decimal(0))
    assert figures(told).spend_to_date == 960


@pytest.mark.parametrize(
    ("posted", "size", "month_end"), [(0, 260, 3040), (30, 260, 3040), (70, 230, 3070)]
)
def test_as_many_lumps_are_expected_as_the_month_before_had(
    posted: int, size: int, month_end: int
) -> None:
    days = {day: usd for day, usd in september(9).items() if day.day != 2}
    fees = (
        seen(date(2026, 7, 2), 100),
        seen(date(2026, 8, 2), 100, lumps=40),
        seen(date(2026, 9, 2), 100, lumps=posted),
    )

    told = figures(judge(days, morning(11), others=fees))

    assert told.budget == ErrorBudget(Decimal(size), Decimal(0))
    assert told.forecast.month_end == month_end


def test_a_cent_over_the_objective_is_exhausted_also_by_a_fee_that_does_not_burn() -> None:
    days = {day: usd for day, usd in september(9).items() if day.day != 2}
    fee = seen(date(2026, 9, 2), 100, lumps="2400.01")
    objective = slo(objective=3300, plan="learned")

    told = judge(days, morning(11), objective, others=(seen(date(2026, 8, 2), 100), fee))

    assert (told.decision.verdict, told.decision.severity) == (Verdict.EXHAUSTED, PAGE)
    assert told.decision.reason == "spend is $0.01 over $3,300.00"


def test_without_a_plan_the_objective_is_the_budget_and_everything_uses_it() -> None:
    row = seen(date(2026, 9, 2), 10, lumps=30, credits=-5)

    told = figures(judge({date(2026, 9, 1): 10}, morning(5), slo(), others=(row,)))

    assert told.budget == ErrorBudget(Decimal(300), Decimal(45))
    assert (told.plan_basis, told.plan_month) == ("none", Decimal(0))


def test_a_declared_amount_is_the_plan() -> None:
    told = figures(judge(september(9), morning(11), slo(objective=3300, plan=Decimal(3150))))

    assert (told.plan_basis, told.plan_month) == ("amount", Decimal(3150))
    assert told.budget == ErrorBudget(Decimal(150), Decimal(0))


def test_stale_costs_call_nobody_but_keep_their_figures() -> None:
    told = judge(september(9, d9=900), morning(15))

    assert (told.decision.verdict, told.decision.severity) == (Verdict.STALE_DATA, Severity.NONE)
    assert figures(told).spend_to_date == 1700


@pytest.mark.parametrize(
    ("as_of", "window", "severity"),
    [
        (morning(1, 10), 9, EMERGENCY),  # the 30th, still arriving
        (morning(2, 10), 9, EMERGENCY),  # the 30th, complete
        (morning(3, 10), 10, PAGE),  # in October the 30th is one day of two
        (morning(4, 10), 10, Severity.NONE),
    ],
)
def test_an_incident_of_the_30th_stays_visible_across_the_month_s_end(
    as_of: datetime, window: int, severity: Severity
) -> None:
    days = september(30, d30=310) | each_day(date(2026, 10, 1), date(2026, 10, 5), 100)
    whole = slo(objective=3410, plan="learned")

    told = judge(days, as_of, whole)

    assert figures(told).window.start.month == window
    assert told.decision.severity is severity


def test_on_the_first_day_a_month_has_pace_and_burn_of_one_day() -> None:
    days = september(30) | {date(2026, 10, 1): 110, date(2026, 10, 2): 0}

    told = figures(judge(days, morning(3, 10), slo(objective=3410, plan="learned")))

    # 110 of an even 110 a day; 10 of an even 10, and the less of it the more days of September.
    assert told.pace == pytest.approx(1)
    assert rates(told) == pytest.approx({f"{n}d": 1 / n for n in range(1, 8)})


def test_before_a_complete_day_of_the_window_there_is_no_pace() -> None:
    rows = observed(SUMMER)
    early = series_of(rows, date(2026, 9, 1), date(2026, 8, 31), SEPTEMBER)

    told = figures(assess(LEARNED, early, POLICY, currency="USD", as_of=morning(1)))

    assert told.pace is None


def test_a_look_back_longer_than_what_is_known_has_no_burn() -> None:
    told = figures(judge({date(2026, 9, 1): 10}, morning(3), slo()))

    assert rates(told) == {"1d": pytest.approx(1)}


UNIT = Slo.model_validate(per_request("api", Decimal("0.11")))


def traffic(last: int, **odd: tuple[int, int]) -> list[Observation]:
    """1000 requests and 100 dollars a day; `d9=(130, 1000)` is another cost and traffic."""
    days = [*SUMMER, *(date(2026, 9, day) for day in range(1, last + 1))]
    other = {date(2026, 9, int(day[1:])): pair for day, pair in odd.items()}
    pairs = {day: other.get(day, (100, 1000)) for day in days}
    return [seen(day, cost, units=units) for day, (cost, units) in pairs.items()]


def judge_units(rows: list[Observation], as_of: datetime) -> Assessment:
    return assess(UNIT, series(rows, as_of), POLICY, currency="USD", as_of=as_of)


def test_the_figures_of_a_unit_cost() -> None:
    told = figures(judge_units(traffic(9), morning(11)))

    assert told.unit is not None
    assert told.unit.month.ratio == Decimal("0.1")
    assert told.budget == ErrorBudget(size=Decimal(990), used=Decimal(900))
    assert told.pace == pytest.approx(0.1 / 0.11)
    assert told.plan_basis == "learned"
    assert rates(told) == pytest.approx({f"{n}d": 0 for n in range(1, 8)})
    assert told.forecast.month_end == 3000
    assert (told.exhausts_on, told.near_miss) == (None, None)


@pytest.mark.parametrize(
    ("cost", "severity"),
    # 0.01 x 30,000 units are an error budget of 300: 10 a day is a burn of 1.
    [(119, Severity.NONE), (121, INVESTIGATE), (151, PAGE), (241, EMERGENCY)],
)
def test_a_day_whose_units_cost_more_calls_at_the_factor_it_reaches(
    cost: int, severity: Severity
) -> None:
    told = judge_units(traffic(9, d9=(cost, 1000)), morning(11))

    assert told.decision.severity is severity


def test_a_unit_cost_above_what_it_ever_was_is_held_back_by_its_noise() -> None:
    rows = [
        replace(row, usage=Decimal(300)) if row.day == date(2026, 8, 10) else row
        for row in traffic(9, d9=(340, 1000))
    ]

    told = figures(judge_units(rows, morning(11)))

    assert told.near_miss is not None
    assert told.near_miss.startswith("emergency at 14x over 1 day held back")


def test_twice_the_traffic_at_the_same_cost_each_is_within() -> None:
    told = judge_units(traffic(9, d8=(200, 2000), d9=(200, 2000)), morning(11))

    assert told.decision.verdict is Verdict.WITHIN


def test_without_a_history_of_units_only_the_ratios_are_judged() -> None:
    rows = [row for row in traffic(9) if row.day >= date(2026, 9, 1)]

    told = judge_units(rows, morning(11))

    assert (told.decision.verdict, told.decision.is_calm) == (Verdict.WITHIN, True)
    assert told.decision.reason == "the unit cost is within the objective"
    assert (figures(told).burns, figures(told).plan_basis) == ((), "none")


def test_without_a_single_unit_there_is_no_budget_and_no_pace() -> None:
    rows = [seen(date(2026, 9, day), 100, units=0) for day in range(1, 10)]

    told = judge_units(rows, morning(11))

    assert told.decision.verdict is Verdict.NO_DATA
    assert (figures(told).budget, figures(told).pace) == (None, None)


def test_a_bill_alone_says_what_the_budget_and_the_noise_are() -> None:
    bill = reading({"web": {day: Decimal(str(usd)) for day, usd in september(9).items()}})

    ladder = known_budget(LEARNED, bill, morning(11))

    assert ladder is not None
    assert ladder.headroom == Headroom(300.0, 30, 100.0, is_tight=False)
    assert ladder.noise.spread == 0


def test_a_bill_says_nothing_of_a_unit_cost_or_without_a_charge() -> None:
    bill = reading({"api": {date(2026, 9, 1): Decimal(5)}, "web": {}})

    assert known_budget(UNIT, bill, morning(11)) is None
    assert known_budget(LEARNED, bill, morning(11)) is None


@pytest.mark.parametrize(
    ("amounts", "is_calm"),
    [((500, 99, 99), True), ((0, 100, 0), False), ((0, 0, 100), False), ((99,), True), ((), True)],
)
def test_it_is_calm_once_each_of_the_last_two_complete_days_burned_below_1x(
    amounts: tuple[float, ...], *, is_calm: bool
) -> None:
    days = excess(*amounts, 9999, complete=len(amounts))

    assert Ladder(days, SILENT, Headroom(3000.0, 30, 100.0, is_tight=False)).is_calm is is_calm


def test_the_loudest_rule_fires_and_the_loudest_held_back_is_told_beside_it() -> None:
    # The page asks for more than 4 x 200, the most a precedent excuses; the other for nothing.
    ladder = ladder_of(rule(PAGE, 5, 1, precedent=4), rule(INVESTIGATE, 2, 1), rule(PAGE, 9, 2))
    known = Noise(0, (400.0,))
    found = Ladder(excess(0, 700), known, Headroom(3000.0, 30, 100.0, is_tight=False))

    firing, missed = fired(ladder, found)

    assert firing is not None
    assert missed is not None
    assert (firing.rule.severity, missed.rule.severity) == (INVESTIGATE, PAGE)
    assert fired(ladder, Ladder(Excess(date(2026, 9, 1), (), (), 0), SILENT, found.headroom)) == (
        None,
        None,
    )


@pytest.mark.parametrize(
    ("newest", "verdict", "is_calm"),
    [
        (30, Verdict.WITHIN, False),
        (60, Verdict.WITHIN, False),
        (160, Verdict.BURNING, False),
    ],
)
def test_a_day_that_shows_its_usual_share_neither_calls_nor_clears(
    newest: int, verdict: Verdict, *, is_calm: bool
) -> None:
    # The 9th burned at 1.5, which no rule calls for and which is not calm. The 10th is half there
    # and may show 60: 160 is a burn of 10, less than 60 is none.
    days = series(observed(september(10, d9=115, d10=newest)), morning(11))

    told = assess(
        LEARNED, replace(days, arrived=(0.6,)), POLICY, currency="USD", as_of=morning(11)
    ).decision

    assert (told.verdict, told.is_calm) == (verdict, is_calm)


def test_a_static_alert_rings_where_spend_reaches_its_share() -> None:
    bill = reading({"web": {day: Decimal(str(usd)) for day, usd in STORY.items()}})

    first, *_ = static_calls(slo(objective=4500), bill.spend["web"])

    assert (first.at.date(), first.spent) == (date(2026, 9, 11), Decimal(3600))
