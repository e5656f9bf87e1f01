# SPDX-License-Identifier: Apache-2.0
"""Units are summed exactly by UTC day, or the wrong row is named."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.domain.errors import CostDataError, SourceError
from cost_slo.domain.spec.document import Slo, UnitObjective
from cost_slo.domain.spec.units import CloudWatchUnits, Units
from cost_slo.domain.spend.reading import UnitReading

AS_OF = datetime(2026, 11, 3, tzinfo=UTC)
FIRST, SECOND = date(2026, 11, 1), date(2026, 11, 2)


def slo(units: Units) -> Slo:
    return Slo(
        name="search-cost",
        product="search",
        owner="platform",
        objective=UnitObjective(per_unit=Decimal("0.002")),
        units=units,
    )


def read(folder: Path, content: str | bytes, as_of: datetime = AS_OF) -> UnitReading:
    path = folder / "units.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return CsvUnitSource(folder).fetch_units(slo(Units(csv="units.csv")), as_of)


def test_labels_and_hours_of_one_day_are_summed(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        "date,amount,label\n2026-11-01,10,web\n2026-11-01,5.5,mobile\n"
        "2026-11-02T01:00:00Z,1,\n2026-11-02T02:00:00Z,2,\n",
    )

    assert reading.units == {FIRST: Decimal("15.5"), SECOND: Decimal(3)}
    assert reading.description == "search-cost: units from units.csv"


def test_a_day_that_has_not_ended_is_left_out(tmp_path: Path) -> None:
    content = "date,amount\n2026-11-01,1\n2026-11-02,2\n2026-11-03,3\n"

    reading = read(tmp_path, content, datetime(2026, 11, 2, 23, 59, tzinfo=UTC))

    assert reading.units == {FIRST: 1}


def test_instants_are_put_on_their_utc_day(tmp_path: Path) -> None:
    content = "date,amount\n2026-11-01T23:30:00-05:00,1\n2026-11-01 23:30:00,2\n"

    assert read(tmp_path, content).units == {FIRST: 2, SECOND: 1}


def test_an_as_of_in_another_zone_is_the_same_instant(tmp_path: Path) -> None:
    content = "date,amount\n2026-11-01,1\n2026-11-02,2\n"
    tokyo = timezone(timedelta(hours=9))

    assert read(tmp_path, content, AS_OF.astimezone(tokyo)) == read(tmp_path, content)


def test_what_a_spreadsheet_adds_does_not_matter(tmp_path: Path) -> None:
    content = b'\xef\xbb\xbf amount ,date\r\n\r\n"7",2026-11-01 \r\n,\r\n'

    reading = read(tmp_path, content)

    assert reading.units == {FIRST: 7}


def test_a_file_without_rows_knows_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, "date,amount\n").units == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "expected the header date,amount"),
        ("2026-11-01,5\n", "expected the header date,amount"),
        ("date,amount,amount\n", "expected the header date,amount"),
        ("date,amount,region\n", "expected the header date,amount"),
        ("date,amount\n2026-11-01,1,200\n", "row 1: expected 2 cells"),
        ("date,amount\n2026-11-01\n", "row 1: expected 2 cells"),
        ("date,amount\n2026-11-01,1\n01/11/2026,1\n", "row 2: date: expected a UTC day"),
        ("date,amount\n2026-02-30,1\n", "row 1: date: expected a UTC day"),
        ("date,amount\n20261101,1\n", "row 1: date: expected a UTC day"),
        ("date,amount\n0001-01-01T00:00:00+10:00,1\n", "row 1: date: expected a UTC day"),
        ("date,amount\n,1\n", "row 1: date: expected a UTC day"),
        ("date,amount\n2026-11-01,-1\n", "row 1: amount: expected a number, 0 or more"),
        ("date,amount\n2026-11-01,many\n", "row 1: amount: expected a number, 0 or more"),
        ("date,amount\n2026-11-01,1e400\n", "row 1: amount: expected a number, 0 or more"),
        ("date,amount\n2026-11-01,NaN\n", "row 1: amount: expected a number, 0 or more"),
        ("date,amount\n2026-11-01,1_000\n", "row 1: amount: expected a number, 0 or more"),
        ('date,amount\n2026-11-01,"1,000"\n', "row 1: amount: expected a number, 0 or more"),
        ("date,amount\n2026-11-01,\n", "row 1: amount: expected a number, 0 or more"),
        ('date,amount\n2026-11-01,"1\n', "is not CSV"),
        (b"date,amount\n2026-11-01,\xe9\n", "is not UTF-8"),
        (
            "date,amount,label\n2026-11-01,1,a\n2026-11-01,2,b\n2026-11-01,1,a\n",
            "row 3: date: row 1 already counts this date and label",
        ),
    ],
)
def test_a_wrong_file_is_refused_and_the_place_is_named(
    tmp_path: Path, content: str | bytes, words: str
) -> None:
    with pytest.raises(CostDataError) as caught:
        read(tmp_path, content)

    assert f"units.csv: {words}" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing.csv", "no such file"), (".", "got a folder"), ("ø" * 200, "cannot be read")],
)
def test_a_path_without_units_says_so(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(CostDataError, match=words):
        CsvUnitSource(tmp_path).fetch_units(slo(Units(csv=name)), AS_OF)


def test_a_file_given_by_hand_replaces_every_source(tmp_path: Path) -> None:
    override = tmp_path / "given.csv"
    override.write_text("date,amount\n2026-11-01,9\n", encoding="utf-8")
    source = CsvUnitSource(tmp_path / "elsewhere", override=override)
    metric = CloudWatchUnits(namespace="AWS/ApiGateway", metric="Count")

    from_csv = source.fetch_units(slo(Units(csv="units.csv")), AS_OF)
    from_metric = source.fetch_units(slo(Units(cloudwatch=metric)), AS_OF)

    assert from_csv.units == from_metric.units == {FIRST: 9}


def test_a_metric_cannot_be_read_from_a_file(tmp_path: Path) -> None:
    metric = CloudWatchUnits(namespace="AWS/ApiGateway", metric="Count")

    with pytest.raises(SourceError, match="give the units in a file with --units FILE"):
        CsvUnitSource(tmp_path).fetch_units(slo(Units(cloudwatch=metric)), AS_OF)


AMOUNTS = st.decimals(min_value=0, max_value=10**14, places=6)


@given(st.lists(st.tuples(st.sampled_from([FIRST, SECOND]), AMOUNTS), max_size=20), st.randoms())
def test_the_order_of_rows_never_changes_a_total(
    tmp_path_factory: pytest.TempPathFactory,
    counts: list[tuple[date, Decimal]],
    random: Random,
) -> None:
    folder = tmp_path_factory.getbasetemp()
    rows = [f"{day},{amount:f},{place}" for place, (day, amount) in enumerate(counts)]

    straight = read(folder, "\n".join(["date,amount,label", *rows])).units
    random.shuffle(rows)
    shuffled = read(folder, "\n".join(["date,amount,label", *rows])).units

    assert straight == shuffled
    assert sum(straight.values()) == sum(amount for _, amount in counts)


@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_refused_never_a_crash(
    tmp_path_factory: pytest.TempPathFactory,
    noise: bytes,
    headed: bool,  # noqa: FBT001  drawn by hypothesis
) -> None:
    header = b"date,amount\n2026-11-01,1\n" if headed else b""

    try:
        units = read(tmp_path_factory.getbasetemp(), header + noise).units
    except CostDataError:
        units = {}

    assert all(amount >= 0 for amount in units.values())
