# SPDX-License-Identifier: Apache-2.0
"""How is a burn rate said in a sentence?

One sentence an alert: how fast, how many dollars above plan over which days, against what is
usual, and when the headroom is gone at this rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cost_slo.domain.burn.excess import Excess, ExcessShape
from cost_slo.domain.burn.hourly_rates import HourlyFiring
from cost_slo.domain.burn.hourly_rule import HourlyRule
from cost_slo.domain.burn.noise_gate import Noise
from cost_slo.domain.burn.policy import Policy, Rule
from cost_slo.domain.burn.rates import Firing, Headroom
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.period import DAY
from cost_slo.domain.wording import count, day, instant, money, times

_ARRIVING = ", a day still arriving, held against what can be there by now"
_SHAPES: Mapping[ExcessShape, str] = {
    "total": "",
    "trimmed": ", without the largest",
    "sustained": ", each of them",
}


def why_it_fired(
    firing: Firing, excess: Excess, noise: Noise, headroom: Headroom, currency: str
) -> str:
    """Why a rule fired."""
    rule = firing.rule
    total = excess.total(rule.days, firing.end)
    last = excess.start + (firing.end - 1) * DAY
    span = f"on {day(last)}" if rule.days == 1 else f"in {count(rule.days, 'day')} to {day(last)}"
    partial = _ARRIVING if firing.end > excess.complete else ""
    above = f"{_money(total, currency)} above plan {span}{partial}"
    asked = f"the rule is {rule.factor:g}x over {_window(rule.days)}"
    usual = _against(firing, noise, currency)
    burning = f"burning {times(firing.rate)} ({asked}): {above}"
    budget = _budget(headroom, firing.rate, currency)
    return "; ".join(part for part in (burning, usual, budget) if part)


def explain_hours(firing: HourlyFiring, headroom: Headroom, currency: str) -> str:
    """Why an hourly rule fired."""
    rule = firing.rule
    span = count(rule.hours, "hour")
    asked = f"the rule is {rule.factor:g}x over {_hours(rule)}"
    above = f"{_money(firing.excess, currency)} above plan in {span} to {instant(firing.end)}"
    usual = f"usual noise is {_money(firing.spread, currency)} in {span}" if firing.spread else ""
    burning = f"burning {times(firing.rate)} ({asked}): {above}"
    budget = _budget(headroom, firing.rate, currency)
    return "; ".join(part for part in (burning, usual, budget) if part)


def rule_in_words(rule: Rule, window_days: int) -> str:
    """A rule of the ladder: what burns how fast, over what, and what that uses up.

    >>> from cost_slo.domain.incidents.incident import Severity
    >>> rule_in_words(Rule(Severity.PAGE, 5, 1), 30)
    'page at 5x over 1 day: 16.7 % of the error budget is gone, a full one lasts 6.0 days'
    """
    return (
        f"{_asked(rule)}: "
        f"{_gone(rule.budget_share(window_days), rule.days_to_exhaustion(window_days))}"
    )


def hourly_rule_in_words(rule: HourlyRule, window_days: int) -> str:
    """The same of an hourly rule.

    >>> from cost_slo.domain.incidents.incident import Severity
    >>> hourly_rule_in_words(HourlyRule(Severity.PAGE, 5, 24, 4), 30)
    'page at 5x over 24 hours and the last 4: 16.7 % of the error budget is gone, a full one lasts 6.0 days'
    """  # noqa: E501  the sentence is one line
    return (
        f"{rule.severity} at {rule.factor:g}x over {_hours(rule)}: "
        f"{_gone(rule.budget_share(window_days), rule.days_to_exhaustion(window_days))}"
    )


def gates_in_words(rule: Rule) -> str:
    """The evidence a rule asks for beyond its factor, by the names of the policy's file.

    >>> from cost_slo.domain.incidents.incident import Severity
    >>> gates_in_words(Rule(Severity.PAGE, 5, 1, noise=7.5, precedent=2))
    'page at 5x over 1 day: noise 7.5, precedent 2'
    """
    gates = ", ".join(f"{gate} {least:g}" for gate, least in rule.gates.items() if least)
    return f"{_asked(rule)}: {gates or 'nothing beyond that'}"


def ladder_in_words(ladder: Headroom, noise: Noise, currency: str) -> str:
    """What a history leaves to burn, and how that compares with its noise."""
    budget = f"error budget {_money(ladder.budget, currency)} a month"
    if noise.spread <= 0:
        return f"{budget}; no history yet to tell the noise"
    told = f"{budget}, noise {_money(noise.spread, currency)} a day"
    if not ladder.is_tight:
        return told
    return (
        f"{told}: the objective leaves less than the noise of a month, so alerts wait for stronger "
        "evidence; raise the objective, narrow the scope, or use `policy: conservative`"
    )


def quiet(rate: float | None, above: float, currency: str) -> str:
    """What to say when no rule fires, of the last complete day's burn and dollars above plan."""
    if rate is None or rate <= 0:
        return "spend is on or below its plan"
    if rate < 1:
        return f"burning {times(rate)} on the last complete day, less than the budget allows"
    return (
        f"{_money(above, currency)} above plan on the last complete day ({times(rate)}), "
        "which no rule calls for"
    )


def calibration(policy: Policy, missed: Firing | None) -> str:
    """Why a page was held back, where the policy was made stricter; empty elsewhere."""
    is_page = missed is not None and missed.rule.severity >= Severity.PAGE
    return f"; {policy.because}" if is_page and policy.strictness > 1 else ""


def near_miss(firing: Firing, noise: Noise, currency: str) -> str:
    """Why a rule whose factor was reached did not fire."""
    rule = firing.rule
    return (
        f"{rule.severity} at {rule.factor:g}x over {_window(rule.days)} held back: "
        f"{_money(firing.surprise, currency)} beyond the recent level is within what is usual "
        f"(noise {_money(noise.spread, currency)} a day, up to "
        f"{_money(firing.precedent, currency)} before)"
    )


def _asked(rule: Rule) -> str:
    span = f"{count(rule.days, 'day')}{_SHAPES[rule.shape]}"
    return f"{rule.severity} at {rule.factor:g}x over {span}"


def _against(firing: Firing, noise: Noise, currency: str) -> str:
    if noise.spread <= 0:
        return ""
    usual = f"usual noise is {_money(noise.spread, currency)} a day"
    if firing.precedent <= 0:
        return usual
    return f"{usual} and the most before was {_money(firing.precedent, currency)}"


def _budget(headroom: Headroom, rate: float, currency: str) -> str:
    lasting = _lasting(headroom.window_days / rate)
    return f"an error budget of {_money(headroom.budget, currency)} lasts {lasting} at that rate"


def _gone(share: float, days: float) -> str:
    return f"{100 * share:.1f} % of the error budget is gone, a full one lasts {days:.1f} days"


def _hours(rule: HourlyRule) -> str:
    span = count(rule.hours, "hour")
    return span if rule.short_hours == rule.hours else f"{span} and the last {rule.short_hours}"


def _window(days: int) -> str:
    return count(days, "day")


def _lasting(days: float) -> str:
    return f"{days * 24:.0f} hours" if days < 2 else f"{days:.0f} days"  # noqa: PLR2004  two days


def _money(amount: float, currency: str) -> str:
    return money(Decimal(f"{amount:.6f}"), currency)
