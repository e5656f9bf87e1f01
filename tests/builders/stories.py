# SPDX-License-Identifier: Apache-2.0
"""Incidents to tell: snapshots and timelines with only what a test wants to vary."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from cost_slo.domain.drivers.movers import top_movers
from cost_slo.domain.incidents.incident import EventKind, Incident, IncidentEvent, Severity, fold
from cost_slo.domain.period import Period
from cost_slo.domain.spend.reading import DailySpend
from cost_slo.domain.stored import to_json

OPENED = datetime(2026, 11, 16, tzinfo=UTC)
WINDOW = Period(date(2026, 11, 8), date(2026, 11, 15))
BASELINE = Period(date(2026, 11, 1), date(2026, 11, 8))
SERVICES = {
    "Amazon Bedrock": ("210", "1470.35"),
    "Amazon S3": ("31.20", "29.80"),
    "AWS Lambda": ("0", "88.10"),
    "Amazon Kinesis": ("12.40", "0"),
    "Amazon EC2": ("620", "644.25"),
    "AmazonCloudWatch": ("9", "11.75"),
    "Amazon SQS": ("1.10", "1.85"),
}


# What an evaluation without costs says.
NO_FIGURES: dict[str, Any] = {
    "verdict": "no_data",
    "window": None,
    "spend": {"to_date": None, "estimated_through": None},
    "budget": {"size": None, "used": None, "remaining": None, "remaining_ratio": None},
    "burn": [],
    "forecast": {"month_end": None, "low": None, "high": None},
    "exhausts_on": None,
    "unit_cost": None,
    "reason": None,
    "asks": None,
}


def charges(services: Mapping[str, tuple[str, str]] = SERVICES) -> list[DailySpend]:
    """Each service's spend before and after, on one day of the baseline and of the window."""
    pairs = [
        (day, service, amount)
        for service, amounts in services.items()
        for day, amount in zip((BASELINE.start, WINDOW.start), amounts, strict=True)
    ]
    return [DailySpend(Decimal(amount), day=day, service=service) for day, service, amount in pairs]


def drivers(services: Mapping[str, tuple[str, str]] = SERVICES) -> dict[str, Any]:
    moved: dict[str, Any] = to_json(top_movers(charges(services), WINDOW, baseline=BASELINE))
    return moved


def monthly(**changes: object) -> dict[str, Any]:
    """The evaluation entry of a monthly SLO, two complete weeks into November."""
    entry: dict[str, Any] = {
        "name": "metalabs-infrastructure",
        "product": "metalabs",
        "owner": "platform",
        "verdict": "burning",
        "severity": "page",
        "reason": "burn 6.2x over 2d and 7.1x over 1d, at or above 5x",
        "asks": "On call looks now: find what changed and bring the daily spend back to plan.",
        "objective": {"amount": "4500", "currency": "USD", "per": "month"},
        "window": {"start": "2026-11-01T00:00:00Z", "end": "2026-12-01T00:00:00Z"},
        "spend": {"to_date": "3120.00", "estimated_through": "2026-11-16T00:00:00Z"},
        "budget": {
            "size": "900",
            "used": "620.40",
            "remaining": "279.60",
            "remaining_ratio": 0.3107,
        },
        "plan": {"month": "3600"},
        "pace": 1.39,
        "burn": [{"window": "2d", "rate": 6.2}, {"window": "1d", "rate": 7.1}],
        "forecast": {"month_end": "7920.00", "low": "7400.00", "high": "8500.00"},
        "exhausts_on": "2026-11-20",
        "unit_cost": None,
    }
    return entry | changes


def per_unit(**changes: object) -> dict[str, Any]:
    """The evaluation entry of a unit-cost SLO."""
    unit = {"state": "ok", "to_date": "0.0031", "units": "182000", "trailing_7d": "0.0042"}
    shared: dict[str, Any] = {
        "name": "weel-ai-unit-cost",
        "product": "weel",
        "owner": "ai-features",
        "reason": "the trailing 7 days cost 2.1 times the objective",
        "objective": {"amount": "0.002", "currency": "USD", "per": "request"},
        "spend": {"to_date": "564.20", "estimated_through": "2026-11-15T00:00:00Z"},
        "budget": {"size": "88", "used": "70.40", "remaining": "17.60", "remaining_ratio": 0.2},
        "forecast": {"month_end": "1209.00", "low": None, "high": None},
        "exhausts_on": "2026-11-18",
        "unit_cost": unit,
    }
    return monthly(**shared) | changes


def unit_split(before: str = "0.002", after: str = "0.0031") -> dict[str, Any]:
    """Why a request costs more: more tokens, a dearer model, and fewer requests for a fee."""
    split = {"units": "0.00005", "usage": "0.0006", "mix": "0.0004", "unmetered": "0.00005"}
    return {
        "unit": "request",
        "usage": "tokens",
        "units": {"before": "190000", "after": "182000"},
        "before": before,
        "after": after,
        "change": "0.0011",
        "effects": split | {"price": "0", "discount": "0"},
    }


def snapshot(**changes: object) -> dict[str, Any]:
    """What a decision knew; two days of charges are still incomplete."""
    known: dict[str, Any] = {
        "slo": monthly(),
        "as_of": OPENED.isoformat(),
        "data_through": "2026-11-15T00:00:00Z",
        "drivers": drivers(),
        "source": {
            "description": "FOCUS export, 3 files",
            "rows": 5210,
            "in_scope": 1830,
            "excluded": {"outside_scope": 3300, "other_category": 80, "after_as_of": 0},
            "notes": ["1 superseded version of 2026-11 was left out"],
        },
        "evidence": [
            {
                "id": "E1",
                "what": "daily BilledCost in the scope of metalabs-infrastructure",
                "query": "ledger series metalabs-infrastructure/3f2a, from 2026-11-01 on",
                "rows": 15,
                "revision": "observed 2026-11-16T00:00:00Z, 2 of 15 days revised",
            }
        ],
    }
    return known | changes


def exhausted() -> dict[str, Any]:
    """The same SLO with its objective used up."""
    return monthly(
        verdict="exhausted",
        severity="emergency",
        spend={"to_date": "4711.50", "estimated_through": "2026-11-16T00:00:00Z"},
        budget={"size": "900", "used": "2211.50", "remaining": "-1311.50", "remaining_ratio": -1.4},
        forecast={"month_end": "9900.00", "low": "9100.00", "high": "10800.00"},
        reason="spend is $211.50 over $4,500.00",
        asks="Stop the spend first, then find out why.",
    )


def recovered() -> dict[str, Any]:
    """What the decision that resolved it knew."""
    return snapshot(
        slo=monthly(
            verdict="within",
            severity="none",
            spend={"to_date": "4050.00", "estimated_through": "2026-11-24T00:00:00Z"},
            forecast={"month_end": "4470.00", "low": None, "high": None},
            reason="burn 0.2x over 2d",
            exhausts_on=None,
        ),
        as_of="2026-11-24T00:00:00+00:00",
        data_through="2026-11-23T00:00:00Z",
        drivers=drivers({"Amazon Bedrock": ("1470.35", "140"), "Amazon EC2": ("644", "640")}),
    )


def event(
    kind: EventKind,
    text: str = "",
    *,
    hours: float = 0,
    severity: Severity | None = None,
    known: Mapping[str, Any] | None = None,
) -> IncidentEvent:
    """One line of the timeline, `hours` after it opened."""
    at = OPENED + timedelta(hours=hours)
    slo = known["slo"]["name"] if known and "slo" in known else "metalabs-infrastructure"
    incident = "metalabs-infrastructure-2026-11"
    key = f"{incident}/{at.isoformat()}/{kind}"
    return IncidentEvent(incident, slo, key, at, kind, text, severity, known or {})


def opened(severity: Severity = Severity.PAGE, **known: object) -> IncidentEvent:
    """The decision that opened it."""
    evidence = snapshot(**known)
    reason = evidence["slo"]["reason"] or ""
    return event(EventKind.OPENED, reason, severity=severity, known=evidence)


def story(*events: IncidentEvent) -> Incident:
    return fold(events)
