# SPDX-License-Identifier: Apache-2.0
"""What happens when a bill goes wrong, day by day?

Plays a synthetic month through the real loop: each morning the bill as the export shows it by
then is published, and evaluated. The shell says how both are done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cost_slo.domain.charge import Charge
from cost_slo.domain.period import DAY, Month, midnight
from cost_slo.monitor import Evaluation
from cost_slo.synthetic import Story, as_published, charges

MORNING = timedelta(hours=9)
SETTLED = timedelta(days=4)
"""After the month's end until the last late charge has arrived."""

Publish = Callable[[Month, Sequence[Charge]], None]
Evaluate = Callable[[datetime], Evaluation]


@dataclass(frozen=True, slots=True)
class Scene:
    """One morning of the story."""

    at: datetime
    evaluation: Evaluation


def play(story: Story, *, publish: Publish, evaluate: Evaluate) -> Iterator[Scene]:
    """Publish and evaluate each morning from the story month's second day until it settled."""
    months: defaultdict[Month, list[Charge]] = defaultdict(list)
    for charge in charges(story):
        months[Month.containing(charge.charge_period_start.date())].append(charge)
    latest = max(months, key=lambda month: month.start)
    for month, rows in months.items():
        if month != latest:
            publish(month, rows)
    at = midnight(latest.start + DAY) + MORNING
    while at < midnight(latest.end) + SETTLED:
        publish(latest, list(as_published(months[latest], at)))
        yield Scene(at, evaluate(at))
        at += DAY
