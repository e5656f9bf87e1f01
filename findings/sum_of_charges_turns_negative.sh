#!/bin/sh
# A total above what DECIMAL(38, 24) holds: three charges of 99,999,999,999,999.1.
#
# A currency of many units reaches it soon: 24 places leave 14 digits before the point.
# Guess:    an engine raises when a sum of exact decimals passes 38 digits, or widens to 76.
# Packages: pyarrow 26.0.1, datafusion 55.0.0, duckdb 2.0.1, polars 2.1.0
# Does:     pyarrow and DataFusion wrap round and return a negative total; DuckDB and Polars raise.
# Seen:     pyarrow -40282366920941.16..., datafusion the same, OutOfRangeException, ComputeError
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check \
  pyarrow==26.0.1 datafusion==55.0.0 duckdb==2.0.1 polars==2.1.0
v/bin/python - <<'PY'
import sys
from decimal import Decimal

import datafusion
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

charges = pa.table({"cost": pa.array([Decimal("99999999999999.1")] * 3, pa.decimal128(38, 24))})
context = datafusion.SessionContext()
context.register_record_batches("bill", [charges.to_batches()])


def told(total):
    try:
        return str(total())[:15]
    except Exception as error:
        return type(error).__name__


seen = [
    told(lambda: pc.sum(charges["cost"]).as_py()),
    told(lambda: context.sql("SELECT sum(cost) s FROM bill").to_pylist()[0]["s"]),
    told(lambda: duckdb.sql("SELECT sum(cost) FROM charges").fetchall()[0][0]),
    told(lambda: pl.from_arrow(charges)["cost"].sum()),
]
print(seen)
wrapped = "-40282366920941"
sys.exit(seen != [wrapped, wrapped, "OutOfRangeException", "ComputeError"])
PY
