# SPDX-License-Identifier: Apache-2.0
"""`cost-slo demo`."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from cost_slo.adapters.bill_writer import write_parquet, write_units_csv
from cost_slo.adapters.documents.narrative_file import write_narrative
from cost_slo.cli.progress import progress
from cost_slo.cli.tables import console
from cost_slo.domain.errors import SettingsError
from cost_slo.domain.incidents.incident import incidents
from cost_slo.domain.spend.charge import Charge
from cost_slo.ports import Store
from cost_slo.synthetic import Story, demo_spec, units
from cost_slo.use_cases.demo import RUNAWAY, Scene, answer_pages, play
from cost_slo.use_cases.draft import drafted
from cost_slo.use_cases.evaluate import run
from cost_slo.use_cases.publish import keep_draft
from cost_slo.wiring.local import Inputs, drafter, local_monitor

_MARK = ".cost-slo-demo"
_CALM_DAYS = 4


def demo(
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder for the bill, spec, state and narratives.")
    ] = Path("demo"),
    seed: Annotated[int, typer.Option(help="Seed of the generated bill.")] = 7,
) -> None:
    """Generate a sample bill with two cost incidents and replay the month.

    Example: cost-slo demo --out demo
    """
    _clear(out)
    story = Story(seed=seed, calm_days=_CALM_DAYS)
    spec, bill, state = out / "slos.yaml", out / "bill", out / "state"
    spec.write_text(demo_spec(), encoding="utf-8")
    write_units_csv(units(story), out / "units.csv")
    monitor = local_monitor(Inputs(spec=spec, costs=str(bill), state=state))

    def publish(day: date, charges: Sequence[Charge]) -> None:
        folder = bill / f"BILLING_PERIOD={day:%Y-%m}"
        write_parquet(charges, folder / f"charges-from-{day}.parquet")

    scenes = []
    with progress("Playing the month") as advance:
        for scene in play(
            story,
            publish=publish,
            evaluate=lambda at: run(monitor, at),
            respond=lambda at: answer_pages(monitor.store, at),
        ):
            scenes.append(scene)
            advance(len(scenes) / (story.month.days + _CALM_DAYS - 1))
    _print_story(story, scenes)
    _narrate(out, monitor.store, scenes[-1].at)
    _next_steps(out, story, scenes)


def _clear(out: Path) -> None:
    """Empty the folder. Raises SettingsError if it is not a demo's."""
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            message = f"{out} is not empty and not a demo folder; use another: --out DIR"
            raise SettingsError(message)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()


def _print_story(story: Story, scenes: list[Scene]) -> None:
    say = console().print
    say(f"Generated a bill of {story.days} days and replayed {story.month.start:%B %Y}:")
    say("one evaluation every morning at 09:00 UTC, on the export of that morning.\n")
    for scene in scenes:
        for line in _lines(scene):
            say(f"{scene.at:%d %b}  {line}", soft_wrap=True)


def _lines(scene: Scene) -> Iterator[str]:
    for notification in scene.evaluation.delivered:
        yield notification.subject
    if scene.stopped:
        yield f"{scene.stopped.at:%H:%M}, a person: {scene.stopped.text}"


def _narrate(out: Path, store: Store, at: datetime) -> None:
    say = console().print
    say("")
    for incident in incidents(store.load_events()):
        text = drafted(drafter(store), incident, at)
        keep_draft(store, text)
        file = out / "narratives" / f"{incident.id}.md"
        write_narrative(file, text)
        say(f"{incident.id}: {incident.peak}, {incident.status}. Narrative: {file}", soft_wrap=True)


def _next_steps(out: Path, story: Story, scenes: list[Scene]) -> None:
    """Print commands to try, as of the last morning on which the runaway alerted."""
    state = ("--state", str(out / "state"))
    bill = ("--spec", str(out / "slos.yaml"), "--costs", str(out / "bill"))
    worth = [scene for scene in scenes if _alerts(scene)] or scenes
    steps = [
        ("cost-slo", "evaluate", *bill, *state, "--as-of", f"{worth[-1].at:%Y-%m-%dT%H:%M}"),
        ("cost-slo", "incidents", "list", *state),
        ("cost-slo", "incidents", "show", f"{RUNAWAY}-{story.month.start:%Y-%m}", *state),
    ]
    console().print(
        "\nTry next:", *(f"  {shlex.join(step)}" for step in steps), sep="\n", soft_wrap=True
    )


def _alerts(scene: Scene) -> bool:
    judged = scene.evaluation.document["slos"]
    return any(slo["name"] == RUNAWAY and slo["severity"] != "none" for slo in judged)
