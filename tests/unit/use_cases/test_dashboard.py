# SPDX-License-Identifier: Apache-2.0
"""The dashboard's pages: golden, escaped, readable in light and dark, from the state alone."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cost_slo.domain.burn.budget import BudgetState, ErrorBudget
from cost_slo.domain.burn.forecast import Forecast
from cost_slo.domain.dashboard.page import PALETTES, PageRequest, Palette, Theme, dashboard_facts
from cost_slo.domain.digest.digest import DigestEntry
from cost_slo.domain.incidents.incident import EventKind, Severity
from cost_slo.use_cases.dashboard import DESCRIPTION, dashboard_page, report_page
from tests.builders.moods import later, rig_to, sent
from tests.builders.readings import monthly, morning, per_request, spec
from tests.builders.stories import event
from tests.checks.golden_files import assert_golden
from tests.checks.pages import dashboard, read
from tests.unit.digest.test_digest import digest_of, figures, judged
from tests.worlds.rig import Rig

ARN = "arn:aws:lambda:eu-west-1:123456789012:function:widget"
ASKED = PageRequest(later(10), endpoint=ARN)
HOSTILE = (
    """</pre></style><script>alert("1")</script><img src=x onerror='alert(2)'>&amp; {{ 7*7 }}"""
)
NARRATIVE = f"---\nincident: runaway-2026-09\n---\n\n# What happened\n\n- <b>5 < 7</b> {HOSTILE}\n"
# For text of ordinary size (WCAG 2.2, 1.4.3, level AA).
LEAST_CONTRAST = 4.5
CONSOLE_GROUNDS = {Theme.LIGHT: ("#ffffff", "#f2f3f3"), Theme.DARK: ("#161d26", "#2a2e33")}


@pytest.fixture(scope="module")
def moods() -> Rig:
    """Seven SLOs in all moods, as of the 10th."""
    rig = rig_to(10)
    sent(rig, [9])
    return rig


@pytest.mark.parametrize("theme", Theme)
def test_seven_slos_in_all_moods_are_shown_worst_first(moods: Rig, theme: Theme) -> None:
    html = dashboard_page(dashboard(moods), replace(ASKED, theme=theme))

    assert_golden(f"dashboard_{theme}.html", html)
    page = read(html)
    assert [tag for tag, _ in page.tags].count("svg") == 5
    assert page.all("h1") == [
        "3 of 7 SLOs are burning (1 already over its objective); 2 cannot be judged."
    ]


def test_a_click_on_an_incident_calls_back_with_its_name(moods: Rig) -> None:
    page = read(dashboard_page(dashboard(moods), ASKED))

    names = [json.loads(text)["incident"] for text in page.all("cwdb-action")]
    assert names == ["spent-2026-09", "runaway-2026-09", "uneasy-2026-09"]
    calls = [attributes for tag, attributes in page.tags if tag == "cwdb-action"]
    assert calls == [{"action": "call", "display": "popup", "endpoint": ARN}] * 3
    before = [page.tags[at - 1] for at, (tag, _) in enumerate(page.tags) if tag == "cwdb-action"]
    assert before == [("a", {"class": "btn"})] * 3


def test_an_incident_shows_its_narrative_as_a_text_to_read(moods: Rig) -> None:
    made = dashboard(moods, runaway_2026_09=NARRATIVE)

    html = dashboard_page(made, replace(ASKED, incident="runaway-2026-09"))

    assert_golden("dashboard_incident.html", html)
    page = read(html)
    assert page.narratives == 1
    assert page.all("h2") == ["What happened"]
    assert "incident: runaway" not in str(page.texts)


def test_an_incident_without_a_narrative_says_so(moods: Rig) -> None:
    page = read(dashboard_page(dashboard(moods), replace(ASKED, incident="uneasy-2026-09")))

    assert "No narrative yet." in page.all("p")
    assert page.narratives == 0


def test_only_the_narrative_of_a_known_incident_is_read(moods: Rig) -> None:
    made = dashboard(moods, **{"../secret": "a secret", HOSTILE: "another"})

    for name in ("../secret", HOSTILE):
        page = read(dashboard_page(made, replace(ASKED, incident=name)))
        assert page.all("b") == [name]
        assert page.narratives == 0


def test_hostile_words_of_a_spec_or_a_person_are_only_text() -> None:
    rig = Rig(monthly("web", owner=HOSTILE, product=HOSTILE))
    rig.run({"web": {}}, 9)
    rig.store.events["web-2026-09/1"] = replace(
        event(EventKind.OPENED, HOSTILE, severity=Severity.PAGE),
        incident="web-2026-09",
        slo="web",
        at=morning(9),
    )
    made = dashboard(rig)

    pages = [
        dashboard_page(made, replace(ASKED, endpoint=HOSTILE)),
        dashboard_page(made, replace(ASKED, incident="web-2026-09")),
        report_page(made, later(10)),
    ]

    for html in pages:
        assert "alert(" in str(read(html).texts)
        assert "49" not in str(read(html).texts)


def test_a_state_in_which_nothing_was_ever_seen_says_so() -> None:
    page = read(dashboard_page(dashboard(Rig(monthly("web"))), ASKED))

    assert page.all("h1") == ["The only SLO cannot be judged."]
    assert "no data" in page.all("span")
    assert "No open incidents." in page.all("p")
    assert "Data: no complete day of charges is known." in page.all("p")


def test_the_past_is_shown_as_it_was_known(moods: Rig) -> None:
    page = read(
        dashboard_page(dashboard(moods), replace(ASKED, as_of=later(5) - timedelta(days=1)))
    )

    assert page.all("h1") == ["None of 7 SLOs can be judged."]
    assert page.all("cwdb-action") == []


def test_a_page_writes_nothing(moods: Rig) -> None:
    store = moods.store
    before = (dict(store.events), dict(store.outbox), dict(store.drafts), dict(store.requests))

    dashboard_page(dashboard(moods), ASKED)
    dashboard_page(dashboard(moods), replace(ASKED, incident="spent-2026-09"))
    report_page(dashboard(moods), later(10))

    assert before == (store.events, store.outbox, store.drafts, store.requests)


def test_an_editor_is_told_what_the_widget_is(moods: Rig) -> None:
    assert dashboard_page(dashboard(moods), replace(ASKED, is_description=True)) == DESCRIPTION


def test_a_report_stands_alone_with_its_narratives(moods: Rig) -> None:
    html = report_page(dashboard(moods, runaway_2026_09=NARRATIVE), later(10))

    page = read(html)
    assert html.startswith("<!doctype html>")
    assert "prefers-color-scheme: dark" in html
    assert page.all("cwdb-action") == []
    assert "What happened" in page.all("h2")
    assert page.all("h1")[1:] == ["spent-2026-09", "runaway-2026-09", "uneasy-2026-09"]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (figures(2.0), "lasts the month"),
        (figures(2.0, used=100), "used up"),
        (figures(2.0, budget=None), "-"),
        (figures(2.0, exhausts_on=morning(19).date()), "19 Sep 2026"),
    ],
)
def test_a_budget_says_until_when_it_lasts(known: object, said: str) -> None:
    made = digest_of(DigestEntry(judged("page", known=known), None))  # type: ignore[arg-type]

    assert dashboard_facts(made)["slos"][0]["figures"]["exhausts"] == said


def test_what_is_not_known_is_said() -> None:
    known = figures(pace=None, budget=None)
    (shown,) = dashboard_facts(digest_of(DigestEntry(judged("page", known=known), None)))["slos"]

    unknown = {"pace": "not known", "burn": "not known", "left": "not known", "note": ""}
    spent = {"spent": "$50.00 of $300.00", "outlook": "month end $200.00"}
    assert shown["figures"] == spent | unknown | {"exhausts": "-", "burn_down": "-"}


def test_where_the_month_is_going_is_told_with_its_range() -> None:
    known = replace(figures(), forecast=Forecast(Decimal(310), Decimal("290.5"), Decimal(340)))
    (shown,) = dashboard_facts(digest_of(DigestEntry(judged("page", known=known), None)))["slos"]

    assert shown["figures"]["outlook"] == "month end $310.00 ($290.50 to $340.00)"


def test_a_unit_cost_that_is_not_known_still_tells_its_objective_and_the_spend() -> None:
    slo = spec(per_request(objective=Decimal("0.0234"))).slos[0]
    now = replace(judged("page", known=figures()), slo=slo)
    (shown,) = dashboard_facts(digest_of(DigestEntry(now, None)))["slos"]

    assert shown["figures"]["spent"] == "not known of $0.0234 a request; $50.00 in total"


def test_an_objective_that_the_plan_alone_reaches_says_so() -> None:
    known = figures(2.0, budget=ErrorBudget(Decimal(6), Decimal(1), BudgetState.INFEASIBLE))
    (shown,) = dashboard_facts(digest_of(DigestEntry(judged("page", known=known), None)))["slos"]

    assert shown["figures"]["note"] == "normal spend already exceeds the objective"


@pytest.mark.parametrize(
    ("word", "tone", "said"),
    [
        ("within", "within", "within"),
        ("investigate", "investigate", "investigate: burning"),
        ("exhausted", "page", "page: exhausted"),
        ("no_data", "blind", "no data"),
        ("stale_data", "blind", "stale data"),
    ],
)
def test_a_verdict_is_said_in_words_and_not_in_colour_alone(
    word: str, tone: str, said: str
) -> None:
    (shown,) = dashboard_facts(digest_of(DigestEntry(judged(word), None)))["slos"]

    assert (shown["tone"], shown["verdict"]) == (tone, said)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("theme", "palette"), PALETTES.items())
def test_every_word_stands_out_from_its_ground(theme: Theme, palette: Palette) -> None:
    for ink, ground in palette.tones.values():
        assert contrast(ink, ground) >= LEAST_CONTRAST
    for ground in (palette.ground, *CONSOLE_GROUNDS[theme]):
        for ink in (palette.text, palette.quiet, palette.line):
            assert contrast(ink, ground) >= LEAST_CONTRAST
