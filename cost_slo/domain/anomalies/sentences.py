# SPDX-License-Identifier: Apache-2.0
"""How is an anomaly described to people?

In dollars: what was expected, where it rose, which share of an error budget it is, what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from cost_slo.domain.alerts.alert import POINTERS, Notification
from cost_slo.domain.anomalies.anomaly import Anomaly, Impact, RootCause
from cost_slo.domain.anomalies.scope import Placing
from cost_slo.domain.incidents.incident import IncidentEvent, Severity
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.wording import (
    SUBJECT_LENGTH,
    ascii_subject,
    days,
    money,
    one_line,
    percent,
    round_money,
    sentence,
)

SHOWN_CAUSES = 5


def anomaly_line(anomaly: Anomaly, currency: str, *more: str) -> str:
    """What the timeline says: `$1,001.00 above the $300.00 expected (+334%), ...`."""
    said = [f"{_above(anomaly.impact, currency)}, {days(anomaly.first, anomaly.last)}"]
    if anomaly.causes:
        said.append(f"mostly {cause_text(by_size(anomaly.causes)[0], currency)}")
    elif anomaly.dimension:
        said.append(f"in {one_line(anomaly.dimension)}")
    return f"{'; '.join([*said, *more])} (anomaly {one_line(anomaly.id)})"


def share_text(placing: Placing, budget: Decimal | None, currency: str) -> str:
    """The share of the month's error budget that its part in a scope uses."""
    if placing.impact is None:
        return "its amount in this scope is not known"
    amount = money(placing.impact, currency)
    if budget is None:
        return (
            f"{amount} of it in this scope; its share of the error budget is not known before an "
            "evaluation of this month"
        )
    share = percent(float(placing.impact / budget))
    return f"{amount} of it in this scope, {share} of the month's error budget of " + money(
        budget, currency
    )


def cause_text(cause: RootCause, currency: str) -> str:
    """`$601.00 Amazon S3, account 111122223333, us-east-1, usage type TimedStorage`."""
    parts = (
        cause.service or "an unnamed service",
        f"account {cause.account}" if cause.account else "",
        cause.region,
        f"usage type {cause.usage_type}" if cause.usage_type else "",
    )
    where = one_line(", ".join(part for part in parts if part))
    if cause.contribution is None:
        return where
    return f"{money(cause.contribution, currency)} {where}"


def cause_lines(anomaly: Anomaly, currency: str) -> list[str]:
    """The root causes, the largest first, or a line that there are none."""
    if not anomaly.causes:
        return ["Root cause: the detector did not find one."]
    ordered = by_size(anomaly.causes)
    shown = [f"  {cause_text(cause, currency)}" for cause in ordered[:SHOWN_CAUSES]]
    rest = len(ordered) - len(shown)
    more = [f"  and {rest} more"] if rest else []
    return ["Root causes reported by the detector:", *shown, *more]


def belonging(maybe: Sequence[str]) -> str:
    """The SLOs it may belong to, if no scope surely contains it."""
    if not maybe:
        return "It is outside the scope of every SLO."
    return (
        f"It may belong to {', '.join(maybe)}: an anomaly has no tags, and not always a root "
        "cause, so this cannot be decided."
    )


def anomaly_alert(
    event: IncidentEvent,
    anomaly: Anomaly,
    currency: str,
    *,
    about: Slo | None = None,
    remark: str,
    pointers: str = POINTERS,
) -> Notification:
    """The message about an anomaly that opened an incident, or raised the severity of its own."""
    severity = event.severity or Severity.NONE
    of = one_line(about.product if about else anomaly.dimension) or "cloud spend"
    since = days(anomaly.first, anomaly.last)
    lines = [
        f"{severity.upper()}: an anomaly in {of}: {_above(anomaly.impact, currency)}, {since}.",
        sentence(remark),
        _next_step(event, anomaly, currency),
        "",
        *cause_lines(anomaly, currency),
        "",
        f"Anomaly: {one_line(anomaly.id)}",
        f"Details: {one_line(anomaly.link) or 'no link was sent'}",
        *([f"Owner: {one_line(about.owner)}"] if about else []),
        "",
        f"Incident: {event.incident}",
        pointers.replace("{incident}", event.incident),
    ]
    return Notification(
        key=event.key,
        incident=event.incident,
        slo=event.slo,
        severity=severity,
        created_at=event.at,
        subject=_subject(severity, about.name if about else of, anomaly, currency),
        body="\n".join(lines) + "\n",
    )


def _subject(severity: Severity, of: str, anomaly: Anomaly, currency: str) -> str:
    impact = anomaly.impact
    said = f"anomaly of {round_money(impact.total, currency)}"
    if impact.expected:
        said += f" above the {round_money(impact.expected, currency)} expected"
    room = SUBJECT_LENGTH - len(f"[{severity}] : {said}")
    return ascii_subject(f"[{severity}] {ascii_subject(of, room)}: {said}")


def _next_step(event: IncidentEvent, anomaly: Anomaly, currency: str) -> str:
    planned = (
        f'If it was planned, `cost-slo incidents resolve {event.incident} --planned --text "..."` '
        "also sends this to the detector."
    )
    if not anomaly.causes:
        first = "acknowledge, then find what changed (`cost-slo explain`)"
    else:
        largest = cause_text(by_size(anomaly.causes)[0], currency)
        first = f"acknowledge, then look first at {largest}"
    return f"What to do: {first}. {planned}"


def _above(impact: Impact, currency: str) -> str:
    if impact.expected is None:
        return f"{money(impact.total, currency)} more than expected"
    if impact.expected == 0:
        return f"{money(impact.total, currency)} (nothing was expected)"
    said = f"{money(impact.total, currency)} above the {money(impact.expected, currency)} expected"
    if impact.percentage is None:
        return said
    return f"{said} (+{percent(float(impact.percentage / 100))})"


def by_size(causes: Sequence[RootCause]) -> list[RootCause]:
    """The root causes, the largest first; those without a contribution last, in their order."""
    return sorted(
        causes,
        key=lambda cause: (cause.contribution is None, -(cause.contribution or Decimal(0))),
    )
