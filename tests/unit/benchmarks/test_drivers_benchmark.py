# SPDX-License-Identifier: Apache-2.0
"""The benchmark runs on any folder of the layout and scores what it can know."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.driver_cases import Cause, generated
from benchmarks.driver_scores import scored
from benchmarks.drivers import measured


def written(folder: Path, rows: list[dict[str, object]], labels: list[object]) -> Path:
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "cases.parquet")
    (folder / "labels.json").write_text(json.dumps(labels), encoding="utf-8")
    return folder


@pytest.fixture
def additive(tmp_path: Path) -> Path:
    sold = (("a", None, 300), ("a", "y", 300), ("b", "x", 100), ("c", "y", 100))
    usual = {"v_true_no_anomaly": 100, "v_prev_week": 101, "v_prev_day": 1}
    rows: list[dict[str, object]] = [
        {"ts_ms": 7, "city": city, "shop": shop, "v_actual": now, **usual}
        for city, shop, now in sold
    ]
    return written(tmp_path / "additive", rows, [{"ts_ms": 7, "root_cause": [{"city": "a"}]}])


@pytest.fixture
def ratio(tmp_path: Path) -> Path:
    rows: list[dict[str, object]] = [
        {"case": "one", "min": 3, "value": value, "cnt": 100, "rate": rate, "line": line}
        for rate, line, value in ((500, 1, 40), (500, 2, 40), (800, 1, 5), (800, 2, 5))
    ]
    return written(tmp_path / "ratio", rows, [{"case": "one", "cause": {"rate": 500}}])


def test_folders_of_other_dimensions_are_measured(additive: Path, ratio: Path) -> None:
    found = measured(additive, ratio, 0)

    for part in (found["additive"]["easy"], found["additive"]["realistic"], found["ratio"]):
        assert (part["f1"], part["f1_words"], part["exact_set"], part["cases"]) == (1, 1, 1, 1)
        assert part["top3_share"] > 0.4
    assert set(found) == {"additive", "ratio"}
    assert list(found["additive"]) == ["easy", "realistic", "day before"]


def test_a_label_that_says_more_than_the_shortest_name_is_a_name_all_the_same(
    tmp_path: Path,
) -> None:
    sold = (("a", "x", 300), ("b", "y", 100), ("c", "y", 100))
    rows: list[dict[str, object]] = [
        {"ts_ms": 7, "city": city, "shop": shop, "v_actual": now, "v_true_no_anomaly": 100}
        for city, shop, now in sold
    ]
    label = {"ts_ms": 7, "root_cause": [{"city": "a", "shop": "x"}]}
    folder = written(tmp_path / "additive", rows, [label])

    found = measured(folder, folder / "none", 0)["additive"]["easy"]

    assert (found["f1"], found["f1_words"], found["f1_named"]) == (1, 0, 1)


def test_folders_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    assert measured(tmp_path / "no", tmp_path / "none", 0) == {}


def test_a_wrong_segment_costs_precision_and_a_missed_one_recall() -> None:
    case = generated(1, leaves=2_000)
    wrong = Cause(frozenset(), frozenset([0]))

    score = scored(lambda _, __: [*case.causes[:1], wrong], [case])

    assert score.same.hits == 1
    assert score.figures()["f1"] == round(2 / (2 + len(case.causes)), 3)


def test_single_dimension_methods_name_the_dimension_that_moved(additive: Path) -> None:
    found = measured(additive, additive / "none", 0)["additive"]["easy"]["beside"]

    assert found["movers"]["f1_words"] == found["adtributor"]["f1_words"] == 1
