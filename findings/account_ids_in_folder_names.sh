#!/bin/sh
# A bill laid out as account=000000000042/x.parquet, account=012345678901/x.parquet (Hive style).
#
# Guess:    account ids of a path are text in every reader, or numbers in every reader.
# Packages: duckdb 2.0.1, polars 2.1.0, pyarrow 26.0.1
# Does:     DuckDB keeps text. Polars makes numbers and loses the zeros. pyarrow makes int32 as long as
#           every id in the folder fits, so one new account turns the column from 42 to '000000000042'.
# Seen:     DuckDB '000000000042', Polars 42, pyarrow 42 alone and '000000000042' beside a long id
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check duckdb==2.0.1 polars==2.1.0 pyarrow==26.0.1
v/bin/python - <<'PY'
import os
import sys

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq


def add(account):
    os.makedirs(f"bill/account={account}")
    pq.write_table(pa.table({"cost": [1]}), f"bill/account={account}/x.parquet")


def by_pyarrow():
    return ds.dataset("bill", partitioning="hive").to_table()["account"].to_pylist()[0]


add("000000000042")
alone = by_pyarrow()
add("012345678901")
seen = [
    duckdb.sql("SELECT account FROM read_parquet('bill/*/*.parquet') ORDER BY 1").fetchall()[0][0],
    pl.read_parquet("bill/")["account"].min(),
    alone,
    by_pyarrow(),
]
print(seen)
sys.exit(seen != ["000000000042", 42, 42, "000000000042"])
PY
