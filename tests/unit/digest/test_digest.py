# SPDX-License-Identifier: Apache-2.0
"""The digest tells the worst first, and never takes silence for calm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.actions.items import Agreed, Priority
from cost_slo.domain.actions.transitions import add_action
from cost_slo.domain.burn.budget import BudgetState, ErrorBudget
from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.burn.rates import Burn
from cost_slo.domain.digest.digest import (
    Digest,
    DigestEntry,
    Movement,
    SelfCost,
    count_moves,
    worst_first,
)
from cost_slo.domain.digest.document import digest_document
from cost_slo.domain.digest.text import LINE_WIDTH, body, digest_headline, subject
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.verdict.assessment import Assessment
from cost_slo.domain.verdict.decision import Decision, Verdict
from cost_slo.domain.verdict.figures import Figures
from cost_slo.domain.wording import SUBJECT_LENGTH
from cost_slo.ports import StateChange
from tests.builders.days import SEPTEMBER, slo
from tests.builders.moods import digest, rig_to, sent
from tests.builders.readings import monthly, morning, september
from tests.checks.documents import assert_documented
from tests.checks.golden_files import assert_golden
from tests.worlds.rig import Rig

VERDICTS = {
    "within": (Verdict.WITHIN, Severity.NONE),
    "investigate": (Verdict.BURNING, Severity.INVESTIGATE),
    "page": (Verdict.BURNING, Severity.PAGE),
    "emergency": (Verdict.BURNING, Severity.EMERGENCY),
    "exhausted": (Verdict.EXHAUSTED, Severity.PAGE),
    "no_data": (Verdict.NO_DATA, Severity.NONE),
    "stale_data": (Verdict.STALE_DATA, Severity.NONE),
}
LOUDEST = ("emergency", "exhausted", "page", "investigate", "no_data", "within")
NOTHING = SelfCost(date(2026, 9, 10), 0)


def figures(*burns: float, used: int = 30, **changes: object) -> Figures:
    """A budget of 100 of which so much is used; burns over 1, 2, ... days."""
    known = Figures(
        window=SEPTEMBER,
        data_through=date(2026, 9, 9),
        estimated_through=date(2026, 9, 10),
        spend_to_date=Decimal(50),
        plan_month=Decimal(200),
        plan_basis="learned",
        budget=ErrorBudget(Decimal(100), Decimal(used)),
        pace=0.8,
        burns=tuple(Burn(f"{days}d", rate) for days, rate in enumerate(burns, 1)),
        forecast=Forecast(Decimal(200), None, None),
        exhausts_on=None,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


def judged(word: str, *burns: float, name: str = "web", known: Figures | None = None) -> Assessment:
    verdict, severity = VERDICTS[word]
    decision = Decision(verdict, severity, f"because of {word}")
    found = None if word == "no_data" else known or figures(*burns)
    return Assessment(slo(name=name), decision, found)


def digest_of(*entries: DigestEntry, **changes: object) -> Digest:
    made = Digest(
        on=date(2026, 9, 10),
        as_of=morning(10),
        since=morning(9),
        is_first=False,
        currency="USD",
        entries=worst_first(entries),
        running=(),
        due=(),
        self_cost=NOTHING,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def text_of(made: Digest) -> str:
    return f"Subject: {subject(made)}\n\n{body(made)}"


@pytest.mark.parametrize(
    ("before", "now", "movement"),
    [
        (None, "within", Movement.NEW),
        (None, "no_data", Movement.NEW),
        ("within", "investigate", Movement.NEW),
        ("within", "stale_data", Movement.NEW),
        ("investigate", "page", Movement.WORSE),
        ("page", "exhausted", Movement.WORSE),
        ("page", "stale_data", Movement.WORSE),
        ("exhausted", "no_data", Movement.WORSE),
        ("no_data", "investigate", Movement.WORSE),
        ("emergency", "page", Movement.BETTER),
        ("page", "within", Movement.BETTER),
        ("stale_data", "within", Movement.BETTER),
        ("stale_data", "no_data", Movement.UNCHANGED),
        ("page", "page", Movement.UNCHANGED),
        ("within", "within", Movement.UNCHANGED),
    ],
)
def test_what_moved_is_told_by_severity_and_verdict(
    before: str | None, now: str, movement: Movement
) -> None:
    was = judged(before) if before else None

    assert DigestEntry(judged(now), was).movement is movement


@pytest.mark.parametrize(
    ("before", "now", "movement"),
    [
        (2.0, 2.5, Movement.WORSE),
        (2.0, 2.4, Movement.UNCHANGED),
        (2.5, 2.0, Movement.BETTER),
        (2.4, 2.0, Movement.UNCHANGED),
        (0.1, 0.9, Movement.UNCHANGED),
        (-0.5, 1.0, Movement.WORSE),
        (6.0, -0.2, Movement.BETTER),
    ],
)
def test_what_calls_as_loudly_as_before_moves_with_its_newest_burn(
    before: float, now: float, movement: Movement
) -> None:
    assert DigestEntry(judged("page", now), judged("page", before)).movement is movement
    assert (
        DigestEntry(judged("within", now), judged("within", before)).movement is Movement.UNCHANGED
    )


words = st.sampled_from(sorted(VERDICTS))


@given(st.lists(st.tuples(words, words, st.integers(0, 200)), max_size=12))
def test_the_order_is_total_whatever_the_spec_lists_first(
    found: list[tuple[str, str, int]],
) -> None:
    entries = [
        DigestEntry(judged(now, name=f"slo-{at}", known=figures(used=used)), judged(before))
        for at, (now, before, used) in enumerate(found)
    ]

    ordered = worst_first(entries)

    assert worst_first(reversed(entries)) == ordered
    loud = [entry.now.decision.severity.rank for entry in ordered]
    assert loud == sorted(loud, reverse=True)
    for one, next_one in pairwise(ordered):
        assert not (one.now.decision.verdict is Verdict.WITHIN and next_one.is_blind)
    assert sum(count_moves(ordered).values()) == len(entries)


def test_the_worst_comes_first_and_what_cannot_be_judged_before_what_is_within() -> None:
    entries = [
        DigestEntry(judged(word, name=word.replace("_", "-")), None) for word in LOUDEST[::-1]
    ]

    ordered = [entry.now.slo.name.replace("-", "_") for entry in worst_first(entries)]

    assert ordered == list(LOUDEST)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (["within"], "The only SLO is within"),
        (["within", "within"], "All 2 SLOs are within"),
        (["page", "within", "no_data"], "1 of 3 SLOs is burning; 1 cannot be judged"),
        (["page", "exhausted"], "2 of 2 SLOs are burning (1 already over its objective)"),
        (["exhausted", "within"], "1 of 2 SLOs is burning (already over its objective)"),
        (["stale_data", "within"], "1 of 2 SLOs cannot be judged; 1 within"),
        (["stale_data"], "The only SLO cannot be judged"),
        (["stale_data", "no_data"], "None of 2 SLOs can be judged"),
    ],
)
def test_the_headline_counts_what_burns_and_what_cannot_be_judged(
    found: list[str], said: str
) -> None:
    entries = [DigestEntry(judged(word, name=f"slo-{at}"), None) for at, word in enumerate(found)]

    assert digest_headline(digest_of(*entries)) == said


@given(st.lists(words, min_size=1, max_size=6), st.integers(1, 63))
def test_a_subject_is_short_ascii_and_no_line_is_long(found: list[str], length: int) -> None:
    names = [f"{at}{'x' * (length - 1)}" for at in range(len(found))]
    entries = (
        DigestEntry(judged(word, 1.0, 2.0, name=name), judged("page"))
        for word, name in zip(found, names, strict=True)
    )

    made = digest_of(*entries)

    assert subject(made).isascii()
    assert len(subject(made)) <= SUBJECT_LENGTH
    lines = body(made).splitlines()
    assert max(map(len, lines)) <= LINE_WIDTH
    assert "\u00a0" not in body(made)


def test_an_slo_that_cannot_be_judged_says_what_it_was_and_no_figure() -> None:
    page, within = judged("page", 3.0), judged("within")
    lost = judged("stale_data", 0.1)

    told = body(digest_of(DigestEntry(lost, page)))
    quiet = body(digest_of(DigestEntry(lost, within)))

    assert "worse  web: stale data: because of stale_data (was page)" in told
    assert "new  web: stale data: because of stale_data (was within)" in quiet
    assert "pace" not in told


def test_a_budget_says_what_is_left_and_until_when() -> None:
    def line(word: str, **known: object) -> str:
        made = digest_of(DigestEntry(judged(word, known=figures(2.0, **known)), None))  # type: ignore[arg-type]
        return " ".join(body(made).split())

    assert "pace 0.8x, burn 2.0x (1d), $70.00 (70%) left, lasts the month" in line("page")
    assert "$70.00 (70%) left WITHIN" not in line("within")
    assert "lasts the month" not in line("within")
    assert "runs out on 19 Sep" in line("within", exhausts_on=date(2026, 9, 19))
    assert "overspent by $20.00 (120% used) Data" in line("page", used=120)
    assert "burn not known, budget not known" in line("page", burns=(), budget=None)
    assert "pace not known" in line("page", pace=None)
    infeasible = ErrorBudget(Decimal(6), Decimal(1), BudgetState.INFEASIBLE)
    assert "normal spend already exceeds the objective" in line("page", budget=infeasible)


def test_data_older_than_the_rest_says_so() -> None:
    old = figures(data_through=date(2026, 9, 8))
    entries = (
        DigestEntry(judged("page"), None),
        DigestEntry(judged("within", name="api", known=old), None),
    )

    told = body(digest_of(*entries))

    assert told.count("data only through 7 Sep 2026") == 1
    assert "Data: complete through 8 Sep 2026, 1 day 6 hours old at 2026-09-10 06:00 UTC." in told


def test_without_any_data_no_age_is_told() -> None:
    told = body(digest_of(DigestEntry(judged("no_data"), None)))

    assert "Data: no complete day of charges is known." in told


def test_what_watching_costs_is_told_in_dollars_with_its_cap_if_known() -> None:
    spent = replace(NOTHING, requests=42)
    entry = DigestEntry(judged("within"), None)

    assert "42 paid Cost Explorer requests in Sep 2026, $0.42." in body(
        digest_of(entry, self_cost=spent)
    )
    capped = replace(spent, cap=100)
    assert "$0.42, of 100 allowed." in body(digest_of(entry, self_cost=capped))
    unused = replace(NOTHING, cap=100)
    assert "no paid Cost Explorer requests in Sep 2026, of 100 allowed." in body(
        digest_of(entry, self_cost=unused)
    )
    assert digest_document(digest_of(entry, self_cost=capped))["self_cost"] == {
        "month": "2026-09",
        "requests": 42,
        "cost": "0.42",
        "currency": "USD",
        "cap": 100,
    }


def agree(rig: Rig, text: str, due: date) -> None:
    incident = rig.incidents[0]
    item = Agreed(text, "platform", due, Priority.P2)
    event = add_action(incident, item, incident.opened_at + timedelta(hours=1))
    rig.store.save(StateChange(events=(event,)))


def test_seven_slos_in_all_moods_are_told_worst_first() -> None:
    rig = rig_to(10)
    agree(rig, "lower the workers' maximum", date(2026, 9, 9))
    agree(rig, "alarm on the queue's age", date(2026, 9, 14))
    agree(rig, "review the contract", date(2026, 10, 30))
    rig.store.add_requests(date(2026, 9, 1), 12)
    sent(rig, [9])

    made = digest(rig, 10)

    assert_golden("digest_all_moods.txt", text_of(made))
    assert_documented("digest", digest_document(made))


def test_the_first_digest_ever_is_set_against_the_day_before() -> None:
    rig = Rig(monthly("web"), monthly("api", 100))
    rig.run({"web": september(8), "api": september(8)}, 9)
    rig.run({"web": september(9), "api": september(9, d9=90)}, 10)

    made = digest(rig, 10)

    assert_golden("digest_first.txt", text_of(made))
    assert_documented("digest", digest_document(made))


def test_a_digest_with_nothing_to_say_is_short() -> None:
    rig = Rig(monthly("web"), monthly("api"))
    for last in (14, 15):
        rig.run({"web": september(last), "api": september(last)}, last + 1)
        sent(rig, [last + 1])

    assert_golden("digest_nothing_to_say.txt", text_of(digest(rig, 16)))


def test_a_digest_without_any_data_never_says_within() -> None:
    rig = Rig(monthly("web"))
    rig.run({"web": {}}, 10)

    made = digest(rig, 10)

    assert_golden("digest_no_data.txt", text_of(made))
    assert "within" not in text_of(made).lower()
    assert_documented("digest", digest_document(made))
