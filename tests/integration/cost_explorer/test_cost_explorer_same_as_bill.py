# SPDX-License-Identifier: Apache-2.0
"""Cost Explorer and the bill behind it are judged alike, day after day, late charges and all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.bill_writer import write_parquet, write_units_csv
from cost_slo.domain.period import DAY
from cost_slo.synthetic import Story, charges, demo_spec, units
from cost_slo.testing.fake_cost_explorer import Arrival, FakeCostExplorer
from cost_slo.use_cases.evaluate import run
from cost_slo.wiring.local import Inputs, local_monitor, store_of
from tests.worlds.cost_explorer_rig import live

MORNING = datetime(2026, 8, 4, 9, tzinfo=UTC)
# Each morning while the first change is judged, then every third: missed mornings are usual.
DAYS = (*range(14), *range(14, 60, 3))
STORY = Story(calm_days=4)
ARRIVAL = Arrival(restated_one_in=5)


@pytest.fixture(name="fake", scope="module")
def a_fake_with_the_demo_s_bill(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[FakeCostExplorer]:
    bill = tmp_path_factory.mktemp("bill") / "bill.parquet"
    write_parquet(charges(STORY), bill)
    with FakeCostExplorer(bill, clock=MORNING, arrival=ARRIVAL) as fake:
        yield fake


@pytest.fixture(name="spec")
def the_demo_s_spec(tmp_path: Path) -> Path:
    spec = tmp_path / "slos.yaml"
    spec.write_text(demo_spec(), encoding="utf-8")
    write_units_csv(units(STORY), tmp_path / "units.csv")
    return spec


@pytest.mark.slow
def test_through_sixty_days_every_slo_is_judged_as_on_the_bill(
    fake: FakeCostExplorer, spec: Path, tmp_path: Path
) -> None:
    snapshot, state = tmp_path / "snapshot.parquet", tmp_path / "ce"
    kept_alike = local_monitor(Inputs(spec, str(snapshot), tmp_path / "bill"))
    from_bill = replace(kept_alike, policy=cache(kept_alike.policy))
    from_api = replace(from_bill, costs=live(fake, store_of(state)), store=store_of(state))
    differing: list[tuple[datetime, Any, Any]] = []
    changes: set[str] = set()
    mornings = [MORNING + number * DAY for number in DAYS]
    for as_of in mornings:
        fake.clock = as_of
        fake.snapshot(snapshot)

        bill, api = run(from_bill, as_of).document, run(from_api, as_of).document

        differing += [
            (as_of, one, other)
            for one, other in zip(bill["slos"], api["slos"], strict=True)
            if one != other
        ]
        changes |= {slo["incident_change"] for slo in api["slos"]}
    assert differing == []
    assert changes >= {"opened", "escalated", "updated"}
    store = store_of(state)
    asked = sum(map(store.load_requests, {at.date().replace(day=1) for at in mornings}))
    assert asked == fake.requests
