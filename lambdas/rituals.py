# SPDX-License-Identifier: Apache-2.0
"""Sends the digest once a date, and feedback to Cost Anomaly Detection."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from aws_lambda_powertools import Logger, Tracer

from cost_slo.use_cases.anomalies import send_due_feedback
from cost_slo.use_cases.digest import TELLING
from cost_slo.use_cases.outbox import insist
from cost_slo.wiring.deployed import Deployed, deployed, instant_of, ritual_of

logger, tracer = Logger(), Tracer(auto_patch=False)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: Mapping[str, Any], _: object, deployed: Deployed = deployed) -> dict[str, int]:
    """Counts of messages sent. Raises if a message or feedback could not be sent."""
    at, zone = instant_of(event), ZoneInfo(deployed().settings.time_zone)
    sent = TELLING[ritual_of(event)](deployed().desk, at, zone)
    sent_feedback, failed = send_due_feedback(deployed().desk.store, deployed().detector, at)
    for anomaly, error in failed:
        logger.warning("feedback on anomaly %s was not sent: %s", anomaly, error)
    insist([*sent.undelivered, *failed], "message or feedback")
    return {"delivered": len(sent.delivered), "feedback": len(sent_feedback)}
