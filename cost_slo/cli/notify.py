# SPDX-License-Identifier: Apache-2.0
"""`cost-slo notify`."""

from __future__ import annotations

from datetime import datetime

import typer

from cost_slo.cli.arguments import StateFolder, now
from cost_slo.cli.failures import EXIT_CODES
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import Severity
from cost_slo.domain.wording import instant
from cost_slo.settings import load_settings
from cost_slo.wiring.local import fan_out

notify_app = typer.Typer(
    help="Test the notification channels.\n\nExample: cost-slo notify test", no_args_is_help=True
)


@notify_app.command("test")
def try_channels(*, state: StateFolder = None) -> None:
    """Send a test notification through every configured channel.

    Example: cost-slo notify test
    """
    message, refused = _test_message(now()), False
    for name, channel in fan_out(load_settings(state)).channels().items():
        try:
            channel.send_notification(message)
        except SourceError as error:
            typer.echo(f"{name}: NOT SENT: {error}")
            refused = True
        else:
            typer.echo(f"{name}: sent")
    if refused:
        raise typer.Exit(EXIT_CODES[SourceError])
    typer.echo("Check that it arrived in each channel.")


def _test_message(at: datetime) -> Notification:
    return Notification(
        key=f"test/{at.isoformat()}",
        incident=None,
        slo="test",
        severity=Severity.NONE,
        created_at=at,
        subject="[test] cost-slo: this is only a test",
        body=f"TEST: a message of cost-slo, sent {instant(at)} to test this channel.\n"
        "Next: nothing to do; no SLO is affected.\n",
    )
