# SPDX-License-Identifier: Apache-2.0
"""`cost-slo digest`."""

from __future__ import annotations

import json
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from cost_slo.cli.arguments import (
    AsOf,
    OutputFormat,
    PrintedAs,
    SpecFile,
    StateFolder,
    known_state,
    now,
    state_folder,
)
from cost_slo.cli.failures import EXIT_CODES
from cost_slo.domain.digest.document import digest_document
from cost_slo.domain.digest.text import body, subject
from cost_slo.domain.errors import SourceError
from cost_slo.use_cases.digest import Sent, daily_digest, send_digest
from cost_slo.wiring.local import ritual_desk


def parse_zone(name: str) -> ZoneInfo:
    """A time zone by its IANA name, such as `Europe/Berlin`."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, LookupError) as error:
        message = f"{name!r} is not a time zone; write a name such as Europe/Berlin, or UTC"
        raise typer.BadParameter(message) from error


def digest(
    *,
    spec: SpecFile,
    state: StateFolder = None,
    as_of: AsOf = None,
    time_zone: Annotated[
        ZoneInfo,
        typer.Option(
            parser=parse_zone, metavar="ZONE", help="Time zone of its date, as Europe/Berlin."
        ),
    ] = "UTC",  # type: ignore[assignment]  # typer parses a default as it does an argument
    send: Annotated[
        bool, typer.Option("--send/--print", help="Send it, at most once a date, or only print it.")
    ] = False,
    output: OutputFormat = PrintedAs.TABLE,
) -> None:
    """Summarise every SLO, worst first, with what changed since the last digest.

    Uses stored evaluations; reads no bill.

    Example: cost-slo digest --spec slos.yaml --time-zone Europe/Berlin --send
    """
    named = state_folder(known_state(state)) if send else known_state(state)
    desk = ritual_desk(spec, named)
    made = daily_digest(desk, as_of or now(), zone=time_zone)
    if output is PrintedAs.JSON:
        typer.echo(json.dumps(digest_document(made), indent=2))
    else:
        typer.echo(f"{subject(made)}\n\n{body(made)}", nl=False)
    if send:
        raise typer.Exit(_report(send_digest(desk, made)))


def _report(sent: Sent) -> int:
    """Print on stderr which messages were sent; the exit code, 4 if one was not delivered."""
    for message in sent.delivered:
        typer.echo(f"Sent: {message.subject}", err=True)
    if not sent.is_new and sent.message not in sent.delivered:
        written = f"{sent.message.created_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"Not sent again: the digest of this date was written at {written}.", err=True)
    for message, error in sent.undelivered:
        typer.echo(f"Not delivered: {message.subject}: {error}", err=True)
    return EXIT_CODES[SourceError] if sent.undelivered else 0
