# SPDX-License-Identifier: Apache-2.0
"""Other people's bills, evaluated whole: the totals are theirs and the incidents the true ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.bills.source import BillSource
from cost_slo.domain.incidents.incident import EventKind
from cost_slo.domain.period import DAY, Period, midnight
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading
from cost_slo.use_cases.evaluate import run
from tests.builders.readings import monthly, spec
from tests.checks.command_line import cost_slo
from tests.checks.documents import assert_documented
from tests.checks.third_party import DATA, third_party
from tests.fakes.ports import FakeCostSource
from tests.worlds.rig import Rig

ROOT = Path(__file__).parents[3]
PROVIDERS = ROOT / "examples" / "providers.yaml"
EVERYTHING = ROOT / "examples" / "everything.yaml"
EXIT_CODES = {0, 1, 2, 3, 4, 5}
RDS = """\
apiVersion: cost-slo/v1
slos:
  - name: rds
    product: database
    owner: platform
    objective: {monthly: 300}
    scope: {services: [Amazon Relational Database Service]}
"""
CATEGORIES = ["Usage", "Purchase", "Tax", "Credit", "Adjustment"]
FOLDERS = ("focus_spec_examples", "focus_validator_rules/samples", "finops_toolkit_open_data")
SAMPLES = sorted(
    str(path.relative_to(DATA)) for folder in FOLDERS for path in (DATA / folder).rglob("*.csv")
)


@dataclass
class Rewound(FakeCostSource):
    """A bill that was read once, as it stood at each earlier midnight."""

    def fetch_costs(
        self,
        slos: Sequence[Slo],
        currency: str,
        as_of: datetime,
        open_from: Mapping[str, date] | None = None,
    ) -> CostReading:
        del currency, open_from
        days = [row.day for rows in self.reading.spend.values() for row in rows]
        before = [day + DAY for day in days if midnight(day) < as_of]
        spend = {
            slo.name: tuple(
                row for row in self.reading.spend[slo.name] if midnight(row.day) < as_of
            )
            for slo in slos
        }
        return replace(self.reading, spend=spend, charged_through=max(before, default=None))


def mornings(start: date, end: date) -> list[datetime]:
    period = Period(start, end)
    return [midnight(period.start + number * DAY) for number in range(period.days)]


def rewound(bill: Path, rig: Rig, end: datetime) -> Rewound:
    whole = spec(monthly("whole-bill", scope={"charge_categories": CATEGORIES}))
    judged = rig.monitor.specs.load_spec()
    slos = [*judged.slos, *whole.slos]
    return Rewound(BillSource(str(bill)).fetch_costs(slos, judged.currency, end))


def changes(document: dict[str, Any]) -> str:
    (slo,) = document["slos"]
    change = slo["incident_change"]
    assert isinstance(change, str)
    return change


@pytest.mark.parametrize("file", ["focus_sample.csv", "focus_sample_all_varchar.parquet"])
def test_a_focus_bill_counts_every_row_and_every_provider_to_the_last_digit(
    file: str, tmp_path: Path
) -> None:
    bill = third_party("focus_1_0_sample") / file
    where = ("--spec", PROVIDERS, "--costs", bill, "--state", tmp_path)

    ran = cost_slo("evaluate", *where, "--as-of", "2024-10-01", "--format", "json")

    assert_documented("evaluation", ran.document)
    charges = ran.document["charges"]
    assert (charges["rows"], charges["cost_total"]) == (1000, "20.52022672899")
    assert {slo["name"]: slo["spend"]["to_date"] for slo in ran.document["slos"]} == {
        "aws": "18.0066386184",
        "microsoft": "1.97651418586",
        "oracle": "0.53707392473",
    }


def test_a_focus_bill_says_the_same_in_csv_and_in_parquet(tmp_path: Path) -> None:
    folder = third_party("focus_1_0_sample")
    said: list[dict[str, Any]] = []

    for file in ("focus_sample.csv", "focus_sample_all_varchar.parquet"):
        where = ("--spec", PROVIDERS, "--costs", folder / file, "--state", tmp_path / file)
        ran = cost_slo("evaluate", *where, "--as-of", "2024-10-01", "--format", "json")
        said.append(ran.document)

    csv, parquet = said
    assert csv["charges"] == parquet["charges"]
    assert csv["slos"] == parquet["slos"]


def test_a_cur_bill_read_month_after_month_twice_opens_its_one_incident_once(
    tmp_path: Path,
) -> None:
    bill = third_party("cur_legacy_nise_generated") / "aws_cur_2026-08_2026-10.parquet"
    rds = tmp_path / "rds.yaml"
    rds.write_text(RDS, encoding="utf-8")
    where = ("--spec", rds, "--costs", bill, "--state", tmp_path / "state", "--format", "json")

    first, second = (
        [
            cost_slo("evaluate", *where, "--as-of", as_of).document
            for as_of in ("2026-09-02", "2026-10-02", "2026-11-02")
        ]
        for _ in range(2)
    )

    totals = {document["charges"]["cost_total"] for document in (*first, *second)}
    assert totals == {"33269.0414211809815522474801"}
    assert [changes(document) for document in first] == ["none", "opened", "resolved"]
    assert [changes(document) for document in second] == ["none", "none", "none"]
    assert [document["slos"][0]["spend"] for document in first] == [
        document["slos"][0]["spend"] for document in second
    ]
    listed = cost_slo("incidents", "list", "--state", tmp_path / "state", "--format", "json")
    assert [incident["id"] for incident in listed.document["incidents"]] == ["rds-2026-09"]


def test_a_cur_bill_evaluated_every_day_opens_its_one_incident_once() -> None:
    bill = third_party("cur_legacy_nise_generated") / "aws_cur_2026-08_2026-10.parquet"
    scope = {"services": ["Amazon Relational Database Service"]}
    rig = Rig(monthly("rds", scope=scope))
    end = datetime(2026, 11, 3, tzinfo=UTC)
    source = rewound(bill, rig, end)
    rig.monitor = replace(rig.monitor, costs=source)

    for _ in range(2):
        for as_of in mornings(date(2026, 8, 2), end.date()):
            run(rig.monitor, as_of)

    assert [incident.id for incident in rig.incidents] == ["rds-2026-09"]
    kinds = [event.kind for event in rig.incidents[0].events]
    assert kinds.count(EventKind.OPENED) == 1
    assert max(row.revision for row in rig.store.observations.values()) <= 2


@pytest.mark.parametrize(
    ("objective", "until"),
    [
        pytest.param(30, date(2024, 2, 12), id="until an instance was forgotten"),
        pytest.param(60, date(2024, 3, 3), id="the whole month, with room for it"),
    ],
)
def test_a_tax_on_the_first_calls_nobody(objective: int, until: date) -> None:
    bill = third_party("ce_daily_by_service_real") / "get_cost_and_usage.json"
    rig = Rig(monthly("everything", objective))
    source = rewound(bill, rig, datetime(2024, 4, 1, tzinfo=UTC))
    rig.monitor = replace(rig.monitor, costs=source)

    said = [run(rig.monitor, as_of).document for as_of in mornings(date(2024, 2, 2), until)]

    assert {document["slos"][0]["verdict"] for document in said} == {"within"}
    assert rig.incidents == ()
    taxes = [(row.day, str(row.lumps)) for row in source.reading.spend["whole-bill"] if row.lumps]
    assert taxes == [(date(2024, 2, 1), "3.3"), (date(2024, 3, 1), "0.99")]


@pytest.mark.skipif(not SAMPLES, reason="third-party data is not beside the checkout")
@pytest.mark.parametrize("sample", SAMPLES)
def test_any_csv_is_judged_or_refused_with_a_documented_code(sample: str, tmp_path: Path) -> None:
    where = ("--spec", EVERYTHING, "--costs", DATA / sample, "--state", tmp_path / "state")

    ran = cost_slo("evaluate", *where, "--as-of", "2026-01-01", "--format", "json")

    assert ran.code in EXIT_CODES
    assert "Traceback" not in ran.err
    if ran.out:
        assert_documented("evaluation", ran.document)
    else:
        assert ran.err.startswith("cost-slo: ")
