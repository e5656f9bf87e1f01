# SPDX-License-Identifier: Apache-2.0
"""Evaluates every SLO on schedule, sends due messages and publishes narratives."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer

from cost_slo.adapters.emf_metrics import counting_failures, emit
from cost_slo.domain.verdict.metrics import FAILED, measurements
from cost_slo.use_cases.draft import publish
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.outbox import insist
from cost_slo.wiring.deployed import Deployed, deployed, instant_of, log_causes

logger, tracer = Logger(), Tracer(auto_patch=False)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], _: object, deployed: Deployed = deployed) -> dict[str, int]:
    """Counts of SLOs and narratives. Raises if anything failed or is left to do."""
    at, name = instant_of(event), deployed().settings.deployment
    with counting_failures(FAILED, name):
        result = run(deployed().monitor, at)
    emit(measurements(result.document), name)
    written, failed = publish(deployed().drafter, deployed().narratives, at)
    logger.info("evaluated", errors=[*result.errors, *map(str, failed)])
    log_causes(logger, (*result.causes, *failed))
    insist([*result.left, *failed], "SLO, message, narrative or change")
    return {"slos": len(result.document["slos"]), "narratives": len(written)}
