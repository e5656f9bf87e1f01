# SPDX-License-Identifier: Apache-2.0
"""`cost-slo backtest`."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.documents.yaml_policy import load_policy
from cost_slo.adapters.ledger_folder import LedgerFolder
from cost_slo.cli.arguments import AsOf, now, state_named
from cost_slo.cli.hindsight import Hindsight, print_hindsight
from cost_slo.cli.progress import progress
from cost_slo.domain.backtest.hindsight import calls, static_calls
from cost_slo.domain.backtest.replay import calls_standing, replay
from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.spec.document import MonthlyObjective
from cost_slo.wiring.local import Inputs, bills, spec_source


def backtest(
    *,
    costs: Annotated[
        str | None, typer.Option(metavar="SRC", help="Bill to replay, with --spec.")
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The spec: a YAML file.")
    ] = None,
    as_of: AsOf = None,
    ledger: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Or a folder with ledger.parquet, slos.csv, evaluations.csv."
        ),
    ] = None,
    alerts: Annotated[
        Path | None,
        typer.Option(metavar="OUT.csv", help="File for the alerts of the ledger."),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="A shipped burn ladder, or a file [default: the spec's]."
        ),
    ] = None,
    hourly: Annotated[
        bool,
        typer.Option("--hourly", help="With --ledger: evaluate its hours too [policy: hourly]."),
    ] = False,
) -> None:
    """Replay history through a burn-rate ladder: alerts, and how much earlier than a budget's.

    Example: cost-slo backtest --costs bill.parquet --spec slos.yaml
    """
    if ledger and alerts and not (costs or spec):
        _replay_ledger(ledger, alerts, policy, hourly=hourly)
    elif costs and spec and not (ledger or alerts or hourly):
        _replay_bill(costs, spec, policy, as_of=as_of)
    else:
        message = "give --costs and --spec, or --ledger and --alerts (with or without --hourly)"
        raise typer.BadParameter(message)


def _replay_ledger(ledger: Path, alerts: Path, policy: str | None, *, hourly: bool) -> None:
    ladder = _ladder(policy, hourly=hourly)
    count = 0
    with alerts.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["series", "evaluated_at", "severity", "text"])
        for case in LedgerFolder(ledger).load_cases(hourly=hourly):
            for alert in calls_standing(replay(case, ladder), case.evaluations):
                out.writerow([alert.case, alert.at.isoformat(), alert.severity.value, alert.text])
                count += 1
    typer.echo(f"{count} alerts written: {alerts}")


def _ladder(policy: str | None, *, hourly: bool) -> Policy:
    if not hourly:
        return load_policy(policy or "default", base=Path.cwd())
    ladder = load_policy(policy or "hourly", base=Path.cwd(), granularity="hour")
    if not ladder.hourly_rules:
        message = f"--hourly needs hourly rules and {policy} has none; use --policy hourly"
        raise typer.BadParameter(message)
    return ladder


def _replay_bill(costs: str, spec: Path, policy: str | None, *, as_of: AsOf) -> None:
    document = spec_source(spec).load_spec()
    monthly = [slo for slo in document.slos if isinstance(slo.objective, MonthlyObjective)]
    if not monthly:
        message = "the spec has no monthly objective; a bill replays only those"
        raise typer.BadParameter(message)
    at = as_of or now()
    inputs = Inputs(spec=spec, costs=costs, state=state_named(None), as_of=at)
    with progress("Reading the bill") as advance:
        reading = bills(inputs, advance).fetch_costs(monthly, document.currency, at).complete()
    for slo in monthly:
        ladder = load_policy(policy or slo.policy, base=spec.parent)
        spend = reading.spend[slo.name]
        by_month = slo.name in reading.monthly
        alerts = tuple(calls(slo, spend, ladder, currency=document.currency, monthly=by_month))
        static = tuple(static_calls(slo, spend, monthly=by_month))
        print_hindsight(Hindsight(slo, alerts, static, monthly=by_month), document.currency)
