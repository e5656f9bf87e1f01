# SPDX-License-Identifier: Apache-2.0
"""Burn ladders as files: the shipped ones, one's own, and the ones that are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from cost_slo.adapters.documents.yaml_policy import load_policy, shipped_policies
from cost_slo.domain.burn.hourly_rule import HourlyRule
from cost_slo.domain.burn.policy import Policy, Rule
from cost_slo.domain.errors import SpecError
from cost_slo.domain.incidents.incident import Severity

RULE = "{severity: page, factor: 5, days: 2}"
MINE = f"""
name: mine
stale_after_hours: 36
rules:
  - {RULE}
  - {{severity: investigate, factor: 1.5, days: 3, shape: sustained, noise: 3, precedent: 1.2,
     allowance: 0.8, tight: 2}}
asks: {{page: Look now., investigate: Look today.}}
"""


HOURLY = """
name: mine
extends: default
hourly_rules:
  - {severity: page, factor: 6, hours: 6, short_hours: 1, noise: 3}
"""
HOURLY_RULE = "{severity: page, factor: 6, hours: 6, short_hours: 1, noise: 3}"


def written(folder: Path, text: str) -> Path:
    file = folder / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> str:
    """What is said of a file that is no policy; always with its name."""
    file = written(folder, text)
    with pytest.raises(SpecError) as refused:
        load_policy("mine.yaml", base=folder)
    assert str(refused.value).startswith(f"{file}: ")
    return str(refused.value)


def test_the_shipped_ladders_are_known_by_name() -> None:
    assert shipped_policies() == {"default", "conservative", "hourly"}


@pytest.mark.parametrize("name", ["default", "conservative", "hourly"])
def test_a_shipped_ladder_asks_something_at_each_severity_and_louder_burns_faster(
    name: str,
) -> None:
    policy = load_policy(name, base=Path("nowhere"), granularity="hour")

    called = {rule.severity for rule in policy.rules}
    slowest = [
        min(rule.factor for rule in policy.rules if rule.severity is severity)
        for severity in (Severity.INVESTIGATE, Severity.PAGE, Severity.EMERGENCY)
    ]
    assert policy.name == name
    assert set(policy.asks) == called == set(Severity) - {Severity.NONE}
    assert slowest == sorted(slowest)
    assert policy.stale_after_hours == 48


def test_a_ladder_of_one_s_own_is_read_beside_the_spec(tmp_path: Path) -> None:
    written(tmp_path, MINE)

    policy = load_policy("mine.yaml", base=tmp_path)

    assert policy == Policy(
        name="mine",
        rules=(
            Rule(Severity.PAGE, 5.0, 2, "total", 0.0, 0.0, 0.0, 1.0),
            Rule(Severity.INVESTIGATE, 1.5, 3, "sustained", 3.0, 1.2, 0.8, 2.0),
        ),
        asks={Severity.PAGE: "Look now.", Severity.INVESTIGATE: "Look today."},
        stale_after_hours=36,
    )


def test_a_share_of_the_budget_becomes_the_factor_that_uses_it_up(tmp_path: Path) -> None:
    share = "{severity: page, budget_percent: 20, days: 2}"
    written(tmp_path, MINE.replace(RULE, share))

    policy = load_policy("mine.yaml", base=tmp_path)

    # A fifth of a 30-day month's budget in two days: 0.2 x 30 / 2.
    assert policy.rules[0].factor == pytest.approx(3)


def test_the_hourly_ladder_is_the_default_one_with_hourly_rules() -> None:
    daily = load_policy("default", base=Path())

    hourly = load_policy("hourly", base=Path(), granularity="hour")

    assert (hourly.rules, hourly.asks) == (daily.rules, daily.asks)
    assert hourly.hourly_rules == (
        HourlyRule(Severity.EMERGENCY, 14, 6, 1, noise=5),
        HourlyRule(Severity.PAGE, 5, 24, 4, noise=5),
        HourlyRule(Severity.INVESTIGATE, 2, 24, 6, noise=4),
        HourlyRule(Severity.INVESTIGATE, 1, 72, 12, noise=4),
    )


def test_what_a_ladder_does_not_say_is_taken_from_the_shipped_one_it_extends(
    tmp_path: Path,
) -> None:
    written(tmp_path, "{name: patient, extends: conservative, stale_after_hours: 72}")
    shipped = load_policy("conservative", base=tmp_path)

    policy = load_policy("mine.yaml", base=tmp_path)

    assert (policy.name, policy.stale_after_hours) == ("patient", 72)
    assert (policy.rules, policy.asks) == (shipped.rules, shipped.asks)


def test_a_ladder_may_extend_one_that_extends_another(tmp_path: Path) -> None:
    written(tmp_path, "{name: mine, extends: hourly, rules: []}")

    policy = load_policy("mine.yaml", base=tmp_path, granularity="hour")

    assert policy.rules == ()
    assert len(policy.hourly_rules) == 4
    assert policy.stale_after_hours == 48


@pytest.mark.parametrize("base", ["mine.yaml", "absent", "[default]", ""])
def test_only_a_shipped_ladder_can_be_extended(tmp_path: Path, base: str) -> None:
    assert "not a policy" in refusal(tmp_path, f"name: mine\nextends: {base}\n")


@pytest.mark.parametrize(
    ("rule", "factor", "short"),
    [
        ("{severity: page, factor: 6, hours: 6}", 6, 6),
        # The SRE workbook's first row: 2 % of a 30-day budget in an hour, 0.02 x 720 / 1.
        ("{severity: page, budget_percent: 2, hours: 1}", 14.4, 1),
        ("{severity: page, budget_percent: 5, hours: 6, short_hours: 1}", 6, 1),
    ],
)
def test_an_hourly_rule_may_give_a_share_of_the_budget_and_one_window(
    tmp_path: Path, rule: str, factor: float, short: int
) -> None:
    written(tmp_path, HOURLY.replace(HOURLY_RULE, rule))

    (read,) = load_policy("mine.yaml", base=tmp_path, granularity="hour").hourly_rules

    assert read.factor == pytest.approx(factor)
    assert (read.short_hours, read.noise) == (short, 0)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("{severity: page, factor: 6, hours: 6, days: 1}", "unknown key 'days' in an hourly rule"),
        ("{severity: page, factor: 6, hours: 6.5}", "hours 6.5 is not a whole number"),
        ("{severity: page, factor: 6, hours: 6, short_hours: .5}", "short_hours 0.5 is not a whol"),
        ("{severity: page, factor: 6, hours: 1, short_hours: 6}", "windows of 1 and 6 hours"),
        ("{severity: page, factor: 6, hours: 169}", "1 <= short_hours <= hours <= 168"),
        ("{severity: page, hours: 6}", "exactly one of `factor` and `budget_percent`"),
        ("{severity: page, budget_percent: 2, hours: 0}", "not a policy"),
        ("{severity: page, factor: 6}", "'hours'"),
        (f"{HOURLY_RULE}\n  - {HOURLY_RULE}", "two rules overlap: page, 6 hours"),
        ("5", "not a policy"),
    ],
)
def test_an_hourly_rule_that_cannot_be_is_refused_with_the_reason(
    tmp_path: Path, wrong: str, reason: str
) -> None:
    assert reason in refusal(tmp_path, HOURLY.replace(HOURLY_RULE, wrong))


def test_hourly_rules_are_refused_for_costs_that_are_judged_by_day(tmp_path: Path) -> None:
    assert "mine.yaml: hourly_rules: no 1-hour window on daily data" in refusal(tmp_path, HOURLY)
    assert "such as `policy: default`" in refusal(tmp_path, HOURLY)


def test_a_ladder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"absent\.yaml: the policy cannot be read: .*No such file"):
        load_policy("absent.yaml", base=tmp_path)


@pytest.mark.parametrize("bad", [b"rules: [", b"\xff\xfe\x00"])
def test_a_file_that_is_not_yaml_cannot_be_read(tmp_path: Path, bad: bytes) -> None:
    (tmp_path / "mine.yaml").write_bytes(bad)

    with pytest.raises(SpecError, match="the policy cannot be read"):
        load_policy("mine.yaml", base=tmp_path)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ("{severity: none, factor: 5, days: 2}", "a rule needs a severity"),
        ("{severity: loud, factor: 5, days: 2}", "'loud' is not a valid Severity"),
        ("{severity: page, factor: 0, days: 2}", "factor 0 is not positive"),
        ("{severity: page, factor: -5, days: 2}", "factor -5 is not positive"),
        ("{severity: page, factor: .nan, days: 2}", "factor nan"),
        ("{severity: page, factor: .inf, days: 2}", "factor inf"),
        ("{severity: page, factor: fast, days: 2}", "could not convert string to float"),
        ("{severity: page, factor: 5, days: 0}", "a window of 0 days cannot be judged"),
        ("{severity: page, factor: 5, days: 8}", "a window of 8 days cannot be judged"),
        ("{severity: page, factor: 5, days: 1.5}", "days 1.5 is not a whole number"),
        ("{severity: page, factor: 5, days: .inf}", "days inf is not a whole number"),
        ("{severity: page, factor: 5, days: 2, shape: mean}", "shape 'mean' is none of"),
        ("{severity: page, factor: 5, days: 2, hours: 6}", "unknown key 'hours' in a rule"),
        ("{severity: page, factor: 5, days: 2, noise: -1}", "noise -1 is negative"),
        ("{severity: page, factor: 5, days: 2, allowance: .nan}", "allowance nan is negative"),
        ("{severity: page, factor: 5}", "'days'"),
        ("{severity: page, days: 2}", "exactly one of `factor` and `budget_percent`"),
        (
            "{severity: page, factor: 5, budget_percent: 10, days: 2}",
            "exactly one of `factor` and `budget_percent`",
        ),
        ("{severity: page, budget_percent: 10, days: 0}", "not a policy"),
        ("{severity: page, budget_percent: 0, days: 2}", "factor 0 is not positive"),
        ("[1]", "unknown key 1 in a rule"),
        ("5", "not a policy"),
        (f"{RULE}\n  - {RULE}", "two rules overlap: page, 2 days, total"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_the_reason(
    tmp_path: Path, wrong: str, reason: str
) -> None:
    assert reason in refusal(tmp_path, MINE.replace(RULE, wrong))


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("name: mine", "nam: mine", "unknown key 'nam'"),
        ("name: mine", "# nameless", "'name'"),
        ("stale_after_hours: 36", "stale_after_hours: .inf", "not a policy"),
        ("stale_after_hours: 36", "stale_after_hours: soon", "not a policy"),
        ("asks: {page: Look now., investigate: Look today.}", "asks:", "not a policy"),
        ("page: Look now.", "loud: Look now.", "'loud' is not a valid Severity"),
    ],
)
def test_a_document_that_is_no_policy_is_refused_with_the_reason(
    tmp_path: Path, before: str, after: str, reason: str
) -> None:
    assert reason in refusal(tmp_path, MINE.replace(before, after))


@pytest.mark.parametrize("text", ["", "[]", "5", "just words"])
def test_a_document_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert "see the shipped `default` ladder" in refusal(tmp_path, text)
