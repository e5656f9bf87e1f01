# SPDX-License-Identifier: Apache-2.0
"""Each line of the table of formats in docs/bills.md is true."""

import re
from pathlib import Path
from typing import Any

import pytest

from cost_slo.domain.errors import CostDataError
from tests.builders.bills import an_slo, read_bill, total
from tests.format_samples import SAMPLES

PAGE = Path(__file__).parents[3] / "docs" / "bills.md"
ACCOUNTS = ["111122223333", "012345678901"]


def lines() -> dict[str, list[str]]:
    """The lines of the table: what a file is, what is read, left out, and the message for it."""
    text = PAGE.read_text()
    table = text[text.index("| a file of |") :].split("\n\n")[0]
    cells = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in table.splitlines()]
    return {row[0].removeprefix("| ").strip(): row[1:] for row in cells[2:]}


def test_every_sample_is_a_line_of_the_table_and_every_line_has_one() -> None:
    assert list(lines()) == list(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_line_of_the_table_is_true(tmp_path: Path, name: str) -> None:
    read, _, message = lines()[name]
    bill = SAMPLES[name](tmp_path)
    scope: dict[str, Any] = {"tags": {"product": ["search"]}}
    if name != "Cost Explorer response":
        scope |= {"accounts": ACCOUNTS, "providers": ["AWS"]}

    try:
        reading = read_bill(bill, an_slo(**scope))
    except CostDataError as error:
        assert read.startswith("refused")
        said = [str(error)]
    else:
        assert not read.startswith("refused")
        assert total(reading) == "3.75"
        said = list(reading.notes)

    for words in re.findall(r"`([^`]+)`", message):
        assert any(words in each for each in said), said
    if message == "-":
        assert said == []
