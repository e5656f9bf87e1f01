# SPDX-License-Identifier: Apache-2.0
"""`cost-slo digest` prints by default, and sends once a date when told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.checks.command_line import Ran, cost_slo
from tests.checks.documents import assert_documented

SPEC = """\
apiVersion: cost-slo/v1
currency: USD
slos:
  - name: web
    product: web
    owner: platform
    objective: {monthly: 300}
    plan: none
"""
HEADER = (
    "BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,"
    "ChargeFrequency,ServiceName,BillingPeriodStart,BillingPeriodEnd,EffectiveCost\n"
)
ROW = (
    "5,USD,2026-09-{day:02}T00:00:00Z,2026-09-{next:02}T00:00:00Z,Usage,Usage-Based,Amazon S3,"
    "2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,5\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A spec, and the state of one evaluation on 10 September."""
    (tmp_path / "slos.yaml").write_text(SPEC, encoding="utf-8")
    rows = "".join(ROW.format(day=day, next=day + 1) for day in range(1, 10))
    (tmp_path / "bill.csv").write_text(HEADER + rows, encoding="utf-8")
    ran = cost_slo(
        *("evaluate", "--spec", tmp_path / "slos.yaml", "--costs", tmp_path / "bill.csv"),
        *("--state", tmp_path / "state", "--as-of", "2026-09-10T06:00"),
    )
    assert ran.code == 0, ran.err
    return tmp_path


def digest(folder: Path, *more: object, at: str = "2026-09-10T06:30") -> Ran:
    known = ("--spec", folder / "slos.yaml", "--state", folder / "state", "--as-of", at)
    return cost_slo("digest", *known, *more)


def messages(folder: Path) -> list[str]:
    return sorted(file.name[:17] for file in (folder / "state" / "alerts").glob("*.txt"))


def test_a_digest_is_printed_and_not_sent(folder: Path) -> None:
    ran = digest(folder)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("[digest] 10 Sep 2026: The only SLO is within\n\n")
    assert "new" in ran.out
    assert messages(folder) == []


def test_a_digest_is_sent_once_a_date(folder: Path) -> None:
    first, again = digest(folder, "--send"), digest(folder, "--send", at="2026-09-10T18:00")

    assert (first.code, again.code) == (0, 0)
    assert first.err == "Sent: [digest] 10 Sep 2026: The only SLO is within\n"
    assert again.err == (
        "Not sent again: the digest of this date was written at 2026-09-10 06:30 UTC.\n"
    )
    assert messages(folder) == ["digest_2026-09-10"]


def test_the_date_follows_the_time_zone(folder: Path) -> None:
    ran = digest(
        folder, "--send", "--time-zone", "Europe/Berlin", "--format", "json", at="2026-09-10T22:30"
    )

    assert ran.document["date"] == "2026-09-11"
    assert ran.document["as_of"] == "2026-09-10T22:30:00Z"
    assert_documented("digest", ran.document)
    assert messages(folder) == ["digest_2026-09-11"]


def test_a_digest_that_cannot_be_written_exits_with_4(folder: Path) -> None:
    (folder / "state" / "alerts").write_text("a file in the way", encoding="utf-8")

    ran = digest(folder, "--send")

    assert ran.code == 4
    assert "Not delivered: [digest] 10 Sep 2026" in ran.err


@pytest.mark.parametrize("zone", ["Europe/Berlinn", "/etc/passwd", "../UTC", ""])
def test_a_time_zone_that_is_none_is_refused(folder: Path, zone: str) -> None:
    ran = digest(folder, "--time-zone", zone)

    assert ran.code == 2
    assert "is not a time zone" in ran.err


def test_without_state_there_is_nothing_to_tell(folder: Path) -> None:
    ran = cost_slo("digest", "--spec", folder / "slos.yaml", "--state", folder / "elsewhere")

    assert ran.code == 2
    assert "no state in" in ran.err
    assert not (folder / "elsewhere").exists()
