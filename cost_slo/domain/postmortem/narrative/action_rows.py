# SPDX-License-Identifier: Apache-2.0
"""What was agreed to be done, and until then: what could be?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from cost_slo.domain.actions.items import Action, Agreed, actions, by_urgency
from cost_slo.domain.actions.table import SUGGESTED
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.postmortem.facts.findings import Findings
from cost_slo.domain.postmortem.narrative.remedies import suggestions
from cost_slo.domain.wording import day, markdown


def action_rows(facts: Findings, shared: Agreed, as_of: datetime) -> list[dict[str, str]]:
    """The rows of the table, ready as Markdown; suggestions only until an item was agreed.

    `shared` says by whom, by when and how soon a suggestion would be done.
    """
    return agreed_rows(facts.incident, as_of) or [
        suggested_row(replace(shared, effect=effect, text=text))
        for text, effect in suggestions(facts, day(shared.due))
    ]


def agreed_rows(incident: Incident, as_of: datetime) -> list[dict[str, str]]:
    """The rows of what was agreed, the most urgent first; none before anything was."""
    items = by_urgency(actions(incident, as_of), as_of)
    return [_agreed_row(item, as_of) for item in items]


def suggested_row(suggested: Agreed) -> dict[str, str]:
    """The row of what nobody agreed to yet; its text and effect are Markdown."""
    return _row("-", suggested, SUGGESTED, suggested.text)


def _agreed_row(item: Action, as_of: datetime) -> dict[str, str]:
    agreed = replace(item.agreed, effect=markdown(item.agreed.effect) or "-")
    return _row(str(item.number), agreed, item.status(as_of).value, markdown(agreed.text))


def _row(number: str, agreed: Agreed, status: str, text: str) -> dict[str, str]:
    return {
        "number": number,
        "item": text,
        "owner": agreed.owner,
        "due": day(agreed.due),
        "priority": agreed.priority.value,
        "effect": agreed.effect,
        "status": status,
    }
