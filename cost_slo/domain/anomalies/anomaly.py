# SPDX-License-Identifier: Apache-2.0
"""What does an anomaly detector report as unusual?

An anomaly is spend that the provider's detector did not expect. It is reported again while it goes
on, mostly with a growing impact; messages may come twice and in any order, and none says when it
was written. The largest impact therefore is what is known of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from cost_slo.domain.money import plain
from cost_slo.domain.stored import INLINE


class Feedback(StrEnum):
    """A person's feedback to the detector about an anomaly."""

    YES = "yes"
    NO = "no"
    PLANNED_ACTIVITY = "planned_activity"


@dataclass(frozen=True, slots=True)
class RootCause:
    """Where the spend rose; a part that is not reported is empty.

    `contribution` is its part of the impact, None in messages without it.
    """

    service: str = ""
    account: str = ""
    region: str = ""
    usage_type: str = ""
    contribution: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """Amounts in the payer's currency; None if not reported.

    `total` is `actual` less `expected` over all its days, `largest` that of the dearest day.
    `percentage` is percent of `expected`: None if nothing was expected, as for a new service.
    """

    total: Decimal
    actual: Decimal | None = None
    expected: Decimal | None = None
    percentage: Decimal | None = None
    largest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One message about an anomaly; `first` and `last` are its days, both included."""

    id: str
    first: date
    last: date
    impact: Impact = field(metadata=INLINE)
    monitor: str = ""
    dimension: str = ""
    """The value of the monitor's dimension it was found in: a service, account or tag value."""
    causes: tuple[RootCause, ...] = ()
    account: str = ""
    link: str = ""
    score: Decimal | None = None
    feedback: Feedback | None = None

    @property
    def is_dismissed(self) -> bool:
        """Whether a person told the detector that it is no anomaly, or was planned."""
        return self.feedback in (Feedback.NO, Feedback.PLANNED_ACTIVITY)

    def outgrows(self, known: Anomaly) -> bool:
        """Whether it reports more than an earlier message; of two different ones, one does."""
        return _size(self) > _size(known)


def anomaly_to_json(anomaly: Anomaly) -> dict[str, Any]:
    impact = anomaly.impact
    return {
        "id": anomaly.id,
        "first": anomaly.first.isoformat(),
        "last": anomaly.last.isoformat(),
        "total": plain(impact.total),
        "actual": _text(impact.actual),
        "expected": _text(impact.expected),
        "percentage": _text(impact.percentage),
        "largest": _text(impact.largest),
        "monitor": anomaly.monitor,
        "dimension": anomaly.dimension,
        "causes": [
            {
                "service": cause.service,
                "account": cause.account,
                "region": cause.region,
                "usage_type": cause.usage_type,
                "contribution": _text(cause.contribution),
            }
            for cause in anomaly.causes
        ],
        "account": anomaly.account,
        "link": anomaly.link,
        "score": _text(anomaly.score),
        "feedback": anomaly.feedback.value if anomaly.feedback else None,
    }


def _size(anomaly: Anomaly) -> tuple[Decimal, date, str]:
    """Impact, then days; the rest breaks ties, so that the order of messages does not matter."""
    return anomaly.impact.total, anomaly.last, str(sorted(anomaly_to_json(anomaly).items()))


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else plain(amount)
