# SPDX-License-Identifier: Apache-2.0
"""A small run of `benchmarks.bill_fuzz`, and proof that its checker can fail."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from benchmarks.bill_fuzz import faults, make, run, table, write
from benchmarks.bills.charges import focus_charges
from benchmarks.bills.mutations import MUTATIONS, UNCHANGED
from benchmarks.bills.shapes import LATER, Bill
from benchmarks.bills.sums import QUESTIONS, sums
from benchmarks.bills.verdicts import Expected, judged, read_bill
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.reading import CostReading

SEED = 7


def a_sound_bill(folder: Path) -> tuple[Bill, Expected]:
    """The first bill of the seed that nothing is wrong with, written to the folder."""
    made = (make(SEED, number) for number in range(100))
    bill, _, expected = next(each for each in made if each[1] == UNCHANGED and each[0].charges)
    write(bill, folder)
    return bill, expected


@pytest.mark.slow
def test_generated_bills_are_read_right_refused_at_their_fault_or_noted() -> None:
    cases = run(SEED, range(1, 25))

    assert list(faults(cases, SEED, Counter())) == []
    assert {case.verdict.outcome for case in cases} >= {"right", "refused"}


def test_a_bill_is_the_same_for_the_same_seed_and_number() -> None:
    for number in range(20):
        first, second = (make(SEED, number) for _ in range(2))

        assert first[0].contents() == second[0].contents()
        assert first[1:] == second[1:]


def test_every_mutation_fits_some_bill() -> None:
    met = {make(SEED, number)[1] for number in range(1500)}

    assert met == {UNCHANGED, *MUTATIONS}


def test_a_reader_that_loses_a_cent_is_caught(tmp_path: Path) -> None:
    def a_cent_less(location: str, slos: Sequence[Slo], bill: Bill) -> CostReading:
        reading = read_bill(location, slos, bill)
        totals = {name: cost - Decimal("0.01") for name, cost in reading.charges.cost_total.items()}
        return replace(reading, charges=replace(reading.charges, cost_total=totals))

    bill, expected = a_sound_bill(tmp_path)

    assert judged(bill, expected, tmp_path).outcome == "right"
    assert judged(bill, expected, tmp_path, a_cent_less).outcome == "silent"


def test_a_reader_that_takes_usage_for_lumps_is_caught(tmp_path: Path) -> None:
    def lumps_for_usage(location: str, slos: Sequence[Slo], bill: Bill) -> CostReading:
        reading = read_bill(location, slos, bill)
        spend = {
            name: tuple(replace(day, usage=day.lumps, lumps=day.usage) for day in days)
            for name, days in reading.spend.items()
        }
        return replace(reading, spend=spend)

    bill, expected = a_sound_bill(tmp_path)

    assert judged(bill, expected, tmp_path, lumps_for_usage).outcome == "silent"


def test_a_reader_that_says_what_it_left_out_is_believed_only_if_it_names_the_file(
    tmp_path: Path,
) -> None:
    def nothing_but(note: str) -> CostReading:
        bill, _ = a_sound_bill(tmp_path)
        reading = read_bill(str(tmp_path / bill.location), [], bill)
        return replace(reading, notes=(note,))

    bill, expected = a_sound_bill(tmp_path)
    expected = replace(expected, files=("a/bill.csv",), sound=False)

    named = judged(bill, expected, tmp_path, lambda *_: nothing_but("Left out: bill.csv."))
    unnamed = judged(bill, expected, tmp_path, lambda *_: nothing_but("Something was left out."))

    assert (named.outcome, unnamed.outcome) == ("noted", "silent")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (CostDataError("cannot be read", file="a/bill.csv", row=3, column="BilledCost"), "refused"),
        (CostDataError("cannot be read", file="a/bill.csv", row=4, column="BilledCost"), "vague"),
        (CostDataError("cannot be read", file="a/other.csv", row=3), "vague"),
        (ValueError("no such thing"), "crash"),
    ],
)
def test_a_refusal_must_name_the_file_and_the_row(
    error: Exception, outcome: str, tmp_path: Path
) -> None:
    def refuse(*_: object) -> CostReading:
        raise error

    bill, _ = a_sound_bill(tmp_path)
    expected = Expected((), ("a/bill.csv",), row=3, words=("BilledCost",))

    assert judged(bill, expected, tmp_path, refuse).outcome == outcome


def test_a_sound_bill_must_not_be_refused(tmp_path: Path) -> None:
    def refuse(*_: object) -> CostReading:
        raise CostDataError("cannot be read", file="bill.csv", row=1)

    bill, expected = a_sound_bill(tmp_path)

    assert judged(bill, expected, tmp_path, refuse).outcome == "refused though sound"


def test_faults_name_the_seed_and_number_that_read_them_again() -> None:
    def refuse(*_: object) -> CostReading:
        raise RuntimeError("no")

    cases = run(SEED, range(1, 4), refuse)

    assert [line.split(":")[0] for line in faults(cases, SEED, Counter())] == [
        f"--seed {SEED} --one {number}" for number in (1, 2, 3)
    ]
    assert list(table(cases, "mutation"))[-1].split() == ["all", "0", "3"]


def test_the_independent_sum_counts_each_charge_once_and_only_before_the_instant() -> None:
    charges = focus_charges(Random(1))
    whole = QUESTIONS[:1]

    known = sums(charges, whole, LATER)
    early = sums(charges, whole, min(charge.start for charge in charges))

    billed = sum((sum(split) for split in known.days["whole"].values()), Decimal(0))
    assert billed == known.totals["USD"] == sum(charge.billed for charge in charges)
    assert known.rows["whole"] == len(charges)
    assert early.days["whole"] == {}
