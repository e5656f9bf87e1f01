# SPDX-License-Identifier: Apache-2.0
"""On schedule: judge every SLO and send what is due."""

from typing import Any

from aws_lambda_powertools import Logger, Tracer

from cost_slo.adapters.emf_metrics import emit
from cost_slo.domain.measurements import FAILED, measurements
from cost_slo.live import deployed, instant_of
from cost_slo.monitor import run
from cost_slo.outbox import insist_on_delivery

logger, tracer = Logger(), Tracer(auto_patch=False)


@logger.inject_lambda_context
@tracer.capture_lambda_handler(capture_response=False)
def handler(event: dict[str, Any], _context: object) -> dict[str, int]:
    """Counts of what was judged; raises where nothing was, or an alert could not be delivered."""
    name = deployed().settings.deployment
    try:
        result = run(deployed().monitor, instant_of(event))
    except Exception:
        emit([FAILED], name)
        raise
    emit(measurements(result.document), name)
    logger.info("evaluated", errors=result.document["errors"])
    insist_on_delivery(result.undelivered)
    return {"slos": len(result.document["slos"]), "delivered": len(result.delivered)}
