#!/bin/sh
# The cost of a request: ten cents for 300 requests, the cost an exact decimal of two places.
#
# Guess:    $0.00033 in every engine, with a few digits more or less.
# Packages: polars 2.1.0, duckdb 2.0.1, datafusion 55.0.0, pyarrow 26.0.1
# Does:     Polars keeps the scale of the cost: a request costs 0.00. A price of 0.0015 for each of 10
#           cents is rounded as well. DuckDB answers with a float, the other two add four places.
# Seen:     Polars 0.00 and 0.0002, DuckDB 0.0003333333333333334, DataFusion and pyarrow 0.000333
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check \
  polars==2.1.0 duckdb==2.0.1 datafusion==55.0.0 pyarrow==26.0.1
v/bin/python - <<'PY'
import sys
from decimal import Decimal

import datafusion
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

divide = "SELECT CAST('0.10' AS DECIMAL(18, 2)) / CAST(300 AS BIGINT) AS unit"
bill = pl.DataFrame({"cost": [Decimal("0.10")], "requests": [300]})
cost, requests = pa.array([Decimal("0.10")], pa.decimal128(18, 2)), pa.array([Decimal(300)])
seen = [
    str(bill.select(pl.col("cost") / pl.col("requests")).item()),
    str(bill.select(pl.col("cost") * pl.lit(Decimal("0.0015"))).item()),
    type(duckdb.sql(divide).fetchall()[0][0]).__name__,
    str(datafusion.SessionContext().sql(divide).to_pylist()[0]["unit"]),
    str(pc.divide(cost, requests)[0]),
]
print(seen)
sys.exit(seen != ["0.00", "0.0002", "float", "0.000333", "0.000333"])
PY
