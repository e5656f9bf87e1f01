#!/bin/sh
# Amounts stored as DOUBLE (many CUR tables are) made exact with DECIMAL(38, 24).
#
# Guess:    0.5 is a power of two, so it becomes 0.5; 0.1 shows the digits of its double, 0.1000...0555.
# Packages: duckdb 2.0.1, polars 2.1.0, pyarrow 26.0.1
# Does:     DuckDB and Polars multiply by 1e24 in floating point, so even 0.5 is off from the 18th place,
#           and 0.1 is off by more than its double is. pyarrow converts exactly.
#           Text in between ('0.5' as VARCHAR) is exact and shortest in DuckDB.
# Seen:     0.499999999999999991611392 and 0.100000000000000008388608; pyarrow 0.5000..., 0.1...05551115
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1
v/bin/python - <<'PY'
import sys

import duckdb
import polars as pl
import pyarrow as pa

both = "SELECT {0} FROM (SELECT unnest([0.5::DOUBLE, 0.1::DOUBLE]) AS cost)"
direct = duckdb.sql(both.format("cost::DECIMAL(38, 24)")).fetchall()
by_text = duckdb.sql(both.format("cost::VARCHAR::DECIMAL(38, 24)")).fetchall()
seen = [
    [str(amount) for (amount,) in direct],
    [str(amount) for amount in pl.Series([0.5, 0.1]).cast(pl.Decimal(38, 24))],
    [str(amount) for amount in pa.array([0.5, 0.1]).cast(pa.decimal128(38, 24)).to_pylist()],
    [str(amount.normalize()) for (amount,) in by_text],
]
print(*seen, sep="\n")
off = ["0.499999999999999991611392", "0.100000000000000008388608"]
exact = ["0.500000000000000000000000", "0.100000000000000005551115"]
sys.exit(seen != [off, off, exact, ["0.5", "0.1"]])
PY
