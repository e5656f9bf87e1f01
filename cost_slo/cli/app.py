# SPDX-License-Identifier: Apache-2.0
"""The commands, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated

import typer
from typer.main import get_command

from cost_slo.cli import (
    actions,
    anomalies,
    backtest,
    bill,
    demo,
    digest,
    doctor,
    evaluate,
    explain,
    incidents,
    notify,
    report,
    specs,
)
from cost_slo.cli.postmortem import draft as postmortem
from cost_slo.cli.postmortem import lint as postmortem_lint
from cost_slo.cli.postmortem import sync as postmortem_sync

HELP = """Cost SLOs for cloud spend: budgets, burn rates, incidents and their narratives.

Example: cost-slo demo --out demo

Exit codes: 0 every SLO is within; 1 one is burning or exhausted; 2 the spec or the command line
is wrong; 3 cost data is missing, stale or unreadable; 4 an outside system failed; 5 the
deployment is wrong; 70 a fault of cost-slo itself (--debug prints the traceback).
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("demo")(demo.demo)
app.command("validate")(specs.validate)
app.command("schema")(specs.schema)
app.command("evaluate")(evaluate.evaluate_command)
app.command("anomalies")(anomalies.anomalies)
app.command("explain")(explain.explain_command)
app.command("digest")(digest.digest)
app.command("report")(report.report_command)
app.command("backtest")(backtest.backtest)
app.command("doctor")(doctor.doctor)
incidents.incidents_app.add_typer(actions.actions_app, name="action")
app.add_typer(incidents.incidents_app, name="incidents")
postmortem.postmortem_app.command("sync")(postmortem_sync.sync)
app.add_typer(postmortem.postmortem_app, name="postmortem")
app.add_typer(bill.bill_app, name="bill")
app.add_typer(notify.notify_app, name="notify")
postmortem.postmortem_app.command("lint")(postmortem_lint.lint_postmortems)


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415  only when asked

        typer.echo(f"cost-slo {version('cost-slo')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda value: _version(wanted=value),
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Print the traceback of a failure; accepted anywhere.")
    ] = False,
) -> None:
    """Options of the program itself."""


@cache
def command() -> Callable[..., None]:
    """All commands, built once in a process."""
    return get_command(app)
