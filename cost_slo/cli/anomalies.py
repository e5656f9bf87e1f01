# SPDX-License-Identifier: Apache-2.0
"""`cost-slo anomalies`."""

from __future__ import annotations

import json
import sys
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Any

import typer

from cost_slo.adapters.cost_anomalies.messages import read_anomalies
from cost_slo.cli.arguments import (
    AsOf,
    OutputFormat,
    PrintedAs,
    SpecFile,
    StateFolder,
    now,
    state_folder,
)
from cost_slo.cli.failures import EXIT_CODES, FAULT, say_fault
from cost_slo.domain.anomalies.scope import MonitorTag
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.money import plain
from cost_slo.use_cases.anomalies import Handled, handle_anomalies, send_due_feedback
from cost_slo.wiring.local import anomaly_desk, anomaly_feedback

_SCHEMA = "cost-slo/anomalies/v1"
_SAID = {
    "opened": "opened",
    "reopened": "reopened",
    "joined": "joined",
    "grew": "grew on",
    "resolved": "resolved",
    "known": "already on",
}


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(0)
    if not (found.is_finite() and found > 0):
        message = f"{text!r} is not a positive amount; write 500 or 500.00"
        raise typer.BadParameter(message)
    return found


def anomalies(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Saved messages, JSON; - is stdin.")],
    *,
    spec: SpecFile,
    page_from: Annotated[
        Decimal | None,
        typer.Option(
            parser=_amount, metavar="AMOUNT", help="Page if the impact is at least this amount."
        ),
    ] = None,
    monitor_tag: Annotated[
        list[str] | None,
        typer.Option(metavar="ARN=KEY[=VALUE]", help="Tag that a monitor watches; repeatable."),
    ] = None,
    send_feedback: Annotated[
        bool,
        typer.Option("--send-feedback", help="Send AWS feedback on anomalies resolved as planned."),
    ] = False,
    as_of: AsOf = None,
    state: StateFolder = None,
    output: OutputFormat = PrintedAs.TABLE,
) -> None:
    """Attach AWS Cost Anomaly Detection messages to incidents.

    Example: cost-slo anomalies messages.json --spec slos.yaml
    """
    monitors = dict(_monitor(text) for text in monitor_tag or ())
    desk = anomaly_desk(spec, state_folder(state), monitors=monitors, page_from=page_from)
    at = as_of or now()
    handled = handle_anomalies(desk, _read(file), at)
    confirmed, failed = (
        send_due_feedback(desk.store, anomaly_feedback(desk.store), at)
        if send_feedback
        else ((), ())
    )
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(_document(handled, confirmed), indent=2))
    else:
        _print(handled, confirmed)
    for what, error in (*((it.key, why) for it, why in handled.undelivered), *failed):
        typer.echo(f"cost-slo: {what} was not sent, the next run retries: {error}", err=True)
    for anomaly, fault in handled.failed:
        say_fault(fault, f"anomaly {anomaly.id} was not handled: ")
    if handled.undelivered or failed:
        raise typer.Exit(EXIT_CODES[SourceError])
    if handled.failed:
        raise typer.Exit(FAULT)


def _read(file: Path) -> tuple[Any, ...]:
    text = sys.stdin.read() if str(file) == "-" else file.read_text("utf-8", errors="replace")
    try:
        return read_anomalies(text)
    except CostDataError as error:
        raise CostDataError(f"{file}: {error}") from error


def _monitor(text: str) -> tuple[str, MonitorTag]:
    arn, _, tag = text.partition("=")
    key, has_value, value = tag.partition("=")
    if not key:
        message = f"{text!r} has no tag; write ARN=KEY or ARN=KEY=VALUE"
        raise typer.BadParameter(message, param_hint="--monitor-tag")
    return arn, MonitorTag(key, value if has_value else None)


def _print(handled: Handled, confirmed: tuple[str, ...]) -> None:
    for anomaly, found in handled.followed:
        said = _SAID.get(found.outcome)
        where = f"{said} {found.incident}" if said else "already over; no incident opened"
        typer.echo(f"Anomaly {anomaly.id}: {where}")
    if not handled.followed:
        typer.echo("No anomalies.")
    for end in handled.quietened:
        typer.echo(f"Resolved {end.incident}: {end.text}")
    for message in handled.delivered:
        typer.echo(f"Alert sent: {message.subject}")
    for anomaly_id in confirmed:
        typer.echo(f"Feedback sent to AWS: anomaly {anomaly_id} was planned")


def _document(handled: Handled, confirmed: tuple[str, ...]) -> dict[str, Any]:
    return {
        "schema": _SCHEMA,
        "anomalies": [
            {
                "id": anomaly.id,
                "total_impact": plain(anomaly.impact.total),
                "outcome": found.outcome.value,
                "incident": found.incident,
            }
            for anomaly, found in handled.followed
        ],
        "quietened": [end.incident for end in handled.quietened],
        "alerts": [message.key for message in handled.delivered],
        "feedback_sent": list(confirmed),
    }
