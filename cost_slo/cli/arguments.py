# SPDX-License-Identifier: Apache-2.0
"""Arguments that several commands share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.period import DAY, Month, Period
from cost_slo.settings import load_settings
from cost_slo.wiring.local import has_state, is_table


class PrintedAs(StrEnum):
    """How a command prints its result."""

    TABLE = "table"
    JSON = "json"


def parse_instant(text: str) -> datetime:
    """An ISO 8601 time, or the start of a date; UTC unless it has an offset."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is not a date or time; write 2026-11-02 or 2026-11-02T06:00:00Z"
        raise typer.BadParameter(message) from error
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def parse_period(text: str) -> Period:
    """`2026-09-13..2026-09-15`, `2026-08..2026-09`, one day or one month; both ends included."""
    first, dots, last = text.partition("..")
    period = Period(_days(first, text).start, _days(last if dots else first, text).end)
    if not period.days > 0:
        message = f"{text!r} ends before it starts"
        raise typer.BadParameter(message)
    return period


def _days(text: str, whole: str) -> Period:
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text.strip()):
            return Month.containing(date.fromisoformat(f"{text.strip()}-01"))
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        message = (
            f"{whole!r} is not a period; write 2026-09-13..2026-09-15, 2026-09 or 2026-09-13 "
            "(first and last day both included)"
        )
        raise typer.BadParameter(message) from error
    return Period(day, day + DAY)


def state_named(state: Path | None) -> Path:
    """The state given, else the one in the environment, else the default folder."""
    return load_settings(state).state


def state_folder(state: Path | None) -> Path:
    """The state folder, as `state_named`. Raises CostSloError for a deployment's table."""
    named = state_named(state)
    if is_table(named):
        message = (
            f"{named}: only the deployment's functions may evaluate, handle anomalies and send "
            "digests on its table; use a folder: --state DIR"
        )
        raise CostSloError(message)
    return named


def known_state(state: Path | None) -> Path:
    """The state. Raises CostSloError if its folder is empty."""
    named = state_named(state)
    if not has_state(named):
        message = f"no state in {named}; use the state folder of `cost-slo evaluate`: --state DIR"
        raise CostSloError(message)
    return named


SpecFile = Annotated[
    Path, typer.Option("--spec", help="The spec: one YAML file of cost SLOs.", metavar="FILE")
]
UnitsFile = Annotated[
    Path | None,
    typer.Option("--units", metavar="FILE", help="Units CSV: date,amount[,label]."),
]
FormatHint = Annotated[
    Literal["focus", "cur", "cur2", "cost-explorer"] | None,
    typer.Option(help="Format of the bill, if its columns mislead."),
]
OnBadRowOption = Annotated[
    Literal["stop", "report"],
    typer.Option(help="Stop at an unreadable row, or count and report it."),
]
StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state",
        help="State folder, or dynamodb:TABLE [default: ./cost-slo-state].",
        metavar="STATE",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=parse_instant,
        metavar="TIME",
        help="As of this instant, UTC [default: now].",
    ),
]
OutputFormat = Annotated[
    PrintedAs, typer.Option("--format", help="A table for people or one JSON object.")
]


def now() -> datetime:
    """The current instant; the only place where the command line reads the clock."""
    return datetime.now(UTC).replace(microsecond=0)
