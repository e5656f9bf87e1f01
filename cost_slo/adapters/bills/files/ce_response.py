# SPDX-License-Identifier: Apache-2.0
"""Which charges does a saved GetCostAndUsage response hold?

One group of one period is one charge. A group that is absent on a day cost nothing that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from cost_slo.adapter_kit.aws_record_types import category_of, is_known
from cost_slo.domain.errors import CostDataError

_BILLED = ("UnblendedCost", "BlendedCost")
EFFECTIVE = ("AmortizedCost", "NetAmortizedCost")
CELL_DIMENSIONS = {
    "SERVICE": "service_name",
    "LINKED_ACCOUNT": "sub_account_id",
    "REGION": "region_id",
    "RECORD_TYPE": "record_type",
    "USAGE_TYPE": "sku_meter",
}


@dataclass(frozen=True, slots=True)
class CeCharge:
    """One group of one period."""

    file: str
    row: int
    start: datetime
    end: datetime
    keys: Mapping[str, str]
    tags: Mapping[str, str]
    billed: str | None
    effective: str | None
    currency: str

    @property
    def category(self) -> str:
        """Its FOCUS ChargeCategory, as far as the groups show."""
        record = self.keys.get("record_type", "")
        if self.keys.get("service_name") == "Tax" or record == "Tax":
            return "Tax"
        return category_of(record)

    @property
    def unknown(self) -> str | None:
        """Its record type, if only a guess makes it usage."""
        record = self.keys.get("record_type")
        is_guess = record is not None and not is_known(record) and self.category == "Usage"
        return f"RECORD_TYPE `{record}`" if is_guess else None


@dataclass(frozen=True, slots=True)
class CeResponse:
    charges: tuple[CeCharge, ...]
    dimensions: frozenset[str]
    tag_keys: frozenset[str]
    metrics: frozenset[str]
    estimated_from: date | None
    monthly: bool
    notes: tuple[str, ...] = field(default=())


def is_response(document: object) -> bool:
    """Whether a JSON document is a response, or a list of its pages."""
    pages = document if isinstance(document, list) else [document]
    return bool(pages) and all(isinstance(page, dict) and "ResultsByTime" in page for page in pages)


def read_response(documents: Mapping[str, object]) -> CeResponse:
    """The charges of the responses in these files, all to one request."""
    pages = [
        (path, page)
        for path, document in documents.items()
        for page in (document if isinstance(document, list) else [document])
    ]
    _refuse_missing_pages(pages)
    try:
        return _read_pages(pages)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise CostDataError(
            f"is not a valid GetCostAndUsage response: {type(error).__name__} {error}",
            file=", ".join(documents),
        ) from error


def _refuse_missing_pages(pages: Sequence[tuple[str, Any]]) -> None:
    unfinished = [path for path, page in pages if page.get("NextPageToken")]
    if pages and len(unfinished) == len(pages):
        raise CostDataError(
            "has a NextPageToken, so more pages follow; save all pages, as a JSON list",
            file=unfinished[-1],
            column="NextPageToken",
        )


def _read_pages(pages: Sequence[tuple[str, Any]]) -> CeResponse:
    grouped = [_groups_by(page) for _, page in pages if page["ResultsByTime"]]
    definitions = set(grouped[0]).intersection(*grouped) if grouped else set()
    _refuse_overlaps(pages)
    charges: list[CeCharge] = []
    estimated: list[date] = []
    metrics: set[str] = set()
    for path, page in pages:
        groups = _groups_by(page)
        for result in page["ResultsByTime"]:
            if result.get("Estimated"):
                estimated.append(_time(result["TimePeriod"]["Start"]).date())
            for keys, amounts in _groups(result):
                metrics |= set(amounts)
                row = len(charges) + 1
                charges.append(_charge(path, row, result, _named(groups, keys), amounts))
    _refuse_twice(charges)
    return CeResponse(
        tuple(charges),
        frozenset(
            CELL_DIMENSIONS.get(key, key) for kind, key in definitions if kind == "DIMENSION"
        ),
        frozenset(key for kind, key in definitions if kind == "TAG"),
        frozenset(metrics),
        min(estimated, default=None),
        _are_months(charges),
        _notes(metrics, definitions),
    )


def _groups_by(page: Any) -> list[tuple[str, str]]:  # noqa: ANN401
    return [(each["Type"], each["Key"]) for each in page.get("GroupDefinitions") or []]


def _are_months(charges: Sequence[CeCharge]) -> bool:
    """Whether the periods are months; the first and the last may be a day long."""
    spans = [((each.end - each.start).days, each) for each in charges]
    return any(days > 1 for days, _ in spans) and all(
        days > 1 or 1 in (each.start.day, each.end.day) for days, each in spans
    )


def _refuse_overlaps(pages: Sequence[tuple[str, Any]]) -> None:
    """Refuse two responses about the same day, whatever they are grouped by."""
    seen = {
        (_time(result["TimePeriod"]["Start"]), _time(result["TimePeriod"]["End"]), str(by)): path
        for path, page in pages
        for by in [sorted(_groups_by(page))]
        for result in page["ResultsByTime"]
    }
    for ((_, end, _), first), ((start, _, _), second) in pairwise(sorted(seen.items())):
        if start < end:
            raise CostDataError(
                f"{start:%Y-%m-%d} is in {first} already, in another period or grouping, "
                "and would count twice; keep one response for each day",
                file=second,
            )


def _groups(result: Any) -> Iterator[tuple[list[str], Mapping[str, Any]]]:  # noqa: ANN401
    for group in result.get("Groups") or []:
        yield group["Keys"], group["Metrics"]
    if not result.get("Groups") and result.get("Total"):
        yield [], result["Total"]


def _named(groups: list[tuple[str, str]], keys: list[str]) -> list[tuple[str, str, str]]:
    if keys and len(groups) != len(keys):
        raise ValueError(f"{len(keys)} keys in a group, {len(groups)} GroupDefinitions")
    return [(kind, name, key) for (kind, name), key in zip(groups, keys, strict=False)]


def _charge(
    path: str,
    row: int,
    result: Any,  # noqa: ANN401
    keys: list[tuple[str, str, str]],
    amounts: Mapping[str, Any],
) -> CeCharge:
    billed = next((amounts[name] for name in _BILLED if name in amounts), None)
    effective = next((amounts[name] for name in EFFECTIVE if name in amounts), None)
    either = billed or effective
    if either is None:
        names = ", ".join(amounts) or "no metric"
        raise CostDataError(
            f"the response has {names}; save one with --metrics UnblendedCost AmortizedCost",
            file=path,
            column="UnblendedCost",
        )
    return CeCharge(
        file=path,
        row=row,
        start=_time(result["TimePeriod"]["Start"]),
        end=_time(result["TimePeriod"]["End"]),
        keys={
            CELL_DIMENSIONS.get(name, name): key for kind, name, key in keys if kind == "DIMENSION"
        },
        tags={name: key.removeprefix(f"{name}$") for kind, name, key in keys if kind == "TAG"},
        billed=None if billed is None else str(billed["Amount"]),
        effective=None if effective is None else str(effective["Amount"]),
        currency=str(either["Unit"]),
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=None)


def _refuse_twice(charges: Sequence[CeCharge]) -> None:
    seen: dict[object, CeCharge] = {}
    for charge in charges:
        key = (charge.start, *sorted(charge.keys.items()), *sorted(charge.tags.items()))
        if key in seen:
            which = " ".join([*charge.keys.values(), *charge.tags.values()])
            raise CostDataError(
                f"{charge.start:%Y-%m-%d} {which} is in {seen[key].file} already and would count "
                "twice; keep one response for each day",
                file=charge.file,
            )
        seen[key] = charge


def _notes(metrics: set[str], definitions: set[tuple[str, str]]) -> tuple[str, ...]:
    notes = []
    if "UnblendedCost" not in metrics and "BlendedCost" in metrics:
        notes.append("The response has no UnblendedCost: BlendedCost is used as BilledCost.")
    if metrics and not {"SERVICE", "RECORD_TYPE"} & {key for _, key in definitions}:
        notes.append(
            "The response is grouped neither by SERVICE nor by RECORD_TYPE: tax and credits in it "
            "are counted as usage."
        )
    return tuple(notes)
