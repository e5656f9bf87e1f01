# SPDX-License-Identifier: Apache-2.0
"""An error names the place before it says what is wrong."""

from __future__ import annotations

from cost_slo.domain.errors import CostDataError, SpecError


def test_a_spec_error_names_file_line_and_field() -> None:
    whole = SpecError("too low", file="slos.yaml", line=3, field="slos[0].objective")

    assert str(whole) == "slos.yaml:3: slos[0].objective: too low"
    assert (whole.file, whole.line, whole.field) == ("slos.yaml", 3, "slos[0].objective")
    assert str(SpecError("too low", file="slos.yaml")) == "slos.yaml: too low"
    assert str(SpecError("too low")) == "too low"


def test_a_data_error_names_file_row_and_column() -> None:
    whole = CostDataError("not a number", file="bill.csv", row=1, column="BilledCost")

    assert str(whole) == "bill.csv: row 1: BilledCost: not a number"
    assert (whole.file, whole.row, whole.column) == ("bill.csv", 1, "BilledCost")
    assert str(CostDataError("not a number")) == "not a number"
