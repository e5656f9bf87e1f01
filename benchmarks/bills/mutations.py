# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a bill, and what may then become of it?

A mutation changes a bill that is about to be written and returns what is expected, or None if
it does not fit the bill's shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from benchmarks.bills.amount_mutations import AMOUNTS_AND_NOTHING
from benchmarks.bills.column_mutations import COLUMNS
from benchmarks.bills.file_mutations import FILES
from benchmarks.bills.shapes import Bill
from benchmarks.bills.text_mutations import TEXTS
from benchmarks.bills.value_mutations import VALUES
from benchmarks.bills.verdicts import Expected

UNCHANGED = "none"
Mutation = Callable[[Bill, Random], Expected | None]
MUTATIONS: Mapping[str, Mutation] = {
    mutation.__name__.replace("_", " "): mutation
    for mutation in (*COLUMNS, *AMOUNTS_AND_NOTHING, *VALUES, *TEXTS, *FILES)
}
# What fits few bills is tried early: a random number to this power is its place in line.
RARE = {
    "older run beside": 5,
    "part missing": 3,
    "tag key written twice": 3,
    "encodings mixed": 3,
    "versions mixed": 2,
    "tags in other letters": 3,
}
