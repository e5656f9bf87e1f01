# SPDX-License-Identifier: Apache-2.0
"""`cost-slo explain`, as a shell runs it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tests.builders.bills import focus_row, write_csv
from tests.checks.command_line import cost_slo
from tests.checks.documents import assert_documented
from tests.checks.third_party import third_party

SPEC = """\
apiVersion: cost-slo/v1
slos:
  - name: web
    product: web
    owner: platform
    objective: {monthly: 300}
    scope: {services: [EC2]}
"""
PER_REQUEST = SPEC.replace("monthly: 300", "per_unit: 0.002") + "    units: {csv: units.csv}\n"
SECOND = SPEC.partition("slos:\n")[2].replace("name: web", "name: api")


def bill(folder: Path) -> Path:
    """EC2 went from 10 to 13 and S3 from 5 to 1, of which half is in Ireland, a day each."""
    rows = [
        ("2026-09-01", "EC2", "us-east-1", "10"),
        ("2026-09-02", "EC2", "us-east-1", "13"),
        ("2026-09-01", "S3", "eu-west-1", "5"),
        ("2026-09-02", "S3", "eu-west-1", "1"),
    ]
    return write_csv(
        folder / "bill.csv",
        *(
            focus_row(
                ChargePeriodStart=f"{day}T00:00:00Z",
                ServiceName=service,
                RegionId=region,
                BilledCost=cost,
            )
            for day, service, region, cost in rows
        ),
    )


def spec(folder: Path, text: str = SPEC) -> Path:
    path = folder / "slos.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def days(folder: Path, *more: object) -> tuple[object, ...]:
    return ("explain", "--costs", bill(folder), "--from", "2026-09-01", "--to", "2026-09-02", *more)


def test_a_change_is_told_in_a_table_in_sentences_and_as_a_waterfall(tmp_path: Path) -> None:
    ran = cost_slo(*days(tmp_path))

    assert ran.code == 0
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "What changed in the whole bill",
        "2 Sep 2026 against 1 Sep 2026: -$1.00, from $15.00 to $14.00.",
        "Driver            Before   After  Change  Share",
        "───────────────────────────────────────────────",
        "S3 in eu-west-1    $5.00   $1.00  -$4.00   400%",
        "EC2 in us-east-1  $10.00  $13.00  +$3.00  -300%",
        "everything else    $0.00   $0.00   $0.00     0%",
        "total             $15.00  $14.00  -$1.00   100%",
        "1. S3 in eu-west-1: -$4.00, from $5.00 to $1.00; 400% of the change.",
        "2. EC2 in us-east-1: +$3.00, from $10.00 to $13.00; offsets the change (-300%).",
        "Shares exceed 100% because $3.00 of increases offset $4.00 of decreases.",
        "before           $15.00                                         |",
        "S3 in eu-west-1  -$4.00 ----------------------------------------",
        "EC2 in us-east-1 +$3.00 ++++++++++++++++++++++++++++++",
        "everything else   $0.00",
        "after            $14.00                               |",
        "Read from FOCUS, 1 file: bill.csv.",
    ]


def test_the_object_is_documented_and_adds_up(tmp_path: Path) -> None:
    document = cost_slo(*days(tmp_path, "--format", "json")).document

    assert_documented("explanation", document)
    parts = [*document["drivers"], document["rest"]]
    assert sum(Decimal(part["change"]) for part in parts) == Decimal(document["total"]["change"])


def test_an_slo_is_explained_by_its_scope_and_the_only_one_needs_no_name(tmp_path: Path) -> None:
    ran = cost_slo(*days(tmp_path, "--spec", spec(tmp_path), "--format", "json"))

    assert (ran.document["slo"], ran.document["total"]["change"]) == ("web", "3")


def test_of_a_unit_cost_slo_it_says_why_a_unit_costs_more(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("date,amount\n2026-09-01,1000\n2026-09-02,500\n", encoding="utf-8")
    asked = days(tmp_path, "--spec", spec(tmp_path, PER_REQUEST))

    document = cost_slo(*asked, "--format", "json").document
    units.unlink()
    without = cost_slo(*asked)

    # $10 for 1000 requests, then $13 for 500, none of it metered.
    assert_documented("explanation", document)
    assert document["unit_cost"]["text"] == (
        "$0.026 per request, $0.010 before: "
        "+160% = +115% fewer requests, +45% charges without a quantity."
    )
    assert "Note: why the cost per request changed is not known" in without.out
    assert "1. EC2" in without.out


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--slo", "web"), 2, "--slo needs --spec: the SLO's scope is in the spec"),
        (
            ("--dimensions", "service,sku,tag:"),
            2,
            "sku, tag: is not a dimension; choose from service",
        ),
        (("--dimensions", ","), 2, "nothing is not a dimension"),
        (
            ("--dimensions", "tag:a,tag:b,tag:c,tag:d,tag:e,tag:f,tag:g"),
            2,
            "too many; choose 6 at most",
        ),
        (("--to", "2026-09-01"), 2, "--from and --to overlap"),
        (("--to", "2026-09-05..2026-09-03"), 2, "'2026-09-05..2026-09-03' ends before it starts"),
        (("--to", "September"), 2, "'September' is not a period; write 2026-09-13..2026-09-15"),
        (("--to", "2026-13"), 2, "'2026-13' is not a period"),
        (("--to", "2027-01"), 3, "the window, 1 to 31 Jan 2027, has no charge; the bill covers 1"),
        (("--dimensions", "tag:a,meter"), 3, "cannot be grouped by tag:a, meter"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(
    tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    lines = bill(tmp_path).read_text().splitlines()
    without_tags = "\n".join(line.removesuffix(",{}").removesuffix(",Tags") for line in lines)

    arguments = days(tmp_path, *more)
    (tmp_path / "bill.csv").write_text(without_tags + "\n")
    ran = cost_slo(*arguments)

    assert (ran.code, ran.out) == (code, "")
    assert said in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "the spec has several SLOs; choose one with --slo: web, api"),
        (("--slo", "app"), "the spec has no SLO 'app'; choose one with --slo: web, api"),
    ],
)
def test_one_of_several_slos_has_to_be_named(
    tmp_path: Path, more: tuple[str, ...], said: str
) -> None:
    ran = cost_slo(*days(tmp_path, "--spec", spec(tmp_path, SPEC + SECOND), *more))

    assert ran.code == 2
    assert said in " ".join(ran.err.split())


def test_a_month_against_the_one_before_names_what_moved_and_what_is_new() -> None:
    folder = third_party("ce_monthly_by_service_real")

    september = cost_slo("explain", "--costs", folder, "--from", "2023-08", "--to", "2023-09")
    may = cost_slo("explain", "--costs", folder, "--from", "2023-04", "--to", "2023-05")

    for said in (
        r"Sep 2023 against Aug 2023 (as billed): +$99.41, from $285.99 to $385.40.",
        "1. Amazon Elastic Container Service: +$50.72, from $13.52 to $64.24; 51% of the change.",
        "2. AWS Config: +$39.72, from $48.62 to $88.34; 40% of the change.",
        "everything else",
    ):
        assert said in september.out
    assert "1. Amazon Relational Database Service: new, +$217.77; 82% of the change." in may.out


def test_the_rest_is_what_the_drivers_leave_of_the_total() -> None:
    folder = third_party("ce_monthly_by_service_real")

    document = cost_slo(
        "explain", "--costs", folder, "--to", "2023-09", "--format", "json"
    ).document

    told = sum(Decimal(driver["change"]) for driver in document["drivers"])
    assert document["total"]["change"] == "99.4076295413"
    assert Decimal(document["rest"]["change"]) == Decimal("99.4076295413") - told
    assert_documented("explanation", document)
