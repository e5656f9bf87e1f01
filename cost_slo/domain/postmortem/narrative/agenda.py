# SPDX-License-Identifier: Apache-2.0
"""What does the facilitator of the 60-minute review ask, and when?"""

from __future__ import annotations

from cost_slo.domain.incidents.incident import EventKind
from cost_slo.domain.postmortem.facts.findings import Findings, stated
from cost_slo.domain.postmortem.narrative.remedies import candidates_of, follow_up
from cost_slo.domain.wording import day, instant, markdown

# The heading of its section.
TITLE = "Review agenda (60 minutes)"

TAKEN = "Which items do we take? Each has an owner, a date, and a number that shows it is done."


def agenda(facts: Findings) -> list[dict[str, str]]:
    """The rows of the agenda; their minutes add up to sixty."""
    parts = (
        (5, "Purpose", _purpose(facts)),
        (10, "Timeline", _timeline(facts)),
        (15, "Causes", _causes(facts)),
        (10, "Detection", _detection(facts)),
        (15, "Action items", _actions(facts)),
        (5, "Close", _close(facts)),
    )
    rows, start = [], 0
    for minutes, topic, question in parts:
        rows.append({"when": f"{start} to {start + minutes}", "topic": topic, "ask": question})
        start += minutes
    return rows


def _purpose(facts: Findings) -> str:
    return (
        f"Read the summary aloud. We look for conditions, not for people: what made it easy for "
        f"{markdown(facts.first.product)} to cost this much?"
    )


def _timeline(facts: Findings) -> str:
    opened = instant(facts.incident.opened_at)
    return (
        f"What was known before {opened}, and where could it have been seen? Which line of the "
        "timeline is missing or wrong?"
    )


def _causes(facts: Findings) -> str:
    what = "the spend rise"
    for mover in facts.onset.rises[:1]:
        what = f"{markdown(mover.service)} rise by {facts.onset.money(mover.change)}"
    if stated(facts, EventKind.CAUSE_IDENTIFIED):
        return (
            f"What made the named cause possible, and what let {what}? Would the same happen "
            "again today?"
        )
    return f"What made {what}: use, price, mix? Why did nothing stop it?"


def _detection(facts: Findings) -> str:
    hours = facts.first.age_hours
    age = f"{hours:.0f} hours old" if hours is not None else "of unknown age"
    return (
        f"The charges were {age} when `{facts.first.slo}` called. What would have shown it sooner, "
        "and what would have kept it smaller until then?"
    )


def _actions(facts: Findings) -> str:
    for candidate in candidates_of(facts):
        saves = facts.onset.money(candidate.saves)
        return f"{TAKEN} The first candidate saves up to {saves} a day."
    return TAKEN


def _close(facts: Findings) -> str:
    due = day(follow_up(facts.incident.opened_at).date())
    return f"Who reads the numbers again on {due}? What of this should other teams hear?"
