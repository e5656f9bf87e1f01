#!/bin/sh
# A charge whose tag map has one key twice: Env=prod, then Env=dev (renamed tags leave such rows).
#
# Guess:    readers agree; most keep the last value, as a dict does.
# Packages: duckdb 2.0.1, polars 2.1.0, datafusion 55.0.0, pyarrow 26.0.1
# Does:     of the same Parquet file Polars shows dev and DataFusion looks up prod. DuckDB looks up prod
#           too, but refuses to show the whole map. Of the same JSON text DuckDB says prod and Python
#           says dev: whose charge it is depends on the tool.
# Seen:     dev, prod, prod, InvalidInputException; JSON: prod, dev
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check \
  duckdb==2.0.1 polars==2.1.0 datafusion==55.0.0 pyarrow==26.0.1
v/bin/python - <<'PY'
import json
import sys

import datafusion
import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

tags = pa.array([[("Env", "prod"), ("Env", "dev")]], pa.map_(pa.string(), pa.string()))
pq.write_table(pa.table({"tags": tags}), "bill.parquet")
context = datafusion.SessionContext()
context.register_parquet("bill", "bill.parquet")
try:
    whole = duckdb.sql("SELECT tags FROM 'bill.parquet'").fetchall()
except duckdb.Error as error:
    whole = type(error).__name__
text = '{"Env": "prod", "Env": "dev"}'
seen = [
    pl.read_parquet("bill.parquet")["tags"].to_list()[0]["Env"],
    context.sql("SELECT tags['Env'] AS env FROM bill").to_pylist()[0]["env"],
    duckdb.sql("SELECT tags['Env'] FROM 'bill.parquet'").fetchall()[0][0],
    whole,
    duckdb.execute("SELECT ?::JSON->>'Env'", [text]).fetchall()[0][0],
    json.loads(text)["Env"],
]
print(seen)
sys.exit(seen != ["dev", "prod", "prod", "InvalidInputException", "prod", "dev"])
PY
