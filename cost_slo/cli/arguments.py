# SPDX-License-Identifier: Apache-2.0
"""Arguments that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.settings import Settings


class Format(StrEnum):
    """How a command prints its result."""

    TABLE = "table"
    JSON = "json"


def parse_instant(text: str) -> datetime:
    """An ISO 8601 date (its first instant) or time, in UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a date or time; write 2026-11-02 or 2026-11-02T06:00:00Z"
        raise typer.BadParameter(message) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def state_folder(state: Path | None) -> Path:
    """The folder given, else the one in the environment, else the default."""
    return state or Settings().state


SpecFile = Annotated[
    Path, typer.Option("--spec", help="The spec: one YAML file of cost SLOs.", metavar="FILE")
]
StateFolder = Annotated[
    Path | None,
    typer.Option("--state", help="State folder [default: ./cost-slo-state].", metavar="DIR"),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=parse_instant,
        metavar="TIME",
        help="Evaluate as of this instant, UTC [default: now].",
    ),
]
OutputFormat = Annotated[
    Format, typer.Option("--format", help="A table for people or one JSON object.")
]


def now() -> datetime:
    """The current instant: the one place where the command line asks the clock."""
    return datetime.now(UTC).replace(microsecond=0)
