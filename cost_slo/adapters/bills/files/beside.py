# SPDX-License-Identifier: Apache-2.0
"""Which files beside a bill belong to it without being part of it?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cost_slo.adapters.bills.files.ce_response import is_response
from cost_slo.adapters.bills.files.detect import BillFile, load_json, short_path
from cost_slo.adapters.bills.files.focus_sets import Recency, is_metadata, other_set, recency
from cost_slo.adapters.bills.files.listing import some
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.wording import day


def date_notes(files: Sequence[BillFile]) -> list[str]:
    """Notes about dates that can be read in two ways."""
    return list(dict.fromkeys(file.note for file in files if file.note))[:1]


def beside(file: BillFile) -> str | None:
    """The name of the FOCUS data set or metadata that a file is; None if it is neither."""
    if file.kind != "json":
        return other_set([column.name for column in file.columns])
    try:
        document = load_json(file)
    except CostDataError:
        return None
    return "FOCUS metadata" if not is_response(document) and is_metadata(document) else None


def stated_recency(file: BillFile) -> Recency | None:
    """What a metadata file reports as incomplete."""
    if file.kind != "json":
        return None
    return recency(load_json(file))


def beside_notes(aside: Mapping[str, str], stated: Sequence[Recency]) -> Iterator[str]:
    """Notes about the files beside the bill."""
    if aside:
        named = some(f"{short_path(path)} ({title})" for path, title in sorted(aside.items()))
        yield f"Beside the bill, not counted: {named}."
    if stated:
        first = min(each.incomplete_from for each in stated)
        yield f"The bill's metadata says that charges from {day(first)} on are not complete."
