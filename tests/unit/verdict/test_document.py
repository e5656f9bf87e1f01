# SPDX-License-Identifier: Apache-2.0
"""What does a document say that its source does not know?"""

from dataclasses import replace

from cost_slo.domain.verdict.document import scope_rows
from tests.builders.readings import reading, september


def test_a_source_that_counts_no_rows_tells_none() -> None:
    uncounted = replace(reading({"web": september(3)}), scopes={})

    assert scope_rows(uncounted, "web") is None
