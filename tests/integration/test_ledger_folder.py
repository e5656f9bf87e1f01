# SPDX-License-Identifier: Apache-2.0
"""A bitemporal ledger on disk: its rows by day and instant, and what is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cost_slo.adapters.ledger_folder import LedgerFolder
from cost_slo.domain.backtest.replay import Case, Observed
from cost_slo.domain.burn.hourly_excess import ObservedHour
from cost_slo.domain.errors import CostDataError
from cost_slo.domain.period import Period
from tests.builders.days import SEPTEMBER

Row = tuple[str, str, str, str, float]
SLOS = "series,objective,month_start,month_end\nweb,4500.50,2026-09-01,2026-10-01\n"
EVALUATIONS = "series,evaluated_at\nweb,2026-09-03T06:00:00\nweb,2026-09-02T06:00:00\n"
ROWS: Sequence[Row] = [("web", "2026-09-02T01:00:00", "2026-09-01T00:00:00", "Usage", 10.1)]


def folder(
    path: Path, rows: Sequence[Row] = ROWS, *, slos: str = SLOS, evaluations: str = EVALUATIONS
) -> LedgerFolder:
    columns = ("series", "observed_at", "period_start", "category", "amount")
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    for row in named:
        for key in ("observed_at", "period_start"):
            row[key] = datetime.fromisoformat(str(row[key]))
    pq.write_table(pa.Table.from_pylist(named), path / "ledger.parquet")
    (path / "slos.csv").write_text(slos, encoding="utf-8")
    (path / "evaluations.csv").write_text(evaluations, encoding="utf-8")
    return LedgerFolder(path)


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=UTC)


def observed(found: LedgerFolder) -> list[tuple[datetime, str, Decimal]]:
    (case,) = found.load_cases()
    return [(row.at, row.kind, row.amount) for row in case.rows]


def test_a_case_has_its_objective_its_month_and_its_evaluations_in_order(tmp_path: Path) -> None:
    (case,) = folder(tmp_path).load_cases()

    first = date(2026, 9, 1)
    assert case == Case(
        name="web",
        objective=Decimal("4500.50"),
        window=Period(SEPTEMBER.start, SEPTEMBER.end),
        rows=(Observed(at(1), first, "usage", Decimal("10.1")),),
        evaluations=(at(6), at(6, 3)),
    )


def test_the_hours_of_a_day_add_up_as_they_arrive(tmp_path: Path) -> None:
    rows = [
        ("web", "2026-09-02T02:00:00", "2026-09-01T13:00:00", "Usage", 4.0),
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:00:00", "Usage", 3.0),
        ("web", "2026-09-02T01:00:00", "2026-09-01T11:00:00", "Usage", 2.0),
    ]

    assert observed(folder(tmp_path, rows)) == [
        (at(1), "usage", Decimal(5)),
        (at(2), "usage", Decimal(9)),
    ]


def test_an_hour_that_is_restated_replaces_itself(tmp_path: Path) -> None:
    rows = [
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:00:00", "Usage", 3.0),
        ("web", "2026-09-02T02:00:00", "2026-09-01T12:00:00", "Usage", 1.0),
    ]

    assert observed(folder(tmp_path, rows)) == [
        (at(1), "usage", Decimal(3)),
        (at(2), "usage", Decimal(1)),
    ]


def test_fees_and_taxes_of_one_instant_add_up_and_what_is_not_known_is_a_lump(
    tmp_path: Path,
) -> None:
    rows = [
        ("web", "2026-09-02T01:00:00", "2026-09-01T00:00:00", category, amount)
        for category, amount in (
            ("Purchase", 30.0),
            ("Tax", 5.0),
            ("Adjustment", 1.0),
            ("Credit", -2.0),
        )
    ]

    assert sorted(observed(folder(tmp_path, rows))) == [
        (at(1), "credits", Decimal(-2)),
        (at(1), "lumps", Decimal(36)),
    ]


def test_each_series_is_a_case_of_its_own_in_order_of_names(tmp_path: Path) -> None:
    rows = [*ROWS, ("api", "2026-09-02T01:00:00", "2026-09-01T00:00:00", "Usage", 2.0)]
    slos = f"{SLOS}api,10,2026-09-01,2026-10-01\nidle,10,2026-09-01,2026-10-01\n"

    cases = list(folder(tmp_path, rows, slos=slos).load_cases())

    assert [(case.name, len(case.rows), len(case.evaluations)) for case in cases] == [
        ("api", 1, 0),
        ("web", 1, 2),
    ]


@pytest.mark.parametrize("text", ["2026-09-02T06:00:00Z", "2026-09-02T08:00:00+02:00"])
def test_an_evaluation_may_name_its_zone(tmp_path: Path, text: str) -> None:
    (case,) = folder(tmp_path, evaluations=f"series,evaluated_at\nweb,{text}\n").load_cases()

    assert case.evaluations == (at(6),)


@pytest.mark.parametrize("name", ["slos.csv", "evaluations.csv", "ledger.parquet"])
def test_a_file_that_is_not_there_is_named(tmp_path: Path, name: str) -> None:
    found = folder(tmp_path)
    (tmp_path / name).unlink()

    with pytest.raises(CostDataError, match=rf"{name}: cannot be read"):
        list(found.load_cases())


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"slos": SLOS.replace("web", "shop")}, r"evaluations\.csv: series: series 'web' is not"),
        (
            {"slos": SLOS.replace("web", "shop"), "evaluations": "series,evaluated_at\n"},
            r"ledger\.parquet: series: series 'web' is not in slos\.csv",
        ),
        ({"slos": SLOS.replace("4500.50", "much")}, r"slos\.csv: series 'web': expected an amount"),
        ({"slos": SLOS.replace("2026-10-01", "soon")}, r"slos\.csv: series 'web': .*ISO days"),
        ({"slos": SLOS.replace("objective", "limit")}, r"slos\.csv: objective: the column is miss"),
        ({"evaluations": "series,at\nweb,now\n"}, r"evaluations\.csv: evaluated_at: the column"),
        ({"evaluations": "series,evaluated_at\nweb,now\n"}, r"evaluated_at: Invalid isoformat"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, wrong: dict[str, str], reason: str) -> None:
    with pytest.raises(CostDataError, match=reason):
        list(folder(tmp_path, **wrong).load_cases())  # type: ignore[arg-type]


def test_a_ledger_without_its_columns_is_refused(tmp_path: Path) -> None:
    found = folder(tmp_path)
    pq.write_table(pa.table({"series": ["web"]}), tmp_path / "ledger.parquet")

    with pytest.raises(CostDataError, match=r"ledger\.parquet: cannot be read as a ledger"):
        list(found.load_cases())


def hours(found: LedgerFolder) -> list[ObservedHour]:
    (case,) = found.load_cases(hourly=True)
    return list(case.hours)


def noon(amount: str, seen: int) -> ObservedHour:
    return ObservedHour(at(seen), at(12, 1), Decimal(amount))


def test_the_hours_of_a_ledger_are_kept_where_they_are_asked_for(tmp_path: Path) -> None:
    rows = [
        ("web", "2026-09-02T02:00:00", "2026-09-01T13:00:00", "Usage", 4.0),
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:00:00", "Usage", 3.0),
        ("web", "2026-09-02T03:00:00", "2026-09-01T12:00:00", "Usage", 3.5),
        ("web", "2026-09-02T01:00:00", "2026-09-01T00:00:00", "Purchase", 90.0),
    ]
    found = folder(tmp_path, rows)

    assert hours(found) == [
        noon("3.0", 1),
        ObservedHour(at(2), at(13, 1), Decimal("4.0")),
        noon("3.5", 3),
    ]
    # The day is the same as ever: 3, then 3 + 4, then 3.5 + 4, and its fee.
    assert sorted(amount for _, _, amount in observed(found)) == [3, 7, Decimal("7.5"), 90]


def test_hours_are_not_kept_where_days_are_asked_for(tmp_path: Path) -> None:
    rows = [("web", "2026-09-02T01:00:00", "2026-09-01T12:00:00", "Usage", 3.0)]

    (case,) = folder(tmp_path, rows).load_cases()

    assert case.hours == ()


def test_an_hour_split_into_finer_periods_is_the_same_hour(tmp_path: Path) -> None:
    rows = [
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:00:00", "Usage", 0.1),
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:20:00", "Usage", 0.2),
        ("web", "2026-09-02T01:00:00", "2026-09-01T12:59:59", "Usage", 0.3),
        ("web", "2026-09-02T02:00:00", "2026-09-01T12:20:00", "Usage", 0.1),
    ]

    assert hours(folder(tmp_path, rows)) == [noon("0.6", 1), noon("0.5", 2)]


def test_a_series_of_days_has_no_hours_to_judge(tmp_path: Path) -> None:
    with pytest.raises(CostDataError) as refused:
        list(folder(tmp_path).load_cases(hourly=True))

    assert str(refused.value) == (
        f"{tmp_path / 'ledger.parquet'}: period_start: no 1-hour window on daily data: every "
        "period of series 'web' starts at midnight; replay it without --hourly"
    )


def test_a_series_of_fees_alone_has_no_hours_and_nothing_is_wrong(tmp_path: Path) -> None:
    rows = [("web", "2026-09-02T01:00:00", "2026-09-01T00:00:00", "Purchase", 90.0)]

    assert hours(folder(tmp_path, rows)) == []
